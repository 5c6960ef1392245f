"""Asking whoever looks after an MP to send the office the contact card as it is now."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from contacts.cards.services import TO_DO, about_mp
from contacts.models import MP, CardSent, ContactCard, CouncilLead, LeadRole
from notifications.models import ToDo
from notifications.to_dos import ToDoRequest, ask, withdraw

OCCASION = "contact-card:"
WITHIN = timedelta(days=7)


def sweep(*, now: datetime) -> dict[str, int]:
    """Ask for each of an authority's MPs who lacks the card as it is now, once for each MP and version; give
    how many to-dos are new.

    Asked from the day after the version was made, so that an afternoon of corrections is one change. A new MP
    is asked for as well. What was asked of an older version, or of a former MP of ours, is taken back.
    """
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    newest: dict[int, ContactCard] = {}
    for card in ContactCard.objects.order_by("authority", "-number").select_related("authority"):
        newest.setdefault(card.authority_id, card)
    settled = [card for card in newest.values() if card.made_at < midnight]
    return {"cards_to_send": sum(_ask(card, now=now) for card in settled)}


def _ask(card: ContactCard, *, now: datetime) -> int:
    given = CardSent.objects.arrived().filter(card=card)
    lacking = MP.objects.of(card.authority).exclude(pk__in=given.values("mp")).order_by("sort_name", "pk")
    mps = {about_mp(mp): mp for mp in lacking}
    to_dos = ToDo.objects.filter(authority=card.authority, kind=TO_DO)
    ours = to_dos.filter(occasion__startswith=OCCASION)
    this = ours.filter(occasion=_occasion(card))
    # A seat's hand-over asks for the same: one of the two is enough.
    elsewhere = to_dos.open().exclude(occasion__startswith=OCCASION)
    asked = set((this | elsewhere).values_list("subject", flat=True))
    with transaction.atomic():
        withdraw(ours.exclude(pk__in=this.filter(subject__in=mps).values("pk")))
        if asked.issuperset(mps):
            return 0
        owners = _owners(card, on=now)
        return len(
            ask(
                [
                    _to_do(card, mp, owner=owners.get(mp.pk), now=now)
                    for subject, mp in mps.items()
                    if subject not in asked
                ],
                now=now,
            )
        )


def _owners(card: ContactCard, *, on: datetime) -> dict[int, Membership]:
    """Of each MP, the relationship owner who may send the card."""
    may_send = Membership.objects.for_authority(card.authority).active().in_role(*Membership.HANDLERS)
    leads = CouncilLead.objects.current(timezone.localdate(on)).filter(
        authority=card.authority, role=LeadRole.LEAD, membership__in=may_send
    )
    return {
        lead.mp_id: lead.membership
        for lead in leads.select_related("membership__user", "membership__authority")
    }


def _to_do(card: ContactCard, mp: MP, *, owner: Membership | None, now: datetime) -> ToDoRequest:
    made_on = timezone.localdate(card.made_at)
    return ToDoRequest(
        authority=card.authority,
        kind=TO_DO,
        subject=about_mp(mp),
        occasion=_occasion(card),
        title=f"Send {mp} our contact card",
        detail=(
            f"Their office has not been given the card as it is since {made_on:%-d %B %Y}. Send it, or "
            "record that it went another way."
        ),
        about=f"Office of {mp}",
        path=reverse("contacts:office_detail", args=[card.authority.slug, mp.pk]),
        due_on=timezone.localdate(now) + WITHIN,
        assignee=owner,
    )


def _occasion(card: ContactCard) -> str:
    return f"{OCCASION}{card.pk}"
