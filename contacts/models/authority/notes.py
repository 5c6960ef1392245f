"""What colleagues write down about an MP: marked for what it is, and never hidden from the MP who asks.

A note about an MP is personal data. Each says whether it is a fact, an opinion of ours or somebody else's
word, and the form it is typed into says that the MP may ask to see it.
"""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models

from accounts.models import AuthorityOwned, Membership, Role
from contacts.models.parliament.mps import MP

# Who writes about an MP, and who may read it. Service contacts answer enquiries and admins look after people
# and settings: neither needs what is said in confidence about an MP.
WRITERS = Membership.HANDLERS
READERS = WRITERS | {Role.EXECUTIVE}


class NoteKind(models.TextChoices):
    """What a note is. Shown with it everywhere by `includes/note_kind.html`."""

    FACT = "fact", "Fact"
    OPINION = "opinion", "Opinion"
    THIRD_PARTY = "third-party", "From somebody else"


class Opinion:
    """For rows that are opinions of ours, every one of them."""

    kind = NoteKind.OPINION

    def get_kind_display(self) -> str:
        return str(self.kind.label)


class Withdrawable(models.Model):
    """For rows that are never changed: what was wrong is withdrawn, stays to be read, and counts no more."""

    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None, withdrawn_by=None, withdrawn_why="")
                | (
                    models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~models.Q(withdrawn_why="")
                ),
                name="%(class)s_withdrawn_says_by_whom_and_why",
            ),
        ]

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


class NoteQuerySet(models.QuerySet):
    def visible_to(self, membership: Membership) -> Self:
        if membership.role not in READERS:
            return self.none()
        return self.filter(authority_id=membership.authority_id)

    def about(self, mp: MP) -> Self:
        """Of one MP, with who wrote it down."""
        return self.filter(mp=mp).select_related("recorded_by__user")


class SourcedNote(AuthorityOwned):
    """Something about an MP, with who says so and when. `version` counts edits, so that nobody's are lost;
    `submission` is the form it came from, so that a double click writes it once."""

    mp = models.ForeignKey(MP, on_delete=models.PROTECT, related_name="+", verbose_name="MP")
    kind = models.CharField("what this is", max_length=12, choices=NoteKind.choices)
    source = models.CharField("who says so", max_length=300, blank=True)
    source_url = models.URLField("link to it", max_length=500, blank=True)
    source_on = models.DateField("date of the source")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    submission = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["authority", "submission"], name="one_%(class)s_per_submission"),
        ]


HAS_A_SOURCE = ~models.Q(source="") | ~models.Q(source_url="")
IS_NOT_INFERRED = ~models.Q(kind=NoteKind.OPINION)
