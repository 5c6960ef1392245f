"""Made-up lists of MPs on the real codes of this Parliament's 650 seats, and the commands run on them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from contacts.imports import seats
from contacts.imports.applying import apply_list
from contacts.imports.commons import commons_on
from contacts.models import MP, Constituency, MPName, MPStatus, Party, PartySpell, SeatHolding
from contacts.parliament.listing import SOURCE, listing_of
from tests.factories import NOW

ALL_CODES = sorted(seats.CODES_OF_2024)
# The House of most tests: a tenth of the seats costs a tenth of the time. The four are named by tests.
CODES = sorted({*ALL_CODES[::10], "S14000107", "W07000110", "W07000111", "W07000112"})
SEATS = len(CODES)
ENGLISH = sum(code.startswith("E") for code in CODES)
HEADINGS = ["PCON24CD", "PCON24NM", "Member ID", "MP", "Party", "Start date"]
ELECTION = "2024-07-04"

FIRST, SECOND, THIRD = CODES[:3]
NEWCOMER = {"Member ID": "5447", "MP": "Bea Novak", "Party": "Green Party", "Start date": "2026-02-26"}
VACANT = {"Member ID": "Vacant", "MP": "Vacant", "Party": "Vacant", "Start date": ""}


def is_all_there_is(codes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the product take these for all the seats of July 2024."""
    monkeypatch.setattr(seats, "CODES_OF_2024", frozenset(codes))
    monkeypatch.setattr(seats, "WHOLE", len(codes))


def letters(number: int) -> str:
    """A number as a word: 0 is "Aaa"."""
    return (chr(65 + number // 676) + chr(97 + number // 26 % 26) + chr(97 + number % 26)) * 2


def seat_name(code: str) -> str:
    return f"{letters(ALL_CODES.index(code))} Vale"


def whole(codes: list[str] = CODES) -> list[dict[str, str]]:
    """All these seats, each held by somebody made up, in the order of their codes."""
    return [
        {
            "PCON24CD": code,
            "PCON24NM": seat_name(code),
            "Member ID": str(1000 + number),
            "MP": f"Ada {letters(number)}son",
            "Party": ("Labour", "Conservative", "Liberal Democrat")[number % 3],
            "Start date": ELECTION,
        }
        for number, code in enumerate(codes)
    ]


def empty_house(on: date) -> None:
    """What a sync applies while Parliament is dissolved and lists no MP: nobody holds a seat."""
    names = list(Constituency.objects.values_list("name", flat=True))
    listing = listing_of((), vacant=names, on=on, commons=commons_on(on), histories={})
    apply_list(
        listing, file_name=SOURCE, list_date=on, is_partial=False, skip_refused=False, by=None, now=NOW
    )


def next_house(
    poll: str, *, new: int, codes: list[str] = CODES, **by_code: dict[str, str]
) -> list[dict[str, str]]:
    """The list after an election: the first seats have somebody new, the others the same MP again, but for
    the cells given by seat code."""
    rows = [
        {
            **row,
            "Start date": poll,
            **({"Member ID": str(6000 + number), "MP": f"Bo {row['MP'].split()[1]}"} if number < new else {}),
        }
        for number, row in enumerate(whole(codes))
    ]
    return changed_rows(rows, **by_code)


def as_csv(rows: list[dict[str, str]], *, separator: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), delimiter=separator, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def run(command: str, path: Path, *flags: str) -> tuple[int, dict[str, Any]]:
    """Exit status and JSON report of a command on a file."""
    out = io.StringIO()
    status = 0
    try:
        call_command(command, path, *flags, "--report", "json", stdout=out)
    except CommandError as error:
        status = error.returncode
    lines = out.getvalue().splitlines()
    assert len(lines) == 1, lines
    return status, json.loads(lines[0])


def only_of(path: Path, ids: Collection[str], column: str, folder: Path) -> Path:
    """A real list with these rows alone, copied into the folder."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = [row for row in reader if row[column] in ids]
    copy = folder / path.name
    with copy.open("w", newline="") as file:
        writer = csv.DictWriter(file, reader.fieldnames)
        writer.writeheader()
        writer.writerows(rows)
    return copy


class Importer:
    """`import_mps` on lists written to files: `importer(rows, "2026-01-31", "--partial")` gives (status,
    report)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, rows: list[dict[str, str]] | bytes, on: str = ELECTION, *flags: str, name: str = "list.csv"
    ) -> tuple[int, dict[str, Any]]:
        path = self.folder / name
        path.write_bytes(rows if isinstance(rows, bytes) else as_csv(rows))
        return run("import_mps", path, "--on", on, *flags)


def counts(report: dict[str, Any]) -> tuple[int, int, int, int, int]:
    """New, changed, ended, unchanged, refused."""
    return (
        report["new"],
        report["changed"],
        report["ended"],
        report["unchanged"],
        len(report["refused"]),
    )


def facts() -> list[list[tuple[Any, ...]]]:
    """Everything imports of MPs write, row by row."""
    models = (Party, Constituency, MP, SeatHolding, PartySpell, MPName, MPStatus)
    return [sorted(model._default_manager.values_list(), key=str) for model in models]


def holder(code: str) -> MP | None:
    """Whoever holds the seat now."""
    return MP.objects.filter(holdings__constituency__ons_code=code, holdings__ended_on=None).first()


def spells(mp: MP) -> list[tuple[str, date, date | None]]:
    """The MP's parties, with their first and last days."""
    return list(
        PartySpell.objects.filter(mp=mp)
        .order_by("started_on")
        .values_list("party__name", "started_on", "ended_on")
    )


def changed_rows(base: list[dict[str, str]], **by_code: dict[str, str]) -> list[dict[str, str]]:
    """The list with some rows' cells changed, by seat code."""
    return [{**row, **by_code.get(row["PCON24CD"], {})} for row in base]


# Parties as TheyWorkForYou writes them, where that is not the name with hyphens.
TWFY_PARTIES = {
    "labourco-operative": "Labour (Co-op)",
    "dup": "Democratic Unionist Party",
    "uup": "Ulster Unionist Party",
    "reform": "Reform UK",
    "green": "Green Party",
    "sinn-fein": "Sinn Féin",
    "social-democratic-and-labour-party": "Social Democratic & Labour Party",
}


def twfy_party(slug: str) -> str:
    """A party's name as Parliament gives it."""
    return TWFY_PARTIES.get(slug, slug.replace("-", " ").title())


Take = Callable[..., tuple[int, dict[str, Any]]]
