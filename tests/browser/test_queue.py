"""The work queue as officers use it: what comes first, what a row says, filters, allocating, coming back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Membership, Role
from enquiries.models import Enquiry
from enquiries.services import create_default_policies
from tests.factories import (
    PASSWORD,
    ConstituencyFactory,
    EnquiryFactory,
    MembershipFactory,
    MPFactory,
    ServiceFactory,
    ToDoFactory,
    TopicFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Who works through a queue of their own.
WORKERS = [Role.OFFICER, Role.POLITICAL_AFFAIRS, Role.SERVICE_CONTACT]
SERVICE = "Environment, waste and neighbourhood services"
SUBJECT = "Council tax arrears, enforcement agents and a payment plan that was refused twice, number {}"


@pytest.fixture
def mp(authority):
    """An MP whose names are as long as the longest of real ones."""
    seat = ConstituencyFactory(name="Inverharrow, Skerry and West Aldermere-shire")
    return MPFactory(authority=authority, name="Dr Alexandra Featherstone-Whitcombe", seat=seat)


@pytest.fixture(params=WORKERS, ids=str)
def worker(request, authority, mp):
    """Somebody with 30 enquiries of their own, 4 overdue, 6 due soon, 20 on time, and something to do."""
    membership = MembershipFactory(
        authority=authority, role=request.param, user__name="Bartholomew Featherstone-Whitcombe"
    )
    create_default_policies(authority=authority)
    service = ServiceFactory(authority=authority, name=SERVICE)
    membership.services.add(service)
    ToDoFactory(assignee=membership)
    on = timezone.localdate()
    for number, days in enumerate([*range(-8, 0, 2), *range(6), *range(20, 40)]):
        due_on = on + timedelta(days=days)
        EnquiryFactory(
            subject=SUBJECT.format(number),
            authority=authority,
            mp=mp,
            service=service,
            owner=membership,
            logged_by=membership,
            received_on=due_on - timedelta(days=30),
            due_on=due_on,
            amber_on=due_on - timedelta(days=7),
        )
    return membership


def rows(page: Page):
    return page.locator("tbody tr")


def rows_in_view(page: Page) -> int:
    bottoms = rows(page).evaluate_all("rows => rows.map(row => row.getBoundingClientRect().bottom)")
    return sum(bottom <= 800 for bottom in bottoms)


def test_signing_in_lands_on_my_work_with_ten_rows_in_view(page_as, worker, settings):
    settings.DEMO = True  # one line more above the list
    lost = MPFactory(authority=worker.authority)
    lost.holdings.update(ended_on=timezone.localdate() - timedelta(days=30))
    EnquiryFactory(authority=worker.authority, mp=lost)
    page = page_as()
    page.goto("/")
    page.get_by_label("E-mail address").fill(worker.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    if worker.role == Role.POLITICAL_AFFAIRS:  # whose first page is what needs deciding
        page.get_by_role("link", name="Enquiries", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Enquiries")
    expect(page.get_by_role("link", name="My work (30)")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("link", name=re.compile("^To do: 1"))).to_be_visible()
    if worker.role == Role.OFFICER:
        expect(page.get_by_role("link", name="1 seat that changed hands to hand over")).to_be_visible()
    assert rows_in_view(page) >= 10


def test_the_queue_serves_everyone_who_works_through_it(page_as, worker):
    page = page_as(worker)

    for check in [
        due_soon_comes_first_then_overdue_then_by_due_date,
        a_row_says_what_it_is_when_it_is_due_and_how_it_stands,
        colour_is_not_the_only_sign,
        sorting_is_announced_and_survives_reloading,
        tabs_and_counts,
        filters_can_be_taken_off_one_by_one_or_all_at_once,
        coming_back_from_an_enquiry_finds_page_filter_and_place,
        an_empty_queue_says_why_and_what_next,
    ]:
        check(page, worker)


def due_soon_comes_first_then_overdue_then_by_due_date(page: Page, worker: Membership) -> None:
    page.goto("/northmoor/enquiries/")

    words = [text.split("\n")[0] for text in rows(page).locator("td:last-child").all_inner_texts()]

    assert words == ["Due soon"] * 6 + ["Overdue"] * 4 + ["On time"] * 15


def a_row_says_what_it_is_when_it_is_due_and_how_it_stands(page: Page, worker: Membership) -> None:
    page.goto("/northmoor/enquiries/")
    assert page.locator("thead th").count() <= 7

    for enquiry in Enquiry.objects.filter(owner=worker)[:3]:
        row = rows(page).filter(has_text=enquiry.reference)
        if not row.count():
            continue
        first = row.locator("th, td").first.get_by_role("link")
        expect(first).to_have_text(f"{enquiry.reference} {enquiry.subject}")
        expect(row).to_contain_text(f"{enquiry.due_on:%-d %b %Y}")
        assert re.search(r"overdue by \d+ working days?|due today|\d+ working days? left", row.inner_text())


def colour_is_not_the_only_sign(page: Page, worker: Membership) -> None:
    page.goto("/northmoor/enquiries/")

    signs = (
        rows(page)
        .locator(".mpcrm-rag")
        .evaluate_all(
            "tags => tags.map(tag => [tag.className.match(/--(\\w+)/)[1], tag.innerText.trim(),"
            " tag.querySelector('svg').firstElementChild.tagName + tag.querySelector('svg').innerHTML])"
        )
    )

    by_colour = {colour: (word, shape) for colour, word, shape in signs}
    assert len(signs) == 25
    assert {word for word, _ in by_colour.values()} == {"On time", "Due soon", "Overdue"}
    assert len({shape for _, shape in by_colour.values()}) == 3


def sorting_is_announced_and_survives_reloading(page: Page, worker: Membership) -> None:
    page.goto("/northmoor/enquiries/")

    page.get_by_role("link", name="Received").click()
    header = page.get_by_role("columnheader", name=re.compile("Received"))
    expect(header).to_have_attribute("aria-sort", "ascending")
    before = rows(page).locator("th").all_inner_texts()
    page.reload()

    expect(header).to_have_attribute("aria-sort", "ascending")
    assert rows(page).locator("th").all_inner_texts() == before
    assert "Subject" not in page.url


def tabs_and_counts(page: Page, worker: Membership) -> None:
    page.goto("/northmoor/enquiries/")

    assert page.get_by_role("navigation", name="Whose enquiries").get_by_role("link").all_inner_texts() == [
        "My work (30)",
        "Team (30)",
        "Unassigned (0)",
    ]
    expect(page.get_by_role("status").filter(has_text="Showing")).to_contain_text("Showing 1 to 25 of 30")
    page.get_by_role("link", name="Page 2").click()
    expect(page.get_by_role("status").filter(has_text="Showing")).to_contain_text("Showing 26 to 30 of 30")


def filters_can_be_taken_off_one_by_one_or_all_at_once(page: Page, worker: Membership) -> None:
    page.goto("/northmoor/enquiries/")

    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Reply clock").select_option(label="Overdue")
    page.get_by_label("Type").select_option(label="Enquiry")
    page.get_by_role("button", name="Apply filters").click()

    status = page.get_by_role("status").filter(has_text="Showing")
    expect(status).to_contain_text("Showing 1 to 4 of 4")
    page.get_by_role("link", name=re.compile("Remove filter Reply clock: Overdue")).click()
    expect(status).to_contain_text("of 30")
    expect(page.get_by_role("link", name=re.compile("Remove filter Type: Enquiry"))).to_be_visible()
    page.get_by_role("link", name="Clear filters").click()
    expect(page.get_by_role("link", name=re.compile("Remove filter"))).to_have_count(0)


def coming_back_from_an_enquiry_finds_page_filter_and_place(page: Page, worker: Membership) -> None:
    page.goto("/northmoor/enquiries/?rag=green")
    link = rows(page).nth(12).get_by_role("link")
    name = link.inner_text()
    link.click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    page.get_by_label("Note").fill("Asked the depot.")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_text("The note is saved.")).to_be_visible()

    page.get_by_role("link", name="Enquiries", exact=True).and_(page.locator(".govuk-back-link")).click()

    expect(page.get_by_role("link", name=re.compile("Remove filter Reply clock: On time"))).to_be_visible()
    assert page.evaluate("document.activeElement.innerText") == name
    assert page.get_by_role("link", name=name).evaluate("each => each.getBoundingClientRect().bottom") <= 800


def an_empty_queue_says_why_and_what_next(page: Page, worker: Membership) -> None:
    page.goto("/northmoor/enquiries/?tab=unassigned")
    truly_empty = page.locator(".mpcrm-empty").inner_text()
    assert "Everything has an owner" in truly_empty
    assert "See who has what" in truly_empty

    page.goto("/northmoor/enquiries/")
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Words or reference").fill("nothing-like-it")
    page.get_by_role("button", name="Apply filters").click()
    assert "nothing" not in page.url
    filtered = page.locator(".mpcrm-empty")
    expect(filtered).to_contain_text("No enquiry matches these filters")
    filtered.get_by_role("link", name="Clear filters").click()
    expect(rows(page)).to_have_count(25)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.POLITICAL_AFFAIRS])
def test_many_are_allocated_at_once_and_given_back(page_as, authority, role):
    handler = MembershipFactory(authority=authority, role=role)
    ServiceFactory(authority=authority, name="Highways")
    EnquiryFactory.create_batch(3, authority=authority)
    page = page_as(handler)
    page.goto("/northmoor/enquiries/?tab=unassigned")

    page.get_by_role("button", name="Allocate").click()
    expect(page.get_by_role("alert")).to_contain_text("Select an enquiry to allocate.")
    page.get_by_label("Select all on this page").check()
    page.get_by_label("Service").last.select_option(label="Highways")
    page.get_by_role("button", name="Allocate").click()

    expect(page.get_by_text("3 enquiries are now with Highways.")).to_be_visible()
    assert Enquiry.objects.filter(service__name="Highways").count() == 3
    page.get_by_role("button", name="Undo: give 3 back").click()
    expect(page.get_by_text("3 enquiries are back where they were before.")).to_be_visible()
    assert Enquiry.objects.filter(service=None).count() == 3


def test_an_executive_sees_references_without_subjects_ten_in_view(
    page_as, authority, executive, mp, settings
):
    settings.DEMO = True
    enquiry, *_ = EnquiryFactory.create_batch(
        12,
        authority=authority,
        mp=mp,
        service=ServiceFactory(authority=authority, name=SERVICE),
        topic=TopicFactory(authority=authority, name="Special needs and home to school transport"),
        subject="Not for leaders",
    )
    ToDoFactory(assignee=executive)
    page = page_as(executive)
    page.goto("/northmoor/enquiries/")

    expect(rows(page).get_by_role("link").first).to_have_text(enquiry.reference)
    assert rows_in_view(page) >= 10
    assert "Not for leaders" not in page.content()
    assert page.get_by_role("button", name="Allocate").count() == 0
