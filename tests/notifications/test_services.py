"""The list a person reads: counts, reading, and nobody else's rows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Membership
from notifications.services import mark_all_read, mark_read, with_unread
from tests.factories import NOW, MembershipFactory, NotificationFactory

pytestmark = pytest.mark.django_db


def unread_count(member):
    return with_unread(Membership.objects.filter(pk=member.pk)).get().unread


def test_only_ones_own_unread_rows_are_counted(officer):
    NotificationFactory(recipient=officer, in_app=True)
    NotificationFactory(recipient=officer, in_app=True, read_at=NOW)
    NotificationFactory(recipient=officer)  # an e-mail
    NotificationFactory(recipient=MembershipFactory(authority=officer.authority), in_app=True)
    elsewhere = MembershipFactory(user=officer.user)
    NotificationFactory(recipient=elsewhere, in_app=True)

    assert (unread_count(officer), unread_count(elsewhere)) == (1, 1)


def test_reading_twice_keeps_the_first_time(officer):
    row = NotificationFactory(recipient=officer, in_app=True)

    for minutes in (1, 2):
        mark_read(by=officer, notification=row, now=NOW + timedelta(minutes=minutes))

    row.refresh_from_db()
    assert row.read_at == NOW + timedelta(minutes=1)


def test_nobody_marks_what_is_anothers(officer):
    row = NotificationFactory(recipient=MembershipFactory(authority=officer.authority), in_app=True)

    mark_read(by=officer, notification=row, now=NOW)
    marked = mark_all_read(by=officer, now=NOW)

    row.refresh_from_db()
    assert (marked, row.read_at) == (0, None)


def test_marking_all_as_read_gives_how_many_were_not(officer):
    for read_at in (None, None, NOW):
        NotificationFactory(recipient=officer, in_app=True, read_at=read_at)

    assert [mark_all_read(by=officer, now=NOW), unread_count(officer)] == [2, 0]
