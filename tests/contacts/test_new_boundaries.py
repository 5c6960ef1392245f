"""A general election on new boundaries: constituencies first, then what they were made from, then the MPs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from contacts.imports.commons import commons_on
from contacts.imports.undoing import undo_import
from contacts.models import (
    Constituency,
    MPListImport,
    MPNews,
    NewsKind,
    PartySpell,
    PlaceFile,
    SeatHolding,
    SeatSuccession,
)
from tests.contacts.lists import CODES, SEATS, VACANT, changed_rows, counts, holder, run, seat_name, whole
from tests.factories import NOW, UserFactory

pytestmark = pytest.mark.django_db

DISSOLVED, POLL, LIST = date(2025, 9, 4), date(2025, 10, 2), date(2025, 10, 4)
LAST_DAY = POLL - timedelta(days=1)
GONE = CODES[:3]
NEW = ["E14001701", "E14001702", "E14001703"]
NAMES = dict(zip(NEW, ("Ash Vale", "Birch Vale", "Cedar Vale"), strict=True))


def seats_of(codes) -> str:
    names = {code: seat_name(code) for code in CODES} | NAMES
    rows = [f"{code},{names.get(code, 'Vale')}" for code in codes]
    return "\n".join(["PCON29CD,PCON29NM", *rows, ""])


def new_map() -> list[str]:
    return [*NEW, *CODES[3:]]


def new_list():
    """Whoever held the first seat that is gone holds the first new one; two of those gone are no MPs now."""
    rows = [{**row, "Start date": POLL.isoformat()} for row in whole()]
    moved = [
        {**row, "PCON24CD": code, "PCON24NM": NAMES[code]} for row, code in zip(rows[:3], NEW, strict=True)
    ]
    for number, row in enumerate(moved[1:]):
        row |= {"Member ID": str(6000 + number), "MP": f"Bo Novak{'ab'[number]}son"}
    return [*moved, *rows[3:]]


@pytest.fixture
def old(importer):
    """The Parliament of 2024, with all its seats and MPs."""
    assert counts(importer(whole())[1]) == (SEATS, 0, 0, 0, 0)
    return importer


@pytest.fixture
def take(tmp_path):
    def take(content, *flags, name="import_constituencies"):
        path = tmp_path / "seats.csv"
        path.write_text(content)
        return run(name, path, *flags)

    return take


@pytest.fixture
def dissolved():
    call_command("enter_dissolution", DISSOLVED.isoformat(), LAST_DAY.isoformat())


@pytest.fixture
def changed(old, dissolved, take):
    status, report = take(seats_of(new_map()), "--from", POLL.isoformat())
    assert (status, report["new"], report["changed"], report["refused"]) == (0, 3, 3, [])
    return old


def lives(code):
    seat = Constituency.objects.get(ons_code=code)
    return seat.started_on, seat.ended_on


def test_new_seats_begin_and_missing_ones_end_only_once_applied(old, dissolved, take):
    status, preview = take(seats_of(new_map()), "--from", POLL.isoformat(), "--dry-run")

    assert (status, preview["applied"], preview["new"], preview["changed"]) == (0, False, 3, 3)
    assert preview["notes"] == ["3 seats begin on 2 October 2025; 3 ended the day before."]
    assert {"what": "Ash Vale", "detail": NEW[0]} in preview["fresh"]
    assert preview["changes"][0] == {
        "what": f"{seat_name(GONE[0])} ({GONE[0]})",
        "old": "a seat of today",
        "new": "ended on 1 October 2025",
    }
    assert Constituency.objects.current().count() == SEATS
    assert lives(GONE[0]) == (date(2024, 7, 4), None)

    assert take(seats_of(new_map()), "--from", POLL.isoformat())[0] == 0

    assert lives(GONE[0]) == (date(2024, 7, 4), LAST_DAY)
    assert lives(NEW[0]) == (POLL, None)
    assert commons_on(POLL).codes == set(new_map())
    assert commons_on(LAST_DAY).codes == set(CODES)
    again = take(seats_of(new_map()), "--from", POLL.isoformat())[1]
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, SEATS)


def test_the_new_list_gives_each_seat_its_mp_and_ends_those_of_abolished_ones(changed):
    party = PartySpell.objects.get(mp=holder(GONE[1]))

    status, report = changed(new_list(), LIST.isoformat())

    assert (status, report["new"], report["ended"], report["refused"]) == (0, 2, 2, [])
    assert SeatHolding.objects.current().count() == SEATS
    assert holder(NEW[0]).parliament_id == 1000
    assert [holder(code) for code in GONE] == [None] * 3
    assert not MPNews.objects.filter(kind=NewsKind.VACANT).exists()
    moved = SeatHolding.objects.filter(mp=holder(NEW[0])).order_by("started_on")
    assert [(h.constituency.ons_code, h.started_on, h.ended_on) for h in moved] == [
        (GONE[0], date(2024, 7, 4), DISSOLVED - timedelta(days=1)),
        (NEW[0], POLL, None),
    ]
    lost = SeatHolding.objects.get(constituency__ons_code=GONE[1])
    assert (lost.ended_on, lost.ended_by) == (DISSOLVED - timedelta(days=1), "dissolution")
    party.refresh_from_db()
    assert party.ended_on == lost.ended_on


def test_undoing_the_list_leaves_the_seats_and_gives_the_abolished_their_mps_back(changed):
    changed(new_list(), LIST.isoformat())

    undo_import(applied=MPListImport.objects.latest("pk"), now=NOW)

    assert holder(GONE[1]).parliament_id == 1001
    assert lives(GONE[1])[1] == LAST_DAY
    assert counts(changed(new_list(), LIST.isoformat())[1]) == (2, SEATS - 2, 2, 0, 0)


def test_a_list_of_the_old_seats_is_refused_once_they_are_gone(changed):
    old_rows = [{**row, "Start date": POLL.isoformat()} for row in whole()]

    status, report = changed(old_rows, LIST.isoformat())

    assert status == 1
    assert [r["reason"] for r in report["refused"]] == [
        f"“{code}” is the code of a seat that has been abolished" for code in GONE
    ]
    status, report = changed(old_rows[:3], LIST.isoformat(), "--partial")
    assert status == 1
    assert report["refused"][0]["reason"].startswith("The list is of another Parliament")
    assert "abolished at the election of 2 October 2025" in report["refused"][0]["reason"]


def test_a_whole_list_is_for_the_new_seats_too(changed):
    status, report = changed(new_list()[1:], LIST.isoformat())

    assert status == 1
    assert f"for {SEATS - 1} of the {SEATS} seats. Missing: Ash Vale." in report["refused"][0]["reason"]


def test_a_partial_list_ends_no_mp_of_an_abolished_seat(changed):
    status, report = changed(new_list()[3:10], LIST.isoformat(), "--partial")

    assert (status, report["ended"]) == (0, 0)
    assert holder(GONE[1]).parliament_id == 1001


def test_the_new_list_before_its_constituencies_is_refused_saying_what_to_do(old, dissolved):
    rows = [
        {**row, "PCON24CD": f"E14{1701 + n:06}", "PCON24NM": f"Ash {n}"}
        for n, row in enumerate(new_list()[:100])
    ]

    status, report = old([*rows, *new_list()[100:]], LIST.isoformat())

    assert status == 1
    assert "import the new constituencies first" in report["refused"][0]["reason"]


@pytest.mark.parametrize(
    ("codes", "begins", "reason"),
    [
        (new_map()[1:], POLL, f"is for all {SEATS}, and this is for {SEATS - 1}"),
        (new_map(), POLL + timedelta(days=7), "Enter the dissolution before it first"),
        (new_map(), date(2024, 7, 4), "Seats change at a general election"),
        (new_map(), date(2999, 5, 30), "is still to come"),
        ([*new_map()[1:], "E14000530"], POLL, "is the code of a seat of 2010 to 2024"),
        ([*new_map()[1:], "K14000530"], POLL, "is not the code of a seat"),
        ([*new_map()[1:], "Z14000530"], POLL, "made-up seat"),
    ],
)
def test_a_boundary_change_that_cannot_be_is_refused(old, dissolved, take, codes, begins, reason):
    status, report = take(seats_of(codes), "--from", begins.isoformat())

    assert status == 1
    assert reason in report["refused"][0]["reason"]
    assert Constituency.objects.current().count() == Constituency.objects.count() == SEATS


def test_without_a_polling_day_new_codes_are_refused(old, dissolved, take):
    status, report = take(seats_of(new_map()))

    assert status == 1
    assert report["refused"][0]["reason"] == f"“{NEW[0]}” is not the code of a seat of this Parliament"


def test_a_corrected_file_takes_the_place_of_the_one_before(changed, take):
    corrected = [*NEW[:2], GONE[0], *CODES[3:]]

    status, report = take(seats_of(corrected), "--from", POLL.isoformat())

    assert (status, report["refused"]) == (0, [])
    assert lives(GONE[0]) == (date(2024, 7, 4), None)
    assert not Constituency.objects.filter(ons_code=NEW[2]).exists()
    assert Constituency.objects.current().count() == SEATS


def test_undoing_passes_over_a_seat_that_never_was(changed, take):
    rows = changed_rows(new_list()[:3], **{NEW[2]: {"Start date": ""}})
    assert changed(rows, LIST.isoformat(), "--partial")[0] == 0
    rows = [row | {"Region": "North"} for row in changed_rows(rows, **{NEW[2]: VACANT})]
    assert counts(changed([*rows, *new_list()[3:]], LIST.isoformat())[1]) == (0, SEATS - 3, 3, 2, 0)
    assert take(seats_of([*NEW[:2], GONE[0], *CODES[3:]]), "--from", POLL.isoformat())[0] == 0

    undo_import(applied=MPListImport.objects.latest("pk"), now=NOW)

    seats = Constituency.objects.filter(ons_code__in=NEW).order_by("ons_code")
    assert list(seats.values_list("ons_code", "region")) == [(NEW[0], ""), (NEW[1], "")]


def test_a_seat_that_somebody_won_is_not_taken_away(changed, take):
    changed(new_list(), LIST.isoformat())

    status, report = take(seats_of([*NEW[:2], GONE[0], *CODES[3:]]), "--from", POLL.isoformat())

    assert status == 1
    assert "undo the list of MPs first" in report["refused"][0]["reason"]


def test_what_the_new_seats_were_made_from_is_kept(changed, take):
    rows = [
        [GONE[0], "Aaa Vale", NEW[0], "Ash Vale", "0.9", "0.6"],
        [GONE[0], "Aaa Vale", NEW[1], "Birch Vale", "0.1", "0.2"],
        [GONE[1], "Aab Vale", NEW[0], "Ash Vale", "0.3", "0.4"],
        [GONE[1], "Aab Vale", NEW[1], "Birch Vale", "0.7", "0.8"],
        [CODES[5], "Kept", CODES[5], "Kept", "1", "1"],
    ]
    content = "\n".join(",".join(row) for row in rows)

    status, report = take(content, name="import_boundary_changes")

    assert (status, report["new"], report["refused"]) == (0, 4, [])
    assert SeatSuccession.objects.filter(old__ons_code=GONE[0]).count() == 2
    status, report = take(content.replace(NEW[1], CODES[7]), name="import_boundary_changes")
    assert status == 1
    assert report["refused"][0]["reason"] == f"{CODES[7]} was there before {GONE[0]} ended"


def test_the_browser_shows_what_would_begin_and_end_before_it_does(old, dissolved, client):
    client.force_login(UserFactory(is_instance_admin=True))
    file = SimpleUploadedFile("seats.csv", seats_of(new_map()).encode())
    form = {"kind": "constituencies", "file": file, "begins": "2/10/2025"}

    response = client.post(reverse("instance:place_upload"), form)

    assert response.status_code == 302
    shown = client.get(response["Location"]).content.decode()
    assert "3 seats begin on 2 October 2025; 3 ended the day before." in shown
    assert "a seat of today → <strong>ended on 1 October 2025</strong>" in shown
    assert Constituency.objects.current().filter(ons_code__in=GONE).count() == 3
    client.post(reverse("instance:place_apply", args=[PlaceFile.objects.get().pk]))
    assert Constituency.objects.current().filter(ons_code__in=GONE).count() == 0


def test_the_browser_refuses_a_polling_day_for_other_files_and_days_to_come(client):
    client.force_login(UserFactory(is_instance_admin=True))

    def upload(kind, begins):
        file = SimpleUploadedFile("seats.csv", seats_of(new_map()).encode())
        form = {"kind": kind, "file": file, "begins": begins}
        return client.post(reverse("instance:place_upload"), form)

    assert "Only a list of constituencies" in upload("councils", "2/10/2025").content.decode()
    assert "is still to come" in upload("constituencies", "30/5/2999").content.decode()
    assert not PlaceFile.objects.exists()


def test_a_by_election_in_a_new_seat_is_one(changed):
    changed(new_list(), LIST.isoformat())
    newcomer = {"Member ID": "6100", "MP": "Cy Novak", "Start date": "2026-03-05"}

    status, report = changed(changed_rows(new_list(), **{NEW[1]: newcomer}), "2026-03-07")

    assert (status, report["new"], report["ended"], report["refused"]) == (0, 1, 1, [])
    won = SeatHolding.objects.current().get(constituency__ons_code=NEW[1])
    assert (won.started_on, won.begun_by) == (date(2026, 3, 5), "by-election")
