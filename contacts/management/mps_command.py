"""What the commands that take in lists of MPs have in common."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from contacts.imports.entries import date_in
from contacts.imports.plan import counts_in_words
from contacts.imports.reading import ListRefused, printable

NOTHING = {"new": 0, "changed": 0, "ended": 0, "unchanged": 0}


def day_in(text: str | date | None, what: str) -> date | None:
    """The day a person wrote; from Python, a date will do."""
    if text is None or isinstance(text, date):
        return text
    day = date_in(text.strip())
    if day is None:
        raise ListRefused(f"“{printable(text)}” is not a date. Write {what} as 2026-04-03 or 3/4/2026.")
    return day


class MPsCommand(BaseCommand):
    """Says what a list of MPs changed or would change, as text or as JSON."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--report", choices=["text", "json"], default="text")

    def show_refused(self, refusal: ListRefused, how: str) -> None:
        refused = [{"row": refusal.row, "reason": refusal.reason}]
        self.show({"rows": refusal.rows, **NOTHING, "refused": refused, "applied": False}, how)

    def show(self, counts: dict[str, Any], how: str, details: dict[str, Any] | None = None) -> None:
        if how == "json":
            self.stdout.write(json.dumps(counts, ensure_ascii=False))
            return
        for refusal in counts["refused"]:
            where = f"Row {refusal['row']}" if refusal["row"] else "The whole file"
            self.stdout.write(f"Refused. {where}: {refusal['reason']}")
        details = details or {}
        for mp in details.get("ended_mps", []):
            self.stdout.write(f"Ended. {mp['name']}, {mp['seat']}")
        for mp in details.get("changed_mps", []):
            said = "; ".join(f"{what}: {old} → {new}" for what, old, new in mp["changes"])
            self.stdout.write(f"Changed. {mp['name']}, {mp['seat']}. {said}")
        for mp in details.get("new_mps", [])[:20]:
            self.stdout.write(f"New. {mp['name']}, {mp['seat']}{', ' if mp['party'] else ''}{mp['party']}")
        if counts["new"] > 20:
            self.stdout.write(f"New. … and {counts['new'] - 20} more")
        self.stdout.write(
            f"{counts_in_words(counts)}. " + ("Applied." if counts["applied"] else "Nothing was changed.")
        )
