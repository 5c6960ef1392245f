"""Whether mpcrm is keeping up, judged by its progress and not by its processes being up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min
from django.db.models.functions import Coalesce, Least
from django.utils.module_loading import import_string

from accounts.models import Authority, Membership, Role
from notifications.models import Notification, Tick
from notifications.tick import WITHOUT_FAULT, patience

SENDING = timedelta(minutes=2)  # what a tick finds waiting has gone by then


@dataclass(frozen=True)
class Note:
    """Something else that does not run as it should; `path` leads those who look after the instance to it."""

    text: str
    path: str


@dataclass(frozen=True)
class Progress:
    """What was last done, and what has waited longest since it was due; None where there is nothing."""

    last_tick: Tick | None
    since_tick: timedelta | None
    since_whole: timedelta | None  # since a tick that did all it should; a mail server that is away aside
    oldest_wait: timedelta | None

    @property
    def since_tick_in_words(self) -> str:
        return "" if self.since_tick is None else in_words(self.since_tick)

    @property
    def since_whole_in_words(self) -> str:
        return "" if self.since_whole is None else in_words(self.since_whole)

    @property
    def oldest_wait_in_words(self) -> str:
        return "" if self.oldest_wait is None else in_words(self.oldest_wait)

    @property
    def patience_in_words(self) -> str:
        return in_words(patience())

    @property
    def is_ticking(self) -> bool:
        return self.since_tick is not None and self.since_tick < patience()

    @property
    def is_whole(self) -> bool:
        """Whether no step has failed at every tick for too long: that is no progress either."""
        return self.since_whole is not None and self.since_whole < patience()

    @property
    def is_sending(self) -> bool:
        return self.oldest_wait is None or self.oldest_wait < patience() + SENDING

    @property
    def did(self) -> list[str]:
        """What the last tick did, in words; empty where nothing was due."""
        counts = self.last_tick.counts if self.last_tick else {}
        return [f"{number} {what.replace('_', ' ')}" for what, number in counts.items() if number]

    @property
    def is_ready(self) -> bool:
        return self.is_ticking and self.is_whole and self.is_sending


def progress(*, now: datetime, authority: Authority | None = None) -> Progress:
    """How the tick fares, and the rows waiting: of one authority, or of the whole instance.

    A tick told to take a later time for now (`--now`) says nothing of this one.
    """
    ticks = Tick.objects.filter(finished_at__lte=now)
    tick = ticks.first()
    whole = tick if tick and tick.error in WITHOUT_FAULT else ticks.filter(error__in=WITHOUT_FAULT).first()
    rows = Notification.objects.all() if authority is None else Notification.objects.of(authority)
    # Where a sender died, the wait began when its lease ran out: its next try was put off before it tried.
    since = Coalesce(Least("lease_until", "next_try_at"), "next_try_at")
    oldest = rows.due(now).order_by().aggregate(oldest=Min(since))["oldest"]
    return Progress(
        last_tick=tick,
        since_tick=_since(tick, now),
        since_whole=_since(whole, now),
        oldest_wait=max(now - oldest, timedelta()) if oldest else None,
    )


def _since(tick: Tick | None, now: datetime) -> timedelta | None:
    return now - tick.finished_at if tick and tick.finished_at else None


def notes(*, now: datetime) -> list[Note]:
    """What other apps have to say, by `settings.RUNNING_NOTES`."""
    return [note for path in settings.RUNNING_NOTES for note in import_string(path)(now=now)]


def nobody_leads(authority: Authority) -> bool:
    """Whether what finds nobody else to tell finds nobody at all, for want of a political affairs lead."""
    return not Membership.objects.for_authority(authority).active().in_role(Role.POLITICAL_AFFAIRS).exists()


def lacks_chief_executive(authority: Authority) -> bool:
    """Whether no chief executive is named for the escalation ladder, or the one named has left."""
    named = authority.chief_executive_id
    return named is None or not Membership.objects.active().filter(pk=named).exists()


def in_words(span: timedelta) -> str:
    """About how long: less than a minute, 1 minute, 5 hours, 3 days."""
    for unit, length in (
        ("day", timedelta(days=1)),
        ("hour", timedelta(hours=1)),
        ("minute", timedelta(minutes=1)),
    ):
        if span >= length:
            number = span // length
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "less than a minute"
