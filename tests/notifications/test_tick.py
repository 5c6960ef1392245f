"""The tick: every step runs, whatever another does, and what happened is recorded without personal data."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils.module_loading import import_string

from mpcrm.celery import app
from notifications import tick as ticking
from notifications.models import Notification, State, Tick
from notifications.tasks import tick as task
from notifications.tick import run_tick
from tests.conftest import database_url
from tests.factories import NOW, NotificationFactory, TickFactory

pytestmark = pytest.mark.django_db

seen: list[object] = []


def first(*, now):
    seen.append(now)
    return {"escalated": 2, "sent": 1}


def second(*, now):
    return {"sent": 3}


def broken(*, now):
    raise ValueError("Mrs Canary of 1 Canary Lane")


@pytest.fixture(autouse=True)
def steps(settings):
    """Two steps that only count."""
    seen.clear()
    settings.TICK_STEPS = [f"{__name__}.first", f"{__name__}.second"]
    return settings


def test_steps_run_in_order_and_their_counts_are_added():
    tick = run_tick(now=NOW)

    tick.refresh_from_db()
    assert tick.counts == {"escalated": 2, "sent": 4}
    assert (tick.started_at, tick.error) == (NOW, "")
    assert NOW <= tick.finished_at < NOW + timedelta(seconds=5)
    assert NOW <= seen[0] < NOW + timedelta(seconds=5)


def test_a_broken_step_keeps_none_of_the_others_from_running(steps, caplog):
    steps.TICK_STEPS = [f"{__name__}.broken", "no.such.step", f"{__name__}.second"]

    with caplog.at_level(logging.DEBUG):
        tick = run_tick(now=NOW)

    assert tick.counts == {"sent": 3}
    assert tick.error == f"{__name__}.broken: ValueError; no.such.step: ModuleNotFoundError"
    assert tick.finished_at is not None
    assert "broken: ValueError at" in caplog.text
    assert "Canary" not in caplog.text + tick.error


def test_a_step_that_breaks_leaves_the_e_mails_to_go(steps):
    steps.TICK_STEPS = [f"{__name__}.broken", "notifications.delivery.deliver_due"]
    row = NotificationFactory()

    run_tick(now=NOW)

    row.refresh_from_db()
    assert row.state == State.SENT


def test_when_told_to_stop_no_further_step_begins():
    tick = run_tick(now=NOW, should_stop=lambda: bool(seen))

    assert tick.counts == {"escalated": 2, "sent": 1}


def test_so_many_ticks_are_kept_however_far_ahead_a_now_lies(monkeypatch):
    monkeypatch.setattr(ticking, "KEEP_TICKS", 2)
    _, _, kept = TickFactory.create_batch(3)

    tick = run_tick(now=NOW + timedelta(days=30))

    assert set(Tick.objects.all()) == {kept, tick}


def test_the_products_own_steps_exist_and_run():
    from mpcrm.settings import TICK_STEPS

    for path in TICK_STEPS:
        assert all(isinstance(count, int) for count in import_string(path)(now=NOW).values())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("pause", "minutes"), [(1, 3), (60, 3), (61, 3.05), (300, 15)])
def test_while_a_tick_is_at_work_another_gives_way_but_not_for_ever(settings, pause, minutes):
    import psycopg

    settings.TICK_SECONDS = pause
    long_enough = timedelta(minutes=minutes)

    with psycopg.connect(database_url()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [ticking.LOCK])
        TickFactory(started_at=NOW, finished_at=None)

        at_once = run_tick(now=NOW + long_enough - timedelta(seconds=1))
        later = run_tick(now=NOW + long_enough)
        # Closing the connection frees the lock too, but only some time after `close` has returned.
        other.execute("SELECT pg_advisory_unlock(%s)", [ticking.LOCK])

    afterwards = run_tick(now=NOW + long_enough + timedelta(seconds=1))
    assert at_once is None
    assert later.counts == afterwards.counts == {"escalated": 2, "sent": 4}


# --- What wakes it --------------------------------------------------------------------------


def test_the_command_prints_counts_as_json():
    out = io.StringIO()

    call_command("tick", now="2026-03-02T09:00:00Z", stdout=out)

    assert json.loads(out.getvalue()) == {"at": "2026-03-02T09:00:00+00:00", "escalated": 2, "sent": 4}


def test_the_command_prints_what_broke(steps):
    steps.TICK_STEPS = [f"{__name__}.broken"]
    out = io.StringIO()

    call_command("tick", stdout=out)

    assert json.loads(out.getvalue())["error"] == f"{__name__}.broken: ValueError"


def test_a_time_without_a_zone_is_london_time():
    call_command("tick", now="2026-07-01T09:00", stdout=io.StringIO())

    assert Tick.objects.get().started_at.isoformat() == "2026-07-01T08:00:00+00:00"


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01T09:00", ""])
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(CommandError, match="is not a time"):
        call_command("tick", now=text)


def test_a_loop_asks_the_clock_itself():
    with pytest.raises(CommandError, match="leave out --now"):
        call_command("tick", loop=True, now="2026-03-02T09:00")


def test_celery_runs_the_same_tick():
    task()

    assert Tick.objects.get().counts == {"escalated": 2, "sent": 4}


def test_beat_sends_the_tick_that_the_worker_knows():
    app.loader.import_default_modules()
    [entry] = app.conf.beat_schedule.values()

    assert entry["task"] in app.tasks
    assert entry["task"] == task.name
    assert app.conf.task_acks_late
    assert app.conf.task_time_limit < app.conf.broker_transport_options["visibility_timeout"]


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_loop_ticks_until_told_to_stop(number, tmp_path):
    row = NotificationFactory()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE_URL": database_url(),
        "TICK_SECONDS": "0.2",
        "EMAIL_URL": "filemail://",
        "EMAIL_FILE_PATH": str(tmp_path),
    }
    with subprocess.Popen(
        [sys.executable, "manage.py", "tick", "--loop"],
        cwd=django_settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        lines = [process.stdout.readline() for _ in range(3)]
        process.send_signal(number)
        stopped_at = time.monotonic()
        rest, _ = process.communicate(timeout=20)

    counts = [json.loads(line) for line in [*lines, *rest.splitlines()]]
    assert process.returncode == 0
    assert time.monotonic() - stopped_at < 5
    assert [line["sent"] for line in counts[:3]] == [1, 0, 0]
    assert Notification.objects.get(pk=row.pk).state == State.SENT
    assert Tick.objects.filter(finished_at=None).count() == 0
