"""What a sync starts from and leaves behind, without the keys that differ between two equal databases."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.core.management import CommandError, call_command
from django.db import connection

from contacts.imports.seats import nation_of
from contacts.models import (
    MP,
    Constituency,
    MPName,
    MPStatus,
    ParliamentContact,
    ParliamentSync,
    Party,
    PartySpell,
    Post,
    SeatHolding,
)
from contacts.parliament import runs
from contacts.parliament.syncing import sync
from tests.contacts.lists import CODES, seat_name
from tests.factories import NOW

DAY = timedelta(days=1)


def no_sleep(seconds: float) -> None:
    pass


def make_seats() -> None:
    """The 650 seats by their made-up names, as a list of constituencies would bring them."""
    Constituency.objects.bulk_create(
        Constituency(ons_code=code, name=seat_name(code), nation=nation_of(code)) for code in CODES
    )


def sync_on(day: int = 0, **options: Any):
    """A sync so many days after NOW."""
    return sync(now=NOW + day * DAY, sleep=no_sleep, **options)


def run(*flags: str, command: str = "sync_parliament") -> tuple[int, dict[str, Any]]:
    """Exit status and JSON report of the command."""
    out = io.StringIO()
    status = 0
    try:
        call_command(command, *flags, "--report", "json", stdout=out)
    except CommandError as error:
        status = error.returncode
    lines = out.getvalue().splitlines()
    assert len(lines) == 1, lines
    return status, json.loads(lines[0])


@contextmanager
def another_sync_at_work(until: datetime) -> Iterator[None]:
    """Somebody else holds what only one sync may: PostgreSQL's lock, or SQLite's row."""
    if connection.vendor != "postgresql":
        row = ParliamentSync.objects.create(
            on=until,
            started_at=until,
            next_try_at=until,
            held_until=until,
            finished_at=until,
            state="stopped",
        )
        yield
        row.delete()
        return
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [runs.LOCK])
            yield
            # Closing would free it too, but only once the server has seen the connection go.
            cursor.execute("SELECT pg_advisory_unlock(%s)", [runs.LOCK])
    finally:
        other.close()


def until_no_sync_is_at_work() -> None:
    """PostgreSQL frees a killed sync's lock when it sees the connection gone, a moment after the death."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s), pg_advisory_unlock(%s)", [runs.LOCK, runs.LOCK])


def plain_facts() -> dict[str, list[Any]]:
    """Every fact about MPs, by codes and names."""
    return {
        "parties": sorted(Party.objects.values_list("name", "abbreviation", "colour")),
        "seats": sorted(Constituency.objects.values_list("ons_code", "name", "nation", "region")),
        "mps": sorted(MP.objects.values_list("parliament_id", "name", "sort_name", "is_fictional")),
        "holdings": sorted(
            SeatHolding.objects.values_list(
                "constituency__ons_code",
                "started_on",
                "mp__parliament_id",
                "ended_on",
                "begun_by",
                "ended_by",
            ),
            key=str,
        ),
        "party spells": sorted(
            PartySpell.objects.values_list("mp__parliament_id", "started_on", "party__name", "ended_on"),
            key=str,
        ),
        "posts": sorted(
            Post.objects.values_list(
                "mp__parliament_id", "kind", "title", "body", "started_on", "ended_on", "source", "source_id"
            ),
            key=str,
        ),
        "contacts": sorted(
            ParliamentContact.objects.values_list("mp__parliament_id", "position", "type", "email", "website")
        ),
        "names": sorted(
            MPName.objects.values_list("mp__parliament_id", "started_on", "name", "sort_name", "ended_on"),
            key=str,
        ),
        "statuses": sorted(
            MPStatus.objects.values_list("mp__parliament_id", "started_on", "status", "note", "ended_on"),
            key=str,
        ),
    }


def holdings(seat: str) -> list[tuple[Any, ...]]:
    """Who held a seat when: (name, from, to), the first first."""
    rows = SeatHolding.objects.filter(constituency__name=seat).order_by("started_on")
    return [(h.mp.name, h.started_on, h.ended_on) for h in rows.select_related("mp")]


def spells(parliament_id: int) -> list[tuple[Any, ...]]:
    rows = PartySpell.objects.filter(mp__parliament_id=parliament_id).order_by("started_on")
    return [(s.party.name, s.started_on, s.ended_on) for s in rows.select_related("party")]
