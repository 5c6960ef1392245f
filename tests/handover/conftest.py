"""Who lost a seat of ours and who won it, and what the former MP left."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from contacts.models import SeatHolding
from enquiries.services import create_default_policies, log_enquiry
from tests.factories import MPFactory
from tests.handover.world import (
    DAY,
    ELECTED,
    LOST,
    NOW,
    TODAY,
)


@pytest.fixture
def authority(authority):
    create_default_policies(authority=authority)
    return authority


@pytest.fixture
def former(authority):
    mp = MPFactory(name="Ms Ada Fenwick", sort_name="Fenwick, Ada", authority=authority)
    SeatHolding.objects.filter(mp=mp).update(ended_on=LOST)
    return mp


@pytest.fixture
def seat(former):
    return former.holdings.get().constituency


@pytest.fixture
def new(seat):
    mp = MPFactory(name="Mr Ben Oakley", sort_name="Oakley, Ben")
    mp.holdings.update(constituency=seat, started_on=ELECTED)
    return mp


@pytest.fixture
def leave(former, officer):
    """Log an enquiry of the former MP."""

    def left(**changes):
        return log_enquiry(
            **{
                "by": officer,
                "now": NOW - 45 * DAY,
                "mp": former,
                "received_on": TODAY - 45 * DAY,
                "channel": "e-mail",
                "subject": "Potholes",
                "question": "When?",
                "submission": uuid4(),
                "constituent_name": "Cyril Moss",
            }
            | changes
        )

    return left


@pytest.fixture
def url(authority, former):
    holding = former.holdings.get()

    def of(name, *args):
        return reverse(f"overview:{name}", args=[authority.slug, *(args or [holding.pk])])

    return of
