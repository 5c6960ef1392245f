"""The planned relationship with one MP, and how often we mean to be in contact."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from simple_history.models import HistoricalRecords

from accounts.models import Authority, AuthorityOwned, Membership
from contacts.models import READERS, Opinion
from engagements.models.cadence import (
    DEFAULT_IDEAL_DAYS,
    DEFAULT_MAXIMUM_DAYS,
    cadence,
    deadlines,
    last_contact,
)


class EngagementPlanQuerySet(models.QuerySet["EngagementPlan"]):
    def visible_to(self, membership: Membership) -> EngagementPlanQuerySet:
        if membership.role not in READERS:
            return self.none()
        return self.filter(authority_id=membership.authority_id)

    def in_force(self) -> EngagementPlanQuerySet:
        """Plans we still go by; those archived are kept to read."""
        return self.filter(archived_at=None)

    def without_agreement(self) -> EngagementPlanQuerySet:
        """Plans the Leader has not agreed."""
        return self.filter(agreed_on=None)

    def with_cadence(self, on: date) -> EngagementPlanQuerySet:
        """Annotate the contact cadence as at `on`: see `cadence` and `deadlines`."""
        return (
            self.annotate(
                last_contact_on=last_contact(on, mp="mp", authority=OuterRef("authority")),
                ideal=F("ideal_days"),
                maximum=F("maximum_days"),
            )
            .annotate(**cadence(on))
            .annotate(**deadlines(started_on="started_on"))
        )


class EngagementPlan(Opinion, AuthorityOwned):
    """Why we engage with this MP, to what end, and how often. Who leads is the MP's council leads."""

    mp = models.ForeignKey("contacts.MP", on_delete=models.PROTECT, related_name="plans", verbose_name="MP")
    why = models.TextField("why we engage", blank=True)
    objectives = models.TextField(blank=True)
    key_messages = models.TextField(blank=True)
    review_on = models.DateField("review by", null=True, blank=True)
    ideal_days = models.PositiveSmallIntegerField(
        "ideal interval",
        default=DEFAULT_IDEAL_DAYS,
        validators=[MinValueValidator(7), MaxValueValidator(730)],
    )
    maximum_days = models.PositiveSmallIntegerField(
        "longest interval",
        default=DEFAULT_MAXIMUM_DAYS,
        validators=[MinValueValidator(7), MaxValueValidator(730)],
    )
    started_on = models.DateField()
    agreed_on = models.DateField("agreed with the Leader on", null=True, blank=True)
    agreement_recorded_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agreement_recorded_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(
        null=True, blank=True, help_text="The MP has lost the seat: read only, with no reminders."
    )
    archived_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(
        default=1, help_text="Counts edits, so that two people cannot overwrite each other."
    )
    history = HistoricalRecords()

    # Set by `with_cadence`.
    last_contact_on: date | None
    days_since: int | None
    cadence: str
    contact_due_on: date
    contact_lapses_on: date

    objects = EngagementPlanQuerySet.as_manager()

    class Meta:
        ordering = ["mp__sort_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "mp"],
                condition=Q(archived_at=None),
                name="one_plan_in_force_per_mp",
            ),
            models.CheckConstraint(
                condition=Q(archived_at=None, archived_by=None)
                | Q(archived_at__isnull=False, archived_by__isnull=False),
                name="an_archived_plan_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(maximum_days__gte=F("ideal_days")) & Q(ideal_days__gte=1),
                name="longest_interval_not_below_ideal",
            ),
            models.CheckConstraint(
                condition=Q(agreed_on=None, agreement_recorded_by=None, agreement_recorded_at=None)
                | Q(
                    agreed_on__isnull=False,
                    agreement_recorded_by__isnull=False,
                    agreement_recorded_at__isnull=False,
                ),
                name="an_agreement_has_its_recorder",
            ),
        ]

    def __str__(self) -> str:
        return f"Plan for {self.mp}"


def not_agreed_at_the_end_of(day: date, authority: Authority) -> int:
    """How many of the plans in force when the day ended the Leader had not agreed, by their history."""
    ended = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    written = EngagementPlan.history.filter(authority=authority, history_date__lt=ended)
    last = written.filter(id=OuterRef("id")).order_by("-history_date", "-history_id")
    then = written.filter(history_id=Subquery(last.values("history_id")[:1])).exclude(history_type="-")
    return then.filter(archived_at=None, agreed_on=None).count()


class Reminder(AuthorityOwned):
    """The fact that we were reminded to make contact: recorded once, whatever runs twice.

    `due_on` is the last day on which contact would have kept to the ideal interval, for both kinds.
    """

    class Kind(models.TextChoices):
        CONTACT_DUE = "contact-due", "Contact due"
        CONTACT_LAPSED = "contact-lapsed", "Contact lapsed"

    plan = models.ForeignKey(EngagementPlan, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    due_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "due_on", "kind"], name="one_reminder_per_due_date"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on:%-d %B %Y}"
