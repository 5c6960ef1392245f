"""Many enquiries of several fictional councils, written as rows, to measure with: 5 per cent are open.

Dates are as the clock reckons them for the default policy. Each enquiry has its history, clock event,
timeline and reply, and most a constituent; those of the last year the notifications of their allocation.
"""

from __future__ import annotations

import io
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Max

from accounts.models import Authority, Membership, Nation, Role, Service, User
from contacts.models import (
    MP,
    Constituency,
    Council,
    CouncilTier,
    Party,
    PartySpell,
    SeatHolding,
    SeatOverlap,
)
from contacts.notes import create_default_policy_areas
from contacts.spells import write_spells
from enquiries.models import ClockEvent, Constituent, Enquiry, ReferenceCounter, Reply, TimelineEntry, Topic
from enquiries.services import create_default_policies, create_default_topics
from mpcrm.working_days import Calendar
from notifications.models import Channel, Notification, State
from overview.demo.letters import LETTERS, PLACES, STREETS, SURNAMES, TITLES

SEED = 1
BASE = 20_000  # made one by one; more are copies of them under other numbers
OPEN_EVERY = 20  # one in so many is open
YEARS = 6
REPLY_DAYS, AMBER_DAYS, ACKNOWLEDGE_DAYS, FOLLOW_UP_DAYS = 10, 3, 2, 5
FIRST_PARLIAMENT_ID = 950_001
SEATS, SEATS_EACH, OFFICERS_EACH = 650, 10, 20
AREAS = sorted({letter.service for letter in LETTERS})

Row = dict[str, Any]


@dataclass
class Body:
    """One authority and whom its enquiries are from, for and with."""

    authority: Authority
    officers: Sequence[Membership]
    contacts: Sequence[Membership]
    services: dict[str, Service]
    topics: dict[str, Topic]
    mps: Sequence[SeatHolding]
    numbers: Counter[int] = field(default_factory=Counter)

    def reference(self, year: int) -> str:
        self.numbers[year] += 1
        return f"{self.authority.reference_prefix}-{year}-{self.numbers[year]:05}"


class Days:
    """The working days of the last years, and today."""

    def __init__(self, today: date) -> None:
        calendar = Calendar("england")
        self.today = today
        first, last = today - timedelta(days=365 * YEARS), today + timedelta(days=60)
        every_day = (first + timedelta(days=n) for n in range((last - first).days))
        self.working = [on for on in every_day if calendar.is_working_day(on)]
        self.now = bisect_left(self.working, today)  # today, or the next working day
        self.last_year = self.now - 253

    def at(self, index: int, hour: int) -> datetime:
        return datetime.combine(self.working[index], time(hour), UTC)


def make_many(*, enquiries: int, on: date) -> dict[str, int]:
    """Add about so many enquiries, as at the day; give how many rows each table has got."""
    random, days = Random(SEED), Days(on)  # noqa: S311  the same rows each time
    first = (Enquiry.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    copies = max(0, -(-enquiries // BASE) - 1)
    base = enquiries // (copies + 1)
    with transaction.atomic():
        house = make_house(days)
        bodies = [make_body(number, days, house) for number in range(3 if enquiries < 50_000 else 10)]
        # The first council has as many as all others together.
        chances = list(accumulate([len(bodies) - 1] + [1] * (len(bodies) - 1)))
        rows: dict[type[models.Model], list[Row]] = {}
        for number in range(base):
            body = random.choices(bodies, cum_weights=chances)[0]
            for model, row in one_enquiry(first + number, body, days, random):
                rows.setdefault(model, []).append(row)
        enquiries_first = sorted(rows, key=lambda model: model is not Enquiry)
        made = {model: write(model, rows[model]) for model in enquiries_first}
        ReferenceCounter.objects.bulk_create(
            ReferenceCounter(authority=body.authority, year=year, last=last + copies * base)
            for body in bodies
            for year, last in body.numbers.items()
        )
    tidy_up()
    for number in range(1, copies + 1):
        with transaction.atomic():
            leave_keys_unchecked()
            for model, keys in made.items():
                write_again(model, keys, shift=number * base)
    tidy_up()
    return {model._meta.db_table: (copies + 1) * len(rows[model]) for model in made}


def make_house(days: Days) -> list[SeatHolding]:
    """Every seat of the House and who holds it, as the directory lists them for each authority."""
    numbers = range(SEATS)
    seats = Constituency.objects.bulk_create(
        Constituency(ons_code=f"Z149{each:05}", name=f"Bench Seat {each + 1}", nation=Nation.ENGLAND)
        for each in numbers
    )
    mps = MP.objects.bulk_create(
        MP(
            parliament_id=FIRST_PARLIAMENT_ID + each,
            name=f"Bench MP {each + 1}",
            sort_name=f"MP {each + 1:03}, Bench",
            is_fictional=True,
        )
        for each in numbers
    )
    party, since = Party.objects.create(name="Bench Party"), days.working[0]
    write_spells(PartySpell, begin=[PartySpell(mp=mp, party=party, started_on=since) for mp in mps])
    holdings = [
        SeatHolding(mp=mp, constituency=seat, started_on=since) for mp, seat in zip(mps, seats, strict=True)
    ]
    write_spells(SeatHolding, begin=holdings)
    return holdings


def make_body(number: int, days: Days, house: Sequence[SeatHolding]) -> Body:
    """A council with ten seats, twenty officers and a contact in each service."""
    name, now = f"Bench Council {number + 1}", days.at(0, 9)
    authority = Authority.objects.create(
        name=name,
        slug=f"bench-{number + 1}",
        ons_code=f"Z989{number:05}",
        nation=Nation.ENGLAND,
        reference_prefix="B" + chr(65 + number),
    )
    council = Council.objects.create(
        ons_code=authority.ons_code, name=name, tier=CouncilTier.UNITARY, nation=Nation.ENGLAND
    )
    create_default_policies(authority=authority)
    create_default_topics(authority=authority)
    create_default_policy_areas(authority=authority)
    holdings = house[number * SEATS_EACH : (number + 1) * SEATS_EACH]
    SeatOverlap.objects.bulk_create(
        SeatOverlap(constituency=each.constituency, council=council, share=100) for each in holdings
    )

    def person(role: Role, address: str) -> Membership:
        email = f"{address}@{authority.slug}.example"
        user = User.objects.create(email=email, name=f"{address.title()} of {name}", password="!")  # noqa: S106
        return Membership.objects.create(authority=authority, user=user, role=role, joined_at=now)

    officers = [person(Role.OFFICER, f"officer{each + 1}") for each in range(OFFICERS_EACH)]
    contacts = [person(Role.SERVICE_CONTACT, f"contact{each + 1}") for each in range(len(AREAS))]
    for role in (Role.POLITICAL_AFFAIRS, Role.EXECUTIVE, Role.ADMIN):
        leader = person(role, role.value)
        if role == Role.EXECUTIVE:
            authority.chief_executive = leader
            authority.save()
    services = {}
    for area, contact in zip(AREAS, contacts, strict=True):
        services[area] = Service.objects.create(
            authority=authority, name=area, head=contact, director=contacts[0]
        )
        contact.services.set([services[area]])
    topics = {topic.name: topic for topic in Topic.objects.filter(authority=authority)}
    return Body(authority, officers, contacts, services, topics, holdings)


def one_enquiry(pk: int, body: Body, days: Days, random: Random) -> Iterator[tuple[type[models.Model], Row]]:
    """Every row of one enquiry's life, by model."""
    is_open = pk % OPEN_EVERY == 0
    if is_open:
        received = days.now - 1 - int(30 * random.random() ** 2)
    else:
        received = random.randrange(len(days.working) - 100)
    day = days.working[received]
    letter, holding = random.choice(LETTERS), random.choice(body.mps)
    officer, service = random.choice(body.officers), body.services[letter.service]
    owner = None if random.random() < 0.1 and is_open else random.choice(body.officers)
    who = f"{random.choice(TITLES)} {random.choice(SURNAMES)}"
    words = {"who": who, "street": random.choice(STREETS), "place": random.choice(PLACES)}
    reply_days = None if is_open else min(random.randint(2, 12), random.randint(2, 16))
    logged_at = days.at(received, 10)
    authority_id, due_on = body.authority.pk, days.working[received + REPLY_DAYS]

    enquiry: Row = {
        "id": pk,
        "authority_id": authority_id,
        "reference": body.reference(day.year),
        "mp_id": holding.mp_id,
        "constituency_id": holding.constituency_id,
        "received_on": day,
        "channel": "e-mail",
        "enquiry_type": "enquiry",
        "urgency": "standard",
        "topic_id": body.topics[letter.topic].pk,
        "subject": letter.subject,
        "question": letter.question.format(**words),
        "service_id": service.pk,
        "owner_id": owner.pk if owner else None,
        "acknowledge_by": days.working[received + ACKNOWLEDGE_DAYS],
        "amber_on": days.working[received + REPLY_DAYS - AMBER_DAYS],
        "due_on": due_on,
        "acknowledged_on": days.working[received + 1],
        "logged_at": logged_at,
        "logged_by_id": officer.pk,
        "submission": UUID(int=random.getrandbits(128), version=4),
        "version": 1,
    }
    owned = {"authority_id": authority_id, "enquiry_id": pk}
    at_first = {"history_date": logged_at, "history_type": "+", "history_user_id": officer.user_id}
    yield Enquiry.history.model, enquiry | at_first
    if reply_days is not None:
        replied, closed = received + reply_days, received + reply_days + FOLLOW_UP_DAYS + 1
        enquiry |= {
            "replied_on": days.working[replied],
            "reply_working_days": reply_days,
            "follow_up_until": days.working[replied + FOLLOW_UP_DAYS],
            "closed_at": days.at(closed, 12),
            "close_reason": "Answered; nothing further from the MP’s office.",
        }
        then = {"history_date": enquiry["closed_at"], "history_type": "~", "history_user_id": officer.user_id}
        yield Enquiry.history.model, enquiry | then
        yield (
            Reply,
            owned
            | {
                "text": letter.reply.format(**words),
                "sent_on": days.working[replied],
                "channel": "e-mail",
                "due_on": due_on,
                "working_days": reply_days,
                "recorded_at": days.at(replied, 15),
                "recorded_by_id": officer.pk,
                "submission": UUID(int=random.getrandbits(128), version=4),
            },
        )
        yield TimelineEntry, owned | timeline("replied", days.at(replied, 15), officer)
        yield TimelineEntry, owned | timeline("closed", days.at(closed, 12), officer)
    yield Enquiry, enquiry
    yield ClockEvent, owned | {"kind": "received", "on": day, "recorded_at": logged_at}
    yield TimelineEntry, owned | timeline("logged", logged_at, officer)
    yield TimelineEntry, owned | timeline("allocated", days.at(received, 11), officer)
    if letter.is_casework:
        contact = f"{random.randint(1, 90)} {words['street']}, {words['place']}"
        yield Constituent, owned | {"name": who, "contact": contact}
    if owner and received > days.last_year:
        told: Row = {
            "authority_id": authority_id,
            "kind": "enquiry-allocated",
            "subject": f"enquiry:{pk}",
            "step": 1,
            "due_on": due_on,
            "recipient_id": owner.pk,
            "title": "An enquiry is with you",
            "body": f"A reply is due on {due_on:%-d %B %Y}.",
            "path": f"/{body.authority.slug}/enquiries/",
            "created_at": logged_at,
            "next_try_at": logged_at,
            "sent_at": logged_at,
            "state": State.SENT.value,
        }
        read_at = None if is_open else logged_at + timedelta(hours=2)
        for channel in Channel:
            key = UUID(int=random.getrandbits(128), version=4)
            read = read_at if channel == Channel.IN_APP else None
            yield Notification, told | {"key": key, "channel": channel.value, "read_at": read}


def timeline(kind: str, at: datetime, by: Membership) -> Row:
    return {"kind": kind, "at": at, "by_id": by.pk, "text": ""}


def write(model: type[models.Model], rows: Sequence[Row]) -> tuple[int, int]:
    """Insert the rows as they are, by COPY where there is one; give their first and last key.

    Columns that a row does not name get their field's default; a key it does not name is the database's.
    """
    fields = [each for each in model._meta.concrete_fields if not each.primary_key or each.attname in rows[0]]
    table, columns = quoted(model._meta.db_table), ", ".join(quoted(each.column) for each in fields)
    defaults = {each.attname: None if each.null else each.get_default() for each in fields}
    values = ([row.get(name, default) for name, default in defaults.items()] for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for line in values:
                    copy.write_row(line)
        else:
            marks = ", ".join(["%s"] * len(fields))
            prepared: list[list[Any]] = [[sqlite_value(value) for value in line] for line in values]
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", prepared)  # noqa: S608
    last = model._default_manager.aggregate(last=Max("pk"))["last"]
    return last - len(rows) + 1, last


def leave_keys_unchecked() -> None:
    """In this transaction, do not look up every foreign key: copies refer to what their originals refer to,
    or to copies. Checking doubles the time; only a superuser of PostgreSQL may do without."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT current_setting('is_superuser')")
            if cursor.fetchone() == ("on",):
                cursor.execute("SET LOCAL session_replication_role = replica")


def write_again(model: type[models.Model], keys: tuple[int, int], *, shift: int) -> None:
    """Insert the rows with these keys once more, for enquiries whose ids are greater by `shift`."""
    is_postgres = connection.vendor == "postgresql"
    new_uuid = "gen_random_uuid()" if is_postgres else "lower(hex(randomblob(16)))"
    renamed = {
        "enquiry_id": f"enquiry_id + {shift}",
        "submission": new_uuid,
        "key": new_uuid,
        "reference": f"substr(reference, 1, 8) || CAST({shifted('reference', shift)} AS text)",
    }
    if model in (Enquiry, Enquiry.history.model):
        renamed["id"] = f"id + {shift}"
    if model is Notification:
        renamed["subject"] = f"substr(subject, 1, 8) || CAST({shifted('subject', shift)} AS text)"
    fields = [each for each in model._meta.concrete_fields if not each.primary_key or each.column in renamed]
    columns = [str(each.column) for each in fields]
    into = ", ".join(quoted(column) for column in columns)
    chosen = ", ".join(renamed.get(column, quoted(column)) for column in columns)
    table, key = quoted(model._meta.db_table), quoted(model._meta.pk.column if model._meta.pk else "id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({into}) SELECT {chosen} FROM {table} WHERE {key} BETWEEN %s AND %s",  # noqa: S608
            keys,
        )


def shifted(column: str, shift: int) -> str:
    """The number after eight characters, BA-2026-00042 or enquiry:42, greater by `shift`."""
    return f"(CAST(substr({column}, 9) AS integer) + {shift})"


def quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


def sqlite_value(value: object) -> object:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.isoformat() if isinstance(value, date) else value


def tidy_up() -> None:
    """Let the database know what it holds, as it would after living with it: key sequences and statistics."""
    from django.core.management import call_command

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            script = io.StringIO()
            call_command("sqlsequencereset", "enquiries", "notifications", stdout=script, no_color=True)
            cursor.execute(script.getvalue())
            for model in (Enquiry, Enquiry.history.model, Reply, TimelineEntry, Notification, Constituent):
                cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
        cursor.execute("ANALYZE")
