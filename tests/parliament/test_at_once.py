"""Two syncs at once, of MPs or of their details, and a sync beside the import of a file."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from contacts.models import MP, MPListImport, ParliamentSync, PartySpell, SeatHolding, SyncSubject
from contacts.parliament import runs
from contacts.parliament.details import sync_details
from contacts.parliament.runs import AnotherSync
from contacts.parliament.syncing import sync
from tests.contacts.lists import SEATS, whole
from tests.factories import NOW
from tests.parliament.world import make_seats, no_sleep, sync_on

LAST = SEATS // 20 * 20  # what the last page leaves out
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SYNC_OF = {SyncSubject.MPS: sync, SyncSubject.DETAILS: sync_details}
TODAY = NOW.date().isoformat()


def everybody_once() -> bool:
    return [model.objects.count() for model in (MP, SeatHolding, PartySpell)] == [SEATS] * 3


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("begins", "second"),
    [
        ("while the first asks", SyncSubject.MPS),
        ("while the first asks", SyncSubject.DETAILS),
        ("at the same moment", SyncSubject.MPS),
    ],
)
def test_one_is_refused_and_nothing_is_there_twice(server, begins, second):
    make_seats()
    outcomes, is_asking, ready = [], threading.Event(), threading.Barrier(2)
    server.meanwhile = lambda address: is_asking.set()

    def run(subject: str, is_first: bool):
        try:
            if begins == "at the same moment":
                ready.wait(timeout=10)
            elif not is_first:
                assert is_asking.wait(timeout=10)
            SYNC_OF[subject](now=NOW, sleep=no_sleep)
            outcomes.append("done")
        except AnotherSync:
            outcomes.append("refused")
        finally:
            connection.close()

    both_at_once(lambda: run(SyncSubject.MPS, True), lambda: run(second, False))

    assert sorted(outcomes) == ["done", "refused"]
    assert everybody_once()
    assert MPListImport.objects.count() == ParliamentSync.objects.count() == 1
    assert len(server.addresses()) == len(set(server.addresses()))


@pytest.mark.postgres
def test_a_sync_and_a_file_applied_at_the_same_moment_make_everybody_once(server, importer):
    make_seats()
    outcomes, all_is_asked = [], threading.Event()
    server.meanwhile = lambda address: f"skip={LAST}" in address and all_is_asked.set()

    def apply_file():
        try:
            assert all_is_asked.wait(timeout=10)
            outcomes.append(importer(whole(), TODAY)[0])
        finally:
            connection.close()

    def ask():
        try:
            sync_on(0)
            outcomes.append(0)
        finally:
            connection.close()

    both_at_once(ask, apply_file)

    assert outcomes == [0, 0]
    assert everybody_once()


def both_at_once(*runs) -> None:
    threads = [threading.Thread(target=run) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_file_applied_while_a_sync_asks_is_what_the_sync_then_finds(server, importer):
    make_seats()
    applied = []

    def clock() -> float:
        if not applied:
            applied.append(importer(whole(), TODAY))
        return time.monotonic()

    plan = sync(now=NOW, sleep=no_sleep, clock=clock)

    assert [(status, report["new"]) for status, report in applied] == [(0, SEATS)]
    assert plan.counts()["unchanged"] == SEATS
    assert everybody_once()
    assert MPListImport.objects.count() == 1


@pytest.mark.skipif(connection.vendor == "postgresql", reason="a row holds a run on SQLite only")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SyncSubject.MPS, SyncSubject.MPS),
        (SyncSubject.MPS, SyncSubject.DETAILS),
        (SyncSubject.DETAILS, SyncSubject.MPS),
    ],
)
def test_a_run_that_is_held_refuses_another_until_it_ends(first, second):
    def held(subject: SyncSubject, *, now):
        return runs.one_at_a_time(lambda: runs.begin_or_go_on(now=now, subject=subject), now=now)

    latest = NOW + runs.LEASE - timedelta(seconds=1)
    with held(first, now=NOW) as run:
        with pytest.raises(AnotherSync, match="if it was killed, another may begin at"):
            SYNC_OF[second](now=latest, sleep=no_sleep)
        assert list(ParliamentSync.objects.all()) == [run]

    with held(second, now=latest):
        assert ParliamentSync.objects.running().filter(subject=second).count() == 1
