"""Writing what a list of MPs says, and noting what undoing it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import models

from contacts.imports import parties, post_plan, seats
from contacts.imports.planned import Plan
from contacts.imports.posts import ends_with_seat
from contacts.imports.reading import ListRefused
from contacts.models import (
    MP,
    OF_BODIES,
    Constituency,
    DatedFact,
    Ending,
    MPName,
    MPStatus,
    Party,
    PartySpell,
    Post,
    SeatHolding,
)
from contacts.spells import Spell, SpellsOverlap, day_before, write_spells

# What effects call each kind of dated fact.
SPELLS: dict[str, type[DatedFact]] = {
    "holding": SeatHolding,
    "party_spell": PartySpell,
    "name": MPName,
    "status": MPStatus,
}
KIND_OF = {model: kind for kind, model in SPELLS.items()}
WITH_A_PARLIAMENT = (Ending.DISSOLUTION, Ending.GENERAL_ELECTION)


class Effects:
    """What an import did to the facts, kept as JSON so that it can be undone: rows made, rows as they were
    before they were changed or taken away. `source` is what the rows say they were read in."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.made: dict[str, list[int]] = defaultdict(list)
        self.were: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.dropped: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def as_json(self) -> dict[str, Any]:
        kept: list[tuple[str, Mapping[str, list[Any]]]] = [
            ("made", self.made),
            ("were", self.were),
            ("dropped", self.dropped),
        ]
        return {what: {kind: rows for kind, rows in kinds.items() if rows} for what, kinds in kept}


def write_mps(plan: Plan, *, source: str) -> dict[str, Any]:
    """Write what a list of MPs says; what undoing takes."""
    effects = Effects(source)
    make_seats(plan, effects)
    people = make_and_change_mps(plan, effects)
    learnt = learn(plan, effects)
    try:
        move_names(plan, people, effects, change=learnt[MPName])
        move_holdings(plan, people, effects, change=learnt[SeatHolding])
        move_parties(plan, people, effects, change=learnt[PartySpell])
        move_statuses(plan, people, effects)
    except SpellsOverlap as overlap:
        raise ListRefused(
            f"The list contradicts what is recorded here: {overlap}", rows=plan.listing.rows
        ) from overlap
    end_posts(plan, effects)
    return effects.as_json()


def make_seats(plan: Plan, effects: Effects) -> None:
    """Seats that are missing here, from their codes; and the region of seats that have none."""
    known = plan.facts.seats
    missing = [
        Constituency(
            ons_code=placed.code,
            name=placed.entry.seat_name[:150] or placed.code,
            nation=seats.nation_of(placed.code),
            region=placed.entry.region,
            started_on=seats.started_on(placed.code),
        )
        for placed in plan.placed
        if placed.code not in known
    ]
    without_region = []
    for placed in plan.placed:
        seat = known.get(placed.code)
        if seat and placed.entry.region and not seat.region:
            effects.were["constituency"].append({"pk": seat.pk, "region": ""})
            seat.region = placed.entry.region
            without_region.append(seat)
    Constituency.objects.bulk_update(without_region, ["region"], batch_size=500)
    for seat in Constituency.objects.bulk_create(missing, batch_size=500):
        known[seat.ons_code] = seat
        effects.made["constituency"].append(seat.pk)


def make_and_change_mps(plan: Plan, effects: Effects) -> dict[int, MP]:
    """The MP of every placed row, by row number: made, changed, or as they are."""
    people: dict[int, MP] = {}
    fresh, changed = [], []
    for placed in plan.placed:
        entry, mp = placed.entry, placed.mp
        if entry.is_vacant:
            continue
        if mp is None:
            mp = MP(
                parliament_id=entry.parliament_id,
                twfy_id=entry.twfy_id,
                name=placed.name,
                sort_name=placed.sort_name[:150],
            )
            fresh.append(mp)
        else:
            wanted = {"name": placed.name, "sort_name": placed.sort_name[:150], **placed.learnt}
            were = {k: getattr(mp, k) for k, value in wanted.items() if getattr(mp, k) != value}
            if were:
                effects.were["mp"].append({"pk": mp.pk, **were})
                for attribute, value in wanted.items():
                    setattr(mp, attribute, value)
                changed.append(mp)
        people[entry.row] = mp
    MP.objects.bulk_update(changed, ["name", "sort_name", "parliament_id", "twfy_id"], batch_size=200)
    MP.objects.bulk_create(fresh, batch_size=500)
    effects.made["mp"] += [mp.pk for mp in fresh]
    return people


def learn(plan: Plan, effects: Effects) -> dict[type, list[Any]]:
    """Rows that are here with what the list adds to them, to be saved: when and how they began or ended."""
    learnt: dict[type, list[Any]] = defaultdict(list)
    for row, told in plan.learnt:
        more = {name: value for name, value in told.items() if getattr(row, name) != value}
        if not more:
            continue
        if more.keys() & {"ended_on", "ended_by"}:
            more["end_source"] = effects.source
        if more.keys() & {"started_on", "begun_by"}:
            more["source"] = effects.source
        effects.were[KIND_OF[type(row)]].append({"pk": row.pk, **as_was(row, more)})
        for attribute, value in more.items():
            setattr(row, attribute, value)
        learnt[type(row)].append(row)
    return learnt


def move_names(plan: Plan, people: dict[int, MP], effects: Effects, *, change: list[MPName]) -> None:
    """Begin and end names, so that each MP's open one is the name the MP has."""
    begin, end, drop, source = [], [], [], effects.source
    for placed in plan.placed:
        if placed.entry.is_vacant:
            continue
        mp = people[placed.entry.row]
        begin += [
            MPName(mp=mp, **named._asdict(), source=source, end_source=source if named.ended_on else "")
            for named in placed.names
        ]
        end += [(name, last_day) for name, last_day in placed.names_over if last_day]
        drop += [name for name, last_day in placed.names_over if last_day is None]
        now = next((name for name in plan.facts.names_of.get(mp.pk, []) if name.ended_on is None), None)
        if now and not placed.names_over and now.sort_name != mp.sort_name:
            effects.were["name"].append({"pk": now.pk, "sort_name": now.sort_name})
            now.sort_name = mp.sort_name
            change.append(now)
    write(effects, MPName, begin=begin, end=end, drop=drop, change=change)


def move_holdings(plan: Plan, people: dict[int, MP], effects: Effects, *, change: list[SeatHolding]) -> None:
    begin = [
        SeatHolding(
            mp=people[placed.entry.row],
            constituency=plan.facts.seats[placed.code],
            started_on=placed.started_on,
            begun_by=placed.begun_by,
            source=effects.source,
        )
        for placed in plan.placed
        if placed.started_on
    ]
    end = [(holding, last_day) for holding, last_day in plan.leaving if last_day]
    drop = [holding for holding, last_day in plan.leaving if last_day is None]
    write(effects, SeatHolding, begin=begin, end=end, drop=drop, change=change, ended_by=plan.ended_by)


def move_parties(plan: Plan, people: dict[int, MP], effects: Effects, *, change: list[PartySpell]) -> None:
    """Begin the party spells that rows state; end those they replace, and those of MPs who left."""
    wanted = {placed.party.name for placed in plan.placed if placed.party}
    wanted |= {sat.party.name for sat in plan.sat}
    known = {party.name: party for party in Party.objects.filter(name__in=wanted)}
    missing = []
    for name in sorted(wanted - known.keys()):
        table = parties.BY_NAME.get(name)
        party = Party(name=name)
        if table:
            party.abbreviation, party.colour = table.abbreviation, table.colour
        missing.append(party)
    for party in Party.objects.bulk_create(missing):
        known[party.name] = party
        effects.made["party"].append(party.pk)
    source = effects.source
    begin, replaced = [], {}
    for sat in plan.sat:
        begin.append(
            PartySpell(
                mp=sat.mp or people[sat.row],
                party=known[sat.party.name],
                started_on=sat.started_on,
                ended_on=sat.ended_on,
                begun_by=sat.begun_by,
                source=source,
                end_source=source,
            )
        )
    for placed in plan.placed:
        if not placed.party or not placed.party_from:
            continue
        mp = people[placed.entry.row]
        begin.append(
            PartySpell(
                mp=mp,
                party=known[placed.party.name],
                started_on=placed.party_from,
                begun_by=placed.entry.party_by,
                source=source,
            )
        )
        spell = plan.facts.party_of.get(mp.pk)
        if spell and spell.ended_on is None:
            replaced[spell.pk] = (spell, day_before(placed.party_from))
    for holding in plan.ended:
        spell = plan.facts.party_of.get(holding.mp_id)
        if spell and spell.ended_on is None:
            last_day = next(day for h, day in plan.leaving if h.pk == holding.pk)
            replaced[spell.pk] = (spell, last_day or day_before(plan.list_date))
    end = [(spell, last) for spell, last in replaced.values() if last >= spell.started_on]
    drop = [spell for spell, last in replaced.values() if last < spell.started_on]
    write(effects, PartySpell, begin=begin, end=end, drop=drop, change=change)


def move_statuses(plan: Plan, people: dict[int, MP], effects: Effects) -> None:
    """Begin the statuses that rows state; end those they end, and those of MPs who left."""
    begin, end = [], []
    for placed in plan.placed:
        if placed.status_over:
            end.append(placed.status_over)
        if placed.status_from:
            begin.append(
                MPStatus(
                    mp=people[placed.entry.row],
                    status=placed.entry.status,
                    note=placed.entry.status_note,
                    started_on=placed.status_from,
                    source=effects.source,
                )
            )
    last_days = {holding.pk: last_day for holding, last_day in plan.leaving}
    for holding in plan.ended:
        status = plan.facts.status_of.get(holding.mp_id)
        if status:
            last_day = last_days[holding.pk] or day_before(plan.list_date)
            end.append((status, max(last_day, status.started_on)))
    write(effects, MPStatus, begin=begin, end=end)


def end_posts(plan: Plan, effects: Effects) -> None:
    """End what those who left the House held because they sat in it, or all if they died, and what those
    elected again held in the last Parliament, whose committees and groups end with it; also what had ended
    with a seat whose last day is another than was known."""
    leavers = {holding.pk for holding in plan.ended}
    left: dict[int, tuple[date, str]] = {}
    elected_again: dict[int, date] = {}
    for holding, last_day in plan.leaving:
        how, day = plan.ended_by.get(holding.pk, ""), last_day or day_before(plan.list_date)
        if holding.pk in leavers:
            left[holding.mp_id] = day, how
        elif how in WITH_A_PARLIAMENT:
            elected_again[holding.mp_id] = day
    for row, _ in plan.learnt:
        if isinstance(row, SeatHolding) and row.ended_by == Ending.DEATH and row.ended_on:
            left[row.mp_id] = row.ended_on, row.ended_by  # who had left, as lists before said
    mps = [*left, *elected_again]
    ended = list(posts_moved(plan, effects))
    for post in Post.objects.filter(mp__in=mps, ended_on=None).order_by("pk") if mps else ():
        if post.mp_id in left:
            last_day, how = left[post.mp_id]
            is_over = ends_with_seat(post.kind, how)
        else:
            last_day = elected_again[post.mp_id]
            is_over = post.kind in OF_BODIES and (post.started_on or post.seen_on) <= last_day
        if is_over:
            ended.append((post, last_day))
    for post, last_day in ended:
        effects.were["post"].append(post_plan.as_was(post))
        post.ended_on = max(filter(None, (last_day, post.started_on)))
        post.end_source = effects.source[:200]
    Post.objects.bulk_update([post for post, _ in ended], ["ended_on", "end_source"], batch_size=500)


def posts_moved(plan: Plan, effects: Effects) -> Iterator[tuple[Post, date]]:
    """What ended with a seat of which the list gives another last day, with that day: it moves along."""
    rows = {row.pk: row for row, _ in plan.learnt if isinstance(row, SeatHolding)}
    were = {rows[each["pk"]].mp_id: each for each in effects.were["holding"] if each["pk"] in rows}
    were = {mp: each for mp, each in were.items() if each.get("ended_on")}
    for post in Post.objects.filter(mp__in=were, ended_on__isnull=False).order_by("pk") if were else ():
        was = were[post.mp_id]
        last_day = rows[was["pk"]].ended_on
        with_it = (was["ended_on"], was["end_source"][:200])
        if last_day and (str(post.ended_on), post.end_source) == with_it:
            yield post, last_day


def write(
    effects: Effects,
    model: type[Spell],
    *,
    begin: list[Spell],
    end: list[tuple[Spell, date]],
    drop: Sequence[Spell] = (),
    change: Sequence[Spell] = (),
    ended_by: Mapping[int, str] | None = None,
) -> None:
    """Write spells, having noted what undoing it takes, but for those in `change`, which are noted already;
    `ended_by`: how holdings ended, by their keys."""
    kind, all_fields = KIND_OF[model], [f.attname for f in model._meta.concrete_fields if f.attname != "id"]
    for spell, _ in end:
        ending = {"ended_on", "end_source"} | ({"ended_by"} if isinstance(spell, SeatHolding) else set())
        effects.were[kind].append({"pk": spell.pk, **as_was(spell, sorted(ending))})
        spell.end_source = effects.source
        if isinstance(spell, SeatHolding):
            spell.ended_by = (ended_by or {}).get(spell.pk, "")
    effects.dropped[kind] += [{"pk": spell.pk, **as_was(spell, all_fields)} for spell in drop]
    write_spells(model, begin=begin, end=end, change=change, drop=drop)
    effects.made[kind] += [spell.pk for spell in begin]


def as_was(row: models.Model, attributes: Iterable[str]) -> dict[str, Any]:
    """These attributes as JSON keeps them."""
    values = {name: getattr(row, name) for name in attributes}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
