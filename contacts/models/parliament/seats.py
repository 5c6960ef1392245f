"""Seats, who holds them when, and the councils whose areas they lie in."""

from __future__ import annotations

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import Authority, Nation
from contacts.models.authority.seats import SeatChoice
from contacts.models.parliament.spells import DatedFact, SpellQuerySet

# Seats and councils of the demo carry codes no real one has; no import touches them.
FICTIONAL_PREFIX = "Z"

SHARE = [MinValueValidator(0), MaxValueValidator(100)]


class CouncilTier(models.TextChoices):
    COUNTY = "county", "County council"
    DISTRICT = "district", "District council"
    UNITARY = "unitary", "Unitary authority"
    METROPOLITAN = "metropolitan", "Metropolitan district"
    LONDON_BOROUGH = "london-borough", "London borough"
    COMBINED = "combined", "Combined authority"
    OTHER = "other", "Other body"


class CouncilQuerySet(models.QuerySet["Council"]):
    def of(self, authority: Authority) -> CouncilQuerySet:
        """The authority's own council and the councils it is made of."""
        return self.filter(Q(ons_code=authority.ons_code) | Q(wholes__ons_code=authority.ons_code)).distinct()


class Council(models.Model):
    """Any UK council or combined authority, whether or not it uses this instance."""

    ons_code = models.CharField("ONS code", max_length=9, unique=True)
    name = models.CharField(max_length=150)
    tier = models.CharField(max_length=20, choices=CouncilTier.choices)
    nation = models.CharField(max_length=20, choices=Nation.choices)
    parts = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="wholes")

    objects = CouncilQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class ConstituencyQuerySet(models.QuerySet["Constituency"]):
    def current(self, on: date | None = None) -> ConstituencyQuerySet:
        """Seats of today, or of the given day: those abolished at a boundary change are kept, but no list
        counts them. A seat whose first day is not known is taken to have been there."""
        if on is None:
            return self.filter(ended_on=None)
        return self.filter(Q(started_on=None) | Q(started_on__lte=on), Q(ended_on=None) | Q(ended_on__gte=on))

    def real(self) -> ConstituencyQuerySet:
        """All but the demo's."""
        return self.exclude(ons_code__startswith=FICTIONAL_PREFIX)

    def of(self, authority: Authority) -> ConstituencyQuerySet:
        """Seats in the authority's council or its parts, plus those its admin added, less those hidden.

        Those since abolished are among them, for the past and for handing over; ask `current()` for today's.
        """
        lies_in = SeatOverlap.objects.filter(council__in=Council.objects.of(authority)).values("constituency")
        added = SeatChoice.objects.of(authority).filter(is_hidden=False).values("constituency")
        hidden = SeatChoice.objects.of(authority).filter(is_hidden=True).values("constituency")
        return self.filter(Q(pk__in=lies_in) | Q(pk__in=added)).exclude(pk__in=hidden)

    def hidden_by(self, authority: Authority) -> ConstituencyQuerySet:
        """Seats the authority's admin has hidden."""
        hidden = SeatChoice.objects.of(authority).filter(is_hidden=True)
        return self.filter(pk__in=hidden.values("constituency"))


class Constituency(models.Model):
    """A seat in the House of Commons, identified by its ONS code."""

    ons_code = models.CharField("ONS code", max_length=9, unique=True)
    name = models.CharField(max_length=150)
    name_welsh = models.CharField("name in Welsh", max_length=150, blank=True)
    nation = models.CharField(max_length=20, choices=Nation.choices)
    region = models.CharField(max_length=60, blank=True)
    started_on = models.DateField(
        null=True, blank=True, help_text="Since when it has these boundaries; empty where that is not known."
    )
    ended_on = models.DateField(null=True, blank=True, help_text="The last day; empty for a seat of today.")
    councils = models.ManyToManyField(Council, through="SeatOverlap", related_name="constituencies")

    objects = ConstituencyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "constituencies"
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gte=F("started_on")),
                name="seat_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_fictional(self) -> bool:
        return self.ons_code.startswith(FICTIONAL_PREFIX)


class SeatSuccession(models.Model):
    """At a boundary change part of an old seat went into a new one."""

    old = models.ForeignKey(Constituency, on_delete=models.CASCADE, related_name="successions")
    new = models.ForeignKey(Constituency, on_delete=models.CASCADE, related_name="predecessions")
    share_of_old = models.DecimalField(
        "share of the old seat",
        max_digits=5,
        decimal_places=2,
        validators=SHARE,
        help_text="Per cent of the old seat’s population that went into the new one.",
    )
    share_of_new = models.DecimalField(
        "share of the new seat",
        max_digits=5,
        decimal_places=2,
        validators=SHARE,
        help_text="Per cent of the new seat’s population that came from the old one.",
    )

    class Meta:
        ordering = ["new", "-share_of_new", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["old", "new"], name="one_succession_per_two_seats"),
            models.CheckConstraint(condition=~Q(old=F("new")), name="no_seat_succeeds_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.old_id} into {self.new_id}"


class SeatOverlap(models.Model):
    """A seat lies, wholly or in part, in a council's area."""

    constituency = models.ForeignKey(Constituency, on_delete=models.CASCADE, related_name="overlaps")
    council = models.ForeignKey(Council, on_delete=models.CASCADE, related_name="overlaps")
    share = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=SHARE,
        help_text="Per cent of the seat's population that lives in the council's area; empty where unknown.",
    )
    area_share = models.DecimalField(
        "share of area",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Per cent of the seat's area that is the council's too; empty where unknown.",
    )

    class Meta:
        ordering = ["constituency", F("share").desc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["constituency", "council"], name="one_overlap_per_seat_and_council"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{share: None}) | Q(**{f"{share}__range": (0, 100)}),
                    name=f"{share}_is_a_percentage",
                )
                for share in ("share", "area_share")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.constituency_id} in {self.council_id}"


class Beginning(models.TextChoices):
    """How somebody came to hold a seat."""

    GENERAL_ELECTION = "general-election", "at a general election"
    BY_ELECTION = "by-election", "at a by-election"


class Ending(models.TextChoices):
    """How somebody ceased to hold a seat."""

    GENERAL_ELECTION = "general-election", "at a general election"
    DISSOLUTION = "dissolution", "when Parliament was dissolved"
    RESIGNATION = "resignation", "by resignation"
    DEATH = "death", "by death"
    RECALL = "recall", "by recall petition"
    DISQUALIFICATION = "disqualification", "by disqualification"
    OTHER = "other", "for another reason"


class SeatHoldingQuerySet(SpellQuerySet):
    def of_leavers(self, on: date) -> dict[int, str]:
        """By the keys of those who sat before this day, and not on it or since, how they left, as far as that
        is known."""
        over = dict(self.filter(ended_on__lt=on).order_by("ended_on", "pk").values_list("mp", "ended_by"))
        since = self.filter(Q(ended_on=None) | Q(ended_on__gte=on)).order_by().values_list("mp", flat=True)
        return {mp: over[mp] for mp in over.keys() - set(since)}


class SeatHolding(DatedFact):
    """An MP holds a seat from a day, to a day. A seat has one holder at a time or is vacant."""

    mp = models.ForeignKey("contacts.MP", on_delete=models.PROTECT, related_name="holdings")
    constituency = models.ForeignKey(Constituency, on_delete=models.PROTECT, related_name="holdings")
    begun_by = models.CharField(
        "how it began",
        max_length=20,
        choices=Beginning,
        blank=True,
        help_text="Empty where that is not known.",
    )
    ended_by = models.CharField(
        "how it ended", max_length=20, choices=Ending, blank=True, help_text="Empty where that is not known."
    )

    objects = SeatHoldingQuerySet.as_manager()  # type: ignore[misc]

    class Meta(DatedFact.Meta):
        constraints = [
            *DatedFact.Meta.constraints,
            models.UniqueConstraint(
                fields=["constituency"], condition=Q(ended_on=None), name="one_open_holder_per_seat"
            ),
            models.UniqueConstraint(fields=["mp"], condition=Q(ended_on=None), name="one_open_seat_per_mp"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=False) | Q(ended_by=""),
                name="only_an_ended_holding_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mp_id} in {self.constituency_id} from {self.started_on}"
