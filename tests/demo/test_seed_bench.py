"""The rows to measure with are as the product would have written them."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from contacts.directory import sitting_mps
from enquiries.clock import calendar_of, reckon
from enquiries.models import ClockEvent, Constituent, Enquiry, Reply, TimelineEntry
from enquiries.services import policy_of
from notifications.models import Notification
from overview.demo import many

TODAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(many, "tidy_up", lambda: None)  # VACUUM is not for a transaction
        patch.setattr(many, "leave_keys_unchecked", lambda: None)
        patch.setattr(many, "BASE", 100)  # so that most are copies
        yield many.make_many(enquiries=400, on=TODAY)
        transaction.set_rollback(True)


@pytest.fixture
def rows(seeded, db) -> dict[str, int]:
    return seeded


@pytest.mark.slow
def test_as_many_as_asked_and_a_twentieth_open(rows):
    assert Enquiry.objects.count() == rows["enquiries_enquiry"] == 400
    assert Enquiry.objects.open().count() == 20
    assert Enquiry.objects.values("authority").distinct().count() == 3
    assert Enquiry.objects.values("authority", "reference").distinct().count() == 400
    assert sitting_mps(Enquiry.objects.first().authority).count() == 650


@pytest.mark.slow
def test_dates_are_those_of_the_clock(rows):
    calendars = {}
    for enquiry in Enquiry.objects.select_related("authority")[50:150]:
        calendar = calendars.setdefault(enquiry.authority_id, calendar_of(enquiry.authority))
        reckoned = reckon(
            enquiry.clock_events.all(),
            policy=policy_of(enquiry),
            urgency=enquiry.urgency,
            calendar=calendar,
            cut_off=None,
        )
        assert reckoned.dates == (enquiry.acknowledge_by, enquiry.amber_on, enquiry.due_on)
        if enquiry.replied_on:
            assert enquiry.reply_working_days == calendar.between(enquiry.received_on, enquiry.replied_on)


@pytest.mark.slow
def test_each_enquiry_has_its_rows(rows):
    replied = Enquiry.objects.exclude(replied_on=None).count()

    assert ClockEvent.objects.count() == 400
    assert Reply.objects.count() == replied
    assert TimelineEntry.objects.count() == 2 * 400 + 2 * replied
    assert Enquiry.history.count() == 400 + replied
    assert Constituent.objects.count() > 250
    assert Notification.objects.exists()
    assert max(Enquiry.objects.values_list("received_on", flat=True)) < TODAY


def test_a_full_database_is_refused(rows):
    with pytest.raises(CommandError, match="empty database"):
        call_command("seed_bench", "--enquiries", "10")
