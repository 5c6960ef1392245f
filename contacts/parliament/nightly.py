"""The tick's step: a few requests at a time, once a night, and never in the way of the other steps."""

from __future__ import annotations

import time as clocks
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from contacts.models import ParliamentSync, SyncState, SyncSubject
from contacts.parliament import details, runs
from contacts.parliament.asking import Manners
from contacts.parliament.client import BRISK, NoAnswer
from contacts.parliament.runs import AnotherSync
from contacts.parliament.shapes import OddAnswer
from contacts.parliament.syncing import PROBLEMS, go_on, in_words, stop

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
    """Go on with what somebody asked for, or with tonight's sync if it is wanted, due and not done; give how
    many requests it took.

    However often, late or side by side it is called, there is one sync of each subject a night: rows of the
    database say so.
    """
    begin = next_run(now=now)
    if begin is None:
        return {}
    try:
        with runs.one_at_a_time(begin, now=now) as run:
            return one_tick_of(run, now=now, sleep=sleep, clock=clock) if can_go_on(run, now=now) else {}
    except AnotherSync:
        return {}


def next_run(*, now: datetime) -> Callable[[], ParliamentSync] | None:
    """What gives the run to go on with, or the one to give up since its day is over. Asked at each tick of
    the day, so it costs one query and takes no lock."""
    on = timezone.localdate(now)
    of_tonight, asked_for = Q(is_nightly=True, on=on), Q(state=SyncState.RUNNING, asked_by__isnull=False)
    rows = list(ParliamentSync.objects.filter(of_tonight | asked_for).order_by("pk"))
    left = next((run for run in rows if runs.is_of_a_day_gone(run, now=now)), None)
    if left:
        return partial(runs.given_up, left, now=now)
    asked = next((run for run in rows if run.asked_by_id and can_go_on(run, now=now)), None)
    if asked:
        return lambda: ParliamentSync.objects.get(pk=asked.pk)
    if not settings.PARLIAMENT_SYNC or timezone.localtime(now).time() < NOT_BEFORE:
        return None
    tonight = {run.subject: run for run in rows if run.is_nightly}
    for subject in wanted_tonight(tonight):
        run = tonight.get(subject)
        if run is None or can_go_on(run, now=now):
            return partial(runs.tonights, now=now, subject=subject)
    return None


def wanted_tonight(tonight: dict[str, ParliamentSync]) -> list[SyncSubject]:
    """Who the MPs are comes first; only once that is known, what they do."""
    mps = tonight.get(SyncSubject.MPS)
    knows = mps is not None and mps.state == SyncState.DONE
    return [SyncSubject.MPS, *([SyncSubject.DETAILS] if knows and settings.PARLIAMENT_MPS_A_NIGHT else [])]


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

    manners = Manners(patience=BRISK, before_asking=before_asking, sleep=sleep, clock=clock)
    try:
        done = work_on(run, now=now, manners=manners)
    except EnoughForNow:
        return {"parliament_requests": asked}
    except NoAnswer as none:
        put_off(run, reason=f"Parliament does not answer: {none}.", wait=none.wait, now=now)
        return {"parliament_requests": asked}
    except PROBLEMS as problem:
        if isinstance(problem, OddAnswer) and run.failures + 1 < ODD_ANSWERS_BORNE:
            put_off(run, reason=in_words(problem), wait=0, now=now)
        else:
            stop(run, problem, now=now)
        return {"parliament_requests": asked}
    except Exception as error:
        # What nobody foresaw is the tick's to log; but not once a minute.
        put_off(run, reason=f"mpcrm itself failed ({type(error).__name__}).", wait=0, now=now)
        raise
    return {"parliament_requests": asked, "parliament_syncs": 1, **done}


def work_on(run: ParliamentSync, *, now: datetime, manners: Manners) -> dict[str, int]:
    """Take the run to its end; what it changed."""
    if run.subject == SyncSubject.DETAILS:
        counts = details.go_on(run, now=now, manners=manners).counts()
        return {"posts_changed": counts["new"] + counts["changed"]}
    counts = go_on(
        run,
        now=now,
        patience=manners.patience,
        before_asking=manners.before_asking,
        sleep=manners.sleep,
        clock=manners.clock,
    ).counts()
    return {"mps_changed": counts["new"] + counts["changed"] + counts["ended"]}


def put_off(run: ParliamentSync, *, reason: str, wait: float, now: datetime) -> None:
    """Try again after a while that doubles, and no sooner than Parliament wishes."""
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(run.failures, 10))
    runs.put_off(run, reason=reason, until=now + max(pause, timedelta(seconds=wait)))
