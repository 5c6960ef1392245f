"""Where MPs stand on policy areas, as they have said in public: never what somebody supposes."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from accounts.models import AuthorityOwned, Membership
from contacts.models.authority.notes import HAS_A_SOURCE, IS_NOT_INFERRED, NoteQuerySet, SourcedNote


class PolicyAreaQuerySet(models.QuerySet["PolicyArea"]):
    def visible_to(self, membership: Membership) -> PolicyAreaQuerySet:
        return self.filter(authority_id=membership.authority_id)

    def active(self) -> PolicyAreaQuerySet:
        return self.filter(is_active=True)


class PolicyArea(AuthorityOwned):
    """A subject on which the authority wants to know where its MPs stand."""

    name = models.CharField(max_length=100)
    is_active = models.BooleanField("in use", default=True)
    history = HistoricalRecords()

    objects = PolicyAreaQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint("authority", Lower("name"), name="one_policy_area_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Stance(models.TextChoices):
    SUPPORTIVE = "supportive", "Supportive"
    NEUTRAL = "neutral", "Neutral"
    CRITICAL = "critical", "Critical"
    UNKNOWN = "unknown", "Unknown"


class PositionQuerySet(NoteQuerySet):
    def current(self, on: date | None = None) -> Self:
        """Of each MP in each area the latest, now or as at the given day: by the date of its source, then the
        one recorded last."""
        newest = Position.objects.filter(mp=OuterRef("mp"), area=OuterRef("area"))
        if on:
            newest = newest.filter(source_on__lte=on)
        return self.filter(pk=Subquery(newest.order_by("-source_on", "-pk").values("pk")[:1]))


class Position(SourcedNote):
    """What an MP said or did in public on one policy area, on one day. A later day's supersedes it, and both
    stay; only what was written down wrongly is edited. Unknown says that an earlier one holds no more."""

    area = models.ForeignKey(PolicyArea, on_delete=models.PROTECT, related_name="positions")
    stance = models.CharField("position", max_length=12, choices=Stance.choices)
    text = models.TextField("what the source says", blank=True)
    history = HistoricalRecords(excluded_fields=["submission"])

    objects = PositionQuerySet.as_manager()

    class Meta(SourcedNote.Meta):
        ordering = ["-source_on", "-pk"]
        constraints = [
            *SourcedNote.Meta.constraints,
            models.CheckConstraint(
                condition=Q(stance=Stance.UNKNOWN) | (HAS_A_SOURCE & ~Q(text="")),
                name="position_has_a_public_source",
            ),
            models.CheckConstraint(condition=IS_NOT_INFERRED, name="position_is_not_inferred"),
        ]
        indexes = [models.Index(fields=["mp", "area", "-source_on", "-id"], name="position_newest")]

    def __str__(self) -> str:
        return f"{self.get_stance_display()} on {self.area_id}"
