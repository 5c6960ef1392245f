"""Two people, or a person and a policy, at the same moment: shows on PostgreSQL only."""

from __future__ import annotations

import threading
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection, transaction

from enquiries.models import Enquiry, Reply, TimelineEntry
from enquiries.services import (
    EditConflict,
    change_details,
    close_enquiry,
    reopen_enquiry,
    set_closure_day,
)
from tests.enquiries.test_services import LATER, reply_to
from tests.factories import NOW, TODAY


def in_threads(number, work):
    """Run `work(0)`, `work(1)` … at the same moment; give what they gave, raise what they raised."""
    results, barrier = [None] * number, threading.Barrier(number)

    def run(index):
        try:
            barrier.wait(timeout=30)
            results[index] = work(index)
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[index]) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_thousand_double_submits_make_a_thousand_records(log):
    submissions = [uuid4() for _ in range(1000)]
    twice = [submission for submission in submissions for _ in range(2)]

    def some(index):
        return [log(submission=submission).reference for submission in twice[index::8]]

    results = in_threads(8, some)

    assert not [error for error in results if isinstance(error, Exception)]
    references = [reference for given in results for reference in given]
    assert len(references) == 2000
    assert sorted(set(references)) == [f"NM-2026-{number:05}" for number in range(1, 1001)]
    assert Enquiry.objects.count() == 1000
    assert set(Enquiry.objects.values_list("submission", flat=True)) == set(submissions)
    assert TimelineEntry.objects.filter(kind="logged").count() == 1000


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_people_saving_at_once_never_overwrite_each_other(enquiry, officer):
    def save(index):
        return change_details(
            enquiry=enquiry, version=1, changes={"subject": f"Subject {index}"}, by=officer, now=LATER
        )

    results = in_threads(6, save)

    conflicts = [result for result in results if isinstance(result, EditConflict)]
    enquiry.refresh_from_db()
    assert len(conflicts) == 5
    assert enquiry.version == 2
    assert {conflict.theirs["subject"] for conflict in conflicts} == {enquiry.subject}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_reply_sent_twice_at_once_is_recorded_once(enquiry, officer):
    submission = uuid4()

    results = in_threads(4, lambda _: reply_to(enquiry, officer, TODAY, submission=submission).pk)

    assert len(set(results)) == 1
    assert Reply.objects.count() == 1
    assert enquiry.timeline.filter(kind="replied").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_closure_day_set_at_the_same_moment_moves_the_date(log, officer, political_affairs):
    closed, edited = log(), log()
    for each in (closed, edited):
        close_enquiry(enquiry=each, reason="Withdrawn", by=officer, now=NOW)
    reckons = [
        lambda: log(subject="Logged"),
        lambda: reopen_enquiry(enquiry=closed, on=TODAY, by=officer, now=LATER),
        lambda: change_details(
            enquiry=edited, version=1, changes={"urgency": "complex"}, by=officer, now=LATER
        ),
    ]
    done = []
    at_once = threading.Thread(target=lambda: done.extend(in_threads(3, lambda number: reckons[number]())))

    with transaction.atomic():
        set_closure_day(on=date(2026, 3, 10), name="Flood", is_working=False, by=political_affairs, now=LATER)
        at_once.start()
        at_once.join(timeout=0.5)  # long enough to be done, did they not wait
    at_once.join()

    assert [each.due_on for each in done] == [date(2026, 3, 17), date(2026, 3, 17), date(2026, 3, 31)]
