"""The response policy's page, where a script saves the eye some work."""

import pytest
from playwright.sync_api import expect

from enquiries.models import LadderStep, Whom
from enquiries.services import create_default_policies

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

EDIT = "/northmoor/enquiries/policy/enquiry/"


def test_a_step_asks_for_a_person_only_where_it_tells_one(page_as, political_affairs):
    create_default_policies(authority=political_affairs.authority)
    page = page_as(political_affairs)
    page.goto(EDIT)
    whom, person = page.locator("#id_ladder-0-whom"), page.locator("#id_ladder-0-person")
    expect(person).to_be_hidden()

    whom.select_option(Whom.PERSON)
    expect(person).to_be_visible()
    person.select_option(str(political_affairs.pk))
    whom.select_option(Whom.HEAD)
    expect(person).to_be_hidden()
    page.get_by_role("button", name="Save policy").click()

    expect(page.get_by_text("The policy is saved.")).to_be_visible()
    first = LadderStep.objects.get(policy__enquiry_type="enquiry", step=1)
    assert (first.whom, first.person) == (Whom.HEAD, None)


def test_without_a_script_every_step_offers_the_people(page_as, political_affairs):
    create_default_policies(authority=political_affairs.authority)
    page = page_as(political_affairs, java_script_enabled=False)
    page.goto(EDIT)

    expect(page.locator("#id_ladder-0-person")).to_be_visible()
    expect(page.get_by_text("Choose the person only where “A named person” is told.")).to_be_visible()
