"""Changes to what one authority records of MPs: who leads on them, their offices, its own seats."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.history import save_signed
from accounts.models import Authority, Membership
from contacts.models import (
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
    started_on: date,
    now: datetime,
) -> CouncilLead:
    """Make a colleague (`membership`) or someone without an account (`name`) the MP's lead or deputy.

    Whoever has the role now hands over the day before. Naming the same person, or the same first day, again
    corrects what was recorded instead. A colleague newly named is told. Raises LeadsOverlap if the start lies
    before the present lead's, or within an earlier one's time.
    """
    with transaction.atomic():
        _hold(by.authority)
        in_role = CouncilLead.objects.visible_to(by).filter(mp=mp, role=role)
        lead = in_role.filter(ended_on=None).first()
        is_same_person = lead is not None and (lead.membership, lead.name) == (membership, name)
        if lead is None or not (is_same_person or lead.started_on == started_on):
            if lead and lead.started_on < started_on:
                lead.ended_on = started_on - timedelta(days=1)
                lead.save()
            lead = CouncilLead(authority=by.authority, mp=mp, role=role)
        lead.membership = membership
        lead.name = name
        lead.job_title = job_title
        lead.started_on = started_on
        others = in_role.exclude(pk=lead.pk)
        if other := others.filter(Q(ended_on=None) | Q(ended_on__gte=started_on)).first():
            raise LeadsOverlap(other)
        lead.save()
        if membership and membership != by and not is_same_person:
            notify([_told(lead, membership, now=now)], now=now)
    return lead


def end_lead(*, by: Membership, lead: CouncilLead, ended_on: date) -> None:
    """Record the last day of a lead or deputy. Raises EndsBeforeItStarts."""
    with transaction.atomic():
        lead = CouncilLead.objects.visible_to(by).select_for_update().get(pk=lead.pk)
        if ended_on < lead.started_on:
            raise EndsBeforeItStarts
        lead.ended_on = ended_on
        lead.save()


class OfficeChanged(Exception):
    """Somebody saved the office first: `saved` is what stands now. Nothing was written."""

    def __init__(self, saved: MPOffice) -> None:
        super().__init__("somebody saved this first")
        self.saved = saved


class NameTaken(Exception):
    """Somebody of this name works there already."""


def set_office(
    *, by: Membership, mp: MP, version: int, changes: Mapping[str, Any], now: datetime
) -> MPOffice:
    """Record how an MP's office is dealt with, as seen at `version` (0: nothing was recorded yet).

    Raises OfficeChanged if somebody saved it since.
    """
    with transaction.atomic():
        _hold(by.authority)
        office = MPOffice.objects.visible_to(by).filter(mp=mp).first()
        if (office.version if office else 0) != version:
            raise OfficeChanged(office or MPOffice())
        office = office or MPOffice(authority=by.authority, mp=mp, version=0)
        for name, value in changes.items():
            setattr(office, name, value)
        office.version += 1
        save_signed(office, by=by, now=now)
    return office


def set_office_person(
    *, by: Membership, mp: MP, person: OfficePerson | None, changes: Mapping[str, Any], now: datetime
) -> OfficePerson:
    """Record somebody who works for an MP, or change what is recorded. Raises NameTaken."""
    with transaction.atomic():
        _hold(by.authority)
        person = person or OfficePerson(authority=by.authority, mp=mp)
        for name, value in changes.items():
            setattr(person, name, value)
        others = (
            OfficePerson.objects.visible_to(by).here().filter(mp=mp, name=person.name).exclude(pk=person.pk)
        )
        if person.left_on is None and others.exists():
            raise NameTaken
        save_signed(person, by=by, now=now)
    return person


def record_leaving(*, by: Membership, person: OfficePerson, left_on: date | None, now: datetime) -> None:
    """Somebody has left an MP's office, or (None) works there after all. Raises NameTaken."""
    set_office_person(by=by, mp=person.mp, person=person, changes={"left_on": left_on}, now=now)


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


def _told(lead: CouncilLead, membership: Membership, *, now: datetime) -> Message:
    part = "their relationship owner" if lead.role == LeadRole.LEAD else "deputy to their relationship owner"
    return Message(
        kind="lead",
        subject=f"lead:{lead.pk}",
        recipient=membership,
        due_on=timezone.localdate(now),
        title=f"You look after {lead.mp.name}",
        body=(
            f"You are {part} from {lead.started_on:%-d %B %Y}. "
            "Read the MP's page, and agree with the Leader how and how often to be in contact."
        ),
        path=reverse("overview:mp_detail", args=[membership.authority.slug, lead.mp_id]),
    )
