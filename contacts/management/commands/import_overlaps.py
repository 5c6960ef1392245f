"""Import which constituency lies in which council, with the share of the seat's population where the file has
it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from contacts.imports import columns
from contacts.imports.geography import Outcome, import_overlaps, read_translation
from contacts.imports.reading import Table
from contacts.management.geography_command import GeographyCommand


class Command(GeographyCommand):
    help = __doc__
    meanings = columns.OVERLAPS

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--codes", type=Path, help="a table from other codes for seats, such as UKPARL.2025, to ONS codes"
        )

    def take_in(self, table: Table, options: dict[str, Any]) -> Outcome:
        codes = options["codes"]
        translation = read_translation(self.table_in(codes, columns.CONSTITUENCIES)) if codes else None
        return import_overlaps(table, translation=translation, skip_refused=options["skip_refused"])
