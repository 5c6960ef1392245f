"""Who in one authority engages with which MP, what the Leader agreed to, and who knows the MP anyway."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from accounts.models import AuthorityOwned, Membership
from contacts.models.authority.notes import WRITERS, NoteKind, NoteQuerySet
from contacts.models.parliament.mps import MP
from contacts.models.parliament.spells import SpellQuerySet


class LeadRole(models.TextChoices):
    LEAD = "lead", "Relationship owner"
    DEPUTY = "deputy", "Deputy"
    LEADER = "leader", "Leader"
    CHIEF_EXECUTIVE = "chief-executive", "Chief executive"
    PORTFOLIO_HOLDER = "portfolio-holder", "Portfolio holder"
    SUPPORTING = "supporting", "Supporting contact"


# Who looks after the relationship, the one before the other; and the roles that one person has at a time.
LOOK_AFTER = [LeadRole.LEAD, LeadRole.DEPUTY]
ONE_AT_A_TIME = [*LOOK_AFTER, LeadRole.LEADER, LeadRole.CHIEF_EXECUTIVE]


class CouncilLeadQuerySet(SpellQuerySet):
    def visible_to(self, membership: Membership) -> CouncilLeadQuerySet:
        return self.filter(authority_id=membership.authority_id)

    def in_part(
        self, *, mp: MP, role: str, membership: Membership | None, name: str, portfolio: str
    ) -> CouncilLeadQuerySet:
        """Rows of which one alone may be open: those in the role, or, where several may have it, the
        person's."""
        rows = self.filter(mp=mp, role=role)
        if role in ONE_AT_A_TIME:
            return rows
        return rows.filter(membership=membership, name=name, portfolio=portfolio)

    def not_over(self, on: date) -> CouncilLeadQuerySet:
        """Rows that reach this day or later: beside those `in_part`, nobody else may begin on it."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=on))

    def who_look_after(self) -> CouncilLeadQuerySet:
        """Relationship owners and their deputies."""
        return self.filter(role__in=LOOK_AFTER)

    def who_can_act(self, on: date, *, roles: Iterable[str] = WRITERS) -> dict[tuple[int, int], Membership]:
        """Whom to ask for what these `roles` can do about an MP, by authority and MP: the relationship owner
        who works here in one of them, or else such a deputy. Where neither does, political affairs give it to
        somebody."""
        able = Membership.objects.active().in_role(*roles)
        leads = self.who_look_after().current(on).filter(membership__in=able)
        owners_last = sorted(
            leads.select_related("membership__user", "membership__authority"),
            key=lambda lead: LOOK_AFTER.index(lead.role),
            reverse=True,
        )
        return {(lead.authority_id, lead.mp_id): lead.membership for lead in owners_last}


class CouncilLead(AuthorityOwned):
    """Who in the authority engages with an MP: a person with an account here, or just a name."""

    mp = models.ForeignKey(MP, on_delete=models.PROTECT, related_name="council_leads")
    role = models.CharField(max_length=20, choices=LeadRole.choices, default=LeadRole.LEAD)
    membership = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name="colleague",
    )
    name = models.CharField(
        max_length=150, blank=True, help_text="For someone without an account, such as the Leader."
    )
    job_title = models.CharField(max_length=100, blank=True)
    portfolio = models.CharField(max_length=100, blank=True, help_text="Of a portfolio holder.")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    objects = CouncilLeadQuerySet.as_manager()

    class Meta:
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "mp", "role"],
                condition=Q(ended_on=None, role__in=ONE_AT_A_TIME),
                name="one_open_lead_per_mp_and_role",
            ),
            models.UniqueConstraint(
                fields=["authority", "mp", "role", "portfolio", "membership"],
                condition=Q(ended_on=None, membership__isnull=False),
                name="one_open_part_per_colleague",
            ),
            models.UniqueConstraint(
                fields=["authority", "mp", "role", "portfolio", "name"],
                condition=Q(ended_on=None, membership=None),
                name="one_open_part_per_name",
            ),
            models.CheckConstraint(
                condition=Q(role=LeadRole.PORTFOLIO_HOLDER) ^ Q(portfolio=""),
                name="portfolio_of_a_portfolio_holder",
            ),
            models.CheckConstraint(
                condition=Q(membership=None) ^ Q(name=""), name="lead_is_a_colleague_or_a_name"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="lead_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.membership)

    @property
    def has_left(self) -> bool:
        """Whether a colleague who still stands here works elsewhere by now."""
        return self.membership is not None and self.membership.has_left

    @property
    def named(self) -> str:
        return f"{self} (has left)" if self.has_left else str(self)

    @property
    def part(self) -> str:
        """The role, and of a portfolio holder which portfolio."""
        label: str = self.get_role_display()
        return f"{label}, {self.portfolio}" if self.portfolio else label


class LeadAgreementQuerySet(models.QuerySet["LeadAgreement"]):
    def visible_to(self, membership: Membership) -> LeadAgreementQuerySet:
        return self.filter(authority_id=membership.authority_id)

    def latest_first(self) -> LeadAgreementQuerySet:
        return self.order_by("-recorded_at", "-pk")


class LeadAgreement(AuthorityOwned):
    """The Leader agreed to who engages with an MP: to these `people`, in the words that were read out.

    The latest counts, and holds for as long as the people are the same.
    """

    mp = models.ForeignKey(MP, on_delete=models.PROTECT, related_name="lead_agreements", verbose_name="MP")
    agreed_on = models.DateField("agreed with the Leader on")
    people = models.TextField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    history = HistoricalRecords()

    objects = LeadAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-pk"]

    def __str__(self) -> str:
        return f"Agreed {self.agreed_on:%-d %B %Y}"


class PersonalRelationship(AuthorityOwned):
    """Somebody on our side who knows the MP anyway: a colleague, or just a name.

    A note about an MP: see `notes`. `version` counts edits, so that nobody's are lost.
    """

    mp = models.ForeignKey(
        MP, on_delete=models.PROTECT, related_name="personal_relationships", verbose_name="MP"
    )
    membership = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="personal_relationships",
        verbose_name="colleague",
    )
    name = models.CharField(max_length=150, blank=True)
    job_title = models.CharField(max_length=100, blank=True)
    how = models.TextField("how they know each other")
    since = models.PositiveSmallIntegerField("since (year)", null=True, blank=True)
    ended = models.BooleanField("it has ended", default=False)
    kind = models.CharField("this is", max_length=12, choices=NoteKind.choices)
    source = models.CharField("who says so", max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords()

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["ended", "-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(membership=None) ^ Q(name=""), name="who_knows_them_is_a_colleague_or_a_name"
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(since__gte=1900), name="known_since_this_or_last_century"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.membership)

    @property
    def named(self) -> str:
        has_left = self.membership is not None and self.membership.has_left
        return f"{self} (has left)" if has_left else str(self)
