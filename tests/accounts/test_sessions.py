from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from accounts.sessions import end_sessions
from mpcrm.settings import TICK_STEPS
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_sessions_that_have_ended_are_taken_out_once():
    for name, left in (("over", timedelta(seconds=-1)), ("just", timedelta(0)), ("open", timedelta(hours=1))):
        Session.objects.create(session_key=name, session_data="", expire_date=NOW + left)

    first, again = end_sessions(now=NOW), end_sessions(now=NOW)

    assert (first, again) == ({"sessions_ended": 1}, {"sessions_ended": 0})
    assert set(Session.objects.values_list("session_key", flat=True)) == {"just", "open"}


def test_the_tick_ends_sessions():
    assert "accounts.sessions.end_sessions" in TICK_STEPS
