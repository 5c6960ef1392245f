"""Parties, and for which of them an MP sits when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contacts.models.parliament.spells import DatedFact


class Party(models.Model):
    name = models.CharField(max_length=100, unique=True)
    abbreviation = models.CharField(max_length=20, blank=True)
    colour = models.CharField(
        max_length=7, blank=True, help_text="Such as #d50000; empty where none is known."
    )

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "parties"

    def __str__(self) -> str:
        return self.name


class PartyChange(models.TextChoices):
    """How an MP came to sit for another party than before, where a source says so."""

    WHIP_REMOVED = "whip-removed", "whip removed"
    WHIP_RESTORED = "whip-restored", "whip restored"
    CHANGED = "changed", "changed party"


class PartySpell(DatedFact):
    """An MP sits for a party from a day, to a day."""

    mp = models.ForeignKey("contacts.MP", on_delete=models.PROTECT, related_name="party_spells")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="spells")
    begun_by = models.CharField(
        "how it began", max_length=20, choices=PartyChange, blank=True, help_text="Only what a source says."
    )

    class Meta(DatedFact.Meta):
        constraints = [
            *DatedFact.Meta.constraints,
            models.UniqueConstraint(fields=["mp"], condition=Q(ended_on=None), name="one_open_party_per_mp"),
        ]

    def __str__(self) -> str:
        return f"{self.mp_id} for {self.party_id} from {self.started_on}"
