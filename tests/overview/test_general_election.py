"""A general election as large as that of July 2024: more than half of 650 MPs new in one sitting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command

from contacts.models import MP, Constituency, SeatHolding, SeatOverlap
from engagements.models import EngagementPlan
from enquiries.models import AuthorityShown, Enquiry
from enquiries.services import create_default_policies, log_enquiry
from overview.handover import steps
from overview.handover.seats import State, find, open_enquiries_of, overview_of
from tests.contacts.lists import ALL_CODES, Importer, counts, run, whole
from tests.factories import CouncilFactory, EngagementPlanFactory

pytestmark = pytest.mark.slow

DISSOLVED, POLL, LIST = date(2025, 9, 4), date(2025, 10, 2), date(2025, 10, 4)
NOW = datetime(2025, 10, 6, 9, 0, tzinfo=UTC)
NEW = 335
OURS = ALL_CODES[320:347]  # 27 seats: as many as Greater Manchester has, on both sides of the last new one


NEW_SEAT, GONE = "E14001701", OURS[0]


def next_election():
    """The list after the election: the first 335 seats have somebody new, the others the same MP again. One of
    ours is abolished for a new one."""
    return [
        {
            **row,
            "Start date": POLL.isoformat(),
            **({"Member ID": str(6000 + number), "MP": f"Bo {row['MP'].split()[1]}"} if number < NEW else {}),
            **({"PCON24CD": NEW_SEAT, "PCON24NM": "New Vale"} if row["PCON24CD"] == GONE else {}),
        }
        for number, row in enumerate(whole(ALL_CODES))
    ]


@pytest.fixture
def load(tmp_path):
    def load(command, content, *flags):
        path = tmp_path / "places.csv"
        path.write_text(content)
        status, report = run(command, path, *flags)
        assert (status, report["refused"]) == (0, [])
        return report

    return load


@pytest.fixture
def council(authority):
    return CouncilFactory(ons_code=authority.ons_code)


@pytest.fixture
def before(authority, officer, council, tmp_path):
    """The old Parliament: 27 seats of ours, each MP with a plan and two open enquiries; then dissolved."""
    create_default_policies(authority=authority)
    importer = Importer(tmp_path)
    assert counts(importer(whole(ALL_CODES))[1]) == (650, 0, 0, 0, 0)
    SeatOverlap.objects.bulk_create(
        SeatOverlap(constituency=seat, council=council, share=100)
        for seat in Constituency.objects.filter(ons_code__in=OURS)
    )
    for mp in MP.objects.of(authority):
        EngagementPlanFactory(authority=authority, mp=mp, objectives="A visit")
        for _ in range(2):
            log_enquiry(
                by=officer,
                now=NOW - timedelta(days=50),
                mp=mp,
                received_on=DISSOLVED - timedelta(days=15),
                channel="e-mail",
                subject="Potholes",
                question="When?",
                submission=uuid4(),
                constituent_name="Cyril Moss",
            )
    call_command("enter_dissolution", DISSOLVED.isoformat(), (POLL - timedelta(days=1)).isoformat())
    return importer


def test_the_day_after_a_general_election(authority, officer, council, before, load):
    rows = next_election()
    seats = [f"{row['PCON24CD']},{row['PCON24NM']}" for row in rows]
    report = load("import_constituencies", "\n".join(["code,name", *seats]), "--from", POLL.isoformat())
    assert (report["new"], report["changed"]) == (1, 1)
    load("import_boundary_changes", f"{GONE},Old Vale,{NEW_SEAT},New Vale,1,1\n")
    SeatOverlap.objects.create(
        constituency=Constituency.objects.get(ons_code=NEW_SEAT), council=council, share=100
    )
    status, report = before(rows, LIST.isoformat())
    assert (status, report["new"], report["refused"]) == (0, NEW, [])
    assert SeatHolding.objects.current().count() == 650
    on = NOW.date()

    overview = overview_of(officer, on=on)

    changed = [code for code in OURS if ALL_CODES.index(code) < NEW]
    assert len(overview.rows) == 28
    assert (len(overview.handovers), overview.waiting) == (len(changed), len(changed)) == (15, 15)
    assert {row.seat.seat.ons_code for row in overview.rows if row.handovers} == set(changed)
    assert sum(row.standing == "Held by the same MP" for row in overview.rows) == 12
    assert sum(row.standing == "New MP" for row in overview.rows) == 14
    assert sorted(row.standing for row in overview.rows)[0] == "Abolished"

    for handover in overview.handovers:
        new = handover.change.new
        assert new is not None
        for enquiry in list(open_enquiries_of(handover, officer, on=on)):
            steps.carry_enquiry(
                handover,
                enquiry=enquiry,
                to_mp=new,
                authority_seen_on=POLL + timedelta(days=1),
                authority_shown=AuthorityShown.WORDS,
                by=officer,
                now=NOW,
            )
        steps.hand_over_plan(
            handover,
            plan=handover.plan,
            to_mp=new,
            objectives=["A visit"],
            key_messages=[],
            by=officer,
            now=NOW,
        )
        steps.make_to_dos(handover, new=new, by=officer, now=NOW)
        done = find(officer, handover.change.pk, on=on)
        steps.finish(done, by=officer, now=NOW)

    assert overview_of(officer, on=on).waiting == 0
    assert find(officer, overview.handovers[0].change.pk, on=on).state is State.DONE
    sitting = set(MP.objects.sitting().values_list("pk", flat=True))
    assert Enquiry.objects.open().count() == 54
    assert set(Enquiry.objects.values_list("mp", flat=True)) <= sitting
    assert set(EngagementPlan.objects.in_force().values_list("mp", flat=True)) == set(
        MP.objects.of(authority).values_list("pk", flat=True)
    )
    # A reply that fell due in the dissolution is owed anew to the new MP, and still late to the old one.
    carried = Enquiry.objects.exclude(carryings=None)
    assert {enquiry.due_on > POLL for enquiry in carried} == {True}
    assert {enquiry.due_on < POLL for enquiry in Enquiry.objects.filter(carryings=None)} == {True}
