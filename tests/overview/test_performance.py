"""Response performance and the median reply: what counts, at each boundary."""

import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from enquiries.services import create_default_policies, reopen_enquiry, send_reply
from mpcrm.quarters import quarter_of
from overview.performance import Performance, median, performance, reply_days
from tests.factories import EnquiryFactory, PastClockFactory

ON = date(2026, 5, 20)
QUARTER = quarter_of(ON)


def enquiry(authority, due_on, **fields):
    if fields.get("replied_on"):
        fields.setdefault("reply_working_days", 5)
    return EnquiryFactory(authority=authority, received_on=due_on - timedelta(20), due_on=due_on, **fields)


def counts(officer):
    now, before = performance(officer, QUARTER, on=ON)
    return (now.in_time, now.due, before.in_time, before.due)


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [
        (date(2025, 12, 31), (0, 0, 0, 0)),
        (date(2026, 1, 1), (0, 0, 0, 1)),
        (date(2026, 3, 31), (0, 0, 0, 1)),
        (date(2026, 4, 1), (0, 1, 0, 0)),
        (ON - timedelta(1), (0, 1, 0, 0)),
        (ON, (0, 0, 0, 0)),
        (ON + timedelta(1), (0, 0, 0, 0)),
    ],
)
def test_an_enquiry_counts_in_the_quarter_its_due_date_fell_in_once_it_is_past(officer, due_on, expected):
    enquiry(officer.authority, due_on)

    assert counts(officer) == expected


@pytest.mark.parametrize(("late_by", "in_time"), [(-1, 1), (0, 1), (1, 0)])
def test_a_reply_is_in_time_through_the_due_date(officer, late_by, in_time):
    due_on = date(2026, 5, 6)
    enquiry(officer.authority, due_on, replied_on=due_on + timedelta(late_by))

    assert counts(officer)[:2] == (in_time, 1)


@pytest.mark.parametrize(("closed_after", "due"), [(-1, 0), (0, 0), (1, 1)])
def test_an_enquiry_closed_without_a_reply_counts_only_if_it_was_late_by_then(officer, closed_after, due):
    due_on = date(2026, 5, 6)
    closed_at = datetime(2026, 5, 6, 16, tzinfo=UTC) + timedelta(closed_after)
    enquiry(officer.authority, due_on, closed_at=closed_at)

    assert counts(officer)[:2] == (0, due)


def test_the_day_of_closing_is_that_of_london_not_of_utc(officer):
    late_evening_in_summer = datetime(2026, 5, 6, 23, 30, tzinfo=UTC)  # 00:30 on 7 May in London
    enquiry(officer.authority, date(2026, 5, 6), closed_at=late_evening_in_summer)

    assert counts(officer)[:2] == (0, 1)


def test_a_reply_in_time_counts_although_the_enquiry_is_closed(officer):
    due_on = date(2026, 5, 6)
    enquiry(officer.authority, due_on, replied_on=due_on, closed_at=datetime(2026, 5, 7, tzinfo=UTC))

    assert counts(officer)[:2] == (1, 1)


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        ({"replied_on": date(2026, 5, 7), "reply_working_days": 9}, (0, 1)),
        ({"replied_on": date(2026, 5, 6), "reply_working_days": 8}, (1, 1)),
        ({"closed_at": datetime(2026, 5, 6, 16, tzinfo=UTC)}, (0, 0)),
        ({"closed_at": datetime(2026, 5, 7, 16, tzinfo=UTC)}, (0, 1)),
    ],
)
def test_a_promise_counts_although_the_enquiry_was_reopened(officer, past, expected):
    reopened = enquiry(officer.authority, ON + timedelta(9))
    PastClockFactory(enquiry=reopened, due_on=date(2026, 5, 6), **past)

    assert counts(officer)[:2] == expected


def test_each_promise_of_an_enquiry_counts_once(officer):
    reopened = enquiry(officer.authority, date(2026, 5, 12), replied_on=date(2026, 5, 11))
    PastClockFactory(
        enquiry=reopened, due_on=date(2026, 5, 6), replied_on=date(2026, 5, 7), reply_working_days=9
    )
    PastClockFactory(
        enquiry=reopened, due_on=date(2026, 3, 31), replied_on=date(2026, 3, 31), reply_working_days=3
    )

    assert counts(officer) == (1, 2, 1, 1)
    assert reply_days(officer, QUARTER, on=ON) == (Counter({5: 1, 9: 1}), Counter({3: 1}))


def test_a_second_reply_by_the_same_clock_does_not_count(officer):
    create_default_policies(authority=officer.authority)
    sent = enquiry(officer.authority, date(2026, 5, 6))
    for day in (5, 12):
        send_reply(
            enquiry=sent,
            text="Here it is.",
            sent_on=date(2026, 5, day),
            channel="e-mail",
            by=officer,
            now=datetime(2026, 5, day, 12, tzinfo=UTC),
            submission=uuid.uuid4(),
        )

    assert counts(officer)[:2] == (1, 1)
    assert reply_days(officer, QUARTER, on=ON)[0].total() == 1


def test_reopening_takes_no_late_reply_out_of_the_figures(officer):
    create_default_policies(authority=officer.authority)
    late = enquiry(officer.authority, date(2026, 5, 6))
    now = datetime(2026, 5, 8, 12, tzinfo=UTC)
    send_reply(
        enquiry=late,
        text="Sorry.",
        sent_on=date(2026, 5, 8),
        channel="e-mail",
        by=officer,
        now=now,
        submission=uuid.uuid4(),
    )
    before = counts(officer), reply_days(officer, QUARTER, on=ON)

    reopen_enquiry(enquiry=late, on=date(2026, 5, 18), by=officer, now=now)

    assert (counts(officer), reply_days(officer, QUARTER, on=ON)) == before
    assert before[0] == (0, 1, 0, 0)


def test_another_authoritys_enquiries_do_not_count(officer, stranger):
    theirs = enquiry(stranger.authority, date(2026, 5, 6))
    PastClockFactory(enquiry=theirs, due_on=date(2026, 5, 6), closed_at=datetime(2026, 5, 7, tzinfo=UTC))

    assert counts(officer) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("in_time", "rag"), [(1000, "green"), (900, "green"), (899, "amber"), (800, "amber"), (799, "red")]
)
def test_response_performance_is_amber_within_ten_points_below_the_target(in_time, rag):
    assert Performance(due=1000, in_time=in_time).rag(90) == rag


def test_response_performance_of_nothing_is_no_colour_and_no_number():
    assert (Performance(0, 0).rag(90), Performance(0, 0).percentage) == ("", None)


def test_a_percentage_is_rounded_down_so_that_100_means_all():
    assert Performance(due=1000, in_time=999).percentage == 99


@pytest.mark.parametrize(
    ("values", "middle"),
    [
        ([], None),
        ([4], 4),
        ([1, 9], 5),
        ([1, 2], 1.5),
        ([3, 1, 2], 2),
        ([1, 1, 1, 9], 1),
        ([0, 0, 7, 9], 3.5),
    ],
)
def test_median(values, middle):
    assert median(Counter(values)) == middle


def test_reply_days_are_those_of_replies_sent_in_each_quarter_through_today(officer, stranger):
    for day, took in [
        (date(2025, 12, 31), 1),
        (date(2026, 1, 1), 2),
        (date(2026, 3, 31), 3),
        (date(2026, 4, 1), 4),
        (ON, 4),
        (ON + timedelta(1), 6),
    ]:
        enquiry(officer.authority, day, replied_on=day, reply_working_days=took)
    enquiry(stranger.authority, ON, replied_on=ON, reply_working_days=9)
    enquiry(officer.authority, ON)

    assert reply_days(officer, QUARTER, on=ON) == (Counter({4: 2}), Counter({2: 1, 3: 1}))
