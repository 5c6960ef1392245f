"""An MP's office: what is recorded, by whom it may be seen and changed, and that nobody's edit is lost."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.history import EditedMeanwhile
from accounts.models import Role
from contacts.addresses import mp_of_address
from contacts.models import PARLIAMENTARY_OFFICE, MPOffice, OfficePerson, ParliamentContact
from contacts.services import NameTaken, record_leaving, set_office, set_office_person
from tests.factories import NOW, TODAY, MembershipFactory, MPFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mp(authority):
    return MPFactory(authority=authority, name="Ms Rowan Vale")


def url(name, authority, *args):
    return reverse(f"contacts:{name}", args=[authority.slug, *args])


def office_of(officer, mp, version=0, **changes):
    return set_office(by=officer, mp=mp, version=version, changes=changes, now=NOW)


def person_of(officer, mp, person=None, version=0, **changes):
    return set_office_person(by=officer, mp=mp, person=person, version=version, changes=changes, now=NOW)


def test_the_office_is_recorded_and_read(sign_in, officer, authority, mp):
    client = sign_in(officer)

    empty = client.get(url("office_detail", authority, mp.pk)).content.decode()
    response = client.post(
        url("office_edit", authority, mp.pk),
        {"version": 0, "email": "Rowan.Vale.MP@Parliament.example", "salutation": "Dear Rowan"},
        follow=True,
    )

    page = response.content.decode()
    office = MPOffice.objects.get()
    assert "Nothing is recorded of this office yet" in empty
    assert (office.mp, office.email, office.version) == (mp, "rowan.vale.mp@parliament.example", 1)
    assert office.history.get().history_user == officer.user
    assert "rowan.vale.mp@parliament.example" in page
    assert "Dear Rowan" in page
    mp_page = client.get(reverse("overview:mp_detail", args=[authority.slug, mp.pk])).content.decode()
    assert "Letters begin “Dear Rowan”" in mp_page


def published(mp, **about):
    return ParliamentContact.objects.create(
        mp=mp,
        **{
            "position": 0,
            "type_id": PARLIAMENTARY_OFFICE,
            "type": "Parliamentary office",
            "email": "rowan@parliament.example",
            "address": "House of Commons\nLondon",
            "seen_on": TODAY,
        }
        | about,
    )


def test_what_parliament_publishes_stands_beside_and_can_be_used(sign_in, officer, authority, mp):
    office_of(officer, mp, email="old@example.org", phone="01632 960000")
    contact = published(mp)
    published(
        mp,
        position=1,
        type="Website",
        is_web_address=True,
        address="",
        email="",
        website="https://r.example/",
    )
    client = sign_in(officer)

    page = client.get(url("office_detail", authority, mp.pk)).content.decode()
    use = f"{url('office_edit', authority, mp.pk)}?published={contact.pk}"
    assert "old@example.org" in page
    assert 'href="mailto:rowan@parliament.example"' in page
    assert 'href="https://r.example/"' in page
    assert f'href="{use}"' in page

    form = client.get(use).context["form"]
    assert [form[name].value() for name in ("email", "phone", "address")] == [
        "rowan@parliament.example",
        "01632 960000",
        "House of Commons\nLondon",
    ]
    assert MPOffice.objects.get().email == "old@example.org"
    client.post(use, {name: form[name].value() or "" for name in form.fields})
    assert (MPOffice.objects.get().email, MPOffice.objects.get().version) == ("rowan@parliament.example", 2)


@pytest.mark.parametrize("asked", ["x", "0", "9" * 30, "another"])
def test_what_parliament_publishes_of_somebody_else_fills_nothing_in(sign_in, officer, authority, mp, asked):
    another = published(MPFactory())

    address = url("office_edit", authority, mp.pk)
    form = sign_in(officer).get(address, {"published": another.pk if asked == "another" else asked})

    assert form.context["form"]["email"].value() in ("", None)


def test_readers_are_not_offered_to_use_it(sign_in, authority, mp):
    published(mp)
    reader = MembershipFactory(authority=authority, role=Role.EXECUTIVE)

    page = sign_in(reader).get(url("office_detail", authority, mp.pk)).content.decode()

    assert "rowan@parliament.example" in page
    assert "Use these" not in page


def test_a_wrong_address_is_said_and_what_was_typed_is_kept(sign_in, officer, authority, mp):
    response = sign_in(officer).post(
        url("office_edit", authority, mp.pk), {"version": 0, "email": "rowan at", "salutation": "Dear Rowan"}
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "Enter an e-mail address like name@example.org." in page
    assert 'value="Dear Rowan"' in page
    assert not MPOffice.objects.exists()


def test_two_people_at_one_office_see_both_versions(sign_in, officer, authority, mp):
    office_of(officer, mp, salutation="Dear Ms Vale", phone="01632 960001")
    client, address = sign_in(officer), url("office_edit", authority, mp.pk)
    office_of(officer, mp, version=1, salutation="Dear Rowan")

    late = {"version": 1, "salutation": "Dear Ms R Vale", "phone": "01632 960001"}
    refused = client.post(address, late)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Somebody saved this while you were typing" in page
    assert page.count("Saved meanwhile: “Dear Rowan”") == 2, (
        "in the summary and at the one field that differs"
    )
    assert page.count("Saved meanwhile") == 2
    assert 'value="Dear Ms R Vale"' in page
    assert 'name="version" value="2"' in page
    assert MPOffice.objects.get().salutation == "Dear Rowan"

    client.post(address, late | {"version": 2})
    assert MPOffice.objects.get().salutation == "Dear Ms R Vale"


def test_what_only_the_other_changed_is_shown_too(sign_in, officer, authority, mp):
    office_of(officer, mp, salutation="Dear Ms Vale", phone="01632 960001")
    office_of(officer, mp, version=1, phone="01632 960002")

    refused = sign_in(officer).post(
        url("office_edit", authority, mp.pk),
        {"version": 1, "salutation": "Dear Rowan", "phone": "01632 960001"},
    )

    assert "Saved meanwhile: “01632 960002”" in refused.content.decode()
    assert MPOffice.objects.get().phone == "01632 960002"


def test_saving_what_somebody_else_began_is_refused(officer, mp):
    office_of(officer, mp, phone="1")

    with pytest.raises(EditedMeanwhile) as changed:
        office_of(officer, mp, phone="2")

    assert changed.value.saved.phone == "1"
    assert MPOffice.objects.get().phone == "1"


def test_people_of_the_office_come_and_go(sign_in, officer, authority, mp):
    client = sign_in(officer)
    client.post(
        url("office_person_add", authority, mp.pk),
        {
            "version": 0,
            "name": "Siân Ap Huw",
            "job_title": "Caseworker",
            "takes_casework": "on",
            "email": "Sian@x.example",
        },
    )
    person = OfficePerson.objects.get()
    left = url("office_person_left", authority, person.pk)

    gone = client.post(left, follow=True).content.decode()
    person.refresh_from_db()
    when = person.left_on
    back = client.post(left, follow=True).content.decode()
    person.refresh_from_db()

    assert (person.takes_casework, person.email) == (True, "sian@x.example")
    assert when == timezone.localdate()
    assert "Who has left (1)" in gone
    assert person.left_on is None
    assert "Who has left" not in back
    assert person.history.count() == 3


def test_one_name_stands_once_in_an_office(sign_in, officer, authority, mp):
    first = person_of(officer, mp, name="Jo Bell")
    response = sign_in(officer).post(
        url("office_person_add", authority, mp.pk), {"version": 0, "name": "Jo Bell"}
    )
    assert response.status_code == 422
    assert "Somebody of this name works there already." in response.content.decode()

    record_leaving(by=officer, person=first, left_on=TODAY, now=NOW)
    first.refresh_from_db()
    person_of(officer, mp, name="Jo Bell")
    with pytest.raises(NameTaken):
        record_leaving(by=officer, person=first, left_on=None, now=NOW)
    first.refresh_from_db()
    response = sign_in(officer).post(url("office_person_left", authority, first.pk), follow=True)
    assert "Somebody else called Jo Bell works there already." in response.content.decode()
    assert OfficePerson.objects.here().count() == 1


def test_two_people_at_one_person_see_both_versions(sign_in, officer, authority, mp):
    person = person_of(officer, mp, name="Jo Bell", phone="01632 960001")
    person_of(officer, mp, person, version=1, name="Jo Bell", phone="01632 960002", takes_casework=True)
    client, address = sign_in(officer), url("office_person_edit", authority, person.pk)
    late = {"version": 1, "name": "Jo Bell-Hart", "phone": "01632 960001"}

    refused = client.post(address, late)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Somebody saved this while you were typing" in page
    for said in ("Jo Bell", "01632 960002", "Yes"):
        assert page.count(f"Saved meanwhile: “{said}”") == 2, "in the summary and at the field"
    assert 'name="version" value="2"' in page
    assert OfficePerson.objects.get().phone == "01632 960002"

    client.post(address, late | {"version": 2})
    person.refresh_from_db()
    assert (person.name, person.phone, person.version) == ("Jo Bell-Hart", "01632 960001", 3)


def test_the_last_day_is_given_and_their_address_counts_up_to_it(sign_in, officer, authority, mp):
    person = person_of(officer, mp, name="Jo Bell", email="jo@x.example")
    client, address = sign_in(officer), url("office_person_edit", authority, person.pk)
    typed = {"version": 1, "name": "Jo Bell", "email": "jo@x.example"}
    today = timezone.localdate()

    ahead = client.post(address, typed | {"left_on": today + timedelta(days=1)})
    page = client.post(address, typed | {"left_on": "2026-02-27"}, follow=True).content.decode()

    assert "Enter today’s date or an earlier one." in ahead.content.decode()
    assert "Who has left (1)" in page
    assert "left 27 February 2026" in page
    assert f'href="{address}"' in page, "so that a wrong day is put right"
    assert mp_of_address(authority, "jo@x.example", on=date(2026, 2, 27)) == mp
    assert mp_of_address(authority, "jo@x.example", on=date(2026, 2, 28)) is None


def test_who_was_entered_by_mistake_is_removed_once_that_is_confirmed(sign_in, officer, authority, mp):
    person = person_of(officer, mp, name="Jo Bell", email="jo@x.example")
    client, address = sign_in(officer), url("office_person_remove", authority, person.pk)

    asked = client.get(address).content.decode()
    assert "Remove Jo Bell from the office of Ms Rowan Vale?" in asked
    assert OfficePerson.objects.exists()

    page = client.post(address, follow=True).content.decode()
    assert "Jo Bell is removed." in page
    assert "Nobody is recorded." in page
    assert not OfficePerson.objects.exists()
    last = OfficePerson.history.first()
    assert (last.history_type, last.history_user, last.name) == ("-", officer.user, "Jo Bell")


def test_every_word_of_an_office_is_on_its_page(sign_in, officer, authority, mp):
    client = sign_in(officer)
    assert (
        '<option value="" selected>Nothing chosen</option>'
        in client.get(url("office_edit", authority, mp.pk)).content.decode()
    )
    client.post(
        url("office_edit", authority, mp.pk),
        {
            "version": 0,
            "email": "vale@parliament.example",
            "phone": "01632 960010",
            "address": "1 Mill Lane\nNorthmoor",
            "opening_hours": "Weekdays, 10 to 4",
            "preferred_way": "in-person",
            "addressee": "Ms Rowan Vale MP",
            "salutation": "Dear Rowan",
            "casework": "One e-mail per case.",
            "casework_kind": "third-party",
            "authority_form": "Their own, kept by the office",
        },
    )
    client.post(
        url("office_person_add", authority, mp.pk),
        {
            "version": 0,
            "name": "Siân Ap Huw",
            "job_title": "Senior caseworker",
            "email": "sian@x.example",
            "phone": "01632 960011",
            "takes_casework": "on",
        },
    )

    page = " ".join(client.get(url("office_detail", authority, mp.pk)).content.decode().split())
    page = page.replace("> <", "><")

    tag = '<strong class="govuk-tag govuk-tag--grey">From somebody else</strong>'
    rows = [
        ("E-mail", "vale@parliament.example"),
        ("Phone", "01632 960010"),
        ("Postal address", "1 Mill Lane<br>Northmoor"),
        ("Opening hours", "Weekdays, 10 to 4"),
        ("Preferred way of contact", "In person"),
        ("Letters are addressed to", "Ms Rowan Vale MP"),
        ("Letters begin with", "Dear Rowan"),
        ("How they like casework handled", f"{tag} One e-mail per case."),
        ("Form of authority", "Their own, kept by the office"),
    ]
    for key, value in rows:
        assert f'key">{key}</dt><dd class="govuk-summary-list__value">{value}</dd>' in page
    assert f'<h2 class="govuk-heading-m">Who works there</h2><p class="govuk-body">{tag}' in page
    assert "Siân Ap Huw<br><span" in page
    assert "Senior caseworker</span>" in page
    for cell in (
        '<a class="govuk-link" href="mailto:sian@x.example">sian@x.example</a>',
        "01632 960011",
        "May receive it",
    ):
        assert f'<td class="govuk-table__cell">{cell}</td>' in page


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (Role.OFFICER, True, True),
        (Role.POLITICAL_AFFAIRS, True, True),
        (Role.SERVICE_CONTACT, True, False),
        (Role.EXECUTIVE, True, False),
        (Role.ADMIN, False, False),
    ],
)
def test_who_reads_and_who_writes(sign_in, authority, officer, mp, role, reads, writes):
    person_of(officer, mp, name="Jo Bell")
    client = sign_in(MembershipFactory(authority=authority, role=role))

    read = client.get(url("office_detail", authority, mp.pk))
    write = client.get(url("office_edit", authority, mp.pk))
    mp_page = client.get(reverse("overview:mp_detail", args=[authority.slug, mp.pk])).content.decode()

    assert (read.status_code, write.status_code) == (200 if reads else 403, 200 if writes else 403)
    assert ("Add somebody" in read.content.decode()) == writes
    assert (url("office_detail", authority, mp.pk) in mp_page) == reads


def test_another_authority_knows_nothing_of_it(sign_in, officer, stranger, authority, mp):
    office_of(officer, mp, salutation="Dear Rowan")
    person = person_of(officer, mp, name="Jo Bell")
    client = sign_in(stranger)

    page = client.get(url("office_detail", stranger.authority, mp.pk)).content.decode()
    edit = client.get(url("office_edit", stranger.authority, mp.pk)).content.decode()

    assert "Dear Rowan" not in page + edit
    assert "Jo Bell" not in page
    assert client.get(url("office_person_edit", stranger.authority, person.pk)).status_code == 404
    assert client.get(url("office_person_remove", stranger.authority, person.pk)).status_code == 404
    assert client.post(url("office_person_left", stranger.authority, person.pk)).status_code == 404


def test_the_page_costs_the_same_for_1_and_30(sign_in, officer, authority, mp, django_assert_num_queries):
    client, address = sign_in(officer), url("office_detail", authority, mp.pk)
    office_of(officer, mp, phone="1")
    person_of(officer, mp, name="Person 0")
    with django_assert_num_queries(11):
        client.get(address)

    for number in range(1, 30):
        person_of(officer, mp, name=f"Person {number}")
    with django_assert_num_queries(11):
        assert client.get(address).content.decode().count("Has left") == 30
