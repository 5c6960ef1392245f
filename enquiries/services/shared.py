"""What every change to an enquiry needs: holding it, reckoning its dates, history, timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from accounts.history import save_signed, sign
from accounts.models import Authority, Membership
from contacts.models import MP, Constituency, holders
from enquiries.clock import Reckoning, calendar_of, reckon
from enquiries.models import (
    ClockEvent,
    Constituent,
    Enquiry,
    ResponsePolicy,
    TimelineEntry,
)


class Refused(Exception):
    """The enquiry's state does not allow this; the message says why, in words for the person who tried.

    `field` is the argument that is at fault, where it is one.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class EditConflict(Exception):
    """Somebody saved the same thing first. Nothing was written.

    `base` is what both started from, `theirs` what is saved now (its version is `version`), `yours` what was
    sent: field name to value.
    """

    def __init__(
        self, *, base: dict[str, Any], theirs: dict[str, Any], yours: dict[str, Any], version: int
    ) -> None:
        super().__init__("Somebody saved this first")
        self.base, self.theirs, self.yours, self.version = base, theirs, yours, version


def policy_of(enquiry: Enquiry) -> ResponsePolicy:
    return ResponsePolicy.objects.get(authority=enquiry.authority, enquiry_type=enquiry.enquiry_type)


def locked(enquiry: Enquiry, by: Membership) -> Enquiry:
    """The enquiry as it is now, held until the transaction ends; not found unless `by` may know of it."""
    rows = Enquiry.objects.visible_to(by).select_related("authority", "mp")
    return rows.select_for_update(of=("self",)).get(pk=enquiry.pk)


def authority_held(by: Membership) -> Authority:
    """The authority as it is now, held until the transaction ends, before any of its enquiries.

    For whoever reckons dates that a new policy, closure day or cut-off would not find to reckon anew, and for
    whoever sets these: one waits for the other.
    """
    return Authority.objects.defer("logo").select_for_update(no_key=True).get(pk=by.authority_id)


def reckoning_of(enquiry: Enquiry, events: Iterable[ClockEvent] | None = None) -> Reckoning:
    """What the clock says by today's policy and calendar, from its events (those saved, unless given)."""
    return reckon(
        enquiry.clock_events.all() if events is None else events,
        policy=policy_of(enquiry),
        urgency=enquiry.urgency,
        calendar=calendar_of(enquiry.authority),
        cut_off=enquiry.authority.cut_off_time,
    )


def reckoned(enquiry: Enquiry, events: Iterable[ClockEvent] | None = None) -> Reckoning:
    """Set the enquiry's dates to what the clock says (see `reckoning_of`), and give that."""
    reckoning = reckoning_of(enquiry, events)
    enquiry.acknowledge_by, enquiry.amber_on, enquiry.due_on = reckoning.dates
    return reckoning


def set_constituent(enquiry: Enquiry, name: str, contact: str, *, by: Membership, now: datetime) -> None:
    constituent = Constituent.objects.filter(enquiry=enquiry).first()
    if not name and not contact:
        if constituent:
            sign(constituent, by=by, now=now)
            constituent.delete()
        return
    constituent = constituent or Constituent(authority=enquiry.authority, enquiry=enquiry)
    constituent.name, constituent.contact = name, contact
    save_signed(constituent, by=by, now=now)


def tell_timeline(
    enquiry: Enquiry, kind: TimelineEntry.Kind, *, by: Membership, now: datetime, text: str = ""
) -> None:
    TimelineEntry.objects.create(
        authority=enquiry.authority, enquiry=enquiry, kind=kind, at=now, by=by, text=text
    )


def seat_of(mp: MP, on: date) -> Constituency | None:
    """The seat the MP held on the day; where none is known of that day, the seat held now, or until
    Parliament was dissolved."""
    held = [mp.holdings.current(on), holders(None).filter(mp=mp)]
    holding = next(filter(None, (each.select_related("constituency").first() for each in held)), None)
    return holding.constituency if holding else None
