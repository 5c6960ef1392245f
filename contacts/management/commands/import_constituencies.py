"""Import constituencies: their ONS codes, names, Welsh names and regions, where the file has them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone

from contacts.imports import columns
from contacts.imports.constituencies import import_constituencies, refuse_day_to_come
from contacts.imports.geography import Outcome
from contacts.imports.reading import Table
from contacts.management.geography_command import GeographyCommand


class Command(GeographyCommand):
    help = __doc__
    meanings = columns.CONSTITUENCIES

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--from",
            dest="begins",
            type=date.fromisoformat,
            metavar="DATE",
            help="after a boundary change: the polling day (2029-05-30) from which the file lists all seats; "
            "those that are new to it begin, those that it lacks end",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")

    def take_in(self, table: Table, options: dict[str, Any]) -> Outcome:
        begins = options["begins"]
        if begins:
            refuse_day_to_come(begins, today=timezone.localdate())
        with transaction.atomic():
            outcome = import_constituencies(table, begins=begins, skip_refused=options["skip_refused"])
            transaction.set_rollback(options["dry_run"])
        return outcome
