"""Bytes to a table: CSV (any usual separator), TSV, Excel and JSON. Pure: no database, no clock.

What the file is, its content tells, not its name; a name that says another thing is refused.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from pathlib import PurePath
from typing import Any

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_ROWS = 10_000
# Blank ones among them: spreadsheets save thousands that somebody once coloured. It is Excel's own limit.
MAX_LINES = 1_048_576
MAX_COLUMNS = 300
MAX_CELL = 20_000
MAX_DEPTH = 6
MAX_SHEETS = 20
HEADER_WITHIN = 15
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")

# How well a row of cells would do as the row of headings; 0 if not at all.
Score = Callable[[Sequence[str]], int]
Row = tuple[int, list[str]]


class ListRefused(Exception):
    """The file as a whole cannot be taken: `reason` says why; `row` where it shows (0: the whole file)."""

    def __init__(self, reason: str, *, row: int = 0, rows: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.row = row
        self.rows = rows

    @property
    def in_words(self) -> str:
        """Why, and where it shows first."""
        return f"{self.reason} Row {self.row} is the first." if self.row else self.reason


@dataclass
class Table:
    """A file as read. Row numbers are those a spreadsheet shows; in JSON, the first item is row 1."""

    kind: str
    header: list[str]
    rows: list[Row]
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    other_sheets: list[str] = field(default_factory=list)
    notes: int = 0
    # How many cells a row of text really had, where that is not as many as the headings.
    widths: dict[int, int] = field(default_factory=dict)

    def describe(self) -> str:
        """How the file was read, in words: "CSV, Windows-1252, columns separated by tabs"."""
        parts = [self.kind, self.encoding]
        if self.separator:
            parts.append(f"columns separated by {SEPARATORS[self.separator]}")
        if self.sheet:
            parts.append(f"sheet “{self.sheet}”{self._passed_over()}")
        return ", ".join(part for part in parts if part)

    def _passed_over(self) -> str:
        if not self.other_sheets:
            return ""
        shown = ", ".join(f"“{title}”" for title in self.other_sheets[:3])
        more = len(self.other_sheets) - 3
        return f" (not {shown}{f' and {more} more' if more > 0 else ''})"


SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "vertical bars"}

# What a file begins with, and what it then is. None of these can hold a list of MPs, but the first.
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "xlsx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"7z\xbc\xaf", "a compressed file (7-Zip)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"{\\rtf", "a rich text document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)

# What a file's name promises: text with columns, JSON, or Excel. Other endings promise nothing.
PROMISES = {
    ".csv": "text",
    ".tsv": "text",
    ".tab": "text",
    ".txt": "text",
    ".json": "JSON",
    ".xlsx": "Excel",
    ".xlsm": "Excel",
    ".xls": "an old Excel workbook",
}


# Marks at the beginning of a file that tell its encoding; UTF-32's begins with UTF-16's.
MARKS: tuple[tuple[bytes, str, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


def read(content: bytes, file_name: str, score: Score) -> Table:
    """The table in a file; of several sheets of a workbook, the likeliest. Raises ListRefused."""
    return tables(content, file_name, score)[0]


def tables(content: bytes, file_name: str, score: Score) -> list[Table]:
    """The tables in a file, each with the row of headings that `score` likes best; the likeliest table first.

    Only a workbook has several: its sheets. Raises ListRefused if the file is empty, huge, encrypted,
    damaged, or not what its name says.
    """
    if len(content) > MAX_BYTES:
        raise ListRefused(
            f"The file is {len(content) / 1024 / 1024:,.1f} MB. A list of MPs is well under "
            f"{MAX_BYTES // 1024 // 1024} MB: this seems to be something else."
        )
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise ListRefused("The file is empty.")
    kind = kind_of(content)
    if kind in ("text", "JSON"):
        refuse_unmarked_utf16(content)
    if kind == "an old Excel workbook":
        raise ListRefused(
            "The file is a workbook of an old Excel version (.xls). Save it as .xlsx or CSV and import that."
        )
    promised = PROMISES.get(PurePath(file_name).suffix.lower())
    if promised and promised != kind:
        words = {"text": "a text file", "JSON": "a JSON file", "Excel": "an Excel workbook"}
        raise ListRefused(
            f"The file is not what its name says: its name ends in “{PurePath(file_name).suffix[:10]}” "
            f"but it is {words.get(kind, kind)}."
        )
    if kind == "Excel":
        return read_excel(content, score)
    if kind == "JSON":
        return [read_json(content, score)]
    if kind == "text":
        return [read_text(content, score)]
    raise ListRefused(f"The file is {kind}, not a list. Import CSV, TSV, Excel (.xlsx) or JSON.")


def kind_of(content: bytes) -> str:
    """ "text", "JSON", "Excel", or what else it is in words. Raises ListRefused if it is encrypted."""
    for magic, kind in MAGIC:
        if content.startswith(magic):
            if kind == "ole":
                return kind_of_ole(content)
            return kind_of_zip(content) if kind == "xlsx" else kind
    start = content[:2000]
    for mark, codec, _ in MARKS:
        if content.startswith(mark):
            start = start.decode(codec, errors="ignore").encode()
            break
    start = start.lstrip(codecs.BOM_UTF8 + b" \t\r\n")[:200]
    if start[:1] in (b"[", b"{"):
        return "JSON"
    if re.match(rb"<(!doctype|html|\?xml|svg|[a-z]+[\s>])", start, re.IGNORECASE):
        return "a web page or XML document"
    return "text"


def kind_of_ole(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise ListRefused(
            "The workbook is encrypted with a password. "
            "Open it in Excel, save it without the password and import that."
        )
    return "an old Excel workbook"


def kind_of_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                if "word/document.xml" in names:
                    return "a Word document"
                return "an OpenDocument file" if "mimetype" in names else "a ZIP archive"
            if any(part.flag_bits & 1 for part in parts):
                raise ListRefused("The workbook is encrypted. Save it without a password and import that.")
            if sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise ListRefused(
                    f"The workbook is huge: unpacked it is more than {MAX_UNPACKED // 1024 // 1024} MB. "
                    "A list of MPs is not."
                )
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeError) as error:
        raise ListRefused(
            "The Excel workbook is damaged: it cannot be opened. Save or copy it again."
        ) from error
    return "Excel"


# --- Text -----------------------------------------------------------------------------


def decode(content: bytes) -> tuple[str, str]:
    """Text and the name of its encoding: UTF-8 (with or without BOM), UTF-16 with BOM, else Windows-1252."""
    for mark, codec, name in MARKS:
        if content.startswith(mark):
            try:
                return content.decode(codec), name
            except UnicodeDecodeError as error:
                raise ListRefused(
                    f"The file is damaged: it begins as {name} text but does not go on so."
                ) from error
    has_bom = content.startswith(codecs.BOM_UTF8)
    if b"\x00" in content:
        raise ListRefused(
            "The file is not text: it has NUL bytes in it.", row=row_of_byte(content, content.index(b"\x00"))
        )
    try:
        return content.decode("utf-8-sig"), "UTF-8 with BOM" if has_bom else "UTF-8"
    except UnicodeDecodeError as error:
        where = row_of_byte(content, error.start)
        # Windows-1252 text hardly ever holds a sequence that is valid UTF-8; if this does, it is damaged
        # UTF-8.
        letters = re.sub(r"[\x00-\x7f�]", "", content.decode("utf-8", errors="replace"))
        if has_bom or letters:
            raise ListRefused(
                f"The file is damaged: it is UTF-8 text, but row {where} holds bytes that are not.", row=where
            ) from error
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as error:
        where = row_of_byte(content, error.start)
        raise ListRefused(
            f"The file is neither UTF-8 nor Windows-1252 text: row {where} holds bytes that are in neither.",
            row=where,
        ) from error


def refuse_unmarked_utf16(content: bytes) -> None:
    """Every other byte of such text is NUL; without the mark nothing says which of two ways to read it."""
    if any(content.startswith(mark) for mark, _, _ in MARKS):
        return
    start = content[:1000]
    ways = start[::2], start[1::2]
    for one, other in (ways, ways[::-1]):
        if one.count(0) * 10 > len(one) * 7 and 0 not in other:
            raise ListRefused(
                "The file is UTF-16 text without the mark at its beginning (BOM) that says so. Save it as "
                "UTF-8, in Excel as “CSV UTF-8”, and import that."
            )


def row_of_byte(content: bytes, position: int) -> int:
    return len(re.findall(rb"\r\n|\r|\n", content[:position])) + 1


def read_text(content: bytes, score: Score) -> Table:
    text, encoding = decode(content)
    best: tuple[int, int, str] | None = None
    for separator in SEPARATORS:
        head = list(islice(cells_of(text, separator), HEADER_WITHIN))
        rated = max((score(cells) for cells in head), default=0)
        columns = max((len(cells) for cells in head), default=0)
        if best is None or (rated, columns) > best[:2]:
            best = (rated, columns, separator)
    separator = best[2] if best else ","
    kind = "TSV" if separator == "\t" else "CSV"
    table = Table(kind=kind, header=[], rows=[], encoding=encoding, separator=separator)
    return with_header(table, whole_cells_of(text, separator), score)


def cells_of(text: str, separator: str) -> Iterator[list[str]]:
    number = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            number += 1
            yield cells
    # Python's reader takes anything for text of this kind but a cell that is too long for it.
    except csv.Error as error:
        raise huge_cell(number + 1) from error


# A row put below the text: where it does not come out by itself, a quotation mark has swallowed it.
END = "the end of the list"


def whole_cells_of(text: str, separator: str) -> Iterator[list[str]]:
    """The rows of a text, up to one with a quotation mark that is never closed: then ListRefused."""
    held: list[str] | None = None
    number = 0
    for number, cells in enumerate(cells_of(text.rstrip("\r\n") + "\n" + END, separator)):  # noqa: B007
        if held is not None:
            yield held
        held = cells
    if held != [END]:
        raise ListRefused(
            f"The file is damaged: row {number + 1} opens a quotation mark that is never closed, so that "
            "all that follows runs into one cell. Close the quotation mark or take it out, or save the list "
            "again.",
            row=number + 1,
        )


# --- Excel ----------------------------------------------------------------------------


def read_excel(content: bytes, score: Score) -> list[Table]:
    """The sheets that have cells: those with rows first, then by their headings, then the longest."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = sheets_in(content, score)
    except ListRefused:
        raise
    # openpyxl meets damage with whatever its parsers raise; none of it is worth telling apart.
    except Exception as error:
        raise ListRefused(
            "The Excel workbook is damaged: it cannot be read. Save or copy it again."
        ) from error
    return sorted(found, key=lambda t: (bool(t.rows), score(t.header), len(t.rows)), reverse=True)


def sheets_in(content: bytes, score: Score) -> list[Table]:
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    found: list[Table] = []
    refused: ListRefused | None = None
    titles = [sheet.title[:60] for sheet in workbook.worksheets]
    for position, sheet in enumerate(workbook.worksheets[:MAX_SHEETS]):
        sheet.reset_dimensions()
        others = titles[:position] + titles[position + 1 :]
        table = Table(kind="Excel workbook", header=[], rows=[], sheet=titles[position], other_sheets=others)
        try:
            lines = (as_texts(row) for row in sheet.iter_rows(values_only=True))
            found.append(with_header(table, lines, score))
        except ListRefused as error:
            refused = refused or error
    if not found:
        raise refused or ListRefused("The workbook has no sheet with cells.")
    return found


def as_texts(values: Sequence[Any]) -> list[str]:
    if len(values) > MAX_COLUMNS:
        values = values[: MAX_COLUMNS + 1]
    return [as_text(value) for value in values]


def as_text(value: Any) -> str:
    """A cell or a JSON value as text: 5173.0 is "5173", a date is "2024-07-04", nothing is ""."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


# --- JSON -----------------------------------------------------------------------------


def read_json(content: bytes, score: Score) -> Table:
    """A list of objects; or one wrapped as Parliament's API does (`items`, `value`), as GeoJSON does, or
    under any one name; or an object of code: name."""
    text, encoding = decode(content)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise ListRefused(
            f"The file is damaged: it is not valid JSON from line {line} on.", row=line
        ) from error
    items = items_of(data)
    if items is None:
        raise ListRefused("The JSON file holds no list of objects: it does not seem to be a list of MPs.")
    if not items:
        raise ListRefused("The list is empty: it has no items.")
    if len(items) > MAX_ROWS:
        raise ListRefused(f"The list is huge: it has {len(items):,} items.", rows=len(items))
    flat = [flattened(item) for item in items]
    header = list(dict.fromkeys(key for item in flat for key in item))
    if len(header) > MAX_COLUMNS:
        raise ListRefused(f"The list is huge: it has {len(header):,} different fields.", rows=len(items))
    rows = [(number, [item.get(key, "") for key in header]) for number, item in enumerate(flat, start=1)]
    table = Table(kind="JSON", header=header, rows=rows, encoding=encoding)
    refuse_huge_cells(table)
    return table


def items_of(data: Any) -> list[Any] | None:  # noqa: PLR0911 - one return per shape
    if isinstance(data, list):
        return data
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("value"), dict):
        return [data]
    lists = [
        value for value in data.values() if isinstance(value, list) and value and isinstance(value[0], dict)
    ]
    for key in ("items", "features", "value", "results", "data", "memberships"):
        if isinstance(data.get(key), list):
            return list(data[key])
    if len(lists) == 1:
        return list(lists[0])
    if data and all(isinstance(value, str) for value in data.values()):
        return [{"code": key, "name": value} for key, value in data.items()]
    numbers = [
        {"outer": outer, "inner": inner, "value": value}
        for outer, values in data.items()
        if isinstance(values, dict)
        for inner, value in values.items()
        if isinstance(value, int | float)
    ]
    if numbers:
        return numbers
    return None


def flattened(item: Any) -> dict[str, str]:
    """An object's fields as text, those of objects inside it as "outer.inner"; `value` and GeoJSON's
    `properties` are only wrappers. Lists inside an object are left out."""
    flat: dict[str, str] = {}

    def walk(value: Any, path: str, depth: int) -> None:
        if isinstance(value, dict):
            if depth > MAX_DEPTH:
                return
            for key, inner in value.items():
                name = path if key in ("value", "properties") and isinstance(inner, dict) else f"{path}.{key}"
                walk(inner, name, depth + 1)
        elif not isinstance(value, list):
            flat[clean(path.strip("."))[:200]] = clean(as_text(value))

    walk(item if isinstance(item, dict) else {"": item}, "", 0)
    return flat


# --- The row of headings ---------------------------------------------------------------


def with_header(table: Table, lines: Iterable[list[str]], score: Score) -> Table:
    """Fill in the table's header and rows: the best-rated of the first rows is the header, what stands above
    it is a title, rows of blanks are passed over, and a lone cell after the header is a note."""
    kept: list[Row] = []
    raw_widths: dict[int, int] = {}
    for number, raw in enumerate(lines, start=1):
        cells = [clean(cell) for cell in raw]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise ListRefused(
                f"The list is huge: row {number} has more than {MAX_COLUMNS} columns.", row=number
            )
        if len(kept) > MAX_ROWS + HEADER_WITHIN:
            raise ListRefused(
                f"The list is huge: it has more than {MAX_ROWS:,} rows.", row=number, rows=len(kept)
            )
        if number > MAX_LINES:
            raise ListRefused(
                f"The list is huge: it has more than {MAX_LINES:,} rows, nearly all of them blank. Copy the "
                "rows that are not into a new file.",
                row=number,
                rows=len(kept),
            )
        if cells:
            kept.append((number, cells))
            raw_widths[number] = max(len(cells), len(raw))
    if not kept:
        raise ListRefused("The file is empty: it has no rows.")
    rated = [(score(cells), -position) for position, (_, cells) in enumerate(kept[:HEADER_WITHIN])]
    position = -max(rated)[1] if max(rated)[0] else 0
    header_row, table.header = kept[position]
    width = len(table.header)
    for number, cells in kept[position + 1 :]:
        if width > 2 and len(cells) == 1 and table.kind != "JSON":
            table.notes += 1
            continue
        table.rows.append((number, cells + [""] * (width - len(cells))))
    if table.separator:
        table.widths = {n: w for n, w in raw_widths.items() if n > header_row and w != raw_widths[header_row]}
    refuse_huge_cells(table)
    return table


def refuse_huge_cells(table: Table) -> None:
    for number, cells in table.rows:
        if any(len(cell) > MAX_CELL for cell in cells):
            raise huge_cell(number, rows=len(table.rows))


def huge_cell(row: int, *, rows: int = 0) -> ListRefused:
    return ListRefused(
        f"Row {row} holds a cell of more than {MAX_CELL:,} characters: "
        "a quotation mark that is never closed, or not a list of MPs.",
        row=row,
        rows=rows,
    )


def clean(cell: str) -> str:
    """A cell's text: outer and repeated blanks gone, Excel's ="text" unwrapped, letters and their accents in
    one character (NFC: names are compared), and nothing that a database cannot keep: JSON and Excel can spell
    NUL and halves of characters."""
    text = " ".join(UNSTORABLE.sub("\ufffd", cell.replace("\ufeff", "")).split())
    text = unicodedata.normalize("NFC", text)
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1].strip()
    return text


def printable(text: str) -> str:
    """At most 60 characters of a cell, safe to show: no control characters, no way to end a line."""
    shown = "".join(c if c.isprintable() else "·" for c in text[:61])
    return shown if len(shown) <= 60 else shown[:59] + "…"
