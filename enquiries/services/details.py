"""Changing what was logged, without overwriting one another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from accounts.history import save_signed
from accounts.models import Membership
from enquiries.clock import in_words
from enquiries.models import (
    ClockEvent,
    Constituent,
    Enquiry,
    TimelineEntry,
)
from enquiries.services.shared import (
    EditConflict,
    Refused,
    authority_held,
    locked,
    reckoned,
    seat_of,
    set_constituent,
    tell_timeline,
)

# What `change_details` may change; the last two are kept in the enquiry's `Constituent`.
DETAILS = (
    "mp",
    "received_on",
    "received_time",
    "channel",
    "enquiry_type",
    "urgency",
    "topic",
    "subject",
    "question",
)
CONSTITUENT_DETAILS = ("constituent_name", "constituent_contact")


@transaction.atomic
def change_details(
    *, enquiry: Enquiry, version: int, changes: Mapping[str, Any], by: Membership, now: datetime
) -> Enquiry:
    """Change what was logged (`DETAILS` and `CONSTITUENT_DETAILS`), as seen at `version`.

    Raises `EditConflict` if the details were saved since, and otherwise. A new date received, type or urgency
    moves the dates; the clock keeps both the day first given and the day that corrects it. Raises `Refused`
    where it would be received after it was acknowledged, replied to, closed or reopened.
    """
    authority_held(by)
    enquiry = locked(enquiry, by)
    before = details_of(enquiry)
    changed = [name for name, value in changes.items() if before[name] != value]
    if not changed:
        return enquiry
    if enquiry.version != version:
        raise EditConflict(
            base=details_at(enquiry, version),
            theirs=before,
            yours=before | dict(changes),
            version=enquiry.version,
        )
    if "received_on" in changed:
        _refuse_receipt_after_work(enquiry, changes["received_on"])
    for name in changed:
        if name in DETAILS:
            setattr(enquiry, name, changes[name])
    if {"mp", "received_on"} & set(changed):
        enquiry.constituency = seat_of(enquiry.mp, enquiry.received_on)
    if {"received_on", "received_time"} & set(changed):
        ClockEvent.objects.create(
            authority=enquiry.authority,
            enquiry=enquiry,
            kind=ClockEvent.Kind.RECEIVED,
            on=enquiry.received_on,
            time=enquiry.received_time,
            recorded_at=now,
        )
    if {"received_on", "received_time", "enquiry_type", "urgency"} & set(changed):
        reckoning = reckoned(enquiry)
        if enquiry.replied_on is not None:
            enquiry.reply_working_days = reckoning.days_taken(enquiry.replied_on)
    if set(CONSTITUENT_DETAILS) & set(changed):
        after = before | dict(changes)
        set_constituent(enquiry, after["constituent_name"], after["constituent_contact"], by=by, now=now)
    enquiry.version += 1
    save_signed(enquiry, by=by, now=now)
    text = f"Changed: {', '.join(detail_in_words(name) for name in changed)}."
    tell_timeline(enquiry, TimelineEntry.Kind.EDITED, by=by, now=now, text=text)
    return enquiry


def _refuse_receipt_after_work(enquiry: Enquiry, received_on: date) -> None:
    """Nothing happens to an enquiry before it is received."""
    sent = enquiry.replies.filter(taken_back_at=None).aggregate(first=Min("sent_on"))["first"]
    before = enquiry.past_clocks.aggregate(closed_at=Min("closed_at"), reopened_on=Min("reopened_on"))
    work = [
        (enquiry.acknowledged_on, "acknowledged"),
        (sent, "replied to"),
        *((timezone.localdate(at), "closed") for at in (enquiry.closed_at, before["closed_at"]) if at),
        (before["reopened_on"], "reopened"),
    ]
    done = [(day, what) for day, what in work if day]
    day, what = min(done, key=lambda each: each[0], default=(date.max, ""))
    if received_on > day:
        raise Refused(
            f"The enquiry was {what} on {in_words(day)}, so it was received on that day or before.",
            field="received_on",
        )


def details_of(enquiry: Enquiry) -> dict[str, Any]:
    """The details as saved now, by name."""
    constituent = Constituent.objects.filter(enquiry=enquiry).first()
    return {name: getattr(enquiry, name) for name in DETAILS} | {
        "constituent_name": constituent.name if constituent else "",
        "constituent_contact": constituent.contact if constituent else "",
    }


def detail_in_words(name: str) -> str:
    if name in CONSTITUENT_DETAILS:
        return name.replace("constituent_", "constituent’s ")
    field: Any = Enquiry._meta.get_field(name)
    return str(field.verbose_name)


def details_at(enquiry: Enquiry, version: int) -> dict[str, Any]:
    """The details as they were at that version, from the change history."""
    then = enquiry.history.filter(version=version).order_by("-history_date", "-history_id").first()
    if then is None:
        return {}
    about = Constituent.history.filter(enquiry_id=enquiry.pk, history_date__lte=then.history_date)
    constituent = about.order_by("-history_date", "-history_id").first()
    is_there = constituent is not None and constituent.history_type != "-"
    return {name: getattr(then, name) for name in DETAILS} | {
        "constituent_name": constituent.name if is_there else "",
        "constituent_contact": constituent.contact if is_there else "",
    }
