"""Response policy, topics and closure days in the browser."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import ClosureDay, Role
from enquiries.clock import calendar_of
from enquiries.models import EnquiryType, LadderStep, ResponsePolicy, Topic, Whom
from tests.factories import MembershipFactory, ServiceFactory, TopicFactory


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def policy(authority):
    return ResponsePolicy.objects.get(authority=authority, enquiry_type=EnquiryType.ENQUIRY)


@pytest.fixture
def edit_url(authority):
    return reverse("enquiries:policy_edit", args=[authority.slug, "enquiry"])


def url(name, authority, *args):
    return reverse(f"enquiries:{name}", args=[authority.slug, *args])


def as_shown(response):
    """What the form and its ladder hold, as a browser would send it back."""
    form, ladder = response.context["form"], response.context["formset"]
    values = {name: form[name].value() for name in form.fields}
    for part in (ladder.management_form, *ladder.forms):
        values |= {part.add_prefix(name): part[name].value() for name in part.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False}


# --- Reading ------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.OFFICER, Role.POLITICAL_AFFAIRS, Role.SERVICE_CONTACT, Role.EXECUTIVE])
def test_everyone_who_sees_enquiries_reads_the_policy(sign_in, authority, role, today):
    ClosureDay.objects.create(authority=authority, on=today, name="Staff day")

    page = sign_in(MembershipFactory(authority=authority, role=role)).get(url("policy_list", authority))

    words = page.content.decode()
    assert page.status_code == 200
    for said in ("Freedom of information", "1 calendar month", "2 working days after: director", "Staff day"):
        assert said in words
    assert (url("policy_edit", authority, "enquiry") in words) == (role == Role.POLITICAL_AFFAIRS)


def test_the_policy_page_costs_the_same_queries_for_1_and_30(
    sign_in, officer, authority, political_affairs, today
):
    client, counts = sign_in(officer), []
    for number in (1, 29):
        for step in range(number):
            ClosureDay.objects.create(
                authority=authority, on=today + timedelta(days=100 * number + step), name="Closed"
            )
            LadderStep.objects.create(
                authority=authority,
                policy=ResponsePolicy.objects.filter(authority=authority)[0],
                step=10 + number + step,
                offset=10 + step,
                whom=Whom.PERSON,
                person=MembershipFactory(authority=authority),
            )
        with CaptureQueriesContext(connection) as queries:
            client.get(url("policy_list", authority))
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 12


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SERVICE_CONTACT, Role.EXECUTIVE, Role.ADMIN])
def test_only_political_affairs_edits_policy_and_topics(sign_in, authority, role, edit_url):
    client = sign_in(MembershipFactory(authority=authority, role=role))
    topic = TopicFactory(authority=authority)

    for address in (
        edit_url,
        url("topic_list", authority),
        url("topic_add", authority),
        url("topic_edit", authority, topic.pk),
    ):
        assert client.get(address).status_code == 403


def test_an_admin_reads_no_policy_and_a_stranger_finds_none(sign_in, admin, stranger, authority):
    assert sign_in(admin).get(url("policy_list", authority)).status_code == 403
    assert sign_in(stranger).get(url("policy_list", authority)).status_code == 404


@pytest.mark.parametrize("offset", [-61, 61, 10**19])
def test_a_step_too_far_from_the_due_date_is_refused(sign_in, edit_url, policy, authority, offset):
    client = sign_in(MembershipFactory(authority=authority, role=Role.POLITICAL_AFFAIRS))
    sent = as_shown(client.get(edit_url)) | {"ladder-0-offset": offset}

    assert client.post(edit_url, sent).status_code == 422
    assert not policy.ladder.filter(offset__gt=60).exists()
    assert not policy.ladder.filter(offset__lt=-60).exists()


# --- Editing the policy -------------------------------------------------------------


def test_saving_the_policy_says_how_many_dates_moved(
    sign_in, political_affairs, authority, edit_url, log, today, policy
):
    enquiry = log(received_on=today, now=timezone.now())
    client = sign_in(political_affairs)
    shown = client.get(edit_url)
    assert "Saving counts the dates of 1 open enquiry of this type anew." in shown.content.decode()

    response = client.post(edit_url, as_shown(shown) | {"reply_in": "5"})

    enquiry.refresh_from_db()
    policy.refresh_from_db()
    assert response.url == url("policy_list", authority)
    assert "The dates of 1 open enquiry moved." in client.get(response.url).content.decode()
    assert enquiry.due_on == calendar_of(authority).add(today, 5)
    assert (policy.reply_in, policy.version) == (5, 2)


def test_steps_of_the_ladder_are_added_changed_and_removed_on_one_screen(
    sign_in, political_affairs, authority, edit_url, policy
):
    client = sign_in(political_affairs)
    entered = as_shown(client.get(edit_url)) | {
        "ladder-0-offset": "-5",
        "ladder-1-remove": "on",
        "ladder-4-offset": "10",
        "ladder-4-whom": "person",
        "ladder-4-person": political_affairs.pk,
    }

    assert client.post(edit_url, entered).status_code == 302

    assert [(s.step, s.offset, s.whom, s.person) for s in policy.ladder.all()] == [
        (1, -5, Whom.OWNER, None),
        (2, 2, Whom.DIRECTOR, None),
        (3, 5, Whom.CHIEF_EXECUTIVE, None),
        (4, 10, Whom.PERSON, political_affairs),
    ]


@pytest.mark.parametrize(
    ("entered", "error"),
    [
        ({"reply_in": ""}, "Enter a whole number from 1 to 260 for “Reply within”."),
        ({"reply_in": "261"}, "Enter a whole number from 1 to 260 for “Reply within”."),
        ({"amber_days": "61"}, "Enter a whole number from 0 to 60 for “Amber from”."),
        ({"reply_unit": "months", "reply_in": "13"}, "within 12 calendar months"),
        ({"ladder-4-offset": "3"}, "Choose whom this step tells."),
        ({"ladder-4-whom": "head"}, "Enter how many working days before"),
        ({"ladder-4-whom": "person", "ladder-4-offset": "9"}, "Choose the person this step tells."),
        ({"ladder-4-whom": "head", "ladder-4-offset": "5"}, "Two steps of the ladder are on the same day."),
        ({"ladder-4-whom": "head", "ladder-4-offset": "soon"}, "Enter a whole number from -60 to 60 for"),
    ],
)
def test_a_wrong_policy_is_refused_in_words(sign_in, political_affairs, edit_url, policy, entered, error):
    client = sign_in(political_affairs)

    response = client.post(edit_url, as_shown(client.get(edit_url)) | entered)

    page = response.content.decode()
    policy.refresh_from_db()
    assert response.status_code == 422
    assert "There is a problem" in page
    assert error in page
    assert "<title>Error: " in page
    assert (policy.version, policy.ladder.count()) == (1, 4)


def test_a_step_tells_nobody_who_could_not_open_the_enquiry(
    sign_in, political_affairs, executive, service_contact, admin, edit_url, policy
):
    client = sign_in(political_affairs)
    shown = as_shown(client.get(edit_url))

    for person, status in ((admin, 422), (service_contact, 422), (executive, 302)):
        entered = {"ladder-4-whom": "person", "ladder-4-offset": "9", "ladder-4-person": person.pk}
        assert client.post(edit_url, shown | entered).status_code == status


def test_a_person_of_another_authority_is_no_step(sign_in, political_affairs, stranger, edit_url, policy):
    client = sign_in(political_affairs)
    entered = {"ladder-4-whom": "person", "ladder-4-offset": "9", "ladder-4-person": stranger.pk}

    response = client.post(edit_url, as_shown(client.get(edit_url)) | entered)

    assert response.status_code == 422
    assert policy.ladder.count() == 4


def test_the_second_to_save_a_policy_sees_what_is_saved_and_can_save_again(
    sign_in, political_affairs, authority, edit_url, policy
):
    colleague = MembershipFactory(authority=authority, role=Role.POLITICAL_AFFAIRS)
    mine, theirs = sign_in(political_affairs), sign_in(colleague)
    shown_to_me, shown_to_them = as_shown(mine.get(edit_url)), as_shown(theirs.get(edit_url))
    for _ in range(2):  # once as a double click
        assert theirs.post(edit_url, shown_to_them | {"reply_in": "8"}).status_code == 302

    conflict = mine.post(edit_url, shown_to_me | {"reply_in": "12"})

    page = conflict.content.decode()
    assert conflict.status_code == 422
    assert "Somebody saved this policy first." in page
    assert "Reply within: 8" in page
    policy.refresh_from_db()
    assert policy.reply_in == 8

    assert mine.post(edit_url, as_shown(conflict)).status_code == 302
    policy.refresh_from_db()
    assert policy.reply_in == 12


def offsets(policy):
    return list(policy.ladder.values_list("offset", flat=True))


def test_a_ladder_saved_meanwhile_is_shown_and_not_reverted(
    sign_in, political_affairs, authority, edit_url, policy
):
    colleague = MembershipFactory(authority=authority, role=Role.POLITICAL_AFFAIRS)
    mine, theirs = sign_in(political_affairs), sign_in(colleague)
    shown_to_me, shown_to_them = as_shown(mine.get(edit_url)), as_shown(theirs.get(edit_url))
    theirs.post(
        edit_url,
        shown_to_them
        | {"ladder-2-offset": "1", "ladder-3-remove": "on", "reply_in": "2", "reply_unit": "months"},
    )

    conflict = mine.post(edit_url, shown_to_me | {"follow_up_days": "6"})

    page = conflict.content.decode()
    assert "Reply unit: calendar months" in page
    assert "Escalation ladder: 3 working days before: owner; on the due date: head of service; " in page
    assert "1 working day after: director" in page
    assert "Acknowledge within: 2" not in page
    assert mine.post(edit_url, as_shown(conflict)).status_code == 302
    policy.refresh_from_db()
    assert offsets(policy) == [-3, 0, 1]
    assert (policy.reply_in, policy.reply_unit, policy.follow_up_days) == (2, "months", 6)


def test_a_ladder_that_two_people_changed_stays_as_the_second_typed_it(
    sign_in, political_affairs, authority, edit_url, policy
):
    colleague = MembershipFactory(authority=authority, role=Role.POLITICAL_AFFAIRS)
    mine, theirs = sign_in(political_affairs), sign_in(colleague)
    shown_to_me, shown_to_them = as_shown(mine.get(edit_url)), as_shown(theirs.get(edit_url))
    theirs.post(edit_url, shown_to_them | {"ladder-2-offset": "1"})

    conflict = mine.post(edit_url, shown_to_me | {"ladder-3-offset": "7"})

    assert "1 working day after: director" in conflict.content.decode()
    assert mine.post(edit_url, as_shown(conflict)).status_code == 302
    assert offsets(policy) == [-3, 0, 2, 7]


def test_another_authoritys_policy_is_untouched(sign_in, political_affairs, stranger, edit_url, policy):
    foreign = ResponsePolicy.objects.create(
        authority=stranger.authority, enquiry_type=EnquiryType.ENQUIRY, reply_in=7
    )
    client = sign_in(political_affairs)

    client.post(edit_url, as_shown(client.get(edit_url)) | {"reply_in": "5"})

    foreign.refresh_from_db()
    assert foreign.reply_in == 7
    assert sign_in(stranger).post(edit_url, {}).status_code == 404


# --- Topics -------------------------------------------------------------------------


def test_topics_are_added_renamed_and_retired(sign_in, political_affairs, authority, service):
    client = sign_in(political_affairs)

    client.post(url("topic_add", authority), {"name": "Flooding", "service": service.pk, "is_active": "on"})
    topic = Topic.objects.get(name="Flooding")
    client.post(url("topic_edit", authority, topic.pk), {"name": "Floods", "service": ""})

    topic.refresh_from_db()
    assert (topic.authority, topic.name, topic.service, topic.is_active) == (
        authority,
        "Floods",
        None,
        False,
    )
    assert b"No longer chosen" in client.get(url("topic_list", authority)).content
    assert [(row.history_type, row.name, row.history_user) for row in topic.history.order_by("pk")] == [
        ("+", "Flooding", political_affairs.user),
        ("~", "Floods", political_affairs.user),
    ]


def test_a_topic_is_named_once(sign_in, political_affairs, authority, stranger):
    TopicFactory(authority=authority, name="Flooding")
    TopicFactory(authority=stranger.authority, name="Elsewhere")
    client = sign_in(political_affairs)

    twice = client.post(url("topic_add", authority), {"name": "flooding", "is_active": "on"})
    elsewhere = client.post(url("topic_add", authority), {"name": "Elsewhere", "is_active": "on"})

    assert twice.status_code == 422
    assert b"There is a topic of this name already." in twice.content
    assert elsewhere.status_code == 302


def test_another_authoritys_topic_and_service_are_not_found(sign_in, political_affairs, authority, stranger):
    topic = TopicFactory(authority=stranger.authority)
    service = ServiceFactory(authority=stranger.authority)
    client = sign_in(political_affairs)

    assert client.get(url("topic_edit", authority, topic.pk)).status_code == 404
    refused = client.post(url("topic_add", authority), {"name": "Flooding", "service": service.pk})
    assert refused.status_code == 422


def test_topics_cost_the_same_queries_for_1_and_30(sign_in, political_affairs, authority):
    client, counts = sign_in(political_affairs), []
    for number in (1, 29):
        for _ in range(number):
            TopicFactory(authority=authority, service=ServiceFactory(authority=authority))
        with CaptureQueriesContext(connection) as queries:
            client.get(url("topic_list", authority))
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 12


# --- Closure days -------------------------------------------------------------------


def test_closure_days_cost_the_same_queries_for_1_and_30(sign_in, political_affairs, authority, today):
    client, counts = sign_in(political_affairs), []
    for days in (range(1), range(1, 30)):
        for day in days:
            on = today + timedelta(days=day)
            ClosureDay.objects.create(authority=authority, on=on, name=f"Office closed {day}")
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url("closure_days", authority)).content.decode()
        assert page.count("Office closed") >= len(days)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("role", [Role.POLITICAL_AFFAIRS, Role.ADMIN])
def test_a_closure_day_moves_open_dates_and_back(sign_in, authority, role, log, today):
    enquiry = log(received_on=today, now=timezone.now())
    before, on = enquiry.due_on, calendar_of(authority).add(today, 3)
    client = sign_in(MembershipFactory(authority=authority, role=role))

    added = client.post(url("closure_days", authority), {"on": on, "name": "Staff day", "is_working": "no"})

    enquiry.refresh_from_db()
    assert enquiry.due_on == calendar_of(authority).add(before, 0) != before or enquiry.due_on > before
    page = client.get(added.url).content.decode()
    assert "The dates of 1 open enquiry moved." in page
    assert "Staff day" in page

    day = ClosureDay.objects.get()
    client.post(url("closure_day_remove", authority, day.pk))
    enquiry.refresh_from_db()
    assert enquiry.due_on == before
    assert not ClosureDay.objects.exists()


@pytest.mark.parametrize("role", [Role.POLITICAL_AFFAIRS, Role.ADMIN])
def test_the_cut_off_moves_what_arrived_after_it(sign_in, authority, role, log, today):
    late = log(received_on=today, now=timezone.now(), received_time=time(17, 1))
    before = late.due_on
    client = sign_in(MembershipFactory(authority=authority, role=role))

    response = client.post(url("cut_off_edit", authority), {"cut_off_time": "17:00"})

    late.refresh_from_db()
    authority.refresh_from_db()
    assert response.url == url("closure_days", authority)
    assert authority.cut_off_time == time(17)
    assert late.due_on == calendar_of(authority).add(today + timedelta(days=1), 10)

    client.post(url("cut_off_edit", authority), {"cut_off_time": ""})
    late.refresh_from_db()
    assert late.due_on == before


def test_a_wrong_cut_off_is_refused(sign_in, admin, authority):
    response = sign_in(admin).post(url("cut_off_edit", authority), {"cut_off_time": "tea time"})

    assert response.status_code == 422
    assert "Enter a time like 16:30." in response.content.decode()
    assert 'href="#id_cut_off_time"' in response.content.decode()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SERVICE_CONTACT, Role.EXECUTIVE])
def test_others_do_not_touch_closure_days(sign_in, authority, role, today):
    day = ClosureDay.objects.create(authority=authority, on=today, name="Staff day")
    client = sign_in(MembershipFactory(authority=authority, role=role))

    assert client.get(url("closure_days", authority)).status_code == 403
    assert client.post(url("closure_day_remove", authority, day.pk)).status_code == 403
    assert client.post(url("cut_off_edit", authority), {"cut_off_time": ""}).status_code == 403
    assert ClosureDay.objects.exists()


def test_another_authoritys_closure_day_is_not_found(sign_in, admin, stranger, authority, today):
    day = ClosureDay.objects.create(authority=stranger.authority, on=today, name="Elsewhere")
    client = sign_in(admin)

    assert client.post(url("closure_day_remove", authority, day.pk)).status_code == 404
    assert b"Elsewhere" not in client.get(url("closure_days", authority)).content
    assert ClosureDay.objects.exists()


@pytest.mark.parametrize(
    ("entered", "error"),
    [
        ({"on": "", "name": "Closed", "is_working": "no"}, "Enter the date."),
        ({"on": "1/1/1999", "name": "Closed", "is_working": "no"}, "within five years"),
        ({"on": "today", "name": "", "is_working": "no"}, "Say why."),
    ],
)
def test_a_wrong_closure_day_is_refused(sign_in, admin, authority, entered, error):
    response = sign_in(admin).post(url("closure_days", authority), entered)

    assert response.status_code == 422
    assert error in response.content.decode()
    assert not ClosureDay.objects.exists()


def test_a_date_is_in_the_list_once(sign_in, admin, authority, today):
    ClosureDay.objects.create(authority=authority, on=today, name="Staff day")

    response = sign_in(admin).post(
        url("closure_days", authority), {"on": today, "name": "Again", "is_working": "no"}
    )

    assert b"This date is in the list already." in response.content
