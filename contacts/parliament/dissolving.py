"""Saying when there is no Parliament, and taking that back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from contacts.models import Dissolution


class DissolutionsOverlap(Exception):
    """Another dissolution covers one of these days: `other`."""

    def __init__(self, other: Dissolution) -> None:
        super().__init__("two dissolutions at a time")
        self.other = other


class HasBegun(Exception):
    """The dissolution's first day has come: it can be ended, not cancelled."""


def enter_dissolution(
    *, started_on: date, ended_on: date | None, by: User | None, now: datetime
) -> Dissolution:
    """From `started_on` to `ended_on` (None: until further notice) there are no MPs.

    Entering the same first day again corrects the last one. Raises DissolutionsOverlap.
    """
    with transaction.atomic():
        list(Dissolution.objects.select_for_update())
        refuse_overlap(started_on=started_on, ended_on=ended_on)
        dissolution, _ = Dissolution.objects.update_or_create(
            started_on=started_on, defaults={"ended_on": ended_on, "entered_at": now, "entered_by": by}
        )
    return dissolution


def refuse_overlap(*, started_on: date, ended_on: date | None) -> None:
    """Raises DissolutionsOverlap if another dissolution covers one of these days."""
    others = Dissolution.objects.exclude(started_on=started_on)
    overlapping = others.filter(Q(ended_on=None) | Q(ended_on__gte=started_on))
    if ended_on:
        overlapping = overlapping.filter(started_on__lte=ended_on)
    if other := overlapping.first():
        raise DissolutionsOverlap(other)


def cancel_dissolution(*, dissolution: Dissolution, on: date) -> None:
    """Take back a dissolution that was entered and has not come. Raises HasBegun."""
    with transaction.atomic():
        dissolution = Dissolution.objects.select_for_update().get(pk=dissolution.pk)
        if dissolution.started_on <= on:
            raise HasBegun
        dissolution.delete()
