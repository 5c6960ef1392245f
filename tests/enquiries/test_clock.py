"""The reply clock, reckoned from its events."""

from __future__ import annotations

from datetime import date, time

import pytest

from accounts.models import ClosureDay
from enquiries.clock import calendar_of, due_in_words, reckon, recompute_open_clocks
from enquiries.models import (
    ClockEvent,
    Enquiry,
    EnquiryType,
    ReplyUnit,
    ResponsePolicy,
    TimelineEntry,
    Urgency,
)
from enquiries.services import close_enquiry
from mpcrm.working_days import Calendar
from tests.factories import NOW, TODAY, EnquiryFactory

ENGLAND = Calendar("england")
RECEIVED, REOPENED = ClockEvent.Kind.RECEIVED, ClockEvent.Kind.REOPENED
POLICY = ResponsePolicy(enquiry_type=EnquiryType.ENQUIRY)


def clock(*events, policy=POLICY, urgency=Urgency.STANDARD, cut_off=None, calendar=ENGLAND):
    rows = [ClockEvent(kind=kind, on=on, time=at) for kind, on, at in events]
    return reckon(rows, policy=policy, urgency=urgency, calendar=calendar, cut_off=cut_off)


def test_the_three_dates_follow_from_receipt_and_policy():
    dates = clock((RECEIVED, date(2026, 3, 2), None)).dates

    assert dates == (date(2026, 3, 4), date(2026, 3, 11), date(2026, 3, 16))


@pytest.mark.parametrize(
    ("urgency", "amber_on", "due_on"),
    [
        (Urgency.STANDARD, date(2026, 3, 11), date(2026, 3, 16)),
        (Urgency.COMPLEX, date(2026, 3, 25), date(2026, 3, 30)),
        (Urgency.IMMEDIATE, date(2026, 3, 2), date(2026, 3, 4)),
    ],
)
def test_urgency_chooses_the_days_and_amber_never_begins_before_receipt(urgency, amber_on, due_on):
    reckoning = clock((RECEIVED, date(2026, 3, 2), None), urgency=urgency)

    assert (reckoning.amber_on, reckoning.due_on) == (amber_on, due_on)


def test_the_cut_off_moves_all_three_dates():
    late = clock((RECEIVED, date(2026, 3, 2), time(17, 1)), cut_off=time(17))

    assert late.dates == (date(2026, 3, 5), date(2026, 3, 12), date(2026, 3, 17))


def test_a_later_receipt_corrects_an_earlier():
    corrected = clock((RECEIVED, date(2026, 3, 2), None), (RECEIVED, date(2026, 3, 3), None))

    assert corrected.dates == (date(2026, 3, 5), date(2026, 3, 12), date(2026, 3, 17))


def test_reopening_starts_the_reply_anew_but_not_the_acknowledgement():
    reopened = clock((RECEIVED, date(2026, 3, 2), None), (REOPENED, date(2026, 3, 16), None))

    assert reopened.dates == (date(2026, 3, 4), date(2026, 3, 25), date(2026, 3, 30))
    assert reopened.started_by == "reopened"


def test_correcting_the_receipt_after_reopening_moves_the_acknowledgement_alone():
    corrected = clock(
        (RECEIVED, date(2026, 3, 2), None),
        (REOPENED, date(2026, 3, 16), None),
        (RECEIVED, date(2026, 3, 3), None),
    )

    assert corrected.dates == (date(2026, 3, 5), date(2026, 3, 25), date(2026, 3, 30))


def test_subject_access_counts_a_calendar_month():
    policy = ResponsePolicy(enquiry_type=EnquiryType.SUBJECT_ACCESS, reply_in=1, reply_unit=ReplyUnit.MONTHS)

    month = clock((RECEIVED, date(2026, 1, 31), time(18)), policy=policy, cut_off=time(17))

    assert month.due_on == date(2026, 3, 2)  # 28 February is a Saturday
    assert month.amber_on == date(2026, 2, 25)


@pytest.mark.parametrize(
    ("nation", "due_on"),
    [
        # Twenty working days after 2 March 2026: without Good Friday, Easter Monday, and St Patrick's Day.
        ("england", date(2026, 3, 31)),
        ("wales", date(2026, 3, 31)),
        ("northern-ireland", date(2026, 3, 31)),
        ("scotland", date(2026, 3, 30)),
    ],
)
def test_foi_leaves_out_bank_holidays_anywhere_in_the_uk_but_in_scotland_only_its_own(nation, due_on):
    policy = ResponsePolicy(enquiry_type=EnquiryType.FOI, reply_in=20)

    counted = clock((RECEIVED, date(2026, 3, 2), None), policy=policy, calendar=Calendar(nation))

    assert counted.due_on == due_on
    assert counted.law


def test_closure_days_openings_and_the_cut_off_do_not_change_what_the_law_sets():
    office = Calendar("england", [date(2026, 3, 4), date(2026, 4, 2)], [date(2026, 4, 3)])
    foi = ResponsePolicy(enquiry_type=EnquiryType.FOI, reply_in=22)
    access = ResponsePolicy(enquiry_type=EnquiryType.SUBJECT_ACCESS, reply_in=1, reply_unit=ReplyUnit.MONTHS)
    late = {"cut_off": time(17), "calendar": office}

    by_days = clock((RECEIVED, date(2026, 3, 2), time(18)), policy=foi, **late)
    by_month = clock((RECEIVED, date(2026, 3, 3), time(18)), policy=access, **late)
    ordinary = clock((RECEIVED, date(2026, 3, 2), time(18)), **late)

    assert by_days.due_on == date(2026, 4, 2)  # although the offices are closed on it and open on Good Friday
    assert by_days.reply.skipped == ((date(2026, 3, 17), "Saint Patrick's Day, Northern Ireland"),)
    assert by_days.days_taken(date(2026, 3, 17)) == by_days.days_taken(date(2026, 3, 16)) == 10
    assert by_month.due_on == date(2026, 4, 7)  # 3 April is Good Friday
    assert ordinary.due_on == date(2026, 3, 18)
    assert ordinary.law == ""


def test_a_due_date_on_which_the_offices_are_closed_turns_amber_no_later():
    office = Calendar("england", [date(2026, 3, 31)])
    foi = ResponsePolicy(enquiry_type=EnquiryType.FOI, reply_in=20, amber_days=0)

    counted = clock((RECEIVED, date(2026, 3, 2), None), policy=foi, calendar=office)

    assert (counted.amber_on, counted.due_on) == (date(2026, 3, 31), date(2026, 3, 31))


def test_a_due_date_behind_days_off_has_less_than_a_working_day_left():
    office = Calendar("england", [date(2026, 3, 31)])
    enquiry = Enquiry(due_on=date(2026, 3, 31))

    words = [due_in_words(enquiry, on=date(2026, 3, day), calendar=office) for day in (27, 30, 31)]

    assert words == ["1 working day left", "less than a working day left", "due today"]


def test_a_clock_without_a_receipt_is_refused():
    with pytest.raises(ValueError, match="starts with the day of receipt"):
        clock((REOPENED, date(2026, 3, 2), None))


def test_the_calendar_is_the_authoritys_own(authority, stranger):
    ClosureDay.objects.create(authority=authority, on=date(2026, 3, 3), name="Staff day")
    ClosureDay.objects.create(authority=authority, on=date(2026, 4, 3), name="Open", is_working=True)
    ClosureDay.objects.create(authority=stranger.authority, on=date(2026, 3, 4), name="Elsewhere")

    calendar = calendar_of(authority)

    assert not calendar.is_working_day(date(2026, 3, 3))
    assert calendar.is_working_day(date(2026, 4, 3))
    assert calendar.is_working_day(date(2026, 3, 4))
    assert calendar.name_of(date(2026, 3, 3)) == "Staff day"


def test_recomputing_moves_and_explains_only_what_the_closure_day_touches(authority, officer, log):
    moved = log()
    untouched = log(received_on=date(2026, 2, 2))
    closed = close_enquiry(enquiry=log(), reason="Sent twice", by=officer, now=NOW)
    ClosureDay.objects.create(authority=authority, on=date(2026, 3, 5), name="Staff day")

    count = recompute_open_clocks(authority=authority, reason="A closure day.", by=officer, now=NOW)

    for enquiry in (moved, untouched, closed):
        enquiry.refresh_from_db()
    assert count == 1
    assert (moved.amber_on, moved.due_on) == (date(2026, 3, 12), date(2026, 3, 17))
    assert untouched.due_on == date(2026, 2, 16)
    assert closed.due_on == date(2026, 3, 16)
    entry = TimelineEntry.objects.get(kind=TimelineEntry.Kind.CLOCK)
    assert (entry.enquiry, entry.by) == (moved, None)
    assert entry.text == "Reply due 17 March 2026 instead of 16 March 2026. A closure day."
    change = moved.history.first()
    assert (change.due_on, change.history_user, change.history_date) == (
        date(2026, 3, 17),
        officer.user,
        NOW,
    )


def test_recomputing_twice_moves_nothing_more(authority, officer, enquiry):
    ClosureDay.objects.create(authority=authority, on=date(2026, 3, 5), name="Staff day")

    counts = [
        recompute_open_clocks(authority=authority, reason="A closure day.", by=officer, now=NOW)
        for _ in range(2)
    ]

    assert counts == [1, 0]
    assert enquiry.timeline.filter(kind=TimelineEntry.Kind.CLOCK).count() == 1


def test_recomputing_costs_the_same_queries_for_1_and_30_enquiries(
    authority, officer, django_assert_num_queries
):
    for already in (0, 29):
        for _ in range(already + 1 - already // 29):
            EnquiryFactory(authority=authority)
        ClosureDay.objects.update_or_create(
            authority=authority, on=date(2026, 3, 5 + bool(already)), name="Staff day"
        )

        with django_assert_num_queries(10):
            recompute_open_clocks(authority=authority, reason="A closure day.", by=officer, now=NOW)


def test_another_authoritys_clocks_stay(authority, officer, stranger):
    foreign = EnquiryFactory(authority=stranger.authority)
    ClosureDay.objects.create(authority=authority, on=date(2026, 3, 5), name="Staff day")

    recompute_open_clocks(authority=authority, reason="A closure day.", by=officer, now=NOW)

    foreign.refresh_from_db()
    assert foreign.due_on == date(2026, 3, 16)
    assert foreign.received_on == TODAY
