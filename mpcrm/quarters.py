"""Financial quarters, as councils report: the first is April to June. Dates are Europe/London dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Quarter:
    """A financial quarter, from its first day; `start` must be 1 January, April, July or October."""

    start: date

    @property
    def end(self) -> date:
        """Its last day."""
        return quarter_of(self.start + timedelta(days=100)).start - ONE_DAY

    @property
    def previous(self) -> Quarter:
        return quarter_of(self.start - ONE_DAY)

    @property
    def number(self) -> int:
        """1 for April to June, 4 for January to March."""
        return (self.start.month - 4) // 3 % 4 + 1

    def __str__(self) -> str:
        return f"{self.start:%B} to {self.end:%B %Y}"


def quarter_of(on: date) -> Quarter:
    return Quarter(date(on.year, (on.month - 1) // 3 * 3 + 1, 1))
