"""When there is no Parliament, and so no MP."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from simple_history.models import HistoricalRecords

from contacts.models.parliament.seats import SeatHolding
from contacts.models.parliament.spells import SpellQuerySet


class DissolutionQuerySet(SpellQuerySet):
    def awaiting_a_house(self) -> DissolutionQuerySet:
        """Those since whose first day most of the seats that had an MP before are not known to have one: a
        list or an answer of Parliament’s with the first results does not tell who the MPs are."""
        return self.filter(is_house_known=False)

    def without_mps(self, on: date) -> DissolutionQuerySet:
        """Those because of which nobody is known to be an MP on this day: on their days and, after the last,
        until it is known here who won most of the seats.

        What may be believed of an empty list of MPs is asked of `current`, the days alone.
        """
        lasts = Q(ended_on=None) | Q(ended_on__gte=on) | Q(is_house_known=False)
        return self.filter(lasts, started_on__lte=on)

    def note_the_house(self) -> None:
        """Note of each whether the House elected since is known, which every page asks. Whoever enters a
        dissolution, or changes who holds a seat, calls this."""
        noted = self.annotate(majority=_majority()).values_list("pk", "is_house_known", "majority")
        for pk, was_known, majority in noted:
            is_known = (majority or 0) > 0  # None: no seat has ever been held
            if is_known != was_known:
                self.filter(pk=pk).update(is_house_known=is_known)


def _majority() -> Subquery:
    """For an annotation: of the seats that had an MP before a dissolution, how many more have one since than
    have none."""
    day = OuterRef("started_on")
    is_there = Q(constituency__ended_on=None) | Q(constituency__ended_on__gte=day)
    since = Count("constituency", distinct=True, filter=Q(started_on__gt=day))
    before = Count("constituency", distinct=True, filter=Q(started_on__lt=day) & is_there)
    counted = SeatHolding.objects.order_by().annotate(all=Value(1)).values("all")
    return Subquery(counted.annotate(majority=2 * since - before).values("majority"))


class Dissolution(models.Model):
    """From this day there are no MPs, to the last day before the new ones are elected. Entered by a person:
    that a list of MPs is empty does not say so."""

    started_on = models.DateField(unique=True)
    ended_on = models.DateField(null=True, blank=True, help_text="The last day; empty while it lasts.")
    is_house_known = models.BooleanField(
        default=False, editable=False, help_text="Noted once it is known who won most of the seats."
    )
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DissolutionQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["is_house_known"])

    class Meta:
        ordering = ["-started_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="dissolution_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"Dissolution of {self.started_on:%-d %B %Y}"


def dissolved_since(on: date) -> Subquery:
    """For an annotation: the day from which there are no MPs on this day; null while there are."""
    return Subquery(Dissolution.objects.without_mps(on).values("started_on")[:1])


def dissolved_until(on: date) -> Subquery:
    """For an annotation: of the same, its last day; null where that is not entered."""
    return Subquery(Dissolution.objects.without_mps(on).values("ended_on")[:1])
