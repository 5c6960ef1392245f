"""Service areas, and the people the escalation ladder names in each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import AuthorityRequest, for_roles
from accounts.forms import ServiceForm
from accounts.models import Role, Service
from accounts.services import NameTaken, save_named


@require_safe
@for_roles(Role.ADMIN)
def service_list(request: AuthorityRequest) -> HttpResponse:
    services = (
        Service.objects.visible_to(request.membership)
        .select_related("head__user", "director__user", "substitute__user")
        .order_by("-is_active", "name", "pk")
    )
    return render(request, "accounts/service_list.html", {"services": services})


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.ADMIN)
def service_add(request: AuthorityRequest) -> HttpResponse:
    return _edit(request, Service(authority=request.authority))


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.ADMIN)
def service_edit(request: AuthorityRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Service.objects.visible_to(request.membership), pk=pk))


def _edit(request: AuthorityRequest, service: Service) -> HttpResponse:
    form = ServiceForm(request.POST or None, instance=service)
    if request.method == "POST" and form.is_valid():
        try:
            save_named(form.instance)
        except NameTaken:
            form.add_error("name", "There is a service area of this name already.")
        else:
            messages.success(request, f"{service.name} has been saved.")
            return redirect("accounts:service_list", request.authority.slug)
    return render(
        request,
        "accounts/service_edit.html",
        {"form": form, "service": service},
        status=422 if form.is_bound else 200,
    )
