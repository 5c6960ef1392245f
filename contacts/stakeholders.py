"""The stakeholder map: an authority's MPs by influence and support, as at any day, drawn as a grid."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from accounts.models import Membership
from contacts.directory import our_mps
from contacts.lifelines import in_names_of
from contacts.models import MP, Influence, Placement, Support

# Where things stand in the drawing, in its own units: the grid begins right of the words for influence.
LEFT, CELL_WIDTH, LINE, PADDING = 100, 230, 26, 10
LINES_AT_LEAST = 3
LONGEST_NAME = 27  # what a line of a cell holds


@dataclass(frozen=True)
class Placed:
    """One of our MPs with the placement that counts."""

    mp: MP
    placement: Placement


@dataclass(frozen=True)
class Name:
    placed: Placed
    x: int
    y: int

    @property
    def short(self) -> str:
        name = self.placed.mp.name
        return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


@dataclass(frozen=True)
class Cell:
    x: int
    y: int
    height: int
    names: list[Name]


@dataclass(frozen=True)
class Row:
    """One degree of influence, as high as the fullest of its cells needs, so that no name lies on another."""

    influence: Influence
    y: int
    height: int
    cells: list[Cell]

    @property
    def middle(self) -> int:
        return self.y + self.height // 2


@dataclass(frozen=True)
class StakeholderMap:
    placed: list[Placed]
    unplaced: list[MP]
    rows: list[Row] = field(default_factory=list)

    left = LEFT
    cell_width = CELL_WIDTH
    name_width = CELL_WIDTH - 2 * PADDING

    @property
    def columns(self) -> list[tuple[Support, int]]:
        """Each degree of support with the middle of its column."""
        return [(support, _column(number) + CELL_WIDTH // 2) for number, support in enumerate(Support)]

    @property
    def width(self) -> int:
        return _column(len(Support))

    @property
    def bottom(self) -> int:
        return self.rows[-1].y + self.rows[-1].height

    @property
    def height(self) -> int:
        """With two lines of words below the grid."""
        return self.bottom + 2 * LINE + PADDING

    @property
    def middle(self) -> int:
        return (LEFT + self.width) // 2


def stakeholder_map(*, membership: Membership, on: date, is_past: bool = False) -> StakeholderMap:
    """Our MPs (in the past: of that day, called as they were), by name, and where the newest placement until
    then puts them; in two queries, or three."""
    counting = Placement.objects.visible_to(membership).counting(on).select_related("recorded_by__user")
    by_mp = {placement.mp_id: placement for placement in counting}
    mps = list(our_mps(membership.authority, on if is_past else None))
    if is_past:
        in_names_of(mps, on)
    placed = [Placed(mp, by_mp[mp.pk]) for mp in mps if mp.pk in by_mp]
    return StakeholderMap(placed, [mp for mp in mps if mp.pk not in by_mp], _drawn(placed))


def _drawn(placed: list[Placed]) -> list[Row]:
    """The rows of the grid, the highest influence first."""
    rows: list[Row] = []
    y = 0
    for influence in reversed(Influence):
        beside = [each for each in placed if each.placement.influence == influence]
        by_support = [[each for each in beside if each.placement.support == support] for support in Support]
        height = max(LINES_AT_LEAST, *map(len, by_support)) * LINE + 2 * PADDING
        cells = []
        for number, those in enumerate(by_support):
            x = _column(number)
            names = [Name(each, x + PADDING, y + PADDING + line * LINE) for line, each in enumerate(those)]
            cells.append(Cell(x, y, height, names))
        rows.append(Row(influence, y, height, cells))
        y += height
    return rows


def _column(number: int) -> int:
    return LEFT + number * CELL_WIDTH
