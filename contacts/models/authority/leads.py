"""Who in one authority leads on which MP."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from accounts.models import AuthorityOwned, Membership
from contacts.models.parliament.mps import MP
from contacts.models.parliament.spells import SpellQuerySet


class LeadRole(models.TextChoices):
    LEAD = "lead", "Relationship owner"
    DEPUTY = "deputy", "Deputy"


class CouncilLeadQuerySet(SpellQuerySet):
    def visible_to(self, membership: Membership) -> CouncilLeadQuerySet:
        return self.filter(authority_id=membership.authority_id)


class CouncilLead(AuthorityOwned):
    """Who in the authority leads on an MP: a person with an account here, or just a name."""

    mp = models.ForeignKey(MP, on_delete=models.PROTECT, related_name="council_leads")
    role = models.CharField(max_length=10, choices=LeadRole.choices, default=LeadRole.LEAD)
    membership = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name="colleague",
    )
    name = models.CharField(
        max_length=150, blank=True, help_text="For someone without an account, such as the Leader."
    )
    job_title = models.CharField(max_length=100, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    objects = CouncilLeadQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "mp", "role"],
                condition=Q(ended_on=None),
                name="one_open_lead_per_mp_and_role",
            ),
            models.CheckConstraint(
                condition=Q(membership=None) ^ Q(name=""), name="lead_is_a_colleague_or_a_name"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="lead_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.membership)
