"""Recording the Leader's agreement to who engages with an MP, and who knows the MP anyway."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.history import delete_signed, refuse_if_edited, save_signed
from accounts.models import Authority, Membership
from contacts.directory import leads_on
from contacts.models import MP, LeadAgreement, PersonalRelationship


class PeopleChanged(Exception):
    """Those who engage with the MP are others than those shown, or nobody is named. Nothing was written."""


class NotAgreedYet(Exception):
    """The day of the agreement lies ahead."""


def record_agreement(*, by: Membership, mp: MP, people: str, agreed_on: date, now: datetime) -> LeadAgreement:
    """Record that the Leader agreed on a day to these people, who must be those named now.

    The same day for the same people again is the same agreement. Raises NotAgreedYet, PeopleChanged.
    """
    on = timezone.localdate(now)
    if agreed_on > on:
        raise NotAgreedYet
    with transaction.atomic():
        _hold(by.authority)
        if not people or leads_on(mp, membership=by, on=on).in_words != people:
            raise PeopleChanged
        latest = LeadAgreement.objects.visible_to(by).filter(mp=mp).latest_first().first()
        if latest and (latest.agreed_on, latest.people) == (agreed_on, people):
            return latest
        agreement = LeadAgreement(
            authority=by.authority, mp=mp, agreed_on=agreed_on, people=people, recorded_by=by, recorded_at=now
        )
        save_signed(agreement, by=by, now=now)
    return agreement


def take_agreement_back(*, by: Membership, agreement: LeadAgreement, now: datetime) -> None:
    """Remove an agreement recorded by mistake; the history keeps it."""
    with transaction.atomic():
        delete_signed(agreement, by=by, now=now)


def set_relationship(
    *,
    by: Membership,
    mp: MP,
    relationship: PersonalRelationship | None,
    version: int,
    changes: Mapping[str, Any],
    now: datetime,
) -> PersonalRelationship:
    """Record that somebody knows the MP, or change what is recorded as seen at `version`.

    Recording the same words about the same person again is the same row. Raises EditedMeanwhile.
    """
    with transaction.atomic():
        _hold(by.authority)
        of_mp = PersonalRelationship.objects.visible_to(by).filter(mp=mp)
        if relationship is None:
            if same := of_mp.filter(**changes).first():
                return same
            row = PersonalRelationship(
                authority=by.authority, mp=mp, version=0, recorded_by=by, recorded_at=now
            )
        else:
            row = of_mp.get(pk=relationship.pk)
            refuse_if_edited(row, since=version, sent=changes)
        for name, value in changes.items():
            setattr(row, name, value)
        row.version += 1
        save_signed(row, by=by, now=now)
    return row


def remove_relationship(*, by: Membership, relationship: PersonalRelationship, now: datetime) -> None:
    """Remove what should not have been recorded; the history keeps it."""
    with transaction.atomic():
        delete_signed(relationship, by=by, now=now)


def _hold(authority: Authority) -> None:
    """One change at a time per authority, so that a double click finds what the first click did."""
    Authority.objects.select_for_update().get(pk=authority.pk)
