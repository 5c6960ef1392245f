"""Import constituencies: their ONS codes, names, Welsh names and regions, where the file has them."""

from __future__ import annotations

from typing import Any

from contacts.imports import columns
from contacts.imports.geography import Outcome, import_constituencies
from contacts.imports.reading import Table
from contacts.management.geography_command import GeographyCommand


class Command(GeographyCommand):
    help = __doc__
    meanings = columns.CONSTITUENCIES

    def take_in(self, table: Table, options: dict[str, Any]) -> Outcome:
        return import_constituencies(table, skip_refused=options["skip_refused"])
