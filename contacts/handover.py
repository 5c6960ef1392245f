"""Seats that change hands: who held each and who does, and the council leads that go to the new MP."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.history import delete_signed, save_signed
from accounts.models import Authority, Membership
from contacts.models import (
    MP,
    Constituency,
    CouncilLead,
    CouncilLeadQuerySet,
    Dissolution,
    HandoverStep,
    ListSubject,
    MPListImport,
    MPQuerySet,
    SeatHandover,
    SeatHolding,
    SeatSuccession,
    dissolved_since,
)

ONE_DAY = timedelta(days=1)
# Whoever held another seat of ours so long before at most has moved, and is known to us.
MOVED_WITHIN = timedelta(days=365)


@dataclass(frozen=True)
class Change:
    """One MP ceased to hold a seat, and `holder` holds it now, or nobody; or a new seat has its first MP."""

    pk: int  # of the holding that ended; of a new seat, of the one that began
    seat: Constituency
    is_ours: bool
    former: MP | None  # nobody: of a new seat
    lost_on: date | None  # the former MP’s last day
    holder: SeatHolding | None  # of the seat or, where it was abolished, of its successor
    holder_was_ours: bool  # for another of the authority's seats, until they won this one
    is_latest: bool
    held_by: frozenset[int]  # everybody who ever held the seat of `holder`, by key
    sits_for: Constituency | None  # where the former MP sits now, if anywhere
    stays_ours: bool  # and whether that is one of the authority's seats
    is_dissolved: bool  # Parliament is, so that `holder` is no MP

    @property
    def new(self) -> MP | None:
        """The MP to whom to hand over, if there is one."""
        return self.holder.mp if self.holder and not self.is_dissolved else None

    def leads_begin(self, on: date) -> date:
        """From when whoever goes on with the new MP leads: this day or, if later, when they won the seat."""
        return max(on, self.holder.started_on) if self.holder else on

    @property
    def mps(self) -> set[int]:
        """From whom and to whom, by key."""
        return {mp.pk for mp in (self.former, self.new) if mp}

    @property
    def key(self) -> tuple[int, int | None, date | None]:
        """What a hand-over is known by."""
        return self.seat.pk, self.former.pk if self.former else None, self.lost_on


@dataclass(frozen=True)
class Seat:
    """One seat with who holds it and everybody else who did, the latest first.

    Where it was abolished at a boundary change, `holder` is that of the seat into which most of it went.
    """

    seat: Constituency
    is_ours: bool
    holder: SeatHolding | None
    changes: list[Change] = field(default_factory=list)

    @property
    def is_abolished(self) -> bool:
        return self.seat.ended_on is not None


@dataclass(frozen=True)
class ParliamentNow:
    """Whether there are MPs on a day, and the newest list of them in force here."""

    dissolved_since: date | None  # there are none
    dissolved_until: date | None  # the last day of the last dissolution
    listed_on: date | None  # the day the list is for
    imported_at: datetime | None

    @property
    def is_dissolved(self) -> bool:
        return self.dissolved_since is not None

    @property
    def is_listed(self) -> bool:
        """Whether the newest list is of the Parliament of the day, as far as dissolutions were entered."""
        if self.is_dissolved or self.listed_on is None:
            return False
        return self.dissolved_until is None or self.listed_on > self.dissolved_until


def parliament_now(authority: Authority, *, on: date) -> ParliamentNow:
    """One query, of which the authority is only the row."""
    last = Dissolution.objects.filter(started_on__lte=on).order_by("-started_on")
    lists = MPListImport.objects.about(ListSubject.MPS).applied().order_by("-list_date", "-applied_at")
    row = Authority.objects.filter(pk=authority.pk).values_list(
        dissolved_since(on),
        Subquery(last.values("ended_on")[:1]),
        Subquery(lists.values("list_date")[:1]),
        Subquery(lists.values("applied_at")[:1]),
    )
    return ParliamentNow(*row.get())


def seats_with_changes(authority: Authority, *, also: QuerySet[Any, Any], is_dissolved: bool) -> list[Seat]:
    """The authority's seats by name, those since abolished included, and `also` these (keys). Three queries.

    A new seat into which most of none of the others went is a change too: its first MP follows nobody. Where
    nothing is known of the seats before, every MP is as new as any, and none is.
    """
    mine = Constituency.objects.of(authority)
    before = SeatHolding.objects.filter(constituency__ended_on__lt=OuterRef("started_on"))
    seats = list(
        Constituency.objects.filter(Q(pk__in=mine.values("pk")) | Q(pk__in=also))
        .annotate(
            is_ours=Exists(mine.filter(pk=OuterRef("pk"))),
            successor=_most_went_into("pk"),
            follows_others=Exists(before),
        )
        .order_by("name", "pk")
    )
    ours = {seat.pk for seat in seats if seat.is_ours}
    holdings = list(
        SeatHolding.objects.filter(constituency__in=[seat.pk for seat in seats])
        .select_related("mp")
        .order_by(F("ended_on").desc(nulls_first=True), "-pk")
    )
    sitting = SeatHolding.objects.current().filter(mp__in={holding.mp_id for holding in holdings})
    sits_for = {holding.mp_id: holding.constituency for holding in sitting.select_related("constituency")}
    holders: dict[int | None, SeatHolding] = {
        holding.constituency_id: holding for holding in holdings if holding.ended_on is None
    }
    held_by = defaultdict[int | None, set[int]](set)
    for holding in holdings:
        held_by[holding.constituency_id].add(holding.mp_id)
    left_us = {
        holding.mp_id: holding.ended_on
        for holding in reversed(holdings)
        if holding.ended_on and holding.constituency_id in ours
    }

    def change_of(row: Seat, holding: SeatHolding, **about: Any) -> Change:
        holder = row.holder
        left_on = holder and left_us.get(holder.mp_id)
        return Change(
            pk=holding.pk,
            seat=row.seat,
            is_ours=row.is_ours,
            holder=holder,
            holder_was_ours=bool(holder and left_on and holder.started_on - left_on <= MOVED_WITHIN),
            is_latest=not row.changes,
            held_by=frozenset(held_by[_heir(row.seat)]),
            is_dissolved=is_dissolved,
            **about,
        )

    rows = [Seat(seat, seat.pk in ours, holders.get(_heir(seat))) for seat in seats]
    by_seat = {row.seat.pk: row for row in rows}
    for holding in holdings:
        row = by_seat[holding.constituency_id]
        known = {row.holder and row.holder.mp_id, *(each.former.pk for each in row.changes if each.former)}
        if holding.ended_on is not None and holding.mp_id not in known:
            sits = sits_for.get(holding.mp_id)
            row.changes.append(
                change_of(
                    row,
                    holding,
                    former=holding.mp,
                    lost_on=holding.ended_on,
                    sits_for=sits,
                    stays_ours=sits is not None and sits.pk in ours,
                )
            )
    followed = {each.holder.pk for row in rows for each in row.changes if each.holder}
    for row in rows:
        first = row.holder
        follows_others: bool = row.seat.follows_others  # type: ignore[attr-defined]  # annotated
        if first and follows_others and not row.is_abolished and first.pk not in followed:
            change = change_of(row, first, former=None, lost_on=None, sits_for=None, stays_ours=False)
            row.changes.extend([] if change.holder_was_ours else [change])
    return rows


def with_last_holders(mps: MPQuerySet, *, membership: Membership) -> MPQuerySet:
    """Each MP with the last days on which they themselves (`own_until`) and somebody else (`others_until`)
    held the seat that is theirs now before, or one that was abolished and most of which went into it; and
    whether `one_waits` of those others who held a seat of ours last, not marked as handed over."""
    now = SeatHolding.objects.current().filter(mp=OuterRef("pk"))
    of_it = Q(constituency=OuterRef("seat_now")) | Q(heir=OuterRef("seat_now"))
    held = SeatHolding.objects.annotate(heir=_most_went_into("constituency")).filter(of_it)
    earlier = held.filter(ended_on__isnull=False).order_by("-ended_on").values("ended_on")
    later = SeatHolding.objects.filter(
        constituency=OuterRef("constituency"), ended_on__gt=OuterRef("ended_on")
    )
    handed_over = SeatHandover.objects.visible_to(membership).filter(
        constituency=OuterRef("constituency"),
        former_mp=OuterRef("mp"),
        lost_on=OuterRef("ended_on"),
        new_mp__isnull=False,
        finished_at__isnull=False,
    )
    ours = Constituency.objects.of(membership.authority)
    waits = earlier.filter(~Exists(later), ~Exists(handed_over), constituency__in=ours)
    return mps.annotate(seat_now=Subquery(now.values("constituency")[:1])).annotate(
        own_until=Subquery(earlier.filter(mp=OuterRef("pk"))[:1]),
        others_until=Subquery(earlier.exclude(mp=OuterRef("pk"))[:1]),
        one_waits=Exists(waits.exclude(mp=OuterRef("pk"))),
    )


def _most_went_into(seat: str) -> Subquery:
    """For an annotation: the seat into which most of this one went (key)."""
    into = SeatSuccession.objects.filter(old=OuterRef(seat)).order_by("-share_of_old", "pk")
    return Subquery(into.values("new")[:1])


def _heir(seat: Constituency) -> int | None:
    """The seat itself or, once it is abolished, the one into which most of it went (key)."""
    successor: int | None = seat.successor  # type: ignore[attr-defined]  # annotated
    return successor if seat.ended_on else seat.pk


class DoneAlready(Exception):
    """The step was done already: `step` says what, by whom and when."""

    def __init__(self, step: HandoverStep) -> None:
        super().__init__("done already")
        self.step = step


def begin(change: Change, *, by: Membership) -> SeatHandover:
    """The hand-over of this change, held until the transaction ends."""
    Authority.objects.select_for_update().get(pk=by.authority_id)  # two who begin at once begin one
    handover, _ = SeatHandover.objects.get_or_create(
        authority=by.authority,
        constituency=change.seat,
        former_mp=change.former,
        lost_on=change.lost_on,
    )
    return handover


def refuse_second(handover: SeatHandover, subject: str) -> None:
    """Raises DoneAlready where a colleague has done this already."""
    done = handover.steps.standing().filter(subject=subject).select_related("done_by__user").first()
    if done:
        raise DoneAlready(done)


def record_step(
    handover: SeatHandover,
    kind: HandoverStep.Kind,
    subject: str,
    effect: dict[str, Any],
    *,
    by: Membership,
    now: datetime,
) -> HandoverStep:
    return HandoverStep.objects.create(
        authority=by.authority,
        handover=handover,
        kind=kind,
        subject=subject,
        effect=effect,
        done_at=now,
        done_by=by,
    )


def _in_part_of(lead: CouncilLead, mp: MP, *, on: date, by: Membership) -> CouncilLeadQuerySet:
    """The other rows beside which this lead could not begin on this day."""
    return (
        CouncilLead.objects.visible_to(by)
        .exclude(pk=lead.pk)
        .not_over(on)
        .in_part(mp=mp, role=lead.role, membership=lead.membership, name=lead.name, portfolio=lead.portfolio)
    )


class LeadRefused(Exception):
    """The lead cannot be handed over or put back; the message says why."""


@transaction.atomic
def hand_over_lead(
    *, lead: CouncilLead, to_mp: MP | None, on: date, by: Membership, now: datetime
) -> dict[str, Any]:
    """Whoever leads on a former MP leads on the new one from `on`, or (None) on neither.

    Raises LeadRefused where somebody leads on the new MP already. Gives what `put_lead_back` needs.
    """
    lead = CouncilLead.objects.visible_to(by).select_for_update(of=("self",)).get(pk=lead.pk)
    if lead.ended_on is not None:
        raise LeadRefused(f"{lead} no longer leads on {lead.mp}.")
    carried = None
    if to_mp:
        there = _in_part_of(lead, to_mp, on=on, by=by).first()
        if there:
            raise LeadRefused(
                f"{there} is {lead.get_role_display().lower()} for {to_mp} already. "
                f"End that first, or choose that {lead} leads on neither."
            )
        carried = CouncilLead(
            authority=by.authority,
            mp=to_mp,
            role=lead.role,
            membership=lead.membership,
            name=lead.name,
            job_title=lead.job_title,
            portfolio=lead.portfolio,
            started_on=on,
        )
        save_signed(carried, by=by, now=now)
    lead.ended_on = max(lead.started_on, on - ONE_DAY)
    save_signed(lead, by=by, now=now)
    return {
        "lead": lead.pk,
        "carried": carried.pk if carried else None,
        "ended_on": lead.ended_on.isoformat(),
    }


@transaction.atomic
def put_lead_back(*, effect: dict[str, Any], by: Membership, now: datetime) -> None:
    """Undo `hand_over_lead`. Raises LeadRefused once anybody changed either lead."""
    leads = CouncilLead.objects.visible_to(by).select_for_update(of=("self",)).select_related("mp")
    lead = leads.filter(pk=effect["lead"]).first()
    if lead is None:
        raise LeadRefused("Who led on the former MP has been removed since.")
    if lead.ended_on is None or lead.ended_on.isoformat() != effect["ended_on"]:
        raise LeadRefused(f"Who leads on {lead.mp} has been changed since.")
    if _in_part_of(lead, lead.mp, on=lead.started_on, by=by).exists():
        raise LeadRefused(f"Somebody else leads on {lead.mp} by now.")
    if effect["carried"]:
        carried = leads.filter(pk=effect["carried"]).first()
        if carried is None or carried.ended_on is not None or str(carried) != str(lead):
            who = carried.mp if carried else "the new MP"
            raise LeadRefused(f"Who leads on {who} has been changed since.")
        delete_signed(carried, by=by, now=now)
    lead.ended_on = None
    save_signed(lead, by=by, now=now)
