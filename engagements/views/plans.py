"""Plans. Officers and political affairs write them; executives read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import AuthorityRequest, for_roles
from accounts.gone import to_copy, told_if_gone, typed_into
from accounts.history import EditedMeanwhile
from accounts.models import Membership, Role
from accounts.templatetags.page import moment
from contacts.checklist import with_checklist
from contacts.directory import leads_on, with_relationship_owner, without_relationship_owner
from contacts.leads.agreements import agreed_on
from contacts.models import MP, MPQuerySet, holders
from engagements.forms import (
    NOT_HAPPENED_YET,
    AgreementForm,
    PlanForm,
    RelationshipFilterForm,
)
from engagements.models import READERS, WRITERS, Commitment, EngagementPlan, Touchpoint, relationships
from engagements.models.relationship import RelationshipQuerySet
from engagements.services import (
    NotHappenedYet,
    record_agreement,
    save_plan,
    withdraw_agreement,
)


@require_safe
@for_roles(*READERS)
def plan_list(request: AuthorityRequest) -> HttpResponse:
    on = timezone.localdate()
    everyone = relationships(request.authority, on)
    form = RelationshipFilterForm(request.GET)
    form.is_valid()
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    mps = _filtered(everyone.neglected_first().for_list(), chosen, membership=request.membership, on=on)
    plans = EngagementPlan.objects.visible_to(request.membership)
    return render(
        request,
        "engagements/plan_list.html",
        {
            "filter_form": form,
            "is_filtered": bool(chosen),
            "mps": with_checklist(
                with_relationship_owner(mps, membership=request.membership, on=on),
                membership=request.membership,
                on=on,
            ),
            "total": everyone.count(),
            "former": plans.exclude(mp__in=MP.objects.of(request.authority)).select_related("mp"),
            "may_write": request.membership.role in WRITERS,
        },
    )


def _filtered(
    mps: RelationshipQuerySet, chosen: dict[str, str], *, membership: Membership, on: date
) -> MPQuerySet:
    match chosen.get("cadence"):
        case None:
            pass
        case "out":
            mps = mps.out_of_contact()
        case cadence:
            mps = mps.in_cadence(cadence)
    match chosen.get("plan"):
        case "agreed":
            mps = mps.agreed()
        case "not-agreed":
            mps = mps.without_agreement()
        case "review":
            mps = mps.past_review(on)
        case "none":
            mps = mps.without_plan()
    match chosen.get("lead"):
        case "mine":
            return mps.led_by(membership, on)
        case "none":
            return without_relationship_owner(mps, membership=membership, on=on)
    return mps


def _plan_or_404(request: AuthorityRequest, mp_pk: int) -> EngagementPlan:
    """The plan in force."""
    plans = EngagementPlan.objects.visible_to(request.membership).in_force()
    plans = plans.with_cadence(timezone.localdate())
    return get_object_or_404(plans.select_related("mp", "agreement_recorded_by__user"), mp__pk=mp_pk)


@require_safe
@for_roles(*READERS)
def plan_detail(request: AuthorityRequest, mp_pk: int) -> HttpResponse:
    """The plan in force and those archived; where none is in force, those archived alone."""
    archived = list(
        EngagementPlan.objects.visible_to(request.membership)
        .filter(mp__pk=mp_pk, archived_at__isnull=False)
        .select_related("mp", "archived_by__user")
        .order_by("-archived_at", "-pk")
    )
    try:
        plan = _plan_or_404(request, mp_pk)
    except Http404:
        if not archived:
            raise
        context = {"mp": archived[0].mp, "archived": archived}
        return render(request, "engagements/plan_archived.html", context)
    on = timezone.localdate()
    leads = leads_on(plan.mp, membership=request.membership, on=on)
    return render(
        request,
        "engagements/plan_detail.html",
        {
            "plan": plan,
            "archived": archived,
            "mp": plan.mp,
            "seat": holders(None).filter(mp=plan.mp).select_related("constituency").first(),
            "leads": leads,
            "agreed": agreed_on(plan.mp, leads, membership=request.membership, on=on),
            "is_review_late": plan.review_on and plan.review_on < timezone.localdate(),
            "on": on,
            "commitments": Commitment.objects.visible_to(request.membership).of(plan.mp).open().for_list(),
            "touchpoints": Touchpoint.objects.visible_to(request.membership).of(plan.mp).for_list()[:10],
            "reminders": plan.reminders.all()[:5],
            "may_write": request.membership.role in WRITERS,
            "may_agree": request.membership.role == Role.POLITICAL_AFFAIRS,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
def plan_edit(request: AuthorityRequest, mp_pk: int) -> HttpResponse:
    """Start the plan for this MP, or edit it."""
    mp = get_object_or_404(MP, pk=mp_pk)
    plan = EngagementPlan.objects.visible_to(request.membership).in_force().filter(mp=mp).first()
    form = PlanForm(request.POST or None, instance=plan, on=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            save_plan(mp=mp, by=request.membership, now=timezone.now(), **form.cleaned_data)
        except EditedMeanwhile as meanwhile:
            if meanwhile.saved.pk is None:
                return _plan_gone(request, mp)
            return _plan_conflict(request, mp, meanwhile.saved, dict(form.cleaned_data))
        messages.success(request, "The plan is saved.")
        return redirect("engagements:plan_detail", request.authority.slug, mp.pk)
    return render(
        request,
        "engagements/plan_edit.html",
        {"form": form, "mp": mp, "plan": plan},
        status=422 if form.is_bound else 200,
    )


def _plan_gone(request: AuthorityRequest, mp: MP) -> HttpResponse:
    """The plan was archived while somebody edited it. What they wrote is there to copy; nothing is saved."""
    plans = EngagementPlan.objects.visible_to(request.membership).filter(mp=mp, archived_at__isnull=False)
    archived = plans.select_related("archived_by__user").order_by("archived_at").last()
    said, back = f"The plan for {mp} is not in force any more.", "overview:mp_detail"
    if archived:
        at = moment(archived.archived_at)
        said = f"{archived.archived_by} archived the plan for {mp} on {at}, while you were changing it."
        back = "engagements:plan_detail"
    return to_copy(
        request,
        typed_into(PlanForm, request.POST),
        heading="This plan was archived",
        said=said,
        back_url=reverse(back, args=[request.authority.slug, mp.pk]),
    )


YOURS, THEIRS, BOTH = "Yours", "Theirs", "Both, theirs first"


@dataclass(frozen=True)
class Choice:
    name: str
    posts: str  # as a form posts it
    reads: str


@dataclass(frozen=True)
class Difference:
    """A field two people changed: each choice posts its whole value back as that field's."""

    name: str
    label: str
    choices: list[Choice]
    checked: str


def _plan_conflict(
    request: AuthorityRequest, mp: MP, current: EngagementPlan, typed: dict[str, Any]
) -> HttpResponse:
    """Both versions, to choose from field by field. Choosing posts an ordinary edit of the newer version.

    What only one of the two changed is chosen already; what both wrote is kept, until they choose.
    """
    before = current.history.filter(version=typed.pop("version")).order_by("-history_id").first()
    differences, same = [], []
    for name, mine in typed.items():
        field = PlanForm.base_fields[name]
        theirs = getattr(current, name)
        posted_mine, posted_theirs = (_posted(each) for each in (mine, theirs))
        if posted_mine == posted_theirs:
            same.append((name, posted_mine))
            continue
        choices = [Choice(YOURS, posted_mine, _read(mine)), Choice(THEIRS, posted_theirs, _read(theirs))]
        checked = YOURS
        if posted_mine and posted_theirs and isinstance(mine, str):
            choices.append(Choice(BOTH, f"{posted_theirs}\n\n{posted_mine}", ""))
            checked = BOTH
        if before and _posted(getattr(before, name)) in (posted_mine, posted_theirs):
            checked = THEIRS if _posted(getattr(before, name)) == posted_mine else YOURS
        differences.append(Difference(name, str(field.label), choices, checked))
    return render(
        request,
        "engagements/plan_conflict.html",
        {
            "mp": mp,
            "differences": differences,
            "same": same,
            "current": current,
            "edit": current.history.select_related("history_user").first(),
            "has_errors": True,
        },
        status=409,
    )


def _posted(value: Any) -> str:
    """The value as a form posts it, whichever line ends a browser sent."""
    return "" if value is None else str(value).replace("\r\n", "\n")


def _read(value: Any) -> str:
    return f"{value:%-d %B %Y}" if isinstance(value, date) else str(value or "Empty")


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
@told_if_gone(EngagementPlan)
def agreement_record(request: AuthorityRequest, mp_pk: int) -> HttpResponse:
    """Record that the Leader agreed the plan, or take that back."""
    plan = _plan_or_404(request, mp_pk)
    if request.method == "POST" and "withdraw" in request.POST:
        withdraw_agreement(plan=plan, by=request.membership, now=timezone.now())
        messages.success(request, "The agreement is taken back.")
        return redirect("engagements:plan_detail", request.authority.slug, mp_pk)
    on = timezone.localdate()
    form = AgreementForm(request.POST or None, on=on, initial={"agreed_on": plan.agreed_on or on})
    if request.method == "POST" and form.is_valid():
        try:
            record_agreement(
                plan=plan, by=request.membership, now=timezone.now(), agreed_on=form.cleaned_data["agreed_on"]
            )
        except NotHappenedYet:
            form.add_error("agreed_on", NOT_HAPPENED_YET)
        else:
            messages.success(request, "The Leader’s agreement is recorded.")
            return redirect("engagements:plan_detail", request.authority.slug, mp_pk)
    return render(
        request,
        "engagements/agreement_record.html",
        {"form": form, "plan": plan, "mp": plan.mp},
        status=422 if form.is_bound else 200,
    )
