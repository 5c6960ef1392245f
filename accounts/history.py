"""Signing a row, so that the line of change history its saving writes names who and when."""

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
