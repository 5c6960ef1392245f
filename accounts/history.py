"""Signing a row, so that the line of change history its saving writes names who and when; writing it once,
however often its form is sent; telling by that history whether somebody saved it meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Manager

from accounts.models import Membership

Row = TypeVar("Row", bound=Any)


def sign(row: Any, *, by: Membership, now: datetime) -> None:
    """Let the line of change history that follows name who and when."""
    row._history_user, row._history_date = by.user, now


def save_signed(row: Any, *, by: Membership, now: datetime) -> None:
    sign(row, by=by, now=now)
    row.save()


def delete_signed(row: Any, *, by: Membership, now: datetime) -> None:
    """Delete a row, inside a transaction; the history keeps it, and names who and when.

    Raises its model's DoesNotExist where somebody has deleted it before, who stays the one named.
    """
    row = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    sign(row, by=by, now=now)
    row.delete()


class SavedBefore(Exception):
    """The form was sent before, in other words than now: `saved` is what it wrote. Nothing was written."""

    def __init__(self, saved: Any) -> None:
        super().__init__("this form was saved before, in other words")
        self.saved = saved


def as_saved_before(saved: Row, sent: Mapping[str, Any]) -> Row:
    """The row that the same form wrote when it was sent before. Raises `SavedBefore` where that is not what
    is sent: a double click sends the same again, somebody who goes back and changes it does not.

    What the row says since somebody edited it is not compared, but for its relations to many.
    """
    written = saved.history.earliest("history_id") if hasattr(saved, "history") else saved
    for name, value in sent.items():
        known = getattr(saved, name)
        if not isinstance(known, Manager):
            known = getattr(written, name, known)  # the history leaves `submission` out
        if not _is(known, value):
            raise SavedBefore(saved)
    return saved


class EditedMeanwhile(Exception):
    """Somebody saved it after this edit began: `saved` is what stands now. Nothing was written.

    Where nothing stands, or does no more, it is an unsaved row or None.
    """

    def __init__(self, saved: Any) -> None:
        super().__init__("somebody saved it first")
        self.saved = saved


def refuse_if_edited(row: Any, *, since: int | None, sent: Mapping[str, Any]) -> None:
    """Raise `EditedMeanwhile` where a row, held, is at another version than that which the edit began from
    (None: whichever), unless it says all that is sent already: then nobody is in anybody's way."""
    if since is not None and version_of(row) != since and not _says(row, sent):
        raise EditedMeanwhile(row)


def _says(row: Any, sent: Mapping[str, Any]) -> bool:
    return all(_is(getattr(row, name), value) for name, value in sent.items())


def _is(known: Any, value: Any) -> bool:
    return bool(set(known.all()) == set(value) if isinstance(known, Manager) else known == value)


def save_once(row: Row, *, sent: Iterable[str], by: Membership, now: datetime) -> Row:
    """Save a new row, unless the form it comes from (`submission`) was sent before: give what that wrote.

    `sent` are the fields that people fill in. Raises `SavedBefore` where one of them says something else now.
    """
    said = {name: getattr(row, name) for name in sent}
    same: Any = type(row)._default_manager.filter(authority=by.authority_id, submission=row.submission)
    existing: Row | None = same.first()
    if existing:
        return as_saved_before(existing, said)
    try:
        with transaction.atomic():
            save_signed(row, by=by, now=now)
    except IntegrityError:  # the same form, sent twice at the same moment
        return as_saved_before(same.get(), said)
    return row


def version_of(row: Any) -> int:
    """Another number once somebody has edited the row: its own, or that of its newest line of history."""
    if hasattr(row, "version"):
        return int(row.version)
    return row.history.order_by("-history_id").values_list("history_id", flat=True).first() or 0
