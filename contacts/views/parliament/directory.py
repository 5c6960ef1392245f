"""The MP directory."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import EVERYONE, AuthorityRequest, for_roles
from accounts.models import Membership
from contacts.directory import (
    search_mps,
    sitting_mps,
    with_relationship_owner,
    without_relationship_owner,
)
from contacts.forms import DirectoryForm, FindForm
from contacts.leads.agreements import to_agree
from contacts.lifelines import with_former_names
from contacts.models import READERS, BackgroundEntry, Dissolution, MPQuerySet


@require_safe
@for_roles(*EVERYONE)
def mp_list(request: AuthorityRequest) -> HttpResponse:
    """Every MP sitting now or on another day, our own first; searched by name, constituency or party."""
    form = DirectoryForm(request.GET, reads_notes=request.membership.role in READERS)
    form.is_valid()  # A filter that means nothing is named on the page and left out.
    chosen = form.cleaned_data
    asked, today = chosen.get("on"), timezone.localdate()
    mps = _chosen(sitting_mps(request.authority, asked), chosen, request.membership, today=today)
    mps = with_relationship_owner(mps, membership=request.membership, on=today, as_at=asked)
    if chosen.get("not_agreed"):
        # Few, and of our own only: read whole, which saves asking how many.
        mps = list(mps)  # type: ignore[assignment]
    page = Paginator(mps, 50).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    with_former_names(page.object_list)
    return render(
        request,
        "contacts/mp_list.html",
        {
            "form": form,
            "find": FindForm(),
            "is_filtered": any(chosen.values()),
            "filters_in_use": sum(bool(value) for name, value in chosen.items() if name != "q"),
            "sees_offices": request.membership.sees_enquiries,
            "as_at": asked,
            # Asked only where it is why nobody is listed.
            "was_dissolved": asked
            and not page.paginator.count
            and Dissolution.objects.without_mps(asked).exists(),
            "reads_notes": request.membership.role in READERS,
            "page_obj": page,
        },
    )


def _chosen(mps: MPQuerySet, chosen: dict[str, Any], membership: Membership, *, today: date) -> MPQuerySet:
    on = chosen.get("on")
    if chosen.get("party"):
        mps = mps.in_party(chosen["party"], on)
    if chosen.get("council"):
        mps = mps.in_council(chosen["council"], on)
    if chosen.get("region"):
        mps = mps.in_region(chosen["region"], on)
    if chosen.get("unowned"):
        mps = without_relationship_owner(mps, membership=membership, on=today, as_at=on)
    if chosen.get("not_agreed"):
        mps = mps.filter(pk__in=to_agree(membership, on=today, as_at=on))
    if chosen.get("sat_here"):
        sat = BackgroundEntry.objects.visible_to(membership).of_our_council()
        mps = mps.filter(pk__in=sat.order_by().values("mp"))
    return search_mps(mps, chosen.get("q", ""))
