"""What colleagues write down about an MP: marked for what it is, and never hidden from the MP who asks.

A note about an MP is personal data. Each says whether it is a fact, an opinion of ours or somebody else's
word, and the form it is typed into says that the MP may ask to see it.
"""

from __future__ import annotations

from typing import Self

from django.db import models

from accounts.models import Membership, Role

THEY_MAY_ASK = "The MP may ask to see what is written here."

# Who writes about an MP, and who may read it. Service contacts answer enquiries and admins look after people
# and settings: neither needs what is said in confidence about an MP.
WRITERS = Membership.HANDLERS
READERS = WRITERS | {Role.EXECUTIVE}


class NoteKind(models.TextChoices):
    """What a note is. Shown with it everywhere by `includes/note_kind.html`."""

    FACT = "fact", "Fact"
    OPINION = "opinion", "Opinion"
    THIRD_PARTY = "third-party", "From somebody else"


class NoteQuerySet(models.QuerySet):
    def visible_to(self, membership: Membership) -> Self:
        if membership.role not in READERS:
            return self.none()
        return self.filter(authority_id=membership.authority_id)
