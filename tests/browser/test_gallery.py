"""Every form field and partial: no axe findings in any state, and what the scripts add to them."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import axe_findings

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def gallery(page_as, settings):
    settings.ROOT_URLCONF = "tests.browser.gallery"

    def open_gallery(query="", **options):
        page = page_as(**options)
        page.goto(f"/gallery/{query}")
        page.wait_for_load_state("networkidle")
        return page

    return open_gallery


def with_mistakes(page):
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state("networkidle")
    assert page.title() == "Error: Gallery - mpcrm"


def test_axe_finds_nothing(gallery):
    page = gallery("?message")
    assert axe_findings(page) == []

    with_mistakes(page)
    assert axe_findings(page) == []


def test_axe_finds_nothing_in_other_ways_of_looking(gallery):
    for options in (
        {"viewport": {"width": 320, "height": 800}},
        {"forced_colors": "active"},
        {"reduced_motion": "reduce"},
    ):
        page = gallery("?message", **options)

        assert axe_findings(page) == [], options
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], options


def test_wider_text_spacing_cuts_nothing_off(gallery):
    page = gallery("?message", viewport={"width": 320, "height": 800}, bypass_csp=True)

    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important;"
        " word-spacing: .16em !important } p { margin-bottom: 2em !important }"
    )

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def chosen(page):
    return page.evaluate("document.querySelector('select[name=mp]').value")


def type_into(field, words):
    field.fill("")
    field.press_sequentially(words)


def test_two_letters_and_enter_pick_an_mp(gallery):
    page = gallery()
    field = page.get_by_label("MP")

    for typed, value in [
        ("ll", "1"), ("ynys mon", "1"), ("obrien", "2"), ("north west", "3"), ("ll", "1"), ("sion", "3"), ("O'Br", "2"),
    ]:  # fmt: skip
        type_into(field, typed)
        page.get_by_role("option").first.wait_for()
        page.keyboard.press("Enter")
        assert chosen(page) == value, typed
        page.keyboard.press("Tab")
        assert chosen(page) == value, typed

    assert page.title() == "Gallery - mpcrm"


def test_the_field_that_finds_mps_takes_back_and_is_left(gallery):
    page = gallery()
    field = page.get_by_label("MP")

    type_into(field, "north")
    page.get_by_role("option").first.wait_for()
    assert axe_findings(page) == []
    page.keyboard.press("Tab")
    assert chosen(page) == "2"  # leaving picks what is offered first

    field.fill("")
    page.keyboard.press("Tab")
    assert chosen(page) == ""

    type_into(field, "zzz")
    page.get_by_text("Nobody found. Try a surname or a constituency").first.wait_for()
    assert axe_findings(page) == []
    page.keyboard.press("Tab")
    assert chosen(page) == ""


def test_a_mistake_leads_to_the_field_that_finds_mps(gallery):
    page = gallery()
    with_mistakes(page)

    page.get_by_role("link", name="Choose an MP").click()

    assert page.evaluate("document.activeElement.getAttribute('role')") == "combobox"


def test_words_follow_their_fields_and_select_all_ticks_this_page(gallery):
    page = gallery()

    page.get_by_label("Received on").fill("2026-03-02")
    page.get_by_label("Phone").check()
    expect(page.get_by_text("Received 2026-03-02 by phone")).to_be_visible()

    everything = page.get_by_label("Select all on this page")
    everything.check()
    assert page.get_by_label("Highways").first.is_checked()
    assert page.get_by_label("Housing").is_checked()
    expect(page.get_by_text("2 selected")).to_be_visible()

    page.get_by_label("Housing").uncheck()
    expect(page.get_by_text("1 selected")).to_be_visible()
    assert not everything.is_checked()


def test_select_all_is_not_offered_without_scripts(gallery):
    assert not gallery(java_script_enabled=False).get_by_label("Select all on this page").is_visible()
