"""What a council records of its MPs, in Chromium: from the page that lists it to saved, by a role that may; and
a role that may not is neither led there nor let in."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Role
from contacts.models import MPExport, MPOffice, Placement, PortfolioMatch, Position
from tests.browser.conftest import enter
from tests.factories import MembershipFactory, MPFactory, PolicyAreaFactory, PostFactory, PriorityFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow(seconds=15), pytest.mark.django_db(transaction=True)]

MPS = "/northmoor/mps"
SOURCE = {"kind": "fact", "source": "Hansard", "source_on": "2026-03-02"}


@pytest.fixture
def mp(authority):
    """Our MP, who has a post that bears on a priority."""
    PolicyAreaFactory(authority=authority, name="Bus services")
    PriorityFactory(authority=authority, name="Better buses", key_words="buses")
    mp = MPFactory(authority=authority, name="Ms Ada Fenwick")
    PostFactory(mp=mp, title="Minister for Buses")
    return mp


@pytest.fixture
def page_of(page_as, authority):
    return lambda role: page_as(MembershipFactory(authority=authority, role=role))


def record(page: Page, start: str, link: str, said: str, **values: str) -> None:
    """From the page that lists it, by its link, to saved."""
    page.goto(f"{MPS}/{start}")
    page.locator("main").get_by_role("link", name=re.compile(link)).first.click()
    for name, value in values.items():
        enter(page, name.replace("__", "-"), value)
    page.locator("main form[method=post] button").last.click()
    expect(page.locator("main").get_by_text(re.compile(said)).first).to_be_visible()


def test_an_officer_records_what_is_known_of_an_mp(page_of, mp):
    page, today = page_of(Role.OFFICER), timezone.localdate().isoformat()
    background = f"{mp.pk}/background/"

    record(page, f"{mp.pk}/office/", "office", "The office is saved", email="ada@example.org")
    record(page, f"{mp.pk}/office/", "Add somebody", "Bo Clerk is saved", name="Bo Clerk")
    record(
        page,
        f"{mp.pk}/leads/",
        "Record who knows them",
        "Saved: ",
        name="Cllr Lee",
        how="At school",
        kind="fact",
        source="Cllr Lee",
    )
    record(page, background, "Add to the background", "Sat here", about="interest", text="Sat here", **SOURCE)
    record(
        page, background, "Add a campaign issue", "A by-pass",
        text="A by-pass", said_during="since", **SOURCE,
    )  # fmt: skip
    record(
        page, background, "Record a position", "Supportive",
        area="Bus services", stance="supportive", text="More of them", **SOURCE,
    )  # fmt: skip
    record(
        page, f"{mp.pk}/checklist/", "Answer.*Risks", "Risks: the answer is saved",
        text="None known", kind="opinion", evidence="Seen often",
    )  # fmt: skip
    record(
        page, "stakeholders/", "Ms Ada Fenwick", "is placed",
        influence="high", support="supportive", reason="Minister", placed_on=today,
    )  # fmt: skip
    page.goto(f"{MPS}/matches/")
    page.get_by_role("button", name=re.compile("^Confirm.*Ms Ada Fenwick")).click()
    expect(page.get_by_text("Ms Ada Fenwick and “Better buses”: confirmed.")).to_be_visible()

    assert MPOffice.objects.get().email == "ada@example.org"
    assert Position.objects.get().stance == "supportive"
    assert Placement.objects.get().influence == "high"
    assert PortfolioMatch.objects.get().state == "confirmed"


def test_political_affairs_say_who_leads_what_matters_and_hand_out(page_of, mp):
    page, today = page_of(Role.POLITICAL_AFFAIRS), timezone.localdate().isoformat()

    record(page, f"{mp.pk}/leads/", "relationship owner", "Cllr Lee: ", role="lead", name="Cllr Lee")
    record(page, f"{mp.pk}/leads/", "Leader’s agreement", "agreement is recorded", agreed_on=today)
    record(
        page,
        "priorities/",
        "Add a priority",
        "Safe streets is saved",
        name="Safe streets",
        key_words="police",
    )
    page.goto(f"/northmoor/mps/{mp.pk}/")
    page.get_by_role("link", name="Export", exact=True).click()
    enter(page, "law", "foi")
    enter(page, "asked_on", today)
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the export").click()

    assert download.value.suggested_filename.endswith(".zip")
    assert MPExport.objects.get().mp == mp


def test_an_admin_looks_after_the_card_and_the_seats(page_of, mp):
    page = page_of(Role.ADMIN)

    record(
        page, "card/", "card", "The card is saved",
        hours="9 to 5", contacts__0__about="Everything", contacts__0__name="Pat",
        contacts__0__email="pat@example.org", contacts__0__phone="01234",
    )  # fmt: skip
    page.goto(f"{MPS}/seats/")
    page.get_by_role("button", name=re.compile("^Hide ")).click()
    page.get_by_role("button", name=re.compile("^Show again ")).click()

    expect(page.get_by_role("button", name=re.compile("^Hide "))).to_be_visible()
    expect(page.get_by_role("link", name="Ms Ada Fenwick")).to_be_visible()


@pytest.mark.parametrize(
    ("role", "start", "form"),
    [
        (Role.SERVICE_CONTACT, "office/", "office/edit/"),
        (Role.EXECUTIVE, "background/", "background/new/"),
        (Role.EXECUTIVE, "leads/", "leads/new/"),
        (Role.OFFICER, "leads/", "leads/agreement/"),
        (Role.OFFICER, "background/", "export/"),
        (Role.ADMIN, "leads/", "place/"),
    ],
    ids=str,
)
def test_who_may_not_record_is_not_led_there_and_told_so(page_of, mp, role, start, form):
    page = page_of(role)
    page.goto(f"{MPS}/{mp.pk}/{start}")
    assert page.locator(f"a[href$='/{mp.pk}/{form}']").count() == 0

    page.goto(f"{MPS}/{mp.pk}/{form}")

    expect(page.get_by_role("heading", level=1)).to_have_text("Your role does not open this page")
