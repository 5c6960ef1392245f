"""What the real lists tell: to the person, worked out here from the files alone."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest

from contacts.models import Constituency, MPNews, NewsKind
from contacts.news import name_in_words
from notifications.models import ToDo
from tests.contacts.lists import rows_of, run
from tests.factories import AuthorityFactory, CouncilFactory, SeatOverlapFactory

pytestmark = [pytest.mark.django_db, pytest.mark.real_data, pytest.mark.slow]

PARTIES = (NewsKind.PARTY, NewsKind.PARTY_NAME, NewsKind.WHIP_LOST, NewsKind.WHIP_RESTORED)


def take(path):
    status, report = run("import_mps", path)
    assert status == 0, report["refused"][:3]


def told(*kinds):
    news = MPNews.objects.filter(kind__in=kinds).order_by("pk").select_related("mp")
    return [(each.mp.parliament_id, each.kind, each.words, each.happened_on) for each in news]


def plainly(name):
    first, _, rest = name.partition(" ")
    return rest if first in ("Mr", "Mrs", "Ms", "Miss") else name


def test_the_change_from_2024_to_2026_is_told_to_the_person(real_data):
    paths = [real_data / "mps" / f"oi_current_mps_{day}.csv" for day in ("2024-11-14", "2026-04-03")]
    old, new = ({row["PCON24CD"]: row for row in rows_of(path)} for path in paths)
    ids = ("MP ID", "ID")

    take(paths[0])
    first = MPNews.objects.count()
    take(paths[1])
    before = MPNews.objects.count()
    take(paths[1])

    assert (first, before) == (0, MPNews.objects.count())
    pairs = [(old[code], new[code]) for code in old]
    stayed = [(one, other) for one, other in pairs if one[ids[0]] == other[ids[1]]]
    swapped = [(one, other) for one, other in pairs if one[ids[0]] != other[ids[1]]]
    assert len(swapped) == 2
    assert {mp for mp, *_ in told(NewsKind.LEFT)} == {int(one[ids[0]]) for one, _ in swapped}
    assert {(mp, words) for mp, _, words, _ in told(NewsKind.NEW_MP)} == {
        (int(other[ids[1]]), "new MP after by-election") for _, other in swapped
    }
    assert {(mp, words) for mp, _, words, _ in told(NewsKind.NAME)} == {
        (int(other["ID"]), name_in_words(one["MP"], other["MP"]))
        for one, other in stayed
        if plainly(one["MP"]) != plainly(other["MP"])
    }
    expected = set()
    for one, other in stayed:
        was, now, mp = one["Party name"], other["Party name"], int(other["ID"])
        if was == now:
            continue
        if now == "Independent":
            whip = was.removesuffix(" (Co-op)")
            expected.add((mp, "whip-lost", f"lost or gave up the {whip} whip, sits as an Independent"))
        else:
            until = "as an Independent" if was == "Independent" else f"for {was}"
            expected.add((mp, "party", f"now sits for {now}, until then {until}"))
    assert {(mp, kind, words) for mp, kind, words, _ in told(*PARTIES)} == expected
    assert Counter(MPNews.objects.values_list("kind", flat=True)) == {
        "left": 2,
        "new-mp": 2,
        "name": 9,
        "party": 12,
        "whip-lost": 6,
    }
    names = {words for _, _, words, _ in told(NewsKind.NAME)}
    assert {"is now named Emma Lewell, before Mrs Emma Lewell-Buck", "is now Sir Jeremy Hunt"} <= names
    pochin = MPNews.objects.get(kind=NewsKind.NEW_MP, constituency__name="Runcorn and Helsby")
    assert (pochin.mp.name, pochin.happened_on) == ("Sarah Pochin", date(2025, 5, 1))


def test_the_series_tells_of_whips_a_vacancy_and_by_elections_and_asks_once(real_data):
    series = real_data / "update_series"
    run("import_constituencies", real_data / "constituencies" / "onspd_constituencies.json")
    authority = AuthorityFactory()
    council = CouncilFactory(ons_code=authority.ons_code)
    states: list[tuple[date, dict[int, str]]] = []
    for name in (
        "ifg_current_mps_2024-07-09.json",
        "ifg_current_mps_2024-10-29.json",
        "dfe_mp_lookup_2025-11-10.csv",
        "dfe_mp_lookup_2026-01-27.csv",
        "dfe_mp_lookup_2026-02-27.csv",
        "dfe_mp_lookup_2026-06-27.csv",
    ):
        path = series / name
        take(path)
        if not states:
            for seat in ("Salford", "Gorton and Denton"):
                SeatOverlapFactory(council=council, constituency=Constituency.objects.get(name=seat))
        if path.suffix == ".json":
            state = {row["id"]: row["party"] for row in json.loads(path.read_text())}
        else:
            rows = [row for row in rows_of(path) if row["member_id"] != "Vacant"]
            state = {int(row["member_id"]): row["party_text"] for row in rows}
        states.append((date.fromisoformat(path.stem.rpartition("_")[2]), state))

    expected = set()
    for number, (on, state) in enumerate(states[1:], 1):
        earlier = [each for _, each in states[:number]]
        for mp in state.keys() & earlier[-1].keys():
            was, now = earlier[-1][mp].removesuffix(" (Co-op)"), state[mp].removesuffix(" (Co-op)")
            had = {each[mp].removesuffix(" (Co-op)") for each in earlier if mp in each}
            if was != now:
                is_back = was == "Independent" and now in had
                lost = "whip-lost" if now == "Independent" else "party"
                expected.add((mp, "whip-restored" if is_back else lost, on))
    whips = [row for row in told(*PARTIES) if row[1] != "party-name"]
    assert {(mp, kind, on) for mp, kind, _, on in whips} == expected
    assert len(whips) == len(expected)

    burgon = [(words, on) for mp, _, words, on in whips if mp == 4493]
    assert burgon == [
        ("lost or gave up the Labour whip, sits as an Independent", date(2024, 10, 29)),
        ("has the Labour whip again", date(2025, 11, 10)),
    ]
    gorton = MPNews.objects.filter(constituency__name="Gorton and Denton").order_by("happened_on", "pk")
    assert {(each.kind, each.happened_on) for each in gorton} == {
        ("whip-lost", date(2025, 11, 10)),
        ("left", date(2026, 1, 27)),
        ("vacant", date(2026, 1, 27)),
        ("new-mp", date(2026, 2, 27)),
    }
    assert MPNews.objects.filter(kind=NewsKind.NEW_MP).count() == 5
    assert Counter(ToDo.objects.values_list("kind", flat=True)) == {
        "news-whip-lost": 2,
        "news-whip-restored": 1,
        "news-new-mp": 1,
    }
