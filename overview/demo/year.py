"""Plays a year of the demo's life through the product's own services, day by day, each with its past time.

Everyone who does something is a generator that yields when it happens and then does it. What would happen
after `until` has not happened: that is what is open, amber and overdue in the demo.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from accounts.models import Authority, Membership, Service
from contacts import answering
from contacts.models import MP, NoteKind, SeatHolding
from engagements import reminders
from engagements.commitments import change_commitment, record_commitment
from engagements.services import record_agreement, record_touchpoint, save_plan
from enquiries import escalation
from enquiries.models import Contact, Enquiry, Topic, Urgency
from enquiries.services import (
    acknowledge,
    add_note,
    allocate,
    close_enquiry,
    log_enquiry,
    reopen_enquiry,
    send_reply,
)
from mpcrm.working_days import Calendar
from notifications.models import Channel, Notification, State
from overview.demo.letters import (
    CHILDREN,
    CLOSED_WITHOUT_REPLY,
    LETTERS,
    NOTES,
    PLACES,
    STREETS,
    SURNAMES,
    TITLES,
    Letter,
)
from overview.demo.people import MPS
from overview.demo.plans import Agreed, Plan

LONDON = ZoneInfo("Europe/London")
MONDAY, WEDNESDAY, FRIDAY = 0, 2, 4
LATELY = 60  # working days
Life = Iterator[datetime]


@dataclass
class Scene:
    """One authority, the day the demo is made, and whatever chance decides, the same each time."""

    authority: Authority
    today: date
    calendar: Calendar
    people: dict[str, Membership]
    officers: Sequence[Membership]
    services: dict[str, Service]
    contacts: dict[str, Membership]
    topics: dict[str, Topic]
    mps: dict[int, MP]
    random: Random

    def working_day(self, days: int) -> date:
        """So many working days before today; today itself, or the last working day before it, for 0."""
        return self.calendar.add(self.today + timedelta(days=1), -1 - days)

    def at(self, on: date, earliest: int = 9, latest: int = 16) -> datetime:
        moment = time(self.random.randint(earliest, latest), self.random.randrange(60))
        return datetime.combine(on, moment, LONDON).astimezone(UTC)

    def after(self, moment: datetime, working_days: int) -> datetime:
        """Some time on the n-th working day after; later the same day for 0."""
        if working_days == 0:
            return moment + timedelta(minutes=self.random.randint(8, 70))
        return self.at(self.calendar.add(moment.astimezone(LONDON).date(), working_days))

    def submission(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)


def play(lives: Sequence[Life], *, until: datetime) -> None:
    """Let everything happen in the order of time, up to and with `until`."""
    order = count()
    agenda = [(at, next(order), life) for life in lives if (at := next(life, None))]
    heapq.heapify(agenda)
    while agenda and agenda[0][0] <= until:
        _, _, life = heapq.heappop(agenda)
        if at := next(life, None):
            heapq.heappush(agenda, (at, next(order), life))


def sweeps(scene: Scene, *, days: int) -> Life:
    """What the tick would have escalated and reminded of: each working morning lately, fewer before."""
    for ago in range(days, -1, -1):
        on = scene.working_day(ago)
        now = datetime.combine(on, time(7), LONDON).astimezone(UTC)
        yield now
        if ago < LATELY or on.weekday() in (MONDAY, WEDNESDAY, FRIDAY):
            escalation.sweep(now=now)
        if on.weekday() in (MONDAY, FRIDAY):
            reminders.sweep(now=now)
            answering.sweep(now=now)


# --- Enquiries ------------------------------------------------------------------------


def ordinary_enquiries(scene: Scene, *, a_year: int, mps: Sequence[int]) -> list[Life]:
    """Enquiries through the year, more of them lately; about one in twelve is answered late."""
    lives = []
    letters: list[Letter] = []
    for _ in range(a_year):
        if not letters:
            letters = scene.random.sample(LETTERS, len(LETTERS))
        ago = int(scene.random.triangular(2, 252, 40))
        late = scene.random.random() < (0.2 if letters[-1].service == CHILDREN else 0.05)
        reply_after = scene.random.randint(11, 17) if late else int(scene.random.triangular(2, 11, 8))
        lives.append(enquiry(scene, letters.pop(), mps=mps, received=ago, reply_after=reply_after))
    return lives


def open_enquiries(
    scene: Scene,
    *,
    received: Sequence[int],
    mps: Sequence[int],
    owner: Membership | None = None,
    service: str = "",
    is_allocated: bool = True,
) -> list[Life]:
    """Enquiries received so many working days ago that nobody has answered yet."""
    possible = [letter for letter in LETTERS if service in ("", letter.service)]
    letters = scene.random.sample(possible, len(received))
    return [
        enquiry(
            scene, letter, mps=mps, received=ago, reply_after=None, owner=owner, is_allocated=is_allocated
        )
        for letter, ago in zip(letters, received, strict=True)
    ]


def enquiry(
    scene: Scene,
    letter: Letter,
    *,
    mps: Sequence[int],
    received: int,
    reply_after: int | None,
    owner: Membership | None = None,
    is_allocated: bool = True,
) -> Life:
    """One enquiry's life: logged, acknowledged, allocated, noted, answered, closed, and some reopened.

    Days are working days; `reply_after` None is an enquiry that nobody answers.
    """
    random = scene.random
    received_on = scene.working_day(received)
    officer = random.choice(scene.officers)
    service, contact = scene.services[letter.service], scene.contacts[letter.service]
    owner = owner or random.choice([officer, officer, contact, None if received < 8 else contact])
    street, place = random.choice(STREETS), random.choice(PLACES)
    who = f"{random.choice(TITLES)} {random.choice(SURNAMES)}"
    words = {"who": who, "street": street, "place": place}
    is_complex = reply_after is not None and random.random() < 0.06

    now = scene.at(received_on)
    yield now
    mp = _sitting_mp(scene, mps, received_on)
    logged = log_enquiry(
        by=officer,
        now=now,
        mp=mp,
        received_on=received_on,
        channel=random.choices([*Contact], weights=[12, 4, 2, 1, 3])[0],
        subject=letter.subject,
        question=f"{letter.question.format(**words)}\n\n{mp.name}",
        submission=scene.submission(),
        enquiry_type=letter.enquiry_type,
        urgency=Urgency.COMPLEX if is_complex else Urgency.STANDARD,
        topic=scene.topics[letter.topic],
        constituent_name=who if letter.is_casework else "",
        constituent_contact=f"{random.randint(1, 90)} {street}, {place}" if letter.is_casework else "",
    )

    if not is_allocated:
        return
    now = scene.after(now, random.choice([0, 0, 1, 1, 2]))
    yield now
    acknowledge(enquiry=logged, by=officer, now=now, on=now.astimezone(LONDON).date())

    now = scene.after(now, random.choice([0, 0, 0, 1]))
    yield now
    allocate(enquiries=[logged], service=service, owner=owner, by=officer, now=now)
    allocated_at = now

    if random.random() < 0.4:
        now = scene.after(now, random.randint(1, 3))
        yield now
        text = random.choice(NOTES)
        add_note(enquiry=logged, text=text, by=owner or officer, now=now, submission=scene.submission())

    if reply_after is None:
        return
    if random.random() < 0.03:
        now = scene.after(now, 1)
        yield now
        close_enquiry(enquiry=logged, reason=random.choice(CLOSED_WITHOUT_REPLY), by=officer, now=now)
        return

    days = reply_after + (6 if is_complex else 0)
    now = max(scene.at(scene.calendar.add(received_on, days)), scene.after(allocated_at, 0), now)
    yield now
    _reply(scene, logged, letter.reply.format(**words), by=officer, now=now)

    if random.random() < 0.03:
        now = scene.after(now, 3)
        yield now
        reopen_enquiry(
            enquiry=logged,
            on=now.astimezone(LONDON).date(),
            by=officer,
            now=now,
            reason="The MP’s office says that what was promised has not been done.",
        )
        now = scene.after(now, random.randint(3, 8))
        yield now
        text = "I am sorry that the work was not done when we said. It was finished yesterday, and checked."
        _reply(scene, logged, text, by=officer, now=now)

    now = scene.after(now, 7)
    yield now
    reason = "Answered; nothing further from the MP’s office."
    close_enquiry(enquiry=logged, reason=reason, by=officer, now=now)


def _reply(scene: Scene, logged: Enquiry, text: str, *, by: Membership, now: datetime) -> None:
    greeting = next(mp.greeting for mp in MPS if mp.parliament_id == logged.mp.parliament_id)
    send_reply(
        enquiry=logged,
        text=f"Dear {greeting},\n\n{text}\n\nYours sincerely,\n{by.user.name}, {by.job_title}",
        sent_on=now.astimezone(LONDON).date(),
        channel=scene.random.choices([Contact.EMAIL, Contact.LETTER], weights=[4, 1])[0],
        by=by,
        now=now,
        submission=scene.submission(),
    )


def _sitting_mp(scene: Scene, mps: Sequence[int], on: date) -> MP:
    """One of the MPs who held a seat that day; the first of them writes most."""
    sitting = SeatHolding.objects.current(on).filter(mp__parliament_id__in=mps)
    ids = [holding.mp.parliament_id for holding in sitting.select_related("mp").order_by("mp__parliament_id")]
    weights = [5 if parliament_id == mps[0] else 3 for parliament_id in ids]
    return scene.mps[scene.random.choices(ids, weights=weights)[0]]


# --- Engagement -----------------------------------------------------------------------


def engagement(scene: Scene, plan: Plan, *, by: Membership) -> Life:
    """A plan's life: started, agreed with the Leader, and each contact recorded the same day."""
    mp = scene.mps[plan.mp]
    now = scene.at(scene.today - timedelta(days=plan.started))
    yield now
    saved = save_plan(
        mp=mp,
        by=by,
        now=now,
        version=0,
        why=plan.why,
        objectives=plan.objectives,
        key_messages=plan.key_messages,
        review_on=scene.today + timedelta(days=plan.review_in),
        ideal_days=plan.ideal_days,
        maximum_days=plan.maximum_days,
    )
    if plan.agreed is not None:
        now = scene.at(scene.today - timedelta(days=plan.agreed))
        yield now
        record_agreement(plan=saved, agreed_on=now.astimezone(LONDON).date(), by=by, now=now)
    for contact in plan.contacts:
        now = scene.at(scene.today - timedelta(days=contact.days_ago), 16, 17)
        yield now
        people = [scene.people[address] for address in contact.our_people]
        record_touchpoint(
            mp=mp,
            by=people[0] if people[0].handles_enquiries else by,
            now=now,
            submission=scene.submission(),
            happened_on=now.astimezone(LONDON).date(),
            kind=contact.kind,
            our_people=people,
            our_others="",
            their_people=contact.their_people,
            summary=contact.summary,
            is_two_way=contact.is_two_way,
        )


def commitments(scene: Scene, agreed: Iterable[Agreed], *, by: Membership) -> None:
    """What was asked and promised, and what has become of it."""
    for each in agreed:
        now = scene.at(scene.today - timedelta(days=each.made), 16, 17)
        due_on = None if each.due_in is None else scene.today + timedelta(days=each.due_in)
        fields: dict[str, Any] = {
            "side": each.side,
            "words": each.words,
            "kind": NoteKind.FACT,
            "due_on": due_on,
        }
        fields["made_on"] = now.astimezone(LONDON).date()
        recorded = record_commitment(
            mp=scene.mps[each.mp], by=by, now=now, submission=scene.submission(), **fields
        )
        if each.outcome:
            now = scene.at(scene.today - timedelta(days=each.settled), 10, 11)
            fields |= {
                "outcome": each.outcome,
                "note": each.note,
                "settled_on": now.astimezone(LONDON).date(),
            }
            change_commitment(commitment=recorded, by=by, now=now, **fields)


def settle_notifications(*, until: datetime) -> None:
    """Everything older than a day was sent, and everything older than three weeks was read."""
    Notification.objects.filter(
        channel=Channel.EMAIL, state=State.QUEUED, created_at__lt=until - timedelta(days=1)
    ).update(state=State.SENT, sent_at=F("created_at"), attempts=1)
    Notification.objects.filter(
        channel=Channel.IN_APP, read_at=None, created_at__lt=until - timedelta(weeks=3)
    ).update(read_at=F("created_at") + timedelta(hours=2))
