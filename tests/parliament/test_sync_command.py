"""What the command `sync_parliament` answers, in words for a machine and by its exit status."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from contacts.models import MP
from tests.contacts.lists import CODES, SEATS, seat_name
from tests.factories import NOW
from tests.parliament.world import PAGES, run

pytestmark = pytest.mark.django_db

FIRST = seat_name(CODES[0])


@time_machine.travel(NOW, tick=False)
def test_the_commands_report_is_that_of_an_import(seats, server):
    status, report = run()

    assert (status, report) == (
        0,
        {
            "rows": SEATS,
            "new": SEATS,
            "changed": 0,
            "ended": 0,
            "unchanged": 0,
            "refused": [],
            "applied": True,
        },
    )


def test_a_dry_run_changes_nothing_and_the_sync_after_it_does_what_it_showed(seats, server):
    with time_machine.travel(NOW, tick=False):
        status, report = run("--dry-run")
    before = len(server.asked)
    assert (status, report["new"], report["applied"]) == (0, SEATS, False)
    assert MP.objects.count() == 1  # as before

    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        status, report = run()

    assert (status, report["new"], report["applied"]) == (0, SEATS, True)
    assert len(server.asked) == before == PAGES + 1


@pytest.mark.parametrize(
    ("kind", "about", "says"),
    [
        ("status", {"status": 429, "headers": {"Retry-After": "9999"}}, "does not answer"),
        ("html", {}, "is a web page, not JSON"),
    ],
)
def test_a_refusal_is_exit_status_1_and_one_reason(seats, server, kind, about, says):
    server.fault(kind, **about)

    with time_machine.travel(NOW, tick=False):
        status, report = run()

    assert status == 1
    assert (report["rows"], report["applied"], len(report["refused"])) == (0, False, 1)
    assert report["refused"][0]["row"] == 0
    assert says in report["refused"][0]["reason"]


def test_rows_refused_are_named_in_the_report(seats, server, parliament):
    parliament.mp(FIRST).seat = "Atlantis"

    with time_machine.travel(NOW, tick=False):
        status, report = run()

    assert (status, report["applied"], report["rows"]) == (1, False, SEATS)
    assert [refusal["row"] for refusal in report["refused"]] == [1]
