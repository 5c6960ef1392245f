"""Asks and commitments. Officers and political affairs write them; executives read them."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import AuthorityRequest, for_roles
from accounts.forms import say_saved_before
from accounts.gone import told_if_gone
from accounts.history import EditedMeanwhile, SavedBefore
from contacts.models import MP
from engagements.commitments import (
    CommitmentChanged,
    change_commitment,
    record_commitment,
    remove_commitment,
)
from engagements.forms import NOT_HAPPENED_YET, CommitmentForm
from engagements.models import READERS, WRITERS, Commitment
from engagements.services import NotHappenedYet


@require_safe
@for_roles(*READERS)
def commitment_list(request: AuthorityRequest, mp_pk: int) -> HttpResponse:
    mp = get_object_or_404(MP, pk=mp_pk)
    commitments = Commitment.objects.visible_to(request.membership).of(mp).for_list()
    return render(
        request,
        "engagements/commitment_list.html",
        {
            "mp": mp,
            "on": timezone.localdate(),
            "page_obj": Paginator(commitments, 25).get_page(request.GET.get("page")),
            "may_write": request.membership.role in WRITERS,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
def commitment_record(request: AuthorityRequest, mp_pk: int) -> HttpResponse:
    mp, now = get_object_or_404(MP, pk=mp_pk), timezone.now()
    form = CommitmentForm(request.POST or None, on=timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        try:
            record_commitment(mp=mp, by=request.membership, now=now, **form.cleaned_data)
        except NotHappenedYet:
            form.add_error("made_on", NOT_HAPPENED_YET)
        except SavedBefore:
            say_saved_before(form, instead="edit the one that is saved")
        else:
            messages.success(request, "It is recorded.")
            return redirect("engagements:commitment_list", request.authority.slug, mp.pk)
    return _form(request, form, mp)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
@told_if_gone(Commitment, CommitmentForm)
def commitment_edit(request: AuthorityRequest, pk: int) -> HttpResponse:
    """Correct it, settle it, or open it again."""
    commitment, now = _commitment_or_404(request, pk), timezone.now()
    on = timezone.localdate(now)
    form = CommitmentForm(request.POST or None, instance=commitment, on=on)
    if request.method == "POST" and form.is_valid():
        try:
            change_commitment(commitment=commitment, by=request.membership, now=now, **form.cleaned_data)
        except NotHappenedYet:
            late = form.cleaned_data["made_on"] > on
            form.add_error("made_on" if late else "settled_on", NOT_HAPPENED_YET)
        except EditedMeanwhile as meanwhile:
            form.show_both(meanwhile.saved)
        else:
            messages.success(request, "It is saved.")
            return redirect("engagements:commitment_list", request.authority.slug, commitment.mp_id)
    return _form(request, form, commitment.mp)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
@told_if_gone(Commitment)
def commitment_remove(request: AuthorityRequest, pk: int) -> HttpResponse:
    commitment = _commitment_or_404(request, pk)
    back = reverse("engagements:commitment_list", args=[request.authority.slug, commitment.mp_id])
    if request.method == "POST":
        try:
            remove_commitment(commitment=commitment, by=request.membership, now=timezone.now())
        except CommitmentChanged as goes_on:
            messages.warning(request, str(goes_on))
        else:
            messages.success(request, "It is removed.")
        return redirect(back)
    return render(
        request,
        "engagements/commitment_remove.html",
        {
            "commitment": commitment,
            "mp": commitment.mp,
            "back_url": back,
            "back_text": "Asks and commitments",
        },
    )


def _commitment_or_404(request: AuthorityRequest, pk: int) -> Commitment:
    commitments = Commitment.objects.visible_to(request.membership)
    return get_object_or_404(commitments.select_related("mp", "recorded_by__user"), pk=pk)


def _form(request: AuthorityRequest, form: CommitmentForm, mp: MP) -> HttpResponse:
    return render(
        request,
        "engagements/commitment_edit.html",
        {"form": form, "mp": mp, "is_new": form.instance.pk is None},
        status=422 if form.is_bound else 200,
    )
