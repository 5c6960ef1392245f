"""Import posts that MPs hold: ministers, spokespersons, committee members, officers of all-party groups."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from contacts.imports import columns
from contacts.imports.entries import date_in_file_name
from contacts.imports.posts import PostsOutcome, import_posts
from contacts.imports.reading import Table
from contacts.management.geography_command import GeographyCommand
from contacts.models import PostKind


class Command(GeographyCommand):
    help = __doc__
    meanings = columns.POSTS

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--kind", choices=PostKind.values, help="what the posts are, where the list does not say"
        )
        parser.add_argument(
            "--on",
            type=date.fromisoformat,
            metavar="DATE",
            help="the day the list is for (2026-06-29); else the date in the file's name, else today",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")

    def take_in(self, table: Table, options: dict[str, Any]) -> PostsOutcome:
        file: Path = options["file"]
        on = options["on"] or date_in_file_name(file.name) or timezone.localdate()
        return import_posts(
            table,
            source=f"{file.name}, as at {on:%-d %B %Y}",
            on=on,
            kind=options["kind"] or "",
            skip_refused=options["skip_refused"],
            dry_run=options["dry_run"],
        )
