"""Signing a row, so that the line of change history its saving writes names who and when; writing it once,
however often its form is sent; telling by that history whether somebody saved it meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from accounts.models import Membership

Row = TypeVar("Row", bound=Any)


def sign(row: Any, *, by: Membership, now: datetime) -> None:
    """Let the line of change history that follows name who and when."""
    row._history_user, row._history_date = by.user, now


def save_signed(row: Any, *, by: Membership, now: datetime) -> None:
    sign(row, by=by, now=now)
    row.save()


def save_once(row: Row, *, by: Membership, now: datetime) -> Row:
    """Save a new row, unless the form it comes from (`submission`) was sent before: give what that wrote."""
    same: Any = type(row)._default_manager.filter(authority=by.authority_id, submission=row.submission)
    existing: Row | None = same.first()
    if existing:
        return existing
    try:
        with transaction.atomic():
            save_signed(row, by=by, now=now)
    except IntegrityError:  # the same form, sent twice at the same moment
        row = same.get()
    return row


def version_of(row: Any) -> int:
    """Another number once somebody has saved the row again: that of its newest line of change history."""
    return row.history.order_by("-history_id").values_list("history_id", flat=True).first() or 0
