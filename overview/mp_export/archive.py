"""Making the export: its log line, and the ZIP as a stream that leaves no file behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import Membership
from contacts.models import MP, MPExport
from enquiries.clock import calendar_of, due_by_law
from enquiries.models import EnquiryType
from overview.mp_export.gathering import Section, gather

ENQUIRY_TYPES = {
    MPExport.Law.SUBJECT_ACCESS: EnquiryType.SUBJECT_ACCESS,
    MPExport.Law.FREEDOM_OF_INFORMATION: EnquiryType.FOI,
}


class MayNotSeeText(Exception):
    """Somebody who may not read enquiries asked for their text."""


def make_export(
    *, by: Membership, mp: MP, law: str, asked_on: date, has_text: bool, reason: str, now: datetime
) -> MPExport:
    """Log that everything held about the MP is taken out, and say by when the request is to be answered.

    Raises MayNotSeeText.
    """
    if has_text and not by.sees_enquiry_text:
        raise MayNotSeeText
    return MPExport.objects.create(
        authority=by.authority,
        mp=mp,
        law=law,
        asked_on=asked_on,
        due_on=due_by_law(ENQUIRY_TYPES[MPExport.Law(law)], asked_on, calendar=calendar_of(by.authority)),
        has_text=has_text,
        reason=reason if has_text else "",
        made_at=now,
        made_by=by,
    )


def archive_name(export: MPExport) -> str:
    return f"mp-{export.mp.parliament_id or export.mp_id}-{timezone.localdate(export.made_at):%Y-%m-%d}.zip"


def archive(export: MPExport) -> Iterator[bytes]:
    """The ZIP, piece by piece: a page to read and print, and the same as data. It is all read first."""
    ours, parliaments = gather(export.mp, authority=export.authority, with_text=export.has_text)
    context = {"export": export, "ours": ours, "parliaments": parliaments}
    files = {
        "index.html": render_to_string("overview/mp_export/index.html", context),
        "style.css": render_to_string("overview/mp_export/style.css"),
        "data.json": json.dumps(
            _as_data(export, ours, parliaments), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1
        ),
    }
    return _zipped(files, made_at=export.made_at)


def _zipped(files: dict[str, str], *, made_at: datetime) -> Iterator[bytes]:
    sink = _Sink()
    made = timezone.localtime(made_at).timetuple()[:6]
    with ZipFile(sink, "w", ZIP_DEFLATED) as zipped:  # type: ignore[call-overload]  # write() is all it needs
        for name, text in files.items():
            zipped.writestr(ZipInfo(name, made), text, ZIP_DEFLATED)
            yield sink.drain()
    yield sink.drain()


class _Sink:
    """What has been written and not been sent on yet."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        pass

    def drain(self) -> bytes:
        pieces, self.pieces = b"".join(self.pieces), []
        return pieces


def _as_data(export: MPExport, ours: list[Section], parliaments: list[Section]) -> dict[str, Any]:
    return {
        "mp": export.mp.name,
        "parliament_id": export.mp.parliament_id,
        "held_by": export.authority.name,
        "made_at": export.made_at,
        "made_by": str(export.made_by),
        "law": export.law,
        "with_enquiries_text": export.has_text,
        "held_by_us": [_section(section) for section in ours],
        "parliament": [_section(section) for section in parliaments],
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "rows": [
            {"mark": entry.mark, **{each.name: each.value for each in entry.said}}
            for entry in section.entries
        ],
        "changes": [
            {
                "at": change.at,
                "by": change.by,
                "how": change.how,
                "fields": {each.name: each.value for each in change.said},
            }
            for change in section.changes
        ],
    }
