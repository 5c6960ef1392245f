"""That everything held about an MP was taken out of mpcrm: by whom, for which request, and when it is due."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import AuthorityOwned, Membership
from contacts.models.authority.notes import NoteQuerySet
from contacts.models.parliament.mps import MP


class MPExport(AuthorityOwned):
    """One making of an export. Added to, never changed; what the export held is not kept."""

    class Law(models.TextChoices):
        SUBJECT_ACCESS = "subject-access", "Subject access request"
        FREEDOM_OF_INFORMATION = "foi", "Freedom of information request"

    mp = models.ForeignKey(MP, on_delete=models.PROTECT, related_name="+", verbose_name="MP")
    law = models.CharField("why", max_length=20, choices=Law.choices)
    asked_on = models.DateField("day the request came")
    due_on = models.DateField()
    has_text = models.BooleanField("with the enquiries’ text", default=False)
    reason = models.TextField("why with the text", blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = "export"
        constraints = [
            models.CheckConstraint(
                condition=Q(has_text=False, reason="") | Q(has_text=True) & ~Q(reason=""),
                name="enquiries_text_is_exported_for_a_reason",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("asked_on")), name="export_due_after_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.get_law_display()} of {self.asked_on:%-d %B %Y}"
