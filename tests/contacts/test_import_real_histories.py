"""Every real list of this Parliament, in the order of their days, by file: who, for whom, since when, and how.

What must come out is read here from TheyWorkForYou's own file by other means.
"""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from contacts.directory import search_mps, sitting_mps
from contacts.imports.seats import fold
from contacts.models import (
    MP,
    Constituency,
    MPName,
    MPNews,
    NewsKind,
    PartySpell,
    SeatHolding,
    SeatSuccession,
)
from contacts.news import name_in_words
from tests.contacts.lists import rows_of, run, twfy_party
from tests.factories import AuthorityFactory

pytestmark = [pytest.mark.django_db, pytest.mark.real_data, pytest.mark.slow]

ELECTED = date(2024, 7, 4)
LISTS = (
    ("mps/ge2024_winners_with_mnis_id.csv", "2024-07-04"),
    ("messy/official_candidate_level_2024_winners_only_bom_52_columns.csv", "2024-07-04"),
    ("mps/ge2024_results_by_constituency.csv", "2024-07-04"),
    ("mps/mps_elected_2024-07-04_joined.csv", "2024-07-04"),
    ("update_series/ifg_current_mps_2024-07-09.json", "2024-07-09"),
    ("update_series/ifg_current_mps_2024-10-29.json", "2024-10-29"),
    ("mps/oi_current_mps_2024-11-14.csv", "2024-11-14"),
    ("update_series/dfe_mp_lookup_2025-11-10.csv", "2025-11-10"),
    ("update_series/dfe_mp_lookup_2026-01-27.csv", "2026-01-27"),
    ("update_series/dfe_mp_lookup_2026-02-27.csv", "2026-02-27"),
    ("mps/oi_current_mps_2026-04-03.csv", "2026-04-03"),
    ("update_series/dfe_mp_lookup_2026-06-27.csv", "2026-06-27"),
    ("mps/twfy_commons_memberships_since_2024-07-04.csv", "2026-06-28"),
)

# Parliament's own lists, by the headings of the MP's id and name.
DISPLAYED = (
    ("parliament_member_id", "display_name_2024_07_09"),
    ("id", "nameDisplayAs"),
    ("MP ID", "MP"),
    ("ID", "MP"),
    ("member_id", "display_as"),
)

# Where TheyWorkForYou tells of no change of party, and the lists before it do.
DIFFER = {
    "Andy Burnham": ["Labour (Co-op)", "Labour"],
    "Jeremy Corbyn": ["Independent", "Your Party", "Independent"],
}
CHANGES = {
    "changed_party": "changed",
    "whip_removed": "whip-removed",
    "whip_restored": "whip-restored",
}


def day_of(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def holdings(seat: str) -> list[tuple[str, date, date | None, str, str]]:
    rows = SeatHolding.objects.filter(constituency__name=seat).order_by("started_on")
    return list(rows.values_list("mp__name", "started_on", "ended_on", "begun_by", "ended_by"))


def parties(**who: object) -> list[tuple[str, date, date | None, str]]:
    rows = PartySpell.objects.filter(**who).order_by("started_on")
    return list(rows.values_list("party__name", "started_on", "ended_on", "begun_by"))


def displayed(path: Path) -> dict[int, str]:
    """The names by id if the list is Parliament's, without vacant seats."""
    rows = json.loads(path.read_bytes()) if path.suffix == ".json" else rows_of(path)
    by = next((by for by in DISPLAYED if rows[0].keys() >= set(by)), None)
    return {int(row[by[0]]): str(row[by[1]]) for row in rows if row[by[0]] != "Vacant"} if by else {}


def plain(name: str) -> str:
    return re.sub(r"^(Mr|Mrs|Ms|Miss) ", "", name).casefold()


def test_every_list_in_its_order_by_file(real_data):
    constituencies = real_data / "constituencies" / "pcon24_names_codes_welsh_bom.csv"
    assert run("import_constituencies", constituencies)[0] == 0
    newest: dict[int, str] = {}
    renamed = []
    for name, day in LISTS:
        status, report = run("import_mps", real_data / name, "--on", day)
        assert (status, report["refused"]) == (0, []), name
        # MPs are called what Parliament's newest list calls them, whatever others do, and what is told of
        # names is what changed from one of Parliament's lists to the next.
        given = displayed(real_data / name)
        renamed += [
            (pk, name_in_words(was, now))
            for pk, now in given.items()
            if (was := newest.get(pk)) and plain(was) != plain(now)
        ]
        newest |= given
        sitting = SeatHolding.objects.current().values_list("mp__parliament_id", "mp__name")
        assert not newest or dict(sitting) == {pk: newest[pk] for pk, _ in sitting}, name
    told = MPNews.objects.filter(kind=NewsKind.NAME).values_list("mp__parliament_id", "words")
    assert sorted(told) == sorted(renamed)
    assert len(renamed) == 30

    # Of all that these MPs have held before, nothing is taken, and the report says so.
    history = real_data / "mps" / "twfy_commons_membership_history_of_these_mps.csv"
    _, report = run("import_mps", history, "--on", LISTS[-1][1], "--dry-run")
    assert report["rows"] == report["unchanged"] + report["set_aside"] == 650 + 1094

    # Who has held each of the 650 seats, from when to when and how, by TheyWorkForYou, whose first days are
    # those after polls: a row for each party somebody sat for.
    rows = rows_of(real_data / LISTS[-1][0])
    stays: dict[tuple[str, int], list[dict[str, str]]] = {}
    for row in sorted(rows, key=lambda row: row["start_date"]):
        person = int(row["person_id"].rpartition("/")[2])
        stays.setdefault((fold(row["constituency"]), person), []).append(row)
    everybody = SeatHolding.objects.select_related("mp", "constituency")
    held = {(fold(each.constituency.name), each.mp.twfy_id): each for each in everybody}
    assert len(everybody) == len(held)
    assert held.keys() == stays.keys()
    assert len({seat for (seat, _), each in held.items() if each.ended_on is None}) == 650
    changes = 0
    for key, stay in stays.items():
        holding = held[key]
        assert (day_of(stay[0]["start_date"]) - holding.started_on).days in (0, 1), holding
        assert holding.ended_on == day_of(stay[-1]["end_date"]), holding
        won = stay[0]["start_reason"] == "by_election"
        assert holding.begun_by == ("by-election" if won else "general-election"), holding
        # For whom they sat: each change on its day, and how it came.
        spells = list(PartySpell.objects.filter(mp=holding.mp).order_by("started_on"))
        said = [twfy_party(row["party"]) for row in stay]
        assert [spell.party.name for spell in spells] == DIFFER.get(holding.mp.name, said), holding
        assert spells[0].started_on == holding.started_on, holding
        assert spells[-1].ended_on == holding.ended_on, holding
        if holding.mp.name not in DIFFER:
            for before, spell, row in zip(spells, spells[1:], stay[1:], strict=False):
                assert abs((spell.started_on - day_of(row["start_date"])).days) <= 1, spell
                assert spell.begun_by == CHANGES[row["start_reason"]], spell
                assert before.ended_on == spell.started_on - timedelta(days=1), spell
            changes += len(stay) - 1
    assert changes == 42
    assert PartySpell.objects.exclude(begun_by="").count() == changes
    # Each MP is called what the open name says, and nobody has two.
    called = set(MPName.objects.current().values_list("mp", "name", "sort_name"))
    assert called == set(MP.objects.values_list("pk", "name", "sort_name"))

    # A whip lost and restored.
    assert parties(mp__name="Richard Burgon") == [
        ("Labour", ELECTED, date(2024, 7, 24), ""),
        ("Independent", date(2024, 7, 25), date(2025, 2, 5), "changed"),
        ("Labour", date(2025, 2, 6), None, "changed"),
    ]
    # One of which no list before tells, since it was restored by the next.
    assert parties(mp__name="Oliver Ryan") == [
        ("Labour (Co-op)", ELECTED, date(2025, 2, 10), ""),
        ("Independent", date(2025, 2, 11), date(2025, 8, 14), "changed"),
        ("Labour (Co-op)", date(2025, 8, 15), None, "whip-restored"),
    ]
    # One lost, and then the seat.
    assert parties(mp__name="Andrew Gwynne") == [
        ("Labour (Co-op)", ELECTED, date(2025, 2, 9), ""),
        ("Independent", date(2025, 2, 10), date(2026, 1, 23), "whip-removed"),
    ]
    # A by-election.
    assert [each[0] for each in holdings("Runcorn and Helsby")] == ["Mike Amesbury", "Sarah Pochin"]
    assert holdings("Runcorn and Helsby")[0][2:] == (date(2025, 3, 17), "general-election", "resignation")
    # A vacancy of weeks.
    assert holdings("Gorton and Denton") == [
        ("Andrew Gwynne", ELECTED, date(2026, 1, 23), "general-election", "resignation"),
        ("Hannah Spencer", date(2026, 2, 26), None, "by-election", ""),
    ]
    # A surname changed; the old one is found too.
    assert holdings("South Shields") == [("Emma Lewell", ELECTED, None, "general-election", "")]
    names = MPName.objects.filter(mp__name="Emma Lewell").order_by("started_on")
    assert [name.name for name in names] == ["Mrs Emma Lewell-Buck", "Emma Lewell"]
    everybody = sitting_mps(AuthorityFactory())
    assert [mp.name for mp in search_mps(everybody, "lewell-buck")] == ["Emma Lewell"]
    # An old id in a new seat, and the day of the poll's morrow from the last list.
    assert holdings("Makerfield")[-1] == ("Andy Burnham", date(2026, 6, 19), None, "by-election", "")
    assert MP.objects.get(name="Andy Burnham").parliament_id == 1427
    # Accents of one letter and of two, the Speaker.
    accents = ["Siân Berry", "Zöe Franklin", "Órfhlaith Begley", "Dáire Hughes"]
    assert MP.objects.filter(name__in=accents).count() == 4
    assert [name for name, *_ in parties(mp__holdings__constituency__name="Chorley")] == ["Speaker"]


def test_what_the_seats_of_today_were_made_from(real_data):
    folder = real_data / "constituencies"
    run("import_constituencies", folder / "onspd_constituencies.json")

    status, report = run("import_boundary_changes", folder / "pcon2010_to_pcon2024_overlaps_noheader.csv")

    assert (status, report["rows"], report["refused"]) == (0, 1438, [])
    assert Constituency.objects.current().count() == 650
    assert Constituency.objects.exclude(ended_on=None).count() == 645
    assert report["new"] + report["passed_over"] == 1438
    aldershot = Constituency.objects.current().get(name="Aldershot")
    made_from = aldershot.predecessions.order_by("-share_of_new")
    assert next((row.old.name, str(row.share_of_new)) for row in made_from) == ("Aldershot", "94.85")
    unchanged = Constituency.objects.get(ons_code="S14000051")
    assert (unchanged.name, unchanged.started_on, unchanged.ended_on) == ("Orkney and Shetland", None, None)
    assert not SeatSuccession.objects.filter(new=unchanged).exists()
