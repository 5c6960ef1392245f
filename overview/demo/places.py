"""Where the demo's seats are: hexes, outlines, wards and postcodes, all invented. No postcode begins ZZ."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from random import Random

from contacts.models import (
    Constituency,
    PlaceFile,
    PlaceFileState,
    PlaceKind,
    PostcodeSeat,
    SeatBoundary,
    SeatHex,
    Ward,
)
from mpcrm.folding import fold

# Column and row (upwards), far from where any real map stands.
HEXES = {
    "Z14000001": (1001, 2),
    "Z14000002": (1002, 2),
    "Z14000003": (1001, 1),
    "Z14000004": (1003, 2),
    "Z14000005": (1001, 3),
    "Z14000006": (1002, 1),
    "Z14000007": (1002, 0),
    "Z14000008": (1000, 2),
    "Z14000009": (1003, 3),
}

# Corners that neighbours share, and the corners round each seat.
CORNERS = {
    "a": (0, 14),
    "b": (0, 36),
    "c": (14, 40),
    "d": (16, 18),
    "e": (22, 50),
    "f": (36, 51),
    "g": (34, 36),
    "h": (24, 32),
    "i": (25, 22),
    "j": (36, 22),
    "k": (48, 38),
    "l": (51, 19),
    "m": (55, 50),
    "n": (22, 8),
    "o": (8, 3),
    "p": (39, 9),
    "q": (26, -5),
    "r": (44, -3),
}
OUTLINES = {
    "Z14000001": "dihc",
    "Z14000002": "ijgh",
    "Z14000003": "aonid",
    "Z14000004": "jlkg",
    "Z14000005": "chgfe",
    "Z14000006": "nplji",
    "Z14000007": "nqrp",
    "Z14000008": "adcb",
    "Z14000009": "gkmf",
}
WEST, SOUTH, STEP_EAST, STEP_NORTH = -31_000, 523_000, 150, 110

WARDS = {
    "Z14000001": ("Castle", "Market", "St Oswin’s"),
    "Z14000002": ("Harrowdale", "Eastgate", "Priory"),
    "Z14000003": ("Wexmere Town", "Abbey"),
    "Z14000004": ("Aldermere", "Stokeholt"),
    "Z14000005": ("Saltby", "Harbour", "Cliffe"),
    "Z14000006": ("Tarn Bridge", "Abbey"),
    "Z14000007": ("Southfold",),
    "Z14000008": ("Bro Hafren", "Llanfaes Isaf"),
    "Z14000009": ("Ravensholme",),
}


def make_places(*, now: datetime) -> None:
    """Maps and look-ups of the demo's seats, which must be there."""
    seats = {seat.ons_code: seat for seat in Constituency.objects.current()}
    SeatHex.objects.bulk_create(SeatHex(constituency=seats[code], q=q, r=r) for code, (q, r) in HEXES.items())
    SeatBoundary.objects.bulk_create(boundary(seats[code], corners) for code, corners in OUTLINES.items())
    named = [(code, name) for code, names in WARDS.items() for name in names]
    halves = ("1AA", "1AB", "2AA")
    wards, postcodes = (
        PlaceFile.objects.create(
            kind=kind,
            state=PlaceFileState.APPLIED,
            file_name=f"{kind} of the demo",
            report={"rows": count, "new": count},
            created_at=now,
            applied_at=now,
        )
        for kind, count in (
            (PlaceKind.WARDS, len(named)),
            (PlaceKind.POSTCODES, len(HEXES) * len(halves)),
        )
    )
    councils = {seat.pk: seat.councils.first() for seat in seats.values()}
    Ward.objects.bulk_create(
        Ward(
            file=wards,
            code=f"Z05{number:06}",
            name=name,
            folded=fold(name),
            council=str(councils[seats[code].pk]),
            constituency=seats[code],
        )
        for number, (code, name) in enumerate(named, start=1)
    )
    PostcodeSeat.objects.bulk_create(
        PostcodeSeat(file=postcodes, postcode=f"ZZ{number}{half}", constituency=seats[code])
        for number, code in enumerate(HEXES, start=1)
        for half in halves
    )


def boundary(seat: Constituency, corners: str) -> SeatBoundary:
    """From corner to corner along borders that wander, the same from either side."""
    ring: list[int] = []
    for first, second in zip(corners, corners[1:] + corners[0], strict=True):
        border = wandering(min(first, second), max(first, second))
        ring += [number for point in (border if first < second else border[::-1])[:-1] for number in point]
    return SeatBoundary(
        constituency=seat,
        west=min(ring[0::2]),
        south=min(ring[1::2]),
        east=max(ring[0::2]),
        north=max(ring[1::2]),
        rings=[ring],
    )


def wandering(first: str, second: str) -> list[tuple[int, int]]:
    random = Random(f"{first}{second}")  # noqa: S311  the same border each time
    points: list[tuple[float, float]] = [CORNERS[first], CORNERS[second]]
    stray = 0.16
    for _ in range(4):
        longer: list[tuple[float, float]] = []
        for (x, y), (u, v) in pairwise(points):
            off = random.uniform(-stray, stray)
            longer += [(x, y), ((x + u) / 2 + (v - y) * off, (y + v) / 2 - (u - x) * off)]
        points = [*longer, points[-1]]
    return [(round(WEST + x * STEP_EAST), round(SOUTH + y * STEP_NORTH)) for x, y in points]
