"""What the words of an import mean: new, changed, ended, refused; whole and partial."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from contacts.imports.applying import apply_preview, preview_list, read_list
from contacts.imports.reading import ListRefused
from contacts.models import (
    MP,
    Constituency,
    MPListImport,
    Party,
    SeatHolding,
)
from tests.contacts.lists import (
    ALL_CODES,
    ELECTION,
    ENGLISH,
    FIRST,
    HEADINGS,
    NEWCOMER,
    SEATS,
    SECOND,
    THIRD,
    VACANT,
    as_csv,
    changed_rows,
    counts,
    facts,
    holder,
    letters,
    run,
    seat_name,
    spells,
    whole,
)
from tests.factories import (
    NOW,
    TODAY,
    ConstituencyFactory,
    MPFactory,
)

pytestmark = pytest.mark.django_db

# --- The report and the exit status -----------------------------------------------------


def test_a_whole_list_is_650_new_then_650_unchanged(importer):
    status, report = importer(whole())
    after = facts()
    again_status, again = importer(whole())

    assert (status, again_status) == (0, 0)
    assert report == {
        "rows": SEATS,
        "new": SEATS,
        "changed": 0,
        "ended": 0,
        "unchanged": 0,
        "refused": [],
        "applied": True,
    }
    assert again == {**report, "new": 0, "unchanged": SEATS}
    assert facts() == after


def test_a_dry_run_changes_nothing_and_says_so(importer):
    status, report = importer(whole(), ELECTION, "--dry-run")

    assert (status, report["applied"], report["new"]) == (0, False, SEATS)
    assert (MP.objects.count(), MPListImport.objects.count()) == (0, 0)


def test_a_refused_row_stops_the_import(importer):
    rows = changed_rows(whole(), **{SECOND: {"Member ID": "not known yet"}})

    status, report = importer(rows)

    assert (status, report["applied"]) == (1, False)
    assert report["refused"] == [{"row": 3, "reason": "“not known yet” is not a Parliament id"}]
    assert (MP.objects.count(), Constituency.objects.count()) == (0, 0)


def test_the_other_rows_are_applied_where_that_is_chosen(importer):
    rows = changed_rows(whole(), **{SECOND: {"Member ID": "not known yet"}})

    status, report = importer(rows, ELECTION, "--skip-refused")

    assert (status, report["applied"], report["new"]) == (0, True, SEATS - 1)
    assert holder(SECOND) is None


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_mps", tmp_path / "nowhere.csv")


def test_the_report_in_words_names_people(importer, capsys):
    importer(whole())
    path = importer.folder / "next.csv"
    rows = changed_rows(whole(), **{FIRST: NEWCOMER, SECOND: {"MP": "Ada Renamed-Aabson"}})
    # Each has sat three times before.
    terms = (("2010-05-06", "2015-03-30"), ("2015-05-07", "2017-05-03"), ("2019-12-12", "2024-05-30"))
    over = [row | {"Start date": begun, "End date": ended} for begun, ended in terms for row in whole()]
    path.write_bytes(as_csv([row | {"End date": ""} for row in rows] + over))

    call_command("import_mps", path, on=date(2026, 3, 1))

    said = capsys.readouterr().out
    assert f"Ended. Ada {letters(0)}son, {seat_name(FIRST)}" in said
    assert f"New. Bea Novak, {seat_name(FIRST)}, Green Party" in said
    assert f"{4 * SEATS} rows: 1 new, 1 changed, 1 ended, {SEATS - 2} unchanged, 0 refused" in said
    assert f" refused, {3 * SEATS} of earlier times set aside. Applied." in said


# --- New, changed, ended ----------------------------------------------------------------


def test_a_by_election_ends_one_mp_and_begins_another(importer):
    importer(whole())
    old = holder(FIRST)

    _, report = importer(changed_rows(whole(), **{FIRST: NEWCOMER}), "2026-03-01")

    assert counts(report) == (1, 0, 1, SEATS - 1, 0)
    new = holder(FIRST)
    assert (new.parliament_id, new.name, new.sort_name) == (5447, "Bea Novak", "Novak, Bea")
    assert new.holdings.get().started_on == date(2026, 2, 26)
    assert spells(new) == [("Green Party", date(2026, 2, 26), None)]
    assert old.holdings.get().ended_on == date(2026, 2, 25)
    assert spells(old) == [("Labour", date(2024, 7, 4), date(2026, 2, 25))]


def test_vacant_ends_the_holding_and_the_winner_begins_one(importer):
    importer(whole())
    old = holder(FIRST)

    _, vacancy = importer(changed_rows(whole(), **{FIRST: VACANT}), "2026-01-27")

    assert counts(vacancy) == (0, 0, 1, SEATS - 1, 0)
    assert holder(FIRST) is None
    assert old.holdings.get().ended_on == date(2026, 1, 26)

    _, filled = importer(changed_rows(whole(), **{FIRST: NEWCOMER}), "2026-03-01")

    assert counts(filled) == (1, 0, 0, SEATS - 1, 0)
    assert holder(FIRST).holdings.get().started_on == date(2026, 2, 26)


@pytest.mark.parametrize(
    "said",
    [
        "Vacant - by-election due",
        "VACANT (by-election pending)",
        "VACANT.",
        "(vacant)",
        "None (vacant)",
        "VACANCY - by-election",
        "The seat is currently vacant",
        "Vacant_seat",
        "Vacant since 3 May 2026 (death of the member)",
    ],
)
def test_whatever_else_it_says_a_vacancy_ends_the_holding_and_makes_nobody(importer, said):
    importer(whole())

    _, report = importer(
        changed_rows(whole(), **{FIRST: {"Member ID": "", "MP": said, "Party": "Vacant*"}}), "2026-01-27"
    )

    assert counts(report) == (0, 0, 1, SEATS - 1, 0)
    assert holder(FIRST) is None
    assert MP.objects.count() == SEATS
    assert Party.objects.count() == 3


@pytest.mark.parametrize(
    "said",
    [
        "TBC",
        "T.B.A.",
        "To be elected",
        "To be confirmed 7 May",
        "No MP",
        "No current MP",
        "N.A.",
        "None.",
        "--",
        "By-election pending",
        "by election due following the death of Ada Oldman",
        "Member deceased",
        "Ada Oldman (resigned)",
        "Awaiting result",
        "The Speaker",
        "Not vacant",
    ],
)
def test_what_does_not_name_a_person_is_refused_and_ends_nobody(importer, said):
    importer(whole())
    before = facts()
    rows = changed_rows(whole(), **{FIRST: {"Member ID": "", "MP": said, "Party": "TBC"}})

    status, report = importer(rows, "2026-01-27")

    assert (status, report["ended"]) == (1, 0)
    assert report["refused"] == [
        {"row": 2, "reason": f"“{said}” does not name an MP; if the seat is vacant, write Vacant"}
    ]
    assert importer(rows, "2026-01-27", "--skip-refused")[0] == 0
    assert facts() == before


def test_a_vacancy_beside_somebodys_id_is_refused(importer):
    """Known or not, an id says that somebody holds the seat."""
    importer(whole())
    rows = changed_rows(
        whole(), **{FIRST: {"MP": "Vacant - by-election due"}, SECOND: {"MP": "Vacant", "Member ID": "5447"}}
    )

    _, report = importer(rows, "2026-01-27")

    assert report["refused"] == [
        {"row": row, "reason": "the row says both that the seat is vacant and who holds it"} for row in (2, 3)
    ]


def test_an_id_that_is_none_is_nobody_beside_a_vacancy(importer):
    importer(whole())
    rows = changed_rows(
        whole(),
        **{FIRST: {"MP": "Vacant", "Member ID": "0"}, SECOND: {"MP": "Vacant", "Member ID": "TBC"}},
    )

    _, report = importer(rows, "2026-01-27")

    assert counts(report) == (0, 0, 2, SEATS - 2, 0)


def test_a_party_that_is_none_says_nothing(importer):
    importer(whole())
    says = {FIRST: {"Party": "Vacant*"}, SECOND: {"Party": "TBC"}, THIRD: {"Party": "No party"}}

    _, report = importer(changed_rows(whole(), **says), "2026-01-27")

    assert counts(report) == (0, 1, 0, SEATS - 1, 0)
    assert set(Party.objects.values_list("name", flat=True)) == {
        "Conservative",
        "Independent",
        "Labour",
        "Liberal Democrat",
    }


def test_a_seat_that_stays_vacant_is_nobodys_change(importer):
    rows = changed_rows(whole(), **{FIRST: VACANT})

    _, first = importer(rows)
    _, second = importer(rows, "2024-08-01")

    assert counts(first) == (SEATS - 1, 0, 0, 0, 0)
    assert counts(second) == (0, 0, 0, SEATS - 1, 0)


def test_winning_ones_own_seat_back_is_a_new_holding_of_the_same_mp(importer):
    importer(whole())
    mp = holder(FIRST)

    _, report = importer(changed_rows(whole(), **{FIRST: {"Start date": "2026-07-16"}}), "2026-08-01")

    assert counts(report) == (0, 1, 0, SEATS - 1, 0)
    assert list(mp.holdings.order_by("started_on").values_list("started_on", "ended_on")) == [
        (date(2024, 7, 4), date(2026, 7, 15)),
        (date(2026, 7, 16), None),
    ]


def test_coming_back_after_a_vacancy_is_new_again_but_the_same_person(importer):
    importer(whole())
    mp = holder(FIRST)
    importer(changed_rows(whole(), **{FIRST: VACANT}), "2026-01-27")

    _, report = importer(changed_rows(whole(), **{FIRST: {"Start date": "2026-02-26"}}), "2026-03-01")

    assert counts(report) == (1, 0, 0, SEATS - 1, 0)
    assert holder(FIRST) == mp
    assert MP.objects.count() == SEATS


def test_someone_who_moves_seat_is_changed_and_not_ended(importer):
    importer(whole())
    mover, displaced = holder(FIRST), holder(SECOND)
    base = {row["PCON24CD"]: row for row in whole()}
    moved = {key: base[FIRST][key] for key in ("Member ID", "MP", "Party")}

    _, report = importer(
        changed_rows(whole(), **{FIRST: NEWCOMER, SECOND: {**moved, "Start date": "2026-02-26"}}),
        "2026-03-01",
    )

    assert counts(report) == (1, 1, 1, SEATS - 2, 0)
    assert holder(SECOND) == mover
    assert spells(mover) == [("Labour", date(2024, 7, 4), None)]
    assert not displaced.holdings.filter(ended_on=None).exists()


def test_two_who_change_places_are_both_changed(importer):
    importer(whole())
    one, other = holder(FIRST), holder(SECOND)
    base = {row["PCON24CD"]: row for row in whole()}
    person = ("Member ID", "MP", "Party")
    swap = {
        FIRST: {**{k: base[SECOND][k] for k in person}, "Start date": ""},
        SECOND: {**{k: base[FIRST][k] for k in person}, "Start date": ""},
    }

    _, report = importer(changed_rows(whole(), **swap), "2026-03-01")

    assert counts(report) == (0, 2, 0, SEATS - 2, 0)
    assert (holder(FIRST), holder(SECOND)) == (other, one)


def test_a_changed_party_ends_one_spell_and_begins_another(importer):
    importer(whole())

    _, report = importer(changed_rows(whole(), **{FIRST: {"Party": "Your Party"}}), "2025-11-20")

    assert counts(report) == (0, 1, 0, SEATS - 1, 0)
    assert spells(holder(FIRST)) == [
        ("Labour", date(2024, 7, 4), date(2025, 11, 19)),
        ("Your Party", date(2025, 11, 20), None),
    ]
    assert MPListImport.objects.first().report["changed_mps"] == [
        {
            "row": 2,
            "name": f"Ada {letters(0)}son",
            "seat": seat_name(FIRST),
            "changes": [["Party", "Labour", "Your Party"]],
        }
    ]


def test_an_empty_party_says_nothing(importer):
    importer(whole())

    _, report = importer(changed_rows(whole(), **{FIRST: {"Party": ""}}), "2025-11-20")

    assert counts(report) == (0, 0, 0, SEATS, 0)
    assert spells(holder(FIRST)) == [("Labour", date(2024, 7, 4), None)]


def test_a_party_never_heard_of_is_made(importer):
    importer(changed_rows(whole(), **{FIRST: {"Party": "Moorland Alliance"}}))

    assert Party.objects.get(name="Moorland Alliance").abbreviation == ""
    assert Party.objects.get(name="Labour").abbreviation == "Lab"


def test_two_lists_of_one_day_the_second_is_right(importer):
    """A spell of no days leaves no trace."""
    importer(whole())

    _, report = importer(
        changed_rows(whole(), **{FIRST: {**NEWCOMER, "Start date": ""}, SECOND: {"Party": "Green"}})
    )

    assert counts(report) == (1, 1, 1, SEATS - 2, 0)
    assert holder(FIRST).name == "Bea Novak"
    assert SeatHolding.objects.filter(constituency__ons_code=FIRST).count() == 1
    assert spells(holder(SECOND)) == [("Green Party", date(2024, 7, 4), None)]


@pytest.mark.parametrize(
    ("given", "started"),
    [
        ("2024-07-04", date(2024, 7, 4)),
        ("2024-07-04T00:00:00", date(2024, 7, 4)),
        ("04/07/2024", date(2024, 7, 4)),
        ("1987-06-11T00:00:00", date(2024, 7, 4)),  # first entry: has sat throughout
        ("2025-05-01", date(2025, 5, 1)),
        ("2027-01-01", date(2025, 6, 1)),  # after the list's day
        ("", date(2025, 6, 1)),
    ],
)
def test_a_start_date_counts_only_as_the_start_of_this_holding(importer, given, started):
    importer(changed_rows(whole(), **{FIRST: {"Start date": given}}), "2025-06-01")

    assert holder(FIRST).holdings.get().started_on == started


def test_a_returning_mps_first_entry_is_not_the_start_of_the_new_holding(importer):
    importer(whole())

    importer(changed_rows(whole(), **{FIRST: {**NEWCOMER, "Start date": "2001-06-07"}}), "2026-06-27")

    assert holder(FIRST).holdings.get().started_on == date(2026, 6, 27)


# --- Names and ids ------------------------------------------------------------------------


def test_a_new_name_is_a_change_and_an_id_that_was_missing_is_not(importer):
    importer(whole())
    rows = [{**row, "TheyWorkForYou ID": str(20001 + n)} for n, row in enumerate(whole())]

    _, report = importer(changed_rows(rows, **{FIRST: {"MP": f"Ada Novak-{letters(0)}son"}}), "2025-01-01")

    assert counts(report) == (0, 1, 0, SEATS - 1, 0)
    assert holder(FIRST).sort_name == f"Novak-{letters(0)}son, Ada"
    assert holder(SECOND).twfy_id == 20002
    assert MPListImport.objects.first().report["ids_learnt"] == SEATS


def test_a_title_counts_only_in_a_list_that_writes_titles(importer):
    importer(changed_rows(whole(), **{FIRST: {"MP": f"Ms Ada {letters(0)}son"}}))

    _, plain = importer(whole(), "2025-01-01")
    _, titled = importer(changed_rows(whole(), **{SECOND: {"MP": f"Dame Ada {letters(1)}son"}}), "2025-01-02")

    assert counts(plain) == (0, 0, 0, SEATS, 0)
    assert counts(titled) == (0, 2, 0, SEATS - 2, 0)
    assert holder(FIRST).name == f"Ada {letters(0)}son"
    assert holder(SECOND).name == f"Dame Ada {letters(1)}son"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Member ID": "1001"}, "the Parliament id 1001 is"),
        ({"Member ID": "4999"}, "'s Parliament id is 1000 here, not 4999"),
        ({"Member ID": "900001"}, "made-up MP's"),
        ({"MP": ""}, "names no MP; if the seat is vacant, the row must say Vacant"),
        ({"MP": "=HYPERLINK(1)"}, "is not a readable name"),
        ({"MP": "x" * 200}, "is 200 characters long"),
        ({"MP": "SiÃ¢n Berry"}, "is not a readable name"),
        ({"Party": "12"}, "the party is a number"),
        ({"Party": "<b>"}, "is not the name of a party"),
        ({"Start date": "some day"}, "the start date “some day” is not a date"),
        ({"Member ID": "Vacant"}, "says both that the seat is vacant and who holds it"),
    ],
)
def test_a_row_that_cannot_be_true_is_refused_alone(importer, cells, reason):
    importer(whole())
    before = facts()

    status, report = importer(changed_rows(whole(), **{FIRST: cells}), "2025-01-01")

    assert (status, len(report["refused"])) == (1, 1)
    assert report["refused"][0]["row"] == 2
    assert reason in report["refused"][0]["reason"]
    assert facts() == before


def test_made_up_people_and_seats_are_outside_every_import(importer):
    mp = MPFactory(parliament_id=900_123)
    seat = mp.holdings.get().constituency

    status, report = importer(
        changed_rows(whole(), **{FIRST: {"PCON24CD": seat.ons_code}}), ELECTION, "--skip-refused"
    )

    assert (status, report["new"]) == (0, SEATS - 1)
    assert "made-up seat" in report["refused"][0]["reason"]
    assert mp.holdings.get().ended_on is None


# --- Rows that contradict each other -----------------------------------------------------


def test_a_row_twice_is_refused_once(importer):
    rows = whole()

    _, report = importer([*rows, rows[0]], ELECTION, "--skip-refused")

    assert report["refused"] == [{"row": SEATS + 2, "reason": "repeats row 2"}]
    assert report["new"] == SEATS


def test_two_people_in_one_seat_are_both_refused(importer):
    rows = [*whole(), {**whole()[0], **NEWCOMER}]

    status, report = importer(rows)

    assert status == 1
    assert [refused["row"] for refused in report["refused"]] == [2, SEATS + 2]


def test_one_person_in_two_seats_is_refused_in_both(importer):
    rows = changed_rows(whole(), **{SECOND: {k: whole()[0][k] for k in ("Member ID", "MP")}})

    _, report = importer(rows)

    assert [refused["row"] for refused in report["refused"]] == [2, 3]
    assert "is in row 3 too, for another seat" in report["refused"][0]["reason"]


def test_a_code_and_a_name_that_disagree_are_refused(importer):
    importer(whole())

    _, report = importer(changed_rows(whole(), **{FIRST: {"PCON24NM": seat_name(THIRD)}}), "2025-01-01")

    assert f"the code {FIRST} is {seat_name(FIRST)}, but the row names {seat_name(THIRD)}" in str(
        report["refused"]
    )


@pytest.mark.parametrize("code", ["E14000530", "E99999999", "E1400106", "X"])
def test_a_code_that_is_no_seats_is_refused(importer, code):
    status, report = importer(changed_rows(whole(), **{FIRST: {"PCON24CD": code}}))

    assert (status, [refused["row"] for refused in report["refused"]]) == (1, [2])
    assert code in report["refused"][0]["reason"]


def test_scottish_seats_may_come_with_the_codes_first_published(importer):
    status, report = importer(changed_rows(whole(), S14000107={"PCON24CD": "S14000006"}))

    assert (status, report["new"]) == (0, SEATS)
    assert holder("S14000107") is not None


# --- Whole and partial ----------------------------------------------------------------------


def test_a_partial_list_must_be_said_to_be_partial(importer):
    english = [row for row in whole() if row["PCON24CD"].startswith("E")]

    status, report = importer(english)

    assert (status, report["rows"], report["applied"]) == (1, ENGLISH, False)
    assert f"{ENGLISH} of the {SEATS} seats" in report["refused"][0]["reason"]
    assert f"{ENGLISH} of {ENGLISH} in England, 0 of 6 in Wales" in report["refused"][0]["reason"]
    assert "--partial" in report["refused"][0]["reason"]

    assert importer(english, ELECTION, "--partial")[1]["new"] == ENGLISH


def test_a_sheet_that_is_not_whole_is_named(importer):
    book = Workbook()
    book.active.append(HEADINGS)
    english = book.create_sheet("England")
    for row in [{heading: heading for heading in HEADINGS}, *whole()[:ENGLISH]]:
        english.append(list(row.values()))
    stream = io.BytesIO()
    book.save(stream)

    status, report = importer(stream.getvalue(), name="list.xlsx")

    assert status == 1
    assert report["refused"][0]["reason"].startswith(
        f"The list (sheet “England”) is for {ENGLISH} of the {SEATS} seats."
    )


def test_one_seat_missing_is_named(importer):
    importer(whole())

    status, report = importer(whole()[1:], "2025-01-01")

    assert status == 1
    assert f"{SEATS - 1} of the {SEATS} seats. Missing: {seat_name(FIRST)}." in report["refused"][0]["reason"]


def test_a_partial_list_ends_nobody(importer):
    importer(whole())
    before = facts()
    rows = [{**whole()[0], **NEWCOMER}, {**whole()[1], **VACANT}, whole()[2]]

    status, report = importer(rows, "2026-03-01", "--partial")

    assert (status, report["ended"], report["unchanged"]) == (1, 0, 1)
    assert [(r["row"], "a partial list ends nobody" in r["reason"]) for r in report["refused"]] == [
        (2, True),
        (3, True),
    ]
    assert facts() == before

    status, report = importer(rows, "2026-03-01", "--partial", "--skip-refused")

    assert (status, counts(report)) == (0, (0, 0, 0, 1, 2))
    assert SeatHolding.objects.filter(ended_on=None).count() == SEATS


def test_a_partial_list_may_fill_a_vacancy(importer):
    importer(changed_rows(whole(), **{FIRST: VACANT}))

    _, report = importer([{**whole()[0], **NEWCOMER}], "2026-03-01", "--partial")

    assert counts(report) == (1, 0, 0, 0, 0)


def test_nobody_is_ended_who_stands_in_a_refused_row(importer):
    """Their own row is refused; that another holds their seat may only mean that they moved."""
    importer(whole())
    base = {row["PCON24CD"]: row for row in whole()}
    rows = changed_rows(
        whole(),
        **{
            FIRST: NEWCOMER,
            SECOND: {"Member ID": base[FIRST]["Member ID"], "MP": base[FIRST]["MP"], "Party": "<i>"},
        },
    )

    status, report = importer(rows, "2026-03-01", "--skip-refused")

    assert (status, report["ended"]) == (0, 0)
    assert [refused["row"] for refused in report["refused"]] == [2, 3]
    assert holder(FIRST).parliament_id == 1000


# --- Dates -------------------------------------------------------------------------------------


def test_a_list_older_than_the_newest_applied_is_refused(importer):
    importer(whole(), "2025-06-01")

    status, report = importer(whole(), "2025-05-31")
    same_day, _ = importer(whole(), "2025-06-01")

    assert (status, same_day) == (1, 0)
    assert "out of date" in report["refused"][0]["reason"]
    assert report["rows"] == SEATS


def test_a_list_from_before_the_election_is_another_parliaments(importer):
    status, report = importer(whole(), "2024-07-03")

    assert status == 1
    assert "another Parliament" in report["refused"][0]["reason"]


@pytest.mark.parametrize(
    ("name", "on", "says"),
    [
        ("mps-2026-05-06.csv", None, "The list is dated 6 May 2026 (from the file's name), and today is"),
        ("mps.csv", date(2099, 1, 1), "The list is dated 1 January 2099 (as you said), and today is"),
    ],
)
def test_a_list_for_a_day_to_come_is_refused(name, on, says):
    """Once applied, it would make every real list out of date."""
    with pytest.raises(ListRefused) as refused:
        read_list(as_csv(whole()), name, on=on, today=date(2026, 5, 5))

    assert refused.value.reason.startswith(says)
    assert refused.value.rows == SEATS


def test_a_list_for_today_is_taken_and_one_wrongly_named_can_be_told_its_day():
    today = date(2026, 5, 5)

    assert read_list(as_csv(whole()), "mps-2026-05-05.csv", on=None, today=today)[1] == today
    assert read_list(as_csv(whole()), "mps-2026-05-06.csv", on=today, today=today)[1] == today


def test_the_command_refuses_a_day_to_come(importer):
    status, report = importer(whole(), "2099-01-01")

    assert (status, report["applied"], report["rows"]) == (1, False, SEATS)
    assert "1 January 2099" in report["refused"][0]["reason"]
    assert importer(whole())[0] == 0


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("mps-2026-04-03.csv", date(2026, 4, 3)),
        ("mps_20260403.csv", date(2026, 4, 3)),
        ("MPs 3 April 2026.csv", date(2026, 4, 3)),
        ("mps 03-04-2026.csv", date(2026, 4, 3)),
        ("mps.csv", date(2026, 5, 5)),
        ("mps_since_2024-07-04.csv", date(2026, 5, 5)),
        ("mps since 2024-07-04 to 2026-04-03.csv", date(2026, 4, 3)),
        ("mps-2026-13-40.csv", date(2026, 5, 5)),
    ],
)
def test_the_day_of_a_list_is_in_its_name_or_today(name, day):
    _, list_date = read_list(as_csv(whole()), name, on=None, today=date(2026, 5, 5))

    assert list_date == day


# --- Lists without codes or ids -------------------------------------------------------------


def without(rows, *headings):
    return [{k: v for k, v in row.items() if k not in headings} for row in rows]


def test_a_list_without_codes_matches_names_however_they_are_written(importer):
    importer(whole())
    for code, name, welsh in (
        ("W07000112", "Ynys Môn", ""),
        ("W07000111", "Wrexham & Upper Dee", "Wrecsam"),
        ("E14001605", "Bridlington and The Wolds", ""),
    ):
        Constituency.objects.filter(ons_code=code).update(name=name, name_welsh=welsh)
    rows = without(
        changed_rows(
            whole(),
            W07000112={"PCON24NM": "YNYS MON"},
            W07000111={"PCON24NM": "Wrexham and Upper Dee / Wrecsam"},
            E14001605={"PCON24NM": "Bridlington & the Wolds"},
        ),
        "PCON24CD",
    )

    _, report = importer(rows, "2025-01-01")

    assert counts(report) == (0, 0, 0, SEATS, 0)


def test_a_name_that_two_seats_share_is_refused(importer):
    importer(whole())
    Constituency.objects.filter(ons_code__in=[FIRST, SECOND]).update(name="Northmoor")

    _, report = importer(
        without(changed_rows(whole(), **{FIRST: {"PCON24NM": "Northmoor"}}), "PCON24CD"), "2025-01-01"
    )

    assert report["refused"][0]["row"] == 2
    assert "could be any of" in report["refused"][0]["reason"]


def test_without_ids_the_holder_is_known_by_name(importer):
    importer(whole())
    renamed = {FIRST: {"MP": f"Ada Novak-{letters(0)}son"}, SECOND: {"MP": "Bea Novak", "Start date": ""}}

    _, report = importer(without(changed_rows(whole(), **renamed), "Member ID"), "2025-01-01")

    assert counts(report) == (1, 1, 1, SEATS - 2, 0)
    assert holder(FIRST).parliament_id == 1000
    assert holder(SECOND).parliament_id is None


def test_without_ids_another_first_name_is_not_guessed_at(importer):
    importer(whole())

    _, report = importer(
        without(changed_rows(whole(), **{FIRST: {"MP": f"Bea {letters(0)}son"}}), "Member ID"), "2025-01-01"
    )

    assert report["refused"][0]["row"] == 2
    assert "does not tell whether" in report["refused"][0]["reason"]


def test_an_id_is_given_to_someone_taken_without_one(importer):
    importer(without(whole(), "Member ID"))

    _, report = importer(whole(), "2025-01-01")

    assert counts(report) == (0, 0, 0, SEATS, 0)
    assert MP.objects.filter(parliament_id=None).count() == 0
    assert MP.objects.count() == SEATS


# --- Speed --------------------------------------------------------------------------------------


@pytest.mark.whole_house
def test_applying_takes_as_many_queries_for_a_whole_list_as_for_a_few_rows(
    importer, django_assert_max_num_queries
):
    importer(whole(ALL_CODES))
    rows = changed_rows(
        whole(ALL_CODES),
        **{code: {"Party": "Green", "MP": f"Ada Novak{letters(n)}son"} for n, code in enumerate(ALL_CODES)},
    )
    for n, row in enumerate(rows):
        row["MP"] = f"Ada Novak {letters(n)}son"
    listing, list_date = read_list(as_csv(rows), "list.csv", on=date(2025, 1, 1), today=TODAY)
    preview = preview_list(
        listing, file_name="list.csv", list_date=list_date, is_partial=False, by=None, now=NOW
    )

    # 52 on PostgreSQL; SQLite takes the 1,300 changes that are told a thousand parameters at a time.
    with django_assert_max_num_queries(70):
        apply_preview(preview=preview, skip_refused=False, now=NOW)

    assert preview.report["changed"] == 650


def test_json_with_wrappers_and_inner_objects_is_read(importer):
    ConstituencyFactory(ons_code=FIRST, name="Northmoor")
    item = {
        "value": {
            "id": 5447,
            "nameListAs": "Novak, Bea",
            "nameDisplayAs": "Bea Novak",
            "latestParty": {"id": 15, "name": "Labour (Co-op)", "abbreviation": "Lab"},
            "latestHouseMembership": {
                "membershipFrom": "Northmoor",
                "house": 1,
                "membershipStartDate": "2015-05-07T00:00:00",
                "membershipEndDate": None,
                "membershipStatus": {"statusStartDate": "2024-07-04T00:00:00"},
            },
        },
        "links": [{"rel": "self", "href": "/Members/5447"}],
    }
    content = json.dumps({"items": [item], "totalResults": 1}).encode()

    status, report = importer(content, "2024-08-01", "--partial", name="members.json")

    assert (status, report["new"]) == (0, 1)
    assert spells(holder(FIRST)) == [("Labour (Co-op)", date(2024, 8, 1), None)]
    assert holder(FIRST).holdings.get().started_on == date(2024, 7, 4)


def test_theyworkforyous_rows_of_the_past_are_set_aside(importer):
    ConstituencyFactory(ons_code=FIRST, name="Northmoor")
    content = as_csv(
        [
            {
                "person_id": f"uk.org.publicwhip/person/{person}",
                "constituency": "Northmoor",
                "start_date": start,
                "end_date": end,
                "start_reason": why,
                "party": party,
                "nice_name": name,
            }
            for person, start, end, why, party, name in (
                (25001, "2024-07-05", "2025-02-10", "general_election", "labourco-operative", "Ada Aabson"),
                (25001, "2025-02-11", "2026-01-23", "whip_removed", "independent", "Ada Aabson"),
                (26729, "2026-02-27", "", "by_election", "green", "Bea Novak"),
            )
        ]
    )

    status, report = importer(content, "2026-03-01", "--partial")

    assert (status, report["rows"], report["new"]) == (0, 3, 1)
    assert holder(FIRST).twfy_id == 26729
    assert spells(holder(FIRST)) == [("Green Party", date(2026, 3, 1), None)]


def test_constituencies_can_be_imported_from_json(db, tmp_path):
    path = tmp_path / "seats.json"
    path.write_text(json.dumps({FIRST: "Northmoor", "E14000530": "Old Moor"}))

    status, report = run("import_constituencies", path)
    skipped, _ = run("import_constituencies", path, "--skip-refused")

    assert (status, report["applied"], report["refused"][0]["row"]) == (1, False, 2)
    assert skipped == 0
    assert list(Constituency.objects.values_list("name", "nation")) == [("Northmoor", "england")]
