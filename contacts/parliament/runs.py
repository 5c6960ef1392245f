"""Runs of syncing with Parliament: begun, gone on with, held by one process at a time, ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from contacts.models import (
    MPListImport,
    ParliamentAnswer,
    ParliamentSync,
    SyncState,
    SyncSubject,
)
from notifications.services import Message, notify

LOCK = 0x6D706373  # "mpcs", among PostgreSQL's advisory locks
LEASE = timedelta(minutes=5)  # longer than one try may take, and the pause before it
GOOD_FOR = timedelta(hours=1)  # an answer older than this is asked for again, even by the same run
KEEP_ANSWERS = timedelta(days=30)
KIND = "parliament-sync"
NOTHING_CHANGED: dict[str, str] = {
    SyncSubject.MPS: "Nothing was changed: the MPs are those of the last list applied.",
    SyncSubject.DETAILS: "Nothing was changed: posts and contact details are as they were.",
}


class AnotherSync(Exception):
    """Another sync is at work, in words."""


@contextmanager
def one_at_a_time(begin: Callable[[], ParliamentSync], *, now: datetime) -> Iterator[ParliamentSync]:
    """The run that `begin` gives, held until the block ends or its process dies. Raises AnotherSync.

    PostgreSQL frees its lock with the connection. On SQLite a row says how long the run is held, so that a
    killed one is free five minutes later.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise AnotherSync("Another sync with Parliament is at work. Wait until it is done.")
        try:
            yield begin()
        finally:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        return
    with transaction.atomic():
        holder = ParliamentSync.objects.filter(held_until__gt=now).order_by("-held_until").first()
        if holder and holder.held_until:
            until = f"{timezone.localtime(holder.held_until):%H:%M:%S}"
            raise AnotherSync(
                "Another sync with Parliament is at work. Wait until it is done; if it was killed, "
                f"another may begin at {until}."
            )
        run = begin()
        hold(run, now=now)
    try:
        yield run
    finally:
        ParliamentSync.objects.filter(pk=run.pk).update(held_until=None)


def hold(run: ParliamentSync, *, now: datetime) -> None:
    if connection.vendor != "postgresql":
        ParliamentSync.objects.filter(pk=run.pk).update(held_until=now + LEASE)


def begin_or_go_on(*, now: datetime, subject: SyncSubject = SyncSubject.MPS) -> ParliamentSync:
    """The run that was left unfinished within the hour, or a new one."""
    clear_away(now=now)
    unfinished = ParliamentSync.objects.running().filter(
        on=timezone.localdate(now), subject=subject, started_at__gt=now - GOOD_FOR
    )
    return unfinished.first() or ParliamentSync.objects.create(
        on=timezone.localdate(now), subject=subject, started_at=now, next_try_at=now
    )


def tonights(*, now: datetime, subject: SyncSubject = SyncSubject.MPS) -> ParliamentSync:
    """The one nightly run of this day, begun if there is none."""
    clear_away(now=now)
    on = timezone.localdate(now)
    row = ParliamentSync(on=on, subject=subject, is_nightly=True, started_at=now, next_try_at=now)
    ParliamentSync.objects.bulk_create([row], ignore_conflicts=True)
    return ParliamentSync.objects.get(on=on, subject=subject, is_nightly=True)


def ask_for(*, subject: str, by: User, now: datetime, most_gone: int | None = None) -> ParliamentSync:
    """Have the next tick begin a run, unless one waits or works already. `most_gone`: so many fewer MPs than
    sit here are believed this once."""
    on = timezone.localdate(now)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        waiting = ParliamentSync.objects.running().filter(subject=subject, on=on, most_gone=most_gone)
        waiting.update(next_try_at=now)
        return waiting.first() or ParliamentSync.objects.create(
            subject=subject, on=on, asked_by=by, started_at=now, next_try_at=now, most_gone=most_gone
        )


def clear_away(*, now: datetime) -> None:
    """Give up what nobody will go on with, saying so where a whole day passed in vain; forget old answers."""
    left = ParliamentSync.objects.running()
    by_hand = left.filter(is_nightly=False, asked_by=None)
    by_hand.filter(started_at__lte=now - GOOD_FOR).update(
        state=SyncState.GIVEN_UP, finished_at=now, reason="Nobody went on with it."
    )
    by_tick = left.filter(Q(is_nightly=True) | Q(asked_by__isnull=False))
    for run in by_tick:
        if is_of_a_day_gone(run, now=now):
            end(
                run,
                SyncState.GIVEN_UP,
                reason=run.reason or "It was not finished on its day: was mpcrm running?",
                now=now,
            )
    ParliamentAnswer.objects.filter(fetched_at__lt=now - KEEP_ANSWERS).delete()


def is_of_a_day_gone(run: ParliamentSync, *, now: datetime) -> bool:
    """Whether what it finds would be dated to a day that is over; what was begun shortly before midnight may
    still be finished."""
    return run.on < timezone.localdate(now) and run.started_at <= now - GOOD_FOR


def given_up(run: ParliamentSync, *, now: datetime) -> ParliamentSync:
    """The run as it is once all that is left over has been cleared away."""
    clear_away(now=now)
    return ParliamentSync.objects.get(pk=run.pk)


def note_odd(
    run: ParliamentSync, name: str, what: str, *, mp: int | None = None, is_dry_run: bool = False
) -> None:
    """What Parliament answers of this MP, or committee, cannot be: this run goes on without it. After a dry
    run, the real one asks again."""
    run.report = {**run.report, "odd": [*odd_in(run), {"mp": mp, "name": name, "reason": what}]}
    if not is_dry_run:
        run.save(update_fields=["report"])


def odd_in(run: ParliamentSync) -> list[dict[str, Any]]:
    odd: list[dict[str, Any]] = run.report.get("odd", [])
    return odd


def good_from(run: ParliamentSync, *, now: datetime) -> datetime:
    """Since when an answer must have been fetched to be good as it is."""
    return max(run.started_at, now - GOOD_FOR)


def start_over(run: ParliamentSync) -> None:
    """Ask everything again: what came so far does not make a whole."""
    with transaction.atomic():
        run.restarts += 1
        run.save(update_fields=["restarts"])
        of_this_run = ParliamentAnswer.objects.filter(fetched_at__gte=run.started_at)
        of_this_run.update(fetched_at=run.started_at - timedelta(seconds=1))


def put_off(run: ParliamentSync, *, reason: str, until: datetime) -> None:
    run.failures += 1
    run.reason = reason
    run.next_try_at = until
    run.save(update_fields=["failures", "reason", "next_try_at"])


def end(
    run: ParliamentSync,
    state: SyncState,
    *,
    now: datetime,
    reason: str = "",
    report: dict[str, object] | None = None,
    made: MPListImport | None = None,
) -> None:
    """The run's last word. Unless it is done, those who look after the instance are told, once a day."""
    with transaction.atomic():
        run.state, run.reason, run.report, run.made = state, reason, report or {}, made
        run.finished_at = now
        run.save()
        if state != SyncState.DONE:
            notify(told_of(run, state), now=now)


def told_of(run: ParliamentSync, state: SyncState) -> list[Message]:
    stopped = state == SyncState.STOPPED
    title = "stopped: please look" if stopped else "did not get through today"
    return [
        Message(
            kind=KIND,
            subject=KIND if run.subject == SyncSubject.MPS else f"{KIND}-{run.subject}",
            recipient=membership,
            due_on=run.on,
            step=1 if stopped else 0,
            title=f"The sync with Parliament {title}",
            body=f"{run.reason}\n\n{NOTHING_CHANGED[run.subject]}",
            path=reverse("instance:sync_detail", args=[run.pk]),
        )
        for membership in Membership.objects.of_instance_admins()
    ]
