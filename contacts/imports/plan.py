"""What a list would change: its entries matched with the rows here. Reads the database, writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from contacts.imports import histories, names, parties, seats
from contacts.imports.commons import newest_date
from contacts.imports.entries import TOO_MANY, Entry, Listing
from contacts.imports.matching import LEARN_WELSH_NAMES, find_mp, find_seat, load_facts, meant_by
from contacts.imports.planned import Placed, Plan
from contacts.imports.reading import ListRefused, printable
from contacts.imports.reasons import CURRENT
from contacts.models import MP, MPStatus, PartySpell, SeatHolding
from contacts.spells import day_before

# Sources differ by a day or so on when a holding began (polling day, or the day after): no new holding.
SAME_START = timedelta(days=7)


def counts_in_words(counts: dict[str, Any]) -> str:
    """What `Plan.counts` says: "3 rows: 1 new, 2 changed, 0 ended, 0 unchanged, 0 refused"."""
    return (
        f"{counts['rows']:,} row{'' if counts['rows'] == 1 else 's'}: {counts['new']} new, "
        f"{counts['changed']} changed, {counts['ended']} ended, {counts['unchanged']} unchanged, "
        f"{len(counts['refused'])} refused"
        + (f", {counts['set_aside']:,} of earlier times set aside" if counts.get("set_aside") else "")
    )


def make_plan(listing: Listing, *, list_date: date, is_partial: bool) -> Plan:
    """Match a list with what is here. Raises ListRefused if it cannot be taken as a whole."""
    known_to = newest_date()
    refuse_dates(list_date, known_to=known_to, rows=listing.rows)
    plan = Plan(
        listing=listing,
        list_date=list_date,
        is_partial=is_partial,
        facts=load_facts(list_date),
        known_to=known_to,
    )
    located = list(locate(plan))
    refuse_unknown_seats(plan, located)
    if not is_partial:
        refuse_gaps(plan, located)
    placed = [p for p in located if p.code and not p.entry.problem]
    placed = without_repeats(plan, placed)
    placed = [p for p in placed if identify(plan, p)]
    placed = without_doubles(plan, placed)
    plan.placed = settle(plan, placed)
    for p in plan.placed:
        if not p.entry.is_vacant:
            decide_start(plan, p)
            decide_changes(plan, p)
            decide_status(plan, p)
            p.names, p.names_over = histories.names(plan.facts, p, on=list_date)
    decide_endings(plan)
    histories.tell_how(plan)
    plan.refused.sort(key=lambda refusal: refusal.row)
    return plan


def refuse_dates(list_date: date, *, known_to: date | None, rows: int) -> None:
    if list_date < seats.FIRST_POLL:
        raise ListRefused(
            f"The list is of another Parliament: it is dated {list_date:%-d %B %Y}, "
            f"before this one was elected on {seats.FIRST_POLL:%-d %B %Y}.",
            rows=rows,
        )
    if known_to and list_date < known_to:
        raise ListRefused(
            f"The list is out of date: it is dated {list_date:%-d %B %Y}, "
            f"and a list of {known_to:%-d %B %Y} has been applied since. If its date is wrong, "
            "say which day it is for.",
            rows=rows,
        )


# --- Seats ------------------------------------------------------------------------------


def locate(plan: Plan) -> Iterator[Placed]:
    """Each entry with its seat's code; an entry whose seat is not found is refused and comes without one."""
    for entry in plan.listing.entries:
        code, problem = find_seat(plan.facts, entry)
        if entry.problem or problem:
            plan.refuse(entry, entry.problem or problem)
        yield Placed(entry=entry, code=code)


def refuse_unknown_seats(plan: Plan, located: list[Placed]) -> None:
    unknown = [p.entry for p in located if not p.code and (p.entry.seat_code or p.entry.seat_name)]
    if len(unknown) <= max(10, TOO_MANY * len(located)) and (not unknown or len(unknown) < len(located)):
        return
    commons = plan.facts.commons
    if not plan.listing.has_codes and len(plan.facts.seats) < commons.size:
        raise ListRefused(
            f"The list names constituencies without their codes, and only {len(plan.facts.seats)} of the "
            f"{commons.size} are known here. Import a list that has a column of ONS codes, or ask whoever "
            "looks after the server to import the constituencies first (import_constituencies).",
            rows=plan.listing.rows,
        )
    shown = ", ".join(f"“{entry.shown_seat}”" for entry in unknown[:3])
    welsh = sum(code.startswith("W") for code in commons.codes)
    could_be_welsh = not plan.facts.has_welsh_names and len(unknown) <= welsh
    hint = f" If these are Welsh names, {LEARN_WELSH_NAMES}." if could_be_welsh else ""
    if any(seats.REAL_CODE.fullmatch(entry.seat_code) for entry in unknown):
        hint += " If the boundaries have changed since, import the new constituencies first."
    raise ListRefused(
        "The list seems to be of another Parliament, or of other areas: "
        f"{len(unknown)} of its {len(located)} rows are for constituencies that this Parliament does not "
        f"have, such as {shown}.{hint}",
        row=unknown[0].row,
        rows=plan.listing.rows,
    )


def refuse_gaps(plan: Plan, located: list[Placed]) -> None:
    """A whole list is for every seat; a refused row may stand for a seat that cannot be read."""
    codes = plan.facts.commons.codes
    covered = {p.code for p in located if p.code}
    unreadable = sum(not p.code for p in located)
    missing = sorted(codes - covered)
    if len(missing) <= unreadable:
        return
    by_nation = [
        (
            letter,
            nation.label,
            sum(code[0] == letter for code in covered),
            sum(code[0] == letter for code in codes),
        )
        for letter, nation in seats.NATION_OF.items()
    ]
    if len(missing) <= 10:
        detail = "Missing: " + ", ".join(plan.facts.seat_name(code) for code in missing) + "."
    else:
        detail = "It has " + ", ".join(f"{has} of {of} in {label}" for _, label, has, of in by_nation) + "."
    sheet = plan.listing.reading.get("sheet")
    which = f"The list (sheet “{sheet}”)" if sheet else "The list"
    raise ListRefused(
        f"{which} is for {len(covered)} of the {len(codes)} seats. {detail} If it is meant to be a "
        "partial list, say so (--partial, or “partial list” in the browser); then nobody is ended.",
        rows=plan.listing.rows,
    )


# --- People -----------------------------------------------------------------------------


def identify(plan: Plan, placed: Placed) -> bool:
    """Find the MP a row means (None: somebody new here); refuse the row if that cannot be told."""
    if placed.entry.is_vacant:
        return True
    placed.mp, problem = find_mp(plan.facts, placed.entry, placed.code)
    if problem:
        plan.refuse(placed.entry, problem)
    return not problem


# --- Rows that cannot both be true ---------------------------------------------------------


def without_repeats(plan: Plan, placed: list[Placed]) -> list[Placed]:
    """Two rows for one seat: a repeat is refused; if they differ, all are, as none is known to be right."""
    by_seat: dict[str, list[Placed]] = defaultdict(list)
    for p in placed:
        by_seat[p.code].append(p)
    kept = []
    for p in placed:
        rivals = by_seat[p.code]
        first = rivals[0]
        if len(rivals) == 1 or (p is first and all(same_statement(first, r) for r in rivals)):
            kept.append(p)
        elif all(same_statement(first, r) for r in rivals):
            plan.refuse(p.entry, f"repeats row {first.entry.row}")
        else:
            rows = ", ".join(str(r.entry.row) for r in rivals if r is not p)
            plan.refuse(
                p.entry, f"row {rows} is about {printable(plan.shown_seat(p))} too, and says another thing"
            )
    return kept


def same_statement(one: Placed, other: Placed) -> bool:
    def says(p: Placed) -> tuple[object, ...]:
        e = p.entry
        return (e.is_vacant, e.parliament_id, e.twfy_id, names.words(e.name), e.party, e.second_party)

    return says(one) == says(other)


def without_doubles(plan: Plan, placed: list[Placed]) -> list[Placed]:
    """One person in two seats: refused in both."""
    groups: dict[tuple[object, ...], list[Placed]] = defaultdict(list)
    for p in placed:
        if not p.entry.is_vacant:
            for key in identities(p):
                groups[key].append(p)
    doubled = {id(p): rivals for rivals in groups.values() if len(rivals) > 1 for p in rivals}
    kept = []
    for p in placed:
        rivals = doubled.get(id(p))
        if rivals is None:
            kept.append(p)
            continue
        rows = ", ".join(str(r.entry.row) for r in rivals if r is not p)
        plan.refuse(p.entry, f"{printable(p.entry.name)} is in row {rows} too, for another seat")
    return kept


def identities(placed: Placed) -> set[tuple[object, ...]]:
    """Whatever would make two rows one person."""
    entry = placed.entry
    found: set[tuple[object, ...]] = set()
    if placed.mp:
        found.add(("here", placed.mp.pk))
    if entry.parliament_id:
        found.add(("Parliament", entry.parliament_id))
    if entry.twfy_id:
        found.add(("TheyWorkForYou", entry.twfy_id))
    return found or {("name", names.words(entry.name))}


def settle(plan: Plan, placed: list[Placed]) -> list[Placed]:
    """Refuse rows that would end somebody who may not be ended, until none is left.

    In a partial list nobody is ended. In any list nobody is who stands in a refused row.
    """
    facts = plan.facts
    while True:
        staying = {p.mp.pk for p in placed if p.mp}
        in_refused = people_refused(plan)
        kept = []
        for p in placed:
            holding = facts.holder.get(p.code)
            if holding is None or (p.mp and p.mp.pk == holding.mp_id):
                kept.append(p)
                continue
            holder = facts.mps[holding.mp_id]
            if holding.started_on > plan.list_date:
                since = f"{holding.started_on:%-d %B %Y}"
                reason = f"{holder.name} has held this seat since {since}, after the list's date"
            elif holder.pk in staying:
                kept.append(p)
                continue
            elif plan.is_partial:
                reason = f"{holder.name} holds this seat here, and a partial list ends nobody"
            elif holder.pk in in_refused:
                reason = f"{holder.name} holds this seat here and stands in a row that is refused"
            else:
                kept.append(p)
                continue
            plan.refuse(p.entry, reason)
        if len(kept) == len(placed):
            return kept
        placed = kept


def people_refused(plan: Plan) -> set[int]:
    """Whoever stands in a row that is refused, by key."""
    rows = {refusal.row for refusal in plan.refused}
    entries = [entry for entry in plan.listing.entries if entry.row in rows]
    return {mp.pk for entry in entries for mp in meant_by(plan.facts, entry)}


# --- What would change --------------------------------------------------------------------


def decide_start(plan: Plan, placed: Placed) -> None:
    """When a new holding begins, if the row makes one.

    The file's start date, if it lies in this Parliament and after what came before in the seat and for the
    MP; or the day Parliament says the membership has been current since. A start before this Parliament
    (first entry, decades ago) means the MP has sat throughout, so the holding began with the Parliament. Else
    the list's own day is the first that is known.
    """
    facts, entry = plan.facts, placed.entry
    elected_on = facts.commons.elected_on
    given = date.fromisoformat(entry.started_on) if entry.started_on else None
    open_holding = facts.holder.get(placed.code)
    if placed.mp and open_holding and open_holding.mp_id == placed.mp.pk:
        won_again = given and open_holding.started_on + SAME_START < given <= plan.list_date
        placed.started_on = given if won_again else None
        return
    before = facts.holdings_of_seat.get(placed.code, []) + (
        facts.holdings_of_mp.get(placed.mp.pk, []) if placed.mp else []
    )
    earliest = max([h.ended_on or h.started_on for h in before], default=day_before(elected_on))
    since = date.fromisoformat(entry.known_since) if entry.known_since else None
    for day in (given, since):
        if day and earliest < day <= plan.list_date:
            placed.started_on = day
            return
    throughout = given is not None and given < elected_on and earliest < elected_on
    placed.started_on = elected_on if throughout else plan.list_date


def decide_changes(plan: Plan, placed: Placed) -> None:
    """Fill in what the row would change about the MP, old and new; ids that were missing are taken up
    quietly."""
    facts, entry, mp = plan.facts, placed.entry, placed.mp
    placed.name, placed.sort_name = entry.name, names.sort_name(entry.name, entry.surname)
    if mp:
        if is_same_name(mp, entry, plan.listing):
            placed.name = mp.name
            placed.sort_name = placed.sort_name if entry.surname else mp.sort_name
        else:
            if not entry.surname:
                placed.sort_name = names.sort_name(entry.name, names.surname_in(mp.sort_name))
            placed.changes.append(("Name", mp.name, entry.name))
        for attribute in ("parliament_id", "twfy_id"):
            given = getattr(entry, attribute)
            if given and getattr(mp, attribute) is None:
                placed.learnt[attribute] = given
        old = facts.seat_of.get(mp.pk)
        if old and placed.started_on:
            seat = plan.seat_name_of(old)
            if facts.seats.get(placed.code) and facts.seats[placed.code].pk == old.constituency_id:
                placed.changes.append(
                    ("Holds the seat from", f"{old.started_on:%-d %B %Y}", f"{placed.started_on:%-d %B %Y}")
                )
            else:
                placed.changes.append(("Seat", seat, plan.shown_seat(placed)))
    statement = parties.understand(entry.party, entry.second_party)
    spell = facts.party_of.get(mp.pk) if mp else None
    now = spell.party.name if spell else None
    if statement is None or statement.allows(now):
        return
    placed.party = statement
    placed.party_from = party_start(plan, placed, spell)
    if mp and mp.pk in facts.seat_of:
        placed.changes.append(("Party", now or "none recorded", statement.name))


def decide_status(plan: Plan, placed: Placed) -> None:
    """Which status the row begins or ends; a row that says nothing of it does neither."""
    entry, mp = placed.entry, placed.mp
    now = plan.facts.status_of.get(mp.pk) if mp else None
    if not entry.status or is_same_status(now, entry, on=plan.list_date):
        return
    since = date.fromisoformat(entry.status_since) if entry.status_since else plan.list_date
    if now:
        if since <= now.started_on:
            since = max(plan.list_date, now.started_on + timedelta(days=1))
        placed.status_over = (now, day_before(since))
    if entry.status != CURRENT:
        placed.status_from = since
    if mp and mp.pk in plan.facts.seat_of:
        was, said = now.status if now else "Current", printable(entry.status)
        if now and entry.status == now.status:
            was, said = (f"{was} since {day:%-d %B %Y}" for day in (now.started_on, since))
        placed.changes.append(("Status", was, "Current" if entry.status == CURRENT else said))


def is_same_status(now: MPStatus | None, entry: Entry, *, on: date) -> bool:
    """Whether a row tells of the status that is recorded. Of the same from a later day, or with another note,
    it tells of a second one, or of one for longer; but not for the day on which that recorded began."""
    if now is None or entry.status != now.status:
        return now is None and entry.status == CURRENT
    is_later = bool(entry.status_since) and date.fromisoformat(entry.status_since) > now.started_on
    is_noted_otherwise = bool(entry.status_note) and entry.status_note != now.note
    return on <= now.started_on or not (is_later or is_noted_otherwise)


def party_start(plan: Plan, placed: Placed, spell: PartySpell | None) -> date:
    """From when an MP sits for the party that a row states, `spell` being for the one before.

    The day Parliament itself gives, if it fits what is recorded here; else the day a new holding begins, if
    we saw the seat change hands; else the list's own day.
    """
    held = plan.facts.holder.get(placed.code)
    begun = placed.started_on or (held.started_on if held else plan.list_date)
    earliest = max(begun, spell.started_on + timedelta(days=1)) if spell else begun
    if placed.entry.party_since:
        since = date.fromisoformat(placed.entry.party_since)
        if earliest <= since <= plan.list_date:
            return since
    is_first_sight = not plan.facts.holdings_of_seat.get(placed.code)
    return plan.list_date if is_first_sight or not placed.started_on else placed.started_on


def is_same_name(mp: MP, entry: Entry, listing: Listing) -> bool:
    """Whether a row leaves the MP's name as it is known here, which is to be Parliament's: one that has only
    TheyWorkForYou's id says nothing of the name of an MP whom Parliament's lists have told of. Titles count
    only if the list has any, accents likewise; of names put together from first name and surname, which
    Parliament may display otherwise ("Gregory" for "Greg"), only the surname does."""
    if mp.parliament_id and entry.twfy_id and not entry.parliament_id:
        return True
    if entry.is_composed and names.ends_with(mp.name, entry.surname):
        return True
    one, other = mp.name, entry.name
    if not listing.has_titles:
        one, other = names.without_title(one), names.without_title(other)
    if not listing.has_accents:
        one, other = seats.without_accents(one), seats.without_accents(other)
    return one == other


def decide_endings(plan: Plan) -> None:
    """Whoever must leave a seat because a row says so, and when: the day before what comes next; and, in a
    whole list, whose seat has been abolished."""
    facts = plan.facts
    last_days: dict[int, date] = {}
    leaving: dict[int, SeatHolding] = {}
    for p in plan.placed:
        begins = p.started_on or plan.list_date
        in_seat = facts.holder.get(p.code)
        own = facts.seat_of.get(p.mp.pk) if p.mp else None
        going = []
        if in_seat and (p.mp is None or in_seat.mp_id != p.mp.pk or p.started_on):
            going.append(in_seat)
        if own and p.started_on:
            going.append(own)
        for holding in going:
            leaving[holding.pk] = holding
            last_days[holding.pk] = min(day_before(begins), last_days.get(holding.pk, date.max))
    in_refused = people_refused(plan)
    for holding in facts.stranded:
        ended_on = facts.every_seat[holding.constituency_id].ended_on
        if ended_on and not plan.is_partial and holding.mp_id not in in_refused and holding.pk not in leaving:
            leaving[holding.pk], last_days[holding.pk] = holding, ended_on
    staying = {p.mp.pk for p in plan.placed if p.mp}
    for pk, holding in leaving.items():
        last_day = last_days[pk]
        plan.leaving.append((holding, last_day if last_day >= holding.started_on else None))
        if holding.mp_id not in staying:
            plan.ended.append(holding)
