"""axe (WCAG 2.2 AA and best practice) finds nothing on any page, as any role that may see it, in any state.

The pages come from the access table, so a new page is looked at from its first day. Nothing is excepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext
from playwright.sync_api import Page as Tab

from accounts.models import Membership, Role, Service, User
from contacts.models import MP, Constituency, Dissolution, Party
from enquiries.models import Enquiry
from enquiries.services import create_default_policies
from tests.access import ANONYMOUS, INSTANCE_ADMIN, MEMBERS, ROWS, Page, Place, Route, build_world, pages
from tests.browser.conftest import AXE, axe_findings
from tests.factories import (
    AuthorityFactory,
    EnquiryFactory,
    MembershipFactory,
    MPFactory,
    NotificationFactory,
    PriorityFactory,
    UserFactory,
)
from tests.states import answers

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Addresses of the access table that answer with a file or with words for a machine.
NO_PAGE = {"accounts:authority_logo", "contacts:card_file", "enquiries:due_preview", "healthz", "readyz"}
TOLD_OF_A_DISSOLUTION = {
    "overview:dashboard",
    "overview:seat_map",
    "overview:mp_detail",
    "contacts:mp_list",
    "contacts:lead_list",
    "enquiries:enquiry_log",
    "enquiries:enquiry_detail",
    "engagements:plan_list",
}
WIDE, NARROW = 1280, 320  # pixels; the one is the other at 400 %
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
LONG_NAME = f"Gwenllian Llywelyn-Featherstonehaugh of {LONG}"


# Words between tags; numbers, but for the ranks of headings; values of attributes that are each element's own.
WORDS, NUMBERS = r">\s*[^<\s][^<]*", r"(?<!<h)(?<!</h)\d+"
OF_ITS_OWN = (
    r'\b(value|href|title|content|action|aria-label|data-[\w-]+|d|points|transform|[xy][12]?)="[^"]+"'
)

Part = str | tuple[str, str]
People = dict[str, Membership | User]
Wanted = Callable[[Route], bool]


@dataclass(frozen=True)
class Visit:
    role: str
    page: Page


@pytest.fixture
def look(context_for: Callable[..., BrowserContext]) -> Callable[..., str]:
    """Open every page as every role that may: all that axe finds there, and after its form's mistakes."""

    def look(place: Place, people: People, wanted: Wanted, *, mistakes: bool) -> str:
        found: list[str] = []
        seen: set[Part] = set()
        for role, visits in groupby(visits_of(place, wanted), key=lambda visit: visit.role):
            if role not in people and role != ANONYMOUS:
                continue
            client, context = Client(), context_for(people.get(role))
            client.cookies.load({each["name"]: each["value"] for each in context.cookies()})
            context.add_init_script(path=AXE)
            tab = context.new_page()
            for visit in visits:
                findings = look_at(tab, client, visit.page, seen, with_mistakes=mistakes)
                found += [f"{role}, {visit.page.url}: {finding}" for finding in findings]
        return "\n".join(found)

    return look


def visits_of(place: Place, wanted: Wanted) -> Iterator[Visit]:
    listed = [page for page in pages(place, wanted) if page.name not in NO_PAGE]
    for role in [ANONYMOUS, *MEMBERS, INSTANCE_ADMIN]:
        yield from (Visit(role, page) for page in listed if role in page.roles)


def look_at(tab: Tab, client: Client, page: Page, seen: set[Part], *, with_mistakes: bool) -> Iterator[str]:
    """Chromium is asked for each page once, and for whatever it has not shown yet as another role or elsewhere."""
    response = client.get(page.url, follow=True)
    if response.status_code != 200:
        yield f"answered {response.status_code}"
    html = response.content.decode()
    is_new, has_new_mistakes = remember(page.name, html, seen), False
    if with_mistakes and refuses_an_empty_form(page):
        with transaction.atomic():  # an allocation to nobody is no mistake
            refused = client.post(page.url, hidden_fields(html))
            transaction.set_rollback(True)
        has_new_mistakes = refused.status_code == 422 and remember(
            f"{page.name}, with mistakes", refused.content.decode(), seen
        )
    if is_new or has_new_mistakes:
        tab.goto(page.url, wait_until="domcontentloaded")
    if is_new:
        yield from findings_at_both_widths(tab)
    if has_new_mistakes and leave_everything_out(tab):
        yield from (f"with mistakes, {finding}" for finding in findings_at_both_widths(tab))


def remember(name: str, html: str, seen: set[Part]) -> bool:
    """Whether the page of this name, or any part of it, is new; none is from now on."""
    parts = {name, *parts_of(html)}
    is_new = not parts <= seen
    seen |= parts
    return is_new


def parts_of(html: str) -> Iterator[Part]:
    """The words of a page's header, and below it each tag with its neighbour, so that a tag left out makes a
    new pair. Which words stand between tags, and what is told apart by number alone, is one to axe."""
    header, _, below = html.partition("<body")[2].partition("</header>")
    yield re.sub(r"<[^>]*>|\s+", " ", header)
    for what, plain in [(OF_ITS_OWN, r"\1"), (WORDS, ">…"), (NUMBERS, "0"), (r"\s+", " ")]:
        below = re.sub(what, plain, below)
    yield from pairwise(re.findall("<[^>]*>…?", below))


def findings_at_both_widths(tab: Tab) -> Iterator[str]:
    """What axe finds, and whether the page is too wide for a narrow screen; the tab is resized only once."""
    widths = [WIDE, NARROW]
    for width in widths if tab.viewport_size["width"] == WIDE else reversed(widths):
        if tab.viewport_size["width"] != width:
            tab.set_viewport_size({"width": width, "height": 800})
        yield from axe_findings(tab) if width == WIDE else scrolls_sideways(tab)


def scrolls_sideways(tab: Tab) -> Iterator[str]:
    if tab.evaluate("document.documentElement.scrollWidth") > NARROW:
        yield f"scrolls sideways at {NARROW} pixels"


def refuses_an_empty_form(page: Page) -> bool:
    posted = ROWS[page.name].posted
    return bool(ROWS[page.name].post) and 422 in (posted.values() if isinstance(posted, dict) else [posted])


def leave_everything_out(tab: Tab) -> bool:
    """Empty the page's own form and send it; true if the page came back with its mistakes."""
    sent = tab.evaluate("""() => {
        const form = document.querySelector("main form[method=post]:not([action])");
        if (!form) return false;
        form.querySelectorAll("input:not([type=hidden]), textarea, select").forEach((field) => {
            if (field.type === "checkbox" || field.type === "radio") field.checked = false;
            else field.value = "";
        });
        form.id = "form-to-send";
        return true;
    }""")
    if not sent:
        return False
    with tab.expect_navigation(wait_until="domcontentloaded"):
        tab.evaluate("document.getElementById('form-to-send').submit()")
    return "Error: " in tab.title()


def hidden_fields(page: str) -> dict[str, str]:
    """What a form sends of which everything is left out."""
    main = page.partition("<main")[2]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', main))


@pytest.mark.slow(seconds=60)
def test_axe_finds_nothing_on_any_page_full_of_long_names(look, settings):
    settings.DEMO = True
    world = build_world()
    place = world.own
    fill(place)

    people: People = dict(place.members)
    people[INSTANCE_ADMIN] = User.objects.get(is_instance_admin=True)

    assert look(place, people, lambda route: True, mistakes=True) == ""


def fill(place: Place) -> None:
    """Thirty enquiries, unread notifications, and names as long as names get."""
    officer = place.members["officer"]
    enquiry = place.rows["enquiry"]
    common = {
        "authority": place.authority,
        "mp": enquiry.mp,
        "service": enquiry.service,
        "logged_by": officer,
    }
    EnquiryFactory.create_batch(30, **common, owner=officer)
    NotificationFactory.create_batch(3, recipient=officer, in_app=True)
    MP.objects.update(name=LONG_NAME)
    Constituency.objects.update(name=f"Bro Morgannwg and {LONG}")
    Party.objects.filter(pk=Party.objects.first().pk).update(name=f"Plaid {LONG}")
    Service.objects.filter(pk=enquiry.service_id).update(name=f"Gwasanaethau {LONG}"[:100])
    Enquiry.objects.update(subject=f"Traffic in {LONG} {LONG}"[:150])
    User.objects.filter(pk=officer.user_id).update(name=LONG_NAME)


@pytest.mark.slow(seconds=30)
def test_axe_finds_nothing_on_any_page_of_an_authority_that_has_just_begun(look, page_as):
    tab = page_as()
    tab.goto("/")
    assert "create_authority" in tab.content()
    assert axe_findings(tab) == []
    authority = AuthorityFactory(name="Northmoor Council", slug="northmoor")
    create_default_policies(authority=authority)
    people: People = {role: MembershipFactory(authority=authority, role=role) for role in MEMBERS}
    people[INSTANCE_ADMIN] = UserFactory(is_instance_admin=True)
    place = Place(authority, mark="")

    assert look(place, people, lambda route: not route.row.about, mistakes=False) == ""

    # About an MP of whom nothing is recorded; other roles see less of the same.
    place.rows["mp"] = MPFactory(authority=authority)
    writers = {role: people[role] for role in (Role.OFFICER, Role.POLITICAL_AFFAIRS)}
    assert look(place, writers, lambda route: route.row.about in ("mp", "question"), mistakes=False) == ""


@pytest.mark.slow(seconds=20)
def test_axe_finds_nothing_while_there_is_no_parliament(look):
    place = build_world().own
    Dissolution.objects.create(started_on=timezone.localdate(), entered_at=timezone.now())
    people = {role: place.members[role] for role in (Role.OFFICER, Role.EXECUTIVE)}

    assert look(place, people, lambda route: route.name in TOLD_OF_A_DISSOLUTION, mistakes=False) == ""


@pytest.mark.slow(seconds=15)
def test_axe_finds_nothing_on_mistakes_conflicts_and_previews(context_for, settings):
    settings.DEMO = True  # which has an outbox to look at
    world = build_world()
    context = context_for(world.own.members[Role.ADMIN])
    context.add_init_script(path=AXE)
    tab, found = context.new_page(), []
    page: dict[str, Any] = {}
    tab.route("**/answer/", lambda route: route.fulfill(**page))

    for name, response in answers(world):
        page = {"body": response.content, "headers": dict(response.headers)}
        tab.goto("/answer/", wait_until="domcontentloaded")
        found += [f"{name}: {finding}" for finding in findings_at_both_widths(tab)]

    assert "\n".join(found) == ""


def test_axe_finds_nothing_on_the_filters_of_the_queue(page_as, officer):
    EnquiryFactory(authority=officer.authority)
    tab = page_as(officer)
    tab.goto("/northmoor/enquiries/?tab=team&rag=red")

    tab.get_by_role("button", name="Filter (1 in use)").click()
    tab.get_by_role("button", name="Apply filters").wait_for()

    assert list(findings_at_both_widths(tab)) == []
    assert tab.evaluate("document.activeElement.name") == "words"


def test_axe_finds_nothing_on_priorities_to_move(page_as, political_affairs):
    PriorityFactory.create_batch(
        3,
        authority=political_affairs.authority,
        why="One-year settlements cost about £2m a year in short contracts.",
        departments="Department for Transport\nHM Treasury",
        bodies="Towns and Shires Committee",
        key_words="local government finance\nsettlement",
    )
    tab = page_as(political_affairs)
    tab.goto("/northmoor/mps/priorities/")

    assert list(findings_at_both_widths(tab)) == []


def test_a_page_without_one_of_its_tags_is_shown_to_axe(client):
    html, seen = client.get("/account/sign-in/").content.decode(), set()
    assert remember("sign-in", html, seen)
    assert not remember("sign-in", html.replace("Enter", "Type in"), seen)

    body = html.partition("</header>")[2]
    for tag in re.findall(r"<h1.*?</h1>|<label.*?</label>", body, re.DOTALL):
        assert remember("sign-in", html.replace(tag, ""), set(seen))
    assert remember("sign-in", html.replace("</h1>", "</h2>"), set(seen))


def test_what_axe_is_asked_would_show_a_fault(page_as):
    tab = page_as()
    tab.goto("/account/sign-in/")
    assert axe_findings(tab) == []

    tab.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/static/img/icon.svg>')"
    )
    tab.evaluate("document.querySelector('label').remove()")

    assert {finding.split(":")[0] for finding in axe_findings(tab)} == {"image-alt", "label"}
