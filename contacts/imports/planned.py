"""What a list would change, row by row and as a whole: what `plan` works out and `applying` writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from contacts.imports import parties
from contacts.imports.entries import Entry, Listing
from contacts.imports.matching import Facts
from contacts.models import MP, Dissolution, Ending, MPName, MPStatus, PartySpell, SeatHolding


class Named(NamedTuple):
    """A name an MP has from a day, to a day."""

    name: str
    sort_name: str
    started_on: date
    ended_on: date | None


class Sat(NamedTuple):
    """For whom an MP sat in the past: the MP `mp`, or whoever row `row` is about."""

    mp: MP | None
    row: int
    party: parties.Statement
    started_on: date
    ended_on: date
    begun_by: str


@dataclass(frozen=True)
class Refusal:
    row: int
    reason: str


@dataclass
class Placed:
    """An accepted row: this MP (or somebody new here) holds this seat, or nobody does."""

    entry: Entry
    code: str
    mp: MP | None = None
    # From when, if the row begins a new holding.
    started_on: date | None = None
    party: parties.Statement | None = None
    party_from: date | None = None
    # Names the row begins, and those it ends (with their last day) or, where it is None, takes back.
    names: list[Named] = field(default_factory=list)
    names_over: list[tuple[MPName, date | None]] = field(default_factory=list)
    # From when the row's status is the MP's, if it begins one; and the status the row ends.
    status_from: date | None = None
    status_over: tuple[MPStatus, date] | None = None
    begun_by: str = ""
    name: str = ""
    sort_name: str = ""
    learnt: dict[str, int] = field(default_factory=dict)
    changes: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return not self.entry.is_vacant and self.mp is None


@dataclass
class Plan:
    """What a list would do. `as_report()` is the whole outcome as JSON; two plans are alike if their reports
    are."""

    listing: Listing
    list_date: date
    is_partial: bool
    facts: Facts
    # The day up to which the MPs were known before.
    known_to: date | None = None
    refused: list[Refusal] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    # Who holds a seat no more, and their last day in it; None if the holding never really began.
    leaving: list[tuple[SeatHolding, date | None]] = field(default_factory=list)
    # How each of them ended, by the holding's key.
    ended_by: dict[int, str] = field(default_factory=dict)
    # What the list adds about holdings and parties known already, and about names that began with them.
    learnt: list[tuple[SeatHolding | PartySpell | MPName, dict[str, Any]]] = field(default_factory=list)
    # Parties between those known already.
    sat: list[Sat] = field(default_factory=list)
    ended: list[SeatHolding] = field(default_factory=list)
    # Dissolutions as the list leaves them, and of these the ones it ends, with their last days.
    dissolutions: list[Dissolution] = field(default_factory=list)
    over: list[tuple[Dissolution, date]] = field(default_factory=list)
    # The days of general elections, those included that the list itself tells of.
    polls: list[date] = field(default_factory=list)

    def refuse(self, entry: Entry, reason: str) -> None:
        self.refused.append(Refusal(entry.row, reason))

    def sitting_before(self, placed: Placed) -> bool:
        return placed.mp is not None and placed.mp.pk in self.facts.seat_of

    @property
    def new(self) -> list[Placed]:
        return [p for p in self.placed if not p.entry.is_vacant and not self.sitting_before(p)]

    @property
    def changed(self) -> list[Placed]:
        return [p for p in self.placed if self.sitting_before(p) and p.changes]

    @property
    def unchanged(self) -> int:
        return sum(self.sitting_before(p) and not p.changes for p in self.placed)

    def counts(self) -> dict[str, Any]:
        """`set_aside` only where the list has rows about what was over on its day."""
        set_aside = self.listing.reading.get("past")
        return {
            "rows": self.listing.rows,
            "new": len(self.new),
            "changed": len(self.changed),
            "ended": len(self.ended),
            "unchanged": self.unchanged,
            "refused": [{"row": r.row, "reason": r.reason} for r in self.refused],
        } | ({"set_aside": set_aside} if set_aside else {})

    def as_report(self) -> dict[str, Any]:
        """The counts, and who they are."""
        facts, last_days = self.facts, {holding.pk: day for holding, day in self.leaving}
        return self.counts() | {
            "new_mps": [
                {
                    "row": p.entry.row,
                    "name": p.name,
                    "seat": self.shown_seat(p),
                    "party": p.party.name if p.party else "",
                    "from": f"{p.started_on:%-d %B %Y}" if p.started_on else "",
                    "returns": p.mp is not None,
                }
                for p in self.new
            ],
            "changed_mps": [
                {
                    "row": p.entry.row,
                    "name": p.name,
                    "seat": self.shown_seat(p),
                    "changes": [list(c) for c in p.changes],
                }
                for p in self.changed
            ],
            "ended_mps": [
                {
                    "name": facts.mps[h.mp_id].name,
                    "seat": self.seat_name_of(h),
                    "on": f"{day:%-d %B %Y}" if (day := last_days[h.pk]) else "",
                    "how": Ending(how).label if (how := self.ended_by.get(h.pk)) else "",
                }
                for h in self.ended
            ],
            "vacant": [self.shown_seat(p) for p in self.placed if p.entry.is_vacant],
            "ids_learnt": sum(bool(p.learnt) for p in self.placed if not p.is_new),
            "parties_dated": self.parties_dated(),
            "dissolutions_over": [
                {"from": f"{each.started_on:%-d %B %Y}", "to": f"{last_day:%-d %B %Y}"}
                for each, last_day in self.over
            ],
            "new_seats": sum(p.code not in facts.seats for p in self.placed),
        }

    def parties_dated(self) -> int:
        """Of how many MPs known already the list says better for whom they sat when."""
        told = {row.mp_id for row, _ in self.learnt if isinstance(row, PartySpell)}
        return len(told | {sat.mp.pk for sat in self.sat if sat.mp})

    def shown_seat(self, placed: Placed) -> str:
        if placed.code in self.facts.seats:
            return self.facts.seats[placed.code].name
        return placed.entry.seat_name or placed.code

    def seat_name_of(self, holding: SeatHolding) -> str:
        return self.facts.every_seat[holding.constituency_id].name
