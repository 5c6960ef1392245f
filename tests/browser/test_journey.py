"""The product's spine, in Chromium, on the real list of 650 MPs: the list is imported in the browser, an
enquiry is logged by keyboard, allocated and answered, another is late and is escalated, and the chief
executive sees it."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Role
from contacts.models import MP
from enquiries.models import Enquiry, Escalation
from enquiries.services import create_default_policies, create_default_topics
from tests.factories import AuthorityFactory, MembershipFactory, ServiceFactory, UserFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.real_data,
    pytest.mark.django_db(transaction=True),
]

SUBJECT = "Flooding in the underpass"
QUESTION = "When will the underpass be pumped dry?"
LATE_SUBJECT = "Street lights out since the storm"
REPLY = "The pump was replaced this morning."


def test_from_the_list_of_mps_to_the_chief_executive(page_as, real_data, capsys):
    authority = AuthorityFactory(name="Northmoor Council", slug="northmoor", reference_prefix="NM")
    create_default_policies(authority=authority)
    create_default_topics(authority=authority)
    people = {
        role: MembershipFactory(authority=authority, role=role, user__name=name)
        for role, name in {
            Role.ADMIN: "Ada Admin",
            Role.OFFICER: "Olu Officer",
            Role.SERVICE_CONTACT: "Sara Service",
            Role.EXECUTIVE: "Eve Executive",
        }.items()
    }
    authority.chief_executive = people[Role.EXECUTIVE]
    authority.save()
    ServiceFactory(authority=authority, name="Highways").contacts.add(people[Role.SERVICE_CONTACT])
    year = timezone.localdate().year

    the_list_is_imported(page_as(UserFactory(is_instance_admin=True)), real_data)
    a_seat_is_added(page_as(people[Role.ADMIN]))
    officer = page_as(people[Role.OFFICER])
    an_enquiry_is_logged_by_keyboard(officer, f"NM-{year}-00001")
    another_is_logged_that_is_late_already(officer)
    the_first_is_allocated(officer, f"NM-{year}-00001")
    the_service_replies(page_as(people[Role.SERVICE_CONTACT]), f"NM-{year}-00001")

    for _ in range(2):
        call_command("tick", now=timezone.now().isoformat())
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())

    assert (first["escalated"], second["escalated"]) == (1, 0)
    assert (first["sent"], second["sent"]) == (2, 0)  # the allocation and the escalation
    assert Escalation.objects.count() == 1
    assert Escalation.objects.get().enquiry.reference == f"NM-{year}-00002"
    [letter] = [each for each in mail.outbox if people[Role.EXECUTIVE].user.email in each.to]
    assert f"NM-{year}-00002" in letter.subject + letter.body
    assert LATE_SUBJECT not in letter.subject + letter.body
    the_chief_executive_sees_it(page_as(people[Role.EXECUTIVE]), f"NM-{year}-00002")


def the_list_is_imported(page: Page, real_data) -> None:
    page.goto("/")
    page.get_by_role("link", name="Import a list of MPs").click()
    page.get_by_label("File with the list").set_input_files(
        real_data / "mps" / "mps_elected_2024-07-04_joined.csv"
    )
    page.get_by_role("button", name="Read the file").click()

    expect(page.get_by_role("heading", name="What the list would change")).to_be_visible()
    assert counts(page) == {
        "Rows": 650, "New": 650, "Changed": 0, "Ended": 0, "Unchanged": 0, "Refused": 0,
    }  # fmt: skip
    assert MP.objects.count() == 0
    page.get_by_role("button", name="Apply the list").click()

    expect(page.get_by_role("heading", name="What the list changed")).to_be_visible()
    expect(page.get_by_text("The list has been applied.")).to_be_visible()
    assert MP.objects.sitting().count() == 650


def counts(page: Page) -> dict[str, int]:
    names, numbers = (page.locator(f".mpcrm-import-counts {tag}").all_inner_texts() for tag in ("dt", "dd"))
    return dict(zip(names, map(int, numbers), strict=True))


def a_seat_is_added(page: Page) -> None:
    page.goto("/northmoor/mps/seats/")
    pick(page, "Add a seat", "hackney north")
    page.get_by_role("button", name="Add this seat").click()

    expect(page.get_by_role("rowheader", name="Hackney North and Stoke Newington")).to_be_visible()
    page.get_by_role("link", name="MPs", exact=True).click()
    expect(page.get_by_role("link", name="Ms Diane Abbott")).to_be_visible()


def an_enquiry_is_logged_by_keyboard(page: Page, reference: str) -> None:
    page.goto("/northmoor/mps/")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/enquiries/log/")
    # The list of all MPs, which has the focus first, is a combobox too until a field to type in replaces it.
    page.locator("input[role=combobox]:focus").wait_for()

    page.keyboard.type("abbott")
    page.get_by_role("option", name="Ms Diane Abbott").wait_for()
    page.keyboard.press("Enter")
    tab_to(page, "Subject")
    page.keyboard.type(SUBJECT)
    tab_to(page, "What is asked")
    page.keyboard.type(QUESTION)
    tab_to(page, "Save")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/enquiries/{reference}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(SUBJECT)
    expect(page.get_by_text(f"{reference} is logged. Reply due")).to_be_visible()
    expect(page.get_by_role("link", name="Ms Diane Abbott")).to_be_visible()


def another_is_logged_that_is_late_already(page: Page) -> None:
    page.get_by_role("link", name="Log enquiry").click()
    pick(page, "MP", "stella creasy")
    received_on = timezone.localdate() - timedelta(days=45)
    page.get_by_label("Date received").fill(received_on.isoformat())
    expect(page.locator("[data-live-url]")).not_to_contain_text(str(timezone.localdate().year + 1))
    page.get_by_label("Subject").fill(LATE_SUBJECT)
    page.get_by_label("What is asked").fill("Who mends them?")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text(re.compile(r"overdue by \d+ working days"))).to_be_visible()


def the_first_is_allocated(page: Page, reference: str) -> None:
    page.get_by_role("link", name="Enquiries", exact=True).first.click()
    page.get_by_role("link", name=re.compile("^Team")).click()
    page.get_by_label(f"Select {reference}").check()
    page.get_by_label("Service").last.select_option(label="Highways")
    page.get_by_label("Owner").last.select_option(label="Sara Service")
    page.get_by_role("button", name="Allocate").click()

    expect(page.get_by_text("1 enquiry is now with Highways and Sara Service.")).to_be_visible()


def the_service_replies(page: Page, reference: str) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enquiries")
    assert LATE_SUBJECT not in page.content()
    page.get_by_role("link", name=f"{reference} {SUBJECT}").click()
    page.get_by_role("button", name="Record a reply").click()
    page.get_by_label("Reply", exact=True).fill(REPLY)
    page.get_by_role("button", name="Save reply").click()

    expect(page.get_by_role("heading", name=re.compile("^Reply of "))).to_be_visible()
    expect(page.get_by_text(REPLY).first).to_be_visible()
    assert Enquiry.objects.get(reference=reference).replied_on == timezone.localdate()


def the_chief_executive_sees_it(page: Page, reference: str) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    assert figure(page, "Open enquiries") == "1"
    assert figure(page, "Overdue") == "1"
    page.get_by_role("link", name="1 overdue").click()

    expect(page.get_by_text("Showing 1 to 1 of 1")).to_be_visible()
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text(reference)
    expect(row).to_contain_text("Overdue")
    assert LATE_SUBJECT not in page.content()

    page.get_by_role("link", name=re.compile("^Notifications")).click()
    page.get_by_role("button", name=re.compile(f"^{reference}: reply overdue by")).click()
    page.wait_for_url(f"**/enquiries/{reference}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enquiry from Stella Creasy")
    assert LATE_SUBJECT not in page.content()
    assert SUBJECT not in page.content()


def pick(page: Page, label: str, typed: str) -> None:
    """Choose by typing, in a field that offers what it finds."""
    page.locator("input[role=combobox]").and_(page.get_by_label(label)).focus()
    page.keyboard.type(typed)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")


def figure(page: Page, label: str) -> str:
    return page.locator(".mpcrm-figure", has_text=label).locator(".mpcrm-figure__value").inner_text()


def tab_to(page: Page, label: str) -> None:
    """Press Tab until the control of this name has the focus."""
    wanted = page.get_by_label(label, exact=True).or_(page.get_by_role("button", name=label, exact=True))
    for _ in range(20):
        page.keyboard.press("Tab")
        if wanted.first.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {label}")
