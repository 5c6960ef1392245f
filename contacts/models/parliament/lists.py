"""Lists of MPs and of their posts that were imported, with what undoing the latest takes."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models


class ImportState(models.TextChoices):
    PREVIEWED = "previewed", "Preview"
    APPLIED = "applied", "Applied"
    UNDONE = "undone", "Undone"


class ListSubject(models.TextChoices):
    MPS = "mps", "MPs"
    POSTS = "posts", "Posts"


class MPListImportQuerySet(models.QuerySet["MPListImport"]):
    def about(self, subject: str) -> MPListImportQuerySet:
        return self.filter(subject=subject)

    def applied(self) -> MPListImportQuerySet:
        """Imports in force, the latest first."""
        return self.filter(state=ImportState.APPLIED).order_by("-applied_at", "-pk")

    def since(self, applied: MPListImport) -> MPListImportQuerySet:
        """Those applied after this one."""
        at_once = models.Q(applied_at=applied.applied_at, pk__gt=applied.pk)
        return self.filter(models.Q(applied_at__gt=applied.applied_at) | at_once)

    def newest_applied_date(self) -> date | None:
        """The day of the newest list of MPs in force; an older one is out of date."""
        return self.about(ListSubject.MPS).applied().aggregate(newest=models.Max("list_date"))["newest"]

    def last_undone_at(self) -> datetime | None:
        """When the MPs were last put back to what they were before an import."""
        return self.about(ListSubject.MPS).aggregate(last=models.Max("undone_at"))["last"]


class MPListImport(models.Model):
    """One list of MPs, or of posts they hold: what it said, what it would change or changed, and what undoing
    it takes."""

    subject = models.CharField("list of", max_length=5, choices=ListSubject.choices, default=ListSubject.MPS)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.PREVIEWED)
    file_name = models.CharField(max_length=200)
    list_date = models.DateField("list is as at")
    is_partial = models.BooleanField(default=False)
    reading = models.JSONField(
        default=dict, help_text="How the file was read: format, encoding, columns found."
    )
    rows = models.JSONField(
        default=list, help_text="The rows as read, so that the preview and the import agree."
    )
    report = models.JSONField(default=dict)
    effects = models.JSONField(default=dict, help_text="What applying did, so that it can be undone.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = MPListImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "import of a list"
        verbose_name_plural = "imports of lists"

    def __str__(self) -> str:
        return f"{self.file_name}, as at {self.list_date:%-d %B %Y}"
