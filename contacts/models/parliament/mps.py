"""MPs, each known by Parliament’s member id."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Authority
from contacts.models.parliament.dissolutions import Dissolution
from contacts.models.parliament.parties import PartySpell
from contacts.models.parliament.seats import Constituency, Ending, SeatHolding
from contacts.models.parliament.spells import DatedFact, SpellQuerySet


def holders(on: date | None) -> SpellQuerySet:
    """Who holds a seat now (in a dissolution: until it), or held one on the given day (in a dissolution:
    nobody, whatever list has been imported since).

    Until the House elected after a dissolution is known here there are no MPs, but those who sat last are
    still whom we know; who is known to have won a seat counts with the others.
    """
    if on:
        return SeatHolding.objects.current(on).filter(~Exists(Dissolution.objects.without_mps(on)))
    awaited = Dissolution.objects.awaiting_a_house().order_by("started_on").values("started_on")[:1]
    known = Q(started_on__lte=Coalesce(Subquery(awaited), date.max))
    last_begun = SeatHolding.objects.filter(known).order_by("-started_on").values("started_on")[:1]
    ended = Q(ended_by=Ending.DISSOLUTION, ended_on__gte=Subquery(last_begun))
    return SeatHolding.objects.filter(known, Q(ended_on=None) | ended)


def sat_for(on: date | None) -> SpellQuerySet:
    """The parties of `holders`; of others, those that last."""
    if on:
        return PartySpell.objects.current(on).filter(~Exists(Dissolution.objects.without_mps(on)))
    last = holders(None).filter(mp=OuterRef("mp"), ended_on=OuterRef("ended_on"))
    return PartySpell.objects.filter(Q(ended_on=None) | Exists(last))


class MPQuerySet(models.QuerySet["MP"]):
    def of(self, authority: Authority, *, on: date | None = None) -> MPQuerySet:
        """MPs who hold one of the authority's seats now (in a dissolution: until it), or held
        one on the given day."""
        seats = Constituency.objects.of(authority)
        return self.filter(pk__in=holders(on).filter(constituency__in=seats).values("mp"))

    def sitting(self, on: date | None = None) -> MPQuerySet:
        """Those whose holding of a seat is open, or who were MPs on the given day."""
        held = holders(on) if on else SeatHolding.objects.current()
        return self.filter(pk__in=held.values("mp"))

    def in_party(self, party: int | str, on: date | None = None) -> MPQuerySet:
        """MPs of this party on the given day or, without one, now (in a dissolution: until it); so with the
        methods below."""
        return self.filter(pk__in=sat_for(on).filter(party=party).values("mp"))

    def in_region(self, region: str, on: date | None = None) -> MPQuerySet:
        """MPs whose seat lies in this region, or nation where it has no regions."""
        held = holders(on).filter(constituency__region=region)
        return self.filter(pk__in=held.values("mp"))

    def in_council(self, council: int | str, on: date | None = None) -> MPQuerySet:
        """MPs whose seat lies, wholly or in part, in this council's area."""
        held = holders(on).filter(constituency__overlaps__council=council)
        return self.filter(pk__in=held.values("mp"))


class MP(models.Model):
    """A person who is or was a Member of Parliament, identified by Parliament's member id."""

    parliament_id = models.PositiveIntegerField(
        "Parliament member id",
        unique=True,
        null=True,
        blank=True,
        help_text="Empty only for someone taken from a list without ids.",
    )
    twfy_id = models.PositiveIntegerField("TheyWorkForYou person id", unique=True, null=True, blank=True)
    # The present name, kept in step with the open row of MPName by whoever writes that.
    name = models.CharField(max_length=150, help_text="As Parliament displays it: Ms Diane Abbott.")
    sort_name = models.CharField(max_length=150, help_text="Surname first, for lists.")
    details_on = models.DateField(
        null=True, blank=True, help_text="When Parliament last told of posts and contact details."
    )
    is_fictional = models.BooleanField(default=False, help_text="Part of the demo; outside every import.")

    objects = MPQuerySet.as_manager()

    class Meta:
        ordering = ["sort_name", "pk"]
        verbose_name = "MP"

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """The subject of whatever is owed about this MP, but for `lasting_subject`."""
        return f"mp:{self.pk}"

    @property
    def lasting_subject(self) -> str:
        """The same for what follows from Parliament's facts: it stays when the MP is undone with an import
        and comes again with the next."""
        return f"parliament:{self.parliament_id}" if self.parliament_id else self.subject


class MPName(DatedFact):
    """An MP is called so from a day, to a day: as Parliament displays the name, title and all."""

    mp = models.ForeignKey(MP, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=150)
    sort_name = models.CharField(max_length=150)

    class Meta(DatedFact.Meta):
        verbose_name = "MP’s name"
        constraints = [
            *DatedFact.Meta.constraints,
            models.UniqueConstraint(fields=["mp"], condition=Q(ended_on=None), name="one_open_name_per_mp"),
        ]

    def __str__(self) -> str:
        return self.name


class MPStatus(DatedFact):
    """What Parliament says of a membership that is not simply in force. Who is suspended is an MP still."""

    mp = models.ForeignKey(MP, on_delete=models.PROTECT, related_name="statuses")
    status = models.CharField(max_length=100, help_text="In Parliament’s words: Suspended.")
    note = models.CharField(max_length=250, blank=True, help_text="What Parliament adds, such as why.")

    class Meta(DatedFact.Meta):
        verbose_name = "MP’s status"
        verbose_name_plural = "MPs’ statuses"
        constraints = [
            *DatedFact.Meta.constraints,
            models.UniqueConstraint(fields=["mp"], condition=Q(ended_on=None), name="one_open_status_per_mp"),
        ]

    def __str__(self) -> str:
        return self.status
