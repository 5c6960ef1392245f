"""When the demo may be made."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import Authority
from contacts.models import MP
from enquiries.models import Enquiry, TimelineEntry
from overview.management.commands.seed_demo import make_demo


def digest() -> list[tuple[object, ...]]:
    rows = Enquiry.objects.order_by("pk").values_list(
        "reference", "subject", "received_on", "due_on", "replied_on", "owner__user__email"
    )
    return [*rows, *TimelineEntry.objects.order_by("pk").values_list("kind", "at", "text")]


@pytest.mark.slow(seconds=25)
@pytest.mark.skipif(connection.vendor == "postgresql", reason="a demo is on SQLite")
def test_demo_is_the_same_each_time_even_on_a_sunday_night_in_the_holidays(db):
    sunday = datetime(2027, 1, 3, 0, 30, tzinfo=UTC)
    with transaction.atomic():
        make_demo(now=sunday)
        first = digest()
        transaction.set_rollback(True)

    make_demo(now=sunday)

    assert len(first) > 1000
    assert digest() == first
    assert Enquiry.objects.overdue(sunday.date()).exists()


def test_seed_demo_leaves_data_alone(authority, settings, capsys):
    settings.DEMO = True

    call_command("seed_demo")

    assert "stays as it is" in capsys.readouterr().out
    assert not MP.objects.exists()


def test_seed_demo_refuses_outside_the_demo(db, settings):
    settings.DEMO = settings.DEBUG = False

    with pytest.raises(CommandError, match="known password"):
        call_command("seed_demo")

    assert not Authority.objects.exists()
