"""How holdings and parties begin and end, and statuses of MPs, in the words of sources.

What no rule here knows reads as nothing: a reason is never guessed from a word that is not about it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from contacts.models import Beginning, Ending, PartyChange

# The status of an MP whose membership is simply in force.
CURRENT = "current"
IN_FORCE = frozenset({"current", "current member", "current mp", "active", "sitting", "sitting mp"})

# The Members API numbers reasons. Of its numbers only this one was seen recorded: memberships that ended with
# a Parliament.
PARLIAMENT_ENDED = 7

BEGINNINGS = {
    r"general election.*": Beginning.GENERAL_ELECTION,
    r"(elected at )?(a )?by election.*": Beginning.BY_ELECTION,
}
ENDINGS = {
    r"dissol.*|(end|dissolution) of parliament": Ending.DISSOLUTION,
    r"resign.*|chiltern hundreds.*|manor of northstead.*": Ending.RESIGNATION,
    r"die[ds]?|death|deceased": Ending.DEATH,
    r"recall.*": Ending.RECALL,
    r"disqualif.*|declared void|bankrupt.*|becoming peer|became peer": Ending.DISQUALIFICATION,
    r"general election.*|defeat.*|(stood|standing) down|not (standing|re elected).*": Ending.GENERAL_ELECTION,
}
PARTY_CHANGES = {
    r"(lost |party )?whip (removed|withdrawn|suspended|lost)": PartyChange.WHIP_REMOVED,
    r"(party )?whip restored": PartyChange.WHIP_RESTORED,
    r"chang(ed|ing) party|party change|defect(ed|ion)": PartyChange.CHANGED,
}


def beginning(words: str) -> str:
    return found(words, BEGINNINGS)


def ending(words: str) -> str:
    return found(words, ENDINGS)


def party_change(words: str) -> str:
    return found(words, PARTY_CHANGES)


def found(words: str, meanings: Mapping[str, str]) -> str:
    plain = re.sub(r"[^a-z]+", " ", words.casefold()).strip()
    return next((str(meaning) for pattern, meaning in meanings.items() if re.fullmatch(pattern, plain)), "")


def status(words: str, *, is_active: str) -> str:
    """CURRENT, or the status in the source's words; empty where it says nothing that is understood."""
    plain = words.casefold().strip()
    if plain in IN_FORCE:
        return CURRENT
    if "suspend" in plain or is_active.casefold() in ("false", "no", "0"):
        return words[:100] or "Not active"
    return ""
