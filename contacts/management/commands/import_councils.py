"""Import councils: their ONS codes and names, and which is part of which county or combined authority."""

from __future__ import annotations

from typing import Any

from contacts.imports import columns
from contacts.imports.geography import Outcome, import_councils
from contacts.imports.reading import Table
from contacts.management.geography_command import GeographyCommand


class Command(GeographyCommand):
    help = __doc__
    meanings = columns.COUNCILS

    def take_in(self, table: Table, options: dict[str, Any]) -> Outcome:
        return import_councils(table, skip_refused=options["skip_refused"])
