"""The chief executive's checklist on paper: one sheet of A4 for each MP, however long the answers are."""

import re

import pytest
from django.utils import timezone

from contacts.models import LONGEST_ANSWER, Dissolution, Question
from tests.factories import ChecklistAnswerFactory, MPFactory, PostFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_it_prints_one_sheet_for_each_mp(page_as, authority, executive):
    mps = [MPFactory(authority=authority, name=f"Ms Fictional Name {n}") for n in range(2)]
    for mp in mps:
        for question in Question:
            ChecklistAnswerFactory(
                authority=authority,
                mp=mp,
                question=question,
                text=("Many words of an answer. " * LONGEST_ANSWER)[:LONGEST_ANSWER],
                evidence=f"https://example.org/{'a' * 180}",
                kind="third-party",
                answered_by=executive,
            )
        PostFactory(mp=mp, started_on="2026-03-03")
    page = page_as(executive)

    def sheets(address):
        page.goto(address)
        return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))

    assert sheets(f"/northmoor/mps/{mps[0].pk}/checklist/") == 1
    assert "As at " in page.locator("main").inner_text()
    assert "The MP’s posts have changed since." in page.locator("main").inner_text()
    assert sheets("/northmoor/mps/checklists/print/") == 2
    Dissolution.objects.create(started_on=timezone.localdate(), entered_at=timezone.now())
    assert sheets(f"/northmoor/mps/{mps[0].pk}/checklist/") == 1
    assert "there are no MPs" in page.locator("body").inner_text()
