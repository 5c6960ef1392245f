"""The work queue in the browser: order, tabs, filters, columns per role, allocating many at once."""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_context

from accounts.models import Membership, Role
from enquiries.clock import acknowledgement_in_words, due_in_words
from enquiries.counting import CAP
from enquiries.models import Contact, Enquiry, EnquiryType, TimelineEntry, Urgency
from enquiries.services import close_enquiry
from mpcrm.working_days import Calendar
from tests.factories import (
    NOW,
    EnquiryFactory,
    MembershipFactory,
    MPFactory,
    ServiceFactory,
    TopicFactory,
)

ENGLAND = Calendar("england")
MONDAY = date(2026, 3, 16)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def make(authority, mp, today):
    """An enquiry due so many calendar days from today; amber begins two days before."""

    def made(due_in=30, **fields):
        due_on = today + timedelta(days=due_in)
        return EnquiryFactory(
            authority=authority,
            **{
                "mp": mp,
                "received_on": today - timedelta(days=40),
                "due_on": due_on,
                "amber_on": due_on - timedelta(days=2),
                **fields,
            },
        )

    return made


def queue_url(authority, query=""):
    return reverse("enquiries:enquiry_list", args=[authority.slug]) + query


def search(client, authority, words, **filters):
    """The list that the filter form leads to."""
    return client.post(queue_url(authority), {"tab": "team", "words": words, **filters}, follow=True)


def without_token(response):
    """The page without what is different on each showing of it."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def references(response):
    return [enquiry.reference for enquiry in response.context["rows"]]


# --- Order and words ----------------------------------------------------------------


def test_the_queue_shows_due_soon_then_overdue_then_the_rest(sign_in, officer, authority, make):
    late, nearly, rest = make(-1), make(1), make(20)
    soonest_of_the_rest = make(5)
    urgent = make(25, urgency=Urgency.IMMEDIATE)

    response = sign_in(officer).get(queue_url(authority, "?tab=team"))

    assert references(response) == [
        each.reference for each in (nearly, late, urgent, soonest_of_the_rest, rest)
    ]


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 3, 13), "1 working day left"),
        (date(2026, 3, 12), "2 working days left"),
        (date(2026, 3, 14), "1 working day left"),
        (MONDAY, "due today"),
        (date(2026, 3, 17), "overdue by 1 working day"),
        (date(2026, 3, 18), "overdue by 2 working days"),
    ],
)
def test_the_due_date_in_words(on, words):
    assert due_in_words(Enquiry(due_on=MONDAY), on=on, calendar=ENGLAND) == words


def test_overdue_since_a_weekend_is_less_than_a_working_day():
    friday, saturday = date(2026, 3, 13), date(2026, 3, 14)

    words = due_in_words(Enquiry(due_on=friday), on=saturday, calendar=ENGLAND)

    assert words == "overdue by less than a working day"


def test_what_is_replied_or_closed_says_so():
    replied = Enquiry(due_on=MONDAY, replied_on=MONDAY, reply_working_days=1)
    closed = Enquiry(due_on=MONDAY, closed_at=NOW)

    assert due_in_words(replied, on=MONDAY, calendar=ENGLAND) == "replied in 1 working day"
    assert due_in_words(closed, on=MONDAY, calendar=ENGLAND) == "closed without a reply"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "acknowledge by 16 March 2026"),
        (0, "acknowledge today"),
        (1, "acknowledgement was due on 16 March 2026"),
    ],
)
def test_the_acknowledgement_in_words(days, words):
    enquiry = Enquiry(acknowledge_by=MONDAY)

    assert acknowledgement_in_words(enquiry, on=MONDAY + timedelta(days)) == words
    for over in ("acknowledged_on", "replied_on", "closed_at"):
        done = Enquiry(acknowledge_by=MONDAY, **{over: NOW})
        assert acknowledgement_in_words(done, on=MONDAY + timedelta(days)) == ""


def test_a_row_says_when_the_acknowledgement_is_due(sign_in, officer, authority, make, today):
    make(acknowledge_by=today)
    make(acknowledge_by=today, acknowledged_on=today)
    make(acknowledge_by=today + timedelta(1))
    make(acknowledge_by=today - timedelta(1))

    page = sign_in(officer).get(queue_url(authority, "?tab=team")).content.decode()

    assert page.count(">Acknowledge today<") == page.count(">Not acknowledged<") == 1
    assert "Acknowledge by" not in page


def test_a_row_links_reference_and_subject_and_says_the_colour_in_words(sign_in, officer, authority, make):
    enquiry = make(-1, subject="Potholes in Mill Lane")

    page = sign_in(officer).get(queue_url(authority, "?tab=team")).content.decode()

    link = reverse("enquiries:enquiry_detail", args=[authority.slug, enquiry.reference])
    words = f"{enquiry.reference} Potholes in Mill Lane"
    assert f'href="{link}" title="{words}">{words}</a>' in page
    assert "Overdue</strong>" in page
    assert "Showing 1 to 1 of 1" in page
    assert len(re.findall(r"<th scope=\"col\"", page)) <= 7


def test_sorting_survives_in_the_address_and_is_announced(sign_in, officer, authority, make):
    first, second = make(10, received_on=date(2026, 1, 5)), make(5, received_on=date(2026, 1, 6))
    client = sign_in(officer)

    by_due = client.get(queue_url(authority, "?tab=team&sort=-due"))
    by_receipt = client.get(queue_url(authority, "?tab=team&sort=received"))

    assert references(by_due) == [first.reference, second.reference]
    assert 'aria-sort="descending"' in by_due.content.decode()
    assert references(by_receipt) == [first.reference, second.reference]
    assert 'aria-sort="ascending"' in by_receipt.content.decode()
    assert 'aria-sort="other"' in client.get(queue_url(authority, "?tab=team")).content.decode()


# --- Tabs and who sees what ---------------------------------------------------------


def test_what_somebody_left_behind_is_unassigned(sign_in, officer, authority, make):
    gone, promoted = MembershipFactory.create_batch(2, authority=authority)
    theirs = {make(owner=gone).reference, make(owner=promoted).reference}
    Membership.objects.filter(pk=gone.pk).update(is_active=False)
    Membership.objects.filter(pk=promoted.pk).update(role=Role.EXECUTIVE)

    response = sign_in(officer).get(queue_url(authority, "?tab=unassigned"))

    assert set(references(response)) == theirs
    assert response.content.decode().count("(left)") == 2
    assert "Unassigned (2)" in response.content.decode()


def test_tabs_divide_the_open_work_and_count_it(sign_in, officer, authority, make):
    mine, colleagues, nobodys = (
        make(owner=officer),
        make(owner=MembershipFactory(authority=authority)),
        make(),
    )
    close_enquiry(enquiry=make(owner=officer), reason="Withdrawn", by=officer, now=NOW)
    client = sign_in(officer)

    seen = {tab: set(references(client.get(queue_url(authority, f"?tab={tab}")))) for tab in TABS}
    labels = [tab.label for tab in client.get(queue_url(authority)).context["tabs"]]
    counts = [tab.count for tab in client.get(queue_url(authority)).context["tabs"]]

    assert seen == {
        "mine": {mine.reference},
        "team": {mine.reference, colleagues.reference, nobodys.reference},
        "unassigned": {nobodys.reference},
    }
    assert labels == ["My work", "Team", "Unassigned"]
    assert counts == ["1", "3", "1"]


TABS = ("mine", "team", "unassigned")


def test_the_queue_opens_on_my_work(sign_in, officer, authority, make):
    mine, _ = make(owner=officer), make()

    assert references(sign_in(officer).get(queue_url(authority))) == [mine.reference]
    assert references(sign_in(officer).get(queue_url(authority, "?tab=nonsense"))) == [mine.reference]


def test_a_service_contact_sees_their_services_and_what_they_own(
    sign_in, service_contact, authority, make, service
):
    service_contact.services.add(service)
    theirs, owned = make(service=service), make(owner=service_contact)
    make(service=ServiceFactory(authority=authority))
    make()

    response = sign_in(service_contact).get(queue_url(authority, "?tab=team"))

    assert set(references(response)) == {theirs.reference, owned.reference}
    assert b"Allocate" not in response.content


@pytest.mark.parametrize("post", ["head", "director", "substitute"])
def test_a_service_contact_sees_what_a_service_they_look_after_has(
    sign_in, service_contact, authority, make, service, post
):
    setattr(service, post, service_contact)
    service.save()
    theirs = make(service=service)
    make(service=ServiceFactory(authority=authority))
    make()

    response = sign_in(service_contact).get(queue_url(authority, "?tab=team"))

    assert references(response) == [theirs.reference]


def test_an_executive_sees_neither_subjects_nor_owners_and_cannot_search_them(
    sign_in, executive, authority, make
):
    enquiry = make(
        subject="Potholes in Mill Lane",
        topic=TopicFactory(authority=authority, name="Roads"),
        urgency="immediate",
        enquiry_type="foi",
    )
    client = sign_in(executive)

    page = client.get(queue_url(authority, "?filters=shown")).content.decode()
    by_type = client.get(queue_url(authority, "?enquiry_type=enquiry&owner=1"))
    found = search(client, authority, "potholes")
    by_reference = search(client, authority, enquiry.reference)

    assert enquiry.reference in page
    assert "Roads" in page
    for unseen in ("Potholes", "Immediate", 'name="owner"', 'name="enquiry_type"'):
        assert unseen not in page
    assert references(by_type) == [enquiry.reference]
    assert "Remove filter" not in by_type.content.decode()
    assert references(found) == []
    assert references(by_reference) == [enquiry.reference]


def test_an_executive_sees_subjects_where_the_authority_lets_them(sign_in, executive, authority, make):
    make(subject="Potholes in Mill Lane", urgency="immediate")
    authority.executives_see_text = True
    authority.save()

    page = sign_in(executive).get(queue_url(authority, "?filters=shown")).content.decode()

    for seen in ("Potholes", "Immediate", 'name="owner"', 'name="enquiry_type"'):
        assert seen in page


def test_an_admin_has_no_queue_and_a_stranger_finds_none(sign_in, admin, stranger, authority, make):
    make()

    assert sign_in(admin).get(queue_url(authority)).status_code == 403
    foreign = sign_in(stranger).get(queue_url(authority))
    missing = sign_in(stranger).get("/nowhere/enquiries/")
    assert foreign.status_code == missing.status_code == 404
    assert without_token(foreign) == without_token(missing)


def test_another_authoritys_enquiries_never_show(sign_in, officer, stranger, authority):
    EnquiryFactory(authority=stranger.authority, subject="Elsewhere")

    response = sign_in(officer).get(queue_url(authority, "?tab=team"))

    assert references(response) == []
    assert b"No open enquiries" in response.content


# --- Filters ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"late", "nearly", "rest"}),
        ("status=replied", {"replied"}),
        ("status=closed", {"closed"}),
        ("status=any", {"late", "nearly", "rest", "replied", "closed"}),
        ("rag=red", {"late"}),
        ("rag=amber", {"nearly"}),
        ("rag=green", {"rest"}),
        ("enquiry_type=complaint", {"rest"}),
        ("received_from=2026-02-02", {"rest"}),
        ("received_to=1/2/2026", {"late", "nearly"}),
        ("words=mill lane", {"late"}),
        ("words=LANE", {"late", "nearly"}),
        ("words=nowhere", set()),
        ("rag=amber&words=lane", {"nearly"}),
    ],
)
def test_filters(sign_in, officer, authority, make, today, query, expected):
    early, late_received = date(2026, 2, 1), date(2026, 2, 2)
    made = {
        "late": make(-1, subject="Mill Lane", received_on=early),
        "nearly": make(1, subject="Park Lane", received_on=early),
        "rest": make(20, subject="Bins", received_on=late_received, enquiry_type=EnquiryType.COMPLAINT),
        "replied": make(replied_on=today, reply_working_days=3, received_on=early),
        "closed": make(closed_at=NOW, received_on=early),
    }

    filters = dict(each.split("=") for each in query.split("&") if each)
    response = search(sign_in(officer), authority, **{"words": "", **filters})

    names = {enquiry.reference: name for name, enquiry in made.items()}
    assert {names[reference] for reference in references(response)} == expected


def test_filters_are_shown_when_asked_for(sign_in, officer, authority, make):
    make()
    client = sign_in(officer)

    hidden = client.get(queue_url(authority, "?tab=team")).content.decode()
    shown = client.get(queue_url(authority, "?tab=team&filters=shown")).content.decode()

    assert "Apply filters" not in hidden
    assert 'href="?tab=team&amp;filters=shown#filters"' in hidden
    assert "Apply filters" in shown
    assert 'href="?tab=team"' in shown
    assert "Hide filters" in shown


def test_htmx_gets_the_filters_and_no_list(sign_in, officer, authority, make):
    enquiry = make()

    response = sign_in(officer).get(
        queue_url(authority, "?tab=team&filters=shown"), headers={"HX-Request": "true"}
    )

    page = response.content.decode()
    assert page.lstrip().startswith('<div id="filters"')
    assert "Apply filters" in page
    assert enquiry.reference not in page


def test_filters_by_service_owner_mp_and_topic_show_as_chips(sign_in, officer, authority, make, service, mp):
    topic, owner = TopicFactory(authority=authority, name="Roads"), MembershipFactory(authority=authority)
    wanted = make(service=service, owner=owner, topic=topic)
    make(mp=MPFactory(authority=authority))
    query = f"?tab=team&service={service.pk}&owner={owner.pk}&topic={topic.pk}&mp={mp.pk}"

    response = sign_in(officer).get(queue_url(authority, query))

    assert references(response) == [wanted.reference]
    chips = {(chip.label, chip.words) for chip in response.context["chips"]}
    assert chips == {
        ("Service", "Highways"),
        ("Owner", owner.user.name),
        ("Topic", "Roads"),
        ("MP", "Ms Ada Fenwick"),
    }
    without_service = next(chip.url for chip in response.context["chips"] if chip.label == "Service")
    assert "service=" not in without_service
    assert f"topic={topic.pk}" in without_service
    assert "Clear filters" in response.content.decode()


def test_a_reference_is_found_however_it_is_typed(sign_in, officer, authority, make):
    enquiry = make(reference="NM-2026-00042")

    for typed in ("NM-2026-00042", "nm-2026-42", " nm-2026-00042 "):
        response = search(sign_in(officer), authority, typed)
        assert references(response) == [enquiry.reference], typed


def test_another_authoritys_service_is_no_choice(sign_in, officer, stranger, authority, make):
    make()
    foreign = ServiceFactory(authority=stranger.authority)

    response = sign_in(officer).get(queue_url(authority, f"?tab=team&service={foreign.pk}"))

    assert response.status_code == 422
    assert foreign.name not in response.content.decode()


def test_a_wrong_date_is_said_and_linked(sign_in, officer, authority, make):
    make()

    response = sign_in(officer).get(queue_url(authority, "?tab=team&received_from=soon"))

    page = response.content.decode()
    assert response.status_code == 422
    assert "There is a problem" in page
    assert 'href="#filter_received_from"' in page
    assert "Enter a date like 4/6/2026." in page
    assert "<title>Error: " in page


def test_an_empty_queue_and_an_empty_filter_say_different_things(sign_in, officer, authority, make):
    client = sign_in(officer)
    assert b"Nothing waits for you" in client.get(queue_url(authority)).content

    make()
    filtered = search(client, authority, "nowhere").content
    assert b"No enquiry matches these filters" in filtered
    assert b"Everything has an owner" not in filtered


@pytest.mark.parametrize(
    ("role", "tab", "words"),
    [
        ("officer", "unassigned", 'href="?tab=team">See who has what</a>'),
        ("officer", "team", 'href="/northmoor/enquiries/log/">Log an enquiry</a>'),
        (
            "service_contact",
            "mine",
            'href="/northmoor/enquiries/?tab=unassigned">See what nobody has yet</a>',
        ),
        ("service_contact", "team", 'href="?tab=team&amp;status=replied">See what is replied to</a>'),
        ("executive", "unassigned", 'href="?tab=team">See who has what</a>'),
        ("executive", "team", 'href="?tab=team&amp;status=replied">See what is replied to</a>'),
    ],
)
def test_an_empty_tab_says_what_to_do_next(sign_in, request, authority, role, tab, words):
    page = sign_in(request.getfixturevalue(role)).get(queue_url(authority, f"?tab={tab}"))

    assert words in page.content.decode()


# --- Words searched for -------------------------------------------------------------


def test_the_words_searched_for_stand_in_no_address(sign_in, officer, authority, make):
    enquiry = make(subject="Mr Pettigrew of Mill Lane")
    make(subject="Bins")

    client = sign_in(officer)
    response = search(client, authority, "Pettigrew", rag="green", sort="-due")

    page = response.content.decode()
    [[address, _]] = response.redirect_chain
    assert references(response) == [enquiry.reference]
    assert "Pettigrew" not in address
    assert parse_qs(urlsplit(address).query).keys() == {"tab", "sort", "rag", "search"}
    assert "Pettigrew" not in "".join(re.findall(r'(?:href|action)="[^"]*"', page))
    assert [chip.words for chip in response.context["chips"]] == ["Pettigrew", "On time"]
    assert 'value="Pettigrew"' in client.get(f"{address}&filters=shown").content.decode()


def test_taking_the_words_off_leaves_the_other_filters(sign_in, officer, authority, make):
    make(subject="Potholes", due_in=-1)
    other = make(subject="Bins", due_in=-1)
    make(subject="Bins")
    client = sign_in(officer)
    response = search(client, authority, "potholes", rag="red")

    without_words = client.get(queue_url(authority, response.context["chips"][0].url))

    assert other.reference in references(without_words)
    assert [chip.label for chip in without_words.context["chips"]] == ["Reply clock"]


def test_words_in_an_address_are_not_looked_for(sign_in, officer, authority, make):
    enquiry = make(subject="Bins")

    assert references(sign_in(officer).get(queue_url(authority, "?tab=team&words=potholes"))) == [
        enquiry.reference
    ]


def test_a_search_of_somebody_else_or_long_ago_has_ended(sign_in, officer, authority, make):
    enquiry = make(subject="Bins")
    client = sign_in(officer)
    address = search(client, authority, "potholes").redirect_chain[0][0]

    theirs = sign_in(MembershipFactory(authority=authority)).get(address)
    for number in range(20):
        search(client, authority, f"lane {number}")
    expired = client.get(address)

    for response in (theirs, expired):
        assert response.status_code == 200
        assert references(response) == [enquiry.reference]
        assert "This search has ended" in response.content.decode()
    assert "potholes" not in str(dict(client.session))


def test_searching_again_for_the_same_words_is_one_search(sign_in, officer, authority):
    client = sign_in(officer)

    assert (
        search(client, authority, "bins").redirect_chain == search(client, authority, "bins").redirect_chain
    )


def test_too_many_words_are_said_to_be_too_many(sign_in, officer, authority):
    response = search(sign_in(officer), authority, "x" * 5000)

    assert response.status_code == 422
    assert 'href="#filter_words"' in response.content.decode()


# --- Pages and their cost -----------------------------------------------------------


def test_pages_hold_25_and_keep_the_filters(sign_in, officer, authority, make):
    for number in range(27):
        make(subject=f"Lane {number}")

    client = sign_in(officer)
    first = search(client, authority, "lane", received_from="2020-01-01", sort="due")
    [[address, _]] = first.redirect_chain
    second = client.get(f"{address}&page=2")

    page = second.content.decode()
    assert len(references(second)) == 2
    assert "Showing 26 to 27 of 27" in page
    assert "received_from=2020-01-01" in address
    assert f"?{urlsplit(address).query.replace('&', '&amp;')}&amp;page=2" in first.content.decode()


@pytest.mark.slow
def test_counts_stop_at_more_than_a_thousand(sign_in, officer, authority, mp, today):
    template = EnquiryFactory(authority=authority, mp=mp)
    Enquiry.objects.bulk_create(
        Enquiry(
            authority=authority,
            reference=f"X-{number}",
            mp=mp,
            received_on=today,
            channel=Contact.EMAIL,
            subject="Lane",
            question="Question",
            acknowledge_by=today,
            amber_on=today,
            due_on=today,
            logged_at=NOW,
            logged_by=template.logged_by,
        )
        for number in range(CAP + 5)
    )

    response = search(sign_in(officer), authority, "lane")

    assert b"Showing 1 to 25 of more than 1,000" in response.content
    assert response.context["page_obj"].paginator.num_pages == CAP // 25
    assert [tab.count for tab in response.context["tabs"]] == ["0", "more than 1,000", "more than 1,000"]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SERVICE_CONTACT, Role.EXECUTIVE])
def test_the_queue_costs_the_same_queries_for_1_and_30(sign_in, authority, make, role, service):
    member = MembershipFactory(authority=authority, role=role)
    member.services.add(service)
    client, counts = sign_in(member), []
    filters = {"enquiry_type": "enquiry", "received_from": "2020-01-01"}
    [[address, _]] = search(client, authority, "subject", **filters).redirect_chain

    for number in (1, 29):
        for _ in range(number):
            make(
                service=service,
                mp=MPFactory(authority=authority),
                owner=MembershipFactory(authority=authority),
                topic=TopicFactory(authority=authority),
            )
        with (
            zeal_context(),
            CaptureQueriesContext(connection) as queries,
        ):
            assert client.get(address).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 12


@pytest.mark.parametrize("query", ["", "?tab=team", "?rag=red", "?tab=team&rag=amber&status=any"])
def test_that_they_are_open_is_asked_once(sign_in, officer, authority, make, query):
    """Twice, and PostgreSQL takes them for rarer than they are, and reads each open row: 80 ms of a million."""
    make(owner=officer, due_in=-1)
    make(owner=officer, due_in=1)
    with CaptureQueriesContext(connection) as queries:
        sign_in(officer).get(queue_url(authority, query))

    asked = [each["sql"] for each in queries]
    [keys] = [sql for sql in asked if sql.startswith('SELECT "enquiries_enquiry"."id" AS "pk"')]
    assert keys.count('"replied_on" IS NULL') == 1


# --- Allocating many ----------------------------------------------------------------


def give(client, authority, enquiries, query="?tab=team", **data):
    url = reverse("enquiries:enquiries_allocate", args=[authority.slug]) + query
    return client.post(url, {"enquiry": [each.reference for each in enquiries], **data})


def undo(client, authority, *, seen=None):
    """Press the button of a page (`seen`), or of the queue as it is now."""
    seen = seen or client.get(queue_url(authority, "?tab=team"))
    url = reverse("enquiries:allocation_undo", args=[authority.slug])
    return client.post(url, {"move": seen.context["undo_move"] or ""}, follow=True)


def test_allocating_what_is_ticked_goes_back_where_one_was_and_offers_undo(
    sign_in, officer, authority, make, service
):
    first, second, third = make(), make(owner=officer), make()
    colleague, client = MembershipFactory(authority=authority, user__name="Cleo Rook"), sign_in(officer)

    response = give(client, authority, [first, second], "?tab=team&page=1", owner=colleague.pk, service="")

    assert response.status_code == 302
    assert response.url == queue_url(authority, "?tab=team&page=1")
    for each in (first, second, third):
        each.refresh_from_db()
    assert (first.owner, second.owner, third.owner) == (colleague, colleague, None)
    page = client.get(response.url).content.decode()
    assert "2 enquiries are now with Cleo Rook." in page
    assert "Undo: give 2 back" in page

    undo(client, authority)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owner, second.owner) == (None, officer)
    assert "Undo" not in client.get(queue_url(authority, "?tab=team")).content.decode()


@pytest.mark.parametrize(
    ("ticked", "data", "error"),
    [
        (False, {"owner": True}, "Select an enquiry to allocate."),
        (True, {}, "Choose a service, an owner or both."),
    ],
)
def test_allocating_says_what_is_missing_and_keeps_the_rest(
    sign_in, officer, authority, make, ticked, data, error
):
    enquiry = make()
    sent = {"owner": officer.pk} if data else {}

    response = give(sign_in(officer), authority, [enquiry] if ticked else [], **sent)

    page = response.content.decode()
    enquiry.refresh_from_db()
    assert response.status_code == 422
    assert "There is a problem" in page
    target = "give_service" if ticked else f"tick-{enquiry.pk}"
    assert f'<a href="#{target}">{error}</a>' in page
    assert f'id="{target}"' in page
    assert enquiry.owner is None
    assert (" checked>" in page) == ticked


def test_another_authoritys_enquiries_and_people_cannot_be_allocated(
    sign_in, officer, stranger, authority, make
):
    mine, foreign = make(), EnquiryFactory(authority=stranger.authority)

    to_a_stranger = give(sign_in(officer), authority, [mine], owner=stranger.pk)
    of_a_stranger = give(sign_in(officer), authority, [foreign], owner=officer.pk)

    mine.refresh_from_db()
    foreign.refresh_from_db()
    assert (to_a_stranger.status_code, of_a_stranger.status_code) == (422, 422)
    assert (mine.owner, foreign.owner) == (None, None)
    assert not TimelineEntry.objects.filter(kind="allocated").exists()


def test_allocating_what_stays_as_it_is_says_so(sign_in, officer, authority, make):
    client, theirs = sign_in(officer), make(owner=officer)

    page = client.get(give(client, authority, [theirs], owner=officer.pk).url).content.decode()
    undone = undo(client, authority)

    assert f"Nothing changed: what you ticked is with {officer} already, or closed." in page
    assert "Nothing was given back" in undone.content.decode()


def test_an_allocation_that_changed_nothing_leaves_the_one_before_to_undo(sign_in, officer, authority, make):
    client, moved, theirs = sign_in(officer), make(), make(owner=officer)
    give(client, authority, [moved], owner=officer.pk)
    give(client, authority, [theirs], owner=officer.pk)

    undo(client, authority)

    moved.refresh_from_db()
    theirs.refresh_from_db()
    assert (moved.owner, theirs.owner) == (None, officer)


def test_the_button_of_an_older_page_gives_nothing_back(sign_in, officer, authority, make):
    client, first, second = sign_in(officer), make(), make()
    give(client, authority, [first], owner=officer.pk)
    older = client.get(queue_url(authority, "?tab=team"))
    give(client, authority, [second], owner=officer.pk)

    page = undo(client, authority, seen=older).content.decode()
    owners = set(Enquiry.objects.values_list("owner", flat=True))
    undone = undo(client, authority).content.decode()

    assert f'name="move" value="{older.context["undo_move"]}"' in older.content.decode()
    assert "that was not your last allocation" in page
    assert "Undo: give 1 back" in page
    assert owners == {officer.pk}
    assert "1 enquiry is back where it was before." in undone
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owner, second.owner) == (officer, None)


def test_the_button_of_another_authoritys_page_leaves_what_this_one_can_undo(
    sign_in, officer, stranger, authority, make
):
    MembershipFactory(user=officer.user, authority=stranger.authority)
    client, theirs = sign_in(officer), make()
    give(client, authority, [theirs], owner=officer.pk)

    undo(client, stranger.authority)
    undo(client, authority)

    theirs.refresh_from_db()
    assert theirs.owner is None


@pytest.mark.parametrize("gone", [{"is_active": False}, {"role": Role.EXECUTIVE}])
def test_who_answers_none_any_more_gets_none_back(sign_in, officer, authority, make, service, gone):
    client, leaver, stayer = sign_in(officer), *(MembershipFactory(authority=authority) for _ in range(2))
    theirs, others = make(owner=leaver, service=service), make(owner=stayer)
    give(client, authority, [theirs, others], owner=officer.pk)
    Membership.objects.filter(pk=leaver.pk).update(**gone)

    page = undo(client, authority).content.decode()

    theirs.refresh_from_db()
    others.refresh_from_db()
    assert (theirs.service, theirs.owner, others.owner) == (service, None, stayer)
    assert "2 enquiries are back where they were before. 1 enquiry is without an owner" in page


@pytest.mark.parametrize("role", [Role.SERVICE_CONTACT, Role.EXECUTIVE, Role.ADMIN])
def test_only_handlers_allocate(sign_in, authority, make, role):
    member, enquiry = MembershipFactory(authority=authority, role=role), make()

    assert give(sign_in(member), authority, [enquiry], owner=member.pk).status_code == 403
    enquiry.refresh_from_db()
    assert enquiry.owner is None
