"""Which seats changed hands, and how far each hand-over has come: reading only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.utils import timezone

from accounts.models import Membership
from contacts.directory import counted_by_mp
from contacts.handover import Change, ParliamentNow, Seat, parliament_now, seats_with_changes
from contacts.models import MP, CouncilLead, HandoverStep, SeatHandover, SeatHolding
from engagements.models import Commitment, EngagementPlan
from enquiries.models import Enquiry, EnquiryQuerySet
from overview.handover.welcome import occasion_of

# A change of longer ago is offered only while something of ours still hangs on the former MP.
LOOK_BACK = timedelta(days=365)


class State(StrEnum):
    TO_DO = "To do"
    IN_PROGRESS = "In progress"
    DONE = "Handed over"
    NOT_NEEDED = "Not needed"


@dataclass
class Handover:
    """One change of a seat as this authority has it to hand over."""

    change: Change
    record: SeatHandover | None
    state: State
    open_enquiries: int
    plan: EngagementPlan | None  # of the former MP, in force
    commitments: int  # asks and commitments, open
    leads: int
    steps: int
    is_welcomed: bool  # the to-dos that a new MP brings are made, here or with another seat

    @property
    def keeps_relationship(self) -> bool:
        """The former MP still sits for one of our seats, so that plan and leads stay theirs."""
        return self.change.stays_ours

    @property
    def owes_welcome(self) -> bool:
        """Whoever holds one of our seats now is new to us, and no to-dos were made for it."""
        change = self.change
        is_new = change.new is not None and change.is_ours and change.is_latest and not change.holder_was_ours
        return is_new and not self.is_welcomed

    @property
    def may_be_left(self) -> list[str]:
        """What is still to do, and may be left undone: "1 council lead", "the welcome"."""
        left = []
        if self.commitments and not self.keeps_relationship:
            one = self.commitments == 1
            left.append("1 ask or commitment" if one else f"{self.commitments} asks or commitments")
        if self.leads and not self.keeps_relationship:
            left.append(f"{self.leads} council lead{'' if self.leads == 1 else 's'}")
        if self.owes_welcome:
            left.append("the welcome")
        return left

    @property
    def words(self) -> str:
        """What is still to do: "12 open enquiries, a plan to archive"."""
        left = []
        if self.open_enquiries:
            left.append(f"{self.open_enquiries} open enquir{'y' if self.open_enquiries == 1 else 'ies'}")
        if self.plan and not self.keeps_relationship:
            left.append("a plan to archive")
        return ", ".join([*left, *self.may_be_left])


@dataclass
class SeatRow:
    """A seat: held by the same MP, by a new one, or vacant; and what is to hand over."""

    seat: Seat
    handovers: list[Handover] = field(default_factory=list)
    is_new: bool = False  # made at a boundary change within the year

    @property
    def standing(self) -> str:
        if self.seat.is_abolished:
            return "Abolished"
        if not self.seat.holder:
            return "Vacant"
        if self.is_new:
            return "New seat"
        is_new = any(each.change.is_latest for each in self.handovers)
        return "New MP" if is_new else "Held by the same MP"


@dataclass
class Overview:
    rows: list[SeatRow]
    parliament: ParliamentNow

    @property
    def handovers(self) -> list[Handover]:
        return [each for row in self.rows for each in row.handovers]

    def about(self, mp: str) -> Handover | None:
        """The hand-over from or to this MP (key); of several, one that is not done."""
        found = [each for each in self.handovers if mp in map(str, each.change.mps)]
        return min(found, key=lambda each: each.state is State.DONE, default=None)

    @property
    def has_list(self) -> bool:
        """Whether the MPs of the day are known here, be it without a list."""
        knows = self.parliament.listed_on is None and any(row.seat.holder for row in self.rows)
        return self.parliament.is_listed or (knows and not self.parliament.is_dissolved)

    @property
    def needed(self) -> int:
        """How many there are in which something is, or was, to do."""
        return sum(each.state is not State.NOT_NEEDED for each in self.handovers)

    @property
    def done(self) -> int:
        return sum(each.state is State.DONE for each in self.handovers)

    @property
    def waiting(self) -> int:
        return self.needed - self.done


def overview_of(membership: Membership, *, on: date) -> Overview:
    """Every seat of the authority with its hand-overs, in a fixed number of queries.

    A hand-over is offered for the last change of a seat within a year, and for any former MP on whom open
    enquiries, a plan, commitments or leads of ours still hang; of a seat that is not ours, for open enquiries
    alone. One that is begun is offered until a year after it is finished. In a dissolution nobody has won or
    lost a seat yet, so those who sat until then are not offered.
    """
    parliament = parliament_now(membership.authority, on=on)
    dissolved = parliament.dissolved_since
    begun = SeatHandover.objects.visible_to(membership)
    still_open = Enquiry.objects.visible_to(membership).open().order_by()
    whose = Q(mp__in=still_open.values("mp")) | Q(mp__in=begun.order_by().values("former_mp"))
    lost = SeatHolding.objects.filter(whose, ended_on__isnull=False).order_by()
    seats = seats_with_changes(
        membership.authority, also=lost.values("constituency"), is_dissolved=parliament.is_dissolved
    )
    # Whoever lost two of these seats one after the other is handed over from the last.
    last_lost = dict(
        sorted(
            (change.former.pk, change.lost_on)
            for seat in seats
            for change in seat.changes
            if change.former and change.lost_on
        )
    )
    enquiries = Counter[tuple[int, int | None]]()
    counted = still_open.filter(mp__in=last_lost).values_list("mp", "constituency")
    for mp, constituency, number in counted.annotate(n=Count("pk")):
        enquiries[mp, constituency] += number
        enquiries[mp, None] += number
    plans = {
        plan.mp_id: plan
        for plan in EngagementPlan.objects.visible_to(membership).in_force().filter(mp__in=last_lost)
    }
    relationship = {
        mp: (commitments, leads)
        for mp, commitments, leads in MP.objects.filter(pk__in=last_lost).values_list(
            "pk",
            counted_by_mp(Commitment.objects.visible_to(membership).open()),
            counted_by_mp(CouncilLead.objects.visible_to(membership).filter(ended_on=None)),
        )
    }
    welcomes = HandoverStep.objects.standing().filter(handover=OuterRef("pk"), kind=HandoverStep.Kind.TO_DOS)
    records = {
        (record.constituency_id, record.former_mp_id, record.lost_on): record
        for record in begun.annotate(
            standing=Count("steps", filter=Q(steps__undone_at=None)),
            welcome=Subquery(welcomes.values_list(KT("effect__occasion"))[:1]),
        )
    }
    welcomed = {record.welcome for record in records.values()}

    def handover(change: Change, hanging: int = 0) -> Handover:
        record, pk = records.get(change.key), change.former.pk if change.former else 0
        commitments, leads = relationship.get(pk, (0, 0))
        each = Handover(
            change=change,
            record=record,
            state=_state(record, change, hanging),
            open_enquiries=hanging,
            plan=plans.get(pk),
            commitments=commitments,
            leads=leads,
            steps=record.standing if record else 0,
            is_welcomed=occasion_of(change) in welcomed,
        )
        if each.state is State.TO_DO and not each.words:
            each.state = State.NOT_NEEDED
        return each

    def is_past(each: Handover) -> bool:
        finished_at = each.record.finished_at if each.record and each.state is State.DONE else None
        return finished_at is not None and timezone.localdate(finished_at) < on - LOOK_BACK

    def offered(change: Change) -> Handover | None:
        former, lost_on = change.former, change.lost_on
        if former is None or lost_on is None:
            welcome = handover(change)
            is_news = change.new and change.holder and change.holder.started_on >= on - LOOK_BACK
            return welcome if (welcome.record and not is_past(welcome)) or is_news else None
        if lost_on != last_lost[former.pk]:
            return None
        if dissolved and lost_on >= dissolved - timedelta(days=1):
            return None
        sits, stays = change.sits_for is not None, change.stays_ours
        # Of an MP who sits for another seat now, only what came from this one is to hand over.
        hanging = enquiries[former.pk, change.seat.pk if sits else None]
        each = handover(change, hanging)
        if stays and change.seat.ended_on:
            hanging = 0  # the seat is gone, the MP is not: they go on asking for those who live there
        if is_past(each):
            return None
        if each.record or hanging:
            return each
        is_news = change.is_latest and lost_on >= on - LOOK_BACK and (change.holder or not sits)
        has_left = not stays and (each.plan or each.commitments or each.leads)
        return each if change.is_ours and (is_news or has_left) else None

    rows = []
    for seat in seats:
        found = [each for each in map(offered, seat.changes) if each]
        if found or (seat.is_ours and not seat.is_abolished):
            began = seat.seat.started_on
            rows.append(SeatRow(seat, found, is_new=began is not None and began >= on - LOOK_BACK))
    return Overview(rows, parliament)


def _state(record: SeatHandover | None, change: Change, hanging: int) -> State:
    """Finished is finished, whoever wins the seat later: what its MP left is another change. Only of the last
    change is it to do again, where it was finished while the seat was vacant and somebody holds it now, or
    for an MP who, it turned out, never held it. In a dissolution nobody does, and it stays finished."""
    if record is None:
        return State.TO_DO
    if record.finished_at is None or hanging:
        return State.IN_PROGRESS
    was_vacant = record.new_mp_id is None
    is_for_nobody = change.new is not None if was_vacant else record.new_mp_id not in change.held_by
    is_again = is_for_nobody and change.is_latest and not change.is_dissolved
    return State.IN_PROGRESS if is_again else State.DONE


def find(membership: Membership, holding_pk: int, *, on: date) -> Handover | None:
    """The hand-over of the holding that ended, if it is one of ours."""
    found = overview_of(membership, on=on).handovers
    return next((each for each in found if each.change.pk == holding_pk), None)


def plan_archived_here(handover: Handover, membership: Membership) -> EngagementPlan | None:
    """The former MP’s plan if it was archived for this seat, as while that was vacant, and nothing of it has
    gone into the plan of the MP there is now; none where it was finished for another."""
    record, new = handover.record, handover.change.new
    if record is None or new is None or (handover.state is State.DONE and record.new_mp_id != new.pk):
        return None
    effects = dict(record.steps.standing().order_by("pk").values_list("kind", "effect"))
    if HandoverStep.Kind.PLAN not in effects or HandoverStep.Kind.ITEMS in effects:
        return None
    archived = EngagementPlan.objects.visible_to(membership).select_related("mp")
    return archived.filter(pk=effects[HandoverStep.Kind.PLAN]["plan"]).first()


def open_enquiries_of(handover: Handover, membership: Membership, *, on: date) -> EnquiryQuerySet:
    """What the former MP, if there is one, still asks, in the order to answer."""
    enquiries = Enquiry.objects.visible_to(membership).filter(mp=handover.change.former)
    if handover.change.sits_for:
        enquiries = enquiries.filter(constituency=handover.change.seat)
    return enquiries.open().with_rag(on).in_queue_order(on)
