"""The tick's step: a few requests at a time, once a night, and never in the way of the other steps."""

from __future__ import annotations

import time as clocks
from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from contacts.models import ParliamentSync, SyncState
from contacts.parliament import runs
from contacts.parliament.client import BRISK, NoAnswer
from contacts.parliament.runs import AnotherSync
from contacts.parliament.shapes import OddAnswer
from contacts.parliament.syncing import PROBLEMS, go_on, in_words

NOT_BEFORE = time(3, 0)  # Europe/London: after midnight's changes, before anybody works
REQUESTS_A_TICK = 5
SECONDS_A_TICK = 10.0
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=3)
ODD_ANSWERS_BORNE = 3  # a page of maintenance passes; the third odd answer of a night asks for a person


class EnoughForNow(Exception):
    """This tick has asked as much as one tick may; the next goes on."""


def sync_nightly(
    *,
    now: datetime,
    sleep: Callable[[float], None] = clocks.sleep,
    clock: Callable[[], float] = clocks.monotonic,
) -> dict[str, int]:
    """Go on with tonight's sync, if it is wanted, due and not done; give how many requests it took.

    However often, late or side by side it is called, there is one sync a day: a row of the database says so.
    """
    if not settings.PARLIAMENT_SYNC or timezone.localtime(now).time() < NOT_BEFORE:
        return {}
    if not is_due(now=now):
        return {}
    try:
        with runs.one_at_a_time(lambda: runs.tonights(now=now), now=now) as run:
            return one_tick_of(run, now=now, sleep=sleep, clock=clock) if can_go_on(run, now=now) else {}
    except AnotherSync:
        return {}


def is_due(*, now: datetime) -> bool:
    """Asked at each tick of the day, so it costs one query and takes no lock."""
    run = ParliamentSync.objects.filter(on=timezone.localdate(now), is_nightly=True).first()
    return run is None or can_go_on(run, now=now)


def can_go_on(run: ParliamentSync, *, now: datetime) -> bool:
    return run.state == SyncState.RUNNING and run.next_try_at <= now


def one_tick_of(
    run: ParliamentSync, *, now: datetime, sleep: Callable[[float], None], clock: Callable[[], float]
) -> dict[str, int]:
    started, asked = clock(), 0

    def before_asking() -> None:
        nonlocal asked
        if asked == REQUESTS_A_TICK or clock() - started > SECONDS_A_TICK:
            raise EnoughForNow
        asked += 1

    try:
        plan = go_on(run, now=now, patience=BRISK, before_asking=before_asking, sleep=sleep, clock=clock)
    except EnoughForNow:
        return {"parliament_requests": asked}
    except NoAnswer as none:
        put_off(run, reason=f"Parliament does not answer: {none}.", wait=none.wait, now=now)
        return {"parliament_requests": asked}
    except PROBLEMS as problem:
        if isinstance(problem, OddAnswer) and run.failures + 1 < ODD_ANSWERS_BORNE:
            put_off(run, reason=in_words(problem), wait=0, now=now)
        else:
            runs.end(run, SyncState.STOPPED, reason=in_words(problem), now=now)
        return {"parliament_requests": asked}
    except Exception as error:
        # What nobody foresaw is the tick's to log; but not once a minute.
        put_off(run, reason=f"mpcrm itself failed ({type(error).__name__}).", wait=0, now=now)
        raise
    counts = plan.counts()
    return {
        "parliament_requests": asked,
        "parliament_syncs": 1,
        "mps_changed": counts["new"] + counts["changed"] + counts["ended"],
    }


def put_off(run: ParliamentSync, *, reason: str, wait: float, now: datetime) -> None:
    """Try again after a while that doubles, and no sooner than Parliament wishes."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(run.failures, 10))
    runs.put_off(run, reason=reason, until=now + max(pause, timedelta(seconds=wait)))
