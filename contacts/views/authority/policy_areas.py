"""Policy areas, and which of the authority's MPs stand where on each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import AuthorityRequest, for_roles
from accounts.models import Role
from accounts.services import NameTaken
from contacts.background import positions_by_area, positions_on
from contacts.forms import AsAtForm
from contacts.models import READERS, WRITERS, PolicyArea, Stance
from contacts.note_forms import PolicyAreaForm
from contacts.notes import save_policy_area


@require_safe
@for_roles(*READERS)
def area_list(request: AuthorityRequest) -> HttpResponse:
    form = AsAtForm(request.GET, today=timezone.localdate())
    counted = positions_by_area(membership=request.membership, on=form.as_at)
    return render(
        request,
        "contacts/area_list.html",
        {
            "counted": counted,
            "stances": Stance.labels,
            "form": form,
            "may_change": request.membership.role == Role.POLITICAL_AFFAIRS and not form.as_at,
        },
        status=422 if form.errors else 200,
    )


@require_safe
@for_roles(*READERS)
def area_detail(request: AuthorityRequest, pk: int) -> HttpResponse:
    area = get_object_or_404(PolicyArea.objects.visible_to(request.membership), pk=pk)
    form = AsAtForm(request.GET, today=timezone.localdate())
    return render(
        request,
        "contacts/area_detail.html",
        {
            "area": area,
            "standing": positions_on(area, membership=request.membership, on=form.as_at),
            "form": form,
            "may_write": request.membership.role in WRITERS and not form.as_at,
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
def area_add(request: AuthorityRequest) -> HttpResponse:
    return _area(request, PolicyArea(authority=request.authority))


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
def area_edit(request: AuthorityRequest, pk: int) -> HttpResponse:
    return _area(request, get_object_or_404(PolicyArea.objects.visible_to(request.membership), pk=pk))


def _area(request: AuthorityRequest, area: PolicyArea) -> HttpResponse:
    form = PolicyAreaForm(request.POST or None, instance=area, membership=request.membership)
    if request.method == "POST" and form.is_valid():
        try:
            save_policy_area(by=request.membership, area=form.instance, now=timezone.now())
        except NameTaken:
            form.add_error("name", form.NAME_TAKEN)
        else:
            messages.success(request, f"The policy area “{area}” is saved.")
            return redirect("contacts:area_list", request.authority.slug)
    return render(
        request,
        "contacts/area_edit.html",
        {"form": form, "area": area},
        status=422 if form.is_bound else 200,
    )
