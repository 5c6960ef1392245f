"""When the demo may be made."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Authority
from contacts.models import MP
from enquiries.models import Enquiry
from overview.management.commands.seed_demo import make_demo


@pytest.mark.slow
@pytest.mark.postgres  # not for what it shows: once is enough
def test_demo_can_be_made_on_a_sunday_night_in_the_holidays(db):
    make_demo(now=datetime(2027, 1, 3, 0, 30, tzinfo=UTC))

    assert Enquiry.objects.overdue(date(2027, 1, 3)).exists()


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
