"""A seat that changed hands, what is done for it, and what to see of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from contacts.models import ChecklistAnswer, CouncilLead, NewsKind, SeatSuccession
from contacts.news import News, record_news
from engagements.models import Commitment, EngagementPlan
from enquiries.models import AuthorityShown, Enquiry
from notifications.models import ToDo
from overview.handover import steps
from overview.handover.seats import find
from tests.factories import (
    ChecklistAnswerFactory,
    CommitmentFactory,
    CouncilLeadFactory,
    EngagementPlanFactory,
)

DAY = timedelta(days=1)
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
LOST = TODAY - 40 * DAY
ELECTED = TODAY - 20 * DAY


def handover_of(former, by):
    handover = find(by, former.holdings.get().pk, on=TODAY)
    assert handover is not None
    return handover


def carry(handover, enquiry, new, by):
    steps.carry_enquiry(
        handover,
        enquiry=enquiry,
        to_mp=new,
        authority_seen_on=TODAY,
        authority_shown=AuthorityShown.FORM,
        by=by,
        now=NOW,
    )


def answer(handover, enquiry, by):
    steps.answer_enquiry(
        handover,
        enquiry=enquiry,
        text="Soon.",
        sent_on=TODAY,
        channel="letter",
        submission=uuid4(),
        by=by,
        now=NOW,
    )


CARRY = {"decision": "carry", "authority_shown": "form", "authority_seen_on": f"{TODAY:%d/%m/%Y}"}


def abolish(seat, into):
    """A boundary change: most of the seat is part of another from the election on."""
    seat.ended_on = ELECTED - DAY
    seat.save()
    into.started_on = ELECTED
    into.save()
    SeatSuccession.objects.create(old=seat, new=into, share_of_old=80, share_of_new=70)


def open_to_dos():
    return dict(ToDo.objects.open().values_list("kind", "assignee"))


WELCOMES = ("welcome-letter", "contact-card", "office-details", "first-meeting")


def facts():
    """Everything a hand-over changes but bookkeeping."""
    return (
        sorted(Enquiry.objects.values_list("pk", "mp", "due_on", "replied_on", "closed_at", "close_reason")),
        sorted(EngagementPlan.objects.values_list("pk", "mp", "archived_at", "objectives")),
        sorted(CouncilLead.objects.values_list("pk", "mp", "ended_on"), key=str),
        sorted(Commitment.objects.values_list("pk", "mp", "outcome", "settled_on", "note"), key=str),
        sorted(ChecklistAnswer.objects.values_list("pk", "mp", "question", "text")),
        sorted(ToDo.objects.values_list("pk", "kind", "subject", "assignee", "done_at", "note"), key=str),
    )


def do_everything(former, new, officer, authority, leave):
    carried, answered, closed = leave(), leave(), leave()
    plan = EngagementPlanFactory(authority=authority, mp=former, objectives="A visit")
    owner = CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    goes, ends = (CommitmentFactory(authority=authority, mp=former) for _ in range(2))
    ChecklistAnswerFactory(authority=authority, mp=new, answered_on=ELECTED - DAY)
    record_news(
        [
            News(NewsKind.NEW_MP, "new MP", ELECTED, mp=new),
            News(
                NewsKind.WHIP_LOST,
                "lost the whip",
                LOST,
                mp=former,
                constituency=former.holdings.get().constituency,
            ),
        ],
        source="test",
        now=NOW,
    )
    before = facts()
    handover = handover_of(former, officer)
    carry(handover, carried, new, officer)
    answer(handover, answered, officer)
    steps.close_left_enquiry(handover, enquiry=closed, reason="Settled", by=officer, now=NOW)
    steps.hand_over_plan(
        handover, plan=plan, to_mp=new, objectives=["A visit"], key_messages=[], by=officer, now=NOW
    )
    steps.hand_over_commitments(handover, carried=[goes], left=[ends], by=officer, now=NOW)
    steps.hand_over_leads(handover, carried=[owner], ended=[], by=officer, now=NOW)
    steps.make_to_dos(handover, new=new, by=officer, now=NOW)
    steps.finish(handover_of(former, officer), by=officer, now=NOW)
    return before, carried
