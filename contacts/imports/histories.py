"""How what a list says joins what was so before: which names an MP has had when, how holdings began and
ended. Compares with the facts here, writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from datetime import date, timedelta
from typing import Any

from contacts import elections
from contacts.imports import names as naming
from contacts.imports import whips
from contacts.imports.entries import Entry
from contacts.imports.matching import Facts, find_seat
from contacts.imports.planned import Named, Placed, Plan
from contacts.models import Beginning, Ending, MPName, PartySpell, SeatHolding

Learnt = tuple[SeatHolding | PartySpell | MPName, dict[str, Any]]


# --- Names --------------------------------------------------------------------------------


def names(facts: Facts, placed: Placed, *, on: date) -> tuple[list[Named], list[tuple[MPName, date | None]]]:
    """The names a row begins, and those it ends (or takes back: None).

    Parliament's own history of names counts where nothing but the present name is recorded here; else a new
    name begins on the day Parliament gives, if that fits, or on the list's. The name of an MP of whom no list
    with Parliament's ids had told is corrected by the first that does, as from its beginning.
    """
    known = facts.names_of.get(placed.mp.pk, []) if placed.mp else []
    since = date.fromisoformat(placed.entry.name_since) if placed.entry.name_since else None
    is_renamed = placed.mp is not None and placed.mp.name != placed.name
    if len(known) <= 1 and not is_renamed and since and placed.entry.former_names:
        told = list(told_names(placed, since))
        if not known or [tuple(named) for named in told] != [
            (n.name, n.sort_name, n.started_on, n.ended_on) for n in known
        ]:
            return told, [(name, None) for name in known]
        return [], []
    if not known:
        held = facts.seat_of.get(placed.mp.pk) if placed.mp else None
        first = placed.started_on or (held.started_on if held else on)
        return [Named(placed.name, placed.sort_name, first, None)], []
    if not is_renamed:
        return [], []
    last = known[-1]
    if "parliament_id" in placed.learnt:
        return [Named(placed.name, placed.sort_name, last.started_on, None)], [(last, None)]
    fits = since and last.started_on < since <= on
    begins = since if since and fits else on
    over = begins - timedelta(days=1)
    return [Named(placed.name, placed.sort_name, begins, None)], [
        (last, over if over >= last.started_on else None)
    ]


def told_names(placed: Placed, since: date) -> Iterator[Named]:
    """Parliament's history, the earliest name first; a day on which two names meet belongs to the later."""
    starts = [date.fromisoformat(begun) for _, _, begun, _ in placed.entry.former_names] + [since]
    for (name, sort_name, begun, ended), following in zip(placed.entry.former_names, starts[1:], strict=True):
        last = min(date.fromisoformat(ended), following - timedelta(days=1))
        if last >= date.fromisoformat(begun):
            yield Named(name, sort_name, date.fromisoformat(begun), last)
    yield Named(placed.name, placed.sort_name, since, None)


# --- Holdings -------------------------------------------------------------------------------


def tell_how(plan: Plan) -> None:
    """How each holding that the list begins began, how each that it ends ended and, where a row of it says
    so, on which day; the same for holdings known already of which that was not known."""
    past = list(past_holdings(plan))
    settle_elections(plan)
    for placed in plan.placed:
        if placed.started_on:
            placed.begun_by = how_begun(plan, placed, placed.started_on)
    plan.leaving = [settled_end(plan, past, holding, last_day) for holding, last_day in plan.leaving]
    gone = {holding.pk for holding, _ in plan.leaving}
    for holdings in plan.facts.holdings_of_seat.values():
        for holding in holdings:
            if holding.ended_on and not holding.ended_by and holding.pk not in gone:
                plan.learnt += what_ended(plan.facts, holding, past)
    ended = {row.pk: more["ended_on"] for row, more in plan.learnt}
    for placed in plan.placed:
        held = plan.facts.holder.get(placed.code)
        if held and placed.mp and held.mp_id == placed.mp.pk and not placed.started_on:
            plan.learnt += what_began(plan, placed, held, ended)
    whips.tell_parties(plan, past)


def past_holdings(plan: Plan) -> Iterator[tuple[int, int, Entry]]:
    """The list's rows on holdings that are over, each with the keys of the MP and the seat it means."""
    facts = plan.facts
    for entry in plan.listing.past:
        code, problem = find_seat(facts, entry)
        by_id = facts.by_parliament_id.get(entry.parliament_id or 0) or facts.by_twfy_id.get(
            entry.twfy_id or 0
        )
        named = [] if entry.has_id else facts.named.get(naming.words(entry.name), [])
        mp = by_id or (named[0] if len(named) == 1 else None)
        if mp and code and not problem and code in facts.seats:
            yield mp.pk, facts.seats[code].pk, entry


def told_end(past: list[tuple[int, int, Entry]], holding: SeatHolding, *, by: date) -> Entry | None:
    """The row that says when and how this holding ended, at the latest on the day `by`."""
    found = [
        entry
        for mp, seat, entry in past
        if (mp, seat) == (holding.mp_id, holding.constituency_id)
        and holding.started_on <= date.fromisoformat(entry.ended_on) <= by
    ]
    return max(found, key=lambda entry: entry.ended_on, default=None)


def what_ended(facts: Facts, holding: SeatHolding, past: list[tuple[int, int, Entry]]) -> Iterator[Learnt]:
    """How a holding of which that was not known ended, and on which day, if a row of the list says so. The
    party that ended with it moves along."""
    told = told_end(past, holding, by=holding.ended_on or date.max)
    if told and told.ended_by:
        day = date.fromisoformat(told.ended_on)
        for spell in facts.parties_of.get(holding.mp_id, []):
            if spell.ended_on == holding.ended_on != day and spell.started_on <= day:
                yield spell, {"ended_on": day}
        yield holding, {"ended_by": told.ended_by, "ended_on": day}


def what_began(plan: Plan, placed: Placed, held: SeatHolding, ended: Mapping[int, date]) -> Iterator[Learnt]:
    """How a holding that goes on began; and the day, where the row gives an earlier one that fits: what was
    first seen on a list's day began before it. The party and the name that began with it move along.

    `ended`: last days that the list itself gives to holdings before it.
    """
    facts, entry = plan.facts, placed.entry
    more: dict[str, Any] = {}
    before = [*facts.holdings_of_seat[placed.code], *facts.holdings_of_mp[held.mp_id]]
    last_days = [ended.get(h.pk, h.ended_on or h.started_on) for h in before if h.pk != held.pk]
    last = max(last_days, default=None)
    elected_on = facts.commons.elected_by(held.started_on)
    earliest = last + timedelta(days=1) if last else elected_on
    day = date.fromisoformat(entry.started_on) if entry.started_on else held.started_on
    if max(earliest, elected_on) <= day < held.started_on:
        more["started_on"] = day
        spells, names = facts.parties_of.get(held.mp_id, []), facts.names_of.get(held.mp_id, [])
        if spells and spells[0].started_on == held.started_on:
            yield spells[0], {"started_on": day}
        if len(names) == 1 and names[0].started_on == held.started_on:
            yield names[0], {"started_on": day}
    if not held.begun_by and (how := how_begun(plan, placed, day if "started_on" in more else None)):
        more["begun_by"] = how
    if more:
        yield held, more


def how_begun(plan: Plan, placed: Placed, start: date | None) -> str:
    """As the row says; else by the day, if it is known: between general elections a seat is won at a
    by-election."""
    if placed.entry.begun_by:
        return placed.entry.begun_by
    if start is None:
        return ""
    if elections.is_around(start, plan.polls):
        return Beginning.GENERAL_ELECTION
    before = plan.facts.holdings_of_seat.get(placed.code)
    if before and before[-1].ended_by == Ending.DISSOLUTION:
        return Beginning.GENERAL_ELECTION
    others = [holding for holding in before or [] if placed.started_on or holding.ended_on]
    return Beginning.BY_ELECTION if is_day_told(placed, start) or others else ""


def is_day_told(placed: Placed, start: date) -> bool:
    """Whether the row itself says that the holding began on this day."""
    return start.isoformat() in (placed.entry.started_on, placed.entry.known_since)


def settle_elections(plan: Plan) -> None:
    """Which dissolutions the list ends, and which general elections are known, by what is recorded here and
    by how many seats the list fills at once."""
    facts, told, seen = plan.facts, [], []
    for placed in plan.placed:
        if placed.started_on and is_day_told(placed, placed.started_on):
            told.append(placed.started_on)
        elif placed.started_on and facts.holdings_of_seat.get(placed.code):
            seen.append(placed.started_on)
    recorded = [
        holding.started_on
        for holdings in facts.holdings_of_seat.values()
        for holding in holdings
        if holding.begun_by == Beginning.GENERAL_ELECTION
    ]
    plan.over = elections.dissolutions_over(facts.dissolutions, told=told, seen=seen)
    last_days = {each.pk: last_day for each, last_day in plan.over}
    for each in map(copy, facts.dissolutions):
        each.ended_on = last_days.get(each.pk, each.ended_on)
        plan.dissolutions.append(each)
    plan.polls = elections.polls(plan.dissolutions, [*told, *seen, *recorded])


def settled_end(
    plan: Plan, past: list[tuple[int, int, Entry]], holding: SeatHolding, last_day: date | None
) -> tuple[SeatHolding, date | None]:
    """The holding with its last day, having noted how it ended: as a row says; else in a dissolution that was
    entered, or at a general election; else that is not known."""
    if last_day is None:
        return holding, None
    told = told_end(past, holding, by=last_day)
    dissolved_on = next(
        (d.started_on for d in plan.dissolutions if elections.has_ended(d, last_day, plan.known_to)),
        None,
    )
    next_one = next((p for p in plan.placed if is_seat(plan, p, holding) and p.started_on), None)
    if told:
        last_day = date.fromisoformat(told.ended_on)
    elif dissolved_on and holding.started_on < dissolved_on:
        last_day = dissolved_on - timedelta(days=1)
    if told and told.ended_by:
        how = told.ended_by
    elif dissolved_on:
        how = Ending.DISSOLUTION
    elif (next_one and next_one.begun_by == Beginning.GENERAL_ELECTION) or holding in plan.facts.stranded:
        how = Ending.GENERAL_ELECTION
    else:
        how = ""
    plan.ended_by[holding.pk] = how
    return holding, last_day


def is_seat(plan: Plan, placed: Placed, holding: SeatHolding) -> bool:
    seat = plan.facts.seats.get(placed.code)
    return seat is not None and seat.pk == holding.constituency_id
