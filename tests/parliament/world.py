"""What a sync starts from and leaves behind, without the keys that differ between two equal databases."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model

from accounts.models import Authority, Membership
from contacts.imports.names import sort_name
from contacts.imports.seats import nation_of
from contacts.imports.undoing import KINDS
from contacts.models import (
    MP,
    Constituency,
    MPListImport,
    MPName,
    MPNews,
    MPStatus,
    ParliamentContact,
    ParliamentSync,
    Party,
    PartySpell,
    Post,
    PostWording,
    SeatHolding,
)
from contacts.parliament import runs
from contacts.parliament.syncing import sync
from notifications.models import Notification, ToDo
from tests.contacts.lists import CODES, ELECTION, SEATS, seat_name, whole
from tests.factories import NOW

DAY = timedelta(days=1)
PAGES = -(-SEATS // 20)  # of a list of all MPs


def no_sleep(seconds: float) -> None:
    pass


def make_seats(codes: list[str] = CODES) -> None:
    """The seats by their made-up names, as a list of constituencies would bring them."""
    Constituency.objects.bulk_create(
        Constituency(ons_code=code, name=seat_name(code), nation=nation_of(code)) for code in codes
    )


def make_one_party_known(codes: list[str] = CODES) -> None:
    """Of the last MP of the list, so that a sync is not the first one, which reads everybody's history."""
    last = whole(codes)[-1]
    name = last["MP"]
    mp = MP.objects.create(parliament_id=int(last["Member ID"]), name=name, sort_name=sort_name(name))
    party = Party.objects.create(name=last["Party"])
    PartySpell.objects.create(mp=mp, party=party, started_on=ELECTION)


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


# What a sync writes and asks for, by what it is called in two databases alike.
WRITTEN: dict[type[Model], str] = {
    Party: "name",
    Constituency: "ons_code",
    MP: "parliament_id",
    SeatHolding: "",
    PartySpell: "",
    Post: "title",
    PostWording: "",
    ParliamentContact: "",
    MPName: "",
    MPStatus: "",
    MPNews: "",
    ToDo: "",
    Notification: "",
}
ALIKE = WRITTEN | {Authority: "slug", Membership: "user__email"}
# Keys, addresses with keys in them, the moment of each run, and the import that is made anew with each.
APART = {"id", "key", "path", "made_by", "attachment", "known_at", "created_at", "next_try_at", "sent_at"}


def plain_facts() -> dict[type[Model], list[tuple[Any, ...]]]:
    """Every fact about MPs by codes and names, and what is told of it: but for the day of the last look."""
    return {model: rows_of(model, but="details_on") for model in WRITTEN if model not in (ToDo, Notification)}


def all_written() -> dict[type[Model], list[tuple[Any, ...]]]:
    """The facts, the day of the last look at each MP's details, what is asked of whom, and each import with
    its report and what undoing it takes. For one database, put back and written anew: rows from before keep
    their keys."""
    return plain_facts() | {
        MP: rows_of(MP),
        ToDo: rows_of(ToDo),
        Notification: rows_of(Notification, but="subject"),  # the to-do's key
        MPListImport: [as_written(each) for each in MPListImport.objects.order_by("pk")],
    }


def as_written(made: MPListImport) -> tuple[Any, ...]:
    """An import with the rows that it made in place of their keys."""
    rows = {kind: rows_of(KINDS[kind], pks=pks) for kind, pks in made.effects["made"].items()}
    about = (made.subject, made.state, made.file_name, made.list_date, made.is_partial)
    return (*about, made.reading, made.rows, made.report, made.effects | {"made": rows})


def rows_of(model: type[Model], *, but: str = "", pks: Sequence[int] | None = None) -> list[tuple[Any, ...]]:
    columns = [
        f"{field.name}__{ALIKE[field.related_model]}" if field.is_relation else field.name
        for field in model._meta.concrete_fields
        if field.name not in APART | {but}
    ]
    found = model._default_manager.all() if pks is None else model._default_manager.filter(pk__in=pks)
    return sorted(found.values_list(*columns), key=str)


def holdings(seat: str) -> list[tuple[Any, ...]]:
    """Who held a seat when: (name, from, to), the first first."""
    rows = SeatHolding.objects.filter(constituency__name=seat).order_by("started_on")
    return [(h.mp.name, h.started_on, h.ended_on) for h in rows.select_related("mp")]


def spells(parliament_id: int) -> list[tuple[Any, ...]]:
    rows = PartySpell.objects.filter(mp__parliament_id=parliament_id).order_by("started_on")
    return [(s.party.name, s.started_on, s.ended_on) for s in rows.select_related("party")]
