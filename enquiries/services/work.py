"""Work on one enquiry: acknowledge, note, reply, close, reopen."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts.history import as_saved_before, save_signed
from accounts.models import Membership
from enquiries.clock import calendar_of, days_in_words, in_words
from enquiries.models import (
    ClockEvent,
    Contact,
    Enquiry,
    PastClock,
    Reply,
    TimelineEntry,
)
from enquiries.services.allocation import reopened_messages
from enquiries.services.shared import (
    Refused,
    authority_held,
    locked,
    policy_of,
    reckoned,
    reckoning_of,
    tell_timeline,
)
from notifications.services import notify


@transaction.atomic
def acknowledge(*, enquiry: Enquiry, by: Membership, now: datetime, on: date) -> Enquiry:
    """Record that the MP's office was told who has the enquiry and when to expect a reply."""
    enquiry = locked(enquiry, by)
    if enquiry.acknowledged_on is not None:
        return enquiry
    if enquiry.closed_at is not None:
        raise Refused("This enquiry is closed. Reopen it first.")
    enquiry.acknowledged_on = on
    save_signed(enquiry, by=by, now=now)
    tell_timeline(enquiry, TimelineEntry.Kind.ACKNOWLEDGED, by=by, now=now)
    return enquiry


@transaction.atomic
def add_note(
    *, enquiry: Enquiry, text: str, by: Membership, now: datetime, submission: UUID
) -> TimelineEntry:
    """Write down something that colleagues should know. The same submission again gives the same note.

    Raises SavedBefore.
    """
    enquiry = locked(enquiry, by)
    note, _ = TimelineEntry.objects.get_or_create(
        enquiry=enquiry,
        submission=submission,
        defaults={
            "authority": enquiry.authority,
            "kind": TimelineEntry.Kind.NOTE,
            "at": now,
            "by": by,
            "text": text,
        },
    )
    return as_saved_before(note, {"text": text})


@transaction.atomic
def send_reply(
    *,
    enquiry: Enquiry,
    text: str,
    sent_on: date,
    channel: str,
    by: Membership,
    now: datetime,
    submission: UUID,
    is_to_constituent: bool = False,
) -> Reply:
    """Record the reply and stop the clock. The same submission again gives the same reply, unless it was
    taken back meanwhile. Raises Refused, SavedBefore.

    It is measured against the due date as promised. The reply sent first since receipt (or since reopening)
    is the one that counts, even if another was recorded before it: its working days are stored with the
    enquiry, which then stays open for a follow-up question as long as the policy says. A reply is also an
    acknowledgement, where there was none by then.
    """
    enquiry = locked(enquiry, by)
    sent = {"text": text, "sent_on": sent_on, "channel": channel, "is_to_constituent": is_to_constituent}
    recorded = Reply.objects.filter(enquiry=enquiry, submission=submission).first()
    if recorded is not None:
        return as_saved_before(recorded, sent | {"taken_back_at": None})
    if enquiry.closed_at is not None:
        raise Refused("This enquiry is closed. Reopen it to record another reply.")
    reckoning = reckoning_of(enquiry)
    if sent_on < reckoning.reply.received_on:
        raise Refused("A reply cannot be sent before the enquiry was received or reopened.", field="sent_on")
    working_days = reckoning.days_taken(sent_on)
    reply = Reply.objects.create(
        authority=enquiry.authority,
        enquiry=enquiry,
        due_on=enquiry.due_on,
        working_days=working_days,
        recorded_at=now,
        recorded_by=by,
        submission=submission,
        **sent,
    )
    counted_before = enquiry.replied_on
    counts = counted_before is None or sent_on < counted_before
    if counts:
        enquiry.replied_on, enquiry.reply_working_days = sent_on, working_days
        enquiry.follow_up_until = calendar_of(enquiry.authority).add(
            sent_on, policy_of(enquiry).follow_up_days
        )
        enquiry.acknowledged_on = min(enquiry.acknowledged_on or sent_on, sent_on)
        save_signed(enquiry, by=by, now=now)
    how = Contact(channel).label.lower()
    text = f"Sent on {in_words(sent_on)} by {how}, after {days_in_words(working_days)}."
    if counts and counted_before is not None:
        text += f" It counts as the first reply, instead of the one of {in_words(counted_before)}."
    tell_timeline(enquiry, TimelineEntry.Kind.REPLIED, by=by, now=now, text=text)
    return reply


@transaction.atomic
def close_enquiry(*, enquiry: Enquiry, reason: str, by: Membership, now: datetime) -> Enquiry:
    """Nothing more is owed. An enquiry may be closed without a reply; the reason says why."""
    enquiry = locked(enquiry, by)
    if enquiry.closed_at is not None:
        return enquiry
    enquiry.closed_at, enquiry.close_reason = now, reason
    save_signed(enquiry, by=by, now=now)
    tell_timeline(enquiry, TimelineEntry.Kind.CLOSED, by=by, now=now, text=reason)
    return enquiry


@transaction.atomic
def reopen_enquiry(*, enquiry: Enquiry, on: date, by: Membership, now: datetime, reason: str = "") -> Enquiry:
    """A reply is owed again: the reply clock starts anew, counted from `on`.

    Earlier replies stay on record with what the clock said then, and so does the clock itself. Tells the
    owner, if it is somebody else; without one who answers, the contacts of the service.
    """
    authority_held(by)
    enquiry = locked(enquiry, by)
    if enquiry.replied_on is None and enquiry.closed_at is None:
        return enquiry
    if on < (enquiry.replied_on or reckoning_of(enquiry).reply.received_on):
        raise Refused(
            "The date cannot be before the enquiry was received, reopened or replied to.", field="on"
        )
    _keep_clock(enquiry, reopened_on=on)
    ClockEvent.objects.create(
        authority=enquiry.authority,
        enquiry=enquiry,
        kind=ClockEvent.Kind.REOPENED,
        on=on,
        recorded_at=now,
    )
    enquiry.replied_on = enquiry.reply_working_days = enquiry.follow_up_until = None
    enquiry.closed_at, enquiry.close_reason = None, ""
    reckoning = reckoned(enquiry)
    save_signed(enquiry, by=by, now=now)
    text = f"Counted from {in_words(on)}. Reply due {in_words(reckoning.due_on)}. {reason}".strip()
    tell_timeline(enquiry, TimelineEntry.Kind.REOPENED, by=by, now=now, text=text)
    notify(reopened_messages(enquiry, by=by), now=now)
    return enquiry


def _keep_clock(enquiry: Enquiry, *, reopened_on: date) -> None:
    """Record the clock that has ended, before the reopening starts another."""
    PastClock.objects.create(
        authority=enquiry.authority,
        enquiry=enquiry,
        started_on=reckoning_of(enquiry).reply.received_on,
        due_on=enquiry.due_on,
        replied_on=enquiry.replied_on,
        reply_working_days=enquiry.reply_working_days,
        closed_at=enquiry.closed_at,
        reopened_on=reopened_on,
    )
