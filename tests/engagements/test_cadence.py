"""Contact cadence: which day it turns, what counts as contact, and who is neglected most."""

from datetime import timedelta

import pytest

from engagements.models import EngagementPlan, relationships
from tests.factories import (
    TODAY,
    CouncilLeadFactory,
    EngagementPlanFactory,
    MPFactory,
    TouchpointFactory,
)


def days_ago(days):
    return TODAY - timedelta(days=days)


@pytest.fixture
def plan(authority):
    return EngagementPlanFactory(authority=authority, ideal_days=90, maximum_days=120)


def contact(plan, on, **fields):
    return TouchpointFactory(authority=plan.authority, mp=plan.mp, happened_on=on, **fields)


def of_plan(plan):
    return EngagementPlan.objects.with_cadence(TODAY).get(pk=plan.pk)


def of_mp(plan):
    return relationships(plan.authority, TODAY).get(pk=plan.mp_id)


@pytest.mark.parametrize("read", [of_plan, of_mp])
@pytest.mark.parametrize(
    ("days", "colour"),
    [
        (0, "green"),
        (89, "green"),
        (90, "green"),
        (91, "amber"),
        (119, "amber"),
        (120, "amber"),
        (121, "red"),
        (1000, "red"),
    ],
)
def test_cadence_turns_the_day_after_each_interval(plan, days, colour, read):
    contact(plan, days_ago(days))

    row = read(plan)

    assert (row.cadence, row.days_since, row.last_contact_on) == (colour, days, days_ago(days))


@pytest.mark.parametrize("read", [of_plan, of_mp])
def test_cadence_of_a_plan_without_contact_is_its_own_red(plan, read):
    row = read(plan)

    assert (row.cadence, row.days_since, row.last_contact_on) == ("never", None, None)


@pytest.mark.parametrize("read", [of_plan, of_mp])
def test_deadlines_are_the_last_days_in_time_on_either_database(plan, read):
    contact(plan, days_ago(10))

    row = read(plan)

    assert row.contact_due_on == days_ago(10) + timedelta(days=90)
    assert row.contact_lapses_on == days_ago(10) + timedelta(days=120)


@pytest.mark.parametrize("read", [of_plan, of_mp])
def test_deadlines_count_from_the_start_of_the_plan_while_there_was_no_contact(plan, read):
    row = read(plan)

    assert row.contact_due_on == plan.started_on + timedelta(days=90)
    assert row.contact_lapses_on == plan.started_on + timedelta(days=120)


def test_only_two_way_contact_restarts_the_interval(plan):
    contact(plan, days_ago(100))
    contact(plan, days_ago(1), is_two_way=False)

    assert of_plan(plan).days_since == 100


def test_the_newest_contact_counts_whichever_was_recorded_last(plan):
    contact(plan, days_ago(5))
    contact(plan, days_ago(50))

    assert of_plan(plan).days_since == 5


def test_contact_of_another_authority_with_the_same_mp_does_not_count(plan, stranger):
    TouchpointFactory(authority=stranger.authority, mp=plan.mp, happened_on=days_ago(1))

    assert of_plan(plan).cadence == "never"
    assert of_mp(plan).cadence == "never"


def test_cadence_as_at_an_earlier_day_does_not_know_what_came_after(plan):
    contact(plan, days_ago(130))
    contact(plan, days_ago(3))

    earlier = EngagementPlan.objects.with_cadence(days_ago(10)).get(pk=plan.pk)

    assert (earlier.cadence, earlier.days_since) == ("amber", 120)


@pytest.mark.parametrize(("days", "colour"), [(90, "green"), (91, "amber"), (120, "amber"), (121, "red")])
def test_an_mp_without_a_plan_is_held_to_the_default_intervals(authority, days, colour):
    mp = MPFactory(authority=authority)
    TouchpointFactory(authority=authority, mp=mp, happened_on=days_ago(days))

    row = relationships(authority, TODAY).get()

    assert (row.plan_id, row.cadence, row.contact_due_on) == (None, colour, days_ago(days) + timedelta(90))


def test_an_mp_without_plan_or_contact_has_no_day_by_which_contact_is_due(authority):
    MPFactory(authority=authority)

    row = relationships(authority, TODAY).get()

    assert (row.cadence, row.contact_due_on) == ("never", None)


def test_relationships_are_with_the_authoritys_own_mps_and_its_own_plans(authority, plan, stranger):
    theirs = EngagementPlanFactory(authority=stranger.authority)
    EngagementPlanFactory(authority=stranger.authority, mp=plan.mp)

    assert [(row.pk, row.plan_id) for row in relationships(authority, TODAY)] == [(plan.mp_id, plan.pk)]
    assert theirs.mp not in relationships(authority, TODAY)


def test_out_of_contact_are_the_lapsed_and_the_never_contacted(authority):
    plans = {days: EngagementPlanFactory(authority=authority) for days in (90, 120, 121)}
    for days, plan in plans.items():
        contact(plan, days_ago(days))
    never = MPFactory(authority=authority)

    assert set(relationships(authority, TODAY).out_of_contact()) == {plans[121].mp, never}


def test_the_most_overdue_for_their_interval_come_first(authority):
    yearly = EngagementPlanFactory(authority=authority, ideal_days=365, maximum_days=400)
    monthly = EngagementPlanFactory(authority=authority, ideal_days=30, maximum_days=45)
    fresh = EngagementPlanFactory(authority=authority)
    never = MPFactory(authority=authority)
    contact(yearly, days_ago(375))
    contact(monthly, days_ago(40))
    contact(fresh, days_ago(2))

    rows = relationships(authority, TODAY).neglected_first()

    assert list(rows) == [never, monthly.mp, yearly.mp, fresh.mp]
    assert [row.overdue_fraction for row in rows][2:] == [pytest.approx(10 / 365), 0]
    assert rows[1].overdue_fraction == pytest.approx(10 / 30)


def test_filters_of_agreement_plan_and_lead_each_name_their_own(authority, political_affairs):
    agreed = EngagementPlanFactory(
        authority=authority,
        agreed_on=TODAY,
        agreement_recorded_by=political_affairs,
        agreement_recorded_at="2026-03-02T09:00Z",
    )
    not_agreed = EngagementPlanFactory(authority=authority)
    no_plan = MPFactory(authority=authority)
    CouncilLeadFactory(authority=authority, mp=agreed.mp, membership=political_affairs)
    CouncilLeadFactory(authority=authority, mp=no_plan, ended_on=days_ago(1))
    mps = relationships(authority, TODAY)

    assert list(mps.agreed()) == [agreed.mp]
    assert list(mps.without_agreement()) == [not_agreed.mp]
    assert list(mps.without_plan()) == [no_plan]
    assert list(mps.led_by(political_affairs, TODAY)) == [agreed.mp]
