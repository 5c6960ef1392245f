"""manage.py seed_demo: two fictional councils and the year they have had."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Authority, Membership, Nation, Role, Service
from accounts.services import add_member, create_authority, deactivate_member, save_named
from contacts.cards.reminders import sweep as ask_for_cards
from contacts.cards.services import (
    fingerprint,
    letters,
    offices_of,
    record_sent,
    send_card,
    set_card,
)
from contacts.directory import leads_on
from contacts.leads.services import record_agreement, set_relationship
from contacts.models import (
    MP,
    Beginning,
    CardWay,
    Constituency,
    ContactCard,
    Council,
    CouncilLead,
    LeadRole,
    MPName,
    MPStatus,
    ParliamentContact,
    Party,
    PartySpell,
    Post,
    PostKind,
    PostWording,
    SeatHolding,
    SeatOverlap,
    SeatSuccession,
)
from contacts.notes import create_default_policy_areas
from contacts.services import add_seat, end_lead, hide_seat, set_lead, set_office, set_office_person
from contacts.spells import write_spells
from engagements.services import record_agreement as record_plan_agreement
from engagements.services import save_plan
from enquiries.clock import calendar_of
from enquiries.models import Contact, Topic
from enquiries.services import create_default_policies, create_default_topics, log_enquiry, set_closure_day
from mpcrm.demo import PASSWORD
from notifications.invitations import invite
from notifications.models import Channel, Notification, State
from overview.demo import checklists, news, notes, people, places, plans, priorities, year
from overview.demo.letters import HIGHWAYS, LETTERS
from overview.demo.people import NORTHMOOR, TARNSIDE, Office

SEED = 2026
YEAR = timedelta(days=365)


class Command(BaseCommand):
    help = (
        "Bring the database up to date and, if it is empty, fill it with two fictional councils and a year "
        "of work; data that is there stays."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("The demo's people share a known password. Set DEMO=on to make them.")
        call_command("migrate", verbosity=0)
        if Authority.objects.exists():
            self.stdout.write("There is data here already, so it stays as it is.")
            return
        self.stdout.write("Making two fictional councils and their year …")
        make_demo(now=timezone.now())


@transaction.atomic
def make_demo(*, now: datetime) -> None:
    """Write the whole demo, as at `now`, or nothing."""
    facts = make_facts(now=now)
    places.make_places(now=now)
    northmoor = make_office(NORTHMOOR, facts=facts, now=now)
    tarnside = make_office(TARNSIDE, facts=facts, now=now)
    add_seat(
        by=northmoor.people["sam.whitlock"],
        constituency=Constituency.objects.get(ons_code=people.ADDED_SEAT),
    )
    hide_seat(
        by=northmoor.people["sam.whitlock"],
        constituency=Constituency.objects.get(ons_code=people.HIDDEN_SEAT),
    )
    make_leads(northmoor, plans.PLANS, by="helen.marsh")
    make_leads(tarnside, plans.TARNSIDE_PLANS, by="helen.marsh")
    make_mp_offices(northmoor, by="priya.nair")
    priorities.record(northmoor, by="helen.marsh", decided_by="priya.nair")
    notes.write(northmoor, by="priya.nair")

    ours = [900001, 900002, 900003, 900004, 900005, 900006, 900009]
    theirs = [900007, 900008, 900004]
    year.play(
        [
            year.sweeps(northmoor, days=255),
            *year.ordinary_enquiries(northmoor, a_year=212, mps=ours),
            # What the first officer and the service contact for highways find when they sign in.
            *year.open_enquiries(
                northmoor,
                received=[17, 11, 10, 9, 9, 8, 6, 4, 3, 2, 1],
                mps=ours,
                owner=northmoor.people["priya.nair"],
            ),
            *year.open_enquiries(
                northmoor,
                received=[12, 9, 6, 4, 2],
                mps=ours,
                owner=northmoor.people["tom.askew"],
                service=HIGHWAYS,
            ),
            *year.open_enquiries(northmoor, received=[26, 14, 10, 7, 5, 3, 2], mps=ours),
            *year.open_enquiries(northmoor, received=[8, 4, 2, 1, 1], mps=ours, is_allocated=False),
            *(left_behind(northmoor, left) for left in people.LEFT_BEHIND.enquiries),
            *(year.engagement(northmoor, plan, by=northmoor.people["helen.marsh"]) for plan in plans.PLANS),
            checklists.answers(northmoor),
            news.told([(northmoor, "helen.marsh"), (tarnside, "helen.marsh@northmoor")]),
            *year.ordinary_enquiries(tarnside, a_year=18, mps=theirs),
            *year.open_enquiries(tarnside, received=[12, 8, 2], mps=theirs),
            *(
                year.engagement(tarnside, plan, by=tarnside.people["helen.marsh@northmoor"])
                for plan in plans.TARNSIDE_PLANS
            ),
        ],
        until=now,
    )
    # After the year, so that its hours and chances stay what they are.
    make_cards(northmoor)
    make_wider_leads(northmoor)
    year.commitments(northmoor, plans.AGREED, by=northmoor.people["helen.marsh"])
    year.settle_notifications(until=now)
    leave_behind(northmoor, by="helen.marsh")
    leave_and_join(northmoor, now=now)


def leave_behind(scene: year.Scene, *, by: str) -> None:
    """What the MP who lost the by-election left, to be handed over to the one who won."""
    helen, mp = scene.people[by], scene.mps[people.LEFT_BEHIND.mp]
    started = scene.at(scene.today - timedelta(days=300))
    plan = save_plan(
        mp=mp,
        by=helen,
        now=started,
        version=0,
        why="Held the seat for years, and knows everybody in Harrowdale.",
        objectives="\n".join(people.LEFT_BEHIND.objectives),
        key_messages="\n".join(people.LEFT_BEHIND.key_messages),
        review_on=None,
        ideal_days=90,
        maximum_days=120,
    )
    record_plan_agreement(plan=plan, agreed_on=timezone.localdate(started), by=helen, now=started)
    set_lead(
        by=helen,
        mp=mp,
        role=LeadRole.DEPUTY,
        membership=scene.people["tom.askew"],
        job_title=scene.people["tom.askew"].job_title,
        started_on=timezone.localdate(started),
        now=started,
    )


def left_behind(scene: year.Scene, left: people.LeftEnquiry) -> year.Life:
    """An enquiry of the MP who then lost the by-election: since then there was nobody to answer."""
    then = scene.at(scene.today - timedelta(days=left.days_ago))
    yield then
    log_enquiry(
        by=scene.people["priya.nair"],
        now=then,
        mp=scene.mps[people.LEFT_BEHIND.mp],
        received_on=timezone.localdate(then),
        channel=Contact.LETTER,
        subject=left.subject,
        question=left.question,
        service=scene.services[HIGHWAYS],
        constituent_name=left.constituent,
        submission=UUID(int=2_000_000_000 + left.days_ago),
    )


def leave_and_join(scene: year.Scene, *, now: datetime) -> None:
    """A colleague who has left, one who is invited, and an e-mail that never arrived."""
    admin = scene.people["sam.whitlock"]
    leaver = add_member(
        authority=scene.authority,
        email="colin.baird@northmoor.example",
        name="Colin Baird",
        role=Role.OFFICER,
        job_title="Casework officer",
        now=now - YEAR,
    )
    let_in({"colin.baird": leaver}, now - YEAR)
    deactivate_member(by=admin, member=leaver)
    invite(
        by=admin,
        email="zara.malik@northmoor.example",
        name="Zara Malik",
        role=Role.OFFICER,
        job_title="Casework officer",
        services=[],
        now=now - timedelta(hours=30),
    )
    lost = Notification.objects.filter(authority=scene.authority, channel=Channel.EMAIL, state=State.SENT)
    Notification.objects.filter(pk=lost.latest("created_at").pk).update(
        state=State.FAILED, sent_at=None, attempts=8, last_error="550 5.1.1 No such mailbox"
    )


def make_facts(*, now: datetime) -> dict[int, MP]:
    """Parliament's facts, all fictional; give the MPs by their ids."""
    today = timezone.localdate(now)
    parties = {
        name: Party.objects.create(name=name, abbreviation=short, colour=colour)
        for name, (short, colour) in people.PARTIES.items()
    }
    councils = {
        code: Council.objects.create(ons_code=code, name=name, tier=tier, nation=nation)
        for code, (name, tier, nation) in people.COUNCILS.items()
    }
    seats = {}
    for seat in people.SEATS:
        seats[seat.ons_code] = Constituency.objects.create(
            ons_code=seat.ons_code,
            name=seat.name,
            name_welsh=seat.name_welsh,
            nation=seat.nation,
            region=seat.region,
        )
        for code, share in seat.shares.items():
            SeatOverlap.objects.create(
                constituency=seats[seat.ons_code],
                council=councils[code],
                share=share,
                area_share=people.AREA_SHARES.get((seat.ons_code, code), share),
            )
    election = today - timedelta(days=people.GENERAL_ELECTION)
    Constituency.objects.update(started_on=election)
    for code, (name, parts) in people.OLD_SEATS.items():
        old = Constituency.objects.create(
            ons_code=code, name=name, nation=Nation.ENGLAND, ended_on=election - timedelta(days=1)
        )
        for new, of_old, of_new in parts:
            SeatSuccession.objects.create(old=old, new=seats[new], share_of_old=of_old, share_of_new=of_new)
    mps = {}
    for each in people.MPS:
        mps[each.parliament_id] = mp = MP.objects.create(
            parliament_id=each.parliament_id,
            name=each.name,
            sort_name=each.sort_name,
            is_fictional=True,
        )
        make_history(mp, each, seats[each.seat], today=today)
        spells = [
            PartySpell(mp=mp, party=parties[party], **spell(today, first, last))
            for party, first, last in each.parties
        ]
        write_spells(PartySpell, begin=spells)
    for post in people.POSTS:
        words = {
            "kind": post.kind,
            "title": post.title,
            "body": post.body,
            "is_in_government": post.kind == PostKind.GOVERNMENT,
            "is_chair": post.title == "Chair",
        }
        held = Post.objects.create(
            mp=mps[post.parliament_id],
            source=people.SOURCE,
            end_source=people.SOURCE if post.holds[1] else "",
            seen_on=today - timedelta(days=post.holds[0]),
            **words,
            **spell(today, *post.holds),
        )
        if post.was_called:
            words["body"], days_ago = post.was_called
            until = today - timedelta(days=days_ago)
            PostWording.objects.create(post=held, ended_on=until, end_source=people.SOURCE, **words)
    for position, contact in enumerate(people.PUBLISHED):
        mp = mps[contact.parliament_id]
        told = contact._asdict()
        del told["parliament_id"]
        ParliamentContact.objects.create(mp=mp, position=position, seen_on=today, **told)
    return mps


def make_history(mp: MP, each: people.FictionalMP, seat: Constituency, *, today: date) -> None:
    """Since when the MP holds the seat and how, what they are and were called, and whether suspended."""
    first, last = each.holds
    is_first = first == people.GENERAL_ELECTION
    held = SeatHolding(mp=mp, constituency=seat, source=people.SOURCE, **spell(today, first, last))
    held.begun_by = Beginning.GENERAL_ELECTION if is_first else Beginning.BY_ELECTION
    if last:
        held.ended_by, held.end_source = people.LEFT_BY[each.parliament_id], people.SOURCE
    write_spells(SeatHolding, begin=[held])
    married = people.MARRIED.get(each.parliament_id)
    names = [(each.name, each.sort_name, married[2] if married else first, 0)]
    if married:
        names.append((married[0], married[1], first, married[2] + 1))
    called = [
        MPName(mp=mp, name=name, sort_name=sort_name, source=people.SOURCE, **spell(today, begun, ended))
        for name, sort_name, begun, ended in names
    ]
    write_spells(MPName, begin=called)
    if each.parliament_id in people.SUSPENDED:
        begun, note = people.SUSPENDED[each.parliament_id]
        days = spell(today, begun, 0)
        suspended = MPStatus(mp=mp, status="Suspended", note=note, source=people.SOURCE, **days)
        write_spells(MPStatus, begin=[suspended])


def spell(today: Any, first: int, last: int) -> dict[str, Any]:
    ended_on = today - timedelta(days=last) if last else None
    return {"started_on": today - timedelta(days=first), "ended_on": ended_on}


def make_office(office: Office, *, facts: dict[int, MP], now: datetime) -> year.Scene:
    """An authority with its people, services, policy and topics."""
    admin, *others = office.people
    began = now - YEAR - timedelta(days=30)
    first = create_authority(
        name=office.name,
        slug=office.slug,
        ons_code=office.ons_code,
        nation=Nation.ENGLAND,
        reference_prefix=office.prefix,
        admin_email=email(office, admin.address),
        admin_name=admin.name,
        now=began,
    )
    authority = first.authority
    first.job_title = admin.job_title
    first.save()
    members = {admin.address: first}
    for person in others:
        members[person.address] = add_member(
            authority=authority,
            email=email(office, person.address),
            name=person.name,
            role=person.role,
            job_title=person.job_title,
            now=began,
        )
    let_in(members, began)
    authority.colour = office.colour
    authority.chief_executive = members[office.chief_executive]
    authority.save()
    create_default_policies(authority=authority)
    create_default_topics(authority=authority)
    create_default_policy_areas(authority=authority)
    services = make_services(office, authority, members)
    officers = [members[person.address] for person in office.people if person.role == Role.OFFICER]
    last_year = timezone.localdate(now).year - 1
    for closed_in in (last_year, last_year + 1):
        for day in (29, 30, 31):
            set_closure_day(
                on=datetime(closed_in, 12, day).date(),  # noqa: DTZ001  a date, whatever the zone
                name="Offices closed between Christmas and New Year",
                is_working=False,
                by=first,
                now=began,
            )
    return year.Scene(
        authority=authority,
        today=timezone.localdate(now),
        calendar=calendar_of(authority),
        people=members,
        officers=[*officers, officers[0], officers[0]],  # the first does most of the work
        services=services,
        contacts={area.name: members[area.contact] for area in office.areas},
        topics={topic.name: topic for topic in Topic.objects.filter(authority=authority)},
        mps=facts,
        random=Random(f"{SEED} {office.slug}"),  # noqa: S311  the same demo each time
    )


def email(office: Office, address: str) -> str:
    name, _, domain = address.partition("@")
    return f"{name}@{domain or office.slug}.example"


def let_in(members: dict[str, Membership], joined_at: datetime) -> None:
    """Everyone has followed their invitation and chosen the demo's password."""
    password = make_password(PASSWORD)
    for member in members.values():
        member.user.password = password
        member.user.save()
        member.joined_at = joined_at
        member.save()


def make_services(office: Office, authority: Authority, members: dict[str, Membership]) -> dict[str, Service]:
    services = {}
    for area in office.areas:
        service = Service(
            authority=authority,
            name=area.name,
            head=members[area.head],
            director=members[area.director],
            substitute=None if area.contact == area.head else members[area.contact],
        )
        save_named(service)
        services[area.name] = service
    for person in office.people:
        members[person.address].services.set(services[name] for name in person.services)
    for letter in LETTERS:
        Topic.objects.filter(authority=authority, name=letter.topic).update(service=services[letter.service])
    return services


def make_leads(scene: year.Scene, of: tuple[plans.Plan, ...], *, by: str) -> None:
    """Who looks after each MP, from the day the plan began."""
    political_affairs = next(member for address, member in scene.people.items() if address.startswith(by))
    for plan in of:
        started = scene.at(scene.today - timedelta(days=plan.started))
        for role, address in ((LeadRole.LEAD, plan.lead), (LeadRole.DEPUTY, plan.deputy)):
            lead = next(member for name, member in scene.people.items() if name.startswith(address))
            set_lead(
                by=political_affairs,
                mp=scene.mps[plan.mp],
                role=role,
                membership=lead,
                job_title=lead.job_title,
                started_on=timezone.localdate(started),
                now=started,
            )


def make_wider_leads(scene: year.Scene) -> None:
    """Who else engages with the first MPs, what the Leader agreed to, and who knows one of them anyway."""
    helen, priya = scene.people["helen.marsh"], scene.people["priya.nair"]
    for mp, role, name, job_title, portfolio, days_ago in people.WIDER_LEADS:
        then = scene.at(scene.today - timedelta(days=days_ago))
        set_lead(
            by=helen,
            mp=scene.mps[mp],
            role=role,
            name=name,
            job_title=job_title,
            portfolio=portfolio,
            started_on=timezone.localdate(then),
            now=then,
        )
    for mp, days_ago in people.AGREED_LEADS:
        then = scene.at(scene.today - timedelta(days=days_ago))
        named = leads_on(scene.mps[mp], membership=helen, on=timezone.localdate(then)).in_words
        record_agreement(
            by=helen, mp=scene.mps[mp], people=named, agreed_on=timezone.localdate(then), now=then
        )
    mp, days = people.OWNER_STOPS
    owner = CouncilLead.objects.visible_to(helen).get(mp=scene.mps[mp], role=LeadRole.LEAD, ended_on=None)
    now = scene.at(scene.today - timedelta(days=5))
    end_lead(by=helen, lead=owner, ended_on=scene.today + timedelta(days=days), now=now)
    for known in people.KNOWN:
        set_relationship(
            by=priya,
            mp=scene.mps[known.parliament_id],
            relationship=None,
            version=0,
            changes=known.words,
            now=scene.at(scene.today - timedelta(days=50)),
        )


def make_cards(scene: year.Scene) -> None:
    """The contact card in two versions: who has the new one, who the old one, and who none."""
    helen, priya = scene.people["helen.marsh"], scene.people["priya.nair"]
    for number, card in enumerate(people.CARDS):
        now = scene.at(scene.today - timedelta(days=card.days_ago))
        lines = [
            contact._asdict() | {"membership": scene.people[contact.colleague], "name": ""}
            for contact in card.contacts
        ]
        set_card(by=helen, number=number, words=card.words, contacts=lines, now=now)
        for days_ago, mp in card.posted:
            then = scene.at(scene.today - timedelta(days=days_ago))
            record_sent(
                by=priya,
                mp=scene.mps[mp],
                way=CardWay.POST,
                sent_on=timezone.localdate(then),
                submission=UUID(int=number * 1_000_000 + mp),
                now=then,
            )
    newest = ContactCard.objects.visible_to(priya).newest()
    emailed = [scene.mps[mp] for mp in people.EMAILED_CARD]
    if newest:
        shown = fingerprint(newest, letters(newest, offices_of(priya, emailed), by=priya))
        now = scene.at(scene.today - timedelta(days=people.CARDS[-1].days_ago - 1))
        send_card(by=priya, mps=emailed, shown=shown, submission=UUID(int=1), now=now)
        ask_for_cards(now=scene.at(scene.today - timedelta(days=2)))


def make_mp_offices(scene: year.Scene, *, by: str) -> None:
    """What is known of the MPs' offices, since the plans began."""
    officer = next(member for address, member in scene.people.items() if address.startswith(by))
    now = scene.at(scene.today - timedelta(days=60))
    for office in people.MP_OFFICES:
        mp = scene.mps[office.parliament_id]
        set_office(by=officer, mp=mp, version=0, changes=office.details, now=now)
        for name, job_title, takes_casework in office.people:
            changes = {"name": name, "job_title": job_title, "takes_casework": takes_casework}
            set_office_person(by=officer, mp=mp, person=None, version=0, changes=changes, now=now)
