"""What each seat's MP is coloured by on the map: relationship, contact cadence, open enquiries or party.

Each colouring asks only what the person may see. A colour goes with a pattern and words, never alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from accounts.models import Membership
from contacts.directory import with_relationship_owner
from contacts.models import READERS, sat_for
from engagements.models import CadenceRAG, relationships
from enquiries.models import Enquiry, EnquiryQuerySet

# What is drawn over the colour, in a square of ten by ten; the stylesheet has the colours.
PATTERNS = {
    "good": "",
    "due": "M-2,12 12,-2",
    "bad": "M-2,12 12,-2M-2,-2 12,12",
    "none": "M5,3.500a1.500,1.500 0 1 0 .01 0Z",
    "level0": "",
    "level1": "M5,4a1,1 0 1 0 .01 0Z",
    "level2": "M0,5H10",
    "level3": "M0,5H10M5,0V10",
    "party0": "",
    "party1": "M-2,12 12,-2",
    "party2": "M0,5H10",
    "party3": "M5,4a1,1 0 1 0 .01 0Z",
    "party4": "M5,0V10",
    "party5": "M-2,12 12,-2M-2,-2 12,12",
    "other": "M0,5H10M5,0V10",
    "vacant": "M-2,-2 12,12",
}


@dataclass(frozen=True)
class Band:
    """One entry of the legend: its look (see PATTERNS) and its words."""

    look: str
    label: str

    @property
    def pattern(self) -> str:
        return PATTERNS[self.look]


VACANT = Band("vacant", "Vacant")
DISSOLVED = Band("vacant", "No MP: Parliament is dissolved")
WAS_DISSOLVED = Band("vacant", "No MP: Parliament was dissolved")
# By MP (key).
Bands = dict[int, Band]


def by_cadence(membership: Membership, mps: Sequence[int], on: date) -> tuple[list[Band], Bands]:
    looks = {"green": "good", "amber": "due", "red": "bad", "never": "none"}
    bands = {rag.value: Band(looks[rag.value], str(rag.label)) for rag in CadenceRAG}
    found = relationships(membership.authority, on).filter(pk__in=mps)
    cadences = found.values_list("pk", "cadence")  # type: ignore[misc]  # annotated
    return list(bands.values()), {mp: bands[rag] for mp, rag in cadences}


def by_relationship(membership: Membership, mps: Sequence[int], on: date) -> tuple[list[Band], Bands]:
    agreed, waiting = Band("good", "Plan agreed"), Band("due", "Plan not agreed yet")
    unplanned, unowned = Band("bad", "No plan"), Band("none", "No relationship owner")
    of_mp: Bands = {}
    found = relationships(membership.authority, on).filter(pk__in=mps)
    for mp in with_relationship_owner(found, membership=membership, on=on):
        if not mp.owners:  # type: ignore[attr-defined]  # prefetched
            of_mp[mp.pk] = unowned
        elif mp.plan_id is None:  # type: ignore[attr-defined]  # annotated
            of_mp[mp.pk] = unplanned
        else:
            of_mp[mp.pk] = waiting if mp.agreed_on is None else agreed  # type: ignore[attr-defined]
    return [agreed, waiting, unplanned, unowned], of_mp


# Open enquiries from so many on.
LEVELS = ((0, "None open"), (1, "1 to 4 open"), (5, "5 to 9 open"), (10, "10 or more open"))


def by_enquiries(membership: Membership, mps: Sequence[int], on: date) -> tuple[list[Band], Bands]:
    bands = [Band(f"level{number}", label) for number, (_, label) in enumerate(LEVELS)]
    counted = _open_to(membership).filter(mp__in=mps)
    counts = dict(counted.values_list("mp").annotate(open=Count("*")))
    levels = {mp: max(n for n, (least, _) in enumerate(LEVELS) if counts.get(mp, 0) >= least) for mp in mps}
    return bands, {mp: bands[level] for mp, level in levels.items()}


def _open_to(membership: Membership) -> EnquiryQuerySet:
    return Enquiry.objects.visible_to(membership).open().order_by()


def left_open(membership: Membership, vacant: Sequence[int], mps: Sequence[int]) -> dict[int, int]:
    """How many open enquiries stand from each vacant seat (key), of those that none of these MPs asks."""
    left = _open_to(membership).filter(constituency__in=vacant).exclude(mp__in=mps)
    return dict(left.values_list("constituency").annotate(open=Count("*"))) if vacant else {}


MOST_PARTIES = 6


def by_party(
    membership: Membership, mps: Sequence[int], on: date, *, as_at: date | None = None
) -> tuple[list[Band], Bands]:
    """The parties of most of these MPs first, today or on the day `as_at`; any beyond the sixth look alike,
    and have their names."""
    spells = sat_for(as_at).filter(mp__in=mps).select_related("party")
    party_of = {spell.mp_id: spell.party.name for spell in spells}
    names = [party_of.get(mp, "Party not known") for mp in mps]
    ranked = sorted(set(names), key=lambda name: (-names.count(name), name))
    bands = {
        name: Band(f"party{number}" if number < MOST_PARTIES else "other", name)
        for number, name in enumerate(ranked)
    }
    return list(bands.values()), {mp: bands[name] for mp, name in zip(mps, names, strict=True)}


@dataclass(frozen=True)
class Colouring:
    name: str
    label: str
    bands_of: Callable[[Membership, Sequence[int], date], tuple[list[Band], Bands]]
    may_see: Callable[[Membership], bool]


PARTY = Colouring("party", "Party", by_party, lambda membership: True)
COLOURINGS = (
    Colouring("cadence", "Contact cadence", by_cadence, lambda membership: membership.role in READERS),
    Colouring("relationship", "Relationship", by_relationship, lambda membership: membership.role in READERS),
    Colouring("enquiries", "Open enquiries", by_enquiries, lambda membership: membership.sees_enquiries),
    PARTY,
)


def colourings_for(membership: Membership) -> list[Colouring]:
    return [each for each in COLOURINGS if each.may_see(membership)]
