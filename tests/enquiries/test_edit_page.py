"""Changing details in the browser, and two people doing so at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from enquiries.models import Constituent, Enquiry
from tests.factories import MembershipFactory, MPFactory, TopicFactory


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def enquiry(log, today):
    return log(received_on=today, now=timezone.now(), constituent_name="Bo Tarn")


@pytest.fixture
def url(enquiry):
    return reverse("enquiries:enquiry_edit", args=[enquiry.authority.slug, enquiry.reference])


@pytest.fixture
def colleague(authority):
    return MembershipFactory(authority=authority, role=Role.POLITICAL_AFFAIRS, user__name="Cleo Rook")


def as_shown(response):
    """What the form holds, as a browser would send it back."""
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields}
    values["mp"] = getattr(values["mp"], "pk", values["mp"])
    values["topic"] = getattr(values["topic"], "pk", values["topic"])
    return {name: "" if value is None else str(value) for name, value in values.items()}


def test_saving_changes_the_details_and_moves_the_dates(sign_in, officer, enquiry, url, authority):
    client = sign_in(officer)
    before, mp = enquiry.due_on, MPFactory(authority=authority)
    yesterday = enquiry.received_on - timedelta(days=7)

    response = client.post(
        url,
        as_shown(client.get(url))
        | {"subject": "Mill Lane", "received_on": yesterday.isoformat(), "mp": str(mp.pk)},
    )

    enquiry.refresh_from_db()
    assert response.status_code == 302
    assert (enquiry.subject, enquiry.mp, enquiry.version) == ("Mill Lane", mp, 2)
    assert enquiry.due_on == before - timedelta(days=7) or enquiry.due_on < before


def test_saving_without_a_change_leaves_no_trace(sign_in, officer, enquiry, url):
    client, entries = sign_in(officer), enquiry.timeline.count()

    assert client.post(url, as_shown(client.get(url))).status_code == 302

    enquiry.refresh_from_db()
    assert (enquiry.version, enquiry.timeline.count()) == (1, entries)


def test_a_receipt_after_the_reply_is_an_error_of_its_field(sign_in, officer, enquiry, url, today):
    Enquiry.objects.update(received_on=today - timedelta(days=9), acknowledged_on=today - timedelta(days=2))
    client = sign_in(officer)

    response = client.post(url, as_shown(client.get(url)) | {"received_on": today.isoformat()})

    [error] = response.context["form"].errors["received_on"]
    assert response.status_code == 422
    assert error.startswith("The enquiry was acknowledged on ")


def test_what_was_received_long_ago_can_be_edited_but_not_moved_there(sign_in, officer, log, today):
    enquiry = log(received_on=today - timedelta(days=365 * 5 + 1), now=timezone.now())
    client = sign_in(officer)
    url = reverse("enquiries:enquiry_edit", args=[enquiry.authority.slug, enquiry.reference])
    shown = as_shown(client.get(url))
    longer_ago = (enquiry.received_on - timedelta(days=1)).isoformat()

    moved = client.post(url, shown | {"received_on": longer_ago})
    kept = client.post(url, shown | {"subject": "Mill Lane"})

    enquiry.refresh_from_db()
    assert moved.context["form"].errors["received_on"] == [
        "The date received must be within the last five years."
    ]
    assert (kept.status_code, enquiry.subject) == (302, "Mill Lane")


def test_line_ends_as_browsers_send_them_are_no_change(sign_in, officer, log, today):
    enquiry = log(received_on=today, now=timezone.now(), question="First line.\nSecond line.")
    client = sign_in(officer)
    url = reverse("enquiries:enquiry_edit", args=[enquiry.authority.slug, enquiry.reference])

    client.post(url, as_shown(client.get(url)) | {"question": "First line.\r\nSecond line."})

    enquiry.refresh_from_db()
    assert enquiry.version == 1


def test_an_mp_who_no_longer_sits_and_a_retired_topic_can_stay(sign_in, officer, enquiry, url, mp):
    mp.holdings.update(ended_on=timezone.localdate())
    enquiry.topic = TopicFactory(authority=enquiry.authority, is_active=False)
    enquiry.save()
    client = sign_in(officer)

    response = client.post(url, as_shown(client.get(url)) | {"subject": "Mill Lane"})

    enquiry.refresh_from_db()
    assert response.status_code == 302
    assert (enquiry.mp, enquiry.subject) == (mp, "Mill Lane")


def both_save(sign_in, officer, colleague, url, theirs, mine):
    """Both open the form; the colleague saves first."""
    my_client, their_client = sign_in(officer), sign_in(colleague)
    shown_to_me, shown_to_them = as_shown(my_client.get(url)), as_shown(their_client.get(url))
    assert their_client.post(url, shown_to_them | theirs).status_code == 302
    return my_client, my_client.post(url, shown_to_me | mine)


def test_the_second_saver_sees_both_versions_and_nothing_is_overwritten(
    sign_in, officer, colleague, enquiry, url
):
    _, response = both_save(
        sign_in,
        officer,
        colleague,
        url,
        theirs={"subject": "Their subject", "question": "Their question"},
        mine={"subject": "My subject", "constituent_name": "Bo Tarne"},
    )

    page = response.content.decode()
    assert response.status_code == 409
    for words in ("Their subject", "My subject", "Their question", "Bo Tarn", "Bo Tarne", "Cleo Rook saved"):
        assert words in page
    suggested = {each.name: each.suggested for each in response.context["differences"]}
    assert suggested == {"subject": "", "question": "theirs", "constituent_name": "mine"}
    enquiry.refresh_from_db()
    assert (enquiry.subject, enquiry.version) == ("Their subject", 2)


def test_the_second_saver_chooses_field_by_field(sign_in, officer, colleague, enquiry, url):
    client, response = both_save(
        sign_in,
        officer,
        colleague,
        url,
        theirs={"subject": "Their subject", "question": "Their question"},
        mine={"subject": "My subject", "constituent_name": "Bo Tarne"},
    )

    chosen = client.post(
        url,
        as_shown(response)
        | {"keep_subject": "mine", "keep_question": "theirs", "keep_constituent_name": "mine"},
    )

    enquiry.refresh_from_db()
    assert chosen.status_code == 302
    assert (enquiry.subject, enquiry.question) == ("My subject", "Their question")
    assert Constituent.objects.get().name == "Bo Tarne"
    assert enquiry.version == 3
    assert [h.subject for h in enquiry.history.all()][:2] == ["My subject", "Their subject"]


def test_a_third_save_in_between_asks_again(sign_in, officer, colleague, enquiry, url):
    client, response = both_save(
        sign_in, officer, colleague, url, theirs={"subject": "Theirs"}, mine={"subject": "Mine"}
    )
    other = sign_in(colleague)
    other.post(url, as_shown(other.get(url)) | {"subject": "Theirs again"})

    again = client.post(url, as_shown(response) | {"keep_subject": "mine"})

    assert again.status_code == 409
    assert "Theirs again" in again.content.decode()
    enquiry.refresh_from_db()
    assert enquiry.subject == "Theirs again"


def test_what_both_changed_must_be_chosen(sign_in, officer, colleague, enquiry, url):
    client, response = both_save(
        sign_in, officer, colleague, url, theirs={"subject": "Theirs"}, mine={"subject": "Mine"}
    )

    unchosen = client.post(url, as_shown(response) | {"asked": ["subject"], "base_version": "1"})

    page = unchosen.content.decode()
    assert unchosen.status_code == 409
    assert "Choose which subject to keep." in page
    assert "Theirs" in page
    assert "Mine" in page
    enquiry.refresh_from_db()
    assert enquiry.subject == "Theirs"


def test_a_stranger_cannot_edit(sign_in, stranger, url, enquiry):
    assert sign_in(stranger).get(url).status_code == 404
    assert sign_in(stranger).post(url, {"subject": "Mine"}).status_code == 404
