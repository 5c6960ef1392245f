"""What is owed: to people, one row each, sent later; by people, a to-do each."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import models
from simple_history.models import HistoricalRecords

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


class Attachment(AuthorityOwned):
    """A file that e-mails to people outside carry, as it was when they were written; never changed."""

    name = models.CharField(max_length=100)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class Notification(AuthorityOwned):
    """One thing to tell one person by one channel, once.

    `subject` names what it is about ("enquiry:17"); with `step` and `due_on` it makes a repeat of the
    same message impossible. `title` and `body` carry reference, topic, dates and what to do next:
    never a constituent's name or words.

    The person is a colleague (`recipient`), or somebody outside, known by an `address` alone: then `body`
    is the whole e-mail and answers go to `reply_to`.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    step = models.SmallIntegerField(default=0)
    due_on = models.DateField()
    recipient = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="notifications"
    )
    address = models.EmailField(blank=True, help_text="Of somebody outside.")
    reply_to = models.EmailField(blank=True)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    path = models.CharField(
        max_length=300, blank=True, help_text="Where to go next, from the root of the site."
    )
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
            models.UniqueConstraint(
                fields=["authority", "kind", "subject", "step", "due_on", "address", "channel"],
                condition=models.Q(recipient=None),
                name="one_email_outside_per_fact",
            ),
            models.CheckConstraint(
                condition=models.Q(recipient__isnull=False, address="")
                | (models.Q(recipient=None, channel=Channel.EMAIL) & ~models.Q(address="")),
                name="to_a_colleague_or_an_address",
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
    def to(self) -> str:
        """Where its e-mail goes."""
        return self.recipient.user.email if self.recipient else self.address

    @property
    def kind_in_words(self) -> str:
        return self.kind.replace("-", " ").capitalize()


class Outcome(models.TextChoices):
    DONE = "done", "Done"
    NOT_NEEDED = "not-needed", "Not needed"


class ToDoQuerySet(models.QuerySet["ToDo"]):
    def visible_to(self, membership: Membership) -> ToDoQuerySet:
        """Officers and political affairs stand in for each other and see all; others see their own."""
        theirs = self.filter(authority_id=membership.authority_id)
        return theirs if membership.role in Membership.HANDLERS else theirs.mine(membership)

    def mine(self, membership: Membership) -> ToDoQuerySet:
        return self.filter(assignee=membership)

    def nobodys(self) -> ToDoQuerySet:
        """Nobody has it yet, or somebody who has left."""
        return self.exclude(assignee__in=Membership.objects.active().order_by())

    def open(self) -> ToDoQuerySet:
        return self.filter(done_at=None)

    def finished(self) -> ToDoQuerySet:
        return self.exclude(done_at=None)

    def overdue(self, on: date) -> ToDoQuerySet:
        return self.open().filter(due_on__lt=on)

    def for_list(self) -> ToDoQuerySet:
        """The most urgent first, with the people a row names."""
        return self.select_related("assignee__user", "done_by__user").order_by("due_on", "pk")


class ToDo(AuthorityOwned):
    """Something a person must do by a day, and what it is about.

    `subject` names what it is about ("mp:12") and `occasion` what calls for it ("news:17"): with `kind` they
    make a second one for the same cause impossible, also after the first was finished.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    occasion = models.CharField(max_length=120)
    title = models.CharField("what to do", max_length=200)
    detail = models.TextField(blank=True)
    about = models.CharField("what it is about", max_length=200)
    path = models.CharField(max_length=300, help_text="The page it is about, from the root of the site.")
    assignee = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="to_dos"
    )
    due_on = models.DateField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)
    history = HistoricalRecords()

    objects = ToDoQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = "to-do"
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "kind", "subject", "occasion"], name="one_to_do_per_cause"
            ),
            models.CheckConstraint(
                condition=models.Q(done_at=None, done_by=None, outcome="")
                | models.Q(done_at__isnull=False, done_by__isnull=False) & ~models.Q(outcome=""),
                name="to_do_done_says_by_whom_and_how",
            ),
        ]
        indexes = [
            models.Index(
                fields=["authority", "due_on", "id"],
                condition=models.Q(done_at=None),
                name="to_do_open",
            ),
            models.Index(
                fields=["assignee", "due_on"], condition=models.Q(done_at=None), name="to_do_of_somebody"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    @property
    def is_nobodys(self) -> bool:
        """As `ToDoQuerySet.nobodys`."""
        return self.assignee is None or self.assignee.has_left

    def days_overdue(self, on: date) -> int:
        """How many days the date has passed; 0 if it has not, or nothing is owed any more."""
        return max(0, (on - self.due_on).days) if self.is_open else 0


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
