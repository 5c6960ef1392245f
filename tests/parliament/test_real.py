"""The real lists of this Parliament, in the order of their days, as the Members API would have given them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from contacts.imports.seats import fold
from contacts.models import MP, MPListImport, MPName, PartySpell, SeatHolding
from contacts.parliament.syncing import sync
from tests.contacts.lists import ELECTION, rows_of, run, twfy_party
from tests.parliament.server import Parliament, Person
from tests.parliament.world import holdings, no_sleep, spells

pytestmark = [pytest.mark.django_db, pytest.mark.real_data, pytest.mark.slow]

ELECTED = date.fromisoformat(ELECTION)
# Polling days of the by-elections, which the API gives as the day a membership's status began.
POLLED = {
    "Runcorn and Helsby": "2025-05-01",
    "Gorton and Denton": "2026-02-26",
    "Makerfield": "2026-06-18",
    "Aberdeen South": "2026-06-18",
    "Arbroath and Broughty Ferry": "2026-06-18",
}
# Where TheyWorkForYou tells of no change of party, and the lists before it do: Andy Burnham, Jeremy Corbyn.
DIFFER = {1427: ["Labour (Co-op)", "Labour"], 185: ["Independent", "Your Party", "Independent"]}


@dataclass(frozen=True)
class Row:
    id: int
    name: str
    seat: str
    party: str
    first: str = ELECTION


def series(folder: Path) -> Iterable[tuple[str, list[Row]]]:
    """Day and list, the earliest first; a vacant seat has no row."""
    mps, updates = folder / "mps", folder / "update_series"
    rows = rows_of(mps / "ge2024_winners_with_mnis_id.csv")
    yield (
        ELECTION,
        [
            Row(int(r["Member MNIS ID"]), f"{r['Given name']} {r['Family name']}", r["Constituency name"], "")
            for r in rows
        ],
    )
    # Two results of that election, which have names of their own and no ids.
    ids = {fold(r["Constituency name"]): int(r["Member MNIS ID"]) for r in rows}
    official = "official_candidate_level_2024_winners_only_bom_52_columns.csv"
    for path, given, family in (
        (folder / "messy" / official, "Candidate given name", "Candidate family name"),
        (mps / "ge2024_results_by_constituency.csv", "Member first name", "Member surname"),
    ):
        yield (
            ELECTION,
            [
                Row(ids[fold(seat)], f"{r[given]} {r[family]}", seat, "")
                for r in rows_of(path)
                if (seat := r["Constituency name"])
            ],
        )
    rows = rows_of(mps / "mps_elected_2024-07-04_joined.csv")
    yield (
        ELECTION,
        [
            Row(
                int(r["parliament_member_id"]),
                r["display_name_2024_07_09"],
                r["constituency"],
                r["party_members_api_2024_07_09"],
            )
            for r in rows
        ],
    )
    for day in ("2024-07-09", "2024-10-29"):
        data = json.loads((updates / f"ifg_current_mps_{day}.json").read_text())
        yield day, [Row(r["id"], r["nameDisplayAs"], r["membershipFrom"], r["party"]) for r in data]
    rows = rows_of(mps / "oi_current_mps_2024-11-14.csv")
    yield (
        "2024-11-14",
        [Row(int(r["MP ID"]), r["MP"], r["PCON24NM"], r["Party name"], r["Start date"][:10]) for r in rows],
    )
    for day in ("2025-11-10", "2026-01-27", "2026-02-27"):
        yield day, by_dfe(updates / f"dfe_mp_lookup_{day}.csv")
    rows = rows_of(mps / "oi_current_mps_2026-04-03.csv")
    yield (
        "2026-04-03",
        [Row(int(r["ID"]), r["MP"], r["PCON24NM"], r["Party name"], r["Start date"][:10]) for r in rows],
    )
    latest = by_dfe(updates / "dfe_mp_lookup_2026-06-27.csv")
    yield "2026-06-27", latest
    # TheyWorkForYou has ids and names of its own: those of Parliament are found by the seat.
    known = {fold(row.seat): row for row in latest}
    rows = rows_of(mps / "twfy_commons_memberships_since_2024-07-04.csv")
    yield (
        "2026-06-28",
        [
            Row(
                known[fold(r["constituency"])].id,
                known[fold(r["constituency"])].name,
                r["constituency"],
                party,
            )
            for r in rows
            if (party := twfy_party(r["party"])) and not r["end_date"]
        ],
    )


def by_dfe(path: Path) -> list[Row]:
    return [
        Row(int(r["member_id"]), r["display_as"], r["pcon_name"], r["party_text"])
        for r in rows_of(path)
        if r["member_id"] != "Vacant"
    ]


def parties_of(folder: Path) -> dict[tuple[str, int], list[tuple[str, date, date | None]]]:
    """For whom each MP sat in a seat, by its folded name and Parliament's id, as TheyWorkForYou tells."""
    rows = rows_of(folder / "mps" / "twfy_person_identifiers_of_these_mps.csv")
    ids = {r["person_id"]: int(r["identifier"]) for r in rows if r["scheme"] == "datadotparl_id"}
    found: dict[tuple[str, int], list[tuple[str, date, date | None]]] = {}
    rows = rows_of(folder / "mps" / "twfy_commons_memberships_since_2024-07-04.csv")
    for r in sorted(rows, key=lambda r: r["start_date"]):
        ended = date.fromisoformat(r["end_date"]) if r["end_date"] else None
        spell = (twfy_party(r["party"]), date.fromisoformat(r["start_date"]), ended)
        found.setdefault((fold(r["constituency"]), ids[r["person_id"]]), []).append(spell)
    return found


def as_people(rows: list[Row], before: dict[str, int], sat_for: dict[Any, Any], on: date) -> list[Person]:
    """As the API tells of them: the first entry of somebody who has sat before may be decades ago. What it
    tells of parties begins on polling day, and is nothing where TheyWorkForYou has another by then."""
    people = []
    for row in rows:
        since = POLLED[row.seat] if before.get(row.seat, row.id) != row.id else ELECTION
        person = Person(
            row.id,
            row.name,
            row.seat,
            row.party,
            first="2001-06-07" if row.id == 1427 else row.first,
            since=since,
        )
        spells = [spell for spell in sat_for.get((fold(row.seat), row.id), []) if spell[1] <= on]
        if len(spells) > 1 and spells[-1][0] == row.party:
            starts = [since, *(begun.isoformat() for _, begun, _ in spells[1:])]
            names = [name for name, _, _ in spells]
            person.parties = list(zip(names, starts, [*starts[1:], None], strict=True))
        people.append(person)
    return people


@pytest.fixture
def seats(real_data) -> list[str]:
    path = real_data / "constituencies" / "onspd_constituencies.json"
    assert run("import_constituencies", path)[0] == 0
    return list(json.loads(path.read_text()).values())


def who_sits() -> dict[int, tuple[str, str, str, date]]:
    """Id: name, party, seat, and since when."""
    parties = {s.mp_id: s.party.name for s in PartySpell.objects.current().select_related("party")}
    return {
        h.mp.parliament_id: (h.mp.name, parties.get(h.mp_id, ""), fold(h.constituency.name), h.started_on)
        for h in SeatHolding.objects.current().select_related("mp", "constituency")
    }


class Expected:
    """Who must hold each seat, from when to when, worked out from the lists alone."""

    def __init__(self) -> None:
        self.holdings: list[list[Any]] = []  # seat, id, from, to

    def learn(self, on: date, people: list[Person]) -> None:
        sits = {fold(person.seat): person for person in people}
        for held in self.holdings:
            seat, number, _, ended = held
            person = sits.get(seat)
            if ended is None and (person is None or person.id != number):
                held[3] = (date.fromisoformat(person.since) if person else on) - timedelta(days=1)
        holds = {tuple(held[:2]) for held in self.holdings if held[3] is None}
        for seat, person in sits.items():
            if (seat, person.id) not in holds:
                self.holdings.append([seat, person.id, date.fromisoformat(person.since), None])

    def spells(self, sat_for: dict[Any, Any]) -> list[list[Any]]:
        """Id, party, from and to, as TheyWorkForYou has them, within the holdings."""
        found = []
        for seat, number, begun, ended in self.holdings:
            told = sat_for[seat, number]
            for at, (name, first, last) in enumerate(told):
                is_last = at + 1 == len(told)
                found.append([number, name, first if at else begun, ended if is_last else last])
        return found


def test_every_list_in_its_order_puts_the_right_person_in_each_seat(seats, serve, real_data):
    parliament = Parliament([], seats)
    serve(parliament)
    original: dict[str, int] = {}
    expected = Expected()
    sat_for = parties_of(real_data)
    vacant = {}

    for number, (day, rows) in enumerate(series(real_data)):
        original = original or {row.seat: row.id for row in rows}
        on = date.fromisoformat(day)
        parliament.former = [*parliament.former, *parliament.mps]
        parliament.mps = as_people(rows, original, sat_for, on)
        plan = sync(now=datetime.combine(on, time(4 + number), UTC), sleep=no_sleep)

        assert plan.refused == [], day
        vacant[day] = plan.as_report()["vacant"]
        assert who_sits() == {
            mp.id: (" ".join(mp.name.split()), mp.party, fold(mp.seat), date.fromisoformat(mp.since))
            for mp in parliament.mps
        }, day
        assert len(rows) == 650 - len(vacant[day])
        expected.learn(on, parliament.mps)

    # TheyWorkForYou agrees with the day before but for two parties.
    assert [(mp["name"], mp["changes"]) for mp in plan.as_report()["changed_mps"]] == [
        ("Jeremy Corbyn", [["Party", "Your Party", "Independent"]]),
        ("Andy Burnham", [["Party", "Labour (Co-op)", "Labour"]]),
    ]
    assert plan.counts()["unchanged"] == 648
    held = SeatHolding.objects.select_related("mp", "constituency")
    assert sorted(
        [fold(h.constituency.name), h.mp.parliament_id, h.started_on, h.ended_on] for h in held
    ) == sorted(expected.holdings)
    # One whip was lost and restored between two syncs: only Parliament's whole histories tell of that.
    ryan = MP.objects.get(name="Oliver Ryan").parliament_id
    assert [name for name, _, _ in spells(ryan)] == ["Labour (Co-op)"]
    sync(now=datetime.combine(on, time(23), UTC), since=ELECTED, sleep=no_sleep)
    told = {who: told for who, told in sat_for.items() if who[1] not in DIFFER}
    expected.holdings = [held for held in expected.holdings if held[1] not in DIFFER]
    every_spell = PartySpell.objects.exclude(mp__parliament_id__in=DIFFER)
    rows = every_spell.values_list("mp__parliament_id", "party__name", "started_on", "ended_on")
    assert sorted(map(list, rows), key=str) == sorted(expected.spells(told), key=str)
    assert {number: [name for name, _, _ in spells(number)] for number in DIFFER} == DIFFER
    assert not PartySpell.objects.exclude(begun_by="").exists()  # which Parliament's histories do not say
    assert spells(ryan) == [
        ("Labour (Co-op)", ELECTED, date(2025, 2, 10)),
        ("Independent", date(2025, 2, 11), date(2025, 8, 14)),
        ("Labour (Co-op)", date(2025, 8, 15), None),
    ]
    assert {day: names for day, names in vacant.items() if names} == {"2026-01-27": ["Gorton and Denton"]}
    assert SeatHolding.objects.filter(started_on=ELECTED).count() == 650
    # A whip lost and restored.
    assert spells(4493) == [
        ("Labour", ELECTED, date(2024, 7, 24)),
        ("Independent", date(2024, 7, 25), date(2025, 2, 5)),
        ("Labour", date(2025, 2, 6), None),
    ]
    # A by-election.
    assert [(name, begun) for name, begun, _ in holdings("Runcorn and Helsby")] == [
        ("Mike Amesbury", ELECTED),
        ("Sarah Pochin", date(2025, 5, 1)),
    ]
    # A vacancy of weeks.
    assert [(name, begun, ended) for name, begun, ended in holdings("Gorton and Denton")] == [
        ("Andrew Gwynne", ELECTED, date(2026, 1, 26)),
        ("Hannah Spencer", date(2026, 2, 26), None),
    ]
    # An old id in a new seat: he sat until 2017.
    assert holdings("Makerfield")[-1] == ("Andy Burnham", date(2026, 6, 18), None)
    assert MP.objects.get(name="Andy Burnham").parliament_id == 1427
    # A surname changed, accents, the Speaker.
    assert holdings("South Shields") == [("Emma Lewell", ELECTED, None)]
    names = MPName.objects.filter(mp__name="Emma Lewell").order_by("started_on")
    assert [(name.name, name.started_on) for name in names] == [
        ("Mrs Emma Lewell-Buck", ELECTED),
        ("Emma Lewell", date(2025, 11, 10)),
    ]
    begun = SeatHolding.objects.exclude(begun_by="general-election").values_list("begun_by", flat=True)
    assert list(begun) == ["by-election"] * len(POLLED)
    assert MP.objects.filter(name__in=["Siân Berry", "Zöe Franklin", "Órfhlaith Begley"]).count() == 3
    assert [name for name, _, _ in spells(holder_of("Chorley").parliament_id)] == ["Speaker"]


def holder_of(seat: str) -> MP:
    return MP.objects.get(holdings__constituency__name=seat, holdings__ended_on=None)


def test_files_and_syncs_of_the_same_days_leave_the_same_holders(seats, serve, real_data):
    """A file on one day, a sync of the same list a day later: nothing changes, and no import is left behind."""
    path = real_data / "mps" / "oi_current_mps_2026-04-03.csv"
    assert run("import_mps", path)[0] == 0
    before = who_sits()
    rows = dict(series(real_data))["2026-04-03"]
    serve(Parliament(as_people(rows, {row.seat: row.id for row in rows}, {}, ELECTED), seats))

    plan = sync(now=datetime(2026, 4, 4, 4, tzinfo=UTC), sleep=no_sleep)

    assert (plan.counts()["unchanged"], plan.refused) == (650, [])
    assert who_sits() == before
    assert MPListImport.objects.count() == 1
