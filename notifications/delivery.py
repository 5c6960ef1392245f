"""Sending what is owed by e-mail: claim a few rows, send them with no transaction open, mark each as sent.

A sender may die at any moment. What it had claimed is claimed again when its lease runs out, so nothing is
lost; what it had sent but not yet marked goes out once more, bearing the same Message-ID.
"""

from __future__ import annotations

import logging
import random
import smtplib
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string

from notifications.models import Channel, Notification, NotificationQuerySet, State

BATCH = 20
MAX_TRIES = 8
FIRST_GAP = timedelta(minutes=2)  # doubled for each try: eight tries take about four hours
LONGEST_GAP = timedelta(hours=4)
JITTER = 0.2  # of the gap, either way, so that rows that failed together do not come back together
# A lease outlasts the slowest message: about eight steps of SMTP, each at most EMAIL_TIMEOUT.
LEASE = timedelta(seconds=120)
# A sender takes no more of its batch after this, lest its leases run out meanwhile.
BATCH_TAKES = timedelta(seconds=30)
RUN_TAKES = timedelta(seconds=45)  # what is left then waits for the next tick

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]


class MailServerUnreachable(Exception):
    """No connection to the mail server. No row was charged a try for it; the next tick tries again."""


def deliver_due(*, now: datetime, rng: random.Random | None = None) -> dict[str, int]:
    """Send every e-mail that is due, each authority a few in turn; give how many were sent, retried later,
    given up and dropped.

    Safe to run twice, late, beside itself and after being killed. Raises MailServerUnreachable.
    """
    clock = _running_from(now)
    counts = Counter(sent=0, retried=0, failed=_give_up(now=now), dropped=0)
    rows = Notification.objects.filter(channel=Channel.EMAIL)
    while True:
        authorities = rows.due(clock()).order_by().values_list("authority", flat=True).distinct()
        claimed = 0
        for authority_id in sorted(authorities):
            if clock() > now + RUN_TAKES:
                return dict(counts)
            batch = claim(rows.filter(authority=authority_id), now=clock())
            counts.update(_send(batch, clock=clock, rng=rng or random.SystemRandom()))
            claimed += len(batch)
        if not claimed:
            return dict(counts)


def claim(rows: NotificationQuerySet, *, now: datetime) -> list[Notification]:
    """Take up to `BATCH` of the rows that are due, the longest waiting first, for `LEASE`.

    Two claimers never get the same row: PostgreSQL skips what another holds, SQLite lets one write at a time.
    """
    token = uuid.uuid4()
    with transaction.atomic():
        waiting = rows.due(now).filter(attempts__lt=MAX_TRIES).order_by("next_try_at", "pk")
        ids = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
        Notification.objects.filter(pk__in=ids).update(
            state=State.SENDING, claim=token, lease_until=now + LEASE
        )
    if not ids:
        return []
    held = _held(token).select_related("authority", "recipient__user", "attachment")
    return list(held.order_by("next_try_at", "pk"))


def gap(tries: int, rng: random.Random) -> timedelta:
    """How long to wait after so many tries."""
    return min(FIRST_GAP * 2 ** (tries - 1), LONGEST_GAP) * rng.uniform(1 - JITTER, 1 + JITTER)


def message_id(row: Notification) -> str:
    """The same for every repeat of this row's e-mail, and for no other e-mail anywhere."""
    return f"<{row.key}@{settings.INSTANCE_NAME}>"


def compose(row: Notification) -> EmailMessage:
    """The e-mail of this row. Raises ValidationError if the recipient's address is none."""
    validate_email(row.to)
    sender = f"{row.authority.slug}.{settings.INSTANCE_NAME}"
    about = row.subject.replace(":", "-")
    email = EmailMessage(
        subject=" ".join(row.title.split()),
        to=[row.to],
        headers={
            "Message-ID": message_id(row),
            "References": f"<{about}@{sender}>",  # mail programs show what is about one thing together
            "List-Id": f"<{sender}>",
        },
    )
    if row.recipient:
        url = settings.BASE_URL + row.path
        email.body = render_to_string("notifications/email.txt", {"row": row, "url": url})
        email.extra_headers["Auto-Submitted"] = "auto-generated"
    else:  # a colleague has written it, and is answered
        email.body = row.body
        email.reply_to = [row.reply_to] if row.reply_to else []
    if row.attachment:
        email.attach(row.attachment.name, bytes(row.attachment.content), row.attachment.content_type)
    return email


def _running_from(now: datetime) -> Clock:
    started = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - started)


def _held(token: uuid.UUID | None) -> QuerySet[Notification]:
    return Notification.objects.filter(claim=token, state=State.SENDING)


def _give_up(*, now: datetime) -> int:
    """Fail the rows that are due and have had every try: their sender died at the last, or was stopped."""
    dead = Notification.objects.due(now).filter(attempts__gte=MAX_TRIES)
    return dead.update(
        state=State.FAILED,
        claim=None,
        lease_until=None,
        last_error=f"mpcrm stopped while sending this, at try {MAX_TRIES}.",
    )


def _send(batch: list[Notification], *, clock: Clock, rng: random.Random) -> Counter[str]:
    counts: Counter[str] = Counter()
    if not batch:
        return counts
    stop_at = clock() + BATCH_TAKES
    connection = get_connection()
    try:
        for row in batch:
            if clock() > stop_at:
                break
            try:
                connection.open()
            except Exception as error:
                raise MailServerUnreachable(type(error).__name__) from error
            counts[_deliver(row, connection, clock=clock, rng=rng)] += 1
    finally:
        _hang_up(connection)
        # What was not tried goes back, still due. (What was, has no claim any more.)
        _held(batch[0].claim).update(state=State.QUEUED, claim=None, lease_until=None)
    del counts["lost"]
    return counts


def _deliver(row: Notification, connection: BaseEmailBackend, *, clock: Clock, rng: random.Random) -> str:
    """Try one row and say what became of it: sent, retried, failed, dropped, or lost to another sender."""
    if row.recipient and row.recipient.has_left:
        settled = _settle(row, state=State.DROPPED, last_error="The recipient no longer works here.")
        return "dropped" if settled else "lost"
    if not _begin(row, now=clock(), rng=rng):
        return "lost"
    try:
        connection.send_messages([compose(row)])
    except Exception as error:
        # The next row gets a fresh connection: this one may be in the middle of a dialogue.
        _hang_up(connection)
        gives_up = row.attempts >= MAX_TRIES or _is_permanent(error)
        logger.warning("notification %s not sent at try %s: %s", row.pk, row.attempts, type(error).__name__)
        settled = _settle(
            row,
            state=State.FAILED if gives_up else State.QUEUED,
            last_error=_in_words(error)[:300],
        )
        return ("failed" if gives_up else "retried") if settled else "lost"
    return "sent" if _settle(row, state=State.SENT, sent_at=clock(), last_error="") else "lost"


def _begin(row: Notification, *, now: datetime, rng: random.Random) -> bool:
    """Charge the row a try before it is made, so that a row that kills its sender is not tried for ever,
    and renew the lease. False if another sender has claimed the row meanwhile.
    """
    row.attempts += 1
    renewed = _held(row.claim).filter(pk=row.pk)
    return bool(
        renewed.update(
            attempts=row.attempts, lease_until=now + LEASE, next_try_at=now + gap(row.attempts, rng)
        )
    )


def _settle(row: Notification, **fields: object) -> bool:
    """Write the outcome, unless the lease ran out and another sender has the row: then it is theirs."""
    return bool(_held(row.claim).filter(pk=row.pk).update(claim=None, lease_until=None, **fields))


def _hang_up(connection: BaseEmailBackend) -> None:
    with suppress(Exception):  # a connection that broke cannot say goodbye
        connection.close()


def _is_permanent(error: Exception) -> bool:
    """Whether the same e-mail would be refused again: for its address, for a header, or by the server."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return 500 <= error.smtp_code < 600
    return isinstance(error, (ValidationError, ValueError, smtplib.SMTPNotSupportedError))


def _in_words(error: Exception) -> str:
    """What an admin reads: the mail server's own words where it gave some."""
    answers: list[tuple[int, bytes | str]] = []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = list(error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        answers = [(error.smtp_code, error.smtp_error)]
    if not answers:
        return f"{type(error).__name__}: {error}"
    said = (
        f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
        for code, text in answers
    )
    return f"The mail server refused: {'; '.join(said)}"
