"""For whom MPs sat when, put right by what a list tells of their earlier parties.

A list says whom an MP sits for on its day, so a change counts from there until some list, or Parliament's own
history, says since when. Compares with the facts here, writes nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from contacts.imports import parties
from contacts.imports.entries import Entry
from contacts.imports.planned import Placed, Plan, Sat
from contacts.models import PartySpell, SeatHolding
from contacts.spells import day_before

# Sources differ by a few days on when somebody sat for another party.
NEAR = timedelta(days=7)
# A list of a day may tell of some weeks before.
STALE = timedelta(days=31)


class Told(NamedTuple):
    """From when, and how it came, that an MP sat for a party."""

    party: parties.Statement
    day: date
    by: str = ""


def tell_parties(plan: Plan, past: list[tuple[int, int, Entry]]) -> None:
    """What the list's rows, and those on holdings that are over, add about earlier parties."""
    facts = plan.facts
    starts = {row.pk: more["started_on"] for row, more in plan.learnt if is_moved(row, more)}
    for placed in plan.placed:
        held = facts.holder.get(placed.code)
        begun = placed.started_on or (starts.get(held.pk, held.started_on) if held else None)
        if begun and not placed.entry.is_vacant:
            known = facts.parties_of.get(placed.mp.pk, []) if placed.mp else []
            put_right(plan, placed.entry, [spell for spell in known if lasts(spell, begun)], begun, of=placed)
    last_days = {holding.pk: last_day for holding, last_day in plan.leaving}
    last_days |= {row.pk: more["ended_on"] for row, more in plan.learnt if "ended_by" in more}
    staying = {placed.mp.pk for placed in plan.placed if placed.mp}
    for mp, seat, entry in past:
        ended_on = date.fromisoformat(entry.ended_on)
        meant = [
            holding
            for holding in facts.holdings_of_mp[mp]
            if holding.constituency_id == seat and holding.started_on <= ended_on
        ]
        last_day = last_days.get(meant[-1].pk, meant[-1].ended_on) if meant else None
        if not last_day:
            continue
        begun, over = meant[-1].started_on, max(last_day, meant[-1].ended_on or last_day)
        known = [spell for spell in facts.parties_of.get(mp, []) if lasts(spell, begun, last_day)]
        goes_on = known and (known[-1].ended_on or (date.max if mp in staying else over)) > over
        if not goes_on:  # into another seat, or the same one won again
            put_right(plan, entry, known, begun, of=meant[-1], last_day=last_day)


def is_moved(row: object, more: dict[str, object]) -> bool:
    return isinstance(row, SeatHolding) and "started_on" in more


def lasts(spell: PartySpell, begun: date, last_day: date = date.max) -> bool:
    """Whether the spell lies, at least partly, in a holding of these days."""
    return spell.started_on <= last_day and (spell.ended_on is None or spell.ended_on >= begun)


def put_right(
    plan: Plan,
    entry: Entry,
    known: list[PartySpell],
    begun: date,
    *,
    of: Placed | SeatHolding,
    last_day: date | None = None,
) -> None:
    """Note how the spells known of a holding begin and end by what a row tells, and what it tells besides.

    Nothing where the row's parties do not come in the order of those known: a list that tells of fewer takes
    none away. No spell begins later than it is known to.
    """
    told = within(told_in(entry), begun, known)
    found = matched(known, told)
    if not told or found is None or told[-1].day > (last_day or plan.list_date):
        return
    days = [min(t.day, found[at].started_on) if at in found else t.day for at, t in enumerate(told)]
    if any(later <= earlier for earlier, later in pairwise(days)):
        return
    last_days = [*map(day_before, days[1:]), last_day]
    for at, each in enumerate(told):
        if at in found:
            learn_of(plan, found[at], each, days[at], last_days[at] if at + 1 < len(told) else None)
        elif ended_on := last_days[at]:
            mp = of.mp if isinstance(of, Placed) else plan.facts.mps[of.mp_id]
            plan.sat.append(Sat(mp, entry.row, each.party, days[at], ended_on, each.by))
        elif isinstance(of, Placed):
            of.party, of.party_from = each.party, days[at]


def told_in(entry: Entry) -> list[Told]:
    """The parties a row tells of, the earliest first, after the last gap between them."""
    statement = parties.understand(entry.party, entry.second_party)
    if statement is None or not entry.party_since:
        return []
    told = [Told(statement, date.fromisoformat(entry.party_since), entry.party_by)]
    for party, second_party, begun, ended, by in reversed(entry.former_parties):
        before = parties.understand(party, second_party)
        if before is None or not ended or told[0].day - date.fromisoformat(ended) > NEAR:
            break
        if before.name == told[0].party.name:
            told.pop(0)
        told.insert(0, Told(before, date.fromisoformat(begun), by))
    return told


def within(told: list[Told], begun: date, known: list[PartySpell]) -> list[Told]:
    """What is told of a holding that began on this day; led by what is known of its beginning where the row
    does not tell of that."""
    first = max(
        (at for at, t in enumerate(told) if t.day <= begun or (not t.by and t.day - begun <= NEAR)),
        default=None,
    )
    if first is not None:
        return [Told(told[first].party, begun), *told[first + 1 :]]
    before = [
        Told(parties.Statement(spell.party.name), spell.started_on)
        for spell in known
        if told and spell.started_on < told[0].day
    ]
    if before and told[0].party.allows(before[-1].party.name):
        since = before.pop()
        is_same = told[0].day - since.day <= NEAR
        return [*before, Told(since.party, since.day, told[0].by if is_same else ""), *told[1:]]
    return [*before, *told]


def matched(known: list[PartySpell], told: list[Told]) -> dict[int, PartySpell] | None:
    """Which of the parties told of each known spell is, by position; None where they contradict each other:
    in another order, or the MP was seen sitting for a party that is told of only later, or long over."""
    found: dict[int, PartySpell] = {}
    least = 0
    for spell in known:
        fitting = [
            at
            for at in range(least, len(told))
            if told[at].party.allows(spell.party.name)
            and told[at].day <= spell.started_on + NEAR
            and (at + 1 == len(told) or told[at + 1].day > spell.started_on - STALE)
        ]
        if not fitting:
            return None
        found[fitting[-1]] = spell
        least = fitting[-1] + 1
    return found


def learn_of(plan: Plan, spell: PartySpell, told: Told, day: date, last_day: date | None) -> None:
    more: dict[str, object] = {}
    if spell.started_on != day:
        more["started_on"] = day
    if told.by and not spell.begun_by and told.day - day <= NEAR:
        more["begun_by"] = told.by
    if last_day and spell.ended_on != last_day:
        more["ended_on"] = last_day
    if more:
        plan.learnt.append((spell, more))
