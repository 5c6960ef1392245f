"""What becomes of a former MP’s open enquiries: each goes on under a new MP, is answered to the constituent
direct, or is closed; and what was recorded so by mistake is taken back.

The reply clock goes on: the question came on the day it came. Only where the reply fell due while there was
no MP to send it to is it counted anew, from the day the fresh authority was seen.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.history import save_signed
from accounts.models import Membership
from contacts.models import MP, holders
from enquiries.clock import in_words
from enquiries.models import (
    AuthorityShown,
    CarryOver,
    ClockEvent,
    Constituent,
    Enquiry,
    Reply,
    Status,
    TimelineEntry,
)
from enquiries.services.shared import Refused, locked, reckoned, tell_timeline
from enquiries.services.work import close_enquiry, send_reply

LATER_WORK = {
    Status.REPLIED: "has been replied to since",
    Status.CLOSED: "has been closed since",
    Status.OPEN: "has been reopened since",
}


@transaction.atomic
def carry_over(
    *,
    enquiry: Enquiry,
    to_mp: MP,
    authority_seen_on: date,
    authority_shown: str,
    by: Membership,
    now: datetime,
) -> CarryOver:
    """The enquiry goes on under the new MP, on whose behalf the constituent has agreed that they act.

    Its reference, day of receipt, owner and timeline stay. Carrying it to the same MP again does nothing.
    """
    enquiry = locked(enquiry, by)
    from_mp = enquiry.mp
    done = enquiry.carryings.in_force().filter(to_mp=to_mp).first()
    if done and from_mp == to_mp:
        return done
    if enquiry.status != Status.OPEN:
        raise Refused(f"{enquiry.reference} {LATER_WORK[enquiry.status]}: there is nothing to carry over.")
    if from_mp == to_mp:
        raise Refused(f"{enquiry.reference} is with {to_mp} already.")
    _refuse_stale_authority(
        enquiry, to_mp, seen_on=authority_seen_on, shown=authority_shown, on=timezone.localdate(now)
    )
    carrying = CarryOver.objects.create(
        authority=enquiry.authority,
        enquiry=enquiry,
        from_mp=from_mp,
        to_mp=to_mp,
        authority_seen_on=authority_seen_on,
        authority_shown=authority_shown,
        restarts_clock=_fell_due_before_authority(enquiry, from_mp, seen_on=authority_seen_on),
        recorded_at=now,
        recorded_by=by,
    )
    enquiry.mp = to_mp
    clock = f"The reply is still due on {in_words(enquiry.due_on)}."
    if carrying.restarts_clock:
        _tell_clock(enquiry, ClockEvent.Kind.CARRIED, on=authority_seen_on, now=now)
        due_on = reckoned(enquiry).due_on
        clock = f"It fell due before the new MP could be answered, so the reply is due on {in_words(due_on)}."
    enquiry.version += 1
    save_signed(enquiry, by=by, now=now)
    shown = AuthorityShown(authority_shown).label
    if authority_shown != AuthorityShown.NONE_NEEDED:
        shown = f"{shown}, seen on {in_words(authority_seen_on)}"
    text = f"From {from_mp} to {to_mp}. Authority to act: {shown}. {clock}"
    tell_timeline(enquiry, TimelineEntry.Kind.CARRIED, by=by, now=now, text=text)
    return carrying


@transaction.atomic
def answer_constituent_instead(
    *,
    enquiry: Enquiry,
    text: str,
    sent_on: date,
    channel: str,
    by: Membership,
    now: datetime,
    submission: UUID,
) -> Reply:
    """Record that the constituent was answered direct, the MP who asked being one no more, and close.

    It counts as the reply. The same submission again gives the same reply. Raises Refused, SavedBefore.
    """
    enquiry = locked(enquiry, by)
    if not Constituent.objects.filter(enquiry=enquiry).exclude(name="").exists():
        raise Refused(
            f"No constituent is recorded with {enquiry.reference}. "
            "Add the name to its details first, or close it."
        )
    if enquiry.status == Status.REPLIED:
        raise Refused(f"{enquiry.reference} {LATER_WORK[enquiry.status]}.")
    is_new = not enquiry.replies.filter(submission=submission).exists()
    reply = send_reply(
        enquiry=enquiry,
        text=text,
        sent_on=sent_on,
        channel=channel,
        by=by,
        now=now,
        submission=submission,
        is_to_constituent=True,
    )
    if is_new:
        reason = f"Answered to the constituent direct: {enquiry.mp} is no longer their MP"
        close_enquiry(enquiry=enquiry, reason=reason[:200], by=by, now=now)
    return reply


@transaction.atomic
def take_back_carrying(*, carrying: CarryOver, by: Membership, now: datetime) -> None:
    """The enquiry is with the former MP again, and its clock as it was. Refused once work stands on it."""
    enquiry = locked(carrying.enquiry, by)
    carrying = CarryOver.objects.select_for_update(of=("self",)).select_related("from_mp").get(pk=carrying.pk)
    if carrying.taken_back_at is not None:
        return
    if enquiry.status != Status.OPEN:
        raise Refused(f"{enquiry.reference} {LATER_WORK[enquiry.status]}.")
    if enquiry.mp_id != carrying.to_mp_id:
        raise Refused(f"{enquiry.reference} has gone to {enquiry.mp} since.")
    if carrying.restarts_clock:
        latest = enquiry.clock_events.exclude(kind=ClockEvent.Kind.RECEIVED).last()
        if latest is None or latest.kind != ClockEvent.Kind.CARRIED:
            raise Refused(f"{enquiry.reference} has been reopened since.")
        _tell_clock(enquiry, ClockEvent.Kind.TAKEN_BACK, on=timezone.localdate(now), now=now)
        reckoned(enquiry)
    carrying.taken_back_at = now
    carrying.save(update_fields=["taken_back_at"])
    enquiry.mp = carrying.from_mp
    enquiry.version += 1
    save_signed(enquiry, by=by, now=now)
    text = (
        f"It was not carried over after all. With {enquiry.mp} again; reply due {in_words(enquiry.due_on)}."
    )
    tell_timeline(enquiry, TimelineEntry.Kind.TAKEN_BACK, by=by, now=now, text=text)


@transaction.atomic
def take_back_answer(*, reply: Reply, by: Membership, now: datetime) -> None:
    """No reply went to the constituent after all: the enquiry is open, and acknowledged, as it was, and its
    clock never stopped.

    The record of the reply stays, marked. Refused once work stands on it.
    """
    enquiry = locked(reply.enquiry, by)
    reply = Reply.objects.select_for_update().get(pk=reply.pk)
    if reply.taken_back_at is not None:
        return
    if enquiry.status != Status.CLOSED:
        raise Refused(f"{enquiry.reference} {LATER_WORK[enquiry.status]}.")
    if enquiry.closed_at != reply.recorded_at:
        raise Refused(f"{enquiry.reference} has been reopened and closed again since.")
    reply.taken_back_at = now
    reply.save(update_fields=["taken_back_at"])
    before = enquiry.history.filter(replied_on=None).latest("history_id")
    enquiry.acknowledged_on = before.acknowledged_on
    enquiry.replied_on = enquiry.reply_working_days = enquiry.follow_up_until = None
    _open_again(enquiry, "The constituent was not answered after all.", by=by, now=now)


@transaction.atomic
def take_back_closing(*, enquiry: Enquiry, closed_at: datetime, by: Membership, now: datetime) -> None:
    """The enquiry is open as it was before it was closed at that moment, by the same clock.

    Refused once it was opened and worked on otherwise.
    """
    enquiry = locked(enquiry, by)
    if enquiry.closed_at is None:
        raise Refused(f"{enquiry.reference} has been reopened since.")
    if enquiry.closed_at != closed_at:
        raise Refused(f"{enquiry.reference} has been reopened and closed again since.")
    if enquiry.replied_on is not None:
        raise Refused(f"{enquiry.reference} has been replied to since.")
    _open_again(enquiry, "It was not to be closed after all.", by=by, now=now)


def _open_again(enquiry: Enquiry, why: str, *, by: Membership, now: datetime) -> None:
    enquiry.closed_at, enquiry.close_reason = None, ""
    reckoned(enquiry)
    save_signed(enquiry, by=by, now=now)
    text = f"{why} Reply due {in_words(enquiry.due_on)}, as before."
    tell_timeline(enquiry, TimelineEntry.Kind.TAKEN_BACK, by=by, now=now, text=text)


def _refuse_stale_authority(enquiry: Enquiry, to_mp: MP, *, seen_on: date, shown: str, on: date) -> None:
    """Fresh authority names the new MP, so it cannot be older than their time in the House."""
    sits = holders(on).filter(mp=to_mp).first()
    if sits is None:
        raise Refused(f"{to_mp} holds no seat now, so the enquiry cannot be carried over to them.")
    if shown == AuthorityShown.NONE_NEEDED and Constituent.objects.filter(enquiry=enquiry).exists():
        raise Refused(
            "A constituent is behind this enquiry: record how they agreed that the new MP acts for them.",
            field="authority_shown",
        )
    if seen_on > on:
        raise Refused("The date cannot be in the future.", field="authority_seen_on")
    if seen_on < sits.started_on:
        raise Refused(
            f"{to_mp} was elected on {in_words(sits.started_on)}: authority from before then is not fresh.",
            field="authority_seen_on",
        )


def _fell_due_before_authority(enquiry: Enquiry, from_mp: MP, *, seen_on: date) -> bool:
    """Whether the reply fell due after the former MP’s last day and before the new one could be answered."""
    if enquiry.due_on >= seen_on:
        return False
    last = from_mp.holdings.filter(started_on__lte=enquiry.due_on).order_by("-started_on").first()
    return last is not None and last.ended_on is not None and last.ended_on < enquiry.due_on


def _tell_clock(enquiry: Enquiry, kind: ClockEvent.Kind, *, on: date, now: datetime) -> None:
    ClockEvent.objects.create(authority=enquiry.authority, enquiry=enquiry, kind=kind, on=on, recorded_at=now)
