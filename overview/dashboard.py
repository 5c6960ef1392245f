"""The dashboard: what a leader looks at for a minute, and the replies its figures count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import HANDLERS, AuthorityRequest, for_roles
from accounts.models import Role
from enquiries.counting import CAP, CappedPaginator, count_in_words
from enquiries.models import Enquiry
from mpcrm.quarters import quarter_of
from overview.figures import dashboard_of, replies_url
from overview.performance import Show, clocks_of, performance, reply_days

PER_PAGE = 25


@dataclass(frozen=True)
class Clock:
    """A reply that was promised for a day, and what came of it."""

    enquiry: Enquiry
    due_on: date
    replied_on: date | None
    days: int | None
    is_past: bool

    @property
    def outcome(self) -> str:
        if self.replied_on is None:
            return "No reply"
        return "In time" if self.replied_on <= self.due_on else "Late"


@require_safe
@for_roles(Role.EXECUTIVE, *HANDLERS)
def dashboard(request: AuthorityRequest) -> HttpResponse:
    now = timezone.now()
    return render(
        request,
        "overview/dashboard.html",
        {"dashboard": dashboard_of(request.membership, on=timezone.localdate(now)), "now": now},
    )


@require_safe
@for_roles(Role.EXECUTIVE, *HANDLERS)
def reply_list(request: AuthorityRequest) -> HttpResponse:
    """The replies that the dashboard's figures of this quarter count."""
    membership, on = request.membership, timezone.localdate()
    quarter = quarter_of(on)
    show = request.GET.get("show", "")
    show = show if show in Show else Show.DUE
    kept, _ = performance(membership, quarter, on=on)
    days, _ = reply_days(membership, quarter, on=on)
    counts = {
        Show.DUE: kept.due,
        Show.IN_TIME: kept.in_time,
        Show.MISSED: kept.due - kept.in_time,
        Show.SENT: days.total(),
    }
    clocks = clocks_of(membership, quarter, on=on, show=show)[:CAP]
    page = CappedPaginator(clocks, PER_PAGE, found=counts[Show(show)]).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    enquiries = (
        Enquiry.objects.visible_to(membership)
        .select_related("mp", "service")
        .defer("subject", "question")
        .in_bulk([about for about, *_ in rows])
    )
    context = {
        "quarter": quarter,
        "tabs": [
            (each.label, count_in_words(count), replies_url(membership, each), each == show)
            for each, count in counts.items()
        ],
        "page_obj": page,
        "found": count_in_words(counts[Show(show)]),
        "clocks": [Clock(enquiries[about], *clock) for about, *clock in rows],
    }
    return render(request, "overview/reply_list.html", context)
