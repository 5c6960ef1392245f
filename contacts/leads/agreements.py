"""Whether the Leader has agreed to who engages with an MP: reading only."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Membership
from contacts.directory import Leads
from contacts.models import MP, LeadAgreement


@dataclass(frozen=True)
class Agreed:
    """The latest agreement, and whether it is to those who engage now."""

    agreement: LeadAgreement | None
    stands: bool


def agreed_on(mp: MP, leads: Leads, *, membership: Membership) -> Agreed:
    """What the Leader agreed to for this MP, held against the present `leads`; in one query."""
    agreements = LeadAgreement.objects.visible_to(membership).filter(mp=mp).latest_first()
    agreement = agreements.select_related("recorded_by__user").first()
    return Agreed(agreement, stands=agreement is not None and agreement.people == leads.in_words)
