"""Delivery: nothing lost, nothing repeated without need, one bad row never in the way of others."""

from __future__ import annotations

import random
import smtplib
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from notifications import delivery
from notifications.health import progress
from notifications.models import Channel, Notification, State
from notifications.services import Message, notify, retry
from tests.factories import (
    NOW,
    TODAY,
    AuthorityFactory,
    MembershipFactory,
    NotificationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

RNG = random.Random(1)
MINUTE = timedelta(minutes=1)
NOTHING = {"sent": 0, "retried": 0, "failed": 0, "dropped": 0}


class MailServer(EmailBackend):
    """Keeps what it takes in `mail.outbox`; raises what `refuses` says for an address."""

    refuses: dict[str, Exception] = {}
    is_down = False
    connections = 0

    def open(self):
        if MailServer.is_down:
            raise ConnectionRefusedError("no mail server here")
        MailServer.connections += 1
        return True

    def send_messages(self, messages):
        for message in messages:
            if error := self.refuses.get(message.to[0]):
                raise error
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.MailServer"
    settings.INSTANCE_NAME = "mpcrm.northmoor.example"
    settings.BASE_URL = "https://mpcrm.northmoor.example"
    MailServer.refuses, MailServer.is_down = {}, False
    return MailServer


def to(address: str, **fields) -> Notification:
    return NotificationFactory(recipient=MembershipFactory(user=UserFactory(email=address)), **fields)


def deliver(now=NOW):
    return delivery.deliver_due(now=now, rng=RNG)


def test_an_email_that_is_due_is_sent_and_marked():
    row = to("head@example.org", title="NM-2026-00042: reply due today", body="Send it.", path="/nm/x/")

    counts = deliver()

    [message] = mail.outbox
    row.refresh_from_db()
    assert counts == NOTHING | {"sent": 1}
    assert (row.state, row.attempts, row.claim, row.lease_until) == (State.SENT, 1, None, None)
    assert NOW <= row.sent_at < NOW + MINUTE
    assert message.to == ["head@example.org"]
    assert message.subject == "NM-2026-00042: reply due today"
    assert "Send it." in message.body
    assert "https://mpcrm.northmoor.example/nm/x/" in message.body
    assert message.message()["Message-ID"] == f"<{row.key}@mpcrm.northmoor.example>"
    assert message.message()["Auto-Submitted"] == "auto-generated"


def test_a_body_is_sent_as_written():
    to("head@example.org", body="Bins & “roads” <now>")

    deliver()

    assert "Bins & “roads” <now>" in mail.outbox[0].body


def test_an_email_not_yet_due_waits():
    row = to("head@example.org", next_try_at=NOW + MINUTE)

    early, on_time = deliver(now=NOW), deliver(now=NOW + MINUTE)

    row.refresh_from_db()
    assert (early["sent"], on_time["sent"], row.state) == (0, 1, State.SENT)


def test_running_twice_sends_once():
    to("head@example.org")

    assert [deliver()["sent"], deliver()["sent"], len(mail.outbox)] == [1, 0, 1]


def test_rows_inside_mpcrm_are_never_emailed():
    NotificationFactory(in_app=True)

    assert deliver() == NOTHING


def test_someone_who_left_meanwhile_is_not_written_to():
    gone, locked_out = to("gone@example.org"), to("out@example.org")
    gone.recipient.is_active = False
    gone.recipient.save()
    locked_out.recipient.user.is_active = False
    locked_out.recipient.user.save()

    counts = deliver()

    gone.refresh_from_db()
    assert counts == NOTHING | {"dropped": 2}
    assert mail.outbox == []
    assert (gone.state, gone.last_error) == (State.DROPPED, "The recipient no longer works here.")
    assert deliver() == NOTHING


# --- Errors ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (smtplib.SMTPServerDisconnected("gone"), "SMTPServerDisconnected: gone"),
        (
            smtplib.SMTPRecipientsRefused({"ill@example.org": (451, b"try later")}),
            "The mail server refused: 451 try later",
        ),
        (smtplib.SMTPDataError(452, b"full"), "The mail server refused: 452 full"),
        (
            smtplib.SMTPSenderRefused(550, b"not from here", "mpcrm@localhost"),
            "The mail server refused: 550 not from here",
        ),
        (TimeoutError("too slow"), "TimeoutError: too slow"),
    ],
)
def test_an_error_that_may_pass_is_tried_again_later(error, words, server):
    row = to("ill@example.org")
    server.refuses = {"ill@example.org": error}

    counts = deliver()

    row.refresh_from_db()
    assert counts == NOTHING | {"retried": 1}
    assert (row.state, row.attempts, row.claim) == (State.QUEUED, 1, None)
    assert row.last_error == words
    assert row.next_try_at > NOW + MINUTE


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"ill@example.org": (550, b"no such person")}),
        smtplib.SMTPDataError(554, b"refused"),
        smtplib.SMTPNotSupportedError("SMTPUTF8"),
    ],
)
def test_an_error_that_would_come_again_fails_at_once(error, server):
    row = to("ill@example.org")
    server.refuses = {"ill@example.org": error}

    counts = deliver()

    row.refresh_from_db()
    assert counts == NOTHING | {"failed": 1}
    assert (row.state, row.attempts, row.claim) == (State.FAILED, 1, None)


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b\nBcc: all@example.org", "two@example.org,x@example.org"]
)
def test_an_address_that_is_none_fails_at_once(address):
    row = to(address)

    assert deliver() == NOTHING | {"failed": 1}
    row.refresh_from_db()
    assert row.state == State.FAILED
    assert mail.outbox == []


def test_a_line_break_in_a_title_makes_no_header():
    to("head@example.org", title="Reply due\r\nBcc: all@example.org")

    deliver()

    [message] = mail.outbox
    assert message.subject == "Reply due Bcc: all@example.org"
    assert message.message()["Bcc"] is None


def test_after_eight_tries_a_row_has_failed(server):
    row = to("ill@example.org")
    server.refuses = {"ill@example.org": smtplib.SMTPServerDisconnected()}
    waits, now = [], NOW

    for _ in range(8):
        deliver(now)
        row.refresh_from_db()
        waits.append(row.next_try_at - now)
        now = row.next_try_at

    assert (row.state, row.attempts) == (State.FAILED, 8)
    assert deliver(now + timedelta(days=1)) == NOTHING
    assert waits == sorted(waits)  # each longer than the one before


@pytest.mark.parametrize(
    ("tries", "shortest", "longest"),
    [(1, 1.6, 2.4), (2, 3.2, 4.8), (7, 102.4, 153.6), (8, 192, 288), (9, 192, 288)],
)
def test_gaps_double_with_jitter_up_to_a_longest(tries, shortest, longest):
    gaps = [delivery.gap(tries, random.Random(seed)) / MINUTE for seed in range(200)]

    assert shortest <= min(gaps) < max(gaps) <= longest
    assert max(gaps) - min(gaps) > (longest - shortest) / 2


def test_one_bad_row_never_holds_up_others(server):
    bad = [to(f"bad{n}@example.org") for n in range(30)]
    server.refuses = {row.recipient.user.email: TimeoutError() for row in bad}
    for n in range(30):
        to(f"good{n}@example.org")

    counts = deliver()

    assert counts == NOTHING | {"sent": 30, "retried": 30}
    assert Counter(Notification.objects.values_list("state", flat=True)) == {
        State.SENT: 30,
        State.QUEUED: 30,
    }


def test_after_an_error_the_next_row_gets_a_fresh_connection(server):
    authority = AuthorityFactory()
    addresses = ["a@example.org", "b@example.org"]
    for address in addresses:
        NotificationFactory(recipient=MembershipFactory(authority=authority, user=UserFactory(email=address)))
    server.refuses = {"a@example.org": smtplib.SMTPServerDisconnected()}
    server.closed = []
    server.close = lambda self: server.closed.append(len(mail.outbox))

    try:
        deliver()
    finally:
        del server.close

    assert server.closed[0] == 0  # hung up after the error, before the good row went
    assert len(mail.outbox) == 1


def test_while_the_mail_server_is_down_rows_wait_uncharged(server):
    row = to("head@example.org")
    server.is_down = True

    with pytest.raises(delivery.MailServerUnreachable, match="ConnectionRefusedError"):
        deliver()

    row.refresh_from_db()
    assert (row.state, row.attempts, row.claim, row.next_try_at) == (State.QUEUED, 0, None, NOW)
    server.is_down = False
    assert deliver()["sent"] == 1


def test_an_authority_with_much_mail_does_not_hold_up_another():
    crowd = MembershipFactory()
    for _ in range(3 * delivery.BATCH):
        NotificationFactory(recipient=crowd)
    to("quick@example.org", next_try_at=NOW)

    deliver()

    position = [message.to[0] for message in mail.outbox].index("quick@example.org")
    assert position <= delivery.BATCH


def test_what_was_not_tried_in_time_goes_back(monkeypatch):
    monkeypatch.setattr(delivery, "BATCH_TAKES", timedelta(days=-1))
    monkeypatch.setattr(delivery, "RUN_TAKES", timedelta(milliseconds=50))
    row = to("head@example.org")

    counts = deliver()

    row.refresh_from_db()
    assert counts == NOTHING
    assert (row.state, row.attempts, row.claim) == (State.QUEUED, 0, None)


# --- Claims and leases ------------------------------------------------------------------


def test_two_claimers_never_get_the_same_row():
    for _ in range(30):
        NotificationFactory()
    rows = Notification.objects.all()

    first, second = delivery.claim(rows, now=NOW), delivery.claim(rows, now=NOW)

    assert (len(first), len(second)) == (delivery.BATCH, 10)
    assert {row.pk for row in first} & {row.pk for row in second} == set()


def test_a_claim_takes_those_that_waited_longest():
    late, later = to("a@example.org", next_try_at=NOW - MINUTE), to("b@example.org", next_try_at=NOW)
    latest = to("c@example.org", next_try_at=NOW - 2 * MINUTE)

    assert delivery.claim(Notification.objects.all(), now=NOW) == [latest, late, later]


def test_a_lease_holds_until_it_runs_out():
    row = NotificationFactory()
    [held] = delivery.claim(Notification.objects.all(), now=NOW)

    just_held = delivery.claim(Notification.objects.all(), now=NOW + delivery.LEASE)
    [again] = delivery.claim(Notification.objects.all(), now=NOW + delivery.LEASE + timedelta(seconds=1))

    assert just_held == []
    assert (held.pk, again.pk) == (row.pk, row.pk)
    assert held.claim != again.claim


def test_a_sender_whose_lease_ran_out_writes_nothing():
    NotificationFactory()
    [slow] = delivery.claim(Notification.objects.all(), now=NOW)
    [quick] = delivery.claim(Notification.objects.all(), now=NOW + 2 * delivery.LEASE)

    outcome = delivery._deliver(slow, MailServer(), clock=lambda: NOW + 2 * delivery.LEASE, rng=RNG)

    quick.refresh_from_db()
    assert outcome == "lost"
    assert mail.outbox == []  # it looked again before it sent
    assert (quick.state, quick.attempts) == (State.SENDING, 0)


def test_a_sender_whose_lease_ran_out_while_sending_marks_nothing(monkeypatch):
    row = NotificationFactory()
    [slow] = delivery.claim(Notification.objects.all(), now=NOW)
    taken = uuid.uuid4()

    class Slow(MailServer):
        def send_messages(self, messages):
            Notification.objects.update(claim=taken)
            return super().send_messages(messages)

    outcome = delivery._deliver(slow, Slow(), clock=lambda: NOW, rng=RNG)

    row.refresh_from_db()
    assert outcome == "lost"
    assert (row.state, row.claim) == (State.SENDING, taken)


def test_a_row_whose_sender_died_is_sent_again_with_the_same_message_id():
    row = NotificationFactory()
    [dying] = delivery.claim(Notification.objects.all(), now=NOW)
    delivery._begin(dying, now=NOW, rng=RNG)
    MailServer().send_messages([delivery.compose(dying)])  # and dies before it marks the row

    within_the_lease = deliver(NOW + delivery.LEASE - MINUTE)
    afterwards = deliver(NOW + delivery.LEASE + MINUTE)

    row.refresh_from_db()
    first, second = (message.message()["Message-ID"] for message in mail.outbox)
    assert (within_the_lease["sent"], afterwards["sent"]) == (0, 1)
    assert first == second == delivery.message_id(row)
    assert (row.state, row.attempts) == (State.SENT, 2)


def test_a_row_that_kills_its_sender_fails_after_eight_tries_and_holds_up_none():
    killer, healthy = to("killer@example.org"), to("healthy@example.org")
    killer_claims = 0
    now = NOW

    while killer_claims < 20:
        batch = delivery.claim(Notification.objects.all(), now=now)
        if not batch:
            break
        for row in batch:  # a sender that sends the healthy row and dies at the other
            delivery._begin(row, now=now, rng=RNG)
            if row.pk == killer.pk:
                killer_claims += 1
                break
            delivery._settle(row, state=State.SENT, sent_at=now)
        now += delivery.LEASE + MINUTE

    counts = deliver(now)
    killer.refresh_from_db()
    healthy.refresh_from_db()
    assert killer_claims == 8
    assert counts == NOTHING | {"failed": 1}
    assert (killer.state, killer.claim) == (State.FAILED, None)
    assert killer.last_error == "mpcrm stopped while sending this, at try 8."
    assert healthy.state == State.SENT


def test_a_row_whose_sender_is_stopped_at_its_last_try_is_given_up(server):
    row = to("head@example.org", attempts=7)
    server.refuses = {"head@example.org": KeyboardInterrupt()}

    with pytest.raises(KeyboardInterrupt):
        deliver()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.QUEUED, 8)
    later = row.next_try_at + MINUTE
    counts = [deliver(row.next_try_at - MINUTE)["failed"], deliver(later)["failed"], deliver(later)["failed"]]

    row.refresh_from_db()
    assert counts == [0, 1, 0]
    assert row.state == State.FAILED
    assert progress(now=later).oldest_wait is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_row_another_claimer_is_looking_at_is_skipped_not_waited_for():
    import psycopg

    from tests.conftest import database_url

    first, second = to("a@example.org"), to("b@example.org")
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT 1 FROM notifications_notification WHERE id = %s FOR UPDATE", [first.pk])

        claimed = delivery.claim(Notification.objects.all(), now=NOW)

    assert claimed == [second]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_sending(settings):
    seen = []

    class Watching(MailServer):
        def send_messages(self, messages):
            seen.append(connection.in_atomic_block)
            return super().send_messages(messages)

    row = to("head@example.org")
    [held] = delivery.claim(Notification.objects.all(), now=NOW)
    delivery._deliver(held, Watching(), clock=lambda: NOW, rng=RNG)

    row.refresh_from_db()
    assert (seen, row.state) == ([False], State.SENT)


# --- What others offer and admins do ------------------------------------------------------


def test_saying_the_same_twice_makes_one_row_per_channel():
    message = Message(
        kind="escalation",
        subject="enquiry:1",
        recipient=MembershipFactory(),
        due_on=TODAY,
        title="NM-2026-00001: reply due today",
        body="Send it.",
        path="/nm/",
    )

    for _ in range(2):
        notify([message], now=NOW)

    assert sorted(Notification.objects.values_list("channel", "state")) == [
        (Channel.EMAIL, State.QUEUED),
        (Channel.IN_APP, State.SENT),
    ]


def test_retrying_gives_a_failed_row_all_its_tries_again():
    failed = NotificationFactory(state=State.FAILED, attempts=8, last_error="SMTPDataError: 554")
    sent = NotificationFactory(state=State.SENT, recipient=failed.recipient)

    retried = retry(rows=Notification.objects.of(failed.authority), now=NOW + MINUTE)

    failed.refresh_from_db()
    sent.refresh_from_db()
    assert retried == 1
    assert (failed.state, failed.attempts, failed.next_try_at) == (State.QUEUED, 0, NOW + MINUTE)
    assert sent.state == State.SENT
