"""What a list of posts says: ministers, spokespersons, committee members, officers of all-party groups.

A row about a peer, or about somebody who is no MP here, is left out and said to be. A row that cannot be
understood is refused. Reads the database for who the MPs are, writes nothing; see `post_plan` for what comes
of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from contacts.imports import columns, names
from contacts.imports.entries import date_in, id_in
from contacts.imports.planned import Refusal
from contacts.imports.reading import ListRefused, Table, printable
from contacts.models import MP, OF_MPS, Ending, PostKind

# What lists call the kinds of post, squashed (see `columns.squash`).
SAID = {
    "government": PostKind.GOVERNMENT,
    "governmentpost": PostKind.GOVERNMENT,
    "opposition": PostKind.OPPOSITION,
    "oppositionpost": PostKind.OPPOSITION,
    "spokesperson": PostKind.SPOKESPERSON,
    "parliamentarypost": PostKind.OTHER,
    "committee": PostKind.COMMITTEE,
    "appg": PostKind.GROUP,
}
WHIP = re.compile(r"(?i)\bwhips?\b|lord commissioner|lord in waiting|baroness in waiting|chamberlain")
SPEAKER = re.compile(r"(?i)\bspeaker\b|chairman of ways and means")
CHAIR = re.compile(
    r"(?i)(?<!vice )(?<!vice-)(?<!deputy )\b(co-?)?(chair(man|woman|person)?|convenor|convener)\b"
)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
SMALL_WORDS = frozenset(["and", "for", "in", "of", "on", "the", "to", "with"])
PEERS = frozenset(["lords", "2", "houseoflords"])


@dataclass(frozen=True)
class Statement:
    """One MP holds, or held, one post: `post` has the fields of `Post`, also those `unsaid`."""

    row: int
    mp: MP
    post: dict[str, Any]
    unsaid: Set[str]


class RowRefused(Exception):
    """The row says something that cannot be; its message is the reason."""


def statements(table: Table, *, kind: str) -> tuple[list[Statement], list[Refusal], list[Refusal]]:
    """What the rows say of MPs recorded here, posts that have ended first: somebody may hold one again; the
    rows that are refused; and those left out, which are no mistakes."""
    reader, people = Reader(table, kind=kind), People()
    said: list[Statement] = []
    refused: list[Refusal] = []
    left_out: list[Refusal] = []
    for row, cells in table.rows:
        if columns.squash(reader.cell("house", cells)) in PEERS:
            left_out.append(Refusal(row, "is about a member of the House of Lords"))
            continue
        try:
            mp = people.find(reader, cells)
            if mp is None:
                left_out.append(
                    Refusal(row, f"{printable(reader.cell('name', cells))} is no MP recorded here")
                )
            else:
                post = reader.post(cells)
                said.append(Statement(row, mp, post, unsaid=reader.unsaid(post)))
        except RowRefused as refusal:
            refused.append(Refusal(row, str(refusal)))
    return sorted(said, key=lambda each: each.post["ended_on"] is None), refused, left_out


class Reader:
    """Understands the rows of one file."""

    def __init__(self, table: Table, *, kind: str) -> None:
        found = columns.find(table.header, columns.POSTS)
        self.columns = {meaning: positions[0] for meaning, positions in found.items()}
        bodies = [name for name in ("group", "committee", "department") if name in self.columns]
        self.body = bodies[0] if bodies else ""
        self.kind = kind or self._kind_of_file()
        has_people = self.columns.keys() & {"Parliament id", "TheyWorkForYou id", "name"}
        if not has_people or not ("post" in self.columns or self.body):
            raise ListRefused(
                "No columns of people and their posts were found: this does not seem to be a list of posts.",
                rows=len(table.rows),
            )
        if not self.kind and "kind" not in self.columns:
            raise ListRefused(
                "The list does not say what kind of posts it lists. Say so when you import it: "
                f"{', '.join(PostKind.values)}.",
                rows=len(table.rows),
            )

    def _kind_of_file(self) -> str:
        if "kind" in self.columns and self.body != "group":
            return ""
        if self.body == "group":
            return PostKind.GROUP
        if self.body == "committee":
            return PostKind.COMMITTEE
        return PostKind.GOVERNMENT if "rank" in self.columns else ""

    def cell(self, meaning: str, cells: list[str]) -> str:
        return cells[self.columns[meaning]] if meaning in self.columns else ""

    def post(self, cells: list[str]) -> dict[str, Any]:
        """The fields of `Post` as a row states them. Raises RowRefused."""
        said = self.kind or SAID.get(columns.squash(self.cell("kind", cells).rpartition("/")[2]), "")
        if not said:
            raise RowRefused(f"“{printable(self.cell('kind', cells))}” is no kind of post known here")
        body = in_words(self.cell(self.body, cells)) if self.body else ""
        title = self.cell("post", cells) or "Member"
        if title == "Member" and not body:
            raise RowRefused("names no post")
        if len(title) > 300 or len(body) > 200:
            raise RowRefused("the name of the post is too long")
        kind = refined(said, title, body)
        started_on, ended_on = self.day("start date", cells), self.day("end date", cells)
        refuse_backwards(started_on, ended_on)
        return {
            "kind": kind,
            "title": title,
            "body": body,
            "is_in_government": said == PostKind.GOVERNMENT and kind != PostKind.PPS,
            "is_chair": bool(CHAIR.search(title)) and kind in (PostKind.COMMITTEE, PostKind.GROUP),
            "is_acting": is_yes(self.cell("is acting", cells)),
            "is_on_leave": is_yes(self.cell("is on leave", cells)),
            "started_on": started_on,
            "ended_on": ended_on,
            "source_id": self.cell("source id", cells)[:120],
        }

    def unsaid(self, post: dict[str, Any]) -> Set[str]:
        """The fields of which a row says nothing: the file has no column for them, or no start or id is
        given."""
        columns_of = {"title": "post", "is_chair": "post", "body": self.body}
        columns_of |= {"is_acting": "is acting", "is_on_leave": "is on leave"}
        absent = {name for name, meaning in columns_of.items() if meaning not in self.columns}
        return absent | {name for name in ("started_on", "source_id") if not post[name]}

    def day(self, meaning: str, cells: list[str]) -> date | None:
        text = self.cell(meaning, cells)
        if not text or text.startswith("9999"):
            return None
        day = date_in(text)
        if day is None:
            raise RowRefused(f"“{printable(text)}” is no {meaning}")
        return day


def refuse_backwards(started_on: date | None, ended_on: date | None) -> None:
    """Raises RowRefused for a post that would end before it starts."""
    if started_on and ended_on and ended_on < started_on:
        raise RowRefused(f"the post ends on {ended_on:%-d %B %Y}, before it starts on {started_on:%-d %B %Y}")


def in_words(body: str) -> str:
    """A committee or group that a list names as in an address: "home-affairs-committee"."""
    if not SLUG.fullmatch(body):
        return body
    first, *rest = body.split("-")
    return " ".join([first.capitalize(), *(w if w in SMALL_WORDS else w.capitalize() for w in rest)])


def refined(said: str, title: str, body: str) -> str:
    """The kind of a post, from what the list calls it and the words of the post."""
    if said == PostKind.COMMITTEE and re.search(r"(?i)\bbill\b", f"{title} {body}"):
        return PostKind.BILL_COMMITTEE
    if said == PostKind.OTHER and SPEAKER.search(title):
        return PostKind.SPEAKER
    if said in (PostKind.GOVERNMENT, PostKind.OPPOSITION):
        if "parliamentary private secretary" in title.casefold():
            return PostKind.PPS
        if WHIP.search(f"{title} {body}"):
            return PostKind.WHIP
        if "spokesperson" in title.casefold():
            return PostKind.SPOKESPERSON
    return said


def ends_with_seat(kind: str, left_by: str) -> bool:
    """Whether a post of this kind ends when its MP leaves the House, in the way given."""
    return kind in OF_MPS or left_by == Ending.DEATH


def is_yes(text: str) -> bool:
    return text.casefold() in ("true", "yes", "y", "1")


class People:
    """The MPs recorded here, made-up ones apart."""

    def __init__(self) -> None:
        mps = list(MP.objects.filter(is_fictional=False))
        self.by_parliament_id = {mp.parliament_id: mp for mp in mps if mp.parliament_id}
        self.by_twfy_id = {mp.twfy_id: mp for mp in mps if mp.twfy_id}
        self.named: dict[tuple[str, ...], list[MP]] = defaultdict(list)
        for mp in mps:
            self.named[names.words(mp.name)].append(mp)

    def find(self, reader: Reader, cells: list[str]) -> MP | None:
        """Whom a row is about: by Parliament's id, else TheyWorkForYou's, else an unmistakable name.

        Raises RowRefused if the ids are two people's, or the name is another's: lists mix up the ids of
        Parliament and of the Senedd.
        """
        parliament_id = id_in(reader.cell("Parliament id", cells))
        twfy_id = id_in(reader.cell("TheyWorkForYou id", cells))
        name = names.display(reader.cell("name", cells))
        one, other = self.by_parliament_id.get(parliament_id or 0), self.by_twfy_id.get(twfy_id or 0)
        if one and other and one != other:
            raise RowRefused(f"its Parliament id is {one.name}'s and its TheyWorkForYou id is {other.name}'s")
        mp = one or other
        if mp and twfy_id and mp.twfy_id not in (None, twfy_id):
            raise RowRefused(
                f"its Parliament id is {mp.name}'s, but its TheyWorkForYou id is somebody else's"
            )
        if mp and name and not names.share_surname(mp.name, name):
            raise RowRefused(f"its id is {mp.name} here, but the row names {printable(name)}")
        if mp or parliament_id or twfy_id or not name:
            return mp
        namesakes = self.named.get(names.words(name), [])
        if len(namesakes) > 1:
            raise RowRefused(f"several MPs recorded here are called {printable(name)}")
        return namesakes[0] if namesakes else None
