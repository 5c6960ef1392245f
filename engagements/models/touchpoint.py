"""Real contacts with an MP or their office."""

from __future__ import annotations

import uuid

from django.db import models
from simple_history.models import HistoricalRecords

from accounts.models import AuthorityOwned, Membership
from contacts.models import MP, READERS, NoteKind


class TouchpointKind(models.TextChoices):
    MEETING = "meeting", "Meeting"
    CALL = "call", "Call"
    VISIT = "visit", "Visit"
    EVENT = "event", "Event"
    EMAIL = "e-mail", "E-mail"
    LETTER = "letter", "Letter"


class TouchpointQuerySet(models.QuerySet["Touchpoint"]):
    def visible_to(self, membership: Membership) -> TouchpointQuerySet:
        if membership.role not in READERS:
            return self.none()
        return self.filter(authority_id=membership.authority_id)

    def two_way(self) -> TouchpointQuerySet:
        """Contacts in which the MP or their office took part: only these restart the contact interval."""
        return self.filter(is_two_way=True)

    def of(self, mp: MP) -> TouchpointQuerySet:
        return self.filter(mp=mp)

    def for_list(self) -> TouchpointQuerySet:
        """Newest first, with the people named on each row."""
        return (
            self.select_related("recorded_by__user")
            .prefetch_related(models.Prefetch("our_people", Membership.objects.select_related("user")))
            .order_by("-happened_on", "-pk")
        )


class Touchpoint(AuthorityOwned):
    """One real contact: when, what kind, who on both sides, what was said."""

    mp = models.ForeignKey(
        "contacts.MP", on_delete=models.PROTECT, related_name="touchpoints", verbose_name="MP"
    )
    happened_on = models.DateField("date")
    kind = models.CharField(max_length=10, choices=TouchpointKind.choices)
    our_people = models.ManyToManyField(
        Membership, blank=True, related_name="touchpoints", verbose_name="colleagues"
    )
    our_others = models.CharField("others from the council", max_length=200, blank=True)
    their_people = models.CharField("on the MP’s side", max_length=200)
    summary = models.TextField("what was said")
    summary_kind = models.CharField(
        "what that is", max_length=12, choices=NoteKind.choices, default=NoteKind.FACT
    )
    is_two_way = models.BooleanField("two-way contact")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    history = HistoricalRecords(excluded_fields=["submission"], m2m_fields=[our_people])

    objects = TouchpointQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "submission"], name="one_touchpoint_per_submission"),
        ]
        indexes = [
            models.Index(fields=["authority", "mp", "-happened_on"], name="touchpoint_newest"),
            models.Index(
                fields=["authority", "mp", "-happened_on"],
                condition=models.Q(is_two_way=True),
                name="touchpoint_two_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.happened_on:%-d %B %Y}"
