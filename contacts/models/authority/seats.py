"""Which seats one authority counts as its own besides, or instead of, those in its area."""

from __future__ import annotations

from django.db import models
from simple_history.models import HistoricalRecords

from accounts.models import Authority, AuthorityOwned


class SeatChoiceQuerySet(models.QuerySet["SeatChoice"]):
    def of(self, authority: Authority) -> SeatChoiceQuerySet:
        return self.filter(authority=authority)


class SeatChoice(AuthorityOwned):
    """The admin hides a sliver of a seat, or adds a seat the overlaps do not give."""

    constituency = models.ForeignKey("contacts.Constituency", on_delete=models.CASCADE, related_name="+")
    is_hidden = models.BooleanField()
    history = HistoricalRecords()

    objects = SeatChoiceQuerySet.as_manager()

    class Meta:
        ordering = ["constituency", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "constituency"], name="one_choice_per_seat"),
        ]

    def __str__(self) -> str:
        return f"{'Hide' if self.is_hidden else 'Add'} {self.constituency_id}"
