"""manage.py seed_bench: very many fictional enquiries, to measure pages and sweeps with."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Authority
from overview.demo.many import make_many


class Command(BaseCommand):
    help = "Fill an empty database with many fictional enquiries; prints what it wrote as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--enquiries", type=int, default=10_000, metavar="N")

    def handle(self, *args: Any, enquiries: int, **options: Any) -> None:
        if Authority.objects.exists():
            raise CommandError("This is for an empty database: it would mix thousands of rows with yours.")
        started = time.monotonic()
        written = make_many(enquiries=enquiries, on=timezone.localdate())
        seconds = round(time.monotonic() - started, 1)
        self.stdout.write(json.dumps({"seconds": seconds, "rows": sum(written.values()), **written}))
