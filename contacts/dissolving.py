"""Saying when there is no Parliament, that a new one has been elected, and taking either back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import Membership, User
from contacts.elections import that_ended_mps
from contacts.models import Dissolution
from notifications.services import Message, notify

KIND = "dissolution"


class DissolutionsOverlap(Exception):
    """Another dissolution covers one of these days: `other`."""

    def __init__(self, other: Dissolution) -> None:
        super().__init__("two dissolutions at a time")
        self.other = other


class HasEndedHoldings(Exception):
    """Somebody’s time as an MP ended with the dissolution: it can be given a last day, not cancelled."""


def enter_dissolution(
    *, started_on: date, ended_on: date | None, by: User | None, now: datetime
) -> Dissolution:
    """From `started_on` to `ended_on` (None: until further notice) there are no MPs.

    Entering the same first day again corrects the last one. Raises DissolutionsOverlap.
    """
    with transaction.atomic():
        list(Dissolution.objects.select_for_update())
        refuse_overlap(started_on=started_on, ended_on=ended_on)
        row = Dissolution.objects.filter(started_on=started_on).first() or Dissolution(started_on=started_on)
        row.ended_on, row.entered_at, row.entered_by = ended_on, now, by
        _sign(row, by=by, now=now)
        row.save()
        Dissolution.objects.note_the_house()
    return row


def refuse_overlap(*, started_on: date, ended_on: date | None) -> None:
    """Raises DissolutionsOverlap if another dissolution covers one of these days."""
    others = Dissolution.objects.exclude(started_on=started_on)
    overlapping = others.filter(Q(ended_on=None) | Q(ended_on__gte=started_on))
    if ended_on:
        overlapping = overlapping.filter(started_on__lte=ended_on)
    if other := overlapping.first():
        raise DissolutionsOverlap(other)


def cancel_dissolution(*, dissolution: Dissolution, by: User, now: datetime) -> None:
    """Take back a dissolution that was entered by mistake; the change history says who did.

    Raises HasEndedHoldings.
    """
    with transaction.atomic():
        row = Dissolution.objects.select_for_update().get(pk=dissolution.pk)
        if that_ended_mps([row]):
            raise HasEndedHoldings
        _sign(row, by=by, now=now)
        row.delete()


# --- What a list of MPs ends ------------------------------------------------------------------


def end_dissolutions(
    over: Iterable[tuple[Dissolution, date]], *, source: str, by: User | None, now: datetime
) -> list[dict[str, Any]]:
    """Give each the last day that a list of the new Parliament tells of, and tell those who look after the
    instance; gives what `put_dissolutions_back` needs. Call it inside the transaction of the import."""
    effects = []
    for dissolution, last_day in over:
        row = Dissolution.objects.select_for_update().get(pk=dissolution.pk)
        effects.append({"pk": row.pk, "ended_on": _text(row.ended_on), "became": last_day.isoformat()})
        row.ended_on = last_day
        _sign(row, by=by, now=now, reason=source)
        row.save()
        notify(
            [_message(row, to=each, source=source) for each in Membership.objects.of_instance_admins()],
            now=now,
        )
    return effects


def put_dissolutions_back(effects: Iterable[Mapping[str, Any]], *, by: User | None, now: datetime) -> None:
    """Undo `end_dissolutions`, but for what somebody has changed since."""
    for effect in effects:
        row = Dissolution.objects.select_for_update().filter(pk=effect["pk"]).first()
        if row and _text(row.ended_on) == effect["became"]:
            row.ended_on = date.fromisoformat(effect["ended_on"]) if effect["ended_on"] else None
            _sign(row, by=by, now=now)
            row.save()


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _sign(row: Dissolution, *, by: User | None, now: datetime, reason: str = "") -> None:
    """Let the line of change history that follows name who, when and why."""
    signed: Any = row
    signed._history_user, signed._history_date, signed._change_reason = by, now, reason[:100]


def _message(dissolution: Dissolution, *, to: Membership, source: str) -> Message:
    what, last_day = f"d{str(dissolution)[1:]}", f"{dissolution.ended_on:%-d %B %Y}"
    return Message(
        kind=KIND,
        subject=f"dissolution:{dissolution.pk}",
        recipient=to,
        due_on=dissolution.ended_on or dissolution.started_on,
        title=f"The {what} is over: a new Parliament is elected",
        body=(
            f"The list “{source}” has MPs elected after it began. No last day, or a later one, had been "
            f"entered: {last_day} has been recorded as the last day without MPs. If that is wrong, correct "
            "it; undoing the import takes it back."
        ),
        path=reverse("instance:sync_list"),
    )
