"""The map of the authority's seats: what it shows to whom, and that the table says the same."""

from __future__ import annotations

import csv
import re
from datetime import date

import pytest
from defusedxml import ElementTree
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from contacts.models import Constituency, SeatBoundary, SeatHex
from contacts.services import hide_seat
from overview.colouring import PATTERNS
from tests.contacts.lists import only_of, run
from tests.factories import (
    ConstituencyFactory,
    CouncilFactory,
    CouncilLeadFactory,
    EngagementPlanFactory,
    EnquiryFactory,
    MembershipFactory,
    MPFactory,
    PartyFactory,
    SeatOverlapFactory,
    ServiceFactory,
    TouchpointFactory,
)

pytestmark = pytest.mark.django_db

MAP = reverse("overview:seat_map", args=["northmoor"])


def our_mp(authority, name, at=None, seat=None, **fields):
    constituency = ConstituencyFactory(name=seat or f"{name} Vale")
    mp = MPFactory(authority=authority, name=name, seat=constituency, **fields)
    if at:
        SeatHex.objects.create(constituency=constituency, q=at[0], r=at[1])
    return mp


def outline(constituency, west=-10_000, south=520_000, size=1_000):
    ring = [west, south, west + size, south, west + size, south + size, west, south + size]
    SeatBoundary.objects.create(
        constituency=constituency, west=west, south=south, east=west + size, north=south + size, rings=[ring]
    )


def seen(client, **query):
    response = client.get(MAP, query)
    assert response.status_code == 200
    return response.content.decode()


def links(page):
    """The names of the seats that are links on the map."""
    return re.findall(r'<a class="mpcrm-map__seat"[^>]*aria-label="([^"]*)"', page)


def test_an_abolished_seat_is_on_no_map_neither_as_ours_nor_beside(authority, officer, sign_in):
    our_mp(authority, "Ash", (1, 1))
    gone, beside = our_mp(authority, "Gone", (2, 1)), ConstituencyFactory(name="Beside")
    SeatHex.objects.create(constituency=beside, q=0, r=1)
    gone.holdings.update(ended_on=timezone.localdate())
    names = ["Gone Vale", "Beside"]
    Constituency.objects.filter(name__in=names).update(ended_on=timezone.localdate())

    page = seen(sign_in(officer))

    assert links(page) == ["1. Ash Vale, Ash: Never contacted"]
    assert not [name for name in (*names, "Vacant") if name in page]


def test_each_seat_is_a_link_to_its_mp_and_a_row_of_the_table(authority, officer, sign_in):
    ash, birch = our_mp(authority, "Ash", (1, 1)), our_mp(authority, "Birch", (2, 1))
    TouchpointFactory(authority=authority, mp=birch, happened_on=timezone.localdate())

    page = seen(sign_in(officer))

    assert links(page) == ["1. Ash Vale, Ash: Never contacted", "2. Birch Vale, Birch: In contact"]
    assert f'href="/northmoor/mps/{ash.pk}/" aria-label="1. Ash Vale' in page
    table = page[page.index("<tbody") :]
    assert re.findall(r'scope="row"[^>]*>(\w+ Vale)', table) == ["Ash Vale", "Birch Vale"]
    assert table.index("Never contacted") < table.index("In contact")
    assert '<title id="map-title">Our seats by contact cadence</title>' in page
    assert "2 seats, each a link to its MP" in page


def test_a_seat_that_is_vacant_is_drawn_as_such_and_is_no_link(authority, officer, sign_in):
    mp = our_mp(authority, "Ash", (1, 1))
    seat = mp.holdings.get().constituency
    for whose in (mp, our_mp(authority, "Birch")):
        EnquiryFactory(authority=authority, mp=whose, constituency=seat)
    mp.holdings.update(ended_on=timezone.localdate())
    client = sign_in(officer)

    page, by_enquiries = seen(client), seen(client, colour="enquiries")

    assert links(page) == []
    assert 'role="img" aria-label="1. Ash Vale: Vacant"' in page
    assert "No MP now" in page
    assert 'role="img" aria-label="1. Ash Vale: Vacant, 1 open"' in by_enquiries
    assert 'Vacant <span class="mpcrm-quiet">(1)</span>' in by_enquiries


def test_as_at_another_day_the_map_has_the_mps_and_parties_of_then(authority, officer, sign_in):
    old, new = PartyFactory(name="Old Party"), PartyFactory(name="New Party")
    ash = our_mp(authority, "Ash", (1, 1), party=old)
    ash.holdings.update(ended_on=date(2026, 2, 11))
    ash.party_spells.update(ended_on=date(2026, 2, 10))
    ash.party_spells.create(party=new, started_on=date(2026, 2, 11), ended_on=date(2026, 2, 11))
    client = sign_in(officer)

    def on(day):
        return links(seen(client, on=day, colour="enquiries"))

    assert on("2026-02-10") == ["1. Ash Vale, Ash: Old Party"]
    assert on("2026-02-11") == ["1. Ash Vale, Ash: New Party"]
    assert on("2026-02-12") == links(seen(client)) == []
    page = seen(client, on="2026-02-10", map="hex")
    assert "councils, shares and neighbours are as loaded now" in page
    assert f'href="/northmoor/mps/{ash.pk}/?on=2026-02-10"' in page
    assert "Contact cadence" not in page
    assert '<input type="hidden" name="map" value="hex">' in page
    assert client.get(MAP, {"on": "soon"}).status_code == 422


def test_neighbours_are_quiet_and_seats_farther_off_are_not_there(authority, officer, sign_in):
    our_mp(authority, "Ash", (1, 1))
    for name, at in [("Beside", (2, 1)), ("Farther", (4, 1))]:
        SeatHex.objects.create(constituency=ConstituencyFactory(name=name), q=at[0], r=at[1])

    page = seen(sign_in(officer))

    assert page.count('class="mpcrm-map__neighbour"') == 1
    assert ">Beside</tspan>" in page
    assert "Farther" not in page


def test_a_hidden_seat_is_a_neighbour(authority, admin, officer, sign_in):
    our_mp(authority, "Ash", (1, 1))
    sliver = our_mp(authority, "Birch", (2, 1)).holdings.get().constituency
    hide_seat(by=admin, constituency=sliver)

    page = seen(sign_in(officer))

    assert len(links(page)) == 1
    assert ">Birch Vale</tspan>" in page


def test_outlines_show_numbers_and_name_the_neighbours(authority, officer, sign_in):
    ours = our_mp(authority, "Ash")
    outline(ours.holdings.get().constituency)
    outline(ConstituencyFactory(name="Beside"), west=-9_000)
    outline(ConstituencyFactory(name="Farther"), west=-1_000)

    page = seen(sign_in(officer), map="boundary")

    assert links(page) == ["1. Ash Vale, Ash: Never contacted"]
    assert "In grey, around them: Beside." in page
    assert "Farther" not in page


def test_a_seat_without_a_shape_is_named_and_stays_in_the_table(authority, officer, sign_in):
    our_mp(authority, "Ash", (1, 1))
    our_mp(authority, "Birch")

    page = seen(sign_in(officer))

    assert "Not on this map: 2. Birch Vale." in page
    assert page.count('scope="row"') == 2


# --- Colours ------------------------------------------------------------------------------------


def bands(page):
    """What the table says of each seat."""
    cells = re.findall(r'scope="row".*?</th>\s*<td[^>]*>(.*?)</td>', page, re.S)
    return [re.sub(r"<span.*?</span>|<[^>]+>", "", cell).strip() for cell in cells]


def test_open_enquiries_are_banded(authority, officer, sign_in):
    for number, count in enumerate([0, 1, 4, 5, 9, 10]):
        mp = our_mp(authority, f"Mp {number}", (number, 1))
        EnquiryFactory.create_batch(count, authority=authority, mp=mp, logged_by=officer)
        EnquiryFactory(authority=authority, mp=mp, logged_by=officer, closed_at=timezone.now())

    page = seen(sign_in(officer), colour="enquiries")

    assert bands(page) == [
        "None open",
        "1 to 4 open",
        "1 to 4 open",
        "5 to 9 open",
        "5 to 9 open",
        "10 or more open",
    ]
    assert '1 to 4 open <span class="mpcrm-quiet">(2)</span>' in page


def test_relationship_says_what_is_missing_first(authority, officer, sign_in):
    names = ["a nobody", "b unplanned", "c waiting", "d agreed"]
    mps = [our_mp(authority, name, (number, 1)) for number, name in enumerate(names)]
    for mp in mps[1:]:
        CouncilLeadFactory(authority=authority, mp=mp, membership=officer)
    EngagementPlanFactory(authority=authority, mp=mps[2])
    EngagementPlanFactory(
        authority=authority,
        mp=mps[3],
        agreed_on=timezone.localdate(),
        agreement_recorded_by=officer,
        agreement_recorded_at=timezone.now(),
    )

    page = seen(sign_in(officer), colour="relationship")

    assert bands(page) == ["No relationship owner", "No plan", "Plan not agreed yet", "Plan agreed"]


def test_parties_beyond_the_sixth_look_alike_and_keep_their_names(authority, officer, sign_in):
    for number in range(8):
        our_mp(authority, f"Mp {number}", (number, 1), party=PartyFactory(name=f"Party {number}"))

    page = seen(sign_in(officer), colour="party")

    assert bands(page) == [f"Party {number}" for number in range(8)]
    assert page.count('fill="url(#map-other)" d=') == 2


def test_no_two_looks_of_one_legend_differ_by_colour_alone():
    groups = [
        ["good", "due", "bad", "none", "vacant"],
        ["level0", "level1", "level2", "level3", "vacant"],
        [*(f"party{number}" for number in range(6)), "other", "vacant"],
    ]

    for looks in groups:
        assert len({PATTERNS[look] for look in looks}) == len(looks)


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.OFFICER, ["cadence", "relationship", "enquiries", "party"]),
        (Role.POLITICAL_AFFAIRS, ["cadence", "relationship", "enquiries", "party"]),
        (Role.EXECUTIVE, ["cadence", "relationship", "enquiries", "party"]),
        (Role.SERVICE_CONTACT, ["enquiries", "party"]),
        (Role.ADMIN, ["party"]),
    ],
)
def test_each_role_is_offered_what_it_may_see(authority, sign_in, role, offered):
    our_mp(authority, "Ash", (1, 1))
    client = sign_in(MembershipFactory(authority=authority, role=role))

    page = seen(client)

    assert re.findall(r"colour=(\w+)\"(?! aria-current)", page.split("Kind of map")[0]) == offered[1:]
    for name, words in [
        ("cadence", "Never contacted"),
        ("relationship", "No relationship owner"),
        ("enquiries", "None open"),
    ]:
        assert (words in seen(client, colour=name)) == (name in offered)


def test_a_service_contact_counts_only_what_they_may_see(authority, service_contact, sign_in):
    mine, others = ServiceFactory(authority=authority), ServiceFactory(authority=authority)
    service_contact.services.add(mine)
    mp = our_mp(authority, "Ash", (1, 1))
    EnquiryFactory(authority=authority, mp=mp, service=mine)
    EnquiryFactory.create_batch(9, authority=authority, mp=mp, service=others)

    assert bands(seen(sign_in(service_contact))) == ["1 to 4 open"]


def test_another_authoritys_work_colours_nothing(authority, stranger, officer, sign_in):
    mp = our_mp(authority, "Ash", (1, 1))
    EnquiryFactory(authority=stranger.authority, mp=mp)
    TouchpointFactory(authority=stranger.authority, mp=mp, happened_on=timezone.localdate())
    CouncilLeadFactory(authority=stranger.authority, mp=mp)
    client = sign_in(officer)

    assert [bands(seen(client, colour=name))[0] for name in ("cadence", "relationship", "enquiries")] == [
        "Never contacted",
        "No relationship owner",
        "None open",
    ]


# --- Nothing to show, and cost ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "No hex map of your seats is loaded"),
        ({"map": "boundary"}, "No boundary map of your seats is loaded"),
    ],
)
def test_without_a_map_it_says_what_to_ask_for_and_shows_the_table(authority, officer, sign_in, asked, said):
    our_mp(authority, "Ash")

    page = seen(sign_in(officer), **asked)

    assert said in page
    assert "Ash Vale" in page


def test_the_map_that_is_there_is_shown(authority, officer, sign_in):
    outline(our_mp(authority, "Ash").holdings.get().constituency)

    assert "mpcrm-map--boundary" in seen(sign_in(officer))


@pytest.mark.parametrize(
    ("role", "next_step"), [(Role.ADMIN, "Seats in our area</a>"), (Role.OFFICER, "Your admin adds seats")]
)
def test_without_seats_it_says_what_next(authority, sign_in, role, next_step):
    page = seen(sign_in(MembershipFactory(authority=authority, role=role)))

    assert "No seats yet" in page
    assert next_step in page


@pytest.mark.parametrize("asked", [{"map": "globe"}, {"colour": "<script>"}, {"map": "", "colour": ""}])
def test_a_map_or_colour_that_is_none_is_passed_over(authority, officer, sign_in, asked):
    our_mp(authority, "Ash", (1, 1))

    page = seen(sign_in(officer), **asked)

    assert "<script>" not in page
    assert links(page) == ["1. Ash Vale, Ash: Never contacted"]


def test_names_in_the_picture_are_text(authority, officer, sign_in):
    our_mp(authority, "Ash", (1, 1), seat="<b>Ash</b>")

    assert "<b>" not in seen(sign_in(officer))


def test_everybody_reads_how_much_of_each_seat_is_ours_and_who_shares_it(authority, sign_in):
    mp = our_mp(authority, "Ash", (1, 1))
    seat = mp.holdings.get().constituency
    seat.overlaps.update(share="62.5", area_share="40")
    SeatOverlapFactory(constituency=seat, council=CouncilFactory(name="Saltby Council"), share="37.5")

    page = seen(sign_in(MembershipFactory(authority=authority, role=Role.EXECUTIVE)))

    cells = re.findall(r"<td class=\"govuk-table__cell[^>]*>(.*?)</td>", page, re.DOTALL)
    assert [" ".join(each.split()) for each in cells[-3:]] == ["62.5%", "40%", "Saltby Council (37.5%)"]


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ({"colour": "cadence"}, 11),
        ({"colour": "relationship"}, 12),
        ({"colour": "enquiries"}, 11),
        ({"colour": "party"}, 11),
        ({"map": "boundary"}, 11),
    ],
)
def test_page_costs_the_same_for_one_seat_and_thirty(
    authority, officer, sign_in, django_assert_num_queries, query, cost
):
    def add(number):
        mp = our_mp(authority, f"Mp {number}", (number, 1))
        outline(mp.holdings.get().constituency, west=-10_000 + number * 1_000)
        CouncilLeadFactory(authority=authority, mp=mp, membership=officer)
        EngagementPlanFactory(authority=authority, mp=mp)

    add(0)
    client = sign_in(officer)
    with django_assert_num_queries(cost):
        client.get(MAP, query)
    for number in range(1, 30):
        add(number)
    assert Constituency.objects.of(authority).count() == 30
    with django_assert_num_queries(cost):
        client.get(MAP, query)


# --- The real maps --------------------------------------------------------------------------------

GREATER_MANCHESTER = "E47000001"
ITS_COUNCILS = {f"E080000{number:02}" for number in range(1, 11)}
LARGEST_PAGE = 80_000  # bytes


@pytest.mark.real_data
@pytest.mark.slow(seconds=2)
def test_the_real_maps_draw_all_of_greater_manchester(authority, officer, sign_in, real_data, tmp_path):
    folder = real_data / "constituencies"
    with (folder / "pcon24_lad_utla_pairs_from_ons_ward_lookup.csv").open(encoding="utf-8-sig") as file:
        seats = {
            row["pcon_code"]: row["pcon_name"]
            for row in csv.DictReader(file)
            if row["lad_code"] in ITS_COUNCILS
        }
    mps = only_of(real_data / "mps" / "oi_current_mps_2026-04-03.csv", seats, "PCON24CD", tmp_path)
    shares, codes = "parl25_lad23_overlap_area_population.csv", "ukparl2025_code_to_pcon24cd.csv"
    for command, *said in [
        ("import_constituencies", folder / "onspd_constituencies.json"),
        ("import_councils", real_data / "authorities" / "uk_local_authorities_past_current.csv"),
        ("import_overlaps", folder / shares, "--codes", folder / codes),
        ("import_places", "hexes", folder / "uk-constituencies-2024.hexjson"),
        ("import_places", "boundaries", folder / "pcon_july_2024_uk_buc_simplified.geojson"),
        ("import_mps", mps, "--partial"),
    ]:
        assert run(command, *said)[0] == 0, command
    authority.ons_code = GREATER_MANCHESTER
    authority.save()
    client, names = sign_in(officer), sorted(seats.values())
    assert len(names) == 27

    for kind in ("hex", "boundary"):
        page = seen(client, map=kind, colour="party")
        svg = ElementTree.fromstring(re.search(r'<svg class="mpcrm-map .*?</svg>', page, re.S)[0])
        drawn = list(svg.iter("a"))
        labels = [link.get("aria-label") for link in drawn]
        in_table = re.findall(r'scope="row"[^>]*>([^<]+)<', page)

        assert [label.rpartition(": ")[0].rpartition(", ")[0] for label in labels] == [
            f"{number}. {name}" for number, name in enumerate(names, start=1)
        ]
        assert "2. Ashton-under-Lyne, Angela Rayner: Labour" in labels
        assert in_table == names
        assert "Not on this map" not in page
        assert all(lies_within(link.find("path").get("d"), svg.get("viewBox")) for link in drawn)
        assert len(page.encode()) < LARGEST_PAGE


def lies_within(path, view_box):
    _, _, width, height = map(float, view_box.split())
    points = [tuple(map(float, point)) for point in re.findall(r"([-\d.]+),([-\d.]+)", path)]
    return len(points) >= 4 and all(0 <= x <= width and 0 <= y <= height for x, y in points)
