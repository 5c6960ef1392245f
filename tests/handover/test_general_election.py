"""A general election as large as that of July 2024, on new boundaries: from the old House to every seat of ours
handed over."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.urls import reverse

from contacts.models import MP, Constituency, Council, HandoverStep, PartySpell, SeatHandover, SeatHolding
from engagements.models import EngagementPlan
from enquiries.models import Enquiry
from enquiries.services import log_enquiry
from notifications.models import ToDo
from overview.handover import steps
from overview.handover.seats import State, find, open_enquiries_of, overview_of
from tests.conftest import REAL_DATA
from tests.contacts.elections import made_up_house, next_election, real_house
from tests.contacts.lists import ELECTION, as_csv, counts, run
from tests.factories import CouncilFactory, EngagementPlanFactory
from tests.handover.world import DAY, ELECTED, LOST, NOW, TODAY, WELCOMES, answer, carry

pytestmark = pytest.mark.slow(seconds=6)

DISSOLVED, POLL, LIST = LOST + DAY, ELECTED, ELECTED + 2 * DAY


@pytest.fixture(
    params=[
        pytest.param(lambda: real_house(REAL_DATA), id="real", marks=pytest.mark.real_data),
        pytest.param(
            made_up_house,
            id="made-up",
            marks=pytest.mark.skipif(REAL_DATA.is_dir(), reason="the real House is here"),
        ),
    ]
)
def house(request):
    return request.param()


@pytest.fixture
def load(db, tmp_path):
    def load(command, rows, *flags):
        path = tmp_path / "rows.csv"
        path.write_bytes(as_csv(rows))
        status, report = run(command, path, *flags)
        assert (status, report["refused"]) == (0, [])
        return report

    return load


@pytest.fixture
def before(house, authority, officer, load):
    """The old House: 27 seats are ours, each MP with a plan and two open enquiries; then dissolved."""
    assert counts(load("import_mps", house.mps, "--on", ELECTION)) == (650, 0, 0, 0, 0)
    load("import_overlaps", house.overlaps)
    council = CouncilFactory(ons_code=authority.ons_code)
    council.parts.set(Council.objects.filter(ons_code__in=house.ours))
    for mp in MP.objects.of(authority):
        EngagementPlanFactory(authority=authority, mp=mp, objectives="A visit")
        for subject in ("Bus shelters", "Opening hours"):
            log_enquiry(
                by=officer,
                now=NOW - 45 * DAY,
                mp=mp,
                received_on=TODAY - 45 * DAY,
                channel="e-mail",
                subject=subject,
                question="When?",
                submission=uuid4(),
                constituent_name="Cyril Moss",
            )
    assert Enquiry.objects.count() == 54
    call_command("enter_dissolution", DISSOLVED.isoformat(), (POLL - DAY).isoformat())


def test_the_day_after_a_general_election(house, authority, officer, before, load, sign_in):
    election = next_election(house, POLL)
    waits = overview_of(officer, on=POLL - DAY)
    assert (waits.parliament.is_dissolved, len(waits.rows), waits.handovers) == (True, 27, [])
    seats = load("import_constituencies", election.seats, "--from", POLL.isoformat())
    assert (seats["new"], seats["changed"], seats["unchanged"]) == (10, 10, 640)
    assert load("import_boundary_changes", election.successions)["new"] == 20
    assert load("import_overlaps", election.overlaps)["new"] == len(election.overlaps)
    assert counts(load("import_mps", election.mps, "--on", LIST.isoformat())) == (335, 314, 336, 0, 0)
    assert_each_seat_has_its_mp(house, election)

    overview = overview_of(officer, on=TODAY)

    assert Counter(row.standing for row in overview.rows) == {
        "Held by the same MP": 9,
        "New MP": 13,
        "Vacant": 1,
        "New seat": 4,
        "Abolished": 4,
    }
    # Into one of the new seats most of no other went: its MP is welcomed, and nothing is handed over.
    assert Counter(handover.change.former is None for handover in overview.handovers) == {False: 18, True: 1}
    assert Counter(ToDo.objects.values_list("kind", flat=True)) == {"news-new-mp": 17, "news-vacant": 1}
    client = sign_in(officer)

    def progress():
        page = client.get(reverse("overview:handover_list", args=[authority.slug])).content.decode()
        [line] = [line for line in page.splitlines() if "seats handed over." in line]
        return line.partition("<strong>")[2].partition(".</strong>")[0]

    assert progress() == "0 of 19 seats handed over"
    first, *others = overview.handovers
    hand_over(first, officer)
    assert progress() == "1 of 19 seats handed over"
    for handover in others:
        hand_over(handover, officer)
    assert progress() == "19 of 19 seats handed over"
    done = what_is_done()
    assert done == {
        "steps": {
            "carried": 17,
            "answered": 1,
            "closed": 18,
            "plan": 18,
            "items": 17,
            "to-dos": 17,
            "left": 1,
        },
        "enquiries": {"open": 35, "closed": 19},
        "to-dos": dict.fromkeys(WELCOMES, 17),
        "plans": {"in force": 25, "archived": 18},
    }
    sitting = set(MP.objects.sitting().values_list("pk", flat=True))
    assert set(Enquiry.objects.open().values_list("mp", flat=True)) <= sitting
    assert set(EngagementPlan.objects.in_force().values_list("mp", flat=True)) <= sitting
    # A reply that fell due in the dissolution is owed anew to the new MP, and still late to the old one.
    assert {each.due_on > POLL for each in Enquiry.objects.exclude(carryings=None)} == {True}
    assert {each.due_on < POLL for each in Enquiry.objects.filter(carryings=None)} == {True}

    undone = next(each for each in overview.handovers if each.change.new and not each.change.seat.ended_on)
    record = SeatHandover.objects.get(constituency=undone.change.seat)
    assert steps.undo_all(record, by=officer, now=NOW) == 5

    assert progress() == "18 of 19 seats handed over"
    again = find(officer, undone.change.pk, on=TODAY)
    assert (again.state, again.words) == (
        State.IN_PROGRESS,
        "2 open enquiries, a plan to archive, the welcome",
    )
    hand_over(again, officer)
    assert progress() == "19 of 19 seats handed over"
    assert what_is_done() == done


def hand_over(handover, by):
    """One enquiry goes on, or is answered where nobody has won yet; the other is closed."""
    handover = find(by, handover.change.pk, on=TODAY)
    new = handover.change.new
    for number, enquiry in enumerate(open_enquiries_of(handover, by, on=TODAY)):
        if number:
            steps.close_left_enquiry(handover, enquiry=enquiry, reason="Settled", by=by, now=NOW)
        elif new:
            carry(handover, enquiry, new, by)
        else:
            answer(handover, enquiry, by)
    if handover.plan:
        objectives = ["A visit"] if new else []
        steps.hand_over_plan(
            handover,
            plan=handover.plan,
            to_mp=new,
            objectives=objectives,
            key_messages=[],
            by=by,
            now=NOW,
        )
    if handover.owes_welcome:
        steps.make_to_dos(handover, new=new, by=by, now=NOW)
    steps.finish(find(by, handover.change.pk, on=TODAY), by=by, now=NOW)


def what_is_done():
    plans = EngagementPlan.objects
    return {
        "steps": Counter(HandoverStep.objects.standing().values_list("kind", flat=True)),
        "enquiries": {
            "open": Enquiry.objects.open().count(),
            "closed": Enquiry.objects.exclude(closed_at=None).count(),
        },
        "to-dos": Counter(ToDo.objects.open().values_list("kind", flat=True)),
        "plans": {
            "in force": plans.in_force().count(),
            "archived": plans.exclude(archived_at=None).count(),
        },
    }


def assert_each_seat_has_its_mp(house, election):
    won = {row["PCON24CD"]: row["Member ID"] for row in election.mps if row["Member ID"] != "Vacant"}
    held = SeatHolding.objects.current().select_related("mp", "constituency")
    assert {each.constituency.ons_code: str(each.mp.parliament_id) for each in held} == won
    assert {(each.started_on, each.begun_by) for each in held} == {(POLL, "general-election")}
    over = SeatHolding.objects.exclude(ended_on=None)
    assert set(over.values_list("ended_on", "ended_by")) == {(LOST, "dissolution")}
    assert over.count() == 650
    retired = {row["PCON24CD"] for row in house.mps} - {row["PCON24CD"] for row in election.seats}
    assert set(Constituency.objects.exclude(ended_on=None).values_list("ons_code", "ended_on")) == {
        (code, POLL - DAY) for code in retired
    }
    in_parties = PartySpell.objects.current().values_list("mp__parliament_id", flat=True)
    assert set(map(str, in_parties)) == set(won.values())
