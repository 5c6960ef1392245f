"""A person's notifications, and an admin's view of whether they go out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import EVERYONE, AuthorityRequest, for_roles
from accounts.models import Membership, Role
from notifications.health import lacks_chief_executive, nobody_leads, notes, progress
from notifications.models import Notification
from notifications.outbox import kept_emails
from notifications.services import mark_all_read, mark_read, retry

PAGE = 25


@require_safe
@for_roles(*EVERYONE)
def notification_list(request: AuthorityRequest) -> HttpResponse:
    """The person's own, or of them what is unread."""
    rows = Notification.objects.visible_to(request.membership).order_by("-created_at", "-pk")
    if is_unread_only := _asks_for_unread(request):
        rows = rows.unread()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "is_unread_only": is_unread_only}
    return render(request, "notifications/notification_list.html", context)


@require_POST
@for_roles(*EVERYONE)
def notification_open(request: AuthorityRequest, pk: int) -> HttpResponse:
    """Go where the notification leads; having been there, it is read."""
    notification = get_object_or_404(Notification.objects.visible_to(request.membership), pk=pk)
    mark_read(by=request.membership, notification=notification, now=timezone.now())
    return redirect(notification.path)


@require_POST
@for_roles(*EVERYONE)
def notification_read(request: AuthorityRequest, pk: int) -> HttpResponse:
    notification = get_object_or_404(Notification.objects.visible_to(request.membership), pk=pk)
    mark_read(by=request.membership, notification=notification, now=timezone.now())
    messages.success(request, "Marked as read.")
    url = reverse("notifications:notification_list", args=[request.authority.slug])
    return redirect(f"{url}?unread=yes" if _asks_for_unread(request) else url)


@require_POST
@for_roles(*EVERYONE)
def notification_read_all(request: AuthorityRequest) -> HttpResponse:
    number = mark_all_read(by=request.membership, now=timezone.now())
    messages.success(request, f"{number} marked as read." if number else "There was nothing unread.")
    return redirect("notifications:notification_list", request.authority.slug)


def _asks_for_unread(request: AuthorityRequest) -> bool:
    return request.GET.get("unread") == "yes"


@require_safe
@for_roles(Role.ADMIN)
def is_it_running(request: AuthorityRequest) -> HttpResponse:
    now = timezone.now()
    failed = Notification.objects.of(request.authority).failed().count()
    context = {
        "progress": progress(now=now, authority=request.authority),
        "failed": failed,
        "notes": notes(now=now),
        "nobody_leads": nobody_leads(request.authority),
        "lacks_chief_executive": lacks_chief_executive(request.authority),
        "now": now,
    }
    return render(request, "notifications/is_it_running.html", context)


@require_safe
@for_roles(Role.ADMIN)
def failed_list(request: AuthorityRequest) -> HttpResponse:
    rows = Notification.objects.of(request.authority).failed().select_related("recipient__user")
    page = Paginator(rows.order_by("-created_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/failed_list.html", {"page_obj": page})


@require_POST
@for_roles(Role.ADMIN)
def failed_retry(request: AuthorityRequest, pk: int) -> HttpResponse:
    rows = Notification.objects.of(request.authority).failed().filter(pk=pk)
    if not retry(rows=rows, now=timezone.now()):
        raise Http404
    messages.success(request, "It will be tried again within a minute.")
    return redirect("notifications:failed_list", request.authority.slug)


@require_POST
@for_roles(Role.ADMIN)
def failed_retry_all(request: AuthorityRequest) -> HttpResponse:
    number = retry(rows=Notification.objects.of(request.authority), now=timezone.now())
    messages.success(
        request,
        f"{number} will be tried again within a minute." if number else "There was nothing to try again.",
    )
    return redirect("notifications:failed_list", request.authority.slug)


@require_safe
@for_roles(*EVERYONE)
def outbox(request: AuthorityRequest) -> HttpResponse:
    """The e-mails the demo keeps as files instead of sending them. There is no such page elsewhere."""
    if not settings.DEMO:
        raise Http404
    people = Membership.objects.for_authority(request.authority).values_list("user__email", flat=True)
    outside = Notification.objects.of(request.authority).filter(recipient=None).values_list("address")
    emails = kept_emails(
        Path(settings.EMAIL_FILE_PATH),
        slug=request.authority.slug,
        addresses=frozenset(people) | frozenset(address for (address,) in outside),
    )
    return render(request, "notifications/outbox.html", {"emails": emails})


# --- For machines: open, since a probe cannot sign in, and saying nothing about anyone ---------


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the web process reaches its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("no database\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether what is owed gets done: the last tick and the longest wait, in seconds."""
    try:
        found = progress(now=timezone.now())
    except DatabaseError:
        return JsonResponse({"ready": False, "database": False}, status=503)
    report = {
        "ready": found.is_ready,
        "database": True,
        "seconds_since_tick": _seconds(found.since_tick),
        "seconds_since_whole_tick": _seconds(found.since_whole),
        "seconds_waiting": _seconds(found.oldest_wait),
    }
    return JsonResponse(report, status=200 if found.is_ready else 503)


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())
