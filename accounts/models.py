"""Who works here: people, the authorities they work for, and in which role."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

# First words of addresses that belong to the instance, never to an authority.
RESERVED_SLUGS = frozenset({"account", "authorities", "healthz", "instance", "join", "readyz", "static"})


class Nation(models.TextChoices):
    ENGLAND = "england", "England"
    WALES = "wales", "Wales"
    SCOTLAND = "scotland", "Scotland"
    NORTHERN_IRELAND = "northern-ireland", "Northern Ireland"


class Role(models.TextChoices):
    OFFICER = "officer", "Officer"
    SERVICE_CONTACT = "service-contact", "Service contact"
    POLITICAL_AFFAIRS = "political-affairs", "Political affairs lead"
    EXECUTIVE = "executive", "Executive"
    ADMIN = "admin", "Admin"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """A person who can sign in. What they may do is their memberships' business."""

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField("full name", max_length=150)
    is_active = models.BooleanField(default=True)
    is_instance_admin = models.BooleanField(
        default=False, help_text="May import the facts that every authority on this instance shares."
    )
    has_shortcuts = models.BooleanField("keyboard shortcuts on", default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_user_per_email"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_joined(self) -> bool:
        """Whether the person has chosen a password; until then only an invitation lets them in."""
        return self.has_usable_password()

    @property
    def has_work_here(self) -> bool:
        """Whether there is anything they may open: an authority's pages, or the facts that all share."""
        return self.is_active and (
            self.is_instance_admin or Membership.objects.active().filter(user=self).exists()
        )


class Authority(models.Model):
    """A council or combined authority that uses this instance."""

    name = models.CharField(max_length=150, unique=True)
    slug = models.SlugField("address", max_length=50, unique=True)
    ons_code = models.CharField("ONS code", max_length=9, unique=True)
    nation = models.CharField(max_length=20, choices=Nation.choices)
    colour = models.CharField(
        max_length=7,
        default="#1d4f72",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Enter a colour like #1d4f72.")],
    )
    logo = models.BinaryField(blank=True, default=b"", help_text="A PNG of at most 100 KB.")
    reference_prefix = models.CharField(
        max_length=6,
        validators=[RegexValidator(r"^[A-Z]{2,6}$", "Enter 2 to 6 capital letters.")],
        help_text="Enquiry references begin with it: NM gives NM-2026-00042.",
    )
    cut_off_time = models.TimeField(
        "receipt cut-off",
        null=True,
        blank=True,
        help_text="An enquiry received after this time counts as received on the next day.",
    )
    response_target = models.PositiveSmallIntegerField(
        "response target",
        default=90,
        help_text="The share of enquiries to reply to by their due date, in per cent.",
    )
    sliver_below = models.DecimalField(
        "sliver threshold",
        max_digits=4,
        decimal_places=1,
        default=Decimal(1),
        help_text="Per cent of a seat's people; with fewer of them in the area, the seat is a sliver.",
    )
    executives_see_text = models.BooleanField(
        "executives may read enquiries",
        default=False,
        help_text="Off: executives see reference, MP, service, topic, dates and RAG only.",
    )
    checklist_days = models.PositiveSmallIntegerField(
        "checklist answers hold for",
        default=180,
        validators=[MinValueValidator(30), MaxValueValidator(730)],
        help_text="Days after which an answer in the chief executive’s checklist is out of date.",
    )
    chief_executive = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whom the last step of the escalation ladder tells.",
    )
    # Its `id` is the authority's, as `authority_id` is in every other history.
    history = HistoricalRecords(excluded_fields=["logo"])

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "authorities"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(response_target__lte=100), name="response_target_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=models.Q(sliver_below__range=(0, 50)), name="sliver_is_less_than_half"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": f"“{self.slug}” is used by mpcrm itself. Choose another address."})


class AuthorityOwned(models.Model):
    """Written by one authority and visible to that authority alone."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> MembershipQuerySet:
        return self.filter(is_active=True, user__is_active=True)

    def joined(self) -> MembershipQuerySet:
        """People who have chosen a password, so that they can really sign in."""
        return self.exclude(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def visible_to(self, membership: Membership) -> MembershipQuerySet:
        """Colleagues: everyone who works, or worked, for the same authority."""
        return self.for_authority(membership.authority)

    def for_user(self, user: User | AnonymousUser) -> MembershipQuerySet:
        """Where somebody works or worked, by the authority's name; nowhere for an anonymous user."""
        mine = self.filter(user=user) if isinstance(user, User) else self.none()
        return mine.select_related("authority").order_by("authority__name", "pk")

    def for_authority(self, authority: Authority) -> MembershipQuerySet:
        return self.filter(authority=authority).select_related("user")

    def in_role(self, *roles: str) -> MembershipQuerySet:
        return self.filter(role__in=roles)

    def looking_after_the_instance(self) -> MembershipQuerySet:
        """Those of the instance admins: whoever is one works somewhere here."""
        return self.active().filter(user__is_instance_admin=True)

    def of_instance_admins(self) -> list[Membership]:
        """One for each person who looks after the facts that all share, so that each is told once."""
        latest_first = self.looking_after_the_instance().order_by("-pk")
        return list({each.user_id: each for each in latest_first}.values())

    def contacts(self) -> MembershipQuerySet:
        """Whom a service's contacts come down to: those who work here and answer enquiries."""
        return self.active().in_role(*Membership.READERS_OF_ENQUIRIES)


class Membership(AuthorityOwned):
    """One person's one role in one authority. Leaving deactivates it; it is never deleted."""

    # Who logs, allocates, plans; and who may open an enquiry's text at all.
    HANDLERS = frozenset({Role.OFFICER, Role.POLITICAL_AFFAIRS})
    READERS_OF_ENQUIRIES = HANDLERS | {Role.SERVICE_CONTACT}
    # Who may open an enquiry, if only its dates; and who may open each one, whatever its service.
    KNOW_OF_ENQUIRIES = READERS_OF_ENQUIRIES | {Role.EXECUTIVE}
    KNOW_OF_ALL_ENQUIRIES = HANDLERS | {Role.EXECUTIVE}

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    job_title = models.CharField(max_length=100, blank=True)
    services: models.ManyToManyField[Service, Service] = models.ManyToManyField(
        "accounts.Service",
        blank=True,
        related_name="contacts",
        help_text="A service contact sees and answers what is allocated to these services.",
    )
    is_active = models.BooleanField(default=True)
    away_until = models.DateField(
        null=True,
        blank=True,
        help_text="To this day and including it, late replies are told to the service’s contacts or "
        "substitute, or to political affairs, instead.",
    )
    invited_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(m2m_fields=[services])

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "user"], name="one_membership_per_authority"),
        ]

    def __str__(self) -> str:
        return self.user.name

    @property
    def has_left(self) -> bool:
        """Whether somebody named here works elsewhere by now; their user too may have been stopped."""
        return not (self.is_active and self.user.is_active)

    def is_away(self, on: date) -> bool:
        return self.away_until is not None and on <= self.away_until

    @property
    def handles_enquiries(self) -> bool:
        return self.role in self.HANDLERS

    @property
    def answers_enquiries(self) -> bool:
        return self.is_active and self.role in self.READERS_OF_ENQUIRIES

    @property
    def sees_enquiry_text(self) -> bool:
        """Whether subjects, questions, replies and constituents may be shown to this person."""
        if self.role == Role.EXECUTIVE:
            return self.authority.executives_see_text
        return self.role in self.READERS_OF_ENQUIRIES

    @property
    def sees_enquiries(self) -> bool:
        return self.role in self.KNOW_OF_ENQUIRIES


class ServiceQuerySet(models.QuerySet["Service"]):
    def visible_to(self, membership: Membership) -> ServiceQuerySet:
        return self.filter(authority_id=membership.authority_id)

    def active(self) -> ServiceQuerySet:
        return self.filter(is_active=True)

    def relying_on(self, member: Membership) -> ServiceQuerySet:
        """Services that name this person as head, director or substitute."""
        return self.filter(models.Q(head=member) | models.Q(director=member) | models.Q(substitute=member))

    def answered_by(self, member: Membership) -> ServiceQuerySet:
        """Services whose contact, head, director or substitute this person is."""
        is_contact = models.Q(pk__in=member.services.all())
        return self.filter(is_contact | models.Q(pk__in=self.relying_on(member).values("pk")))


class Service(AuthorityOwned):
    """A service area, with the people the escalation ladder names."""

    name = models.CharField(max_length=100)
    head = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="heads",
        verbose_name="head of service",
    )
    director = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="directs"
    )
    substitute = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="substitutes_for",
        help_text="Told instead when the head or the director has left or is away.",
    )
    is_active = models.BooleanField(default=True)
    history = HistoricalRecords()

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint("authority", Lower("name"), name="one_service_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ClosureDayQuerySet(models.QuerySet["ClosureDay"]):
    def of(self, authority: Authority) -> ClosureDayQuerySet:
        return self.filter(authority=authority)


class ClosureDay(AuthorityOwned):
    """A day this authority's offices are closed besides weekends and bank holidays,
    or (`is_working`) a bank holiday on which they are open."""

    on = models.DateField("date")
    name = models.CharField(max_length=100)
    is_working = models.BooleanField("a working day after all", default=False)
    history = HistoricalRecords()

    objects = ClosureDayQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "on"], name="one_closure_day_per_date"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.on:%-d %B %Y}"
