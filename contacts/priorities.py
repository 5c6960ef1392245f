"""Changes to what an authority counts as its priorities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.history import refuse_if_edited, save_signed
from accounts.models import Authority, Membership
from contacts.models import Priority


class NameTaken(Exception):
    """Another priority of this authority that has not ended has the name (case does not tell them apart)."""


def set_priority(
    *, by: Membership, priority: Priority | None, version: int, changes: Mapping[str, Any], now: datetime
) -> Priority:
    """Add a priority after the others, or change one as seen at `version`.

    Raises EditedMeanwhile, NameTaken.
    """
    with transaction.atomic():
        _hold(by.authority)
        ours = Priority.objects.filter(authority=by.authority)
        if priority is None:
            last = ours.aggregate(last=Max("position"))["last"] or 0
            priority = Priority(authority=by.authority, position=last + 1, version=0)
        else:
            priority = ours.get(pk=priority.pk)
            refuse_if_edited(priority, since=version, sent=changes)
        for name, value in changes.items():
            setattr(priority, name, value)
        _refuse_a_second(priority)
        priority.version += 1
        save_signed(priority, by=by, now=now)
    return priority


def end_priority(*, by: Membership, priority: Priority, ended_on: date | None, now: datetime) -> None:
    """Record the last day of a priority, or (None) that it goes on after all. Raises NameTaken."""
    set_priority(by=by, priority=priority, version=priority.version, changes={"ended_on": ended_on}, now=now)


def move_priority(*, by: Membership, priority: Priority, up: bool, now: datetime) -> bool:
    """Change places with the one before, or after, and say whether it did; the first stays first, the last
    last, and one that has ended where it is.

    An edit of the words that goes on meanwhile is about something else, so this counts as no version.
    """
    with transaction.atomic():
        _hold(by.authority)
        on = timezone.localdate(now)
        rows = list(Priority.objects.filter(authority=by.authority).not_ended(on).order_by("position", "pk"))
        here = next((place for place, row in enumerate(rows) if row.pk == priority.pk), None)
        if here is None:
            return False
        there = here - 1 if up else here + 1
        if not 0 <= there < len(rows):
            return False
        rows[here], rows[there] = rows[there], rows[here]
        for position, row in enumerate(rows, start=1):
            if row.position != position:
                row.position = position
                save_signed(row, by=by, now=now)
    return True


def _refuse_a_second(priority: Priority) -> None:
    if priority.ended_on is not None:
        return
    others = Priority.objects.filter(authority=priority.authority, ended_on=None, name__iexact=priority.name)
    if others.exclude(pk=priority.pk).exists():
        raise NameTaken


def _hold(authority: Authority) -> None:
    """One change at a time per authority, so that a double click cannot run into a unique constraint."""
    Authority.objects.select_for_update().get(pk=authority.pk)
