"""Whether the Leader has agreed to who engages with an MP: reading only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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


def to_agree(membership: Membership, *, on: date) -> list[int]:
    """Of the authority's own MPs, those with whom people engage to whom the Leader has not agreed, or not as
    they are now; in two queries."""
    agreements = LeadAgreement.objects.visible_to(membership).filter(agreed_on__lte=on).latest_first()
    agreed = dict(reversed(agreements.values_list("mp", "people")))
    leads = leads_of_own_mps(membership, on=on)
    return [mp for mp, each in leads.items() if each.engaged and agreed.get(mp) != each.in_words]
