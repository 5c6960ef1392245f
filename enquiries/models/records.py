"""What is written down of an enquiry as it happens: never changed, or only counted on."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q

from accounts.models import AuthorityOwned, Membership
from enquiries.models.enquiries import ClockQuerySet, Contact, Enquiry


class ClockEvent(AuthorityOwned):
    """What the clock is reckoned from. Never edited to move a date; another event is added.

    The last "received" holds (a later one corrects it); each "reopened" or "carried over" starts the reply
    clock anew, and each "carrying taken back" undoes the last of these.
    """

    class Kind(models.TextChoices):
        RECEIVED = "received", "Received"
        REOPENED = "reopened", "Reopened"
        CARRIED = "carried", "Carried over to a new MP"
        TAKEN_BACK = "taken-back", "Carrying over taken back"

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="clock_events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on = models.DateField()
    time = models.TimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["enquiry", "recorded_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on:%-d %B %Y}"


class PastClockQuerySet(ClockQuerySet["PastClock"]):
    def visible_to(self, membership: Membership) -> PastClockQuerySet:
        return self.filter(enquiry__in=Enquiry.objects.visible_to(membership))

    def open_as_at(self, on: date) -> PastClockQuerySet:
        """Those by which a reply was still owed at the end of a past day."""
        return self.filter(
            Q(replied_on=None) | Q(replied_on__gt=on),
            Q(closed_at=None) | Q(closed_at__date__gt=on),
            started_on__lte=on,
        )


class PastClock(AuthorityOwned):
    """A reply clock that ended before its enquiry was reopened. Added to, never changed.

    The enquiry itself holds the present clock alone; figures count this one as well.
    """

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="past_clocks")
    started_on = models.DateField(help_text="The day of receipt, or of the reopening before.")
    due_on = models.DateField()
    replied_on = models.DateField(null=True, blank=True)
    reply_working_days = models.PositiveIntegerField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reopened_on = models.DateField()

    objects = PastClockQuerySet.as_manager()

    class Meta:
        ordering = ["enquiry", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(replied_on__isnull=False) | Q(closed_at__isnull=False),
                name="a_past_clock_has_ended",
            ),
            models.CheckConstraint(
                condition=Q(replied_on=None, reply_working_days=None)
                | Q(replied_on__isnull=False, reply_working_days__isnull=False),
                name="a_past_reply_has_its_working_days",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="past_clock_by_due"),
            models.Index(fields=["replied_on"], name="past_clock_by_reply"),
        ]

    def __str__(self) -> str:
        return f"Clock of {self.enquiry_id} that was due on {self.due_on:%-d %B %Y}"


class TimelineEntry(AuthorityOwned):
    """What happened in the work. Added to, never changed."""

    class Kind(models.TextChoices):
        LOGGED = "logged", "Logged"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        ALLOCATED = "allocated", "Allocated"
        NOTE = "note", "Note"
        EDITED = "edited", "Details changed"
        ESCALATED = "escalated", "Escalated"
        REPLIED = "replied", "Replied"
        CLOSED = "closed", "Closed"
        REOPENED = "reopened", "Reopened"
        CLOCK = "clock", "Due date changed"
        CARRIED = "carried-over", "Carried over"
        TAKEN_BACK = "taken-back", "Taken back"

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="timeline")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: automatic.",
    )
    text = models.TextField(blank=True)
    submission = models.UUIDField(null=True, editable=False, help_text="The form a note came from, once.")

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "timeline entries"
        constraints = [
            models.UniqueConstraint(fields=["enquiry", "submission"], name="one_note_per_submission"),
        ]
        indexes = [models.Index(fields=["enquiry", "-at", "-id"], name="timeline_newest")]

    def __str__(self) -> str:
        return self.get_kind_display()


class Reply(AuthorityOwned):
    """What was sent to the MP, or to the constituent direct, and what the clock said when it was."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="replies")
    text = models.TextField()
    sent_on = models.DateField()
    channel = models.CharField("how it went", max_length=10, choices=Contact.choices)
    due_on = models.DateField()
    working_days = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    is_to_constituent = models.BooleanField("sent to the constituent direct", default=False)
    taken_back_at = models.DateTimeField(
        null=True, blank=True, help_text="Recorded by mistake: no reply was sent after all."
    )

    class Meta:
        ordering = ["-sent_on", "-pk"]
        verbose_name_plural = "replies"
        constraints = [
            models.UniqueConstraint(fields=["enquiry", "submission"], name="one_reply_per_submission"),
        ]

    def __str__(self) -> str:
        return f"Reply of {self.sent_on:%-d %B %Y}"


class AuthorityShown(models.TextChoices):
    """What shows that the new MP may act: a constituent who wrote to the former MP asked nobody else."""

    FORM = "form", "A form signed by the constituent"
    WORDS = "words", "A letter or e-mail from the constituent"
    OFFICE = "office", "The new MP’s office confirmed it in writing"
    NONE_NEEDED = "none-needed", "Not needed: no constituent, the new MP takes the question on"


class CarryOverQuerySet(models.QuerySet["CarryOver"]):
    def visible_to(self, membership: Membership) -> CarryOverQuerySet:
        return self.filter(enquiry__in=Enquiry.objects.visible_to(membership))

    def in_force(self) -> CarryOverQuerySet:
        return self.filter(taken_back_at=None)


class CarryOver(AuthorityOwned):
    """An enquiry of a former MP went on under a new one, with fresh authority to act."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="carryings")
    from_mp = models.ForeignKey("contacts.MP", on_delete=models.PROTECT, related_name="+")
    to_mp = models.ForeignKey("contacts.MP", on_delete=models.PROTECT, related_name="+")
    authority_seen_on = models.DateField("fresh authority seen on")
    authority_shown = models.CharField("what shows it", max_length=20, choices=AuthorityShown.choices)
    restarts_clock = models.BooleanField(
        help_text="The reply fell due before the new MP could be answered, so it is counted anew."
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = CarryOverQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["enquiry", "from_mp"],
                condition=Q(taken_back_at=None),
                name="one_carrying_from_each_mp",
            ),
            models.CheckConstraint(condition=~Q(from_mp=F("to_mp")), name="carried_to_another_mp"),
        ]

    def __str__(self) -> str:
        return f"{self.enquiry_id} from {self.from_mp_id} to {self.to_mp_id}"


class Escalation(AuthorityOwned):
    """The fact that a step of the ladder was reached for a due date: recorded once, whatever runs twice.

    The step is known by its `offset`, which stays true when steps are put before it or taken away.
    """

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="escalations")
    due_on = models.DateField()
    offset = models.SmallIntegerField("working days from the due date")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["enquiry", "due_on", "offset"], name="one_escalation_per_step"),
        ]

    def __str__(self) -> str:
        return f"Step at {self.offset:+} of {self.enquiry_id}"


class ReferenceCounter(AuthorityOwned):
    """The last number given in a year, so that references have no gaps by accident and no repeats."""

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["year", "pk"]
        constraints = [models.UniqueConstraint(fields=["authority", "year"], name="one_counter_per_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
