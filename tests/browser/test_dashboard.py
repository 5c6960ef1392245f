"""The dashboard as leaders use it: on one screen, on one sheet of paper, each figure leading to its list."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from contacts.models import Dissolution
from engagements.models import EngagementPlan
from tests.factories import (
    ConstituencyFactory,
    EngagementPlanFactory,
    EnquiryFactory,
    MembershipFactory,
    MPFactory,
    PartyFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def twelve_mps(authority):
    mps = [MPFactory(authority=authority, name=f"Ms Fictional Member {n}") for n in range(12)]
    for mp in mps[:8]:
        EngagementPlanFactory(authority=authority, mp=mp)
        EnquiryFactory(authority=authority, mp=mp)


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.OFFICER, Role.POLITICAL_AFFAIRS])
def test_each_figure_leads_to_a_list_of_as_many(page_as, authority, twelve_mps, role):
    page = page_as(MembershipFactory(authority=authority, role=role))
    page.goto("/northmoor/dashboard/")
    assert EngagementPlan.objects.count() == 8
    links = page.locator(".mpcrm-figure a").evaluate_all(
        "links => links.map(link => [link.innerText, link.href])"
    )
    assert 6 <= len(links) <= 8

    for text, address in links:
        number = int(re.match(r"\d+", text)[0])
        page.goto(address)
        words = page.locator("main").get_by_role("status").first.inner_text()
        # "Showing 1 to 8 of 8", "Showing 4 of your 12 MPs", "No enquiries with these filters"
        shown = re.search(r"\d+ to \d+ of (\d+)|Showing (\d+) of", words)
        assert number == (int(shown[1] or shown[2]) if shown else 0), (text, words)
        assert number == page.locator("tbody tr").count(), text


def test_it_fits_one_screen_and_prints_on_one_sheet_of_a4(page_as, authority, executive):
    """With 27 MPs, as Greater Manchester has; of more, the 20 most neglected are printed."""
    party = PartyFactory(name="Labour and Co-operative Party")
    for n in range(27):
        seat = ConstituencyFactory(name=f"Oldmoor West, Chadderley and Royston {n}")
        mp = MPFactory(authority=authority, name=f"Dr Fictional Featherstone {n}", seat=seat, party=party)
    EnquiryFactory(authority=authority, mp=mp)
    page = page_as(executive)
    page.goto("/northmoor/dashboard/")

    assert "As at " in page.locator("main").inner_text()
    figures = page.locator(".mpcrm-figure")
    assert max(figures.evaluate_all("all => all.map(each => each.getBoundingClientRect().bottom)")) <= 800
    assert sheets(page) == 1
    page.emulate_media(media="print")
    assert page.locator("tbody tr:visible").count() == 27
    assert page.get_by_text("more MPs").count() == 0

    MPFactory(authority=authority, party=party)
    page.reload()

    assert sheets(page) == 1
    assert page.locator("tbody tr:visible").count() == 20
    expect(page.get_by_text("And 8 more MPs, less neglected than these.")).to_be_visible()
    page.emulate_media(media="screen")
    assert page.locator("tbody tr:visible").count() == 28

    Dissolution.objects.create(started_on=timezone.localdate(), entered_at=timezone.now())
    page.reload()
    page.emulate_media(media="null")
    assert sheets(page) == 1
    assert "former MPs" in page.locator("main").inner_text()


def sheets(page):
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
