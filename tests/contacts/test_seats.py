import pytest
from django.urls import reverse

from contacts.directory import hidden_seats_of, seats_of
from contacts.models import MP, Constituency, Council, SeatChoice
from contacts.services import add_seat, hide_seat
from tests.factories import ConstituencyFactory, CouncilFactory, MPFactory, SeatOverlapFactory

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


def test_seats_are_listed_by_share_with_their_mp(authority, council):
    seat(council, "Sliver", 2)
    heart = seat(council, "Heart", 100)
    seat(council, "Unknown", None)
    MPFactory(seat=heart, name="Ada Almond")

    told = [(each.name, each.share, each.mp_name) for each in seats_of(authority)]

    assert told == [("Heart", 100, "Ada Almond"), ("Sliver", 2, None), ("Unknown", None, None)]


def test_share_of_a_whole_is_its_own_or_else_the_sum_of_its_parts(authority, council):
    districts = CouncilFactory.create_batch(2)
    council.parts.set(districts)
    summed, own = ConstituencyFactory(name="Summed"), seat(council, "Own", 70)
    for district, share in zip(districts, (30, 40), strict=True):
        SeatOverlapFactory(constituency=summed, council=district, share=share)
    SeatOverlapFactory(constituency=own, council=districts[0], share=65)
    SeatOverlapFactory(constituency=own, council=CouncilFactory(), share=30)

    assert {each.name: each.share for each in seats_of(authority)} == {"Summed": 70, "Own": 70}


def test_hiding_a_sliver_takes_its_mp_off_ours_at_once(admin, council):
    sliver = seat(council, "Sliver", 2)
    mp = MPFactory(seat=sliver)
    before = list(MP.objects.of(admin.authority))

    hide_seat(by=admin, constituency=sliver)

    assert before == [mp]
    assert list(MP.objects.of(admin.authority)) == []
    assert names(hidden_seats_of(admin.authority)) == ["Sliver"]


def test_restoring_leaves_no_choice_behind(admin, council):
    sliver = seat(council, "Sliver", 2)
    hide_seat(by=admin, constituency=sliver)

    add_seat(by=admin, constituency=sliver)

    assert names(seats_of(admin.authority)) == ["Sliver"]
    assert SeatChoice.objects.count() == 0


def test_added_seat_counts_and_is_taken_back(admin, council):
    neighbour = ConstituencyFactory(name="Neighbour")
    mp = MPFactory(seat=neighbour)

    add_seat(by=admin, constituency=neighbour)
    added = list(MP.objects.of(admin.authority)), seats_of(admin.authority).get().is_added
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
    assert names(seats_of(admin.authority)) == []
    restored = client.post(url("seat_restore", sliver.pk))
    added = client.post(url("seat_list"), {"constituency": neighbour.pk})

    assert [response.status_code for response in (hidden, restored, added)] == [302, 302, 302]
    assert names(seats_of(admin.authority)) == ["Sliver", "Neighbour"]
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
