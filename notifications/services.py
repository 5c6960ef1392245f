"""How other apps say what is owed to a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Authority, Membership, MembershipQuerySet
from notifications.models import Attachment, Channel, Notification, NotificationQuerySet, State


@dataclass(frozen=True)
class Message:
    """What to tell one person. `subject` names the thing ("enquiry:17"), `path` where to go next.

    Write reference, topic, dates and the next action; never a constituent's name or words.
    """

    kind: str
    subject: str
    recipient: Membership
    due_on: date
    title: str
    body: str
    path: str
    step: int = 0


def notify(messages: Iterable[Message], *, now: datetime, channels: Iterable[str] = tuple(Channel)) -> int:
    """Record each message once per channel, to be sent by the next tick; give how many rows were offered.

    Call it inside the transaction of the change that causes it. Saying the same thing (authority, kind,
    subject, step, due date, recipient, channel) again changes nothing. In-app rows are delivered by being
    recorded.
    """
    rows = [
        Notification(
            authority_id=message.recipient.authority_id,
            kind=message.kind,
            subject=message.subject,
            step=message.step,
            due_on=message.due_on,
            recipient=message.recipient,
            channel=channel,
            title=message.title[:200],
            body=message.body,
            path=message.path,
            created_at=now,
            next_try_at=now,
            state=State.SENT if channel == Channel.IN_APP else State.QUEUED,
            sent_at=now if channel == Channel.IN_APP else None,
        )
        for message in messages
        for channel in channels
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


@dataclass(frozen=True)
class OutsideEmail:
    """What to write to somebody who has no account here: `body` is the whole e-mail."""

    authority: Authority
    kind: str
    subject: str
    address: str
    due_on: date
    title: str
    body: str
    reply_to: str
    attachment: Attachment | None = None
    step: int = 0


def write_outside(email: OutsideEmail, *, now: datetime) -> Notification:
    """Record an e-mail to somebody outside, to be sent by the next tick; the same fact again is the same row.

    Call it inside the transaction of the change that causes it.
    """
    row, _ = Notification.objects.get_or_create(
        authority=email.authority,
        kind=email.kind,
        subject=email.subject,
        step=email.step,
        due_on=email.due_on,
        recipient=None,
        address=email.address,
        channel=Channel.EMAIL,
        defaults={
            "title": email.title[:200],
            "body": email.body,
            "reply_to": email.reply_to,
            "attachment": email.attachment,
            "created_at": now,
            "next_try_at": now,
        },
    )
    return row


def with_unread(memberships: MembershipQuerySet) -> MembershipQuerySet:
    """Annotate `unread`: how many notifications each has not opened, for the bell on every page."""
    theirs = Notification.objects.in_app().unread().filter(recipient=OuterRef("pk")).order_by()
    counted = theirs.values("recipient").annotate(n=Count("pk")).values("n")
    return memberships.annotate(unread=Coalesce(Subquery(counted), 0))


def mark_read(*, by: Membership, notification: Notification, now: datetime) -> None:
    """Note when the person opened it; the first time counts."""
    Notification.objects.visible_to(by).unread().filter(pk=notification.pk).update(read_at=now)


def mark_all_read(*, by: Membership, now: datetime) -> int:
    """Mark the person's whole list as read; give how many were not."""
    return Notification.objects.visible_to(by).unread().update(read_at=now)


def retry(*, rows: NotificationQuerySet, now: datetime) -> int:
    """Put those of `rows` that failed back in the queue with all their tries; give how many."""
    with transaction.atomic():
        return rows.failed().update(state=State.QUEUED, attempts=0, next_try_at=now)
