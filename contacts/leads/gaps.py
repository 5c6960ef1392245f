"""MPs whom nobody looks after, or soon nobody will: reading only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, Q

from accounts.models import Membership
from contacts.directory import without_relationship_owner
from contacts.models import MP, CouncilLead, LeadRole, MPQuerySet, is_current

SOON = timedelta(days=30)


@dataclass(frozen=True)
class Gap:
    """One of the authority's MPs without a relationship owner now, or within a month, and why."""

    mp: MP
    why: str
    is_now: bool


def owner_stops_soon(mps: MPQuerySet, *, membership: Membership, on: date) -> MPQuerySet:
    """The authority's own MPs whose owner's last day is at most a month away, and no successor is named."""
    owners = CouncilLead.objects.visible_to(membership).filter(role=LeadRole.LEAD)
    stopping = owners.current(on).filter(ended_on__lte=on + SOON)
    followed = owners.filter(started_on__gt=on)
    return mps.of(membership.authority).filter(
        Q(pk__in=stopping.values("mp")) & ~Q(pk__in=followed.values("mp"))
    )


def gaps(*, membership: Membership, on: date) -> list[Gap]:
    """Those without an owner now, then those soon without one, each by name; in three queries."""
    mps = MP.objects.order_by("sort_name", "pk")
    nobody = without_relationship_owner(mps, membership=membership, on=on)
    soon = owner_stops_soon(mps, membership=membership, on=on).exclude(pk__in=nobody.order_by().values("pk"))
    owners = CouncilLead.objects.visible_to(membership).filter(role=LeadRole.LEAD)
    with_owners = Prefetch(
        "council_leads",
        queryset=owners.select_related("membership__user").order_by("started_on", "pk"),
        to_attr="owners",
    )
    return [
        _gap(mp, on=on, is_now=is_now)
        for is_now, found in ((True, nobody), (False, soon))
        for mp in found.prefetch_related(with_owners)
    ]


def _gap(mp: MP, *, on: date, is_now: bool) -> Gap:
    owners: list[CouncilLead] = mp.owners  # type: ignore[attr-defined]  # prefetched
    begun = [lead for lead in owners if lead.started_on <= on]
    current = next((lead for lead in begun if is_current(lead, on)), None)
    successor = next((lead for lead in owners if lead.started_on > on), None)
    if current:
        why = (
            f"{current} stops on {_day(current.ended_on)}"
            if not is_now
            else f"{current} has left the council"
        )
    else:
        why = f"{begun[-1]} stopped on {_day(begun[-1].ended_on)}" if begun else "Nobody yet"
    if successor:
        why += f"; {successor} begins on {_day(successor.started_on)}"
    return Gap(mp=mp, why=why, is_now=is_now)


def _day(on: date | None) -> str:
    return f"{on:%-d %B %Y}" if on else ""
