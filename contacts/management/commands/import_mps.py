"""Import a list of MPs from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from contacts.imports.applying import RowsRefused, apply_list, read_list
from contacts.imports.plan import make_plan
from contacts.imports.planned import Plan
from contacts.imports.post_plan import PostPlan
from contacts.imports.reading import ListRefused, printable
from contacts.management.mps_command import MPsCommand, day_in


def bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ListRefused(f"{file} cannot be read: {why}.") from error


def columns_in_words(reading: dict[str, Any]) -> str:
    """Such as "Columns: seat code “PCON24CD”, name “MP”. Not used: “Notes”."."""
    read = ", ".join(f"{meaning} “{printable(heading)}”" for meaning, heading in reading["columns"])
    unused = ", ".join(f"“{printable(heading)}”" for heading in reading["unused"])
    return f"Columns: {read}." + (f" Not used: {unused}." if unused else "")


class Command(MPsCommand):
    help = (
        "Import a list of MPs: CSV, TSV, Excel (.xlsx) or JSON. A whole list is for all 650 seats. "
        "Exit status 0 when applied, 1 when refused. With --dry-run 0 even if rows are refused, since the "
        "report says which; 1 if the list is refused as a whole."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--on",
            metavar="DATE",
            help="the day the list is for (2026-04-03 or 3/4/2026), today or earlier; else the date in the "
            "file's name, else today",
        )
        parser.add_argument(
            "--partial", action="store_true", help="not all 650 seats are in it; nobody is ended"
        )
        parser.add_argument(
            "--skip-refused", action="store_true", help="apply the other rows if some are refused"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            content, on = bytes_of(file), day_in(options["on"], "the day the list is for")
        except ListRefused as refusal:
            if options["report"] == "json":
                self.show_refused(refusal, "json")
            raise CommandError(refusal.reason, returncode=1) from refusal
        now, today = timezone.now(), timezone.localdate()
        is_applied = False
        plan: Plan | PostPlan
        try:
            listing, list_date = read_list(content, file.name, on=on, today=today)
            if options["dry_run"]:
                plan = make_plan(listing, list_date=list_date, is_partial=options["partial"])
            else:
                plan, _ = apply_list(
                    listing,
                    file_name=file.name,
                    list_date=list_date,
                    is_partial=options["partial"],
                    skip_refused=options["skip_refused"],
                    by=None,
                    now=now,
                )
                is_applied = True
        except RowsRefused as refused_rows:
            plan = refused_rows.plan
        except ListRefused as refusal:
            self.show_refused(refusal, options["report"])
            raise CommandError("The list is refused.", returncode=1) from refusal
        if options["report"] == "text":
            reading = listing.reading
            self.stdout.write(
                f"Read as {reading['file']}; for {list_date:%-d %B %Y} ({reading['date_from']})."
            )
            self.stdout.write(columns_in_words(reading))
        self.show({**plan.counts(), "applied": is_applied}, options["report"], plan.as_report())
        if not is_applied and not options["dry_run"]:
            raise CommandError(
                "Nothing was changed, because rows are refused. --skip-refused applies the list without "
                "them.",
                returncode=1,
            )
