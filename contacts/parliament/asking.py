"""One run's way to Parliament: its answers kept, its hold renewed, no more asked than the caller lets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from contacts.models import ParliamentSync
from contacts.parliament import runs
from contacts.parliament.client import PATIENT, ParliamentAPI, Patience
from contacts.parliament.keeping import KeptAnswers


@dataclass(frozen=True)
class Manners:
    """How a run asks: how patiently, what is called before each request, and whose clock it goes by."""

    patience: Patience = PATIENT
    before_asking: Callable[[], None] = lambda: None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


@contextmanager
def asking(
    run: ParliamentSync, *, now: datetime, fresh_from: datetime, manners: Manners
) -> Iterator[tuple[ParliamentAPI, Callable[[], datetime]]]:
    """The API as a run asks it, and what tells the time while it does."""
    started = manners.clock()

    def moment() -> datetime:
        return now + timedelta(seconds=manners.clock() - started)

    def about_to_ask() -> None:
        manners.before_asking()
        runs.hold(run, now=moment())

    with ParliamentAPI(
        keeper=KeptAnswers(fresh_from=fresh_from, moment=moment),
        patience=manners.patience,
        before_asking=about_to_ask,
        sleep=manners.sleep,
        clock=manners.clock,
    ) as api:
        yield api, moment
