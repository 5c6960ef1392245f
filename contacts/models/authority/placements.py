"""Where colleagues see an MP on the stakeholder map: a judgement of ours, never a fact, never overwritten."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import OuterRef, Subquery

from accounts.models import AuthorityOwned, Membership
from contacts.models.authority.notes import NoteQuerySet, Opinion, Withdrawable
from contacts.models.parliament.mps import MP


class Influence(models.TextChoices):
    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


class Support(models.TextChoices):
    CRITICAL = "critical", "Critical"
    NEUTRAL = "neutral", "Neutral"
    SUPPORTIVE = "supportive", "Supportive"


class PlacementQuerySet(NoteQuerySet):
    def counting(self, on: date) -> Self:
        """Of each MP the newest that is not withdrawn, as at a day: by its date, then the one recorded
        last."""
        newest = Placement.objects.filter(
            authority=OuterRef("authority"), mp=OuterRef("mp"), placed_on__lte=on, withdrawn_at=None
        )
        return self.filter(pk=Subquery(newest.order_by("-placed_on", "-pk").values("pk")[:1]))


class Placement(Opinion, Withdrawable, AuthorityOwned):
    """Somebody put an MP in a place, on a day, for a reason. Added to, never changed but
    to be withdrawn: the newest counts."""

    mp = models.ForeignKey(MP, on_delete=models.PROTECT, related_name="+", verbose_name="MP")
    influence = models.CharField("influence on what matters to us", max_length=10, choices=Influence.choices)
    support = models.CharField("support for the council", max_length=10, choices=Support.choices)
    reason = models.TextField()
    placed_on = models.DateField("as at")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    submission = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_on", "-pk"]
        constraints = [
            *Withdrawable.Meta.constraints,
            models.UniqueConstraint(fields=["authority", "submission"], name="one_placement_per_submission"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="placement_has_a_reason"),
        ]
        indexes = [models.Index(fields=["authority", "mp", "-placed_on", "-id"], name="placement_newest")]

    def __str__(self) -> str:
        return f"{self.get_influence_display()} influence, {self.get_support_display().lower()}"
