"""Where an MP comes from, as one authority has read it: background, and what they campaigned on."""

from __future__ import annotations

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from contacts.models.authority.notes import HAS_A_SOURCE, IS_NOT_INFERRED, NoteQuerySet, SourcedNote

YEARS = [MinValueValidator(1900), MaxValueValidator(2100)]


class BackgroundQuerySet(NoteQuerySet):
    def of_our_council(self) -> Self:
        """Of those who sat on our own council, or one it was made from, or worked for it."""
        return self.filter(is_our_council=True)


class BackgroundEntry(SourcedNote):
    """One thing about an MP's past or interests, with the years it held for, where it has any; about local
    government, in which council and as what."""

    class About(models.TextChoices):
        LOCAL_GOVERNMENT = "local-government", "Local government"
        CONSTITUENCY = "constituency", "Link with the constituency"
        INTEREST = "interest", "Interest"

    class CouncilPost(models.TextChoices):
        COUNCILLOR = "councillor", "Councillor"
        CABINET = "cabinet", "Cabinet member"
        LEADER = "leader", "Leader"
        MAYOR = "mayor", "Mayor"
        OFFICER = "officer", "Officer"

    about = models.CharField(max_length=20, choices=About.choices)
    council = models.CharField(max_length=150, blank=True)
    council_post = models.CharField("post there", max_length=12, choices=CouncilPost.choices, blank=True)
    is_our_council = models.BooleanField("our own council, or one it was made from", default=False)
    text = models.TextField("what is known")
    from_year = models.PositiveSmallIntegerField("from year", null=True, blank=True, validators=YEARS)
    to_year = models.PositiveSmallIntegerField("to year", null=True, blank=True, validators=YEARS)
    history = HistoricalRecords(excluded_fields=["submission"])

    objects = BackgroundQuerySet.as_manager()

    class Meta(SourcedNote.Meta):
        ordering = ["about", F("from_year").desc(nulls_last=True), "-source_on", "-pk"]
        verbose_name_plural = "background entries"
        constraints = [
            *SourcedNote.Meta.constraints,
            models.CheckConstraint(
                condition=Q(from_year=None) | Q(to_year=None) | Q(to_year__gte=F("from_year")),
                name="background_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=HAS_A_SOURCE, name="background_has_a_source"),
            models.CheckConstraint(
                condition=Q(about="local-government") | Q(council="", council_post="", is_our_council=False),
                name="council_of_local_government_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()}: {self.text}"

    @property
    def where(self) -> str:
        """Cabinet member, Northmoor Council; empty where it is not known."""
        return ", ".join(filter(None, [self.get_council_post_display(), self.council]))

    @property
    def years(self) -> str:
        """2011 to 2019; since 2011; until 2019; empty where no year is known."""
        if self.from_year is None:
            return f"until {self.to_year}" if self.to_year else ""
        if self.to_year is None:
            return f"since {self.from_year}"
        return f"{self.from_year} to {self.to_year}"


class CampaignIssue(SourcedNote):
    """What an MP campaigned on, at an election or since, as somebody can read it."""

    class SaidDuring(models.TextChoices):
        GENERAL_ELECTION = "general-election", "General election"
        BY_ELECTION = "by-election", "By-election"
        SINCE = "since", "Since the election"

    text = models.TextField("the issue")
    said_during = models.CharField("when they said it", max_length=20, choices=SaidDuring.choices)
    history = HistoricalRecords(excluded_fields=["submission"])

    objects = NoteQuerySet.as_manager()

    class Meta(SourcedNote.Meta):
        ordering = ["-source_on", "-pk"]
        constraints = [
            *SourcedNote.Meta.constraints,
            models.CheckConstraint(
                condition=HAS_A_SOURCE & IS_NOT_INFERRED, name="campaign_issue_has_a_source"
            ),
        ]

    def __str__(self) -> str:
        return self.text
