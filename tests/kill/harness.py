"""What the kill tests stand on: offices that owe escalations, a mail server that remembers, workers."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes

from aiosmtpd.controller import Controller
from django.conf import settings

from accounts.models import Authority, Role
from enquiries.models import Contact, Enquiry, Escalation, TimelineEntry
from enquiries.services import create_default_policies
from notifications.delivery import message_id
from notifications.models import OUTSTANDING, Channel, Notification, State
from tests.conftest import database_url
from tests.factories import NOW, AuthorityFactory, MembershipFactory, MPFactory, ServiceFactory

LEASE_SECONDS = 3


# --- Who owes what ----------------------------------------------------------------------------


def make_office(due_dates: Iterable[date]) -> Authority:
    """An authority whose ladder finds one person at every step, with an enquiry due on each of the dates."""
    authority = AuthorityFactory()
    create_default_policies(authority=authority)
    authority.chief_executive = MembershipFactory(authority=authority, role=Role.EXECUTIVE)
    authority.save()
    head, director, contact = (
        MembershipFactory(authority=authority, role=Role.SERVICE_CONTACT) for _ in range(3)
    )
    service = ServiceFactory(authority=authority, head=head, director=director)
    contact.services.add(service)
    mp = MPFactory()
    Enquiry.objects.bulk_create(
        Enquiry(
            authority=authority,
            reference=f"{authority.reference_prefix}-2026-{number:05}",
            mp=mp,
            received_on=due_on,
            channel=Contact.EMAIL,
            subject="Subject",
            question="Question",
            service=service,
            acknowledge_by=due_on,
            amber_on=due_on,
            due_on=due_on,
            logged_at=NOW,
            logged_by=head,
        )
        for number, due_on in enumerate(due_dates, start=1)
    )
    return authority


# --- A mail server that remembers -----------------------------------------------------------


class Sink:
    """Takes every e-mail, slowly, and remembers which Message-ID went to whom about what."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.taken: list[tuple[str, str, str]] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        message = message_from_bytes(envelope.content)
        self.taken.append((message["Message-ID"], envelope.rcpt_tos[0], message["Subject"]))
        await asyncio.sleep(self.seconds)
        return "250 Taken"


@contextmanager
def mail_server(seconds: float = 0.003) -> Iterator[tuple[Sink, str]]:
    """A sink on a free port, and the EMAIL_URL that reaches it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sink = Sink(seconds)
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield sink, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


# --- Workers ----------------------------------------------------------------------------------


class Workers:
    """Starts groups of worker processes on the test's database, and kills them."""

    def __init__(self, email_url: str) -> None:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "TEST_DATABASE_URL": database_url(),
            "EMAIL_URL": email_url,
            "TICK_SECONDS": "0.05",
            "LOG_LEVEL": "CRITICAL",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.kill.worker"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.group: int | None = None

    def order(self, **order) -> int:
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the workers' parent died"
        return int(answer)

    def start(self, run: str, *, processes: int, substitutes: dict, **order) -> None:
        self.group = self.order(run=run, processes=processes, **order, **{"with": substitutes})

    def kill(self) -> None:
        """SIGKILL to the whole group, and wait until it is gone."""
        for _ in range(100):  # a group that is not there yet cannot be killed
            try:
                os.killpg(self.group, signal.SIGKILL)
                break
            except ProcessLookupError:
                time.sleep(0.01)
        self.wait()

    def wait(self) -> int:
        status, self.group = self.order(wait=self.group), None
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


@contextmanager
def workers(email_url: str) -> Iterator[Workers]:
    group = Workers(email_url)
    try:
        yield group
    finally:
        group.close()


# --- The reckoning --------------------------------------------------------------------------


def done_so_far() -> int:
    """Grows with every escalation recorded and every e-mail sent."""
    sent = Notification.objects.filter(channel=Channel.EMAIL, state=State.SENT)
    return Escalation.objects.count() + sent.count()


def is_settled(owed: int) -> bool:
    """Whether everything owed is recorded and no e-mail waits any more."""
    return (
        Escalation.objects.count() >= owed and not Notification.objects.filter(state__in=OUTSTANDING).exists()
    )


def wait_until_settled(owed: int, *, seconds: float) -> None:
    give_up = time.monotonic() + seconds
    while not is_settled(owed):
        assert time.monotonic() < give_up, f"not settled in {seconds} s: {outcome(owed)}"
        time.sleep(0.1)


@dataclass(frozen=True)
class Outcome:
    """How far what happened is from each thing owed happening once."""

    facts_lost: int
    facts_repeated: int
    timeline_lost: int
    timeline_repeated: int
    in_app_lost: int
    in_app_repeated: int
    emails_lost: int = 0
    email_repeats: int = 0
    emails_under_another_id: int = 0


def outcome(owed: int, sink: Sink | None = None) -> Outcome:
    """Compare with `owed` escalations, each of which tells one person in mpcrm and by e-mail."""
    facts = Counter(Escalation.objects.values_list("enquiry", "due_on", "offset"))
    timeline = Counter(
        TimelineEntry.objects.filter(kind=TimelineEntry.Kind.ESCALATED).values_list("enquiry", "text")
    )
    in_app = Counter(
        Notification.objects.filter(channel=Channel.IN_APP).values_list(
            "subject", "due_on", "step", "recipient"
        )
    )
    counted = {
        "facts_lost": owed - len(facts),
        "facts_repeated": facts.total() - len(facts),
        "timeline_lost": owed - len(timeline),
        "timeline_repeated": timeline.total() - len(timeline),
        "in_app_lost": owed - len(in_app),
        "in_app_repeated": in_app.total() - len(in_app),
    }
    if sink is not None:
        ids = Counter(taken[0] for taken in sink.taken)
        rows = Notification.objects.filter(channel=Channel.EMAIL)
        known = {message_id(row) for row in rows.only("key")}
        counted["emails_lost"] = owed - len(known & set(ids))
        counted["email_repeats"] = ids.total() - len(ids)
        # Each e-mail (to whom, about what) is to bear one Message-ID, however often it went.
        counted["emails_under_another_id"] = (
            len(set(sink.taken))
            - len({(to, subject) for _, to, subject in sink.taken})
            + len(set(ids) - known)
        )
    return Outcome(**counted)


def everything_is_sent() -> bool:
    return not Notification.objects.filter(channel=Channel.EMAIL).exclude(state=State.SENT).exists()
