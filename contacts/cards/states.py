"""Which MPs have the card as it is now, which an older one, and which none: reading only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.models import Membership
from contacts.models import MP, CardContact, CardSent, ContactCard


@dataclass(frozen=True)
class CardState:
    """What one MP's office has: the latest sending that arrived, since when the card says more, and what on
    the one they have is no longer so of a colleague."""

    mp: MP
    sendings: list[CardSent]  # every one, the latest first
    sent: CardSent | None
    outdated_since: date | None
    amiss: list[str]
    failed: CardSent | None  # an e-mail later than `sent` that could not be delivered

    @property
    def is_newest(self) -> bool:
        return self.sent is not None and self.outdated_since is None

    @property
    def is_current(self) -> bool:
        return self.is_newest and not self.amiss


def amiss_on(contacts: Iterable[CardContact]) -> list[str]:
    """What is no longer so of the colleagues on a card: "Dana Reid has left"."""
    return [each.amiss_in_words for each in contacts if each.amiss]


def card_states(mps: Iterable[MP], *, membership: Membership) -> list[CardState]:
    """One for each of the MPs, in their order; in three queries."""
    mps = list(mps)
    began = {
        number: timezone.localdate(made_at)
        for number, made_at in ContactCard.objects.visible_to(membership).values_list("number", "made_at")
    }
    sendings = CardSent.objects.visible_to(membership).filter(mp__in=mps).latest_first()
    theirs: dict[int, list[CardSent]] = defaultdict(list)
    for sent in sendings.select_related("card", "email", "recorded_by__user"):
        theirs[sent.mp_id].append(sent)
    on_cards: dict[int, list[CardContact]] = defaultdict(list)
    cards = {sent.card_id for each in theirs.values() for sent in each if sent.card_id}
    for contact in CardContact.objects.with_colleagues().filter(card__in=cards):
        on_cards[contact.card_id].append(contact)
    return [_state(mp, theirs[mp.pk], began, on_cards) for mp in mps]


def _state(
    mp: MP, sendings: list[CardSent], began: dict[int, date], on_cards: dict[int, list[CardContact]]
) -> CardState:
    sent = next((each for each in sendings if not each.has_failed), None)
    return CardState(
        mp=mp,
        sendings=sendings,
        sent=sent,
        outdated_since=_outdated_since(sent, began),
        amiss=amiss_on(on_cards[sent.card_id]) if sent and sent.card_id else [],
        failed=sendings[0] if sendings and sendings[0].has_failed else None,
    )


def _outdated_since(sent: CardSent | None, began: dict[int, date]) -> date | None:
    """The day on which the version after the one sent was made; None while there is none."""
    if sent is None:
        return None
    number = sent.card.number if sent.card else 0
    return min((day for later, day in began.items() if later > number), default=None)
