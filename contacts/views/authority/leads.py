"""Who in the authority engages with an MP. Everyone may read it; political affairs changes it.

Who knows the MP anyway is a note about them, for those who read and write such notes.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import EVERYONE, AuthorityRequest, for_roles
from accounts.gone import told_if_gone
from accounts.history import EditedMeanwhile
from accounts.models import Role
from contacts.directory import leads_on
from contacts.forms import (
    AgreementForm,
    AsAtForm,
    EndLeadForm,
    LeadForm,
    OwnerOfSeveralForm,
    RelationshipForm,
)
from contacts.leads.agreements import agreed_on
from contacts.leads.gaps import gaps
from contacts.leads.services import (
    NotAgreedYet,
    PeopleChanged,
    record_agreement,
    remove_relationship,
    set_relationship,
    take_agreement_back,
)
from contacts.lifelines import in_names_of
from contacts.models import (
    MP,
    ONE_AT_A_TIME,
    READERS,
    WRITERS,
    CouncilLead,
    LeadAgreement,
    LeadRole,
    PersonalRelationship,
)
from contacts.services import (
    EndsBeforeItStarts,
    LeadsOverlap,
    Person,
    end_lead,
    remove_lead,
    set_lead,
    set_owner_of_several,
)

SHOWN = ("now", "soon")  # of the gaps, for who wants only these
KNOWN_FIELDS = ("membership", "name", "job_title", "how", "since", "kind", "source", "ended")


@require_safe
@for_roles(*EVERYONE)
def lead_list(request: AuthorityRequest, mp: int) -> HttpResponse:
    """Who engages with one MP, now (`?on=`: as at another day) and before; what the Leader agreed to; who
    knows the MP anyway."""
    person, member, today = get_object_or_404(MP, pk=mp), request.membership, timezone.localdate()
    form = AsAtForm(request.GET, today=today)
    leads = leads_on(person, membership=member, on=today, as_at=form.as_at)
    known = PersonalRelationship.objects.visible_to(member).filter(mp=person)
    if form.as_at:
        in_names_of([person], form.as_at)
    return render(
        request,
        "contacts/lead_list.html",
        {
            "mp": person,
            "leads": leads,
            "form": form,
            "one_at_a_time": ONE_AT_A_TIME,
            "agreed": agreed_on(person, leads, membership=member, on=form.day),
            "may_change": member.role == Role.POLITICAL_AFFAIRS and not form.as_at,
            "sees_known": member.role in READERS,
            "known": known.select_related("membership__user", "recorded_by__user"),
            "may_write": member.role in WRITERS and not form.as_at,
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
def lead_set(request: AuthorityRequest, mp: int) -> HttpResponse:
    """Name somebody in a role; whoever alone has it now hands over the day before."""
    person = get_object_or_404(MP, pk=mp)
    initial = {"role": request.GET.get("role", LeadRole.LEAD), "started_on": timezone.localdate()}
    form = LeadForm(request.POST or None, authority=request.authority, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            lead = set_lead(by=request.membership, mp=person, now=timezone.now(), **form.cleaned_data)
        except LeadsOverlap as error:
            form.add_error("started_on", _in_the_way(error.other))
        else:
            messages.success(request, f"{lead}: {lead.part[:1].lower()}{lead.part[1:]} for {person}.")
            return redirect("contacts:lead_list", request.authority.slug, person.pk)
    return render(
        request,
        "contacts/lead_set.html",
        {"form": form, "mp": person},
        status=422 if form.is_bound else 200,
    )


def _in_the_way(other: CouncilLead, what_next: str = "Start after that.") -> str:
    until = f" to {other.ended_on:%-d %B %Y}" if other.ended_on else ""
    return f"{other} has this role from {other.started_on:%-d %B %Y}{until}. {what_next}"


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
@told_if_gone(CouncilLead)
def lead_end(request: AuthorityRequest, pk: int) -> HttpResponse:
    """When somebody stops, or stopped, whatever was recorded of it."""
    lead, now = _lead_or_404(request, pk), timezone.now()
    last_day = lead.ended_on or max(lead.started_on, timezone.localdate(now))
    form = EndLeadForm(request.POST or None, initial={"ended_on": last_day})
    if request.method == "POST" and form.is_valid():
        ended_on = form.cleaned_data["ended_on"]
        try:
            end_lead(by=request.membership, lead=lead, ended_on=ended_on, now=now)
        except EndsBeforeItStarts:
            form.add_error(
                "ended_on", f"The last day cannot be before the first, {lead.started_on:%-d %B %Y}."
            )
        except LeadsOverlap as error:
            form.add_error("ended_on", _in_the_way(error.other, "End before that."))
        else:
            messages.success(request, f"{lead}: {'last day recorded' if ended_on else 'it goes on'}.")
            return redirect("contacts:lead_list", request.authority.slug, lead.mp_id)
    return render(
        request,
        "contacts/lead_end.html",
        {"form": form, "lead": lead},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
@told_if_gone(CouncilLead)
def lead_remove(request: AuthorityRequest, pk: int) -> HttpResponse:
    """For what was recorded by mistake; who has stopped is kept."""
    lead = _lead_or_404(request, pk)
    back = _leads_page(request, lead.mp_id)
    if request.method == "POST":
        remove_lead(by=request.membership, lead=lead, now=timezone.now())
        messages.success(request, f"{lead} is removed.")
        return redirect(back)
    context = {"lead": lead, "mp": lead.mp, "back_url": back, "back_text": "Who leads"}
    return render(request, "contacts/lead_remove.html", context)


def _lead_or_404(request: AuthorityRequest, pk: int) -> CouncilLead:
    leads = CouncilLead.objects.visible_to(request.membership)
    return get_object_or_404(leads.select_related("mp", "membership__user"), pk=pk)


def _leads_page(request: AuthorityRequest, mp: int) -> str:
    return reverse("contacts:lead_list", args=[request.authority.slug, mp])


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*READERS)
def lead_gaps(request: AuthorityRequest) -> HttpResponse:
    """MPs nobody looks after, or soon nobody will; political affairs can name one owner for several."""
    on, may_name = timezone.localdate(), request.membership.role == Role.POLITICAL_AFFAIRS
    if request.method == "POST" and not may_name:
        raise PermissionDenied
    show, found = request.GET.get("show"), gaps(membership=request.membership, on=on)
    form = OwnerOfSeveralForm(request.POST or None, authority=request.authority, initial={"started_on": on})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        person = Person(data["membership"], data["name"], data["job_title"])
        try:
            leads = set_owner_of_several(
                by=request.membership,
                mps=data["mps"],
                person=person,
                started_on=data["started_on"],
                now=timezone.now(),
            )
        except LeadsOverlap as error:
            form.add_error("started_on", f"Nobody was named. {error.other.mp}: {_in_the_way(error.other)}")
        else:
            of = str(leads[0].mp) if len(leads) == 1 else f"{len(leads)} MPs"
            messages.success(request, f"{leads[0]} is relationship owner of {of}.")
            return redirect("contacts:lead_gaps", request.authority.slug)
    return render(
        request,
        "contacts/lead_gaps.html",
        {
            "form": form,
            "gaps": [gap for gap in found if show not in SHOWN or gap.is_now == (show == "now")],
            "show": show,
            "may_name": may_name,
            "chosen": request.POST.getlist("mps"),
        },
        status=422 if form.is_bound else 200,
    )


# --- The Leader's agreement ---------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
def lead_agreement(request: AuthorityRequest, mp: int) -> HttpResponse:
    """Record that the Leader agreed to those who engage with an MP now."""
    person, now = get_object_or_404(MP, pk=mp), timezone.now()
    on = timezone.localdate(now)
    people = leads_on(person, membership=request.membership, on=on).in_words
    form = AgreementForm(request.POST or None, initial={"people": people, "agreed_on": on})
    if request.method == "POST" and form.is_valid():
        try:
            record_agreement(by=request.membership, mp=person, now=now, **form.cleaned_data)
        except NotAgreedYet:
            form.add_error("agreed_on", "Enter today’s date or an earlier one.")
        except PeopleChanged:
            form.data = {**request.POST.dict(), "people": people}
            form.add_error(None, "Somebody changed who engages. Look at the names again, then record it.")
        else:
            messages.success(request, "The Leader’s agreement is recorded.")
            return redirect("contacts:lead_list", request.authority.slug, mp)
    return render(
        request,
        "contacts/lead_agreement.html",
        {"form": form, "mp": person, "people": people.splitlines()},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
@told_if_gone(LeadAgreement)
def lead_agreement_remove(request: AuthorityRequest, pk: int) -> HttpResponse:
    agreements = LeadAgreement.objects.visible_to(request.membership).select_related(
        "mp", "recorded_by__user"
    )
    agreement = get_object_or_404(agreements, pk=pk)
    back = _leads_page(request, agreement.mp_id)
    if request.method == "POST":
        take_agreement_back(by=request.membership, agreement=agreement, now=timezone.now())
        messages.success(request, "The agreement is taken back.")
        return redirect(back)
    context = {"agreement": agreement, "mp": agreement.mp, "back_url": back, "back_text": "Who leads"}
    return render(request, "contacts/lead_agreement_remove.html", context)


# --- Who knows the MP anyway --------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
def known_add(request: AuthorityRequest, mp: int) -> HttpResponse:
    return _edit_known(request, get_object_or_404(MP, pk=mp), None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
@told_if_gone(PersonalRelationship, RelationshipForm)
def known_edit(request: AuthorityRequest, pk: int) -> HttpResponse:
    known = _known_or_404(request, pk)
    return _edit_known(request, known.mp, known)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*WRITERS)
@told_if_gone(PersonalRelationship)
def known_remove(request: AuthorityRequest, pk: int) -> HttpResponse:
    known = _known_or_404(request, pk)
    back = _leads_page(request, known.mp_id)
    if request.method == "POST":
        remove_relationship(by=request.membership, relationship=known, now=timezone.now())
        messages.success(request, "Removed.")
        return redirect(back)
    context = {"known": known, "mp": known.mp, "back_url": back, "back_text": "Who leads"}
    return render(request, "contacts/known_remove.html", context)


def _edit_known(request: AuthorityRequest, mp: MP, known: PersonalRelationship | None) -> HttpResponse:
    now = timezone.now()
    initial: dict[str, Any] = {"version": 0}
    if known:
        initial = {name: getattr(known, name) for name in (*KNOWN_FIELDS, "version")}
    form = RelationshipForm(
        request.POST or None, authority=request.authority, today=timezone.localdate(now), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in KNOWN_FIELDS}
        version = form.cleaned_data["version"]
        try:
            saved = set_relationship(
                by=request.membership, mp=mp, relationship=known, version=version, changes=changes, now=now
            )
        except EditedMeanwhile as meanwhile:
            form.show_both(meanwhile.saved)
            form.add_error(None, "Somebody saved this while you were typing. Compare, then save again.")
        else:
            messages.success(request, f"Saved: {saved} knows {mp}.")
            return redirect("contacts:lead_list", request.authority.slug, mp.pk)
    return render(
        request,
        "contacts/known_edit.html",
        {"form": form, "mp": mp, "known": known},
        status=422 if form.is_bound else 200,
    )


def _known_or_404(request: AuthorityRequest, pk: int) -> PersonalRelationship:
    known = PersonalRelationship.objects.visible_to(request.membership)
    return get_object_or_404(known.select_related("mp", "membership__user"), pk=pk)
