"""Cells that name nobody: those that say a seat is vacant, and those that only stand where a name would.

Only the word itself ends a holding. "TBC" or "By-election pending" may mean a vacancy or a list that is not
finished, so a row with it is refused, and whoever keeps the list is asked to write which.
"""

from __future__ import annotations

import re

# What a cell holds that holds nothing.
NOTHING = frozenset(
    {
        "",
        "z",
        "n/a",
        "na",
        "#n/a",
        "null",
        "none",
        "nan",
        "nil",
        "-",
        "–",
        "—",
        ".",
        "?",
        "not applicable",
        "unknown",
    }
)

VACANT = re.compile(r"(?<![^\W_])vacan(t|cy)(?![^\W_])", re.IGNORECASE)
NOT_VACANT = re.compile(
    r"\b(no|not|never|no longer|formerly|previously|was)\s+(an?\s+)?vacan(t|cy)\b", re.IGNORECASE
)

# Words that stand in nobody's name.
INSTEAD_OF_A_NAME = re.compile(
    r"""\b(
        by[\s-]?elections? | t\.?b\.?[acd] | pending | await(s|ed|ing) | unfilled | vacated
      | died | deceased | resigned | disqualified | unseated | recalled | dissolution
      | (to\s+be|not\s+yet|yet\s+to\s+be)\s+
        ((re-?)?elected|confirmed|announced|appointed|determined|decided|declared|filled|chosen|selected|known)
      | no\s+((current|sitting|serving)\s+)?(mp|member|name|one)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Words that may stand in somebody's name, but make none by themselves.
NOT_ALONE = (
    "a applicable at available candidate constituency current currently dead due elected election "
    "empty for former gwag in is known late madam member mp mps mr n na name nan nil no nobody "
    "none not null of parliament present result seat sedd sitting speaker the there unknown "
    "vacant wag winner yet yn"
)
NO_NAME_ALONE = frozenset(NOT_ALONE.split())


def says_vacant(text: str) -> bool:
    """Whether a cell says that the seat is vacant, whatever else it says: "VACANT (by-election pending)"."""
    return bool(VACANT.search(text)) and not NOT_VACANT.search(text)


def names_nobody(text: str) -> bool:
    """Whether a cell stands where a name would and is none: "TBC", "No MP", "Member deceased", "--"."""
    if INSTEAD_OF_A_NAME.search(text) or NOT_VACANT.search(text):
        return True
    words = re.findall(r"[^\W\d_]+", text.casefold())
    if not words:
        return not any(c.isdigit() and c != "0" for c in text)
    return NO_NAME_ALONE.issuperset(words)
