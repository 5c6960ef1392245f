"""Which seats count as the authority's own: those in its area, less hidden slivers, plus added ones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import AuthorityRequest, for_roles
from accounts.models import Role
from contacts.directory import seats_of
from contacts.forms import AddSeatForm, AsAtForm, SliverForm
from contacts.models import Constituency
from contacts.services import add_seat, hide_seat
from contacts.slivers import hide_slivers, set_sliver_threshold, show_again, slivers_among

# The session's note of the slivers hidden last: of which authority, and their keys.
HIDDEN_LAST = "slivers_hidden"


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.ADMIN)
def seat_list(request: AuthorityRequest) -> HttpResponse:
    """Our seats and the hidden ones, and who holds them (`?on=`: as at another day); posting a constituency
    adds it."""
    form = AddSeatForm(request.POST or None, authority=request.authority)
    if request.method == "POST" and form.is_valid():
        constituency = form.cleaned_data["constituency"]
        add_seat(by=request.membership, constituency=constituency)
        messages.success(request, f"{constituency} is one of your seats now.")
        return redirect("contacts:seat_list", request.authority.slug)
    return _page(request, form=form, status=422 if form.is_bound else 200)


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


@require_POST
@for_roles(Role.ADMIN)
def sliver_threshold(request: AuthorityRequest) -> HttpResponse:
    form = SliverForm(request.POST)
    if not form.is_valid():
        return _page(request, threshold=form, status=422)
    percentage = form.cleaned_data["sliver_below"]
    set_sliver_threshold(by=request.membership, percentage=percentage, now=timezone.now())
    messages.success(
        request, f"Seats with less than {percentage:g}% of their people in your area are slivers."
    )
    return redirect("contacts:seat_list", request.authority.slug)


@require_POST
@for_roles(Role.ADMIN)
def slivers_hide(request: AuthorityRequest) -> HttpResponse:
    hidden = hide_slivers(by=request.membership)
    if hidden:
        request.session[HIDDEN_LAST] = [request.authority.pk, [each.pk for each in hidden]]
        messages.success(request, f"{_seats(hidden)} hidden: {', '.join(each.name for each in hidden)}.")
    else:
        messages.info(request, "There is no sliver to hide.")
    return redirect("contacts:seat_list", request.authority.slug)


@require_POST
@for_roles(Role.ADMIN)
def slivers_restore(request: AuthorityRequest) -> HttpResponse:
    """Undo hiding the slivers."""
    shown = show_again(by=request.membership, seats=_hidden_last(request))
    request.session.pop(HIDDEN_LAST, None)
    if shown:
        messages.success(request, f"{_seats(shown)} shown again: {', '.join(each.name for each in shown)}.")
    else:
        messages.info(request, "There is nothing to undo.")
    return redirect("contacts:seat_list", request.authority.slug)


def _page(
    request: AuthorityRequest,
    *,
    form: AddSeatForm | None = None,
    threshold: SliverForm | None = None,
    status: int,
) -> HttpResponse:
    day = AsAtForm(request.GET, today=timezone.localdate())
    seats, hidden_last = seats_of(request.authority, day.as_at), set(_hidden_last(request))
    context: dict[str, Any] = {
        "day": day,
        "as_at": day.as_at,
        "form": form or AddSeatForm(authority=request.authority),
        "threshold": threshold or SliverForm(initial={"sliver_below": f"{request.authority.sliver_below:g}"}),
        "error_form": day if day.errors else threshold or form,
        "seats": seats,
        "slivers": slivers_among(seats, authority=request.authority),
        "hidden": sum(seat.is_hidden for seat in seats),
        "to_undo": sum(seat.is_hidden and seat.constituency.pk in hidden_last for seat in seats),
    }
    return render(request, "contacts/seat_list.html", context, status=422 if day.errors else status)


def _hidden_last(request: AuthorityRequest) -> list[int]:
    authority, seats = request.session.get(HIDDEN_LAST, (None, []))
    return seats if authority == request.authority.pk else []


def _seats(seats: list[Constituency]) -> str:
    return "1 seat is" if len(seats) == 1 else f"{len(seats)} seats are"
