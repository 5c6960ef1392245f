"""Which MPs have the card as it is now, which an older one, and which none: reading only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
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
    """One for each of the MPs, in their order; in two queries."""
    mps = list(mps)
    later = ContactCard.objects.filter(
        authority=OuterRef("authority"), number__gt=Coalesce(OuterRef("card__number"), 0)
    )
    sendings = CardSent.objects.visible_to(membership).filter(mp__in=mps)
    theirs: dict[int, list[CardSent]] = defaultdict(list)
    for sent in (
        sendings.annotate(outdated_at=Subquery(later.order_by("number").values("made_at")[:1]))
        .select_related("card", "email", "recorded_by__user")
        .latest_first()
    ):
        theirs[sent.mp_id].append(sent)
    on_cards: dict[int, list[CardContact]] = defaultdict(list)
    for contact in CardContact.objects.with_colleagues().filter(card__in=sendings.order_by().values("card")):
        on_cards[contact.card_id].append(contact)
    return [_state(mp, theirs[mp.pk], on_cards) for mp in mps]


def _state(mp: MP, sendings: list[CardSent], on_cards: dict[int, list[CardContact]]) -> CardState:
    sent = next((each for each in sendings if not each.has_failed), None)
    outdated_at = sent.outdated_at if sent else None  # type: ignore[attr-defined]  # annotated
    return CardState(
        mp=mp,
        sendings=sendings,
        sent=sent,
        outdated_since=timezone.localdate(outdated_at) if outdated_at else None,
        amiss=amiss_on(on_cards[sent.card_id]) if sent and sent.card_id else [],
        failed=sendings[0] if sendings and sendings[0].has_failed else None,
    )
