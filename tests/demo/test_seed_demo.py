"""The demo: fictional through and through, and right in every clock, timeline and escalation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.db.models import F, Max

from accounts.models import Authority, Membership, Role
from contacts.cards.states import card_states
from contacts.checklist import completeness_by_mp
from contacts.directory import leads_on, seats_of
from contacts.finding import find_seats
from contacts.leads.agreements import agreed_on
from contacts.models import (
    MP,
    BackgroundEntry,
    CampaignIssue,
    Constituency,
    Council,
    MPExport,
    MPName,
    MPNews,
    MPOffice,
    MPStatus,
    NoteKind,
    ParliamentContact,
    PersonalRelationship,
    Placement,
    Position,
    PostcodeSeat,
    SeatBoundary,
    SeatHex,
    SeatHolding,
    Stance,
    Ward,
)
from contacts.portfolios import matches_of_own_mps, priorities_of
from engagements.models import EngagementPlan, Touchpoint
from enquiries.models import RAG, Constituent, Enquiry, Escalation, TimelineEntry
from mpcrm.demo import PASSWORD, SIGN_INS
from notifications.models import Notification, State, ToDo
from overview.handover.seats import overview_of
from overview.management.commands.seed_demo import make_demo

pytestmark = [
    pytest.mark.slow(seconds=2),
    pytest.mark.skipif(connection.vendor == "postgresql", reason="a demo is on SQLite"),
]

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo as at NOW, made once for this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_demo(now=NOW)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def northmoor(demo, db) -> Authority:
    return Authority.objects.get(slug="northmoor")


def test_demo_is_fictional(northmoor):
    assert set(MP.objects.filter(parliament_id__lt=900001)) == set()
    assert set(MP.objects.filter(is_fictional=False)) == set()
    assert {seat.ons_code[:3] for seat in Constituency.objects.all()} == {"Z14"}
    assert {council.ons_code[:3] for council in Council.objects.all()} == {"Z98"}
    assert {membership.user.email[-8:] for membership in Membership.objects.all()} == {".example"}


def test_each_role_has_one_sign_in(northmoor):
    people = {person.email: authenticate(None, email=person.email, password=PASSWORD) for person in SIGN_INS}

    assert None not in people.values()
    roles = Membership.objects.active().filter(authority=northmoor, user__email__in=people)
    assert sorted(roles.values_list("role", flat=True)) == sorted(Role.values)


def test_one_person_works_for_two_authorities(northmoor):
    theirs = Membership.objects.active().filter(user__email="helen.marsh@northmoor.example")

    assert {membership.authority.slug for membership in theirs} == {"northmoor", "tarnside"}


def test_seats_show_a_vacancy_a_newcomer_and_welsh(northmoor):
    seats = Constituency.objects.of(northmoor)
    held = SeatHolding.objects.current().values("constituency")

    assert [seat.name for seat in seats.exclude(pk__in=held)] == ["Saltby Coast"]
    assert seats.get(name_welsh="Bro Hafren").name == "Hafren Vale"
    assert "Tarnside South" not in {seat.name for seat in seats}
    newest = SeatHolding.objects.current().filter(constituency__in=seats).latest("started_on")
    assert newest.mp.name == "Amara Okoro"
    assert newest.begun_by == "by-election"
    assert SeatHolding.objects.get(constituency__name="Saltby Coast").ended_by == "death"
    made_from = seats.get(name="Northmoor Central").predecessions.all()
    assert {part.old.name for part in made_from} == {"Northmoor", "Harrowdale"}


def test_an_mp_has_a_former_name_and_another_is_suspended(northmoor):
    assert [name.name for name in MP.objects.get(parliament_id=900005).names.all()] == [
        "Dr Farida Qureshi",
        "Dr Farida Malik",
    ]
    assert MPStatus.objects.current().get().mp.name == "Neville Strang"
    assert MP.objects.count() == MPName.objects.current().count()


def test_every_seat_is_on_both_maps_and_in_both_look_ups(northmoor):
    seats = set(Constituency.objects.current().values_list("pk", flat=True))

    assert set(SeatHex.objects.values_list("constituency", flat=True)) == seats
    assert set(SeatBoundary.objects.values_list("constituency", flat=True)) == seats
    assert set(Ward.objects.in_force().values_list("constituency", flat=True)) == seats
    assert set(PostcodeSeat.objects.in_force().values_list("constituency", flat=True)) == seats
    assert {each.postcode[:2] for each in PostcodeSeat.objects.all()} == {"ZZ"}
    assert [found.constituency.name for found in find_seats("Abbey").found] == ["Wexmere", "Tarnside North"]


def test_the_hidden_seat_is_a_sliver_and_shares_are_known(northmoor):
    hidden = [seat for seat in seats_of(northmoor) if seat.is_hidden]

    assert [(str(seat.constituency), seat.is_sliver(northmoor)) for seat in hidden] == [
        ("Tarnside South", True)
    ]
    assert all(seat.area_share is not None for seat in seats_of(northmoor) if not seat.is_added)


def test_enquiries_are_in_every_state(northmoor):
    enquiries = Enquiry.objects.filter(authority=northmoor)
    open_by_rag = {rag: enquiries.in_rag(rag, TODAY).count() for rag in RAG}

    assert 220 <= enquiries.count() <= 270
    assert all(3 <= number <= 25 for number in open_by_rag.values()), open_by_rag
    assert enquiries.open().filter(service=None).count() >= 3
    assert enquiries.filter(replied_on__gt=F("due_on")).count() >= 10
    share = enquiries.replied_in_time().count() / enquiries.exclude(replied_on=None).count()
    assert 0.8 < share < 0.97
    assert enquiries.filter(closed_at__isnull=False, replied_on=None).exists()
    assert TimelineEntry.objects.filter(authority=northmoor, kind=TimelineEntry.Kind.REOPENED).exists()


def test_nothing_happens_after_now(northmoor):
    assert TimelineEntry.objects.aggregate(last=Max("at"))["last"] <= NOW
    assert Touchpoint.objects.aggregate(last=Max("recorded_at"))["last"] <= NOW
    assert Notification.objects.aggregate(last=Max("created_at"))["last"] <= NOW
    assert Enquiry.history.aggregate(last=Max("history_date"))["last"] <= NOW


def test_whatever_is_late_was_escalated(northmoor):
    overdue = Enquiry.objects.overdue(TODAY).exclude(service=None)

    assert overdue.exists()
    for enquiry in overdue:
        assert enquiry.timeline.filter(kind=TimelineEntry.Kind.ESCALATED).exists(), enquiry.reference
    assert set(Escalation.objects.values_list("offset", flat=True)) == {-3, 0, 2, 5}


def test_plans_show_each_contact_cadence(northmoor):
    plans = EngagementPlan.objects.filter(authority=northmoor).with_cadence(TODAY)

    assert {plan.cadence for plan in plans} == {"green", "amber", "red", "never"}
    assert plans.without_agreement().count() == 1


def test_parliament_publishes_more_of_an_office_than_is_recorded(northmoor):
    published = {contact.email for contact in ParliamentContact.objects.all()}

    assert len(published - set(MPOffice.objects.values_list("email", flat=True))) == 2


def test_posts_bear_on_priorities_and_one_is_to_decide(northmoor):
    priorities = priorities_of(northmoor, on=TODAY)
    found = matches_of_own_mps(northmoor, priorities=priorities, on=TODAY)

    assert len(priorities) == 5
    assert sum(match.is_confirmed for match in found) == 2
    assert [(match.post.mp.name, match.word) for match in found if not match.is_decided] == [
        ("Amara Okoro", "Market Squares")
    ]


def test_notes_about_mps_are_of_every_kind(northmoor):
    notes = [note for model in (BackgroundEntry, CampaignIssue, Position) for note in model.objects.all()]

    assert {note.kind for note in notes} == set(NoteKind)
    assert {note.authority for note in notes} == {northmoor}
    assert set(Position.objects.values_list("stance", flat=True)) == set(Stance)
    assert Position.objects.count() > Position.objects.current().count()
    assert max(note.recorded_at for note in notes) <= NOW
    assert all(note.source_on <= note.recorded_at.date() for note in notes)
    assert Placement.objects.count() > Placement.objects.counting(TODAY).count() == 4
    assert MPExport.objects.get().made_by.role == Role.POLITICAL_AFFAIRS


def test_checklists_are_complete_begun_and_out_of_date(northmoor):
    lead = Membership.objects.get(authority=northmoor, user__email="helen.marsh@northmoor.example")

    found = completeness_by_mp(membership=lead, on=TODAY)

    said = {MP.objects.get(pk=pk).name: str(each) for pk, each in found.items()}
    assert said == {
        "Ms Imogen Hartley": "6 of 6 answered",
        "Amara Okoro": "2 of 6 answered",
        "Callum Reddish": "1 of 6 answered, 1 out of date, 4 open",
    }
    to_dos = ToDo.objects.filter(authority=northmoor, kind="checklist")
    assert sorted(to_dos.values_list("title", "outcome")) == [
        ("Look again at the checklist of Callum Reddish", ""),
        ("Look again at the checklist of Ms Imogen Hartley", "done"),
    ]


def test_an_admin_sees_an_e_mail_that_failed(northmoor):
    assert Notification.objects.filter(authority=northmoor, state=State.FAILED).count() == 1


def test_notifications_and_subjects_name_no_constituent(northmoor):
    surnames = {constituent.name.split()[-1] for constituent in Constituent.objects.all()}
    said = " ".join(
        [
            *Notification.objects.values_list("title", flat=True),
            *Notification.objects.values_list("body", flat=True),
            *Enquiry.objects.values_list("subject", flat=True),
        ]
    )

    assert len(surnames) > 10
    assert {name for name in surnames if name in said} == set()


def test_the_contact_card_is_current_with_some_old_with_one_and_missing_with_others(northmoor):
    member = Membership.objects.get(authority=northmoor, user__email="priya.nair@northmoor.example")
    states = card_states(MP.objects.of(northmoor), membership=member)

    assert {state.mp.parliament_id for state in states if state.is_current} == {900001, 900005}
    assert {state.mp.parliament_id for state in states if state.outdated_since} == {900003}
    assert any(state.sent is None for state in states)


def test_the_leader_agreed_to_who_engages_with_one_mp_and_has_to_again_with_another(northmoor):
    member = Membership.objects.get(authority=northmoor, user__email="helen.marsh@northmoor.example")
    stands = {}
    for number in (900001, 900005):
        mp = MP.objects.get(parliament_id=number)
        leads = leads_on(mp, membership=member, on=TODAY)
        stands[number] = agreed_on(mp, leads, membership=member, on=TODAY).stands

    assert stands == {900001: True, 900005: False}
    assert {lead.role for lead in MP.objects.get(parliament_id=900001).council_leads.all()} > {"leader"}
    assert PersonalRelationship.objects.get(authority=northmoor).mp.parliament_id == 900005


def test_what_changed_is_told_and_what_it_asked_is_done_or_still_to_do(northmoor):
    told = MPNews.objects.of(northmoor)
    to_dos = ToDo.objects.filter(authority=northmoor, kind__startswith="news-")

    assert set(told.values_list("kind", flat=True)) == {
        "new-mp",
        "left",
        "vacant",
        "whip-lost",
        "post-begun",
        "post-ended",
    }
    assert to_dos.finished().exists()
    assert {to_do.title for to_do in to_dos.open()} == {
        "Saltby Coast has no MP: see to what is open",
        "Say whether the new post of Amara Okoro matters to us",
    }
    assert to_dos.overdue(TODAY).exists()


def test_a_seat_that_changed_hands_waits_to_be_handed_over(northmoor):
    officer = Membership.objects.get(authority=northmoor, user__email="priya.nair@northmoor.example")

    waiting = {each.change.former.name: each.words for each in overview_of(officer, on=TODAY).handovers}

    assert waiting["Sir Edmund Pellow"] == (
        "2 open enquiries, a plan to archive, 2 asks or commitments, 1 council lead, the welcome"
    )
