"""Facts that change are dated rows: a row without an end is true now."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.db import models
from django.db.models import F, Q


class SpellQuerySet(models.QuerySet):
    def current(self, on: date | None = None) -> SpellQuerySet:
        """Rows true now, or on the given day (`ended_on` is the last day)."""
        if on is None:
            return self.filter(ended_on=None)
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=on), started_on__lte=on)


class DatedFact(models.Model):
    """True of an MP from a day, to a day; with where the beginning and the end were read.

    `contacts.spells.write_spells` alone writes such rows.
    """

    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True, help_text="The last day; empty while it lasts.")
    source = models.CharField(max_length=250, blank=True, help_text="Where its beginning was read.")
    end_source = models.CharField(max_length=250, blank=True, help_text="Where its end was read.")

    objects = SpellQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="%(class)s_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=False) | Q(end_source=""),
                name="%(class)s_has_ended_if_its_end_was_read",
            ),
        ]


class Dated(Protocol):
    @property
    def started_on(self) -> date | None: ...

    @property
    def ended_on(self) -> date | None: ...


def is_current(row: Dated, on: date) -> bool:
    """Whether a dated row is true on this day; its last day counts, and a start that is not known is past."""
    return (row.started_on is None or row.started_on <= on) and (row.ended_on is None or row.ended_on >= on)
