"""A seat handed over after an election, in Chromium: an officer begins, a colleague goes on, political affairs
say who leads, all of it is undone, and leaders look on."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Membership, Role
from contacts.models import MP, SeatHolding
from engagements.models import EngagementPlan
from enquiries.models import Enquiry
from enquiries.services import create_default_policies, log_enquiry
from notifications.models import ToDo
from tests.factories import (
    CouncilLeadFactory,
    EngagementPlanFactory,
    MembershipFactory,
    MPFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow(seconds=6), pytest.mark.django_db(transaction=True)]

LIST = "/northmoor/hand-over/"
SUBJECTS = ["Buses", "Drains", "Parking"]


@pytest.fixture
def former(authority):
    """An MP who has lost the seat and left three enquiries, a plan and a council lead."""
    create_default_policies(authority=authority)
    today = timezone.localdate()
    former = MPFactory(name="Ms Ada Fenwick", authority=authority)
    for days, subject in zip((52, 50, 48), SUBJECTS, strict=True):
        log_enquiry(
            by=MembershipFactory(authority=authority, role=Role.OFFICER),
            now=timezone.now() - timedelta(days=days),
            mp=former,
            received_on=today - timedelta(days=days),
            channel="e-mail",
            subject=subject,
            question="When?",
            submission=uuid4(),
            constituent_name="Cyril Moss",
        )
    SeatHolding.objects.filter(mp=former).update(ended_on=today - timedelta(days=40))
    new = MPFactory(name="Mr Ben Oakley")
    new.holdings.update(
        constituency=former.holdings.get().constituency, started_on=today - timedelta(days=20)
    )
    EngagementPlanFactory(authority=authority, mp=former, objectives="A by-pass")
    CouncilLeadFactory(authority=authority, mp=former, membership=None, name="Cllr Lee")
    return former


def test_a_seat_is_handed_over_by_several_hands_and_given_back(page_as, authority, former):
    seat = former.holdings.get().constituency.name

    def person(role: str, name: str) -> Membership:
        return MembershipFactory(authority=authority, role=role, user__name=name)

    officer_carries_one_answers_one_and_leaves(page_as(person(Role.OFFICER, "Olu Officer")), seat)
    page = page_as(person(Role.OFFICER, "Cora Colleague"))
    colleague_resumes_and_finishes_the_enquiries(page, seat)
    lead = page_as(person(Role.POLITICAL_AFFAIRS, "Pat Political"))
    political_affairs_say_who_leads(lead, seat)
    executive_reads_and_changes_nothing(page_as(person(Role.EXECUTIVE, "Eve Executive")), seat)
    colleague_hands_over_the_rest(page, seat)
    all_is_put_back(lead, seat, former)


def open_seat(page: Page, seat: str) -> None:
    page.goto(LIST)
    page.get_by_role("link", name=re.compile("hand over from Ms Ada Fenwick")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(seat)


def officer_carries_one_answers_one_and_leaves(page: Page, seat: str) -> None:
    page.goto(LIST)
    expect(page.get_by_text("0 of 1 seat handed over.")).to_be_visible()
    open_seat(page, seat)
    page.get_by_role("link", name="Decide them one by one").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Buses")
    page.get_by_role("button", name="Carry over, then the next").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what shows that the new MP may act.")
    page.get_by_label("New MP").select_option(label="Mr Ben Oakley")
    page.get_by_label("What shows that they may act").select_option(label="A form signed by the constituent")
    page.get_by_label("Seen on").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="Carry over, then the next").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Drains")
    page.get_by_text("Reply to the constituent direct").click()
    page.get_by_label("Reply to the constituent").fill("They are cleared on Monday.")
    page.get_by_label("How it went").select_option(label="Letter")
    page.get_by_role("button", name="Save the reply, then the next").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Parking")
    page.goto("/northmoor/")
    assert Enquiry.objects.get(subject="Buses").mp.name == "Mr Ben Oakley"
    assert Enquiry.objects.get(subject="Drains").closed_at


def colleague_resumes_and_finishes_the_enquiries(page: Page, seat: str) -> None:
    page.goto(LIST)
    expect(page.get_by_role("row").filter(has_text=seat)).to_contain_text("In progress")
    open_seat(page, seat)
    expect(page.get_by_role("heading", name="1. Open enquiries (1 to decide, 2 decided)")).to_be_visible()
    page.get_by_role("link", name="Decide them one by one").click()
    page.get_by_text("Close it without a reply").click()
    page.get_by_label("Reason").fill("Settled.")
    page.get_by_role("button", name="Close, then the next").click()

    expect(page.get_by_text("All decided.")).to_be_visible()
    expect(page.get_by_text("Political affairs say who leads on the new MP.")).to_be_visible()


def political_affairs_say_who_leads(page: Page, seat: str) -> None:
    open_seat(page, seat)
    page.get_by_role("group", name=re.compile("Cllr Lee")).get_by_label("Leads on Mr Ben Oakley").check()
    page.get_by_role("button", name="Save who leads").click()

    expect(page.get_by_text("Who leads is saved.")).to_be_visible()
    new = MP.objects.get(name="Mr Ben Oakley")
    assert [str(lead) for lead in new.council_leads.all()] == ["Cllr Lee"]


def executive_reads_and_changes_nothing(page: Page, seat: str) -> None:
    open_seat(page, seat)
    expect(page.get_by_role("heading", name="What was done")).to_be_visible()
    assert page.locator("main").get_by_role("button").count() == 0
    assert "Parking" not in page.content()


def colleague_hands_over_the_rest(page: Page, seat: str) -> None:
    open_seat(page, seat)
    page.get_by_label("A by-pass").check()
    page.get_by_role("button", name="Archive the plan").click()
    expect(page.get_by_text("The plan is archived.")).to_be_visible()
    page.get_by_role("button", name="Make the to-dos").click()
    expect(page.get_by_text("The to-dos for Mr Ben Oakley are made.")).to_be_visible()
    page.get_by_role("button", name="Mark as handed over").click()

    expect(page.get_by_text("1 of 1 seat handed over.")).to_be_visible()
    assert EngagementPlan.objects.get(mp__name="Mr Ben Oakley").objectives.startswith("A by-pass")
    assert ToDo.objects.count() == 4


def all_is_put_back(page: Page, seat: str, former: MP) -> None:
    open_seat(page, seat)
    page.get_by_role("link", name="Undo everything for this seat").click()
    page.get_by_role("button", name="Yes, put everything back").click()

    expect(page.get_by_text(f"What was done for {seat} is put back.")).to_be_visible()
    expect(page.get_by_role("heading", name="1. Open enquiries (3 to decide)")).to_be_visible()
    assert Enquiry.objects.filter(mp=former, closed_at=None).count() == 3
    assert ToDo.objects.count() == 0
