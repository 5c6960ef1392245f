"""Which MP covers a postcode or a ward: what is answered, and that a postcode goes nowhere else."""

from __future__ import annotations

import logging
import re

import pytest
from django.urls import reverse

from contacts.finding import MOST
from contacts.models import Constituency, PlaceFile, PostcodeSeat, Ward
from mpcrm.folding import fold
from mpcrm.postcodes import is_half_a_postcode, is_postcode, spaced, squashed
from tests.factories import NOW, ConstituencyFactory, MPFactory

pytestmark = pytest.mark.django_db

FIND = reverse("contacts:seat_find", args=["northmoor"])


def look_up(kind, **fields):
    defaults = {"file_name": f"{kind}.csv", "state": "applied", "created_at": NOW, "applied_at": NOW}
    return PlaceFile.objects.create(kind=kind, **(defaults | fields))


def ward(file, name, constituency, council="Vale", code="E05000001"):
    return Ward.objects.create(
        file=file, code=code, name=name, folded=fold(name), council=council, constituency=constituency
    )


@pytest.fixture
def seat():
    seat = ConstituencyFactory(name="Northmoor Central")
    MPFactory(seat=seat, name="Ms Rowan Vale")
    return seat


@pytest.fixture
def ask(officer, sign_in):
    client = sign_in(officer)

    def ask_for(place):
        return client.post(FIND, {"place": place})

    return ask_for


@pytest.mark.parametrize("typed", ["ZZ1 1AA", "zz11aa", " ZZ1-1AA ", "z z 1 1 a a", "ZZ1  1AA."])
def test_a_postcode_is_found_however_it_is_typed(ask, seat, typed):
    PostcodeSeat.objects.create(file=look_up("postcodes"), postcode="ZZ11AA", constituency=seat)

    page = ask(typed).content.decode()

    assert "Who covers ZZ1 1AA" in page
    assert "Northmoor Central" in page
    assert "Ms Rowan Vale</a>" in page


def test_a_seat_that_has_been_abolished_is_nobodys(ask, seat):
    PostcodeSeat.objects.create(file=look_up("postcodes"), postcode="ZZ11AA", constituency=seat)
    Constituency.objects.update(ended_on=NOW.date())

    assert "Northmoor Central" not in ask("ZZ1 1AA").content.decode()


def test_a_postcode_that_is_not_there_is_said_not_to_be(ask, seat):
    PostcodeSeat.objects.create(file=look_up("postcodes"), postcode="ZZ11AA", constituency=seat)

    page = ask("ZZ1 1AB").content.decode()

    assert "ZZ1 1AB is not in the look-up of postcodes." in page
    assert "postcodes.csv, loaded 2 March 2026" in page


@pytest.mark.parametrize(("place", "kind"), [("ZZ1 1AA", "postcodes"), ("Abbey", "wards")])
def test_without_a_look_up_it_says_so(ask, place, kind):
    look_up(kind, state="previewed", applied_at=None)

    assert f"No look-up of {kind} is loaded" in ask(place).content.decode()


def test_rows_of_a_look_up_not_in_force_are_not_found(ask, seat):
    look_up("postcodes")
    waiting = look_up("postcodes", state="previewed", applied_at=None)
    PostcodeSeat.objects.create(file=waiting, postcode="ZZ11AA", constituency=seat)

    assert "is not in the look-up" in ask("ZZ1 1AA").content.decode()


def test_wards_of_one_name_are_all_listed_with_their_councils(ask, seat):
    file, other = look_up("wards"), ConstituencyFactory(name="Elsewhere")
    ward(file, "Abbey", seat)
    ward(file, "Abbey", other, council="Moor", code="E05000002")
    ward(file, "Abbeyfield", other, code="E05000003")

    page = ask("abbey").content.decode()

    assert "Vale" in page
    assert "Moor" in page
    assert "Vacant" in page
    assert "Abbeyfield" not in page


@pytest.mark.parametrize("typed", ["st. mary's", "ST MARYS", "St Mary"])
def test_a_ward_is_found_without_case_accents_or_punctuation(ask, seat, typed):
    ward(look_up("wards"), "St Mary’s", seat)

    assert "St Mary’s" in ask(typed).content.decode()


def test_a_list_of_wards_says_that_there_are_more(ask, seat):
    file = look_up("wards")
    for number in range(MOST + 1):
        ward(file, f"Abbey {number}", seat, code=f"E0500{number:04}")

    page = ask("abbey").content.decode()

    assert page.count('scope="row"') == MOST
    assert "There are more." in page


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", "Enter a whole postcode or the name of a ward."),
        ("x" * 101, "Enter a whole postcode or the name of a ward."),
        ("SW1A", "Enter the whole postcode, such as ZZ1 1AA."),
    ],
)
def test_half_a_place_is_refused(ask, typed, error):
    response = ask(typed)

    assert response.status_code == 422
    assert error in response.content.decode()


@pytest.mark.parametrize("typed", ["...", "%", "' OR 1=1 --", "\x00"])
def test_what_is_no_place_finds_nothing(ask, seat, typed):
    ward(look_up("wards"), "Abbey", seat)

    response = ask(typed)

    assert response.status_code in (200, 422)
    assert "Northmoor Central" not in response.content.decode()


@pytest.mark.parametrize("typed", ["ZZ1 1AA", "ZZ1 1AB", "ZZ1"])
def test_a_postcode_stays_out_of_addresses_logs_titles_and_sessions(officer, sign_in, seat, caplog, typed):
    """It may be a constituent's: it is answered to the POST itself and kept nowhere."""
    caplog.set_level(logging.DEBUG)
    PostcodeSeat.objects.create(file=look_up("postcodes"), postcode="ZZ11AA", constituency=seat)
    client = sign_in(officer)

    response = client.post(FIND, {"place": typed})

    page = response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    assert "Location" not in response.headers
    assert typed not in page.partition("</title>")[0]
    assert not any(
        typed in link or squashed(typed) in link for link in re.findall(r'(?:href|action)="([^"]*)"', page)
    )
    logged = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert not any(squashed(typed) in squashed(message) for message in logged)
    assert typed not in str(dict(client.session.items()))


def test_an_address_is_never_read(officer, sign_in, seat):
    PostcodeSeat.objects.create(file=look_up("postcodes"), postcode="ZZ11AA", constituency=seat)

    page = sign_in(officer).get(f"{FIND}?place=ZZ1+1AA").content.decode()

    assert "Northmoor Central" not in page


def test_the_directory_offers_the_question(officer, sign_in):
    page = sign_in(officer).get(reverse("contacts:mp_list", args=["northmoor"])).content.decode()

    assert f'<form method="post" action="{FIND}"' in page
    assert "Which MP covers this postcode or ward?" in page


def test_an_answer_costs_the_same_for_one_ward_and_many(officer, sign_in, seat, django_assert_num_queries):
    file, client = look_up("wards"), sign_in(officer)
    ward(file, "Abbey", seat)

    with django_assert_num_queries(7):
        client.post(FIND, {"place": "Abbey"})
    for number in range(MOST):
        ward(file, "Abbey", ConstituencyFactory(), code=f"E0500{number:04}")
    with django_assert_num_queries(7):
        client.post(FIND, {"place": "Abbey"})


@pytest.mark.parametrize("text", ["SW1A 0AA", "m1 1ae", "B33 8TH", "CR2 6XH", "DN55 1PT", "w1a0ax"])
def test_every_form_of_a_postcode_is_one(text):
    assert is_postcode(text)
    assert spaced(squashed(text)) == text.upper() or " " not in text


@pytest.mark.parametrize("text", ["", "SW1A", "SW1A 0A", "1AA 1AA", "Abbey", "SW1A 0AAA", "SW1A 00A"])
def test_what_is_no_postcode_is_none(text):
    assert not is_postcode(text)


@pytest.mark.parametrize(
    ("text", "is_half"), [("SW1A", True), ("m1", True), ("Abbey", False), ("M1 1AE", False)]
)
def test_half_a_postcode_is_known(text, is_half):
    assert is_half_a_postcode(text) == is_half
