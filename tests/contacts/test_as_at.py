"""Pages as at another day: the day before something changed, the day, and the day after."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from contacts.deciding import decide_match
from contacts.models import MP, Constituency, MatchState, PostKind, PostWording, Stance
from tests.factories import (
    NOW,
    ConstituencyFactory,
    CouncilLeadFactory,
    MPFactory,
    PolicyAreaFactory,
    PositionFactory,
    PostFactory,
    PriorityFactory,
)

pytestmark = pytest.mark.django_db

BEFORE, DAY, AFTER = "2026-02-10", "2026-02-11", "2026-02-12"
LAST, FIRST = date(2026, 2, 10), date(2026, 2, 12)


@pytest.fixture
def ada(authority):
    """She held the seat until BEFORE; it was vacant on DAY."""
    mp = MPFactory(name="Ada Almond", seat=ConstituencyFactory(name="Tarn"), authority=authority)
    mp.holdings.update(ended_on=LAST)
    return mp


@pytest.fixture
def bea(ada):
    """She holds the same seat from AFTER on."""
    mp = MPFactory(name="Bea Birch")
    mp.holdings.update(constituency=Constituency.objects.get(name="Tarn"), started_on=FIRST)
    return mp


def words(client, name, *args, **query):
    response = client.get(reverse(f"contacts:{name}", args=["northmoor", *args]), query)
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode().split("<main")[1]).split())


def test_your_seats_say_who_held_them_and_which_there_were(authority, ada, bea, admin, sign_in):
    old = MPFactory(name="Ode Ash", seat=ConstituencyFactory(name="Old Fell"), authority=authority)
    old.holdings.update(ended_on=LAST)
    Constituency.objects.filter(name="Old Fell").update(ended_on=LAST)
    MPFactory(
        name="New Elm", seat=ConstituencyFactory(name="New Fell", started_on=FIRST), authority=authority
    )
    client = sign_in(admin)

    def seats(**query):
        page = words(client, "seat_list", **query)
        return [
            each for each in ("Tarn Ada", "Tarn Bea", "Tarn No MP", "Old Fell", "New Fell") if each in page
        ]

    assert seats(on=BEFORE) == ["Tarn Ada", "Old Fell"]
    assert seats(on=DAY) == ["Tarn No MP"]
    assert seats(on=AFTER) == seats() == ["Tarn Bea", "New Fell"]
    then = words(client, "seat_list", on=DAY)
    assert "As at 11 February 2026. Councils, shares and what is hidden are as recorded now." in then
    assert "Add a seat" not in then
    assert "Add a seat" in words(client, "seat_list")


def test_positions_are_those_of_the_mps_of_the_day_by_what_they_had_said(
    authority, ada, bea, officer, sign_in
):
    area = PolicyAreaFactory(authority=authority, name="Buses")
    for mp, stance, said_on in (
        (ada, Stance.NEUTRAL, date(2026, 1, 1)),
        (ada, Stance.CRITICAL, date(2026, 2, 11)),
        (bea, Stance.SUPPORTIVE, date(2026, 2, 13)),
    ):
        PositionFactory(authority=authority, mp=mp, area=area, stance=stance, source_on=said_on)
    client = sign_in(officer)

    def counts(**query):
        return words(client, "area_list", **query).partition("Unknown Buses")[2].split()[0]

    def stands(**query):
        page = words(client, "area_detail", area.pk, **query)
        told = ("Ada Almond", "Bea Birch", "Supportive", "Neutral", "Critical")
        return [each for each in told if each in page]

    assert (counts(on=BEFORE), stands(on=BEFORE)) == ("0100", ["Ada Almond", "Neutral"])
    assert (counts(on=DAY), stands(on=DAY)) == ("0000", [])
    assert (counts(on=AFTER), stands(on=AFTER)) == ("0001", ["Bea Birch"])
    assert counts(on="2026-02-13") == counts() == "1000"
    assert stands(on="2026-02-13") == stands() == ["Bea Birch", "Supportive"]
    assert "Record a position" not in words(client, "area_detail", area.pk, on=AFTER)


def test_who_led_that_day_and_what_the_leader_had_agreed_to(authority, ada, political_affairs, sign_in):
    left = CouncilLeadFactory(authority=authority, mp=ada, ended_on=LAST)
    left.membership.is_active = False
    left.membership.save()
    CouncilLeadFactory(authority=authority, mp=ada, membership=None, name="Cllr Ode Ashby", started_on=FIRST)
    ada.lead_agreements.create(
        authority=authority,
        agreed_on=LAST,
        people=f"Relationship owner: {left}",
        recorded_by=political_affairs,
        recorded_at="2026-02-10T09:00Z",
    )
    client = sign_in(political_affairs)

    def page(**query):
        return words(client, "lead_list", ada.pk, **query)

    assert "Not agreed yet" in page(on="2026-02-09")
    before, between, after = page(on=BEFORE), page(on=DAY), page(on=AFTER)
    assert f"On 10 February 2026 Who As From To {left} (has left)" in before
    assert "Agreed The Leader agreed on 10 February 2026" in before
    assert "Nobody engages with this MP" in between
    assert "Who As From To Cllr Ode Ashby" in after
    assert "Agree again" in after
    assert "Replace" not in after
    assert "Replace" in page()


def test_matches_are_of_the_posts_and_priorities_of_the_day(authority, ada, officer, sign_in):
    ada.holdings.update(ended_on=None)
    for title, begun, ended in (
        ("Minister for Ink", date(2026, 1, 1), LAST),
        ("Minister for Quills", FIRST, None),
    ):
        PostFactory(mp=ada, kind=PostKind.GOVERNMENT, title=title, started_on=begun, ended_on=ended)
    PriorityFactory(authority=authority, name="Stationery", key_words="minister")
    PriorityFactory(authority=authority, name="Later", key_words="minister", started_on=FIRST)
    client = sign_in(officer)

    def found(**query):
        page = words(client, "match_list", **query)
        return [each for each in ("Minister for Ink", "Minister for Quills", "Later") if each in page]

    assert found(on=BEFORE) == ["Minister for Ink"]
    assert found(on=DAY) == []
    assert found(on=AFTER) == found() == ["Minister for Quills", "Later"]
    assert "Confirm" not in words(client, "match_list", on=AFTER)
    assert "Confirm" in words(client, "match_list")


def test_matches_are_found_in_the_words_of_the_day(authority, ada, officer, sign_in):
    ada.holdings.update(ended_on=None)
    post = PostFactory(mp=ada, title="Minister for Quills")
    called = {"kind": post.kind, "title": "Minister for Ink", "ended_on": LAST, "end_source": "a test"}
    PostWording.objects.create(post=post, **called)
    priority = PriorityFactory(authority=authority, key_words="ink")
    client = sign_in(officer)

    for page in (["match_list"], ["mp_matches", ada.pk]):
        found = ["Minister for Ink" in words(client, *page, on=day) for day in (BEFORE, DAY)]
        assert found == [True, False]
    assert "Confirm" not in words(client, "mp_matches", ada.pk, on=BEFORE)
    decide_match(by=officer, priority=priority, post=post, state=MatchState.CONFIRMED, now=NOW)
    assert "“ink” Confirmed" in words(client, "match_list", on=BEFORE)


def test_an_office_is_reached_as_parliament_published_that_day(ada, officer, sign_in):
    office = {"mp": ada, "position": 0, "type_id": 1, "type": "Parliamentary office"}
    ada.published_contacts.create(**office, email="old@example.org", seen_on=LAST, ended_on="2026-02-11")
    ada.published_contacts.create(**office, email="new@example.org", seen_on=FIRST)
    client = sign_in(officer)

    def reached(**query):
        page = words(client, "office_detail", ada.pk, **query)
        return [
            each
            for each in ("old@example.org", "new@example.org", "Use these", "not been asked")
            if each in page
        ]

    assert reached(on="2026-02-09") == ["not been asked"]
    assert reached(on=BEFORE) == reached(on=DAY) == ["old@example.org"]
    assert reached(on=AFTER) == ["new@example.org"]
    assert reached() == ["new@example.org", "Use these"]


NAMING_MPS = (
    "contacts:seat_list",
    "contacts:area_detail",
    "contacts:match_list",
    "contacts:stakeholder_grid",
)


@pytest.mark.parametrize(
    "name", [*NAMING_MPS, "contacts:lead_list", "contacts:office_detail", "overview:seat_map"]
)
def test_an_mp_is_called_as_they_were_that_day(authority, ada, admin, officer, sign_in, name):
    ada.holdings.update(ended_on=None)
    ada.names.update(ended_on=LAST)
    ada.names.create(name="Ada Aspen", sort_name="Aspen, Ada", started_on=date(2026, 2, 11))
    MP.objects.update(name="Ada Aspen")
    PostFactory(mp=ada, kind=PostKind.GOVERNMENT, title="Minister for Ink")
    PriorityFactory(authority=authority, key_words="ink")
    area = PolicyAreaFactory(authority=authority)
    args = {
        "contacts:area_detail": [area.pk],
        "contacts:lead_list": [ada.pk],
        "contacts:office_detail": [ada.pk],
    }.get(name, [])
    client = sign_in(admin if name == "contacts:seat_list" else officer)

    def called(**query):
        page = client.get(reverse(name, args=["northmoor", *args]), query).content.decode()
        return [each for each in ("Ada Almond", "Ada Aspen") if each in page]

    assert called(on=BEFORE) == ["Ada Almond"]
    assert called(on=DAY) == called() == ["Ada Aspen"]


OF_ONE = ("lead_list", "mp_matches", "office_detail")


@pytest.mark.parametrize("name", ["seat_list", "area_list", "area_detail", "match_list", *OF_ONE])
def test_a_day_that_is_none_is_said_to_be(authority, ada, admin, political_affairs, sign_in, name):
    args = (
        [PolicyAreaFactory(authority=authority).pk] if name == "area_detail" else [ada.pk] * (name in OF_ONE)
    )
    client = sign_in(admin if name == "seat_list" else political_affairs)

    response = client.get(reverse(f"contacts:{name}", args=["northmoor", *args]), {"on": "soon"})

    assert response.status_code == 422
    assert '<a href="#id_on">Enter a real date' in response.content.decode()
