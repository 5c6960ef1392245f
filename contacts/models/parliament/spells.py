"""Facts that change are dated rows: a row without an end is true now."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.db import models
from django.db.models import Q


class SpellQuerySet(models.QuerySet):
    def current(self, on: date | None = None) -> SpellQuerySet:
        """Rows true now, or on the given day (`ended_on` is the last day)."""
        if on is None:
            return self.filter(ended_on=None)
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=on), started_on__lte=on)


class Dated(Protocol):
    @property
    def started_on(self) -> date | None: ...

    @property
    def ended_on(self) -> date | None: ...


def is_current(row: Dated, on: date) -> bool:
    """Whether a dated row is true on this day; its last day counts, and a start that is not known is past."""
    return (row.started_on is None or row.started_on <= on) and (row.ended_on is None or row.ended_on >= on)
