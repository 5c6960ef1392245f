"""An enquiry, what may be asked of many, and on whose behalf it came."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any, Self, TypeVar

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connections, models
from django.db.models import Case, F, Q, Value, When
from simple_history.models import HistoricalRecords

from accounts.models import AuthorityOwned, Membership, Role, Service
from enquiries.models.policy import EnquiryType, Topic, Urgency

Row = TypeVar("Row", bound=models.Model)


class Status(models.TextChoices):
    """Where an enquiry stands: owed a reply, replied and still open for a follow-up question, or closed."""

    OPEN = "open", "Open"
    REPLIED = "replied", "Replied"
    CLOSED = "closed", "Closed"


class Contact(models.TextChoices):
    """How an enquiry came or a reply went."""

    EMAIL = "e-mail", "E-mail"
    LETTER = "letter", "Letter"
    PHONE = "phone", "Phone"
    MEETING = "meeting", "In person"
    ONLINE = "online", "Online form"


class RAG(models.TextChoices):
    """The reply clock: green before `amber_on`, amber from it through `due_on`, red after."""

    GREEN = "green", "On time"
    AMBER = "amber", "Due soon"
    RED = "red", "Overdue"


REPLIED_IN_TIME = Q(replied_on__isnull=False, replied_on__lte=F("due_on"))
# Closed without a reply by its due date, an enquiry owes none, so it does not fall due.
OWED_NOTHING = Q(replied_on=None, closed_at__date__lte=F("due_on"))


REFERENCE = re.compile(r"(?P<start>[A-Z]+-\d{4})-(?P<number>\d+)")


def _colour(on: date, *, red: Any, amber: Any, green: Any) -> Case:
    """The rule of the reply clock, for what is open: one of three values, as at `on`."""
    return Case(
        When(due_on__lt=on, then=Value(red)), When(amber_on__lte=on, then=Value(amber)), default=Value(green)
    )


def without_owner() -> Q:
    """Nobody owns it, or somebody who has left or answers no enquiries any more."""
    return ~Q(owner__in=Membership.objects.contacts().order_by())


class ClockQuerySet(models.QuerySet[Row]):
    """Rows that each hold one reply clock: when the reply was promised for, and what came of it."""

    def due_between(self, start: date, end: date) -> Self:
        """Those that fell due from `start` through `end`."""
        return self.filter(due_on__range=(start, end)).exclude(OWED_NOTHING)

    def replied_in_time(self) -> Self:
        return self.filter(REPLIED_IN_TIME)

    def missed(self, on: date) -> Self:
        """Those that fell due before `on` and were replied to late, or not at all."""
        return self.filter(due_on__lt=on).exclude(OWED_NOTHING).exclude(REPLIED_IN_TIME)

    def replied_between(self, start: date, end: date) -> Self:
        return self.filter(replied_on__range=(start, end))


class EnquiryQuerySet(ClockQuerySet["Enquiry"]):
    def visible_to(self, membership: Membership) -> EnquiryQuerySet:
        """Those this person may know of: all of the authority's; for a service contact, their services'.

        Theirs are the services that escalations may reach them for, as contact, head, director or substitute.
        """
        mine = self.filter(authority_id=membership.authority_id)
        if membership.role == Role.SERVICE_CONTACT:
            theirs = Service.objects.answered_by(membership)
            return mine.filter(Q(service__in=theirs) | Q(owner=membership))
        if membership.sees_enquiries:
            return mine
        return mine.none()

    def open(self) -> EnquiryQuerySet:
        """Still owed a reply.

        Ask it once of a query: PostgreSQL counts what is asked twice as rarer, and then takes a slow index.
        """
        return self.filter(replied_on=None, closed_at=None)

    def not_open(self) -> EnquiryQuerySet:
        """Replied to or closed."""
        return self.exclude(replied_on=None, closed_at=None)

    def in_status(self, status: str) -> EnquiryQuerySet:
        """Those whose `status` this is."""
        if status == Status.OPEN:
            return self.open()
        if status == Status.REPLIED:
            return self.filter(replied_on__isnull=False, closed_at=None)
        return self.filter(closed_at__isnull=False)

    def unassigned(self) -> EnquiryQuerySet:
        return self.filter(without_owner())

    def overdue(self, on: date) -> EnquiryQuerySet:
        return self.open().filter(due_on__lt=on)

    def with_rag(self, on: date) -> EnquiryQuerySet:
        """Annotate `rag`, the reply clock, as at `on`: its only definition. Empty once replied or closed."""
        return self.annotate(
            rag=Case(
                When(Q(replied_on__isnull=False) | Q(closed_at__isnull=False), then=Value("")),
                default=_colour(on, red=RAG.RED.value, amber=RAG.AMBER.value, green=RAG.GREEN.value),
                output_field=models.CharField(),
            )
        )

    def in_rag(self, rag: str, on: date) -> EnquiryQuerySet:
        """Open enquiries whose reply clock shows this colour at `on`: `with_rag` as index ranges."""
        if rag == RAG.RED:
            return self.overdue(on)
        if rag == RAG.AMBER:
            return self.open().filter(due_on__gte=on, amber_on__lte=on)
        return self.open().filter(due_on__gte=on, amber_on__gt=on)

    def open_as_at(self, on: date) -> EnquiryQuerySet:
        """Those still owed a reply at the end of a past day, by the clock that runs or ran last."""
        return self.filter(
            Q(replied_on=None) | Q(replied_on__gt=on),
            Q(closed_at=None) | Q(closed_at__date__gt=on),
            received_on__lte=on,
        )

    def in_queue_order(self, on: date) -> EnquiryQuerySet:
        """Of what is open, the order to do it in: nearly late, late, then the rest by due date.

        A reply that can still be in time comes before one that cannot; in each, immediate ones come first.
        Reads nothing but what the index `enquiry_open_by_due` holds.
        """
        return self.annotate(
            queue_rank=_colour(on, amber=0, red=1, green=2),
            urgency_rank=Case(When(urgency=Urgency.IMMEDIATE, then=Value(0)), default=Value(1)),
        ).order_by("queue_rank", "urgency_rank", "due_on", "pk")

    def matching(self, words: str, *, subjects: bool = True) -> EnquiryQuerySet:
        """Those with this reference (nm-2026-42 will do); else, with `subjects`, with these words in it.

        On PostgreSQL the words are found by full text (stems, index `enquiry_subject_words`);
        elsewhere each must occur as typed.
        """
        typed = REFERENCE.fullmatch(words.strip().upper())
        if typed:
            return self.filter(reference=f"{typed['start']}-{typed['number']:0>5}")
        if not subjects:
            return self.none()
        if connections[self.db].vendor == "postgresql":
            subject = SearchVector("subject", config="english")
            query = SearchQuery(words, config="english", search_type="plain")
            return self.annotate(subject_words=subject).filter(subject_words=query)
        every_word = Q()
        for word in words.split():
            every_word &= Q(subject__icontains=word)
        return self.filter(every_word)


class Enquiry(AuthorityOwned):
    """A question or request from an MP's office."""

    reference = models.CharField(max_length=20)
    mp = models.ForeignKey(
        "contacts.MP", on_delete=models.PROTECT, related_name="enquiries", verbose_name="MP"
    )
    constituency = models.ForeignKey(
        "contacts.Constituency",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The seat the MP held when the enquiry came.",
    )
    received_on = models.DateField("date received")
    received_time = models.TimeField("time received", null=True, blank=True)
    channel = models.CharField("how it came", max_length=10, choices=Contact.choices)
    enquiry_type = models.CharField(
        "type", max_length=20, choices=EnquiryType.choices, default=EnquiryType.ENQUIRY
    )
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.STANDARD)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    subject = models.CharField(max_length=200)
    question = models.TextField("what is asked")
    service = models.ForeignKey(
        "accounts.Service", on_delete=models.PROTECT, null=True, blank=True, related_name="enquiries"
    )
    owner = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="enquiries"
    )

    # Reckoned from the clock's events by `enquiries.clock`, stored because lists need an index.
    acknowledge_by = models.DateField()
    amber_on = models.DateField()
    due_on = models.DateField()

    acknowledged_on = models.DateField(null=True, blank=True)
    replied_on = models.DateField(null=True, blank=True)
    reply_working_days = models.PositiveIntegerField(null=True, blank=True)
    follow_up_until = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=200, blank=True)

    logged_at = models.DateTimeField()
    logged_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    submission = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="The form it came from, once."
    )
    version = models.PositiveIntegerField(
        default=1, help_text="Counts edits, so that two people cannot overwrite each other."
    )
    history = HistoricalRecords(excluded_fields=["submission"])

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name_plural = "enquiries"
        constraints = [
            models.UniqueConstraint(fields=["authority", "reference"], name="one_enquiry_per_reference"),
            models.UniqueConstraint(fields=["authority", "submission"], name="one_enquiry_per_submission"),
            models.CheckConstraint(condition=Q(amber_on__lte=F("due_on")), name="amber_comes_before_due"),
            models.CheckConstraint(
                condition=Q(replied_on=None, reply_working_days=None)
                | Q(replied_on__isnull=False, reply_working_days__isnull=False),
                name="a_reply_has_its_working_days",
            ),
        ]
        indexes = [
            # Holds all that the queue filters and sorts by, so that it never reads rows it does not show.
            models.Index(
                fields=["authority", "due_on", "id", "amber_on", "urgency", "owner", "service", "mp"],
                condition=Q(replied_on=None, closed_at=None),
                name="enquiry_open_by_due",
            ),
            models.Index(fields=["authority", "-received_on", "-id"], name="enquiry_newest"),
            models.Index(
                fields=["authority", "-closed_at", "-id"],
                condition=Q(closed_at__isnull=False),
                name="enquiry_last_closed",
            ),
            models.Index(fields=["authority", "mp", "-received_on", "-id"], name="enquiry_by_mp"),
            # These two hold all that the dashboard counts of a quarter.
            models.Index(fields=["authority", "due_on", "replied_on", "closed_at"], name="enquiry_by_due"),
            models.Index(
                fields=[
                    "authority",
                    "replied_on",
                    "reply_working_days",
                    "received_on",
                    "due_on",
                    "closed_at",
                ],
                name="enquiry_by_reply",
            ),
            models.Index(fields=["logged_by", "-id"], name="enquiry_last_logged"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def status(self) -> Status:
        if self.closed_at is not None:
            return Status.CLOSED
        return Status.OPEN if self.replied_on is None else Status.REPLIED


class Constituent(AuthorityOwned):
    """On whose behalf the MP writes: kept apart from the enquiry, shown only where the enquiry's text is."""

    enquiry = models.OneToOneField(Enquiry, on_delete=models.CASCADE, related_name="constituent")
    name = models.CharField(max_length=150)
    contact = models.CharField("address, e-mail or phone", max_length=300, blank=True)
    history = HistoricalRecords()

    def __str__(self) -> str:
        return f"Constituent of {self.enquiry_id}"
