"""Whether the syncs with Parliament get through, for the page that says whether mpcrm runs."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from contacts.models import ParliamentSync, SyncState, SyncSubject
from notifications.health import Note


def notes(*, now: datetime) -> list[Note]:
    """The last run of each subject that has finished, where it did not get through."""
    found = []
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
