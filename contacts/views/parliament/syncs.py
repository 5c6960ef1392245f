"""Runs of asking Parliament: what they did, why they stopped, and what a person can do about it.

For instance admins: the facts are everyone's.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import for_instance_admins
from contacts.elections import that_ended_mps
from contacts.models import Dissolution, ParliamentSync, SyncState, SyncSubject
from contacts.parliament import runs


@require_safe
@for_instance_admins
def sync_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(ParliamentSync.objects.select_related("asked_by"), 25).get_page(request.GET.get("page"))
    dissolutions = list(Dissolution.objects.select_related("entered_by"))
    return render(
        request,
        "contacts/sync_list.html",
        {
            "page_obj": page,
            "rows": [(run, what_changed(run)) for run in page],
            "is_nightly": settings.PARLIAMENT_SYNC,
            "mps_a_night": settings.PARLIAMENT_MPS_A_NIGHT,
            "dissolutions": dissolutions,
            "to_stay": that_ended_mps(dissolutions),
            "cancelled": Dissolution.history.filter(history_type="-").select_related("history_user")[:10],
        },
    )


@require_safe
@for_instance_admins
def sync_detail(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(ParliamentSync.objects.select_related("asked_by", "made"), pk=pk)
    is_details = run.subject == SyncSubject.DETAILS
    return render(
        request,
        "contacts/sync_detail.html",
        {
            "run": run,
            "report": run.report if is_details else (run.made.report if run.made else {}),
            "what_changed": what_changed(run),
            "is_details": is_details,
            "odd": runs.odd_in(run),
            "gone": gone_in(run),
        },
    )


@require_POST
@for_instance_admins
def sync_ask(request: HttpRequest) -> HttpResponse:
    """Ask for a run, which the next tick begins."""
    if settings.DEMO:
        return not_from_a_demo(request)
    asked = request.POST.get("subject", "")
    subject = SyncSubject(asked) if asked in SyncSubject.values else SyncSubject.MPS
    run = runs.ask_for(subject=subject, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    messages.success(request, f"Parliament will be asked within a minute: {subject.label}.")
    return redirect("instance:sync_detail", run.pk)


@require_POST
@for_instance_admins
def sync_allow(request: HttpRequest, pk: int) -> HttpResponse:
    """Have one run believe that as many MPs have gone as this one stopped at."""
    if settings.DEMO:
        return not_from_a_demo(request)
    gone = gone_in(get_object_or_404(ParliamentSync, pk=pk))
    if not gone:
        messages.info(
            request, "Nothing to allow: another sync has run since, or it stopped for another reason."
        )
        return redirect("instance:sync_detail", pk)
    run = runs.ask_for(
        subject=SyncSubject.MPS,
        by=request.user,  # type: ignore[arg-type]
        now=timezone.now(),
        most_gone=gone,
    )
    messages.success(
        request, f"Parliament will be asked again within a minute; {gone} MPs gone will be believed."
    )
    return redirect("instance:sync_detail", run.pk)


def not_from_a_demo(request: HttpRequest) -> HttpResponse:
    messages.info(request, "This is a demo, which nothing leaves: Parliament is not asked.")
    return redirect("instance:sync_list")


def gone_in(run: ParliamentSync) -> int:
    """How many MPs gone stopped this run, while a person may still allow it: it is the last about MPs."""
    if run.state != SyncState.STOPPED or "gone" not in run.report:
        return 0
    last = ParliamentSync.objects.about(SyncSubject.MPS).first()
    return int(run.report["gone"]) if last and last.pk == run.pk else 0


def what_changed(run: ParliamentSync) -> str:
    """In words: "2 new, 1 changed"; of a run that is not done, nothing."""
    if run.state != SyncState.DONE:
        return ""
    report: dict[str, Any] = run.report
    parts = [f"{report[count]:,} {count}" for count in ("new", "changed", "ended") if report.get(count)]
    if contacts := report.get("contacts"):
        parts.append(f"contact details of {len(contacts):,}")
    return ", ".join(parts) or "Nothing"
