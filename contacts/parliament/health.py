"""Whether the syncs with Parliament get through, or the facts grow old without any, for the page that says
whether mpcrm runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from contacts.imports.commons import newest_date
from contacts.models import Dissolution, ParliamentSync, SyncState, SyncSubject
from notifications.health import Note

OLD = timedelta(days=7)


def notes(*, now: datetime) -> list[Note]:
    """The last run of each subject that has finished, where it did not get through; and how old the facts
    are, where nothing keeps them current."""
    found = of_old_facts(now=now)
    for subject in SyncSubject:
        run = ParliamentSync.objects.about(subject).filter(finished_at__lte=now).first()
        if run and run.state != SyncState.DONE:
            what = "stopped and needs a person" if run.state == SyncState.STOPPED else "did not get through"
            found.append(
                Note(
                    text=f"Asking Parliament ({subject.label}) {what}, for {run.on:%-d %B %Y}: {run.reason}",
                    path=reverse("instance:sync_detail", args=[run.pk]),
                )
            )
    return found


def of_old_facts(*, now: datetime) -> list[Note]:
    """Facts over a week old that no nightly sync renews; while Parliament is dissolved there are none to."""
    on, newest = timezone.localdate(now), newest_date()
    if settings.PARLIAMENT_SYNC or newest is None or on - newest <= OLD:
        return []
    if Dissolution.objects.current(on).exists():
        return []
    text = (
        f"Who the MPs are is known here as at {newest:%-d %B %Y}, and Parliament is not asked every night: "
        "what has changed since then is missing."
    )
    return [Note(text=text, path=reverse("instance:sync_list"))]
