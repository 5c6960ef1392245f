"""Which seats count as the authority's own: those in its area, less hidden slivers, plus added ones."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import AuthorityRequest, for_roles
from accounts.models import Role
from contacts.directory import hidden_seats_of, seats_of
from contacts.forms import AddSeatForm
from contacts.models import Constituency
from contacts.services import add_seat, hide_seat


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.ADMIN)
def seat_list(request: AuthorityRequest) -> HttpResponse:
    """Our seats and the hidden ones; posting a constituency adds it."""
    form = AddSeatForm(request.POST or None, authority=request.authority)
    if request.method == "POST" and form.is_valid():
        constituency = form.cleaned_data["constituency"]
        add_seat(by=request.membership, constituency=constituency)
        messages.success(request, f"{constituency} is one of your seats now.")
        return redirect("contacts:seat_list", request.authority.slug)
    return render(
        request,
        "contacts/seat_list.html",
        {
            "form": form,
            "seats": seats_of(request.authority),
            "hidden": hidden_seats_of(request.authority),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@for_roles(Role.ADMIN)
def seat_hide(request: AuthorityRequest, pk: int) -> HttpResponse:
    constituency = get_object_or_404(Constituency.objects.of(request.authority), pk=pk)
    hide_seat(by=request.membership, constituency=constituency)
    messages.success(request, f"{constituency} is no longer one of your seats.")
    return redirect("contacts:seat_list", request.authority.slug)


@require_POST
@for_roles(Role.ADMIN)
def seat_restore(request: AuthorityRequest, pk: int) -> HttpResponse:
    constituency = get_object_or_404(Constituency.objects.hidden_by(request.authority), pk=pk)
    add_seat(by=request.membership, constituency=constituency)
    messages.success(request, f"{constituency} is one of your seats again.")
    return redirect("contacts:seat_list", request.authority.slug)
