"""What an instance admin does for everybody, in Chromium: places, a dissolution, asking Parliament."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from contacts.imports.seats import CODES_OF_2024
from contacts.models import Constituency, Dissolution, ParliamentSync, SyncSubject
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow(seconds=3), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(page_as):
    return page_as(UserFactory(is_instance_admin=True))


def test_places_are_looked_at_before_they_are_applied(page):
    first, second = sorted(CODES_OF_2024)[:2]
    Constituency.objects.create(ons_code=first, name="Old Name", nation="england")
    rows = f"code,name\n{first},New Name\n{second},Fresh Vale\nE14000530,Gone Vale\n"
    page.goto("/")
    page.get_by_role("link", name="Places").first.click()
    page.locator("main").get_by_role("link", name="Load a file").click()

    page.locator("main [name=kind][value=constituencies]").check()
    page.locator("main input[name=file]").set_input_files(
        {"name": "seats.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    page.locator("main form[method=post] button").click()

    expect(page.get_by_role("heading", name="What the file would change")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Old Name → New Name")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=f"Fresh Vale: {second}")).to_be_visible()
    expect(page.get_by_text("is the code of a seat of 2010 to 2024")).to_be_visible()
    assert Constituency.objects.get().name == "Old Name"
    page.get_by_role("button", name="Apply without the refused row").click()

    expect(page.get_by_text("The file has been applied.")).to_be_visible()
    assert set(Constituency.objects.values_list("name", flat=True)) == {"New Name", "Fresh Vale"}


def test_a_dissolution_is_entered_cancelled_and_parliament_asked(page):
    day = timezone.localdate() + timedelta(days=30)
    page.goto("/")
    page.get_by_role("link", name="Parliament").first.click()
    expect(page.get_by_text("Parliament has not been asked yet.")).to_be_visible()
    page.get_by_role("link", name="Enter a dissolution").click()
    page.locator("main form[method=post] button").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    page.locator("main [name=started_on]").fill(day.isoformat())
    page.locator("main form[method=post] button").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(f"No MPs from {day:%-d %B %Y}")
    assert not Dissolution.objects.exists()
    page.locator("main form[method=post] button").click()
    expect(page.get_by_text(f"The dissolution of {day:%-d %B %Y} is entered.")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("is cancelled.")).to_be_visible()
    assert not Dissolution.objects.exists()

    page.get_by_role("button", name="Ask who the MPs are now").click()

    expect(page.get_by_text("Parliament will be asked within a minute: MPs.")).to_be_visible()
    assert ParliamentSync.objects.get().subject == SyncSubject.MPS
