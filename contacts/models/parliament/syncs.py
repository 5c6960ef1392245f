"""Runs of asking Parliament who the MPs are, which posts they hold and how to reach them."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q


class SyncState(models.TextChoices):
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped: needs a person"
    GIVEN_UP = "given-up", "Given up"


class SyncSubject(models.TextChoices):
    MPS = "mps", "MPs"
    DETAILS = "details", "Posts and contact details"


class ParliamentSyncQuerySet(models.QuerySet["ParliamentSync"]):
    def running(self) -> ParliamentSyncQuerySet:
        return self.filter(state=SyncState.RUNNING)

    def about(self, subject: str) -> ParliamentSyncQuerySet:
        return self.filter(subject=subject)

    def newest_done_date(self, *, since: datetime | None) -> date | None:
        """The day Parliament's own list of MPs last agreed with what is here, of syncs done after `since`."""
        done = self.about(SyncSubject.MPS).filter(state=SyncState.DONE)
        if since:
            done = done.filter(finished_at__gt=since)
        return done.aggregate(newest=models.Max("on"))["newest"]


class ParliamentSync(models.Model):
    """One run, from its first request to its last word; killed in between, it goes on where it was.

    There is one nightly run of each subject a day, however often, late or side by side ticks come.
    """

    subject = models.CharField(max_length=7, choices=SyncSubject.choices, default=SyncSubject.MPS)
    on = models.DateField("the day it is for")
    is_nightly = models.BooleanField(default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who asked for it in the browser.",
    )
    most_gone = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="So many MPs gone are believed this once, says who asked for it."
    )
    state = models.CharField(max_length=10, choices=SyncState.choices, default=SyncState.RUNNING)
    started_at = models.DateTimeField(help_text="Answers fetched since then are this run's.")
    restarts = models.PositiveSmallIntegerField(
        default=0, help_text="How often the list changed while it was read."
    )
    failures = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    held_until = models.DateTimeField(
        null=True, blank=True, help_text="On SQLite: no other run may work until then."
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it stopped or was given up, in words.")
    report = models.JSONField(default=dict)
    made = models.ForeignKey(
        "contacts.MPListImport",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The import it made; empty if nothing had changed.",
    )

    objects = ParliamentSyncQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        verbose_name = "sync with Parliament"
        verbose_name_plural = "syncs with Parliament"
        constraints = [
            models.UniqueConstraint(
                fields=["on", "subject"], condition=Q(is_nightly=True), name="one_nightly_sync_a_day"
            ),
            models.CheckConstraint(
                condition=Q(state=SyncState.RUNNING) ^ Q(finished_at__isnull=False),
                name="sync_runs_or_has_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"Sync of {self.on:%-d %B %Y}"
