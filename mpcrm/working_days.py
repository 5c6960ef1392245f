"""Working days: the only place that counts them.

A working day is a weekday that is no bank holiday of the nation and no closure day of the authority. Day 1 is
the first working day after receipt, whatever day the receipt fell on (the Cabinet Office rule).
Dates are Europe/London dates. Nothing here reads the clock or the database.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache

import holidays

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
ONE_DAY = timedelta(days=1)
SATURDAY = 5

# England and Wales share one official calendar.
SUBDIVISIONS = {"england": "ENG", "wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}
UNITED_KINGDOM = "united-kingdom"


@cache
def bank_holidays(nation: str) -> Mapping[date, str]:
    """The nation's bank holidays that fall on weekdays, substitute days included, with their names.

    `nation` is "england", "wales", "scotland" or "northern-ireland", or "united-kingdom" for those of any of
    them, with the nation's name where England and Wales have none; anything else is a KeyError.
    """
    if nation == UNITED_KINGDOM:
        anywhere = {
            **{on: f"{name}, Scotland" for on, name in bank_holidays("scotland").items()},
            **{on: f"{name}, Northern Ireland" for on, name in bank_holidays("northern-ireland").items()},
            **bank_holidays("england"),
        }
        return dict(sorted(anywhere.items()))
    official = holidays.country_holidays(
        "GB", subdiv=SUBDIVISIONS[nation], years=range(FIRST.year, LAST.year + 1)
    )
    return {
        on: name.replace("(observed)", "(substitute day)")
        for on, name in sorted(official.items())
        if on.weekday() < SATURDAY
    }


@cache
def _official_working_days(nation: str) -> tuple[date, ...]:
    closed = bank_holidays(nation)
    every_day = (date.fromordinal(n) for n in range(FIRST.toordinal(), LAST.toordinal() + 1))
    return tuple(on for on in every_day if on.weekday() < SATURDAY and on not in closed)


@dataclass(frozen=True)
class Count:
    """How a date came about, so that a page can explain it."""

    received_on: date
    counted_from: date  # the day after `received_on`, where it arrived after the cut-off
    day_one: date  # the first working day after `counted_from`
    skipped: tuple[tuple[date, str], ...]  # weekdays from day 1 to the result that did not count, by name
    days: int  # working days, or 0 where calendar months were counted
    months: int
    result: date


class Calendar:
    """One authority's working days: its nation's, less its `closures`, plus its `openings`.

    `closures` may name its days (a mapping of date to name). A day that is both is open.
    Answers for 2000 to 2100; a date outside them is a ValueError.
    """

    def __init__(
        self,
        nation: str,
        closures: Mapping[date, str] | Iterable[date] = (),
        openings: Iterable[date] = (),
    ) -> None:
        self.nation = nation
        self.openings = frozenset(openings)
        named = closures if isinstance(closures, Mapping) else dict.fromkeys(closures, "Closure day")
        self.closures = {on: name for on, name in named.items() if on not in self.openings}
        self._days = list(_official_working_days(nation))
        for on in self.closures:
            at = bisect_left(self._days, on)
            if self._days[at : at + 1] == [on]:
                del self._days[at]
        for on in self.openings:
            at = bisect_left(self._days, on)
            if self._days[at : at + 1] != [on]:
                insort(self._days, on)

    def is_working_day(self, on: date) -> bool:
        at = bisect_left(self._days, self._known(on))
        return self._days[at : at + 1] == [on]

    def add(self, start: date, days: int) -> date:
        """The n-th working day after `start`; before it if negative; `start` or the next one for 0."""
        self._known(start)
        at = bisect_right(self._days, start) + days - 1 if days > 0 else bisect_left(self._days, start) + days
        if not 0 <= at < len(self._days):
            raise ValueError(f"{days} working days from {start} is beyond {FIRST.year} to {LAST.year}")
        return self._days[at]

    def between(self, start: date, end: date) -> int:
        """Working days after `start`, through `end`; negative where `end` is earlier."""
        return bisect_right(self._days, self._known(end)) - bisect_right(self._days, self._known(start))

    def due(
        self, received_on: date, days: int, *, received_time: time | None = None, cut_off: time | None = None
    ) -> Count:
        """The date `days` working days after receipt. What arrives after the cut-off arrives the next day."""
        is_late = received_time is not None and cut_off is not None and received_time > cut_off
        counted_from = received_on + ONE_DAY if is_late else received_on
        return self._explained(received_on, counted_from, self.add(counted_from, days), days=days)

    def due_in_months(self, received_on: date, months: int) -> Count:
        """The same day of the month, `months` later, as the law on subject access counts.

        Where that month is shorter, its last day; where the day found is not a working day, the next one.
        The month runs from the day of receipt itself, so the cut-off plays no part.
        """
        years, month = divmod(received_on.month - 1 + months, 12)
        year, month = received_on.year + years, month + 1
        same_day = date(year, month, min(received_on.day, monthrange(year, month)[1]))
        return self._explained(received_on, received_on, self.add(same_day, 0), months=months)

    def name_of(self, on: date) -> str:
        """Why a weekday does not count: the closure's or the bank holiday's name, or nothing if it does."""
        if on in self.openings:
            return ""
        return self.closures.get(on) or bank_holidays(self.nation).get(on, "")

    def _explained(
        self, received_on: date, counted_from: date, result: date, *, days: int = 0, months: int = 0
    ) -> Count:
        passed = (counted_from + ONE_DAY * n for n in range(1, (result - counted_from).days))
        skipped = tuple(
            (on, self.name_of(on)) for on in passed if on.weekday() < SATURDAY and self.name_of(on)
        )
        return Count(received_on, counted_from, self.add(counted_from, 1), skipped, days, months, result)

    def _known(self, on: date) -> date:
        if not FIRST <= on <= LAST:
            raise ValueError(f"{on} is beyond {FIRST.year} to {LAST.year}")
        return on


@cache
def official_calendar(nation: str) -> Calendar:
    """The nation's calendar (or the United Kingdom's) without closures, as clocks that the law sets count."""
    return Calendar(nation)
