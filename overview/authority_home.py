"""Where each role starts: work, what needs deciding, the dashboard, or the state of the installation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from accounts.access import EVERYONE, AuthorityRequest, for_roles
from accounts.models import Membership, Role, Service
from contacts.directory import without_relationship_owner
from contacts.leads.agreements import to_agree
from contacts.leads.gaps import owner_stops_soon
from contacts.models import MP, Constituency, ListSubject, MPListImport
from contacts.portfolios import matches_to_decide
from engagements.models import relationships
from engagements.models.relationship import RelationshipQuerySet
from enquiries.counting import count_in_words
from enquiries.models import Enquiry, without_owner
from notifications.health import progress
from notifications.models import Notification, ToDo
from notifications.to_dos import most_urgent
from overview.figures import engagement_url, queue_url
from overview.handover.seats import overview_of


@require_safe
@for_roles(*EVERYONE)
def authority_home(request: AuthorityRequest) -> HttpResponse:
    member, now = request.membership, timezone.now()
    on = timezone.localdate(now)
    match member.role:
        case Role.POLITICAL_AFFAIRS:
            context = {"decisions": decisions_of(member, on=on), "to_dos": most_urgent(member, on=on)}
            return render(request, "overview/decisions.html", context)
        case Role.EXECUTIVE:
            return redirect("overview:dashboard", request.authority.slug)
        case Role.ADMIN:
            installation = _installation(member, now=now) | {"to_dos": most_urgent(member, on=on)}
            return render(request, "overview/admin_home.html", installation)
        case Role.OFFICER if waiting := overview_of(member, on=on).waiting:
            url = reverse("overview:handover_list", args=[request.authority.slug])
            link = format_html('<a class="govuk-link" href="{}">{} to hand over</a>', url, _seats(waiting))
            messages.info(request, link, extra_tags="line")
    return redirect("enquiries:enquiry_list", request.authority.slug)


def _seats(number: int) -> str:
    return f"{number} seat{'' if number == 1 else 's'} that changed hands"


@dataclass(frozen=True)
class Decision:
    """So many things that political affairs should decide on, and the list of them."""

    count: int
    one: str
    many: str
    why: str
    url: str
    words: Callable[[int], str] = "{:,}".format

    @property
    def number(self) -> str:
        """The count as the list itself says it."""
        return self.words(self.count)

    @property
    def what(self) -> str:
        return self.one if self.count == 1 else self.many


def _to_contact(mps: RelationshipQuerySet, membership: Membership) -> Decision:
    """Not in a dissolution: it is the pre-election period, and there are no MPs."""
    return Decision(
        mps.out_of_contact().count(),
        "MP lapsed or never contacted",
        "MPs lapsed or never contacted",
        "Arrange a meeting, call or visit.",
        engagement_url(membership, cadence="out"),
    )


def decisions_of(membership: Membership, *, on: date) -> list[Decision]:
    """In the order to take them; each count is that of the list behind it. A fixed number of queries."""
    mps = relationships(membership.authority, on)
    waiting = Enquiry.objects.visible_to(membership).open()
    enquiries = waiting.aggregate(
        unassigned=Count("due_on", filter=without_owner()), overdue=Count("due_on", filter=Q(due_on__lt=on))
    )
    nobodys = ToDo.objects.visible_to(membership).open().nobodys().count()
    unread = Notification.objects.visible_to(membership).unread().count()
    slug = membership.authority.slug
    overview = overview_of(membership, on=on)
    former = "former " if overview.parliament.is_dissolved else ""
    return [
        Decision(
            overview.waiting,
            "seat that changed hands",
            "seats that changed hands",
            "Hand over what the former MP left with us.",
            reverse("overview:handover_list", args=[slug]),
        ),
        Decision(
            enquiries["unassigned"],
            "open enquiry without an owner",
            "open enquiries without an owner",
            "Allocate them: nobody is answering.",
            queue_url(membership, tab="unassigned"),
            count_in_words,
        ),
        Decision(
            enquiries["overdue"],
            "enquiry overdue",
            "enquiries overdue",
            "Ask their owners what holds them up.",
            queue_url(membership, rag="red"),
            count_in_words,
        ),
        Decision(
            without_relationship_owner(mps, membership=membership, on=on).count(),
            f"{former}MP without a relationship owner",
            f"{former}MPs without a relationship owner",
            "Name who leads, for several at once.",
            f"{reverse('contacts:lead_gaps', args=[slug])}?show=now",
        ),
        Decision(
            owner_stops_soon(MP.objects.all(), membership=membership, on=on).count(),
            f"{former}MP whose relationship owner stops within 30 days",
            f"{former}MPs whose relationship owner stops within 30 days",
            "Name who takes over.",
            f"{reverse('contacts:lead_gaps', args=[slug])}?show=soon",
        ),
        Decision(
            len(to_agree(membership, on=on)),
            f"{former}MP whose leads the Leader has not agreed, or must agree again",
            f"{former}MPs whose leads the Leader has not agreed, or must agree again",
            "Ask the Leader, then record the day under Who leads.",
            f"{reverse('contacts:mp_list', args=[slug])}?not_agreed=on",
        ),
        Decision(
            matches_to_decide(membership.authority, on=on),
            "post to match with our priorities",
            "posts to match with our priorities",
            "Confirm that the MP matters for the priority, or dismiss it.",
            reverse("contacts:match_list", args=[slug]),
        ),
        Decision(
            mps.without_plan().count(),
            f"{former}MP without an engagement plan",
            f"{former}MPs without an engagement plan",
            "Say why and how often you mean to be in contact.",
            engagement_url(membership, plan="none"),
        ),
        Decision(
            mps.without_agreement().count(),
            "plan the Leader has not agreed",
            "plans the Leader has not agreed",
            "Ask the Leader, then record the day.",
            engagement_url(membership, plan="not-agreed"),
        ),
        Decision(
            mps.past_review(on).count(),
            "plan past its review date",
            "plans past their review date",
            "Review what has been achieved and set the next date.",
            engagement_url(membership, plan="review"),
        ),
        *([] if overview.parliament.is_dissolved else [_to_contact(mps, membership)]),
        Decision(
            nobodys,
            "to-do that nobody has",
            "to-dos that nobody has",
            "Give it to somebody.",
            f"{reverse('to_dos:to_do_list', args=[slug])}?show=nobody",
        ),
        Decision(
            unread,
            "unread notification",
            "unread notifications",
            "Reminders and escalations addressed to you.",
            f"{reverse('notifications:notification_list', args=[slug])}?unread=yes",
        ),
    ]


def _installation(membership: Membership, *, now: datetime) -> dict[str, Any]:
    authority = membership.authority
    colleagues = Membership.objects.visible_to(membership).active()
    return {
        "working": colleagues.joined().count(),
        "invited": colleagues.count() - colleagues.joined().count(),
        "services": Service.objects.visible_to(membership).active().count(),
        "seats": Constituency.objects.current().of(authority).count(),
        "hidden_seats": Constituency.objects.current().hidden_by(authority).count(),
        "last_list": MPListImport.objects.about(ListSubject.MPS).applied().first(),
        "progress": progress(now=now, authority=authority),
        "failed": Notification.objects.of(authority).failed().count(),
    }
