"""Logging an enquiry at the speed of somebody who logs thirty a day."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Role
from enquiries.models import Contact, Enquiry
from enquiries.services import create_default_policies
from tests.browser.conftest import Keyboard
from tests.factories import EnquiryFactory, MembershipFactory, MPFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HANDLERS = [Role.OFFICER, Role.POLITICAL_AFFAIRS]
FREE_TEXT = ("Flooding in the underpass", "When will the underpass be pumped dry?")


@pytest.fixture(params=HANDLERS, ids=str)
def handler(request, authority):
    create_default_policies(authority=authority)
    MPFactory(authority=authority, name="Ms Llinos Medi")
    MPFactory(authority=authority, name="Mr Robert Brennan")
    return MembershipFactory(authority=authority, role=request.param)


def open_form(page: Page) -> None:
    page.goto("/northmoor/enquiries/log/")
    page.locator("input[role=combobox]:focus").wait_for()


def pick(page: Page, letters: str) -> None:
    page.keyboard.type(letters)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")


def test_by_keyboard_alone_in_few_strokes_and_little_time(page_as, handler):
    page = page_as(handler)
    page.goto("/northmoor/mps/")
    expect(page.get_by_role("link", name="Log enquiry", exact=True)).to_be_visible()  # as on every page
    keyboard, began = Keyboard(page), time.monotonic()

    keyboard.press("g", "l")
    page.locator("input[role=combobox]:focus").wait_for()
    keyboard.press("l", "l")
    page.get_by_role("option", name=re.compile("Llinos Medi")).wait_for()
    keyboard.press("Enter")
    keyboard.tab_to("[name=subject]")
    keyboard.say(FREE_TEXT[0])
    keyboard.tab_to("[name=question]")
    keyboard.say(FREE_TEXT[1])
    keyboard.tab_to("main button")
    keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(FREE_TEXT[0])
    assert keyboard.strokes <= 60
    assert time.monotonic() - began <= 45
    enquiry = Enquiry.objects.get()
    assert enquiry.mp.name == "Ms Llinos Medi"
    assert enquiry.received_on == timezone.localdate()


def test_the_mps_found_stand_right_below_what_is_typed(page_as, handler):
    page = page_as(handler)
    open_form(page)

    page.keyboard.type("ll")
    page.get_by_role("option").first.wait_for()

    field, found = (page.get_by_role(role).first.bounding_box() for role in ("combobox", "listbox"))
    assert (found["x"], found["y"]) == (field["x"], field["y"] + field["height"])
    assert found["width"] == field["width"]


def test_it_asks_for_few_fields_and_offers_what_was_used_last(page_as, handler):
    mp = MPFactory(authority=handler.authority)
    EnquiryFactory(authority=handler.authority, mp=mp, logged_by=handler, channel=Contact.PHONE)
    page = page_as(handler)
    open_form(page)

    required = page.locator("main form").evaluate(
        "form => [...form.elements].filter(each => each.required && each.type !== 'hidden').length"
    )
    assert required <= 8
    assert page.get_by_label("Date received").input_value() == timezone.localdate().isoformat()
    assert page.get_by_label("How it came").input_value() == Contact.PHONE


def test_the_due_date_is_said_in_words_while_typing(page_as, handler):
    page = page_as(handler)
    open_form(page)
    words = page.locator("[data-live-url]")
    expect(words).to_contain_text(re.compile(r"^Reply due \w+day \d+ \w+ \d{4}"))
    before = words.inner_text()

    page.get_by_label("Date received").fill((timezone.localdate() - timedelta(days=30)).isoformat())
    expect(words).not_to_have_text(before)
    expect(words).to_contain_text("10 working days")
    page.get_by_label("Urgency").select_option(label="Complex")

    expect(words).to_contain_text("20 working days")


def test_without_a_script_the_page_says_when_the_due_date_shows(page_as, handler):
    page = page_as(handler, java_script_enabled=False)
    page.goto("/northmoor/enquiries/log/")

    expect(page.get_by_text("When the reply is due is shown after saving.")).to_be_visible()
    expect(page.locator("[data-live-url]")).to_be_hidden()


def test_save_and_log_another_keeps_mp_and_channel(page_as, handler):
    page = page_as(handler)
    open_form(page)
    pick(page, "medi")
    page.get_by_label("How it came").select_option(label="Phone")
    page.get_by_label("Subject").fill(FREE_TEXT[0])
    page.get_by_label("What is asked").fill(FREE_TEXT[1])

    page.get_by_role("button", name="Save and log another").click()

    expect(page.get_by_text(re.compile("is logged. Reply due"))).to_be_visible()
    expect(page.get_by_label("Subject")).to_be_focused()
    expect(page.get_by_label("Subject")).to_have_value("")
    assert page.get_by_label("How it came").input_value() == Contact.PHONE
    expect(page.locator("input[role=combobox]")).to_have_value(re.compile("^Ms Llinos Medi"))


def test_a_double_click_on_save_makes_one_enquiry(page_as, handler):
    page = page_as(handler)
    open_form(page)
    pick(page, "medi")
    page.get_by_label("Subject").fill(FREE_TEXT[0])
    page.get_by_label("What is asked").fill(FREE_TEXT[1])

    page.get_by_role("button", name="Save", exact=True).dblclick()

    expect(page.get_by_role("heading", level=1)).to_have_text(FREE_TEXT[0])
    assert Enquiry.objects.count() == 1


def test_mistakes_keep_what_was_typed_and_lead_to_their_fields(page_as, handler):
    page = page_as(handler)
    open_form(page)
    page.get_by_label("Subject").fill(FREE_TEXT[0])
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert page.title().startswith("Error: Log an enquiry - ")
    assert page.get_by_label("Subject").input_value() == FREE_TEXT[0]
    for link in page.get_by_role("alert").get_by_role("link").all():
        beside = page.locator(".govuk-error-message", has_text=link.inner_text())
        expect(beside).to_have_count(1)
        link.click()
        target = link.get_attribute("href").removeprefix("#")
        assert page.evaluate("document.activeElement.id") == target


def test_the_two_keys_rest_while_typing_and_when_turned_off(page_as, handler):
    page = page_as(handler)
    page.goto("/northmoor/mps/")
    page.get_by_label("Name, constituency or party").focus()
    page.keyboard.type("gl")
    assert page.url.endswith("/northmoor/mps/")

    page.goto("/account/")
    page.get_by_label("Keyboard shortcuts on").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your account has been saved.")).to_be_visible()
    page.goto("/northmoor/mps/")
    page.keyboard.type("gl")

    page.wait_for_timeout(300)
    assert page.url.endswith("/northmoor/mps/")
