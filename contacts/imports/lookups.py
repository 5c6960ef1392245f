"""Look-ups of wards and postcodes: which seat each lies in. One look-up of a kind is in force, whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from contacts.imports import columns, seats
from contacts.imports.commons import Commons, commons_on
from contacts.imports.geography import Outcome, by_content, is_seat_code
from contacts.imports.reading import ListRefused, Table, printable
from contacts.models import Constituency, PlaceFile, PostcodeSeat, Ward
from mpcrm.folding import fold
from mpcrm.postcodes import POSTCODE, squashed

BATCH = 10_000
# A file may hold every postcode there was, six million rows of them, and each has a reason to be refused.
MOST_POSTCODES = 6_000_000
MOST_REASONS = 100
# Among so many rows, a file of another Parliament's seats shows.
FIRST_ROWS = 1_000
LONGEST_LINE = 20_000


def write_wards(table: Table, file: PlaceFile) -> Outcome:
    """The seat of each ward that a table names, as rows of this file. A ward in two seats has two."""
    found = columns.find(table.header, columns.WARDS)
    seat_at = by_content(table, is_seat_code, found.get("seat code", []) or range(len(table.header)))
    at = {meaning: positions[0] for meaning, positions in found.items()}
    if seat_at is None or "ward name" not in at or "ward code" not in at:
        raise ListRefused(
            "No columns of ward codes, ward names and constituency codes were found: this does not seem to "
            "be a look-up of wards.",
            rows=len(table.rows),
        )
    outcome = Outcome(rows=len(table.rows))
    known, commons = dict(Constituency.objects.current().values_list("ons_code", "pk")), commons_on()
    wards: dict[tuple[str, int], Ward] = {}
    for row, cells in table.rows:
        code, name = cells[at["ward code"]], cells[at["ward name"]]
        seat = seats.RECODED.get(cells[seat_at], cells[seat_at])
        council = cells[at["council name"]] if "council name" in at else ""
        problem = wrong_with_seat(seat, known, commons)
        if not problem and (not name or not 0 < len(code) <= 9):
            problem = f"“{printable(code)}” is not the code of a ward, or has no name"
        if problem or len(name) > 150 or len(council) > 150:
            outcome.refuse(row, problem or "the name is too long")
        elif (code, known[seat]) in wards:
            outcome.passed_over += 1
        else:
            wards[code, known[seat]] = Ward(
                file=file,
                code=code,
                name=name,
                folded=fold(name)[:150],
                council=council,
                constituency_id=known[seat],
            )
    Ward.objects.bulk_create(wards.values(), batch_size=1_000)
    outcome.new = len(wards)
    return outcome


def wrong_with_seat(code: str, known: dict[str, int], commons: Commons) -> str:
    wrong = commons.what_is_wrong_with(code)
    if not wrong and code not in known:
        wrong = f"the seat {code} is not known here: import the constituencies first"
    return wrong


def write_postcodes(stream: BinaryIO, file: PlaceFile) -> Outcome:
    """The seat of each postcode in a CSV file, read and written batch by batch, as rows of this file.

    Postcodes in no seat (of the Channel Islands and the Isle of Man) are passed over. Reasons name the row,
    never the postcode: a file may list constituents. Raises ListRefused.
    """
    lines = rows_of(stream)
    header = next(lines, (0, []))[1]
    found = columns.find(header, columns.POSTCODES)
    if not {"postcode", "seat code"} <= found.keys():
        raise ListRefused(
            "No columns of postcodes and constituency codes were found: this does not seem to be a look-up "
            "of postcodes. It must be CSV, with headings such as pcds and pcon24cd."
        )
    postcode_at, seat_at = found["postcode"][0], found["seat code"][0]
    known, commons = dict(Constituency.objects.current().values_list("ons_code", "pk")), commons_on()
    outcome, refused, read = Outcome(), 0, 0
    while batch := list(islice(lines, BATCH)):
        fresh = []
        for row, cells in batch:
            postcode = squashed(cells[postcode_at]) if postcode_at < len(cells) else ""
            seat = cells[seat_at].strip() if seat_at < len(cells) else ""
            if not seat or seat.endswith("99999999"):
                outcome.passed_over += 1
                continue
            pk = known.get(seats.RECODED.get(seat, seat))
            if pk is None or not POSTCODE.fullmatch(postcode):
                refused += 1
                if refused <= MOST_REASONS:
                    outcome.refuse(
                        row, "it holds no postcode" if pk else wrong_with_seat(seat, known, commons)
                    )
                continue
            fresh.append(PostcodeSeat(file=file, postcode=postcode, constituency_id=pk))
        outcome.rows += len(batch)
        read += len(fresh)
        if outcome.rows >= FIRST_ROWS and refused * 2 > outcome.rows:
            reason = outcome.refused[0]["reason"]
            raise ListRefused(f"More than half of the rows cannot be taken: {reason}.", rows=outcome.rows)
        if outcome.rows > MOST_POSTCODES:
            raise ListRefused(
                f"The file is huge: it has more than {MOST_POSTCODES:,} rows.", rows=outcome.rows
            )
        PostcodeSeat.objects.bulk_create(fresh, ignore_conflicts=True)
    outcome.new = file.postcodes.count()
    if refused > MOST_REASONS:
        outcome.notes.append(f"{refused:,} rows are refused; the first {MOST_REASONS} are listed.")
    if read > outcome.new:
        outcome.notes.append(f"{read - outcome.new:,} rows repeat a postcode; the first of each counts.")
    return outcome


def rows_of(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file with their numbers, without reading it whole. Raises ListRefused."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
    try:
        head = text.readline(LONGEST_LINE)
        separator = max(",\t;|", key=head.count)
        yield 1, next(csv.reader([head], delimiter=separator), [])
        for number, cells in enumerate(csv.reader(text, delimiter=separator), start=2):
            if cells:
                yield number, cells
    except csv.Error as error:
        raise ListRefused(
            "The file is damaged: a cell in it is too long for a look-up of postcodes."
        ) from error
    finally:
        text.detach()
