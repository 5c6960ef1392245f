"""What an authority most wants. Everyone may read it; political affairs changes it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import EVERYONE, AuthorityRequest, for_roles
from accounts.history import EditedMeanwhile
from accounts.models import Role
from contacts.models import FEWEST_ADVISED, MOST_ADVISED, Priority
from contacts.priorities import NameTaken, end_priority, move_priority, set_priority
from contacts.priority_forms import EndPriorityForm, PriorityForm

NAME_TAKEN = "Another of your priorities has this name. Give it another, or end the other one first."


@require_safe
@for_roles(*EVERYONE)
def priority_list(request: AuthorityRequest) -> HttpResponse:
    on = timezone.localdate()
    rows = list(Priority.objects.visible_to(request.membership).order_by("position", "pk"))
    now = [row for row in rows if row.ended_on is None or row.ended_on >= on]
    return render(
        request,
        "contacts/priority_list.html",
        {
            "priorities": now,
            "earlier": sorted(
                (row for row in rows if row not in now), key=lambda row: row.ended_on or on, reverse=True
            ),
            "advised": (FEWEST_ADVISED, MOST_ADVISED),
            "on": on,
            "may_change": request.membership.role == Role.POLITICAL_AFFAIRS,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
def priority_add(request: AuthorityRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
def priority_edit(request: AuthorityRequest, pk: int) -> HttpResponse:
    return _edit(request, _priority_or_404(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
def priority_end(request: AuthorityRequest, pk: int) -> HttpResponse:
    """Retire a priority; it stays among the earlier ones."""
    priority, now = _priority_or_404(request, pk), timezone.now()
    form = EndPriorityForm(
        request.POST or None, priority=priority, initial={"ended_on": timezone.localdate(now)}
    )
    if request.method == "POST" and form.is_valid():
        ended_on = form.cleaned_data["ended_on"]
        end_priority(by=request.membership, priority=priority, ended_on=ended_on, now=now)
        messages.success(request, f"{priority}: the last day is {ended_on:%-d %B %Y}.")
        return redirect("contacts:priority_list", request.authority.slug)
    return render(
        request,
        "contacts/priority_end.html",
        {"form": form, "priority": priority},
        status=422 if form.is_bound else 200,
    )


@require_POST
@for_roles(Role.POLITICAL_AFFAIRS)
def priority_restore(request: AuthorityRequest, pk: int) -> HttpResponse:
    priority = _priority_or_404(request, pk)
    try:
        end_priority(by=request.membership, priority=priority, ended_on=None, now=timezone.now())
    except NameTaken:
        messages.warning(request, f"Another of your priorities is called {priority} now.")
    else:
        messages.success(request, f"{priority} is a priority again.")
    return redirect("contacts:priority_list", request.authority.slug)


@require_POST
@for_roles(Role.POLITICAL_AFFAIRS)
def priority_move_up(request: AuthorityRequest, pk: int) -> HttpResponse:
    return _move(request, pk, up=True)


@require_POST
@for_roles(Role.POLITICAL_AFFAIRS)
def priority_move_down(request: AuthorityRequest, pk: int) -> HttpResponse:
    return _move(request, pk, up=False)


def _move(request: AuthorityRequest, pk: int, *, up: bool) -> HttpResponse:
    priority = _priority_or_404(request, pk)
    if move_priority(by=request.membership, priority=priority, up=up, now=timezone.now()):
        messages.success(request, f"{priority} is moved {'up' if up else 'down'}.")
    else:
        messages.info(request, f"{priority} stays where it is.")
    return redirect("contacts:priority_list", request.authority.slug)


def _edit(request: AuthorityRequest, priority: Priority | None) -> HttpResponse:
    initial = (
        {"version": priority.version} if priority else {"version": 0, "started_on": timezone.localdate()}
    )
    form = PriorityForm(request.POST or None, instance=priority, initial=initial)
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        version = changes.pop("version")
        try:
            saved = set_priority(
                by=request.membership,
                priority=priority,
                version=version,
                changes=changes,
                now=timezone.now(),
            )
        except EditedMeanwhile as meanwhile:
            form.show_both(meanwhile.saved)
            form.add_error(None, "Somebody saved this while you were typing. Compare, then save again.")
        except NameTaken:
            form.add_error("name", NAME_TAKEN)
        else:
            messages.success(request, f"{saved} is saved.")
            return redirect("contacts:priority_list", request.authority.slug)
    return render(
        request,
        "contacts/priority_edit.html",
        {"form": form, "priority": priority},
        status=422 if form.is_bound else 200,
    )


def _priority_or_404(request: AuthorityRequest, pk: int) -> Priority:
    return get_object_or_404(Priority.objects.visible_to(request.membership), pk=pk)
