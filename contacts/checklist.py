"""What stands in the chief executive's checklist of an MP, and how much of it: reading only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounts.models import Membership
from contacts.models import MP, ChecklistAnswer, Question


@dataclass(frozen=True)
class Completeness:
    """How many of the questions are answered; what is out of date does not count."""

    answered: int = 0
    stale: int = 0

    @property
    def asked(self) -> int:
        return len(Question)

    @property
    def open(self) -> int:
        return self.asked - self.answered - self.stale

    @property
    def is_complete(self) -> bool:
        return self.answered == self.asked

    def __str__(self) -> str:
        words = [f"{self.answered} of {self.asked} answered"]
        if self.stale:
            words.append(f"{self.stale} out of date")
        if self.open and self.stale:
            words.append(f"{self.open} open")
        return ", ".join(words)


@dataclass(frozen=True)
class Item:
    """One question of the checklist of one MP: what stands, and what was answered before or withdrawn, newest
    first."""

    question: Question
    answer: ChecklistAnswer | None
    earlier: list[ChecklistAnswer]
    seen: int  # the newest row, whatever it says: what an edit begins from


@dataclass(frozen=True)
class Checklist:
    items: list[Item]
    completeness: Completeness


def checklist_of(mp: MP, *, membership: Membership, on: date) -> Checklist:
    """All that the person's authority ever answered about this MP, in one query."""
    rows: dict[str, list[ChecklistAnswer]] = {}
    answers = ChecklistAnswer.objects.visible_to(membership).filter(mp=mp)
    for row in answers.with_staleness(on, days=membership.authority.checklist_days).select_related(
        "answered_by__user", "withdrawn_by__user"
    ):
        rows.setdefault(row.question, []).append(row)
    items = [_item(question, rows.get(question, [])) for question in Question]
    return Checklist(items, _completeness(item.answer for item in items))


def checklists_of(mps: Iterable[MP], *, membership: Membership, on: date) -> list[tuple[MP, Checklist]]:
    """What stands for each of these MPs, without what was answered before; in one query."""
    rows: dict[int, dict[str, ChecklistAnswer]] = {}
    answers = ChecklistAnswer.objects.visible_to(membership).standing()
    for row in answers.with_staleness(on, days=membership.authority.checklist_days).select_related(
        "answered_by__user"
    ):
        rows.setdefault(row.mp_id, {})[row.question] = row
    found = []
    for mp in mps:
        theirs = rows.get(mp.pk, {})
        items = [_item(question, [theirs[question]] if question in theirs else []) for question in Question]
        found.append((mp, Checklist(items, _completeness(item.answer for item in items))))
    return found


def completeness_by_mp(*, membership: Membership, on: date, mp: MP | None = None) -> dict[int, Completeness]:
    """How much is answered of each MP with an answer, or of one; in one query."""
    answers = ChecklistAnswer.objects.visible_to(membership).standing().given()
    if mp:
        answers = answers.filter(mp=mp)
    counts: dict[int, list[bool]] = {}
    stale = answers.with_staleness(on, days=membership.authority.checklist_days)
    for pk, is_stale in stale.order_by().values_list("mp", "is_stale"):  # type: ignore[misc]  # annotated
        counts.setdefault(pk, []).append(is_stale)
    return {pk: Completeness(found.count(False), found.count(True)) for pk, found in counts.items()}


def with_checklist(mps: Iterable[MP], *, membership: Membership, on: date) -> list[MP]:
    """Each MP with `checklist`: how much is answered; in one query besides theirs."""
    found, listed = completeness_by_mp(membership=membership, on=on), list(mps)
    for mp in listed:
        mp.checklist = found.get(mp.pk, Completeness())  # type: ignore[attr-defined]
    return listed


def _item(question: Question, rows: list[ChecklistAnswer]) -> Item:
    newest = next((row for row in rows if not row.is_withdrawn), None)
    answer = newest if newest and newest.text else None
    earlier = [row for row in rows if row is not answer]
    return Item(question, answer, earlier, newest.pk if newest else 0)


def _completeness(answers: Iterable[ChecklistAnswer | None]) -> Completeness:
    given = [answer for answer in answers if answer]
    stale = sum(answer.is_stale for answer in given)
    return Completeness(len(given) - stale, stale)
