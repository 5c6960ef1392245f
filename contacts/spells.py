"""Dated facts: who holds a seat, sits for which party, is called what and has which status, from a day to a
day."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import Q

from contacts.models import MPName, MPStatus, PartySpell, SeatHolding

Spell = TypeVar("Spell", SeatHolding, PartySpell, MPName, MPStatus)

# What of a row its end decides.
ENDING: dict[type, list[str]] = {SeatHolding: ["ended_on", "ended_by", "end_source"]}


class SpellsOverlap(Exception):
    """Writing these would give an MP two seats, parties, names or statuses on a day, or a seat two MPs."""


def day_before(day: date) -> date:
    return day - timedelta(days=1)


def write_spells(
    model: type[Spell],
    *,
    begin: Sequence[Spell] = (),
    end: Sequence[tuple[Spell, date]] = (),
    drop: Sequence[Spell] = (),
) -> None:
    """The one way to write seat holdings, party spells, names or statuses: drop some, end some (with their
    last day; how a holding ended is set on the row before), begin others.

    Raises SpellsOverlap, and writes nothing, if an MP would have two seats, parties, names or statuses, or a
    seat two holders, on any day; a spell's last day belongs to it. Call it inside a transaction. Takes at
    most five queries.
    """
    keys = ["mp_id", "constituency_id"] if model is SeatHolding else ["mp_id"]
    concerned = Q()
    for key in keys:
        concerned |= Q(**{f"{key}__in": {getattr(spell, key) for spell in begin}})
    gone = {spell.pk for spell in drop}
    last_days = {spell.pk: last_day for spell, last_day in end}
    after = (
        [spell for spell in model._default_manager.filter(concerned) if spell.pk not in gone] if begin else []
    )
    for spell in after:
        spell.ended_on = last_days.get(spell.pk, spell.ended_on)
    after.extend(begin)
    for key in keys:
        refuse_overlaps(after, key)
    if drop:
        model._default_manager.filter(pk__in=gone).delete()
    for spell, last_day in end:
        spell.ended_on = last_day
    model._default_manager.bulk_update(
        [spell for spell, _ in end], ENDING.get(model, ["ended_on"]), batch_size=500
    )
    model._default_manager.bulk_create(begin, batch_size=500)


def refuse_overlaps(spells: Iterable[Spell], key: str) -> None:
    by_key: dict[int, list[Spell]] = defaultdict(list)
    for spell in spells:
        by_key[getattr(spell, key)].append(spell)
    for rivals in by_key.values():
        rivals.sort(key=lambda spell: spell.started_on)
        for earlier, later in itertools.pairwise(rivals):
            if earlier.ended_on is None or earlier.ended_on >= later.started_on:
                raise SpellsOverlap(f"{_in_words(earlier)} has not ended when {_in_words(later)} begins.")


def _in_words(spell: SeatHolding | PartySpell | MPName | MPStatus) -> str:
    match spell:
        case SeatHolding():
            what = f"{spell.mp} in {spell.constituency}"
        case PartySpell():
            what = f"{spell.mp} for {spell.party}"
        case MPName():
            what = f"{spell.name} as a name"
        case _:
            what = f"{spell.mp} with the status {spell.status}"
    return f"“{what} from {spell.started_on:%-d %B %Y}”"
