"""Known addresses: how an e-mail is matched to an MP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Role
from contacts.addresses import mp_of_address
from contacts.models import MPOffice, OfficePerson, ParliamentContact
from tests.factories import TODAY, MembershipFactory, MPFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ROWAN = "rowan.vale.mp@parliament.example"


@pytest.fixture
def mp(authority):
    return MPFactory(authority=authority, name="Ms Rowan Vale")


@pytest.fixture
def office(authority, mp):
    return MPOffice.objects.create(authority=authority, mp=mp, email=ROWAN)


def worker(authority, mp, **fields):
    return OfficePerson.objects.create(
        authority=authority, mp=mp, name="Jo Bell", **{"email": "jo.bell@parliament.example"} | fields
    )


def published(mp, email=ROWAN, position=0):
    return ParliamentContact.objects.create(
        mp=mp, position=position, type_id=1, type="Parliamentary office", email=email, seen_on=TODAY
    )


@pytest.mark.parametrize(
    ("written", "is_known"),
    [
        (ROWAN, True),
        ("  Rowan.Vale.MP@Parliament.Example\n", True),
        (f"Rowan Vale MP <{ROWAN}>", True),
        ("vale.mp@parliament.example", False),
        (f"{ROWAN}.evil.example", False),
        ("%@parliament.example", False),
        ("", False),
        ("   ", False),
        ("<>", False),
        (f"{ROWAN}\0", False),
    ],
)
def test_an_office_is_known_by_its_address_whatever_the_case(authority, mp, office, written, is_known):
    assert mp_of_address(authority, written, on=TODAY) == (mp if is_known else None)


def test_an_office_without_an_address_is_nobodys(authority, mp):
    MPOffice.objects.create(authority=authority, mp=mp)

    assert mp_of_address(authority, "", on=TODAY) is None


@pytest.mark.parametrize(("days", "is_known"), [(None, True), (1, True), (0, True), (-1, False)])
def test_who_has_left_speaks_for_the_mp_up_to_the_last_day(authority, mp, days, is_known):
    worker(authority, mp, left_on=None if days is None else TODAY + days * DAY)

    found = mp_of_address(authority, "Jo.Bell@parliament.example", on=TODAY)

    assert found == (mp if is_known else None)


def test_who_moved_speaks_for_the_new_mp_alone(authority, mp):
    other = MPFactory(authority=authority)
    worker(authority, mp, left_on=TODAY - DAY)
    worker(authority, other)

    assert mp_of_address(authority, "jo.bell@parliament.example", on=TODAY) == other


def test_an_address_of_two_mps_is_nobodys(authority, mp, office):
    worker(authority, MPFactory(authority=authority), email=ROWAN)

    assert mp_of_address(authority, ROWAN, on=TODAY) is None


def test_an_address_known_in_several_ways_for_one_mp_is_theirs(authority, mp, office):
    worker(authority, mp, email=ROWAN)
    published(mp, ROWAN.upper())

    assert mp_of_address(authority, ROWAN, on=TODAY) == mp


def test_what_parliament_publishes_is_known_and_another_mp_makes_it_nobodys(authority, mp):
    published(mp)
    alone = mp_of_address(authority, ROWAN, on=TODAY)
    published(MPFactory())

    assert alone == mp
    assert mp_of_address(authority, ROWAN, on=TODAY) is None


def test_what_another_authority_recorded_is_not_known_here(authority, stranger, mp):
    MPOffice.objects.create(authority=stranger.authority, mp=mp, email=ROWAN)
    worker(stranger.authority, mp)

    assert mp_of_address(authority, ROWAN, on=TODAY) is None
    assert mp_of_address(authority, "jo.bell@parliament.example", on=TODAY) is None
    assert mp_of_address(stranger.authority, ROWAN, on=TODAY) == mp


def find(client, authority, address):
    return client.post(reverse("contacts:address_find", args=[authority.slug]), {"address": address})


def test_asking_whose_address_it_is_leads_to_the_office_and_puts_it_in_no_url(
    officer, authority, mp, office, sign_in
):
    client = sign_in(officer)

    known, unknown = find(client, authority, ROWAN), find(client, authority, "nobody@x.example")
    page = client.get(reverse("contacts:mp_list", args=[authority.slug])).content.decode()

    assert known["Location"] == reverse("contacts:office_detail", args=[authority.slug, mp.pk])
    assert unknown["Location"] == reverse("contacts:mp_list", args=[authority.slug])
    assert "No MP’s office is known by that address, or more than one is." in page
    assert "nobody@x.example" not in page
    assert 'name="address"' in page


def test_who_sees_no_office_asks_for_no_address(authority, sign_in):
    admin = sign_in(MembershipFactory(authority=authority, role=Role.ADMIN))

    assert find(admin, authority, ROWAN).status_code == 403
    page = admin.get(reverse("contacts:mp_list", args=[authority.slug])).content.decode()
    assert 'name="address"' not in page
