"""Saying when there is no Parliament: enter, look at what it means, confirm; cancel what has ended nothing.

For instance admins: the facts are everyone's.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import for_instance_admins
from contacts.dissolving import (
    DissolutionsOverlap,
    HasEndedHoldings,
    cancel_dissolution,
    enter_dissolution,
    refuse_overlap,
)
from contacts.imports.forms import DissolutionForm
from contacts.models import Dissolution, SeatHolding


@require_http_methods(["GET", "HEAD", "POST"])
@for_instance_admins
def dissolution_enter(request: HttpRequest) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = DissolutionForm(posted, initial={"started_on": request.GET.get("started_on", "")})
    if form.is_valid():
        try:
            refuse_overlap(**form.cleaned_data)
        except DissolutionsOverlap as overlap:
            form.add_error("started_on", f"{overlap.other} covers one of these days already.")
        else:
            days = {name: day.isoformat() for name, day in form.cleaned_data.items() if day}
            return redirect(f"{reverse('instance:dissolution_confirm')}?{urlencode(days)}")
    status = 422 if form.is_bound else 200
    return render(request, "contacts/dissolution_enter.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_instance_admins
def dissolution_confirm(request: HttpRequest) -> HttpResponse:
    """What a dissolution would end, before it is entered."""
    now = timezone.now()
    form = DissolutionForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return redirect("instance:dissolution_enter")
    days = form.cleaned_data
    if request.method == "POST":
        try:
            enter_dissolution(**days, by=request.user, now=now)  # type: ignore[arg-type]
        except DissolutionsOverlap as overlap:
            messages.error(request, f"Nothing was entered: {overlap.other} covers one of these days already.")
            return redirect("instance:dissolution_enter")
        messages.success(request, f"The dissolution of {days['started_on']:%-d %B %Y} is entered.")
        return redirect("instance:sync_list")
    context = {
        **days,
        "seats": SeatHolding.objects.current().count(),
        "is_correction": Dissolution.objects.filter(started_on=days["started_on"]).exists(),
        "has_begun": days["started_on"] <= timezone.localdate(now),
    }
    return render(request, "contacts/dissolution_confirm.html", context)


@require_POST
@for_instance_admins
def dissolution_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    dissolution = get_object_or_404(Dissolution, pk=pk)
    try:
        cancel_dissolution(dissolution=dissolution, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except HasEndedHoldings:
        messages.error(
            request,
            f"{dissolution} has ended the time of MPs. Undo the import that did so first, or give the "
            "dissolution a last day.",
        )
    else:
        messages.success(request, f"{dissolution} is cancelled.")
    return redirect("instance:sync_list")
