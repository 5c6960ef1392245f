"""What is owed survives `kill -9`, two beats and an outage; with the protections off the harness goes red."""

from __future__ import annotations

import math
import os
import random
import signal
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from enquiries.escalation import sweep
from enquiries.models import Escalation
from mpcrm.working_days import Calendar
from notifications.models import Notification
from notifications.tick import patience, run_tick
from tests.kill.harness import (
    LEASE_SECONDS,
    Outcome,
    done_so_far,
    everything_is_sent,
    is_settled,
    mail_server,
    make_office,
    outcome,
    wait_until_settled,
    workers,
)

pytestmark = [pytest.mark.kill, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ALL_ONCE = Outcome(0, 0, 0, 0, 0, 0)
HURRIED = {
    "short_leases": {"seconds": LEASE_SECONDS},
    "small_batches": {"size": 20},
    "nobody_gives_way": {},
}
GIVING_WAY = {name: given for name, given in HURRIED.items() if name != "nobody_gives_way"}
BESIDE = {"nobody_gives_way": {}, "no_mail_server": {}}
LADDER = (-3, 0, 2, 5)  # the default one, in working days from the due date


@pytest.fixture(scope="module")
def _machinery(django_db_setup):
    """What every test uses, started once: the mail server, and the process that forks the workers."""
    with mail_server() as (sink, url), workers(url) as group:
        yield sink, group


@pytest.fixture
def group(transactional_db, _machinery):
    _, group = _machinery
    yield group
    if group.group:
        group.kill()


@pytest.fixture
def sink(_machinery):
    sink, _ = _machinery
    sink.taken.clear()
    return sink


def owe_escalations(number: int, *, authorities: int) -> None:
    """Half of them long overdue, half due in two working days: steps that no midnight changes."""
    today = timezone.localdate()
    dates = [today - timedelta(days=60), Calendar("england").add(today, 2)]
    for _ in range(authorities):
        make_office(dates[n % 2] for n in range(number // authorities))


def kill_while_owed(group, *, owed: int, kills: int, seed: int, substitutes: dict, work: int) -> None:
    """Kill a pair of workers `kills` times and start them again at once; leave a pair running.

    The moments are random in what was done since the last kill (escalations and e-mails, at most `work`) and
    in the milliseconds after it, so that every kill hits work however fast the machine is: the first half of
    them the sweep, the second half the sending.
    """
    rng = random.Random(seed)
    for kill in range(kills):
        done, give_up = done_so_far(), time.monotonic() + 60
        enough = (done if kill < kills // 2 else max(done, owed)) + rng.randint(1, work)
        group.start("loop", processes=2, substitutes=substitutes)
        while done_so_far() < enough:
            assert time.monotonic() < give_up, f"nothing gets done after {kill} kills"
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.03))
        group.kill()
        assert not is_settled(owed), f"all done after {kill} kills"
    group.start("loop", processes=2, substitutes=substitutes)


def test_forty_kills_lose_nothing_and_repeat_nothing_but_e_mails_under_the_same_id(group, sink):
    owed, kills, seed = 2000, 40, 20260302
    owe_escalations(owed, authorities=5)

    kill_while_owed(group, owed=owed, kills=kills, seed=seed, substitutes=HURRIED, work=80)
    wait_until_settled(owed, seconds=180)
    group.kill()

    found = outcome(owed, sink)
    print(f"seed {seed}: {kills} kills at work, {owed} owed: {found}")  # noqa: T201
    assert found == Outcome(0, 0, 0, 0, 0, 0, email_repeats=found.email_repeats)
    assert found.email_repeats <= 2 * kills  # at most the one that each process was sending
    assert everything_is_sent()


def test_kills_of_ticks_that_give_way_lose_nothing_and_one_that_hangs_holds_nobody_up(group, sink):
    """The tick as it is shipped: one at a time, for as long as the one at work is not stuck."""
    owed, kills = 300, 8
    owe_escalations(owed, authorities=2)

    kill_while_owed(group, owed=owed, kills=kills, seed=20260303, substitutes=GIVING_WAY, work=25)
    done, stuck = done_so_far(), group.group
    while done_so_far() < done + 10:
        time.sleep(0.005)
    os.killpg(stuck, signal.SIGSTOP)
    try:
        now = timezone.now()
        assert run_tick(now=now + patience() / 2) is None
        group.start(
            "ticks",
            processes=1,
            moments=[(now + patience() + timedelta(minutes=1)).isoformat()],
            substitutes=GIVING_WAY,
        )
        assert group.wait() == 0
        assert is_settled(owed)
    finally:
        group.group = stuck
        group.kill()

    found = outcome(owed, sink)
    assert found == Outcome(0, 0, 0, 0, 0, 0, email_repeats=found.email_repeats)
    assert found.email_repeats <= kills + 1  # at most the one that the tick at work was sending
    assert everything_is_sent()


def kill_without(protection: str, *, group, sink) -> Outcome:
    """An eighth of the same, with a protection off."""
    owed, kills, seed = 240, 6, 20260302
    off = HURRIED | {protection: {}}

    kill_while_owed(group, owed=owed, kills=kills, seed=seed, substitutes=off, work=35)
    wait_until_settled(owed, seconds=180)
    group.kill()

    found = outcome(owed, sink)
    print(f"{protection}: {kills} kills at work, {owed} owed: {found}")  # noqa: T201
    return found


def test_facts_recorded_apart_from_what_people_are_told_lose_notifications(group, sink):
    owe_escalations(240, authorities=3)

    found = kill_without("record_apart", group=group, sink=sink)

    assert found.facts_lost == 0  # so that no later sweep makes it good
    assert found.timeline_lost > 0
    assert found.in_app_lost > 0


def test_e_mails_marked_before_they_are_sent_are_lost(group, sink):
    owe_escalations(240, authorities=3)
    sweep(now=timezone.now())  # so that every kill hits the sending

    found = kill_without("mark_before_sending", group=group, sink=sink)

    assert found.in_app_lost == 0
    assert found.emails_lost > 0


def test_a_death_at_each_place_loses_nothing(group, sink):
    owed, deaths = 240, 3
    owe_escalations(owed, authorities=3)
    rng = random.Random(7)

    for place in (
        "facts inserted",
        "told, before the commit",
        "claimed",
        "charged, before sending",
        "sent, before marking",
    ):
        for _ in range(deaths):
            dying = HURRIED | {"die": {"place": place, "call": rng.randint(1, 3)}}
            group.start("loop", processes=1, substitutes=dying)
            assert group.wait() == 9, place
    group.start("loop", processes=1, substitutes=HURRIED)
    wait_until_settled(owed, seconds=180)
    group.kill()

    found = outcome(owed, sink)
    assert found == Outcome(0, 0, 0, 0, 0, 0, email_repeats=deaths)  # those sent and not yet marked
    assert everything_is_sent()


# --- Two beats ------------------------------------------------------------------------------


FIRST_TICK = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def beats(number: int) -> list[str]:
    """A tick every three hours of simulated time."""
    return [(FIRST_TICK + timedelta(hours=3 * n)).isoformat() for n in range(number)]


def due_through_the_spring(number: int) -> list[date]:
    calendar = Calendar("england")
    return [calendar.add(date(2026, 3, 9), n % 25) for n in range(number)]


def test_two_beats_for_five_hundred_ticks_repeat_nothing(group):
    make_office(due_through_the_spring(100))

    group.start("ticks", processes=2, moments=beats(500), substitutes=BESIDE)
    assert group.wait() == 0

    assert outcome(100 * len(LADDER)) == ALL_ONCE
    assert everything_is_sent()
    assert set(Notification.objects.filter(channel="e-mail").values_list("attempts", flat=True)) == {1}


@pytest.fixture
def _without_unique_facts(transactional_db):
    """The database as it would be without the two constraints that make a repeat impossible."""
    constraints = [
        (model, constraint)
        for model in (Escalation, Notification)
        for constraint in model._meta.constraints
        if constraint.name in ("one_escalation_per_step", "one_notification_per_fact")
    ]
    assert len(constraints) == 2
    with connection.schema_editor() as editor:
        for model, constraint in constraints:
            editor.remove_constraint(model, constraint)
    yield
    Notification.objects.all().delete()
    Escalation.objects.all().delete()
    with connection.schema_editor() as editor:
        for model, constraint in constraints:
            editor.add_constraint(model, constraint)


@pytest.mark.usefixtures("_without_unique_facts")
def test_two_beats_without_facts_and_holds_repeat_themselves(group):
    make_office(due_through_the_spring(150))

    group.start("ticks", processes=2, moments=beats(40), substitutes=BESIDE | {"look_then_insert": {}})
    assert group.wait() == 0

    found = outcome(Escalation.objects.values("enquiry", "due_on", "offset").distinct().count())
    assert found.facts_repeated > 0
    assert found.in_app_repeated > 0


# --- An outage ------------------------------------------------------------------------------


def highest_step(due_on: date, on: date) -> float:
    """Walked day by day, in another way than the product's: how far up the ladder a due date has come."""
    calendar, reached = Calendar("england"), -math.inf
    for offset in LADDER:
        day, left = due_on, abs(offset)
        while left:
            day += timedelta(days=1 if offset > 0 else -1)
            left -= calendar.is_working_day(day)
        if day <= on:
            reached = offset
    return reached


def run_ticks(group, days: list[date]) -> None:
    moments = [datetime(on.year, on.month, on.day, 9, tzinfo=UTC).isoformat() for on in days]
    group.start("ticks", processes=2, moments=moments, substitutes=BESIDE)
    assert group.wait() == 0


def test_after_three_days_of_silence_each_enquiry_is_escalated_once_to_the_highest_step(group):
    before, after = date(2026, 3, 16), date(2026, 3, 19)
    for _ in range(3):
        make_office(due_through_the_spring(50))
    run_ticks(group, [before])
    known = set(Escalation.objects.values_list("pk", flat=True))

    run_ticks(group, [after, after])

    new = Escalation.objects.exclude(pk__in=known).select_related("enquiry")
    owed = {
        due_on: highest_step(due_on, after)
        for due_on in set(due_through_the_spring(50))
        if highest_step(due_on, after) > highest_step(due_on, before)
    }
    assert {fact.due_on: fact.offset for fact in new} == owed
    assert new.count() == len({fact.enquiry_id for fact in new}) == 3 * 2 * len(owed)
    assert outcome(Escalation.objects.count()) == ALL_ONCE


def test_making_good_each_missed_day_would_escalate_more_than_once(group):
    before = date(2026, 3, 16)
    make_office(due_through_the_spring(50))
    run_ticks(group, [before])
    known = set(Escalation.objects.values_list("pk", flat=True))

    run_ticks(group, [before + timedelta(days=n) for n in range(1, 4)])

    new = Escalation.objects.exclude(pk__in=known)
    assert new.count() > new.values("enquiry").distinct().count()
