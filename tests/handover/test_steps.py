"""The steps of a hand-over, each done once, and undone."""

from __future__ import annotations

from uuid import uuid4

import pytest

from accounts.models import Role
from contacts.answering import answer_question
from contacts.cards.reminders import sweep
from contacts.handover import DoneAlready, LeadRefused
from contacts.models import (
    ChecklistAnswer,
    CouncilLead,
    HandoverStep,
    NewsKind,
    NoteKind,
    Question,
    SeatHandover,
    SeatHolding,
)
from contacts.news import News, record_news
from contacts.news_to_dos import kind_of
from engagements.models import EngagementPlan
from enquiries.models import Enquiry
from enquiries.services import send_reply
from notifications.models import Outcome, ToDo
from notifications.to_dos import finish as finish_to_do
from notifications.to_dos import reopen as reopen_to_do
from overview.handover import steps
from overview.handover.seats import State, find, overview_of, plan_archived_here
from tests.factories import (
    CardSentFactory,
    ConstituencyFactory,
    ContactCardFactory,
    CouncilLeadFactory,
    EngagementPlanFactory,
    MembershipFactory,
    MPFactory,
    SeatOverlapFactory,
)
from tests.handover.world import (
    DAY,
    ELECTED,
    NOW,
    TODAY,
    WELCOMES,
    carry,
    do_everything,
    facts,
    handover_of,
    open_to_dos,
)


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


def test_a_plan_that_is_put_back_takes_its_items_along_and_may_be_archived_with_others(
    authority, former, new, officer
):
    plan = EngagementPlanFactory(authority=authority, mp=former, objectives="A bypass\nA visit")
    for chosen in ("A visit", "A bypass"):
        steps.hand_over_plan(
            handover_of(former, officer),
            plan=plan,
            to_mp=new,
            objectives=[chosen],
            key_messages=[],
            by=officer,
            now=NOW,
        )
        assert EngagementPlan.objects.get(mp=new).objectives == f"{chosen} (from the plan for {former})"
        steps.undo_step(HandoverStep.objects.standing().get(kind="plan"), by=officer, now=NOW)
        assert not EngagementPlan.objects.filter(mp=new).exists()
    assert not HandoverStep.objects.standing().exists()


def test_leads_go_on_or_end_and_the_former_mps_end_the_day_before(authority, former, new, officer):
    owner = CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    deputy = CouncilLeadFactory(
        authority=authority, mp=former, role="deputy", membership=None, name="Cllr Holt"
    )

    steps.hand_over_leads(handover_of(former, officer), carried=[owner], ended=[deputy], by=officer, now=NOW)

    [lead] = CouncilLead.objects.filter(mp=new)
    assert (lead.membership, lead.role, lead.started_on) == (officer, "lead", TODAY)
    assert set(CouncilLead.objects.filter(mp=former).values_list("ended_on", flat=True)) == {TODAY - DAY}


@pytest.mark.parametrize("last_day", [None, TODAY])
def test_a_lead_is_not_put_beside_another(
    authority, former, new, officer, political_affairs, sign_in, url, last_day
):
    owner = CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    CouncilLeadFactory(authority=authority, mp=new, ended_on=last_day)
    form = sign_in(political_affairs).get(url("handover_seat")).context["leads_form"]
    assert [choice for choice, _ in form.fields[f"lead-{owner.pk}"].choices] == ["end", "later"]
    with pytest.raises(LeadRefused, match="already"):
        steps.hand_over_leads(handover_of(former, officer), carried=[owner], ended=[], by=officer, now=NOW)
    owner.refresh_from_db()
    assert owner.ended_on is None
    assert not HandoverStep.objects.exists()
    CouncilLead.objects.filter(mp=new).update(ended_on=TODAY - DAY)
    steps.hand_over_leads(handover_of(former, officer), carried=[owner], ended=[], by=officer, now=NOW)


def test_a_lead_is_not_put_back_beside_one_named_since(authority, former, new, officer, political_affairs):
    owner = CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    steps.hand_over_leads(handover_of(former, officer), carried=[], ended=[owner], by=officer, now=NOW)
    CouncilLeadFactory(authority=authority, mp=former, started_on=TODAY, ended_on=TODAY + DAY)
    with pytest.raises(steps.NotUndone) as refused:
        steps.undo_all(SeatHandover.objects.get(), by=political_affairs, now=NOW)
    assert refused.value.reasons == [f"Somebody else leads on {former} by now."]


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


@pytest.mark.parametrize(
    ("owner", "deputy", "had", "asked"),
    [
        (Role.OFFICER, Role.OFFICER, None, "owner"),
        (Role.EXECUTIVE, Role.OFFICER, None, "deputy"),
        (Role.EXECUTIVE, Role.EXECUTIVE, Role.OFFICER, "had"),
        (Role.EXECUTIVE, None, Role.EXECUTIVE, None),
    ],
)
def test_to_dos_go_to_the_relationship_owner_or_the_deputy_who_can_do_them(
    authority, former, new, officer, owner, deputy, had, asked
):
    roles = {"owner": owner, "deputy": deputy, "had": had}
    people = {who: role and MembershipFactory(authority=authority, role=role) for who, role in roles.items()}
    CouncilLeadFactory(authority=authority, mp=new, membership=people["owner"])
    if deputy:
        CouncilLeadFactory(authority=authority, mp=new, role="deputy", membership=people["deputy"])
    record_news([News(NewsKind.NEW_MP, "new MP", ELECTED, mp=new)], source="test", now=NOW)
    ToDo.objects.update(assignee=people["had"])

    steps.make_to_dos(handover_of(former, officer), new=new, by=officer, now=NOW)

    assert {to_do.assignee for to_do in ToDo.objects.open()} == {people[asked] if asked else None}


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


def test_the_contact_card_is_asked_for_once_whoever_asks_first(authority, former, new, officer):
    ContactCardFactory(authority=authority, made_at=NOW - 2 * DAY)

    def cards():
        sweep(now=NOW)
        return ToDo.objects.filter(kind="contact-card").values_list("occasion", flat=True)

    [asked_by_sweep] = cards()
    steps.make_to_dos(handover_of(former, officer), new=new, by=officer, now=NOW)
    assert list(cards()) == [asked_by_sweep]
    assert set(open_to_dos()) == set(WELCOMES)

    steps.undo_all(SeatHandover.objects.get(), by=officer, now=NOW)

    assert list(cards()) == [asked_by_sweep]
    assert set(open_to_dos()) == {"contact-card"}


@pytest.mark.parametrize("is_current", [True, False])
def test_the_contact_card_is_asked_for_unless_the_office_has_it_as_it_is_now(
    authority, former, new, officer, is_current
):
    card = ContactCardFactory(authority=authority, made_at=NOW - 2 * DAY)
    CardSentFactory(authority=authority, mp=new, card=card)
    if not is_current:
        ContactCardFactory(authority=authority, number=card.number + 1, made_at=NOW)

    steps.make_to_dos(handover_of(former, officer), new=new, by=officer, now=NOW)

    assert ("contact-card" in open_to_dos()) is not is_current
    assert {*open_to_dos(), "contact-card"} == set(WELCOMES)


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
    CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    undecided = handover_of(former, officer)
    with pytest.raises(steps.NotFinished, match="Still to do: 1 council lead, the welcome"):
        steps.finish(undecided, by=officer, now=NOW)

    steps.finish(undecided, leaves=True, by=officer, now=NOW)

    assert handover_of(former, officer).state is State.DONE
    assert overview_of(officer, on=TODAY).waiting == 0


def test_what_was_to_do_about_the_former_mp_is_closed_with_the_hand_over_and_undone(
    authority, former, seat, officer
):
    """In a vacancy, and again once there is a new MP: then the vacancy asks for nothing any more."""
    about = {"authority": authority, "path": "/", "due_on": TODAY, "created_at": NOW}
    for subject, kind in (
        (former.subject, "checklist"),
        (former.lasting_subject, "news-party-changed"),
        (f"seat:{seat.ons_code}", kind_of(NewsKind.VACANT)),
        ("seat:another", kind_of(NewsKind.VACANT)),
    ):
        ToDo.objects.create(subject=subject, kind=kind, occasion=f"a:{subject}", title=kind, **about)
    steps.finish(handover_of(former, officer), by=officer, now=NOW)
    assert list(ToDo.objects.open().values_list("subject", flat=True)) == ["seat:another"]
    steps.undo_all(SeatHandover.objects.get(), by=officer, now=NOW)
    assert ToDo.objects.open().count() == 4
    steps.finish(handover_of(former, officer), by=officer, now=NOW)
    ToDo.objects.create(subject=former.subject, kind="checklist", occasion="b", title="later", **about)
    new = MPFactory()
    new.holdings.update(constituency=seat, started_on=ELECTED)

    steps.finish(handover_of(former, officer), leaves=True, by=officer, now=NOW)

    assert ToDo.objects.open().count() == 1
    assert set(ToDo.objects.exclude(done_at=None).values_list("outcome", "note")) == {
        (Outcome.NOT_NEEDED, steps.HANDED_OVER)
    }
    steps.undo_all(SeatHandover.objects.get(), by=officer, now=NOW)
    assert ToDo.objects.open().count() == 4
    assert [to_do.subject for to_do in ToDo.objects.exclude(done_at=None)] == [f"seat:{seat.ons_code}"]


def test_what_is_to_do_about_a_former_mp_who_is_ours_for_another_seat_stays(
    authority, former, seat, new, officer
):
    other = ConstituencyFactory()
    SeatOverlapFactory(constituency=other, council=seat.councils.get())
    change = former.holdings.get()
    SeatHolding.objects.create(mp=former, constituency=other, started_on=ELECTED)
    about = {"path": "/", "due_on": TODAY, "created_at": NOW, "title": "Look again", "occasion": "a"}
    ToDo.objects.create(authority=authority, subject=former.subject, kind="checklist", **about)

    steps.finish(find(officer, change.pk, on=TODAY), leaves=True, by=officer, now=NOW)

    assert ToDo.objects.open().exists()


def test_in_a_vacancy_the_plan_is_archived_and_what_holds_is_carried_once_there_is_an_mp(
    authority, former, seat, officer
):
    plan = EngagementPlanFactory(authority=authority, mp=former, objectives="A bypass\nA visit")
    vacant = handover_of(former, officer)
    steps.hand_over_plan(vacant, plan=plan, to_mp=None, objectives=[], key_messages=[], by=officer, now=NOW)
    assert plan_archived_here(handover_of(former, officer), officer) is None
    new = MPFactory()
    new.holdings.update(constituency=seat, started_on=ELECTED)
    handover = handover_of(former, officer)
    chosen = {"objectives": ["A bypass"], "key_messages": [], "by": officer, "now": NOW}

    steps.carry_items(handover, plan=plan_archived_here(handover, officer), to_mp=new, **chosen)

    assert EngagementPlan.objects.get(mp=new).objectives == f"A bypass (from the plan for {former})"
    assert plan_archived_here(handover_of(former, officer), officer) is None
    with pytest.raises(DoneAlready):
        steps.carry_items(handover, plan=plan, to_mp=new, **chosen)
    steps.undo_step(HandoverStep.objects.get(kind="items"), by=officer, now=NOW)
    assert not EngagementPlan.objects.filter(mp=new).exists()
    assert plan_archived_here(handover_of(former, officer), officer) == plan


def test_who_leads_is_put_back_by_political_affairs_alone(
    former, new, officer, authority, leave, political_affairs
):
    do_everything(former, new, officer, authority, leave)
    record, lead = SeatHandover.objects.get(), HandoverStep.objects.get(kind="lead")
    after = facts()

    for undo in (
        lambda: steps.undo_step(lead, by=officer, now=NOW),
        lambda: steps.undo_all(record, by=officer, now=NOW),
    ):
        with pytest.raises(steps.NotUndone) as refused:
            undo()
        assert refused.value.reasons == [steps.LEADS_ARE_THEIRS]

    assert facts() == after
    steps.undo_step(lead, by=political_affairs, now=NOW)
    steps.undo_all(record, by=officer, now=NOW)
    assert facts() != after


def test_undoing_a_seat_puts_everything_back_and_it_can_be_done_again(
    former, new, officer, political_affairs, authority, leave
):
    before, carried = do_everything(former, new, officer, authority, leave)
    assert facts() != before
    record = SeatHandover.objects.get()

    assert (
        steps.undo_all(record, by=political_affairs, now=NOW) == len(HandoverStep.Kind) + 1 == 11
    )  # one of each, and two commitments
    assert steps.undo_all(record, by=political_affairs, now=NOW) == 0

    assert facts() == before
    handover = handover_of(former, officer)
    assert (handover.state, handover.steps) == (State.IN_PROGRESS, 0)
    carry(handover, carried, new, officer)
    assert handover_of(former, officer).steps == 1


def test_undoing_is_refused_in_words_where_later_work_stands_and_nothing_is_put_back(
    former, new, officer, political_affairs, authority, leave
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
    after = facts()

    with pytest.raises(steps.NotUndone) as refused:
        steps.undo_all(SeatHandover.objects.get(), by=political_affairs, now=NOW)

    assert refused.value.reasons == [
        f"The plan for {new} has been edited since.",
        f"{carried.reference} has been replied to since.",
    ]
    assert facts() == after
    assert HandoverStep.objects.standing().count() == 11
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


def test_what_the_checklist_said_before_the_seat_was_won_is_opened_again_and_put_back(
    authority, former, new, officer
):
    def answer(number, day, seen=None):
        return answer_question(
            by=officer,
            mp=new,
            question=Question.values[number],
            seen=seen,
            text="They chair a committee.",
            evidence="",
            kind=NoteKind.values[0],
            now=NOW - (TODAY - day),
        )

    def standing():
        return set(ChecklistAnswer.objects.standing().given())

    before, since = answer(0, ELECTED - DAY), answer(1, ELECTED)
    steps.make_to_dos(handover_of(former, officer), new=new, by=officer, now=NOW)
    assert standing() == {since}

    steps.undo_all(SeatHandover.objects.get(), by=officer, now=NOW)
    assert standing() == {before, since}

    steps.make_to_dos(handover_of(former, officer), new=new, by=officer, now=NOW + DAY)
    opened = ChecklistAnswer.objects.standing().get(text="")
    anew = answer(0, TODAY + DAY, seen=opened.pk)
    with pytest.raises(steps.NotUndone, match="later work"):
        steps.undo_all(SeatHandover.objects.get(), by=officer, now=NOW + DAY)
    assert standing() == {anew, since}
