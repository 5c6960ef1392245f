"""The codes of the seats of July 2024, with which an installation begins, and how seats’ names are compared.

Codes are those of the ONS, "Westminster Parliamentary Constituencies (July 2024)". Which seats there are on
another day is for `commons` to say.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

from accounts.models import Nation
from contacts.models import FICTIONAL_PREFIX

# Five Scottish seats kept their area and their code when the boundaries changed.
KEPT_SCOTTISH = (21, 27, 45, 48, 51)

CODES_OF_2024 = frozenset(
    [f"E14{number:06}" for number in range(1063, 1606)]
    + [f"W07{number:06}" for number in range(81, 113)]
    + [f"S14{number:06}" for number in (*KEPT_SCOTTISH, *range(60, 112))]
    + [f"N05{number:06}" for number in range(1, 19)]
)
# As many as the law sets (Parliamentary Constituencies Act 2020), boundary changes or not.
WHOLE = len(CODES_OF_2024)

# The day these seats were first contested: no holding that is kept here is older.
FIRST_POLL = date(2024, 7, 4)

# The seats of 2010 to 2024: a list that carries these is of another Parliament.
OLD_CODES = frozenset(
    [f"E14{number:06}" for number in range(530, 1063)]
    + [f"W07{number:06}" for number in range(41, 81)]
    + [f"S14{number:06}" for number in range(1, 60) if number not in KEPT_SCOTTISH]
    + [f"N06{number:06}" for number in range(1, 19)]
)

# Scottish seats first published with their old codes, then given new ones.
RECODED = {
    "S14000006": "S14000107",
    "S14000008": "S14000108",
    "S14000010": "S14000109",
    "S14000040": "S14000110",
    "S14000058": "S14000111",
}

NATION_OF = {
    "E": Nation.ENGLAND,
    "W": Nation.WALES,
    "S": Nation.SCOTLAND,
    "N": Nation.NORTHERN_IRELAND,
}

REAL_CODE = re.compile(r"(E14|W07|S14|N05|N06)\d{6}")
LOOKS_LIKE_CODE = re.compile(rf"{REAL_CODE.pattern}|{FICTIONAL_PREFIX}\d{{8}}")


def nation_of(code: str) -> Nation:
    """The nation that an ONS code lies in, from its first letter."""
    return NATION_OF[code[0]]


def started_on(code: str) -> date | None:
    """Since when a seat of 2024 has its boundaries; None for the few that kept older ones."""
    return None if code in {f"S14{number:06}" for number in KEPT_SCOTTISH} else FIRST_POLL


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def fold(name: str) -> str:
    """A seat's name as compared: no case, accents, punctuation or "the"; "&" is "and"."""
    plain = without_accents(name).casefold().replace("&", " and ")
    words = re.sub(r"[^a-z0-9?]+", " ", plain.replace("'", "").replace("’", "")).split()
    return " ".join(word for word in words if word != "the")


@lru_cache(maxsize=2048)  # every import asks for those of all seats
def spellings(name: str) -> frozenset[str]:
    """Every folded form in which a name may be meant: whole, or either half of "English / Welsh",
    "English | Welsh", two lines and "English (Welsh)", with and without "constituency"."""
    parts = [name, *re.split(r"\s*[/|\r\n]\s*|\s+[-–—]\s+|\s*\(|\)", name)]
    folded = {fold(re.sub(r"(?i)\b((county|borough|burgh)\s+)?constituency\b", " ", part)) for part in parts}
    return frozenset(folded - {""})


def both_names(name: str, other: str) -> set[str]:
    """The folded forms of a seat's two names one after the other, however they are parted: by a comma, which
    stands in names too, or by a line break that is now a blank."""
    return {fold(f"{name} {other}"), fold(f"{other} {name}")}
