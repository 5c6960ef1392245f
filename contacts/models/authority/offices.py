"""What one authority knows of an MP's office: how to write to it, and who works there."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.models import AuthorityOwned, Membership
from contacts.models.authority.notes import NoteKind
from contacts.models.parliament.mps import MP


class PreferredWay(models.TextChoices):
    EMAIL = "e-mail", "E-mail"
    LETTER = "letter", "Letter"
    PHONE = "phone", "Phone"
    IN_PERSON = "in-person", "In person"


class OfficeQuerySet(models.QuerySet):
    def visible_to(self, membership: Membership) -> Self:
        return self.filter(authority_id=membership.authority_id)


class MPOffice(AuthorityOwned):
    """How an MP's office likes to be dealt with. `version` counts edits, so that nobody's are lost."""

    mp = models.ForeignKey(MP, on_delete=models.PROTECT, related_name="offices", verbose_name="MP")
    email = models.EmailField("office e-mail", blank=True)
    phone = models.CharField("office phone", max_length=50, blank=True)
    address = models.TextField("postal address", blank=True)
    opening_hours = models.CharField(max_length=200, blank=True)
    preferred_way = models.CharField(
        "preferred way of contact", max_length=10, choices=PreferredWay.choices, blank=True
    )
    addressee = models.CharField("letters are addressed to", max_length=150, blank=True)
    salutation = models.CharField("letters begin with", max_length=100, blank=True)
    casework = models.TextField("how they like casework handled", blank=True)
    casework_kind = models.CharField(
        "what that is", max_length=12, choices=NoteKind.choices, default=NoteKind.FACT
    )
    authority_form = models.CharField("form of authority their constituents sign", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    objects = OfficeQuerySet.as_manager()

    class Meta:
        ordering = ["mp", "pk"]
        verbose_name = "MP office"
        constraints = [
            models.UniqueConstraint(fields=["authority", "mp"], name="one_office_per_mp"),
        ]

    def __str__(self) -> str:
        return f"Office of {self.mp_id}"


class OfficePersonQuerySet(OfficeQuerySet):
    def here(self) -> Self:
        return self.filter(left_on=None)


class OfficePerson(AuthorityOwned):
    """Somebody who works, or worked, for an MP. `version` counts edits, so that nobody's are lost."""

    mp = models.ForeignKey(MP, on_delete=models.PROTECT, related_name="office_people", verbose_name="MP")
    name = models.CharField(max_length=150)
    job_title = models.CharField(max_length=100, blank=True)
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField(max_length=50, blank=True)
    takes_casework = models.BooleanField("may receive casework", default=False)
    left_on = models.DateField(null=True, blank=True, help_text="The last day; empty while they work there.")
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    objects = OfficePersonQuerySet.as_manager()

    class Meta:
        ordering = ["mp", "name", "pk"]
        verbose_name_plural = "office people"
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "mp", "name"],
                condition=Q(left_on=None),
                name="one_person_of_a_name_per_office",
            ),
        ]

    def __str__(self) -> str:
        return self.name
