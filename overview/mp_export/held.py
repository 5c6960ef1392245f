"""What there is about an MP: one line per model, and what is left out, with the reason.

A model about MPs that stands in neither list fails a test of the house rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

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
    PostWording,
    SeatHandover,
    SeatHolding,
)
from engagements.models import Commitment, EngagementPlan, Reminder, Touchpoint
from enquiries.models import CarryOver, Enquiry, Reply, TimelineEntry
from notifications.models import Notification, ToDo


def through(*paths: str) -> Callable[[MP], Q]:
    """Rows that lead to the MP by any of these paths."""

    def about(mp: MP) -> Q:
        found = Q()
        for path in paths:
            found |= Q(**{path: mp})
        return found

    return about


def carried_from(mp: MP) -> QuerySet[CarryOver, Any]:
    """By enquiry, what the MP asked and a successor goes on with."""
    return CarryOver.objects.filter(from_mp=mp).order_by().values("enquiry")


def asked_by(mp: MP) -> Q:
    """The MP's enquiries, and those carried over from them; so of the lines of their history."""
    return Q(mp=mp) | Q(id__in=carried_from(mp))


def of_their_enquiries(mp: MP) -> Q:
    """Rows that belong to `asked_by`."""
    return Q(enquiry__mp=mp) | Q(enquiry__in=carried_from(mp))


def handed_over(prefix: str = "") -> Callable[[MP], Q]:
    """Hand-overs from or to the MP, and of the new seat of which they are the first."""

    def about(mp: MP) -> Q:
        earlier = SeatHolding.objects.filter(
            constituency=OuterRef("constituency"), started_on__lt=OuterRef("started_on")
        )
        first = SeatHolding.objects.filter(~Exists(earlier), mp=mp).order_by().values("constituency")
        of_new_seat = {f"{prefix}former_mp": None, f"{prefix}constituency__in": first}
        return through(f"{prefix}former_mp", f"{prefix}new_mp")(mp) | Q(**of_new_seat)

    return about


_OF_THE_MP = through("mp")

OUR_RECORD = "Our record: as colleagues wrote it down"
OUR_DECISION = "Our own decision or act"


@dataclass(frozen=True)
class Held:
    """One kind of rows. Its `mark` holds for all of them, unless each carries its own NoteKind, in the field
    `marked_by`."""

    model: type[models.Model]
    title: str
    mark: str = ""
    about: Callable[[MP], Q] = _OF_THE_MP
    fields: tuple[str, ...] = ()  # Empty: all but keys and counters.
    also: tuple[str, ...] = ()  # Properties of the rows.
    only_with_text: bool = False
    marked_by: str = "kind"


FACT, OPINION = str(NoteKind.FACT.label), str(NoteKind.OPINION.label)
THIRD_PARTY = str(NoteKind.THIRD_PARTY.label)

OURS = (
    Held(BackgroundEntry, "Background"),
    Held(CampaignIssue, "Campaign issues"),
    Held(Position, "Positions on policy areas"),
    Held(Placement, "Places on the stakeholder map"),
    Held(ChecklistAnswer, "The chief executive’s checklist"),
    Held(PortfolioMatch, "Posts and our priorities", OPINION),
    Held(EngagementPlan, "Engagement plan", OPINION),
    Held(Touchpoint, "Touchpoints", marked_by="summary_kind"),
    Held(Commitment, "Asks and commitments"),
    Held(CouncilLead, "Who leads on the MP", OUR_DECISION),
    Held(LeadAgreement, "The Leader’s agreement to who leads", OUR_DECISION),
    Held(PersonalRelationship, "Who of ours knows the MP anyway"),
    Held(MPOffice, "The MP’s office", OUR_RECORD),
    Held(OfficePerson, "Who works for the MP", THIRD_PARTY),
    Held(CardSent, "Contact cards sent", OUR_DECISION),
    # What else is sent tells colleagues of rows that are here.
    Held(
        Notification,
        "E-mails with our contact card",
        OUR_RECORD,
        through("card_sent__mp"),
        fields=("address", "reply_to", "title", "body", "state", "created_at", "sent_at"),
    ),
    Held(Reminder, "Reminders to make contact", OUR_DECISION, through("plan__mp")),
    Held(
        ToDo,
        "To-dos",
        OUR_DECISION,
        lambda mp: Q(subject__in=[mp.subject, mp.lasting_subject]),
        fields=(
            *("title", "detail", "about", "assignee", "due_on", "created_at"),
            *("done_at", "done_by", "outcome", "note"),
        ),
    ),
    Held(SeatHandover, "Hand-overs of the seat", OUR_DECISION, handed_over()),
    Held(
        HandoverStep,
        "What was done at hand-overs",
        OUR_DECISION,
        handed_over("handover__"),
        fields=("kind", "done_at", "done_by", "undone_at", "undone_by"),
    ),
    Held(
        Enquiry,
        "Enquiries",
        OUR_RECORD,
        asked_by,
        fields=("reference", "enquiry_type", "topic", "received_on", "due_on", "replied_on", "closed_at"),
        also=("status",),
    ),
    Held(
        Enquiry,
        "What was asked",
        THIRD_PARTY,
        asked_by,
        fields=("reference", "subject", "question", "close_reason"),
        only_with_text=True,
    ),
    Held(Reply, "Replies", OUR_RECORD, of_their_enquiries, only_with_text=True),
    Held(TimelineEntry, "Work on enquiries", OUR_RECORD, of_their_enquiries, only_with_text=True),
    Held(CarryOver, "Enquiries carried over", OUR_RECORD, through("from_mp", "to_mp")),
    Held(MPExport, "Requests for this information", OUR_DECISION),
)
PARLIAMENTS = (
    Held(MP, "The MP", FACT, lambda mp: Q(pk=mp.pk), fields=("name", "parliament_id", "twfy_id")),
    Held(MPName, "Names", FACT),
    Held(SeatHolding, "Seats", FACT),
    Held(PartySpell, "Parties", FACT),
    Held(MPStatus, "Statuses", FACT),
    Held(Post, "Posts", FACT),
    Held(PostWording, "What posts were called before", FACT, through("post__mp")),
    Held(MPNews, "What changed", FACT),
    Held(ParliamentContact, "Contact details that Parliament publishes", FACT),
)

LEFT_OUT = {
    "enquiries.Constituent": "a constituent's data, not the MP's",
    "enquiries.ClockEvent": "how the dates of an enquiry came about, which are given",
    "enquiries.PastClock": "how the dates of an enquiry came about, which are given",
    "enquiries.Escalation": "whom of us was told that an enquiry ran late",
}
