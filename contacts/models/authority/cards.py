"""The central contact card: whom an MP's office may write to or ring, and which MP has been given which."""

from __future__ import annotations

from typing import Self

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from simple_history.models import HistoricalRecords

from accounts.models import AuthorityOwned, Membership
from contacts.models.parliament.mps import MP
from notifications.models import Notification, State

MOST_CONTACTS = 10  # what one page holds


class ContactCardQuerySet(models.QuerySet["ContactCard"]):
    def visible_to(self, membership: Membership) -> ContactCardQuerySet:
        return self.filter(authority_id=membership.authority_id)

    def newest(self) -> ContactCard | None:
        """Of one authority's versions, the one that counts now."""
        return self.order_by("-number").first()


class ContactCard(AuthorityOwned):
    """One version of an authority's contact card. None is ever changed: a change makes the next."""

    number = models.PositiveIntegerField()
    introduction = models.TextField(blank=True, validators=[MaxLengthValidator(600)])
    hours = models.CharField("when we can be reached", max_length=200)
    out_of_hours = models.TextField("out of hours", blank=True, validators=[MaxLengthValidator(300)])
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = ContactCardQuerySet.as_manager()

    class Meta:
        ordering = ["-number", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "number"], name="one_card_per_number"),
        ]

    def __str__(self) -> str:
        return f"Contact card, version {self.number}"


class Amiss(models.TextChoices):
    """What of a colleague is no longer as a card has it."""

    LEFT = "left", "has left"
    NAME = "name", "goes by another name"
    EMAIL = "email", "has another e-mail address"
    JOB_TITLE = "job-title", "has another job title"


class CardContactQuerySet(models.QuerySet["CardContact"]):
    def on_the_newest(self) -> CardContactQuerySet:
        """Those of each authority's card as it is now."""
        later = ContactCard.objects.filter(
            authority=OuterRef("authority"), number__gt=OuterRef("card__number")
        )
        return self.filter(~Exists(later))

    def with_colleagues(self) -> CardContactQuerySet:
        """Those who have an account, with it."""
        return self.filter(membership__isnull=False).select_related("membership__user")


class CardContact(AuthorityOwned):
    """Somebody whom MPs' offices may turn to, in the words of one version of the card: a colleague, or a team
    or somebody else who is named there only."""

    card = models.ForeignKey(ContactCard, on_delete=models.CASCADE, related_name="contacts")
    position = models.PositiveSmallIntegerField()
    about = models.CharField("for", max_length=100)
    membership = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="card_contacts",
        verbose_name="colleague",
    )
    name = models.CharField(max_length=150)
    job_title = models.CharField(max_length=100, blank=True)
    is_own_job_title = models.BooleanField("the job title is that of the colleague’s account", default=False)
    email = models.EmailField("e-mail", blank=True)
    is_own_email = models.BooleanField("the e-mail is that of the colleague’s account", default=False)
    phone = models.CharField(max_length=50, blank=True)

    objects = CardContactQuerySet.as_manager()

    class Meta:
        ordering = ["card", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["card", "position"], name="one_contact_per_line_of_a_card"),
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""), name="contact_of_a_card_can_be_reached"
            ),
            models.CheckConstraint(
                condition=Q(is_own_email=False) | (Q(membership__isnull=False) & ~Q(email="")),
                name="only_a_colleague_has_an_email_of_their_own",
            ),
            models.CheckConstraint(
                condition=Q(is_own_job_title=False) | (Q(membership__isnull=False) & ~Q(job_title="")),
                name="only_a_colleague_has_a_job_title_of_their_own",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def amiss(self) -> Amiss | None:
        """What is no longer so of the colleague; None where all is, or nobody with an account is named."""
        who = self.membership
        if who is None:
            return None
        if who.has_left:
            return Amiss.LEFT
        if self.name != who.user.name:
            return Amiss.NAME
        if self.is_own_email and self.email != who.user.email:
            return Amiss.EMAIL
        return Amiss.JOB_TITLE if self.is_own_job_title and self.job_title != who.job_title else None

    @property
    def amiss_in_words(self) -> str:
        return f"{self.name} {self.amiss.label}" if self.amiss else ""


class CardWay(models.TextChoices):
    EMAIL = "e-mail", "By e-mail"
    POST = "post", "By post"
    BY_HAND = "by-hand", "By hand"
    OTHER = "other", "Another way"


class CardSentQuerySet(models.QuerySet):
    def visible_to(self, membership: Membership) -> Self:
        return self.filter(authority_id=membership.authority_id)

    def arrived(self) -> Self:
        """All but the e-mails that could not be sent."""
        return self.exclude(email__state__in=[State.FAILED, State.DROPPED])

    def latest_first(self) -> Self:
        return self.order_by("-sent_on", "-recorded_at", "-pk")


class CardSent(AuthorityOwned):
    """An MP's office was given a version of the card (None: one from before mpcrm made them)."""

    mp = models.ForeignKey(MP, on_delete=models.PROTECT, related_name="cards_sent", verbose_name="MP")
    card = models.ForeignKey(
        ContactCard, on_delete=models.PROTECT, null=True, blank=True, related_name="sent"
    )
    way = models.CharField("how it was sent", max_length=10, choices=CardWay.choices)
    sent_on = models.DateField()
    email = models.OneToOneField(
        Notification, on_delete=models.PROTECT, null=True, blank=True, related_name="card_sent"
    )
    submission = models.UUIDField(help_text="Tells one sending of a form from another.")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    history = HistoricalRecords()

    objects = CardSentQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_on", "-recorded_at", "-pk"]
        verbose_name_plural = "cards sent"
        constraints = [
            models.UniqueConstraint(fields=["authority", "mp", "submission"], name="one_card_per_sending"),
            models.CheckConstraint(
                condition=Q(way=CardWay.EMAIL, email__isnull=False, card__isnull=False)
                | (~Q(way=CardWay.EMAIL) & Q(email=None)),
                name="card_by_email_has_its_email",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()}, {self.sent_on:%-d %B %Y}"

    @property
    def has_failed(self) -> bool:
        return self.email is not None and self.email.state in (State.FAILED, State.DROPPED)
