"""The real files about places through the browser, with exact counts."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contacts.models import Constituency, Council, PlaceFile, SeatBoundary, SeatHex, SeatOverlap
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.real_data, pytest.mark.slow]


@pytest.fixture
def page(client):
    client.force_login(UserFactory(is_instance_admin=True))
    return client


@pytest.fixture
def load(page, real_data):
    """Upload, preview and apply a real file; the counts that the preview showed."""

    def load_file(kind, path, codes=None):
        data = {"kind": kind, "file": SimpleUploadedFile(path.name, path.read_bytes())}
        if codes:
            data["codes"] = SimpleUploadedFile(codes.name, codes.read_bytes())
        response = page.post(reverse("instance:place_upload"), data)
        if response.status_code == 422:
            return response.content.decode()
        file = PlaceFile.objects.latest("pk")
        before = Constituency.objects.count(), Council.objects.count(), SeatOverlap.objects.count()
        report = file.report
        assert page.get(response.url).status_code == 200
        assert (Constituency.objects.count(), Council.objects.count(), SeatOverlap.objects.count()) == before
        applied = page.post(reverse("instance:place_apply", args=[file.pk]), {"skip_refused": "yes"})
        assert applied.status_code == 302
        counts = ("rows", "new", "changed", "unchanged", "passed_over")
        return (*(report[each] for each in counts), len(report["refused"]))

    return load_file


def test_constituencies_with_their_welsh_names(load, real_data):
    folder = real_data / "constituencies"

    assert load("constituencies", folder / "onspd_constituencies.json") == (650, 650, 0, 0, 0, 0)
    assert load("constituencies", folder / "pcon24_names_codes_welsh_bom.csv") == (650, 0, 32, 618, 0, 0)
    assert Constituency.objects.exclude(name_welsh="").count() == 32
    assert Constituency.objects.get(ons_code="W07000112").name_welsh != ""


def test_councils_from_three_sources(load, real_data):
    folder = real_data / "authorities"

    registry = load("councils", folder / "uk_local_authorities_past_current.csv")
    assert registry == (470, 397, 0, 0, 73, 0)
    assert Council.objects.filter(tier="combined").count() == 14
    assert Council.objects.filter(tier="county").count() == 21
    districts = load("councils", folder / "onspd_districts.json")
    counties = load("councils", folder / "onspd_counties.json")
    assert (districts[0], counties[0]) == (
        len(json.loads((folder / "onspd_districts.json").read_text())),
        len(json.loads((folder / "onspd_counties.json").read_text())),
    )
    # Barnsley and Sheffield have had new codes since 2025; lists of both kinds are about.
    names = Council.objects.filter(ons_code__in=["E08000016", "E08000038"]).values_list("name", flat=True)
    assert set(names) == {"Barnsley"}


def test_overlaps_from_the_ward_route_from_people_and_from_districts(load, real_data):
    folder = real_data / "constituencies"
    load("constituencies", folder / "onspd_constituencies.json")
    load("councils", real_data / "authorities" / "uk_local_authorities_past_current.csv")
    shares = folder / "parl25_lad23_overlap_area_population.csv"

    pairs = load("overlaps", folder / "pcon24_lad_utla_pairs_from_ons_ward_lookup.csv")
    without_codes = load("overlaps", shares)
    with_codes = load("overlaps", shares, folder / "ukparl2025_code_to_pcon24cd.csv")

    assert pairs == (948, 948, 0, 0, 0, 0)
    assert "other codes need a table of codes" in without_codes
    assert with_codes == (946, 2, 944, 0, 0, 0)
    assert SeatOverlap.objects.count() == 950
    proportions = load("overlaps", folder / "lad24_to_pcon24_proportions.json")
    assert (proportions[0], proportions[2], proportions[5]) == (949, 0, 0)
    assert SeatOverlap.objects.count() == 950 + proportions[1]
    old_and_new = folder / "pcon2010_to_pcon2024_overlaps_noheader.csv"
    assert "No two columns" in load("overlaps", old_and_new)
    assert load("successions", old_and_new) == (1438, 1360, 0, 0, 78, 0)
    assert load("successions", old_and_new) == (1438, 0, 0, 1360, 78, 0)
    assert "what the seats were made from" in load("successions", shares)


def test_both_maps_have_all_650_seats_and_loading_them_again_changes_nothing(load, real_data):
    folder = real_data / "constituencies"
    load("constituencies", folder / "onspd_constituencies.json")
    hexes, outlines = (
        folder / "uk-constituencies-2024.hexjson",
        folder / "pcon_july_2024_uk_buc_simplified.geojson",
    )

    assert load("hexes", hexes) == (650, 650, 0, 0, 0, 0)
    assert load("hexes", hexes) == (650, 0, 0, 650, 0, 0)
    assert load("boundaries", outlines) == (650, 650, 0, 0, 0, 0)
    assert load("boundaries", outlines) == (650, 0, 0, 650, 0, 0)
    assert (SeatHex.objects.count(), SeatBoundary.objects.count()) == (650, 650)
    barnsley = SeatHex.objects.get(constituency__ons_code="E14001074")
    assert (barnsley.q, barnsley.r) == (57, -23)
    islands = SeatBoundary.objects.get(constituency__name="Orkney and Shetland")
    assert len(islands.rings) > 5
    assert islands.north > 600_000


def test_a_map_before_its_seats_is_refused_in_words(load, real_data):
    said = load("hexes", real_data / "constituencies" / "uk-constituencies-2024.hexjson")

    assert "Nothing in the file can be taken" in said
    assert "import the constituencies first" in said
    assert not SeatHex.objects.exists()


def test_files_of_another_kind_are_refused(load, real_data):
    folder = real_data / "constituencies"
    load("constituencies", folder / "onspd_constituencies.json")

    assert "does not seem to be a hex map" in load(
        "hexes", folder / "pcon_july_2024_uk_buc_simplified.geojson"
    )
    assert "does not seem to be a map" in load("boundaries", folder / "uk-constituencies-2024.hexjson")
    assert "does not seem to be a look-up of wards" in load("wards", folder / "onspd_constituencies.json")
    assert "does not seem to be a look-up of postcodes" in load(
        "postcodes", folder / "pcon24_names_codes_welsh_bom.csv"
    )
    assert "does not seem to be a list of councils" in load("councils", folder / "onspd_constituencies.json")
