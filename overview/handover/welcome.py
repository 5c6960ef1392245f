"""What a new MP is owed in their first weeks, as to-dos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from accounts.models import Membership
from contacts.cards.services import TO_DO as CARD
from contacts.cards.states import card_states
from contacts.handover import Change
from contacts.models import MP, CouncilLead
from enquiries.clock import calendar_of
from notifications.models import ToDo
from notifications.to_dos import ToDoRequest


@dataclass(frozen=True)
class Owed:
    """Something to do within so many working days, on a page about the MP."""

    kind: str
    title: str
    detail: str
    working_days: int
    page: str


OWED = (
    Owed(
        "welcome-letter",
        "Send a welcome letter to {mp}",
        "From the Leader and the chief executive. Record it as a touchpoint.",
        5,
        "overview:mp_detail",
    ),
    Owed(
        CARD,
        "Send our central contact card to {mp}",
        "Whom their office calls or writes to, and how fast we reply.",
        5,
        "contacts:office_detail",
    ),
    Owed(
        "office-details",
        "Find out how to reach the office of {mp}",
        "Addresses, staff, how they like casework handled, the form of authority they use.",
        10,
        "contacts:office_detail",
    ),
    Owed(
        "first-meeting",
        "Arrange a first meeting with {mp}",
        "Agree with the Leader who meets them. Record the meeting as a touchpoint.",
        30,
        "overview:mp_detail",
    ),
)


def occasion_of(change: Change) -> str:
    """What the to-dos are made for: who won, by the day they did, so that two abolished seats do not welcome
    the same MP twice."""
    return f"won:{change.new.pk}:{change.holder.started_on}" if change.new and change.holder else ""


def welcome(
    new: MP, *, occasion: str, otherwise: Membership | None, by: Membership, on: date
) -> Iterator[ToDoRequest]:
    """For whoever leads on the new MP and can do it; where nobody does, for `otherwise`. What is asked
    already, as when the sweep of the contact card was first, is not asked again; nor is a card they have."""
    calendar = calendar_of(by.authority)
    asked = set(ToDo.objects.visible_to(by).open().filter(subject=new.subject).values_list("kind", flat=True))
    [card] = card_states([new], membership=by)
    asked |= {CARD} if card.is_current else set()
    leads = CouncilLead.objects.visible_to(by).filter(mp=new).who_can_act(on)
    assignee = leads.get((by.authority_id, new.pk)) or otherwise
    for owed in [each for each in OWED if each.kind not in asked]:
        yield ToDoRequest(
            authority=by.authority,
            kind=owed.kind,
            subject=new.subject,
            occasion=occasion,
            title=owed.title.format(mp=new),
            about=str(new),
            path=reverse(owed.page, args=[by.authority.slug, new.pk]),
            due_on=calendar.add(on, owed.working_days),
            detail=owed.detail,
            assignee=assignee,
        )
