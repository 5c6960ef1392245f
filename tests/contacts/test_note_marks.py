"""Wherever a note is shown, its mark stands with it: a fact, an opinion, or from somebody else."""

import pytest
from django.urls import reverse

from contacts.models import Stance
from mpcrm.notes import THEY_MAY_ASK
from tests.factories import (
    NOW,
    TODAY,
    CampaignIssueFactory,
    ChecklistAnswerFactory,
    EngagementPlanFactory,
    MembershipFactory,
    MPFactory,
    PolicyAreaFactory,
    PositionFactory,
    TouchpointFactory,
)

pytestmark = pytest.mark.django_db

FROM_SOMEBODY_ELSE = '<strong class="govuk-tag govuk-tag--grey">From somebody else</strong>'
OPINION = '<strong class="govuk-tag govuk-tag--purple">Opinion</strong>'


def position(about):
    area = PolicyAreaFactory(authority=about["authority"], name="Buses")
    return PositionFactory(**about, area=area, stance=Stance.SUPPORTIVE, text="For more buses")


def issue(about):
    return CampaignIssueFactory(**about, text="The ferry", source="The Fictional Times")


def answer(about):
    return ChecklistAnswerFactory(**about, text="Met at a fair")


def touchpoint(about):
    return TouchpointFactory(
        authority=about["authority"], mp=about["mp"], summary="Heard of it", summary_kind=about["kind"]
    )


def archived_plan(about):
    by = MembershipFactory(authority=about["authority"])
    return EngagementPlanFactory(
        authority=about["authority"], mp=about["mp"], why="To be heard", archived_at=NOW, archived_by=by
    )


@pytest.mark.parametrize(
    ("write", "route", "is_of_the_mp", "said"),
    [
        (position, "contacts:background_detail", True, f"{FROM_SOMEBODY_ELSE} “For more buses”"),
        (position, "overview:mp_detail", True, f"supportive on Buses, 2 March 2026 {FROM_SOMEBODY_ELSE}"),
        (position, "contacts:position_remove", False, f"For more buses<br> {FROM_SOMEBODY_ELSE}"),
        (issue, "contacts:background_detail", True, f"{FROM_SOMEBODY_ELSE} The ferry"),
        (issue, "contacts:issue_remove", False, f"The ferry<br> {FROM_SOMEBODY_ELSE}"),
        (answer, "contacts:checklist_detail", True, f'<p class="govuk-body"> {FROM_SOMEBODY_ELSE}'),
        (answer, "contacts:answer_withdraw", False, f"Met at a fair<br> {FROM_SOMEBODY_ELSE}"),
        (touchpoint, "engagements:touchpoint_list", True, f"{FROM_SOMEBODY_ELSE} Heard of it"),
        (touchpoint, "engagements:touchpoint_delete", False, f"{FROM_SOMEBODY_ELSE} Heard of it"),
        (archived_plan, "engagements:plan_detail", True, f'<p class="govuk-body"> {OPINION}'),
    ],
)
def test_a_note_is_shown_with_its_mark(sign_in, officer, authority, write, route, is_of_the_mp, said):
    mp = MPFactory(authority=authority)
    row = write({"authority": authority, "mp": mp, "kind": "third-party"})

    page = sign_in(officer).get(reverse(route, args=[authority.slug, mp.pk if is_of_the_mp else row.pk]))

    assert said in " ".join(page.content.decode().split())


def test_the_background_says_that_the_mp_may_ask_and_who_says_so(sign_in, officer, authority):
    mp = MPFactory(authority=authority)
    CampaignIssueFactory(
        authority=authority, mp=mp, source="The Fictional Times", source_on=TODAY, recorded_by=officer
    )

    page = sign_in(officer).get(reverse("contacts:background_detail", args=[authority.slug, mp.pk]))

    words = page.content.decode()
    assert f'<p class="govuk-body">{THEY_MAY_ASK}</p>' in words
    assert f"The Fictional Times, 2 March 2026. Recorded by {officer} on 2 March 2026." in words
