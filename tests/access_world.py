"""The world that the access walk asks about: two authorities with rows of every kind, and who asks.

What somebody of an authority may have written bears its mark, so that it is known wherever it turns up.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone

from accounts.joining import join_path
from accounts.models import Authority, AuthorityOwned, ClosureDay, Membership, Role, Service, User
from accounts.services import change_instance_admin, deactivate_member
from contacts.imports.geography import Outcome
from contacts.models import (
    MP,
    Constituency,
    CouncilLead,
    Dissolution,
    HandoverStep,
    LeadAgreement,
    MPListImport,
    MPOffice,
    OfficePerson,
    ParliamentSync,
    PlaceFile,
    PortfolioMatch,
    PostKind,
    Priority,
    SeatBoundary,
    SeatChoice,
    SeatHandover,
    SeatHex,
    SeatOverlap,
    SyncState,
)
from enquiries.models import (
    AuthorityShown,
    CarryOver,
    Enquiry,
    LadderStep,
    ResponsePolicy,
    Whom,
)
from notifications.models import Attachment, State
from tests.factories import (
    NOW,
    TODAY,
    AuthorityFactory,
    BackgroundEntryFactory,
    CampaignIssueFactory,
    CardSentFactory,
    ChecklistAnswerFactory,
    CommitmentFactory,
    ConstituencyFactory,
    ContactCardFactory,
    CouncilFactory,
    CouncilLeadFactory,
    EngagementPlanFactory,
    EnquiryFactory,
    MembershipFactory,
    MPExportFactory,
    MPFactory,
    MPNewsFactory,
    NotificationFactory,
    PastClockFactory,
    PersonalRelationshipFactory,
    PlacementFactory,
    PolicyAreaFactory,
    PositionFactory,
    PostFactory,
    PriorityFactory,
    SeatOverlapFactory,
    ServiceFactory,
    TickFactory,
    ToDoFactory,
    TopicFactory,
    TouchpointFactory,
    UserFactory,
)

# --- Who asks -------------------------------------------------------------------------

ANONYMOUS = "anonymous"
DEACTIVATED = "deactivated"  # an officer, an instance admin too, who has left
STRANGER = "stranger"  # an officer of another authority
INSTANCE_ADMIN = "instance-admin"  # looks after shared facts, works for an authority without rows
MEMBERS = [role.value for role in Role]
ROLES = [ANONYMOUS, *MEMBERS, DEACTIVATED, STRANGER, INSTANCE_ADMIN]

# What marks an authority's words, and the names of MP and seat outside our area: facts that all may know.
OWN_MARK, FOREIGN_MARK = "zqnorth", "zqsouth"
FAR_MARK = "zqfar"
FAR_SHARE = 41
# A post that every priority is found in by this word.
MINISTER = "Minister for Fiction"
# Fields whose text is a code or an address, not words somebody wrote.
CODES = {"Enquiry.reference", "Notification.kind", "Notification.subject", "Notification.path"}
CODES |= {"ToDo.kind", "ToDo.subject", "ToDo.occasion", "ToDo.path"}
CODES |= {"BackgroundEntry.source_url", "CampaignIssue.source_url", "Position.source_url"}
CODES |= {"Notification.address"}
# Only a withdrawn row says why it was.
CODES |= {"Placement.withdrawn_why", "ChecklistAnswer.withdrawn_why"}
CODES |= {"Commitment.note"}  # and only a settled commitment how it went


@dataclass
class Place:
    """One authority with a row of every kind, its texts marked, so that they are known where they turn up."""

    authority: Authority
    mark: str
    members: dict[str, Membership] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    own: Place
    foreign: Place
    elsewhere: Constituency  # in nobody's area
    clients: dict[str, Client]


def owned_models() -> list[type[AuthorityOwned]]:
    """Every concrete model that belongs to an authority, found rather than listed."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, AuthorityOwned) and not model.__name__.startswith("Historical")
    ]


def canary(mark: str, model: type[models.Model], name: str) -> str:
    return f"{mark}-{model.__name__}-{name}".lower()


def words_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Fields that hold words somebody wrote: text without choices that is no code."""
    return [
        each
        for each in model._meta.concrete_fields
        if isinstance(each, models.CharField | models.TextField)
        and not each.choices
        and each.editable
        and f"{model.__name__}.{each.name}" not in CODES
    ]


def build_world() -> World:
    shared = MPFactory()  # Both authorities write about this MP.
    elsewhere = ConstituencyFactory()
    # The other one first: "the first row that fits" is then theirs wherever a filter is missing.
    foreign = build_place(
        FOREIGN_MARK,
        shared,
        "complaint",
        name=f"{FOREIGN_MARK} Council",
        slug="southfen",
        reference_prefix="SF",
    )
    far = foreign.rows["only mp"]
    for mp in (shared, far):
        MPNewsFactory(mp=mp, words="lost a whip")
    MP.objects.filter(pk=far.pk).update(name=f"{FAR_MARK} MP")
    Constituency.objects.filter(holdings__mp=far).update(name=f"{FAR_MARK} Seat")
    SeatOverlap.objects.filter(constituency__holdings__mp=shared).update(share=FAR_SHARE)
    own = build_place(
        OWN_MARK, shared, "enquiry", name="Northmoor Council", slug="northmoor", reference_prefix="NM"
    )
    # Ours and theirs far from each other: the map shows neighbours, whosever they are.
    for place, at in ((own, 10), (foreign, 90)):
        draw_seat(place.rows["seat"], at)
    # Somebody of ours who stops soon, with an MP who is not: of no concern here.
    day = timezone.localdate() + timedelta(days=9)
    CouncilLeadFactory(
        authority=own.authority, mp=far, membership=None, name=f"{OWN_MARK} gone", ended_on=day
    )
    TickFactory(started_at=timezone.now(), finished_at=timezone.now())
    users = {role: own.members[role].user for role in MEMBERS}
    users[STRANGER] = foreign.members[Role.OFFICER].user
    users[INSTANCE_ADMIN] = MembershipFactory(user=UserFactory(is_instance_admin=True)).user
    users[DEACTIVATED] = own.rows["leaver"].user
    for place in (own, foreign):
        leaver = place.rows["leaver"]
        change_instance_admin(user=leaver.user, is_instance_admin=True)
        deactivate_member(by=place.members[Role.ADMIN], member=leaver)
    clients = {ANONYMOUS: Client()}
    for role, user in users.items():
        clients[role] = Client()
        clients[role].force_login(user)
    return World(own=own, foreign=foreign, elsewhere=elsewhere, clients=clients)


def build_place(mark: str, mp: MP, enquiry_type: str, **settings: str) -> Place:
    """An authority with a person in each role and at least one row of every model that belongs to it.

    Its rows are about `mp`, whom another authority may share; it has a plan for an MP of its own besides.
    """
    authority = AuthorityFactory(logo=b"\x89PNG", **settings)
    prefix = authority.reference_prefix
    place = Place(authority, mark)

    def person(role: str, called: str, **fields: Any) -> Membership:
        user = UserFactory(name=f"{mark} {called}", email=f"{mark}-{called}@example.org")
        return MembershipFactory(authority=authority, user=user, role=role, **fields)

    place.members = {role: person(role, role) for role in MEMBERS}
    officer, service_contact = place.members[Role.OFFICER], place.members[Role.SERVICE_CONTACT]
    invited = person(Role.OFFICER, "invited", invited_at=NOW, joined_at=None)
    User.objects.filter(pk=invited.user_id).update(password="!")
    invited.user.refresh_from_db()
    service = ServiceFactory(authority=authority, head=officer)
    service_contact.services.add(service)
    council = CouncilFactory(ons_code=authority.ons_code, name=f"Area {prefix}")
    SeatOverlapFactory(council=council, constituency=mp.holdings.get().constituency)
    only = MPFactory(authority=authority)
    hidden = SeatOverlapFactory(council=council).constituency
    topic = TopicFactory(authority=authority, service=service)
    area = PolicyAreaFactory(authority=authority)
    policy = ResponsePolicy.objects.create(authority=authority, enquiry_type=enquiry_type)
    lead = CouncilLeadFactory(authority=authority, mp=mp, membership=officer)
    CouncilLeadFactory(authority=authority, mp=mp, role="deputy", membership=None, name="Someone")
    holder = {"role": "portfolio-holder", "portfolio": "-", "membership": None, "name": "Somebody"}
    CouncilLeadFactory(authority=authority, mp=mp, **holder)
    EngagementPlanFactory(authority=authority, mp=only)
    # Another number in each authority, so that one's address names nothing in the other.
    card = ContactCardFactory(authority=authority, number=1 if mark == OWN_MARK else 2, made_by=officer)
    Attachment.objects.create(authority=authority, name="-", content_type="-", content=b"-", created_at=NOW)
    place.rows = {
        "colleague": person(Role.OFFICER, "colleague"),
        "leaver": person(Role.OFFICER, "leaver"),
        "invited": invited,
        "invitation": _join_kwargs(invited.user),
        "service": service,
        "mp": mp,
        "only mp": only,
        "seat": only.holdings.get().constituency,
        "hidden": hidden,
        "topic": topic,
        "policy": policy,
        "lead": lead,
        "agreement": LeadAgreement.objects.create(
            authority=authority, mp=mp, agreed_on=TODAY, people="-", recorded_by=officer, recorded_at=NOW
        ),
        "known": PersonalRelationshipFactory(authority=authority, mp=mp, recorded_by=officer),
        "card": card,
        "card sent": CardSentFactory(authority=authority, mp=mp, card=card, recorded_by=officer),
        "office": MPOffice.objects.create(authority=authority, mp=mp),
        "office person": OfficePerson.objects.create(authority=authority, mp=mp, name="-"),
        "background": BackgroundEntryFactory(authority=authority, mp=mp, recorded_by=officer),
        "campaign issue": CampaignIssueFactory(authority=authority, mp=mp, recorded_by=officer),
        "policy area": area,
        "export": MPExportFactory(authority=authority, mp=mp, made_by=officer),
        "placement": PlacementFactory(authority=authority, mp=mp, recorded_by=officer),
        "position": PositionFactory(authority=authority, mp=mp, area=area, recorded_by=officer),
        "plan": EngagementPlanFactory(authority=authority, mp=mp),
        "priority": Priority.objects.create(authority=authority, name="-", started_on=TODAY),
        "post": PostFactory(mp=mp, kind=PostKind.GROUP, title=MINISTER, body=f"Group {prefix}"),
        "enquiry": None,
        "touchpoint": TouchpointFactory(authority=authority, mp=mp, recorded_by=officer),
        "commitment": CommitmentFactory(authority=authority, mp=mp, recorded_by=officer),
        "notification": NotificationFactory(recipient=officer, in_app=True),
        "failed": NotificationFactory(recipient=officer, state=State.FAILED, last_error="-"),
        "to-do": ToDoFactory(authority=authority, assignee=officer, subject=f"mp:{mp.pk}"),
        "finished to-do": ToDoFactory(authority=authority, assignee=officer, is_done=True),
        "closure day": ClosureDay.objects.create(
            authority=authority, on=TODAY + timedelta(days=300), name="-"
        ),
        "place file": PlaceFile.objects.create(
            kind="hexes",
            file_name="map.hexjson",
            content={"rows": 0, "shapes": {}, "refused": []},
            report=asdict(Outcome()),
            created_at=NOW,
        ),
        "import": MPListImport.objects.create(file_name="list.csv", list_date=TODAY, created_at=NOW),
        "sync": ParliamentSync.objects.create(
            on=TODAY,
            state=SyncState.STOPPED,
            started_at=NOW,
            next_try_at=NOW,
            finished_at=NOW,
            reason="-",
            report={"gone": 9},
        ),
        "dissolution": Dissolution.objects.create(
            started_on=TODAY + timedelta(days=9000 + authority.pk), entered_at=NOW
        ),
    }
    place.rows["enquiry"] = enquiry_of(place, 1, owner=service_contact, due_on=timezone.localdate())
    place.rows["closed"] = enquiry_of(place, 2, closed_at=NOW)
    PastClockFactory(enquiry=place.rows["closed"], closed_at=NOW)
    CarryOver.objects.create(
        authority=authority,
        enquiry=place.rows["enquiry"],
        from_mp=only,
        to_mp=mp,
        authority_seen_on=TODAY,
        authority_shown=AuthorityShown.FORM,
        restarts_clock=False,
        recorded_at=NOW,
        recorded_by=officer,
    )
    add_handover(place)
    SeatChoice.objects.create(authority=authority, constituency=hidden, is_hidden=True)
    LadderStep.objects.create(
        authority=authority, policy=policy, step=1, offset=2, whom=Whom.PERSON, person=officer
    )
    EngagementPlanFactory(authority=authority, mp=mp, archived_at=NOW, archived_by=officer)
    place.rows["answer"] = ChecklistAnswerFactory(authority=authority, mp=mp, answered_by=officer)
    decided = plain_fields(PortfolioMatch, place) | {"mp": mp, "post": place.rows["post"]}
    PortfolioMatch.objects.create(**decided)
    for model in owned_models():
        if not model._default_manager.filter(authority=authority).exists():
            model._default_manager.create(**plain_fields(model, place))
    PostFactory(mp=only, title=MINISTER)
    mark_words(place)
    Priority.objects.filter(authority=authority).update(departments=MINISTER, key_words=MINISTER)
    place.rows["priority"].refresh_from_db()
    return place


def add_handover(place: Place) -> None:
    """A former MP of a seat of our own left an enquiry; the hand-over has begun."""
    seat, former = place.rows["seat"], MPFactory()
    former.holdings.update(constituency=seat, started_on=date(2019, 12, 12), ended_on=date(2024, 5, 30))
    place.rows["lost"] = former.holdings.get()
    left = enquiry_of(place, 3)
    Enquiry.objects.filter(pk=left.pk).update(mp=former, constituency=seat)
    place.rows["left"] = left
    handover = SeatHandover.objects.create(
        authority=place.authority, constituency=seat, former_mp=former, lost_on=date(2024, 5, 30)
    )
    place.rows["handover step"] = HandoverStep.objects.create(
        authority=place.authority,
        handover=handover,
        kind=HandoverStep.Kind.TO_DOS,
        subject="to-dos",
        effect={"occasion": f"handover:{handover.pk}", "replaced": []},
        done_at=NOW,
        done_by=place.members[Role.OFFICER],
    )


def draw_seat(constituency: Constituency, at: int) -> None:
    """Give a seat a place on both maps."""
    SeatHex.objects.create(constituency=constituency, q=at, r=0)
    west, south, east, north = at * 1_000, 520_000, at * 1_000 + 500, 520_500
    ring = [west, south, east, south, east, north, west, north]
    SeatBoundary.objects.create(
        constituency=constituency, west=west, south=south, east=east, north=north, rings=[ring]
    )


def enquiry_of(place: Place, number: int, **fields: Any) -> Enquiry:
    rows = place.rows
    return EnquiryFactory(
        authority=place.authority,
        reference=f"{place.authority.reference_prefix}-2020-{number:05}",
        mp=rows["mp"],
        service=rows["service"],
        topic=rows["topic"],
        logged_by=place.members[Role.OFFICER],
        **{"enquiry_type": rows["policy"].enquiry_type} | fields,
    )


def grow(world: World, *, facts: bool) -> None:
    """More of everything that the other authority writes: nobody here may notice.

    With `facts`, Parliament's facts grow too, outside our area: noticed only on pages that list all MPs or seats.
    """
    place, officer = world.foreign, world.foreign.members[Role.OFFICER]
    authority, mp, today = place.authority, place.rows["mp"], timezone.localdate()
    ours = world.own.rows["only mp"]
    for number in range(1, 15):
        for start in (today, TODAY):
            ClosureDay.objects.get_or_create(authority=authority, on=start + timedelta(days=number))
    for number in range(101, 104):
        common = {"enquiry_type": "enquiry", "received_on": today - timedelta(days=9)}
        enquiry_of(place, number, **common, due_on=today, owner=officer)
        enquiry_of(place, 10 + number, enquiry_type="enquiry", due_on=TODAY)
        replied = {"replied_on": today, "reply_working_days": 90}
        enquiry_of(place, 20 + number, **common, due_on=today, **replied)
        late = enquiry_of(place, 30 + number, **common, due_on=today - timedelta(days=1), **replied)
        PastClockFactory(enquiry=late, started_on=today, due_on=today, reopened_on=today, **replied)
        happened_on = today - timedelta(days=number)
        TouchpointFactory(authority=authority, mp=mp, recorded_by=officer, happened_on=happened_on)
        NotificationFactory(recipient=officer, in_app=True)
        NotificationFactory(recipient=officer, state=State.FAILED)
        NotificationFactory(recipient=officer)
        ToDoFactory(authority=authority, assignee=officer)
        ToDoFactory(authority=authority, assignee=officer, is_done=True)
        ToDoFactory(authority=authority)
        ServiceFactory(authority=authority)
        TopicFactory(authority=authority)
        PriorityFactory(authority=authority, key_words=MINISTER)
    for about in (mp, ours):
        BackgroundEntryFactory(authority=authority, mp=about)
        CampaignIssueFactory(authority=authority, mp=about)
        PlacementFactory(authority=authority, mp=about, placed_on=today)
        MPExportFactory(authority=authority, mp=about)
        PositionFactory(authority=authority, mp=about)
        PositionFactory(authority=authority, mp=about, area=place.rows["policy area"])
        for question in ("background", "risks"):
            ChecklistAnswerFactory(authority=authority, mp=about, question=question)
    CouncilLeadFactory(authority=authority, mp=ours)
    soon = {"started_on": today - timedelta(days=9), "ended_on": today + timedelta(days=9)}
    CouncilLeadFactory(authority=authority, mp=mp, **soon)
    LeadAgreement.objects.create(
        authority=authority, mp=mp, agreed_on=TODAY, people="-", recorded_by=officer, recorded_at=NOW
    )
    newer = ContactCardFactory(authority=authority, number=7, made_by=officer)
    CardSentFactory(authority=authority, mp=mp, card=newer, sent_on=today, recorded_by=officer)
    CardSentFactory(authority=authority, mp=ours, card=newer, sent_on=today, recorded_by=officer)
    EngagementPlanFactory(authority=authority, mp=ours)
    CommitmentFactory(authority=authority, mp=mp)
    gone = world.own.rows["lost"].mp  # a former MP of ours left something with them, too
    left = enquiry_of(place, 401, enquiry_type="enquiry", due_on=today)
    Enquiry.objects.filter(pk=left.pk).update(mp=gone)
    EngagementPlanFactory(authority=authority, mp=gone)
    CouncilLeadFactory(authority=authority, mp=gone)
    CommitmentFactory(authority=authority, mp=gone)
    seats = {mp.holdings.get().constituency: True, world.own.rows["seat"]: False, world.elsewhere: False}
    for constituency, is_hidden in seats.items():
        SeatChoice.objects.create(authority=authority, constituency=constituency, is_hidden=is_hidden)
    if facts:
        MPNewsFactory(mp=MPFactory(authority=authority))
    for enquiry_type in ("enquiry", "foi"):
        ResponsePolicy.objects.create(authority=authority, enquiry_type=enquiry_type, reply_in=20)


def plain_fields(model: type[AuthorityOwned], place: Place) -> dict[str, Any]:
    """The least a row of any owned model needs, about the other rows of the place."""
    about = {type(row): row for row in place.rows.values() if isinstance(row, models.Model)}
    about |= {Authority: place.authority, Membership: place.members[Role.OFFICER]}
    about[Enquiry] = place.rows["enquiry"]
    fields: dict[str, Any] = {}
    for each in model._meta.concrete_fields:
        if each.primary_key or each.null or each.has_default() or isinstance(each, models.UUIDField):
            continue
        if each.choices:
            fields[each.name] = next(value for value, _ in each.flatchoices)
        elif isinstance(each, models.ForeignKey):
            fields[each.name] = about[each.related_model]
        elif isinstance(each, models.DateTimeField):
            fields[each.name] = NOW
        elif isinstance(each, models.DateField):
            fields[each.name] = TODAY
        elif isinstance(each, models.IntegerField):
            fields[each.name] = 2026
        else:
            fields[each.name] = "-"
    return fields


def mark_words(place: Place) -> None:
    """Put a canary wherever somebody of this authority may have written, in the rows and their history."""
    for model in owned_models():
        for row in model._default_manager.filter(authority=place.authority):
            for each in words_of(model):
                if isinstance(row, CouncilLead) and each.name == "name" and row.membership_id:
                    continue  # A lead is a colleague or a name.
                if isinstance(row, CouncilLead) and each.name == "portfolio" and not row.portfolio:
                    continue  # Only a portfolio holder has one.
                value = canary(place.mark, model, each.name)
                if each.unique or model in (Service,) or each.name == "name":
                    value = f"{value}-{row.pk}"
                setattr(row, each.name, value[: each.max_length])
            row.save()
    for name, row in place.rows.items():
        if isinstance(row, models.Model):
            place.rows[name] = type(row)._default_manager.get(pk=row.pk)


def _join_kwargs(user: User) -> dict[str, str]:
    _, person, token, _ = join_path(user, now=timezone.now()).rsplit("/", 3)
    return {"person": person, "token": token}
