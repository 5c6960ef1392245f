"""What the authority promises: response policies with their ladders, topics, closure days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import HANDLERS, AuthorityRequest, for_roles
from accounts.models import ClosureDay, Role
from accounts.services import NameTaken, save_named
from enquiries.forms import ClosureDayForm, CutOffForm, LadderFormSet, PolicyForm, TopicForm
from enquiries.models import Enquiry, LadderStep, ResponsePolicy, Topic
from enquiries.services import (
    EditConflict,
    remove_closure_day,
    set_closure_day,
    set_cut_off,
    set_policy,
)
from mpcrm.working_days import bank_holidays

READERS = (*HANDLERS, Role.SERVICE_CONTACT, Role.EXECUTIVE)


@require_safe
@for_roles(*READERS)
def policy_list(request: AuthorityRequest) -> HttpResponse:
    policies = ResponsePolicy.objects.visible_to(request.membership).prefetch_related("ladder__person__user")
    return render(
        request,
        "enquiries/policy_list.html",
        {
            "policies": policies,
            "closure_days": ClosureDay.objects.of(request.authority).filter(on__gte=timezone.localdate()),
            "can_edit": request.membership.role == Role.POLITICAL_AFFAIRS,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
def policy_edit(request: AuthorityRequest, enquiry_type: str) -> HttpResponse:
    policy = get_object_or_404(
        ResponsePolicy.objects.visible_to(request.membership), enquiry_type=enquiry_type
    )
    sent = request.POST if request.method == "POST" else None
    form = PolicyForm(sent, instance=policy)
    ladder = _ladder(request, list(policy.ladder.values("offset", "whom", "person")), sent)
    saved: dict[str, str] = {}
    if sent is not None and form.is_valid() and ladder.is_valid():
        changes = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            moved = set_policy(
                policy=policy,
                version=form.cleaned_data["version"],
                changes=changes,
                ladder=ladder.rungs(),
                by=request.membership,
                now=timezone.now(),
            )
        except EditConflict as conflict:
            saved = _saved_meanwhile(conflict)
            untouched = _untouched(conflict)
            if "ladder" in untouched:
                ladder = _ladder(request, [vars(rung) for rung in untouched.pop("ladder")])
            form.data = {**request.POST.dict(), "version": str(conflict.version), **untouched}
            form.add_error(None, "Somebody saved this policy first. Check what is saved, then save again.")
        else:
            messages.success(request, f"The policy is saved. {_moved(moved)}")
            return redirect("enquiries:policy_list", request.authority.slug)
    return render(
        request,
        "enquiries/policy_edit.html",
        {
            "form": form,
            "formset": ladder,
            "has_errors": bool(form.errors or (sent is not None and not ladder.is_valid())),
            "policy": policy,
            "saved": saved,
            "open_count": Enquiry.objects.visible_to(request.membership)
            .open()
            .filter(enquiry_type=enquiry_type)
            .count(),
        },
        status=422 if sent is not None else 200,
    )


def _ladder(request: AuthorityRequest, steps: list[dict[str, Any]], sent: QueryDict | None = None) -> Any:
    membership = {"membership": request.membership}
    return LadderFormSet(sent, prefix="ladder", initial=steps, form_kwargs=membership)


def _saved_meanwhile(conflict: EditConflict) -> dict[str, str]:
    """What somebody else changed, in words: the field's label and what is saved now."""
    theirs, base = dict(conflict.theirs), conflict.base
    rungs = theirs.pop("ladder")
    saved = {}
    for name, value in theirs.items():
        field: Any = ResponsePolicy._meta.get_field(name)
        if value != base.get(name):
            saved[str(field.verbose_name)] = str(dict(field.flatchoices).get(value, value))
    if rungs != base.get("ladder"):
        steps = [LadderStep(offset=rung.offset, whom=rung.whom, person=rung.person) for rung in rungs]
        saved["escalation ladder"] = "; ".join(step.in_words for step in steps) or "nobody is told"
    return saved


def _untouched(conflict: EditConflict) -> dict[str, Any]:
    """What is saved now, where this person had not changed it: their form goes on from there."""
    base, yours = conflict.base, conflict.yours
    return {
        name: value for name, value in conflict.theirs.items() if name in base and yours[name] == base[name]
    }


# --- Topics -------------------------------------------------------------------------


@require_safe
@for_roles(Role.POLITICAL_AFFAIRS)
def topic_list(request: AuthorityRequest) -> HttpResponse:
    topics = Topic.objects.visible_to(request.membership).select_related("service")
    return render(
        request, "enquiries/topic_list.html", {"topics": topics.order_by("-is_active", "name", "pk")}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
def topic_add(request: AuthorityRequest) -> HttpResponse:
    return _topic(request, Topic(authority=request.authority))


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
def topic_edit(request: AuthorityRequest, pk: int) -> HttpResponse:
    return _topic(request, get_object_or_404(Topic.objects.visible_to(request.membership), pk=pk))


def _topic(request: AuthorityRequest, topic: Topic) -> HttpResponse:
    form = TopicForm(request.POST or None, instance=topic, membership=request.membership)
    if request.method == "POST" and form.is_valid():
        try:
            save_named(form.instance)
        except NameTaken:
            form.add_error("name", form.NAME_TAKEN)
        else:
            messages.success(request, f"The topic “{topic}” is saved.")
            return redirect("enquiries:topic_list", request.authority.slug)
    return render(
        request,
        "enquiries/topic_edit.html",
        {"form": form, "topic": topic},
        status=422 if form.is_bound else 200,
    )


# --- Closure days -------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS, Role.ADMIN)
def closure_days(request: AuthorityRequest) -> HttpResponse:
    form = ClosureDayForm(request.POST or None, authority=request.authority, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        moved = set_closure_day(by=request.membership, now=timezone.now(), **form.cleaned_data)
        on = form.cleaned_data["on"]
        messages.success(request, f"{on:%-d %B %Y} is saved. {_moved(moved)}")
        return redirect("enquiries:closure_days", request.authority.slug)
    return _closure_days(request, form=form, day_form=form, cut_off_form=None)


@require_POST
@for_roles(Role.POLITICAL_AFFAIRS, Role.ADMIN)
def cut_off_edit(request: AuthorityRequest) -> HttpResponse:
    form = CutOffForm(request.POST)
    if form.is_valid():
        moved = set_cut_off(by=request.membership, now=timezone.now(), **form.cleaned_data)
        messages.success(request, f"The receipt cut-off is saved. {_moved(moved)}")
        return redirect("enquiries:closure_days", request.authority.slug)
    return _closure_days(request, form=form, day_form=None, cut_off_form=form)


def _closure_days(
    request: AuthorityRequest,
    *,
    form: ClosureDayForm | CutOffForm,
    day_form: ClosureDayForm | None,
    cut_off_form: CutOffForm | None,
) -> HttpResponse:
    """The page with both forms; `form` is the one that was sent, whose errors stand on top."""
    today, authority = timezone.localdate(), request.authority
    next_year = today + timedelta(days=365)
    return render(
        request,
        "enquiries/closure_days.html",
        {
            "form": form,
            "day_form": day_form or ClosureDayForm(authority=authority, today=today),
            "cut_off_form": cut_off_form or CutOffForm(initial={"cut_off_time": authority.cut_off_time}),
            "days": ClosureDay.objects.of(authority).order_by("-on"),
            "is_admin": request.membership.role == Role.ADMIN,
            "bank_holidays": [
                (on, name) for on, name in bank_holidays(authority.nation).items() if today <= on < next_year
            ],
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@for_roles(Role.POLITICAL_AFFAIRS, Role.ADMIN)
def closure_day_remove(request: AuthorityRequest, pk: int) -> HttpResponse:
    day = get_object_or_404(ClosureDay.objects.of(request.authority), pk=pk)
    moved = remove_closure_day(closure_day=day, by=request.membership, now=timezone.now())
    messages.success(request, f"{day.on:%-d %B %Y} is removed. {_moved(moved)}")
    return redirect("enquiries:closure_days", request.authority.slug)


def _moved(count: int) -> str:
    if count == 0:
        return "No open enquiry’s dates moved."
    enquiries = "1 open enquiry" if count == 1 else f"{count:,} open enquiries"
    return f"The dates of {enquiries} moved."
