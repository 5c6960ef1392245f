"""The tick: every step in `settings.TICK_STEPS`, once. Celery beat and `manage.py tick --loop` wake it."""

from __future__ import annotations

import logging
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.module_loading import import_string

from notifications.models import Tick

KEEP_TICKS = 10_000  # about a week of one a minute; by number, since `--now` may lie far ahead
SHORTEST_PATIENCE = timedelta(minutes=3)
# What `Tick.error` says of a tick that did all it should; a mail server that is away is told by what waits.
WITHOUT_FAULT = ["", "notifications.delivery.deliver_due: MailServerUnreachable"]
LOCK = 0x6D706372  # "mpcr", among PostgreSQL's advisory locks

logger = logging.getLogger(__name__)


def patience() -> timedelta:
    """Until when a tick is waited for: three times the pause between two, and three minutes at least."""
    return max(SHORTEST_PATIENCE, 3 * timedelta(seconds=settings.TICK_SECONDS))


def run_tick(*, now: datetime, should_stop: Callable[[], bool] = lambda: False) -> Tick | None:
    """Run the steps in order and record the tick; None if another tick is at work already, which saves work,
    no more: every step is safe beside itself, and a tick that takes too long keeps no other from running.

    A step that raises does not keep the others from running: what it raised is logged and put in `Tick.error`
    by its type alone, since messages may hold personal data. `should_stop` is asked before each step.
    """
    with _first_here() as is_first:
        if (
            not is_first
            and Tick.objects.filter(started_at__gt=now - patience(), started_at__lte=now).exists()
        ):
            return None
        started = time.monotonic()
        tick = Tick.objects.create(started_at=now)
        counts: Counter[str] = Counter()
        errors: list[str] = []
        for path in settings.TICK_STEPS:
            if should_stop():
                break
            try:
                step = import_string(path)
                counts.update(step(now=now + timedelta(seconds=time.monotonic() - started)))
            except Exception as error:
                errors.append(f"{path}: {type(error).__name__}")
                logger.error("tick step %s: %s at %s", path, type(error).__name__, _place(error))
                if not connection.in_atomic_block:
                    connection.close_if_unusable_or_obsolete()
        tick.counts = dict(counts)
        tick.error = "; ".join(errors)[:300]
        tick.finished_at = now + timedelta(seconds=time.monotonic() - started)
        tick.save()
        Tick.objects.filter(pk__lte=tick.pk - KEEP_TICKS).delete()
        return tick


@contextmanager
def _first_here() -> Iterator[bool]:
    """Whether no other tick of this database is running. Only PostgreSQL can tell."""
    if connection.vendor != "postgresql":
        yield True
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        [is_first] = cursor.fetchone()
    try:
        yield is_first
    finally:
        if is_first:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"
