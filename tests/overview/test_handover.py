"""Handing a seat over from a former MP to the new one."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from contacts.answering import answer_question
from contacts.handover import DoneAlready, LeadRefused
from contacts.models import (
    ChecklistAnswer,
    CouncilLead,
    Dissolution,
    HandoverStep,
    MPListImport,
    NewsKind,
    NoteKind,
    Question,
    SeatHandover,
    SeatHolding,
    SeatOverlap,
    SeatSuccession,
)
from contacts.news import News, record_news
from engagements.models import EngagementPlan
from enquiries.models import AuthorityShown, Enquiry
from enquiries.services import create_default_policies, log_enquiry, send_reply
from notifications.models import Outcome, ToDo
from notifications.to_dos import finish as finish_to_do
from notifications.to_dos import reopen as reopen_to_do
from overview.handover import steps
from overview.handover.seats import LOOK_BACK, State, find, overview_of
from tests.factories import (
    ConstituencyFactory,
    CouncilLeadFactory,
    EngagementPlanFactory,
    MembershipFactory,
    MPFactory,
    SeatOverlapFactory,
)

DAY = timedelta(days=1)
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
LOST = TODAY - 40 * DAY
ELECTED = TODAY - 20 * DAY


@pytest.fixture
def authority(authority):
    create_default_policies(authority=authority)
    return authority


@pytest.fixture
def former(authority):
    mp = MPFactory(name="Ms Ada Fenwick", sort_name="Fenwick, Ada", authority=authority)
    SeatHolding.objects.filter(mp=mp).update(ended_on=LOST)
    return mp


@pytest.fixture
def seat(former):
    return former.holdings.get().constituency


@pytest.fixture
def new(seat):
    mp = MPFactory(name="Mr Ben Oakley", sort_name="Oakley, Ben")
    mp.holdings.update(constituency=seat, started_on=ELECTED)
    return mp


@pytest.fixture
def leave(former, officer):
    """Log an enquiry of the former MP."""

    def left(**changes):
        return log_enquiry(
            **{
                "by": officer,
                "now": NOW - 45 * DAY,
                "mp": former,
                "received_on": TODAY - 45 * DAY,
                "channel": "e-mail",
                "subject": "Potholes",
                "question": "When?",
                "submission": uuid4(),
                "constituent_name": "Cyril Moss",
            }
            | changes
        )

    return left


@pytest.fixture
def url(authority, former):
    holding = former.holdings.get()

    def of(name, *args):
        return reverse(f"overview:{name}", args=[authority.slug, *(args or [holding.pk])])

    return of


def handover_of(former, by):
    handover = find(by, former.holdings.get().pk, on=TODAY)
    assert handover is not None
    return handover


def carry(handover, enquiry, new, by):
    steps.carry_enquiry(
        handover,
        enquiry=enquiry,
        to_mp=new,
        authority_seen_on=TODAY,
        authority_shown=AuthorityShown.FORM,
        by=by,
        now=NOW,
    )


CARRY = {"decision": "carry", "authority_shown": "form", "authority_seen_on": f"{TODAY:%d/%m/%Y}"}


# --- Which seats ----------------------------------------------------------------------------------


def test_a_seat_with_a_new_mp_is_to_hand_over_and_others_are_not(authority, former, new, officer):
    MPFactory(authority=authority)

    overview = overview_of(officer, on=TODAY)

    assert sorted(row.standing for row in overview.rows) == ["Held by the same MP", "New MP"]
    [handover] = overview.handovers
    assert (handover.change.former, handover.change.new, handover.state) == (former, new, State.TO_DO)
    assert (overview.done, overview.waiting) == (0, 1)


@pytest.mark.parametrize(("on", "offered"), [(LOST + LOOK_BACK, 1), (LOST + LOOK_BACK + DAY, 0)])
def test_a_change_is_offered_for_a_year(new, officer, on, offered):
    assert overview_of(officer, on=on).waiting == offered


@pytest.mark.parametrize("what", ["enquiry", "plan", "lead"])
def test_a_change_of_long_ago_is_offered_while_something_hangs_on_the_former_mp(
    what, authority, former, new, officer, leave
):
    if what == "enquiry":
        leave()
    elif what == "plan":
        EngagementPlanFactory(authority=authority, mp=former)
    else:
        CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    assert overview_of(officer, on=LOST + LOOK_BACK + DAY).waiting == 1


def test_who_returns_after_an_election_is_the_same_mp(former, seat, officer):
    SeatHolding.objects.create(mp=former, constituency=seat, started_on=ELECTED)
    assert overview_of(officer, on=TODAY).handovers == []


def test_a_vacant_seat_is_to_hand_over_and_again_once_somebody_holds_it(former, seat, officer):
    handover = handover_of(former, officer)
    assert overview_of(officer, on=TODAY).rows[0].standing == "Vacant"
    steps.finish(handover, by=officer, now=NOW)
    assert handover_of(former, officer).state is State.DONE

    new = MPFactory()
    new.holdings.update(constituency=seat, started_on=ELECTED)

    assert handover_of(former, officer).state is State.IN_PROGRESS
    steps.finish(handover_of(former, officer), by=officer, now=NOW)
    assert SeatHandover.objects.get().new_mp == new


def test_an_mp_who_moved_to_another_seat_leaves_only_what_came_from_this_one(
    authority, former, seat, new, officer, leave
):
    left = leave()
    EngagementPlanFactory(authority=authority, mp=former)
    moved = MPFactory(authority=authority)
    other = moved.holdings.get().constituency
    moved.holdings.all().delete()
    SeatHolding.objects.create(mp=former, constituency=other, started_on=ELECTED)
    leave(received_on=TODAY)

    change = former.holdings.get(constituency=seat)
    handover = find(officer, change.pk, on=TODAY)

    assert handover.keeps_relationship
    assert handover.open_enquiries == 1
    assert handover.words == "1 open enquiry"
    carry(handover, left, new, officer)
    steps.finish(find(officer, change.pk, on=TODAY), by=officer, now=NOW)
    assert EngagementPlan.objects.in_force().filter(mp=former).exists()


def test_plan_and_leads_of_an_mp_who_moved_to_a_seat_that_is_not_ours_are_handed_over(
    authority, former, seat, new, officer, political_affairs, sign_in, leave, url
):
    left = leave()
    plan = EngagementPlanFactory(authority=authority, mp=former)
    lead = CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    moved = SeatHolding.objects.create(
        mp=former, constituency=ConstituencyFactory(name="Far Vale"), started_on=ELECTED
    )
    leave(received_on=TODAY)
    change = former.holdings.get(constituency=seat)
    handover = find(officer, change.pk, on=TODAY)

    assert (handover.keeps_relationship, handover.change.sits_for) == (False, moved.constituency)
    assert handover.words == "1 open enquiry, a plan to archive, 1 council lead"
    assert find(officer, change.pk, on=LOST + LOOK_BACK + DAY)

    client = sign_in(political_affairs)
    client.post(url("handover_plan", change.pk))
    client.post(url("handover_leads", change.pk), {f"lead-{lead.pk}": "carry"})
    carry(find(officer, change.pk, on=TODAY), left, new, officer)
    steps.finish(find(officer, change.pk, on=TODAY), by=officer, now=NOW)

    plan.refresh_from_db()
    assert plan.archived_by == political_affairs
    assert CouncilLead.objects.get(ended_on=None).mp == new
    assert (
        "now MP for Far Vale"
        in client.get(reverse("overview:handover_list", args=[authority.slug])).content.decode()
    )
    page = client.get(reverse("overview:mp_detail", args=[authority.slug, former.pk])).content.decode()
    assert reverse("overview:handover_list", args=[authority.slug]) in page


def abolish(seat, into):
    """A boundary change: most of the seat is part of another from the election on."""
    seat.ended_on = ELECTED - DAY
    seat.save()
    into.started_on = ELECTED
    into.save()
    SeatSuccession.objects.create(old=seat, new=into, share_of_old=80, share_of_new=70)


def test_an_abolished_seat_is_handed_over_to_whoever_holds_most_of_it(
    authority, former, seat, officer, leave
):
    new = MPFactory(authority=authority)
    new.holdings.update(started_on=ELECTED)
    abolish(seat, new.holdings.get().constituency)
    enquiry = leave()

    overview = overview_of(officer, on=TODAY)

    assert sorted(row.standing for row in overview.rows) == ["Abolished", "New seat"]
    [handover] = overview.handovers
    assert (handover.change.new, handover.open_enquiries) == (new, 1)
    carry(handover, enquiry, new, officer)
    steps.finish(handover_of(former, officer), by=officer, now=NOW)
    assert handover_of(former, officer).state is State.DONE


def test_an_mp_elected_for_the_seat_that_follows_theirs_is_the_same_mp(
    authority, former, seat, officer, leave
):
    moved = MPFactory(authority=authority)
    follows = moved.holdings.get().constituency
    moved.holdings.all().delete()
    SeatHolding.objects.create(mp=former, constituency=follows, started_on=ELECTED)
    abolish(seat, follows)
    leave()

    overview = overview_of(officer, on=TODAY)

    assert [row.seat.seat for row in overview.rows] == [follows]
    assert overview.handovers == []


def test_two_abolished_seats_welcome_the_same_mp_once(authority, former, seat, officer):
    new = MPFactory(authority=authority)
    new.holdings.update(started_on=ELECTED)
    follows = new.holdings.get().constituency
    abolish(seat, follows)
    second = MPFactory(authority=authority)
    SeatHolding.objects.filter(mp=second).update(ended_on=LOST)
    abolish(second.holdings.get().constituency, follows)

    for gone in (former, second):
        steps.make_to_dos(handover_of(gone, officer), new=new, by=officer, now=NOW)

    assert ToDo.objects.count() == 4

    first, last = SeatHandover.objects.order_by("pk")
    steps.undo_all(first, by=officer, now=NOW)
    assert ToDo.objects.open().count() == 4
    steps.undo_all(last, by=officer, now=NOW)
    assert not ToDo.objects.exists()


@pytest.mark.parametrize("undone_first", [0, 1])
def test_of_two_abolished_seats_the_last_undone_brings_back_what_the_news_asked_for(
    authority, former, seat, officer, undone_first
):
    new = MPFactory(authority=authority)
    new.holdings.update(started_on=ELECTED)
    follows = new.holdings.get().constituency
    abolish(seat, follows)
    second = MPFactory(authority=authority)
    SeatHolding.objects.filter(mp=second).update(ended_on=LOST)
    abolish(second.holdings.get().constituency, follows)
    record_news([News(NewsKind.NEW_MP, "new MP", ELECTED, mp=new)], source="test", now=NOW)
    for gone in (former, second):
        steps.make_to_dos(handover_of(gone, officer), new=new, by=officer, now=NOW)
    records = list(SeatHandover.objects.order_by("pk"))

    steps.undo_all(records.pop(undone_first), by=officer, now=NOW)
    assert "news-new-mp" not in open_to_dos()
    steps.undo_all(records.pop(), by=officer, now=NOW)

    assert open_to_dos() == {"news-new-mp": None}


def test_in_a_dissolution_nobody_has_lost_a_seat_yet(former, officer):
    Dissolution.objects.create(started_on=LOST + DAY, entered_at=NOW)
    assert overview_of(officer, on=TODAY).handovers == []
    Dissolution.objects.update(ended_on=TODAY - DAY)
    assert overview_of(officer, on=TODAY).waiting == 1


def test_another_authority_with_the_same_seat_changes_nothing_here(
    authority, former, seat, new, officer, stranger
):
    council = SeatOverlapFactory(constituency=seat, council__ons_code=stranger.authority.ons_code)
    assert SeatOverlap.objects.filter(pk=council.pk).exists()
    create_default_policies(authority=stranger.authority)
    EngagementPlanFactory(authority=stranger.authority, mp=former)
    CouncilLeadFactory(authority=stranger.authority, mp=former)
    log_enquiry(
        by=stranger,
        now=NOW,
        mp=former,
        received_on=TODAY,
        channel="e-mail",
        subject="Theirs",
        question="?",
        submission=uuid4(),
    )
    theirs = handover_of(former, stranger)
    steps.make_to_dos(theirs, new=new, by=stranger, now=NOW)

    ours = handover_of(former, officer)

    assert (ours.state, ours.record, ours.words, ours.steps) == (State.TO_DO, None, "", 0)
    assert overview_of(officer, on=LOST + LOOK_BACK + DAY).handovers == []
    assert handover_of(former, stranger).state is State.IN_PROGRESS


# --- The steps ------------------------------------------------------------------------------------


def test_the_second_to_decide_an_enquiry_sees_what_the_first_did(former, new, officer, authority, leave):
    enquiry, colleague = leave(), MembershipFactory(authority=authority)
    seen_before = handover_of(former, officer)
    carry(seen_before, enquiry, new, officer)

    with pytest.raises(DoneAlready) as done:
        steps.close_left_enquiry(seen_before, enquiry=enquiry, reason="Settled", by=colleague, now=NOW)

    assert done.value.step.done_by == officer
    assert HandoverStep.objects.count() == SeatHandover.objects.count() == 1
    enquiry.refresh_from_db()
    assert enquiry.closed_at is None


def test_a_plan_is_archived_and_chosen_items_go_into_a_draft(authority, former, new, officer):
    plan = EngagementPlanFactory(authority=authority, mp=former, objectives="A bypass\nA visit")

    steps.hand_over_plan(
        handover_of(former, officer),
        plan=plan,
        to_mp=new,
        objectives=["A visit"],
        key_messages=[],
        by=officer,
        now=NOW,
    )

    plan.refresh_from_db()
    assert plan.archived_by == officer
    assert EngagementPlan.objects.get(mp=new).objectives == f"A visit (from the plan for {former})"
    assert {step.kind for step in HandoverStep.objects.all()} == {"plan", "items"}


def test_leads_go_on_or_end_and_the_former_mps_end_the_day_before(authority, former, new, officer):
    owner = CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    deputy = CouncilLeadFactory(
        authority=authority, mp=former, role="deputy", membership=None, name="Cllr Holt"
    )

    steps.hand_over_leads(handover_of(former, officer), carried=[owner], ended=[deputy], by=officer, now=NOW)

    [lead] = CouncilLead.objects.filter(mp=new)
    assert (lead.membership, lead.role, lead.started_on) == (officer, "lead", TODAY)
    assert set(CouncilLead.objects.filter(mp=former).values_list("ended_on", flat=True)) == {TODAY - DAY}


def test_a_lead_is_not_put_beside_another(authority, former, new, officer):
    owner = CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    CouncilLeadFactory(authority=authority, mp=new)
    with pytest.raises(LeadRefused, match="already"):
        steps.hand_over_leads(handover_of(former, officer), carried=[owner], ended=[], by=officer, now=NOW)
    owner.refresh_from_db()
    assert owner.ended_on is None
    assert not HandoverStep.objects.exists()


def test_to_dos_are_made_once_for_the_owner_or_nobody_yet(authority, former, new, officer):
    handover = handover_of(former, officer)

    assert steps.make_to_dos(handover, new=new, by=officer, now=NOW) == 4
    with pytest.raises(DoneAlready):
        steps.make_to_dos(handover, new=new, by=officer, now=NOW)

    assert set(ToDo.objects.values_list("kind", "assignee")) == {
        ("welcome-letter", None),
        ("contact-card", None),
        ("office-details", None),
        ("first-meeting", None),
    }
    assert all(to_do.due_on > TODAY for to_do in ToDo.objects.all())


def test_to_dos_go_to_the_relationship_owner(authority, former, new, officer):
    CouncilLeadFactory(authority=authority, mp=new, membership=officer)
    steps.make_to_dos(handover_of(former, officer), new=new, by=officer, now=NOW)
    assert {to_do.assignee for to_do in ToDo.objects.all()} == {officer}


def open_to_dos():
    return dict(ToDo.objects.open().values_list("kind", "assignee"))


WELCOMES = ("welcome-letter", "contact-card", "office-details", "first-meeting")


def test_the_welcome_takes_the_place_of_what_the_news_asked_for_and_undoing_brings_it_back(
    authority, former, new, officer
):
    colleague = MembershipFactory(authority=authority)
    CouncilLeadFactory(authority=authority, mp=former, membership=colleague)
    other = MPFactory(authority=authority)
    news = [News(NewsKind.NEW_MP, "new MP", ELECTED, mp=mp) for mp in (new, other)]
    record_news([*news, News(NewsKind.PARTY, "changed", ELECTED, mp=new)], source="test", now=NOW)
    before = set(ToDo.objects.open())

    steps.make_to_dos(handover_of(former, officer), new=new, by=officer, now=NOW)

    replaced = ToDo.objects.get(kind="news-new-mp", subject=new.lasting_subject)
    assert (replaced.outcome, replaced.done_by) == (Outcome.NOT_NEEDED, officer)
    assert replaced.note == "The hand-over of the seat asks for it, step by step."
    assert set(ToDo.objects.open().filter(kind__in=WELCOMES).values_list("kind", "assignee")) == {
        (kind, colleague.pk) for kind in WELCOMES
    }
    assert before - set(ToDo.objects.open()) == {replaced}

    steps.undo_all(SeatHandover.objects.get(), by=officer, now=NOW)

    assert set(ToDo.objects.open()) == before


def test_what_somebody_had_done_or_reopened_of_the_news_stays_so(authority, former, new, officer):
    record_news([News(NewsKind.NEW_MP, "new MP", ELECTED, mp=new)], source="test", now=NOW)
    to_do = ToDo.objects.get()
    steps.make_to_dos(handover_of(former, officer), new=new, by=officer, now=NOW)
    reopen_to_do(by=officer, to_do=to_do, now=NOW)
    finish_to_do(by=officer, to_do=to_do, note="Rang them", now=NOW)

    steps.undo_all(SeatHandover.objects.get(), by=officer, now=NOW)

    assert open_to_dos() == {}
    assert ToDo.objects.get().note == "Rang them"


def test_a_seat_is_finished_once_enquiries_and_plan_are_decided(authority, former, new, officer, leave):
    enquiry = leave()
    plan = EngagementPlanFactory(authority=authority, mp=former)
    handover = handover_of(former, officer)
    with pytest.raises(steps.NotFinished, match="1 open enquiry waits"):
        steps.finish(handover, by=officer, now=NOW)
    carry(handover, enquiry, new, officer)
    with pytest.raises(steps.NotFinished, match="still in force"):
        steps.finish(handover, by=officer, now=NOW)
    steps.hand_over_plan(handover, plan=plan, to_mp=new, objectives=[], key_messages=[], by=officer, now=NOW)

    steps.finish(handover, by=officer, now=NOW)

    assert handover_of(former, officer).state is State.DONE
    assert overview_of(officer, on=TODAY).waiting == 0


# --- Undoing --------------------------------------------------------------------------------------


def facts(former):
    """Everything a hand-over changes but bookkeeping."""
    return (
        sorted(Enquiry.objects.values_list("pk", "mp", "due_on", "replied_on", "closed_at", "close_reason")),
        sorted(EngagementPlan.objects.values_list("pk", "mp", "archived_at", "objectives")),
        sorted(CouncilLead.objects.values_list("pk", "mp", "ended_on"), key=str),
        ToDo.objects.count(),
    )


def do_everything(former, new, officer, authority, leave):
    carried, answered, closed = leave(), leave(), leave()
    plan = EngagementPlanFactory(authority=authority, mp=former, objectives="A visit")
    owner = CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    before = facts(former)
    handover = handover_of(former, officer)
    carry(handover, carried, new, officer)
    steps.answer_enquiry(
        handover,
        enquiry=answered,
        text="Soon.",
        sent_on=TODAY,
        channel="letter",
        submission=uuid4(),
        by=officer,
        now=NOW,
    )
    steps.close_left_enquiry(handover, enquiry=closed, reason="Settled", by=officer, now=NOW)
    steps.hand_over_plan(
        handover, plan=plan, to_mp=new, objectives=["A visit"], key_messages=[], by=officer, now=NOW
    )
    steps.hand_over_leads(handover, carried=[owner], ended=[], by=officer, now=NOW)
    steps.make_to_dos(handover, new=new, by=officer, now=NOW)
    steps.finish(handover, by=officer, now=NOW)
    return before, carried


def test_undoing_a_seat_puts_everything_back_and_it_can_be_done_again(former, new, officer, authority, leave):
    before, carried = do_everything(former, new, officer, authority, leave)
    assert facts(former) != before
    record = SeatHandover.objects.get()

    assert steps.undo_all(record, by=officer, now=NOW) == 7
    assert steps.undo_all(record, by=officer, now=NOW) == 0

    assert facts(former) == before
    handover = handover_of(former, officer)
    assert (handover.state, handover.steps) == (State.IN_PROGRESS, 0)
    carry(handover, carried, new, officer)
    assert handover_of(former, officer).steps == 1


def test_undoing_is_refused_in_words_where_later_work_stands_and_nothing_is_put_back(
    former, new, officer, authority, leave
):
    _, carried = do_everything(former, new, officer, authority, leave)
    carried.refresh_from_db()
    send_reply(
        enquiry=carried,
        text="In June.",
        sent_on=TODAY,
        channel="e-mail",
        by=officer,
        now=NOW,
        submission=uuid4(),
    )
    draft = EngagementPlan.objects.get(mp=new)
    EngagementPlan.objects.filter(pk=draft.pk).update(version=draft.version + 1)
    after = facts(former)

    with pytest.raises(steps.NotUndone) as refused:
        steps.undo_all(SeatHandover.objects.get(), by=officer, now=NOW)

    assert refused.value.reasons == [
        f"The plan for {new} has been edited since.",
        f"{carried.reference} has been replied to since.",
    ]
    assert facts(former) == after
    assert HandoverStep.objects.standing().count() == 7
    assert SeatHandover.objects.get().finished_at == NOW


def test_one_step_is_undone_and_the_rest_stands(former, new, officer, leave):
    first, second = leave(), leave()
    handover = handover_of(former, officer)
    for enquiry in (first, second):
        carry(handover, enquiry, new, officer)

    steps.undo_step(HandoverStep.objects.get(subject=f"enquiry:{first.pk}"), by=officer, now=NOW)

    assert set(Enquiry.objects.values_list("pk", "mp")) == {(first.pk, former.pk), (second.pk, new.pk)}
    assert handover_of(former, officer).open_enquiries == 1


def test_a_to_do_that_was_done_stays_done_when_the_rest_go(authority, former, new, officer):
    steps.make_to_dos(handover_of(former, officer), new=new, by=officer, now=NOW)
    letter = ToDo.objects.get(kind="welcome-letter")
    finish_to_do(by=officer, to_do=letter, outcome=Outcome.DONE, now=NOW)

    steps.undo_all(SeatHandover.objects.get(), by=officer, now=NOW)
    steps.make_to_dos(handover_of(former, officer), new=new, by=officer, now=NOW)

    assert ToDo.objects.count() == 4
    assert ToDo.objects.get(kind="welcome-letter") == letter


def test_the_checklist_of_one_who_returns_is_begun_anew_and_put_back(authority, former, new, officer):
    def answer(seen):
        answer_question(
            by=officer,
            mp=new,
            question=Question.values[0],
            seen=seen,
            text="They chair a committee.",
            evidence="",
            kind=NoteKind.values[0],
            now=NOW,
        )

    def standing():
        return ChecklistAnswer.objects.standing().given().count()

    answer(None)
    steps.make_to_dos(handover_of(former, officer), new=new, by=officer, now=NOW + DAY)
    assert standing() == 0

    steps.undo_all(SeatHandover.objects.get(), by=officer, now=NOW + DAY)
    assert standing() == 1

    steps.make_to_dos(handover_of(former, officer), new=new, by=officer, now=NOW + 2 * DAY)
    answer(ChecklistAnswer.objects.standing().get().pk)
    with pytest.raises(steps.NotUndone, match="later work"):
        steps.undo_all(SeatHandover.objects.get(), by=officer, now=NOW + 2 * DAY)
    assert standing() == 1


# --- The pages ------------------------------------------------------------------------------------


def test_the_list_says_how_many_are_handed_over_and_links_to_each(former, new, officer, sign_in, url):
    page = sign_in(officer).get(reverse("overview:handover_list", args=[officer.authority.slug]))
    words = page.content.decode()
    assert "0 of 1 seat handed over" in words
    assert url("handover_seat") in words
    assert f"{ELECTED:%-d %B %Y}" in words


@pytest.mark.parametrize(
    ("dissolved", "listed", "says"),
    [
        (None, None, "The MPs of your seats are recorded here."),
        (None, -3, "was imported on"),
        ((-60, -22), -21, "was imported on"),
        ((-60, -22), -22, "before the election: who won is not known yet."),
        ((-60, None), -70, "nobody has won or lost a seat yet."),
        ((-60, 0), -70, "nobody has won or lost a seat yet."),
    ],
)
@pytest.mark.parametrize("is_instance_admin", [True, False])
def test_the_list_begins_with_the_import_and_whom_to_ask_for_it(
    new, officer, sign_in, dissolved, listed, says, is_instance_admin
):
    officer.user.is_instance_admin = is_instance_admin
    officer.user.save()
    if dissolved:
        first, last = (None if day is None else TODAY + day * DAY for day in dissolved)
        Dissolution.objects.create(started_on=first, ended_on=last, entered_at=NOW)
    if listed:
        day = TODAY + listed * DAY
        MPListImport.objects.create(list_date=day, state="applied", created_at=NOW, applied_at=NOW)
        MPListImport.objects.create(list_date=TODAY, state="undone", created_at=NOW)
        MPListImport.objects.create(list_date=TODAY, state="applied", subject="posts", created_at=NOW)

    page = sign_in(officer).get(reverse("overview:handover_list", args=[officer.authority.slug]))

    step = page.content.decode().partition("1. The list of MPs")[2].partition("2. Your seats")[0]
    assert says in step
    is_done = "imported on" in says or "recorded" in says
    assert (">Imported</strong>" in step, ">Not yet</strong>" in step) == (is_done, not is_done)
    assert (reverse("instance:import_upload") in step) == (is_instance_admin and not is_done)
    assert (reverse("instance:sync_list") in step) == (is_instance_admin and not is_done)
    assert ("Ask your instance admin" in step) == (not is_instance_admin and not is_done)


def test_without_any_list_or_mp_the_import_is_still_to_do(authority, officer, sign_in):
    page = sign_in(officer).get(reverse("overview:handover_list", args=[authority.slug]))
    assert "No list of MPs has been imported." in page.content.decode()


def test_the_list_costs_the_same_for_1_and_30_seats(
    authority, officer, sign_in, leave, new, django_assert_num_queries
):
    client, address = sign_in(officer), reverse("overview:handover_list", args=[authority.slug])
    leave()
    with django_assert_num_queries(12):
        client.get(address)
    for number in range(29):
        gone = MPFactory(authority=authority)
        holding = gone.holdings.get()
        SeatHolding.objects.filter(pk=holding.pk).update(ended_on=LOST)
        MPFactory().holdings.update(constituency=holding.constituency, started_on=ELECTED)
        if number % 2:
            EngagementPlanFactory(authority=authority, mp=gone)
    with django_assert_num_queries(12):
        page = client.get(address)
    assert "0 of 30 seats handed over" in page.content.decode()


def test_an_officer_decides_the_enquiries_one_after_the_other(
    former, new, officer, sign_in, url, leave, seat
):
    first, second = leave(), leave()
    client = sign_in(officer)
    page = client.get(url("handover_enquiry", first.reference)).content.decode()
    assert "2 to decide" in page

    sent = client.post(url("handover_enquiry", first.reference), CARRY | {"to_mp": new.pk})

    assert sent.url == url("handover_enquiry", second.reference)
    first.refresh_from_db()
    assert first.mp == new
    sent = client.post(
        url("handover_enquiry", second.reference), {"decision": "close", "reason": "No answer wanted"}
    )
    assert sent.url == url("handover_seat")
    again = client.post(url("handover_enquiry", first.reference), CARRY | {"to_mp": new.pk}, follow=True)
    assert "is not waiting to be handed over" in again.content.decode()
    page = client.get(url("handover_seat")).content.decode()
    assert "All decided." in page
    assert page.count("Enquiry carried over") >= 1


def test_answering_direct_from_the_page(former, new, officer, sign_in, url, leave):
    enquiry = leave()
    answer = {
        "decision": "answer",
        "text": "In June.",
        "sent_on": f"{TODAY:%d/%m/%Y}",
        "channel": "letter",
        "submission": uuid4(),
    }
    sent = sign_in(officer).post(url("handover_enquiry", enquiry.reference), answer)
    assert sent.url == url("handover_seat")
    assert enquiry.replies.get().is_to_constituent


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "What becomes of it?"),
        ({"decision": "carry"}, "Choose what shows that the new MP may act."),
        (CARRY | {"authority_seen_on": f"{ELECTED - DAY:%d/%m/%Y}"}, "is not fresh."),
        ({"decision": "answer"}, "Enter the reply."),
        ({"decision": "close"}, "Say why it can be closed."),
    ],
)
def test_a_decision_that_lacks_something_is_asked_again(sent, words, new, officer, sign_in, url, leave):
    enquiry = leave()
    answer = sign_in(officer).post(url("handover_enquiry", enquiry.reference), {"to_mp": new.pk, **sent})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not HandoverStep.objects.exists()


def test_another_mp_than_the_seats_is_not_taken(former, new, officer, sign_in, url, leave):
    enquiry, other = leave(), MPFactory()
    answer = sign_in(officer).post(url("handover_enquiry", enquiry.reference), CARRY | {"to_mp": other.pk})
    assert "Choose the MP from the list." in answer.content.decode()


def test_without_a_holder_an_enquiry_goes_to_one_of_our_own_mps(
    authority, former, officer, sign_in, url, leave
):
    neighbour, stranger_to_us = MPFactory(authority=authority), MPFactory()
    enquiry, client = leave(), sign_in(officer)

    refused = client.post(url("handover_enquiry", enquiry.reference), CARRY | {"to_mp": stranger_to_us.pk})
    taken = client.post(url("handover_enquiry", enquiry.reference), CARRY | {"to_mp": neighbour.pk})

    assert (refused.status_code, taken.status_code) == (422, 302)
    enquiry.refresh_from_db()
    assert enquiry.mp == neighbour


def test_plan_leads_to_dos_and_finish_by_their_buttons(
    authority, former, new, political_affairs, sign_in, url
):
    plan = EngagementPlanFactory(authority=authority, mp=former, objectives="A bypass\nA visit")
    lead = CouncilLeadFactory(authority=authority, mp=former, membership=political_affairs)
    client = sign_in(political_affairs)

    client.post(url("handover_leads"), {f"lead-{lead.pk}": "carry"})
    client.post(url("handover_plan"), {"objectives": ["A visit"]})
    client.post(url("handover_welcome"))
    twice = client.post(url("handover_welcome"), follow=True).content.decode()
    done = client.post(url("handover_finish"), follow=True).content.decode()

    plan.refresh_from_db()
    assert plan.archived_at
    assert {to_do.assignee for to_do in ToDo.objects.all()} == {political_affairs}
    assert "was first" in twice
    assert "1 of 1 seat handed over" in done


def test_undoing_asks_first_and_says_why_not(former, new, officer, sign_in, url, leave):
    enquiry = leave()
    carry(handover_of(former, officer), enquiry, new, officer)
    client = sign_in(officer)
    assert "1 step would be put back" in client.get(url("handover_undo")).content.decode()
    enquiry.refresh_from_db()
    send_reply(
        enquiry=enquiry,
        text="June.",
        sent_on=TODAY,
        channel="e-mail",
        by=officer,
        now=NOW,
        submission=uuid4(),
    )

    refused = client.post(url("handover_undo"))

    assert refused.status_code == 422
    assert f"{enquiry.reference} has been replied to since." in refused.content.decode()
    step = HandoverStep.objects.get()
    alone = client.post(url("handover_step_undo", step.pk), follow=True).content.decode()
    assert "Not put back" in alone


def test_executives_read_it_without_the_words_of_an_enquiry(former, new, executive, sign_in, url, leave):
    enquiry = leave(subject="A private matter")
    client = sign_in(executive)
    page = client.get(url("handover_seat")).content.decode()
    assert enquiry.reference in page
    assert "A private matter" not in page
    assert "Mark as handed over" not in page
    assert client.post(url("handover_finish")).status_code == 403
    assert client.get(url("handover_enquiry", enquiry.reference)).status_code == 403


def test_who_leads_on_the_new_mp_elsewhere_is_no_obstacle(
    authority, former, new, political_affairs, stranger, sign_in, url
):
    CouncilLeadFactory(authority=authority, mp=former, membership=political_affairs)
    CouncilLeadFactory(authority=stranger.authority, mp=new, membership=stranger)
    client = sign_in(political_affairs)

    elsewhere = client.get(url("handover_seat")).content.decode()
    CouncilLeadFactory(authority=authority, mp=new, membership=political_affairs)
    here = client.get(url("handover_seat")).content.decode()

    assert "Leads on Mr Ben Oakley from now on" in elsewhere
    assert "leads on Mr Ben Oakley already" in here


def test_an_officer_does_not_say_who_leads(authority, former, new, officer, sign_in, url):
    CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    client = sign_in(officer)
    assert "Political affairs say who leads" in client.get(url("handover_seat")).content.decode()
    assert client.post(url("handover_leads")).status_code == 403


@pytest.mark.parametrize("role", [Role.SERVICE_CONTACT, Role.ADMIN])
def test_nobody_else_opens_it(role, authority, new, sign_in, url):
    client = sign_in(MembershipFactory(authority=authority, role=role))
    assert client.get(url("handover_seat")).status_code == 403


def test_a_seat_that_has_not_changed_is_missing(authority, officer, sign_in, url):
    sits = MPFactory(authority=authority, name="Still there")
    client = sign_in(officer)
    assert client.get(url("handover_seat", sits.holdings.get().pk)).status_code == 404
    elsewhere = MPFactory()
    elsewhere.holdings.update(ended_on=date(2025, 1, 1))
    assert client.get(url("handover_seat", elsewhere.holdings.get().pk)).status_code == 404
