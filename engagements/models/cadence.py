"""Contact cadence: the last two-way contact with an MP against the interval agreed for them.

The last contact is looked up among the touchpoints, never stored: recording, correcting or removing one
moves it, and it can be asked as at any day in the past.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, DateField, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce

from engagements.models.touchpoint import Touchpoint

# For an MP without a plan, and what a new plan starts with: calendar days.
DEFAULT_IDEAL_DAYS = 90
DEFAULT_MAXIMUM_DAYS = 120


class CadenceRAG(models.TextChoices):
    """Contact cadence, by calendar days since the last two-way contact. See `cadence`."""

    GREEN = "green", "In contact"
    AMBER = "amber", "Contact due"
    RED = "red", "Lapsed"
    NEVER = "never", "Never contacted"


# "No contact within the interval": longer ago than the longest interval, or never.
OUT_OF_CONTACT = frozenset({CadenceRAG.RED, CadenceRAG.NEVER})


class DaysBetween(models.Func):
    """Calendar days from the second date to the first: the first minus the second."""

    arity = 2
    arg_joiner = " - "
    output_field = models.IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        days = self.copy()
        days.set_source_expressions(
            [
                models.Func(each, function="julianday", output_field=models.FloatField())
                for each in self.source_expressions
            ]
        )
        return days.as_sql(compiler, connection, template="CAST(%(expressions)s AS integer)", **context)


class PlusDays(models.Func):
    """The date so many calendar days after a date."""

    arity = 2
    output_field = DateField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" + ", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "date(%(expressions)s || ' days')"
        return self.as_sql(compiler, connection, template=template, arg_joiner=", '+' || ", **context)


def last_contact(on: date, *, mp: str, authority: Any) -> Subquery:
    """The day of the last two-way touchpoint with the MP, on or before `on`; null if there was none.

    `mp` names the column of the outer query that holds the MP; `authority` is one, or an OuterRef to it.
    """
    touchpoints = Touchpoint.objects.two_way().filter(
        mp=OuterRef(mp), authority=authority, happened_on__lte=on
    )
    return Subquery(touchpoints.order_by("-happened_on").values("happened_on")[:1])


def cadence(on: date) -> dict[str, Any]:
    """The only definition of the contact cadence RAG, as annotations for rows that already have
    `last_contact_on`, `ideal` and `maximum` (calendar days):

    - `days_since`: days since the last two-way contact;
    - `cadence`: green through `ideal` days, amber through `maximum`, red beyond; never is its own red;
    - `overdue_fraction`: how far past the ideal interval, as a share of it, so that a monthly contact
      ten days late outranks a yearly one; null where there never was one.
    """
    days_since = DaysBetween(Value(on, output_field=DateField()), F("last_contact_on"))
    days_late = Cast(F("days_since") - F("ideal"), models.FloatField())
    return {
        "days_since": days_since,
        "cadence": Case(
            When(last_contact_on=None, then=Value(CadenceRAG.NEVER.value)),
            When(days_since__lte=F("ideal"), then=Value(CadenceRAG.GREEN.value)),
            When(days_since__lte=F("maximum"), then=Value(CadenceRAG.AMBER.value)),
            default=Value(CadenceRAG.RED.value),
            output_field=models.CharField(),
        ),
        "overdue_fraction": Case(
            When(last_contact_on=None, then=None),
            When(days_since__gt=F("ideal"), then=days_late / F("ideal")),
            default=Value(0.0),
            output_field=models.FloatField(),
        ),
    }


def deadlines(*, started_on: str) -> dict[str, Any]:
    """Annotations for rows as `cadence` wants them: `contact_due_on` and `contact_lapses_on`, the last days
    on which contact keeps to the ideal and to the longest interval. They count from the last contact, and
    while there has been none from the day in the column that `started_on` names."""
    since = Coalesce("last_contact_on", started_on)
    return {
        "contact_due_on": PlusDays(since, F("ideal")),
        "contact_lapses_on": PlusDays(since, F("maximum")),
    }
