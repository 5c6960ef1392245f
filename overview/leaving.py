"""Ending a colleague's access. It joins accounts with what the person leaves behind in the other apps."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import AuthorityRequest, for_roles
from accounts.models import Membership, Role, Service
from accounts.services import LastAdmin, LastInstanceAdmin, deactivate_member
from accounts.views.people import LAST_ADMIN

LAST_INSTANCE_ADMIN = (
    "is the only instance admin who can sign in. "
    "Ask whoever looks after the server to make somebody else one first."
)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.ADMIN)
def person_deactivate(request: AuthorityRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(Membership.objects.visible_to(request.membership).active(), pk=pk)
    problem = ""
    if request.method == "POST":
        try:
            deactivate_member(by=request.membership, member=member)
        except LastAdmin:
            problem = f"{member} {LAST_ADMIN}"
        except LastInstanceAdmin:
            problem = f"{member} {LAST_INSTANCE_ADMIN}"
        else:
            messages.success(request, f"{member} can no longer open {request.authority}'s pages.")
            return redirect("accounts:people_list", request.authority.slug)
    return render(
        request,
        "accounts/person_deactivate.html",
        {
            "member": member,
            "problem": problem,
            "has_errors": bool(problem),
            "open_enquiries": member.enquiries.open().count(),
            "to_dos": member.to_dos.open().count(),
            "is_on_the_card": member.card_contacts.on_the_newest().exists(),
            "led": member.leads.current(timezone.localdate()).select_related("mp").order_by("mp__sort_name"),
            "is_chief_executive": request.authority.chief_executive_id == member.pk,
            "ladder_steps": member.ladder_steps.select_related("policy"),
            "relying": Service.objects.visible_to(request.membership).relying_on(member),
        },
        status=422 if problem else 200,
    )
