"""The reply clock: reckoned from its events and the policy, never counted up or down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import transaction
from simple_history.utils import bulk_update_with_history

from accounts.models import Authority, ClosureDay, Membership
from enquiries.models import (
    ClockEvent,
    Enquiry,
    EnquiryType,
    ReplyUnit,
    ResponsePolicy,
    TimelineEntry,
)
from mpcrm.working_days import UNITED_KINGDOM, Calendar, Count, official_calendar

BATCH = 1000


@dataclass(frozen=True)
class Reckoning:
    """What the clock says: the three dates an enquiry stores, and how the reply date came about."""

    acknowledge_by: date
    amber_on: date
    due_on: date
    reply: Count
    started_by: str  # the kind of event: received, reopened or carried over
    law: str  # how the law counts the reply, in words; empty where the authority's own days count
    counted_in: Calendar = field(repr=False, compare=False)

    @property
    def dates(self) -> tuple[date, date, date]:
        return self.acknowledge_by, self.amber_on, self.due_on

    def days_taken(self, sent_on: date) -> int:
        """The working days a reply sent on this day took, counted as its due date is; never below 0."""
        return max(0, self.counted_in.between(self.reply.counted_from, sent_on))


def calendar_of(authority: Authority) -> Calendar:
    """The authority's working days: its nation's, with its own closure days and openings. One query."""
    days = ClosureDay.objects.of(authority).order_by("on")
    closures = {day.on: day.name for day in days if not day.is_working}
    return Calendar(authority.nation, closures, {day.on for day in days if day.is_working})


def reckon(
    events: Iterable[ClockEvent],
    *,
    policy: ResponsePolicy,
    urgency: str,
    calendar: Calendar,
    cut_off: time | None,
) -> Reckoning:
    """The dates that follow from what happened, in the order it was recorded.

    The last "received" is the day of receipt: a later one corrects an earlier. The acknowledgement is counted
    from it alone. The reply is counted from the last "reopened" or "carried over" that was not taken back,
    where there is one, else from receipt.
    Where the policy gives calendar months, urgency and cut-off do not change the date; where the law says
    which days count, cut-off and the authority's closure days and openings do not.
    """
    received: ClockEvent | None = None
    started_anew: list[ClockEvent] = []
    for event in events:
        if event.kind == ClockEvent.Kind.RECEIVED:
            received = event
        elif event.kind == ClockEvent.Kind.TAKEN_BACK:
            started_anew.pop()
        else:
            started_anew.append(event)
    if received is None:
        raise ValueError("a clock starts with the day of receipt")
    start = started_anew[-1] if started_anew else received

    counted_in, law = _days_that_count(policy.enquiry_type, calendar)
    if policy.reply_unit == ReplyUnit.MONTHS:
        reply = counted_in.due_in_months(start.on, policy.reply_in_if(urgency))
    else:
        reply = counted_in.due(
            start.on,
            policy.reply_in_if(urgency),
            received_time=start.time,
            cut_off=None if law else cut_off,
        )
    acknowledgement = calendar.due(
        received.on, policy.acknowledge_days, received_time=received.time, cut_off=cut_off
    )
    return Reckoning(
        acknowledge_by=acknowledgement.result,
        # The warning is the office's, so its days count; the offices may be closed on the due date itself.
        amber_on=max(start.on, min(reply.result, calendar.add(reply.result, -policy.amber_days))),
        due_on=reply.result,
        reply=reply,
        started_by=start.kind,
        law=law,
        counted_in=counted_in,
    )


def _days_that_count(enquiry_type: str, calendar: Calendar) -> tuple[Calendar, str]:
    """The calendar a reply of this type is counted in and, where the law sets it, how, in words.

    Freedom of Information Act 2000, s 10(6) (and EIR 2004, reg 2): no bank holiday of any part of the UK
    counts. Freedom of Information (Scotland) Act 2002, s 73: none of Scotland's. Subject access: a month that
    ends on a weekend or public holiday ends on the next working day.
    """
    if enquiry_type == EnquiryType.FOI:
        if calendar.nation == "scotland":
            return official_calendar(calendar.nation), (
                "The law counts every weekday that is no bank holiday in Scotland, our closure days included."
            )
        return official_calendar(UNITED_KINGDOM), (
            "The law counts every weekday that is no bank holiday in any part of the UK, "
            "our closure days included."
        )
    if enquiry_type == EnquiryType.SUBJECT_ACCESS:
        return official_calendar(calendar.nation), (
            "Only weekends and bank holidays put the date off, not our closure days."
        )
    return calendar, ""


def due_by_law(enquiry_type: str, received_on: date, *, calendar: Calendar) -> date:
    """By when the law wants a subject access or FOI request of this day answered, whatever our policy."""
    counted_in, _ = _days_that_count(enquiry_type, calendar)
    if enquiry_type == EnquiryType.SUBJECT_ACCESS:
        return counted_in.due_in_months(received_on, 1).result
    return counted_in.due(received_on, 20).result


def in_words(on: date) -> str:
    return f"{on:%-d %B %Y}"


@transaction.atomic
def recompute_open_clocks(
    *, authority: Authority, reason: str, by: Membership, now: datetime, enquiry_type: str = ""
) -> int:
    """Reckon anew every open enquiry of the authority (of one type, if given); give how many dates moved.

    Writes in batches, with change history, and one timeline entry, saying `reason`, for each enquiry whose
    dates moved. The others are not touched.
    """
    calendar = calendar_of(authority)
    policies = {policy.enquiry_type: policy for policy in ResponsePolicy.objects.filter(authority=authority)}
    enquiries = Enquiry.objects.filter(authority=authority).open().order_by("pk")
    if enquiry_type:
        enquiries = enquiries.filter(enquiry_type=enquiry_type)
    pks = list(enquiries.values_list("pk", flat=True))

    moved = 0
    for start in range(0, len(pks), BATCH):
        batch = enquiries.filter(pk__in=pks[start : start + BATCH]).select_for_update()
        changed, entries = [], []
        for enquiry in batch.prefetch_related("clock_events"):
            before = enquiry.due_on
            reckoning = reckon(
                enquiry.clock_events.all(),
                policy=policies[enquiry.enquiry_type],
                urgency=enquiry.urgency,
                calendar=calendar,
                cut_off=authority.cut_off_time,
            )
            if reckoning.dates == (enquiry.acknowledge_by, enquiry.amber_on, enquiry.due_on):
                continue
            enquiry.acknowledge_by, enquiry.amber_on, enquiry.due_on = reckoning.dates
            changed.append(enquiry)
            entries.append(
                TimelineEntry(
                    authority=authority,
                    enquiry=enquiry,
                    kind=TimelineEntry.Kind.CLOCK,
                    at=now,
                    text=f"{_what_moved(before, enquiry.due_on)} {reason}",
                )
            )
        bulk_update_with_history(
            changed,
            Enquiry,
            ["acknowledge_by", "amber_on", "due_on"],
            batch_size=BATCH,
            default_user=by.user,
            default_date=now,
        )
        TimelineEntry.objects.bulk_create(entries, batch_size=BATCH)
        moved += len(changed)
    return moved


def _what_moved(before: date, after: date) -> str:
    if before == after:
        return f"Reply still due {in_words(after)}; the date to acknowledge or to turn amber moved."
    return f"Reply due {in_words(after)} instead of {in_words(before)}."


def due_in_words(enquiry: Enquiry, *, on: date, calendar: Calendar) -> str:
    """How an enquiry stands against its due date, as at `on`: "overdue by 2 working days"."""
    if enquiry.replied_on is not None:
        return f"replied in {days_in_words(enquiry.reply_working_days or 0)}"
    if enquiry.closed_at is not None:
        return "closed without a reply"
    if on > enquiry.due_on:
        return f"overdue by {span_in_words(calendar.between(enquiry.due_on, on))}"
    if on == enquiry.due_on:
        return "due today"
    return f"{span_in_words(calendar.between(on, enquiry.due_on))} left"


def acknowledgement_in_words(enquiry: Enquiry, *, on: date) -> str:
    """What is owed before the reply: "acknowledge today"; empty once done, or where nothing is owed."""
    if enquiry.acknowledged_on or enquiry.replied_on or enquiry.closed_at:
        return ""
    if on == enquiry.acknowledge_by:
        return "acknowledge today"
    if on > enquiry.acknowledge_by:
        return f"acknowledgement was due on {in_words(enquiry.acknowledge_by)}"
    return f"acknowledge by {in_words(enquiry.acknowledge_by)}"


def days_in_words(days: int) -> str:
    return f"{days} working day{'' if days == 1 else 's'}"


def span_in_words(days: int) -> str:
    """So many working days between two dates; where all between them are days off, less than one."""
    return days_in_words(days) if days else "less than a working day"


def promise_in_words(count: Count) -> str:
    """What was counted: "10 working days", "1 calendar month"."""
    if count.months:
        return f"{count.months} calendar month{'' if count.months == 1 else 's'}"
    return days_in_words(count.days)
