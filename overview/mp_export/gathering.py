"""Reading everything held about one MP, in words and as data: reading only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models

from accounts.models import Authority, AuthorityOwned, Membership
from accounts.templatetags.page import day, moment
from contacts.models import MP
from overview.mp_export.held import OURS, PARLIAMENTS, Held

# Keys and counters that say nothing of anybody, and rows that are named already by where they stand.
UNSAID = {"id", "key", "authority", "version", "submission", "mp", "plan", "handover", "path", "is_fictional"}
LAST = {"source", "source_url", "source_on", "recorded_at", "recorded_by"}
HOW = {"+": "Written", "~": "Changed", "-": "Removed"}


@dataclass(frozen=True)
class Said:
    """One field of a row: its label and value in words, and the value as data."""

    name: str
    label: str
    words: str
    value: Any


@dataclass(frozen=True)
class Entry:
    mark: str
    said: list[Said]


@dataclass(frozen=True)
class Change:
    """One line of change history: what was written, or what differs from the line before."""

    at: datetime
    by: str
    how: str
    said: list[Said]


@dataclass(frozen=True)
class Section:
    title: str
    entries: list[Entry]
    changes: list[Change]


def gather(mp: MP, *, authority: Authority, with_text: bool) -> tuple[list[Section], list[Section]]:
    """What the authority holds about the MP, and what Parliament says: a constant number of queries."""
    ours = [held for held in OURS if with_text or not held.only_with_text]
    return (
        [_section(held, mp, authority) for held in ours],
        [_section(held, mp, authority) for held in PARLIAMENTS],
    )


def _section(held: Held, mp: MP, authority: Authority) -> Section:
    rows = _of(held.model, held, mp, authority)
    fields = [each for each in _fields(held.model, held) if held.mark or each.name != held.marked_by]
    lists = [each for each in held.model._meta.many_to_many if not held.fields]
    entries = [
        Entry(
            held.mark or getattr(row, f"get_{held.marked_by}_display")() or "Not marked",
            [
                *(_said(row, each) for each in fields),
                *(_named(row, each) for each in lists),
                *(_asked(row, name) for name in held.also),
            ],
        )
        for row in rows.prefetch_related(*(f"{each.name}__user" for each in lists))
    ]
    history: Any = getattr(held.model, "history", None)
    return Section(held.title, entries, _changes(held, mp, authority) if history else [])


def _of(model: type[models.Model], held: Held, mp: MP, authority: Authority) -> models.QuerySet[Any]:
    """The rows of the model, or of its history, about the MP; where they are owned, the authority's alone."""
    rows = model._default_manager.filter(held.about(mp))
    if issubclass(held.model, AuthorityOwned):
        rows = rows.filter(authority=authority)
    named = [each for each in _fields(model, held) if isinstance(each, models.ForeignKey)]
    joins = [f"{each.name}__user" if each.related_model is Membership else each.name for each in named]
    return rows.select_related(*joins) if joins else rows


def _fields(model: type[models.Model], held: Held) -> list[models.Field[Any, Any]]:
    """Those of the model that say something, in its own order, but who says so and who wrote it last."""
    said = [
        each
        for each in model._meta.concrete_fields
        if (each.name in held.fields if held.fields else each.name not in UNSAID)
        and not each.name.startswith("history_")
    ]
    return sorted(said, key=lambda each: each.name in LAST)


def _said(row: Any, each: models.Field[Any, Any]) -> Said:
    value = getattr(row, each.name)
    label = str(each.verbose_name)
    if isinstance(each, models.ForeignKey):
        words = "" if value is None else str(value)
        return Said(each.name, label, words, words)
    if each.choices:
        return Said(each.name, label, str(dict(each.flatchoices).get(value, value)), value)
    return Said(each.name, label, _in_words(value), value)


def _named(row: Any, each: models.ManyToManyField[Any, Any]) -> Said:
    names = [str(one) for one in getattr(row, each.name).all()]
    return Said(each.name, str(each.verbose_name), ", ".join(names), names)


def _asked(row: Any, name: str) -> Said:
    words = str(getattr(row, name))
    return Said(name, name, words, words)


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return "" if value is None else str(value)


def _changes(held: Held, mp: MP, authority: Authority) -> list[Change]:
    """The change history of these rows and of those removed, oldest first."""
    history = held.model.history.model  # type: ignore[attr-defined]
    lines = (
        _of(history, held, mp, authority)
        .select_related("history_user")
        .order_by("history_date", "history_id")
    )
    before: dict[Any, list[Said]] = defaultdict(list)
    changes = []
    fields = _fields(history, held)
    for line in lines.select_related("history_user"):
        said = [_said(line, each) for each in fields]
        differs = said if line.history_type == "-" else _new_in(said, before[line.id])
        before[line.id] = said
        if differs:
            by = str(line.history_user) if line.history_user else "mpcrm itself"
            changes.append(Change(line.history_date, by, HOW[line.history_type], differs))
    return changes


def _new_in(said: Iterable[Said], before: list[Said]) -> list[Said]:
    """What is said now and was not before; of a new row, whatever is not empty."""
    old = {each.name: each.value for each in before}
    return [each for each in said if (each.value != old[each.name] if old else each.words)]
