"""Taking in seats: their names and, at a boundary change, which begin and which end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from contacts.imports import columns, seats
from contacts.imports.commons import Commons, commons_on
from contacts.imports.geography import Outcome, by_content, is_seat_code, settle
from contacts.imports.reading import ListRefused, Table
from contacts.models import Constituency, SeatHolding
from contacts.spells import day_before

# What a file may say of a seat besides its code.
STATED = ("name", "name_welsh", "region")


@transaction.atomic
def import_constituencies(table: Table, *, begins: date | None = None, skip_refused: bool = False) -> Outcome:
    """Make and name the seats a file lists by code.

    With `begins`, the day of a general election, the file is for every seat there is from that day on: seats
    that are new to it begin, those that it lacks ended the day before. The same again with a corrected file
    takes its place. Raises ListRefused, or SomeRefused with nothing written.
    """
    outcome = Outcome(rows=len(table.rows))
    known = Constituency.objects.in_bulk(field_name="ons_code")
    rules = Rules(commons_on(begins), known, begins)
    if begins:
        refuse_day(begins, rules.commons, rows=outcome.rows)
    stated = dict(stated_in(table, outcome, rules))
    settle(outcome, skip_refused=skip_refused)
    fresh, changed = [], {}
    for code, wanted in stated.items():
        seat = known.get(code)
        if seat is None:
            began = begins or seats.started_on(code)
            fresh.append(
                Constituency(ons_code=code, nation=seats.nation_of(code), started_on=began, **wanted)
            )
            outcome.found_new(wanted["name"], code)
        elif before := {k: old for k in wanted if (old := getattr(seat, k)) != wanted[k]}:
            after = {k: wanted[k] for k in before}
            outcome.found_changed(f"{seat.name} ({code})", in_short(before), in_short(after))
            for attribute, value in after.items():
                setattr(seat, attribute, value)
            changed[code] = seat
        else:
            outcome.unchanged += 1
    if begins:
        changed |= change_boundaries(stated.keys(), known, begins=begins, outcome=outcome)
    Constituency.objects.bulk_create(fresh, batch_size=500)
    Constituency.objects.bulk_update(changed.values(), [*STATED, "ended_on"], batch_size=200)
    return outcome


@dataclass(frozen=True)
class Rules:
    """Which codes a file may hold: of seats there are or, for a boundary change, of seats that begin."""

    commons: Commons
    known: Mapping[str, Constituency]
    begins: date | None

    def what_is_wrong_with(self, code: str) -> str:
        if self.begins and seats.REAL_CODE.fullmatch(code):
            seat = self.known.get(code)
            ended_just_now = seat is not None and seat.ended_on == day_before(self.begins)
            if ended_just_now or code not in self.commons.abolished:
                return ""
        return self.commons.what_is_wrong_with(code)


def stated_in(table: Table, outcome: Outcome, rules: Rules) -> Iterator[tuple[str, dict[str, str]]]:
    """Each code with what its row says; the outcome is told of rows that are refused."""
    found = columns.find(table.header, columns.CONSTITUENCIES)
    code_at = by_content(table, is_seat_code, found.get("seat code", []) or range(len(table.header)))
    name_at = next((p for p in found.get("seat name", []) if p != code_at), None)
    if code_at is None or name_at is None:
        raise ListRefused(
            "No column of constituency codes with their names was found: this does not seem to be a list of "
            "constituencies.",
            rows=len(table.rows),
        )
    extra = {
        "name_welsh": next(iter(found.get("name in Welsh", [])), None),
        "region": next(iter(found.get("region", [])), None),
    }
    told: set[str] = set()
    for row, cells in table.rows:
        code, name = seats.RECODED.get(cells[code_at], cells[code_at]), cells[name_at]
        problem = rules.what_is_wrong_with(code)
        if not problem and code in told:
            problem = f"{code} is in the list twice"
        if not problem and not 0 < len(name) <= 150:
            problem = "the name is too long" if name else "the constituency has no name"
        if problem:
            outcome.refuse(row, problem)
            continue
        told.add(code)
        yield (
            code,
            {"name": name, **{k: cells[at] for k, at in extra.items() if at is not None and cells[at]}},
        )


def in_short(values: dict[str, str]) -> str:
    return ", ".join(value or "nothing" for value in values.values())


# --- Boundary changes ---------------------------------------------------------------------


def refuse_day_to_come(begins: date, *, today: date) -> None:
    """Until the poll the seats are those of before. Raises ListRefused."""
    if begins > today:
        raise ListRefused(
            f"Seats begin on polling day, and {begins:%-d %B %Y} is still to come. Import them once it has."
        )


def refuse_day(begins: date, commons: Commons, *, rows: int) -> None:
    """Seats change at a general election after that of 2024, the latest of which anything is known. Raises
    ListRefused."""
    if begins <= seats.FIRST_POLL or begins not in commons.polls:
        raise ListRefused(
            f"Seats change at a general election, and none after {seats.FIRST_POLL:%-d %B %Y} is known to "
            f"have been on {begins:%-d %B %Y}. Enter the dissolution before it first, with its last day.",
            rows=rows,
        )
    later = Constituency.objects.real().filter(started_on__gt=begins).first()
    if later:
        raise ListRefused(
            f"{later.name} has begun since, on {later.started_on:%-d %B %Y}: this boundary change is not the "
            "latest.",
            rows=rows,
        )


def change_boundaries(
    stated: Collection[str], known: Mapping[str, Constituency], *, begins: date, outcome: Outcome
) -> dict[str, Constituency]:
    """Seats that end because a whole list lacks them, or go on after all, by code; to be saved.

    Takes away what an earlier file for the same day began, if this one lacks it and nobody holds it. Raises
    ListRefused.
    """
    if len(stated) != seats.WHOLE:
        raise ListRefused(
            f"A list of the seats from {begins:%-d %B %Y} on is for all {seats.WHOLE}, and this is for "
            f"{len(stated)}: a seat that it lacks would end.",
            rows=outcome.rows,
        )
    last_day = day_before(begins)
    held_since = set(
        SeatHolding.objects.filter(started_on__gte=begins).values_list("constituency", flat=True)
    )
    changed, mistaken = {}, []
    for code, seat in known.items():
        if code in stated and seat.ended_on == last_day:
            outcome.found_changed(f"{seat.name} ({code})", f"ended on {last_day:%-d %B %Y}", "goes on")
            seat.ended_on = None
        elif code in stated or seat.is_fictional or seat.ended_on is not None:
            continue
        elif seat.pk in held_since:
            raise ListRefused(
                f"The list lacks {seat.name} ({code}), whose MP began on {begins:%-d %B %Y} or later. If "
                "that seat has ended, undo the list of MPs first.",
                rows=outcome.rows,
            )
        elif seat.started_on == begins:
            outcome.found_changed(f"{seat.name} ({code})", f"began on {begins:%-d %B %Y}", "never was")
            mistaken.append(seat.pk)
            continue
        else:
            outcome.found_changed(
                f"{seat.name} ({code})", "a seat of today", f"ended on {last_day:%-d %B %Y}"
            )
            seat.ended_on = last_day
        changed[code] = seat
    Constituency.objects.filter(pk__in=mistaken).delete()
    ended = sum(seat.ended_on == last_day for seat in known.values())
    outcome.notes.append(f"{outcome.new} seats begin on {begins:%-d %B %Y}; {ended} ended the day before.")
    return changed
