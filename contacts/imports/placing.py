"""Files about places: preview one, apply it all or nothing, discard it, undo the look-up or map in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import PurePath
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from contacts.imports import columns, shapes
from contacts.imports.applying import NotApplicable, OutcomeChanged, one_import_at_a_time
from contacts.imports.commons import commons_on
from contacts.imports.constituencies import import_constituencies, refuse_day_to_come
from contacts.imports.geography import (
    Outcome,
    import_councils,
    import_overlaps,
    read_table,
    read_translation,
    settle,
)
from contacts.imports.lookups import write_postcodes, write_wards
from contacts.imports.reading import MAX_BYTES, ListRefused, Table
from contacts.imports.successions import import_successions
from contacts.models import (
    REPLACED_WHOLE,
    Constituency,
    PlaceFile,
    PlaceFileQuerySet,
    PlaceFileState,
    PlaceKind,
    PostcodeSeat,
    SeatBoundary,
    SeatHex,
    Ward,
)

# A look-up of every postcode comes by the command, which reads a file of any size.
MAX_POSTCODE_BYTES = 100 * 1024 * 1024

Content = dict[str, Any]


def preview_places(
    *,
    kind: str,
    stream: BinaryIO,
    file_name: str,
    codes: tuple[bytes, str] | None,
    by: User | None,
    now: datetime,
    begins: date | None = None,
) -> PlaceFile:
    """Read a file and record what it would change; `begins`: from when the constituencies in it are the seats
    there are. Raises ListRefused."""
    if begins:
        refuse_day_to_come(begins, today=timezone.localdate(now))
    with transaction.atomic():
        one_import_at_a_time()
        file = PlaceFile(kind=kind, file_name=PurePath(file_name).name[:200], created_at=now, created_by=by)
        if kind == PlaceKind.POSTCODES:
            # Too many to keep twice: the rows wait as rows, in force only once the file is applied.
            file.described = "CSV"
            file.save()
            outcome = write_postcodes(stream, file)
        else:
            content = stream.read(MAX_BYTES + 1)
            file.content, file.described = read_content(kind, content, file_name, codes)
            if begins and kind == PlaceKind.CONSTITUENCIES:
                file.content["begins"] = begins.isoformat()
            file.save()
            outcome = what_it_would_do(file)
        if kind in REPLACED_WHOLE and not outcome.new + outcome.changed + outcome.unchanged:
            raise ListRefused(nothing_in(outcome), rows=outcome.rows)
        file.report = as_report(outcome)
        file.save()
    return file


def apply_places(*, file: PlaceFile, skip_refused: bool, now: datetime) -> Outcome:
    """Do what the preview showed, all or nothing.

    Raises NotApplicable, SomeRefused, or OutcomeChanged: then the file's report is the new outcome, saved.
    """
    try:
        with transaction.atomic():
            one_import_at_a_time()
            file = waiting(file)
            if file.kind == PlaceKind.POSTCODES:
                outcome = Outcome(**file.report)
            else:
                outcome = write(file)
                if as_report(outcome) != file.report:
                    raise OutcomeChanged
            settle(outcome, skip_refused=skip_refused)
            if file.kind in REPLACED_WHOLE:
                replace(file)
            file.state, file.applied_at = PlaceFileState.APPLIED, now
            if file.kind not in MAPS:
                file.content = {}
            file.save()
    except OutcomeChanged:
        PlaceFile.objects.filter(pk=file.pk).update(report=as_report(outcome))
        raise
    return outcome


def discard_places(*, file: PlaceFile) -> None:
    """Throw away a file that was only looked at. Raises NotApplicable."""
    with transaction.atomic():
        waiting(file).delete()


def waiting(file: PlaceFile) -> PlaceFile:
    """The file, held until the transaction ends. Raises NotApplicable if it is no preview now."""
    file = PlaceFile.objects.select_for_update().get(pk=file.pk)
    if file.state != PlaceFileState.PREVIEWED:
        raise NotApplicable(f"This file was {file.get_state_display().lower()} already.")
    return file


def replace(file: PlaceFile) -> None:
    """Take the look-up or map that was in force out of it. What it said is kept, should the next be undone;
    what those before it said goes."""
    drop(PlaceFile.objects.replaced(file.kind))
    PlaceFile.objects.applied(file.kind).update(state=PlaceFileState.REPLACED)


def drop(files: PlaceFileQuerySet) -> None:
    """Take away what these files said."""
    for model in (Ward, PostcodeSeat):
        # Straight away: nothing refers to these, and there may be millions.
        rows = model.objects.filter(file__in=files)
        rows._raw_delete(rows.db)
    files.update(content={})


def before(file: PlaceFile) -> PlaceFile | None:
    """The look-up or map that is in force again if this one is undone; None: none is."""
    former = PlaceFile.objects.replaced(file.kind).order_by("-applied_at", "-pk").first()
    return former if former and former.is_kept else None


def undo_places(*, file: PlaceFile) -> PlaceFile | None:
    """Take the look-up or map in force out of it again; give the one that is in force instead, if any.

    Nothing refers to either, so nothing stands in the way. Raises NotApplicable where it is not in force.
    """
    with transaction.atomic():
        one_import_at_a_time()
        file = PlaceFile.objects.select_for_update().get(pk=file.pk)
        if file.kind not in REPLACED_WHOLE or file.state != PlaceFileState.APPLIED:
            raise NotApplicable("Only the look-up or map that is in force can be undone.")
        former = before(file)
        drop(PlaceFile.objects.filter(pk=file.pk))
        PlaceFile.objects.filter(pk=file.pk).update(state=PlaceFileState.UNDONE)
        if file.kind in MAPS:
            MAPS[PlaceKind(file.kind)][0].objects.real().delete()
        if former:
            if file.kind in MAPS:
                write(former)
            PlaceFile.objects.filter(pk=former.pk).update(state=PlaceFileState.APPLIED)
    return former


def as_report(outcome: Outcome) -> dict[str, Any]:
    return asdict(outcome)


def nothing_in(outcome: Outcome) -> str:
    why = f": {outcome.refused[0]['reason']}" if outcome.refused else ""
    return f"Nothing in the file can be taken{why}."


def load_places(
    *, kind: str, file_name: str, stream: BinaryIO, skip_refused: bool, is_dry: bool, now: datetime
) -> Outcome:
    """Preview and apply at once, as the command does. Raises ListRefused or SomeRefused, having written
    nothing."""
    with transaction.atomic():
        file = preview_places(kind=kind, stream=stream, file_name=file_name, codes=None, by=None, now=now)
        outcome = Outcome(**file.report)
        if is_dry:
            transaction.set_rollback(True)
        else:
            apply_places(file=file, skip_refused=skip_refused, now=now)
    return outcome


# --- Reading ----------------------------------------------------------------------------

MEANINGS: dict[PlaceKind, columns.Meanings] = {
    PlaceKind.CONSTITUENCIES: columns.CONSTITUENCIES,
    PlaceKind.SUCCESSIONS: {},  # known by what the cells hold
    PlaceKind.COUNCILS: columns.COUNCILS,
    PlaceKind.OVERLAPS: columns.OVERLAPS,
    PlaceKind.WARDS: columns.WARDS,
}


def read_content(
    kind: str, content: bytes, file_name: str, codes: tuple[bytes, str] | None
) -> tuple[Content, str]:
    """What a file says, as it is kept for the preview, and how it was read. Raises ListRefused."""
    if kind == PlaceKind.HEXES:
        return shapes.read_hexes(content, commons_on()).as_json(), "hexjson"
    if kind == PlaceKind.BOUNDARIES:
        return shapes.read_boundaries(content, commons_on()).as_json(), "GeoJSON"
    table = read_table(content, file_name, MEANINGS[PlaceKind(kind)])
    kept: Content = {"kind": table.kind, "header": table.header, "rows": table.rows}
    if codes and kind == PlaceKind.OVERLAPS:
        kept["codes"] = read_translation(read_table(*codes, columns.CONSTITUENCIES))
    return kept, table.describe()


# --- Writing ----------------------------------------------------------------------------


def what_it_would_do(file: PlaceFile) -> Outcome:
    """Do it and take it back: the preview is the import itself."""
    with transaction.atomic():
        outcome = write(file)
        transaction.set_rollback(True)
    return outcome


def write(file: PlaceFile) -> Outcome:
    """Take in all that can be taken; the outcome says what cannot. Raises ListRefused."""
    content = file.content
    if file.kind in MAPS:
        return write_shapes(content, MAPS[PlaceKind(file.kind)])
    rows = [(number, cells) for number, cells in content["rows"]]
    table = Table(kind=content["kind"], header=content["header"], rows=rows)
    if file.kind == PlaceKind.WARDS:
        return write_wards(table, file)
    if file.kind == PlaceKind.OVERLAPS:
        return import_overlaps(table, translation=content.get("codes"), skip_refused=True)
    if file.kind == PlaceKind.SUCCESSIONS:
        return import_successions(table, skip_refused=True)
    if file.kind == PlaceKind.COUNCILS:
        return import_councils(table, skip_refused=True)
    begins = date.fromisoformat(content["begins"]) if "begins" in content else None
    return import_constituencies(table, begins=begins, skip_refused=True)


Shape = tuple[type[SeatHex | SeatBoundary], Callable[[Any], dict[str, Any]]]
HEXES: Shape = (SeatHex, lambda at: {"q": at[0], "r": at[1]})
BOUNDARIES: Shape = (
    SeatBoundary,
    lambda rings: {
        "rings": rings,
        "west": min(number for ring in rings for number in ring[0::2]),
        "east": max(number for ring in rings for number in ring[0::2]),
        "south": min(number for ring in rings for number in ring[1::2]),
        "north": max(number for ring in rings for number in ring[1::2]),
    },
)

MAPS: dict[str, Shape] = {PlaceKind.HEXES: HEXES, PlaceKind.BOUNDARIES: BOUNDARIES}


def write_shapes(content: Content, shape: Shape) -> Outcome:
    """Put the shapes of a file in place of those that are here; the demo's stay."""
    model, fields = shape
    outcome = Outcome(rows=content["rows"], refused=list(content["refused"]))
    known = Constituency.objects.current().in_bulk(content["shapes"], field_name="ons_code")
    here = {each.constituency_id: each for each in model.objects.real()}
    fresh: list[Model] = []
    for code, given in content["shapes"].items():
        seat = known.get(code)
        if seat is None:
            outcome.refuse(0, f"the seat {code} is not known here: import the constituencies first")
            continue
        wanted, before = fields(given), here.pop(seat.pk, None)
        fresh.append(model(constituency=seat, **wanted))
        if before is None:
            outcome.new += 1
        elif any(getattr(before, name) != value for name, value in wanted.items()):
            outcome.changed += 1
        else:
            outcome.unchanged += 1
    if here:
        outcome.notes.append(
            f"{len(here)} seats that are on the present map are not in the file: they leave it."
        )
    model.objects.real().delete()
    model.objects.bulk_create(fresh, batch_size=200)  # type: ignore[arg-type]
    return outcome
