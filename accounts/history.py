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


def says(row: Any, changes: Mapping[str, Any]) -> bool:
    """Whether a row says all this already: then nobody who sends it again is in anybody's way."""
    return all(_is(getattr(row, name), value) for name, value in changes.items())


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
    """Another number once somebody has saved the row again: that of its newest line of change history."""
    return row.history.order_by("-history_id").values_list("history_id", flat=True).first() or 0
