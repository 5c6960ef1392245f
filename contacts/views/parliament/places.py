"""Loading files about places: seats, councils, overlaps, look-ups and maps.

For instance admins: the facts are everyone's.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import for_instance_admins
from contacts.imports.applying import NotApplicable, OutcomeChanged
from contacts.imports.forms import CHOOSE_AGAIN
from contacts.imports.geography import SomeRefused
from contacts.imports.place_forms import PlacesForm
from contacts.imports.placing import apply_places, before, discard_places, preview_places, undo_places
from contacts.imports.reading import ListRefused
from contacts.models import REPLACED_WHOLE, Constituency, Council, PlaceFile, PlaceFileState, SeatOverlap


@require_safe
@for_instance_admins
def place_list(request: HttpRequest) -> HttpResponse:
    files = PlaceFile.objects.select_related("created_by").defer("content")
    context = {
        "page_obj": Paginator(files, 25).get_page(request.GET.get("page")),
        "seats": Constituency.objects.current().count(),
        "councils": Council.objects.count(),
        "overlaps": SeatOverlap.objects.count(),
    }
    return render(request, "contacts/place_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_instance_admins
def place_upload(request: HttpRequest) -> HttpResponse:
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PlacesForm(*posted)
    if form.is_valid():
        data = form.cleaned_data
        codes = (data["codes"].read(), data["codes"].name) if data["codes"] else None
        try:
            file = preview_places(
                kind=data["kind"],
                stream=data["file"].file,
                file_name=data["file"].name,
                codes=codes,
                begins=data["begins"],
                by=request.user,  # type: ignore[arg-type]
                now=timezone.now(),
            )
        except ListRefused as refusal:
            form.add_error("file", f"{refusal.in_words} {CHOOSE_AGAIN}")
        else:
            return redirect("instance:place_preview", file.pk)
    elif form.is_bound and "file" not in form.errors:
        form.add_error("file", CHOOSE_AGAIN)
    return render(request, "contacts/place_upload.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@for_instance_admins
def place_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What a file would change, or, once applied, what it changed."""
    return render(request, "contacts/place_preview.html", shown(_file(pk)))


@require_POST
@for_instance_admins
def place_apply(request: HttpRequest, pk: int) -> HttpResponse:
    file = _file(pk)
    try:
        outcome = apply_places(file=file, skip_refused="skip_refused" in request.POST, now=timezone.now())
    except NotApplicable as reason:
        messages.info(request, str(reason))
        return redirect("instance:place_preview", pk)
    except (SomeRefused, OutcomeChanged, ListRefused) as problem:
        said = {
            SomeRefused: "Nothing was changed: rows are refused. Apply the file without them, or mend it.",
            OutcomeChanged: "Nothing was changed: what this file would do is not what was shown, because "
            "other facts have been recorded since. Look at it again, then apply it.",
        }.get(type(problem), str(problem))
        context = shown(_file(pk)) | {"problem": said, "has_errors": True}
        return render(request, "contacts/place_preview.html", context, status=422)
    messages.success(request, f"The file has been applied. {outcome.in_words()}.")
    return redirect("instance:place_preview", pk)


@require_POST
@for_instance_admins
def place_discard(request: HttpRequest, pk: int) -> HttpResponse:
    file = _file(pk)
    try:
        discard_places(file=file)
    except NotApplicable as reason:
        messages.info(request, str(reason))
        return redirect("instance:place_preview", pk)
    messages.success(request, f"{file.file_name} has been discarded. Nothing was changed.")
    return redirect("instance:place_list")


@require_POST
@for_instance_admins
def place_undo(request: HttpRequest, pk: int) -> HttpResponse:
    file = _file(pk)
    try:
        former = undo_places(file=file)
    except NotApplicable as reason:
        messages.info(request, str(reason))
    else:
        now = f"{former.file_name} is in force again" if former else "None of its kind is in force now"
        messages.success(request, f"{file.file_name} has been undone. {now}.")
    return redirect("instance:place_preview", pk)


def _file(pk: int) -> PlaceFile:
    return get_object_or_404(PlaceFile.objects.defer("content"), pk=pk)


def shown(file: PlaceFile) -> dict[str, Any]:
    """What the page of one file shows."""
    report = file.report
    can_undo = file.kind in REPLACED_WHOLE and file.state == PlaceFileState.APPLIED
    return {
        "can_undo": can_undo,
        "former": before(file) if can_undo else None,
        "is_merged": file.kind not in REPLACED_WHOLE and file.state == PlaceFileState.APPLIED,
        "file": file,
        "report": report,
        "refused": report.get("refused", []),
        "changes": report.get("new", 0) + report.get("changed", 0),
        "is_preview": file.state == PlaceFileState.PREVIEWED,
    }
