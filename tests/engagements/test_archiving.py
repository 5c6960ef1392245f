"""A former MP’s plan is archived; what still holds goes into a draft for the new MP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contacts.models import SeatHolding
from engagements.archiving import (
    PlanInUse,
    archive_plan,
    carry_into_plan,
    take_back_archiving,
    take_back_carried,
)
from engagements.models import EngagementPlan, mps_with_cadence
from engagements.reminders import sweep
from engagements.services import record_agreement, save_plan
from notifications.models import Notification
from tests.factories import NOW, TODAY, EngagementPlanFactory, MPFactory

WORDS = {"why": "They chair a committee.", "review_on": None, "ideal_days": 90, "maximum_days": 120}


@pytest.fixture
def plan(authority):
    return EngagementPlanFactory(
        authority=authority, objectives="Win the bypass\nA visit", key_messages="We build homes"
    )


@pytest.fixture
def new_mp(authority):
    return MPFactory(name="Mr Ben Oakley", authority=authority)


def save(mp, officer, version, **changes):
    words = WORDS | {"objectives": "", "key_messages": ""} | changes
    return save_plan(mp=mp, by=officer, now=NOW, version=version, **words)


def test_an_archived_plan_is_read_only_and_nobody_is_reminded(plan, officer, authority, client):
    archive_plan(plan=plan, by=officer, now=NOW)

    assert sweep(now=NOW + timedelta(days=400)) == {"reminders": 0}
    assert not Notification.objects.exists()
    client.force_login(officer.user)
    address = f"/{authority.slug}/engagement/mps/{plan.mp_id}/"
    page = client.get(address).content.decode()
    assert "archived" in page
    assert "Win the bypass" in page
    assert "Edit the plan" not in page
    assert client.get(f"{address}agreement/").status_code in (403, 404)
    assert mps_with_cadence(authority, TODAY).get(pk=plan.mp_id).plan_id is None


def test_archiving_twice_keeps_who_did_it_first(plan, officer):
    archive_plan(plan=plan, by=officer, now=NOW)
    archive_plan(plan=plan, by=officer, now=NOW + timedelta(days=1))
    plan.refresh_from_db()
    assert (plan.archived_at, plan.archived_by) == (NOW, officer)


def test_an_mp_who_returns_has_a_new_plan_beside_the_old(plan, officer, authority, client):
    archive_plan(plan=plan, by=officer, now=NOW)

    new = save(plan.mp, officer, 0)

    assert new.pk != plan.pk
    with pytest.raises(PlanInUse, match="new plan"):
        take_back_archiving(plan=plan, by=officer, now=NOW)
    client.force_login(officer.user)
    page = client.get(f"/{authority.slug}/engagement/mps/{plan.mp_id}/").content.decode()
    assert "Earlier plans" in page
    assert "Win the bypass" in page


def test_archiving_is_taken_back(plan, officer):
    archive_plan(plan=plan, by=officer, now=NOW)
    take_back_archiving(plan=plan, by=officer, now=NOW)
    assert EngagementPlan.objects.in_force().get() == plan


def test_chosen_items_begin_a_draft_that_says_where_they_come_from(plan, officer, new_mp):
    carry_into_plan(
        plan=plan, to_mp=new_mp, objectives=["Win the bypass"], key_messages=[], by=officer, now=NOW
    )

    draft = EngagementPlan.objects.get(mp=new_mp)
    assert draft.objectives == f"Win the bypass (from the plan for {plan.mp})"
    assert (draft.key_messages, draft.agreed_on, draft.started_on) == ("", None, TODAY)


def test_carrying_adds_to_the_plan_there_is_once(plan, officer, new_mp):
    save(new_mp, officer, 0, objectives="Meet in June")
    items = {"objectives": ["A visit"], "key_messages": ["We build homes"]}

    carried = carry_into_plan(plan=plan, to_mp=new_mp, by=officer, now=NOW, **items)
    again = carry_into_plan(plan=plan, to_mp=new_mp, by=officer, now=NOW, **items)

    theirs = EngagementPlan.objects.get(mp=new_mp)
    assert theirs.objectives.splitlines() == ["Meet in June", f"A visit (from the plan for {plan.mp})"]
    assert carried.version == theirs.version == 2
    assert again is None


def test_what_was_carried_is_taken_back_while_nobody_has_built_on_it(plan, officer, new_mp):
    other = MPFactory(name="Ms Cara Reed")
    SeatHolding.objects.filter(mp=other).update(started_on=TODAY)
    save(new_mp, officer, 0, objectives="Meet in June")
    items = {"objectives": ["A visit"], "key_messages": []}
    added = carry_into_plan(plan=plan, to_mp=new_mp, by=officer, now=NOW, **items)
    begun = carry_into_plan(plan=plan, to_mp=other, by=officer, now=NOW, **items)

    for carried in (added, begun, begun):
        take_back_carried(carried=carried, by=officer, now=NOW)

    assert EngagementPlan.objects.get(mp=new_mp).objectives == "Meet in June"
    assert not EngagementPlan.objects.filter(mp=other).exists()


def test_a_draft_edited_or_agreed_since_stays(plan, officer, new_mp):
    items = {"objectives": ["A visit"], "key_messages": []}
    carried = carry_into_plan(plan=plan, to_mp=new_mp, by=officer, now=NOW, **items)
    draft = EngagementPlan.objects.get(mp=new_mp)
    record_agreement(plan=draft, agreed_on=TODAY, by=officer, now=NOW)
    with pytest.raises(PlanInUse, match="agreed"):
        take_back_carried(carried=carried, by=officer, now=NOW)
    save(new_mp, officer, draft.version)
    with pytest.raises(PlanInUse, match="edited"):
        take_back_carried(carried=carried, by=officer, now=NOW)


def test_a_stranger_archives_nothing(plan, stranger):
    with pytest.raises(EngagementPlan.DoesNotExist):
        archive_plan(plan=plan, by=stranger, now=NOW)
