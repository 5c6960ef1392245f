"""Sync with Parliament's Members API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from contacts.imports.applying import RowsRefused
from contacts.imports.plan import Plan
from contacts.imports.reading import ListRefused
from contacts.management.mps_command import NOTHING, MPsCommand, day_in
from contacts.models import SyncSubject
from contacts.parliament.client import NoAnswer
from contacts.parliament.details import sync_details
from contacts.parliament.runs import AnotherSync
from contacts.parliament.syncing import PROBLEMS, in_words, sync


class Command(MPsCommand):
    help = (
        "Ask Parliament who the MPs are, and apply the answer as a whole list or not at all; then which "
        "posts some of them hold and how to reach them. Killed, it goes on where it was when run again. Exit "
        "status 0 when applied (or tried: --dry-run), 1 when refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
        parser.add_argument(
            "--since",
            metavar="DATE",
            help="after a pause: take the days of changes of party from Parliament's own history of each MP, "
            "back to DATE, also of those recorded late or not at all (about 33 more requests); the first "
            "time that happens by itself, back to the election",
        )
        parser.add_argument(
            "--only", choices=SyncSubject.values, help="ask who the MPs are (mps), or the rest (details)"
        )
        parser.add_argument(
            "--everybody",
            action="store_true",
            help="ask about posts and contact details of every MP (1,340 requests), not of the "
            "PARLIAMENT_MPS_A_NIGHT whose answers are the oldest",
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        how, is_dry_run, only = options["report"], options["dry_run"], options["only"]
        counts: dict[str, Any] = {"rows": 0, **NOTHING, "refused": []}
        report: dict[str, Any] = {}
        if only != SyncSubject.DETAILS:
            plan = self.sync_mps(options)
            counts, report = plan.counts(), plan.as_report()
        if only != SyncSubject.MPS and (options["everybody"] or settings.PARLIAMENT_MPS_A_NIGHT):
            counts["posts"] = self.sync_details(options)
        self.show({**counts, "applied": not is_dry_run}, how, report)
        posts = counts.get("posts", {})
        if how == "text" and "in_words" in posts:
            self.stdout.write(f"{posts['in_words']}.")
        if "refused" in posts:
            raise CommandError(f"Posts and contact details: {posts['refused']}", returncode=1)

    def sync_mps(self, options: dict[str, Any]) -> Plan:
        how = options["report"]
        try:
            since = day_in(options["since"], "the day from which to read histories")
            return sync(now=timezone.now(), since=since, is_dry_run=options["dry_run"])
        except RowsRefused as refused:
            self.show({**refused.plan.counts(), "applied": False}, how, refused.plan.as_report())
            raise CommandError("Nothing was changed, because rows are refused.", returncode=1) from refused
        except (NoAnswer, AnotherSync, *PROBLEMS) as problem:
            refusal = problem if isinstance(problem, ListRefused) else ListRefused(why(problem))
            self.show_refused(refusal, how)
            raise CommandError("Nothing was changed.", returncode=1) from problem

    def sync_details(self, options: dict[str, Any]) -> dict[str, Any]:
        """What changed of posts and contact details, or why nothing did."""
        try:
            outcome = sync_details(
                now=timezone.now(), is_everybody=options["everybody"], is_dry_run=options["dry_run"]
            )
        except (NoAnswer, AnotherSync, *PROBLEMS) as problem:
            return {"refused": why(problem)}
        return {**outcome.counts(), "in_words": outcome.in_words()}


def why(problem: Exception) -> str:
    if isinstance(problem, NoAnswer):
        return f"Parliament does not answer: {problem}. Run this again later: it will go on from here."
    return in_words(problem)
