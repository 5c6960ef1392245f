"""The page of an enquiry, and what can be done from it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_context

from accounts.models import ClosureDay, Role
from contacts.models import Dissolution
from enquiries.clock import calendar_of
from enquiries.models import Contact, Enquiry, EnquiryType, Reply, ResponsePolicy, Status, TimelineEntry
from enquiries.services import (
    acknowledge,
    add_note,
    allocate,
    change_details,
    close_enquiry,
    reopen_enquiry,
    send_reply,
    set_policy,
)
from enquiries.views import enquiry as enquiry_views
from tests.factories import EnquiryFactory, MembershipFactory, MPFactory, ServiceFactory, TopicFactory


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def today(now):
    return timezone.localdate(now)


@pytest.fixture
def enquiry(log, now, today):
    return log(received_on=today, now=now, constituent_name="Bo Tarn", constituent_contact="1 Mill Lane")


def address(enquiry, action="detail"):
    name = "note_add" if action == "note" else f"enquiry_{action}"
    return reverse(f"enquiries:{name}", args=[enquiry.authority.slug, enquiry.reference])


def heading(page):
    """What stands above the fold: everything up to the question."""
    return page[page.index("<main") : page.index("What is asked")]


# --- What it shows ------------------------------------------------------------------


def test_the_top_says_who_when_where_it_stands_and_the_one_next_thing(sign_in, officer, enquiry):
    page = sign_in(officer).get(address(enquiry)).content.decode()

    top = heading(page)
    for said in (
        enquiry.reference,
        "Ms Ada Fenwick",
        "Open</strong>",
        "On time</strong>",
        f"{enquiry.due_on:%-d %B %Y}",
        "10 working days left",
        "Nobody has it yet",
    ):
        assert said in top
    assert len(re.findall(r'class="govuk-button "', top)) == 1
    assert "Potholes" not in page[: page.index("</title>")]


def test_the_next_thing_is_to_allocate_then_acknowledge_then_reply_then_close(
    sign_in, officer, enquiry, now, today
):
    client, seen = sign_in(officer), []

    def look():
        seen.append(client.get(address(enquiry)).context["next_action"].label)

    look()
    allocate(enquiries=[enquiry], service=None, owner=officer, by=officer, now=now)
    look()
    acknowledge(enquiry=enquiry, by=officer, now=now, on=today)
    look()
    send_reply(
        enquiry=enquiry,
        text="In April.",
        sent_on=today,
        channel=Contact.EMAIL,
        by=officer,
        now=now,
        submission=uuid4(),
    )
    look()
    close_enquiry(enquiry=enquiry, reason="Replied", by=officer, now=now)
    look()

    assert seen == ["Allocate", "Mark as acknowledged", "Record a reply", "Close", "Reopen"]


def test_the_facts_have_change_links_and_say_what_is_missing(sign_in, officer, enquiry):
    page = sign_in(officer).get(address(enquiry)).content.decode()

    assert "Bo Tarn" in page
    assert "1 Mill Lane" in page
    assert 'Change<span class="govuk-visually-hidden"> topic</span>' in page
    assert "None yet" in page  # no service
    assert "Not yet" in page  # acknowledged


def test_the_due_date_explains_itself(sign_in, officer, log, authority, today, now):
    calendar = calendar_of(authority)
    closure = calendar.add(today, 1)
    ClosureDay.objects.create(authority=authority, on=closure, name="Staff day")
    enquiry = log(received_on=today, now=now)

    page = sign_in(officer).get(address(enquiry)).content.decode()
    why = re.sub(r"\s+", " ", page[page.index("Why ") :])

    assert f"Received on {today:%-d %B %Y}." in why
    assert f"Day 1, the first working day after it, is {calendar.add(today, 2):%-d %B %Y}." in why
    assert "The response policy promises 10 working days (type: Enquiry; urgency: standard)." in why
    assert f"{enquiry.due_on:%-d %B %Y}" in why
    assert enquiry.due_on == calendar.add(today, 11)


def test_a_promise_kept_by_an_earlier_policy_is_not_counted_anew(
    sign_in, officer, log, authority, today, now, political_affairs
):
    enquiry = log(received_on=today, now=now)
    reply = {"text": "Dear MP", "channel": "e-mail", "sent_on": today, "by": officer, "now": now}
    send_reply(enquiry=enquiry, submission=uuid4(), **reply)
    policy = ResponsePolicy.objects.get(authority=authority, enquiry_type=enquiry.enquiry_type)
    set_policy(policy=policy, version=1, changes={"reply_in": 15}, ladder=[], by=political_affairs, now=now)

    second = send_reply(enquiry=enquiry, submission=uuid4(), **reply)
    page = sign_in(officer).get(address(enquiry)).content.decode()

    assert second.due_on == enquiry.due_on
    then, today_it_would_be = (f"{calendar_of(authority).add(today, days):%-d %B %Y}" for days in (10, 15))
    assert f"Why {then}?" in page
    assert f"{then} was promised by the response policy and the calendar as they were." in page
    assert f"counted today, the reply would be due on {today_it_would_be}." in page
    assert "So the reply is due" not in page


def test_a_clock_that_is_amber_from_the_first_day_says_so(sign_in, officer, log, authority, today, now):
    policy = ResponsePolicy.objects.get(authority=authority, enquiry_type="enquiry")
    for amber_days, words in [(3, "3 working days before"), (30, "at once")]:
        ResponsePolicy.objects.filter(pk=policy.pk).update(amber_days=amber_days)
        page = sign_in(officer).get(address(log(received_on=today, now=now))).content.decode()
        assert f", {words}, and red after the due date" in page


def test_a_closure_day_between_is_named(sign_in, officer, log, authority, today, now):
    closure = calendar_of(authority).add(today, 3)
    ClosureDay.objects.create(authority=authority, on=closure, name="Staff day")

    page = sign_in(officer).get(address(log(received_on=today, now=now))).content.decode()

    assert f"{closure:%-d %B %Y} (Staff day)" in page


def test_the_timeline_is_newest_first_with_author_and_time(sign_in, officer, enquiry, now):
    for minute, text in enumerate(["First note", "Second note"], start=1):
        add_note(
            enquiry=enquiry,
            text=text,
            by=officer,
            now=now + timedelta(minutes=minute),
            submission=uuid4(),
        )
    TimelineEntry.objects.create(
        authority=enquiry.authority,
        enquiry=enquiry,
        kind=TimelineEntry.Kind.CLOCK,
        at=now + timedelta(minutes=3),
        text="Moved.",
    )

    page = sign_in(officer).get(address(enquiry)).content.decode()

    assert page.index("Moved.") < page.index("Second note") < page.index("First note")
    written = timezone.localtime(now + timedelta(minutes=1))
    assert f"{written:%-d %B %Y} at {written:%-I:%M}{written:%p}".lower() in page.lower()
    assert f"by {officer.user.name}" in page
    assert page.count("Automatic</strong>") == 1


def test_an_executive_sees_reference_mp_service_topic_dates_and_colour_only(
    sign_in, executive, log, authority, service, now, today
):
    enquiry = log(
        received_on=today,
        now=now,
        service=service,
        topic=TopicFactory(authority=authority, name="Roads"),
        constituent_name="Bo Tarn",
    )

    page = sign_in(executive).get(address(enquiry)).content.decode()

    for shown in (enquiry.reference, "Ms Ada Fenwick", "Highways", "Roads", "On time"):
        assert shown in page
    for hidden in ("Potholes", "When will Mill Lane", "Bo Tarn", "Logged"):
        assert hidden not in page


def test_an_executive_who_may_read_reads_but_does_nothing(sign_in, executive, enquiry, authority):
    authority.executives_see_text = True
    authority.save()

    page = sign_in(executive).get(address(enquiry)).content.decode()

    assert "When will Mill Lane be repaired?" in page
    assert "Record a reply" not in page
    assert "Save note" not in page


def test_an_foi_request_explains_how_the_law_counts(sign_in, officer, log):
    page = sign_in(officer).get(address(log(enquiry_type=EnquiryType.FOI))).content.decode()

    assert "no bank holiday in any part of the UK" in page
    assert "Saint Patrick&#x27;s Day, Northern Ireland" in page


def test_a_service_contact_answers_what_is_their_services(sign_in, service_contact, enquiry, service, now):
    client = sign_in(service_contact)
    assert client.get(address(enquiry)).status_code == 404

    service_contact.services.add(service)
    allocate(enquiries=[enquiry], service=service, owner=None, by=enquiry.logged_by, now=now)

    response = client.get(address(enquiry))
    assert response.context["next_action"].label == "Mark as acknowledged"
    assert {action.label for action in response.context["other_actions"]} == {"Record a reply"}


def test_an_admin_reads_nothing_and_a_stranger_finds_nothing(sign_in, admin, stranger, enquiry):
    assert sign_in(admin).get(address(enquiry)).status_code == 403
    assert sign_in(stranger).get(address(enquiry)).status_code == 404
    foreign = EnquiryFactory(authority=stranger.authority)
    own_address = address(enquiry).replace(enquiry.reference, foreign.reference)
    missing = address(enquiry).replace(enquiry.reference, "NM-2026-99999")
    officer = sign_in(enquiry.logged_by)

    pages = [
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", officer.get(url).content.decode())
        for url in (own_address, missing)
    ]

    assert pages[0].replace(foreign.reference, "") == pages[1].replace("NM-2026-99999", "")


def test_the_page_costs_the_same_queries_for_1_and_30_of_everything(
    sign_in, officer, enquiry, authority, now, today
):
    client, counts = sign_in(officer), []
    for number in (1, 29):
        for _ in range(number):
            colleague = MembershipFactory(authority=authority)
            add_note(enquiry=enquiry, text="Note", by=colleague, now=now, submission=uuid4())
            send_reply(
                enquiry=enquiry,
                text="Reply",
                sent_on=today,
                channel=Contact.EMAIL,
                by=colleague,
                now=now,
                submission=uuid4(),
            )
        with zeal_context(), CaptureQueriesContext(connection) as queries:
            client.get(address(enquiry))
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_the_way_back_leads_to_the_queue_as_it_was(sign_in, officer, stranger, enquiry, authority):
    queue = reverse("enquiries:enquiry_list", args=[authority.slug])
    row = f"#row-{enquiry.pk}"
    client = sign_in(officer)

    def back():
        return client.get(address(enquiry)).context["back_url"]

    assert back() == f"{queue}{row}"
    client.get(f"{queue}?tab=team&rag=red&page=2")
    assert back() == f"{queue}?tab=team&rag=red&page=2{row}"
    acknowledged = client.post(address(enquiry, "acknowledge"), headers={"referer": address(enquiry)})
    assert acknowledged.url == address(enquiry)
    assert back() == f"{queue}?tab=team&rag=red&page=2{row}"
    # What was searched for stands in the address by its id alone, there as here.
    sought = client.post(queue, {"tab": "team", "words": "Ann Example"}).url
    client.get(sought)
    assert back() == f"{sought}{row}"
    assert "Ann" not in back()
    # Of each authority its own.
    MembershipFactory(user=officer.user, authority=stranger.authority, role=Role.OFFICER)
    client.get(reverse("enquiries:enquiry_list", args=["southfen"]) + "?tab=mine")
    assert back() == f"{sought}{row}"


# --- What it does -------------------------------------------------------------------


def test_acknowledging_takes_one_press(sign_in, officer, enquiry, today):
    response = sign_in(officer).post(address(enquiry, "acknowledge"))

    enquiry.refresh_from_db()
    assert response.url == address(enquiry)
    assert enquiry.acknowledged_on == today


def test_acknowledging_what_is_closed_says_why_not(sign_in, officer, enquiry, now):
    close_enquiry(enquiry=enquiry, reason="Withdrawn", by=officer, now=now)
    client = sign_in(officer)

    response = client.post(address(enquiry, "acknowledge"))

    assert b"This enquiry is closed. Reopen it first." in client.get(response.url).content


def test_a_note_pressed_twice_is_one(sign_in, officer, enquiry):
    client, note = sign_in(officer), {"text": "Rang the office.", "submission": str(uuid4())}

    for _ in range(2):
        assert client.post(address(enquiry, "note"), note).status_code == 302

    assert enquiry.timeline.filter(kind="note").count() == 1


def test_an_empty_note_is_refused_on_the_same_page(sign_in, officer, enquiry):
    response = sign_in(officer).post(address(enquiry, "note"), {"text": " ", "submission": uuid4()})

    assert response.status_code == 422
    assert b"Write the note." in response.content
    assert b"What is asked" in response.content


def test_a_reply_takes_three_actions(sign_in, officer, enquiry, today):
    client = sign_in(officer)
    form = client.get(address(enquiry, "reply")).context["form"]
    submission = form.initial["submission"]

    for _ in range(2):
        response = client.post(
            address(enquiry, "reply"),
            {
                "text": "In April.",
                "sent_on": form.initial["sent_on"],
                "channel": form.initial["channel"],
                "submission": submission,
            },
        )

    enquiry.refresh_from_db()
    assert response.url == address(enquiry)
    assert Reply.objects.get().text == "In April."
    assert (enquiry.replied_on, enquiry.reply_working_days) == (today, 0)


@pytest.mark.parametrize(
    ("days", "error"),
    [(1, "cannot be in the future"), (-1, "cannot be sent before the enquiry was received or reopened")],
)
def test_a_reply_is_sent_between_receipt_and_today(sign_in, officer, enquiry, today, days, error):
    response = sign_in(officer).post(
        address(enquiry, "reply"),
        {
            "text": "In April.",
            "sent_on": today + timedelta(days=days),
            "channel": "e-mail",
            "submission": uuid4(),
        },
    )

    assert response.status_code == 422
    assert error in response.content.decode()
    assert "In April." in response.content.decode()


@pytest.mark.parametrize("why", ["dissolved", "left"])
def test_while_its_mp_is_none_the_reply_may_have_gone_to_the_constituent(
    sign_in, officer, enquiry, now, today, why
):
    client = sign_in(officer)
    sits = client.get(address(enquiry, "reply")).context["form"]
    if why == "dissolved":
        Dissolution.objects.create(started_on=today, entered_at=now)
    else:
        enquiry.mp.holdings.update(ended_on=today - timedelta(days=1))
    page = client.get(address(enquiry, "reply"))
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields} | {"text": "Dear Bo", "sent_on": f"{today}"}

    client.post(address(enquiry, "reply"), sent | {"is_to_constituent": "on"})

    assert "is_to_constituent" not in sits.fields
    assert "Ms Ada Fenwick is not an MP now." in page.content.decode()
    enquiry.refresh_from_db()
    assert enquiry.replies.get().is_to_constituent
    assert (enquiry.status, enquiry.replied_on) == (Status.CLOSED, today)


def test_who_may_not_close_does_not_answer_direct(sign_in, authority, enquiry, service, now, today):
    Dissolution.objects.create(started_on=today, entered_at=now)
    contact = MembershipFactory(authority=authority, role=Role.SERVICE_CONTACT)
    contact.services.add(service)
    Enquiry.objects.update(service=service)

    form = sign_in(contact).get(address(enquiry, "reply")).context["form"]

    assert "is_to_constituent" not in form.fields


def test_a_reply_to_what_is_closed_is_refused_with_its_text_kept(sign_in, officer, enquiry, now, today):
    close_enquiry(enquiry=enquiry, reason="Withdrawn", by=officer, now=now)

    response = sign_in(officer).post(
        address(enquiry, "reply"),
        {"text": "In April.", "sent_on": today, "channel": "e-mail", "submission": uuid4()},
    )

    assert response.status_code == 422
    assert b"Reopen it to record another reply." in response.content
    assert b"In April." in response.content


def test_allocating_from_the_page(sign_in, officer, enquiry, service):
    response = sign_in(officer).post(
        address(enquiry, "allocate"), {"service": service.pk, "owner": officer.pk}
    )

    enquiry.refresh_from_db()
    assert response.url == address(enquiry)
    assert (enquiry.service, enquiry.owner) == (service, officer)


def test_a_service_out_of_use_stays_with_the_enquiry_when_the_owner_changes(
    sign_in, officer, enquiry, service
):
    service.is_active = False
    service.save()
    Enquiry.objects.update(service=service)
    client, page = sign_in(officer), address(enquiry, "allocate")

    shown = client.get(page).content.decode()
    client.post(page, {"service": service.pk, "owner": officer.pk, "shown_service": service.pk})

    enquiry.refresh_from_db()
    assert f'<option value="{service.pk}" selected>' in shown
    assert (enquiry.service, enquiry.owner) == (service, officer)


def test_allocating_to_nobody_needs_somebody_to_take_it_back_from(sign_in, officer, enquiry, service):
    client, nobody = sign_in(officer), {"service": "", "owner": ""}

    refused = client.post(address(enquiry, "allocate"), nobody)
    assert refused.status_code == 422
    assert b"Choose a service, an owner or both." in refused.content

    client.post(address(enquiry, "allocate"), {"service": service.pk, "owner": ""})
    client.post(address(enquiry, "allocate"), nobody | {"shown_service": service.pk})
    enquiry.refresh_from_db()
    assert (enquiry.service, enquiry.owner) == (None, None)


def test_allocating_from_a_stale_page_says_who_allocated_it_and_undoes_nothing_unseen(
    sign_in, officer, enquiry, service, authority, now
):
    elsewhere = ServiceFactory(authority=authority, name="Parks")
    colleague = MembershipFactory(authority=authority, user__name="Cleo Rook")
    client, page = sign_in(officer), address(enquiry, "allocate")
    allocate(enquiries=[enquiry], service=service, owner=None, by=officer, now=now)
    stale = client.get(page)
    sent = {name: "" if value is None else value for name, value in stale.context["form"].initial.items()}
    allocate(enquiries=[enquiry], service=elsewhere, owner=None, by=colleague, now=now + timedelta(minutes=1))

    refused = client.post(page, sent | {"owner": officer.pk})
    again = dict(refused.context["form"].data.items())

    enquiry.refresh_from_db()
    assert refused.status_code == 422
    assert (
        "Cleo Rook has allocated it since you opened this page: it is with Parks." in refused.content.decode()
    )
    assert (enquiry.service, enquiry.owner) == (elsewhere, None)
    assert (again["service"], again["owner"]) == (str(elsewhere.pk), str(officer.pk))
    for _ in range(2):  # once as a double click
        assert client.post(page, again).status_code == 302
        enquiry.refresh_from_db()
        assert (enquiry.service, enquiry.owner) == (elsewhere, officer)
    assert enquiry.timeline.filter(kind="allocated").count() == 3


def test_closing_needs_a_reason_and_reopening_a_day(sign_in, officer, enquiry, today):
    client = sign_in(officer)
    assert client.post(address(enquiry, "close"), {"reason": ""}).status_code == 422

    client.post(address(enquiry, "close"), {"reason": "Withdrawn"})
    enquiry.refresh_from_db()
    assert (enquiry.status, enquiry.close_reason) == (Status.CLOSED, "Withdrawn")

    tomorrow = client.post(
        address(enquiry, "reopen"), {"on": today + timedelta(days=1), "reason": "Asked again"}
    )
    assert tomorrow.status_code == 422
    client.post(address(enquiry, "reopen"), {"on": today, "reason": "Asked again"})
    enquiry.refresh_from_db()
    assert enquiry.status == Status.OPEN
    assert "Asked again" in enquiry.timeline.first().text


@pytest.mark.parametrize("action", ["allocate", "close", "reopen", "edit"])
@pytest.mark.parametrize("role", [Role.SERVICE_CONTACT, Role.EXECUTIVE, Role.ADMIN])
def test_only_handlers_allocate_close_reopen_and_edit(sign_in, authority, enquiry, action, role):
    client = sign_in(MembershipFactory(authority=authority, role=role))

    assert client.get(address(enquiry, action)).status_code == 403
    assert client.post(address(enquiry, action)).status_code == 403


@pytest.mark.parametrize("action", ["acknowledge", "note", "reply", "allocate", "close", "reopen", "edit"])
def test_a_stranger_can_do_nothing(sign_in, stranger, enquiry, action):
    entries = enquiry.timeline.count()

    assert sign_in(stranger).post(address(enquiry, action), {"reason": "Mine"}).status_code == 404
    assert enquiry.timeline.count() == entries


@pytest.mark.parametrize("action", ["note", "reply"])
def test_what_was_typed_about_an_enquiry_that_has_gone_to_others_is_given_back(
    sign_in, authority, officer, log, now, today, action, monkeypatch
):
    service = ServiceFactory(authority=authority, name="Parks")
    contact = MembershipFactory(authority=authority, role=Role.SERVICE_CONTACT)
    contact.services.add(service)
    enquiry = log(service=service, received_on=today, now=now)
    client = sign_in(contact)
    typed = {
        "text": "The lane is <mended>.",
        "sent_on": today,
        "channel": "e-mail",
        "submission": uuid4(),
    }
    url = address(enquiry, action)

    with monkeypatch.context() as patch:  # as if it went in the moment after the look-up
        patch.setattr(enquiry_views, "_find", lambda request, reference: enquiry)
        allocate(enquiries=[enquiry], service=None, owner=officer, by=officer, now=now)
        at_that_moment = client.post(url, typed)
    refused = client.post(url, typed)
    missing = client.post(url.replace(enquiry.reference, "NM-2020-00001"), typed)
    nothing_typed = client.post(url, typed | {"text": " "})

    for response in (at_that_moment, refused, missing):
        assert response.status_code == 404
        assert "The lane is &lt;mended&gt;.</textarea>" in response.content.decode()
        assert "Potholes" not in response.content.decode()
    assert nothing_typed.status_code == 404
    assert "What you typed" not in nothing_typed.content.decode()
    assert not enquiry.replies.exists()
    assert not enquiry.timeline.filter(kind="note").exists()


# --- Who changed which field --------------------------------------------------------


def test_the_change_history_says_who_changed_what_from_what_to_what(
    sign_in, officer, enquiry, authority, now
):
    colleague = MembershipFactory(authority=authority, user__name="Cleo Rook")
    service = ServiceFactory(authority=authority, name="Parks")
    change_details(
        enquiry=enquiry,
        version=1,
        changes={
            "subject": "Mill Lane",
            "enquiry_type": EnquiryType.COMPLAINT,
            "constituent_name": "Bo Tarne",
        },
        by=colleague,
        now=now + timedelta(minutes=1),
    )
    allocate(
        enquiries=[enquiry], service=service, owner=colleague, by=officer, now=now + timedelta(minutes=2)
    )

    changes = sign_in(officer).get(address(enquiry, "history")).context["changes"]

    said = {(change.by, change.field, change.old, change.new) for change in changes}
    me = officer.user.name
    assert {
        (me, "service", "", "Parks"),
        (me, "owner", "", "Cleo Rook"),
        ("Cleo Rook", "subject", "Potholes in Mill Lane", "Mill Lane"),
        ("Cleo Rook", "type", "Enquiry", "Complaint"),
        ("Cleo Rook", "constituent’s name", "Bo Tarn", "Bo Tarne"),
    } <= said
    assert changes[0].at > changes[-1].at


def test_the_change_history_costs_the_same_queries_for_1_and_30(sign_in, officer, enquiry, authority, now):
    client, counts, version = sign_in(officer), [], 1
    for number in (1, 29):
        for _ in range(number):
            change_details(
                enquiry=enquiry,
                version=version,
                changes={
                    "mp": MPFactory(authority=authority),
                    "topic": TopicFactory(authority=authority),
                    "constituent_name": f"Bo {version}",
                },
                by=MembershipFactory(authority=authority),
                now=now,
            )
            version += 1
        with zeal_context(), CaptureQueriesContext(connection) as queries:
            client.get(address(enquiry, "history"))
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_a_closed_enquiry_is_not_allocated(sign_in, officer, enquiry, service, now):
    client, allocation = sign_in(officer), f"{address(enquiry)}allocate/"
    close_enquiry(enquiry=enquiry, reason="Withdrawn", by=officer, now=now)

    response = client.post(allocation, {"service": service.pk, "owner": ""})

    enquiry.refresh_from_db()
    assert response.status_code == 422
    assert "Reopen it to allocate it." in response.content.decode()
    assert enquiry.service is None


def test_a_reply_is_not_dated_before_the_reopening_that_asks_for_it(sign_in, officer, log, now, today):
    enquiry = log(received_on=today - timedelta(days=9))
    reply = {"text": "See above.", "channel": "letter", "by": officer, "now": now}
    send_reply(enquiry=enquiry, sent_on=today - timedelta(days=5), submission=uuid4(), **reply)
    reopen_enquiry(enquiry=enquiry, on=today - timedelta(days=1), by=officer, now=now)
    sent = {"text": "See above.", "channel": "letter", "submission": uuid4()}
    client, page = sign_in(officer), f"{address(enquiry)}reply/"

    before = client.post(page, sent | {"sent_on": today - timedelta(days=2)})
    on_the_day = client.post(page, sent | {"sent_on": today - timedelta(days=1)})

    assert before.status_code == 422
    assert 'href="#id_sent_on"' in before.content.decode()
    assert on_the_day.status_code == 302
