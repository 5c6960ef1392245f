"""The real lists of MPs, each series on a fresh database; what must come out is worked out here by other
means."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from contacts.imports import columns, reading, vacancy
from contacts.imports.names import words
from contacts.imports.seats import fold
from contacts.models import (
    MP,
    Constituency,
    Council,
    MPListImport,
    PartySpell,
    Post,
    PostKind,
    SeatHolding,
    SeatOverlap,
)
from tests.contacts.lists import counts, facts, rows_of, run, twfy_party
from tests.factories import AuthorityFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.real_data, pytest.mark.slow]

ELECTED = date(2024, 7, 4)


def take(path: Path, *flags: str) -> dict[str, object]:
    """Import a list that must be taken."""
    status, report = run("import_mps", path, *flags)
    assert (status, report["applied"]) == (0, True), report["refused"][:3]
    assert report["new"] + report["changed"] + report["unchanged"] <= report["rows"]
    return report


def refuse(path: Path, *flags: str) -> str:
    """Import a list that must be refused as a whole, changing nothing; give the reason."""
    before = facts()
    status, report = run("import_mps", path, *flags)
    assert (status, report["applied"], len(report["refused"])) == (1, False, 1)
    assert facts() == before
    return str(report["refused"][0]["reason"])


def holder(seat: str) -> MP:
    return MP.objects.get(holdings__constituency__name=seat, holdings__ended_on=None)


def party_of(mp: MP) -> str | None:
    spell = PartySpell.objects.current().filter(mp=mp).select_related("party").first()
    return spell.party.name if spell else None


def changes_of(import_number: int) -> dict[str, dict[str, tuple[str, str]]]:
    """Seat: {what: (old, new)} of the n-th import."""
    report = MPListImport.objects.order_by("pk")[import_number].report
    return {
        mp["seat"]: {what: (old, new) for what, old, new in mp["changes"]} for mp in report["changed_mps"]
    }


# --- The intake of 2024 -------------------------------------------------------------------


def test_the_joined_list_of_2024_is_taken_whole(real_data):
    path = real_data / "mps" / "mps_elected_2024-07-04_joined.csv"

    report = take(path)
    again = take(path)

    assert counts(report) == (650, 0, 0, 0, 0)
    assert counts(again) == (0, 0, 0, 650, 0)
    assert MPListImport.objects.first().effects == {"made": {}, "were": {}, "dropped": {}}
    assert SeatHolding.objects.filter(started_on=date(2024, 7, 4), ended_on=None).count() == 650
    assert Counter(Constituency.objects.values_list("nation", flat=True)) == {
        "england": 543,
        "scotland": 57,
        "wales": 32,
        "northern-ireland": 18,
    }
    elected = {row["pcon24cd"]: row for row in rows_of(path)}
    for holding in SeatHolding.objects.select_related("mp", "constituency"):
        row = elected[holding.constituency.ons_code]
        assert holding.mp.parliament_id == int(row["parliament_member_id"])
        assert holding.mp.twfy_id == int(row["twfy_person_id"].rpartition("/")[2])
        assert holding.mp.name == row["display_name_2024_07_09"]
        surname = holding.mp.sort_name.partition(", ")[0]
        assert words(surname) == words(row["surname"])
    held = {s.mp_id: s.party.name for s in PartySpell.objects.filter(ended_on=None).select_related("party")}
    assert sorted(held.values()) == sorted(row["party_members_api_2024_07_09"] for row in elected.values())
    assert party_of(holder("Chorley")) == "Speaker"
    assert holder("Clacton").name == "Nigel Farage"


def test_winners_without_party_are_taken_and_say_nothing_of_parties(real_data):
    path = real_data / "mps" / "ge2024_winners_with_mnis_id.csv"

    report = take(path, "--on", "2024-07-04")
    again = take(path, "--on", "2024-07-04")

    assert counts(report) == (650, 0, 0, 0, 0)
    assert counts(again) == (0, 0, 0, 650, 0)
    assert PartySpell.objects.count() == 0
    for row in rows_of(path):
        if row["Constituency name"] in ("Clacton", "Ynys Môn", "Chorley"):
            assert holder(row["Constituency name"]).parliament_id == int(row["Member MNIS ID"])


def test_an_empty_party_does_not_end_a_party(real_data):
    take(real_data / "mps" / "mps_elected_2024-07-04_joined.csv")
    before = PartySpell.objects.count()

    report = take(real_data / "mps" / "ge2024_winners_with_mnis_id.csv", "--on", "2024-07-05")

    assert report["ended"] == 0
    assert PartySpell.objects.filter(ended_on=None).count() == before == 650


# --- Two states of one source -------------------------------------------------------------


def test_the_change_from_2024_to_2026_is_right_to_the_person(real_data):
    old_path = real_data / "mps" / "oi_current_mps_2024-11-14.csv"
    new_path = real_data / "mps" / "oi_current_mps_2026-04-03.csv"

    first = take(old_path)
    holders_before = {
        h.constituency.name: h.mp_id for h in SeatHolding.objects.select_related("constituency")
    }
    second = take(new_path)
    third = take(new_path)

    assert counts(first) == (650, 0, 0, 0, 0)
    assert counts(second) == (2, 30, 2, 618, 0)
    assert counts(third) == (0, 0, 0, 650, 0)
    old = {row["PCON24CD"]: row for row in rows_of(old_path)}
    new = {row["PCON24CD"]: row for row in rows_of(new_path)}
    expected: dict[str, dict[str, tuple[str, str]]] = {}
    for code, row in new.items():
        before = old[code]
        if before["MP ID"] == row["ID"]:
            said = {}
            if before["MP"] != row["MP"]:
                said["Name"] = (before["MP"], row["MP"])
            if before["Party name"] != row["Party name"]:
                said["Party"] = (before["Party name"], row["Party name"])
            if said:
                expected[row["PCON24NM"]] = said
    assert changes_of(1) == expected
    assert expected["South Shields"] == {"Name": ("Mrs Emma Lewell-Buck", "Emma Lewell")}

    gorton = SeatHolding.objects.filter(constituency__name="Gorton and Denton").order_by("started_on")
    assert [(h.mp.parliament_id, h.started_on, h.ended_on) for h in gorton] == [
        (1506, date(2024, 7, 4), date(2026, 2, 25)),
        (5447, date(2026, 2, 26), None),
    ]
    runcorn = holder("Runcorn and Helsby")
    assert (runcorn.name, party_of(runcorn)) == ("Sarah Pochin", "Reform UK")
    assert runcorn.holdings.get().started_on == date(2025, 5, 1)
    gone = MP.objects.get(parliament_id=4667)
    assert party_of(gone) is None
    assert not gone.holdings.filter(ended_on=None).exists()
    assert holder("Clacton").pk == holders_before["Clacton"]
    assert SeatHolding.objects.get(mp=holder("Clacton")).started_on == date(2024, 7, 4)


def test_the_changes_agree_with_theyworkforyou(real_data):
    """Who sits where and for whom on 3 April 2026, by a source that the import never reads."""
    take(real_data / "mps" / "oi_current_mps_2024-11-14.csv")
    take(real_data / "mps" / "oi_current_mps_2026-04-03.csv")
    on = "2026-04-03"
    expected = {}
    for row in rows_of(real_data / "mps" / "twfy_commons_memberships_since_2024-07-04.csv"):
        if row["start_date"] <= on and (not row["end_date"] or row["end_date"] >= on):
            expected[int(row["person_id"].rpartition("/")[2])] = (
                fold(row["constituency"]),
                twfy_party(row["party"]),
            )

    mine = {
        h.mp.twfy_id: (fold(h.constituency.name), party_of(h.mp))
        for h in SeatHolding.objects.filter(ended_on=None).select_related("mp", "constituency")
    }

    assert len(expected) == 650
    assert mine == expected


def test_first_entry_decades_ago_is_not_the_start_of_the_holding(real_data):
    take(real_data / "mps" / "oi_current_mps_2024-11-14.csv")

    assert MP.objects.get(parliament_id=172).holdings.get().started_on == date(2024, 7, 4)
    assert not SeatHolding.objects.exclude(started_on=date(2024, 7, 4)).exists()


# --- A series of lists ----------------------------------------------------------------------


def test_the_series_in_date_order(real_data):
    series = real_data / "update_series"
    run("import_constituencies", real_data / "constituencies" / "pcon24_names_codes_welsh_bom.csv")
    states: list[dict[object, tuple[str, str]]] = []
    since: dict[object, date] = {}

    assert "another Parliament" in refuse(series / "ifg_current_mps_2024-05-25_previous_parliament.json")
    assert "empty" in refuse(series / "ifg_current_mps_2024-05-30.json")
    for day, expected in (
        ("2024-07-09", (650, 0, 0, 0, 0)),
        ("2024-10-29", (0, 56, 0, 594, 0)),
        ("2025-11-10", (1, 27, 1, 622, 0)),
        ("2026-01-27", (0, 10, 1, 639, 0)),
        ("2026-02-27", (1, 1, 0, 648, 0)),
        ("2026-06-27", (3, 7, 3, 640, 0)),
    ):
        name = "ifg_current_mps_" if day < "2025" else "dfe_mp_lookup_"
        path = next(series.glob(f"{name}{day}*"))
        if path.suffix == ".json":
            rows = json.loads(path.read_text())
            state = {r["id"]: (r["nameDisplayAs"], r["party"]) for r in rows}
            seats = {r["id"]: fold(r["membershipFrom"]) for r in rows}
        else:
            rows = [r for r in rows_of(path) if r["member_id"] != "Vacant"]
            state = {int(r["member_id"]): (r["display_as"], r["party_text"]) for r in rows}
            seats = {int(r["member_id"]): fold(r["pcon_name"]) for r in rows}
        if states:
            before = states[-1]
            both = before.keys() & state.keys()
            assert expected == (
                len(state.keys() - both),
                sum(before[k] != state[k] for k in both),
                len(before.keys() - both),
                sum(before[k] == state[k] for k in both),
                0,
            ), day
        # These lists give no days of by-elections: a newcomer sits from the day of the first that names them.
        since = {k: since.get(k, ELECTED if not states else date.fromisoformat(day)) for k in state}
        states.append(state)

        assert counts(take(path)) == expected, day

        parties = {s.mp_id: s.party.name for s in PartySpell.objects.current().select_related("party")}
        sitting = SeatHolding.objects.current().select_related("mp", "constituency")
        assert {h.mp.parliament_id: (h.mp.name, parties[h.mp_id]) for h in sitting} == state
        assert {h.mp.parliament_id: fold(h.constituency.name) for h in sitting} == seats
        assert {h.mp.parliament_id: h.started_on for h in sitting} == since

    assert "out of date" in refuse(series / "dfe_mp_lookup_2026-02-27.csv")


def test_a_vacancy_and_what_follows(real_data):
    series = real_data / "update_series"
    take(series / "dfe_mp_lookup_2025-11-10.csv")
    gwynne = holder("Gorton and Denton")

    take(series / "dfe_mp_lookup_2026-01-27.csv")

    assert gwynne.holdings.get().ended_on == date(2026, 1, 26)
    assert not SeatHolding.objects.filter(constituency__name="Gorton and Denton", ended_on=None).exists()
    assert MPListImport.objects.first().report["vacant"] == ["Gorton and Denton"]

    take(series / "dfe_mp_lookup_2026-02-27.csv")

    assert holder("Gorton and Denton").name == "Hannah Spencer"
    assert party_of(holder("Gorton and Denton")) == "Green Party"


def test_a_whip_removed_and_restored_is_three_spells(real_data):
    series = real_data / "update_series"
    run("import_constituencies", real_data / "constituencies" / "onspd_constituencies.json")
    for day in ("2024-07-09", "2024-10-29"):
        take(series / f"ifg_current_mps_{day}.json")
    take(series / "dfe_mp_lookup_2025-11-10.csv")

    spells = PartySpell.objects.filter(mp__parliament_id=4493).order_by("started_on").select_related("party")

    assert [(s.party.name, s.started_on, s.ended_on) for s in spells] == [
        ("Labour", date(2024, 7, 9), date(2024, 10, 28)),
        ("Independent", date(2024, 10, 29), date(2025, 11, 9)),
        ("Labour", date(2025, 11, 10), None),
    ]


def test_a_list_without_codes_needs_the_constituencies_first(real_data):
    reason = refuse(real_data / "update_series" / "ifg_current_mps_2024-07-09.json")

    assert "without their codes" in reason
    assert "import_constituencies" in reason


def test_the_last_parliaments_list_is_refused_by_its_seats_too(real_data):
    run("import_constituencies", real_data / "constituencies" / "onspd_constituencies.json")
    path = real_data / "update_series" / "ifg_current_mps_2024-05-25_previous_parliament.json"

    reason = refuse(path, "--on", "2024-08-01")

    assert reason.startswith("The list seems to be of another Parliament")


def test_no_real_name_is_taken_for_a_vacancy_or_for_nobody(real_data):
    """Everybody in any real list, also candidates, ministers and officers of groups."""
    known = set()
    for path in sorted(real_data.rglob("*")):
        if path.suffix not in (".csv", ".tsv", ".json"):
            continue
        try:
            table = reading.read(path.read_bytes(), path.name, columns.score)
        except reading.ListRefused:
            continue
        found = columns.find(table.header, columns.MPS)
        for meaning in ("name", "full title", "name, surname first", "surname"):
            for position in found.get(meaning, []):
                known.update(cells[position] for _, cells in table.rows)
    corrections = json.loads((real_data / "messy" / "appg_mp_name_corrections.json").read_text())
    known.update(text for each in corrections for text in each.values())

    caught = {text for text in known if vacancy.says_vacant(text) or vacancy.names_nobody(text)}

    assert len(known) > 6000
    nobody = {"", "Vacant", "vacant", "None", "No", "n/a", "name", "member", "mps", "Speaker"}
    assert {text for text in caught if "pending meeting with the chair" not in text} <= nobody


# --- What nobody here wrote -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("messy/cp1252_tab_separated_twfy_mps_2022.tsv", "another Parliament"),
        ("messy/cp1252_ampersand_constituencies_central_heating.csv", "statistics by constituency"),
        ("messy/cp1252_name_code_swapped_order_child_poverty.csv", "statistics by constituency"),
        ("messy/appg_mp_name_corrections.json", "does not seem to be a list of MPs"),
        ("mps/ge2024_results_by_candidate.csv", "candidates or results"),
        ("constituencies/onspd_constituencies.json", "statistics by constituency"),
        ("constituencies/pcon2010_to_pcon2024_overlaps_noheader.csv", "names no MPs"),
        ("constituencies/pcon_july_2024_uk_buc_simplified.geojson", "names no MPs"),
        ("constituencies/uk-constituencies-2024.hexjson", "does not seem to be a list of MPs"),
        ("posts/ministers_since_2024-07-05_flat.csv", "does not seem to be a list of MPs"),
        ("posts/appg_officers_2026-06.csv", "several people for one seat"),
        ("parties/party_registrations_mnis_to_electoral_commission.csv", "does not seem to be a list of MPs"),
        ("authorities/uk_local_authorities_past_current.csv", "does not seem to be a list of MPs"),
        ("other/bank-holidays.json", "does not seem to be a list of MPs"),
        ("api/recorded/members_empty_list.json", "empty"),
    ],
)
def test_other_files_are_refused_saying_what_they_seem_to_be(real_data, name, says):
    assert says in refuse(real_data / name, "--on", "2026-11-01")


def test_the_official_export_of_52_columns_is_taken(real_data):
    path = real_data / "messy" / "official_candidate_level_2024_winners_only_bom_52_columns.csv"

    report = take(path)

    assert counts(report) == (650, 0, 0, 0, 0)
    rows = rows_of(path)
    no_party = [row for row in rows if not row["Main party name"]]
    co_op = [row for row in rows if row["Adjunct party name"]]
    assert (len(no_party), len(co_op)) == (7, 43)
    assert PartySpell.objects.count() == 643
    assert PartySpell.objects.filter(party__name="Labour (Co-op)").count() == 43
    assert PartySpell.objects.filter(party__name="Labour").count() == 368
    assert party_of(holder("Chorley")) is None
    assert SeatHolding.objects.filter(started_on=date(2024, 7, 4)).count() == 650


def test_results_by_constituency_do_not_turn_co_op_mps_into_labour_ones(real_data):
    """That source says "Lab" of both; an abbreviation contradicts neither."""
    take(real_data / "mps" / "mps_elected_2024-07-04_joined.csv")

    status, report = run(
        "import_mps",
        real_data / "mps" / "ge2024_results_by_constituency.csv",
        "--on",
        "2024-07-10",
        "--dry-run",
    )

    assert status == 0
    assert report["applied"] is False
    assert PartySpell.objects.filter(party__name="Labour (Co-op)", ended_on=None).count() == 43


def test_parliaments_own_search_page_is_understood(real_data):
    """One MP and two peers; without the constituencies the MP's seat cannot be found."""
    run("import_constituencies", real_data / "constituencies" / "onspd_constituencies.json")
    path = real_data / "api" / "recorded" / "members_search.json"

    status, report = run("import_mps", path, "--on", "2024-08-01", "--partial", "--skip-refused")

    assert (status, report["new"], report["rows"]) == (0, 1, 3)
    assert [(r["row"], r["reason"]) for r in report["refused"]] == [
        (2, "is a member of the House of Lords, not an MP"),
        (3, "is a member of the House of Lords, not an MP"),
    ]
    starmer = holder("Holborn and St Pancras")
    assert (starmer.parliament_id, starmer.sort_name) == (4514, "Starmer, Keir")
    assert starmer.holdings.get().started_on == date(2024, 7, 4)


# --- Councils -----------------------------------------------------------------------------------


def test_counties_districts_and_combined_authorities_get_their_seats(real_data):
    folder = real_data / "constituencies"
    run("import_constituencies", folder / "onspd_constituencies.json")
    status, councils = run(
        "import_councils", real_data / "authorities" / "uk_local_authorities_past_current.csv"
    )
    assert (status, councils["new"]) == (0, 397)
    pairs_path = folder / "pcon24_lad_utla_pairs_from_ons_ward_lookup.csv"
    status, overlaps = run("import_overlaps", pairs_path)
    assert (status, overlaps["new"]) == (0, 948)
    assert run("import_overlaps", pairs_path)[1]["unchanged"] == 948

    pairs = rows_of(pairs_path)
    registry = {
        row["local-authority-code"]: row
        for row in rows_of(real_data / "authorities" / "uk_local_authorities_past_current.csv")
    }
    members: dict[str, set[str]] = {}
    for row in registry.values():
        for parent in (row["county-la"], row["combined-authority"]):
            if parent and row["current-authority"] == "True":
                members.setdefault(registry[parent]["gss-code"], set()).add(row["gss-code"])
    for code in {row["gss-code"] for row in registry.values() if row["current-authority"] == "True"}:
        lads = {code} | members.get(code, set())
        lads |= {child for lad in list(lads) for child in members.get(lad, set())}
        expected = {pair["pcon_code"] for pair in pairs if {pair["lad_code"], pair["new_la_code"]} & lads}
        found = set(
            Constituency.objects.of(AuthorityFactory.build(ons_code=code, pk=1)).values_list(
                "ons_code", flat=True
            )
        )
        assert found == expected, code
        assert found, code

    def seats_of(code: str) -> int:
        return Constituency.objects.of(AuthorityFactory.build(ons_code=code, pk=1)).count()

    assert seats_of("E47000001") == 27  # Greater Manchester
    assert seats_of("E10000016") == 16  # Kent
    assert seats_of("E07000092") == 1  # Rushmoor: Aldershot
    assert Council.objects.get(ons_code="E10000016").tier == "county"


def test_shares_are_added_to_overlaps(real_data):
    folder = real_data / "constituencies"
    run("import_constituencies", folder / "onspd_constituencies.json")
    run("import_overlaps", folder / "pcon24_lad_utla_pairs_from_ons_ward_lookup.csv")
    shares = folder / "parl25_lad23_overlap_area_population.csv"

    without_codes = run("import_overlaps", shares)
    status, report = run(
        "import_overlaps", shares, "--codes", str(folder / "ukparl2025_code_to_pcon24cd.csv")
    )

    assert without_codes[0] == 1
    assert "--codes" in without_codes[1]["refused"][0]["reason"]
    assert (status, report["new"], report["changed"], report["refused"]) == (0, 2, 944, [])
    assert SeatOverlap.objects.count() == 950
    assert SeatOverlap.objects.filter(area_share__gt=0).count() == 946
    # Of Belfast East's sliver in Lisburn and Castlereagh the file counts nobody, in the whole seat either.
    assert [
        str(each.constituency.name) for each in SeatOverlap.objects.filter(share=None, area_share__gt=0)
    ] == ["Belfast East"]
    aldershot = Constituency.objects.get(ons_code="E14001063")
    assert sum(overlap.share for overlap in aldershot.overlaps.all()) == 100
    assert not aldershot.overlaps.filter(share=0).exists()


# --- Posts --------------------------------------------------------------------------------


def assert_ministers(rows: list[dict[str, str]], day: date) -> None:
    """That the ministers of a day are those of these rows."""
    expected = Counter(
        (int(row["parliament_member_id"]), row["post_display_name"], row["department"])
        for row in rows
        if row["house"] == "Commons"
        and row["start_date"] <= day.isoformat() <= (row["end_date"] or "9999-12-31")
    )
    held = Post.objects.current(day).of_ministers()
    assert Counter(held.values_list("mp__parliament_id", "title", "body")) == expected, day


def test_commons_ministers_since_july_2024_come_out_right_for_any_date(real_data, tmp_path, client):
    take(real_data / "mps" / "mps_elected_2024-07-04_joined.csv")
    take(real_data / "mps" / "oi_current_mps_2026-04-03.csv")
    path = real_data / "posts" / "ministers_since_2024-07-05_flat.csv"
    rows = rows_of(path)

    status, report = run("import_posts", path, "--on", "2026-06-29")
    assert (status, len(report["refused"]), len(report["left_out"])) == (1, 2, 64)
    assert not Post.objects.exists()
    # Two rows of the file end before they begin: a slip of a year, which an admin mends.
    for row in rows:
        if row["end_date"] and row["end_date"] < row["start_date"]:
            row["end_date"] = row["end_date"].replace("2025", "2026")
    mended = tmp_path / "ministers_2026-06-29.csv"
    with mended.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    client.force_login(UserFactory(is_instance_admin=True))
    with mended.open("rb") as file:
        preview = client.post(reverse("instance:post_upload"), {"file": file}).url
    assert "<dt>New</dt><dd>221</dd>" in client.get(preview).content.decode()
    assert client.post(f"{preview}apply/").status_code == 302
    assert run("import_posts", mended)[1]["unchanged"] == 221

    day = date(2024, 7, 4)
    while day <= date(2026, 7, 1):
        assert_ministers(rows, day)
        day += timedelta(days=1)

    # Then the other list, which knows of July 2026 and calls the same posts otherwise.
    theirs = real_data / "posts" / "parlparse_posts_2024-26_sample_transcribed.csv"
    assert run("import_posts", theirs)[0] == 0
    for row in (row for row in rows_of(theirs) if row["type"] == "GovernmentPost"):
        known = [
            each
            for each in rows
            if each["parliament_member_id"] == row["parliament_member_id"]
            and each["start_date"] == row["start_date"]
        ]
        for each in known:
            each["end_date"] = row["end_date"]
        if not known:
            words = {"post_display_name": row["role"], "department": "House of Commons", "house": "Commons"}
            rows.append(row | words)
    while day <= date(2026, 9, 30):
        assert_ministers(rows, day)
        day += timedelta(days=1)
    three = Post.objects.of_ministers().filter(mp__parliament_id__in=[5076, 5282, 5337])
    assert three.current(date(2026, 7, 22)).count() == 6
    assert set(three.current(date(2026, 7, 23)).values_list("mp__parliament_id", "title")) == {
        (
            5076,
            "Parliamentary Under-Secretary of State (Department for Business, Innovation, Science and Trade) "
            "(Jointly with the Department for Energy Security and Net Zero)",
        ),
        (5282, "Exchequer Secretary (Cabinet Office) (Jointly with HM Treasury)"),
    }
    chancellors = Post.objects.current(date(2025, 1, 1)).filter(title="Chancellor of the Exchequer")
    assert [post.mp.name for post in chancellors.select_related("mp")] == ["Rachel Reeves"]


def test_officers_of_groups_and_members_of_committees_are_taken(real_data):
    take(real_data / "mps" / "mps_elected_2024-07-04_joined.csv")
    take(real_data / "mps" / "oi_current_mps_2026-04-03.csv")

    groups = run("import_posts", real_data / "posts" / "appg_officers_2026-06.csv", "--skip-refused")[1]
    committees = run("import_posts", real_data / "posts" / "parlparse_posts_2024-26_sample_transcribed.csv")[
        1
    ]
    old = run("import_posts", real_data / "posts" / "parlparse_posts_2020-10-21_trim.json")[1]

    # Officers of groups at Cardiff, Edinburgh and Belfast are in the file too, some with ids of other MPs.
    assert (groups["new"], len(groups["refused"]), len(groups["left_out"])) == (1651, 18, 531)
    assert all("id is" in each["reason"] for each in groups["refused"])
    assert (committees["new"], committees["unchanged"], committees["refused"]) == (160, 1, [])
    assert "in an earlier Parliament" in old["refused"][0]["reason"]
    kinds = Counter(Post.objects.exclude(kind=PostKind.GROUP).values_list("kind", flat=True))
    assert sum(kinds.values()) == 160
    assert kinds[PostKind.COMMITTEE] + kinds[PostKind.BILL_COMMITTEE] == 139
