"""Making the contact card, sending it, and recording that it went another way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.history import EditedMeanwhile, as_saved_before, delete_signed, save_signed
from accounts.models import Authority, Membership
from contacts.cards.pdf import CONTENT_TYPE, card_pdf, file_name
from contacts.models import MP, CardContact, CardSent, CardWay, ContactCard, MPOffice
from notifications.models import Attachment, ToDo
from notifications.services import OutsideEmail, write_outside
from notifications.to_dos import finish

KIND = "contact-card"  # of the e-mails
TO_DO = "contact-card"  # of whoever asks for it: the sweep, or the hand-over of a seat
RENEW = "contact-card-renewal"  # what is asked when something on the card is no longer so
WORDS = ("introduction", "hours", "out_of_hours")
LINE = ("about", "membership", "name", "job_title", "email", "phone")  # as typed
OWN = ("name", "job_title", "email")  # what the account of a colleague says too


class OutcomeChanged(Exception):
    """What would be sent now is not what was shown. Nothing was sent."""


class NotSentYet(Exception):
    """The day lies ahead."""


def set_card(
    *,
    by: Membership,
    number: int,
    words: Mapping[str, str],
    contacts: Sequence[Mapping[str, Any]],
    now: datetime,
) -> ContactCard:
    """Make the next version of the card, as an edit of version `number` (0: there was none) has it; that is
    what was asked where something on the last is no longer so.

    Where nothing differs, the version stays. Raises EditedMeanwhile.
    """
    lines = [_line(each) for each in contacts]
    with transaction.atomic():
        _hold(by.authority)
        newest = ContactCard.objects.visible_to(by).newest()
        if newest and _says(newest) == ({name: words[name] for name in WORDS}, lines):
            return newest
        if (newest.number if newest else 0) != number:
            raise EditedMeanwhile(newest)
        card = ContactCard.objects.create(
            authority=by.authority,
            number=number + 1,
            made_at=now,
            made_by=by,
            **{name: words[name] for name in WORDS},
        )
        CardContact.objects.bulk_create(
            CardContact(authority=by.authority, card=card, position=position, **line)
            for position, line in enumerate(lines)
        )
        for to_do in ToDo.objects.open().filter(authority=by.authority, kind=RENEW):
            finish(by=by, to_do=to_do, now=now)
    return card


def _line(typed: Mapping[str, Any]) -> dict[str, Any]:
    """A line of the card as typed, with the name of a colleague and what is left empty of theirs."""
    own = _own(typed["membership"])
    return {name: typed[name] for name in LINE} | {
        "name": own["name"] or typed["name"],
        "job_title": typed["job_title"] or own["job_title"],
        "is_own_job_title": bool(own["job_title"]) and typed["job_title"] in ("", own["job_title"]),
        "email": typed["email"] or own["email"],
        "is_own_email": typed["membership"] is not None and typed["email"] in ("", own["email"]),
    }


def _own(who: Membership | None) -> dict[str, str]:
    """What the account says of a colleague; nothing of nobody."""
    if who is None:
        return dict.fromkeys(OWN, "")
    return {"name": who.user.name, "job_title": who.job_title, "email": who.user.email}


def _says(card: ContactCard) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """The words of a card and its lines."""
    fields = (*LINE, "is_own_job_title", "is_own_email")
    contacts = card.contacts.select_related("membership__user")
    lines = [{name: getattr(each, name) for name in fields} for each in contacts]
    return {name: getattr(card, name) for name in WORDS}, lines


def to_edit(card: ContactCard) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """The words of a card and its lines, as they would be typed: what a colleague's account says is left
    empty, and whoever has left is no choice."""
    words, lines = _says(card)
    for line in lines:
        is_theirs = {
            "name": line["membership"] is not None,
            "job_title": line.pop("is_own_job_title"),
            "email": line.pop("is_own_email"),
        }
        line |= {name: "" for name in OWN if is_theirs[name]}
    return words, lines


@dataclass(frozen=True)
class Letter:
    """The e-mail that takes the card to one MP's office."""

    mp: MP
    address: str
    title: str
    body: str


def letters(card: ContactCard, offices: Iterable[MPOffice], *, by: Membership) -> list[Letter]:
    """What `by` would send to each of these offices (with an e-mail and their `mp`), in order."""
    contacts = list(card.contacts.all())
    return [
        Letter(
            mp=office.mp,
            address=office.email,
            title=f"{by.authority}: contacts for your office",
            body=render_to_string(
                "contacts/card_email.txt",
                {
                    "greeting": office.salutation.rstrip(" ,") or f"Dear {office.mp}",
                    "card": card,
                    "contacts": contacts,
                    "by": by,
                    "authority": by.authority,
                },
            ),
        )
        for office in offices
    ]


def fingerprint(card: ContactCard, of: Iterable[Letter]) -> str:
    """The same for the same version going in the same words to the same addresses."""
    said = [str(card.pk)] + [f"{each.mp.pk}\n{each.address}\n{each.title}\n{each.body}" for each in of]
    return sha256("\0".join(said).encode()).hexdigest()


def send_card(
    *, by: Membership, mps: Iterable[MP], shown: str, submission: UUID, now: datetime
) -> list[CardSent]:
    """Write to the MPs' offices, the card attached; the next tick sends it. Offices without an e-mail are
    left out.

    `shown` is the fingerprint of what the sender has seen; raises OutcomeChanged if it would be something
    else by now. The same `submission` again sends nothing more.
    """
    with transaction.atomic():
        _hold(by.authority)
        before = CardSent.objects.visible_to(by).filter(submission=submission)
        if before.exists():
            return list(before)
        card = ContactCard.objects.visible_to(by).newest()
        if card is None:
            raise OutcomeChanged
        to_send = letters(card, offices_of(by, mps), by=by)
        if fingerprint(card, to_send) != shown:
            raise OutcomeChanged
        pdf = Attachment.objects.create(
            authority=by.authority,
            name=file_name(card),
            content_type=CONTENT_TYPE,
            content=card_pdf(card, list(card.contacts.all())),
            created_at=now,
        )
        _done([letter.mp for letter in to_send], by=by, now=now)
        return [_send(letter, card, pdf=pdf, by=by, submission=submission, now=now) for letter in to_send]


def _send(
    letter: Letter, card: ContactCard, *, pdf: Attachment, by: Membership, submission: UUID, now: datetime
) -> CardSent:
    today = timezone.localdate(now)
    email = write_outside(
        OutsideEmail(
            authority=by.authority,
            kind=KIND,
            subject=letter.mp.subject,
            step=CardSent.objects.visible_to(by).filter(mp=letter.mp, way=CardWay.EMAIL).count(),
            address=letter.address,
            due_on=today,
            title=letter.title,
            body=letter.body,
            reply_to=by.user.email,
            attachment=pdf,
        ),
        now=now,
    )
    sent = CardSent(
        authority=by.authority,
        mp=letter.mp,
        card=card,
        way=CardWay.EMAIL,
        sent_on=today,
        email=email,
        submission=submission,
        recorded_at=now,
        recorded_by=by,
    )
    save_signed(sent, by=by, now=now)
    return sent


def offices_of(by: Membership, mps: Iterable[MP]) -> list[MPOffice]:
    """The offices of these MPs that have an e-mail, by the MPs' names."""
    offices = MPOffice.objects.visible_to(by).filter(mp__in=mps).exclude(email="")
    return list(offices.select_related("mp").order_by("mp__sort_name", "mp"))


def record_sent(
    *, by: Membership, mp: MP, way: str, sent_on: date, submission: UUID, now: datetime
) -> CardSent:
    """Record that an MP's office was given the card otherwise: the version that stood on that day.

    The same `submission` again records nothing more. Raises NotSentYet, SavedBefore.
    """
    if sent_on > timezone.localdate(now):
        raise NotSentYet
    with transaction.atomic():
        _hold(by.authority)
        if same := CardSent.objects.visible_to(by).filter(mp=mp, submission=submission).first():
            return as_saved_before(same, {"way": way, "sent_on": sent_on})
        cards = ContactCard.objects.visible_to(by).order_by("-number")
        sent = CardSent(
            authority=by.authority,
            mp=mp,
            card=next((each for each in cards if timezone.localdate(each.made_at) <= sent_on), None),
            way=way,
            sent_on=sent_on,
            submission=submission,
            recorded_at=now,
            recorded_by=by,
        )
        save_signed(sent, by=by, now=now)
        if sent.card and sent.card == cards.first():
            _done([mp], by=by, now=now)
    return sent


def take_back(*, by: Membership, sent: CardSent, now: datetime) -> None:
    """Remove what was recorded by mistake; the history keeps it. An e-mail cannot be taken back."""
    with transaction.atomic():
        delete_signed(sent, by=by, now=now)


def _done(mps: Iterable[MP], *, by: Membership, now: datetime) -> None:
    """Finish what was asked: to send these MPs' offices the card."""
    asked = ToDo.objects.open().filter(authority=by.authority, kind=TO_DO)
    for to_do in asked.filter(subject__in=[mp.subject for mp in mps]):
        finish(by=by, to_do=to_do, now=now)


def _hold(authority: Authority) -> None:
    """One change at a time per authority, so that a double click finds what the first click did."""
    Authority.objects.select_for_update().get(pk=authority.pk)
