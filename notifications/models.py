"""What is owed to people: one row each, sent later."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models

from accounts.models import Authority, AuthorityOwned, Membership


class Channel(models.TextChoices):
    IN_APP = "in-app", "In mpcrm"
    EMAIL = "e-mail", "E-mail"


class State(models.TextChoices):
    QUEUED = "queued", "Waiting to be sent"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    DROPPED = "dropped", "Not sent"  # for a reason that is nobody's fault: see `last_error`


OUTSTANDING = [State.QUEUED, State.SENDING]


class NotificationQuerySet(models.QuerySet["Notification"]):
    def in_app(self) -> NotificationQuerySet:
        """What people's lists inside mpcrm show."""
        return self.filter(channel=Channel.IN_APP)

    def visible_to(self, membership: Membership) -> NotificationQuerySet:
        """The person's own list inside mpcrm."""
        return self.in_app().filter(authority_id=membership.authority_id, recipient=membership)

    def of(self, authority: Authority) -> NotificationQuerySet:
        """Every row of one authority, whoever it is for: the admin's view of the outbox."""
        return self.filter(authority=authority)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)

    def failed(self) -> NotificationQuerySet:
        return self.filter(state=State.FAILED)

    def due(self, now: datetime) -> NotificationQuerySet:
        """Rows to send: queued and due, or claimed by a sender whose lease ran out."""
        return self.filter(
            models.Q(state=State.QUEUED, next_try_at__lte=now)
            | models.Q(state=State.SENDING, lease_until__lt=now),
            state__in=OUTSTANDING,
        )


class Notification(AuthorityOwned):
    """One thing to tell one person by one channel, once.

    `subject` names what it is about ("enquiry:17"); with `step` and `due_on` it makes a repeat of the
    same message impossible. `title` and `body` carry reference, topic, dates and what to do next:
    never a constituent's name or words.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    step = models.SmallIntegerField(default=0)
    due_on = models.DateField()
    recipient = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="notifications")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    path = models.CharField(max_length=300, help_text="Where to go next, from the root of the site.")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField("tries", default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "kind", "subject", "step", "due_on", "recipient", "channel"],
                name="one_notification_per_fact",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.SENDING) ^ models.Q(claim=None),
                name="claimed_while_sending",
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "next_try_at", "id"],
                condition=models.Q(state__in=OUTSTANDING),
                name="notification_outstanding",
            ),
            models.Index(
                fields=["authority"], condition=models.Q(state=State.FAILED), name="notification_failed"
            ),
            models.Index(
                fields=["recipient", "-created_at"],
                condition=models.Q(channel=Channel.IN_APP),
                name="notification_inbox",
            ),
            models.Index(
                fields=["recipient"],
                condition=models.Q(channel=Channel.IN_APP, read_at=None),
                name="notification_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_in_words(self) -> str:
        return self.kind.replace("-", " ").capitalize()


class Tick(models.Model):
    """One run of the steps in `settings.TICK_STEPS`; the newest says whether mpcrm is running."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["-started_at"], name="tick_newest")]

    def __str__(self) -> str:
        return f"Tick of {self.started_at:%-d %B %Y %H:%M:%S}"
