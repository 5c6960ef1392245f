"""The tick's step: once a night, a few requests at a time, whatever happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as django_settings

from accounts.models import Role
from contacts.models import MP, ParliamentSync, SyncState, SyncSubject
from contacts.parliament import nightly, runs
from contacts.parliament.client import Patience
from contacts.parliament.nightly import sync_nightly
from notifications.models import Channel, Notification
from notifications.tick import run_tick
from tests.contacts.lists import ALL_CODES, seat_name
from tests.factories import MembershipFactory, UserFactory
from tests.parliament.world import (
    DAY,
    another_sync_at_work,
    make_one_party_known,
    make_seats,
    no_sleep,
    plain_facts,
    spells,
    sync_on,
)

pytestmark = [pytest.mark.django_db, pytest.mark.whole_house]

FIRST = seat_name(ALL_CODES[0])
THREE = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def wanted(settings):
    settings.PARLIAMENT_SYNC = True


@pytest.fixture
def seats(db):
    make_seats(ALL_CODES)
    make_one_party_known(ALL_CODES)


@pytest.fixture
def instance_admin(db):
    return MembershipFactory(user=UserFactory(is_instance_admin=True), role=Role.ADMIN)


def tick(now: datetime) -> dict[str, int]:
    return sync_nightly(now=now, sleep=no_sleep)


def ticks(first: datetime, number: int) -> list[dict[str, int]]:
    return [tick(first + minute * MINUTE) for minute in range(number)]


def tonight() -> ParliamentSync:
    return ParliamentSync.objects.get(is_nightly=True)


def told() -> list[str]:
    return [row.title for row in Notification.objects.filter(channel=Channel.EMAIL)]


def test_it_is_the_last_step_of_the_tick():
    assert django_settings.TICK_STEPS[-1] == "contacts.parliament.nightly.sync_nightly"


def test_it_is_off_unless_wanted(seats, server, settings):
    settings.PARLIAMENT_SYNC = False

    assert tick(THREE) == {}
    assert (server.asked, ParliamentSync.objects.count()) == ([], 0)


def test_it_waits_for_three_oclock_in_london(seats, server):
    summer = datetime(2026, 7, 1, 1, 59, tzinfo=UTC)

    assert tick(THREE - MINUTE) == tick(summer) == {}
    assert ParliamentSync.objects.count() == 0
    assert tick(summer + MINUTE) == {"parliament_requests": 5}


def test_five_requests_a_tick_are_a_sync_after_seven(seats, server):
    done = ticks(THREE, 9)

    assert done == [
        *([{"parliament_requests": 5}] * 6),
        {"parliament_requests": 4, "parliament_syncs": 1, "mps_changed": 650},
        {},
        {},
    ]
    assert len(server.asked) == 34
    assert MP.objects.count() == 650
    assert tonight().state == SyncState.DONE


def test_ticks_leave_what_a_sync_by_hand_leaves(seats, server):
    ticks(THREE, 7)
    by_night = plain_facts()

    sync_on(0)

    assert plain_facts() == by_night


def test_it_is_done_once_a_day_and_again_the_next(seats, server, parliament):
    ticks(THREE, 60)
    parliament.mp(FIRST).party = "Independent"
    assert tick(THREE + timedelta(hours=20)) == {}

    again = ticks(THREE + DAY, 7)

    assert again[-1]["mps_changed"] == 1
    assert [name for name, _, _ in spells(1000)] == ["Labour", "Independent"]
    assert ParliamentSync.objects.filter(is_nightly=True).count() == 2


def test_posts_and_contacts_come_once_the_mps_are_known(seats, server, settings):
    settings.PARLIAMENT_MPS_A_NIGHT = 4

    done = ticks(THREE, 11)

    # Eight about four MPs, four for who holds which post, one for the committees.
    assert done[6:] == [
        {"parliament_requests": 4, "parliament_syncs": 1, "mps_changed": 650},
        {"parliament_requests": 5},
        {"parliament_requests": 5},
        {"parliament_requests": 3, "parliament_syncs": 1, "posts_changed": 0},
        {},
    ]
    assert [(run.subject, run.state) for run in ParliamentSync.objects.order_by("pk")] == [
        ("mps", "done"),
        ("details", "done"),
    ]
    assert MP.objects.filter(details_on=THREE.date()).count() == 4


def test_posts_are_not_asked_for_in_a_night_whose_mps_stopped(seats, server, settings):
    settings.PARLIAMENT_MPS_A_NIGHT = 4
    server.fault("html", times=3)

    tick(THREE)
    tick(THREE + 5 * MINUTE)
    tick(THREE + 15 * MINUTE)

    assert tonight().state == SyncState.STOPPED
    assert tick(THREE + 20 * MINUTE) == {}


def test_what_an_admin_asks_for_is_done_at_once_and_whether_nights_are_wanted_or_not(
    seats, server, settings, instance_admin
):
    settings.PARLIAMENT_SYNC = False
    noon = THREE.replace(hour=1)
    for _ in range(2):
        runs.ask_for(subject=SyncSubject.MPS, by=instance_admin.user, now=noon)

    assert ticks(noon, 8)[-2:] == [
        {"parliament_requests": 4, "parliament_syncs": 1, "mps_changed": 650},
        {},
    ]
    [run] = ParliamentSync.objects.all()
    assert (run.asked_by, run.is_nightly, run.state) == (instance_admin.user, False, SyncState.DONE)


@pytest.mark.parametrize(
    ("asked_at", "is_given_up"), [(THREE, True), (THREE.replace(hour=23, minute=58), False)]
)
def test_what_an_admin_asked_for_is_for_that_day(
    seats, server, settings, instance_admin, asked_at, is_given_up, django_assert_num_queries
):
    """Parliament did not answer; after midnight, only what was begun within the hour goes on."""
    settings.PARLIAMENT_SYNC = False
    runs.ask_for(subject=SyncSubject.MPS, by=instance_admin.user, now=asked_at, most_gone=300)
    server.fault("status", status=503)
    tick(asked_at)
    midnight = THREE.replace(day=3, hour=0, minute=5)

    done = tick(midnight)

    assert done == ({} if is_given_up else {"parliament_requests": 5})
    assert [run.state for run in ParliamentSync.objects.all()] == [
        SyncState.GIVEN_UP if is_given_up else SyncState.RUNNING
    ]
    assert told() == ["The sync with Parliament did not get through today"] * is_given_up
    if is_given_up:
        with django_assert_num_queries(1):
            assert tick(midnight + MINUTE) == {}


def test_a_tick_late_in_the_day_does_it_still(seats, server):
    assert ticks(datetime(2026, 3, 2, 23, 30, tzinfo=UTC), 7)[-1]["parliament_syncs"] == 1
    assert tonight().on.isoformat() == "2026-03-02"


def test_time_is_up_after_ten_seconds(seats, server):
    seconds = iter(range(0, 1000, 4))

    result = sync_nightly(now=THREE, sleep=no_sleep, clock=lambda: float(next(seconds)))

    assert result["parliament_requests"] < 5


def test_while_nothing_is_due_a_tick_costs_one_query(seats, server, django_assert_num_queries):
    ticks(THREE, 7)

    with django_assert_num_queries(1):
        assert tick(THREE + timedelta(hours=5)) == {}


def test_no_answer_is_tried_again_with_growing_pauses(seats, server):
    server.fault("status", status=503, where="skip=40", times=2)

    assert tick(THREE) == {"parliament_requests": 3}
    assert (tonight().failures, tonight().next_try_at) == (1, THREE + 5 * MINUTE)
    assert ticks(THREE + MINUTE, 4) == [{}] * 4
    assert tick(THREE + 5 * MINUTE) == {"parliament_requests": 1}
    assert (tonight().failures, tonight().next_try_at) == (2, THREE + 15 * MINUTE)
    assert ticks(THREE + 15 * MINUTE, 7)[-1]["parliament_syncs"] == 1
    assert told() == []


def test_parliaments_wish_to_wait_is_honoured(seats, server):
    server.fault("status", status=429, headers={"Retry-After": "7200"})

    tick(THREE)

    assert tonight().next_try_at == THREE + timedelta(hours=2)


def test_a_day_without_an_answer_is_given_up_and_told(seats, server, instance_admin):
    server.fault("status", status=503, times=999)
    for minutes in range(0, 21 * 60, 30):
        tick(THREE + minutes * MINUTE)
    server.faults.clear()

    done = ticks(THREE + DAY, 7)

    first = ParliamentSync.objects.order_by("on").first()
    assert (first.state, first.reason.endswith("answered 503.")) == (SyncState.GIVEN_UP, True)
    assert told() == ["The sync with Parliament did not get through today"]
    assert done[-1]["mps_changed"] == 650


def test_odd_answers_are_forgiven_twice_a_night(seats, server, instance_admin):
    server.fault("html", times=3)

    tick(THREE)
    tick(THREE + 5 * MINUTE)
    assert (tonight().state, told()) == (SyncState.RUNNING, [])
    tick(THREE + 15 * MINUTE)

    assert tonight().state == SyncState.STOPPED
    assert "is a web page" in tonight().reason
    assert told() == ["The sync with Parliament stopped: please look"]
    assert tick(THREE + timedelta(hours=9)) == {}


def test_too_many_gone_stops_the_night_and_changes_nothing(seats, server, parliament, instance_admin):
    ticks(THREE, 7)
    before = plain_facts()
    for code in ALL_CODES[:6]:
        parliament.vacate(seat_name(code))

    ticks(THREE + DAY, 9)

    assert plain_facts() == before
    assert ParliamentSync.objects.first().state == SyncState.STOPPED
    assert told() == ["The sync with Parliament stopped: please look"]


def test_a_vacancy_takes_fourteen_ticks(seats, server, parliament):
    ticks(THREE, 7)
    parliament.vacate(FIRST)

    done = ticks(THREE + DAY, 14)

    assert [result.get("mps_changed") for result in done] == [None] * 13 + [1]


def test_a_sync_by_hand_at_work_is_left_alone(seats, server):
    with another_sync_at_work(THREE + MINUTE):
        assert tick(THREE) == {}

    assert tick(THREE) == {"parliament_requests": 5}


def test_what_nobody_foresaw_is_logged_and_not_tried_every_minute(seats, server, settings):
    settings.PARLIAMENT_MOST_GONE = None
    ticks(THREE, 6)

    with pytest.raises(TypeError):
        tick(THREE + 6 * MINUTE)

    assert tonight().reason == "mpcrm itself failed (TypeError)."
    assert tick(THREE + 7 * MINUTE) == {}


def test_the_tick_runs_it(seats, server, settings):
    settings.TICK_STEPS = ["contacts.parliament.nightly.sync_nightly"]

    record = run_tick(now=THREE)

    assert (record.counts, record.error) == ({"parliament_requests": 5}, "")


def test_a_slow_parliament_keeps_the_tick_for_seconds_only(seats, server, monkeypatch):
    """One try, and its own limit: here a fifth of a second instead of ten."""
    monkeypatch.setattr(nightly, "BRISK", Patience(tries=1, seconds=0.2))
    server.fault("slow", seconds=0.6)

    result = tick(THREE)

    assert result == {"parliament_requests": 1}
    assert "ReadTimeout" in tonight().reason
