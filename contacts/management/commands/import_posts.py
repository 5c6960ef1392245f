"""Import posts that MPs hold: ministers, spokespersons, committee members, officers of all-party groups."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from contacts.imports import columns
from contacts.imports.applying import RowsRefused, apply_posts
from contacts.imports.entries import date_in_file_name
from contacts.imports.geography import settle
from contacts.imports.planned import Plan
from contacts.imports.post_plan import PostPlan, PostsOutcome, plan_posts
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
        kind, skip_refused = options["kind"] or "", options["skip_refused"]
        plan: Plan | PostPlan
        try:
            if options["dry_run"]:
                plan = plan_posts(table, source=file.name, on=on, kind=kind)
            else:
                plan = apply_posts(
                    table,
                    file_name=file.name,
                    list_date=on,
                    kind=kind,
                    skip_refused=skip_refused,
                    by=None,
                    now=timezone.now(),
                )
        except RowsRefused as refused:
            plan = refused.plan
        outcome = PostsOutcome(**plan.counts())
        settle(outcome, skip_refused=skip_refused)
        return outcome
