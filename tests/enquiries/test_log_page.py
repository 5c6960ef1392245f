"""The log form in the browser."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from contacts.models import PlaceFile, PostcodeSeat, SeatHolding
from enquiries.clock import calendar_of
from enquiries.models import Constituent, Enquiry, EnquiryType, Urgency
from tests.factories import NOW, MembershipFactory, MPFactory, ServiceFactory, TopicFactory


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def url(authority):
    return reverse("enquiries:enquiry_log", args=[authority.slug])


@pytest.fixture
def entered(mp, today):
    return {
        "mp": mp.pk,
        "received_on": today.isoformat(),
        "channel": "e-mail",
        "enquiry_type": "enquiry",
        "urgency": "standard",
        "subject": "Potholes in Mill Lane",
        "question": "When will it be repaired?",
        "submission": str(uuid4()),
    }


def test_the_form_needs_seven_answers_four_of_them_given(sign_in, officer, url, today):
    form = sign_in(officer).get(url).context["form"]

    required = {name for name, field in form.fields.items() if field.required} - {"submission"}
    assert required == {
        "mp",
        "received_on",
        "channel",
        "enquiry_type",
        "urgency",
        "subject",
        "question",
    }
    assert form["received_on"].value() == today
    assert {form[name].value() for name in ("channel", "enquiry_type", "urgency")} == {
        "e-mail",
        "enquiry",
        "standard",
    }


def test_saving_logs_the_enquiry_and_shows_it(sign_in, officer, url, entered, authority, mp):
    topic = TopicFactory(authority=authority)
    service = ServiceFactory(authority=authority)

    response = sign_in(officer).post(
        url,
        entered
        | {
            "topic": topic.pk,
            "service": service.pk,
            "owner": officer.pk,
            "constituent_name": "Bo Tarn",
            "constituent_contact": "1 Mill Lane",
        },
    )

    enquiry = Enquiry.objects.get()
    assert response.url == reverse("enquiries:enquiry_detail", args=[authority.slug, enquiry.reference])
    assert (enquiry.mp, enquiry.topic, enquiry.service, enquiry.owner) == (mp, topic, service, officer)
    assert (enquiry.logged_by, enquiry.subject) == (officer, "Potholes in Mill Lane")
    assert Constituent.objects.get().name == "Bo Tarn"
    assert enquiry.history.get().history_user == officer.user


def test_the_same_form_twice_is_one_enquiry_and_says_so(sign_in, officer, url, entered):
    client = sign_in(officer)

    first, second = client.post(url, entered), client.post(url, entered)

    assert first.url == second.url
    assert Enquiry.objects.count() == 1
    assert "It is not saved twice." in client.get(second.url).content.decode()


def test_save_and_log_another_keeps_mp_and_channel_and_begins_at_the_subject(
    sign_in, officer, url, entered, mp
):
    client = sign_in(officer)

    response = client.post(url, entered | {"channel": "letter", "another": "yes"})

    form = client.get(response.url).context["form"]
    assert response.url == f"{url}?mp={mp.pk}&channel=letter"
    assert (form.initial["mp"], form["channel"].value()) == (mp, "letter")
    assert form.fields["subject"].widget.attrs["autofocus"]
    assert "autofocus" not in form.fields["mp"].widget.attrs


def test_channel_service_and_owner_are_those_used_last(sign_in, officer, url, entered, authority):
    service, owner = ServiceFactory(authority=authority), MembershipFactory(authority=authority)
    client = sign_in(officer)
    client.post(url, entered | {"channel": "phone", "service": service.pk, "owner": owner.pk})

    form = client.get(url).context["form"]

    assert (form["channel"].value(), form["service"].value(), form["owner"].value()) == (
        "phone",
        service.pk,
        owner.pk,
    )


def test_mps_of_the_authority_come_first_then_everybody_who_sits(sign_in, officer, url, mp):
    elsewhere = MPFactory(name="Mr Zed Elsewhere")
    left = MPFactory(name="Mr Left")
    SeatHolding.objects.filter(mp=left).update(ended_on=timezone.localdate())

    page = sign_in(officer).get(url).content.decode()

    own, others = page.index(f'<option value="{mp.pk}"'), page.index(f'<option value="{elsewhere.pk}"')
    assert page.index("MPs of Northmoor Council") < own < page.index("All other MPs") < others
    assert f"Ms Ada Fenwick ({mp.holdings.get().constituency})" in page
    assert "Mr Left" not in page


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("mp", "", "Choose the MP."),
        ("mp", "999999", "Choose the MP from the list."),
        ("subject", "", "Enter the subject."),
        ("subject", "x" * 201, "Shorten the subject to 200 characters."),
        ("question", "", "Enter what is asked."),
        ("received_on", "", "Enter the date the enquiry was received."),
        ("received_on", "soon", "Enter a date like 4/6/2026."),
        ("received_on", "2015-01-01", "The date received must be within the last five years."),
        ("channel", "pigeon", "Choose how it came."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_kept(sign_in, officer, url, entered, field, value, error):
    response = sign_in(officer).post(url, entered | {field: value})

    page = response.content.decode()
    assert response.status_code == 422
    assert page.count(error) == 2  # in the summary and beside the field
    assert f'href="#id_{field}"' in page
    assert "When will it be repaired?" in page or field == "question"
    assert not Enquiry.objects.exists()


def test_nothing_is_received_tomorrow(sign_in, officer, url, entered, today):
    tomorrow = today + timedelta(days=1)

    response = sign_in(officer).post(url, entered | {"received_on": tomorrow.isoformat()})

    assert b"The date received cannot be in the future." in response.content


def test_a_constituents_contact_needs_a_name(sign_in, officer, url, entered):
    response = sign_in(officer).post(url, entered | {"constituent_contact": "bo@example.org"})

    assert b"Enter the constituent\xe2\x80\x99s name too." in response.content


def test_what_belongs_to_another_authority_is_no_choice(sign_in, officer, stranger, url, entered):
    foreign = {
        "service": ServiceFactory(authority=stranger.authority).pk,
        "owner": stranger.pk,
        "topic": TopicFactory(authority=stranger.authority).pk,
    }

    response = sign_in(officer).post(url, entered | foreign)

    assert set(response.context["form"].errors) == {"service", "owner", "topic"}
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("role", [Role.SERVICE_CONTACT, Role.EXECUTIVE, Role.ADMIN])
def test_only_handlers_log(sign_in, authority, url, entered, role):
    client = sign_in(MembershipFactory(authority=authority, role=role))

    assert (client.get(url).status_code, client.post(url, entered).status_code) == (403, 403)
    assert not Enquiry.objects.exists()


def test_a_stranger_finds_nothing_here(sign_in, stranger, url, entered):
    assert sign_in(stranger).post(url, entered).status_code == 404
    assert not Enquiry.objects.exists()


def test_the_form_costs_the_same_queries_for_1_and_30_mps(sign_in, officer, url, authority):
    client, counts = sign_in(officer), []
    for number in (1, 29):
        for _ in range(number):
            MPFactory(authority=authority)
            ServiceFactory(authority=authority)
            MembershipFactory(authority=authority)
            TopicFactory(authority=authority)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] == 13


# --- The due date while one types ---------------------------------------------------


def preview(client, authority, **asked):
    response = client.get(reverse("enquiries:due_preview", args=[authority.slug]), asked)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    return response.content.decode()


def test_the_due_date_is_told_in_words(sign_in, officer, authority, today):
    words = preview(
        sign_in(officer), authority, received_on=today, enquiry_type="enquiry", urgency=Urgency.STANDARD
    )

    due_on = calendar_of(authority).add(today, 10)
    acknowledge_by = calendar_of(authority).add(today, 2)
    assert words == (
        f"Reply due {due_on:%A %-d %B %Y} (10 working days). Acknowledge by {acknowledge_by:%A %-d %B %Y}."
    )


def test_the_preview_knows_urgency_type_and_cut_off(sign_in, officer, authority, today):
    authority.cut_off_time = time(17)
    authority.save()
    client, calendar = sign_in(officer), calendar_of(authority)
    asked = {"received_on": today, "enquiry_type": EnquiryType.ENQUIRY, "urgency": Urgency.STANDARD}

    immediate = preview(client, authority, **asked | {"urgency": Urgency.IMMEDIATE})
    access = preview(client, authority, **asked | {"enquiry_type": EnquiryType.SUBJECT_ACCESS})
    late = preview(client, authority, **asked, received_time="17:01")

    assert f"{calendar.add(today, 2):%A %-d %B %Y} (2 working days)" in immediate
    assert f"{calendar.due_in_months(today, 1).result:%A %-d %B %Y} (1 calendar month)" in access
    assert f"{calendar.add(today + timedelta(days=1), 10):%A %-d %B %Y}" in late


@pytest.mark.parametrize(
    ("enquiry_type", "urgency", "warning"),
    [
        (EnquiryType.ENQUIRY, Urgency.COMPLEX, ""),
        (EnquiryType.FOI, Urgency.STANDARD, ""),
        (EnquiryType.FOI, Urgency.IMMEDIATE, ""),
        (EnquiryType.FOI, Urgency.COMPLEX, "“Complex” does not change when the reply to this type is due."),
        (EnquiryType.SUBJECT_ACCESS, Urgency.STANDARD, ""),
        (
            EnquiryType.SUBJECT_ACCESS,
            Urgency.COMPLEX,
            "“Complex” does not change when the reply to this type is due.",
        ),
        (
            EnquiryType.SUBJECT_ACCESS,
            Urgency.IMMEDIATE,
            "“Immediate” does not change when the reply to this type is due, "
            "only whom the escalation ladder tells first.",
        ),
    ],
)
def test_the_preview_warns_where_urgency_moves_no_date(
    sign_in, officer, authority, today, enquiry_type, urgency, warning
):
    words = preview(
        sign_in(officer), authority, received_on=today, enquiry_type=enquiry_type, urgency=urgency
    )

    assert words.split(". ", 2)[2:] == ([warning] if warning else [])


@pytest.mark.parametrize("received_on", ["", "soon"])
def test_the_preview_says_what_is_missing(sign_in, officer, authority, received_on):
    words = preview(
        sign_in(officer), authority, received_on=received_on, enquiry_type="enquiry", urgency="standard"
    )

    assert words in ("Enter the date the enquiry was received.", "Enter a date like 4/6/2026.")


def test_from_the_form_to_the_mp_of_a_postcode_and_back(authority, officer, executive, mp, sign_in, url):
    client, find = sign_in(officer), reverse("contacts:seat_find", args=[authority.slug])
    without = client.get(url).content.decode()
    file = PlaceFile.objects.create(
        kind="postcodes", file_name="p.csv", state="applied", created_at=NOW, applied_at=NOW
    )
    PostcodeSeat.objects.create(file=file, postcode="ZZ11AA", constituency=mp.holdings.get().constituency)
    form = client.get(url).content.decode()

    found = client.post(find, {"place": "ZZ1 1AA"}).content.decode()
    of_an_executive = sign_in(executive).post(find, {"place": "ZZ1 1AA"}).content.decode()

    back = f"{url}?mp={mp.pk}"
    assert (find in without, find in form) == (False, True)
    assert f'href="{back}"' in found
    assert client.get(back).context["form"].initial["mp"] == mp
    assert url not in of_an_executive[of_an_executive.index("<main") :]
