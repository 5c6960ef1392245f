"""What there is about an MP: one line per model, and what is left out, with the reason.

A model about MPs that stands in neither list fails a test of the house rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from contacts.models import (
    MP,
    BackgroundEntry,
    CampaignIssue,
    CardSent,
    ChecklistAnswer,
    CouncilLead,
    HandoverStep,
    LeadAgreement,
    MPExport,
    MPName,
    MPNews,
    MPOffice,
    MPStatus,
    NoteKind,
    OfficePerson,
    ParliamentContact,
    PartySpell,
    PersonalRelationship,
    Placement,
    PortfolioMatch,
    Position,
    Post,
    SeatHandover,
    SeatHolding,
)
from engagements.models import EngagementPlan, Reminder, Touchpoint
from enquiries.models import CarryOver, Enquiry, Reply, TimelineEntry
from notifications.models import ToDo


def through(*paths: str) -> Callable[[MP], Q]:
    """Rows that lead to the MP by any of these paths."""

    def about(mp: MP) -> Q:
        found = Q()
        for path in paths:
            found |= Q(**{path: mp})
        return found

    return about


_OF_THE_MP = through("mp")

OUR_RECORD = "Our record: as colleagues wrote it down"
OUR_DECISION = "Our own decision or act"


@dataclass(frozen=True)
class Held:
    """One kind of rows. Its `mark` holds for all of them, unless each carries its own `kind` of NoteKind."""

    model: type[models.Model]
    title: str
    mark: str = ""
    about: Callable[[MP], Q] = _OF_THE_MP
    fields: tuple[str, ...] = ()  # Empty: all but keys and counters.
    also: tuple[str, ...] = ()  # Properties of the rows.
    only_with_text: bool = False


FACT, OPINION = str(NoteKind.FACT.label), str(NoteKind.OPINION.label)
THIRD_PARTY = str(NoteKind.THIRD_PARTY.label)

OURS = (
    Held(BackgroundEntry, "Background"),
    Held(CampaignIssue, "Campaign issues"),
    Held(Position, "Positions on policy areas"),
    Held(Placement, "Places on the stakeholder map"),
    Held(ChecklistAnswer, "The chief executive’s checklist"),
    Held(PortfolioMatch, "Posts and our priorities", OPINION, through("post__mp")),
    Held(EngagementPlan, "Engagement plan", OPINION),
    Held(Touchpoint, "Touchpoints", OUR_RECORD),
    Held(CouncilLead, "Who leads on the MP", OUR_DECISION),
    Held(LeadAgreement, "The Leader’s agreement to who leads", OUR_DECISION),
    Held(PersonalRelationship, "Who of ours knows the MP anyway"),
    Held(MPOffice, "The MP’s office", OUR_RECORD),
    Held(OfficePerson, "Who works for the MP", THIRD_PARTY),
    Held(CardSent, "Contact cards sent", OUR_DECISION),
    Held(Reminder, "Reminders to make contact", OUR_DECISION, through("plan__mp")),
    Held(ToDo, "To-dos", OUR_DECISION, lambda mp: Q(subject=f"mp:{mp.pk}")),
    Held(SeatHandover, "Hand-overs of the seat", OUR_DECISION, through("former_mp", "new_mp")),
    Held(
        HandoverStep,
        "What was done at hand-overs",
        OUR_DECISION,
        through("handover__former_mp", "handover__new_mp"),
        fields=("kind", "done_at", "done_by", "undone_at", "undone_by"),
    ),
    Held(
        Enquiry,
        "Enquiries",
        OUR_RECORD,
        fields=("reference", "enquiry_type", "topic", "received_on", "due_on", "replied_on", "closed_at"),
        also=("status",),
    ),
    Held(
        Enquiry,
        "What was asked",
        THIRD_PARTY,
        fields=("reference", "subject", "question", "close_reason"),
        only_with_text=True,
    ),
    Held(Reply, "Replies", OUR_RECORD, through("enquiry__mp"), only_with_text=True),
    Held(TimelineEntry, "Work on enquiries", OUR_RECORD, through("enquiry__mp"), only_with_text=True),
    Held(CarryOver, "Enquiries carried over", OUR_RECORD, through("from_mp", "to_mp"), only_with_text=True),
    Held(MPExport, "Requests for this information", OUR_DECISION),
)
PARLIAMENTS = (
    Held(MP, "The MP", FACT, lambda mp: Q(pk=mp.pk), fields=("name", "parliament_id", "twfy_id")),
    Held(MPName, "Names", FACT),
    Held(SeatHolding, "Seats", FACT),
    Held(PartySpell, "Parties", FACT),
    Held(MPStatus, "Statuses", FACT),
    Held(Post, "Posts", FACT),
    Held(MPNews, "What changed", FACT),
    Held(ParliamentContact, "Contact details that Parliament publishes", FACT),
)

LEFT_OUT = {
    "enquiries.Constituent": "a constituent's data, not the MP's",
    "enquiries.ClockEvent": "how the dates of an enquiry came about, which are given",
    "enquiries.PastClock": "how the dates of an enquiry came about, which are given",
    "enquiries.Escalation": "whom of us was told that an enquiry ran late",
}
