"""Maps of the seats: hex positions (hexjson) and outlines (GeoJSON). Pure: no database, no clock.

A file comes from anywhere, so that nothing in it is believed before it is measured: its size, how deep it is
nested, that numbers are numbers and places lie in the United Kingdom.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, NoReturn

from contacts.imports import seats
from contacts.imports.commons import OF_2024, Commons
from contacts.imports.reading import MAX_BYTES, ListRefused, printable

MAX_SHAPES = 2_000
MAX_POINTS = 400_000
MAX_KEPT_POINTS = 60_000
FARTHEST_HEX = 2_000
# Around the United Kingdom, Shetland and Rockall's waters included, in degrees.
WEST, SOUTH, EAST, NORTH = -14.0, 49.0, 3.0, 62.0
PER_DEGREE = 10_000
# An outline may stray so far from the truth, in ten-thousandths of a degree: 60 to 90 metres.
TOLERANCE = 8

Ring = list[int]


@dataclass
class Shapes:
    """The shapes of a file by the code of their seat, as they are kept, and what cannot be taken."""

    rows: int
    commons: Commons
    shapes: dict[str, Any] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "shapes": self.shapes, "refused": self.refused}


class ShapeRefused(Exception):
    """One shape cannot be taken; the text says why."""


def read_hexes(content: bytes, commons: Commons = OF_2024) -> Shapes:
    """Column and row of each seat in a hexjson file. Raises ListRefused."""
    data = read_object(content)
    hexes = data.get("hexes")
    if not isinstance(hexes, dict) or not hexes:
        raise ListRefused("The file has no hexes: it does not seem to be a hex map (hexjson).")
    if data.get("layout") != "odd-r":
        raise ListRefused(
            f"The layout of the hexes is “{printable(str(data.get('layout')))}”. mpcrm draws “odd-r”."
        )
    refuse_many(len(hexes))
    found = Shapes(rows=len(hexes), commons=commons)
    taken: dict[tuple[int, int], str] = {}
    for row, (code, each) in enumerate(hexes.items(), start=1):
        try:
            seat = seat_code(code, found)
            at = position_of(each)
            if at in taken:
                raise ShapeRefused(f"{seat} stands where {taken[at]} does")
        except ShapeRefused as wrong:
            found.refused.append({"row": row, "reason": str(wrong)})
            continue
        taken[at] = seat
        found.shapes[seat] = list(at)
    return found


def position_of(each: Any) -> tuple[int, int]:
    given = (each.get("q"), each.get("r")) if isinstance(each, dict) else (None, None)
    at = tuple(number for number in given if type(number) is int and abs(number) <= FARTHEST_HEX)
    if len(at) != 2:
        raise ShapeRefused(f"q and r must be whole numbers of at most {FARTHEST_HEX:,}")
    return at


def read_boundaries(content: bytes, commons: Commons = OF_2024) -> Shapes:
    """The outline of each seat in a GeoJSON file, simplified, its numbers made whole. Raises ListRefused."""
    data = read_object(content)
    features = data.get("features")
    if data.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise ListRefused("The file is no GeoJSON collection of features: it does not seem to be a map.")
    if not features:
        raise ListRefused("The map is empty: it has no features.")
    refuse_many(len(features))
    refuse_other_grids(data.get("crs"))
    found, points = Shapes(rows=len(features), commons=commons), 0
    for row, feature in enumerate(features, start=1):
        try:
            code = seat_code(code_in(feature), found)
            rings = list(rings_of(feature.get("geometry")))
            points += sum(map(len, rings))
            if points > MAX_POINTS:
                raise ListRefused(
                    f"The map is huge: its outlines have more than {MAX_POINTS:,} points. {SMALLER}"
                )
            kept = [ring for each in rings if (ring := simplified(each))]
            if not kept:
                raise ShapeRefused(f"the outline of {code} is too small to be drawn")
        except ShapeRefused as wrong:
            found.refused.append({"row": row, "reason": str(wrong)})
            continue
        found.shapes[code] = kept
    if sum(len(ring) // 2 for rings in found.shapes.values() for ring in rings) > MAX_KEPT_POINTS:
        raise ListRefused(f"The map is huge, even when simplified. {SMALLER}")
    return found


SMALLER = "Take the smallest the Office for National Statistics has: “ultra generalised” (BUC)."


def read_object(content: bytes) -> dict[str, Any]:
    """The one JSON object of a file. Raises ListRefused."""
    if len(content) > MAX_BYTES:
        raise ListRefused(
            f"The file is {len(content) / 1024 / 1024:,.1f} MB, and may be {MAX_BYTES // 1024 // 1024} MB. "
            f"{SMALLER}"
        )
    try:
        data = json.loads(content.decode("utf-8-sig"), parse_constant=not_a_number)
    except UnicodeDecodeError as error:
        raise ListRefused("The file is not text in UTF-8.") from error
    except RecursionError as error:
        raise ListRefused("The file is nested too deep to be a map.") from error
    except ValueError as error:
        raise ListRefused("The file is damaged: it is not valid JSON.") from error
    if not isinstance(data, dict):
        raise ListRefused("The file holds no JSON object: it does not seem to be a map.")
    return data


def not_a_number(constant: str) -> NoReturn:
    raise ListRefused(f"The file is damaged: {constant} is no number.")


def refuse_many(count: int) -> None:
    if count > MAX_SHAPES:
        raise ListRefused(f"The map is huge: it has {count:,} shapes, and there are 650 seats.", rows=count)


def refuse_other_grids(crs: Any) -> None:
    """GeoJSON is in WGS 84; older files may name something else."""
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not name.endswith(("CRS84", ":4326")):
        raise ListRefused(f"The map is drawn on another grid ({printable(str(name))}). {NOT_WGS}")


NOT_WGS = "It must be in longitude and latitude (WGS 84, EPSG 4326), not in the British National Grid."


def code_in(feature: Any) -> str:
    """The code of the seat among a feature's properties."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    texts = (
        [text for text in properties.values() if isinstance(text, str)]
        if isinstance(properties, dict)
        else []
    )
    code = next((text for text in texts if seats.LOOKS_LIKE_CODE.fullmatch(text)), None)
    if code is None:
        raise ShapeRefused("no property holds the code of a seat")
    return code


def seat_code(given: str, found: Shapes) -> str:
    """A valid code that has no shape yet. Raises ShapeRefused."""
    code = seats.RECODED.get(given, given)
    if wrong := found.commons.what_is_wrong_with(code):
        raise ShapeRefused(wrong)
    if code in found.shapes:
        raise ShapeRefused(f"{code} is in the file twice")
    return code


def rings_of(geometry: Any) -> Iterator[list[tuple[int, int]]]:
    """Each ring of a polygon or several, its points made whole numbers."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise ShapeRefused("it is no area: its geometry is neither Polygon nor MultiPolygon")
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    for polygon in a_list(polygons):
        for ring in a_list(polygon):
            yield [point_of(each) for each in a_list(ring)]


def a_list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ShapeRefused("its coordinates are not lists of points")
    return value


def point_of(given: Any) -> tuple[int, int]:
    numbers = given[:2] if isinstance(given, list) else []
    if len(numbers) != 2 or not all(type(number) in (int, float) for number in numbers):
        raise ShapeRefused("a point is not two numbers")
    longitude, latitude = numbers
    if not (is_within(longitude, WEST, EAST) and is_within(latitude, SOUTH, NORTH)):
        said = printable(f"{longitude}, {latitude}")
        raise ListRefused(f"A point lies outside the United Kingdom ({said}). {NOT_WGS}")
    return round(longitude * PER_DEGREE), round(latitude * PER_DEGREE)


def is_within(number: float, least: float, most: float) -> bool:
    return (isinstance(number, int) or isfinite(number)) and least <= number <= most


def simplified(points: list[tuple[int, int]]) -> Ring | None:
    """The ring without points that hardly matter (Douglas and Peucker), flat; None if no area is left."""
    ring = [point for place, point in enumerate(points) if place == 0 or point != points[place - 1]]
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    if len(ring) < 3:
        return None
    # Two points far from each other are kept, and between them whatever strays too far from a straight line.
    far = max(range(len(ring)), key=lambda place: distance(ring[0], ring[place]))
    ring.append(ring[0])
    kept = {0, far, len(ring) - 1}
    spans = [(0, far), (far, len(ring) - 1)]
    while spans:
        first, last = spans.pop()
        between = range(first + 1, last)
        if not between:
            continue
        farthest = max(between, key=lambda place: off_line(ring[place], ring[first], ring[last]))
        if off_line(ring[farthest], ring[first], ring[last]) > TOLERANCE**2:
            kept.add(farthest)
            spans += [(first, farthest), (farthest, last)]
    if len(kept) < 4:
        return None
    return [number for place in sorted(kept)[:-1] for number in ring[place]]


def distance(one: tuple[int, int], other: tuple[int, int]) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def off_line(point: tuple[int, int], start: tuple[int, int], end: tuple[int, int]) -> float:
    """The square of the distance from a point to the line between two."""
    length = distance(start, end)
    if not length:
        return distance(point, start)
    across = (end[0] - start[0]) * (start[1] - point[1]) - (start[0] - point[0]) * (end[1] - start[1])
    return across**2 / length
