"""The change history of an enquiry, in words: who changed which field, from what to what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils import timezone

from enquiries.models import Constituent, Enquiry

# What people or the clock change; the rest is bookkeeping.
FIELDS = (
    "mp",
    "constituency",
    "received_on",
    "received_time",
    "channel",
    "enquiry_type",
    "urgency",
    "topic",
    "subject",
    "question",
    "service",
    "owner",
    "acknowledge_by",
    "amber_on",
    "due_on",
    "acknowledged_on",
    "replied_on",
    "reply_working_days",
    "follow_up_until",
    "closed_at",
    "close_reason",
)
CONSTITUENT_FIELDS = ("name", "contact")


@dataclass(frozen=True)
class Change:
    at: datetime
    by: str
    field: str
    old: str
    new: str


def changes_of(enquiry: Enquiry) -> list[Change]:
    """Every change since the enquiry was logged, newest first."""
    found = [
        *_changes(Enquiry, enquiry.history.select_related("history_user"), FIELDS, ""),
        *_changes(
            Constituent,
            Constituent.history.filter(enquiry_id=enquiry.pk).select_related("history_user"),
            CONSTITUENT_FIELDS,
            "constituent’s ",
        ),
    ]
    return sorted(found, key=lambda change: change.at, reverse=True)


def _changes(model: type[models.Model], history: Any, names: Iterable[str], prefix: str) -> list[Change]:
    records = list(history.order_by("history_date", "history_id"))
    fields: dict[str, Any] = {name: model._meta.get_field(name) for name in names}
    labels = _labels(fields, records)

    def said(record: Any, name: str) -> str:
        if record is None or record.history_type == "-":
            return ""
        return _in_words(fields[name], getattr(record, fields[name].attname), labels[name])

    # An enquiry's first record is its logging, told by the timeline; a constituent may be added later.
    pairs = list(pairwise(records))
    if model is Constituent and records:
        pairs.insert(0, (None, records[0]))
    return [
        Change(
            after.history_date,
            str(after.history_user or ""),
            prefix + str(fields[name].verbose_name),
            said(before, name),
            said(after, name),
        )
        for before, after in pairs
        for name in fields
        if said(before, name) != said(after, name)
    ]


def _labels(fields: dict[str, Any], records: list[Any]) -> dict[str, dict[int, str]]:
    """Names of the rows that foreign keys ever pointed to: one query for each kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for name, field in fields.items():
        if field.is_relation:
            wanted[name] = {getattr(record, field.attname) for record in records} - {None}
    labels: dict[str, dict[int, str]] = defaultdict(dict)
    for name, keys in wanted.items():
        if keys:
            rows = fields[name].related_model._default_manager
            if name == "owner":
                rows = rows.select_related("user")
            labels[name] = {key: str(row) for key, row in rows.in_bulk(keys).items()}
    return labels


def _in_words(field: Any, value: Any, labels: dict[int, str]) -> str:
    if value is None or value == "":
        return ""
    if field.is_relation:
        return labels.get(value, "")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return written(value)


def written(value: Any) -> str:
    """A value as people write it: 4 June 2026, 09:32."""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%-d %B %Y, %H:%M}"
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return "" if value is None else str(value)
