"""How well enquiries were answered in a period: in time, and in how many working days. Reading only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, F, Q, Value

from accounts.models import Membership
from enquiries.models import REPLIED_IN_TIME, Enquiry, EnquiryQuerySet, PastClock, PastClockQuerySet
from mpcrm.quarters import Quarter

AMBER_POINTS = 10  # how far below the target response performance is amber, in percentage points


@dataclass(frozen=True)
class Performance:
    """Response performance: of the replies that fell due in a period, those sent by then."""

    due: int
    in_time: int

    @property
    def percentage(self) -> int | None:
        """Rounded down, so that 100 means every one; None where nothing fell due."""
        return self.in_time * 100 // self.due if self.due else None

    def rag(self, target: int) -> str:
        """Green at or above the target (a percentage), amber within 10 points below it, red beyond.

        Empty where nothing fell due.
        """
        if not self.due:
            return ""
        if self.in_time * 100 >= target * self.due:
            return "green"
        return "amber" if self.in_time * 100 >= (target - AMBER_POINTS) * self.due else "red"


class Show(models.TextChoices):
    """Which of a quarter's reply clocks a list shows."""

    DUE = "due", "Fell due"
    IN_TIME = "in-time", "Replied in time"
    MISSED = "missed", "Late or no reply"
    SENT = "sent", "Replies sent"


def performance(membership: Membership, quarter: Quarter, *, on: date) -> tuple[Performance, Performance]:
    """Of the quarter, as far as its due dates are past at `on`, and of the one before it. One query."""
    days = (quarter.previous.start, min(quarter.end, on - timedelta(days=1)))
    now, before = Counter[bool](), Counter[bool]()
    present, past = (
        rows.due_between(*days)
        .order_by()
        .annotate(is_now=Q(due_on__gte=quarter.start), is_in_time=REPLIED_IN_TIME)
        .values_list("is_now", "is_in_time")
        .annotate(n=Count("*"))
        for rows in _clocks(membership)
    )
    for is_now, is_in_time, n in present.union(past, all=True):
        (now if is_now else before)[bool(is_in_time)] += n
    return Performance(now.total(), now[True]), Performance(before.total(), before[True])


def reply_days(membership: Membership, quarter: Quarter, *, on: date) -> tuple[Counter[int], Counter[int]]:
    """How many replies took how many working days: those of the quarter through `on`, and of the one before.

    The first reply by each clock counts. One query. Counting equal values in the database leaves the median
    a few dozen rows, on either database.
    """
    now: Counter[int] = Counter()
    before: Counter[int] = Counter()
    present, past = (
        rows.replied_between(quarter.previous.start, min(quarter.end, on))
        .order_by()
        .annotate(is_now=Q(replied_on__gte=quarter.start))
        .values_list("reply_working_days", "is_now")
        .annotate(n=Count("*"))
        for rows in _clocks(membership)
    )
    for days, is_now, n in present.union(past, all=True):
        (now if is_now else before)[days] += n
    return now, before


def owed_at_the_end_of(quarter: Quarter, membership: Membership) -> tuple[int, int]:
    """How many replies were owed at the end of a past quarter, and how many of them were overdue. One query.

    An enquiry counts by the clock that ran on that day: one reopened since, by the clock it had before.
    """
    present, past = _clocks(membership)
    reopened_since = past.filter(reopened_on__gt=quarter.end).values("enquiry")
    owed_then = present.open_as_at(quarter.end)
    parts: list[tuple[int, EnquiryQuerySet | PastClockQuerySet]] = [
        # Each half is a range of an index; both in one would be none.
        (1, owed_then.filter(replied_on=None)),
        (1, owed_then.filter(replied_on__gt=quarter.end)),
        (-1, owed_then.filter(pk__in=reopened_since)),
        (1, past.open_as_at(quarter.end)),
    ]
    counts = [
        rows.order_by()
        .annotate(is_overdue=Q(due_on__lt=quarter.end), sign=Value(sign))
        .values_list("is_overdue", "sign")
        .annotate(n=Count("*"))
        for sign, rows in parts
    ]
    owed = overdue = 0
    for is_overdue, sign, n in counts[0].union(*counts[1:], all=True):
        owed += sign * n
        overdue += sign * n * bool(is_overdue)
    return owed, overdue


def clocks_of(membership: Membership, quarter: Quarter, *, on: date, show: str) -> Any:
    """The reply clocks that `performance` and `reply_days` count in the quarter, newest first.

    Each is the key of its enquiry, its due date, the day of the reply and the working days it took (if any),
    and whether the enquiry was reopened since.
    """
    due = (quarter.start, min(quarter.end, on - timedelta(days=1)))

    def listed(rows: EnquiryQuerySet | PastClockQuerySet, *, about: str, is_past: bool) -> Any:
        match show:
            case Show.SENT:
                rows = rows.replied_between(quarter.start, min(quarter.end, on))
            case Show.IN_TIME:
                rows = rows.due_between(*due).replied_in_time()
            case Show.MISSED:
                rows = rows.due_between(*due).missed(on)
            case _:
                rows = rows.due_between(*due)
        annotated = rows.order_by().annotate(about=F(about), is_past=Value(is_past))
        return annotated.values_list("about", "due_on", "replied_on", "reply_working_days", "is_past")

    present, past = _clocks(membership)
    both = listed(present, about="pk", is_past=False).union(
        listed(past, about="enquiry", is_past=True), all=True
    )
    newest = "-replied_on" if show == Show.SENT else "-due_on"
    return both.order_by(newest, "-about", "is_past")


def _clocks(membership: Membership) -> tuple[EnquiryQuerySet, PastClockQuerySet]:
    """Every reply clock there was: those of the enquiries as they are, and those ended by a reopening."""
    return Enquiry.objects.visible_to(membership), PastClock.objects.visible_to(membership)


def median(counts: Counter[int]) -> float | None:
    """The middle value, or halfway between the two in the middle; None of nothing."""
    if not counts:
        return None
    total = counts.total()
    return (_nth(counts, (total - 1) // 2) + _nth(counts, total // 2)) / 2


def _nth(counts: Counter[int], n: int) -> int:
    """The n-th smallest value, from 0."""
    for value in sorted(counts):
        n -= counts[value]
        if n < 0:
            return value
    raise IndexError("fewer values than that")
