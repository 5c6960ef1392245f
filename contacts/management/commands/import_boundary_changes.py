"""Import what the seats of today were made from: old and new seats and the share of each in the other."""

from __future__ import annotations

from typing import Any

from contacts.imports.geography import Outcome
from contacts.imports.reading import Table
from contacts.imports.successions import import_successions
from contacts.management.geography_command import GeographyCommand


class Command(GeographyCommand):
    help = __doc__
    meanings = {}

    def take_in(self, table: Table, options: dict[str, Any]) -> Outcome:
        return import_successions(table, skip_refused=options["skip_refused"])
