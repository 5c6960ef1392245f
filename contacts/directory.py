"""Finding MPs, and the facts about one of them: reading only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Authority, Membership
from contacts.lifelines import (
    Origin,
    PartyStory,
    former_names,
    how_held,
    in_names_of,
    name_on,
    origin_of,
    party_story,
    sources,
)
from contacts.models import (
    LOOK_AFTER,
    MP,
    Constituency,
    CouncilLead,
    LeadRole,
    MPName,
    MPQuerySet,
    MPStatus,
    Party,
    PartySpell,
    Post,
    PostKind,
    SeatChoice,
    SeatHolding,
    SpellQuerySet,
    holders,
    is_current,
    sat_for,
)
from contacts.sharing import CouncilShare, Shared, councils_sharing
from contacts.spells import Spell
from mpcrm.folding import fold, has_words


def sitting_mps(authority: Authority, on: date | None = None) -> MPQuerySet:
    """Every MP sitting now (in a dissolution: until it), or on the given day, our own first, with `is_ours`,
    `seat`, `seat_welsh`, `seat_region`, `party` and, for a given day, `name_then` (None: no record goes back
    so far)."""
    sitting = holders(on)
    held = sitting.filter(mp=OuterRef("pk"))
    spell = sat_for(on).filter(mp=OuterRef("pk"))
    ours = held.filter(constituency__in=Constituency.objects.of(authority))
    called = MPName.objects.current(on).filter(mp=OuterRef("pk"))
    then = {"name_then": Subquery(called.values("name")[:1])} if on else {}
    return (
        MP.objects.filter(pk__in=sitting.values("mp"))
        .annotate(
            is_ours=Exists(ours),
            seat=Subquery(held.values("constituency__name")[:1]),
            seat_welsh=Subquery(held.values("constituency__name_welsh")[:1]),
            seat_region=Subquery(held.values("constituency__region")[:1]),
            party=Subquery(spell.values("party__name")[:1]),
            **then,
        )
        .order_by("-is_ours", "sort_name", "pk")
    )


def our_mps(authority: Authority, on: date | None = None) -> MPQuerySet:
    """Those of `sitting_mps` who hold one of the authority's seats, by name."""
    return sitting_mps(authority, on).filter(is_ours=True)  # type: ignore[misc]  # annotated


def search_mps(mps: MPQuerySet, text: str) -> MPQuerySet:
    """Those of `sitting_mps` with a name (present or former), seat (English or Welsh) or party beginning with
    each word typed.

    Case, accents and punctuation do not count: "mon" finds Ynys Môn. There are 650 seats, so they are read
    and compared here rather than in the database: the two databases fold accents differently or not at all.
    """
    typed = fold(text)
    if not typed:
        return mps
    told: dict[int, set[str]] = defaultdict(set)
    rows = mps.order_by().values_list("pk", "name", "names__name", "seat", "seat_welsh", "party")  # type: ignore[misc]
    for pk, *words in rows:
        told[pk].update(filter(None, words))
    found = [pk for pk, words in told.items() if has_words(fold(" ".join(words)), starting=typed)]
    return mps.filter(pk__in=found)


def with_relationship_owner(
    mps: MPQuerySet, *, membership: Membership, on: date, as_at: date | None = None
) -> MPQuerySet:
    """Each MP with `owners`: who in the person's authority leads on them now, or led on the day `as_at` (one
    or none)."""
    leads = _owners(membership, on, as_at).select_related("membership__user").order_by("pk")
    return mps.prefetch_related(Prefetch("council_leads", queryset=leads, to_attr="owners"))


def counted_by_mp(rows: QuerySet[Any, Any]) -> Coalesce:
    """For an annotation of MPs: how many of these rows are about each."""
    about = rows.filter(mp=OuterRef("pk")).order_by().values("mp")
    return Coalesce(Subquery(about.annotate(n=Count("pk")).values("n")), 0)


def without_relationship_owner(
    mps: MPQuerySet, *, membership: Membership, on: date, as_at: date | None = None
) -> MPQuerySet:
    """The authority's own MPs, now or on the day `as_at`, on whom nobody leads then."""
    owned = _owners(membership, on, as_at).values("mp")
    return mps.of(membership.authority, on=as_at).exclude(pk__in=owned)


def _owners(membership: Membership, on: date, as_at: date | None) -> SpellQuerySet:
    """The leads of the person's authority that hold on the day, but for colleagues who have left; on a day
    gone by, with those who left later."""
    leads = CouncilLead.objects.visible_to(membership).current(as_at or on).filter(role=LeadRole.LEAD)
    if as_at and as_at < on:
        return leads
    return leads.filter(Q(membership=None) | Q(membership__in=Membership.objects.active()))


@dataclass(frozen=True)
class Facts:
    """What Parliament's records say of one MP, newest first, and what of it was so on the day `on`."""

    on: date
    mp: MP
    holdings: list[SeatHolding]
    party_spells: list[PartySpell]
    names: list[MPName]
    statuses: list[MPStatus]
    origin: Origin | None
    posts: list[Post]
    councils: list[CouncilShare]

    @property
    def seat(self) -> Constituency | None:
        """None when not sitting."""
        return next((each.constituency for each in self.holdings if is_current(each, self.on)), None)

    @property
    def party(self) -> Party | None:
        return next((each.party for each in self.party_spells if is_current(each, self.on)), None)

    @property
    def name(self) -> str:
        """What the MP was called on the day."""
        return name_on(self.names, self.mp, self.on)

    @property
    def formerly(self) -> list[str]:
        return former_names([name for name in self.names if name.started_on <= self.on], self.name)

    @property
    def status(self) -> MPStatus | None:
        """What Parliament says of a membership that is not simply in force."""
        return next((each for each in self.statuses if is_current(each, self.on)), None)

    @property
    def parties(self) -> list[PartyStory]:
        """Those begun by the day, with their days as they are known now; so with seats and statuses."""
        sat_from = min((holding.started_on for holding in self.holdings), default=None)
        return list(party_story(self._begun(self.party_spells), sat_from=sat_from))

    @property
    def seats(self) -> list[tuple[SeatHolding, str]]:
        """Each holding with what is known of how it began and ended."""
        return [(holding, how_held(holding)) for holding in self._begun(self.holdings)]

    @property
    def statuses_until_then(self) -> list[MPStatus]:
        return self._begun(self.statuses)

    def _begun(self, spells: list[Spell]) -> list[Spell]:
        return [each for each in spells if each.started_on <= self.on]

    @property
    def sources(self) -> list[str]:
        return sources((*self.holdings, *self.party_spells, *self.names, *self.statuses, *self.posts))

    @property
    def offices(self) -> list[Post]:
        """The posts said beside the MP's name, held on the day, newest first."""
        return [post for post in self.posts if post.is_office and post.is_current(self.on)]

    @property
    def posts_held(self) -> list[tuple[str, list[Post]]]:
        """The posts held on the day, by kind, in the order of `PostKind`."""
        held = [post for post in self.posts if post.is_current(self.on)]
        by_kind = ((kind.label, [post for post in held if post.kind == kind]) for kind in PostKind)
        return [(label, posts) for label, posts in by_kind if posts]

    @property
    def earlier_posts(self) -> list[Post]:
        return [post for post in self.posts if post.has_ended(self.on)]


def facts_about(mp: MP, *, on: date) -> Facts:
    """The MP's seats, parties, names, statuses and posts; the councils that the seat held on the day lies in,
    and what it was made from; in nine queries."""
    holdings = list(mp.holdings.select_related("constituency").order_by("-started_on", "-pk"))
    held = [holding.constituency_id for holding in holdings if is_current(holding, on)]
    return Facts(
        on=on,
        mp=mp,
        holdings=holdings,
        party_spells=list(mp.party_spells.select_related("party").order_by("-started_on", "-pk")),
        names=list(mp.names.order_by("-started_on", "-pk")),
        statuses=list(mp.statuses.order_by("-started_on", "-pk")),
        origin=origin_of(held[0] if held else None),
        posts=mp.posts.order_by(F("started_on").desc(nulls_last=True), "body", "title", "pk").as_called(on),
        councils=[each for councils in councils_sharing(held).values() for each in councils],
    )


@dataclass(frozen=True)
class Leads:
    """Who in one authority leads on one MP: now, or on another day, and before or later. Of those who stand
    there now, `engaged` are those who have not left; of another day, all."""

    current: list[CouncilLead]
    others: list[CouncilLead]
    is_now: bool = True

    @property
    def engaged(self) -> list[CouncilLead]:
        return [lead for lead in self.current if not (self.is_now and lead.has_left)]

    def in_role(self, role: str) -> CouncilLead | None:
        return next((lead for lead in self.engaged if lead.role == role), None)

    @property
    def gone(self) -> list[CouncilLead]:
        """Owner and deputy who have left, with nobody named after them."""
        return [lead for lead in self.current if lead.has_left and lead.role in LOOK_AFTER]

    @property
    def lead(self) -> CouncilLead | None:
        return self.in_role(LeadRole.LEAD)

    @property
    def deputy(self) -> CouncilLead | None:
        return self.in_role(LeadRole.DEPUTY)

    @property
    def in_words(self) -> str:
        """Who engages with the MP now, a line each: what the Leader agrees to."""
        return "\n".join(f"{lead.part}: {lead}" for lead in self.engaged)


def leads_on(mp: MP, *, membership: Membership, on: date, as_at: date | None = None) -> Leads:
    """The leads of the person's authority on this MP, newest first, but those of the day in the order of
    their roles; in one query."""
    rows = (
        CouncilLead.objects.visible_to(membership)
        .filter(mp=mp)
        .select_related("membership__user")
        .order_by("-started_on", "-pk")
    )
    current: list[CouncilLead] = []
    others: list[CouncilLead] = []
    for lead in rows:
        (current if is_current(lead, as_at or on) else others).append(lead)
    return Leads(current=_by_role(current), others=others, is_now=as_at is None)


def leads_of_own_mps(
    membership: Membership, *, on: date, as_at: date | None = None, **annotated: Subquery
) -> dict[int, Leads]:
    """By MP of the authority's own, now or on the day `as_at`: those of `leads_on` then, without the others,
    each with what is `annotated`; in one query."""
    rows = (
        CouncilLead.objects.visible_to(membership)
        .current(as_at or on)
        .filter(mp__in=MP.objects.of(membership.authority, on=as_at))
        .select_related("membership__user")
        .annotate(**annotated)
        .order_by("-started_on", "-pk")
    )
    found: dict[int, list[CouncilLead]] = defaultdict(list)
    for lead in rows:
        found[lead.mp_id].append(lead)
    return {
        mp: Leads(current=_by_role(leads), others=[], is_now=as_at in (None, on))
        for mp, leads in found.items()
    }


def _by_role(leads: list[CouncilLead]) -> list[CouncilLead]:
    in_order = list(LeadRole)
    return sorted(leads, key=lambda lead: in_order.index(LeadRole(lead.role)))


@dataclass(frozen=True)
class OurSeat:
    """A seat of the authority, or one its admin has hidden, as the seats page shows it; with its MP (in a
    dissolution: until it)."""

    constituency: Constituency
    mp: MP | None
    is_added: bool
    is_hidden: bool
    share: Decimal | None
    area_share: Decimal | None
    others: list[CouncilShare]

    @property
    def is_vacant(self) -> bool:
        return self.mp is None

    def is_sliver(self, authority: Authority) -> bool:
        """Whether too few of its people live in the area. Of a share that is not known, nobody can say."""
        return not self.is_added and self.share is not None and self.share < authority.sliver_below


def seats_of(authority: Authority, on: date | None = None) -> list[OurSeat]:
    """The authority's seats of today, or of the given day, and the hidden ones, largest share first, with who
    else shares their MP; in five queries, or six. Councils, shares and what is hidden are as recorded now."""
    mine, hidden = Constituency.objects.of(authority), Constituency.objects.hidden_by(authority)
    added = SeatChoice.objects.of(authority).filter(constituency=OuterRef("pk"), is_hidden=False)
    seats = (
        Constituency.objects.current(on)
        .filter(Q(pk__in=mine.values("pk")) | Q(pk__in=hidden.values("pk")))
        .annotate(is_added=Exists(added), is_hidden=Exists(hidden.filter(pk=OuterRef("pk"))))
        .order_by("name", "pk")
    )
    holdings = holders(on).filter(constituency__in=seats.values("pk").order_by())
    mps = {holding.constituency_id: holding.mp for holding in holdings.select_related("mp")}
    if on:
        in_names_of(mps.values(), on)
    found = list(seats)
    councils = councils_sharing([seat.pk for seat in found])
    ours = [_our_seat(seat, authority, mps.get(seat.pk), councils.get(seat.pk, [])) for seat in found]
    return sorted(ours, key=lambda each: (each.share is None, -(each.share or Decimal(0))))


def _our_seat(
    seat: Constituency, authority: Authority, mp: MP | None, councils: list[CouncilShare]
) -> OurSeat:
    shared = Shared.by(authority, councils)
    return OurSeat(
        constituency=seat,
        mp=mp,
        is_added=seat.is_added,  # type: ignore[attr-defined]  # annotated
        is_hidden=seat.is_hidden,  # type: ignore[attr-defined]  # annotated
        share=shared.own.share if shared.own else None,
        area_share=shared.own.area_share if shared.own else None,
        others=shared.others,
    )
