"""The escalation ladder: telling the right person, once, that a reply is nearly due, due, or late."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TypeGuard

from django.db import connection, transaction
from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    SmallIntegerField,
    Value,
    When,
)
from django.urls import reverse
from django.utils import timezone

from accounts.models import Authority, Membership, Role, Service
from enquiries.clock import calendar_of, due_in_words, span_in_words
from enquiries.models import (
    Enquiry,
    EnquiryQuerySet,
    Escalation,
    LadderStep,
    TimelineEntry,
    Urgency,
    Whom,
)
from mpcrm.working_days import ONE_DAY, Calendar
from notifications.services import Message, notify

BATCH = 1000
KIND = "escalation"

# What an escalation may know of an enquiry: never its subject, its question or whose it is.
TOLD_OF_AN_ENQUIRY = (
    "enquiry__reference",
    "enquiry__enquiry_type",
    "enquiry__due_on",
    "enquiry__replied_on",
    "enquiry__closed_at",
    "enquiry__service_id",
    "enquiry__owner_id",
    "enquiry__topic__name",
)

Ladders = dict[str, list[LadderStep]]


def sweep(*, now: datetime) -> dict[str, int]:
    """Escalate every open enquiry that has reached a step of its ladder; give how many, and how many in vain.

    Each is escalated once for its due date, to the highest step it has reached, whatever was missed before.
    Safe to run twice, late, beside itself and after being killed: the fact that a step was reached, its
    timeline entry and what people are told are written together or not at all.
    """
    on = timezone.localdate(now)
    escalated = untold = 0
    ladders = _ladders()
    for authority in Authority.objects.filter(pk__in=ladders).defer("logo").order_by("pk"):
        calendar, ladder_of = calendar_of(authority), ladders[authority.pk]
        candidates = _at_a_new_step(authority, ladder_of, calendar=calendar, on=on)
        ids = list(candidates.values_list("pk", flat=True))
        if not ids:
            continue
        office = Office(authority, ladder_of, calendar=calendar, on=on)
        for start in range(0, len(ids), BATCH):
            told = _escalate(candidates.filter(pk__in=ids[start : start + BATCH]), office=office, now=now)
            escalated += len(told)
            untold += told.count(0)
    return {"escalated": escalated, "escalated_to_nobody": untold}


def last_due_on(calendar: Calendar, *, on: date, offset: int) -> date:
    """The latest due date whose step, `offset` working days after it (-3: before it), has come by `on`."""
    if offset > 0:
        return calendar.add(on + ONE_DAY, -offset) - ONE_DAY
    return calendar.add(on, -offset) if offset else on


def rungs(ladder: list[LadderStep], *, urgency: str) -> list[tuple[int, int]]:
    """The ladder as (step, when it is reached), lowest first, both in working days from the due date.

    An immediate enquiry starts one step up: each step is reached on the day of the step below it.
    """
    if urgency == Urgency.IMMEDIATE and len(ladder) > 1:
        return [(above.offset, below.offset) for below, above in pairwise(ladder)]
    return [(rung.offset, rung.offset) for rung in ladder]


def _ladders() -> dict[int, Ladders]:
    """Every authority's ladders, by enquiry type, each from its lowest step up."""
    ladders: dict[int, Ladders] = defaultdict(lambda: defaultdict(list))
    for rung in LadderStep.objects.select_related("policy").order_by("authority", "offset", "pk"):
        ladders[rung.authority_id][rung.policy.enquiry_type].append(rung)
    return ladders


def _at_a_new_step(
    authority: Authority, ladder_of: Ladders, *, calendar: Calendar, on: date
) -> EnquiryQuerySet:
    """Open enquiries and the highest step `reached`, unless it or a higher one is recorded for the date.

    A step goes by its offset, so that changing the ladder neither repeats a step nor hides one.
    """
    # Types with the same ladder share their conditions.
    types: dict[tuple[Urgency, tuple[tuple[int, int], ...]], list[str]] = defaultdict(list)
    for enquiry_type, ladder in ladder_of.items():
        for urgency in (Urgency.STANDARD, Urgency.IMMEDIATE):
            types[urgency, tuple(rungs(ladder, urgency=urgency))].append(enquiry_type)

    whens, thresholds = [], [date.min]
    for (urgency, steps), of_types in types.items():
        is_immediate = Q(urgency=Urgency.IMMEDIATE)
        is_theirs = Q(enquiry_type__in=of_types) & (
            is_immediate if urgency == Urgency.IMMEDIATE else ~is_immediate
        )
        for offset, reached_at in reversed(steps):
            threshold = last_due_on(calendar, on=on, offset=reached_at)
            thresholds.append(threshold)
            whens.append(When(is_theirs, due_on__lte=threshold, then=Value(offset)))

    recorded = Escalation.objects.filter(
        enquiry=OuterRef("pk"), due_on=OuterRef("due_on"), offset__gte=OuterRef("reached")
    )
    return (
        Enquiry.objects.filter(authority=authority, due_on__lte=max(thresholds))
        .open()
        .annotate(reached=Case(*whens, default=None, output_field=SmallIntegerField()))
        .filter(~Exists(recorded), reached__isnull=False)
        .order_by("due_on", "pk")
    )


@transaction.atomic
def _escalate(candidates: EnquiryQuerySet, *, office: Office, now: datetime) -> list[int]:
    """Record what is new among the candidates and tell people; give how many were told, for each.

    The enquiries are held first and looked at again: another sweep skips them meanwhile, no reply slips in
    between, and the look that counts sees whatever another sweep has recorded by now.
    """
    held = list(
        candidates.order_by("pk")
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .values_list("pk", flat=True)
    )
    if not held:
        return []
    new = _record(candidates.filter(pk__in=held), now=now)
    told, entries, messages = [], [], []
    for escalation in new:
        who = office.whom_to_tell(escalation)
        told.append(len(who.people))
        entries.append(
            TimelineEntry(
                authority_id=escalation.authority_id,
                enquiry_id=escalation.enquiry_id,
                kind=TimelineEntry.Kind.ESCALATED,
                at=now,
                text=office.entry(escalation, who),
            )
        )
        messages += office.messages(escalation, who)
    TimelineEntry.objects.bulk_create(entries)
    notify(messages, now=now)
    return told


def _record(candidates: EnquiryQuerySet, *, now: datetime) -> list[Escalation]:
    """Insert the fact that each candidate reached its step; give the facts that were new."""
    facts = candidates.annotate(at=Value(now, output_field=DateTimeField())).values_list(
        "authority_id", "pk", "due_on", "reached", "at"
    )
    select, parameters = facts.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Escalation._meta.db_table} "
            '(authority_id, enquiry_id, due_on, "offset", recorded_at) '
            f"{select} ON CONFLICT DO NOTHING RETURNING id",
            parameters,
        )
        new = [pk for (pk,) in cursor.fetchall()]
    return list(
        Escalation.objects.filter(pk__in=new)
        .select_related("enquiry__topic")
        .only("authority_id", "due_on", "offset", *TOLD_OF_AN_ENQUIRY)
        .order_by("pk")
    )


@dataclass(frozen=True)
class Told:
    """Whom a step tells and as what; `missing` says why it is not whom the ladder names."""

    people: list[Membership]
    role: str = ""
    missing: str = ""


class Office:
    """One authority on one day: who works there, and how an escalation is put to them."""

    def __init__(self, authority: Authority, ladder_of: Ladders, *, calendar: Calendar, on: date) -> None:
        self.authority, self.calendar, self.on = authority, calendar, on
        self._late: dict[date, str] = {}
        self.rungs = {
            (enquiry_type, rung.offset): rung for enquiry_type, ladder in ladder_of.items() for rung in ladder
        }
        people = Membership.objects.for_authority(authority).active()
        self.people = {person.pk: person for person in people}
        self.leads = [person for person in people if person.role == Role.POLITICAL_AFFAIRS]
        self.services = {
            service.pk: service
            for service in Service.objects.filter(authority=authority).prefetch_related(
                Prefetch("contacts", Membership.objects.contacts().select_related("user"))
            )
        }

    def whom_to_tell(self, escalation: Escalation) -> Told:
        """The people the step names who still work here; if there are none, the political affairs leads."""
        enquiry, rung = escalation.enquiry, self._rung(escalation)
        service = self.services.get(enquiry.service_id or 0)
        if rung.whom == Whom.OWNER:
            told = self._owner(enquiry, service)
        elif rung.whom == Whom.CHIEF_EXECUTIVE:
            told = self._one(self.authority.chief_executive_id, "chief executive")
        elif rung.whom == Whom.PERSON:
            told = self._one(rung.person_id, "the person the policy names")
        elif service is None:
            told = Told([], missing="it is allocated to no service")
        else:
            named = service.head_id if rung.whom == Whom.HEAD else service.director_id
            told = self._one(
                named, f"{rung.get_whom_display().lower()}, {service.name}", service.substitute_id
            )
        return told if told.people else Told(self.leads, missing=told.missing)

    def entry(self, escalation: Escalation, told: Told) -> str:
        """The timeline's words: what happened, who was told, and why it is not whom the ladder names."""
        names = ", ".join(str(person) for person in told.people)
        if told.role:
            what = f"Told {names} ({told.role})."
        elif told.people:
            what = f"Told {names} (political affairs), because {told.missing}."
        else:
            what = f"Nobody could be told, because {told.missing} and there is no political affairs lead."
        number = self._rung(escalation).step
        return f"Step {number} of the escalation ladder: reply {self._lateness(escalation)}. {what}"

    def messages(self, escalation: Escalation, told: Told) -> list[Message]:
        enquiry = escalation.enquiry
        due_on, service = enquiry.due_on, self.services.get(enquiry.service_id or 0)
        late = self._lateness(escalation)
        body = "\n\n".join(
            [
                f"The reply to enquiry {enquiry.reference} {'was' if due_on < self.on else 'is'} due on "
                f"{due_on:%A %-d %B %Y}. It is {late}, and no reply is recorded.",
                f"Topic: {enquiry.topic or 'none chosen'}. Service: {service or 'not allocated'}.",
                f"This is step {self._rung(escalation).step} of the escalation ladder. You are told "
                + (f"as {told.role}." if told.role else f"because {told.missing}."),
                f"What to do next: {self._next_step(escalation, told)}",
            ]
        )
        path = reverse("enquiries:enquiry_detail", args=[self.authority.slug, enquiry.reference])
        return [
            Message(
                kind=KIND,
                subject=f"enquiry:{enquiry.pk}",
                step=escalation.offset,
                recipient=person,
                due_on=due_on,
                title=f"{enquiry.reference}: reply {late}",
                body=body,
                path=path,
            )
            for person in told.people
        ]

    def _rung(self, escalation: Escalation) -> LadderStep:
        return self.rungs[escalation.enquiry.enquiry_type, escalation.offset]

    def _owner(self, enquiry: Enquiry, service: Service | None) -> Told:
        """The owner or, where there is none who is here, the service's contacts or its substitute."""
        owner = self._owner_of(enquiry)
        if owner and not owner.is_away(self.on):
            return Told([owner], role="its owner")
        if owner:
            gone = f"its owner is {_away(owner)}"
        else:
            gone = "its owner answers no enquiries any more" if enquiry.owner_id else "it has no owner"
        if service is None:
            return Told([], missing=f"{gone} and it is allocated to no service")
        contacts = [each for each in service.contacts.all() if self._can_be_told(each.pk)]
        if contacts:
            return Told(contacts, role=f"service contact, {service.name}, because {gone}")
        gone += f" and {service.name} has no contact who is here"
        return self._substitute(service.substitute_id, gone)

    def _owner_of(self, enquiry: Enquiry) -> Membership | None:
        """Who owns it, if they still work here and may answer it."""
        owner = self.people.get(enquiry.owner_id or 0)
        return owner if owner and owner.answers_enquiries else None

    def _one(self, named: int | None, role: str, substitute: int | None = None) -> Told:
        if self._can_be_told(named):
            return Told([self.people[named]], role=role)
        if named is None:
            gone = f"nobody is named as {role}"
        elif named in self.people and not self.people[named].sees_enquiries:
            gone = f"{role} may not open enquiries"
        elif named in self.people:
            gone = f"{role} is {_away(self.people[named])}"
        else:
            gone = f"{role} no longer works here"
        return self._substitute(substitute, gone)

    def _substitute(self, substitute: int | None, gone: str) -> Told:
        if self._can_be_told(substitute):
            return Told([self.people[substitute]], role=f"substitute, because {gone}")
        return Told([], missing=gone)

    def _can_be_told(self, named: int | None) -> TypeGuard[int]:
        person = self.people.get(named or 0)
        return person is not None and person.sees_enquiries and not person.is_away(self.on)

    def _lateness(self, escalation: Escalation) -> str:
        if escalation.due_on not in self._late:
            if self.on < escalation.due_on:
                words = f"due in {span_in_words(self.calendar.between(self.on, escalation.due_on))}"
            else:
                words = due_in_words(escalation.enquiry, on=self.on, calendar=self.calendar)
            self._late[escalation.due_on] = words
        return self._late[escalation.due_on]

    def _next_step(self, escalation: Escalation, told: Told) -> str:
        enquiry, rung = escalation.enquiry, self._rung(escalation)
        owner = self._owner_of(enquiry)
        if not told.role:
            return (
                "allocate it or find out who is dealing with it, and see that a reply goes. Ask an admin to "
                "name the right person, so that the ladder reaches them next time."
            )
        if rung.whom == Whom.OWNER and all(person.answers_enquiries for person in told.people):
            return (
                "send the reply, or record it in mpcrm if it has gone. If it cannot be ready in time, "
                "say so to the political affairs lead today."
            )
        if owner is None:
            return "nobody owns it yet: agree today who replies and by when, and have it allocated to them."
        if owner.is_away(self.on):
            return (
                f"{owner}, who owns it, is {_away(owner)}: agree today who replies instead and by when, and "
                "see that the MP's office knows if it will be late."
            )
        return (
            f"agree with {owner}, who owns it, when the reply goes, and see that the MP's office knows if it "
            "will be late."
        )


def _away(person: Membership) -> str:
    return f"away until {person.away_until:%-d %B %Y}"
