"""What a worker of the kill tests does otherwise than the product, by name."""

from __future__ import annotations

import os
import time
from contextlib import nullcontext
from datetime import timedelta

from django.core.mail.backends.dummy import EmailBackend

from enquiries import escalation
from enquiries.models import Escalation, TimelineEntry
from notifications import delivery, tick
from notifications.models import State
from notifications.services import notify

# --- The product, hurried: the same promises in less time ------------------------------------


def short_leases(seconds: float) -> None:
    """What a killed sender had claimed is free again after so long, instead of two minutes."""
    delivery.LEASE = timedelta(seconds=seconds)


def small_batches(size: int) -> None:
    """More transactions to be killed in."""
    escalation.BATCH = size


def nobody_gives_way() -> None:
    """Every tick runs beside the others: what the advisory lock saves is done twice."""
    tick._first_here = lambda: nullcontext(True)


def no_mail_server() -> None:
    """Every e-mail is taken at once, by nobody."""
    delivery.get_connection = EmailBackend


# --- Dying at a chosen place ------------------------------------------------------------------

PLACES = {
    "facts inserted": (escalation, "_record", "after"),
    "told, before the commit": (escalation, "notify", "after"),
    "claimed": (delivery, "claim", "after"),
    "charged, before sending": (delivery, "compose", "before"),
    "sent, before marking": (delivery, "_settle", "before"),
}


def die(place: str, call: int) -> None:
    """End the process without a word at the given call of a function."""
    module, name, when = PLACES[place]
    original, calls = getattr(module, name), [0]

    def dying(*args, **kwargs):
        calls[0] += 1
        if calls[0] == call and when == "before":
            os._exit(9)
        result = original(*args, **kwargs)
        if calls[0] == call:
            os._exit(9)
        return result

    setattr(module, name, dying)


# --- The protections off --------------------------------------------------------------------

# Where the product has no gap a substitute opens one. It lasts long enough that a kill, or another tick, falls
# into it on any machine: a control that goes red by luck shows nothing.
GAP_SECONDS = 0.02


def mark_before_sending() -> None:
    """A row is sent once it is marked, not marked once it is sent."""

    def deliver(row, connection, *, clock, rng):
        delivery._settle(row, state=State.SENT, sent_at=clock())
        time.sleep(GAP_SECONDS)
        connection.send_messages([delivery.compose(row)])
        return "sent"

    delivery._deliver = deliver


def record_apart() -> None:
    """The fact that a step was reached, and what people are told, are two transactions."""

    def escalate(candidates, *, office, now):
        told = []
        for fact in escalation._record(candidates, now=now):
            time.sleep(GAP_SECONDS)
            told.append(_tell(fact, office=office, now=now))
        return told

    escalation._escalate = escalate


def look_then_insert() -> None:
    """Nothing is held, and a fact is inserted because it was not there a moment ago."""

    def escalate(candidates, *, office, now):
        facts = [
            Escalation(
                authority_id=enquiry.authority_id,
                enquiry=enquiry,
                due_on=enquiry.due_on,
                offset=enquiry.reached,
                recorded_at=now,
            )
            for enquiry in candidates
        ]
        if facts:  # a few times a day, so that the gap may be as long as a busy machine keeps a tick waiting
            time.sleep(20 * GAP_SECONDS)
        Escalation.objects.bulk_create(facts)
        return [_tell(fact, office=office, now=now) for fact in facts]

    escalation._escalate = escalate


def _tell(fact: Escalation, *, office: escalation.Office, now) -> int:
    told = office.whom_to_tell(fact)
    TimelineEntry.objects.create(
        authority_id=fact.authority_id,
        enquiry_id=fact.enquiry_id,
        kind=TimelineEntry.Kind.ESCALATED,
        at=now,
        text=office.entry(fact, told),
    )
    notify(office.messages(fact, told), now=now)
    return len(told.people)
