"""Dated facts: who holds a seat, sits for which party, is called what and has which status, from a day to a
day."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import Q

from contacts.models import DatedFact, Dissolution, MPName, MPStatus, PartySpell, SeatHolding

Spell = TypeVar("Spell", bound=DatedFact)


class SpellsOverlap(Exception):
    """Writing these would give an MP two seats, parties, names or statuses on a day, or a seat two MPs."""


def day_before(day: date) -> date:
    return day - timedelta(days=1)


def write_spells(
    model: type[Spell],
    *,
    begin: Sequence[Spell] = (),
    end: Sequence[tuple[Spell, date]] = (),
    change: Sequence[Spell] = (),
    drop: Sequence[Spell] = (),
) -> None:
    """The one way to write seat holdings, party spells, names or statuses: drop some, end some (with their
    last day), change some (already set on the row: other days, or how and where it was read), begin others.

    Raises SpellsOverlap, and writes nothing, if an MP would have two seats, parties, names or statuses, or a
    seat two holders, on any day; a spell's last day belongs to it. Call it inside a transaction. Takes at
    most five queries; of seat holdings one more, and one for a House that becomes known by it.
    """
    for spell, last_day in end:
        spell.ended_on = last_day
    changed = {spell.pk: spell for spell in (*change, *(spell for spell, _ in end))}
    gone = {spell.pk for spell in drop}
    keys = ["mp_id", "constituency_id"] if model is SeatHolding else ["mp_id"]
    here = _rows_about(model, [*begin, *changed.values()], keys)
    after = [changed.get(pk, row) for pk, row in here.items() if pk not in gone]
    for key in keys:
        refuse_overlaps([*after, *begin], key)
    if drop:
        model._default_manager.filter(pk__in=gone).delete()
    names = [field.attname for field in model._meta.concrete_fields]
    touched = {
        name for pk, row in changed.items() for name in names if getattr(row, name) != getattr(here[pk], name)
    }
    # Those that end first: they make room for those that are open again.
    for rows in (
        [row for row in changed.values() if row.ended_on is not None],
        [row for row in changed.values() if row.ended_on is None],
    ):
        if rows and touched:
            model._default_manager.bulk_update(rows, sorted(touched), batch_size=500)
    model._default_manager.bulk_create(begin, batch_size=500)
    if model is SeatHolding:
        Dissolution.objects.note_the_house()


def _rows_about(model: type[Spell], spells: Iterable[Spell], keys: Iterable[str]) -> dict[int, Spell]:
    """The rows here of the same MPs, and seats, by key; the changed ones among them as they were."""
    spells = list(spells)
    about = Q()
    for key in keys:
        about |= Q(**{f"{key}__in": {getattr(spell, key) for spell in spells}})
    rows: Iterable[Any] = model._default_manager.filter(about) if spells else ()
    return {row.pk: row for row in rows}


def refuse_overlaps(spells: Iterable[Spell], key: str) -> None:
    by_key: dict[int, list[Spell]] = defaultdict(list)
    for spell in spells:
        by_key[getattr(spell, key)].append(spell)
    for rivals in by_key.values():
        rivals.sort(key=lambda spell: spell.started_on)
        for earlier, later in itertools.pairwise(rivals):
            if earlier.ended_on is None or earlier.ended_on >= later.started_on:
                raise SpellsOverlap(f"{_in_words(earlier)} has not ended when {_in_words(later)} begins.")


def _in_words(spell: DatedFact) -> str:
    match spell:
        case SeatHolding():
            what = f"{spell.mp} in {spell.constituency}"
        case PartySpell():
            what = f"{spell.mp} for {spell.party}"
        case MPName():
            what = f"{spell.name} as a name"
        case MPStatus():
            what = f"{spell.mp} with the status {spell.status}"
    return f"“{what} from {spell.started_on:%-d %B %Y}”"
