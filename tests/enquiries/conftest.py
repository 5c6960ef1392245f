"""An authority with its policies, an MP of its own, and a logged enquiry to work on."""

from __future__ import annotations

from uuid import uuid4

import pytest

from enquiries.models import Contact
from enquiries.services import create_default_policies, log_enquiry
from tests.factories import NOW, TODAY, MPFactory, ServiceFactory


@pytest.fixture
def authority(authority):
    create_default_policies(authority=authority)
    return authority


@pytest.fixture
def mp(authority):
    return MPFactory(name="Ms Ada Fenwick", sort_name="Fenwick, Ada", authority=authority)


@pytest.fixture
def service(authority):
    return ServiceFactory(authority=authority, name="Highways")


@pytest.fixture
def log(officer, mp):
    """Log an enquiry: received TODAY, due on 16 March 2026 unless told otherwise."""

    def logged(**changes):
        details = {
            "by": officer,
            "now": NOW,
            "mp": mp,
            "received_on": TODAY,
            "channel": Contact.EMAIL,
            "subject": "Potholes in Mill Lane",
            "question": "When will Mill Lane be repaired?",
            "submission": uuid4(),
        }
        return log_enquiry(**details | changes)

    return logged


@pytest.fixture
def enquiry(log):
    return log()
