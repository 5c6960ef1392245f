"""When an MP has lost their seat: their plan is archived, and what still holds goes into the new MP’s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.history import delete_signed, save_signed
from accounts.models import Membership
from contacts.models import MP
from engagements.models import EngagementPlan

CARRIED_FIELDS = ("objectives", "key_messages")


class PlanInUse(Exception):
    """Later work stands on the plan; the message says which."""


@dataclass(frozen=True)
class Carried:
    """What carrying items did to a new MP’s plan: enough to take it back while nobody has edited it since."""

    plan_id: int
    version: int
    is_new: bool
    before: dict[str, str]


def lines_of(text: str) -> list[str]:
    """The items of an objectives or key messages field: one on each line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@transaction.atomic
def archive_plan(*, plan: EngagementPlan, by: Membership, now: datetime) -> EngagementPlan:
    """Keep the plan to read only: nobody is reminded of it, and the MP may have another one day."""
    plan = EngagementPlan.objects.visible_to(by).select_for_update(of=("self",)).get(pk=plan.pk)
    if plan.archived_at is None:
        plan.archived_at, plan.archived_by = now, by
        plan.version += 1
        save_signed(plan, by=by, now=now)
    return plan


@transaction.atomic
def take_back_archiving(*, plan: EngagementPlan, by: Membership, now: datetime) -> None:
    """The plan is in force again. Raises PlanInUse where the MP has another by now."""
    plan = EngagementPlan.objects.visible_to(by).select_for_update(of=("self",)).get(pk=plan.pk)
    if plan.archived_at is None:
        return
    if EngagementPlan.objects.visible_to(by).in_force().filter(mp=plan.mp_id).exists():
        raise PlanInUse(f"{plan.mp} has a new plan by now.")
    plan.archived_at = plan.archived_by = None
    plan.version += 1
    save_signed(plan, by=by, now=now)


@transaction.atomic
def carry_into_plan(
    *,
    plan: EngagementPlan,
    to_mp: MP,
    objectives: Sequence[str],
    key_messages: Sequence[str],
    by: Membership,
    now: datetime,
) -> Carried | None:
    """Put these items of a former MP’s plan into the new MP’s, each saying where it comes from.

    Where the new MP has none, a draft is begun: the Leader has not agreed it. None if nothing is new.
    """
    plans = EngagementPlan.objects.visible_to(by).in_force().filter(mp=to_mp)
    to_plan = plans.select_for_update(of=("self",)).first()
    is_new = to_plan is None
    to_plan = to_plan or EngagementPlan(
        authority=by.authority,
        mp=to_mp,
        started_on=timezone.localdate(now),
        ideal_days=plan.ideal_days,
        maximum_days=plan.maximum_days,
        version=0,
    )
    before = {name: getattr(to_plan, name) for name in CARRIED_FIELDS}
    for name, items in (("objectives", objectives), ("key_messages", key_messages)):
        there = lines_of(before[name])
        added = [f"{item} (from the plan for {plan.mp})" for item in items]
        setattr(to_plan, name, "\n".join([*there, *(line for line in added if line not in there)]))
    if all(lines_of(getattr(to_plan, name)) == lines_of(before[name]) for name in CARRIED_FIELDS):
        return None
    to_plan.version += 1
    save_signed(to_plan, by=by, now=now)
    return Carried(plan_id=to_plan.pk, version=to_plan.version, is_new=is_new, before=before)


@transaction.atomic
def take_back_carried(*, carried: Carried, by: Membership, now: datetime) -> None:
    """The new MP’s plan is as it was before. Raises PlanInUse once it was edited, or the Leader agreed."""
    plans = EngagementPlan.objects.visible_to(by).select_for_update(of=("self",))
    plan = plans.select_related("mp").filter(pk=carried.plan_id).first()
    if plan is None:
        return
    if plan.version != carried.version or plan.archived_at is not None:
        raise PlanInUse(f"The plan for {plan.mp} has been edited since.")
    if plan.agreed_on is not None:
        raise PlanInUse(f"The Leader has agreed the plan for {plan.mp} since.")
    if carried.is_new:
        delete_signed(plan, by=by, now=now)
        return
    for name, text in carried.before.items():
        setattr(plan, name, text)
    plan.version += 1
    save_signed(plan, by=by, now=now)
