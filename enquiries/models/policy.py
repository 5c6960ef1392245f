"""What an authority promises: its response policies, their escalation ladders, and its topics."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.models import AuthorityOwned, Membership


class EnquiryType(models.TextChoices):
    ENQUIRY = "enquiry", "Enquiry"
    SERVICE_REQUEST = "service-request", "Service request"
    COMPLAINT = "complaint", "Complaint"
    FOI = "foi", "Freedom of information (FOI or EIR)"
    SUBJECT_ACCESS = "subject-access", "Subject access request"
    APPEAL = "appeal", "Appeal route"
    POLICY = "policy", "Policy or advocacy"
    INVITATION = "invitation", "Invitation"


class Urgency(models.TextChoices):
    STANDARD = "standard", "Standard"
    COMPLEX = "complex", "Complex"
    IMMEDIATE = "immediate", "Immediate"


class ReplyUnit(models.TextChoices):
    WORKING_DAYS = "working-days", "working days"
    MONTHS = "months", "calendar months"


class OwnQuerySet(models.QuerySet):
    def visible_to(self, membership: Membership) -> OwnQuerySet:
        """The authority's own rows: everyone who may know of its enquiries may read its policy and topics."""
        rows = self.filter(authority_id=membership.authority_id)
        return rows if membership.sees_enquiries else rows.none()


class ResponsePolicy(AuthorityOwned):
    """What this authority promises for one type of enquiry; days are working days unless said otherwise."""

    enquiry_type = models.CharField(max_length=20, choices=EnquiryType.choices)
    acknowledge_days = models.PositiveSmallIntegerField(
        "acknowledge within", default=2, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    reply_in = models.PositiveSmallIntegerField(
        "reply within", default=10, validators=[MinValueValidator(1), MaxValueValidator(260)]
    )
    reply_unit = models.CharField(max_length=12, choices=ReplyUnit.choices, default=ReplyUnit.WORKING_DAYS)
    complex_days = models.PositiveSmallIntegerField(
        "reply within, if complex", default=20, validators=[MinValueValidator(1), MaxValueValidator(260)]
    )
    immediate_days = models.PositiveSmallIntegerField(
        "reply within, if immediate", default=2, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    amber_days = models.PositiveSmallIntegerField(
        "amber from",
        default=3,
        validators=[MaxValueValidator(60)],
        help_text="Working days left when amber begins.",
    )
    follow_up_days = models.PositiveSmallIntegerField(
        "open for follow-up",
        default=5,
        validators=[MaxValueValidator(60)],
        help_text="Working days an enquiry stays open after the reply, for a question about it.",
    )
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "response policies"
        constraints = [
            models.UniqueConstraint(fields=["authority", "enquiry_type"], name="one_policy_per_type"),
        ]

    def __str__(self) -> str:
        return self.get_enquiry_type_display()

    def reply_in_if(self, urgency: str) -> int:
        """How many working days, or calendar months, a reply may take; urgency does not change months."""
        if self.reply_unit == ReplyUnit.MONTHS:
            return self.reply_in
        days = {Urgency.COMPLEX: self.complex_days, Urgency.IMMEDIATE: self.immediate_days}
        return days.get(Urgency(urgency), self.reply_in)


class Whom(models.TextChoices):
    """Whom a step of the escalation ladder tells."""

    OWNER = "owner", "Owner"
    HEAD = "head", "Head of service"
    DIRECTOR = "director", "Director"
    CHIEF_EXECUTIVE = "chief-executive", "Chief executive"
    PERSON = "person", "A named person"


class LadderStep(AuthorityOwned):
    """One step of the escalation ladder: so many working days before or after the due date, tell someone."""

    policy = models.ForeignKey(ResponsePolicy, on_delete=models.CASCADE, related_name="ladder")
    step = models.PositiveSmallIntegerField()
    offset = models.SmallIntegerField(
        "working days",
        validators=[MinValueValidator(-60), MaxValueValidator(60)],
        help_text="Before the due date: -3. On it: 0. After it: 5.",
    )
    whom = models.CharField(max_length=20, choices=Whom.choices)
    person = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="ladder_steps"
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["policy", "step"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "step"], name="one_ladder_step_per_number"),
            models.CheckConstraint(
                condition=Q(whom=Whom.PERSON, person__isnull=False) | (~Q(whom=Whom.PERSON) & Q(person=None)),
                name="a_named_person_is_named",
            ),
        ]

    def __str__(self) -> str:
        return f"Step {self.step}: {self.get_whom_display()}"

    @property
    def in_words(self) -> str:
        """When it is due and whom it tells: "2 working days after: director"."""
        days = f"{abs(self.offset)} working day{'' if abs(self.offset) == 1 else 's'}"
        when = "on the due date" if self.offset == 0 else f"{days} {'before' if self.offset < 0 else 'after'}"
        whom = str(self.person) if self.person else self.get_whom_display().lower()
        return f"{when}: {whom}"


class Topic(AuthorityOwned):
    name = models.CharField(max_length=100)
    service = models.ForeignKey(
        "accounts.Service",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Offered first when an enquiry on this topic is allocated.",
    )
    is_active = models.BooleanField(default=True)
    history = HistoricalRecords()

    objects = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["authority", "name"], name="one_topic_per_name")]

    def __str__(self) -> str:
        return self.name
