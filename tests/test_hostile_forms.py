"""Send every form and every page's query what no browser would: each is answered, none breaks, none tells.

`tests/test_access_walk.py` asks who may; this asks what those who may can make it do.
"""

from __future__ import annotations

import html
import itertools
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from tests.access import THINGS, Route, routes
from tests.access_world import FOREIGN_MARK, INSTANCE_ADMIN, MEMBERS, World, build_world
from tests.test_access_walk import Fields

pytestmark = pytest.mark.django_db

SEED = 20260302
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}{% debug %}"
HOSTILE = [
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202eevil\u2066 \ufeff\U0001f469\u200d\U0001f469\u200d\U0001f467",
    MARKUP,
    "Subject\r\nBcc: everyone@example.org",
    "x" * 30_000,
    "-1",
    "0",
    "1e9",
    "NaN",
    "9" * 19,
    "-" + "9" * 19,
    "9" * 4000,  # an address may not be longer
    "٣",
    "2147483648",
    "32768",
    "0001-01-01",
    "01/01/0001",
    "31/12/9999",
    "29/2/2024",
    "29/2/2023",
    "99:99",
    "00000000-0000-0000-0000-000000000000",
    "' OR 1=1 --",
    "../../etc/passwd",
    "https://example.org/",
    "//example.org/",
    "[]",
    "None",
]
SHORT = [value for value in HOSTILE if len(value) < 100]
# Parameters that pages read from the address, besides the fields of their own forms.
PARAMETERS = [
    *(
        "page",
        "sort",
        "tab",
        "next",
        "role",
        "q",
        "mp",
        "topic",
        "service",
        "owner",
        "plan",
        "lead",
        "cadence",
    ),
    *(
        "received_on",
        "received_time",
        "enquiry_type",
        "urgency",
        "words",
        "status",
        "rag",
        "outcome",
        "enquiry",
    ),
    *("due_from", "due_to", "received_from", "replied_to", "party", "council", "region", "unowned", "show"),
]
FILE_NAMES = ["list.csv", "list.xlsx", "../../list.json", "a\x00.csv", "x" * 300, f"{MARKUP}.csv"]
CONTENTS = [b"", b"\x00", b"PK\x03\x04\xff", b"\x89PNG\r\n\x1a\n", b"<svg onload=alert(1)>", b"[" * 9_999]
HALF = 0.5
MOST_FIELDS = 15  # the others of a long form have their turn on the other database

POSTS = {route.name: route for route in routes() if route.row.post}
PAGES = {route.name: route for route in routes() if route.row.get}
# What forms send where no page of that address shows them.
UNSEEN = ["text", "submission", "enquiry", "service", "owner", "cut_off_time", "skip_refused"]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *args, **kwargs: None)
        yield build_world()
        transaction.set_rollback(True)


def sender(route: Route, roles: frozenset[str]) -> str:
    """A role that may: a member where there is one, since they have most to send."""
    return next(role for role in [*MEMBERS, INSTANCE_ADMIN, *sorted(roles)] if role in roles)


def ask(world: World, route: Route, role: str, method: str, sent: dict[str, Any]) -> tuple[int, str]:
    """The status and body, undone afterwards; an exception counts as 500, with its name."""
    client, url = world.clients[role], route.url(world.own, route.kwargs(world.own))
    cookies = client.cookies.copy()
    with transaction.atomic():
        try:
            if method == "get":
                response = client.get(f"{url}?{urlencoded(sent)}")
            elif any(isinstance(value, SimpleUploadedFile) for value in sent.values()):
                response = client.post(url, sent)
            else:
                response = client.post(url, urlencoded(sent), "application/x-www-form-urlencoded")
            body = b"".join(response) if response.streaming else response.content
            answer = (
                response.status_code,
                response.headers.get("Location", "") + "\n" + body.decode(errors="replace"),
            )
        except Exception as error:
            answer = 500, f"{type(error).__name__}: {error}"
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def urlencoded(data: dict[str, Any]) -> str:
    """As sent by something that does not care whether it is UTF-8."""
    return urlencode(data, doseq=True, errors="surrogatepass")


def fields_of(world: World, route: Route, role: str) -> dict[str, Any]:
    """What the page's forms send unchanged."""
    fields: dict[str, Any] = {}
    if role in route.row.get:
        for form in Fields(ask(world, route, role, "get", {})[1]).forms:
            fields |= form
    fields.pop("csrfmiddlewaretoken", None)
    return fields or dict.fromkeys(UNSEEN, "")


def faults(world: World, route: Route, role: str, method: str, sent: dict[str, Any]) -> Iterator[str]:
    status, text = ask(world, route, role, method, sent)
    shown = html.unescape(text).lower()
    if status >= 500:
        yield f"{status} {text[:300]}"
    if FOREIGN_MARK in shown and role in MEMBERS:
        at = shown.index(FOREIGN_MARK)
        yield f"shows {shown[at - 40 : at + 60]!r}"
    if "<img src=x" in text or "<svg onload" in text:
        yield "repeats markup"
    if text.startswith(("https://example.org", "//example.org")):
        yield "leads elsewhere"


def cases(rng: random.Random, fields: dict[str, Any], foreign: list[str]) -> Iterator[dict[str, Any]]:
    """The same hostile value everywhere, then each field by itself, the rest as the page has it.

    A field gets one value, or several of which one is another authority's; which, each database draws anew.
    """
    for value in rng.sample(HOSTILE, 3):
        yield dict.fromkeys(fields, value)
    for name in rng.sample(sorted(fields), min(MOST_FIELDS, len(fields))):
        value = rng.choice(HOSTILE)
        yield fields | {name: value if rng.random() < HALF else [rng.choice(foreign), value]}
    yield {name: value for name, value in fields.items() if rng.random() < HALF}


def without(fields: dict[str, Any], sent: dict[str, Any]) -> str:
    """What was sent besides what the page would send, to read in a failure."""
    return str({name: value for name, value in sent.items() if value != fields.get(name)})[:300]


@pytest.mark.parametrize("name", sorted(POSTS))
def test_form_withstands(world, name):
    rng, route = random.Random(f"{SEED}{name}{connection.vendor}"), POSTS[name]
    role = sender(route, route.row.post)
    fields = fields_of(world, route, role)
    foreign = [str(value(world.foreign)) for value in THINGS.values()]

    found = [
        f"{problem} <- {without(fields, sent)}"
        for sent in cases(rng, fields, foreign)
        for problem in faults(world, route, role, "post", sent)
    ]

    assert found == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_withstands_its_query(world, name):
    rng, route = random.Random(f"{SEED}{name}{connection.vendor}"), PAGES[name]
    role = sender(route, route.row.get)
    queries: list[dict[str, Any]] = [{rng.choice(PARAMETERS): rng.choice(HOSTILE)} for _ in range(2)]
    queries += [{key: [value, "2"] for key in PARAMETERS} for value in rng.sample(SHORT, 2)]

    found = [
        f"{problem} <- {str(query)[:300]}"
        for query in queries
        for problem in faults(world, route, role, "get", query)
    ]

    assert found == []


@pytest.mark.parametrize("name", ["instance:import_upload", "instance:post_upload", "accounts:settings_edit"])
def test_upload_withstands(world, name):
    route = POSTS[name]
    role = sender(route, route.row.post)
    fields = fields_of(world, route, role)

    found = [
        f"{problem} <- {file_name[:40]!r} {content!r}"
        for file_name, content in itertools.product(FILE_NAMES, CONTENTS)
        for problem in faults(
            world,
            route,
            role,
            "post",
            fields | {each: SimpleUploadedFile(file_name, content) for each in ("file", "new_logo")},
        )
    ]

    assert found == []


def test_a_form_in_no_encoding_of_ours_is_a_bad_request(db):
    client = Client(enforce_csrf_checks=True)
    client.get("/account/sign-in/")

    response = client.post(
        "/account/sign-in/", "login=a", "application/x-www-form-urlencoded; charset=utf-16"
    )

    assert response.status_code == 400
    assert "This request was not understood" in response.content.decode()


@pytest.mark.parametrize("value", ["a\x00b", "9" * 20, "-" + "9" * 20])
def test_what_no_database_holds_is_refused_as_unknown(world, value):
    """NUL in a reference (PostgreSQL), and numbers beyond 64 bits where several rows are chosen."""
    client = world.clients[Role.OFFICER]
    queue = reverse("enquiries:enquiry_list", args=[world.own.authority.slug])
    touchpoint, invite = POSTS["engagements:touchpoint_record"], POSTS["overview:person_invite"]
    admin = world.clients[Role.ADMIN]

    assert client.get(f"{queue}{quote(value)}/").status_code == 404
    assert client.post(f"{queue}allocate/", {"enquiry": value}).status_code == 422
    url = touchpoint.url(world.own, touchpoint.kwargs(world.own))
    assert client.post(url, {"our_people": [value]}).status_code == 422
    assert admin.post(invite.url(world.own, {}), {"services": [value]}).status_code == 422
