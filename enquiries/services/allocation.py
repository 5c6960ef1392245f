"""Who has an enquiry, and telling them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from simple_history.utils import bulk_update_with_history

from accounts.models import Membership, Service
from enquiries.clock import in_words
from enquiries.models import (
    Enquiry,
    TimelineEntry,
)
from notifications.services import Message, notify


@dataclass(frozen=True)
class Allocation:
    """Who has an enquiry; either or both may be nobody."""

    service_id: int | None
    owner_id: int | None


@dataclass(frozen=True)
class Move:
    """An enquiry changed hands."""

    enquiry_id: int
    before: Allocation
    after: Allocation


class AllocatedMeanwhile(Exception):
    """Somebody allocated the enquiry otherwise than was shown: `enquiry` as it is now, and who did it (None:
    nobody knows). Nothing was written."""

    def __init__(self, enquiry: Enquiry, by: Membership | None) -> None:
        super().__init__("somebody allocated this first")
        self.enquiry, self.by = enquiry, by


@transaction.atomic
def allocate(
    *,
    enquiries: Iterable[Enquiry],
    service: Service | None,
    owner: Membership | None,
    by: Membership,
    now: datetime,
    keep_service: bool = False,
    keep_owner: bool = False,
    shown: Allocation | None = None,
) -> list[Move]:
    """Give the enquiries to a service and an owner, keeping what each has where told to; give what moved.

    Tells the owner, if it is somebody else; without an owner, the contacts of the service. Enquiries that are
    closed, or that they have already, stay as they are. Raises `AllocatedMeanwhile` where one is with others
    than `shown`, if given.
    """
    held = _held([enquiry.pk for enquiry in enquiries], by=by)
    to = {
        enquiry.pk: Allocation(
            enquiry.service_id if keep_service else getattr(service, "pk", None),
            enquiry.owner_id if keep_owner else getattr(owner, "pk", None),
        )
        for enquiry in held
    }
    for enquiry in held:
        if shown and allocation_of(enquiry) not in (shown, to[enquiry.pk]):
            moved = enquiry.timeline.filter(kind=TimelineEntry.Kind.ALLOCATED).select_related("by__user")
            last = moved.first()
            raise AllocatedMeanwhile(enquiry, last.by if last else None)
    return _allocate(held, to, by=by, now=now)


@transaction.atomic
def undo_allocation(*, moves: Iterable[Move], by: Membership, now: datetime) -> list[Move]:
    """Give enquiries back to who had them; leave those that somebody has allocated again since.

    Who answers no enquiries any more gets none back: these have no owner then.
    """
    moved = {move.enquiry_id: move for move in moves}
    held = _held(moved, by=by)
    had_them = {move.before.owner_id for move in moved.values() if move.before.owner_id}
    still = set(Membership.objects.contacts().filter(pk__in=had_them).values_list("pk", flat=True))
    to = {
        enquiry.pk: Allocation(before.service_id, before.owner_id if before.owner_id in still else None)
        for enquiry in held
        if allocation_of(enquiry) == moved[enquiry.pk].after
        for before in [moved[enquiry.pk].before]
    }
    return _allocate([enquiry for enquiry in held if enquiry.pk in to], to, by=by, now=now)


def allocation_of(enquiry: Enquiry) -> Allocation:
    return Allocation(enquiry.service_id, enquiry.owner_id)


def _held(keys: Iterable[int], *, by: Membership) -> list[Enquiry]:
    """The open ones of these enquiries as they are now, held until the transaction ends."""
    return list(
        Enquiry.objects.visible_to(by)
        .filter(pk__in=keys, closed_at=None)
        .select_related("mp")
        .order_by("pk")
        .select_for_update(of=("self",))
    )


def _allocate(
    held: Iterable[Enquiry], to: Mapping[int, Allocation], *, by: Membership, now: datetime
) -> list[Move]:
    changed, moves = [], []
    for enquiry in held:
        before, after = allocation_of(enquiry), to[enquiry.pk]
        if before != after:
            moves.append(Move(enquiry.pk, before, after))
            changed.append(enquiry)
    # A service or a person of another authority is not found among these, and refused.
    services = Service.objects.filter(authority=by.authority).in_bulk()
    owners = Membership.objects.for_authority(by.authority).in_bulk({move.after.owner_id for move in moves})
    entries = []
    for enquiry, move in zip(changed, moves, strict=True):
        enquiry.service = services[move.after.service_id] if move.after.service_id else None
        enquiry.owner = owners[move.after.owner_id] if move.after.owner_id else None
        entries.append(
            TimelineEntry(
                authority=by.authority,
                enquiry=enquiry,
                kind=TimelineEntry.Kind.ALLOCATED,
                at=now,
                by=by,
                text=allocation_in_words(enquiry.service, enquiry.owner),
            )
        )
    bulk_update_with_history(
        changed, Enquiry, ["service", "owner"], batch_size=1000, default_user=by.user, default_date=now
    )
    TimelineEntry.objects.bulk_create(entries, batch_size=1000)
    notify(allocated_messages(changed, by=by), now=now)
    return moves


def allocation_in_words(service: Service | None, owner: Membership | None) -> str:
    names = [str(to) for to in (service, owner) if to]
    return f"To {', '.join(names) or 'nobody'}."


def allocated_messages(enquiries: Sequence[Enquiry], *, by: Membership) -> list[Message]:
    """One message to each enquiry's owner or, without one who answers, to each contact of its service; never
    to `by`.
    """
    return _messages(
        enquiries,
        kind="enquiry-allocated",
        entry=TimelineEntry.Kind.ALLOCATED,
        title=lambda enquiry, is_owner: f"is with {'you' if is_owner else enquiry.service}",
        body=_what_is_due,
        by=by,
    )


def reopened_messages(enquiry: Enquiry, *, by: Membership) -> list[Message]:
    """To whom `allocated_messages` would tell: that a reply is owed again."""
    return _messages(
        [enquiry],
        kind="enquiry-reopened",
        entry=TimelineEntry.Kind.REOPENED,
        title=lambda enquiry, is_owner: "is open again",
        body=lambda enquiry: f"It is reopened. {_reply_due(enquiry)}",
        by=by,
    )


def _messages(
    enquiries: Sequence[Enquiry],
    *,
    kind: str,
    entry: TimelineEntry.Kind,
    title: Callable[[Enquiry, bool], str],
    body: Callable[[Enquiry], str],
    by: Membership,
) -> list[Message]:
    # The same may happen to an enquiry twice; `step` tells the second time from the first.
    times = dict(
        TimelineEntry.objects.filter(enquiry__in=enquiries, kind=entry)
        .order_by()
        .values_list("enquiry")
        .annotate(Count("pk"))
    )
    owners = {each.pk: each.owner for each in enquiries if each.owner and each.owner.answers_enquiries}
    ownerless = {each.service_id for each in enquiries if each.pk not in owners and each.service_id}
    contacts: dict[int, list[Membership]] = {}
    told = Membership.objects.contacts().filter(services__in=ownerless)
    for contact in told.prefetch_related("services").distinct():
        for service in contact.services.all():
            contacts.setdefault(service.pk, []).append(contact)
    return [
        Message(
            kind=kind,
            subject=f"enquiry:{enquiry.pk}",
            step=times[enquiry.pk],
            recipient=recipient,
            due_on=enquiry.due_on,
            title=f"{enquiry.reference} {title(enquiry, recipient == owners.get(enquiry.pk))}",
            body=body(enquiry),
            path=reverse("enquiries:enquiry_detail", args=[by.authority.slug, enquiry.reference]),
        )
        for enquiry in enquiries
        for recipient in (
            [owners[enquiry.pk]] if enquiry.pk in owners else contacts.get(enquiry.service_id or 0, [])
        )
        if recipient != by
    ]


def _what_is_due(enquiry: Enquiry) -> str:
    if enquiry.acknowledged_on is not None:
        return _reply_due(enquiry)
    return f"Acknowledge it by {in_words(enquiry.acknowledge_by)}. {_reply_due(enquiry)}"


def _reply_due(enquiry: Enquiry) -> str:
    return f"A reply to {enquiry.mp} is due on {in_words(enquiry.due_on)}."
