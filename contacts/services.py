"""Changes to what one authority records of MPs: who leads on them, their offices, its own seats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.history import delete_signed, refuse_if_edited, save_signed
from accounts.models import Authority, Membership
from contacts.models import (
    LOOK_AFTER,
    MP,
    Constituency,
    Council,
    CouncilLead,
    LeadRole,
    MPOffice,
    OfficePerson,
    SeatChoice,
    SeatOverlap,
)
from notifications.services import Message, notify


class LeadsOverlap(Exception):
    """Somebody else's time in the same role reaches past the start date: `other`."""

    def __init__(self, other: CouncilLead) -> None:
        super().__init__("two leads at a time")
        self.other = other


class EndsBeforeItStarts(Exception):
    """The last day lies before the first."""


def set_lead(
    *,
    by: Membership,
    mp: MP,
    role: str,
    membership: Membership | None = None,
    name: str = "",
    job_title: str = "",
    portfolio: str = "",
    started_on: date,
    now: datetime,
) -> CouncilLead:
    """Give a colleague (`membership`) or someone without an account (`name`) a role with the MP.

    Whoever has the role now hands over the day before, unless several may have it. Naming the same person, or
    the same first day, again corrects what was recorded instead. A colleague newly named is told. Raises
    LeadsOverlap if the start lies before the present lead's, or within an earlier one's time.
    """
    with transaction.atomic():
        _hold(by.authority)
        lead, is_new = _name(
            by=by,
            mp=mp,
            role=role,
            person=Person(membership, name, job_title),
            portfolio=portfolio,
            started_on=started_on,
            now=now,
        )
        if is_new and membership and membership != by:
            notify([_told([lead], membership, now=now)], now=now)
    return lead


def set_owner_of_several(
    *, by: Membership, mps: Iterable[MP], person: Person, started_on: date, now: datetime
) -> list[CouncilLead]:
    """Make one person the relationship owner of several MPs, and tell them once.

    Where the present owner's last day is on or after `started_on`, they begin the day after it. Raises
    LeadsOverlap, having named nobody.
    """
    with transaction.atomic():
        _hold(by.authority)
        leads = []
        for mp in mps:
            owners = CouncilLead.objects.visible_to(by).filter(mp=mp, role=LeadRole.LEAD)
            last_day = owners.filter(started_on__lte=started_on, ended_on__gte=started_on).first()
            begins = last_day.ended_on + timedelta(days=1) if last_day and last_day.ended_on else started_on
            leads.append(_name(by=by, mp=mp, role=LeadRole.LEAD, person=person, started_on=begins, now=now))
        named = [lead for lead, is_new in leads if is_new]
        if named and person.membership and person.membership != by:
            notify([_told(named, person.membership, now=now)], now=now)
    return [lead for lead, _ in leads]


@dataclass(frozen=True)
class Person:
    """A colleague with an account, or the name of somebody without."""

    membership: Membership | None = None
    name: str = ""
    job_title: str = ""


def _name(
    *,
    by: Membership,
    mp: MP,
    role: str,
    person: Person,
    portfolio: str = "",
    started_on: date,
    now: datetime,
) -> tuple[CouncilLead, bool]:
    """The row that says so, and whether the person had no such row before."""
    in_role = CouncilLead.objects.visible_to(by).in_part(
        mp=mp, role=role, membership=person.membership, name=person.name, portfolio=portfolio
    )
    lead = in_role.filter(ended_on=None).first()
    is_same_person = lead is not None and (lead.membership, lead.name) == (person.membership, person.name)
    if lead is None or not (is_same_person or lead.started_on == started_on):
        if lead and lead.started_on < started_on:
            lead.ended_on = started_on - timedelta(days=1)
            save_signed(lead, by=by, now=now)
        lead = CouncilLead(authority=by.authority, mp=mp, role=role)
    lead.membership = person.membership
    lead.name = person.name
    lead.job_title = person.job_title
    lead.portfolio = portfolio
    lead.started_on = started_on
    if other := in_role.exclude(pk=lead.pk).not_over(started_on).first():
        raise LeadsOverlap(other)
    save_signed(lead, by=by, now=now)
    return lead, not is_same_person


def end_lead(*, by: Membership, lead: CouncilLead, ended_on: date | None, now: datetime) -> None:
    """Record the last day of somebody's role, another one than was recorded, or (None) that it goes on.

    Raises EndsBeforeItStarts, and LeadsOverlap where it would reach into the time of another.
    """
    with transaction.atomic():
        _hold(by.authority)
        leads = CouncilLead.objects.visible_to(by)
        lead = leads.get(pk=lead.pk)
        if ended_on and ended_on < lead.started_on:
            raise EndsBeforeItStarts
        others = leads.exclude(pk=lead.pk).in_part(
            mp=lead.mp,
            role=lead.role,
            membership=lead.membership,
            name=lead.name,
            portfolio=lead.portfolio,
        )
        others = others.not_over(lead.started_on)
        if ended_on:
            others = others.filter(started_on__lte=ended_on)
        if other := others.order_by("started_on", "pk").first():
            raise LeadsOverlap(other)
        lead.ended_on = ended_on
        save_signed(lead, by=by, now=now)


def remove_lead(*, by: Membership, lead: CouncilLead, now: datetime) -> None:
    """Remove what should not have been recorded, such as on the wrong MP; the history keeps it."""
    with transaction.atomic():
        delete_signed(lead, by=by, now=now)


class NameTaken(Exception):
    """Somebody of this name works there already."""


def set_office(
    *, by: Membership, mp: MP, version: int, changes: Mapping[str, Any], now: datetime
) -> MPOffice:
    """Record how an MP's office is dealt with, as seen at `version` (0: nothing was recorded yet).

    Raises EditedMeanwhile.
    """
    with transaction.atomic():
        _hold(by.authority)
        office = MPOffice.objects.visible_to(by).filter(mp=mp).first()
        office = office or MPOffice(authority=by.authority, mp=mp, version=0)
        refuse_if_edited(office, since=version, sent=changes)
        for name, value in changes.items():
            setattr(office, name, value)
        office.version += 1
        save_signed(office, by=by, now=now)
    return office


def set_office_person(
    *,
    by: Membership,
    mp: MP,
    person: OfficePerson | None,
    version: int,
    changes: Mapping[str, Any],
    now: datetime,
) -> OfficePerson:
    """Record somebody who works for an MP, or change what is recorded as seen at `version`.

    Raises EditedMeanwhile, NameTaken.
    """
    with transaction.atomic():
        _hold(by.authority)
        people = OfficePerson.objects.visible_to(by).filter(mp=mp)
        if person is None:
            person = OfficePerson(authority=by.authority, mp=mp, version=0)
        else:
            person = people.get(pk=person.pk)
            refuse_if_edited(person, since=version, sent=changes)
        for name, value in changes.items():
            setattr(person, name, value)
        others = people.here().filter(name=person.name).exclude(pk=person.pk)
        if person.left_on is None and others.exists():
            raise NameTaken
        person.version += 1
        save_signed(person, by=by, now=now)
    return person


def record_leaving(*, by: Membership, person: OfficePerson, left_on: date | None, now: datetime) -> None:
    """Somebody has left an MP's office, or (None) works there after all.

    Raises EditedMeanwhile, NameTaken.
    """
    changes = {"left_on": left_on}
    set_office_person(by=by, mp=person.mp, person=person, version=person.version, changes=changes, now=now)


def remove_office_person(*, by: Membership, person: OfficePerson, now: datetime) -> None:
    """Remove somebody who never worked there; the history keeps it."""
    with transaction.atomic():
        delete_signed(person, by=by, now=now)


def add_seat(*, by: Membership, constituency: Constituency) -> None:
    """Count a seat as the authority's own although none of it is recorded in its area, or show it again."""
    with transaction.atomic():
        _hold(by.authority)
        if _lies_in_area(constituency, by.authority):
            SeatChoice.objects.of(by.authority).filter(constituency=constituency, is_hidden=True).delete()
        else:
            SeatChoice.objects.update_or_create(
                authority=by.authority, constituency=constituency, defaults={"is_hidden": False}
            )


def hide_seat(*, by: Membership, constituency: Constituency) -> None:
    """Leave out a seat of which only a sliver lies in the area, or take back one that was added."""
    with transaction.atomic():
        _hold(by.authority)
        if _lies_in_area(constituency, by.authority):
            SeatChoice.objects.update_or_create(
                authority=by.authority, constituency=constituency, defaults={"is_hidden": True}
            )
        else:
            SeatChoice.objects.of(by.authority).filter(constituency=constituency).delete()


def _hold(authority: Authority) -> None:
    """One change at a time per authority, so that a double click cannot run into a unique constraint."""
    Authority.objects.select_for_update().get(pk=authority.pk)


def _lies_in_area(constituency: Constituency, authority: Authority) -> bool:
    councils = Council.objects.of(authority)
    return SeatOverlap.objects.filter(constituency=constituency, council__in=councils).exists()


PARTS = {
    LeadRole.LEAD: "their relationship owner",
    LeadRole.DEPUTY: "deputy to their relationship owner",
    LeadRole.LEADER: "named as the Leader in the contact with them",
    LeadRole.CHIEF_EXECUTIVE: "named as the chief executive in the contact with them",
    LeadRole.PORTFOLIO_HOLDER: "named as portfolio holder in the contact with them",
    LeadRole.SUPPORTING: "a supporting contact",
}


def _told(leads: list[CouncilLead], membership: Membership, *, now: datetime) -> Message:
    """What to tell a colleague newly named for one MP, or as relationship owner for several."""
    first, slug = leads[0], membership.authority.slug
    if len(leads) == 1:
        whom, read = first.mp.name, "Read the MP's page"
        path = reverse("overview:mp_detail", args=[slug, first.mp_id])
    else:
        whom, read = (
            f"{len(leads)} MPs",
            f"They are {', '.join(lead.mp.name for lead in leads)}. Read their pages",
        )
        path = reverse("contacts:mp_list", args=[slug])
    return Message(
        kind="lead",
        subject=f"lead:{first.pk}",
        recipient=membership,
        due_on=timezone.localdate(now),
        title=f"You look after {whom}" if first.role in LOOK_AFTER else f"You are a contact of {whom}",
        body=(
            f"You are {PARTS[LeadRole(first.role)]} from {first.started_on:%-d %B %Y}. "
            f"{read}, and agree with the Leader how and how often to be in contact."
        ),
        path=path,
    )
