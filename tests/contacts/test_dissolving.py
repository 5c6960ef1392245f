"""A dissolution whose last day nobody entered ends with the first list of the new Parliament."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from contacts.dissolving import enter_dissolution
from contacts.imports.applying import apply_preview, preview_list, read_list
from contacts.imports.undoing import undo_import
from contacts.models import Beginning, Dissolution, Ending, MPListImport, SeatHolding
from notifications.models import Notification
from tests.contacts.lists import FIRST, NEWCOMER, as_csv, changed_rows, empty_house, facts, next_house, whole
from tests.factories import MembershipFactory, MPFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAY = timedelta(days=1)
DISSOLVED, POLL, LIST = date(2026, 1, 10), date(2026, 2, 12), date(2026, 2, 14)


@pytest.fixture
def admin_of_all(db):
    return MembershipFactory(user=UserFactory(is_instance_admin=True))


@pytest.fixture
def dissolved(importer, admin_of_all):
    importer(whole())
    return enter_dissolution(started_on=DISSOLVED, ended_on=None, by=admin_of_all.user, now=timezone.now())


def last_day():
    return Dissolution.objects.get().ended_on


def apply(rows, on=LIST):
    listing, day = read_list(as_csv(rows), "list.csv", on=on, today=timezone.now().date())
    preview = preview_list(
        listing, file_name="list.csv", list_date=day, is_partial=False, by=None, now=timezone.now()
    )
    return apply_preview(preview=preview, skip_refused=False, now=timezone.now())


@pytest.mark.parametrize("is_empty_in_between", [True, False])
def test_the_new_house_ends_it_and_undoing_puts_it_back(dissolved, admin_of_all, is_empty_in_between):
    if is_empty_in_between:
        empty_house(DISSOLVED)
    before = facts()

    applied = apply(next_house(POLL.isoformat(), new=3))

    assert last_day() == POLL - DAY
    assert Dissolution.objects.get().is_house_known
    assert applied.report["dissolutions_over"] == [{"from": "10 January 2026", "to": "11 February 2026"}]
    assert set(SeatHolding.objects.current().values_list("started_on", "begun_by")) == {
        (POLL, Beginning.GENERAL_ELECTION)
    }
    ended = SeatHolding.objects.exclude(ended_on=None).values_list("ended_on", "ended_by")
    assert set(ended) == {(DISSOLVED - DAY, Ending.DISSOLUTION)}
    told = Notification.objects.get(kind="dissolution", channel="in-app")
    assert (told.recipient, told.title) == (
        admin_of_all,
        "The dissolution of 10 January 2026 is over: a new Parliament is elected",
    )
    assert "11 February 2026 has been recorded as the last day without MPs" in told.body

    undo_import(applied=applied, now=timezone.now(), by=admin_of_all.user)

    assert last_day() is None
    assert not Dissolution.objects.get().is_house_known
    assert facts() == before
    kept = Dissolution.history.values_list("ended_on", "history_user", "history_change_reason")
    assert list(kept) == [
        (None, admin_of_all.user_id, ""),
        (POLL - DAY, None, "list.csv, as at 14 February 2026"),
        (None, admin_of_all.user_id, ""),
    ]


def test_a_last_day_entered_too_late_is_corrected_and_a_persons_own_correction_stays(dissolved):
    enter_dissolution(started_on=DISSOLVED, ended_on=LIST, by=None, now=timezone.now())
    applied = apply(next_house(POLL.isoformat(), new=3))
    assert last_day() == POLL - DAY
    enter_dissolution(started_on=DISSOLVED, ended_on=POLL - 2 * DAY, by=None, now=timezone.now())

    undo_import(applied=applied, now=timezone.now())

    assert last_day() == POLL - 2 * DAY


@pytest.mark.parametrize(("new", "ends"), [(19, None), (20, LIST - DAY)])
def test_what_a_list_without_days_shows_ends_it_only_if_many_are_new(dissolved, new, ends):
    """A by-election of the last days before a dissolution may first be seen in it."""
    apply(next_house("", new=new))

    assert last_day() == ends


def test_a_holding_from_before_it_does_not_end_it(dissolved):
    apply(changed_rows(whole(), **{FIRST: {**NEWCOMER, "Start date": "2026-01-09"}}), DISSOLVED + 5 * DAY)

    assert last_day() is None
    assert MPListImport.objects.applied().first().report["dissolutions_over"] == []


@pytest.mark.parametrize("elected", [True, False])
def test_upgrading_keeps_a_house_that_was_known(db, elected):
    Dissolution.objects.create(started_on=DISSOLVED, ended_on=POLL - DAY, entered_at=timezone.now())
    MPFactory().holdings.update(started_on=POLL if elected else DISSOLVED - DAY)

    import_module("contacts.migrations.0003_house_known").note_known_houses(apps, None)

    assert Dissolution.objects.get().is_house_known is elected
