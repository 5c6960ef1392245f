"""What Parliament's records tell of one MP over time, in words: names, seats, parties, statuses."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from contacts.imports.names import words
from contacts.models import MP, MPName, MPStatus, PartySpell, Post, SeatHolding, SeatSuccession, is_current

# A seat's origin names the old seats that make up at least so much of it, in per cent of its people.
LEAST_NAMED = 1


def former_names(names: Iterable[MPName], present: str) -> list[str]:
    """What somebody was called before, the latest first; titles that came and went are no other name."""
    told = {words(present)}
    found = []
    for name in sorted(names, key=lambda each: each.started_on, reverse=True):
        if name.ended_on and words(name.name) not in told:
            told.add(words(name.name))
            found.append(name.name)
    return found


def with_former_names(mps: Sequence[MP]) -> None:
    """Give each MP of a page `formerly`, a list of names; in one query."""
    names = MPName.objects.filter(mp__in=mps, ended_on__isnull=False).order_by("mp", "started_on")
    by_mp = {pk: list(rows) for pk, rows in itertools.groupby(names, key=lambda name: name.mp_id)}
    for mp in mps:
        mp.formerly = former_names(by_mp.get(mp.pk, []), mp.name)  # type: ignore[attr-defined]


def name_on(names: Iterable[MPName], mp: MP, on: date) -> str:
    """What the MP was called that day; the present name where no record goes back so far."""
    return next((name.name for name in names if is_current(name, on)), mp.name)


def in_names_of(mps: Iterable[MP], on: date) -> None:
    """Give each of these MPs the name that they had that day, to be read and never saved; in one query."""
    mps = list(mps)
    called = dict(MPName.objects.current(on).filter(mp__in=mps).values_list("mp", "name"))
    for mp in mps:
        mp.name = called.get(mp.pk, mp.name)


def how_held(holding: SeatHolding) -> str:
    """ "elected at a general election; ended by resignation": what is known of a holding's two ends."""
    begun = f"elected {holding.get_begun_by_display()}" if holding.begun_by else ""
    ended = f"ended {holding.get_ended_by_display()}" if holding.ended_by else ""
    return "; ".join(filter(None, (begun, ended)))


@dataclass(frozen=True)
class PartyStory:
    spell: PartySpell
    how: str


def party_story(spells: Sequence[PartySpell], *, sat_from: date | None) -> Iterator[PartyStory]:
    """Each party (newest first) with how it became the MP's: by the source's words, or only by what was
    before and after it. Of the first, whether the MP sat before that was read anywhere."""
    for number, spell in enumerate(spells):
        before = spells[number + 1] if number + 1 < len(spells) else None
        earlier = spells[number + 2] if number + 2 < len(spells) else None
        how = ""
        if spell.begun_by:
            how = spell.get_begun_by_display()
        elif before and spell.party.name == "Independent":
            how = f"no longer {before.party}"
        elif before and earlier and before.party.name == "Independent" and earlier.party == spell.party:
            how = f"{spell.party} again"
        elif not before and sat_from and sat_from < spell.started_on:
            how = "as first read here"
        yield PartyStory(spell, how)


@dataclass(frozen=True)
class Origin:
    """What a seat was made from at a boundary change."""

    year: int
    parts: list[SeatSuccession]
    others: int


def origin_of(seat: int | None) -> Origin | None:
    """The old seats of which a seat was made, the largest part first; None where that is not known."""
    rows = list(
        SeatSuccession.objects.filter(new=seat)
        .select_related("old", "new")
        .order_by("-share_of_new", "old__name", "pk")
    )
    if not rows or rows[0].new.started_on is None:
        return None
    parts = [row for row in rows if row.share_of_new >= LEAST_NAMED]
    return Origin(rows[0].new.started_on.year, parts, len(rows) - len(parts))


def sources(rows: Iterable[SeatHolding | PartySpell | MPName | MPStatus | Post]) -> list[str]:
    """Where these facts were read, each source once, the newest first; of posts, as `as_called` gave them."""
    found = []
    for row in sorted(rows, key=lambda each: each.started_on or date.min, reverse=True):
        renamed_in = [each.end_source for each in row.formerly] if isinstance(row, Post) else []
        found += [row.end_source, *renamed_in, row.source]
    return list(dict.fromkeys(filter(None, found)))
