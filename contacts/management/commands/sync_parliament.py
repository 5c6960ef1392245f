"""Sync with Parliament's Members API."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from contacts.imports.applying import RowsRefused
from contacts.imports.reading import ListRefused
from contacts.management.mps_command import MPsCommand, day_in
from contacts.parliament.client import NoAnswer
from contacts.parliament.runs import AnotherSync
from contacts.parliament.syncing import PROBLEMS, in_words, sync


class Command(MPsCommand):
    help = (
        "Ask Parliament who the MPs are, and apply the answer as a whole list or not at all. Killed, it goes "
        "on where it was when run again. Exit status 0 when applied (or tried: --dry-run), 1 when refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
        parser.add_argument(
            "--since",
            metavar="DATE",
            help="after a pause, or the first time: take the day of a change of party from Parliament's own "
            "history of each MP, back to DATE, instead of today (about 33 more requests)",
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        how = options["report"]
        try:
            since = day_in(options["since"], "the day from which to read histories")
            plan = sync(now=timezone.now(), since=since, is_dry_run=options["dry_run"])
        except RowsRefused as refused:
            self.show({**refused.plan.counts(), "applied": False}, how, refused.plan.as_report())
            raise CommandError("Nothing was changed, because rows are refused.", returncode=1) from refused
        except NoAnswer as none:
            reason = f"Parliament does not answer: {none}. Run this again later: it will go on from here."
            self.show_refused(ListRefused(reason), how)
            raise CommandError("Nothing was changed.", returncode=1) from none
        except (AnotherSync, *PROBLEMS) as problem:
            refusal = problem if isinstance(problem, ListRefused) else ListRefused(in_words(problem))
            self.show_refused(refusal, how)
            raise CommandError("Nothing was changed.", returncode=1) from problem
        self.show({**plan.counts(), "applied": not options["dry_run"]}, how, plan.as_report())
