"""Importing lists of MPs and of their posts: upload, preview, apply or discard, undo.

For instance admins: the facts are everyone's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import for_instance_admins
from accounts.models import User
from contacts.imports.applying import (
    NotApplicable,
    OutcomeChanged,
    RowsRefused,
    apply_preview,
    discard_preview,
    preview_list,
    preview_posts,
    read_list,
)
from contacts.imports.forms import CHOOSE_AGAIN, FileForm, ListForm, PostListForm
from contacts.imports.plan import counts_in_words
from contacts.imports.reading import ListRefused
from contacts.imports.undoing import CannotUndo, undo_import, why_not_undo
from contacts.models import ImportState, ListSubject, MPListImport

CHANGED_SINCE = (
    "Nothing was changed: what this list would do is not what was shown, because other facts have been "
    "recorded since. Look at it again, then apply it."
)


@require_safe
@for_instance_admins
def import_list(request: HttpRequest) -> HttpResponse:
    imports = MPListImport.objects.select_related("created_by").defer("rows", "effects")
    page = Paginator(imports, 25).get_page(request.GET.get("page"))
    return render(request, "contacts/import_list.html", {"page_obj": page})


@require_http_methods(["GET", "HEAD", "POST"])
@for_instance_admins
def import_upload(request: HttpRequest) -> HttpResponse:
    def preview(data: dict[str, Any], today: date, now: datetime) -> MPListImport:
        listing, list_date = read_list(data["file"].read(), data["file"].name, on=data["on"], today=today)
        return preview_list(
            listing,
            file_name=data["file"].name,
            list_date=list_date,
            is_partial=data["is_partial"],
            by=request.user,  # type: ignore[arg-type]
            now=now,
        )

    return upload(request, ListForm, preview, what="MPs")


@require_http_methods(["GET", "HEAD", "POST"])
@for_instance_admins
def post_upload(request: HttpRequest) -> HttpResponse:
    def preview(data: dict[str, Any], today: date, now: datetime) -> MPListImport:
        return preview_posts(
            data["file"].read(),
            data["file"].name,
            on=data["on"],
            kind=data["kind"],
            by=request.user,  # type: ignore[arg-type]
            today=today,
            now=now,
        )

    return upload(request, PostListForm, preview, what="posts")


def upload(
    request: HttpRequest,
    form_of: type[FileForm],
    preview: Callable[[dict[str, Any], date, datetime], MPListImport],
    *,
    what: str,
) -> HttpResponse:
    """Ask for a file, read it, go on to its preview."""
    now = timezone.now()
    today = timezone.localdate(now)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = form_of(*posted, today=today)
    if form.is_valid():
        try:
            return redirect("instance:import_preview", preview(form.cleaned_data, today, now).pk)
        except ListRefused as refusal:
            form.add_error("file", f"{refusal.in_words} {CHOOSE_AGAIN}")
    elif form.is_bound and "file" not in form.errors:
        form.add_error("file", CHOOSE_AGAIN)
    status = 422 if form.is_bound else 200
    return render(request, "contacts/import_upload.html", {"form": form, "what": what}, status=status)


@require_safe
@for_instance_admins
def import_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What a list would change, or, once applied, what it changed."""
    record = get_object_or_404(MPListImport, pk=pk)
    return render(request, "contacts/import_preview.html", shown(record, reader=request.user))


@require_POST
@for_instance_admins
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    preview = get_object_or_404(MPListImport, pk=pk)
    try:
        applied = apply_preview(
            preview=preview, skip_refused="skip_refused" in request.POST, now=timezone.now()
        )
    except NotApplicable as reason:
        messages.info(request, str(reason))
        return redirect("instance:import_preview", pk)
    except (RowsRefused, OutcomeChanged, ListRefused) as problem:
        preview.refresh_from_db()
        problems = {
            RowsRefused: "Nothing was changed: rows are refused. Apply the list without them, or mend it.",
            OutcomeChanged: CHANGED_SINCE,
        }
        said = problems.get(type(problem), str(problem))
        context = shown(preview, reader=request.user) | {"problem": said, "has_errors": True}
        return render(request, "contacts/import_preview.html", context, status=422)
    messages.success(request, f"The list has been applied. {counts_in_words(applied.report)}.")
    return redirect("instance:import_preview", pk)


@require_POST
@for_instance_admins
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    preview = get_object_or_404(MPListImport, pk=pk)
    try:
        discard_preview(preview=preview)
    except NotApplicable as reason:
        messages.info(request, str(reason))
        return redirect("instance:import_preview", pk)
    messages.success(request, f"{preview.file_name} has been discarded. Nothing was changed.")
    return redirect("instance:import_list")


@require_http_methods(["GET", "HEAD", "POST"])
@for_instance_admins
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    applied = get_object_or_404(MPListImport, pk=pk)
    if request.method == "POST":
        try:
            undo_import(applied=applied, now=timezone.now(), by=request.user)
        except CannotUndo as reason:
            context = {"import": applied, "problem": str(reason), "has_errors": True}
            return render(request, "contacts/import_undo.html", context, status=422)
        messages.success(request, "The import has been undone: everything is as it was before it.")
        return redirect("instance:import_list")
    problem = why_not_undo(applied, reader=request.user)
    return render(request, "contacts/import_undo.html", {"import": applied, "problem": problem})


def shown(record: MPListImport, *, reader: User | AnonymousUser) -> dict[str, Any]:
    """What the page of one import shows."""
    report = record.report
    is_applied = record.state == ImportState.APPLIED
    return {
        "import": record,
        "report": report,
        "of_posts": record.subject == ListSubject.POSTS,
        "refused": report.get("refused", []),
        "changes": sum(report.get(count, 0) for count in ("new", "changed", "ended")),
        "is_preview": record.state == ImportState.PREVIEWED,
        "why_not_undo": why_not_undo(record, reader=reader) if is_applied else "",
    }
