"""A sync that is killed anywhere and run again leaves what one clean run leaves, row for row."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection

from accounts.models import Role
from contacts.models import (
    MP,
    Constituency,
    MPListImport,
    ParliamentAnswer,
    ParliamentSync,
    Party,
    SeatChoice,
    SeatHolding,
)
from contacts.parliament import runs
from contacts.parliament.details import sync_details
from contacts.parliament.syncing import sync
from notifications.models import ToDo
from tests.conftest import database_url
from tests.contacts.lists import CODES, ELECTION, seat_name
from tests.factories import NOW, MembershipFactory
from tests.parliament.server import Body, Parliament, Person
from tests.parliament.world import (
    DAY,
    WRITTEN,
    all_written,
    make_seats,
    no_sleep,
    sync_on,
    until_no_sync_is_at_work,
)

FIRST, SECOND, THIRD, FOURTH, FIFTH = (seat_name(code) for code in CODES[:5])
POINTS = 50
LATER = NOW + DAY + runs.LEASE + timedelta(minutes=1)


class Killed(BaseException):
    """What no code of ours catches."""


def change(parliament: Parliament) -> None:
    """A day's news: a vacancy, a by-election, somebody back in another seat, a party, a name, a suspension."""
    parliament.vacate(FIRST).left = ("2026-03-01", "Resigned", None)
    back = parliament.vacate(SECOND)
    parliament.vacate(THIRD)
    parliament.mps.append(Person(back.id, back.name, THIRD, "Labour", ELECTION, "2026-03-03"))
    parliament.mps.append(Person(5447, "Bea Novak", SECOND, "Green Party", "2026-03-03", "2026-03-03"))
    parliament.mp(FOURTH).party = "Restore Britain"
    renamed, sixth = parliament.mp(FIFTH), parliament.mp(seat_name(CODES[5]))
    renamed.names = [(renamed.name, ELECTION, "2026-03-03"), ("Ada Married", "2026-03-03", None)]
    renamed.name = "Ada Married"
    sixth.is_suspended, sixth.since = True, "2026-03-03"


@contextmanager
def killed_at(number: int):
    """Die instead of sending the database its n-th statement; give how many there were."""
    seen = [0]

    def die(execute, *args):
        seen[0] += 1
        if seen[0] == number:
            raise Killed
        return execute(*args)

    with connection.execute_wrapper(die):
        yield seen


# All rows there are, those that others refer to first.
ROWS = (
    Party,
    Constituency,
    SeatChoice,
    MP,
    MPListImport,
    *tuple(WRITTEN)[3:],
    ParliamentSync,
    ParliamentAnswer,
)


def all_rows() -> dict[type, list]:
    return {model: list(model.objects.order_by("pk")) for model in ROWS}


def put_back(rows: dict[type, list]) -> None:
    for model in reversed(ROWS):
        model.objects.all()._raw_delete(connection.alias)  # looks for nothing that refers to the rows
    for model in ROWS:
        model.objects.bulk_create(rows[model])


def somebody_who_is_asked() -> None:
    """An authority with the first two seats of the list: what happens there asks for to-dos."""
    authority = MembershipFactory(role=Role.POLITICAL_AFFAIRS).authority
    for seat in Constituency.objects.filter(name__in=[FIRST, SECOND]):
        SeatChoice.objects.create(authority=authority, constituency=seat, is_hidden=False)


@pytest.mark.slow(seconds=10)
@pytest.mark.django_db(transaction=True)
def test_killed_at_random_points_and_run_again_it_is_one_clean_run(server, parliament):
    make_seats()
    somebody_who_is_asked()
    sync_on(0)
    before = all_rows()
    change(parliament)
    server.asked.clear()
    with killed_at(0) as seen:
        sync_on(1)
    clean, statements, requests = all_written(), seen[0], len(server.asked)
    assert [row[1] for row in clean[ToDo]] == ["news-new-mp", "news-vacant"]
    died_while_fetching = died_while_applying = 0

    for number in random.Random(2026).sample(range(1, statements + 1), POINTS):
        put_back(before)
        server.asked.clear()
        with killed_at(number), pytest.raises(Killed):
            sync_on(1)
        is_unfinished, asked = ParliamentSync.objects.running().exists(), len(server.asked)
        sync(now=LATER, sleep=no_sleep)

        assert all_written() == clean, number
        assert MPListImport.objects.count() == 2
        assert not ParliamentSync.objects.running().exists()
        if is_unfinished:
            died_while_fetching += asked < requests
            died_while_applying += asked == requests
            # At most the answer that came but was not yet kept is asked for twice.
            assert len(server.asked) in (requests, requests + 1)

    assert (requests, statements > 100) == (13, True)
    assert died_while_fetching > 2
    assert died_while_applying > 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_posts_and_contacts_killed_anywhere_and_asked_again_are_one_clean_run(serve, settings):
    settings.PARLIAMENT_MPS_A_NIGHT = 4
    parliament = Parliament([mp for mp in Parliament.made_up().mps if mp.seat in (FIRST, SECOND, THIRD)])
    server = serve(parliament)
    one, two, three = parliament.mps
    for mp in parliament.mps:
        SeatHolding.objects.create(
            mp=MP.objects.create(parliament_id=mp.id, name=mp.name, sort_name=mp.name),
            constituency=Constituency.objects.create(ons_code=f"E{mp.id:08}", name=mp.seat, nation="England"),
            started_on=ELECTION,
        )
    paper = ("Paper Committee", 83, "2024-10-21", None, None)
    for mp in (one, two):
        mp.posts = {"committeeMemberships": [paper]}
    parliament.committees = [Body(17, "Paper Committee", {one.id: [("Chair", "2024-10-21", None)]})]
    sync_details(now=NOW, sleep=no_sleep)
    before = all_rows()
    parliament.committees[0].roles = {two.id: [("Chair", "2026-03-01", None)]}
    one.posts, three.posts, two.email = {}, {"committeeMemberships": [paper]}, "new@example.org"
    server.asked.clear()
    with killed_at(0) as seen:
        sync_details(now=NOW + DAY, sleep=no_sleep)
    clean, statements, requests = all_written(), seen[0], len(server.asked)

    for number in random.Random(2027).sample(range(1, statements + 1), POINTS):
        put_back(before)
        server.asked.clear()
        with killed_at(number), pytest.raises(Killed):
            sync_details(now=NOW + DAY, sleep=no_sleep)
        is_unfinished = ParliamentSync.objects.running().exists()
        sync_details(now=LATER, sleep=no_sleep)

        assert all_written() == clean, number
        assert MPListImport.objects.count() == 2
        assert not ParliamentSync.objects.running().exists()
        if is_unfinished:
            assert len(server.asked) in (requests, requests + 1)

    assert requests == 12


# --- Really killed ------------------------------------------------------------------------------

DIES = """
import os, sys, django
django.setup()
from datetime import datetime
from django.db import connection
from contacts.imports import seats
from contacts.parliament.syncing import sync
number, on, *codes = sys.argv[1:]
seats.CODES_OF_2024, seats.WHOLE, seen = frozenset(codes), len(codes), 0

def die(execute, *args):
    global seen
    seen += 1
    if seen == int(number):
        os._exit(9)
    return execute(*args)

with connection.execute_wrapper(die):
    sync(now=datetime.fromisoformat(on), sleep=lambda seconds: None)
"""
DEATHS = 12  # each is a process of its own, a second or two


@pytest.mark.kill
@pytest.mark.slow(seconds=20)
@pytest.mark.django_db(transaction=True)
def test_a_killed_process_leaves_nothing_held_and_what_follows_is_one_clean_run(server, parliament):
    make_seats()
    somebody_who_is_asked()
    sync_on(0)
    before, rows = all_written(), all_rows()
    change(parliament)
    with killed_at(0) as seen:
        sync_on(1)
    clean = all_written()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE_URL": database_url(),
        "TEST_PARLIAMENT_API": server.address,
    }

    for number in random.Random(2028).sample(range(1, seen[0] + 1), DEATHS):
        put_back(rows)
        died = subprocess.run(
            [sys.executable, "-c", DIES, str(number), (NOW + DAY).isoformat(), *CODES],
            cwd=django_settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
        )

        assert died.returncode == 9, died.stderr
        assert all_written() in (before, clean), number
        until_no_sync_is_at_work()
        sync(now=NOW + DAY + timedelta(seconds=1), sleep=no_sleep)
        assert all_written() == clean, number
        assert not ParliamentSync.objects.running().exists()
