"""The general election after a House was elected, made up as the files an admin would be given.

As large as that of July 2024: of 650 seats 335 have somebody new, who is made up; of the others all but one have
the same MP again. Ten seats are abolished for ten others, made from two at a time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.contacts.lists import ALL_CODES, ELECTION, VACANT, letters, rows_of, whole

Rows = list[dict[str, str]]

NEW_MPS = 335
# Of two abolished seats, the percentages of each that go into the first and the second of the two that follow.
# So each has one that is mostly its own, or most of both goes into the first.
APART, TOGETHER = ((80, 20), (20, 80)), ((60, 40), (70, 30))


@dataclass(frozen=True)
class House:
    """Who sits for which seat, and which councils each lies in, with the share of its people."""

    mps: Rows
    overlaps: Rows
    ours: tuple[str, ...]  # the councils of one authority, of 27 seats
    redrawn: tuple[str, ...]  # the councils whose first two seats the next election finds abolished
    unfilled: str  # the seat that has no MP yet after it


@dataclass(frozen=True)
class Election:
    """What the seats are from polling day on, what the new ones were made from and where they lie, and who won."""

    seats: Rows
    successions: Rows
    overlaps: Rows
    mps: Rows


def real_house(folder: Path) -> House:
    """That of July 2024, with the ten districts of Greater Manchester for one authority."""
    places = folder / "constituencies"
    codes = {
        row["UKPARL.2025"]: row["PCON24CD"] for row in rows_of(places / "ukparl2025_code_to_pcon24cd.csv")
    }
    names = json.loads((folder / "authorities" / "onspd_districts.json").read_text())
    return House(
        mps=[
            {
                "PCON24CD": row["pcon24cd"],
                "PCON24NM": row["constituency"],
                "Member ID": row["parliament_member_id"],
                "MP": row["display_name_2024_07_09"],
                "Party": row["party_members_api_2024_07_09"],
                "Start date": ELECTION,
            }
            for row in rows_of(folder / "mps" / "mps_elected_2024-07-04_joined.csv")
        ],
        overlaps=[
            overlap(
                codes[row["PARL25"]],
                (row["LAD23"], names[row["LAD23"]]),
                Decimal(row["overlap_pop"]) / (Decimal(row["original_pop"]) or 1),
            )
            for row in rows_of(places / "parl25_lad23_overlap_area_population.csv")
        ],
        ours=tuple(f"E08{number:06}" for number in range(1, 11)),
        redrawn=("E08000005", "E08000010", "E06000023", "E08000025", "E06000052"),
        unfilled="E14001585",
    )


def made_up_house() -> House:
    """Made-up MPs, and for nine seats after the other a council. Ours are three, so that at the next election as
    many of our seats are new, held, abolished as in the real House."""
    # Codes no council has, in the form that the import takes.
    councils = [(f"E069{number:05}", f"{letters(number)} Council") for number in range(73)]
    return House(
        mps=whole(ALL_CODES),
        overlaps=[overlap(code, councils[(at + 6) // 9], Decimal(1)) for at, code in enumerate(ALL_CODES)],
        ours=tuple(councils[number][0] for number in (36, 37, 38)),
        redrawn=tuple(councils[number][0] for number in (36, 37, 1, 2, 3)),
        unfilled=ALL_CODES[344],
    )


def overlap(seat: str, council: tuple[str, str], share: Decimal) -> dict[str, str]:
    return {"PCON24CD": seat, "LAD24CD": council[0], "LAD24NM": council[1], "Share": f"{share:.4f}"}


def next_election(house: House, poll: date) -> Election:
    before = sorted(house.mps, key=lambda row: row["PCON24CD"])
    names = {row["PCON24CD"]: row["PCON24NM"] for row in before}
    follows: dict[str, str] = {}
    successions: Rows = []
    for number, council in enumerate(house.redrawn):
        lies_in = sorted(row["PCON24CD"] for row in house.overlaps if row["LAD24CD"] == council)
        pair = {old: f"E14{1701 + 2 * number + at:06}" for at, old in enumerate(lies_in[:2])}
        follows |= pair
        successions += successions_of(pair, names, TOGETHER if number % 2 else APART)
    others = [code for code in names if code not in follows]
    has_new = {*follows, *others[: NEW_MPS - len(follows)]}
    mps = []
    for number, row in enumerate(before):
        code = row["PCON24CD"]
        after = {**row, "Start date": poll.isoformat()}
        if code in has_new:
            after |= {"Member ID": str(7000 + number), "MP": f"Ada {letters(number)}ova"}
        if code in follows:
            after |= {"PCON24CD": follows[code], "PCON24NM": new_name(follows[code])}
        mps.append(after | VACANT if code == house.unfilled else after)
    return Election(
        seats=[{key: row[key] for key in ("PCON24CD", "PCON24NM")} for row in mps],
        successions=successions,
        overlaps=overlaps_of_new(successions, house.overlaps),
        mps=mps,
    )


def new_name(code: str) -> str:
    return f"Made-up Vale {code}"


def successions_of(pair: dict[str, str], names: dict[str, str], shares: tuple[tuple[int, int], ...]) -> Rows:
    """Which part of each old seat went into which new one; the old ones have as many people each."""
    whole_of_new = [sum(column) for column in zip(*shares, strict=True)]
    return [
        {
            "Old code": old,
            "Old name": names[old],
            "New code": new,
            "New name": new_name(new),
            "Share of old": f"{Decimal(share) / 100:.4f}",
            "Share of new": f"{Decimal(share) / total:.4f}",
        }
        for old, of_old in zip(pair, shares, strict=True)
        for new, share, total in zip(pair.values(), of_old, whole_of_new, strict=True)
    ]


def overlaps_of_new(successions: Rows, overlaps: Rows) -> Rows:
    """Each new seat lies where those it was made from did."""
    lies_in: dict[tuple[str, tuple[str, str]], Decimal] = {}
    for part in successions:
        for row in overlaps:
            if row["PCON24CD"] == part["Old code"]:
                key = part["New code"], (row["LAD24CD"], row["LAD24NM"])
                share = Decimal(part["Share of new"]) * Decimal(row["Share"])
                lies_in[key] = lies_in.get(key, Decimal()) + share
    return [overlap(new, council, share) for (new, council), share in lies_in.items()]
