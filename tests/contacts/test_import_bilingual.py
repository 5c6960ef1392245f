"""Seats in Wales have two names; a list may give either, or both in any order and on any line."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from contacts.models import Constituency
from tests.contacts.lists import CODES, SEATS, changed_rows, counts, whole

pytestmark = pytest.mark.django_db

WELSH = {
    "W07000112": ("Ynys Môn", "Ynys Môn"),
    "W07000111": ("Wrexham & Upper Dee", "Wrecsam"),
    "W07000110": ("Caerphilly, North", "Gogledd Caerffili"),
}
WELSH_CODES = [code for code in CODES if code.startswith("W")]  # the last of all
HINT = "import the constituencies with their Welsh names first (import_constituencies)"


def without_codes(rows):
    return [{k: v for k, v in row.items() if k != "PCON24CD"} for row in rows]


def named(names: dict[str, str]) -> list[dict[str, str]]:
    return without_codes(changed_rows(whole(), **{code: {"PCON24NM": name} for code, name in names.items()}))


@pytest.fixture
def known(importer):
    """A Parliament whose Welsh seats have the names in WELSH."""
    importer(whole())
    for code, (name, welsh) in WELSH.items():
        Constituency.objects.filter(ons_code=code).update(name=name, name_welsh=welsh)


@pytest.mark.parametrize(
    "written",
    [
        "{0} | {1}",
        "{1}|{0}",
        "{0} / {1}",
        "{1}, {0}",
        "{0}, {1}",
        "{0}\n{1}",
        "{1}\r\n{0}",
        "{1} {0}",
        "{0} ({1})",
        "{1} - {0}",
        "{0}",
        "{1}",
    ],
)
def test_both_names_in_any_order_are_the_seat(importer, known, written):
    rows = named({code: written.format(*names) for code, names in WELSH.items()})

    status, report = importer(rows, "2025-01-01")

    assert (status, counts(report)) == (0, (0, 0, 0, SEATS, 0))


def test_a_line_break_in_a_cell_of_a_workbook_parts_two_names(importer, known):
    book = Workbook()
    rows = named({code: "\n".join(names) for code, names in WELSH.items()})
    for row in [list(rows[0]), *[list(row.values()) for row in rows]]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)

    status, report = importer(stream.getvalue(), "2025-01-01", name="list.xlsx")

    assert (status, counts(report)) == (0, (0, 0, 0, SEATS, 0))


@pytest.mark.parametrize("written", ["Wrexham | Wrecsam", "Wrecsam|Wrexham", "Wrecsam / Wrexham"])
def test_half_of_a_name_is_enough_where_the_welsh_one_is_unknown(importer, written):
    importer(changed_rows(whole(), W07000111={"PCON24NM": "Wrexham"}))

    _, report = importer(named({"W07000111": written}), "2025-01-01")

    assert counts(report) == (0, 0, 0, SEATS, 0)


def test_where_no_welsh_name_is_known_the_reason_says_how_to_make_them_known(importer):
    importer(whole())

    _, report = importer(named({"W07000111": "Wrecsam"}), "2025-01-01")
    _, welsh_only = importer(
        named({code: f"Sedd {code}" for code in WELSH_CODES})[-len(WELSH_CODES) :], "2025-01-01", "--partial"
    )

    assert report["refused"] == [
        {
            "row": CODES.index("W07000111") + 2,
            "reason": "there is no constituency called “Wrecsam” in this Parliament; "
            f"if that is its Welsh name, {HINT}",
        }
    ]
    assert welsh_only["refused"][0]["reason"].endswith(f"If these are Welsh names, {HINT}.")


def test_where_welsh_names_are_known_nothing_is_said_of_them(importer, known):
    names = {code: welsh for code, (_, welsh) in WELSH.items()}
    _, report = importer(named(names | {"W07000111": "Wrecsm"}), "2025-01-01")

    assert report["refused"][0]["reason"] == "there is no constituency called “Wrecsm” in this Parliament"
