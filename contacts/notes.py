"""Writing down what is known or thought of an MP: background, campaign issues, positions, placements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from accounts.history import EditedMeanwhile, delete_signed, refuse_if_edited, save_once, save_signed, sign
from accounts.models import Authority, Membership
from accounts.services import save_named
from contacts.models import MP, ChecklistAnswer, Placement, PolicyArea, SourcedNote

Note = TypeVar("Note", bound=SourcedNote)

# What councils and MPs most often speak about; the political affairs lead changes the list.
DEFAULT_POLICY_AREAS = (
    "Adult social care",
    "Children and families",
    "Climate and environment",
    "Community safety",
    "Devolution and local government reform",
    "Economy and jobs",
    "Health",
    "Housing and planning",
    "Local government finance",
    "Schools and skills",
    "Transport",
)


class DatedAhead(Exception):
    """The date lies after today (in Europe/London)."""


@transaction.atomic
def add_note(*, by: Membership, note: Note, changes: Mapping[str, Any], now: datetime) -> Note:
    """Write down a note about its MP; the same `submission` again gives the same note.

    Raises DatedAhead, SavedBefore.
    """
    note.authority, note.recorded_by, note.recorded_at = by.authority, by, now
    _change(note, changes, now=now)
    return save_once(note, sent=changes, by=by, now=now)


@transaction.atomic
def correct_note(
    *, by: Membership, note: Note, version: int, changes: Mapping[str, Any], now: datetime
) -> Note:
    """Put right what was written down wrongly, as seen at `version`; the history keeps what it said before.

    Raises EditedMeanwhile or DatedAhead; DoesNotExist where somebody has removed it.
    """
    saved = type(note)._default_manager.select_for_update().get(authority=by.authority, pk=note.pk)
    refuse_if_edited(saved, since=version, sent=changes)
    saved.version += 1
    _change(saved, changes, now=now)
    save_signed(saved, by=by, now=now)
    return saved


@transaction.atomic
def remove_note(*, by: Membership, note: SourcedNote, now: datetime) -> None:
    """Take back a note that should not have been written; the history keeps it."""
    delete_signed(note, by=by, now=now)


@transaction.atomic
def place_mp(
    *,
    by: Membership,
    mp: MP,
    submission: UUID,
    influence: str,
    support: str,
    reason: str,
    placed_on: date,
    now: datetime,
) -> Placement:
    """Put an MP in a place on the stakeholder map; the same `submission` again gives the same placement.

    Raises DatedAhead, SavedBefore.
    """
    refuse_ahead(placed_on, now=now)
    placement = Placement(
        authority=by.authority,
        mp=mp,
        submission=submission,
        influence=influence,
        support=support,
        reason=reason,
        placed_on=placed_on,
        recorded_at=now,
        recorded_by=by,
    )
    sent = ("mp", "influence", "support", "reason", "placed_on")
    return save_once(placement, sent=sent, by=by, now=now)


@transaction.atomic
def withdraw(*, by: Membership, row: Placement | ChecklistAnswer, why: str, now: datetime) -> None:
    """Say that a placement or an answer was wrong: it counts no more, and stays to be read.

    Saying the same again changes nothing. Raises EditedMeanwhile where it was withdrawn otherwise.
    """
    Authority.objects.select_for_update().get(pk=by.authority_id)
    saved: Any = type(row)._default_manager.get(authority=by.authority, pk=row.pk)
    if saved.withdrawn_at is None:
        saved.withdrawn_at, saved.withdrawn_by, saved.withdrawn_why = now, by, why
        saved.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    elif (saved.withdrawn_by, saved.withdrawn_why) != (by, why):
        raise EditedMeanwhile(saved)


def _change(note: SourcedNote, changes: Mapping[str, Any], *, now: datetime) -> None:
    for name, value in changes.items():
        setattr(note, name, value)
    refuse_ahead(note.source_on, now=now)


def refuse_ahead(on: date, *, now: datetime) -> None:
    if on > timezone.localdate(now):
        raise DatedAhead


def create_default_policy_areas(*, authority: Authority) -> None:
    """Give the authority the usual policy areas of a council; those it has already stay as they are."""
    there = set(PolicyArea.objects.filter(authority=authority).values_list("name", flat=True))
    areas = [PolicyArea(authority=authority, name=name) for name in DEFAULT_POLICY_AREAS if name not in there]
    bulk_create_with_history(areas, PolicyArea)


@transaction.atomic
def save_policy_area(*, by: Membership, area: PolicyArea, now: datetime) -> None:
    """Raises accounts' NameTaken."""
    sign(area, by=by, now=now)
    save_named(area)
