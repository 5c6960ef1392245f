"""The 650 seats of the House of Commons since July 2024: which codes are valid, and how their names are
compared.

Codes are those of the ONS, "Westminster Parliamentary Constituencies (July 2024)".
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from accounts.models import Nation
from contacts.imports.reading import printable
from contacts.models import FICTIONAL_PREFIX

# Five Scottish seats kept their area and their code when the boundaries changed.
KEPT_SCOTTISH = (21, 27, 45, 48, 51)

VALID_CODES = frozenset(
    [f"E14{number:06}" for number in range(1063, 1606)]
    + [f"W07{number:06}" for number in range(81, 113)]
    + [f"S14{number:06}" for number in (*KEPT_SCOTTISH, *range(60, 112))]
    + [f"N05{number:06}" for number in range(1, 19)]
)
WHOLE = len(VALID_CODES)

# The day these seats were first contested.
SINCE = date(2024, 7, 4)

# The seats of 2010 to 2024; a list that carries these is a list of another Parliament.
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

LOOKS_LIKE_CODE = re.compile(rf"(E14|W07|S14|N05|N06|{FICTIONAL_PREFIX}\d\d)\d{{6}}")


def nation_of(code: str) -> Nation:
    """The nation that an ONS code lies in, from its first letter."""
    return NATION_OF[code[0]]


def started_on(code: str) -> date | None:
    """Since when a seat of today has its boundaries; None for the few that kept older ones."""
    return None if code in {f"S14{number:06}" for number in KEPT_SCOTTISH} else SINCE


def what_is_wrong_with(code: str) -> str:
    """Why this is not the code of a seat, in words; empty if it is one."""
    if code in VALID_CODES:
        return ""
    if code.startswith(FICTIONAL_PREFIX):
        return f"“{printable(code)}” is the code of a made-up seat; made-up seats are outside every import"
    if code in OLD_CODES:
        return f"“{code}” is the code of a seat of 2010 to 2024"
    return f"“{printable(code)}” is not the code of a seat of this Parliament"


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def fold(name: str) -> str:
    """A seat's name as compared: no case, accents, punctuation or "the"; "&" is "and"."""
    plain = without_accents(name).casefold().replace("&", " and ")
    words = re.sub(r"[^a-z0-9?]+", " ", plain.replace("'", "").replace("’", "")).split()
    return " ".join(word for word in words if word != "the")


def spellings(name: str) -> set[str]:
    """Every folded form in which a name may be meant: whole, or either half of "English / Welsh",
    "English | Welsh", two lines and "English (Welsh)", with and without "constituency"."""
    parts = [name, *re.split(r"\s*[/|\r\n]\s*|\s+[-–—]\s+|\s*\(|\)", name)]
    folded = {fold(re.sub(r"(?i)\b((county|borough|burgh)\s+)?constituency\b", " ", part)) for part in parts}
    return folded - {""}


def both_names(name: str, other: str) -> set[str]:
    """The folded forms of a seat's two names one after the other, however they are parted: by a comma, which
    stands in names too, or by a line break that is now a blank."""
    return {fold(f"{name} {other}"), fold(f"{other} {name}")}
