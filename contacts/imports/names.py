"""Names of MPs: as Parliament displays them, how two are compared, and how they sort.

Parliament's display name keeps a title ("Ms Diane Abbott", "Sir Keir Starmer") but neither "Rt Hon" nor
letters after the name. A list that never writes titles, or never writes accents, says nothing about them.
"""

from __future__ import annotations

import re

from contacts.imports.reading import printable
from contacts.imports.seats import without_accents

TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "sir",
        "dame",
        "lord",
        "lady",
        "baroness",
        "rev",
        "reverend",
        "revd",
        "prof",
        "professor",
        "captain",
        "colonel",
    ]
)
# "Rt Hon" goes before a title, letters and "MP" after the name; Parliament's display name has neither.
BEFORE = re.compile(r"^(the\s+)?((rt|right)\.?\s+hon(ourable|\.)?|hon\.?|honourable)\s+", re.IGNORECASE)
AFTER = re.compile(
    r"[\s,]+(MP|MSP|KC|QC|PC|CBE|OBE|MBE|GBE|DBE|KBE|KCB|CB|KCMG|CMG|VR|TD|JP|DL|FRS|FRSA|GCVO|CH|BEM)\.?$"
)
PARTICLES = frozenset(
    ["van", "von", "de", "del", "della", "der", "den", "di", "da", "du", "la", "le", "st", "mac", "ap", "ab"]
)
NOT_IN_A_NAME = re.compile(
    r"[0-9<>=@\\{}\[\]|_^~*+%$£#\"�\x00-\x1f\x7f]|[ÃÂÅ][\x80-¿ƒ†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ€]"
)
LONGEST = 150


def display(text: str) -> str:
    """A name as Parliament displays it: "Rt Hon Sir Keir Starmer KCB KC MP" and "Starmer, Sir Keir" both give
    "Sir Keir Starmer"."""
    name = " ".join(text.split())
    name = BEFORE.sub("", name)
    shorter = AFTER.sub("", name)
    while shorter != name:
        name, shorter = shorter, AFTER.sub("", shorter)
    if name.count(",") == 1:
        surname, given = (part.strip() for part in name.split(","))
        if surname and given:
            name = f"{given} {surname}"
    return re.sub(r"\b[A-ZÀ-Þ]{3,}(?:['’-][A-ZÀ-Þ]+)*\b", lambda word: word[0].title(), name)


def what_is_wrong_with(name: str) -> str:
    """Why this cannot be somebody's name, in words; empty if it can."""
    if len(name) > LONGEST:
        return f"the name is {len(name):,} characters long"
    if NOT_IN_A_NAME.search(name) or not name.isprintable():
        return f"“{printable(name)}” is not a readable name"
    if sum(c.isalpha() for c in name) < 2:
        return f"“{printable(name)}” is not a name"
    return ""


def words(name: str) -> tuple[str, ...]:
    """The words that tell people apart: no case, accents, titles or punctuation."""
    plain = without_accents(display(name)).casefold().replace("'", "").replace("’", "")
    found = re.sub(r"[^a-z]+", " ", plain).split()
    while len(found) > 1 and found[0] in TITLES:
        found = found[1:]
    return tuple(found)


def ends_with(name: str, surname: str) -> bool:
    """Whether this is the surname of this name, by their words."""
    last = words(surname)
    return bool(last) and words(name)[-len(last) :] == last


def title_of(name: str) -> str:
    first, _, rest = display(name).partition(" ")
    return first if rest and first.casefold().strip(".") in TITLES else ""


def without_title(name: str) -> str:
    name = display(name)
    while title_of(name):
        name = name.partition(" ")[2]
    return name


def share_a_word(one: str, other: str) -> bool:
    """Whether two names could be one MP's of one seat: who marries keeps a word of the name."""
    return bool({word for word in words(one) if len(word) > 1} & set(words(other)))


def share_surname(one: str, other: str) -> bool:
    """Whether two names could be one MP's wherever they sit: the last word of one is in the other."""
    mine, theirs = words(one), words(other)
    return bool(mine and theirs) and (mine[-1] in theirs or theirs[-1] in mine)


def could_be_renamed(one: str, other: str) -> bool:
    """Whether, in the same seat, these are surely one person: one name holds all the words of the other."""
    mine, theirs = set(words(one)), set(words(other))
    return min(len(mine), len(theirs)) >= 2 and (mine <= theirs or theirs <= mine)


def sort_name(name: str, surname: str = "") -> str:
    """Surname first: "Sir Iain Duncan Smith" with surname "Duncan Smith" gives "Duncan Smith, Iain".

    Without a surname it is the last word and the particles before it ("van Mierlo, Freddie").
    """
    parts = without_title(name).split()
    if len(parts) < 2:
        return " ".join(parts)
    for start in range(1, len(parts)):
        if surname and words(" ".join(parts[start:])) == words(surname):
            return f"{' '.join(parts[start:])}, {' '.join(parts[:start])}"
    start = len(parts) - 1
    while start > 1 and parts[start - 1].casefold() in PARTICLES:
        start -= 1
    return f"{' '.join(parts[start:])}, {' '.join(parts[:start])}"


def surname_in(sorted_name: str) -> str:
    return sorted_name.partition(",")[0]
