"""Rows for tests, with no surprises: each factory makes the plainest row that is valid."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from accounts.models import Authority, Membership, Nation, Role, Service, User
from contacts.models import (
    MP,
    BackgroundEntry,
    CampaignIssue,
    CardContact,
    CardSent,
    CardWay,
    ChecklistAnswer,
    Constituency,
    ContactCard,
    Council,
    CouncilLead,
    CouncilTier,
    Influence,
    LeadRole,
    MPExport,
    MPName,
    MPNews,
    NewsKind,
    NoteKind,
    Party,
    PartySpell,
    PersonalRelationship,
    Placement,
    PolicyArea,
    Position,
    Post,
    PostKind,
    Priority,
    Question,
    SeatHolding,
    SeatOverlap,
    Stance,
    Support,
)
from engagements.models import Commitment, EngagementPlan, Side, Touchpoint, TouchpointKind
from enquiries.models import ClockEvent, Contact, Enquiry, PastClock, Topic
from notifications.models import Channel, Notification, Outcome, State, Tick, ToDo

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday without holidays near it
TODAY = NOW.date()
PASSWORD = "correct horse battery staple"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        self.set_password(extracted or PASSWORD)
        if create:
            self.save()


class AuthorityFactory(DjangoModelFactory[Authority]):
    class Meta:
        model = Authority

    name = factory.Sequence(lambda n: f"Fictional Council {n}")
    slug = factory.Sequence(lambda n: f"fictional-{n}")
    ons_code = factory.Sequence(lambda n: f"Z98{n:06}")
    nation = Nation.ENGLAND
    reference_prefix = factory.Sequence(lambda n: "F" + chr(65 + n // 26 % 26) + chr(65 + n % 26))


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    authority = factory.SubFactory(AuthorityFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.OFFICER
    joined_at = NOW


class ServiceFactory(DjangoModelFactory[Service]):
    class Meta:
        model = Service

    authority = factory.SubFactory(AuthorityFactory)
    name = factory.Sequence(lambda n: f"Service {n}")


class PartyFactory(DjangoModelFactory[Party]):
    class Meta:
        model = Party

    name = factory.Sequence(lambda n: f"Fictional Party {n}")


class CouncilFactory(DjangoModelFactory[Council]):
    class Meta:
        model = Council

    ons_code = factory.Sequence(lambda n: f"Z97{n:06}")
    name = factory.Sequence(lambda n: f"Fictional Council {n}")
    tier = CouncilTier.UNITARY
    nation = Nation.ENGLAND


class ConstituencyFactory(DjangoModelFactory[Constituency]):
    class Meta:
        model = Constituency

    ons_code = factory.Sequence(lambda n: f"Z14{n:06}")
    name = factory.Sequence(lambda n: f"Fictional Seat {n}")
    nation = Nation.ENGLAND


class SeatOverlapFactory(DjangoModelFactory[SeatOverlap]):
    class Meta:
        model = SeatOverlap

    constituency = factory.SubFactory(ConstituencyFactory)
    council = factory.SubFactory(CouncilFactory)


class MPFactory(DjangoModelFactory[MP]):
    """A sitting MP: `seat=` and `party=` choose which, `authority=` puts the seat in that authority's council."""

    class Meta:
        model = MP
        skip_postgeneration_save = True

    parliament_id = factory.Sequence(lambda n: 900_001 + n)
    name = factory.Sequence(lambda n: f"Fictional MP {n}")
    sort_name = factory.LazyAttribute(lambda mp: mp.name)
    is_fictional = True

    @factory.post_generation
    def called(self, create, extracted, **kwargs):
        if create:
            MPName.objects.create(
                mp=self, name=self.name, sort_name=self.sort_name, started_on=date(2024, 7, 4)
            )

    @factory.post_generation
    def seat(self, create, extracted, **kwargs):
        if create:
            SeatHolding.objects.create(
                mp=self, constituency=extracted or ConstituencyFactory(), started_on=date(2024, 7, 4)
            )

    @factory.post_generation
    def party(self, create, extracted, **kwargs):
        if create:
            PartySpell.objects.create(mp=self, party=extracted or PartyFactory(), started_on=date(2024, 7, 4))

    @factory.post_generation
    def authority(self, create, extracted, **kwargs):
        if create and extracted:
            council, _ = Council.objects.get_or_create(
                ons_code=extracted.ons_code,
                defaults={"name": extracted.name, "tier": CouncilTier.UNITARY, "nation": extracted.nation},
            )
            SeatOverlapFactory(constituency=self.holdings.get().constituency, council=council, share=100)


class PostFactory(DjangoModelFactory[Post]):
    """Held since 1 January 2026, as the source said then."""

    class Meta:
        model = Post

    mp = factory.SubFactory(MPFactory)
    kind = PostKind.GOVERNMENT
    title = factory.Sequence(lambda n: f"Minister {n}")
    started_on = date(2026, 1, 1)
    seen_on = date(2026, 1, 1)
    source = "a test"


class PriorityFactory(DjangoModelFactory[Priority]):
    """Since 1 January 2026, with nothing to match by."""

    class Meta:
        model = Priority

    authority = factory.SubFactory(AuthorityFactory)
    name = factory.Sequence(lambda n: f"Priority {n}")
    position = factory.Sequence(lambda n: n)
    started_on = date(2026, 1, 1)


class ChecklistAnswerFactory(DjangoModelFactory[ChecklistAnswer]):
    """A fact about an MP's background, answered TODAY."""

    class Meta:
        model = ChecklistAnswer

    authority = factory.SubFactory(AuthorityFactory)
    mp = factory.LazyAttribute(lambda answer: MPFactory(authority=answer.authority))
    question = Question.BACKGROUND
    text = factory.Sequence(lambda n: f"Answer {n}")
    kind = NoteKind.FACT
    answered_on = TODAY
    answered_at = NOW
    answered_by = factory.LazyAttribute(lambda answer: MembershipFactory(authority=answer.authority))


class MPNewsFactory(DjangoModelFactory[MPNews]):
    """The MP has lost a whip TODAY, in the seat they hold."""

    class Meta:
        model = MPNews

    fact = factory.Sequence(lambda n: f"whip-lost:{n}")
    mp = factory.SubFactory(MPFactory)
    constituency = factory.LazyAttribute(
        lambda news: news.mp.holdings.order_by("pk").last().constituency if news.mp else ConstituencyFactory()
    )
    kind = NewsKind.WHIP_LOST
    words = "lost or gave up the Fictional whip"
    happened_on = TODAY
    known_at = NOW
    source = "list.csv"


class TopicFactory(DjangoModelFactory[Topic]):
    class Meta:
        model = Topic

    authority = factory.SubFactory(AuthorityFactory)
    name = factory.Sequence(lambda n: f"Topic {n}")


class EnquiryFactory(DjangoModelFactory[Enquiry]):
    """Received TODAY by e-mail, to acknowledge in 2 working days and to reply to in 10."""

    class Meta:
        model = Enquiry
        skip_postgeneration_save = True

    authority = factory.SubFactory(AuthorityFactory)
    reference = factory.Sequence(lambda n: f"F-2026-{n + 1:05}")
    mp = factory.SubFactory(MPFactory)
    received_on = TODAY
    channel = Contact.EMAIL
    subject = factory.Sequence(lambda n: f"Subject {n}")
    question = factory.Sequence(lambda n: f"Question {n}")
    acknowledge_by = date(2026, 3, 4)
    amber_on = factory.LazyAttribute(lambda enquiry: min(date(2026, 3, 11), enquiry.due_on))
    due_on = date(2026, 3, 16)
    logged_at = NOW
    logged_by = factory.LazyAttribute(lambda enquiry: MembershipFactory(authority=enquiry.authority))

    @factory.post_generation
    def clock(self, create, extracted, **kwargs):
        if create:
            ClockEvent.objects.create(
                authority=self.authority,
                enquiry=self,
                kind=ClockEvent.Kind.RECEIVED,
                on=self.received_on,
                recorded_at=self.logged_at,
            )


class PastClockFactory(DjangoModelFactory[PastClock]):
    """A clock that ran from 2 to 16 March 2026, before a reopening on 1 April; say how it ended."""

    class Meta:
        model = PastClock

    authority = factory.SelfAttribute("enquiry.authority")
    enquiry = factory.SubFactory(EnquiryFactory)
    started_on = TODAY
    due_on = date(2026, 3, 16)
    reopened_on = date(2026, 4, 1)


class EngagementPlanFactory(DjangoModelFactory[EngagementPlan]):
    """Begun on 1 January 2026, with the default intervals of 90 and 120 days; not agreed by the Leader."""

    class Meta:
        model = EngagementPlan

    authority = factory.SubFactory(AuthorityFactory)
    mp = factory.LazyAttribute(lambda plan: MPFactory(authority=plan.authority))
    why = "Their seat lies in our area."
    started_on = date(2026, 1, 1)


class TouchpointFactory(DjangoModelFactory[Touchpoint]):
    """A two-way meeting TODAY."""

    class Meta:
        model = Touchpoint

    authority = factory.SubFactory(AuthorityFactory)
    mp = factory.LazyAttribute(lambda touchpoint: MPFactory(authority=touchpoint.authority))
    happened_on = TODAY
    kind = TouchpointKind.MEETING
    their_people = "The MP"
    summary = factory.Sequence(lambda n: f"What was said {n}")
    is_two_way = True
    recorded_at = NOW
    recorded_by = factory.LazyAttribute(lambda touchpoint: MembershipFactory(authority=touchpoint.authority))


class CommitmentFactory(DjangoModelFactory[Commitment]):
    """An open ask of TODAY."""

    class Meta:
        model = Commitment

    authority = factory.SubFactory(AuthorityFactory)
    mp = factory.LazyAttribute(lambda commitment: MPFactory(authority=commitment.authority))
    side = Side.ASK
    words = factory.Sequence(lambda n: f"What is asked {n}")
    made_on = TODAY
    recorded_at = NOW
    recorded_by = factory.LazyAttribute(lambda commitment: MembershipFactory(authority=commitment.authority))


class CouncilLeadFactory(DjangoModelFactory[CouncilLead]):
    """A colleague leads on the MP since 1 January 2026 (`membership=None, name=`: someone without an account)."""

    class Meta:
        model = CouncilLead

    authority = factory.SubFactory(AuthorityFactory)
    mp = factory.LazyAttribute(lambda lead: MPFactory(authority=lead.authority))
    role = LeadRole.LEAD
    membership = factory.LazyAttribute(lambda lead: MembershipFactory(authority=lead.authority))
    started_on = date(2026, 1, 1)


class NoteFactory(DjangoModelFactory):
    """A fact, from a newspaper of TODAY."""

    class Meta:
        abstract = True

    authority = factory.SubFactory(AuthorityFactory)
    mp = factory.LazyAttribute(lambda note: MPFactory(authority=note.authority))
    kind = NoteKind.FACT
    source = "The Fictional Times"
    source_on = TODAY
    recorded_at = NOW
    recorded_by = factory.LazyAttribute(lambda note: MembershipFactory(authority=note.authority))


class BackgroundEntryFactory(NoteFactory):
    class Meta:
        model = BackgroundEntry

    about = BackgroundEntry.About.LOCAL_GOVERNMENT
    text = factory.Sequence(lambda n: f"Councillor for ward {n}")


class CampaignIssueFactory(NoteFactory):
    class Meta:
        model = CampaignIssue

    text = factory.Sequence(lambda n: f"Campaign {n}")
    said_during = CampaignIssue.SaidDuring.SINCE


class PolicyAreaFactory(DjangoModelFactory[PolicyArea]):
    class Meta:
        model = PolicyArea

    authority = factory.SubFactory(AuthorityFactory)
    name = factory.Sequence(lambda n: f"Policy area {n}")


class PositionFactory(NoteFactory):
    class Meta:
        model = Position

    area = factory.LazyAttribute(lambda position: PolicyAreaFactory(authority=position.authority))
    stance = Stance.SUPPORTIVE
    text = factory.Sequence(lambda n: f"What the MP said {n}")


class ContactCardFactory(DjangoModelFactory[ContactCard]):
    """Version 1, made NOW, with one contact: the MP desk."""

    class Meta:
        model = ContactCard
        skip_postgeneration_save = True

    authority = factory.SubFactory(AuthorityFactory)
    number = 1
    hours = "Monday to Friday, 9am to 5pm"
    made_at = NOW
    made_by = factory.LazyAttribute(lambda card: MembershipFactory(authority=card.authority))

    @factory.post_generation
    def desk(self, create, extracted, **kwargs):
        if create:
            CardContact.objects.create(
                authority=self.authority,
                card=self,
                position=0,
                about="All enquiries",
                name="The MP desk",
                email="mps@northmoor.example",
            )


class CardSentFactory(DjangoModelFactory[CardSent]):
    """Given by post TODAY."""

    class Meta:
        model = CardSent

    authority = factory.SubFactory(AuthorityFactory)
    mp = factory.LazyAttribute(lambda sent: MPFactory(authority=sent.authority))
    card = factory.LazyAttribute(lambda sent: ContactCardFactory(authority=sent.authority))
    way = CardWay.POST
    sent_on = TODAY
    submission = factory.LazyFunction(uuid4)
    recorded_at = NOW
    recorded_by = factory.LazyAttribute(lambda sent: MembershipFactory(authority=sent.authority))


class PlacementFactory(DjangoModelFactory[Placement]):
    """High influence and supportive, as at TODAY."""

    class Meta:
        model = Placement

    authority = factory.SubFactory(AuthorityFactory)
    mp = factory.LazyAttribute(lambda placement: MPFactory(authority=placement.authority))
    influence = Influence.HIGH
    support = Support.SUPPORTIVE
    reason = factory.Sequence(lambda n: f"Because {n}")
    placed_on = TODAY
    recorded_at = NOW
    recorded_by = factory.LazyAttribute(lambda placement: MembershipFactory(authority=placement.authority))


class MPExportFactory(DjangoModelFactory[MPExport]):
    """For a subject access request of TODAY, with the enquiries' text."""

    class Meta:
        model = MPExport

    authority = factory.SubFactory(AuthorityFactory)
    mp = factory.LazyAttribute(lambda export: MPFactory(authority=export.authority))
    law = MPExport.Law.SUBJECT_ACCESS
    asked_on = TODAY
    due_on = date(2026, 4, 2)
    has_text = True
    reason = "The MP asks about one enquiry."
    made_at = NOW
    made_by = factory.LazyAttribute(lambda export: MembershipFactory(authority=export.authority))


class PersonalRelationshipFactory(DjangoModelFactory[PersonalRelationship]):
    """A name without an account who says that they were at school with the MP."""

    class Meta:
        model = PersonalRelationship

    authority = factory.SubFactory(AuthorityFactory)
    mp = factory.LazyAttribute(lambda row: MPFactory(authority=row.authority))
    name = "Cllr Ode Ashby"
    how = "At school together."
    kind = NoteKind.FACT
    source = "Told us herself"
    recorded_at = NOW
    recorded_by = factory.LazyAttribute(lambda row: MembershipFactory(authority=row.authority))


class NotificationFactory(DjangoModelFactory[Notification]):
    """An e-mail, due NOW; `in_app=True` makes it an unread row of the person's list instead."""

    class Meta:
        model = Notification

    class Params:
        in_app = factory.Trait(channel=Channel.IN_APP, state=State.SENT, sent_at=NOW)

    authority = factory.LazyAttribute(lambda notification: notification.recipient.authority)
    recipient = factory.SubFactory(MembershipFactory)
    kind = "escalation"
    subject = factory.Sequence(lambda n: f"enquiry:{n}")
    due_on = TODAY
    channel = Channel.EMAIL
    title = factory.Sequence(lambda n: f"F-2026-{n + 1:05}: reply due today")
    body = "What to do next: send the reply."
    path = factory.LazyAttribute(lambda notification: f"/{notification.recipient.authority.slug}/")
    created_at = NOW
    next_try_at = NOW


class ToDoFactory(DjangoModelFactory[ToDo]):
    """Due TODAY, with nobody yet (`assignee=` somebody); `is_done=True`: done NOW."""

    class Meta:
        model = ToDo

    class Params:
        is_done = factory.Trait(
            done_at=NOW,
            done_by=factory.LazyAttribute(
                lambda to_do: to_do.assignee or MembershipFactory(authority=to_do.authority)
            ),
            outcome=Outcome.DONE,
        )

    authority = factory.LazyAttribute(
        lambda to_do: to_do.assignee.authority if to_do.assignee else AuthorityFactory()
    )
    assignee = None
    kind = "new-mp"
    subject = factory.Sequence(lambda n: f"mp:{n}")
    occasion = factory.Sequence(lambda n: f"news:{n}")
    title = factory.Sequence(lambda n: f"Welcome Fictional MP {n}")
    about = factory.Sequence(lambda n: f"Fictional MP {n}")
    path = factory.LazyAttribute(lambda to_do: f"/{to_do.authority.slug}/mps/")
    due_on = TODAY
    created_at = NOW


class TickFactory(DjangoModelFactory[Tick]):
    class Meta:
        model = Tick

    started_at = NOW
    finished_at = NOW
