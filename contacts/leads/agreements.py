"""Whether the Leader has agreed to who engages with an MP: reading only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery

from accounts.models import Membership
from contacts.directory import Leads, leads_of_own_mps
from contacts.models import MP, LeadAgreement


@dataclass(frozen=True)
class Agreed:
    """The latest agreement of a day, whether it is to those who engage then, and those before it, newest
    first."""

    agreement: LeadAgreement | None
    stands: bool
    earlier: list[LeadAgreement]


def agreed_on(mp: MP, leads: Leads, *, membership: Membership, on: date) -> Agreed:
    """What the Leader had agreed to for this MP, held against the `leads` of the day; in one query."""
    agreements = LeadAgreement.objects.visible_to(membership).filter(mp=mp, agreed_on__lte=on).latest_first()
    found = list(agreements.select_related("recorded_by__user"))
    latest = found[0] if found else None
    stands = latest is not None and latest.people == leads.in_words
    return Agreed(latest, stands=stands, earlier=found[1:])


def to_agree(membership: Membership, *, on: date, as_at: date | None = None) -> list[int]:
    """Of the authority's own MPs, now or on the day `as_at`, those with whom people engaged then to whom the
    Leader had not agreed, or not as they were; in one query."""
    agreements = LeadAgreement.objects.visible_to(membership).filter(agreed_on__lte=as_at or on)
    people = agreements.filter(mp=OuterRef("mp")).latest_first().values("people")[:1]
    leads = leads_of_own_mps(membership, on=on, as_at=as_at, agreed=Subquery(people))
    return [
        mp
        for mp, each in leads.items()
        if each.engaged and each.current[0].agreed != each.in_words  # type: ignore[attr-defined]  # annotated
    ]
