"""Plans, the Leader's agreement and touchpoints: what each service writes, once, and what it refuses."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.history import EditedMeanwhile
from accounts.models import Role
from engagements.models import EngagementPlan, Touchpoint, TouchpointKind
from engagements.services import (
    NotHappenedYet,
    correct_touchpoint,
    delete_touchpoint,
    record_agreement,
    record_touchpoint,
    save_plan,
    withdraw_agreement,
)
from tests.factories import NOW, TODAY, EngagementPlanFactory, MembershipFactory, MPFactory, TouchpointFactory

WORDS = {
    "why": "The port lies in their seat.",
    "objectives": "A debate on the port.",
    "key_messages": "The port employs 4,000.",
    "review_on": date(2026, 9, 1),
    "ideal_days": 30,
    "maximum_days": 45,
}


@pytest.fixture
def mp(authority):
    return MPFactory(authority=authority)


def save(mp, by, version, **changes):
    return save_plan(mp=mp, by=by, now=NOW, version=version, **(WORDS | changes))


def test_save_plan_starts_one_and_then_edits_the_same(mp, officer):
    started = save(mp, officer, 0)
    edited = save(mp, officer, 1, why="They chair the transport committee.")

    plan = EngagementPlan.objects.get()
    assert plan == started == edited
    assert (plan.authority, plan.mp, plan.started_on) == (officer.authority, mp, TODAY)
    assert (plan.why, plan.version) == ("They chair the transport committee.", 2)
    assert (plan.objectives, plan.ideal_days, plan.maximum_days) == ("A debate on the port.", 30, 45)
    assert list(plan.history.values_list("why", "history_user", "history_date")) == [
        ("They chair the transport committee.", officer.user_id, NOW),
        ("The port lies in their seat.", officer.user_id, NOW),
    ]


def test_save_plan_refuses_an_edit_of_an_older_version(mp, officer, political_affairs):
    save(mp, officer, 0)
    save(mp, political_affairs, 1, why="Theirs")

    with pytest.raises(EditedMeanwhile) as conflict:
        save(mp, officer, 1, why="Ours")

    assert conflict.value.saved.why == "Theirs"
    assert conflict.value.saved.version == 2
    assert EngagementPlan.objects.get().why == "Theirs"


def test_save_plan_refuses_a_second_start(mp, officer, political_affairs):
    save(mp, political_affairs, 0, why="Theirs")

    with pytest.raises(EditedMeanwhile) as conflict:
        save(mp, officer, 0, why="Ours")

    assert conflict.value.saved.why == "Theirs"
    assert EngagementPlan.objects.get().version == 1


def test_save_plan_keeps_plans_of_two_authorities_for_one_mp_apart(mp, officer, stranger):
    save(mp, officer, 0, why="Northmoor’s")
    save(mp, stranger, 0, why="Southfen’s")

    assert set(EngagementPlan.objects.values_list("authority", "why")) == {
        (officer.authority_id, "Northmoor’s"),
        (stranger.authority_id, "Southfen’s"),
    }


def test_the_database_refuses_a_longest_interval_below_the_ideal(authority):
    with pytest.raises(IntegrityError), transaction.atomic():
        EngagementPlanFactory(authority=authority, ideal_days=90, maximum_days=89)


def test_record_agreement_says_on_which_day_and_who_recorded_it(authority, political_affairs):
    plan = EngagementPlanFactory(authority=authority)

    record_agreement(plan=plan, agreed_on=TODAY, by=political_affairs, now=NOW)

    plan.refresh_from_db()
    assert (plan.agreed_on, plan.agreement_recorded_by, plan.agreement_recorded_at) == (
        TODAY,
        political_affairs,
        NOW,
    )
    assert list(EngagementPlan.objects.without_agreement()) == []


def test_record_agreement_refuses_a_day_to_come(authority, political_affairs):
    plan = EngagementPlanFactory(authority=authority)

    with pytest.raises(NotHappenedYet):
        record_agreement(plan=plan, agreed_on=TODAY + timedelta(1), by=political_affairs, now=NOW)

    assert list(EngagementPlan.objects.without_agreement()) == [plan]


def test_withdraw_agreement_leaves_it_in_the_history(authority, political_affairs):
    plan = EngagementPlanFactory(authority=authority)
    record_agreement(plan=plan, agreed_on=TODAY, by=political_affairs, now=NOW)

    withdraw_agreement(plan=plan, by=political_affairs, now=NOW)

    assert list(EngagementPlan.objects.without_agreement()) == [plan]
    changes = plan.history.filter(history_date=NOW).order_by("history_id")
    assert list(changes.values_list("agreed_on", flat=True)) == [TODAY, None]


def test_an_agreement_and_an_edit_going_on_meanwhile_both_survive(mp, officer, political_affairs):
    plan = save(mp, officer, 0)
    record_agreement(plan=plan, agreed_on=TODAY, by=political_affairs, now=NOW)

    save(mp, officer, 1, why="Edited")

    plan.refresh_from_db()
    assert (plan.why, plan.agreed_on) == ("Edited", TODAY)


def touchpoint_fields(**changes):
    return {
        "happened_on": TODAY,
        "kind": TouchpointKind.CALL,
        "our_people": [],
        "our_others": "Cllr Ode Ashby",
        "their_people": "Their caseworker",
        "summary": "The port.",
        "summary_kind": "opinion",
        "is_two_way": True,
    } | changes


def test_record_touchpoint_writes_who_when_and_what(mp, officer, executive):
    touchpoint = record_touchpoint(
        mp=mp, by=officer, now=NOW, submission=uuid4(), **touchpoint_fields(our_people=[officer, executive])
    )

    touchpoint.refresh_from_db()
    assert (touchpoint.authority, touchpoint.mp, touchpoint.recorded_by) == (officer.authority, mp, officer)
    assert (touchpoint.happened_on, touchpoint.kind, touchpoint.is_two_way) == (TODAY, "call", True)
    assert (touchpoint.their_people, touchpoint.our_others) == ("Their caseworker", "Cllr Ode Ashby")
    assert set(touchpoint.our_people.all()) == {officer, executive}


def test_the_same_submission_records_one_touchpoint(mp, officer):
    submission = uuid4()

    first, second = (
        record_touchpoint(mp=mp, by=officer, now=NOW, submission=submission, **touchpoint_fields())
        for _ in range(2)
    )

    assert first == second
    assert Touchpoint.objects.count() == 1
    correct_touchpoint(touchpoint=first, by=officer, now=NOW, **touchpoint_fields(summary="The quay."))
    again = record_touchpoint(mp=mp, by=officer, now=NOW, submission=submission, **touchpoint_fields())
    assert (again, again.summary) == (first, "The quay.")


def test_one_form_sent_twice_at_the_same_moment_records_one_touchpoint(mp, officer):
    fields = touchpoint_fields(our_people=[officer]) | {"submission": uuid4()}
    meanwhile = []

    def send_again(execute, sql, *rest):
        found = execute(sql, *rest)
        if sql.startswith("SELECT") and not meanwhile:  # it has just looked, and seen nothing yet
            meanwhile.append(None)
            meanwhile.append(record_touchpoint(mp=mp, by=officer, now=NOW, **fields))
        return found

    with connection.execute_wrapper(send_again):
        second = record_touchpoint(mp=mp, by=officer, now=NOW, **fields)

    assert [None, second] == meanwhile == [None, Touchpoint.objects.get()]
    assert list(second.our_people.all()) == [officer]


def test_the_same_submission_in_another_authority_is_another_touchpoint(mp, officer, stranger):
    submission = uuid4()

    for by in (officer, stranger):
        record_touchpoint(mp=mp, by=by, now=NOW, submission=submission, **touchpoint_fields())

    assert Touchpoint.objects.count() == 2


def test_record_touchpoint_refuses_a_day_to_come(mp, officer):
    with pytest.raises(NotHappenedYet):
        record_touchpoint(
            mp=mp,
            by=officer,
            now=NOW,
            submission=uuid4(),
            **touchpoint_fields(happened_on=TODAY + timedelta(1)),
        )

    assert Touchpoint.objects.count() == 0


def last_contact_on(plan):
    return EngagementPlan.objects.with_cadence(TODAY).get(pk=plan.pk).last_contact_on


def test_correcting_a_touchpoint_moves_the_last_contact_and_keeps_what_it_said(authority, officer):
    plan = EngagementPlanFactory(authority=authority)
    touchpoint = TouchpointFactory(authority=authority, mp=plan.mp, summary="Wrong")

    correct_touchpoint(
        touchpoint=touchpoint,
        by=officer,
        now=NOW,
        **touchpoint_fields(happened_on=TODAY - timedelta(9), summary="Right", our_people=[officer]),
    )

    assert last_contact_on(plan) == TODAY - timedelta(9)
    assert "Wrong" in touchpoint.history.values_list("summary", flat=True)
    assert list(touchpoint.our_people.all()) == [officer]


def test_correcting_a_touchpoint_to_one_way_gives_the_one_before_back(authority, officer):
    plan = EngagementPlanFactory(authority=authority)
    TouchpointFactory(authority=authority, mp=plan.mp, happened_on=TODAY - timedelta(40))
    touchpoint = TouchpointFactory(authority=authority, mp=plan.mp)

    correct_touchpoint(touchpoint=touchpoint, by=officer, now=NOW, **touchpoint_fields(is_two_way=False))

    assert last_contact_on(plan) == TODAY - timedelta(40)


def test_correct_touchpoint_refuses_a_day_to_come(authority, officer):
    touchpoint = TouchpointFactory(authority=authority)

    with pytest.raises(NotHappenedYet):
        correct_touchpoint(
            touchpoint=touchpoint,
            by=officer,
            now=NOW,
            **touchpoint_fields(happened_on=TODAY + timedelta(1)),
        )


def test_deleting_a_touchpoint_gives_the_one_before_back_and_says_who_deleted_it(authority, officer):
    plan = EngagementPlanFactory(authority=authority)
    TouchpointFactory(authority=authority, mp=plan.mp, happened_on=TODAY - timedelta(40))
    touchpoint = TouchpointFactory(authority=authority, mp=plan.mp)
    pk = touchpoint.pk

    delete_touchpoint(touchpoint=touchpoint, by=officer, now=NOW)

    assert last_contact_on(plan) == TODAY - timedelta(40)
    assert Touchpoint.history.get(id=pk, history_type="-").history_user == officer.user


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.OFFICER, True),
        (Role.POLITICAL_AFFAIRS, True),
        (Role.EXECUTIVE, True),
        (Role.SERVICE_CONTACT, False),
        (Role.ADMIN, False),
    ],
)
def test_plans_and_touchpoints_are_for_those_who_plan_and_lead(authority, role, sees):
    plan = EngagementPlanFactory(authority=authority)
    touchpoint = TouchpointFactory(authority=authority)
    colleague = MembershipFactory(authority=authority, role=role)

    assert list(EngagementPlan.objects.visible_to(colleague)) == ([plan] if sees else [])
    assert list(Touchpoint.objects.visible_to(colleague)) == ([touchpoint] if sees else [])


def test_plans_and_touchpoints_of_another_authority_are_invisible(authority, stranger):
    EngagementPlanFactory(authority=authority)
    TouchpointFactory(authority=authority)

    assert list(EngagementPlan.objects.visible_to(stranger)) == []
    assert list(Touchpoint.objects.visible_to(stranger)) == []
