"""What the seats of today were made from; and that old seats are counted nowhere as seats of today."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contacts.forms import AddSeatForm, DirectoryForm
from contacts.imports.matching import load_facts
from contacts.models import Constituency, PlaceFile, SeatSuccession
from tests.contacts.lists import ALL_CODES, SECOND, run, seat_name, whole
from tests.factories import ConstituencyFactory, UserFactory
from tests.parliament.world import make_seats

pytestmark = [pytest.mark.django_db, pytest.mark.whole_house]

NEW, OTHER = ALL_CODES[0], ALL_CODES[1]
OLD = ("E14000530", "Old Fell"), ("E14000531", "Old Tarn")
KEPT = "S14000021"
# Key, old code and name, new code and name, and shares: residential, geographical, of the population.
ROWS = [
    [OLD[0][0] + NEW, *OLD[0], NEW, "Aaa Vale", "1", "0.7", "1", "0.5", "1", "0.8"],
    [OLD[1][0] + NEW, *OLD[1], NEW, "Aaa Vale", "0.2", "0.3", "0.3", "0.5", "0.25", "0.2"],
    [OLD[1][0] + OTHER, *OLD[1], OTHER, "Aab Vale", "0.8", "1", "0.7", "1", "0.75", "1"],
    [KEPT * 2, KEPT, "Kept", KEPT, "Kept", "1", "1", "1", "1", "1", "1"],
]


@pytest.fixture
def take(db, tmp_path):
    make_seats(ALL_CODES)

    def take(rows, *flags, head=""):
        path = tmp_path / "overlaps.csv"
        path.write_text("\ufeff" + head + "\n".join(",".join(row) for row in rows) + "\n")
        return run("import_boundary_changes", path, *flags)

    return take


def successions() -> list[tuple[str, str, Decimal, Decimal]]:
    rows = SeatSuccession.objects.order_by("old__ons_code", "new__ons_code")
    return list(rows.values_list("old__name", "new__ons_code", "share_of_old", "share_of_new"))


@pytest.mark.parametrize("head", ["", "key,old,old name,new,new name,a,b,c,d,e,f\n"])
def test_old_seats_and_their_parts_are_kept_with_or_without_headings(take, head):
    status, report = take(ROWS, head=head)
    again = take(ROWS, head=head)[1]

    assert (status, report["rows"], report["new"], report["refused"]) == (0, 4, 3, [])
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 3)
    assert successions() == [
        ("Old Fell", NEW, Decimal(100), Decimal(80)),
        ("Old Tarn", NEW, Decimal(25), Decimal(20)),
        ("Old Tarn", OTHER, Decimal(75), Decimal(100)),
    ]
    old = Constituency.objects.get(ons_code=OLD[0][0])
    assert (old.name, old.started_on, old.ended_on) == ("Old Fell", None, date(2024, 7, 3))
    kept = Constituency.objects.get(ons_code=KEPT)
    assert (kept.ended_on, kept.successions.count()) == (None, 0)


def test_a_share_that_changed_is_corrected(take):
    take(ROWS)
    rows = [[*row] for row in ROWS]
    rows[0][-1], rows[1][-1] = "0.79", "0.21"

    report = take(rows)[1]

    assert (report["changed"], report["unchanged"]) == (2, 1)
    assert successions()[0][3] == Decimal(79)


@pytest.mark.parametrize(
    ("cell", "value", "reason"),
    [
        (1, "E99000001", "is not the code of a seat of 2010 to 2024"),
        (3, "E14000999", "is the code of a seat of 2010 to 2024"),
        (1, SECOND, "is a seat of today"),
        (2, "", "has no name"),
        (9, "1.5", "is not a share"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_nothing_written(take, cell, value, reason):
    more = [["", f"E14000{n}", f"Old {n}", ALL_CODES[n - 500], "New", *("1",) * 6] for n in range(540, 580)]
    rows = [*ROWS, *more]
    rows[0] = [*ROWS[0]]
    rows[0][cell] = value

    status, report = take(rows)

    assert (status, [refused["row"] for refused in report["refused"]]) == (1, [1])
    assert reason in report["refused"][0]["reason"]
    assert not SeatSuccession.objects.exists()
    assert not Constituency.objects.exclude(ended_on=None).exists()


@pytest.mark.parametrize(
    "rows",
    [
        [["E14001063", "New", "E07000092", "Council", "1", "1"]],
        [row[:5] for row in ROWS],
        [[*row[:5], "0.1", "0.1"] for row in ROWS],
    ],
)
def test_a_list_of_something_else_is_refused(take, rows):
    assert take(rows)[0] == 1
    assert not SeatSuccession.objects.exists()


def test_in_the_browser_each_part_is_shown_before_it_is_kept(db, client):
    make_seats(ALL_CODES)
    client.force_login(UserFactory(is_instance_admin=True))

    def previewed(rows):
        content = "\n".join(",".join(row) for row in rows).encode()
        sent = {"kind": "successions", "file": SimpleUploadedFile("old-new.csv", content)}
        response = client.post(reverse("instance:place_upload"), sent)
        assert response.status_code == 302
        return PlaceFile.objects.latest("pk"), client.get(response.url).content.decode()

    def apply(file, **more):
        return client.post(reverse("instance:place_apply", args=[file.pk]), more)

    file, shown = previewed(ROWS)
    assert f"Old Tarn into {seat_name(NEW)}: 25% of the old seat, 20% of the new one" in shown
    assert "<dt>Left out</dt><dd>1</dd>" in shown
    assert not Constituency.objects.exclude(ended_on=None).exists()
    assert apply(file).status_code == 302
    assert len(successions()) == 3

    twice = [*ROWS[2][:5], *("0",) * 6]
    file, shown = previewed([[*ROWS[0][:-1], "0.79"], [*ROWS[1][:-1], "0.21"], *ROWS[2:], twice])
    said = "100% of the old seat, {}% of the new one"
    assert f"{said.format(80)} → <strong>{said.format(79)}</strong>" in shown
    assert f"{OLD[1][0]} and {OTHER} are in the list twice" in shown
    assert apply(file).status_code == 422
    assert successions()[0][3] == Decimal(80)
    assert apply(file, skip_refused="yes").status_code == 302
    assert successions()[0][3] == Decimal(79)


def test_the_browser_refuses_what_is_no_list_of_old_and_new_seats(db, client):
    client.force_login(UserFactory(is_instance_admin=True))
    content = f"PCON24CD,LAD24CD,share\n{NEW},E07000092,1\n".encode()
    sent = {"kind": "successions", "file": SimpleUploadedFile("overlaps.csv", content)}

    response = client.post(reverse("instance:place_upload"), sent)

    assert response.status_code == 422
    assert "does not seem to be a list of what the seats were made from" in response.content.decode()
    assert not PlaceFile.objects.exists()


def test_old_seats_are_no_seats_of_today(take, importer, authority):
    """They are neither matched with lists, by name or code, nor offered, nor counted."""
    rows = [[*row] for row in ROWS]
    rows[0][2] = "Aaaaaa Vale"  # an old seat of a present seat's name
    take(rows)

    assert len(load_facts().seats) == Constituency.objects.current().count() == 650
    assert "Old Tarn" not in str(AddSeatForm(authority=authority))
    Constituency.objects.exclude(ended_on=None).update(region="Old Region")
    assert "Old Region" not in str(DirectoryForm())
    without_codes = [{k: v for k, v in row.items() if k != "PCON24CD"} for row in whole(ALL_CODES)]
    status, report = importer(without_codes)
    assert (status, report["new"], report["refused"]) == (0, 650, [])

    old_codes = [{**row, "PCON24CD": f"E14{530 + n:06}"} for n, row in enumerate(whole(ALL_CODES)[:500])]
    status, report = importer(old_codes, "2024-08-01", "--partial")
    assert status == 1
    assert "another Parliament" in report["refused"][0]["reason"]


def test_a_seat_made_by_an_import_says_since_when(importer):
    ConstituencyFactory()
    importer(whole(ALL_CODES))

    began = dict(Constituency.objects.filter(ons_code__in=ALL_CODES).values_list("ons_code", "started_on"))
    assert (began[NEW], began[KEPT]) == (date(2024, 7, 4), None)
