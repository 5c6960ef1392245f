"""Changing what was logged; where two people did, the second chooses field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import HANDLERS, AuthorityRequest, for_roles
from enquiries.changes import written
from enquiries.forms import EditForm
from enquiries.models import Enquiry
from enquiries.services import (
    CONSTITUENT_DETAILS,
    DETAILS,
    EditConflict,
    Refused,
    change_details,
    detail_in_words,
    details_of,
)

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Difference:
    """A field that two people left different: both values in words, and which to prefer."""

    name: str
    label: str
    theirs: str
    yours: str
    suggested: str  # MINE, THEIRS, or nothing where both changed it
    is_missed: bool  # asked before, and not chosen


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*HANDLERS)
def enquiry_edit(request: AuthorityRequest, reference: str) -> HttpResponse:
    enquiry = get_object_or_404(
        Enquiry.objects.visible_to(request.membership).select_related("mp", "topic"), reference=reference
    )
    saved = details_of(enquiry)
    form = EditForm(
        _with_choices(request.POST, saved) if request.method == "POST" else None,
        membership=request.membership,
        on=timezone.localdate(),
        initial=saved | {"version": enquiry.version},
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_details(
                enquiry=enquiry,
                version=form.cleaned_data["version"],
                changes=form.changes(),
                by=request.membership,
                now=timezone.now(),
            )
        except EditConflict as conflict:
            return _conflict(request, enquiry, form, conflict)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, f"The details of {reference} are saved.")
            return redirect("enquiries:enquiry_detail", request.authority.slug, reference)
    return render(
        request,
        "enquiries/enquiry_edit.html",
        {"form": form, "enquiry": enquiry},
        status=422 if form.is_bound else 200,
    )


def _conflict(
    request: AuthorityRequest, enquiry: Enquiry, form: EditForm, conflict: EditConflict
) -> HttpResponse:
    """Both versions beside each other. What was typed travels along, so that nothing is lost."""
    base_version = form.cleaned_data["version"]
    form.data = {**form.data.dict(), "version": str(conflict.version)}  # type: ignore[attr-defined]
    last = enquiry.history.select_related("history_user").latest("history_date", "history_id")
    return render(
        request,
        "enquiries/enquiry_conflict.html",
        {
            "form": form,
            "enquiry": enquiry,
            "base_version": base_version,
            "differences": _differences(conflict, request.POST),
            "somebody": last.history_user or "Somebody",
            "saved_at": last.history_date,
            "has_errors": True,
        },
        status=409,
    )


def _differences(conflict: EditConflict, sent: QueryDict) -> list[Difference]:
    differences = []
    for name in (*DETAILS, *CONSTITUENT_DETAILS):
        base, theirs, yours = conflict.base.get(name), conflict.theirs[name], conflict.yours[name]
        if theirs == yours:
            continue
        suggested = THEIRS if yours == base else MINE if theirs == base else ""
        differences.append(
            Difference(
                name=name,
                label=detail_in_words(name),
                theirs=_in_words(name, theirs),
                yours=_in_words(name, yours),
                suggested=sent.get(f"keep_{name}", suggested),
                is_missed=name in _missed(sent),
            )
        )
    return differences


def _missed(sent: QueryDict) -> list[str]:
    """Fields that the conflict page asked about and that were not chosen."""
    return [name for name in sent.getlist("asked") if sent.get(f"keep_{name}") not in (MINE, THEIRS)]


def _with_choices(sent: QueryDict, saved: dict[str, Any]) -> QueryDict:
    """What was sent, with the saved value wherever the conflict page was answered "theirs".

    While a choice is missing, the version is the one both started from, so that it is asked again.
    """
    data = sent.copy()
    for name, value in saved.items():
        if data.get(f"keep_{name}") == THEIRS:
            data[name] = value.pk if isinstance(value, models.Model) else "" if value is None else str(value)
    if _missed(sent):
        data["version"] = sent.get("base_version", "")
    return data


def _in_words(name: str, value: Any) -> str:
    if name in DETAILS:
        field: Any = Enquiry._meta.get_field(name)
        value = dict(field.flatchoices).get(value, value)
    return written(value)
