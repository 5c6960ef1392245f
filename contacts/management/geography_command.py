"""What the commands for constituencies, councils and overlaps have in common."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from contacts.imports.columns import Meanings
from contacts.imports.geography import Outcome, SomeRefused, read_table
from contacts.imports.reading import ListRefused, Table


class GeographyCommand(BaseCommand):
    """Read a file, take it in, report; exit status 1 if it or some of its rows are refused."""

    meanings: Meanings

    def take_in(self, table: Table, options: dict[str, Any]) -> Outcome:
        raise NotImplementedError

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, TSV, Excel (.xlsx) or JSON")
        parser.add_argument("--skip-refused", action="store_true", help="go on without rows that are refused")
        parser.add_argument("--report", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        is_dry = options.get("dry_run", False)
        is_applied = not is_dry
        try:
            outcome = self.take_in(self.table_in(options["file"], self.meanings), options)
        except ListRefused as refusal:
            outcome = Outcome(rows=refusal.rows)
            outcome.refuse(refusal.row, refusal.reason)
            is_applied = is_dry = False
        except SomeRefused as some:
            outcome, is_applied = some.outcome, False
        if options["report"] == "json":
            self.stdout.write(json.dumps({**vars(outcome), "applied": is_applied}, ensure_ascii=False))
        else:
            for refused in outcome.refused:
                where = f"Row {refused['row']}" if refused["row"] else "The whole file"
                self.stdout.write(f"Refused. {where}: {refused['reason']}")
            said = ". ".join([outcome.in_words(), *(note.removesuffix(".") for note in outcome.notes)])
            self.stdout.write(f"{said}. {'Applied.' if is_applied else 'Nothing was changed.'}")
        if not is_applied and not is_dry:
            raise CommandError("Nothing was changed, because of what is refused.", returncode=1)

    def table_in(self, file: Path, meanings: Meanings) -> Table:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise ListRefused(f"{file} cannot be read: {error.strerror}.") from error
        return read_table(content, file.name, meanings)
