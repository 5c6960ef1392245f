"""Preview a list of MPs or of their posts, and apply it in one transaction."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction

from accounts.models import User
from contacts.dissolving import end_dissolutions
from contacts.imports import columns, entries, post_plan, reading
from contacts.imports.commons import commons_on
from contacts.imports.entries import Listing
from contacts.imports.plan import make_plan
from contacts.imports.planned import Plan
from contacts.imports.post_plan import PostPlan, plan_posts
from contacts.imports.reading import ListRefused, Table
from contacts.imports.writing import write_mps
from contacts.models import (
    ImportState,
    ListSubject,
    MPListImport,
)
from contacts.news import tell_effects
from contacts.news_days import move_news


class RowsRefused(Exception):
    """Some rows are refused and nobody chose to apply the list without them. `plan` says which and why."""

    def __init__(self, plan: Plan | PostPlan) -> None:
        super().__init__("rows are refused")
        self.plan = plan


class OutcomeChanged(Exception):
    """Applying would not do what the preview showed: other facts have been recorded since."""


class NotApplicable(Exception):
    """The import is not waiting to be applied or discarded: it has been applied already, or undone."""


def read_list(content: bytes, file_name: str, *, on: date | None, today: date) -> tuple[Listing, date]:
    """What a file says and the day it is for: `on`, else the date in the file's name, else today.

    Raises ListRefused if the file is no list of this Parliament's MPs, or is for a day after today: applied,
    it would make every later list out of date.
    """
    list_date, source = day_of_list(file_name, on=on, today=today)
    tables = reading.tables(content, file_name, columns.score)
    listing = entries.likeliest(tables, list_date=list_date, commons=commons_on(list_date))
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


def apply_plan(plan: Plan | PostPlan, *, to: MPListImport, skip_refused: bool, now: datetime) -> MPListImport:
    """Write what the plan says, inside the caller's transaction, in a constant number of queries."""
    if plan.refused and not skip_refused:
        raise RowsRefused(plan)
    to.effects = plan.write() if isinstance(plan, PostPlan) else write_mps(plan, source=str(to))
    if isinstance(plan, Plan) and plan.over:
        ended = end_dissolutions(plan.over, source=str(to), by=to.created_by, now=now)
        to.effects["were"]["dissolution"] = ended
    if moved := move_news(to.effects):
        to.effects["were"]["news"] = moved
    to.state = ImportState.APPLIED
    to.applied_at = now
    to.save()
    tell_effects(to, now=now)
    return to
