"""Doing and undoing the steps of a hand-over, each one transaction: the app’s own change and its record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Membership, Role
from contacts.answering import AnsweredSince, begin_checklist_anew, take_back_beginning_anew
from contacts.handover import (
    LeadRefused,
    begin,
    hand_over_lead,
    put_lead_back,
    record_step,
    refuse_second,
)
from contacts.models import MP, CouncilLead, HandoverStep, HandoverStepQuerySet, NewsKind, SeatHandover
from contacts.news_to_dos import OF_SEAT, kind_of, of_vacancies_over
from engagements.archiving import (
    Carried,
    PlanInUse,
    archive_plan,
    carry_into_plan,
    take_back_archiving,
    take_back_carried,
)
from engagements.commitments import (
    CommitmentChanged,
    HandedOver,
    hand_over_commitment,
    take_back_commitment,
)
from engagements.models import Commitment, EngagementPlan
from enquiries.models import CarryOver, Enquiry, Reply
from enquiries.services import (
    Refused,
    answer_constituent_instead,
    carry_over,
    close_enquiry,
    take_back_answer,
    take_back_carrying,
    take_back_closing,
)
from notifications.models import Outcome, ToDo
from notifications.to_dos import ask, reopen, withdraw
from notifications.to_dos import finish as finish_to_do
from overview.handover.seats import Handover, open_enquiries_of
from overview.handover.welcome import occasion_of, welcome

Kind = HandoverStep.Kind
REPLACED = "The hand-over of the seat asks for it, step by step."
HANDED_OVER = "The seat was handed over."
LEADS_ARE_THEIRS = "Political affairs say who leads on an MP: ask them to undo it."


class NotFinished(Exception):
    """Something is still to be handed over; the message says what."""


class NotUndone(Exception):
    """Later work stands on what was done: `reasons`, each a sentence. Nothing was undone."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("later work stands on it")
        self.reasons = reasons


@transaction.atomic
def carry_enquiry(
    handover: Handover,
    *,
    enquiry: Enquiry,
    to_mp: MP,
    authority_seen_on: date,
    authority_shown: str,
    by: Membership,
    now: datetime,
) -> None:
    record = _begun(handover, _subject(enquiry), by=by)
    carrying = carry_over(
        enquiry=enquiry,
        to_mp=to_mp,
        authority_seen_on=authority_seen_on,
        authority_shown=authority_shown,
        by=by,
        now=now,
    )
    record_step(record, Kind.CARRIED, _subject(enquiry), {"carrying": carrying.pk}, by=by, now=now)


@transaction.atomic
def answer_enquiry(
    handover: Handover,
    *,
    enquiry: Enquiry,
    text: str,
    sent_on: date,
    channel: str,
    submission: UUID,
    by: Membership,
    now: datetime,
) -> None:
    record = _begun(handover, _subject(enquiry), by=by)
    reply = answer_constituent_instead(
        enquiry=enquiry,
        text=text,
        sent_on=sent_on,
        channel=channel,
        submission=submission,
        by=by,
        now=now,
    )
    record_step(record, Kind.ANSWERED, _subject(enquiry), {"reply": reply.pk}, by=by, now=now)


@transaction.atomic
def close_left_enquiry(
    handover: Handover, *, enquiry: Enquiry, reason: str, by: Membership, now: datetime
) -> None:
    record = _begun(handover, _subject(enquiry), by=by)
    closed = close_enquiry(enquiry=enquiry, reason=reason, by=by, now=now)
    effect = {"enquiry": enquiry.pk, "closed_at": (closed.closed_at or now).isoformat()}
    record_step(record, Kind.CLOSED, _subject(enquiry), effect, by=by, now=now)


@transaction.atomic
def hand_over_plan(
    handover: Handover,
    *,
    plan: EngagementPlan,
    to_mp: MP | None,
    objectives: Sequence[str],
    key_messages: Sequence[str],
    by: Membership,
    now: datetime,
) -> None:
    """Archive the former MP’s plan, and put the items chosen into the new MP’s."""
    record = _begun(handover, "plan", by=by)
    carried = None
    if to_mp and (objectives or key_messages):
        carried = carry_into_plan(
            plan=plan, to_mp=to_mp, objectives=objectives, key_messages=key_messages, by=by, now=now
        )
    archive_plan(plan=plan, by=by, now=now)
    record_step(record, Kind.PLAN, "plan", {"plan": plan.pk}, by=by, now=now)
    if carried:
        record_step(record, Kind.ITEMS, "items", asdict(carried), by=by, now=now)


@transaction.atomic
def carry_items(
    handover: Handover,
    *,
    plan: EngagementPlan,
    to_mp: MP,
    objectives: Sequence[str],
    key_messages: Sequence[str],
    by: Membership,
    now: datetime,
) -> None:
    """Put the items chosen of a plan archived before into the new MP’s."""
    record = _begun(handover, "items", by=by)
    carried = carry_into_plan(
        plan=plan, to_mp=to_mp, objectives=objectives, key_messages=key_messages, by=by, now=now
    )
    if carried:
        record_step(record, Kind.ITEMS, "items", asdict(carried), by=by, now=now)


@transaction.atomic
def hand_over_commitments(
    handover: Handover,
    *,
    carried: Iterable[Commitment],
    left: Iterable[Commitment],
    by: Membership,
    now: datetime,
) -> None:
    """Those chosen go on with the new MP; the others are no longer needed."""
    for commitments, to_mp in ((carried, handover.change.new), (left, None)):
        for commitment in commitments:
            subject = f"commitment:{commitment.pk}"
            record = _begun(handover, subject, by=by)
            effect = hand_over_commitment(
                commitment=commitment, to_mp=to_mp, seat=handover.change.seat, by=by, now=now
            )
            record_step(record, Kind.COMMITMENT, subject, asdict(effect), by=by, now=now)


@transaction.atomic
def hand_over_leads(
    handover: Handover,
    *,
    carried: Iterable[CouncilLead],
    ended: Iterable[CouncilLead],
    by: Membership,
    now: datetime,
) -> None:
    on = handover.change.leads_begin(timezone.localdate(now))
    for leads, to_mp in ((carried, handover.change.new), (ended, None)):
        for lead in leads:
            subject = f"lead:{lead.pk}"
            record = _begun(handover, subject, by=by)
            effect = hand_over_lead(lead=lead, to_mp=to_mp, on=on, by=by, now=now)
            record_step(record, Kind.LEAD, subject, effect, by=by, now=now)


@transaction.atomic
def finish(handover: Handover, *, leaves: bool = False, by: Membership, now: datetime) -> None:
    """This seat is handed over, and nobody is to do anything about the former MP any more.

    Raises NotFinished while enquiries or the plan wait and, unless somebody `leaves` them on purpose,
    commitments, leads or the welcome.
    """
    record = begin(handover.change, by=by)
    on = timezone.localdate(now)
    waiting = open_enquiries_of(handover, by, on=on).count()
    former = handover.change.former
    if waiting:
        what = "enquiry waits" if waiting == 1 else "enquiries wait"
        raise NotFinished(f"{waiting} open {what} for a decision.")
    plans = EngagementPlan.objects.visible_to(by).in_force()
    if not handover.keeps_relationship and plans.filter(mp=former).exists():
        raise NotFinished(f"The plan for {former} is still in force: archive it first.")
    if handover.may_be_left and not leaves:
        raise NotFinished(f"Still to do: {', '.join(handover.may_be_left)}. Do it, or say that you leave it.")
    _close_to_dos(handover, record, by=by, now=now)
    record.finished_at, record.finished_by, record.new_mp = now, by, handover.change.new
    record.save()


def _close_to_dos(handover: Handover, record: SeatHandover, *, by: Membership, now: datetime) -> None:
    """What is open about the former MP, unless they stay ours, and about the vacancy."""
    former, seat = handover.change.former, handover.change.seat
    about = Q(kind=kind_of(NewsKind.VACANT), subject=f"{OF_SEAT}{seat.ons_code}")
    if former and not handover.keeps_relationship:
        about |= Q(subject__in=[former.subject, former.lasting_subject])
    open_now = ToDo.objects.visible_to(by).open().filter(about)
    closed = list(open_now.select_for_update(of=["self"]).order_by("pk"))
    for each in closed:
        finish_to_do(by=by, to_do=each, outcome=Outcome.NOT_NEEDED, note=HANDED_OVER, now=now)
    if not closed:
        return
    # A seat may be finished while vacant, and again.
    step = record.steps.standing().filter(kind=Kind.LEFT).first()
    step = step or record_step(record, Kind.LEFT, "left", {"closed": []}, by=by, now=now)
    step.effect["closed"] += [each.pk for each in closed]
    step.save(update_fields=["effect"])


@transaction.atomic
def make_to_dos(handover: Handover, *, new: MP, by: Membership, now: datetime) -> int:
    """What a new MP is owed, for whoever leads on them or nobody yet; give how many are new. Never twice.

    They take the place of the one to-do that the news of the new MP asked for, and go to whoever has that
    and can do them where nobody leads. Of one who returns, what the checklist said before they won the seat
    is opened again.
    """
    record = _begun(handover, "to-dos", by=by)
    occasion = occasion_of(handover.change)
    kind, about = kind_of(NewsKind.NEW_MP), new.lasting_subject
    welcomes = ToDo.objects.visible_to(by).open().filter(kind=kind, subject=about)
    replaced = list(welcomes.select_for_update(of=["self"]).select_related("assignee").order_by("pk"))
    had = [each.assignee for each in replaced if each.assignee]
    asked = next((each for each in had if each.handles_enquiries), None)
    on = timezone.localdate(now)
    made = ask(welcome(new, occasion=occasion, otherwise=asked, by=by, on=on), now=now, by=by)
    for each in replaced:
        finish_to_do(by=by, to_do=each, outcome=Outcome.NOT_NEEDED, note=REPLACED, now=now)
    effect: dict[str, Any] = {"occasion": occasion, "replaced": [each.pk for each in replaced]}
    record_step(record, Kind.TO_DOS, "to-dos", effect, by=by, now=now)
    holder = handover.change.holder
    if holder and begin_checklist_anew(by=by, mp=new, won_on=holder.started_on, now=now):
        effect = {"mp": new.pk, "begun_at": now.isoformat()}
        record_step(record, Kind.CHECKLIST, f"checklist:{new.pk}", effect, by=by, now=now)
    return len(made)


@transaction.atomic
def undo_step(step: HandoverStep, *, by: Membership, now: datetime) -> None:
    """Put back what this one step did, so that it can be decided anew; with a plan what went on from it.

    Raises NotUndone.
    """
    record = SeatHandover.objects.visible_to(by).select_for_update().get(pk=step.handover_id)
    with_it = Q(kind=Kind.ITEMS) if step.kind == Kind.PLAN else Q()
    _undo(record, record.steps.filter(Q(pk=step.pk) | with_it), by=by, now=now)


@transaction.atomic
def undo_all(record: SeatHandover, *, by: Membership, now: datetime) -> int:
    """Put back all that was done for this seat; give how many steps. Raises NotUndone, changing nothing."""
    record = SeatHandover.objects.visible_to(by).select_for_update().get(pk=record.pk)
    return _undo(record, record.steps.all(), by=by, now=now)


def may_undo(steps: Iterable[HandoverStep], *, by: Membership) -> bool:
    """Who leads is for political affairs to say, and so to put back."""
    return by.role == Role.POLITICAL_AFFAIRS or all(step.kind != Kind.LEAD for step in steps)


def _undo(record: SeatHandover, steps: HandoverStepQuerySet, *, by: Membership, now: datetime) -> int:
    """The last step first. The hand-over is in progress again."""
    rows = list(steps.standing().order_by("-done_at", "-pk"))
    if not may_undo(rows, by=by):
        raise NotUndone([LEADS_ARE_THEIRS])
    reasons = []
    for step in rows:
        try:
            with transaction.atomic():
                UNDO[Kind(step.kind)](step.effect, by, now)
        except (Refused, PlanInUse, CommitmentChanged, LeadRefused, AnsweredSince) as refused:
            reasons.append(str(refused))
    if reasons:
        raise NotUndone(reasons)
    for step in rows:
        step.undone_at, step.undone_by = now, by
        step.save(update_fields=["undone_at", "undone_by"])
    record.finished_at = record.finished_by = record.new_mp = None
    record.save()
    return len(rows)


def _begun(handover: Handover, subject: str, *, by: Membership) -> SeatHandover:
    """The record of the hand-over, held; raises DoneAlready where a colleague was first."""
    record = begin(handover.change, by=by)
    refuse_second(record, subject)
    return record


def _subject(enquiry: Enquiry) -> str:
    return f"enquiry:{enquiry.pk}"


Undo = Callable[[dict[str, Any], Membership, datetime], None]


def _undo_carried(effect: dict[str, Any], by: Membership, now: datetime) -> None:
    carrying = CarryOver.objects.visible_to(by).select_related("enquiry").get(pk=effect["carrying"])
    take_back_carrying(carrying=carrying, by=by, now=now)


def _undo_answered(effect: dict[str, Any], by: Membership, now: datetime) -> None:
    reply = Reply.objects.filter(authority=by.authority).select_related("enquiry").get(pk=effect["reply"])
    take_back_answer(reply=reply, by=by, now=now)


def _undo_closed(effect: dict[str, Any], by: Membership, now: datetime) -> None:
    enquiry = Enquiry.objects.visible_to(by).get(pk=effect["enquiry"])
    closed_at = datetime.fromisoformat(effect["closed_at"])
    take_back_closing(enquiry=enquiry, closed_at=closed_at, by=by, now=now)


def _undo_plan(effect: dict[str, Any], by: Membership, now: datetime) -> None:
    plan = EngagementPlan.objects.visible_to(by).get(pk=effect["plan"])
    take_back_archiving(plan=plan, by=by, now=now)


def _undo_items(effect: dict[str, Any], by: Membership, now: datetime) -> None:
    take_back_carried(carried=Carried(**effect), by=by, now=now)


def _undo_commitment(effect: dict[str, Any], by: Membership, now: datetime) -> None:
    take_back_commitment(handed_over=HandedOver(**effect), by=by, now=now)


def _undo_lead(effect: dict[str, Any], by: Membership, now: datetime) -> None:
    put_lead_back(effect=effect, by=by, now=now)


def _undo_checklist(effect: dict[str, Any], by: Membership, now: datetime) -> None:
    begun_at = datetime.fromisoformat(effect["begun_at"])
    take_back_beginning_anew(by=by, mp=MP.objects.get(pk=effect["mp"]), begun_at=begun_at, now=now)


def _undo_to_dos(effect: dict[str, Any], by: Membership, now: datetime) -> None:
    """Those that are open go, and what they took the place of is back; what somebody has done stays done.

    Two abolished seats welcome the same MP with the same to-dos: these go with the last of the two.
    """
    standing = HandoverStep.objects.visible_to(by).standing().filter(kind=Kind.TO_DOS)
    others = list(standing.filter(effect__occasion=effect["occasion"]).order_by("pk"))
    others.remove(next(step for step in others if step.effect == effect))
    if others:
        others[0].effect["replaced"] += effect["replaced"]
        others[0].save(update_fields=["effect"])
        return
    withdraw(ToDo.objects.filter(authority=by.authority, occasion=effect["occasion"]))
    for to_do in ToDo.objects.visible_to(by).filter(pk__in=effect["replaced"], note=REPLACED):
        reopen(by=by, to_do=to_do, now=now)


def _undo_left(effect: dict[str, Any], by: Membership, now: datetime) -> None:
    """What somebody has reopened or finished otherwise since stays so, and so does what was asked because of
    a vacancy that is over."""
    closed = ToDo.objects.visible_to(by).filter(pk__in=effect["closed"], note=HANDED_OVER)
    for to_do in closed.exclude(of_vacancies_over()):
        reopen(by=by, to_do=to_do, now=now)


UNDO: dict[HandoverStep.Kind, Undo] = {
    Kind.CARRIED: _undo_carried,
    Kind.ANSWERED: _undo_answered,
    Kind.CLOSED: _undo_closed,
    Kind.PLAN: _undo_plan,
    Kind.ITEMS: _undo_items,
    Kind.COMMITMENT: _undo_commitment,
    Kind.LEAD: _undo_lead,
    Kind.TO_DOS: _undo_to_dos,
    Kind.CHECKLIST: _undo_checklist,
    Kind.LEFT: _undo_left,
}
