"""Taking in which old seats later ones were made from, at a boundary change.

Old seats are kept as rows that have ended; those of before 2024 are made here. Seats that kept their
boundaries have one row, which began before and has not ended: they are made from nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.db import transaction

from contacts.imports import seats
from contacts.imports.commons import Commons, commons_on
from contacts.imports.geography import NotAShare, Outcome, in_per_cent, number_in, settle
from contacts.imports.reading import ListRefused, Row, Table, printable
from contacts.models import Constituency, SeatSuccession
from contacts.spells import day_before

# The shares of a seat add up to one, but for what rounding and empty land take.
ALMOST_ONE = Decimal("0.02")


@dataclass(frozen=True)
class Columns:
    """Where the codes and names of old and new seats stand, and the shares of each."""

    old: int
    new: int
    share_of_old: int
    share_of_new: int

    @property
    def last(self) -> int:
        return max(self.old + 1, self.new + 1, self.share_of_old, self.share_of_new)


@dataclass(frozen=True)
class Part:
    old: str
    new: str
    share_of_old: Decimal
    share_of_new: Decimal


def rows_of(table: Table) -> list[Row]:
    """Its rows; the first of a file without headings was taken for them."""
    has_headings = not any(seats.LOOKS_LIKE_CODE.fullmatch(cell) for cell in table.header)
    return table.rows if has_headings else [(1, table.header), *table.rows]


@transaction.atomic
def import_successions(table: Table, *, skip_refused: bool = False) -> Outcome:
    """Keep the old seats and which part of each went into which new one.

    The file gives, with or without headings, the code and name of an old and of a new seat, and the share of
    each that the other is, of the population where it counts several things (the last two columns). Raises
    ListRefused, or SomeRefused with nothing written.
    """
    rows = rows_of(table)
    commons = commons_on()
    at = columns_of(rows, commons)
    outcome = Outcome(rows=len(rows))
    known = Constituency.objects.in_bulk(field_name="ons_code")
    names: dict[str, str] = {}
    parts: dict[tuple[str, str], Part] = {}
    for number, cells in rows:
        try:
            part = part_in(cells, at, known, commons)
            if (part.old, part.new) in parts:
                raise NotAPart(f"{part.old} and {part.new} are in the list twice")
        except (NotAPart, NotAShare) as problem:
            outcome.refuse(number, str(problem))
            continue
        if part.old == part.new or not (part.share_of_old or part.share_of_new):
            outcome.passed_over += 1
            continue
        names[part.old] = cells[at.old + 1]
        parts[part.old, part.new] = part
    settle(outcome, skip_refused=skip_refused)
    write(parts, names, known, outcome)
    return outcome


class NotAPart(Exception):
    """Why a row tells of no part of an old seat, in words."""


def part_in(cells: list[str], at: Columns, known: dict[str, Constituency], commons: Commons) -> Part:
    """Raises NotAPart or NotAShare."""
    if len(cells) <= at.last:
        raise NotAPart("the row is cut short")
    old, new = cells[at.old], seats.RECODED.get(cells[at.new], cells[at.new])
    if old not in commons.abolished and old not in commons.codes:
        raise NotAPart(
            f"“{printable(old)}” is not the code of a seat of 2010 to 2024, or of one since abolished"
        )
    if new not in known:
        problem = commons.what_is_wrong_with(new)
        raise NotAPart(problem or f"the seat {new} is not known here: import the constituencies first")
    if old in commons.codes and old != new:
        raise NotAPart(f"{old} is a seat of today: it was not made part of {new}")
    if old != new and not begins_after(known[new], known.get(old)):
        raise NotAPart(f"{new} was there before {old} ended")
    if not cells[at.old + 1] or len(cells[at.old + 1]) > 150:
        raise NotAPart("the old seat has no name, or too long a one")
    return Part(old, new, share_in(cells[at.share_of_old]), share_in(cells[at.share_of_new]))


def begins_after(new: Constituency, old: Constituency | None) -> bool:
    """Whether a seat begins the day after the old one ended (None: one of before 2024); a day that is not
    known may be it."""
    last_day = old.ended_on if old else day_before(seats.FIRST_POLL)
    return last_day is None or new.started_on is None or day_before(new.started_on) == last_day


def share_in(text: str) -> Decimal:
    """A fraction in per cent. Raises NotAShare."""
    number = number_in(text)
    return in_per_cent(Decimal(-1) if number is None else number * 100, text)


def columns_of(rows: list[Row], commons: Commons) -> Columns:
    """By what the cells hold: two columns of codes, and the last two next to each other whose numbers add up
    to one, the first for each old seat, the second for each new one."""
    width = min((len(cells) for _, cells in rows), default=0)
    every = commons.codes | commons.abolished
    with_codes = [at for at in range(width) if mostly(rows, at, lambda text: text in every)]
    gone = {at: sum(cells[at] in commons.abolished for _, cells in rows) for at in with_codes}
    old = max(with_codes, key=lambda at: gone[at], default=None)
    new = min((at for at in with_codes if at != old), key=lambda at: gone[at], default=None)
    if old is None or new is None or not gone[old]:
        raise ListRefused(
            "No two columns of abolished seats and of those made from them were found: this does not seem to "
            "be a list of what the seats were made from.",
            rows=len(rows),
        )
    numbers = [at for at in range(width) if mostly(rows, at, lambda t: number_in(t) is not None)]
    pairs = [
        (one, other)
        for one, other in pairwise(numbers)
        if other == one + 1 and add_up(rows, old, one) and add_up(rows, new, other)
    ]
    if not pairs:
        raise ListRefused(
            "No two columns of shares were found, of each old and of each new seat, that add up to one.",
            rows=len(rows),
        )
    return Columns(old, new, *pairs[-1])


def mostly(rows: list[Row], at: int, looks_right: Callable[[str], bool]) -> bool:
    return sum(looks_right(cells[at]) for _, cells in rows) * 2 > len(rows)


def add_up(rows: list[Row], key: int, at: int) -> bool:
    """Whether this column's numbers, added up by seat, are one for nearly every seat."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for _, cells in rows:
        sums[cells[key]] += number_in(cells[at]) or 0
    return sum(abs(total - 1) <= ALMOST_ONE for total in sums.values()) * 10 >= len(sums) * 9


def write(
    parts: dict[tuple[str, str], Part],
    names: dict[str, str],
    known: dict[str, Constituency],
    outcome: Outcome,
) -> None:
    fresh = [
        Constituency(
            ons_code=code, name=name, nation=seats.nation_of(code), ended_on=day_before(seats.FIRST_POLL)
        )
        for code, name in names.items()
        if code not in known
    ]
    known |= {seat.ons_code: seat for seat in Constituency.objects.bulk_create(fresh, batch_size=500)}
    here = {(row.old_id, row.new_id): row for row in SeatSuccession.objects.all()}
    begin, changed = [], []
    for part in parts.values():
        old, new = known[part.old], known[part.new]
        shares = {"share_of_old": part.share_of_old, "share_of_new": part.share_of_new}
        said = shares_in_words(**shares)
        row = here.get((old.pk, new.pk))
        what = f"{old} into {new}"
        if row is None:
            begin.append(SeatSuccession(old=old, new=new, **shares))
            outcome.found_new(what, said)
        elif (row.share_of_old, row.share_of_new) != tuple(shares.values()):
            outcome.found_changed(what, shares_in_words(row.share_of_old, row.share_of_new), said)
            row.share_of_old, row.share_of_new = part.share_of_old, part.share_of_new
            changed.append(row)
        else:
            outcome.unchanged += 1
    SeatSuccession.objects.bulk_create(begin, batch_size=500)
    SeatSuccession.objects.bulk_update(changed, ["share_of_old", "share_of_new"], batch_size=200)


def shares_in_words(share_of_old: Decimal, share_of_new: Decimal) -> str:
    return f"{share_of_old.normalize():f}% of the old seat, {share_of_new.normalize():f}% of the new one"
