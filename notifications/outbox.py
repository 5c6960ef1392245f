"""Reading the e-mails that the file backend keeps, for the demo's outbox page."""

from __future__ import annotations

import email
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

NEWEST = 50
LARGEST = 1_000_000  # bytes of a file that are read
# The file backend ends each message of a file with such a line.
END = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True)
class KeptEmail:
    to: str
    subject: str
    sent_at: datetime | None
    body: str


def kept_emails(folder: Path, *, slug: str, addresses: frozenset[str]) -> list[KeptEmail]:
    """The newest e-mails in the folder to people of one authority, newest first, at most `NEWEST`.

    Those about another authority's work stay out, even if the person works for both.
    """
    found: list[KeptEmail] = []
    for path in sorted(folder.glob("*.log"), reverse=True):  # the backend names files by the time
        with path.open("rb") as file:
            parts = file.read(LARGEST).split(END)
        for part in reversed(parts):
            message = email.message_from_bytes(part, _class=EmailMessage, policy=policy.default)
            if _is_for(message, slug=slug, addresses=addresses):
                found.append(_kept(message))
            if len(found) == NEWEST:
                return found
    return found


def _is_for(message: EmailMessage, *, slug: str, addresses: frozenset[str]) -> bool:
    about = message.get("List-Id", "")
    return str(message["To"]) in addresses and about in ("", f"<{slug}.{settings.INSTANCE_NAME}>")


def _kept(message: EmailMessage) -> KeptEmail:
    text = message.get_body(("plain",))
    return KeptEmail(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=_moment(message["Date"]) if message["Date"] else None,
        body=text.get_content() if text else "",
    )


def _moment(header: str) -> datetime:
    moment = parsedate_to_datetime(header)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # "-0000" is UTC that names no zone
