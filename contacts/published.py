"""How to reach MPs, as Parliament publishes it: what is new, what is said no more, and undoing either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import F

from contacts.models import ParliamentContact

# What Parliament says of one way to reach an MP, apart from its place in the list.
STATED = (
    "type_id",
    "type",
    "is_preferred",
    "is_web_address",
    "address",
    "phone",
    "email",
    "website",
    "notes",
)
# More than there are places in a list: where rows wait while they change places.
OUT_OF_THE_WAY = 1_000


@dataclass
class Changes:
    """Rows that begin, and those that go on in another place or end, with what they were."""

    begin: list[ParliamentContact] = field(default_factory=list)
    alter: list[ParliamentContact] = field(default_factory=list)
    were: list[dict[str, Any]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.begin or self.alter)

    def add(
        self, recorded: Iterable[ParliamentContact], stated: Iterable[ParliamentContact], *, on: date
    ) -> None:
        """What is stated of one MP on a day, against the rows recorded as published."""
        left = list(recorded)
        for each in stated:
            same = next((row for row in left if says(row) == says(each)), None)
            if same is None:
                self.begin.append(each)
                continue
            left.remove(same)
            if same.position != each.position:
                self._alter(same, position=each.position)
        for row in left:
            self._alter(row, ended_on=max(row.seen_on, on - timedelta(days=1)))

    def _alter(self, row: ParliamentContact, **to: Any) -> None:
        self.were.append({"pk": row.pk, "position": row.position, "ended_on": None})
        for name, value in to.items():
            setattr(row, name, value)
        self.alter.append(row)

    def write(self) -> dict[str, dict[str, list[Any]]]:
        """Write it, inside the caller's transaction; what undoing takes."""
        rewrite(self.alter)
        made = ParliamentContact.objects.bulk_create(self.begin, batch_size=500)
        return {"made": {"contact": [row.pk for row in made]}, "were": {"contact": self.were}}


def says(contact: ParliamentContact) -> tuple[object, ...]:
    return tuple(getattr(contact, name) for name in STATED)


def put_back(*, made: Sequence[int], were: Iterable[dict[str, Any]]) -> None:
    """Undo `Changes.write`."""
    ParliamentContact.objects.filter(pk__in=made).delete()
    before = {row["pk"]: row for row in were}
    rows = list(ParliamentContact.objects.filter(pk__in=before))
    for row in rows:
        row.position, row.ended_on = before[row.pk]["position"], before[row.pk]["ended_on"]
    rewrite(rows)


def rewrite(rows: Sequence[ParliamentContact]) -> None:
    """Save place and end of these rows, whichever of them takes another's place."""
    changing = ParliamentContact.objects.filter(pk__in=[row.pk for row in rows])
    changing.update(position=F("position") + OUT_OF_THE_WAY)
    ParliamentContact.objects.bulk_update(rows, ["position", "ended_on"], batch_size=200)
