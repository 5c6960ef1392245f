"""Which seat and MP a postcode or a ward belongs to, as the look-ups in force say. Reading only."""

from __future__ import annotations

from dataclasses import dataclass, field

from contacts.models import MP, Constituency, PlaceFile, PlaceKind, PostcodeSeat, Ward, holders
from mpcrm.folding import fold
from mpcrm.postcodes import is_postcode, spaced, squashed

MOST = 20


@dataclass(frozen=True)
class Found:
    """A place with its seat, and its MP (in a dissolution: until it; None: vacant)."""

    place: str
    council: str
    constituency: Constituency
    mp: MP | None


@dataclass(frozen=True)
class Answer:
    """What the look-up says; `file` is None while none of that kind is loaded."""

    is_postcode: bool
    place: str
    file: PlaceFile | None
    found: list[Found] = field(default_factory=list)
    has_more: bool = False


def find_seats(text: str) -> Answer:
    """The seat of a whole postcode, or the seats of every ward of that name; in at most four queries."""
    by_postcode = is_postcode(text)
    place = spaced(squashed(text)) if by_postcode else " ".join(text.split())
    kind = PlaceKind.POSTCODES if by_postcode else PlaceKind.WARDS
    file = PlaceFile.objects.applied(kind).defer("content", "report").first()
    if file is None:
        return Answer(by_postcode, place, None)
    if by_postcode:
        postcodes = PostcodeSeat.objects.of_today().filter(file=file, postcode=squashed(text))
        rows = [(place, "", each.constituency) for each in postcodes.select_related("constituency")]
    else:
        rows = [(each.name, each.council, each.constituency) for each in _wards(file, fold(text))]
    holdings = holders(None).filter(constituency__in=[seat.pk for *_, seat in rows])
    mps = {holding.constituency_id: holding.mp for holding in holdings.select_related("mp")}
    found = [Found(name, council, seat, mps.get(seat.pk)) for name, council, seat in rows[:MOST]]
    return Answer(by_postcode, place, file, found, has_more=len(rows) > MOST)


def _wards(file: PlaceFile, folded: str) -> list[Ward]:
    """Wards of this name, or else those whose name begins so."""
    wards = (
        Ward.objects.of_today().filter(file=file).select_related("constituency")
        if folded
        else Ward.objects.none()
    )
    exact = list(wards.filter(folded=folded)[: MOST + 1])
    return exact or list(wards.filter(folded__startswith=folded)[: MOST + 1])
