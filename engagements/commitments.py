"""Asks and commitments: recorded, corrected, settled and removed, and what becomes of a former MP’s."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.history import delete_signed, refuse_if_edited, save_once, save_signed
from accounts.models import Membership
from contacts.models import MP, Constituency
from engagements.models import Commitment, Settled, Side
from engagements.services import NotHappenedYet


class CommitmentChanged(Exception):
    """It is not as it was when this began; the message says of whom."""


@transaction.atomic
def record_commitment(
    *,
    mp: MP,
    by: Membership,
    now: datetime,
    submission: UUID,
    side: str,
    words: str,
    kind: str,
    made_on: date,
    due_on: date | None,
) -> Commitment:
    """Write down one ask or promise; the same `submission` again gives the same.

    Raises NotHappenedYet, SavedBefore.
    """
    if made_on > timezone.localdate(now):
        raise NotHappenedYet
    commitment = Commitment(
        authority_id=by.authority_id,
        submission=submission,
        mp=mp,
        side=side,
        words=words,
        kind=kind,
        made_on=made_on,
        due_on=due_on,
        recorded_at=now,
        recorded_by=by,
    )
    sent = ("mp", "side", "words", "kind", "made_on", "due_on")
    return save_once(commitment, sent=sent, by=by, now=now)


@transaction.atomic
def change_commitment(
    *, commitment: Commitment, by: Membership, now: datetime, version: int | None = None, **changes: Any
) -> None:
    """Correct, settle or open it again, as seen at `version`, if given; the history keeps what it said.

    Raises NotHappenedYet, EditedMeanwhile; DoesNotExist where somebody has removed it.
    """
    on = timezone.localdate(now)
    if max(changes["made_on"], changes["settled_on"] or date.min) > on:
        raise NotHappenedYet
    saved = Commitment.objects.visible_to(by).select_for_update(of=("self",)).get(pk=commitment.pk)
    refuse_if_edited(saved, since=version, sent=changes)
    for field, value in changes.items():
        setattr(saved, field, value)
    save_signed(saved, by=by, now=now)


@transaction.atomic
def remove_commitment(*, commitment: Commitment, by: Membership, now: datetime) -> None:
    """Take out what should not have been recorded; the history keeps it.

    Raises CommitmentChanged if it goes on with another MP.
    """
    saved = Commitment.objects.visible_to(by).select_for_update(of=("self",)).get(pk=commitment.pk)
    if carried := saved.carried_to.select_related("mp").first():
        raise CommitmentChanged(
            f"It goes on with {carried.mp}. Remove it there first, or undo handing it over."
        )
    delete_signed(saved, by=by, now=now)


@dataclass(frozen=True)
class HandedOver:
    """What handing an ask or commitment over did: enough to take it back until anybody changes it."""

    commitment_id: int
    carried_id: int | None
    note: str


@transaction.atomic
def hand_over_commitment(
    *, commitment: Commitment, to_mp: MP | None, seat: Constituency, by: Membership, now: datetime
) -> HandedOver:
    """What was asked of the former MP for this seat, or promised, goes on with the new one, or (None) with
    nobody.

    What the former MP promised binds nobody else: it goes on as what we ask. Raises CommitmentChanged.
    """
    mine = Commitment.objects.visible_to(by).select_for_update(of=("self",)).select_related("mp")
    commitment = mine.get(pk=commitment.pk)
    if not commitment.is_open:
        raise CommitmentChanged(f"What {commitment.mp} was asked or promised is settled already.")
    carried = None
    if to_mp:
        carried = Commitment(
            authority=by.authority,
            mp=to_mp,
            side=Side.ASK if commitment.side == Side.THEIRS else commitment.side,
            words=commitment.words,
            kind=commitment.kind,
            made_on=commitment.made_on,
            due_on=commitment.due_on,
            carried_from=commitment,
            recorded_at=now,
            recorded_by=by,
        )
        save_signed(carried, by=by, now=now)
    commitment.outcome, commitment.settled_on = Settled.NOT_NEEDED, timezone.localdate(now)
    commitment.note = f"Carried on with {to_mp}" if to_mp else f"{commitment.mp} is no longer MP for {seat}"
    save_signed(commitment, by=by, now=now)
    return HandedOver(commitment.pk, carried.pk if carried else None, commitment.note)


@transaction.atomic
def take_back_commitment(*, handed_over: HandedOver, by: Membership, now: datetime) -> None:
    """Undo `hand_over_commitment`. Raises CommitmentChanged once anybody changed or removed either."""
    mine = Commitment.objects.visible_to(by).select_for_update(of=("self",)).select_related("mp")
    commitment = mine.filter(pk=handed_over.commitment_id).first()
    carried = mine.filter(pk=handed_over.carried_id or 0).first()
    if not commitment or (handed_over.carried_id and not carried):
        raise CommitmentChanged("An ask or commitment that was handed over has been removed since.")
    if commitment.note != handed_over.note:
        raise CommitmentChanged(f"What {commitment.mp} was asked or promised has been changed since.")
    if carried:
        if carried.history.count() > 1:
            raise CommitmentChanged(f"What was carried on with {carried.mp} has been changed since.")
        delete_signed(carried, by=by, now=now)
    commitment.outcome, commitment.settled_on, commitment.note = "", None, ""
    save_signed(commitment, by=by, now=now)
