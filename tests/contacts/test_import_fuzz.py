"""2,000 seeded mutations of the real lists: to keep the run short, half of them on each database.

Each is a part of a real list (of a made-up one where the real ones are not on this machine), or now and then
the whole of it, with at least one mutation that changed something. Whatever comes, the import is all or
nothing, only a refusal is raised, and each refusal names row and reason; row 0 stands for the whole file.
The House is every fifth real seat: what an import does is the same, and most of its time goes into the seats.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from openpyxl import Workbook

from contacts.imports.applying import RowsRefused, apply_list, read_list
from contacts.imports.reading import ListRefused
from tests.conftest import REAL_DATA
from tests.contacts.lists import CODES, as_csv, is_all_there_is, seat_name, whole
from tests.factories import NOW, TODAY, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CASES = 2000
BATCH = 100
SQLITES_HALF = CASES // 2
UPLOADED = 25  # of each half, those that are also sent by a browser
SMALL = 40  # rows: most mutants are of a part of a list, so that all of them take less than a minute

REAL_LISTS = (
    "mps/mps_elected_2024-07-04_joined.csv",
    "mps/ge2024_winners_with_mnis_id.csv",
    "mps/ge2024_results_by_constituency.csv",
    "mps/oi_current_mps_2024-11-14.csv",
    "mps/oi_current_mps_2026-04-03.csv",
    "mps/twfy_commons_memberships_since_2024-07-04.csv",
    "update_series/dfe_mp_lookup_2025-11-10.csv",
    "update_series/dfe_mp_lookup_2026-01-27.csv",
    "update_series/ifg_current_mps_2024-07-09.json",
    "messy/official_candidate_level_2024_winners_only_bom_52_columns.csv",
    "messy/cp1252_tab_separated_twfy_mps_2022.tsv",
)
MADE_UP = "made up"

Rows = list[list[str]]
HOSTILE = (
    "",
    " ",
    "Vacant",
    "NULL",
    "#REF!",
    "=cmd|' /C calc'!A0",
    "=1+1",
    "-",
    "0",
    "-1",
    "5173.0",
    "1e9",
    "9" * 40,
    "999999999999999999999",
    "E14999999",
    "E14000530",
    "Z14000001",
    "Labour",
    "1999-02-31",
    "9999-12-31",
    "0001-01-01",
    "Siân\x00Berry",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "\u202ename",
    "🏛️" * 50,
    "x" * 30_000,
    'unclosed "quote',
    "line\nbreak",
    "Sian Ã¢ Berry",
    "\ufffd",
)


def source_of(chance: random.Random) -> tuple[str, Rows]:
    """The name of a list, and a part of it as rows of cells, headings first."""
    name = chance.choice(REAL_LISTS) if REAL_DATA.is_dir() else MADE_UP
    rows = rows_in(name)
    if chance.random() < 0.04:
        return name, copy_of(rows)
    start = chance.randrange(1, len(rows) - SMALL)
    return name, copy_of([rows[0], *rows[start : start + chance.randrange(3, SMALL)]])


def copy_of(rows: Rows) -> Rows:
    return [list(row) for row in rows]


@cache
def the_house() -> dict[str, str]:
    """The name of each seat, by its code."""
    if not REAL_DATA.is_dir():
        return {code: seat_name(code) for code in CODES}
    rows = all_rows_in(REAL_LISTS[0])[1:]
    return {code: name for code, name, *_ in rows[::5]}


@cache
def rows_in(name: str) -> Rows:
    """The rows of a list that name a seat of the House, headings first."""
    if name == MADE_UP:
        return list(csv.reader(io.StringIO(as_csv(whole()).decode())))
    headings, *rows = all_rows_in(name)
    seats = {word.casefold() for seat in the_house().items() for word in seat}
    return [headings, *(row for row in rows if seats.intersection(cell.casefold() for cell in row))]


def all_rows_in(name: str) -> Rows:
    path = REAL_DATA / name
    if path.suffix == ".json":
        items = json.loads(path.read_text())
        return [list(items[0]), *[[str(v) for v in item.values()] for item in items]]
    encoding = "cp1252" if path.suffix == ".tsv" else "utf-8-sig"
    separator = "\t" if path.suffix == ".tsv" else ","
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file, delimiter=separator))


# --- Mutations of the table -------------------------------------------------------------


def drop_a_column(rows: Rows, chance: random.Random) -> None:
    position = chance.randrange(len(rows[0]))
    for row in rows:
        del row[position : position + 1]


def repeat_a_column(rows: Rows, chance: random.Random) -> None:
    position = chance.randrange(len(rows[0]))
    for row in rows:
        row.append(row[position] if position < len(row) else "")


def shuffle_columns(rows: Rows, chance: random.Random) -> None:
    order = list(range(len(rows[0])))
    chance.shuffle(order)
    rows[:] = [[row[i] if i < len(row) else "" for i in order] for row in rows]


def shift_a_column(rows: Rows, chance: random.Random) -> None:
    """Cells slip down by a row: ids and names no longer belong together."""
    position = chance.randrange(len(rows[0]))
    cells = [row[position] for row in rows[1:] if position < len(row)]
    for row, cell in zip(rows[1:], cells[-1:] + cells[:-1], strict=False):
        if position < len(row):
            row[position] = cell


def shuffle_rows(rows: Rows, chance: random.Random) -> None:
    body = rows[1:]
    chance.shuffle(body)
    rows[1:] = body


def repeat_rows(rows: Rows, chance: random.Random) -> None:
    rows.extend(list(row) for row in chance.choices(rows, k=chance.randrange(1, 4)))


def lose_the_headings(rows: Rows, chance: random.Random) -> None:
    del rows[0]


def rename_a_heading(rows: Rows, chance: random.Random) -> None:
    rows[0][chance.randrange(len(rows[0]))] = chance.choice(["", "Name", "ID", "Code", "Party", "MP", "???"])


def put_in_hostile_cells(rows: Rows, chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 6)):
        row = chance.choice(rows[1:] or rows)
        if row:
            row[chance.randrange(len(row))] = chance.choice(HOSTILE)


def make_rows_ragged(rows: Rows, chance: random.Random) -> None:
    for row in chance.choices(rows, k=3):
        if chance.random() < 0.5:
            del row[chance.randrange(max(1, len(row))) :]
        else:
            row.extend(["extra"] * chance.randrange(1, 4))


def swap_cells_of_rows(rows: Rows, chance: random.Random) -> None:
    if len(rows) > 2:
        one, other = chance.sample(range(1, len(rows)), 2)
        position = chance.randrange(max(1, min(len(rows[one]), len(rows[other]))))
        if position < len(rows[one]) and position < len(rows[other]):
            rows[one][position], rows[other][position] = rows[other][position], rows[one][position]


def put_a_title_above(rows: Rows, chance: random.Random) -> None:
    rows[:0] = [["Members of Parliament"], [], ["as at", "today"]][: chance.randrange(1, 4)]


def empty_everything(rows: Rows, chance: random.Random) -> None:
    del rows[chance.randrange(0, 2) :]


TABLE_MUTATIONS: tuple[Callable[[Rows, random.Random], None], ...] = (
    drop_a_column,
    repeat_a_column,
    shuffle_columns,
    shift_a_column,
    shuffle_rows,
    repeat_rows,
    lose_the_headings,
    rename_a_heading,
    put_in_hostile_cells,
    put_in_hostile_cells,
    make_rows_ragged,
    swap_cells_of_rows,
    put_a_title_above,
    empty_everything,
)


# --- Writing the table, and mutations of the bytes -----------------------------------------


def written(rows: Rows, chance: random.Random) -> tuple[bytes, str]:
    """The table as a file of some kind, and the file's name (sometimes a wrong one)."""
    kind = chance.choice(["csv", "csv", "csv", "tsv", "semicolons", "json", "xlsx"])
    if kind == "json":
        objects = [dict(zip(rows[0], row, strict=False)) for row in rows[1:]] if rows else []
        content = json.dumps(chance.choice([objects, {"items": [{"value": o} for o in objects]}])).encode()
    elif kind == "xlsx":
        content = as_workbook(rows, chance)
    else:
        text = io.StringIO()
        separator = {"csv": ",", "tsv": "\t", "semicolons": ";"}[kind]
        ending = chance.choice(["\r\n", "\n", "\r"])
        csv.writer(text, delimiter=separator, lineterminator=ending).writerows(rows)
        encoding = chance.choice(
            ["utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16", "mac-roman", "utf-16-le"]
        )
        content = text.getvalue().encode(encoding, errors="replace")
    ending = {"semicolons": "csv"}.get(kind, kind)
    if chance.random() < 0.1:
        ending = chance.choice(["csv", "json", "xlsx", "xls", "dat", "png"])
    return content, f"list.{ending}"


def as_workbook(rows: Rows, chance: random.Random) -> bytes:
    book = Workbook()
    sheet = book.active
    for row in rows:
        cells: list[object] = []
        for cell in row:
            plain = "".join(c for c in cell if c.isprintable())[:30_000]
            cells.append(
                float(plain) if plain.isdigit() and chance.random() < 0.5 and len(plain) < 9 else plain
            )
        sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def truncate(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def flip_bytes(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randrange(1, 20)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def mix_line_ends(content: bytes, chance: random.Random) -> bytes:
    return b"".join(
        line + chance.choice([b"\r\n", b"\n", b"\r", b"\n\n"])
        for line in content.replace(b"\r", b"").split(b"\n")
    )


def swap_separators(content: bytes, chance: random.Random) -> bytes:
    return content.replace(b",", chance.choice([b";", b"\t", b"|", b" "]))


def insert_noise(content: bytes, chance: random.Random) -> bytes:
    position = chance.randrange(len(content) + 1)
    noise = chance.choice([b"\x00", b'"', b"\xff\xfe", b"\xef\xbb\xbf", b"\x81\x8d", b"<html>", b"}{"])
    return content[:position] + noise + content[position:]


BYTE_MUTATIONS = (truncate, flip_bytes, mix_line_ends, swap_separators, insert_noise)


class Mutant(NamedTuple):
    """A file with its name, and what it was made of; `chance` goes on to decide how it is imported."""

    content: bytes
    name: str
    source: str
    mutations: list[str]
    chance: random.Random


def mutant(seed: int) -> Mutant:
    chance = random.Random(seed)
    source, rows = source_of(chance)
    of_table, of_bytes = chance.choice([(0, 1), (0, 2), (1, 0), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1)])
    mutations: list[str] = []
    while len(mutations) < of_table and rows and rows[0]:
        mutate, before = chance.choice(TABLE_MUTATIONS), copy_of(rows)
        mutate(rows, chance)
        mutations += [mutate.__name__] * (rows != before)
    content, name = written(rows, chance)
    for _ in range(of_bytes):
        before = content
        while content == before:
            spoil = chance.choice(BYTE_MUTATIONS)
            content = spoil(before, chance)
        mutations.append(spoil.__name__)
    return Mutant(content, name, source, mutations, chance)


def every_row(*, without: str = "") -> dict[str, list[tuple[Any, ...]]]:
    """All rows as the database has them that a list may write: what no refused one may change in the least."""
    written = [apps.get_app_config(name) for name in ("contacts", "notifications")]
    tables = [model._meta.db_table for each in written for model in each.get_models()]
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            if table != without:
                cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608
                found[table] = cursor.fetchall()
    return found


@pytest.fixture
def some_facts(db, monkeypatch):
    """A Parliament, so that mutants meet holders, names and ids."""
    is_all_there_is(list(the_house()), monkeypatch)
    text = io.StringIO()
    csv.writer(text).writerows(rows_in(REAL_LISTS[0] if REAL_DATA.is_dir() else MADE_UP))
    listing, _ = read_list(text.getvalue().encode(), "list.csv", on=TODAY, today=TODAY)
    apply_list(
        listing, file_name="list.csv", list_date=TODAY, is_partial=False, skip_refused=False, by=None, now=NOW
    )


def seeds_from(first: int, count: int, *, step: int = 1) -> range:
    """Seeds of this database's half."""
    first += SQLITES_HALF if connection.vendor == "postgresql" else 0
    return range(first, first + count * step, step)


@pytest.mark.parametrize("batch", range(SQLITES_HALF // BATCH))
def test_malformed_lists_are_refused_or_taken_whole(some_facts, batch):
    taken = refused = 0
    before = every_row()
    for seed in seeds_from(batch * BATCH, BATCH):
        content, name, source, mutations, chance = mutant(seed)
        assert mutations, seed
        assert (source != MADE_UP) == REAL_DATA.is_dir(), seed
        is_partial, skip_refused = chance.random() < 0.9, chance.random() < 0.5
        try:
            listing, list_date = read_list(content, name, on=TODAY, today=TODAY)
            plan, _ = apply_list(
                listing,
                file_name=name,
                list_date=list_date,
                is_partial=is_partial,
                skip_refused=skip_refused,
                by=None,
                now=NOW,
            )
        except ListRefused as refusal:
            refusals = [(refusal.row, refusal.reason)]
        except RowsRefused as rows_refused:
            refusals = [(each.row, each.reason) for each in rows_refused.plan.refused]
            assert all(row > 0 for row, _ in refusals), seed
        else:
            taken += 1
            assert skip_refused or not plan.refused, seed
            assert_adds_up(plan, seed)
            before = every_row()
            continue
        refused += 1
        assert every_row() == before, seed
        assert refusals, seed
        for _, reason in refusals:
            assert reason.isprintable(), (seed, reason)
            assert 10 < len(reason) < 700, (seed, reason)
    assert taken
    assert refused
    connection.check_constraints()


def test_malformed_lists_sent_by_a_browser_are_refused_or_taken_whole(some_facts, client):
    """The client raises what the server would answer with 500."""
    client.force_login(UserFactory(is_instance_admin=True))
    statuses = Counter()
    for seed in seeds_from(0, UPLOADED, step=SQLITES_HALF // UPLOADED):
        content, name, *_, chance = mutant(seed)
        sent = {"file": SimpleUploadedFile(name, content), "on": TODAY.isoformat()}
        sent |= {"is_partial": "on"} if chance.random() < 0.9 else {}
        before = every_row()
        previewed = client.post(reverse("instance:import_upload"), sent)
        statuses["upload", previewed.status_code] += 1
        if previewed.status_code == 422:
            assert every_row() == before, seed
            assert "Error: " in previewed.content.decode(), seed
            continue
        assert previewed.status_code == 302, seed
        assert client.get(previewed.url).status_code == 200, seed
        before = every_row(without="contacts_mplistimport")
        skip = {"skip_refused": "on"} if chance.random() < 0.5 else {}
        applied = client.post(f"{previewed.url}apply/", skip)
        statuses["apply", applied.status_code] += 1
        if applied.status_code == 422:
            assert every_row(without="contacts_mplistimport") == before, seed
        else:
            assert applied.status_code == 302, seed
    assert statuses.keys() == {("upload", 302), ("upload", 422), ("apply", 302), ("apply", 422)}
    connection.check_constraints()


def assert_adds_up(plan, seed):
    report = plan.counts()
    set_aside = plan.listing.reading["past"]
    vacant = sum(placed.entry.is_vacant for placed in plan.placed)
    assert (
        report["new"] + report["changed"] + report["unchanged"] + len(report["refused"]) + vacant + set_aside
        == report["rows"]
    ), seed
    if plan.is_partial:
        assert report["ended"] == 0, seed
