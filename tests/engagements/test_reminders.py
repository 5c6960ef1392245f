"""Reminders of contact: which day, to whom, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Role
from contacts.models import LeadRole, SeatHolding
from engagements.models import Reminder
from engagements.reminders import sweep
from notifications.models import Channel, Notification
from tests.factories import (
    TODAY,
    AuthorityFactory,
    CouncilLeadFactory,
    EngagementPlanFactory,
    MembershipFactory,
    MPFactory,
    TouchpointFactory,
)


@pytest.fixture
def plan(authority, political_affairs):
    return EngagementPlanFactory(authority=authority, ideal_days=90, maximum_days=120)


@pytest.fixture
def contacted_on(plan):
    def contact(day):
        return TouchpointFactory(authority=plan.authority, mp=plan.mp, happened_on=day)

    return contact


def run_on(day):
    return sweep(now=datetime.combine(day, time(9), tzinfo=UTC))["reminders"]


def kinds():
    return sorted(Reminder.objects.values_list("kind", flat=True))


def told():
    return set(Notification.objects.filter(channel=Channel.IN_APP).values_list("recipient", flat=True))


@pytest.mark.parametrize(("days", "expected"), [(89, []), (90, []), (91, ["contact-due"])])
def test_contact_is_due_the_day_after_the_ideal_interval(contacted_on, days, expected):
    contacted_on(TODAY - timedelta(days))

    run_on(TODAY)

    assert kinds() == expected


@pytest.mark.parametrize(("days", "expected"), [(120, ["contact-due"]), (121, ["contact-lapsed"])])
def test_contact_has_lapsed_the_day_after_the_longest_interval(contacted_on, days, expected):
    contacted_on(TODAY - timedelta(days))

    run_on(TODAY)

    assert kinds() == expected


def test_a_plan_without_any_contact_counts_from_its_start(plan):
    assert run_on(plan.started_on + timedelta(90)) == 0
    assert run_on(plan.started_on + timedelta(91)) == 1
    assert Reminder.objects.get().due_on == plan.started_on + timedelta(90)


def test_running_twice_reminds_once(contacted_on):
    contacted_on(TODAY - timedelta(91))

    assert [run_on(TODAY), run_on(TODAY), run_on(TODAY + timedelta(1))] == [1, 0, 0]
    assert Notification.objects.count() == len(Channel)


def test_each_kind_is_told_once_as_the_days_pass(contacted_on):
    contacted_on(TODAY)

    counts = [run_on(TODAY + timedelta(days)) for days in range(150)]

    assert {day: count for day, count in enumerate(counts) if count} == {91: 1, 121: 1}
    assert kinds() == ["contact-due", "contact-lapsed"]


def test_after_an_outage_only_the_later_kind_is_told(contacted_on):
    contacted_on(TODAY - timedelta(200))

    assert [run_on(TODAY), run_on(TODAY)] == [1, 0]
    assert kinds() == ["contact-lapsed"]


def test_contact_starts_the_reminders_over(contacted_on):
    contacted_on(TODAY - timedelta(121))
    run_on(TODAY)
    contacted_on(TODAY)

    assert run_on(TODAY + timedelta(90)) == 0
    assert run_on(TODAY + timedelta(91)) == 1


def test_the_lead_is_told(plan, contacted_on):
    lead = CouncilLeadFactory(authority=plan.authority, mp=plan.mp)
    CouncilLeadFactory(authority=plan.authority, mp=plan.mp, role=LeadRole.DEPUTY)
    contacted_on(TODAY - timedelta(91))

    run_on(TODAY)

    assert told() == {lead.membership_id}


def leader_without_account(plan):
    return CouncilLeadFactory(authority=plan.authority, mp=plan.mp, membership=None, name="Cllr Ode Ashby")


def lead_who_left(plan):
    return CouncilLeadFactory(
        authority=plan.authority,
        mp=plan.mp,
        membership=MembershipFactory(authority=plan.authority, is_active=False),
    )


def lead_until_yesterday(plan):
    return CouncilLeadFactory(authority=plan.authority, mp=plan.mp, ended_on=TODAY - timedelta(1))


def lead_who_cannot_open_plans(plan):
    return CouncilLeadFactory(
        authority=plan.authority,
        mp=plan.mp,
        membership=MembershipFactory(authority=plan.authority, role=Role.SERVICE_CONTACT),
    )


UNREACHABLE = [leader_without_account, lead_who_left, lead_until_yesterday, lead_who_cannot_open_plans]


@pytest.mark.parametrize("unreachable", UNREACHABLE)
def test_the_deputy_is_told_where_the_lead_cannot_be(plan, contacted_on, unreachable):
    unreachable(plan)
    deputy = CouncilLeadFactory(authority=plan.authority, mp=plan.mp, role=LeadRole.DEPUTY)
    contacted_on(TODAY - timedelta(91))

    run_on(TODAY)

    assert told() == {deputy.membership_id}


@pytest.mark.parametrize("unreachable", UNREACHABLE)
def test_political_affairs_are_told_where_neither_can_be(plan, contacted_on, political_affairs, unreachable):
    unreachable(plan)
    MembershipFactory(authority=plan.authority, role=Role.OFFICER)
    contacted_on(TODAY - timedelta(91))

    run_on(TODAY)

    assert told() == {political_affairs.pk}


def test_officers_are_told_where_there_is_nobody_in_political_affairs(authority, officer, admin):
    EngagementPlanFactory(authority=authority)

    run_on(TODAY + timedelta(100))

    assert told() == {officer.pk}


def test_nothing_is_recorded_until_somebody_can_act(authority, admin):
    plan = EngagementPlanFactory(authority=authority)
    late = plan.started_on + timedelta(100)

    assert run_on(late) == 0
    MembershipFactory(authority=authority, role=Role.OFFICER)
    assert run_on(late) == 1


def test_the_message_says_what_to_do_next_and_opens_the_form(plan, contacted_on):
    contacted_on(TODAY - timedelta(91))

    run_on(TODAY)

    message = Notification.objects.filter(channel=Channel.EMAIL).get()
    assert message.title == f"Contact with {plan.mp} is due"
    assert message.body == (
        "The last two-way contact was on 1 December 2025, 91 days ago. "
        "The plan is to be in contact every 90 days, and no less often than every 120. "
        "Arrange a meeting, call or visit, then record the touchpoint."
    )
    assert message.path == f"/northmoor/engagement/mps/{plan.mp_id}/touchpoints/record/"
    assert message.due_on == TODAY - timedelta(1)


def test_an_executive_who_leads_is_sent_to_the_plan_which_they_may_open(plan, executive, contacted_on):
    CouncilLeadFactory(authority=plan.authority, mp=plan.mp, membership=executive)
    contacted_on(TODAY - timedelta(121))

    run_on(TODAY)

    message = Notification.objects.filter(channel=Channel.EMAIL).get()
    assert message.title == f"Contact with {plan.mp} has lapsed"
    assert message.path == f"/northmoor/engagement/mps/{plan.mp_id}/"


def test_an_mp_who_lost_the_seat_is_left_alone(plan, contacted_on):
    contacted_on(TODAY - timedelta(200))
    SeatHolding.objects.filter(mp=plan.mp).update(ended_on=TODAY)

    assert run_on(TODAY) == 0


def test_each_authority_is_reminded_of_its_own_plans(plan, stranger, political_affairs, contacted_on):
    theirs = EngagementPlanFactory(authority=stranger.authority)
    contacted_on(TODAY - timedelta(121))

    assert run_on(theirs.started_on + timedelta(91)) == 2
    assert set(
        Notification.objects.filter(channel=Channel.IN_APP).values_list("authority", "recipient", "subject")
    ) == {
        (plan.authority_id, political_affairs.pk, f"plan:{plan.pk}"),
        (stranger.authority_id, stranger.pk, f"plan:{theirs.pk}"),
    }


def test_the_sweep_costs_the_same_for_20_plans_as_for_one(
    authority, political_affairs, django_assert_num_queries
):
    EngagementPlanFactory(authority=authority)
    with django_assert_num_queries(8):
        assert run_on(TODAY + timedelta(200)) == 1

    for _ in range(19):
        MPFactory(authority=authority)
        EngagementPlanFactory(authority=authority)
    with django_assert_num_queries(8):
        assert run_on(TODAY + timedelta(200)) == 19


def test_a_sweep_with_nothing_owed_is_one_query(plan, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert run_on(TODAY) == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_beside_each_other_remind_once():
    authority = AuthorityFactory()
    MembershipFactory(authority=authority, role=Role.POLITICAL_AFFAIRS)
    plans = [EngagementPlanFactory(authority=authority) for _ in range(5)]
    together = Barrier(4)

    def beat(_):
        together.wait()
        try:
            return run_on(TODAY + timedelta(200))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as beats:
        counts = list(beats.map(beat, range(4)))

    assert sum(counts) == Reminder.objects.count() == len(plans)
    assert Notification.objects.count() == len(plans) * len(Channel)
