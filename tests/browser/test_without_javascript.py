"""Logging, replying, searching MPs and the queue work with JavaScript off."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Role
from enquiries.models import Enquiry
from enquiries.services import create_default_policies
from tests.factories import EnquiryFactory, MembershipFactory, MPFactory, ServiceFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(page_as, officer):
    create_default_policies(authority=officer.authority)
    return page_as(officer, java_script_enabled=False)


def test_an_enquiry_is_logged(page, officer):
    mp = MPFactory(authority=officer.authority, name="Ms Llinos Medi")
    page.goto("/northmoor/")

    page.get_by_role("link", name="Log enquiry").click()
    page.get_by_label("MP").select_option(str(mp.pk))
    page.get_by_label("Subject").fill("Flooding")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert page.get_by_label("Subject").input_value() == "Flooding"
    page.get_by_label("What is asked").fill("When will it end?")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Flooding")
    assert Enquiry.objects.get().mp == mp


def test_a_reply_is_recorded(page, officer):
    enquiry = EnquiryFactory(authority=officer.authority, owner=officer)
    page.goto("/northmoor/enquiries/")

    page.get_by_role("link", name=re.compile(enquiry.reference)).click()
    page.get_by_role("link", name="Record a reply").or_(
        page.get_by_role("button", name="Record a reply")
    ).click()
    page.get_by_label("Reply", exact=True).fill("It ends on Monday.")
    page.get_by_role("button", name="Save reply").click()

    expect(page.get_by_role("heading", name=re.compile("^Reply of"))).to_be_visible()
    enquiry.refresh_from_db()
    assert enquiry.replied_on


def test_mps_are_searched(page, officer):
    MPFactory(authority=officer.authority, name="Ms Llinos Medi")
    MPFactory(authority=officer.authority, name="Mr Robert Brennan")
    page.goto("/northmoor/mps/")

    page.get_by_label("Name, constituency or party").fill("llinos")
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="Ms Llinos Medi")).to_be_visible()
    expect(page.get_by_role("link", name="Mr Robert Brennan")).to_have_count(0)


def test_the_queue_is_filtered_and_allocated(page, officer):
    service = ServiceFactory(authority=officer.authority, name="Highways")
    colleague = MembershipFactory(authority=officer.authority, role=Role.OFFICER, user__name="Cora Colleague")
    urgent, other = EnquiryFactory.create_batch(2, authority=officer.authority)
    page.goto("/northmoor/enquiries/?tab=unassigned")

    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Words or reference").fill(urgent.reference)
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_text("Showing 1 to 1 of 1")).to_be_visible()
    page.get_by_label(f"Select {urgent.reference}").check()
    page.get_by_label("Service").last.select_option(label="Highways")
    page.get_by_label("Owner").last.select_option(label="Cora Colleague")
    page.get_by_role("button", name="Allocate").click()

    expect(page.get_by_text("1 enquiry is now with Highways and Cora Colleague.")).to_be_visible()
    urgent.refresh_from_db()
    other.refresh_from_db()
    assert (urgent.service, urgent.owner) == (service, colleague)
    assert (other.service, other.owner) == (None, None)
