"""What the authority promises: policies, ladders, topics and closure days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from accounts.history import save_signed, sign
from accounts.models import Authority, ClosureDay, Membership
from enquiries.clock import in_words, recompute_open_clocks
from enquiries.models import (
    EnquiryType,
    LadderStep,
    ReplyUnit,
    ResponsePolicy,
    Topic,
    Whom,
)
from enquiries.services.shared import (
    EditConflict,
    authority_held,
)


@dataclass(frozen=True)
class Rung:
    """One step of the escalation ladder, as typed: working days before (negative) or after the due date."""

    offset: int
    whom: str
    person: Membership | None = None


DEFAULT_LADDER = (
    Rung(-3, Whom.OWNER),
    Rung(0, Whom.HEAD),
    Rung(2, Whom.DIRECTOR),
    Rung(5, Whom.CHIEF_EXECUTIVE),
)
# What differs from the model's defaults: complaints as the ombudsman's code counts, the rest as the law does.
DEFAULT_POLICIES: dict[str, dict[str, Any]] = {
    EnquiryType.COMPLAINT: {"acknowledge_days": 5},
    EnquiryType.FOI: {"reply_in": 20},
    EnquiryType.SUBJECT_ACCESS: {"reply_in": 1, "reply_unit": ReplyUnit.MONTHS},
}
DEFAULT_TOPICS = (
    "Adult social care",
    "Children and families",
    "Council tax and benefits",
    "Education and schools",
    "Environment and waste",
    "Highways and transport",
    "Housing and homelessness",
    "Licensing and trading standards",
    "Parks and leisure",
    "Planning and building",
    "Public health",
    "Special educational needs",
)


@transaction.atomic
def create_default_policies(*, authority: Authority) -> None:
    """Give the authority a policy and a ladder for each type of enquiry it has none for."""
    there = set(ResponsePolicy.objects.filter(authority=authority).values_list("enquiry_type", flat=True))
    new = [
        ResponsePolicy(authority=authority, enquiry_type=each, **DEFAULT_POLICIES.get(each, {}))
        for each in EnquiryType
        if each not in there
    ]
    policies = bulk_create_with_history(new, ResponsePolicy)
    steps = [
        LadderStep(
            authority=authority,
            policy=policy,
            step=number,
            offset=rung.offset,
            whom=rung.whom,
            person=rung.person,
        )
        for policy in policies
        for number, rung in enumerate(DEFAULT_LADDER, start=1)
    ]
    bulk_create_with_history(steps, LadderStep)


@transaction.atomic
def create_default_topics(*, authority: Authority) -> None:
    """Give the authority the usual topics of a council; those it has already stay as they are."""
    there = set(Topic.objects.filter(authority=authority).values_list("name", flat=True))
    topics = [Topic(authority=authority, name=name) for name in DEFAULT_TOPICS if name not in there]
    bulk_create_with_history(topics, Topic)


@transaction.atomic
def set_policy(
    *,
    policy: ResponsePolicy,
    version: int,
    changes: Mapping[str, Any],
    ladder: Sequence[Rung],
    by: Membership,
    now: datetime,
) -> int:
    """Change what is promised for a type of enquiry, and its ladder; give how many open due dates moved.

    The ladder is kept in order of its days. Raises `EditConflict` if the policy was saved since `version`,
    and otherwise; "ladder" is among what it names, as a list of rungs.
    """
    authority_held(by)
    policy = ResponsePolicy.objects.get(pk=policy.pk, authority=by.authority)
    ladder = sorted(ladder, key=lambda rung: rung.offset)
    if policy.version != version:
        theirs = {name: getattr(policy, name) for name in changes}
        theirs["ladder"] = _rungs(policy.ladder.select_related("person__user"))
        yours = {**changes, "ladder": ladder}
        if theirs == yours:
            return 0
        raise EditConflict(
            base=_policy_at(policy, version, names=changes),
            theirs=theirs,
            yours=yours,
            version=policy.version,
        )
    for name, value in changes.items():
        setattr(policy, name, value)
    policy.version += 1
    save_signed(policy, by=by, now=now)
    _write_ladder(policy, ladder, by=by, now=now)
    return recompute_open_clocks(
        authority=by.authority,
        enquiry_type=policy.enquiry_type,
        reason="The response policy changed.",
        by=by,
        now=now,
    )


@transaction.atomic
def set_closure_day(*, on: date, name: str, is_working: bool, by: Membership, now: datetime) -> int:
    """Close the offices on a day, or open them on a bank holiday; give how many open due dates moved."""
    authority_held(by)  # and a double click writes one row
    day = ClosureDay.objects.of(by.authority).filter(on=on).first() or ClosureDay(
        authority=by.authority, on=on
    )
    day.name, day.is_working = name, is_working
    save_signed(day, by=by, now=now)
    what = "a working day" if is_working else "a closure day"
    return recompute_open_clocks(
        authority=by.authority, reason=f"{in_words(on)} is now {what} ({name}).", by=by, now=now
    )


@transaction.atomic
def remove_closure_day(*, closure_day: ClosureDay, by: Membership, now: datetime) -> int:
    """Forget a closure day or an opening; give how many open due dates moved."""
    authority_held(by)
    on = closure_day.on
    for day in ClosureDay.objects.of(by.authority).filter(pk=closure_day.pk):
        sign(day, by=by, now=now)
        day.delete()
    return recompute_open_clocks(
        authority=by.authority, reason=f"{in_words(on)} is an ordinary day again.", by=by, now=now
    )


@transaction.atomic
def set_cut_off(*, cut_off_time: time | None, by: Membership, now: datetime) -> int:
    """Count what arrives after this time as received on the next day; give how many open due dates moved."""
    authority_held(by)
    authority = by.authority
    authority.cut_off_time = cut_off_time
    sign(authority, by=by, now=now)
    authority.save(update_fields=["cut_off_time"])
    what = f"{cut_off_time:%H:%M}" if cut_off_time else "no longer set"
    return recompute_open_clocks(
        authority=authority, reason=f"The receipt cut-off is now {what}.", by=by, now=now
    )


def _write_ladder(policy: ResponsePolicy, rungs: Sequence[Rung], *, by: Membership, now: datetime) -> None:
    for gone in policy.ladder.filter(step__gt=len(rungs)):
        sign(gone, by=by, now=now)
        gone.delete()
    steps = {step.step: step for step in policy.ladder.all()}
    for number, rung in enumerate(rungs, start=1):
        step = steps.get(number) or LadderStep(authority=policy.authority, policy=policy, step=number)
        if not step.pk or [rung] != _rungs([step]):
            step.offset, step.whom, step.person = rung.offset, rung.whom, rung.person
            save_signed(step, by=by, now=now)


def _rungs(steps: Iterable[Any]) -> list[Rung]:
    return [Rung(step.offset, step.whom, step.person) for step in steps]


def _policy_at(policy: ResponsePolicy, version: int, *, names: Iterable[str]) -> dict[str, Any]:
    """The policy and its ladder as they were at that version, until the next was saved; from the history."""
    then = policy.history.filter(version=version).first()
    following = policy.history.filter(version=version + 1).last()
    if then is None or following is None:
        return {}
    lines = LadderStep.history.filter(policy_id=policy.pk, history_date__lt=following.history_date)
    latest = {line.step: line for line in lines.order_by("history_date", "history_id")}
    steps = [latest[step] for step in sorted(latest) if latest[step].history_type != "-"]
    return {name: getattr(then, name) for name in names} | {"ladder": _rungs(steps)}
