"""Every page sends a strict Content-Security-Policy and is written so as to need nothing more."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from tests.access import ANONYMOUS, build_world, pages
from tests.states import answers

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor == "postgresql", reason="markup is read on SQLite"),
]

ADDRESSES = {"src", "href", "action", "formaction", "srcset", "data", "poster"}
OUTSIDE = re.compile(r"^(https?:)?//|^(data|javascript|blob):", re.IGNORECASE)


def is_a_link_out(tag: str, given: dict[str, str | None]) -> bool:
    """A link fetches nothing until somebody follows it; it must not say where they come from."""
    is_web = (given.get("href") or "").startswith(("http://", "https://"))
    return tag == "a" and is_web and "noreferrer" in (given.get("rel") or "")


class Offences(HTMLParser):
    """What a page says inline, and where it would fetch from another host."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.script_without_source = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.script_without_source = tag == "script" and "src" not in given
        if tag == "style":
            self.found.append("<style>")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.found.append(f"<{tag} {name}>")
            elif name in ADDRESSES and OUTSIDE.match(value or "") and not is_a_link_out(tag, given):
                self.found.append(f"<{tag} {name}={value}>")

    def handle_data(self, data: str) -> None:
        if self.script_without_source and data.strip():
            self.found.append("inline <script>")


def test_no_page_needs_more_than_its_own_files():
    world = build_world()

    for page in pages(world.own):
        role = ANONYMOUS if ANONYMOUS in page.roles else min(page.roles)
        response = world.clients[role].get(page.url)
        assert response.status_code == 200, page
        check(page.name, response)


def test_no_page_needs_more_after_a_mistake_or_a_conflict(settings):
    settings.DEMO = True  # which has an outbox to look at

    for name, response in answers(build_world()):
        check(name, response)


def test_pages_that_say_what_went_wrong_send_the_policy_too(officer, sign_in):
    client = sign_in(officer)

    for path, status in [("/northmoor/no-such-page/", 404), ("/northmoor/people/", 403)]:
        response = client.get(path)
        assert response.status_code == status
        check_policy(response.headers["Content-Security-Policy"])
    csrf = Client(enforce_csrf_checks=True).post("/account/sign-in/", {})
    assert csrf.status_code == 403
    check_policy(csrf.headers["Content-Security-Policy"])


def check(name: str, response: HttpResponse) -> None:
    check_policy(response.headers["Content-Security-Policy"])
    if response.headers["Content-Type"].startswith("text/html"):
        reader = Offences()
        reader.feed(response.content.decode())
        assert reader.found == [], name


def check_policy(policy: str) -> None:
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    for directive in ("script-src", "style-src", "img-src", "connect-src", "form-action"):
        assert f"{directive} 'self'" in policy
    for directive in ("object-src", "base-uri", "frame-ancestors"):
        assert f"{directive} 'none'" in policy
    assert "http:" not in policy
    assert "*" not in policy


def test_offences_are_found():
    reader = Offences()
    reader.feed(
        '<style>p{}</style><p style="x" onclick="y"><script>z()</script><script src="/a.js"></script>'
        '<img src="https://example.org/a.png"><a href="javascript:z()">z</a><a href="/own/">own</a>'
        '<a href="https://example.org/">out</a><a rel="noreferrer" href="https://example.org/">out</a>'
    )

    assert reader.found == [
        "<style>",
        "<p style>",
        "<p onclick>",
        "inline <script>",
        "<img src=https://example.org/a.png>",
        "<a href=javascript:z()>",
        "<a href=https://example.org/>",
    ]
