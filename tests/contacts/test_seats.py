import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from contacts.directory import seats_of
from contacts.models import MP, Constituency, Council, SeatChoice
from contacts.services import add_seat, hide_seat
from contacts.sharing import councils_sharing
from contacts.slivers import slivers_among
from tests.factories import (
    ConstituencyFactory,
    CouncilFactory,
    MembershipFactory,
    MPFactory,
    SeatOverlapFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def council(authority):
    return CouncilFactory(ons_code=authority.ons_code, name="Northmoor")


def seat(council, name, share):
    constituency = ConstituencyFactory(name=name)
    SeatOverlapFactory(constituency=constituency, council=council, share=share)
    return constituency


def names(seats):
    return [each.name for each in seats]


def shown(authority):
    return [each.constituency.name for each in seats_of(authority) if not each.is_hidden]


def hidden(authority):
    return [each.constituency.name for each in seats_of(authority) if each.is_hidden]


def test_seats_are_listed_by_share_with_their_mp(authority, council):
    seat(council, "Sliver", 2)
    heart = seat(council, "Heart", 100)
    seat(council, "Unknown", None)
    MPFactory(seat=heart, name="Ada Almond")

    told = [(each.constituency.name, each.share, each.mp and each.mp.name) for each in seats_of(authority)]

    assert told == [("Heart", 100, "Ada Almond"), ("Sliver", 2, None), ("Unknown", None, None)]


def test_an_abolished_seat_is_none_of_ours_any_more(admin, council, sign_in):
    seat(council, "Heart", 100)
    gone, hidden_one = seat(council, "Gone", 90), seat(council, "Gone and hidden", 1)
    hide_seat(by=admin, constituency=hidden_one)
    Constituency.objects.filter(pk__in=[gone.pk, hidden_one.pk]).update(ended_on=date(2025, 10, 1))

    home = sign_in(admin).get("/northmoor/").content.decode()

    assert (shown(admin.authority), hidden(admin.authority)) == (["Heart"], [])
    assert re.search(r"Seats</dt>\s*<dd[^>]*>1</dd>", home)


def test_share_of_a_whole_is_its_own_or_else_the_sum_of_its_parts(authority, council):
    districts = CouncilFactory.create_batch(2)
    council.parts.set(districts)
    summed, own = ConstituencyFactory(name="Summed"), seat(council, "Own", 70)
    for district, share in zip(districts, (30, 40), strict=True):
        SeatOverlapFactory(constituency=summed, council=district, share=share)
    SeatOverlapFactory(constituency=own, council=districts[0], share=65)
    SeatOverlapFactory(constituency=own, council=CouncilFactory(), share=30)

    assert {each.constituency.name: each.share for each in seats_of(authority)} == {"Summed": 70, "Own": 70}


def test_hiding_a_sliver_takes_its_mp_off_ours_at_once(admin, council):
    sliver = seat(council, "Sliver", 2)
    mp = MPFactory(seat=sliver)
    before = list(MP.objects.of(admin.authority))

    hide_seat(by=admin, constituency=sliver)

    assert before == [mp]
    assert list(MP.objects.of(admin.authority)) == []
    assert hidden(admin.authority) == ["Sliver"]


def test_restoring_leaves_no_choice_behind(admin, council):
    sliver = seat(council, "Sliver", 2)
    hide_seat(by=admin, constituency=sliver)

    add_seat(by=admin, constituency=sliver)

    assert shown(admin.authority) == ["Sliver"]
    assert SeatChoice.objects.count() == 0


def test_added_seat_counts_and_is_taken_back(admin, council):
    neighbour = ConstituencyFactory(name="Neighbour")
    mp = MPFactory(seat=neighbour)

    add_seat(by=admin, constituency=neighbour)
    added = list(MP.objects.of(admin.authority)), seats_of(admin.authority)[0].is_added
    hide_seat(by=admin, constituency=neighbour)

    assert added == ([mp], True)
    assert SeatChoice.objects.count() == 0
    assert list(MP.objects.of(admin.authority)) == []


def test_the_same_choice_twice_is_made_once(admin, council):
    sliver, neighbour = seat(council, "Sliver", 2), ConstituencyFactory()

    for _ in range(2):
        hide_seat(by=admin, constituency=sliver)
        add_seat(by=admin, constituency=neighbour)

    assert SeatChoice.objects.count() == 2


def test_choice_holds_for_one_authority(admin, stranger, council):
    shared = seat(council, "Shared", 50)
    theirs = Council.objects.create(ons_code=stranger.authority.ons_code, name="Southfen", tier="unitary")
    SeatOverlapFactory(constituency=shared, council=theirs, share=50)

    hide_seat(by=admin, constituency=shared)

    assert names(Constituency.objects.of(admin.authority)) == []
    assert names(Constituency.objects.of(stranger.authority)) == ["Shared"]


def url(name, *args):
    return reverse(f"contacts:{name}", args=["northmoor", *args])


def test_pages_hide_restore_and_add(admin, officer, council, sign_in):
    sliver, neighbour = seat(council, "Sliver", 2), ConstituencyFactory(name="Neighbour")
    mp = MPFactory(seat=neighbour, name="Nia Neighbour", sort_name="Neighbour, Nia")
    client, colleague = sign_in(admin), sign_in(officer)

    hidden = client.post(url("seat_hide", sliver.pk))
    assert shown(admin.authority) == []
    restored = client.post(url("seat_restore", sliver.pk))
    added = client.post(url("seat_list"), {"constituency": neighbour.pk})

    assert [response.status_code for response in (hidden, restored, added)] == [302, 302, 302]
    assert shown(admin.authority) == ["Sliver", "Neighbour"]
    assert "Nobody yet" in colleague.get("/northmoor/mps/").content.decode()
    assert list(MP.objects.of(admin.authority)) == [mp]


@pytest.mark.parametrize("chosen", ["", "999999999", "ours"])
def test_adding_nothing_or_one_of_ours_is_refused(admin, council, sign_in, chosen):
    ours = seat(council, "Ours", 100)

    response = sign_in(admin).post(
        url("seat_list"), {"constituency": ours.pk if chosen == "ours" else chosen}
    )

    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()
    assert SeatChoice.objects.count() == 0


def test_only_our_own_seats_can_be_hidden_and_hidden_ones_restored(admin, council, sign_in):
    elsewhere = ConstituencyFactory()
    client = sign_in(admin)

    assert client.post(url("seat_hide", elsewhere.pk)).status_code == 404
    assert client.post(url("seat_restore", elsewhere.pk)).status_code == 404


def test_page_costs_the_same_for_one_seat_and_thirty(admin, council, sign_in):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(admin)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(url("seat_list"))
        return len(queries)

    for number in range(30):
        each = seat(council, f"Seat {number}", number)
        if number == 1:
            hide_seat(by=admin, constituency=each)
            few = cost()
    for each in Constituency.objects.filter(name__endswith="9"):
        hide_seat(by=admin, constituency=each)

    assert cost() == few <= 12


# --- Tiers and shares -------------------------------------------------------------------------------


def shares_of(constituency):
    return {
        each.council.name: (each.share, each.area_share)
        for each in councils_sharing([constituency.pk])[constituency.pk]
    }


def test_county_and_combined_authority_have_the_sum_of_their_districts():
    north, south = (
        CouncilFactory(name="North", tier="district"),
        CouncilFactory(name="South", tier="district"),
    )
    county, combined = (
        CouncilFactory(name="County", tier="county"),
        CouncilFactory(name="Mayor", tier="combined"),
    )
    county.parts.set([north, south])
    combined.parts.set([north, south, county])
    constituency = ConstituencyFactory()
    SeatOverlapFactory(constituency=constituency, council=north, share=30, area_share=20)
    SeatOverlapFactory(constituency=constituency, council=south, share=60, area_share=70)

    assert shares_of(constituency) == {
        "County": (90, 90),
        "Mayor": (90, 90),
        "South": (60, 70),
        "North": (30, 20),
    }
    assert list(shares_of(constituency)) == ["County", "Mayor", "South", "North"]


def test_a_county_recorded_beside_its_districts_counts_once_in_the_combined_authority():
    district, county = CouncilFactory(name="District"), CouncilFactory(name="County", tier="county")
    combined = CouncilFactory(name="Mayor", tier="combined")
    county.parts.set([district])
    combined.parts.set([district, county])
    constituency = ConstituencyFactory()
    SeatOverlapFactory(constituency=constituency, council=district, share=40)
    SeatOverlapFactory(constituency=constituency, council=county, share=45)

    assert shares_of(constituency) == {"County": (45, None), "Mayor": (45, None), "District": (40, None)}


def test_the_share_of_a_whole_is_unknown_while_that_of_one_part_is():
    districts = [CouncilFactory(name="One"), CouncilFactory(name="Two")]
    CouncilFactory(name="County", tier="county").parts.set(districts)
    constituency = ConstituencyFactory()
    for district, share in zip(districts, (Decimal("0.4"), None), strict=True):
        SeatOverlapFactory(constituency=constituency, council=district, share=share)

    assert shares_of(constituency)["County"] == (None, None)


def test_shares_that_round_up_never_exceed_the_whole():
    districts = [CouncilFactory() for _ in range(3)]
    CouncilFactory(name="County", tier="county").parts.set(districts)
    constituency = ConstituencyFactory()
    for district in districts:
        SeatOverlapFactory(constituency=constituency, council=district, share=Decimal("33.34"))

    assert shares_of(constituency)["County"] == (100, None)


def test_page_says_who_shares_the_mp(admin, council, sign_in):
    shared = seat(council, "Shared", 60)
    SeatOverlapFactory(
        constituency=shared,
        council=CouncilFactory(name="Neighbourshire", tier="county"),
        share=40,
        area_share=12,
    )

    page = sign_in(admin).get(url("seat_list")).content.decode()

    assert "Neighbourshire" in page
    assert "County council, 40% of the seat’s people, 12% of its area" in page


# --- Slivers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "is_sliver"), [(Decimal("0.99"), True), (1, False), (Decimal("1.01"), False), (None, False)]
)
def test_a_sliver_lies_below_the_threshold(authority, council, share, is_sliver):
    seat(council, "Seat", share)

    assert seats_of(authority)[0].is_sliver(authority) == is_sliver


def test_an_added_seat_is_no_sliver_however_little_is_ours(admin, council):
    neighbour = ConstituencyFactory()
    add_seat(by=admin, constituency=neighbour)
    SeatOverlapFactory(constituency=neighbour, council=council, share=Decimal("0.1"))

    assert slivers_among(seats_of(admin.authority), authority=admin.authority) == []


def test_slivers_are_hidden_in_one_go_and_shown_again(admin, council, sign_in):
    for name, share in [("Heart", 90), ("Edge", 1), ("Sliver", "0.5"), ("Speck", "0.1"), ("Unknown", None)]:
        seat(council, name, share)
    mine = seat(council, "Hidden before", "0.2")
    hide_seat(by=admin, constituency=mine)
    client = sign_in(admin)
    before = client.get(url("seat_list")).content.decode()

    done = client.post(url("slivers_hide"), follow=True).content.decode()
    after_hiding = shown(admin.authority), sorted(hidden(admin.authority))
    undone = client.post(url("slivers_restore"), follow=True).content.decode()

    assert "Hide all 2 slivers" in before
    assert "Undo" not in before
    assert "2 seats are hidden: Sliver, Speck." in done
    assert "Undo: show 2 again" in done
    assert after_hiding == (["Heart", "Edge", "Unknown"], ["Hidden before", "Sliver", "Speck"])
    assert "2 seats are shown again" in undone
    assert hidden(admin.authority) == ["Hidden before"]


def test_hiding_slivers_twice_and_undoing_twice_does_no_more(admin, council, sign_in):
    seat(council, "Sliver", "0.5")
    client = sign_in(admin)

    client.post(url("slivers_hide"))
    again = client.post(url("slivers_hide"), follow=True).content.decode()
    client.post(url("slivers_restore"))
    nothing = client.post(url("slivers_restore"), follow=True).content.decode()

    assert "There is no sliver to hide." in again
    assert "There is nothing to undo." in nothing
    assert shown(admin.authority) == ["Sliver"]


def test_undo_of_one_authority_shows_none_of_anothers(admin, stranger, council, sign_in):
    theirs = CouncilFactory(ons_code=stranger.authority.ons_code)
    sliver = seat(council, "Sliver", "0.5")
    SeatOverlapFactory(constituency=sliver, council=theirs, share=Decimal("0.5"))
    other_hat = MembershipFactory(authority=stranger.authority, user=admin.user, role="admin")
    hide_seat(by=other_hat, constituency=sliver)
    client = sign_in(admin)
    client.post(url("slivers_hide"))

    client.post("/southfen/mps/seats/slivers/restore/")

    assert hidden(stranger.authority) == ["Sliver"]
    assert hidden(admin.authority) == ["Sliver"]


@pytest.mark.parametrize(("typed", "kept"), [("0", "0.0"), ("2.5", "2.5"), ("50", "50.0")])
def test_threshold_is_the_admins_to_set(admin, council, sign_in, typed, kept):
    seat(council, "Seat", 2)
    client = sign_in(admin)

    response = client.post(url("sliver_threshold"), {"sliver_below": typed})

    admin.authority.refresh_from_db()
    last = admin.authority.history.first()
    assert response.status_code == 302
    assert (str(admin.authority.sliver_below), last.history_user) == (kept, admin.user)
    assert shown(admin.authority) == ["Seat"]


@pytest.mark.parametrize("typed", ["", "-1", "50.1", "1.25", "few", "NaN"])
def test_a_threshold_that_means_nothing_is_refused(admin, council, sign_in, typed):
    seat(council, "Seat", 2)

    response = sign_in(admin).post(url("sliver_threshold"), {"sliver_below": typed})

    assert response.status_code == 422
    assert "Enter a percentage from 0 to 50" in response.content.decode()
    admin.authority.refresh_from_db()
    assert admin.authority.sliver_below == 1
