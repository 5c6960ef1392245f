"""An authority's MPs with what it plans for each: one row per MP, whether or not there is a plan."""

from __future__ import annotations

from datetime import date

from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Authority, Membership
from contacts.models import MP, CouncilLead, MPQuerySet, holders, sat_for
from engagements.models.cadence import (
    DEFAULT_IDEAL_DAYS,
    DEFAULT_MAXIMUM_DAYS,
    OUT_OF_CONTACT,
    cadence,
    deadlines,
    last_contact,
)


class RelationshipQuerySet(MPQuerySet):
    """MPs as one authority relates to them; begin with `relationships`."""

    def neglected_first(self) -> RelationshipQuerySet:
        """Never contacted first, then whoever is most overdue for their interval."""
        return self.order_by(F("overdue_fraction").desc(nulls_first=True), "sort_name", "pk")

    def out_of_contact(self) -> RelationshipQuerySet:
        """No two-way contact within the longest interval, or ever."""
        return self.filter(cadence__in=OUT_OF_CONTACT)  # type: ignore[misc]  # annotated

    def in_cadence(self, cadence: str) -> RelationshipQuerySet:
        return self.filter(cadence=cadence)  # type: ignore[misc]  # annotated

    def without_plan(self) -> RelationshipQuerySet:
        return self.filter(plan_id=None)  # type: ignore[misc]  # annotated

    def without_agreement(self) -> RelationshipQuerySet:
        """With a plan that the Leader has not agreed."""
        return self.filter(plan_id__isnull=False, agreed_on=None)  # type: ignore[misc]  # annotated

    def past_review(self, on: date) -> RelationshipQuerySet:
        """With a plan that was to be reviewed before `on`."""
        return self.filter(review_on__lt=on)  # type: ignore[misc]  # annotated

    def agreed(self) -> RelationshipQuerySet:
        return self.filter(agreed_on__isnull=False)  # type: ignore[misc]  # annotated

    def led_by(self, membership: Membership, on: date) -> RelationshipQuerySet:
        """MPs on whom this colleague leads, or deputises."""
        mine = CouncilLead.objects.visible_to(membership).who_look_after().filter(membership=membership)
        return self.filter(pk__in=mine.current(on).values("mp"))

    def with_plan(self) -> RelationshipQuerySet:
        """With what the plan in force says: `why`, `objectives`, `key_messages` (or None)."""
        return self.annotate(
            why=F("our_plan__why"),
            objectives=F("our_plan__objectives"),
            key_messages=F("our_plan__key_messages"),
        )

    def for_list(self) -> RelationshipQuerySet:
        """With the names of their `seat` and `party`."""
        held = holders(None).filter(mp=OuterRef("pk"))
        spell = sat_for(None).filter(mp=OuterRef("pk"))
        return self.annotate(
            seat=Subquery(held.values("constituency__name")[:1]),
            party=Subquery(spell.values("party__name")[:1]),
        )


def relationships(authority: Authority, on: date) -> RelationshipQuerySet:
    """The MPs who hold the authority's seats: see `mps_with_cadence`."""
    return mps_with_cadence(authority, on).of(authority)  # type: ignore[return-value]


def mps_with_cadence(authority: Authority, on: date) -> RelationshipQuerySet:
    """All MPs, each with the contact cadence of this authority as at `on` (see `cadence` and `deadlines`),
    and of its plan in force `plan_id`, `agreed_on` and `review_on` (or None).

    An MP without a plan is held to the default intervals, so that nobody is overlooked for want of a plan.
    """
    return (
        RelationshipQuerySet(MP)
        .annotate(
            our_plan=FilteredRelation(
                "plans", condition=Q(plans__authority=authority, plans__archived_at=None)
            ),
            last_contact_on=last_contact(on, mp="pk", authority=authority),
            ideal=Coalesce("our_plan__ideal_days", DEFAULT_IDEAL_DAYS),
            maximum=Coalesce("our_plan__maximum_days", DEFAULT_MAXIMUM_DAYS),
            plan_id=F("our_plan__pk"),
            agreed_on=F("our_plan__agreed_on"),
            review_on=F("our_plan__review_on"),
        )
        .annotate(**cadence(on))
        .annotate(**deadlines(started_on="our_plan__started_on"))
        .order_by("sort_name", "pk")
    )
