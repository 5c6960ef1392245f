"""Load a look-up of wards or postcodes, or a map (hexjson, GeoJSON), in place of the one before.

A look-up of postcodes may have as many rows as the whole United Kingdom has postcodes: it is read and written
batch by batch.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contacts.imports.geography import Outcome, SomeRefused
from contacts.imports.placing import load_places
from contacts.imports.reading import ListRefused
from contacts.models import REPLACED_WHOLE


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=[kind.value for kind in REPLACED_WHOLE])
        parser.add_argument("file", type=Path)
        parser.add_argument("--skip-refused", action="store_true", help="go on without rows that are refused")
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--report", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        is_dry = options["dry_run"]
        try:
            outcome, is_applied = self.load(options), not is_dry
        except ListRefused as refusal:
            outcome, is_applied, is_dry = Outcome(rows=refusal.rows), False, False
            outcome.refuse(refusal.row, refusal.reason)
        except SomeRefused as some:
            outcome, is_applied = some.outcome, False
        if options["report"] == "json":
            self.stdout.write(json.dumps({**asdict(outcome), "applied": is_applied}, ensure_ascii=False))
        else:
            for refused in outcome.refused:
                where = f"Row {refused['row']}" if refused["row"] else "The whole file"
                self.stdout.write(f"Refused. {where}: {refused['reason']}")
            said = [outcome.in_words(), *outcome.notes]
            self.stdout.write(f"{'. '.join(said)}. {'Applied.' if is_applied else 'Nothing was changed.'}")
        if not is_applied and not is_dry:
            raise CommandError("Nothing was changed, because of what is refused.", returncode=1)

    def load(self, options: dict[str, Any]) -> Outcome:
        try:
            stream = options["file"].open("rb")
        except OSError as error:
            raise ListRefused(f"{options['file']} cannot be read: {error.strerror}.") from error
        with stream:
            return load_places(
                kind=options["kind"],
                stream=stream,
                file_name=options["file"].name,
                skip_refused=options["skip_refused"],
                is_dry=options["dry_run"],
                now=timezone.now(),
            )
