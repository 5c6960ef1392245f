"""How far one authority has come in handing a seat that changed hands from the former MP to the new one."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import AuthorityOwned, Membership
from contacts.models.parliament.mps import MP


class HandoverQuerySet(models.QuerySet):
    def visible_to(self, membership: Membership) -> Self:
        return self.filter(authority_id=membership.authority_id)


class SeatHandover(AuthorityOwned):
    """The hand-over of what one MP left behind with an authority: begun with its first step, then finished.
    Of a new seat that follows none of theirs, it is the welcome of its first MP alone: nobody left anything.

    Whoever holds the seat is Parliament's fact and not kept here; `new_mp` is to whom it was finished. A seat
    finished while vacant is to be done again once somebody holds it; finished for an MP it stays so.
    """

    constituency = models.ForeignKey("contacts.Constituency", on_delete=models.PROTECT, related_name="+")
    former_mp = models.ForeignKey(
        MP,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty of a new seat, which nobody held before.",
    )
    lost_on = models.DateField(null=True, blank=True, help_text="The former MP's last day.")
    new_mp = models.ForeignKey(MP, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-lost_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "constituency", "former_mp", "lost_on"],
                name="one_handover_per_change_of_seat",
            ),
            models.UniqueConstraint(
                fields=["authority", "constituency"],
                condition=Q(former_mp=None),
                name="one_welcome_per_new_seat",
            ),
            models.CheckConstraint(
                condition=Q(former_mp=None, lost_on=None) | Q(former_mp__isnull=False, lost_on__isnull=False),
                name="a_former_mp_has_a_last_day",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None, finished_by=None, new_mp=None)
                | Q(finished_at__isnull=False, finished_by__isnull=False),
                name="a_finished_handover_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"Hand-over of {self.constituency_id} from {self.former_mp_id}"


class HandoverStepQuerySet(HandoverQuerySet):
    def standing(self) -> Self:
        """Those not taken back."""
        return self.filter(undone_at=None)


class HandoverStep(AuthorityOwned):
    """One thing a hand-over did, with what taking it back needs. The app concerned did it and undoes it."""

    class Kind(models.TextChoices):
        CARRIED = "carried", "Enquiry carried over"
        ANSWERED = "answered", "Constituent answered direct"
        CLOSED = "closed", "Enquiry closed"
        PLAN = "plan", "Plan archived"
        ITEMS = "items", "Put into the new MP’s plan"
        COMMITMENT = "commitment", "Ask or commitment carried on or left"
        LEAD = "lead", "Who leads"
        CHECKLIST = "checklist", "Checklist begun anew"
        TO_DOS = "to-dos", "To-dos made"
        LEFT = "left", "To-dos about the former MP closed"

    handover = models.ForeignKey(SeatHandover, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    subject = models.CharField(max_length=50, editable=False, help_text="About what: enquiry:12.")
    effect = models.JSONField(default=dict)
    done_at = models.DateTimeField()
    done_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = HandoverStepQuerySet.as_manager()

    class Meta:
        ordering = ["done_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "subject"],
                condition=Q(undone_at=None),
                name="one_step_about_each_thing",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="an_undone_step_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"
