"""Files about places in the browser: preview, apply or discard; hostile ones refused in words."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from contacts.imports import shapes
from contacts.imports.reading import ListRefused
from contacts.imports.seats import CODES_OF_2024
from contacts.models import (
    Constituency,
    Council,
    PlaceFile,
    PostcodeSeat,
    SeatBoundary,
    SeatHex,
    SeatOverlap,
    Ward,
)
from tests.factories import NOW, ConstituencyFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.whole_house]

FIRST, SECOND, THIRD = sorted(CODES_OF_2024)[:3]
UPLOAD = reverse("instance:place_upload")
SQUARE = [[-1.0, 52.0], [-0.9, 52.0], [-0.9, 52.1], [-1.0, 52.1], [-1.0, 52.0]]


@pytest.fixture
def page(client):
    client.force_login(UserFactory(is_instance_admin=True, name="Ada Min"))
    return client


@pytest.fixture
def seats():
    return [
        Constituency.objects.create(ons_code=code, name=f"Seat {code}", nation="england")
        for code in (FIRST, SECOND)
    ]


def upload(page, kind, content, name="file.csv", **more):
    content = content if isinstance(content, bytes) else content.encode()
    return page.post(UPLOAD, {"kind": kind, "file": SimpleUploadedFile(name, content), **more})


def previewed(page, kind, content, name="file.csv", **more):
    response = upload(page, kind, content, name, **more)
    assert response.status_code == 302, response.content.decode()
    return PlaceFile.objects.latest("pk")


def apply(page, file, **more):
    return page.post(reverse("instance:place_apply", args=[file.pk]), more, follow=True)


def applied(page, kind, content, name="file.csv"):
    response = apply(page, previewed(page, kind, content, name))
    assert "The file has been applied" in response.content.decode()


def hexjson(**hexes):
    return json.dumps(
        {"layout": "odd-r", "hexes": {code: {"q": q, "r": r} for code, (q, r) in hexes.items()}}
    )


def geojson(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": list(features)} | more)


def feature(code, *rings, kind="Polygon"):
    geometry = {"type": kind, "coordinates": list(rings) if kind == "Polygon" else [[each] for each in rings]}
    return {"type": "Feature", "properties": {"PCON24CD": code}, "geometry": geometry}


# --- Preview and apply --------------------------------------------------------------------------


def test_nothing_is_written_before_the_file_is_applied(page):
    file = previewed(page, "constituencies", f"PCON24CD,PCON24NM,PCON24NMW\n{FIRST},Avale,Dyffryn\n")
    shown = page.get(reverse("instance:place_preview", args=[file.pk])).content.decode()
    before = Constituency.objects.count()

    said = apply(page, file).content.decode()

    assert before == 0
    assert f"<li>Avale: {FIRST}</li>" in shown
    assert "1 rows: 1 new, 0 changed, 0 unchanged, 0 refused" in said
    seat = Constituency.objects.get()
    assert (seat.name, seat.name_welsh) == ("Avale", "Dyffryn")
    file.refresh_from_db()
    assert (file.state, file.created_by.name, file.content) == ("applied", "Ada Min", {})


def test_the_preview_says_old_and_new(page, seats):
    file = previewed(page, "constituencies", f"code,name\n{FIRST},Newname\n")

    shown = page.get(reverse("instance:place_preview", args=[file.pk])).content.decode()

    assert f"Seat {FIRST} → <strong>Newname</strong>" in shown


def test_overlaps_take_both_shares_and_say_them(page, seats):
    rows = f"pcon24cd,lad24cd,lad24nm,population share,area share\n{FIRST},E07000001,Vale,40.5,12\n"
    file = previewed(page, "overlaps", rows)

    shown = page.get(reverse("instance:place_preview", args=[file.pk])).content.decode()
    apply(page, file)

    assert f"Seat {FIRST} in Vale: 40.5% of its people, 12% of its area" in shown
    overlap = SeatOverlap.objects.get()
    assert (float(overlap.share), float(overlap.area_share)) == (40.5, 12.0)


def test_part_and_whole_say_a_share_more_exactly_than_its_percentage(page, seats):
    rows = (
        "PARL25,LAD23,lad24nm,percentage_overlap_pop,overlap_pop,original_pop,overlap_area,original_area\n"
        f"{FIRST},E07000001,Vale,0.0,400,100000,1,3\n{SECOND},E07000001,Vale,0.0,0,0,1,4\n"
    )

    applied(page, "overlaps", rows)

    shares = {o.constituency.ons_code: (o.share, o.area_share) for o in SeatOverlap.objects.all()}
    assert {code: [each and float(each) for each in pair] for code, pair in shares.items()} == {
        FIRST: [0.4, 33.33],
        SECOND: [None, 25.0],
    }


def test_refused_rows_stop_the_file_unless_they_are_left_out(page):
    file = previewed(page, "constituencies", f"code,name\n{FIRST},Avale\nE14000530,Oldvale\n")

    stopped = page.post(reverse("instance:place_apply", args=[file.pk]))
    before = Constituency.objects.count()
    without = apply(page, file, skip_refused="yes").content.decode()

    assert stopped.status_code == 422
    said = stopped.content.decode()
    assert "Nothing was changed: rows are refused" in said
    assert "is the code of a seat of 2010 to 2024" in said
    assert before == 0
    assert "1 new" in without


def test_what_has_changed_since_the_preview_is_shown_before_it_is_done(page):
    file = previewed(page, "constituencies", f"code,name\n{FIRST},Avale\n")
    Constituency.objects.create(ons_code=FIRST, name="Another", nation="england")

    first = page.post(reverse("instance:place_apply", args=[file.pk]))
    second = apply(page, file)

    assert first.status_code == 422
    assert "other facts have been recorded since" in first.content.decode()
    assert "0 new, 1 changed" in second.content.decode()


def test_a_file_is_applied_once_and_discarded_only_before(page):
    file = previewed(page, "constituencies", f"code,name\n{FIRST},Avale\n")
    apply(page, file)

    again = apply(page, file).content.decode()
    discarded = page.post(reverse("instance:place_discard", args=[file.pk]), follow=True).content.decode()

    assert "This file was applied already." in again
    assert "This file was applied already." in discarded
    assert PlaceFile.objects.count() == 1


def test_a_discarded_file_leaves_nothing(page, seats):
    file = previewed(page, "postcodes", f"pcds,pcon24cd\nZZ1 1AA,{FIRST}\n")

    page.post(reverse("instance:place_discard", args=[file.pk]))

    assert (PlaceFile.objects.count(), PostcodeSeat.objects.count()) == (0, 0)


@pytest.mark.parametrize("missing", ["kind", "file"])
def test_a_form_without_kind_or_file_is_refused(page, missing):
    data = {"kind": "hexes", "file": SimpleUploadedFile("a.json", b"{}")}
    del data[missing]

    response = page.post(UPLOAD, data)

    assert response.status_code == 422
    assert {"kind": "Choose what is in the file.", "file": "Choose the file."}[
        missing
    ] in response.content.decode()


def test_list_of_files_costs_the_same_for_one_and_thirty(page, django_assert_num_queries):
    def make(count):
        for number in range(count):
            PlaceFile.objects.create(kind="councils", file_name=f"{number}.csv", created_at=NOW)

    make(1)
    with django_assert_num_queries(9):
        page.get(reverse("instance:place_list"))
    make(29)
    with django_assert_num_queries(9):
        page.get(reverse("instance:place_list"))


# --- Maps ---------------------------------------------------------------------------------------


def test_a_later_map_takes_the_place_of_the_one_before_but_for_the_demos(page, seats):
    demo = ConstituencyFactory()
    SeatHex.objects.create(constituency=demo, q=1000, r=0)
    applied(page, "hexes", hexjson(**{FIRST: (1, 2), SECOND: (2, 2)}), "one.hexjson")

    file = previewed(page, "hexes", hexjson(**{FIRST: (5, 5)}), "two.hexjson")
    shown = page.get(reverse("instance:place_preview", args=[file.pk])).content.decode()
    apply(page, file)

    assert "1 seats that are on the present map are not in the file" in shown
    assert set(SeatHex.objects.values_list("constituency__ons_code", "q", "r")) == {
        (FIRST, 5, 5),
        (demo.ons_code, 1000, 0),
    }
    assert list(PlaceFile.objects.values_list("file_name", "state")) == [
        ("two.hexjson", "applied"),
        ("one.hexjson", "replaced"),
    ]


def test_an_outline_is_kept_in_whole_numbers_without_needless_points(page, seats):
    ring = [[-1.0, 52.0], [-0.95, 52.00001], *SQUARE[1:]]
    applied(page, "boundaries", geojson(feature(FIRST, ring)), "map.geojson")

    boundary = SeatBoundary.objects.get()

    assert sorted(zip(boundary.rings[0][0::2], boundary.rings[0][1::2], strict=True)) == [
        (-10000, 520000),
        (-10000, 521000),
        (-9000, 520000),
        (-9000, 521000),
    ]
    assert (boundary.west, boundary.south, boundary.east, boundary.north) == (-10000, 520000, -9000, 521000)


def test_islands_and_holes_are_kept(page, seats):
    island = [[x + 0.5, y] for x, y in SQUARE]
    applied(page, "boundaries", geojson(feature(FIRST, SQUARE, island, kind="MultiPolygon")), "map.geojson")

    assert len(SeatBoundary.objects.get().rings) == 2


def hexes_with(**fields):
    return json.dumps({"layout": "odd-r", "hexes": {FIRST: {"q": 1, "r": 1} | fields}})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "The file is damaged"),
        ("not json", "The file is damaged"),
        ("[]", "holds no JSON object"),
        ("[" * 100_000, "nested too deep"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "nested too deep"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        ('{"hexes": {}}', "has no hexes"),
        ('{"hexes": [1]}', "has no hexes"),
        (
            json.dumps({"layout": "even-q", "hexes": {FIRST: {"q": 1, "r": 1}}}),
            "The layout of the hexes is “even-q”",
        ),
        ('{"layout": "odd-r", "hexes": {"E14001063": {"q": NaN, "r": 1}}}', "NaN is no number"),
        ('{"layout": "odd-r", "hexes": {"E14001063": {"q": Infinity, "r": 1}}}', "Infinity is no number"),
        (
            '{"layout": "odd-r", "hexes": {"E14001063": {"q": ' + "9" * 5000 + ', "r": 1}}}',
            "The file is damaged",
        ),
        (
            json.dumps({"layout": "odd-r", "hexes": {str(number): {} for number in range(2001)}}),
            "The map is huge: it has 2,001 shapes",
        ),
    ],
)
def test_hostile_hexes_are_refused_as_a_whole(content, reason):
    with pytest.raises(ListRefused) as refusal:
        shapes.read_hexes(content if isinstance(content, bytes) else content.encode())

    assert reason in refusal.value.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (hexes_with(q=10**30), "q and r must be whole numbers"),
        (hexes_with(q=1.5), "q and r must be whole numbers"),
        (hexes_with(q=True), "q and r must be whole numbers"),
        (hexes_with(q="1"), "q and r must be whole numbers"),
        (hexes_with(r=None), "q and r must be whole numbers"),
        (hexes_with(r=[1]), "q and r must be whole numbers"),
        (json.dumps({"layout": "odd-r", "hexes": {FIRST: []}}), "q and r must be whole numbers"),
        (hexjson(**{"<script>": (1, 1)}), "is not the code of a seat"),
        (hexjson(E14000530=(1, 1)), "is the code of a seat of 2010 to 2024"),
        (hexjson(Z14000001=(1, 1)), "made-up seat"),
    ],
)
def test_a_hex_that_means_nothing_is_refused_with_its_row(content, reason):
    found = shapes.read_hexes(content.encode())

    assert found.shapes == {}
    assert [each["row"] for each in found.refused] == [1]
    assert reason in found.refused[0]["reason"]


def test_two_seats_on_one_hex_are_refused():
    found = shapes.read_hexes(hexjson(**{FIRST: (1, 1), SECOND: (1, 1)}).encode())

    assert found.shapes == {FIRST: [1, 1]}
    assert found.refused == [{"row": 2, "reason": f"{SECOND} stands where {FIRST} does"}]


def ring_through(*point):
    return geojson(feature(FIRST, [*SQUARE[:2], list(point), *SQUARE[2:]]))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{}", "no GeoJSON collection"),
        (geojson(), "it has no features"),
        (json.dumps({"type": "FeatureCollection", "features": {"a": 1}}), "no GeoJSON collection"),
        (geojson(*[{}] * 2001), "The map is huge"),
        (
            geojson(
                feature(FIRST, SQUARE),
                crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}},
            ),
            "drawn on another grid (urn:ogc:def:crs:EPSG::27700)",
        ),
        (geojson(feature(FIRST, SQUARE), crs="x"), "drawn on another grid"),
        (ring_through(430000, 280000), "lies outside the United Kingdom (430000, 280000)"),
        (ring_through(52.0, -1.0), "lies outside the United Kingdom"),
        (ring_through(10**400, 52), "lies outside the United Kingdom"),
        ('{"type": "FeatureCollection", "features": [NaN]}', "NaN is no number"),
        (ring_through(0, 52).replace("[0, 52]", "[1e999, 52]"), "lies outside the United Kingdom"),
        (ring_through(0, 52).replace("[0, 52]", "[-Infinity, 52]"), "-Infinity is no number"),
        ('{"type":"FeatureCollection","features":' + "[" * 100_000, "nested too deep"),
        (geojson(feature(FIRST, SQUARE * 90_000)), "more than 400,000 points"),
    ],
)
def test_hostile_maps_are_refused_as_a_whole(content, reason):
    with pytest.raises(ListRefused) as refusal:
        shapes.read_boundaries(content.encode())

    assert reason in refusal.value.reason


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ([], "no property holds the code of a seat"),
        ({"properties": None}, "no property holds the code of a seat"),
        ({"properties": {"name": "<script>alert(1)</script>"}}, "no property holds the code of a seat"),
        (feature("E14000530", SQUARE), "is the code of a seat of 2010 to 2024"),
        ({"properties": {"a": FIRST}, "geometry": None}, "it is no area"),
        (
            {"properties": {"a": FIRST}, "geometry": {"type": "Point", "coordinates": [1, 52]}},
            "it is no area",
        ),
        ({"properties": {"a": FIRST}, "geometry": {"type": "Polygon"}}, "are not lists of points"),
        (
            {"properties": {"a": FIRST}, "geometry": {"type": "Polygon", "coordinates": [["ab"]]}},
            "not two numbers",
        ),
        (feature(FIRST, [["1", "52"]]), "a point is not two numbers"),
        (feature(FIRST, [[True, 52]]), "a point is not two numbers"),
        (feature(FIRST, [[[[[1]]]]]), "a point is not two numbers"),
        (feature(FIRST, [[0, 52]]), "too small to be drawn"),
        (feature(FIRST, [[0, 52], [0, 52], [0, 52]]), "too small to be drawn"),
        (feature(FIRST, [[0, 52], [1, 52], [2, 52], [0, 52]]), "too small to be drawn"),
        (feature(FIRST), "too small to be drawn"),
    ],
)
def test_a_feature_that_is_no_outline_is_refused_with_its_row(given, reason):
    found = shapes.read_boundaries(geojson(given).encode())

    assert found.shapes == {}
    assert [each["row"] for each in found.refused] == [1]
    assert reason in found.refused[0]["reason"]


def test_script_in_a_file_is_shown_as_text(page, seats):
    name = "<script>alert(1)</script>"
    file = previewed(
        page, "constituencies", f"code,name\n{FIRST},{name}\n{SECOND},Seat\nX<b>,Y\n", f"{name}.csv"
    )

    shown = page.get(reverse("instance:place_preview", args=[file.pk])).content.decode()

    assert name not in shown
    assert "&lt;script&gt;alert(1)" in shown


# --- Look-ups -----------------------------------------------------------------------------------


def test_wards_are_taken_with_both_seats_of_a_split_one(page, seats):
    rows = (
        "WD24CD,WD24NM,PCON24CD,PCON24NM,LAD24CD,LAD24NM\n"
        f"E05000001,Abbey,{FIRST},A,E07000001,Vale\nE05000001,Abbey,{SECOND},B,E07000001,Vale\n"
        f"E05000001,Abbey,{SECOND},B,E07000001,Vale\nE05000002,,{SECOND},B,E07000001,Vale\n"
        f"E05000003,Castle,{THIRD},C,E07000001,Vale\n"
    )
    file = previewed(page, "wards", rows)

    assert Ward.objects.count() == 0
    assert [each["reason"] for each in file.report["refused"]] == [
        "“E05000002” is not the code of a ward, or has no name",
        f"the seat {THIRD} is not known here: import the constituencies first",
    ]
    apply(page, file, skip_refused="yes")
    assert set(Ward.objects.values_list("code", "name", "council", "constituency__ons_code")) == {
        ("E05000001", "Abbey", "Vale", FIRST),
        ("E05000001", "Abbey", "Vale", SECOND),
    }
    # The same file says which seat lies in which council.
    applied_overlaps = previewed(page, "overlaps", rows).report
    assert (applied_overlaps["new"], Council.objects.count()) == (3, 0)


def test_postcodes_are_in_force_only_once_applied_and_replace_the_ones_before(page, seats):
    applied(page, "postcodes", f"pcds,pcon24cd\nZZ1 1AA,{FIRST}\nZZ1 1AB,{FIRST}\n", "one.csv")

    file = previewed(page, "postcodes", f"pcd7,pcon24cd\nzz11aa,{SECOND}\n", "two.csv")
    before = set(PostcodeSeat.objects.in_force().values_list("postcode", "constituency__ons_code"))
    apply(page, file)

    assert before == {("ZZ11AA", FIRST), ("ZZ11AB", FIRST)}
    in_force = PostcodeSeat.objects.in_force()
    assert set(in_force.values_list("postcode", "constituency__ons_code")) == {("ZZ11AA", SECOND)}


def undo(page, file):
    return page.post(reverse("instance:place_undo", args=[file.pk]), follow=True).content.decode()


LOADED = {
    "hexes": (lambda seat: hexjson(**{seat: (1, 1)}), SeatHex.objects.real),
    "boundaries": (lambda seat: geojson(feature(seat, SQUARE)), SeatBoundary.objects.real),
    "postcodes": (lambda seat: f"pcds,pcon24cd\nZZ1 1AA,{seat}\n", PostcodeSeat.objects.in_force),
    "wards": (
        lambda seat: f"WD24CD,WD24NM,PCON24CD,PCON24NM\nE05000001,Abbey,{seat},A\n",
        Ward.objects.in_force,
    ),
}


@pytest.mark.parametrize("kind", LOADED)
def test_undoing_a_look_up_or_map_puts_the_one_before_in_force_again(page, seats, kind):
    content, in_force = LOADED[kind]
    ConstituencyFactory(ons_code=THIRD)
    for name, seat in (("one", FIRST), ("two", SECOND), ("three", THIRD)):
        applied(page, kind, content(seat), name)
    three, two, _ = PlaceFile.objects.all()

    def seats_in_force():
        return [each.constituency.ons_code for each in in_force()]

    shown = page.get(reverse("instance:place_preview", args=[three.pk])).content.decode()
    refused = undo(page, two)
    last = seats_in_force()
    said = undo(page, three)
    then = seats_in_force()
    nothing = undo(page, two)

    assert "Undo it, and two, applied" in shown
    assert "Only the look-up or map that is in force can be undone." in refused
    assert (last, then, seats_in_force()) == ([THIRD], [SECOND], [])
    assert "three has been undone. two is in force again." in said
    assert "None of its kind is in force now." in nothing, "one was dropped when three came"
    assert list(PlaceFile.objects.values_list("state", flat=True)) == ["undone", "undone", "replaced"]
    assert "Only the look-up or map that is in force" in undo(page, three)


def test_what_is_merged_says_how_to_put_it_right(page):
    file = previewed(page, "constituencies", f"code,name\n{FIRST},Wrong\n")
    said = apply(page, file).content.decode()
    refused = undo(page, file)

    assert "load the file before it again, or a corrected one" in said
    assert "Undo this file" not in said
    assert "Only the look-up or map that is in force can be undone." in refused
    applied(page, "constituencies", f"code,name\n{FIRST},Right\n")
    assert Constituency.objects.get().name == "Right"


def test_odd_rows_of_postcodes_are_counted_and_never_quoted(page, seats):
    rows = (
        f'"pcds","oseast1m","pcon24cd"\nZZ1 1AA,1,{FIRST}\nZZ1 1AA,1,{SECOND}\nGY1 1AA,1,L99999999\nIM1 1AA,1,\n'
        f"NOT ONE,1,{FIRST}\nZZ9 9ZZ,1,E14000530\n"
    )

    file = previewed(page, "postcodes", rows)

    assert (file.report["rows"], file.report["new"], file.report["passed_over"]) == (6, 1, 2)
    assert file.report["refused"] == [
        {"row": 6, "reason": "it holds no postcode"},
        {"row": 7, "reason": "“E14000530” is the code of a seat of 2010 to 2024"},
    ]
    assert file.report["notes"] == ["1 rows repeat a postcode; the first of each counts."]
    assert PostcodeSeat.objects.get().constituency.ons_code == FIRST


def test_a_look_up_of_the_last_parliaments_seats_is_refused_early(page, seats):
    rows = "pcds,pcon\n" + "ZZ1 1AA,E14000530\n" * 1000

    response = upload(page, "postcodes", rows)

    assert response.status_code == 422
    assert "More than half of the rows cannot be taken" in response.content.decode()
    assert (PlaceFile.objects.count(), PostcodeSeat.objects.count()) == (0, 0)


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"a,b\n1,2\n", b'pcds,pcon24cd\n"' + b"x" * 200_000])
def test_what_is_no_look_up_of_postcodes_is_refused(page, seats, content):
    response = upload(page, "postcodes", content)

    assert response.status_code == 422
    assert PostcodeSeat.objects.count() == 0


def test_two_look_ups_in_force_are_refused_by_the_database():
    PlaceFile.objects.create(kind="wards", file_name="a", state="applied", created_at=NOW, applied_at=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        PlaceFile.objects.create(kind="wards", file_name="b", state="applied", created_at=NOW, applied_at=NOW)


def run(kind, path, *flags):
    out = StringIO()
    try:
        call_command("import_places", kind, path, "--report", "json", *flags, stdout=out)
    except CommandError as error:
        return error.returncode, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_command_loads_a_look_up_in_one_go(seats, tmp_path):
    path = tmp_path / "onspd.csv"
    path.write_text(f"pcds,pcon24cd\nZZ1 1AA,{FIRST}\nNOT ONE,{FIRST}\n")

    stopped = run("postcodes", path)
    dry = run("postcodes", path, "--skip-refused", "--dry-run")
    before = PlaceFile.objects.count(), PostcodeSeat.objects.count()
    done = run("postcodes", path, "--skip-refused")

    assert (stopped[0], stopped[1]["applied"], len(stopped[1]["refused"])) == (1, False, 1)
    assert (dry[0], dry[1]["applied"], before) == (0, False, (0, 0))
    assert (done[0], done[1]["applied"], done[1]["new"]) == (0, True, 1)
    assert PostcodeSeat.objects.in_force().count() == 1


def test_command_says_what_is_wrong_with_a_file(tmp_path, capsys):
    path = tmp_path / "none.hexjson"
    missing = run("hexes", path)
    with pytest.raises(CommandError):
        call_command("import_places", "hexes", path)

    assert missing[0] == 1
    assert "cannot be read" in missing[1]["refused"][0]["reason"]
    assert capsys.readouterr().out.startswith(f"Refused. The whole file: {path} cannot be read")
