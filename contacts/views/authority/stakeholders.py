"""The stakeholder map. Officers and political affairs place MPs on it, and withdraw what was wrong;
executives read it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import AuthorityRequest, for_roles
from accounts.forms import say_saved_before
from accounts.history import EditedMeanwhile, SavedBefore
from contacts.forms import AsAtForm
from contacts.models import MP, READERS, WRITERS, Placement
from contacts.note_forms import DATED_AHEAD, PlacementForm, WithdrawForm
from contacts.notes import DatedAhead, place_mp, withdraw
from contacts.stakeholders import stakeholder_map
from contacts.views.authority.notes import withdrawn_meanwhile


@require_safe
@for_roles(*READERS)
def stakeholder_grid(request: AuthorityRequest) -> HttpResponse:
    """`?on=` asks for the map as at another day."""
    form = AsAtForm(request.GET, today=timezone.localdate())
    is_past = form.as_at is not None
    return render(
        request,
        "contacts/stakeholder_grid.html",
        {
            "map": stakeholder_map(membership=request.membership, on=form.day, is_past=is_past),
            "form": form,
            "on": form.day,
            "is_past": is_past,
            "may_write": request.membership.role in WRITERS,
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
def mp_place(request: AuthorityRequest, mp: int) -> HttpResponse:
    person, now = get_object_or_404(MP, pk=mp), timezone.now()
    on = timezone.localdate(now)
    form = PlacementForm(request.POST or None, on=on)
    if request.method == "POST" and form.is_valid():
        try:
            place_mp(by=request.membership, mp=person, now=now, **form.cleaned_data)
        except DatedAhead:
            form.add_error("placed_on", DATED_AHEAD)
        except SavedBefore:
            say_saved_before(form)
        else:
            messages.success(request, f"{person} is placed.")
            if MP.objects.of(request.authority).filter(pk=mp).exists():
                return redirect("contacts:stakeholder_grid", request.authority.slug)
            page = reverse("contacts:background_detail", args=[request.authority.slug, mp])
            return redirect(f"{page}#placements")  # The map is of our own MPs.
    counting = Placement.objects.visible_to(request.membership).counting(on).about(person).first()
    return render(
        request,
        "contacts/mp_place.html",
        {"form": form, "mp": person, "counting": counting},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
def placement_withdraw(request: AuthorityRequest, pk: int) -> HttpResponse:
    placements = Placement.objects.visible_to(request.membership).select_related("mp", "recorded_by__user")
    placement = get_object_or_404(placements, pk=pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw(by=request.membership, row=placement, now=timezone.now(), **form.cleaned_data)
        except EditedMeanwhile as meanwhile:
            return withdrawn_meanwhile(request, meanwhile.saved, back="contacts:background_detail")
        messages.success(request, "The placement is withdrawn.")
        return redirect("contacts:background_detail", request.authority.slug, placement.mp_id)
    others = placements.filter(mp=placement.mp_id, withdrawn_at=None).exclude(pk=pk)
    return render(
        request,
        "contacts/placement_withdraw.html",
        {"form": form, "mp": placement.mp, "placement": placement, "counts_then": others.first()},
        status=422 if form.is_bound else 200,
    )
