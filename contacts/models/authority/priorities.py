"""What matters to one authority, and what it has decided about the posts that may bear on it."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from accounts.models import AuthorityOwned, Membership
from contacts.models.parliament.mps import MP
from contacts.models.parliament.posts import Post
from contacts.models.parliament.spells import SpellQuerySet

# How many priorities work best: fewer leave much out, more and everything matters.
FEWEST_ADVISED = 5
MOST_ADVISED = 10


class PriorityQuerySet(SpellQuerySet):
    def visible_to(self, membership: Membership) -> Self:
        return self.filter(authority_id=membership.authority_id)

    def not_ended(self, on: date) -> Self:
        """Those of today and those to come."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=on))


class Priority(AuthorityOwned):
    """One of the few things a council most wants, and the words by which posts that bear on it are known.

    `version` counts edits, so that nobody's are lost.
    """

    name = models.CharField(max_length=100)
    why = models.CharField("why it matters", max_length=300, blank=True)
    departments = models.TextField(blank=True, help_text="One on each line.")
    bodies = models.TextField("committees and all-party groups", blank=True, help_text="One on each line.")
    key_words = models.TextField(blank=True, help_text="One word or phrase on each line.")
    position = models.PositiveSmallIntegerField(default=0)
    started_on = models.DateField("from")
    ended_on = models.DateField("last day", null=True, blank=True, help_text="Empty while it lasts.")
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    objects = PriorityQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "priorities"
        constraints = [
            models.UniqueConstraint(
                "authority",
                Lower("name"),
                condition=Q(ended_on=None),
                name="one_open_priority_per_name",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="priority_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MatchState(models.TextChoices):
    CONFIRMED = "confirmed", "Confirmed"
    DISMISSED = "dismissed", "Dismissed"


class PortfolioMatch(AuthorityOwned):
    """Somebody decided whether a post of an MP bears on a priority. What nobody has decided yet is no row,
    but is offered by the words of the priority; so is what was decided of a post that has changed since.

    A post that goes, with an undone import, leaves the decision (and no `post`): of one that comes back with
    the same words it holds.
    """

    mp = models.ForeignKey(MP, on_delete=models.PROTECT, related_name="+", verbose_name="MP")
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="matches")
    post = models.ForeignKey(Post, on_delete=models.SET_NULL, null=True, related_name="matches")
    state = models.CharField(max_length=10, choices=MatchState.choices)
    post_title = models.CharField("the post's title then", max_length=300)
    post_body = models.CharField("the post's department or body then", max_length=200, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    history = HistoricalRecords()

    class Meta:
        ordering = ["priority", "post", "pk"]
        verbose_name_plural = "portfolio matches"
        constraints = [
            models.UniqueConstraint(fields=["priority", "post"], name="one_decision_per_priority_and_post"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.priority_id} and {self.post_id}"
