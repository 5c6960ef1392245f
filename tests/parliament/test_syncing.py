"""What a sync with Parliament does to the facts, when it stops, and whom it tells."""

from __future__ import annotations

import io
import unicodedata
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Role
from contacts.imports.applying import RowsRefused
from contacts.imports.reading import ListRefused
from contacts.imports.undoing import undo_import
from contacts.models import (
    MP,
    Beginning,
    Dissolution,
    Ending,
    MPListImport,
    MPName,
    MPStatus,
    ParliamentAnswer,
    ParliamentSync,
    PartySpell,
    SeatHolding,
    SyncState,
)
from contacts.parliament import runs
from contacts.parliament.client import NoAnswer
from contacts.parliament.listing import Unsettled
from contacts.parliament.runs import AnotherSync
from contacts.parliament.shapes import OddAnswer
from contacts.parliament.syncing import NeedsAPerson, sync
from notifications.models import Channel, Notification
from tests.contacts.lists import CODES, ELECTION, SEATS, counts, seat_name, whole
from tests.factories import NOW, TODAY, AuthorityFactory, MembershipFactory, UserFactory
from tests.parliament.server import Person
from tests.parliament.world import (
    DAY,
    PAGES,
    another_sync_at_work,
    holdings,
    make_seats,
    no_sleep,
    plain_facts,
    run,
    spells,
    sync_on,
)

pytestmark = pytest.mark.django_db

ELECTED = date.fromisoformat(ELECTION)
FIRST, SECOND, THIRD = (seat_name(code) for code in CODES[:3])


@pytest.fixture
def synced(seats, server):
    """All MPs, of NOW."""
    sync_on(0)


@pytest.fixture
def instance_admin(db):
    """Who looks after the facts all share, and works for two authorities."""
    user = UserFactory(is_instance_admin=True)
    memberships = [MembershipFactory(user=user, role=Role.ADMIN) for _ in range(2)]
    MembershipFactory(role=Role.ADMIN, authority=memberships[0].authority)
    return memberships[0]


def newcomer(seat: str, **about) -> Person:
    return Person(
        5447, "Bea Novak", seat, "Green Party", **{"first": "2026-02-26", "since": "2026-02-26"} | about
    )


def stop(problem: type[Exception], day: int = 1) -> str:
    """A sync that must stop with this problem and change nothing; what the run says of it."""
    before = plain_facts()
    with pytest.raises(problem):
        sync_on(day)
    assert plain_facts() == before
    run = ParliamentSync.objects.first()
    assert run.state == SyncState.STOPPED
    return run.reason


# --- The same as a file -----------------------------------------------------------------------


def test_a_sync_and_a_file_that_say_the_same_leave_the_same_facts(seats, server, importer):
    plan = sync_on(0)
    by_sync = plain_facts()
    status, report = importer(whole(), TODAY.isoformat())

    assert plan.counts() | {"new": SEATS, "changed": 0, "ended": 0, "refused": []} == plan.counts()
    assert (status, counts(report)) == (0, (0, 0, 0, SEATS, 0))
    assert plain_facts() == by_sync
    assert len(by_sync[SeatHolding]) == SEATS
    first = SeatHolding.objects.get(mp__parliament_id=1000, constituency__ons_code=CODES[0])
    assert (first.started_on, first.ended_on) == (ELECTED, None)
    assert (first.begun_by, first.ended_by) == ("general-election", "")


def test_a_sync_again_asks_only_for_what_has_changed_and_leaves_no_import(synced, server):
    before = plain_facts()
    server.asked.clear()

    plan = sync_on(1)

    assert (plan.counts()["unchanged"], plan.counts()["changed"]) == (SEATS, 0)
    assert plain_facts() == before
    assert MPListImport.objects.count() == 1
    assert [run.state for run in ParliamentSync.objects.all()] == [SyncState.DONE] * 2
    assert ParliamentSync.objects.first().made is None
    *known, parties = server.asked
    assert all(headers.get("If-None-Match") for _, headers in known)
    assert (len(known), parties[0]) == (PAGES, "/api/Parties/StateOfTheParties/1/2026-03-03")


def test_a_list_older_than_the_last_sync_is_out_of_date(synced, importer):
    sync_on(1)

    status, report = importer(whole(), TODAY.isoformat())

    assert status == 1
    assert "out of date" in report["refused"][0]["reason"]


def test_no_transaction_is_open_while_parliament_is_asked(transactional_db, server, settings):
    make_seats()
    settings.PARLIAMENT_PACE = 60
    seen = []

    sync(now=NOW, sleep=lambda seconds: seen.append(connection.in_atomic_block))

    assert seen.count(False) >= PAGES - 1
    assert True not in seen


def test_an_import_that_a_sync_made_can_be_undone(synced, parliament):
    before = plain_facts()
    parliament.mp(FIRST).party = "Independent"
    sync_on(1)

    undo_import(applied=MPListImport.objects.applied().first(), now=NOW + DAY + timedelta(hours=1))

    assert plain_facts() == before


def test_after_an_undo_a_list_older_than_the_sync_is_taken(synced, parliament, importer):
    parliament.mp(FIRST).party = "Independent"
    sync_on(2)
    yesterdays = (TODAY + DAY).isoformat()
    assert importer(whole(), yesterdays)[0] == 1

    undo_import(applied=MPListImport.objects.applied().first(), now=NOW + 2 * DAY + timedelta(hours=1))

    assert importer(whole(), yesterdays)[0] == 0


# --- What changes in Parliament ---------------------------------------------------------------


def test_a_whip_lost_and_restored_is_three_spells(synced, parliament):
    parliament.mp(FIRST).party = "Independent"
    sync_on(1)
    parliament.mp(FIRST).party = "Labour"
    sync_on(5)

    assert spells(1000) == [
        ("Labour", TODAY, TODAY),
        ("Independent", TODAY + DAY, TODAY + 4 * DAY),
        ("Labour", TODAY + 5 * DAY, None),
    ]


def test_a_vacancy_ends_the_holding_and_a_by_election_fills_it(synced, parliament, server):
    gone = parliament.vacate(FIRST)
    server.asked.clear()
    vacancy = sync_on(1)
    by_election = (TODAY + 10 * DAY).isoformat()
    parliament.mps.append(newcomer(FIRST, first=by_election, since=by_election))
    sync_on(11)

    assert vacancy.as_report()["vacant"] == [FIRST]
    assert sum("/Constituency/Search" in address for address in server.addresses()) == PAGES
    assert holdings(FIRST) == [
        (gone.name, ELECTED, TODAY),
        ("Bea Novak", TODAY + 10 * DAY, None),
    ]
    assert spells(1000) == [("Labour", TODAY, TODAY)]
    assert spells(5447) == [("Green Party", TODAY + 10 * DAY, None)]


def test_an_mp_who_returns_under_an_old_id_in_another_seat_is_the_same_person(synced, parliament):
    back = parliament.vacate(FIRST)
    sync_on(1)
    parliament.vacate(SECOND)
    since = (TODAY + 20 * DAY).isoformat()
    parliament.mps.append(Person(back.id, back.name, SECOND, "Labour", first="2024-07-04", since=since))
    sync_on(21)

    assert MP.objects.filter(parliament_id=back.id).count() == 1
    rows = SeatHolding.objects.filter(mp__parliament_id=back.id).order_by("started_on")
    assert list(rows.values_list("constituency__name", "started_on", "ended_on")) == [
        (FIRST, ELECTED, TODAY),
        (SECOND, TODAY + 20 * DAY, None),
    ]


def test_a_new_surname_is_a_change_of_name_not_of_person(synced, parliament):
    parliament.mp(FIRST).name = "Ada Married"

    plan = sync_on(1)

    assert plan.as_report()["changed_mps"] == [
        {
            "row": 1,
            "name": "Ada Married",
            "seat": FIRST,
            "changes": [["Name", "Ada AaaAaason", "Ada Married"]],
        }
    ]


def test_a_name_written_with_combining_marks_is_the_same_name(seats, server, parliament, importer):
    name = "Siân Nováková"
    parliament.mp(FIRST).name = name
    sync_on(0)
    before = plain_facts()
    parliament.mp(FIRST).name = decomposed = unicodedata.normalize("NFD", name)

    _, by_file = importer([{**whole()[0], "MP": decomposed}, *whole()[1:]], TODAY.isoformat())
    by_sync = sync_on(1)

    assert counts(by_file) == (0, 0, 0, SEATS, 0)
    assert (by_sync.counts()["unchanged"], by_sync.counts()["changed"]) == (SEATS, 0)
    assert plain_facts() == before
    assert MPName.objects.get(mp__parliament_id=1000).name == name != decomposed


def test_labour_and_labour_co_op_share_an_id_and_are_two_parties(synced, parliament):
    parliament.mp(FIRST).party = "Labour (Co-op)"

    sync_on(1)

    assert [name for name, _, _ in spells(1000)] == ["Labour", "Labour (Co-op)"]


def test_a_suspended_mp_is_an_mp_and_the_suspension_no_beginning(seats, server, parliament):
    mp = parliament.mp(FIRST)
    mp.is_suspended, mp.first, mp.since = True, "2005-05-05", "2026-02-01"

    sync_on(0)

    assert holdings(FIRST) == [(mp.name, ELECTED, None)]
    status = MPStatus.objects.get()
    assert (status.mp.name, str(status), status.note) == (mp.name, "Suspended", "Recommendation of a panel")
    assert (status.started_on, status.ended_on) == (date(2026, 2, 1), None)

    mp.is_suspended = False
    sync_on(3)

    assert MPStatus.objects.get().ended_on == TODAY + 2 * DAY


def test_an_mp_whom_only_the_list_of_constituencies_names_keeps_the_seat(synced, parliament, server):
    parliament.left_out = {parliament.mp(FIRST).id}
    before = plain_facts()

    plan = sync_on(1)

    assert plan.counts()["ended"] == 0
    assert plain_facts() == before


def test_a_change_of_party_or_name_counts_from_the_day_parliaments_history_gives(synced, parliament, server):
    """Only the histories of those who changed are asked for."""
    mp, other = parliament.mp(FIRST), parliament.mp(SECOND)
    mp.party, mp.parties = (
        "Independent",
        [("Labour", ELECTION, "2026-03-05"), ("Independent", "2026-03-05", None)],
    )
    was = other.name
    other.names = [(was, ELECTION, "2026-03-07"), ("Ada Married", "2026-03-07", None)]
    other.name = "Ada Married"

    sync_on(10)

    assert spells(1000)[-1] == ("Independent", date(2026, 3, 5), None)
    names = MPName.objects.filter(mp__parliament_id=1001).order_by("started_on")
    assert list(names.values_list("name", "sort_name", "ended_on", "source")) == [
        (was, f"{was[4:]}, Ada", date(2026, 3, 6), "Parliament’s Members API, as at 2 March 2026"),
        ("Ada Married", "Married, Ada", None, "Parliament’s Members API, as at 12 March 2026"),
    ]
    assert [address for address in server.addresses() if "History" in address] == [
        "/api/Members/History?ids=1000&ids=1001"
    ]


def test_a_change_that_parliaments_history_does_not_tell_counts_from_the_day_of_the_list(synced, parliament):
    parliament.mp(FIRST).party = "Independent"
    parliament.mp(SECOND).name = "Ada Married"

    sync_on(10)

    assert spells(1000)[-1] == ("Independent", TODAY + 10 * DAY, None)
    assert MPName.objects.get(name="Ada Married").started_on == TODAY + 10 * DAY


@pytest.mark.parametrize(
    ("reason", "number", "how"),
    [("Resigned", None, "resignation"), ("Death", 1, "death"), (None, 7, "dissolution"), ("Sold", 7, "")],
)
def test_parliaments_history_says_when_and_how_a_holding_ended(synced, parliament, reason, number, how):
    gone = parliament.vacate(FIRST)
    gone.left = ("2026-03-08", reason, number)

    sync_on(10)

    holding = SeatHolding.objects.get(mp__parliament_id=gone.id)
    assert (holding.ended_on, holding.ended_by) == (date(2026, 3, 8), how)
    assert holding.end_source == "Parliament’s Members API, as at 12 March 2026"
    assert spells(gone.id)[-1][2] == date(2026, 3, 8)


def test_names_before_the_first_sight_come_with_since(seats, server, parliament):
    mp = parliament.mp(FIRST)
    mp.names = [
        ("Mrs Ada Married-Vale", "2017-06-08", "2025-03-20"),
        (mp.name, "2025-03-20", None),
    ]

    sync_on(0, since=ELECTED)
    before = plain_facts()
    sync_on(1, since=ELECTED)

    names = MPName.objects.filter(mp__parliament_id=mp.id).order_by("started_on")
    assert list(names.values_list("name", "sort_name", "started_on", "ended_on")) == [
        ("Mrs Ada Married-Vale", "Married-Vale, Ada", date(2017, 6, 8), date(2025, 3, 19)),
        (mp.name, MP.objects.get(parliament_id=mp.id).sort_name, date(2025, 3, 20), None),
    ]
    assert plain_facts() == before
    assert MPName.objects.count() == SEATS + 1


@pytest.mark.parametrize(
    ("since", "begun"),
    [("2026-03-05", "2026-03-05"), ("2026-03-04", "2026-03-05"), ("2026-03-06", "2026-03-12")],
)
def test_with_since_parliaments_history_gives_the_day(synced, parliament, server, since, begun):
    mp = parliament.mp(FIRST)
    mp.party, mp.parties = (
        "Independent",
        [("Labour", ELECTION, "2026-03-05"), ("Independent", "2026-03-05", None)],
    )

    sync_on(10, since=date.fromisoformat(since))

    assert spells(1000) == [
        ("Labour", TODAY, date.fromisoformat(begun) - DAY),
        ("Independent", date.fromisoformat(begun), None),
    ]
    assert sum("History" in address for address in server.addresses()) == PAGES


def test_a_history_that_does_not_fit_what_is_recorded_gives_no_day(synced, parliament):
    """The change is dated before the spell that it ends."""
    mp = parliament.mp(FIRST)
    mp.party, mp.parties = (
        "Independent",
        [("Labour", ELECTION, "2025-01-05"), ("Independent", "2025-01-05", None)],
    )

    sync_on(10, since=ELECTED)

    assert spells(1000)[-1] == ("Independent", TODAY + 10 * DAY, None)


def test_with_since_a_party_that_was_dated_late_is_put_right_and_undone(synced, parliament):
    mp = parliament.mp(FIRST)
    mp.party = "Independent"
    sync_on(10)
    before = plain_facts()
    mp.parties = [
        ("Labour", ELECTION, "2026-03-05"),
        ("Your Party", "2026-03-05", "2026-03-09"),
        ("Independent", "2026-03-09", None),
    ]

    sync_on(11)
    assert plain_facts() == before
    sync_on(11, since=ELECTED)

    assert spells(1000) == [
        ("Labour", ELECTED, date(2026, 3, 4)),
        ("Your Party", date(2026, 3, 5), date(2026, 3, 8)),
        ("Independent", date(2026, 3, 9), None),
    ]
    imports = MPListImport.objects.applied().count()
    sync_on(12, since=ELECTED)
    assert MPListImport.objects.applied().count() == imports
    undo_import(applied=MPListImport.objects.applied().first(), now=NOW + 12 * DAY)
    assert plain_facts() == before


def test_the_history_of_who_left_tells_of_a_whip_lost_before(synced, parliament):
    gone = parliament.vacate(FIRST)
    gone.left = ("2026-03-08", "Resigned", None)
    gone.parties = [("Labour", ELECTION, "2026-03-05"), ("Independent", "2026-03-05", "2026-03-08")]

    sync_on(10)

    assert spells(gone.id) == [
        ("Labour", ELECTED, date(2026, 3, 4)),
        ("Independent", date(2026, 3, 5), date(2026, 3, 8)),
    ]


# --- What stops a run -------------------------------------------------------------------------


def test_five_fewer_are_believed_and_six_are_not(synced, parliament):
    for code in CODES[:5]:
        parliament.vacate(seat_name(code))
    assert sync_on(1).counts()["ended"] == 5
    for code in CODES[5:11]:
        parliament.vacate(seat_name(code))

    reason = stop(NeedsAPerson, day=2)

    assert f"{SEATS - 11} MPs, 6 fewer than the {SEATS - 5}" in reason
    assert "enter_dissolution" in reason


def test_the_limit_is_a_setting(synced, parliament, settings):
    settings.PARLIAMENT_MOST_GONE = 6
    for code in CODES[:6]:
        parliament.vacate(seat_name(code))

    assert sync_on(1).counts()["ended"] == 6


def test_a_person_may_let_one_run_believe_more(synced, parliament, server, instance_admin):
    """Without a second opinion on each of them."""
    for code in CODES[:6]:
        parliament.vacate(seat_name(code))
    stop(NeedsAPerson)
    assert ParliamentSync.objects.first().report == {"gone": 6}

    runs.ask_for(subject="mps", by=instance_admin.user, now=NOW + DAY, most_gone=6)
    assert sync_on(1).counts()["ended"] == 6
    assert not [address for address in server.addresses() if address.rpartition("/")[2].isdigit()]

    for code in CODES[6:12]:
        parliament.vacate(seat_name(code))
    stop(NeedsAPerson, day=2)


def replace(parliament, codes, *, since: date) -> None:
    for code in codes:
        gone = parliament.vacate(seat_name(code))
        day = since.isoformat()
        parliament.mps.append(
            Person(7000 + gone.id, f"Eve {gone.name.split()[1]}", gone.seat, "Reform UK", day, day)
        )


def test_six_others_in_their_seats_are_not_believed_though_none_is_missing(
    synced, parliament, instance_admin
):
    replace(parliament, CODES[:6], since=TODAY)

    assert "gives 6 seats to somebody else" in stop(NeedsAPerson)
    assert ParliamentSync.objects.first().report == {"gone": 6}

    runs.ask_for(subject="mps", by=instance_admin.user, now=NOW + DAY, most_gone=6)
    assert sync_on(1).counts()["ended"] == 6


def test_five_others_in_their_seats_are_believed(synced, parliament):
    replace(parliament, CODES[:5], since=TODAY)

    assert sync_on(1).counts()["ended"] == 5


def test_after_a_poll_that_was_entered_many_others_are_believed_once(synced, parliament):
    poll = TODAY + 40 * DAY
    call_command("enter_dissolution", (TODAY + 3 * DAY).isoformat(), (poll - DAY).isoformat())
    replace(parliament, CODES[:30], since=poll)
    for mp in parliament.mps:
        mp.since = poll.isoformat()

    assert sync_on(41).counts()["ended"] == 30

    replace(parliament, CODES[:30], since=poll + DAY)

    assert "gives 30 seats to somebody else" in stop(NeedsAPerson, day=42)


def test_nobody_at_all_is_not_believed_even_the_first_time(seats, server, parliament):
    parliament.mps.clear()

    assert f"0 MPs, {SEATS} fewer" in stop(NeedsAPerson, day=0)


def test_an_mp_missing_from_both_lists_is_not_ended(synced, parliament):
    parliament.vacate(FIRST)
    parliament.seats.remove(FIRST)

    assert f"neither an MP nor a constituency for {FIRST}" in stop(NeedsAPerson)


def test_an_mp_whom_their_own_page_has_sit_still_is_not_ended(synced, parliament, server):
    """Neither by a vacancy nor by somebody else in the seat; everything is asked twice before a run stops."""
    gone = parliament.vacate(FIRST)
    parliament.mps.append(newcomer(FIRST))
    server.fault(
        "mangled", where=f"Members/{gone.id}", mangle=lambda answer: {"value": gone.value()}, times=2
    )

    reason = stop(Unsettled)

    assert reason.startswith(
        f"Parliament’s lists no longer have {gone.name} sit for {FIRST}, but {gone.name}’s own page does."
    )
    assert holdings(FIRST) == [(gone.name, ELECTED, None)]
    parliament.mps.remove(parliament.mp(FIRST))
    server.fault(
        "mangled", where=f"Members/{gone.id}", mangle=lambda answer: {"value": gone.value()}, times=1
    )
    sync_on(2)
    assert ParliamentSync.objects.first().restarts == 1
    assert holdings(FIRST) == [(gone.name, ELECTED, TODAY + DAY)]


def test_an_mp_who_won_another_seat_sits_on_there_and_no_more_here(synced, parliament, server):
    """As their own page says too: of the seat that was theirs it says nothing."""
    parliament.vacate(SECOND)
    moved = parliament.mp(FIRST)
    moved.seat, moved.since = SECOND, "2026-02-26"

    sync_on(1)

    assert holdings(FIRST) == [(moved.name, ELECTED, date(2026, 2, 25))]
    assert holdings(SECOND)[-1] == (moved.name, date(2026, 2, 26), None)
    assert f"/api/Members/{moved.id}" in server.addresses()


def test_a_vacancy_must_be_said_not_left_unsaid(synced, parliament, server):
    parliament.vacate(FIRST)

    def forget(answer):
        for item in answer["items"]:
            if item["value"]["name"] == FIRST:
                del item["value"]["currentRepresentation"]
        return answer

    server.fault("mangled", where="Constituency", mangle=forget, times=40)

    assert "currentRepresentation" in stop(OddAnswer)


def test_a_total_that_does_not_match_what_came_stops_the_run(synced, server):
    server.fault(
        "mangled", where="Search", mangle=lambda answer: {**answer, "totalResults": SEATS - 1}, times=99
    )

    assert f"{SEATS - 1} MPs, and {SEATS} came" in stop(Unsettled)


def test_a_list_that_changes_while_it_is_read_is_read_again(synced, parliament, server):
    late = newcomer(FIRST)
    parliament.vacate(FIRST)

    def meanwhile(address):
        if "skip=40" in address and late not in parliament.mps:
            parliament.mps.insert(0, late)

    server.meanwhile = meanwhile
    server.asked.clear()

    sync_on(1)

    assert holdings(FIRST)[-1][0] == "Bea Novak"
    assert ParliamentSync.objects.first().restarts == 1
    assert len(server.asked) == 2 * PAGES + 3  # and the parties, and the page and history of who left


def test_a_list_that_never_stands_still_stops_the_run(synced, parliament, server):
    """Whoever is last on page 15 is first on page 16 too."""
    server.fault(
        "mangled", where="skip=40", mangle=lambda answer: with_item(answer, parliament.mps[39]), times=9
    )

    assert f"{SEATS} came ({SEATS - 1} different ones)" in stop(Unsettled)


def with_item(answer, mp):
    return {**answer, "items": [{"value": mp.value(), "links": []}, *answer["items"][1:]]}


def test_a_row_refused_stops_the_run(synced, parliament):
    parliament.mp(FIRST).seat = "Atlantis"

    reason = stop(RowsRefused)

    assert reason.startswith("Rows of Parliament’s list are refused.\nRow 1: there is no constituency called")


def test_a_peer_in_the_list_stops_the_run(synced, server):
    def ennoble(answer):
        answer["items"][0]["value"]["latestHouseMembership"]["house"] = 2
        return answer

    server.fault("mangled", mangle=ennoble)

    assert "is a member of the House of Lords" in stop(RowsRefused)


def test_constituencies_come_first(server):
    with pytest.raises(ListRefused, match="import the constituencies first"):
        sync_on(0)


@pytest.mark.parametrize(
    ("kind", "about"),
    [("html", {}), ("cut text", {}), ("redirect", {}), ("huge", {}), ("status", {"status": 404})],
)
def test_an_odd_answer_stops_the_run(synced, parliament, server, kind, about):
    parliament.mp(FIRST).party = "Independent"
    server.fault(kind, where="skip=40", **about)

    assert "skip=40" in stop(OddAnswer)


def test_no_answer_leaves_the_run_to_be_gone_on_with(synced, parliament, server):
    parliament.mp(FIRST).party = "Independent"
    before = plain_facts()
    server.asked.clear()
    server.fault("status", status=503, where="skip=40", times=5)

    with pytest.raises(NoAnswer):
        sync_on(1)

    assert plain_facts() == before
    assert ParliamentSync.objects.first().state == SyncState.RUNNING
    sync(now=NOW + DAY + timedelta(minutes=10), sleep=no_sleep)
    assert spells(1000)[-1][0] == "Independent"
    assert ParliamentSync.objects.count() == 2
    assert len(server.asked) == PAGES + 5 + 2  # and the parties, and the history of who changed party
    assert Notification.objects.count() == 0


def test_answers_of_an_hour_ago_are_asked_for_again(synced, server):
    server.fault("status", status=503, where="skip=40", times=5)
    with pytest.raises(NoAnswer):
        sync_on(1)
    server.asked.clear()

    sync(now=NOW + DAY + timedelta(hours=1), sleep=no_sleep)

    assert len(server.asked) == PAGES + 1
    assert [run.state for run in ParliamentSync.objects.all()] == ["done", "given-up", "done"]


# --- Who is told ------------------------------------------------------------------------------


def test_instance_admins_are_told_once_a_day_that_a_run_stopped(synced, parliament, instance_admin):
    for code in CODES[:6]:
        parliament.vacate(seat_name(code))

    stop(NeedsAPerson)
    stop(NeedsAPerson)

    told = Notification.objects.filter(channel=Channel.EMAIL)
    assert [(row.recipient, row.title) for row in told] == [
        (instance_admin, "The sync with Parliament stopped: please look")
    ]
    assert "6 fewer" in told[0].body
    assert told[0].path == f"/instance/parliament/{ParliamentSync.objects.filter(state='stopped').last().pk}/"
    assert Notification.objects.count() == 2


def test_an_instance_admin_who_has_left_an_authority_is_told_in_the_other(seats, server, instance_admin):
    from accounts.models import Membership

    instance_admin.is_active = False
    instance_admin.save()

    [told] = Membership.objects.of_instance_admins()

    assert told.user == instance_admin.user
    assert told != instance_admin


def test_a_dry_run_that_would_stop_tells_nobody(synced, parliament, instance_admin):
    parliament.mps.clear()

    with pytest.raises(NeedsAPerson):
        sync_on(1, is_dry_run=True)

    assert Notification.objects.count() == 0
    assert ParliamentSync.objects.first().state == SyncState.RUNNING


# --- A dissolution ----------------------------------------------------------------------------


def test_in_a_dissolution_an_empty_list_ends_everybody_the_day_before(synced, parliament):
    call_command("enter_dissolution", (TODAY + 3 * DAY).isoformat())
    parliament.mps.clear()

    plan = sync_on(5)

    assert plan.counts()["ended"] == SEATS
    ended = set(SeatHolding.objects.values_list("ended_on", flat=True))
    assert ended == set(PartySpell.objects.values_list("ended_on", flat=True)) == {TODAY + 2 * DAY}


def test_before_its_first_day_a_dissolution_excuses_nothing(synced, parliament):
    call_command("enter_dissolution", (TODAY + 3 * DAY).isoformat())
    parliament.mps.clear()

    assert f"{SEATS} fewer" in stop(NeedsAPerson, day=2)


def test_after_its_last_day_a_dissolution_excuses_nothing(synced, parliament):
    call_command("enter_dissolution", (TODAY + 3 * DAY).isoformat(), (TODAY + 5 * DAY).isoformat())
    parliament.mps.clear()

    assert f"{SEATS} fewer" in stop(NeedsAPerson, day=6)


def test_a_dissolution_seen_later_than_a_sync_within_it_ends_them_on_that_day(synced, parliament):
    call_command("enter_dissolution", (TODAY + 3 * DAY).isoformat())
    sync_on(4)
    parliament.mps.clear()

    sync_on(6)

    ends = SeatHolding.objects.values_list("ended_on", "ended_by")
    assert set(ends) == {(TODAY + 2 * DAY, Ending.DISSOLUTION)}


def test_a_new_house_sits_from_the_day_it_was_elected(synced, parliament):
    old, poll = list(parliament.mps), (TODAY + 40 * DAY).isoformat()
    call_command("enter_dissolution", (TODAY + 3 * DAY).isoformat())
    parliament.mps.clear()
    sync_on(5)
    for mp in old[:30]:
        mp.since = poll
    new = [
        Person(7000 + n, f"Eve {mp.name.split()[1]}", mp.seat, "Reform UK", poll, poll)
        for n, mp in enumerate(old[30:])
    ]
    parliament.mps += old[:30] + new

    plan = sync_on(42)

    assert plan.counts()["new"] == SEATS
    assert MP.objects.count() == 2 * SEATS - 30
    begun = SeatHolding.objects.current().values_list("started_on", "begun_by")
    assert set(begun) == {(TODAY + 40 * DAY, Beginning.GENERAL_ELECTION)}
    assert Dissolution.objects.get().ended_on == TODAY + 39 * DAY  # nobody had entered that

    del parliament.mps[-50:]

    assert "50 fewer" in stop(NeedsAPerson, day=43)


def test_two_dissolutions_cannot_overlap(db):
    call_command("enter_dissolution", "2029-05-30", "2029-07-03")
    call_command("enter_dissolution", "2029-05-30", "2029-07-04")

    with pytest.raises(CommandError, match="from 30 May 2029 to 4 July 2029 is entered already"):
        call_command("enter_dissolution", "2029-07-04")
    with pytest.raises(CommandError, match="TO is before FROM"):
        call_command("enter_dissolution", "2030-01-02", "2030-01-01")

    call_command("enter_dissolution", "2029-07-05")
    with pytest.raises(CommandError, match="until further notice is entered already"):
        call_command("enter_dissolution", "2031-01-01")
    assert Dissolution.objects.count() == 2


# --- Two at once ------------------------------------------------------------------------------


def test_a_sync_beside_another_refuses_in_words(synced, server):
    server.asked.clear()

    with another_sync_at_work(NOW + DAY + timedelta(minutes=1)), time_machine.travel(NOW + DAY, tick=False):
        status, report = run()

    assert status == 1
    assert report["refused"][0]["reason"].startswith("Another sync with Parliament is at work.")
    assert server.asked == []
    assert ParliamentSync.objects.count() == 1


def test_a_day_that_is_none_is_refused(synced):
    status, report = run("--since", "soon")

    assert (status, report["refused"][0]["reason"]) == (
        1,
        "“soon” is not a date. Write the day from which to read histories as 2026-04-03 or 3/4/2026.",
    )


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="PostgreSQL frees its lock by itself")
def test_what_a_killed_sync_held_is_free_after_five_minutes(synced):
    ParliamentSync.objects.update(held_until=NOW + DAY + runs.LEASE)

    with pytest.raises(AnotherSync, match="another may begin at 09:05:00"):
        sync_on(1)
    sync(now=NOW + DAY + runs.LEASE, sleep=no_sleep)

    assert ParliamentSync.objects.first().held_until is None


def test_old_answers_are_forgotten(synced):
    ParliamentAnswer.objects.filter(address__contains="skip=20&").update(fetched_at=NOW - 40 * DAY)

    runs.clear_away(now=NOW)

    assert ParliamentAnswer.objects.count() == PAGES


def test_an_instance_without_admins_tells_nobody(synced, parliament):
    AuthorityFactory()
    parliament.mps.clear()

    stop(NeedsAPerson)

    assert Notification.objects.count() == 0


def test_a_new_house_on_new_boundaries_sits_for_the_new_seats(synced, parliament, tmp_path):
    poll, gone, new = TODAY + 40 * DAY, CODES[0], "E14001701"
    call_command("enter_dissolution", (TODAY + 3 * DAY).isoformat(), (poll - DAY).isoformat())
    path = tmp_path / "seats.csv"
    path.write_text("\n".join(["code,name", f"{new},New Vale", *(f"{c},{seat_name(c)}" for c in CODES[1:])]))
    begins = ("--from", poll.isoformat())
    with time_machine.travel(NOW + 41 * DAY, tick=False):
        call_command("import_constituencies", path, *begins, stdout=io.StringIO())
    moved = parliament.mp(FIRST)
    moved.seat = "New Vale"
    parliament.seats = sorted({mp.seat for mp in parliament.mps})
    for mp in parliament.mps:
        mp.since = poll.isoformat()

    plan = sync_on(41)

    assert (plan.counts()["new"], plan.counts()["ended"], plan.counts()["refused"]) == (0, 0, [])
    assert {
        (code, day, last_day)
        for code, day, last_day in SeatHolding.objects.filter(mp__parliament_id=moved.id).values_list(
            "constituency__ons_code", "started_on", "ended_on"
        )
    } == {(gone, ELECTED, TODAY + 2 * DAY), (new, poll, None)}
