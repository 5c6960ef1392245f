"""How other apps say what somebody must do, and how it is given, finished and taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.history import save_signed
from accounts.models import Authority, Membership, MembershipQuerySet, Role
from notifications.models import Outcome, ToDo, ToDoQuerySet
from notifications.services import Message, notify

KIND = "to-do"  # of the notifications about them


@dataclass(frozen=True)
class ToDoRequest:
    """What to do by when, about what, and why now.

    `kind` is the sort of to-do ("new-mp"), `subject` names the thing ("mp:12"), `occasion` what calls for it
    ("news:17"): the same three never make a second to-do in an authority. `about` is what the link to `path`
    says. Without an `assignee`, or with one who has left, political affairs give it to somebody.
    Write no constituent's name or words: titles go out by e-mail.
    """

    authority: Authority
    kind: str
    subject: str
    occasion: str
    title: str
    about: str
    path: str
    due_on: date
    detail: str = ""
    assignee: Membership | None = None


class AlreadyFinished(Exception):
    """Somebody has finished it: `to_do` says who, when and how."""

    def __init__(self, to_do: ToDo) -> None:
        super().__init__("already finished")
        self.to_do = to_do


def ask(requests: Iterable[ToDoRequest], *, now: datetime, by: Membership | None = None) -> list[ToDo]:
    """Set each to-do once, and tell those who have to do it; give those that are new.

    Call it inside the transaction of the change that causes them. Asking again for the same cause changes
    nothing, whatever has become of the first: given to another, done or not needed. Whoever asks (`by`) is
    not told of their own. However many are new, it takes a constant number of queries and tells each person
    once.
    """
    requests = list(requests)
    if any(each.assignee and each.assignee.authority_id != each.authority.pk for each in requests):
        raise ValueError("the assignee works for another authority")
    rows = [
        ToDo(
            authority_id=request.authority.pk,
            kind=request.kind,
            subject=request.subject,
            occasion=request.occasion,
            title=request.title[:200],
            detail=request.detail,
            about=request.about[:200],
            path=request.path,
            assignee=request.assignee,
            due_on=request.due_on,
            created_at=now,
        )
        for request in requests
    ]
    if not rows:
        return []
    # Always in the same order, so that two who ask for the same wait for each other and never in a circle.
    rows.sort(key=lambda row: (row.authority_id, row.kind, row.subject, row.occasion))
    with transaction.atomic():
        ToDo.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        new = list(
            ToDo.objects.filter(key__in=[row.key for row in rows])
            .select_related("authority", "assignee__user", "assignee__authority")
            .order_by("due_on", "pk")
        )
        ToDo.history.bulk_history_create(
            new, batch_size=500, default_user=by.user if by else None, default_date=now
        )
        notify(_told(new, by=by, now=now), now=now)
    return new


def finish(
    *, by: Membership, to_do: ToDo, outcome: str = Outcome.DONE, note: str = "", now: datetime
) -> None:
    """It is done, or not needed. Raises AlreadyFinished."""
    with transaction.atomic():
        row = _open(by, to_do)
        row.done_at, row.done_by = now, by
        row.outcome, row.note = outcome, note
        save_signed(row, by=by, now=now)


def reopen(*, by: Membership, to_do: ToDo, now: datetime) -> None:
    """It is not done after all. Reopening what is open changes nothing."""
    with transaction.atomic():
        row = ToDo.objects.visible_to(by).select_for_update().get(pk=to_do.pk)
        if row.is_open:
            return
        row.done_at = row.done_by = None
        row.outcome = row.note = ""
        save_signed(row, by=by, now=now)


def give(*, by: Membership, to_do: ToDo, assignee: Membership | None, now: datetime) -> None:
    """Let somebody else, or nobody yet, have it, and tell them. Raises AlreadyFinished."""
    with transaction.atomic():
        row = _open(by, to_do)
        if row.assignee == assignee:
            return
        row.assignee = assignee
        save_signed(row, by=by, now=now)
        if assignee and assignee != by:
            notify([_message([row], to=assignee, now=now)], now=now)


def withdraw(to_dos: ToDoQuerySet) -> None:
    """Take back those of them that are open: what called for them is undone. What was finished stays."""
    to_dos.open().delete()


def most_urgent(membership: Membership, *, on: date, most: int = 5) -> list[ToDo]:
    """The first few of a person's own, each with `late`: how many days overdue."""
    rows = list(ToDo.objects.open().mine(membership).for_list()[:most])
    for row in rows:
        row.late = row.days_overdue(on)  # type: ignore[attr-defined]
    return rows


def with_to_dos(memberships: MembershipQuerySet, *, on: date) -> MembershipQuerySet:
    """Annotate `open_to_dos` and `overdue_to_dos`: how many each has to do, for every page's frame."""
    theirs = ToDo.objects.open().filter(assignee=OuterRef("pk")).order_by().values("assignee")
    count_all = theirs.annotate(n=Count("pk")).values("n")
    count_overdue = theirs.annotate(n=Count("pk", filter=Q(due_on__lt=on))).values("n")
    return memberships.annotate(
        open_to_dos=Coalesce(Subquery(count_all), 0), overdue_to_dos=Coalesce(Subquery(count_overdue), 0)
    )


def _open(by: Membership, to_do: ToDo) -> ToDo:
    """The to-do as it is now, held. Raises AlreadyFinished."""
    row = (
        ToDo.objects.visible_to(by)
        .select_for_update(of=["self"])
        .select_related("done_by__user")
        .get(pk=to_do.pk)
    )
    if not row.is_open:
        raise AlreadyFinished(row)
    return row


def _told(new: list[ToDo], *, by: Membership | None, now: datetime) -> list[Message]:
    """One message to each person for all that is new to them. Political affairs hear of what nobody has."""
    of_person: dict[Membership, list[ToDo]] = defaultdict(list)
    nobodys: dict[int, list[ToDo]] = defaultdict(list)
    for row in new:
        if row.assignee is None or row.is_nobodys:
            nobodys[row.authority_id].append(row)
        else:
            of_person[row.assignee].append(row)
    leads = Membership.objects.active().in_role(Role.POLITICAL_AFFAIRS).select_related("authority")
    told = [_message(rows, to=person, now=now) for person, rows in of_person.items() if person != by]
    if nobodys:
        for lead in leads.filter(authority__in=nobodys):
            if lead != by:
                told.append(_message(nobodys[lead.authority_id], to=lead, now=now))
    return told


def _message(rows: list[ToDo], *, to: Membership, now: datetime) -> Message:
    first, slug = rows[0], to.authority.slug
    is_theirs = first.assignee_id == to.pk
    lines = [f"{row.title}, by {row.due_on:%-d %B %Y}." for row in rows[:20]]
    if len(rows) > len(lines):
        lines.append(f"And {len(rows) - len(lines)} more.")
    what = first.title if len(rows) == 1 else f"{len(rows)} things"
    path = reverse("to_dos:to_do_list", args=[slug])
    if len(rows) == 1:
        path = reverse("to_dos:to_do_detail", args=[slug, first.pk])
    elif not is_theirs:
        path += "?show=nobody"
    return Message(
        kind=KIND,
        subject=f"to-do:{first.pk}",
        recipient=to,
        due_on=timezone.localdate(now),
        title=f"To do: {what}" if is_theirs else f"To do, and nobody has it yet: {what}",
        body="\n".join([*lines, "" if is_theirs else "Give it to somebody."]).strip(),
        path=path,
        step=1 if is_theirs else 0,  # one may hear of what nobody has, and then be given it
    )
