"""Signing a row, so that the line of change history its saving writes names who and when; telling by that
history whether somebody saved it meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Membership


def sign(row: Any, *, by: Membership, now: datetime) -> None:
    """Let the line of change history that follows name who and when."""
    row._history_user, row._history_date = by.user, now


def save_signed(row: Any, *, by: Membership, now: datetime) -> None:
    sign(row, by=by, now=now)
    row.save()


def version_of(row: Any) -> int:
    """Another number once somebody has saved the row again: that of its newest line of change history."""
    return row.history.order_by("-history_id").values_list("history_id", flat=True).first() or 0
