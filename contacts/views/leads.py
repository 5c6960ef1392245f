"""Who in the authority leads on an MP. Everyone may read it; political affairs changes it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import EVERYONE, AuthorityRequest, for_roles
from accounts.models import Role
from contacts.directory import leads_on
from contacts.forms import EndLeadForm, LeadForm
from contacts.models import MP, CouncilLead, LeadRole
from contacts.services import EndsBeforeItStarts, LeadsOverlap, end_lead, set_lead


@require_safe
@for_roles(*EVERYONE)
def lead_list(request: AuthorityRequest, mp: int) -> HttpResponse:
    """Leads and deputies on one MP: now, and before."""
    person = get_object_or_404(MP, pk=mp)
    return render(
        request,
        "contacts/lead_list.html",
        {
            "mp": person,
            "leads": leads_on(person, membership=request.membership, on=timezone.localdate()),
            "may_change": request.membership.role == Role.POLITICAL_AFFAIRS,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
def lead_set(request: AuthorityRequest, mp: int) -> HttpResponse:
    """Name a lead or deputy; whoever has the role hands over the day before."""
    person = get_object_or_404(MP, pk=mp)
    initial = {"role": request.GET.get("role", LeadRole.LEAD), "started_on": timezone.localdate()}
    form = LeadForm(request.POST or None, authority=request.authority, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            lead = set_lead(by=request.membership, mp=person, now=timezone.now(), **form.cleaned_data)
        except LeadsOverlap as error:
            other = error.other
            until = f" to {other.ended_on:%-d %B %Y}" if other.ended_on else ""
            form.add_error(
                "started_on",
                f"{other} has this role from {other.started_on:%-d %B %Y}{until}. Start after that.",
            )
        else:
            messages.success(request, f"{lead}: {lead.get_role_display().lower()} for {person}.")
            return redirect("contacts:lead_list", request.authority.slug, person.pk)
    return render(
        request,
        "contacts/lead_set.html",
        {"form": form, "mp": person},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLITICAL_AFFAIRS)
def lead_end(request: AuthorityRequest, pk: int) -> HttpResponse:
    open_leads = CouncilLead.objects.visible_to(request.membership).filter(ended_on=None)
    lead = get_object_or_404(open_leads.select_related("mp", "membership__user"), pk=pk)
    form = EndLeadForm(request.POST or None, initial={"ended_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            end_lead(by=request.membership, lead=lead, ended_on=form.cleaned_data["ended_on"])
        except EndsBeforeItStarts:
            form.add_error(
                "ended_on", f"The last day cannot be before the first, {lead.started_on:%-d %B %Y}."
            )
        else:
            messages.success(request, f"{lead}: last day recorded.")
            return redirect("contacts:lead_list", request.authority.slug, lead.mp_id)
    return render(
        request,
        "contacts/lead_end.html",
        {"form": form, "lead": lead},
        status=422 if form.is_bound else 200,
    )
