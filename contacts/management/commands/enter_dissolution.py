"""Say when there is no Parliament."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contacts.dissolving import DissolutionsOverlap, enter_dissolution


class Command(BaseCommand):
    help = (
        "Enter a dissolution of Parliament: from FROM to TO (such as 2029-05-30; without TO, until further "
        "notice) there are no MPs, and an empty list of them is believed. The same FROM again corrects TO."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("started_on", metavar="FROM", type=date.fromisoformat)
        parser.add_argument("ended_on", metavar="TO", type=date.fromisoformat, nargs="?")

    def handle(self, *args: Any, started_on: date, ended_on: date | None, **options: Any) -> None:
        if ended_on and ended_on < started_on:
            raise CommandError("TO is before FROM.")
        try:
            enter_dissolution(started_on=started_on, ended_on=ended_on, by=None, now=timezone.now())
        except DissolutionsOverlap as overlap:
            other = overlap.other
            until = f"to {other.ended_on:%-d %B %Y}" if other.ended_on else "until further notice"
            raise CommandError(
                f"A dissolution from {other.started_on:%-d %B %Y} {until} is entered already. "
                "Enter its TO first."
            ) from overlap
        until = f"to {ended_on:%-d %B %Y}" if ended_on else "until further notice"
        self.stdout.write(f"Entered: no MPs from {started_on:%-d %B %Y} {until}.")
