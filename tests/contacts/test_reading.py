"""Bytes to rows: what a file is, its encoding, separator, headings, and what is refused as no list at all."""

from __future__ import annotations

import codecs
import io
import json
import time
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from contacts.imports import columns, entries, names, parties, reading, seats
from contacts.imports.reading import ListRefused
from tests.contacts.lists import as_csv, whole

ROWS = whole()[:40]
ON = date(2025, 1, 1)


def read(content: bytes, name: str = "list.csv") -> entries.Listing:
    return entries.understand(reading.read(content, name, columns.score), list_date=ON)


def workbook(rows: list[list[object]], *, sheets: tuple[str, ...] = ("MPs",)) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for title in sheets[:-1]:
        book.create_sheet(title).append(["Read me first"])
    sheet = book.create_sheet(sheets[-1])
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_rows(rows=ROWS) -> list[list[object]]:
    return [list(rows[0]), *[list(row.values()) for row in rows]]


def package(*names: str, is_encrypted: bool = False) -> bytes:
    """A ZIP file, as office documents are, of parts with these names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as parts:
        for name in names:
            parts.writestr(name, b"<x/>")
    content = bytearray(stream.getvalue())
    content[content.index(b"PK\x01\x02") + 8] |= is_encrypted  # of the first part, in the table of contents
    return bytes(content)


PLAIN = read(as_csv(ROWS)).entries


# --- What it is, it tells itself -------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "file"),
    [
        (as_csv(ROWS), "list.csv", "CSV, UTF-8, columns separated by commas"),
        (b"\xef\xbb\xbf" + as_csv(ROWS), "list.csv", "CSV, UTF-8 with BOM, columns separated by commas"),
        (as_csv(ROWS, separator="\t"), "list.tsv", "TSV, UTF-8, columns separated by tabs"),
        (as_csv(ROWS, separator="\t"), "list.csv", "TSV, UTF-8, columns separated by tabs"),
        (as_csv(ROWS, separator=";"), "list.csv", "CSV, UTF-8, columns separated by semicolons"),
        (as_csv(ROWS, separator="|"), "list.txt", "CSV, UTF-8, columns separated by vertical bars"),
        (as_csv(ROWS).replace(b"\r\n", b"\n"), "list", "CSV, UTF-8, columns separated by commas"),
        (as_csv(ROWS).replace(b"\r\n", b"\r"), "list.csv", "CSV, UTF-8, columns separated by commas"),
        (as_csv(ROWS).decode().encode("utf-16"), "list.txt", "CSV, UTF-16, columns separated by commas"),
        (json.dumps(ROWS).encode(), "list.json", "JSON, UTF-8"),
        (json.dumps({"items": [{"value": row} for row in ROWS]}).encode(), "list.json", "JSON, UTF-8"),
        (workbook(as_rows()), "list.xlsx", "Excel workbook, sheet “MPs”"),
        (
            workbook(as_rows(), sheets=("Notes", "Data")),
            "list.xlsx",
            "Excel workbook, sheet “Data” (not “Notes”)",
        ),
        (json.dumps(ROWS).encode("utf-16"), "list.json", "JSON, UTF-16"),
        (codecs.BOM_UTF16_BE + json.dumps(ROWS).encode("utf-16-be"), "list.json", "JSON, UTF-16"),
        (json.dumps(ROWS).encode("utf-32"), "list", "JSON, UTF-32"),
    ],
)
def test_one_list_in_every_format_is_read_alike(content, name, file):
    listing = read(content, name)

    assert listing.reading["file"] == file
    assert [(e.seat_code, e.parliament_id, e.name, e.party, e.started_on) for e in listing.entries] == [
        (e.seat_code, e.parliament_id, e.name, e.party, e.started_on) for e in PLAIN
    ]


def test_rows_are_numbered_as_a_spreadsheet_shows_them():
    titled = b"Members of Parliament\r\n\r\n" + as_csv(ROWS)

    assert [entry.row for entry in read(titled).entries][:2] == [4, 5]
    assert [entry.row for entry in read(json.dumps(ROWS).encode(), "x.json").entries][:2] == [1, 2]


def test_windows_1252_is_read_where_utf_8_fails():
    content = as_csv([{**ROWS[0], "PCON24NM": "Ynys Môn", "MP": "Siân Aabson"}, *ROWS[1:]])

    listing = read(content.decode().encode("cp1252"))

    assert listing.reading["file"].startswith("CSV, Windows-1252")
    assert (listing.entries[0].seat_name, listing.entries[0].name) == ("Ynys Môn", "Siân Aabson")


def test_notes_below_the_list_are_passed_over():
    listing = read(as_csv(ROWS) + b"\r\nSource: Northmoor Library\r\n")

    assert (len(listing.entries), listing.reading["notes"]) == (40, 1)


def test_numbers_dates_and_blanks_of_a_workbook():
    rows = as_rows()
    rows[1][2] = 1000.0
    rows[1][5] = datetime(2024, 7, 4)  # noqa: DTZ001 - workbooks have no time zones
    rows[2][3] = None
    rows[3][2] = "=A1+1"

    listing = read(workbook(rows), "list.xlsx")

    assert (listing.entries[0].parliament_id, listing.entries[0].started_on) == (1000, "2024-07-04")
    assert listing.entries[1].problem.startswith("names no MP")
    assert listing.entries[2].parliament_id is None


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "list.csv", "empty"),
        (b"\xef\xbb\xbf\r\n  \r\n", "list.csv", "empty"),
        (as_csv(ROWS).split(b"\r\n")[0], "list.csv", "headings but no rows"),
        (b"[]", "list.json", "empty"),
        (b'{"items": []}', "list.json", "empty"),
        (b"[1, 2, 3]", "list.json", "does not seem to be a list of MPs"),
        (b"[" * 100_000, "list.json", "not valid JSON"),
        (b'[{"a": 1},', "list.json", "not valid JSON"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "list.csv", "its name ends in “.csv” but it is a PNG picture"),
        (workbook(as_rows()), "list.csv", "its name ends in “.csv” but it is an Excel workbook"),
        (as_csv(ROWS), "list.xlsx", "its name ends in “.xlsx” but it is a text file"),
        (json.dumps(ROWS).encode(), "list.csv", "but it is a JSON file"),
        (b"%PDF-1.7 ...", "list.pdf", "a PDF document"),
        (b"<!DOCTYPE html><html>", "list.csv", "a web page"),
        (b"\x1f\x8b\x08\x00", "list", "a compressed file"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "list.xlsx",
            "encrypted with a password",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "list.xls", "old Excel version"),
        (package("xl/workbook.xml", is_encrypted=True), "list.xlsx", "The workbook is encrypted. Save it"),
        (package("word/document.xml"), "list.docx", "The file is a Word document, not a list. Import CSV"),
        (package("word/document.xml"), "list.xlsx", "ends in “.xlsx” but it is a Word document"),
        (package("mimetype", "content.xml"), "list.ods", "The file is an OpenDocument file, not a list."),
        (package("list.csv"), "list.zip", "The file is a ZIP archive, not a list."),
        (package("list.csv"), "list.csv", "ends in “.csv” but it is a ZIP archive"),
        (workbook(as_rows())[:-300], "list.xlsx", "damaged"),
        (b"PK\x03\x04" + b"x" * 100, "list.xlsx", "damaged"),
        (b"a,b\x00c\n1,2\n", "list.csv", "NUL bytes"),
        (as_csv(ROWS).decode().encode("utf-16-le"), "list.csv", "Save it as UTF-8"),
        (as_csv(ROWS).decode().encode("utf-16-be"), "list.csv", "UTF-16 text without the mark"),
        (json.dumps(ROWS).encode("utf-16-be"), "list.json", "UTF-16 text without the mark"),
        (b'"MP,Constituency\nAda,Moor\n', "list.csv", "row 1 opens a quotation mark that is never closed"),
        (b'MP,Constituency\n"Ada,Moor\nBea,Fen\n', "list.csv", "row 2 opens a quotation mark that is never"),
        (b'MP,Constituency\nAda,Moor\nBea,"Fen', "list.csv", "row 3 opens a quotation mark that is never"),
        (b'MP,Constituency\n"Ada,' + b"Moor\n" * 40_000, "list.csv", "a quotation mark that is never closed"),
        (b"x" * (reading.MAX_BYTES + 1), "list.csv", "this seems to be something else"),
        (b"MP,Constituency\n" + b"a,b\n" * 10_100, "list.csv", "more than 10,000 rows"),
        (b",".join([b"x"] * 400) + b"\n", "list.csv", "more than 300 columns"),
        (b'MP,Constituency\n"' + b"x," * 12_000, "list.csv", "a quotation mark that is never closed"),
        (as_csv(ROWS).replace(b"Aaa", "Sîân".encode()).replace(b"Aab", b"\xc3("), "list.csv", "damaged"),
        (b"MP,Constituency\nA\x81b,c\n", "list.csv", "neither UTF-8 nor Windows-1252"),
    ],
)
def test_what_is_no_list_is_refused_saying_what_it_seems_to_be(content, name, says):
    with pytest.raises(ListRefused) as refused:
        read(content, name)

    assert says in refused.value.reason


def test_a_workbook_that_unpacks_to_a_monster_is_refused_unopened():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"<x/>")
        package.writestr("xl/worksheets/sheet1.xml", b" " * (reading.MAX_UNPACKED + 1))

    with pytest.raises(ListRefused, match="huge"):
        read(stream.getvalue(), "list.xlsx")


def test_a_workbook_with_entities_is_refused():
    """Billion laughs and friends: openpyxl reads through defusedxml."""
    good = workbook(as_rows())
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                data = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + data
            new.writestr(part.filename, data)

    with pytest.raises(ListRefused, match="damaged"):
        read(stream.getvalue(), "list.xlsx")


def test_quotation_marks_that_are_closed_or_inside_a_cell_are_no_damage():
    rows = [{**row, "PCON24NM": f'{row["PCON24NM"]}, "Upper"'} for row in ROWS]
    inside = as_csv(ROWS).replace(b" Vale", b' 5" Vale')

    assert [e.seat_name for e in read(as_csv(rows)[:-2]).entries] == [row["PCON24NM"] for row in rows]
    assert read(inside).entries[0].seat_name == 'AaaAaa 5" Vale'
    assert len(read(as_csv(ROWS) + b"\n" * 30).entries) == 40


def test_blank_rows_are_not_counted():
    blanks = as_csv(ROWS) + b",,,,,\r\n" * 20_000
    styled = workbook([*as_rows(), *[[None] * 6] * 12_000, ["Source: Northmoor Library"]])

    assert len(read(blanks).entries) == 40
    listing = read(styled, "list.xlsx")
    assert (len(listing.entries), listing.reading["notes"]) == (40, 1)


def test_a_cell_at_the_bottom_of_a_workbook_is_no_hurdle_and_no_trap():
    book = Workbook()
    for row in as_rows():
        book.active.append(row)
    book.active.cell(row=1_048_576, column=1, value=" ")
    stream = io.BytesIO()
    book.save(stream)
    began = time.monotonic()

    assert len(read(stream.getvalue(), "list.xlsx").entries) == 40
    assert time.monotonic() - began < 20
    with pytest.raises(ListRefused, match="more than 1,048,576 rows, nearly all of them blank"):
        read(as_csv(ROWS) + b",\n" * 1_100_000)


# --- Workbooks of several sheets ----------------------------------------------------------------


def sheets(**rows_of: list[list[object]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for title, rows in rows_of.items():
        sheet = book.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def likeliest(content: bytes) -> entries.Listing:
    return entries.likeliest(reading.tables(content, "list.xlsx", columns.score), list_date=ON)


OLD = [[*row[:5], "2019-12-12", "2024-05-30"] for row in as_rows()[1:6]]
FORMER = [[*as_rows()[0], "End date"], *OLD]
STAFF = [["Constituency", "MP", "Party", "Caseworker"], *[["A", "B", "C", str(n)] for n in range(60)]]


@pytest.mark.parametrize(
    ("content", "file"),
    [
        (sheets(Template=as_rows()[:1], MPs=as_rows()), "sheet “MPs” (not “Template”)"),
        (sheets(Template=[[*as_rows()[0], "Region"]], MPs=as_rows()), "sheet “MPs” (not “Template”)"),
        (sheets(Former_MPs=as_rows()[:6], MPs=as_rows()), "sheet “MPs” (not “Former MPs”)"),
        (sheets(Former_MPs=FORMER, MPs=as_rows()), "sheet “MPs” (not “Former MPs”)"),
        (sheets(MPs=as_rows(), Former_MPs=FORMER), "sheet “MPs” (not “Former MPs”)"),
        (sheets(Staff=STAFF, MPs=as_rows()), "sheet “MPs” (not “Staff”)"),
        (sheets(A=[["x"]], B=[["x"]], C=[["x"]], D=[["x"]], MPs=as_rows()), "(not “A”, “B”, “C” and 1 more)"),
    ],
)
def test_of_several_sheets_the_list_of_mps_is_taken(content, file):
    listing = likeliest(content)

    assert listing.reading["file"].endswith(file)
    assert len(listing.entries) == 40


def test_a_workbook_without_a_list_says_which_sheet_seemed_likeliest():
    with pytest.raises(ListRefused) as refused:
        likeliest(sheets(Notes=[["Read me"]], Template=as_rows()[:1]))

    assert refused.value.reason == "The list is empty: it has headings but no rows (sheet “Template”)."


def test_a_row_cut_short_or_too_long_is_refused_alone():
    lines = as_csv(ROWS).split(b"\r\n")
    lines[3] = lines[3][:12]
    lines[5] += b",one,more"

    problems = {entry.row: entry.problem for entry in read(b"\r\n".join(lines)).entries if entry.problem}

    assert problems == {
        4: "the row is cut short: it has 2 cells where there are 6 headings",
        6: "the row has 8 cells where there are 6 headings",
    }


# --- Headings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("PCON24CD", "seat code"),
        ("pcon25cd", "seat code"),
        ("ONS ID", "seat code"),
        ("ONS code", "seat code"),
        ("GSS code", "seat code"),
        ("Constituency geographic code", "seat code"),
        ("Constituency ID", "seat code"),
        ("constituency_code", "seat code"),
        ("PCON24NM", "seat name"),
        ("Constituency", "seat name"),
        ("Constituency name", "seat name"),
        ("Parliamentary constituency", "seat name"),
        ("Westminster Constituency", "seat name"),
        ("Seat", "seat name"),
        ("membershipFrom", "seat name"),
        ("latestHouseMembership.membershipFrom", "seat name"),
        ("Member ID", "Parliament id"),
        ("member_id", "Parliament id"),
        ("MNIS ID", "Parliament id"),
        ("Member MNIS ID", "Parliament id"),
        ("Candidate MNIS ID", "Parliament id"),
        ("Parliament ID", "Parliament id"),
        ("parliament_member_id", "Parliament id"),
        ("Parliamentary ID", "Parliament id"),
        ("MP ID", "Parliament id"),
        ("ID", "Parliament id"),
        ("datadotparl_id", "Parliament id"),
        ("TheyWorkForYou ID", "TheyWorkForYou id"),
        ("TheyWorkForYou MP ID", "TheyWorkForYou id"),
        ("twfy_person_id", "TheyWorkForYou id"),
        ("Person ID", "TheyWorkForYou id"),
        ("MP", "name"),
        ("MP name", "name"),
        ("Name of MP", "name"),
        ("Member", "name"),
        ("nameDisplayAs", "name"),
        ("display_as", "name"),
        ("display_name_2024_07_09", "name"),
        ("Sitting MP", "name"),
        ("Full name", "name"),
        ("Forename(s)", "first name"),
        ("First name", "first name"),
        ("Member first name", "first name"),
        ("Candidate given name", "first name"),
        ("Surname", "surname"),
        ("Family name", "surname"),
        ("Last name", "surname"),
        ("nameListAs", "name, surname first"),
        ("full_title", "full title"),
        ("Party", "party"),
        ("Party name", "party"),
        ("party_text", "party"),
        ("latestParty.name", "party"),
        ("Main party name", "party"),
        ("Political party", "party"),
        ("Adjunct party name", "second party"),
        ("Start date", "start date"),
        ("Date elected", "start date"),
        ("membershipStartDate", "start date"),
        ("Election polling date", "start date"),
        ("region_name", "region"),
        ("English region name", "region"),
    ],
)
def test_headings_of_real_lists_are_known(heading, meaning):
    assert meaning in columns.find([heading], columns.MPS)


@pytest.mark.parametrize(
    "heading",
    ["Electorate", "Majority", "mnis_party_id", "member_email", "lad_codes", "region_code", "Result"],
)
def test_other_headings_mean_nothing_here(heading):
    assert columns.find([heading], columns.MPS) == {}


def test_numbers_tell_whose_id_a_column_holds():
    """TheyWorkForYou counts from 10001; Parliament has not come that far."""
    twfy = [{**row, "Member ID": str(25_000 + n * 3)} for n, row in enumerate(ROWS)]
    person = [{("Person ID" if k == "Member ID" else k): v for k, v in row.items()} for row in ROWS]

    assert [(e.parliament_id, e.twfy_id) for e in read(as_csv(twfy)).entries][:1] == [(None, 25_000)]
    assert [(e.parliament_id, e.twfy_id) for e in read(as_csv(person)).entries][:1] == [(1000, None)]


def test_ids_that_are_neither_are_left_alone():
    """Democracy Club, too, heads a column person_id."""
    other = [{("person_id" if k == "Member ID" else k): v for k, v in row.items()} for row in ROWS]
    other = [{**row, "person_id": str(5_000 + n * 3_000)} for n, row in enumerate(other)]

    assert {(e.parliament_id, e.twfy_id) for e in read(as_csv(other)).entries} == {(None, None)}


def test_a_column_that_counts_the_rows_is_no_id():
    counted = [{("ID" if k == "Member ID" else k): v for k, v in row.items()} for row in ROWS]
    counted = [{**row, "ID": str(n)} for n, row in enumerate(counted, start=1)]

    assert {e.parliament_id for e in read(as_csv(counted)).entries} == {None}


def test_a_flag_is_no_name():
    flagged = [{"Sitting MP": "Yes", **row} for row in ROWS]

    assert [e.name for e in read(as_csv(flagged)).entries] == [e.name for e in PLAIN]


# --- Names, parties, seats --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Ms  Diane Abbott ", "Ms Diane Abbott"),
        ("Rt Hon Sir Keir Starmer KCB KC MP", "Sir Keir Starmer"),
        ("The Rt Hon. Wendy Morton MP", "Wendy Morton"),
        ("Starmer, Sir Keir", "Sir Keir Starmer"),
        ("ABBOTT, Ms Diane", "Ms Diane Abbott"),
        ("Dáire HUGHES", "Dáire Hughes"),
        ("Freddie van Mierlo", "Freddie van Mierlo"),
        ("Órfhlaith Begley", "Órfhlaith Begley"),
    ],
)
def test_names_become_what_parliament_displays(given, shown):
    assert names.display(given) == shown


@pytest.mark.parametrize(
    ("name", "surname", "sorted_as"),
    [
        ("Sir Iain Duncan Smith", "Duncan Smith", "Duncan Smith, Iain"),
        ("Rebecca Long Bailey", "Long-Bailey", "Long Bailey, Rebecca"),
        ("Freddie van Mierlo", "", "van Mierlo, Freddie"),
        ("Marsha de Cordova", "", "de Cordova, Marsha"),
        ("Ms Diane Abbott", "", "Abbott, Diane"),
        ("Bell Ribeiro-Addy", "", "Ribeiro-Addy, Bell"),
        ("Cher", "", "Cher"),
    ],
)
def test_names_sort_by_surname(name, surname, sorted_as):
    assert names.sort_name(name, surname) == sorted_as


@pytest.mark.parametrize(
    ("spelling", "adjunct", "party"),
    [
        ("Labour", "", "Labour"),
        ("Labour", "Co-operative Party", "Labour (Co-op)"),
        ("Lab", "Co-op", "Labour (Co-op)"),
        ("Labour", "PP119", "Labour (Co-op)"),
        ("Labour/Co-operative", "", "Labour (Co-op)"),
        ("labourco-operative", "", "Labour (Co-op)"),
        ("Labour and Co-operative Party", "", "Labour (Co-op)"),
        ("Sinn Fein", "", "Sinn Féin"),
        ("Green", "", "Green Party"),
        ("Social Democratic and Labour Party", "", "Social Democratic & Labour Party"),
        ("scottish-national-party", "", "Scottish National Party"),
        ("LD", "", "Liberal Democrat"),
        ("Liberal Democrats", "", "Liberal Democrat"),
        ("dup", "", "Democratic Unionist Party"),
        ("reform", "", "Reform UK"),
        ("Speaker", "", "Speaker"),
        ("your-party", "", "Your Party"),
        ("Moorland  Alliance", "", "Moorland Alliance"),
    ],
)
def test_parties_take_parliaments_name(spelling, adjunct, party):
    assert parties.understand(spelling, adjunct).name == party


def test_lab_alone_contradicts_neither_kind_of_labour():
    lab = parties.understand("Lab")

    assert lab.allows("Labour")
    assert lab.allows("Labour (Co-op)")
    assert not lab.allows("Independent")
    assert not lab.allows(None)
    assert not parties.understand("Labour").allows("Labour (Co-op)")
    assert parties.understand(" - ") is None


@pytest.mark.whole_house
def test_there_are_650_valid_codes():
    assert len(seats.CODES_OF_2024) == 650
    assert not seats.CODES_OF_2024 & seats.OLD_CODES
    assert seats.RECODED.keys() <= seats.OLD_CODES
    assert set(seats.RECODED.values()) <= seats.CODES_OF_2024


@pytest.mark.real_data
def test_the_valid_codes_are_those_of_the_ons(real_data):
    known = json.loads((real_data / "constituencies" / "onspd_constituencies.json").read_text())

    assert set(known) == seats.CODES_OF_2024


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Altrincham & Sale West", "altrincham and sale west"),
        ("South Holland and The Deepings", "South Holland and the Deepings"),
        ("Ynys Môn", "Ynys Mon"),
        ("Glyndŵr", "glyndwr"),
        ("St Ives", "St. Ives"),
        ("Ynys Môn / Anglesey", "Anglesey"),
        ("Caerphilly (Caerffili)", "Caerffili"),
        ("Wrexham County Constituency", "Wrexham"),
    ],
)
def test_seat_names_are_compared_folded(one, other):
    assert seats.fold(other) in seats.spellings(one)
