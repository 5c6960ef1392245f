"""Which seats the House of Commons has on a day, and when it was elected. Reads the database, writes nothing.

The seats of July 2024 are known by themselves. After a later boundary change, the constituencies that were
imported for it are the seats there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contacts import elections
from contacts.imports import seats
from contacts.imports.reading import printable
from contacts.models import FICTIONAL_PREFIX, Constituency, Dissolution, MPListImport, ParliamentSync


@dataclass(frozen=True)
class Commons:
    """The codes of the seats on a day, of those abolished by then, and the polls until then that are known by
    dissolutions, in order."""

    codes: frozenset[str] = seats.CODES_OF_2024
    abolished: frozenset[str] = seats.OLD_CODES
    polls: tuple[date, ...] = (seats.FIRST_POLL,)

    @property
    def size(self) -> int:
        return len(self.codes)

    @property
    def elected_on(self) -> date:
        return self.polls[-1]

    def elected_by(self, day: date) -> date:
        """The last poll until a day; of days before all that are kept here, the first."""
        return max((poll for poll in self.polls if poll <= day), default=self.polls[0])

    def what_is_wrong_with(self, code: str) -> str:
        """Why this is not the code of a seat, in words; empty if it is one."""
        if code in self.codes:
            return ""
        if code.startswith(FICTIONAL_PREFIX):
            return (
                f"“{printable(code)}” is the code of a made-up seat; made-up seats are outside every import"
            )
        if code in seats.OLD_CODES:
            return f"“{code}” is the code of a seat of 2010 to 2024"
        if code in self.abolished:
            return f"“{code}” is the code of a seat that has been abolished"
        return f"“{printable(code)}” is not the code of a seat of this Parliament"


OF_2024 = Commons()


def commons_on(on: date | None = None) -> Commons:
    """The seats of a day (None: now), as far as boundary changes have been imported. Two queries."""
    began: dict[str, date | None] = {}
    abolished = set(seats.OLD_CODES)
    rows = Constituency.objects.real()
    for code, started_on, ended_on in rows.values_list("ons_code", "started_on", "ended_on"):
        if ended_on is not None and (on is None or ended_on < on):
            abolished.add(code)
        elif on is None or started_on is None or started_on <= on:
            began[code] = started_on
    has_changed = any(day and day > seats.FIRST_POLL for day in began.values())
    codes = frozenset(began) if has_changed else seats.CODES_OF_2024 - abolished
    days = elections.polls(Dissolution.objects.all(), ())
    polls = sorted({day for day in days if seats.FIRST_POLL <= day <= (on or day)} | {seats.FIRST_POLL})
    return Commons(codes, frozenset(abolished), tuple(polls))


def newest_date() -> date | None:
    """The day up to which the MPs here are known: of the newest list in force, or of the newest sync, unless
    an import has been undone since."""
    undone_at = MPListImport.objects.last_undone_at()
    days = (
        MPListImport.objects.newest_applied_date(),
        ParliamentSync.objects.newest_done_date(since=undone_at),
    )
    return max(filter(None, days), default=None)
