"""Taking in councils, and which seat lies in which council.

Nothing is ever taken away because a file lacks it. Rows that cannot be taken are refused with a reason and
stop the import unless the caller skips them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.db import transaction

from contacts.imports import columns, seats
from contacts.imports.commons import commons_on
from contacts.imports.reading import ListRefused, Table, printable, read
from contacts.models import Constituency, Council, CouncilTier, SeatOverlap

# What kind of council an ONS code is of, by its first three characters.
TIER_OF = {
    "E06": CouncilTier.UNITARY,
    "E07": CouncilTier.DISTRICT,
    "E08": CouncilTier.METROPOLITAN,
    "E09": CouncilTier.LONDON_BOROUGH,
    "E10": CouncilTier.COUNTY,
    "E47": CouncilTier.COMBINED,
    "E61": CouncilTier.OTHER,
    "N09": CouncilTier.UNITARY,
    "S12": CouncilTier.UNITARY,
    "W06": CouncilTier.UNITARY,
}
# Beyond any count of people or square metre of the United Kingdom.
MOST = Decimal(10) ** 15
COUNCIL_CODE = re.compile(rf"({'|'.join(TIER_OF)})\d{{6}}")


class SomeRefused(Exception):
    """Rows are refused, and the caller did not choose to go on without them. `outcome` says which and why."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("rows are refused")
        self.outcome = outcome


@dataclass
class Outcome:
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    passed_over: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    fresh: list[dict[str, str]] = field(default_factory=list)
    changes: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def found_new(self, what: str, detail: str = "") -> None:
        self.new += 1
        self.fresh.append({"what": what, "detail": detail})

    def found_changed(self, what: str, old: str, new: str) -> None:
        self.changed += 1
        self.changes.append({"what": what, "old": old, "new": new})

    def in_words(self) -> str:
        return (
            f"{self.rows} rows: {self.new} new, {self.changed} changed, {self.unchanged} unchanged, "
            f"{len(self.refused)} refused" + (f", {self.passed_over} left out" if self.passed_over else "")
        )

    def refuse(self, row: int, reason: str) -> None:
        self.refused.append({"row": row, "reason": reason})


def read_table(content: bytes, file_name: str, meanings: columns.Meanings) -> Table:
    return read(content, file_name, partial(columns.score, meanings=meanings))


def by_content(table: Table, looks_right: Callable[[str], bool], positions: Sequence[int]) -> int | None:
    """The first of these columns whose cells mostly look right."""
    for position in positions:
        texts = [cells[position] for _, cells in table.rows if cells[position]]
        if texts and sum(map(looks_right, texts)) * 2 > len(texts):
            return position
    return None


def is_seat_code(text: str) -> bool:
    return bool(seats.LOOKS_LIKE_CODE.fullmatch(text))


def is_council_code(text: str) -> bool:
    return bool(COUNCIL_CODE.fullmatch(text))


def settle(outcome: Outcome, *, skip_refused: bool) -> None:
    if outcome.refused and not skip_refused:
        raise SomeRefused(outcome)


# --- Councils ---------------------------------------------------------------------------


@transaction.atomic
def import_councils(table: Table, *, skip_refused: bool = False) -> Outcome:
    """Make and name councils by code, and say which is part of which county or combined authority.

    The parts of a combined authority are its counties and districts alike. Councils that have been abolished
    are left out.
    """
    found = columns.find(table.header, columns.COUNCILS)
    code_at = by_content(table, is_council_code, found.get("council code", []) or range(len(table.header)))
    name_at = next((p for p in found.get("council name", []) if p != code_at), None)
    if code_at is None or name_at is None:
        raise ListRefused(
            "No column of council codes (such as E07000223) with their names was found: "
            "this does not seem to be a list of councils.",
            rows=len(table.rows),
        )
    at = {meaning: positions[0] for meaning, positions in found.items() if positions}
    outcome = Outcome(rows=len(table.rows))
    wanted: dict[str, str] = {}
    code_of: dict[str, str] = {}
    parents: dict[str, set[str]] = {}
    for row, cells in table.rows:
        if is_over(cells, at):
            outcome.passed_over += 1
            continue
        code, name = cells[code_at], cells[name_at]
        if not is_council_code(code) or not name or len(name) > 150:
            outcome.refuse(row, f"“{printable(code)}” is not the code of a UK council, or has no name")
        elif code in wanted:
            outcome.refuse(row, f"{code} is in the list twice")
        else:
            wanted[code] = name
            if "own code" in at:
                code_of[cells[at["own code"]]] = code
            parents[code] = {
                cells[at[m]] for m in ("county", "combined authority") if m in at and cells[at[m]]
            }
    settle(outcome, skip_refused=skip_refused)
    make_councils(wanted, outcome)
    pairs = {
        (code_of.get(parent, parent), child)
        for child, of_child in parents.items()
        for parent in of_child
        if code_of.get(parent, parent) in wanted
    }
    make_parts(pairs)
    return outcome


def is_over(cells: list[str], at: dict[str, int]) -> bool:
    if "is current" in at:
        return cells[at["is current"]].casefold() in ("false", "no", "0")
    return "end date" in at and bool(cells[at["end date"]])


def make_councils(wanted: dict[str, str], outcome: Outcome) -> dict[str, Council]:
    """The councils of these codes, made or renamed where they must be."""
    known = Council.objects.in_bulk(list(wanted), field_name="ons_code")
    renamed = [council for code, council in known.items() if council.name != wanted[code]]
    for council in renamed:
        outcome.found_changed(council.ons_code, council.name, wanted[council.ons_code])
        council.name = wanted[council.ons_code]
    fresh = [
        Council(ons_code=code, name=name, tier=TIER_OF[code[:3]], nation=seats.nation_of(code))
        for code, name in wanted.items()
        if code not in known
    ]
    Council.objects.bulk_update(renamed, ["name"], batch_size=500)
    Council.objects.bulk_create(fresh, batch_size=500)
    for council in fresh:
        outcome.found_new(council.name, f"{council.get_tier_display()}, {council.ons_code}")
    outcome.unchanged += len(known) - len(renamed)
    return {**known, **{council.ons_code: council for council in fresh}}


def make_parts(pairs: set[tuple[str, str]]) -> None:
    """Add (whole, part) pairs of codes, and the parts of each part to the whole."""
    through = Council.parts.through
    named = {code for pair in pairs for code in pair}
    pks = dict(Council.objects.filter(ons_code__in=named).values_list("ons_code", "pk"))
    parts: dict[int, set[int]] = defaultdict(set)
    known = set(through.objects.values_list("from_council_id", "to_council_id"))
    for whole, part in known | {(pks[whole], pks[part]) for whole, part in pairs}:
        parts[whole].add(part)
    for whole in list(parts):
        for part in list(parts[whole]):
            parts[whole] |= parts.get(part, set()) - {whole}
    fresh = {(whole, part) for whole, of_whole in parts.items() for part in of_whole} - known
    through.objects.bulk_create(
        [through(from_council_id=whole, to_council_id=part) for whole, part in sorted(fresh)], batch_size=500
    )


# --- Overlaps ---------------------------------------------------------------------------


def read_translation(table: Table) -> dict[str, str]:
    """From other codes for seats, such as UKPARL.2025.AAD, to ONS codes."""
    code_at = by_content(table, is_seat_code, range(len(table.header)))
    if code_at is None:
        raise ListRefused("The table of codes has no column of ONS constituency codes.", rows=len(table.rows))
    return {
        cell: cells[code_at]
        for _, cells in table.rows
        for position, cell in enumerate(cells[: len(table.header)])
        if position != code_at and cell
    }


@transaction.atomic
def import_overlaps(
    table: Table, *, translation: dict[str, str] | None = None, skip_refused: bool = False
) -> Outcome:
    """Record which seat lies in which council, and the shares of the seat's people and area where the file
    gives them.

    A share is a fraction or per cent of the *seat*. A pair nobody lives in (share 0) is left out. Councils
    and seats that are missing here are made if the file names them, and a district's county becomes its
    whole.
    """
    translation = translation or {}
    at = overlap_columns(table, translation)
    outcome = Outcome(rows=len(table.rows))
    readers = [ShareReader(table, at, *columns_of) for columns_of in SHARES]
    wanted: dict[tuple[str, str], Shares] = {}
    seat_names: dict[str, str] = {}
    council_names: dict[str, str] = {}
    counties: set[tuple[str, str]] = set()
    commons = commons_on()
    known_seats = set(Constituency.objects.values_list("ons_code", flat=True))
    known_councils = dict(Council.objects.values_list("ons_code", "name"))
    for row, cells in table.rows:
        given = cells[at["seat code"]]
        seat, council = translation.get(given, given), cells[at["council code"]]
        seat = seats.RECODED.get(seat, seat)
        problem = commons.what_is_wrong_with(seat)
        seat_name = cells[at["seat name"]] if "seat name" in at else ""
        council_name = cells[at["council name"]] if "council name" in at else ""
        if not problem and not is_council_code(council):
            problem = f"“{printable(council)}” is not the code of a UK council"
        if not problem and seat not in known_seats and not seat_name:
            problem = f"the seat {seat} is not known here: import the constituencies first"
        if not problem and council not in known_councils and not council_name:
            problem = f"the council {council} is not known here: import the councils first"
        try:
            shares = tuple(reader.read(cells) for reader in readers)
        except NotAShare as wrong:
            problem = problem or str(wrong)
        if problem:
            outcome.refuse(row, problem)
            continue
        if shares[0] == 0:
            outcome.passed_over += 1
            continue
        wanted[seat, council] = shares
        seat_names.setdefault(seat, seat_name)
        if council not in known_councils:
            council_names[council] = council_name
        county = cells[at["county code"]] if "county code" in at else ""
        if is_council_code(county) and county != council:
            counties.add((county, council))
            if county not in known_councils:
                council_names[county] = (cells[at["county name"]] if "county name" in at else "") or county
    settle(outcome, skip_refused=skip_refused)
    Constituency.objects.bulk_create(
        Constituency(
            ons_code=code,
            name=name[:150],
            nation=seats.nation_of(code),
            started_on=seats.started_on(code),
        )
        for code, name in seat_names.items()
        if code not in known_seats
    )
    make_councils({code: name[:150] for code, name in council_names.items()}, Outcome())
    make_parts(counties)
    write_overlaps(wanted, outcome)
    return outcome


def overlap_columns(table: Table, translation: dict[str, str]) -> dict[str, int]:
    found = columns.find(table.header, columns.OVERLAPS)
    everywhere = range(len(table.header))
    seat_at = by_content(
        table,
        lambda text: is_seat_code(text) or text in translation,
        [*found.get("seat code", []), *everywhere],
    )
    council_at = by_content(table, is_council_code, [*found.get("council code", []), *everywhere])
    if seat_at is None or council_at is None:
        translated = "" if translation else " (other codes need a table of codes beside it, --codes)"
        raise ListRefused(
            "No two columns of constituency codes and council codes were found: "
            f"this does not seem to be a list of which constituency lies in which council{translated}.",
            rows=len(table.rows),
        )
    others = {meaning: positions[0] for meaning, positions in found.items()}
    return {**others, "seat code": seat_at, "council code": council_at}


# The share of people and that of area, with their wholes: the columns each is read from.
SHARES = (("share", "people", "people in the seat"), ("area share", "area", "area of the seat"))
Shares = tuple[Decimal | None, ...]


class NotAShare(Exception):
    """A cell that should hold a share does not; the text says which."""


class ShareReader:
    """A share in per cent of the seat from a row's cells, None where the row does not say.

    Where the file gives the part and the whole, they say it more exactly than its rounded percentage. A whole
    of none means that nobody counted.
    """

    def __init__(self, table: Table, at: dict[str, int], share: str, part: str, whole: str) -> None:
        self.share, self.part, self.whole = at.get(share), at.get(part), at.get(whole)
        self.are_fractions = False
        if self.share is not None:
            given = [number_in(cells[self.share]) for _, cells in table.rows]
            self.are_fractions = all(number is None or number <= 1 for number in given)

    def read(self, cells: list[str]) -> Decimal | None:
        if self.part is not None and self.whole is not None and cells[self.part] and cells[self.whole]:
            part, whole = number_in(cells[self.part]), number_in(cells[self.whole])
            if part is not None and whole is not None:
                return in_per_cent(part / whole * 100, cells[self.part]) if whole > 0 else None
        if self.share is None or not cells[self.share]:
            return None
        number = number_in(cells[self.share])
        if number is None:
            raise NotAShare(f"“{printable(cells[self.share])}” is not a share")
        return in_per_cent(number * 100 if self.are_fractions else number, cells[self.share])


def number_in(text: str) -> Decimal | None:
    try:
        number = Decimal(text.rstrip("% "))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < MOST else None


def in_per_cent(share: Decimal, given: str) -> Decimal:
    """Rounded as it is stored. Raises NotAShare."""
    if not 0 <= share <= 100:
        raise NotAShare(f"“{printable(given)}” is not a share")
    return share.quantize(Decimal("0.01"), ROUND_HALF_UP)


def write_overlaps(wanted: dict[tuple[str, str], Shares], outcome: Outcome) -> None:
    """Add overlaps, and give those that are here the shares the file has; an unknown share erases none."""
    seats_here = {seat.ons_code: seat for seat in Constituency.objects.all()}
    councils_here = {council.ons_code: council for council in Council.objects.all()}
    known = {(o.constituency_id, o.council_id): o for o in SeatOverlap.objects.all()}
    fresh, changed = [], []
    for (seat_code, council_code), shares in wanted.items():
        seat, council = seats_here[seat_code], councils_here[council_code]
        name = f"{seat} in {council}"
        overlap = known.get((seat.pk, council.pk))
        if overlap is None:
            values = dict(zip(("share", "area_share"), shares, strict=True))
            fresh.append(SeatOverlap(constituency=seat, council=council, **values))
            outcome.found_new(name, shares_in_words(*shares))
            continue
        before = (overlap.share, overlap.area_share)
        after = tuple(new if new is not None else old for old, new in zip(before, shares, strict=True))
        if after == before:
            outcome.unchanged += 1
            continue
        overlap.share, overlap.area_share = after
        changed.append(overlap)
        outcome.found_changed(name, shares_in_words(*before), shares_in_words(*after))
    SeatOverlap.objects.bulk_create(fresh, batch_size=500)
    SeatOverlap.objects.bulk_update(changed, ["share", "area_share"], batch_size=200)


def shares_in_words(people: Decimal | None, area: Decimal | None) -> str:
    said = [
        f"{share.normalize():f}% of its {what}"
        for share, what in ((people, "people"), (area, "area"))
        if share is not None
    ]
    return ", ".join(said) or "share not known"
