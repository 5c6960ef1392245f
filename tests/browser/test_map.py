"""The map by keyboard, as every role: Tab goes from seat to seat as the table lists them, and Enter opens the MP."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from contacts.models import SeatBoundary, SeatHex
from tests.access_world import MEMBERS
from tests.factories import (
    ConstituencyFactory,
    CouncilFactory,
    MembershipFactory,
    MPFactory,
    SeatOverlapFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow(seconds=8), pytest.mark.django_db(transaction=True)]

# What Tab leads to on the page, in order: links of the map, each with its own name, then those of the table.
FOCUSED = """() => {
    const each = document.activeElement, style = getComputedStyle(each);
    const shape = each.querySelector("path");
    return {
        isSeat: each.matches(".mpcrm-map__seat"),
        name: each.getAttribute("aria-label"),
        look: shape && [getComputedStyle(shape).stroke, getComputedStyle(shape).strokeWidth, style.outline].join(),
    };
}"""


@pytest.fixture
def mps(authority):
    """Three MPs whose seats stand otherwise on the map than in the table."""
    mps = []
    for name, at in [("Ash", 3), ("Birch", 1), ("Cedar", 2)]:
        seat = ConstituencyFactory(name=f"{name} Vale and Harrowdale")
        SeatHex.objects.create(constituency=seat, q=at, r=at)
        west, south = at * 1_000, 520_000 + at * 500
        edges = {"west": west, "south": south, "east": west + 900, "north": south + 900}
        ring = [west, south, west + 900, south, west + 900, south + 900, west, south + 900]
        SeatBoundary.objects.create(constituency=seat, rings=[ring], **edges)
        mps.append(MPFactory(authority=authority, name=name, seat=seat))
    county = CouncilFactory(name="Eastmarch County Council")
    SeatOverlapFactory(constituency=seat, council=county, share="38.8", area_share="56.9")
    return mps


@pytest.mark.parametrize("role", MEMBERS)
def test_the_map_is_walked_by_keyboard_in_the_order_of_the_table(page_as, authority, mps, role):
    page = page_as(MembershipFactory(authority=authority, role=role))
    address = reverse("overview:seat_map", args=["northmoor"])
    page.goto(address)
    colourings = page.get_by_role("navigation", name="Colour by").get_by_role("link")
    assert colourings.count() >= 1

    for colouring in colourings.all_inner_texts():
        page.get_by_role("link", name=colouring, exact=True).click()
        expect(page.locator("caption")).to_contain_text(f"By {colouring.lower()}")
        expect(page.get_by_role("link", name=colouring, exact=True)).to_have_attribute("aria-current", "true")
    kinds = page.get_by_role("navigation", name="Kind of map").get_by_role("link")
    for kind in reversed(kinds.all_inner_texts()):
        page.get_by_role("link", name=kind, exact=True).click()
        expect(page.get_by_role("link", name=kind, exact=True)).to_have_attribute("aria-current", "true")
        seats_in_tab_order_are(page, ["Ash", "Birch", "Cedar"])
        table = page.get_by_role("region", name="Our seats", exact=True)
        for width in (1100, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert table.evaluate("each => each.scrollWidth - each.clientWidth") == 0, "the table is cut off"
            assert table.evaluate("each => each.getBoundingClientRect().right") <= width - 30, "no margin"

    page.get_by_role("region", name="Map of our seats").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/mps/{mps[0].pk}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ash")


def seats_in_tab_order_are(page: Page, names: list[str]) -> None:
    page.get_by_role("region", name="Map of our seats").focus()
    at_rest = page.locator(".mpcrm-map__seat path").first.evaluate(
        "shape => [getComputedStyle(shape).stroke, getComputedStyle(shape).strokeWidth,"
        " getComputedStyle(shape.closest('a')).outline].join()"
    )
    for number, name in enumerate(names, 1):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["isSeat"]
        assert focused["name"].startswith(f"{number}. {name} Vale and Harrowdale, {name}: ")
        assert focused["look"] != at_rest
    in_table = page.locator("tbody th .mpcrm-second a").all_inner_texts()
    assert in_table == names
