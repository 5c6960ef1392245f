"""Changes to plans and touchpoints. Each is one transaction; `by` is who acts, for their authority."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.history import (
    EditedMeanwhile,
    as_saved_before,
    delete_signed,
    refuse_if_edited,
    save_once,
    sign,
)
from accounts.models import Membership
from contacts.models import MP, NoteKind
from engagements.models import EngagementPlan, Touchpoint


class NotHappenedYet(Exception):
    """A touchpoint or the Leader's agreement is dated after today (in Europe/London)."""


@transaction.atomic
def save_plan(
    *,
    mp: MP,
    by: Membership,
    now: datetime,
    version: int,
    why: str,
    objectives: str,
    key_messages: str,
    review_on: date | None,
    ideal_days: int,
    maximum_days: int,
) -> EngagementPlan:
    """Start or edit the authority's plan for this MP; intervals are calendar days.

    `version` is that of the plan the edit began from, 0 where there was none. Raises `EditedMeanwhile`.
    """
    sent = {
        "why": why,
        "objectives": objectives,
        "key_messages": key_messages,
        "review_on": review_on,
        "ideal_days": ideal_days,
        "maximum_days": maximum_days,
    }
    plans = EngagementPlan.objects.in_force().filter(authority_id=by.authority_id, mp=mp)
    plan = plans.select_for_update().first() or EngagementPlan(
        authority_id=by.authority_id, mp=mp, started_on=timezone.localdate(now), version=0
    )
    refuse_if_edited(plan, since=version, sent=sent)
    for field, value in sent.items():
        setattr(plan, field, value)
    plan.version += 1
    sign(plan, by=by, now=now)
    if plan.pk:
        plan.save()
        return plan
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError:  # two people started the plan at the same moment
        raise EditedMeanwhile(plans.get()) from None
    return plan


def record_agreement(*, plan: EngagementPlan, agreed_on: date, by: Membership, now: datetime) -> None:
    """Record that the Leader agreed the plan on a day. Raises `NotHappenedYet`; DoesNotExist where the plan
    is not in force any more."""
    if agreed_on > timezone.localdate(now):
        raise NotHappenedYet
    _save_agreement(plan, by=by, now=now, agreed_on=agreed_on, recorder=by, recorded_at=now)


def withdraw_agreement(*, plan: EngagementPlan, by: Membership, now: datetime) -> None:
    """Take back an agreement recorded by mistake, or that no longer holds; the history keeps it."""
    _save_agreement(plan, by=by, now=now, agreed_on=None, recorder=None, recorded_at=None)


@transaction.atomic
def _save_agreement(
    plan: EngagementPlan,
    *,
    by: Membership,
    now: datetime,
    agreed_on: date | None,
    recorder: Membership | None,
    recorded_at: datetime | None,
) -> None:
    # Read again under a lock, and not counted as a version: an edit of the plan that is going on meanwhile
    # is about other fields.
    plan = EngagementPlan.objects.in_force().select_for_update().get(pk=plan.pk)
    plan.agreed_on = agreed_on
    plan.agreement_recorded_by = recorder
    plan.agreement_recorded_at = recorded_at
    sign(plan, by=by, now=now)
    plan.save()


@transaction.atomic
def record_touchpoint(
    *,
    mp: MP,
    by: Membership,
    now: datetime,
    submission: UUID,
    happened_on: date,
    kind: str,
    our_people: Iterable[Membership],
    our_others: str,
    their_people: str,
    summary: str,
    is_two_way: bool,
    summary_kind: str = NoteKind.FACT,
) -> Touchpoint:
    """Record one contact with an MP or their office; the same `submission` again gives the same touchpoint.

    Raises `NotHappenedYet`, `SavedBefore`.
    """
    if happened_on > timezone.localdate(now):
        raise NotHappenedYet
    sent = {
        "mp": mp,
        "happened_on": happened_on,
        "kind": kind,
        "our_others": our_others,
        "their_people": their_people,
        "summary": summary,
        "summary_kind": summary_kind,
        "is_two_way": is_two_way,
    }
    touchpoint = Touchpoint(
        authority_id=by.authority_id, submission=submission, recorded_at=now, recorded_by=by, **sent
    )
    saved = save_once(touchpoint, sent=sent, by=by, now=now)
    if saved is not touchpoint:
        return as_saved_before(saved, {"our_people": our_people})
    touchpoint.our_people.set(our_people)
    return touchpoint


@transaction.atomic
def correct_touchpoint(
    *,
    touchpoint: Touchpoint,
    by: Membership,
    now: datetime,
    happened_on: date,
    kind: str,
    our_people: Iterable[Membership],
    our_others: str,
    their_people: str,
    summary: str,
    summary_kind: str,
    is_two_way: bool,
    version: int | None = None,
) -> None:
    """Change what was recorded, as seen at `version`, if given; the history keeps what it said before.

    Raises `NotHappenedYet`, `EditedMeanwhile`; DoesNotExist where somebody has deleted it.
    """
    if happened_on > timezone.localdate(now):
        raise NotHappenedYet
    touchpoint = Touchpoint.objects.visible_to(by).select_for_update(of=("self",)).get(pk=touchpoint.pk)
    changes = {
        "happened_on": happened_on,
        "kind": kind,
        "our_others": our_others,
        "their_people": their_people,
        "summary": summary,
        "summary_kind": summary_kind,
        "is_two_way": is_two_way,
    }
    refuse_if_edited(touchpoint, since=version, sent=changes | {"our_people": our_people})
    for field, value in changes.items():
        setattr(touchpoint, field, value)
    sign(touchpoint, by=by, now=now)
    touchpoint.save()
    touchpoint.our_people.set(our_people)


@transaction.atomic
def delete_touchpoint(*, touchpoint: Touchpoint, by: Membership, now: datetime) -> None:
    """Remove a touchpoint that should not have been recorded; the history keeps it."""
    delete_signed(touchpoint, by=by, now=now)
