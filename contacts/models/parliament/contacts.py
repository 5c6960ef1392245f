"""How to reach an MP, as Parliament publishes it."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

# Parliament's numbers of the two kinds of office.
PARLIAMENTARY_OFFICE, CONSTITUENCY_OFFICE = 1, 4


class ParliamentContactQuerySet(models.QuerySet["ParliamentContact"]):
    def current(self, on: date | None = None) -> ParliamentContactQuerySet:
        """What Parliament publishes now, or published on the given day, as far as it was asked."""
        if on is None:
            return self.filter(ended_on=None)
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=on), seen_on__lte=on)

    def offices(self) -> ParliamentContactQuerySet:
        """Where somebody can be written to or rung; pages on the web apart."""
        return self.filter(is_web_address=False)


class ParliamentContact(models.Model):
    """One way to reach an MP, in Parliament's own words and order, from a day to a day.

    It names no source, since there is one only: nothing but Parliament's own answer is ever recorded here.
    """

    mp = models.ForeignKey("contacts.MP", on_delete=models.CASCADE, related_name="published_contacts")
    position = models.PositiveSmallIntegerField()
    type_id = models.PositiveIntegerField("Parliament’s number of the kind")
    type = models.CharField(max_length=100, help_text="Such as Parliamentary office.")
    is_preferred = models.BooleanField(default=False)
    is_web_address = models.BooleanField(default=False)
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=100, blank=True)
    email = models.CharField("e-mail", max_length=254, blank=True)
    website = models.CharField(max_length=500, blank=True)
    notes = models.TextField(blank=True)
    seen_on = models.DateField(help_text="The day Parliament was first seen to say so.")
    ended_on = models.DateField(
        null=True,
        blank=True,
        help_text="The last day before Parliament said otherwise; empty while it does not.",
    )

    objects = ParliamentContactQuerySet.as_manager()

    class Meta:
        ordering = ["mp", "position", "pk"]
        verbose_name = "published contact"
        constraints = [
            models.UniqueConstraint(
                fields=["mp", "position"],
                condition=Q(ended_on=None),
                name="one_published_contact_per_position",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("seen_on")),
                name="published_contact_ends_after_it_was_seen",
            ),
        ]

    def __str__(self) -> str:
        return self.type
