"""Parliament's answers as a list of MPs like any other: the same entries that a file gives, read by the same
rules. Reads the database for which seats there are, writes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TypeVar

from contacts.imports import names, reasons
from contacts.imports.commons import Commons
from contacts.imports.entries import Entry, Listing, entry_of, with_habits
from contacts.imports.matching import Facts, find_seat
from contacts.imports.same_post import PARLIAMENT
from contacts.models import Ending
from contacts.parliament.shapes import (
    COMMONS,
    History,
    HouseMembership,
    Member,
    NamePeriod,
    Page,
    PartyPeriod,
    Seat,
)

SOURCE = PARLIAMENT

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
    members: Iterable[Member],
    *,
    vacant: Iterable[str],
    on: date,
    commons: Commons,
    histories: Mapping[int, History],
    left: Iterable[int] = (),
    since: date | None = None,
) -> Listing:
    """The list that these members, and these seats that nobody holds, make.

    Parliament's histories, as far as they were asked for, date parties and names, and say when and how those
    who `left` ceased to be MPs. `since`: no party is dated earlier.
    """
    entries: list[Entry] = []
    for member in members:
        entry = entry_of(len(entries) + 1, cells_of(member), on, commons)
        history = histories.get(member.id)
        if history and not entry.problem:
            if tells_of_party(member, history):
                fill_in_parties(entry, history.parties, since)
            fill_in_names(entry, history)
        entries.append(entry)
    for name in sorted(vacant):
        entries.append(Entry(row=len(entries) + 1, seat_name=name, is_vacant=True))
    past = [
        entry for number in left if number in histories for entry in ends_of(histories[number], on, since)
    ]
    reading = {"file": SOURCE, "columns": [], "unused": [], "rows": len(entries), "past": 0, "notes": 0}
    return with_habits(Listing(entries=entries, rows=len(entries), past=past, reading=reading))


def cells_of(member: Member) -> Callable[[str], str]:
    """A member as a row of a list: what it says under each of the meanings that columns have."""
    held = member.membership
    status = held.status if held else None
    row = {
        "Parliament id": str(member.id),
        "name": member.display_name,
        "party": member.party.name if member.party else "",
        "house": str(held.house) if held else "",
        "seat name": held.seat_name if held else "",
        "start date": in_text(held.started_on if held else None),
        "status": (status.description or "") if status else "",
        "status is active": str(status.is_active) if status else "",
        "status notes": (status.notes or "") if status else "",
        "status start date": in_text(status.started_on if status else None),
    }
    return lambda meaning: row.get(meaning, "")


def in_text(day: date | None) -> str:
    return day.isoformat() if day else ""


def seats_without(facts: Facts, members: Iterable[Member]) -> set[str]:
    """Codes of the seats that none of these members holds."""
    return set(facts.commons.codes) - {
        code_of(facts, m.membership.seat_name) for m in members if m.membership
    }


def code_of(facts: Facts, seat_name: str) -> str:
    return find_seat(facts, Entry(row=0, seat_name=seat_name))[0]


def tells_of_party(member: Member, history: History) -> bool:
    """Whether the history has the member sit for the present party now, and for no other."""
    now = [row for row in history.parties if row.ended_on is None]
    latest = max(history.parties, key=lambda row: row.started_on, default=None)
    return now == [latest] and latest is not None and latest.party == member.party


def fill_in_parties(entry: Entry, periods: Iterable[PartyPeriod], since: date | None) -> None:
    """Since when the last of these parties is, or was, the MP's, and for whom they sat before; nothing
    earlier than `since`."""
    told = sorted(
        (period for period in periods if since is None or period.started_on >= since),
        key=lambda period: period.started_on,
    )
    if not told:
        return
    entry.party, entry.party_since = told[-1].party.name, told[-1].started_on.isoformat()
    for period, following in itertools.pairwise(told):
        ended_on = period.ended_on or following.started_on
        entry.former_parties.append(
            (period.party.name, "", period.started_on.isoformat(), ended_on.isoformat(), "")
        )


def fill_in_names(entry: Entry, history: History) -> None:
    """Since when the entry's name is the MP's, and what they were called before; nothing where the history's
    present name is another."""
    periods = sorted(history.names, key=lambda period: period.started_on)
    if not periods or periods[-1].ended_on or names.display(periods[-1].display_name) != entry.name:
        return
    entry.name_since = periods[-1].started_on.isoformat()
    for period, following in itertools.pairwise(periods):
        last_day = period.ended_on or following.started_on - timedelta(days=1)
        name = names.display(period.display_name)
        if not names.what_is_wrong_with(name):
            entry.former_names.append(
                (name, sorted_as(period, name), period.started_on.isoformat(), last_day.isoformat())
            )


def sorted_as(period: NamePeriod, name: str) -> str:
    return names.sort_name(name, (period.list_name or "").partition(",")[0])


def ends_of(history: History, on: date, since: date | None) -> Iterator[Entry]:
    """Holdings of this person that are over, as rows of a list would tell of them."""
    for held in history.memberships:
        if held.house == COMMONS and held.ended_on and held.ended_on <= on:
            entry = Entry(
                row=0,
                is_past=True,
                parliament_id=history.id,
                seat_name=held.seat_name,
                ended_on=held.ended_on.isoformat(),
                ended_by=how_ended(held),
            )
            until_then = [period for period in history.parties if period.started_on <= held.ended_on]
            fill_in_parties(entry, until_then, since)
            yield entry


def how_ended(held: HouseMembership) -> str:
    if held.end_reason:
        return reasons.ending(held.end_reason)
    return Ending.DISSOLUTION if held.end_reason_id == reasons.PARLIAMENT_ENDED else ""
