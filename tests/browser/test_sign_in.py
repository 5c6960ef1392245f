"""Signing in, the form's mistakes and the frame, as a person at a keyboard meets them."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from mpcrm.frame import Frame
from tests.browser.conftest import axe_findings
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_signing_in_by_keyboard(page_as, officer):
    page = page_as()
    page.goto("/account/help/")
    page.goto(reverse("account_login") + "?next=/account/help/")

    page.get_by_label("E-mail address").focus()
    page.keyboard.type(officer.user.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"[^=]/account/help/$"))
    assert page.get_by_role("link", name=officer.user.name).is_visible()


def test_a_mistake_takes_the_focus_and_leads_to_its_field(page_as):
    page = page_as()
    page.goto(reverse("account_login"))

    page.get_by_role("button", name="Sign in").click()

    expect(page.locator(".govuk-error-summary")).to_be_focused()
    assert page.title() == "Error: Sign in - mpcrm"
    page.get_by_role("link", name="Enter your password.").click()
    assert page.evaluate("document.activeElement.id") == "id_password"
    assert axe_findings(page) == []


def test_a_typed_password_can_be_shown(page_as):
    page = page_as()
    page.goto(reverse("account_login"))
    page.get_by_label("Password", exact=True).fill("visible")

    page.get_by_role("button", name="Show password").click()

    assert page.locator("#id_password").get_attribute("type") == "text"


def test_first_tab_stop_skips_to_the_content(page_as, officer):
    page = page_as(officer)
    page.goto("/account/help/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main-content"


def test_someone_about_to_be_signed_out_may_stay(page_as, officer, monkeypatch):
    monkeypatch.setattr(Frame, "session_seconds", 200)
    page = page_as(officer)
    page.goto("/account/help/")

    dialog = page.get_by_role("dialog", name="You will be signed out soon")
    dialog.wait_for()
    assert "you will be signed out in 3 minutes" in dialog.inner_text()
    assert axe_findings(page) == []
    with page.expect_response("**/account/stay-signed-in/") as answer:
        page.keyboard.press("Escape")

    assert answer.value.status == 200
    dialog.wait_for(state="detached")


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_the_frame_never_scrolls_sideways(page_as, political_affairs, width):
    political_affairs.user.name = "Gwenllian Llywelyn-Featherstonehaugh of Rhosllannerchrugog"
    political_affairs.user.save()
    page = page_as(political_affairs, viewport={"width": width, "height": 800})
    page.goto("/account/help/")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_targets_of_the_frame_are_large_enough(page_as, political_affairs):
    page = page_as(political_affairs)
    page.goto("/account/help/")

    controls = "header a, header button, header summary, footer a"
    small = page.evaluate(
        """controls => [...document.querySelectorAll(controls)]
        .map(each => [each.textContent.trim(), each.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([text]) => text)""",
        controls,
    )

    assert small == []


def test_focus_is_seen_in_the_header(page_as, officer):
    page = page_as(officer)
    page.goto("/account/help/")

    page.get_by_role("button", name="Sign out").focus()

    shadow = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
    assert re.search(r"0px 4px 0px 0px", shadow)
