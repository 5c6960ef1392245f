"""Walk every URL × method × role × {own, foreign, missing} and compare with the access table.

A route without a line in the table fails. Texts of each authority carry its mark, so that a leak shows
wherever it happens. `tests/test_access_mutants.py` breaks each tenancy filter in turn and sees red.
"""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import HANDLERS
from accounts.models import Authority, Role
from mpcrm import errors
from tests.access import (
    BLIND_TO_WORDS,
    FORGERIES,
    LIST_ALL_FACTS,
    NOBODY,
    ROWS,
    SHARED,
    THINGS,
    Forgery,
    Route,
    routes,
)
from tests.access_world import (
    ANONYMOUS,
    FAR_MARK,
    FOREIGN_MARK,
    INSTANCE_ADMIN,
    MEMBERS,
    OWN_MARK,
    ROLES,
    STRANGER,
    Place,
    World,
    build_world,
    canary,
    grow,
    owned_models,
    words_of,
)

pytestmark = pytest.mark.django_db

OWN, FOREIGN, MISSING = "own", "foreign", "missing"
FOREIGN_AUTHORITY, MISSING_AUTHORITY = "foreign authority", "missing authority"
# A foreign thing is answered, to the byte, as a missing one.
TWINS = {FOREIGN: MISSING, FOREIGN_AUTHORITY: MISSING_AUTHORITY}
OTHER_METHODS = ["PUT", "DELETE", "OPTIONS"]
NO_SUCH_AUTHORITY = "no-such-council"


REFUSAL_PAGES = ["mpcrm.urls.handler403", "mpcrm.urls.handler404"]
NOT_ALLOWED = errors.not_allowed


def refuse_without_a_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(status=404 if isinstance(exception, Http404) else 403)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Built once for the module; every request of the walk is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as monkeypatch:
        # The test client keeps a copy of every template's context, which is a third of the walk's time.
        monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *args, **kwargs: None)
        # The pages of a refusal are most of the rest; they are read whole in a test of their own.
        for handler in REFUSAL_PAGES:
            monkeypatch.setattr(handler, refuse_without_a_page, raising=False)
        monkeypatch.setattr("notifications.health.patience", lambda: timedelta(days=1))  # it takes a while
        monkeypatch.setattr(errors, "not_allowed", lambda request, refused: refused)
        yield build_world()
        transaction.set_rollback(True)


@dataclass(frozen=True)
class Cell:
    route: Route
    method: str
    role: str
    case: str
    query: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.route.name}?{self.query} as {self.role}, {self.case}"


@dataclass(frozen=True)
class Answer:
    status: int
    text: str  # headers that carry addresses, and the body


def cells(route: Route) -> Iterator[Cell]:
    """Every method and role with what is own, foreign and missing.

    Foreign to a member is another authority's row at their own authority's address, and the other authority.
    To anybody else the authority itself is.
    """
    for role in ROLES:
        of_authorities = [FOREIGN_AUTHORITY, MISSING_AUTHORITY] if route.has_authority else []
        if role == STRANGER:
            of_authorities = []  # They work for the other one; the first is foreign to them already.
        of_rows = [FOREIGN, MISSING] if route.has_authority else [MISSING]
        is_in_rows = bool(route.row.about) and (role in MEMBERS or not route.has_authority)
        cases = {
            "GET": [OWN, *of_authorities, *(of_rows if is_in_rows else [])],
            "POST": [OWN, *(of_rows if is_in_rows else of_authorities)],
        }
        cases |= {method: [OWN] for method in ["HEAD", *OTHER_METHODS]}
        yield from (Cell(route, method, role, case) for method, each in cases.items() for case in each)
        yield from (Cell(route, "GET", role, OWN, query) for query in route.row.queries)


def expected(cell: Cell) -> int:
    """The status the table promises."""
    row = cell.route.row
    allowed = {"GET": row.get, "HEAD": row.get, "POST": row.post}.get(cell.method, NOBODY)
    if cell.role == ANONYMOUS and ANONYMOUS not in row.get | row.post:
        return 302  # to sign in
    if cell.route.has_authority and (
        cell.role not in MEMBERS or cell.case in (FOREIGN_AUTHORITY, MISSING_AUTHORITY)
    ):
        return 404
    if not allowed:
        return 405
    if cell.role not in allowed:
        return 302 if cell.role == ANONYMOUS else 403
    if cell.case == MISSING or (cell.case == FOREIGN and row.about not in SHARED):
        return row.missing
    status = row.posted if cell.method == "POST" else row.got
    return status if isinstance(status, int) else status[cell.role]


def url_of(world: World, cell: Cell) -> str:
    route = cell.route
    if cell.query:
        return f"{route.url(world.own, route.kwargs(world.own))}?{cell.query}"
    match cell.case:
        case "foreign":
            return route.url(world.own, route.foreign_kwargs(world.foreign))
        case "missing":
            return route.url(world.own, route.missing_kwargs(world.own))
        case "foreign authority":
            return route.url(world.foreign, route.kwargs(world.foreign))
        case "missing authority":
            return route.url(NO_SUCH_AUTHORITY, route.kwargs(world.own))
    return route.url(world.own, route.kwargs(world.own))


def ask(world: World, cell: Cell, *, data: dict[str, Any] | None = None, keep: bool = False) -> Answer:
    """One request, undone afterwards unless it is to be kept."""
    client, url = world.clients[cell.role], url_of(world, cell)
    cookies = client.cookies.copy()
    with transaction.atomic():
        if cell.method == "POST":
            response = client.post(url, {"csrfmiddlewaretoken": "-"} | (data or {}))
        else:
            response = client.generic(cell.method, url)
        transaction.set_rollback(not keep)
    client.cookies = cookies
    body = b"".join(response) if response.streaming else response.content
    headers = response.headers.get("Location", "") + response.headers.get("Content-Disposition", "")
    return Answer(response.status_code, headers + "\n" + body.decode(errors="replace"))


def normalised(world: World, cell: Cell, answer: Answer) -> str:
    """Without what differs between any two requests: the address asked for, tokens, seconds left."""
    text = answer.text.replace(url_of(world, cell), "<address>")
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "<token>", text)
    return re.sub(r'data-session-seconds="\d*"', "<seconds>", text)


def unhurried(text: str) -> str:
    """Without what differs from one second to the next: times of day and one-time form ids."""
    text = re.sub(r'name="submission" value="[-\w]+"', "<submission>", text)
    return re.sub(r"\d{1,2}:\d\d(:\d\d)?(am|pm)?|\d+ (second|minute)s?|less than a minute", "<time>", text)


# --- What may not be in an answer -----------------------------------------------------


def enquiry_words(world: World) -> list[str]:
    """The canaries of everything written in or about an enquiry."""
    from enquiries.models import Constituent, Enquiry, Reply, TimelineEntry

    return [
        canary(world.own.mark, model, each.name)
        for model in (Enquiry, Constituent, Reply, TimelineEntry)
        for each in words_of(model)
    ]


def leaks(world: World, cell: Cell, answer: Answer) -> Iterator[str]:
    text = html.unescape(answer.text).lower()
    marks = {
        STRANGER: [OWN_MARK],
        ANONYMOUS: [OWN_MARK, FOREIGN_MARK],
        INSTANCE_ADMIN: [OWN_MARK, FOREIGN_MARK],
    }
    for mark in marks.get(cell.role, [FOREIGN_MARK]):
        if mark in text and cell.route.name != "join_authority":  # It names the person it was sent to.
            at = text.index(mark)
            yield f"shows {text[at - 40 : at + 60]!r}"
    if cell.route.row.to and cell.role in MEMBERS and answer.status == 302:
        to, _, _ = answer.text.partition("\n")
        if to != cell.route.row.to:
            yield f"leads to {to}"
    of = "foreign" if cell.case == FOREIGN else cell.query if cell.case == OWN else None
    for query, words, times in cell.route.row.says:
        if cell.method == "GET" and query == of and answer.status == 200 and cell.role in MEMBERS:
            said = text.count(words.lower())
            if said != times:
                yield f"says {words!r} {said} times, not {times}"
    shows_all = cell.route.name in LIST_ALL_FACTS or cell.case != OWN
    if FAR_MARK in text and not shows_all and cell.role in MEMBERS:
        yield "takes an MP or seat outside our area for ours"
    if cell.role in BLIND_TO_WORDS:
        yield from (f"shows an enquiry's words: {word}" for word in enquiry_words(world) if word in text)
    title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)
    if title and OWN_MARK in title.group(1):
        yield f"names a person or their words in the title: {title.group(1)!r}"
    links = re.findall(r"(?:href|action|src)=\"([^\"]*)\"", text)
    yield from (f"links to {link!r}" for link in links if OWN_MARK in link and not link.startswith("mailto:"))


def is_decided_before_rows(cell: Cell) -> bool:
    """Whether it is the method or the authority's address that decides, before a row is fetched."""
    return cell.method not in ("GET", "POST") or cell.case in (FOREIGN_AUTHORITY, MISSING_AUTHORITY)


def asked_on_this_database(cell: Cell) -> bool:
    """What shows or changes a row is asked on both databases; of the rest each asks its half, since it is the
    code that refuses: the methods on SQLite, other authorities' addresses on PostgreSQL, and rows that are
    another's or nobody's on every second route."""
    on_postgres = connection.vendor == "postgresql"
    if is_decided_before_rows(cell):
        return (cell.method in ("GET", "POST")) == on_postgres
    if cell.case in (FOREIGN, MISSING):
        return list(ROUTES).index(cell.route.name) % 2 == on_postgres
    return True


def findings(world: World, route: Route) -> Iterator[str]:
    """What is wrong with the answers of one route."""
    yield from findings_of(world, [cell for cell in cells(route) if asked_on_this_database(cell)])


def findings_of(world: World, asked: list[Cell]) -> Iterator[str]:
    answers = {cell: ask(world, cell) for cell in asked}
    for cell, answer in answers.items():
        yield from faults(world, cell, answer)
        twin = replace(cell, case=TWINS.get(cell.case, cell.case))
        # The page of a shared thing, refused before it is looked for, leads to its other pages.
        alike = {404} if cell.route.row.about in SHARED else {404, 405}
        is_refused = twin != cell and answer.status in alike
        if is_refused and normalised(world, cell, answer) != normalised(world, twin, answers[twin]):
            yield f"{cell}: is not answered as {twin.case}"


def faults(world: World, cell: Cell, answer: Answer) -> Iterator[str]:
    """What one answer shows to be wrong by itself."""
    if answer.status != expected(cell):
        yield f"{cell}: {answer.status}, not {expected(cell)}"
    if cell.role in MEMBERS and "<main" in answer.text:
        offers_log = 'class="mpcrm-header__log"' in answer.text
        if offers_log != (cell.role in HANDLERS):
            yield f"{cell}: {'offers' if offers_log else 'does not offer'} to log an enquiry"
    yield from (f"{cell}: {leak}" for leak in leaks(world, cell, answer))


# --- The walk -------------------------------------------------------------------------

ROUTES = {route.name: route for route in routes()}


def test_every_route_has_a_line_and_every_line_a_route():
    assert {"without a line": set(ROUTES) - set(ROWS), "without a route": set(ROWS) - set(ROUTES)} == {
        "without a line": set(),
        "without a route": set(),
    }


def test_no_two_routes_share_a_name():
    names = [route.name for route in routes()]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", sorted(set(ROUTES) & set(ROWS)))
def test_access(world, name, caplog):
    caplog.set_level(logging.INFO)

    assert list(findings(world, ROUTES[name])) == []
    assert OWN_MARK not in caplog.text
    assert FOREIGN_MARK not in caplog.text


def test_pages_that_refuse_are_those_of_what_is_missing(world, monkeypatch):
    """Each role's page of each kind of refusal, which does not hang on what was refused."""
    for handler in REFUSAL_PAGES:
        monkeypatch.delattr(handler)
    monkeypatch.setattr(errors, "not_allowed", NOT_ALLOWED)
    refused = {
        (cell.role, cell.method, cell.case, expected(cell)): cell
        for route in ROUTES.values()
        for cell in cells(route)
        if cell.method in ("GET", "POST") and expected(cell) in (403, 404, 405) and cell.case != OWN
    }
    both = [
        each
        for cell in refused.values()
        for each in {cell, replace(cell, case=TWINS.get(cell.case, cell.case))}
    ]

    assert {expected(cell) for cell in both} == {403, 404, 405}
    assert list(findings_of(world, both)) == []
    assert all("<h1" in ask(world, cell).text for cell in both)


def test_executives_read_an_enquiry_where_it_is_switched_on(world):
    """The control of the rule that otherwise they do not: the canaries are where the walk looks for them."""
    page = Cell(ROUTES["enquiries:enquiry_detail"], "GET", Role.EXECUTIVE.value, OWN)

    before = list(leaks(world, page, ask(world, page)))
    with transaction.atomic():
        Authority.objects.filter(pk=world.own.authority.pk).update(executives_see_text=True)
        after = "\n".join(leaks(world, page, ask(world, page)))
        transaction.set_rollback(True)

    assert before == []
    assert f"{OWN_MARK}-enquiry-subject" in after
    assert f"{OWN_MARK}-constituent-name" in after


def test_an_enquirys_words_in_a_title_are_found(world):
    page = Cell(ROUTES["enquiries:enquiry_detail"], "GET", Role.OFFICER.value, OWN)
    answer = ask(world, page)

    for word in (f"{OWN_MARK}-enquiry-subject", f"{OWN_MARK}-constituent-name"):
        assert word in answer.text
        titled = replace(answer, text=answer.text.replace("<title>", f"<title>{word} "))
        [found] = leaks(world, page, titled)
        assert "in the title" in found


def changed_when_others_work(world: World, answers: dict[Cell, Answer]) -> list[Cell]:
    """Those of the pages that are answered otherwise after the other authority has done some work.

    Learning a fact that everybody shares is such work, except to a page that lists all facts.
    """
    changed: list[Cell] = []
    for facts in (False, True):
        pages = [page for page in answers if (page.route.name not in LIST_ALL_FACTS) == facts]
        if not pages:
            continue
        with transaction.atomic():
            grow(world, facts=facts)
            after = [unhurried(normalised(world, page, ask(world, page))) for page in pages]
            transaction.set_rollback(True)
        before = [unhurried(normalised(world, page, answers[page])) for page in pages]
        changed += [page for page, was, now in zip(pages, before, after, strict=True) if was != now]
    return changed


def test_nothing_another_authority_does_changes_a_page(world):
    """Counts, sums and orders hold no words, so a leak in them shows only as a difference."""
    own = [route for name, route in sorted(ROUTES.items()) if route.has_authority]
    # A page counts in the code, not in the database: every second one on each.
    pages = [
        cell
        for route in own[connection.vendor == "postgresql" :: 2]
        for cell in cells(route)
        if cell.method == "GET" and cell.case == OWN and cell.role in route.row.get
    ]

    assert [
        str(page) for page in changed_when_others_work(world, {page: ask(world, page) for page in pages})
    ] == []


def rows_of(place: Place) -> dict[str, list[Any]]:
    """Everything an authority has, to compare."""
    return {
        model.__name__: list(model._default_manager.filter(authority=place.authority).order_by("pk").values())
        for model in owned_models()
    }


def changes_rows(world: World, posts: list[Cell]) -> bool:
    """Whether these requests, one after the other, change a row of the other authority."""
    with transaction.atomic():
        before = rows_of(world.foreign)
        for post in posts:
            ask(world, post, keep=True)
        after = rows_of(world.foreign)
        transaction.set_rollback(True)
    return before != after


def test_no_post_changes_another_authoritys_rows(world):
    posts = [
        cell
        for route in ROUTES.values()
        if route.has_authority
        for cell in cells(route)
        if cell.method == "POST" and cell.role in route.row.post and cell.case in (OWN, FOREIGN)
    ]

    if changes_rows(world, posts):
        pytest.fail("\n".join(str(post) for post in posts if changes_rows(world, [post])))


# --- Forms that are handed another authority's row ------------------------------------


class Fields(HTMLParser):
    """What a browser would send of the page's longest form, unchanged."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.name = self.text = ""
        self.feed(page)

    @property
    def longest(self) -> dict[str, Any]:
        return max(self.forms, key=len, default={})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of: dict[str, str] = {name: value or "" for name, value in attrs}
        is_chosen = "checked" in of or of.get("type") not in ("checkbox", "radio")
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and of.get("name") and is_chosen and of.get("type") != "file":
            default = "on" if of.get("type") in ("checkbox", "radio") else ""
            self.forms[-1][of["name"]] = of.get("value", default)
        elif tag in ("select", "textarea"):
            self.name, self.text = of["name"], ""
            self.forms[-1].setdefault(self.name, "")
        elif tag == "option" and "selected" in of:
            self.forms[-1][self.name] = of.get("value", "")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.forms[-1][self.name] = self.text.strip()


def send_form(world: World, forgery: Forgery, place: Place) -> Answer:
    """What answers a page's form, filled in, with one field naming a row of `place`."""
    route = ROUTES[forgery.route]
    page = Cell(route, "GET", next(role for role in MEMBERS if role in route.row.post), OWN)
    fill = {
        name: THINGS[value[1:]](world.own) if value.startswith("@") else value
        for name, value in forgery.fill.items()
    }
    shown = Fields(ask(world, page).text).longest if route.row.get else {}
    data = shown | fill | {forgery.field: THINGS[forgery.thing](place)}
    return ask(world, replace(page, method="POST"), data=data)


@pytest.mark.parametrize("forgery", FORGERIES, ids=str)
def test_form_takes_our_row_and_refuses_anothers(world, forgery):
    ours, anothers = send_form(world, forgery, world.own), send_form(world, forgery, world.foreign)

    assert ours.status == 302, re.findall(r"error-summary__list.*?</ul>", ours.text, re.DOTALL)
    assert anothers.status == 422
