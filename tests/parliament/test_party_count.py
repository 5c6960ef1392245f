"""The state of the parties as a second opinion on Parliament's list; and the first sync of all, which dates
parties by everybody's history."""

from __future__ import annotations

from datetime import date

import pytest

from contacts.models import ParliamentSync, PartySpell, SyncState
from contacts.parliament.shapes import OddAnswer
from contacts.parliament.syncing import NeedsAPerson
from tests.contacts.lists import CODES, ELECTION, SEATS, seat_name
from tests.parliament.server import Server
from tests.parliament.world import PAGES, make_seats, plain_facts, spells, sync_on

pytestmark = pytest.mark.django_db

FIRST, SECOND = (seat_name(code) for code in CODES[:2])


@pytest.fixture
def first_synced(server) -> Server:
    make_seats()
    sync_on(0)
    return server


def stop(problem: type[Exception], *, day: int = 1) -> str:
    """A sync that must stop with this problem and change nothing; what the run says of it."""
    before = plain_facts()
    with pytest.raises(problem):
        sync_on(day)
    assert plain_facts() == before
    run = ParliamentSync.objects.first()
    assert run.state == SyncState.STOPPED
    return run.reason


def test_the_first_sync_of_all_dates_parties_by_everybodys_history(parliament, server):
    make_seats()
    mp = parliament.mp(SECOND)
    mp.parties = [("Labour", ELECTION, "2025-09-01"), (mp.party, "2025-09-01", None)]

    sync_on(0)
    asked = len(server.asked)
    sync_on(1)

    began = date.fromisoformat(ELECTION)
    assert PartySpell.objects.filter(started_on=began).count() == SEATS
    assert spells(1001) == [
        ("Labour", began, date(2025, 8, 31)),
        (mp.party, date(2025, 9, 1), None),
    ]
    assert (asked, len(server.asked)) == (2 * PAGES + 1, 3 * PAGES + 2)


def miscount(by: int):
    """The state of the parties with so many of the first party's MPs counted for another."""

    def mangle(answer):
        answer["items"][0]["value"]["total"] -= by
        answer["items"][1]["value"]["total"] += by
        return answer

    return mangle


def test_a_list_and_a_count_of_the_parties_that_differ_by_five_are_believed_and_by_six_are_not(
    parliament, first_synced
):
    for code in CODES[:30:3]:
        parliament.mp(seat_name(code)).party = "Labour (Co-op)"  # whom Parliament counts with Labour
    first_synced.fault("mangled", where="StateOfTheParties", mangle=miscount(5))
    assert sync_on(1).counts()["changed"] == 10
    parliament.vacate(FIRST)
    first_synced.fault("mangled", where="StateOfTheParties", mangle=miscount(6))

    assert (
        "list of 68 MPs and its own count of the parties differ by 6 (Conservative 23 and 17, "
        "Liberal Democrat 23 and 29); more than 5"
    ) in stop(NeedsAPerson, day=2)


@pytest.mark.parametrize(
    ("kind", "about", "problem"),
    [
        ("status", {"status": 404}, OddAnswer),
        ("mangled", {"mangle": lambda answer: {**answer, "items": None}}, OddAnswer),
        ("mangled", {"mangle": lambda answer: {**answer, "items": []}}, NeedsAPerson),
    ],
)
def test_a_count_of_the_parties_that_is_none_ends_nobody(parliament, first_synced, kind, about, problem):
    parliament.vacate(FIRST)
    first_synced.fault(kind, where="StateOfTheParties", **about)

    stop(problem)
