"""Answering the chief executive's checklist, and asking to look again at what has gone out of date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.history import EditedMeanwhile
from accounts.models import Authority, Membership
from contacts import notes
from contacts.checklist import completeness_by_mp
from contacts.models import (
    MP,
    READERS,
    ChecklistAnswer,
    ChecklistAnswerQuerySet,
    CouncilLead,
    MPQuerySet,
    Question,
)
from notifications.models import ToDo
from notifications.to_dos import ToDoRequest, ask, finish, reopen, withdraw

KIND = "checklist"  # of the to-dos about it
LOOK_AGAIN_WITHIN = timedelta(days=14)


def answer_question(
    *,
    by: Membership,
    mp: MP,
    question: str,
    seen: int,
    text: str,
    evidence: str,
    kind: str,
    now: datetime,
) -> ChecklistAnswer:
    """Answer a question of an MP's checklist, having seen the row `seen` (0: there was none).

    The same answer of the same person again is the first. Raises EditedMeanwhile. When nothing of the
    checklist is out of date any longer, to look at it again is done.
    """
    with transaction.atomic():
        _hold(by.authority)
        newest = ChecklistAnswer.objects.visible_to(by).kept().filter(mp=mp, question=question).first()
        if newest and newest.pk != seen:
            if (newest.text, newest.evidence, newest.kind, newest.answered_by) == (text, evidence, kind, by):
                return newest
            raise EditedMeanwhile(newest)
        answer = ChecklistAnswer.objects.create(
            authority=by.authority,
            mp=mp,
            question=question,
            text=text,
            evidence=evidence,
            kind=kind,
            answered_on=timezone.localdate(now),
            answered_at=now,
            answered_by=by,
        )
        _looked_again(by=by, mp=mp, now=now)
    return answer


def renew_answer(*, by: Membership, answer: ChecklistAnswer, now: datetime) -> None:
    """Say that an answer still holds: the same words from today. Raises EditedMeanwhile."""
    answer_question(
        by=by,
        mp=answer.mp,
        question=answer.question,
        seen=answer.pk,
        text=answer.text,
        evidence=answer.evidence,
        kind=answer.kind,
        now=now,
    )


def withdraw_answer(*, by: Membership, answer: ChecklistAnswer, why: str, now: datetime) -> None:
    """Say that an answer was wrong, as `notes.withdraw`. When nothing of the checklist is out of date any
    longer, to look at it again is done."""
    with transaction.atomic():
        notes.withdraw(by=by, row=answer, why=why, now=now)
        _looked_again(by=by, mp=answer.mp, now=now)


def answered_before(day: date, *, by: Membership, mp: MP) -> ChecklistAnswerQuerySet:
    """The answers that stand and were given before the MP won the seat on this day: those to open again."""
    return ChecklistAnswer.objects.visible_to(by).filter(mp=mp, answered_on__lt=day).standing().given()


def begin_checklist_anew(*, by: Membership, mp: MP, won_on: date, now: datetime) -> int:
    """Open the questions about this MP again that were answered before they won the seat, as for somebody who
    returns; give how many. What was answered stays to be read, and what was answered since stands. A new MP's
    checklist is empty anyway, and what was answered of the MP before stays with that MP. To look again is
    done where nothing is out of date then. Asked twice, the second changes nothing."""
    with transaction.atomic():
        _hold(by.authority)
        opened = [
            ChecklistAnswer(
                authority=by.authority,
                mp=mp,
                question=answer.question,
                answered_on=timezone.localdate(now),
                answered_at=now,
                answered_by=by,
            )
            for answer in answered_before(won_on, by=by, mp=mp).order_by("pk")
        ]
        ChecklistAnswer.objects.bulk_create(opened)
        _looked_again(by=by, mp=mp, now=now)
    return len(opened)


class AnsweredSince(Exception):
    """Somebody has answered a question of the new checklist; the message says of whom."""


def take_back_beginning_anew(*, by: Membership, mp: MP, begun_at: datetime, now: datetime) -> None:
    """The checklist stands as before it was begun anew at that moment, and what that finished is to be done
    again. Raises AnsweredSince."""
    with transaction.atomic():
        _hold(by.authority)
        opened = ChecklistAnswer.objects.visible_to(by).filter(mp=mp, answered_at=begun_at, text="")
        if opened.count() != opened.standing().count():
            raise AnsweredSince(f"The checklist of {mp} has been answered since.")
        opened.delete()
        for to_do in ToDo.objects.visible_to(by).filter(kind=KIND, subject=mp.subject, done_at=begun_at):
            reopen(by=by, to_do=to_do, now=now)


def _looked_again(*, by: Membership, mp: MP, now: datetime) -> None:
    """Finish what was asked, to look again, unless something of the checklist is out of date still."""
    found = completeness_by_mp(membership=by, on=timezone.localdate(now), mp=mp)
    if mp.pk in found and found[mp.pk].stale:
        return
    for to_do in ToDo.objects.visible_to(by).open().filter(kind=KIND, subject=mp.subject):
        finish(by=by, to_do=to_do, now=now)


def _hold(authority: Authority) -> None:
    """One answer at a time per authority, so that two cannot both be the next one to the same."""
    Authority.objects.select_for_update().get(pk=authority.pk)


# --- What has gone out of date --------------------------------------------------------


def sweep(*, now: datetime) -> dict[str, int]:
    """Ask whoever looks after an MP, once for each answer, to look again at what has gone out of date; give
    how many answers were new to be so.

    Of MPs who hold none of an authority's seats any more nothing is asked, and what was is taken back; so of
    everybody in a dissolution. Of those elected again it is asked again.
    """
    on = timezone.localdate(now)
    with_answers = _unnoticed().order_by().values("authority")
    with_to_dos = ToDo.objects.open().filter(kind=KIND).order_by().values("authority")
    authorities = Authority.objects.filter(Q(pk__in=with_answers) | Q(pk__in=with_to_dos))
    return {"stale_answers": sum(_look_again(each, on=on, now=now) for each in authorities.order_by("pk"))}


def _unnoticed() -> ChecklistAnswerQuerySet:
    return ChecklistAnswer.objects.filter(found_stale_at=None).given()


@transaction.atomic
def _look_again(authority: Authority, *, on: date, now: datetime) -> int:
    ours = MP.objects.of(authority, on=on)
    asked = _asked_of(ours, authority)
    stale = (
        _unnoticed()
        .standing()
        .filter(authority=authority, mp__in=ours)
        .with_staleness(on, days=authority.checklist_days)
        .filter(is_stale=True)
    )
    # Held and read again: of two sweeps at once, the second finds those of the first noticed.
    rows = list(stale.select_for_update(of=("self",)).select_related("mp").order_by("pk"))
    if not rows:
        return 0
    ChecklistAnswer.objects.filter(pk__in=[row.pk for row in rows]).update(found_stale_at=now)
    leads = CouncilLead.objects.filter(authority=authority).who_can_act(on, roles=READERS)
    by_mp: dict[MP, list[ChecklistAnswer]] = {}
    for row in rows:
        by_mp.setdefault(row.mp, []).append(row)
    ask(
        (
            ToDoRequest(
                authority=authority,
                kind=KIND,
                subject=mp.subject,
                occasion=f"answer:{answers[0].pk}",
                title=f"Look again at the checklist of {mp}",
                detail=_said(answers),
                about=f"Chief executive’s checklist of {mp}",
                path=reverse("contacts:checklist_detail", args=[authority.slug, mp.pk]),
                due_on=on + LOOK_AGAIN_WITHIN,
                assignee=leads.get((authority.pk, mp.pk)),
            )
            for mp, answers in by_mp.items()
            if mp.subject not in asked
        ),
        now=now,
    )
    return len(rows)


def _asked_of(ours: MPQuerySet, authority: Authority) -> set[str]:
    """The subjects of what is asked and open, once that of other MPs is taken back and forgotten."""
    to_dos = ToDo.objects.open().filter(authority=authority, kind=KIND)
    asked = set(to_dos.values_list("subject", flat=True))
    others = asked - {mp.subject for mp in ours} if asked else set()
    if others:
        withdraw(to_dos.filter(subject__in=others))
        pks = [int(subject.partition(":")[2]) for subject in others]
        noticed = ChecklistAnswer.objects.filter(authority=authority, mp__in=pks).standing()
        noticed.exclude(found_stale_at=None).update(found_stale_at=None)
    return asked - others


def _said(answers: list[ChecklistAnswer]) -> str:
    names = ", ".join(Question(answer.question).short for answer in answers)
    return f"Out of date: {names}."
