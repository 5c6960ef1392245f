"""A post that its source calls otherwise: on an earlier day it has the words that it had then."""

from __future__ import annotations

from datetime import date

import pytest

from contacts.directory import facts_about
from contacts.imports.undoing import undo_import
from contacts.models import MP, MPListImport, Post, PostWording
from tests.contacts.lists import run
from tests.factories import NOW

pytestmark = pytest.mark.django_db

HEADING = (
    "parliament_member_id,name,house,post_display_name,department,start_date,end_date,id,on leave,acting"
)
LATER = "2026-05-20"  # The eve is the last day of the words before.


@pytest.fixture
def ada(db):
    return MP.objects.create(parliament_id=5001, name="Ada Almond", sort_name="Almond, Ada")


@pytest.fixture
def told(ada, tmp_path):
    """A list of one post of the MP, as at a day; the report."""

    def tell(
        on, title="Minister", body="Department for Paper", start="2025-09-05", end="", number="a1", how=","
    ):
        path = tmp_path / "posts.csv"
        row = f"5001,Ada Almond,Commons,{title},{body},{start},{end},{number},{how}"
        path.write_text(f"{HEADING}\n{row}\n")
        status, report = run("import_posts", path, "--on", on, "--kind", "government")
        assert (status, report["refused"]) == (0, [])
        return report

    return tell


def held(mp, day):
    """The posts beside the MP's name as at a day, in full."""
    return [post.in_full for post in facts_about(mp, on=date.fromisoformat(day)).offices]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"title": "Secretary of State"}, "Secretary of State, Department for Paper"),
        ({"body": "Department for Pulp"}, "Minister, Department for Pulp"),
        ({"how": "yes,"}, "Minister, Department for Paper (on leave)"),
        ({"how": ",yes"}, "Minister, Department for Paper (acting)"),
    ],
)
def test_what_a_source_calls_otherwise_was_called_so_until_the_eve(told, ada, more, words):
    was = "Minister, Department for Paper"
    told("2026-04-01")
    before = list(Post.objects.values())

    report = told(LATER, **more)
    again = told(LATER, **more)

    assert (report["changed"], again["changed"]) == (1, 0)
    assert [held(ada, day) for day in ("2025-09-04", "2025-09-05", "2026-05-19", LATER, "2026-11-01")] == [
        *([], [was], [was]),
        *([words], [words]),
    ]
    then, now = (facts_about(ada, on=date.fromisoformat(day)) for day in ("2026-05-19", LATER))
    assert ([each.in_full for each in now.posts[0].formerly], then.posts[0].formerly) == ([was], [])
    assert (now.sources, then.sources) == (
        ["posts.csv, as at 20 May 2026", "posts.csv, as at 1 April 2026"],
        ["posts.csv, as at 1 April 2026"],
    )

    undo_import(applied=MPListImport.objects.applied().first(), now=NOW)
    undo_import(applied=MPListImport.objects.applied().first(), now=NOW)
    assert (list(Post.objects.values()), PostWording.objects.count()) == (before, 0)


def test_each_of_several_names_has_its_days(told, ada):
    told("2026-04-01", body="Paper")
    told("2026-05-01", body="Pulp")
    told("2026-06-01", body="Paper")

    assert [held(ada, f"2026-{day}") for day in ("04-30", "05-01", "05-31", "06-01")] == [
        ["Minister, Paper"],
        *[["Minister, Pulp"]] * 2,
        ["Minister, Paper"],
    ]
    [post] = facts_about(ada, on=date(2026, 6, 1)).posts
    assert [str(each) for each in post.formerly] == ["Minister, Pulp", "Minister, Paper"]


@pytest.mark.parametrize(
    ("first", "then", "days"),
    [
        # Of the same day; of a post that was over; of one that had not begun, or that began later.
        (("2026-04-01", {}), ("2026-04-01", {}), ["2025-09-05", "2026-04-01"]),
        (("2026-04-01", {"end": "2026-03-01"}), ("2026-05-01", {"end": "2026-03-01"}), ["2026-03-01"]),
        (("2026-04-01", {"start": "2026-05-01"}), ("2026-05-01", {"start": "2026-05-01"}), ["2026-05-01"]),
        (("2026-04-01", {}), ("2026-05-20", {"start": "2026-05-15"}), ["2026-05-15"]),
    ],
)
def test_what_is_put_right_is_so_of_all_its_days(told, ada, first, then, days):
    told(first[0], body="Papper", **first[1])
    told(then[0], body="Paper", **then[1])

    assert [held(ada, day) for day in days] == [["Minister, Paper"]] * len(days)
    assert not PostWording.objects.exists()


def test_a_name_is_put_right_without_touching_the_one_before(told, ada):
    told("2026-04-01", body="Paper")
    told("2026-05-01", body="Pullp")
    told("2026-05-01", body="Pulp")

    assert [held(ada, day) for day in ("2026-04-30", "2026-05-01")] == [
        ["Minister, Paper"],
        ["Minister, Pulp"],
    ]
    told("2026-05-01", body="Paper")
    [post] = facts_about(ada, on=date(2026, 5, 1)).posts
    assert (str(post), post.formerly) == ("Minister, Paper", [])  # never anything else


def test_an_older_list_does_not_know_the_newer_words(told, ada):
    told("2026-05-01", body="Pulp")

    report = told("2026-04-01", body="Paper")

    assert (report["changed"], held(ada, "2026-05-01")) == (0, ["Minister, Pulp"])


@pytest.mark.parametrize(
    ("on", "words"), [("2026-04-15", "Minister for Paper"), ("2026-06-01", "Minister for Pulp")]
)
def test_another_list_that_has_the_old_words_means_the_same_post(told, ada, on, words):
    told("2026-04-01", "Minister for Paper", "")
    told("2026-05-01", "Minister for Pulp", "")

    report = told(on, "Minister for Paper", "", number="")

    assert (report["changed"], held(ada, on)) == (0, [words])


def test_words_told_together_with_the_end_hold_on_the_last_day(told, ada):
    told("2026-04-01", body="Paper")
    told("2026-06-01", body="Pulp", end="2026-05-19")

    assert [held(ada, f"2026-05-{day}") for day in (18, 19, 20)] == [
        ["Minister, Paper"],
        ["Minister, Pulp"],
        [],
    ]


@pytest.mark.parametrize(
    ("before", "more", "words"),
    [
        # It goes on after all; it was over before it was called otherwise.
        ({"end": "2026-03-01"}, {}, ["Paper", "Paper", "Pulp"]),
        ({}, {"end": "2026-05-10"}, ["Paper", "Paper", "Paper"]),
    ],
)
def test_a_post_has_its_words_until_the_eve_or_its_own_end(told, ada, before, more, words):
    told("2026-04-01", body="Paper", **before)
    told(LATER, body="Pulp")
    told("2026-06-01", body="Pulp", **more)

    posts = [facts_about(ada, on=date(2026, *day)).posts[0] for day in ((5, 10), (5, 19), (6, 1))]
    assert [post.body for post in posts] == words
