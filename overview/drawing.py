"""Shapes of seats as SVG: where each stands in the picture, and its path. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt
from textwrap import wrap
from typing import NamedTuple

# A hex from its centre to a corner, and half its width; in the picture's own units.
CORNER = 60.0
HALF = CORNER * sqrt(3) / 2
MARGIN = 6.0
# A name is written within a hex in so many lines of so many letters; a longer word still has room.
LINES, LETTERS, LONGEST_WORD = 3, 14, 17

# The picture of outlines: its widest and highest, and how far beyond our seats it looks.
WIDEST, HIGHEST = 800.0, 900.0
BEYOND = 0.12


class Hex(NamedTuple):
    q: int
    r: int


class Outline(NamedTuple):
    """All numbers are ten-thousandths of a degree; rings are longitude, latitude, longitude, …"""

    west: int
    south: int
    east: int
    north: int
    rings: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Drawn:
    """A seat (by key) in the picture: its path, and where its label stands."""

    seat: int
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Picture:
    width: float
    height: float
    drawn: list[Drawn]

    def of(self, seats: Iterable[int]) -> list[Drawn]:
        wanted = set(seats)
        return [each for each in self.drawn if each.seat in wanted]


def lines_of(name: str) -> list[str]:
    """A seat's name in the lines that a hex has room for."""
    longest = max(map(len, name.split()), default=0)
    width = max(LETTERS, min(longest, LONGEST_WORD))
    return wrap(name, width, max_lines=LINES, placeholder=" …", break_long_words=True)


# --- Hexes ------------------------------------------------------------------------------


def around(ours: Iterable[Hex]) -> set[Hex]:
    """The hexes of these, and those beside them. In every odd row, hexes stand half a hex to the right."""
    found: set[Hex] = set()
    for q, r in ours:
        shift = r % 2
        beside = [(0, 0), (-1, 0), (1, 0)]
        beside += [(side + shift, row) for row in (-1, 1) for side in (-1, 0)]
        found |= {Hex(q + across, r + up) for across, up in beside}
    return found


def draw_hexes(hexes: dict[int, Hex]) -> Picture:
    """Rows run upwards, as in a hexjson file."""
    left = min(across(each) for each in hexes.values()) - HALF - MARGIN
    top = max(each.r for each in hexes.values())
    drawn, right = [], 0.0
    for seat, each in hexes.items():
        x, y = across(each) - left, (top - each.r) * CORNER * 1.5 + CORNER + MARGIN
        corners = [
            (x, y - CORNER),
            (x + HALF, y - CORNER / 2),
            (x + HALF, y + CORNER / 2),
            (x, y + CORNER),
            (x - HALF, y + CORNER / 2),
            (x - HALF, y - CORNER / 2),
        ]
        drawn.append(Drawn(seat, path_of([corners]), round(x, 1), round(y, 1)))
        right = max(right, x + HALF + MARGIN)
    lowest = max(each.y for each in drawn) + CORNER + MARGIN
    return Picture(round(right, 1), round(lowest, 1), drawn)


def across(each: Hex) -> float:
    return (each.q + (each.r % 2) / 2) * HALF * 2


# --- Outlines ---------------------------------------------------------------------------


class View(NamedTuple):
    """What the picture shows, in ten-thousandths of a degree."""

    west: float
    south: float
    east: float
    north: float


def view_of(outlines: Iterable[Outline]) -> View:
    """Our seats, and a little of what is beyond."""
    ours = list(outlines)
    west, south = min(each.west for each in ours), min(each.south for each in ours)
    east, north = max(each.east for each in ours), max(each.north for each in ours)
    wide, high = (east - west) * BEYOND, (north - south) * BEYOND
    return View(west - wide, south - high, east + wide, north + high)


def draw_outlines(outlines: dict[int, Outline], view: View) -> Picture:
    """As far north as this, a degree of longitude is shorter than one of latitude."""
    narrower = cos(radians((view.south + view.north) / 2 / 10_000))
    wide, high = (view.east - view.west) * narrower, view.north - view.south
    scale = min(WIDEST / wide, HIGHEST / high)

    def placed(ring: Sequence[int]) -> list[tuple[float, float]]:
        points = zip(ring[0::2], ring[1::2], strict=True)
        return [((x - view.west) * narrower * scale, (view.north - y) * scale) for x, y in points]

    drawn = []
    for seat, outline in outlines.items():
        rings = [placed(ring) for ring in outline.rings]
        x, y = middle_of(max(rings, key=lambda ring: abs(area_of(ring))))
        drawn.append(Drawn(seat, path_of(rings), round(x, 1), round(y, 1)))
    return Picture(round(wide * scale, 1), round(high * scale, 1), drawn)


Points = Sequence[tuple[float, float]]


def path_of(rings: Iterable[Points]) -> str:
    return " ".join("M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in ring) + "Z" for ring in rings)


def area_of(ring: Points) -> float:
    return sum(x * other_y - other_x * y for (x, y), (other_x, other_y) in sides_of(ring)) / 2


def middle_of(ring: Points) -> tuple[float, float]:
    """The centre of gravity; of a ring without area, the middle of its points."""
    area = area_of(ring)
    if abs(area) < 1e-6:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    sides = [(x, y, u, v, x * v - u * y) for (x, y), (u, v) in sides_of(ring)]
    return (
        sum((x + u) * cross for x, _, u, _, cross in sides) / (6 * area),
        sum((y + v) * cross for _, y, _, v, cross in sides) / (6 * area),
    )


def sides_of(ring: Points) -> Iterable[tuple[tuple[float, float], tuple[float, float]]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)
