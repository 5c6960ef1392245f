"""Whoever has another post than is recorded is asked about first, and the others have their turn all the same."""

from __future__ import annotations

from datetime import date

import pytest

from contacts.models import MP, ParliamentSync, Post, PostKind
from contacts.parliament import details
from contacts.parliament.details import sync_details
from contacts.parliament.runs import odd_in
from tests.contacts.lists import CODES, seat_name
from tests.factories import NOW
from tests.parliament.few import ask
from tests.parliament.server import Body, Parliament, Person
from tests.parliament.world import DAY, no_sleep

pytestmark = pytest.mark.django_db

WHIP = ("Assistant Whip", 9, "2025-09-07", None, None)
INK = ("Shadow Minister (Ink)", 5, "2025-11-10", None, None)
DEPUTY = ("Deputy Speaker", 8, "2024-07-23", None, None)


@pytest.fixture
def parliament() -> Parliament:
    names = ["Ada Almond", "Bea Birch", "Cai Cherry", "Dee Damson", "Eva Elder", "Fay Fig"]
    return Parliament([Person(1000 + n, name, seat_name(CODES[n]), "Labour") for n, name in enumerate(names)])


@pytest.fixture
def asked_before(mps, settings) -> list[MP]:
    """Everybody was asked about a night ago; four are tonight, and so would be the first four."""
    settings.PARLIAMENT_MPS_A_NIGHT = 4
    ask(is_everybody=True)
    return mps


def asked(server) -> list[int]:
    """Whose biographies were asked for, in that order."""
    return [int(a.split("/")[3]) for a in server.addresses() if a.endswith("/Biography")]


@pytest.mark.parametrize(
    ("section", "post"), [("governmentPosts", WHIP), ("oppositionPosts", INK), ("otherPosts", DEPUTY)]
)
def test_who_has_a_new_post_or_one_less_is_asked_about_first(asked_before, parliament, server, section, post):
    server.asked.clear()
    parliament.mps[5].posts[section] = [post]
    ask(1)
    assert asked(server) == [1005, 1000, 1001, 1002]
    assert Post.objects.get().mp.parliament_id == 1005

    server.asked.clear()
    ask(2)
    assert asked(server) == [1003, 1004, 1000, 1001]

    server.asked.clear()
    parliament.mps[5].posts[section] = []
    ask(3)
    assert asked(server) == [1005, 1002, 1000, 1001]
    assert Post.objects.get().ended_on is not None

    server.asked.clear()
    ask(4)
    assert asked(server) == [1003, 1004, 1000, 1001]


def test_they_take_half_of_a_night_at_most(asked_before, parliament, server):
    server.asked.clear()
    for mp in parliament.mps[3:]:
        mp.posts["governmentPosts"] = [WHIP]

    ask(1)

    assert asked(server) == [1003, 1004, 1000, 1001]


def test_a_post_that_a_file_recorded_under_other_words_is_no_new_one(asked_before, parliament, server):
    minister = ("Minister of State (Department for Paper)", 77, "2025-09-07", None, "Department for Paper")
    Post.objects.create(
        mp=asked_before[5],
        kind=PostKind.GOVERNMENT,
        title="Minister for Paper",
        body="Department for Paper",
        is_in_government=True,
        started_on=date(2025, 9, 5),
        source="ministers.csv, as at 1 February 2026",
        source_id="a1",
        seen_on=date(2026, 2, 1),
    )
    server.asked.clear()
    parliament.mps[5].posts["governmentPosts"] = [minister]

    ask(1)

    assert asked(server) == [1000, 1001, 1002, 1003]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "mangled", "mangle": lambda answer: {"items": []}},
        {"kind": "status", "status": 500, "times": 99},
    ],
)
def test_lists_that_cannot_be_or_do_not_come_are_named_and_the_run_goes_by_age(
    asked_before, parliament, server, monkeypatch, fault
):
    """Nor do they count among the MPs of whom so many odd answers stop a run."""
    monkeypatch.setattr(details, "MOST_ODD", 1)
    server.fault("html", where="1000/Biography")
    server.asked.clear()
    parliament.mps[5].posts["governmentPosts"] = [WHIP]
    server.fault(where="OppositionPosts", **fault)

    ask(1)

    run = ParliamentSync.objects.first()
    assert [each["name"] for each in odd_in(run)] == ["The lists of posts", "Ada Almond"]
    assert asked(server) == [1000, 1001, 1002, 1003]


@pytest.mark.parametrize("where", ["1000/Biography", "OppositionPosts", "Committees?", "17/Members"])
def test_what_is_odd_in_a_dry_run_is_asked_again_by_the_run_after_it(asked_before, parliament, server, where):
    parliament.committees = [Body(17, "Paper Committee", {})]
    server.fault("html", where=where)

    outcomes = [
        sync_details(now=NOW + DAY, is_dry_run=is_dry_run, sleep=no_sleep) for is_dry_run in (True, False)
    ]

    assert [len(outcome.odd) for outcome in outcomes] == [1, 0]
    assert odd_in(ParliamentSync.objects.first()) == []


def test_where_everybody_is_asked_about_the_lists_are_not(asked_before, server):
    server.asked.clear()

    ask(1, is_everybody=True)

    assert not [address for address in server.addresses() if "/Posts/" in address]
