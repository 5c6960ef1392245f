"""Which seat and which MP a row of a list means. Reads the database, writes nothing.

A seat is found by its ONS code, or by its folded name if the list has no codes. An MP is found by
Parliament's member id, then by TheyWorkForYou id; without ids only the seat's present holder can be
recognised, by name.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from contacts.imports import names, seats
from contacts.imports.commons import OF_2024, Commons, commons_on
from contacts.imports.entries import Entry
from contacts.imports.reading import printable
from contacts.models import MP, Constituency, Dissolution, MPName, MPStatus, PartySpell, SeatHolding

LEARN_WELSH_NAMES = "import the constituencies with their Welsh names first (import_constituencies)"


@dataclass
class Facts:
    """What is known here, made-up seats and people apart: `seats` are those of the list's day, `every_seat`
    also those of before."""

    commons: Commons = OF_2024
    seats: dict[str, Constituency] = field(default_factory=dict)
    every_seat: dict[int, Constituency] = field(default_factory=dict)
    codes_named: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    has_welsh_names: bool = False
    mps: dict[int, MP] = field(default_factory=dict)
    by_parliament_id: dict[int, MP] = field(default_factory=dict)
    by_twfy_id: dict[int, MP] = field(default_factory=dict)
    named: dict[tuple[str, ...], list[MP]] = field(default_factory=lambda: defaultdict(list))
    fictional_ids: set[int] = field(default_factory=set)
    holdings_of_seat: dict[str, list[SeatHolding]] = field(default_factory=lambda: defaultdict(list))
    holdings_of_mp: dict[int, list[SeatHolding]] = field(default_factory=lambda: defaultdict(list))
    holder: dict[str, SeatHolding] = field(default_factory=dict)
    seat_of: dict[int, SeatHolding] = field(default_factory=dict)
    # Of seats that have been abolished under whoever held them.
    stranded: list[SeatHolding] = field(default_factory=list)
    parties_of: dict[int, list[PartySpell]] = field(default_factory=lambda: defaultdict(list))
    party_of: dict[int, PartySpell] = field(default_factory=dict)
    names_of: dict[int, list[MPName]] = field(default_factory=lambda: defaultdict(list))
    status_of: dict[int, MPStatus] = field(default_factory=dict)
    dissolutions: list[Dissolution] = field(default_factory=list)

    def seat_name(self, code: str) -> str:
        return self.seats[code].name if code in self.seats else code


def load_facts(on: date | None = None) -> Facts:
    """What is known of the seats of a day (None: now) and of everybody who holds or held one."""
    facts = Facts(commons=commons_on(on))
    facts.every_seat = {seat.pk: seat for seat in Constituency.objects.real()}
    for seat in facts.every_seat.values():
        if seat.ons_code in facts.commons.codes:
            note_seat(facts, seat)
    for mp in MP.objects.all():
        if mp.is_fictional:
            facts.fictional_ids.update(filter(None, (mp.parliament_id,)))
            continue
        facts.mps[mp.pk] = mp
        facts.named[names.words(mp.name)].append(mp)
        if mp.parliament_id:
            facts.by_parliament_id[mp.parliament_id] = mp
        if mp.twfy_id:
            facts.by_twfy_id[mp.twfy_id] = mp
    for holding in SeatHolding.objects.order_by("started_on", "pk"):
        if holding.constituency_id not in facts.every_seat or holding.mp_id not in facts.mps:
            continue
        code = facts.every_seat[holding.constituency_id].ons_code
        facts.holdings_of_seat[code].append(holding)
        facts.holdings_of_mp[holding.mp_id].append(holding)
        if holding.ended_on is None:
            facts.seat_of[holding.mp_id] = holding
            if code in facts.seats:
                facts.holder[code] = holding
            else:
                facts.stranded.append(holding)
    note_parties(facts)
    for name in MPName.objects.order_by("started_on", "pk"):
        facts.names_of[name.mp_id].append(name)
    facts.status_of = {status.mp_id: status for status in MPStatus.objects.current()}
    facts.dissolutions = list(Dissolution.objects.all())
    return facts


def note_parties(facts: Facts) -> None:
    for spell in PartySpell.objects.select_related("party").order_by("started_on", "pk"):
        facts.parties_of[spell.mp_id].append(spell)
        if spell.ended_on is None:
            facts.party_of[spell.mp_id] = spell


def note_seat(facts: Facts, seat: Constituency) -> None:
    """One of the seats of the day, under all its names."""
    facts.seats[seat.ons_code] = seat
    given = [name for name in (seat.name, seat.name_welsh) if name]
    spelled = set().union(*map(seats.spellings, given))
    if seat.name_welsh:
        facts.has_welsh_names = True
        spelled |= seats.both_names(seat.name, seat.name_welsh)
    for spelling in spelled:
        facts.codes_named[spelling].add(seat.ons_code)


def find_seat(facts: Facts, entry: Entry) -> tuple[str, str]:
    """The code of the entry's seat, or why it has none."""
    named: set[str] = set()
    if entry.seat_name:
        for spelling in seats.spellings(entry.seat_name):
            named |= codes_spelled(facts, spelling)
    if entry.seat_code:
        code = seats.RECODED.get(entry.seat_code, entry.seat_code)
        problem = facts.commons.what_is_wrong_with(code)
        if not problem and named and code not in named:
            problem = (
                f"the code {code} is {facts.seat_name(code)}, but the row names {printable(entry.seat_name)}"
                if code in facts.seats
                else f"the row names {printable(entry.seat_name)}, whose code is {min(named)}, not {code}"
            )
        return ("", problem) if problem else (code, "")
    if not entry.seat_name:
        return "", "names no constituency"
    if len(named) == 1:
        return named.pop(), ""
    if named:
        return (
            "",
            f"“{printable(entry.seat_name)}” could be any of "
            f"{', '.join(sorted(map(facts.seat_name, named)))}",
        )
    problem = f"there is no constituency called “{printable(entry.seat_name)}” in this Parliament"
    if not facts.has_welsh_names:
        problem += f"; if that is its Welsh name, {LEARN_WELSH_NAMES}"
    return "", problem


def codes_spelled(facts: Facts, spelling: str) -> set[str]:
    """Seats of this folded name; a "?" stands for a letter that the file's encoding lost."""
    if "?" not in spelling:
        return facts.codes_named.get(spelling, set())
    return {
        code
        for known, codes in facts.codes_named.items()
        if len(known) == len(spelling) and all(a in (b, "?") for a, b in zip(spelling, known, strict=True))
        for code in codes
    }


def find_mp(  # noqa: PLR0911 - one return per way to tell
    facts: Facts, entry: Entry, code: str
) -> tuple[MP | None, str]:
    """The MP an entry means, None if it is somebody new here, and why it cannot be told (else empty)."""
    if entry.parliament_id in facts.fictional_ids:
        return (
            None,
            f"the Parliament id {entry.parliament_id} is a made-up MP's; those are outside every import",
        )
    one = facts.by_parliament_id.get(entry.parliament_id) if entry.parliament_id else None
    other = facts.by_twfy_id.get(entry.twfy_id) if entry.twfy_id else None
    if one and other and one.pk != other.pk:
        return None, (
            f"its Parliament id is {one.name}'s and its TheyWorkForYou id is {other.name}'s: "
            "one of them is wrong"
        )
    mp = one or other
    holding = facts.holder.get(code)
    if mp:
        return mp, contradiction(mp, entry, is_holder=holding is not None and holding.mp_id == mp.pk)
    holder = facts.mps[holding.mp_id] if holding else None
    words, shown = names.words(entry.name), printable(entry.name)
    if holder and names.words(holder.name) == words:
        problem = contradiction(holder, entry, is_holder=True)
        return (None, problem) if problem else (holder, "")
    if holder and not ids_tell_apart(holder, entry):
        if names.could_be_renamed(holder.name, entry.name):
            return holder, ""
        if names.words(holder.name)[-1:] == words[-1:]:
            return None, (
                f"{holder.name} holds this seat here; without an id known here the list does not tell "
                f"whether {shown} is the same person"
            )
    if any(not ids_tell_apart(namesake, entry) for namesake in facts.named.get(words, [])):
        return None, (
            f"an MP called {shown} is known here; without an id known here the list does not tell whether "
            "that is the same person"
        )
    return None, ""


def ids_tell_apart(mp: MP, entry: Entry) -> bool:
    """Whether both have an id of the same kind, so that different ids mean different people."""
    return bool((mp.parliament_id and entry.parliament_id) or (mp.twfy_id and entry.twfy_id))


def contradiction(mp: MP, entry: Entry, *, is_holder: bool) -> str:
    """Where an entry cannot be about the MP its id belongs to, in words."""
    if entry.parliament_id and mp.parliament_id and entry.parliament_id != mp.parliament_id:
        return f"{mp.name}'s Parliament id is {mp.parliament_id} here, not {entry.parliament_id}"
    if entry.twfy_id and mp.twfy_id and entry.twfy_id != mp.twfy_id:
        return f"{mp.name}'s TheyWorkForYou id is {mp.twfy_id} here, not {entry.twfy_id}"
    alike = names.share_a_word if is_holder else names.share_surname
    if not alike(mp.name, entry.name):
        which = (
            f"Parliament id {mp.parliament_id}" if entry.parliament_id else f"TheyWorkForYou id {mp.twfy_id}"
        )
        return f"the {which} is {mp.name} here, but the row names {printable(entry.name)}"
    return ""


def meant_by(facts: Facts, entry: Entry) -> list[MP]:
    """Everyone here whom a refused row may be about."""
    found = [facts.by_parliament_id.get(entry.parliament_id or 0), facts.by_twfy_id.get(entry.twfy_id or 0)]
    found += facts.named.get(names.words(entry.name), []) if entry.name else []
    return [mp for mp in found if mp]
