"""The figures of the dashboard, each with the list it counts. Reading only, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.text import capfirst

from accounts.models import Membership
from engagements.models import OUT_OF_CONTACT, not_agreed_at_the_end_of, relationships
from enquiries.clock import calendar_of, span_in_words
from enquiries.counting import count_in_words
from enquiries.models import Enquiry
from mpcrm.quarters import Quarter, quarter_of
from overview.performance import Show, median, owed_at_the_end_of, performance, reply_days

# MPs on one sheet of A4: as many as Greater Manchester has; where there are more, the most neglected of them.
MOST_PRINTED, IF_MORE = 27, 20
PERFORMANCE_WORDS = {"green": "On target", "amber": "Just below target", "red": "Below target"}


@dataclass(frozen=True)
class Figure:
    """One number: its verdict in words, what it was before, and the list it counts (`link` says it)."""

    label: str
    value: str
    verdict: str
    before: str
    link: str
    url: str
    rag: str = ""
    unit: str = ""
    is_of_mps: bool = False


@dataclass(frozen=True)
class Workload:
    """Enquiries still owed a reply, those of them that are overdue, and the earliest due date among them."""

    open: int = 0
    overdue: int = 0
    oldest: date | None = None


@dataclass(frozen=True)
class Dashboard:
    """What a leader sees at one moment. Nothing in it names a constituent or says what is asked."""

    quarter: Quarter
    target: int
    figures: list[Figure]
    mps: list[Any]  # as `relationships(...).for_list()`, each with its `workload`

    @property
    def unprinted(self) -> int:
        """How many MPs, the least neglected, one sheet of paper has no room for."""
        return len(self.mps) - IF_MORE if len(self.mps) > MOST_PRINTED else 0


def dashboard_of(membership: Membership, *, on: date) -> Dashboard:
    """The authority's dashboard as at `on`, in 9 queries however much there is."""
    quarter = quarter_of(on)
    mps: list[Any] = list(relationships(membership.authority, on).neglected_first().for_list())
    workload = {
        mp: Workload(*counts)
        for mp, *counts in Enquiry.objects.visible_to(membership)
        .open()
        .order_by()
        .values_list("mp")
        .annotate(open=Count("*"), overdue=Count("due_on", filter=Q(due_on__lt=on)), oldest=Min("due_on"))
    }
    for mp in mps:
        mp.workload = workload.get(mp.pk, Workload())
    return Dashboard(
        quarter=quarter,
        target=membership.authority.response_target,
        figures=[
            *_open_and_overdue(membership, quarter, on=on, now=list(workload.values())),
            _in_time(membership, quarter, on=on),
            _median_reply(membership, quarter, on=on),
            *_contact(membership, quarter, mps),
        ],
        mps=mps,
    )


def queue_url(membership: Membership, **query: Any) -> str:
    """The work queue showing all that the person may see, filtered as `query` says."""
    address = reverse("enquiries:enquiry_list", args=[membership.authority.slug])
    return f"{address}?{urlencode({'tab': 'team', **query})}"


def replies_url(membership: Membership, show: str) -> str:
    address = reverse("overview:reply_list", args=[membership.authority.slug])
    return f"{address}?{urlencode({'show': show})}"


def engagement_url(membership: Membership, **query: str) -> str:
    return f"{reverse('engagements:plan_list', args=[membership.authority.slug])}?{urlencode(query)}"


def _open_and_overdue(
    membership: Membership, quarter: Quarter, *, on: date, now: list[Workload]
) -> list[Figure]:
    now_open = sum(each.open for each in now)
    overdue = sum(each.overdue for each in now)
    open_then, overdue_then = owed_at_the_end_of(quarter.previous, membership)
    end = f"{quarter.previous.end:%-d %B}"
    verdict = "Nothing is late"
    if overdue:
        oldest = min(each.oldest for each in now if each.oldest)
        late = calendar_of(membership.authority).between(oldest, on)
        verdict = f"The oldest by {span_in_words(late)}"
    return [
        Figure(
            label="Open enquiries",
            value=capfirst(count_in_words(now_open)),
            verdict=_compared(now_open, open_then, end),
            before=f"On {end}: {open_then:,}",
            link=f"{count_in_words(now_open)} open",
            url=queue_url(membership),
        ),
        Figure(
            label="Overdue",
            value=capfirst(count_in_words(overdue)),
            verdict=verdict,
            before=f"On {end}: {overdue_then:,}",
            link=f"{count_in_words(overdue)} overdue",
            url=queue_url(membership, rag="red"),
        ),
    ]


def _in_time(membership: Membership, quarter: Quarter, *, on: date) -> Figure:
    now, before = performance(membership, quarter, on=on)
    rag = now.rag(membership.authority.response_target)
    return Figure(
        label="Replied in time",
        value="None due yet" if now.percentage is None else f"{now.percentage}%",
        verdict=PERFORMANCE_WORDS.get(rag, "Nothing fell due yet this quarter"),
        before=f"{quarter.previous}: {'none due' if before.percentage is None else f'{before.percentage}%'}",
        link=f"{count_in_words(now.in_time)} of {now.due:,} in time",
        url=replies_url(membership, Show.IN_TIME),
        rag=rag,
    )


def _median_reply(membership: Membership, quarter: Quarter, *, on: date) -> Figure:
    now, before = reply_days(membership, quarter, on=on)
    days, days_before = median(now), median(before)
    if days is None:
        verdict = "No replies yet this quarter"
    elif days_before is None:
        verdict = "Nothing to compare with"
    else:
        verdict = "Quicker" if days < days_before else "Slower" if days > days_before else "As quick"
        verdict += " than last quarter" if days != days_before else " as last quarter"
    replies = now.total()
    return Figure(
        label="Median reply",
        value="None yet" if days is None else f"{days:g}",
        unit="" if days is None else "working day" if days == 1 else "working days",
        verdict=verdict,
        before=f"{quarter.previous}: {'no replies' if days_before is None else _days(days_before)}",
        link=f"{count_in_words(replies)} repl{'y' if replies == 1 else 'ies'} this quarter",
        url=replies_url(membership, Show.SENT),
    )


def _contact(membership: Membership, quarter: Quarter, mps: list[Any]) -> list[Figure]:
    before = quarter.previous.end
    day = f"{before:%-d %B}"
    lapsed = sum(mp.cadence in OUT_OF_CONTACT for mp in mps)
    planned = [mp for mp in mps if mp.plan_id]
    not_agreed = sum(mp.agreed_on is None for mp in planned)
    lapsed_then = relationships(membership.authority, before).out_of_contact().count()
    not_agreed_then = not_agreed_at_the_end_of(before, membership.authority)
    return [
        Figure(
            label="MPs out of contact",
            value=f"{lapsed} of {len(mps)}",
            verdict=_compared(lapsed, lapsed_then, day) if lapsed else "All in contact",
            before=f"On {day}: {lapsed_then}",
            link=f"{lapsed} lapsed or never contacted",
            url=engagement_url(membership, cadence="out"),
            is_of_mps=True,
        ),
        Figure(
            label="Plans not agreed",
            value=f"{not_agreed} of {len(planned)}",
            verdict=_compared(not_agreed, not_agreed_then, day)
            if not_agreed
            else "The Leader agreed every plan",
            before=f"On {day}: {not_agreed_then}. Without a plan: {len(mps) - len(planned)}",
            link=f"{not_agreed} not agreed",
            url=engagement_url(membership, plan="not-agreed"),
        ),
    ]


def _compared(now: int, then: int, day: str) -> str:
    if now == then:
        return f"As many as on {day}"
    return f"{'More' if now > then else 'Fewer'} than on {day}"


def _days(days: float) -> str:
    return f"{days:g} working day{'' if days == 1 else 's'}"
