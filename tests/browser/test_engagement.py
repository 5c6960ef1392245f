"""The planned relationship at the keyboard: a touchpoint in a few strokes, the plan, the Leader's agreement."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from engagements.models import EngagementPlan, Touchpoint
from tests.browser.conftest import Keyboard, axe_findings
from tests.factories import CouncilLeadFactory, EngagementPlanFactory, MembershipFactory, MPFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow(seconds=6), pytest.mark.django_db(transaction=True)]


def test_a_touchpoint_in_a_few_strokes_then_the_plan_and_its_agreement(page_as, authority, political_affairs):
    mp = MPFactory(authority=authority, name="Ms Rowan Vale")
    EngagementPlanFactory(authority=authority, mp=mp, why="A by-pass")
    *_, lead = MembershipFactory.create_batch(25, authority=authority, role=Role.OFFICER)
    CouncilLeadFactory(authority=authority, mp=mp, membership=lead)
    page = page_as(political_affairs)
    page.goto(f"/northmoor/mps/{mp.pk}/")
    cadence = page.locator(".govuk-summary-list__row", has_text="Contact cadence")
    expect(cadence).to_contain_text("Never contacted")

    page.get_by_role("link", name="Record a touchpoint").press("Enter")
    page.locator("[name=kind]:focus").wait_for()
    assert axe_findings(page) == []
    keyboard = Keyboard(page)
    keyboard.press("Space", "Tab", "Space", "Tab")
    keyboard.say("Asked for a visit")
    keyboard.tab_to("main form > button")
    keyboard.press("Enter")

    expect(cadence).to_contain_text("In contact")
    assert keyboard.strokes <= 15
    touchpoint = Touchpoint.objects.get()
    assert (touchpoint.kind, touchpoint.is_two_way, touchpoint.summary) == (
        "meeting",
        True,
        "Asked for a visit",
    )
    assert list(touchpoint.our_people.all()) == [political_affairs]

    page.get_by_role("link", name="Engagement plan", exact=True).click()
    page.get_by_role("link", name="Edit the plan").click()
    page.get_by_label("Objectives").fill("A visit before the summer")
    page.get_by_role("button", name="Save the plan").click()
    expect(page.locator(".govuk-summary-list__row", has_text="Objectives")).to_contain_text("A visit before")
    page.get_by_role("link", name="Record the Leader’s agreement").click()
    page.get_by_label("Agreed with the Leader on").fill(timezone.localdate().isoformat())
    page.locator("main form button").click()

    expect(page.get_by_text("The Leader’s agreement is recorded.")).to_be_visible()
    plan = EngagementPlan.objects.get()
    assert (plan.objectives, plan.agreed_on) == ("A visit before the summer", timezone.localdate())
