"""Two syncs at once, each with a connection of its own."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from contacts.models import MP, MPListImport, ParliamentSync, PartySpell, SeatHolding
from contacts.parliament.runs import AnotherSync
from tests.parliament.world import make_seats, sync_on

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("begins", ["while the first asks", "at the same moment"])
def test_one_is_refused_and_nothing_is_there_twice(server, begins):
    make_seats()
    outcomes, is_asking, ready = [], threading.Event(), threading.Barrier(2)
    server.meanwhile = lambda address: is_asking.set()

    def run(is_first: bool):
        try:
            if begins == "at the same moment":
                ready.wait(timeout=10)
            elif not is_first:
                assert is_asking.wait(timeout=10)
            sync_on(0)
            outcomes.append("done")
        except AnotherSync:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[is_first]) for is_first in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "refused"]
    assert (MP.objects.count(), SeatHolding.objects.count(), PartySpell.objects.count()) == (650, 650, 650)
    assert MPListImport.objects.count() == ParliamentSync.objects.count() == 1
    assert len(server.addresses()) == len(set(server.addresses()))
