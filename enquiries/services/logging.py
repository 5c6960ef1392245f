"""Logging an enquiry."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.history import SavedBefore, as_saved_before, save_signed
from accounts.models import Membership, Service
from contacts.models import MP
from enquiries.clock import in_words
from enquiries.models import (
    ClockEvent,
    Enquiry,
    EnquiryType,
    ReferenceCounter,
    TimelineEntry,
    Topic,
    Urgency,
)
from enquiries.services.allocation import allocated_messages, allocation_in_words
from enquiries.services.details import details_at
from enquiries.services.shared import (
    authority_held,
    reckoned,
    seat_of,
    set_constituent,
    tell_timeline,
)
from notifications.services import notify


@transaction.atomic
def log_enquiry(
    *,
    by: Membership,
    now: datetime,
    mp: MP,
    received_on: date,
    channel: str,
    subject: str,
    question: str,
    submission: UUID,
    received_time: time | None = None,
    enquiry_type: str = EnquiryType.ENQUIRY,
    urgency: str = Urgency.STANDARD,
    topic: Topic | None = None,
    service: Service | None = None,
    owner: Membership | None = None,
    constituent_name: str = "",
    constituent_contact: str = "",
) -> Enquiry:
    """Record an enquiry, give it its reference and start its clock; the same submission again gives the same.

    Tells the owner, if it is somebody else; without an owner, the contacts of the service. Raises
    SavedBefore.
    """
    # This lock makes the look-up below see any enquiry that a double click is logging at this moment.
    authority = authority_held(by)
    counter, _ = ReferenceCounter.objects.get_or_create(
        authority=authority, year=timezone.localdate(now).year
    )
    sent = {
        "mp": mp,
        "received_on": received_on,
        "received_time": received_time,
        "channel": channel,
        "enquiry_type": enquiry_type,
        "urgency": urgency,
        "topic": topic,
        "subject": subject,
        "question": question,
        "service": service,
        "owner": owner,
    }
    constituent = {"constituent_name": constituent_name, "constituent_contact": constituent_contact}
    logged = Enquiry.objects.filter(authority=authority, submission=submission).first()
    if logged is not None:
        written = details_at(logged, 1)
        if any(written[name] != value for name, value in constituent.items()):
            raise SavedBefore(logged)
        return as_saved_before(logged, sent)
    counter.last += 1
    counter.save(update_fields=["last"])

    received = ClockEvent(
        authority=authority,
        kind=ClockEvent.Kind.RECEIVED,
        on=received_on,
        time=received_time,
        recorded_at=now,
    )
    enquiry = Enquiry(
        authority=authority,
        reference=f"{authority.reference_prefix}-{counter.year}-{counter.last:05}",
        constituency=seat_of(mp, received_on),
        logged_at=now,
        logged_by=by,
        submission=submission,
        **sent,
    )
    reckoning = reckoned(enquiry, [received])
    save_signed(enquiry, by=by, now=now)
    received.enquiry = enquiry
    received.save()
    set_constituent(enquiry, constituent_name, constituent_contact, by=by, now=now)
    tell_timeline(
        enquiry, TimelineEntry.Kind.LOGGED, by=by, now=now, text=f"Reply due {in_words(reckoning.due_on)}."
    )
    if service or owner:
        text = allocation_in_words(service, owner)
        tell_timeline(enquiry, TimelineEntry.Kind.ALLOCATED, by=by, now=now, text=text)
        notify(allocated_messages([enquiry], by=by), now=now)
    return enquiry
