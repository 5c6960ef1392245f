"""`manage.py tick`: do what is due now, or go on doing so every TICK_SECONDS."""

from __future__ import annotations

import json
import logging
import signal
import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from notifications.tick import run_tick

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Escalate, remind and send what is due. Prints what it did as JSON, one line a tick."
    is_stopping = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--loop",
            action="store_true",
            help="Tick every TICK_SECONDS, until SIGTERM or SIGINT.",
        )
        parser.add_argument(
            "--now",
            metavar="ISO",
            help="Tick as if it were this time, such as 2026-03-02T09:00 (Europe/London).",
        )

    def handle(self, *args: Any, loop: bool, now: str | None, **options: Any) -> None:
        if loop and now is not None:
            raise CommandError("--loop asks the clock each time; leave out --now.")
        if not loop:
            self.tick(now=timezone.now() if now is None else _parse(now))
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        while not self.is_stopping:
            next_tick = time.monotonic() + settings.TICK_SECONDS
            close_old_connections()
            try:
                self.tick(now=timezone.now())
            except DatabaseError as error:
                logger.error("tick: no database (%s); trying again", type(error).__name__)
            while not self.is_stopping and time.monotonic() < next_tick:
                time.sleep(min(0.2, settings.TICK_SECONDS))

    def tick(self, *, now: datetime) -> None:
        tick = run_tick(now=now, should_stop=lambda: self.is_stopping)
        line: dict[str, object] = {"at": now.isoformat(timespec="seconds")}
        if tick is None:
            line["busy"] = 1
        else:
            line |= tick.counts
            if tick.error:
                line["error"] = tick.error
        self.stdout.write(json.dumps(line))
        self.stdout.flush()

    def stop(self, *args: object) -> None:
        """Finish the step at work, then leave."""
        self.is_stopping = True


def _parse(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"“{text}” is not a time. Write it like 2026-03-02T09:00.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
