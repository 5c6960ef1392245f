"""The people of an authority, seen by its admins. Inviting is in `overview.invitations`: it sends e-mail;
leaving in `overview.leaving`: it names what they leave behind."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import AuthorityRequest, for_roles
from accounts.forms import PersonForm
from accounts.history import EditedMeanwhile
from accounts.models import Membership, Role, Service
from accounts.services import (
    LastAdmin,
    NamedForEscalations,
    change_member,
    reactivate_member,
)

LAST_ADMIN = "is the last admin who can sign in. Make somebody else an admin first."


@require_safe
@for_roles(Role.ADMIN)
def people_list(request: AuthorityRequest) -> HttpResponse:
    people = (
        Membership.objects.visible_to(request.membership)
        .prefetch_related("services")
        .order_by("-is_active", "user__name", "pk")
    )
    page = Paginator(people, 50).get_page(request.GET.get("page"))
    context = {"page_obj": page, "today": timezone.localdate()}
    return render(request, "accounts/people_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.ADMIN)
def person_edit(request: AuthorityRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(Membership.objects.visible_to(request.membership), pk=pk)
    form = PersonForm(
        request.POST or None, instance=member, authority=request.authority, on=timezone.localdate()
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change_member(
                by=request.membership,
                member=member,
                role=data["role"],
                job_title=data["job_title"],
                services=data.get("services", []),
                away_until=data["away_until"],
                version=data["version"],
            )
        except EditedMeanwhile as meanwhile:
            form.show_both(meanwhile.saved)
        except LastAdmin:
            form.add_error("role", f"{member} {LAST_ADMIN}")
        except NamedForEscalations:
            form.add_error(
                "role",
                f"{member} is told of late enquiries, under Services, as chief executive under Settings or "
                "by name in the response policy (which political affairs set), and this role does not open "
                "them. Name somebody else there first.",
            )
        else:
            messages.success(request, f"{member} is now {member.get_role_display()}.")
            return redirect("accounts:people_list", request.authority.slug)
    return render(
        request,
        "accounts/person_edit.html",
        {
            "form": form,
            "member": member,
            "relying": Service.objects.visible_to(request.membership).relying_on(member),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@for_roles(Role.ADMIN)
def person_reactivate(request: AuthorityRequest, pk: int) -> HttpResponse:
    member = get_object_or_404(Membership.objects.visible_to(request.membership), pk=pk)
    reactivate_member(by=request.membership, member=member)
    messages.success(request, f"{member} can work here again, as {member.get_role_display()}.")
    return redirect("accounts:people_list", request.authority.slug)
