"""Chromium on the live server. A page that logs an error, breaks the Content-Security-Policy or asks another
host for anything fails its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from accounts.models import Membership, User
from tests.conftest import CHROMIUM

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Chromium writes a page's own status to the console; the tests assert statuses themselves.
EXPECTED = "Failed to load resource: the server responded with a status of 4"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """What went wrong in any page of the test; empty at its end."""
    found: list[str] = []
    yield found
    assert "\n".join(found) == ""


@pytest.fixture
def context_for(chromium: Browser, live_server, faults: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """A browser profile, signed in as the given person; further options are Playwright's."""
    opened: list[BrowserContext] = []

    def open_context(person: Membership | User | None = None, **options) -> BrowserContext:
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **options}
        context = chromium.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(10_000)
        context.on("console", lambda message: note_console(message, faults))
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.on("request", lambda request: note_host(request, live_server.url, faults))
        if person:
            context.add_cookies([session_cookie(person, live_server.url)])
        opened.append(context)
        return context

    yield open_context
    for context in opened:
        context.close()


@pytest.fixture
def page_as(context_for: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """A page signed in as the given person: page_as(officer), page_as(officer, java_script_enabled=False)."""

    def open_page(person: Membership | User | None = None, **options) -> Page:
        return context_for(person, **options).new_page()

    return open_page


def session_cookie(person: Membership | User, url: str) -> dict:
    client = Client()
    client.force_login(getattr(person, "user", person))
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": url}


def note_console(message: ConsoleMessage, faults: list[str]) -> None:
    # GOV.UK Frontend logs its own mistakes as plain messages.
    is_fault = message.type in {"error", "warning"} or "Error" in message.text
    if is_fault and not message.text.startswith(EXPECTED):
        faults.append(f"{message.location['url']} {message.type}: {message.text}")


def note_host(request: Request, own: str, faults: list[str]) -> None:
    host = urlsplit(request.url).netloc
    if host and host != urlsplit(own).netloc:
        faults.append(f"asked another host: {request.url}")


def axe_findings(page: Page) -> list[str]:
    """What axe finds on the page as it stands: rule, what it says, and where."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE.read_text())
    violations = page.evaluate(
        """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"], preload: false})
        .then(result => result.violations)""",
        RULES,
    )
    return [
        f"{violation['id']}: {violation['help']} at {node['target']}"
        for violation in violations
        for node in violation["nodes"]
    ]


def enter(page: Page, name: str, value: str) -> None:
    """Fill in the page's field of this name: a choice by its value, of a list by its label."""
    field = page.locator(f"main [name='{name}']")
    match field.first.evaluate("each => each.type"):
        case "radio" | "checkbox":
            field.and_(page.locator(f"[value='{value}']")).check()
        case "select-one":
            field.select_option(label=value)
        case _:
            field.fill(value)


class Keyboard:
    """Counts what is pressed; free text is typed uncounted."""

    def __init__(self, page: Page) -> None:
        self.page, self.strokes = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += 1

    def say(self, text: str) -> None:
        self.page.keyboard.type(text)

    def tab_to(self, selector: str) -> None:
        for _ in range(15):
            self.press("Tab")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab does not lead to {selector}")
