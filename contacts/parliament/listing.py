"""Parliament's answers as a list of MPs like any other: the same entries that a file gives, read by the same
rules. Reads the database for which seats there are, writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from contacts.imports import seats
from contacts.imports.entries import Entry, Listing, entry_of, with_habits
from contacts.imports.matching import Facts, find_seat
from contacts.parliament.shapes import History, Member, Page, Seat

SOURCE = "Parliament’s Members API"

Item = TypeVar("Item", Member, Seat)


class Unsettled(Exception):
    """The list changed while it was being read, so that its pages do not make a whole."""


def whole(pages: Iterable[Page[Item]], *, what: str) -> tuple[Item, ...]:
    """Every item of all pages. Raises Unsettled unless each is there once and as many came as told of."""
    items: list[Item] = []
    totals = set()
    for page in pages:
        items += page.items
        totals.add(page.total)
    different = len({item.id for item in items})
    if len(totals) != 1 or len(items) not in totals or different != len(items):
        told = " and ".join(f"{total:,}" for total in sorted(totals))
        raise Unsettled(
            f"Parliament tells of {told} {what}, and {len(items):,} came ({different:,} different ones)."
        )
    return tuple(items)


def listing_of(
    members: Iterable[Member], *, vacant: Iterable[str], on: date, party_since: dict[int, date]
) -> Listing:
    """The list that these members, and these seats that nobody holds, make."""
    entries: list[Entry] = []
    for member in members:
        entry = entry_of(len(entries) + 1, cells_of(member), on)
        if member.id in party_since and not entry.problem:
            entry.party_since = party_since[member.id].isoformat()
        entries.append(entry)
    for name in sorted(vacant):
        entries.append(Entry(row=len(entries) + 1, seat_name=name, is_vacant=True))
    reading = {"file": SOURCE, "columns": [], "unused": [], "rows": len(entries), "past": 0, "notes": 0}
    return with_habits(Listing(entries=entries, rows=len(entries), reading=reading))


def cells_of(member: Member) -> Callable[[str], str]:
    """A member as a row of a list: what it says under each of the meanings that columns have."""
    held = member.membership
    # A suspended MP's status began with the suspension, which says nothing of the seat.
    status = held.status if held and held.status and held.status.is_active else None
    row = {
        "Parliament id": str(member.id),
        "name": member.display_name,
        "party": member.party.name if member.party else "",
        "house": str(held.house) if held else "",
        "seat name": held.seat_name if held else "",
        "start date": in_text(held.started_on if held else None),
        "status start date": in_text(status.started_on if status else None),
    }
    return lambda meaning: row.get(meaning, "")


def in_text(day: date | None) -> str:
    return day.isoformat() if day else ""


def seats_without(facts: Facts, members: Iterable[Member]) -> set[str]:
    """Codes of this Parliament's seats that none of these members holds."""
    return set(seats.VALID_CODES) - {code_of(facts, m.membership.seat_name) for m in members if m.membership}


def code_of(facts: Facts, seat_name: str) -> str:
    return find_seat(facts, Entry(row=0, seat_name=seat_name))[0]


def party_start(member: Member, histories: dict[int, History]) -> date | None:
    """From when the member has sat for the present party, by the history; None where that says another."""
    history = histories.get(member.id)
    now = [row for row in history.parties if row.ended_on is None] if history else []
    if len(now) != 1 or now[0].party != member.party:
        return None
    return now[0].started_on
