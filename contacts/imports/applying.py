"""Preview a list of MPs or of their posts, apply it in one transaction, undo the latest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection, models, transaction

from accounts.models import User
from contacts.imports import columns, entries, parties, post_plan, reading, seats
from contacts.imports.entries import Listing
from contacts.imports.plan import make_plan
from contacts.imports.planned import Plan
from contacts.imports.post_plan import PostPlan, plan_posts
from contacts.imports.reading import ListRefused, Table
from contacts.imports.referring import referrers
from contacts.models import (
    MP,
    Constituency,
    ImportState,
    ListSubject,
    MPListImport,
    MPName,
    MPNews,
    MPStatus,
    Party,
    PartySpell,
    Post,
    SeatHolding,
)
from contacts.news import take_back, tell_effects
from contacts.spells import ENDING, Spell, SpellsOverlap, day_before, write_spells


class RowsRefused(Exception):
    """Some rows are refused and nobody chose to apply the list without them. `plan` says which and why."""

    def __init__(self, plan: Plan | PostPlan) -> None:
        super().__init__("rows are refused")
        self.plan = plan


class OutcomeChanged(Exception):
    """Applying would not do what the preview showed: other facts have been recorded since."""


class NotApplicable(Exception):
    """The import is not waiting to be applied or discarded: it has been applied already, or undone."""


class CannotUndo(Exception):
    """Undoing would take away rows that others refer to, or it is not the latest import."""


def read_list(content: bytes, file_name: str, *, on: date | None, today: date) -> tuple[Listing, date]:
    """What a file says and the day it is for: `on`, else the date in the file's name, else today.

    Raises ListRefused if the file is no list of this Parliament's MPs, or is for a day after today: applied,
    it would make every later list out of date.
    """
    list_date, source = day_of_list(file_name, on=on, today=today)
    tables = reading.tables(content, file_name, columns.score)
    listing = entries.likeliest(tables, list_date=list_date)
    listing.reading["date_from"] = source
    refuse_days_to_come(list_date, source, today=today, rows=listing.rows)
    return listing, list_date


def day_of_list(file_name: str, *, on: date | None, today: date) -> tuple[date, str]:
    """The day a list is for, and how that is known."""
    list_date = on or entries.date_in_file_name(file_name) or today
    return list_date, "as you said" if on else "from the file's name" if list_date != today else "today"


def refuse_days_to_come(list_date: date, source: str, *, today: date, rows: int) -> None:
    if list_date > today:
        raise ListRefused(
            f"The list is dated {list_date:%-d %B %Y} ({source}), and today is {today:%-d %B %Y}: "
            "nobody knows yet who the MPs will be. Say which day it is for.",
            rows=rows,
        )


def preview_list(
    listing: Listing, *, file_name: str, list_date: date, is_partial: bool, by: User | None, now: datetime
) -> MPListImport:
    """Record what a list would change, to be looked at and then applied. Raises ListRefused."""
    plan = make_plan(listing, list_date=list_date, is_partial=is_partial)
    preview = _preview_of(plan, file_name=file_name, by=by, now=now)
    preview.save()
    return preview


def _preview_of(plan: Plan, *, file_name: str, by: User | None, now: datetime) -> MPListImport:
    return MPListImport(
        file_name=file_name[:200],
        list_date=plan.list_date,
        is_partial=plan.is_partial,
        reading=plan.listing.reading,
        rows=plan.listing.as_json(),
        report=plan.as_report(),
        created_at=now,
        created_by=by,
    )


def preview_posts(
    content: bytes,
    file_name: str,
    *,
    on: date | None,
    kind: str,
    by: User | None,
    today: date,
    now: datetime,
) -> MPListImport:
    """Record what a list of posts would change, to be looked at and then applied. Raises ListRefused."""
    list_date, date_from = day_of_list(file_name, on=on, today=today)
    table = post_plan.read_posts(content, file_name)
    refuse_days_to_come(list_date, date_from, today=today, rows=len(table.rows))
    record = posts_record(
        table, file_name=file_name, list_date=list_date, kind=kind, date_from=date_from, by=by, now=now
    )
    record.report = post_plan.plan_of(record).as_report()
    record.save()
    return record


def posts_record(
    table: Table,
    *,
    file_name: str,
    list_date: date,
    kind: str,
    by: User | None,
    now: datetime,
    date_from: str = "",
) -> MPListImport:
    return MPListImport(
        subject=ListSubject.POSTS,
        file_name=file_name[:200],
        list_date=list_date,
        is_partial=True,
        reading=post_plan.reading_of(table, date_from=date_from),
        rows=post_plan.kept(table, kind=kind),
        created_at=now,
        created_by=by,
    )


def apply_preview(*, preview: MPListImport, skip_refused: bool, now: datetime) -> MPListImport:
    """Do what a preview showed, all or nothing.

    Raises NotApplicable (not a preview any more), RowsRefused, OutcomeChanged (then `preview.report` holds
    the new outcome, saved, to be looked at again) or ListRefused.
    """
    try:
        with transaction.atomic():
            one_import_at_a_time()
            preview = waiting(preview)
            plan = plan_of(preview)
            report = plan.as_report()
            if report != preview.report:
                raise OutcomeChanged
            return apply_plan(plan, to=preview, skip_refused=skip_refused, now=now)
    except OutcomeChanged:
        MPListImport.objects.filter(pk=preview.pk, state=ImportState.PREVIEWED).update(report=report)
        raise


def plan_of(record: MPListImport) -> Plan | PostPlan:
    """What a list that was kept would do now. Raises ListRefused."""
    if record.subject == ListSubject.POSTS:
        return post_plan.plan_of(record)
    listing = Listing.from_json(record.rows, record.reading)
    return make_plan(listing, list_date=record.list_date, is_partial=record.is_partial)


def discard_preview(*, preview: MPListImport) -> None:
    """Throw away a list that was only looked at. Raises NotApplicable."""
    with transaction.atomic():
        waiting(preview).delete()


def waiting(preview: MPListImport) -> MPListImport:
    """The preview as it is now, held until the transaction ends. Raises NotApplicable if it is none now."""
    preview = MPListImport.objects.select_for_update().get(pk=preview.pk)
    if preview.state != ImportState.PREVIEWED:
        raise NotApplicable(f"This list was {preview.get_state_display().lower()} already.")
    return preview


def apply_list(
    listing: Listing,
    *,
    file_name: str,
    list_date: date,
    is_partial: bool,
    skip_refused: bool,
    by: User | None,
    now: datetime,
) -> tuple[Plan, MPListImport]:
    """Preview and apply at once, as the command does. Raises ListRefused or RowsRefused, having written
    nothing."""
    with transaction.atomic():
        one_import_at_a_time()
        plan = make_plan(listing, list_date=list_date, is_partial=is_partial)
        record = _preview_of(plan, file_name=file_name, by=by, now=now)
        return plan, apply_plan(plan, to=record, skip_refused=skip_refused, now=now)


def apply_posts(
    table: Table,
    *,
    file_name: str,
    list_date: date,
    kind: str,
    skip_refused: bool,
    by: User | None,
    now: datetime,
) -> PostPlan:
    """Preview and apply a list of posts at once, as the command does. Raises ListRefused or RowsRefused,
    having written nothing."""
    with transaction.atomic():
        one_import_at_a_time()
        record = posts_record(table, file_name=file_name, list_date=list_date, kind=kind, by=by, now=now)
        plan = plan_posts(table, source=str(record), on=list_date, kind=kind)
        record.report = plan.as_report()
        apply_plan(plan, to=record, skip_refused=skip_refused, now=now)
    return plan


def one_import_at_a_time() -> None:
    """A second import waits here until the first is done. SQLite's transactions do so of themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE contacts_mplistimport IN SHARE ROW EXCLUSIVE MODE")


# --- Applying ---------------------------------------------------------------------------


class Effects:
    """What an import did to the facts, kept as JSON so that it can be undone: rows made, rows as they were
    before they were changed or taken away."""

    def __init__(self) -> None:
        self.made: dict[str, list[int]] = defaultdict(list)
        self.were: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.dropped: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def as_json(self) -> dict[str, Any]:
        kept: list[tuple[str, Mapping[str, list[Any]]]] = [
            ("made", self.made),
            ("were", self.were),
            ("dropped", self.dropped),
        ]
        return {what: {kind: rows for kind, rows in kinds.items() if rows} for what, kinds in kept}


def apply_plan(plan: Plan | PostPlan, *, to: MPListImport, skip_refused: bool, now: datetime) -> MPListImport:
    """Write what the plan says, inside the caller's transaction, in a constant number of queries."""
    if plan.refused and not skip_refused:
        raise RowsRefused(plan)
    to.effects = plan.write() if isinstance(plan, PostPlan) else write_mps(plan, source=str(to))
    to.state = ImportState.APPLIED
    to.applied_at = now
    to.save()
    tell_effects(to, now=now)
    return to


def write_mps(plan: Plan, *, source: str) -> dict[str, Any]:
    """Write what a list of MPs says; what undoing takes."""
    effects = Effects()
    make_seats(plan, effects)
    people = make_and_change_mps(plan, effects)
    try:
        move_names(plan, people, effects, source=source)
        move_holdings(plan, people, effects, source=source)
        move_parties(plan, people, effects, source=source)
        move_statuses(plan, people, effects, source=source)
    except SpellsOverlap as overlap:
        raise ListRefused(
            f"The list contradicts what is recorded here: {overlap}", rows=plan.listing.rows
        ) from overlap
    return effects.as_json()


def make_seats(plan: Plan, effects: Effects) -> None:
    """Seats that are missing here, from their codes; and the region of seats that have none."""
    known = plan.facts.seats
    missing = [
        Constituency(
            ons_code=placed.code,
            name=placed.entry.seat_name[:150] or placed.code,
            nation=seats.nation_of(placed.code),
            region=placed.entry.region,
            started_on=seats.started_on(placed.code),
        )
        for placed in plan.placed
        if placed.code not in known
    ]
    without_region = []
    for placed in plan.placed:
        seat = known.get(placed.code)
        if seat and placed.entry.region and not seat.region:
            effects.were["constituency"].append({"pk": seat.pk, "region": ""})
            seat.region = placed.entry.region
            without_region.append(seat)
    Constituency.objects.bulk_update(without_region, ["region"], batch_size=500)
    for seat in Constituency.objects.bulk_create(missing, batch_size=500):
        known[seat.ons_code] = seat
        effects.made["constituency"].append(seat.pk)


def make_and_change_mps(plan: Plan, effects: Effects) -> dict[int, MP]:
    """The MP of every placed row, by row number: made, changed, or as they are."""
    people: dict[int, MP] = {}
    fresh, changed = [], []
    for placed in plan.placed:
        entry, mp = placed.entry, placed.mp
        if entry.is_vacant:
            continue
        if mp is None:
            mp = MP(
                parliament_id=entry.parliament_id,
                twfy_id=entry.twfy_id,
                name=placed.name,
                sort_name=placed.sort_name[:150],
            )
            fresh.append(mp)
        else:
            wanted = {"name": placed.name, "sort_name": placed.sort_name[:150], **placed.learnt}
            were = {k: getattr(mp, k) for k, value in wanted.items() if getattr(mp, k) != value}
            if were:
                effects.were["mp"].append({"pk": mp.pk, **were})
                for attribute, value in wanted.items():
                    setattr(mp, attribute, value)
                changed.append(mp)
        people[entry.row] = mp
    MP.objects.bulk_update(changed, ["name", "sort_name", "parliament_id", "twfy_id"], batch_size=200)
    MP.objects.bulk_create(fresh, batch_size=500)
    effects.made["mp"] += [mp.pk for mp in fresh]
    return people


def move_names(plan: Plan, people: dict[int, MP], effects: Effects, *, source: str) -> None:
    """Begin and end names, so that each MP's open one is the name the MP has."""
    begin, end, drop, resorted = [], [], [], []
    for placed in plan.placed:
        if placed.entry.is_vacant:
            continue
        mp = people[placed.entry.row]
        begin += [MPName(mp=mp, **named._asdict(), source=source) for named in placed.names]
        end += [(name, last_day) for name, last_day in placed.names_over if last_day]
        drop += [name for name, last_day in placed.names_over if last_day is None]
        now = next((name for name in plan.facts.names_of.get(mp.pk, []) if name.ended_on is None), None)
        if now and not placed.names_over and now.sort_name != mp.sort_name:
            effects.were["name"].append({"pk": now.pk, "sort_name": now.sort_name})
            now.sort_name = mp.sort_name
            resorted.append(now)
    MPName.objects.bulk_update(resorted, ["sort_name"], batch_size=500)
    write(effects, MPName, begin=begin, end=end, drop=drop)


def move_holdings(plan: Plan, people: dict[int, MP], effects: Effects, *, source: str) -> None:
    begin = [
        SeatHolding(
            mp=people[placed.entry.row],
            constituency=plan.facts.seats[placed.code],
            started_on=placed.started_on,
            begun_by=placed.begun_by,
            source=source,
        )
        for placed in plan.placed
        if placed.started_on
    ]
    end = [(holding, last_day) for holding, last_day in plan.leaving if last_day]
    drop = [holding for holding, last_day in plan.leaving if last_day is None]
    how = {holding.pk: (plan.ended_by.get(holding.pk, ""), source) for holding, _ in end}
    write(effects, SeatHolding, begin=begin, end=end, drop=drop, how=how)
    learn(plan, effects, source=source)


def learn(plan: Plan, effects: Effects, *, source: str) -> None:
    """What the list adds to rows that are here: when and how they began or ended."""
    learnt: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    for row, told in plan.learnt:
        more = dict(told)
        if isinstance(row, SeatHolding):
            more["end_source" if "ended_by" in more else "source"] = source
        effects.were[KIND_OF[type(row)]].append({"pk": row.pk, **as_was(row, more)})
        for attribute, value in more.items():
            setattr(row, attribute, value)
        learnt[type(row)].append(row)
    for model, rows in learnt.items():
        also = ["source", "begun_by", *ENDING[SeatHolding]] if model is SeatHolding else []
        model._default_manager.bulk_update(rows, ["started_on", *also], batch_size=500)


def move_parties(plan: Plan, people: dict[int, MP], effects: Effects, *, source: str) -> None:
    """Begin the party spells that rows state; end those they replace, and those of MPs who left."""
    wanted = {placed.party.name for placed in plan.placed if placed.party}
    known = {party.name: party for party in Party.objects.filter(name__in=wanted)}
    missing = []
    for name in sorted(wanted - known.keys()):
        table = parties.BY_NAME.get(name)
        party = Party(name=name)
        if table:
            party.abbreviation, party.colour = table.abbreviation, table.colour
        missing.append(party)
    for party in Party.objects.bulk_create(missing):
        known[party.name] = party
        effects.made["party"].append(party.pk)
    begin, replaced = [], {}
    for placed in plan.placed:
        if not placed.party or not placed.party_from:
            continue
        mp = people[placed.entry.row]
        begin.append(
            PartySpell(
                mp=mp,
                party=known[placed.party.name],
                started_on=placed.party_from,
                begun_by=placed.entry.party_by,
                source=source,
            )
        )
        spell = plan.facts.party_of.get(mp.pk)
        if spell:
            replaced[spell.pk] = (spell, day_before(placed.party_from))
    for holding in plan.ended:
        spell = plan.facts.party_of.get(holding.mp_id)
        if spell:
            last_day = next(day for h, day in plan.leaving if h.pk == holding.pk)
            replaced[spell.pk] = (spell, last_day or day_before(plan.list_date))
    end = [(spell, last) for spell, last in replaced.values() if last >= spell.started_on]
    drop = [spell for spell, last in replaced.values() if last < spell.started_on]
    write(effects, PartySpell, begin=begin, end=end, drop=drop)


def move_statuses(plan: Plan, people: dict[int, MP], effects: Effects, *, source: str) -> None:
    """Begin the statuses that rows state; end those they end, and those of MPs who left."""
    begin, end = [], []
    for placed in plan.placed:
        if placed.status_over:
            end.append(placed.status_over)
        if placed.status_from:
            begin.append(
                MPStatus(
                    mp=people[placed.entry.row],
                    status=placed.entry.status,
                    note=placed.entry.status_note,
                    started_on=placed.status_from,
                    source=source,
                )
            )
    last_days = {holding.pk: last_day for holding, last_day in plan.leaving}
    for holding in plan.ended:
        status = plan.facts.status_of.get(holding.mp_id)
        if status:
            last_day = last_days[holding.pk] or day_before(plan.list_date)
            end.append((status, max(last_day, status.started_on)))
    write(effects, MPStatus, begin=begin, end=end)


def write(
    effects: Effects,
    model: type[Spell],
    *,
    begin: list[Spell],
    end: list[tuple[Spell, date]],
    drop: Sequence[Spell] = (),
    how: Mapping[int, tuple[str, str]] | None = None,
) -> None:
    """Write spells, having noted what undoing it takes; `how` holdings ended and where that was read."""
    kind, ending = KIND_OF[model], ENDING.get(model, ["ended_on"])
    effects.were[kind] += [{"pk": spell.pk, **as_was(spell, ending)} for spell, _ in end]
    effects.dropped[kind] += [
        {
            "pk": spell.pk,
            **as_was(spell, [f.attname for f in model._meta.concrete_fields if f.attname != "id"]),
        }
        for spell in drop
    ]
    for spell, _ in end:
        if isinstance(spell, SeatHolding) and how:
            spell.ended_by, spell.end_source = how[spell.pk]
    write_spells(model, begin=begin, end=end, drop=drop)
    effects.made[kind] += [spell.pk for spell in begin]


def as_was(row: models.Model, attributes: Iterable[str]) -> dict[str, Any]:
    """These attributes as JSON keeps them."""
    values = {name: getattr(row, name) for name in attributes}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


# --- Undoing ----------------------------------------------------------------------------

# In the order in which rows can go: those that refer to others first.
KINDS: dict[str, type[models.Model]] = {
    "post": Post,
    "holding": SeatHolding,
    "party_spell": PartySpell,
    "name": MPName,
    "status": MPStatus,
    "mp": MP,
    "constituency": Constituency,
    "party": Party,
}
KIND_OF = {model: kind for kind, model in KINDS.items()}
SPELLS = ("holding", "party_spell", "name", "status")


def undo_import(
    *, applied: MPListImport, now: datetime, by: User | AnonymousUser | None = None
) -> MPListImport:
    """Put the facts back to what they were before the latest import.

    Raises CannotUndo, naming what stands in the way: a later import, or rows of others that refer to rows it
    made.
    """
    with transaction.atomic():
        one_import_at_a_time()
        applied = MPListImport.objects.select_for_update().get(pk=applied.pk)
        reason = why_not_undo(applied, reader=by)
        if reason:
            raise CannotUndo(reason)
        take_back(applied)
        made, were, dropped = (applied.effects.get(key, {}) for key in ("made", "were", "dropped"))
        for kind in ("post", *SPELLS):
            KINDS[kind]._default_manager.filter(pk__in=made.get(kind, [])).delete()
        post_plan.put_back(were.pop("post", []))
        for kind, model in KINDS.items():
            restore(model, were.get(kind, []))
            model._default_manager.bulk_create(
                [model(**row) for row in dropped.get(kind, [])], batch_size=500
            )
        for kind in ("mp", "constituency", "party"):
            KINDS[kind]._default_manager.filter(pk__in=made.get(kind, [])).delete()
        applied.state = ImportState.UNDONE
        applied.undone_at = now
        applied.save(update_fields=["state", "undone_at"])
    return applied


def restore(model: type[models.Model], rows: list[dict[str, Any]]) -> None:
    """Give rows the fields they had; dates come as ISO text."""
    if not rows:
        return
    found = model._default_manager.in_bulk([row["pk"] for row in rows])
    touched = sorted({name for row in rows for name in row} - {"pk"})
    for row in rows:
        for name, value in row.items():
            setattr(found[row["pk"]], name, value)
    model._default_manager.bulk_update(list(found.values()), touched, batch_size=200)


def why_not_undo(applied: MPListImport, *, reader: User | AnonymousUser | None = None) -> str:
    """What stands in the way of undoing, in words for `reader`; empty if nothing does."""
    if applied.state != ImportState.APPLIED:
        return "Only an import that has been applied can be undone."
    latest = MPListImport.objects.about(applied.subject).applied().first()
    if latest and latest.pk != applied.pk:
        return f"Only the latest import can be undone, and that is {latest}."
    made = {KINDS[kind]: pks for kind, pks in applied.effects.get("made", {}).items()}
    to: dict[type[models.Model], list[int]] = {
        model: made.get(model, []) for model in (MP, Constituency, Party, Post)
    }
    told = list(applied.news.values_list("pk", flat=True))  # which undoing takes back
    found = referrers(to, besides={**made, MPNews: told}, reader=reader)
    if not found:
        return ""
    return f"Other records refer to rows this import made: {'; '.join(found)}."
