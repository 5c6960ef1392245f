"""What we ask of an MP, what we promised them, and what they promised us."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from accounts.models import AuthorityOwned, Membership
from contacts.models import MP, READERS, NoteKind


class Side(models.TextChoices):
    ASK = "ask", "We ask of them"
    OURS = "ours", "We promised them"
    THEIRS = "theirs", "They promised us"


class Settled(models.TextChoices):
    """What became of it."""

    KEPT = "kept", "Kept"
    NOT_KEPT = "not-kept", "Not kept"
    NOT_NEEDED = "not-needed", "No longer needed"


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, membership: Membership) -> CommitmentQuerySet:
        if membership.role not in READERS:
            return self.none()
        return self.filter(authority_id=membership.authority_id)

    def of(self, mp: MP) -> CommitmentQuerySet:
        return self.filter(mp=mp)

    def open(self) -> CommitmentQuerySet:
        return self.filter(outcome="")

    def for_list(self) -> CommitmentQuerySet:
        """Open ones first, the next due before the others; then what was settled, the last first."""
        return self.select_related("recorded_by__user", "carried_from__mp").order_by(
            F("settled_on").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "-made_on", "-pk"
        )


class Commitment(AuthorityOwned):
    """One ask or promise, with what became of it; `carried_from` is the former MP's that goes on in it."""

    mp = models.ForeignKey(
        "contacts.MP", on_delete=models.PROTECT, related_name="commitments", verbose_name="MP"
    )
    side = models.CharField("which it is", max_length=10, choices=Side.choices)
    words = models.TextField("what")
    kind = models.CharField(
        "what you wrote is", max_length=12, choices=NoteKind.choices, default=NoteKind.FACT
    )
    made_on = models.DateField("asked or promised on")
    due_on = models.DateField("due", null=True, blank=True)
    outcome = models.CharField("what became of it", max_length=12, choices=Settled.choices, blank=True)
    settled_on = models.DateField("settled on", null=True, blank=True)
    note = models.CharField("how it went", max_length=300, blank=True)
    carried_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="carried_to"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    history = HistoricalRecords(excluded_fields=["submission"])

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "submission"], name="one_commitment_per_submission"),
            models.CheckConstraint(
                condition=Q(outcome="", settled_on=None, note="")
                | (~Q(outcome="") & Q(settled_on__isnull=False)),
                name="a_settled_commitment_says_when",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("made_on")),
                name="a_commitment_is_due_after_it_is_made",
            ),
        ]
        indexes = [
            models.Index(fields=["authority", "mp"], condition=Q(outcome=""), name="commitment_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}, {self.made_on:%-d %B %Y}"

    @property
    def is_open(self) -> bool:
        return not self.outcome
