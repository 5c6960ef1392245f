"""What one authority has written down about an MP, and where its MPs stand: reading only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import Membership
from contacts.directory import our_mps
from contacts.lifelines import in_names_of
from contacts.models import (
    MP,
    BackgroundEntry,
    CampaignIssue,
    PersonalRelationship,
    Placement,
    PolicyArea,
    Position,
    Stance,
)


@dataclass(frozen=True)
class Correction:
    """Somebody put a position right: when, who, and what it said until then, as a line of its history."""

    at: datetime
    by: str
    was: Any


@dataclass(frozen=True)
class AreaPosition:
    """Where an MP stands on one policy area: what counts now (None: nothing) and what did before."""

    area: PolicyArea
    current: Position | None
    earlier: list[Position]

    @property
    def stance(self) -> Stance:
        return stance_of(self.current)


@dataclass(frozen=True)
class Background:
    entries: list[tuple[str, list[BackgroundEntry]]]  # by what they are about
    issues: list[CampaignIssue]
    positions: list[AreaPosition]
    placements: list[Placement]  # on the stakeholder map, the newest first, those withdrawn among them

    @property
    def recorded(self) -> list[AreaPosition]:
        return [each for each in self.positions if each.current]

    @property
    def open_areas(self) -> list[PolicyArea]:
        """Those on which nothing is recorded."""
        return [each.area for each in self.positions if not each.current]

    @property
    def placed(self) -> Placement | None:
        """The one that counts."""
        return next((each for each in self.placements if not each.is_withdrawn), None)


def background_of(mp: MP, *, membership: Membership) -> Background:
    """Everything on the page of an MP's background, in six queries. Positions know their `corrections`, the
    latest first.

    Of the areas, those in use and those that are not but on which something is recorded.
    """
    entries: dict[str, list[BackgroundEntry]] = defaultdict(list)
    for entry in BackgroundEntry.objects.visible_to(membership).about(mp):
        entries[entry.about].append(entry)
    stood: dict[int, list[Position]] = defaultdict(list)
    positions = list(Position.objects.visible_to(membership).about(mp))
    corrections = corrections_of(positions)
    for position in positions:
        position.corrections = corrections[position.pk]  # type: ignore[attr-defined]
        stood[position.area_id].append(position)
    areas = PolicyArea.objects.visible_to(membership)
    return Background(
        entries=[(about.label, entries[about]) for about in BackgroundEntry.About if entries[about]],
        issues=list(CampaignIssue.objects.visible_to(membership).about(mp)),
        positions=[
            AreaPosition(area, next(iter(stood[area.pk]), None), stood[area.pk][1:])
            for area in areas
            if area.is_active or stood[area.pk]
        ],
        placements=list(
            Placement.objects.visible_to(membership).about(mp).select_related("withdrawn_by__user")
        ),
    )


def corrections_of(positions: Iterable[Position]) -> dict[int, list[Correction]]:
    """What was put right of each, the latest first; in one query."""
    lines = Position.history.filter(id__in=[each.pk for each in positions]).select_related("history_user")
    found: dict[int, list[Correction]] = defaultdict(list)
    before: dict[int, Any] = {}
    for line in lines.order_by("history_date", "history_id"):
        if was := before.get(line.id):
            by = str(line.history_user) if line.history_user else "mpcrm itself"
            found[line.id].insert(0, Correction(line.history_date, by, was))
        before[line.id] = line
    return found


MOST_ISSUES = 3


@dataclass(frozen=True)
class Brief:
    """What is known of an MP, for a line each."""

    entries: int
    positions: list[Position]  # those known that count now, the latest first
    issues: list[CampaignIssue]  # the newest
    has_more_issues: bool
    known_to: list[PersonalRelationship]  # those that last
    placed: Placement | None  # on the stakeholder map


def background_in_brief(mp: MP, *, membership: Membership, on: date) -> Brief:
    """In five queries."""
    positions = Position.objects.visible_to(membership).current().exclude(stance=Stance.UNKNOWN)
    issues = list(CampaignIssue.objects.visible_to(membership).filter(mp=mp)[: MOST_ISSUES + 1])
    known_to = PersonalRelationship.objects.visible_to(membership).filter(mp=mp, ended=False)
    return Brief(
        entries=BackgroundEntry.objects.visible_to(membership).filter(mp=mp).count(),
        positions=list(positions.filter(mp=mp).select_related("area")),
        issues=issues[:MOST_ISSUES],
        has_more_issues=len(issues) > MOST_ISSUES,
        known_to=list(known_to.select_related("membership__user")),
        placed=Placement.objects.visible_to(membership).counting(on).filter(mp=mp).first(),
    )


@dataclass(frozen=True)
class AreaCount:
    """How many of the authority's MPs stand where on one area."""

    area: PolicyArea
    counts: list[int]  # in the order of `Stance`


def positions_by_area(*, membership: Membership, on: date | None = None) -> list[AreaCount]:
    """Every policy area, those in use first, with how many of our MPs stand where, or stood on the given day;
    in three queries."""
    ours = set(our_mps(membership.authority, on).values_list("pk", flat=True))
    stances: dict[int, Counter[str]] = defaultdict(Counter)
    current = Position.objects.visible_to(membership).current(on)
    for area_id, mp_id, stance in current.values_list("area", "mp", "stance"):
        if mp_id in ours:
            stances[area_id][stance] += 1
    counted = []
    for area in PolicyArea.objects.visible_to(membership).order_by("-is_active", "name", "pk"):
        known = stances[area.pk]
        known[Stance.UNKNOWN] = len(ours) - sum(known[each] for each in Stance if each != Stance.UNKNOWN)
        counted.append(AreaCount(area, [known[each] for each in Stance]))
    return counted


@dataclass(frozen=True)
class MPPosition:
    """One of our MPs, with what they said last (None: nothing is recorded)."""

    mp: MP
    current: Position | None

    @property
    def stance(self) -> Stance:
        return stance_of(self.current)


def positions_on(area: PolicyArea, *, membership: Membership, on: date | None = None) -> list[MPPosition]:
    """Where each of our MPs, by name, stands on this area, or stood on the given day, when they may have been
    called otherwise; in two queries, or three."""
    current = Position.objects.visible_to(membership).current(on).filter(area=area)
    by_mp = {each.mp_id: each for each in current.select_related("recorded_by__user")}
    mps = list(our_mps(membership.authority, on))
    if on:
        in_names_of(mps, on)
    return [MPPosition(mp, by_mp.get(mp.pk)) for mp in mps]


def stance_of(current: Position | None) -> Stance:
    return Stance(current.stance) if current else Stance.UNKNOWN
