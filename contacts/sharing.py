"""Which councils share a seat, and so its MP: those recorded, and the counties and combined authorities they
are part of. Reading only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Authority
from contacts.models import Council, SeatOverlap


@dataclass(frozen=True)
class CouncilShare:
    """A council, and per cent of a seat's people and area in the council's area; None where unknown."""

    council: Council
    share: Decimal | None
    area_share: Decimal | None


@dataclass(frozen=True)
class Shared:
    """A seat as one authority shares it: its own part (None: it has none), and the others'."""

    own: CouncilShare | None
    others: list[CouncilShare]

    @classmethod
    def by(cls, authority: Authority, councils: list[CouncilShare]) -> Shared:
        own = next((each for each in councils if each.council.ons_code == authority.ons_code), None)
        return cls(own, [each for each in councils if each is not own])


def councils_sharing(seats: Iterable[int]) -> dict[int, list[CouncilShare]]:
    """For each of these seats (by key), its councils of every tier, largest share first; in two queries.

    What is recorded of a council stands. A county or combined authority of which nothing is recorded has the
    sum over its parts, unknown if that of one part is.
    """
    recorded: dict[int, dict[int, SeatOverlap]] = defaultdict(dict)
    overlaps = SeatOverlap.objects.filter(constituency__in=seats).select_related("council")
    for overlap in overlaps.prefetch_related("council__wholes"):
        recorded[overlap.constituency_id][overlap.council_id] = overlap
    return {seat: sorted(_councils_of(of_seat), key=_largest_first) for seat, of_seat in recorded.items()}


def _councils_of(recorded: dict[int, SeatOverlap]) -> Iterator[CouncilShare]:
    parts: dict[Council, list[SeatOverlap]] = defaultdict(list)
    for overlap in recorded.values():
        yield CouncilShare(overlap.council, overlap.share, overlap.area_share)
        wholes = overlap.council.wholes.all()
        # A district recorded beside its county would count twice in what both are part of.
        counted = {
            above
            for whole in wholes
            if whole.pk in recorded
            for above in recorded[whole.pk].council.wholes.all()
        }
        for whole in wholes:
            if whole.pk not in recorded and whole not in counted:
                parts[whole].append(overlap)
    for whole, of_whole in parts.items():
        people, area = [each.share for each in of_whole], [each.area_share for each in of_whole]
        yield CouncilShare(whole, _total(people), _total(area))


def _total(shares: list[Decimal | None]) -> Decimal | None:
    known = [share for share in shares if share is not None]
    return min(Decimal(100), sum(known, Decimal(0))) if len(known) == len(shares) else None


def _largest_first(each: CouncilShare) -> tuple[bool, Decimal, str, int]:
    return (each.share is None, -(each.share or Decimal(0)), each.council.name, each.council.pk)
