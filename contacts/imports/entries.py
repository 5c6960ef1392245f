"""What each row of a list says of a seat and its MP. Pure: compares nothing with the database.

Raises ListRefused where the table as a whole is no list of this Parliament's MPs.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from contacts.imports import columns, names, parties, reasons, seats
from contacts.imports.commons import OF_2024, Commons
from contacts.imports.reading import ListRefused, Table, printable
from contacts.imports.vacancy import NOTHING, names_nobody, says_vacant

# TheyWorkForYou numbers people from 10001; Parliament's member ids are far from reaching that.
TWFY_IDS = range(10_001, 40_000)
PARLIAMENT_IDS = range(1, 10_001)
FICTIONAL_IDS = range(900_001, 1_000_000)

# More than this share of rows that a list of MPs could not have, and it is a list of something else.
TOO_MANY = 0.1


@dataclass
class Entry:
    """One row of a list. Dates are ISO text or empty, so that a preview can keep entries as JSON."""

    row: int
    seat_code: str = ""
    seat_name: str = ""
    region: str = ""
    is_vacant: bool = False
    parliament_id: int | None = None
    twfy_id: int | None = None
    name: str = ""
    surname: str = ""
    # The name was put together from first name and surname, so it is not Parliament's display name.
    is_composed: bool = False
    party: str = ""
    second_party: str = ""
    # From when, and how, the party became the MP's, where the source says so.
    party_since: str = ""
    party_by: str = ""
    # For whom the MP sat before that in the same seat: (party, second party, from, to, how it came).
    former_parties: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    # In Parliament's words, CURRENT for a membership simply in force; empty: the row says nothing of it.
    status: str = ""
    status_note: str = ""
    status_since: str = ""
    # From when Parliament says the name to be the MP's, and the names before: (name, sorted, from, to).
    name_since: str = ""
    former_names: list[tuple[str, str, str, str]] = field(default_factory=list)
    # How the holding began; of one that is over (`is_past`), when and how it ended.
    begun_by: str = ""
    is_past: bool = False
    # Of a past one: only a party's part of a holding that went on.
    is_part: bool = False
    ended_on: str = ""
    ended_by: str = ""
    started_on: str = ""
    known_since: str = ""
    problem: str = ""

    @property
    def has_id(self) -> bool:
        return bool(self.parliament_id or self.twfy_id)

    @property
    def shown_seat(self) -> str:
        return printable(self.seat_name or self.seat_code)


@dataclass
class Listing:
    """A list as read: its entries, and what was made of the file."""

    entries: list[Entry]
    rows: int
    # Holdings that were over on the list's day: they place nobody, but may tell when and how others ended.
    past: list[Entry] = field(default_factory=list)
    reading: dict[str, Any] = field(default_factory=dict)
    has_titles: bool = False
    has_accents: bool = False

    @property
    def has_codes(self) -> bool:
        return any(entry.seat_code for entry in self.entries)

    def as_json(self) -> list[dict[str, Any]]:
        return [
            {k: v for k, v in asdict(entry).items() if v not in ("", None, False, [])}
            for entry in (*self.entries, *self.past)
        ]

    @classmethod
    def from_json(cls, stored: list[dict[str, Any]], reading: dict[str, Any]) -> Listing:
        known = {f.name for f in fields(Entry)}
        all_of_them = [Entry(**{k: v for k, v in row.items() if k in known}) for row in stored]
        entries = [entry for entry in all_of_them if not entry.is_past]
        past = [entry for entry in all_of_them if entry.is_past]
        rows = reading.get("rows", len(entries))
        return with_habits(cls(entries=entries, rows=rows, past=past, reading=reading))


Cell = Callable[[str], str]


def likeliest(tables: list[Table], *, list_date: date, commons: Commons = OF_2024) -> Listing:
    """The list among a file's tables that is for the most seats, the first if several are; a sheet of former
    MPs, an empty template or a table of something else is passed over.

    Raises ListRefused if none is a list of this Parliament's MPs, for what the first of them is.
    """
    listings, refusals = [], []
    for table in tables:
        try:
            listings.append(understand(table, list_date=list_date, commons=commons))
        except ListRefused as refusal:
            if table.other_sheets:
                refusal.reason = f"{refusal.reason.removesuffix('.')} (sheet “{printable(table.sheet)}”)."
            refusals.append(refusal)
    if not listings:
        raise refusals[0]
    return max(
        listings, key=lambda listing: len({e.seat_code or seats.fold(e.seat_name) for e in listing.entries})
    )


def understand(table: Table, *, list_date: date, commons: Commons = OF_2024) -> Listing:
    """The entries of a table; `commons`: the seats of its day. Rows about holdings that ended by `list_date`
    are set aside, not refused."""
    found = chosen_columns(table, commons)
    refuse_other_lists(table, found)
    needed = max(found.values()) + 1
    headings = len(table.header)
    entries: list[Entry] = []
    past: list[Entry] = []
    for number, cells in table.rows:

        def cell(meaning: str, cells: list[str] = cells) -> str:
            position = found.get(meaning)
            text = cells[position] if position is not None else ""
            return "" if text.casefold() in NOTHING else text

        width = table.widths.get(number, headings)
        if len(cells) > headings and any(cells[headings:]):
            problem = f"the row has {len(cells)} cells where there are {headings} headings"
            entries.append(Entry(row=number, problem=problem))
        elif width < needed:
            problem = f"the row is cut short: it has {width} cells where there are {headings} headings"
            entries.append(Entry(row=number, problem=problem))
        elif is_past(cell, list_date) and not is_peer(cell):
            past.append(past_entry_of(number, cell))
        else:
            entries.append(entry_of(number, cell, list_date, commons))
    refuse_other_parliaments(entries, commons, rows=len(table.rows))
    join_parts([*entries, *(entry for entry in past if not entry.is_part)], past)
    listing = Listing(
        entries=entries,
        rows=len(table.rows),
        past=[entry for entry in past if entry.ended_on and not entry.is_part and not entry.problem],
        reading={
            "file": table.describe(),
            "sheet": printable(table.sheet) if table.other_sheets else "",
            "columns": [[meaning, table.header[position]] for meaning, position in found.items()],
            "unused": [h for i, h in enumerate(table.header) if i not in found.values() and h][:60],
            "rows": len(table.rows),
            "past": len(past),
            "notes": table.notes,
        },
    )
    return with_habits(listing)


def with_habits(listing: Listing) -> Listing:
    """Note whether the list writes titles and accents at all: one that never does says nothing about them."""
    given = [entry.name for entry in listing.entries if entry.name]
    listing.has_titles = any(names.title_of(name) for name in given)
    listing.has_accents = any(not name.isascii() for name in given)
    return listing


# --- Columns ----------------------------------------------------------------------------


def chosen_columns(table: Table, commons: Commons) -> dict[str, int]:
    """One column per meaning: by its heading, if the cells bear it out; seat codes by the cells alone."""
    candidates = columns.find(table.header, columns.MPS)
    below = {
        position: [cells[position] for _, cells in table.rows if cells[position].casefold() not in NOTHING]
        for position in range(len(table.header))
    }
    found: dict[str, int] = {}
    codes = {
        position: sum(bool(seats.LOOKS_LIKE_CODE.fullmatch(text.upper())) for text in texts)
        for position, texts in below.items()
    }
    current = {
        position: sum(text.upper() in commons.codes for text in below[position])
        for position, count in codes.items()
        if count * 2 > len(below[position])
    }
    if current:
        found["seat code"] = max(current, key=lambda position: (current[position], -position))
    taken = set(found.values())
    checks: dict[str, Callable[[list[str]], bool]] = {
        "seat code": lambda texts: False,
        "seat name": have_letters,
        "Parliament id": are_ids,
        "TheyWorkForYou id": are_ids,
        "name": are_words,
        "start date": are_dates,
        "status start date": are_dates,
        "end date": lambda texts: not texts or are_dates(texts),
    }
    for meaning, positions in candidates.items():
        for position in positions:
            if position in taken or meaning in found:
                continue
            check = checks.get(meaning)
            if check and not check(below[position]):
                continue
            found[meaning] = position
            taken.add(position)
    return settle_ids(settle_names(found, table, below), below)


def settle_names(found: dict[str, int], table: Table, below: dict[int, list[str]]) -> dict[str, int]:
    """A column headed only "Name" is the seat's, not the MP's, if the seat has no other and the MP has one,
    or if there is nothing else about an MP."""
    position = found.get("name")
    if position is None or columns.squash(table.header[position]) != "name" or "seat name" in found:
        return found
    others = {"first name", "surname", "name, surname first", "full title"} & set(found)
    has_other_name = bool(others) or any(
        p != position and are_words(below[p]) for p in columns.find(table.header, columns.MPS)["name"]
    )
    says_more = {"Parliament id", "TheyWorkForYou id", "party"} & set(found)
    if not has_other_name and (says_more or "seat code" not in found):
        return found
    found["seat name"] = found.pop("name")
    for candidate in columns.find(table.header, columns.MPS)["name"]:
        if candidate not in found.values() and are_words(below[candidate]):
            found["name"] = candidate
            break
    return found


def settle_ids(found: dict[str, int], below: dict[int, list[str]]) -> dict[str, int]:
    """Numbers tell whose id a column holds, whatever its heading says; somebody else's ids are left alone."""
    positions = [found.pop(m) for m in ("Parliament id", "TheyWorkForYou id") if m in found]
    for position in positions:
        if are_mostly(below[position], PARLIAMENT_IDS, FICTIONAL_IDS):
            found.setdefault("Parliament id", position)
        elif are_mostly(below[position], TWFY_IDS):
            found.setdefault("TheyWorkForYou id", position)
    return found


def are_mostly(texts: list[str], *spans: range) -> bool:
    numbers = [number for number in map(id_in, texts) if number is not None]
    return sum(any(number in span for span in spans) for number in numbers) * 4 > len(numbers) * 3


def have_letters(texts: list[str]) -> bool:
    return sum(any(c.isalpha() for c in text) for text in texts) * 2 > len(texts)


def are_words(texts: list[str]) -> bool:
    """Mostly texts with letters, and not the same few over and over ("Yes", "No")."""
    different = len(set(texts))
    return have_letters(texts) and (different > 5 or different * 2 >= len(texts))


def are_ids(texts: list[str]) -> bool:
    """Mostly numbers, of many people, and not simply counting the rows. Who has sat for long has many rows
    where those about what is over stand in the list too."""
    numbers = [number for number in map(id_in, texts) if number is not None]
    counting = numbers == list(range(1, len(numbers) + 1)) and len(numbers) > 5
    return len(numbers) * 2 > len(texts) and len(set(numbers)) * 10 > len(numbers) and not counting


def are_dates(texts: list[str]) -> bool:
    return bool(texts) and sum(date_in(text) is not None for text in texts) * 2 > len(texts)


# --- Is it a list of MPs at all? ----------------------------------------------------------


def refuse_other_lists(table: Table, found: dict[str, int]) -> None:
    rows = len(table.rows)
    if not rows:
        raise ListRefused("The list is empty: it has headings but no rows.")
    says_seat = "seat code" in found or "seat name" in found
    says_person = bool(
        {"Parliament id", "TheyWorkForYou id", "name", "surname", "name, surname first", "full title"}
        & set(found)
    )
    headings = ", ".join(f"“{printable(h)}”" for h in table.header[:6] if h)
    if says_person and not says_seat:
        raise ListRefused(
            "The list names no constituencies, so it cannot say who holds which seat: "
            f"it does not seem to be a list of MPs. Its columns begin {headings}.",
            rows=rows,
        )
    if not says_person and says_seat:
        raise ListRefused(
            "The list has constituencies but names no MPs: it seems to be statistics by constituency, not a "
            f"list of MPs. Its columns begin {headings}.",
            rows=rows,
        )
    if not says_seat:
        raise ListRefused(
            "No column of constituencies and no column of MPs was found: "
            f"this does not seem to be a list of MPs. Its first row reads {headings or 'nothing'}.",
            rows=rows,
        )
    position = found.get("seat code", found.get("seat name", 0))
    different = len({cells[position].casefold() for _, cells in table.rows})
    if rows > different * 1.5 and rows > 20 and "end date" not in found:
        raise ListRefused(
            f"The list has {rows:,} rows for {different} constituencies: "
            "it seems to be candidates or results, with several people for one seat, not the MPs.",
            rows=rows,
        )


def refuse_other_parliaments(entries: list[Entry], commons: Commons, *, rows: int) -> None:
    """Codes of abolished seats mean an old list. A few kept their codes, so it takes more than a few to say
    so."""
    codes = Counter(
        "old"
        if entry.seat_code in commons.abolished
        else "fictional"
        if entry.seat_code.startswith("Z")
        else "other"
        for entry in entries
        if entry.seat_code
    )
    first_old = next((entry for entry in entries if entry.seat_code in commons.abolished), None)
    if first_old and (
        codes["old"] > max(len(seats.RECODED), TOO_MANY * len(entries)) or codes["old"] == codes.total()
    ):
        of_when = "of 2010 to 2024" if first_old.seat_code in seats.OLD_CODES else "of seats"
        raise ListRefused(
            f"The list is of another Parliament: {codes['old']} of its {len(entries)} seats have codes "
            f"{of_when}, which were abolished at the election of {commons.elected_on:%-d %B %Y}.",
            row=first_old.row,
            rows=rows,
        )
    if codes["fictional"] and codes["fictional"] == codes.total():
        raise ListRefused(
            "The list is of made-up seats (codes that begin with Z): those are outside every import.",
            rows=rows,
        )


# --- One row ------------------------------------------------------------------------------


def is_past(cell: Cell, list_date: date) -> bool:
    """Whether the row is about a holding that was over on the list's day."""
    ended = date_in(cell("end date"))
    if ended and ended.year < 9000:
        return ended < list_date
    return cell("is current").casefold() in ("false", "no", "0", "n")


def entry_of(row: int, cell: Cell, list_date: date, commons: Commons = OF_2024) -> Entry:
    entry = Entry(row=row)
    entry.seat_code = cell("seat code").upper().replace(" ", "")
    entry.seat_name = cell("seat name")[:300]
    entry.region = cell("region")[:60]
    if len(entry.seat_name) > 150 or not (entry.seat_name + entry.region).isprintable():
        entry.problem = f"“{printable(entry.seat_name)}” is not a readable name of a constituency"
        return entry
    person = [cell(meaning) for meaning in ("Parliament id", "TheyWorkForYou id", *NAMES_OF_PERSON)]
    if any(map(says_vacant, person)):
        if any(text and not says_vacant(text) and not names_nobody(text) for text in person):
            entry.problem = "the row says both that the seat is vacant and who holds it"
        entry.is_vacant = not entry.problem
        return entry
    entry.problem = who_is_it(entry, cell)
    if entry.problem:
        return entry
    entry.problem = fill_in_party(entry, cell)
    if entry.problem and not entry.party.isdigit():
        return entry
    fill_in_start(entry, cell)
    fill_in_status(entry, cell, list_date, commons)
    return entry


def fill_in_party(entry: Entry, cell: Cell) -> str:
    """For whom the MP sits; give what is wrong with it, in words."""
    party = cell("party")
    if parties.is_known(party) or not (says_vacant(party) or names_nobody(party)):
        entry.party = party
    entry.second_party = cell("second party")[:100]
    if (
        len(entry.party) > 100
        or not all(c.isprintable() for c in entry.party)
        or re.search(r"[<>{}=\\�]", entry.party)
    ):
        return f"“{printable(entry.party)}” is not the name of a party"
    if entry.party.isdigit():
        return f"the party is a number ({printable(entry.party)}), not a name"
    return ""


def fill_in_start(entry: Entry, cell: Cell) -> None:
    """When and how the holding began; TheyWorkForYou begins a new row also when somebody changes party, which
    is the start of that party instead."""
    started = date_in(cell("start date"))
    if cell("start date") and started is None:
        entry.problem = entry.problem or f"the start date “{printable(cell('start date'))}” is not a date"
    reason = cell("start reason")
    entry.party_by = reasons.party_change(reason)
    entry.begun_by = reasons.beginning(reason)
    if started and entry.party_by:
        entry.party_since = started.isoformat()
    elif started and (entry.begun_by or not reason):
        entry.started_on = started.isoformat()


def fill_in_status(entry: Entry, cell: Cell, list_date: date, commons: Commons) -> None:
    """The membership's status; the day on which one that is simply in force began is the holding's."""
    entry.status = reasons.status(cell("status"), is_active=cell("status is active"))
    entry.status_note = cell("status notes")[:250]
    since = date_in(cell("status start date"))
    if since is None or since > list_date:
        return
    if entry.status not in ("", reasons.CURRENT):
        entry.status_since = since.isoformat()
    elif since >= commons.elected_on:
        entry.known_since = since.isoformat()


def past_entry_of(row: int, cell: Cell) -> Entry:
    """A holding that is over: whose, where, for whom, how it began, when and how it ended; or only a party's
    part of one."""
    entry = Entry(row=row, is_past=True)
    entry.seat_code = cell("seat code").upper().replace(" ", "")
    entry.seat_name = cell("seat name")[:150]
    entry.problem = who_is_it(entry, cell)
    if not entry.problem:
        fill_in_start(entry, cell)
        if fill_in_party(entry, cell):
            entry.party = entry.second_party = ""
    ended, reason = date_in(cell("end date")), cell("end reason")
    if ended:
        entry.ended_on, entry.ended_by = ended.isoformat(), reasons.ending(reason)
        entry.is_part = bool(reasons.party_change(reason))
    return entry


def join_parts(entries: list[Entry], past: list[Entry]) -> None:
    """Give rows that only tell since when the party is the MP's what the rows before them about the same
    person and seat say: how the holding began, and for whom the MP sat before."""
    told: dict[tuple[Any, ...], list[Entry]] = defaultdict(list)
    for entry in sorted(past, key=start_of):
        if start_of(entry):
            told[holder_in(entry)].append(entry)
    for entry in entries:
        if not entry.party_by or entry.started_on:
            continue
        before = [each for each in told[holder_in(entry)] if start_of(each) < (entry.party_since or "9999")]
        first = max((at for at, each in enumerate(before) if not each.party_by), default=None)
        if first is None:
            continue
        entry.started_on, entry.begun_by = before[first].started_on, before[first].begun_by
        entry.former_parties = [
            (each.party, each.second_party, start_of(each), each.ended_on, each.party_by)
            for each in before[first:]
        ]


def start_of(entry: Entry) -> str:
    """When the row began, be it a holding or a party's part of one."""
    return entry.party_since or entry.started_on


def holder_in(entry: Entry) -> tuple[Any, ...]:
    """What is the same in two rows of one list about one person in one seat."""
    seat = (entry.seat_code, seats.fold(entry.seat_name))
    return (entry.parliament_id, entry.twfy_id, *seat, () if entry.has_id else names.words(entry.name))


def is_peer(cell: Cell) -> bool:
    return cell("house").casefold() in ("2", "lords", "house of lords") or cell("is a peer").casefold() in (
        "true",
        "yes",
        "1",
    )


NAMES_OF_PERSON = ("name", "full title", "name, surname first", "first name", "surname")


def who_is_it(entry: Entry, cell: Cell) -> str:  # noqa: PLR0911 - one return per kind of problem
    """Fill in the person's ids and name; give what is wrong with them, in words."""
    if is_peer(cell):
        return "is a member of the House of Lords, not an MP"
    house = cell("house").casefold()
    if house and house not in ("1", "commons", "house of commons", "uk house of commons"):
        return f"is a member of “{printable(cell('house'))}”, not of the House of Commons"
    if cell("is an MP").casefold() in ("false", "no", "0"):
        return "is not an MP, says the list"
    for meaning, attribute in (("Parliament id", "parliament_id"), ("TheyWorkForYou id", "twfy_id")):
        text = cell(meaning)
        number = id_in(text)
        if text and number is None:
            return f"“{printable(text)}” is not a {meaning}"
        setattr(entry, attribute, number)
    # A range compares None, unlike a number, with each of its 99,999.
    if entry.parliament_id and entry.parliament_id in FICTIONAL_IDS:
        return f"the Parliament id {entry.parliament_id} is a made-up MP's; those are outside every import"
    given = name_of(entry, cell)
    if not given:
        return "names no MP; if the seat is vacant, the row must say Vacant"
    if names_nobody(given):
        return f"“{printable(given)}” does not name an MP; if the seat is vacant, write Vacant"
    return names.what_is_wrong_with(entry.name)


def name_of(entry: Entry, cell: Cell) -> str:
    """Fill in the display name and, where a column gives it, the surname; give the name as the row writes it.
    Parliament's display name wins over parts."""
    surname = cell("surname")
    parts = " ".join(part for part in (cell("title"), cell("first name"), surname) if part)
    entry.is_composed = not cell("name") and bool(surname)
    chosen = (
        cell("name")
        or (parts if surname else "")
        or cell("name, surname first")
        or cell("full title")
        or parts
    )
    entry.name, entry.surname = names.display(chosen), names.display(surname)
    return chosen


def id_in(text: str) -> int | None:
    """The number in "5173", "5173.0", "uk.org.publicwhip/person/25297" or an address that holds an id."""
    match = re.fullmatch(r"(\d{1,7})(?:\.0+)?", text) or re.search(
        r"(?i)(?:^|/)(?:members?|mps?|person|people|p)/(\d{1,7})(?:/|$)", text
    )
    number = int(match[1]) if match else 0
    return number or None


MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}


def date_in(text: str) -> date | None:
    """The date in "2024-07-04", "2024-07-04T00:00:00", "04/07/2024" (day first) or "4 July 2024"."""
    try:
        if match := re.match(r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ]|$)", text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := re.fullmatch(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4})(?: .*)?", text):
            return date(int(match[3]), int(match[2]), int(match[1]))
        if match := re.fullmatch(
            r"(?:\w+,? )?(\d\d?)(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})", text
        ):
            return date(int(match[3]), MONTHS.get(match[2][:3].casefold(), 0), int(match[1]))
    except ValueError:
        return None
    return None


def date_in_file_name(file_name: str) -> date | None:
    """The date a file's name gives, such as 2026-04-03, 20260403 or 3-April-2026; the last, if several. In
    ministers-since-2024-07-05 it says how far back the list goes."""
    name = file_name.replace("_", "-").replace(" ", "-")
    name = re.sub(r"(?i)since-\d[\d-]*", "", name)
    found = []
    for match in re.finditer(r"(?<!\d)((?:19|20)\d\d)-?([01]\d)-?([0-3]\d)(?!\d)", name):
        found.append(date_in("-".join(match.groups())))
    for match in re.finditer(r"(?<!\d)(\d\d?)-([A-Za-z]{3,9})-((?:19|20)\d\d)(?!\d)", name):
        found.append(date_in(" ".join(match.groups())))
    for match in re.finditer(r"(?<!\d)([0-3]\d)-([01]\d)-((?:19|20)\d\d)(?!\d)", name):
        found.append(date_in("/".join(match.groups())))
    dates = [day for day in found if day is not None]
    return dates[-1] if dates else None
