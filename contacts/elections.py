"""When the House was elected, and which seats a Parliament's end emptied: for files, syncs and news alike.

A Parliament begins after a dissolution that somebody entered. Where nobody did, a list still tells: within a
Parliament seats fall vacant one by one, so that where `MANY` or more begin on one day, it was polling day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from contacts.imports.seats import FIRST_POLL
from contacts.models import Dissolution, Ending, SeatHolding

ONE_DAY = timedelta(days=1)
COUNTING = timedelta(days=7)  # sources differ: polling day, or the day the result is declared
MANY = 20  # the most by-elections ever held on one day were 15, in January 1986


def polls(dissolutions: Iterable[Dissolution], starts: Iterable[date]) -> list[date]:
    """The days of general elections known here; `starts` are those of holdings that no first sight dates."""
    after = [dissolution.ended_on + ONE_DAY for dissolution in dissolutions if dissolution.ended_on]
    at_once = Counter(starts)
    return [FIRST_POLL, *after, *(day for day, seats in at_once.items() if seats >= MANY)]


def is_around(day: date, elections: Iterable[date]) -> bool:
    return any(abs(day - poll) <= COUNTING for poll in elections)


def dissolutions_over(
    dissolutions: Iterable[Dissolution], *, told: Iterable[date], seen: Iterable[date]
) -> list[tuple[Dissolution, date]]:
    """Those in whose days somebody was elected, each with its last day: the one before.

    Holdings began on the days `told`, or were first seen on the days `seen`. Of these last so many count as
    only a general election brings: a change made before the dissolution may be seen in it.
    """
    at_once = Counter(seen)
    days = {*told, *(day for day, seats in at_once.items() if seats >= MANY)}
    over = []
    for each in dissolutions:
        within = [day for day in days if each.started_on < day <= (each.ended_on or date.max)]
        if within:
            over.append((each, min(within) - ONE_DAY))
    return over


def is_within(dissolution: Dissolution, last_day: date) -> bool:
    """Whether a last day is one on which a dissolution ended the holding; sources differ by a day."""
    is_over = dissolution.ended_on is not None and dissolution.ended_on < last_day
    return dissolution.started_on - ONE_DAY <= last_day and not is_over


def that_ended_mps(dissolutions: Iterable[Dissolution]) -> set[int]:
    """The keys of those with which somebody's time as an MP has ended."""
    ended = SeatHolding.objects.filter(ended_by=Ending.DISSOLUTION).order_by()
    days = set(ended.values_list("ended_on", flat=True))
    return {each.pk for each in dissolutions if any(is_within(each, day) for day in days if day)}


def has_ended(dissolution: Dissolution, last_day: date, known_to: date | None) -> bool:
    """Whether a dissolution ended a holding that somebody else's, on a list of the new Parliament, follows.

    Such a list may give no days, so that the last one would be the day before the list.
    """
    is_first_since = dissolution.ended_on and known_to and known_to <= dissolution.ended_on < last_day
    return bool(is_first_since) or is_within(dissolution, last_day)


def dissolution_of(holding: SeatHolding, dissolutions: Iterable[Dissolution]) -> Dissolution | None:
    """The dissolution in which this holding ended."""
    return next((d for d in dissolutions if holding.ended_on and is_within(d, holding.ended_on)), None)


def held_last(begun: Iterable[SeatHolding], *, besides: Iterable[int]) -> dict[int, SeatHolding]:
    """By MP, the seat each of those who begin now held until the last Parliament was dissolved.

    `besides` are the keys of all that begins now. Whoever sat out a Parliament in between held none.
    """
    real = SeatHolding.objects.filter(mp__is_fictional=False).exclude(pk__in=list(besides))
    starts = sorted(set(real.order_by().values_list("started_on", flat=True)))
    dissolutions = list(Dissolution.objects.all())
    begins = {holding.mp_id: holding.started_on for holding in begun}
    ended = real.filter(mp__in=begins, ended_on__isnull=False).select_related("constituency")
    found = {}
    for holding in ended.order_by("started_on", "pk"):
        last_day = holding.ended_on or date.max
        is_dissolved = holding.ended_by == Ending.DISSOLUTION or dissolution_of(holding, dissolutions)
        counting = begins[holding.mp_id] - COUNTING
        if is_dissolved and not any(last_day < day < counting for day in starts):
            found[holding.mp_id] = holding
    return found
