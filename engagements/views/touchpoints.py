"""Touchpoints. Officers and political affairs write them; executives read them."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import AuthorityRequest, for_roles
from accounts.forms import say_saved_before
from accounts.gone import told_if_gone
from accounts.history import EditedMeanwhile, SavedBefore
from contacts.models import MP
from engagements.forms import (
    NOT_HAPPENED_YET,
    TouchpointForm,
)
from engagements.models import READERS, WRITERS, Touchpoint
from engagements.services import (
    NotHappenedYet,
    correct_touchpoint,
    delete_touchpoint,
    record_touchpoint,
)


@require_safe
@for_roles(*READERS)
def touchpoint_list(request: AuthorityRequest, mp_pk: int) -> HttpResponse:
    mp = get_object_or_404(MP, pk=mp_pk)
    touchpoints = Touchpoint.objects.visible_to(request.membership).of(mp).for_list()
    return render(
        request,
        "engagements/touchpoint_list.html",
        {
            "mp": mp,
            "page_obj": Paginator(touchpoints, 25).get_page(request.GET.get("page")),
            "may_write": request.membership.role in WRITERS,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
def touchpoint_record(request: AuthorityRequest, mp_pk: int) -> HttpResponse:
    mp = get_object_or_404(MP, pk=mp_pk)
    now = timezone.now()
    form = TouchpointForm(
        request.POST or None, membership=request.membership, mp=mp, on=timezone.localdate(now)
    )
    if request.method == "POST" and form.is_valid():
        try:
            touchpoint = record_touchpoint(mp=mp, by=request.membership, now=now, **form.cleaned_data)
        except NotHappenedYet:
            form.add_error("happened_on", NOT_HAPPENED_YET)
        except SavedBefore:
            say_saved_before(form, instead="edit the one that is saved")
        else:
            messages.success(request, f"{touchpoint} with {mp} is recorded.")
            return redirect("overview:mp_detail", request.authority.slug, mp.pk)
    return render(
        request,
        "engagements/touchpoint_record.html",
        {"form": form, "mp": mp},
        status=422 if form.is_bound else 200,
    )


def _touchpoint_or_404(request: AuthorityRequest, pk: int) -> Touchpoint:
    touchpoints = Touchpoint.objects.visible_to(request.membership).for_list()
    return get_object_or_404(touchpoints.select_related("mp"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
@told_if_gone(Touchpoint, TouchpointForm)
def touchpoint_edit(request: AuthorityRequest, pk: int) -> HttpResponse:
    touchpoint = _touchpoint_or_404(request, pk)
    now = timezone.now()
    form = TouchpointForm(
        request.POST or None,
        instance=touchpoint,
        membership=request.membership,
        mp=touchpoint.mp,
        on=timezone.localdate(now),
    )
    if request.method == "POST" and form.is_valid():
        try:
            correct_touchpoint(touchpoint=touchpoint, by=request.membership, now=now, **form.cleaned_data)
        except NotHappenedYet:
            form.add_error("happened_on", NOT_HAPPENED_YET)
        except EditedMeanwhile as meanwhile:
            form.show_both(meanwhile.saved)
        else:
            messages.success(request, "The touchpoint is saved.")
            return redirect("overview:mp_detail", request.authority.slug, touchpoint.mp_id)
    return render(
        request,
        "engagements/touchpoint_edit.html",
        {"form": form, "mp": touchpoint.mp, "touchpoint": touchpoint},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
@told_if_gone(Touchpoint)
def touchpoint_delete(request: AuthorityRequest, pk: int) -> HttpResponse:
    touchpoint = _touchpoint_or_404(request, pk)
    if request.method == "POST":
        delete_touchpoint(touchpoint=touchpoint, by=request.membership, now=timezone.now())
        messages.success(request, f"{touchpoint} is deleted.")
        return redirect("overview:mp_detail", request.authority.slug, touchpoint.mp_id)
    return render(
        request, "engagements/touchpoint_delete.html", {"touchpoint": touchpoint, "mp": touchpoint.mp}
    )
