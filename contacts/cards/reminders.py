"""Asking whoever looks after an MP to send the office the contact card as it is now, and political affairs
to put right what has become wrong on it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from contacts.cards.services import RENEW, TO_DO
from contacts.models import MP, CardContact, CardSent, ContactCard, CouncilLead
from notifications.models import ToDo
from notifications.to_dos import ToDoRequest, ask, withdraw

OCCASION = "contact-card:"
WITHIN = timedelta(days=7)


def sweep(*, now: datetime) -> dict[str, int]:
    """Ask for each of an authority's MPs who lacks the card as it is now, once for each MP and version, and
    anew when it was sent in vain; give how many to-dos are new.

    Asked from the day after the version was made, so that an afternoon of corrections is one change. A new MP
    is asked for as well. What was asked of an older version, or of a former MP of ours, is taken back: in a
    dissolution all of it, until they are elected again.

    And ask political affairs, once for each colleague and cause, to make the next version of a card on which
    somebody has left, or goes by another name, e-mail address or job title; taken back when that is no longer
    so.
    """
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    newest: dict[int, ContactCard] = {}
    for card in ContactCard.objects.order_by("authority", "-number").select_related("authority"):
        newest.setdefault(card.authority_id, card)
    settled = [card for card in newest.values() if card.made_at < midnight]
    return {
        "cards_to_send": sum(_ask(card, now=now) for card in settled),
        "cards_to_renew": _ask_to_renew(now=now),
    }


def _ask(card: ContactCard, *, now: datetime) -> int:
    given = CardSent.objects.arrived().filter(card=card)
    ours_now = MP.objects.of(card.authority, on=timezone.localdate(now))
    lacking = ours_now.exclude(pk__in=given.values("mp")).order_by("sort_name", "pk")
    in_vain = _sent_in_vain(card)
    wanted = {(mp.subject, _occasion(card, in_vain.get(mp.pk, 0))): mp for mp in lacking}
    to_dos = ToDo.objects.filter(authority=card.authority, kind=TO_DO)
    # A seat's hand-over asks for the same: one of the two is enough.
    elsewhere = set(to_dos.open().exclude(occasion__startswith=OCCASION).values_list("subject", flat=True))
    ours = to_dos.filter(occasion__startswith=OCCASION)
    asked = {
        (subject, occasion): pk
        for pk, subject, occasion in ours.filter(
            Q(done_at=None) | Q(occasion__startswith=_occasion(card, 0))
        ).values_list("pk", "subject", "occasion")
    }
    fresh = [case for case in wanted if case not in asked and case[0] not in elsewhere]
    with transaction.atomic():
        withdraw(ours.filter(pk__in=[pk for case, pk in asked.items() if case not in wanted]))
        if not fresh:
            return 0
        leads = CouncilLead.objects.filter(authority=card.authority)
        owners = leads.who_can_act(timezone.localdate(now))
        return len(
            ask(
                [
                    _to_do(
                        card,
                        wanted[case],
                        occasion=case[1],
                        owner=owners.get((card.authority_id, wanted[case].pk)),
                        now=now,
                    )
                    for case in fresh
                ],
                now=now,
            )
        )


def _ask_to_renew(*, now: datetime) -> int:
    contacts = CardContact.objects.on_the_newest().with_colleagues().select_related("authority")
    wanted = {f"card-contact:{each.pk}:{each.amiss}": each for each in contacts if each.amiss}
    asked = ToDo.objects.filter(kind=RENEW)
    withdraw(asked.exclude(occasion__in=wanted))
    known = set(asked.filter(occasion__in=wanted).values_list("occasion", flat=True))
    fresh = {occasion: each for occasion, each in wanted.items() if occasion not in known}
    return len(ask([_to_renew(each, occasion, now=now) for occasion, each in fresh.items()], now=now))


def _to_renew(contact: CardContact, occasion: str, *, now: datetime) -> ToDoRequest:
    return ToDoRequest(
        authority=contact.authority,
        kind=RENEW,
        subject=f"card:{contact.card_id}",
        occasion=occasion,
        title=f"Change the contact card: {contact.amiss_in_words}",
        detail=f"It tells MPs’ offices to turn to {contact.name}, for: {contact.about}. Change it.",
        about="Contact card",
        path=reverse("contacts:card_edit", args=[contact.authority.slug]),
        due_on=timezone.localdate(now) + WITHIN,
    )


def _sent_in_vain(card: ContactCard) -> dict[int, int]:
    """By MP who lacks the card: how often it was sent, could not be delivered or was taken back since."""
    sent = CardSent.history.filter(card=card, history_type="+").order_by()
    return dict(sent.values_list("mp").annotate(Count("pk")))


def _to_do(
    card: ContactCard, mp: MP, *, occasion: str, owner: Membership | None, now: datetime
) -> ToDoRequest:
    made_on = timezone.localdate(card.made_at)
    return ToDoRequest(
        authority=card.authority,
        kind=TO_DO,
        subject=mp.subject,
        occasion=occasion,
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


def _occasion(card: ContactCard, in_vain: int) -> str:
    return f"{OCCASION}{card.pk}:{in_vain}" if in_vain else f"{OCCASION}{card.pk}"
