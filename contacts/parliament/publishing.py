"""How to reach an MP, as Parliament publishes it, against what is recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from contacts.models import MP, ParliamentContact
from contacts.parliament.shapes import ContactPoint, OddAnswer
from mpcrm.folding import fold

MOST = 50


def contacts_in(points: Sequence[ContactPoint], *, mp: MP, on: date, address: str) -> list[ParliamentContact]:
    """The rows that an answer makes. A page on the web has its address in the first line."""
    if len(points) > MOST:
        raise OddAnswer(address, "value", f"has more than {MOST} ways to reach one MP")
    return [
        ParliamentContact(
            mp=mp,
            position=position,
            type_id=point.type_id,
            type=point.type[:100],
            is_preferred=point.is_preferred,
            is_web_address=point.is_web_address,
            address="" if point.is_web_address else "\n".join(filter(None, (*point.lines, point.postcode))),
            phone=(point.phone or "")[:100],
            email=as_email(point.email),
            website=as_website(point.lines[0] if point.is_web_address and point.lines else point.website),
            notes=point.notes or "",
            seen_on=on,
        )
        for position, point in enumerate(points)
    ]


def as_email(text: str | None) -> str:
    """An address somebody can write to, or nothing."""
    return text if text and "@" in text and len(text) <= 254 and not any(map(str.isspace, text)) else ""


def as_website(text: str | None) -> str:
    """A link that is one, or nothing."""
    is_link = text and text.lower().startswith(("https://", "http://")) and len(text) <= 500
    return text if text and is_link else ""


def news_of(recorded: Sequence[ParliamentContact], stated: Sequence[ParliamentContact]) -> list[str]:
    """What is otherwise of an office's e-mail, telephone and address, in words that follow the MP's name. An
    address is not said: it may have been somebody's home, which news would go on telling."""
    found = []
    for contact in stated:
        if contact.email and contact.email.casefold() not in {each.email.casefold() for each in recorded}:
            found.append(f"has a new e-mail address, {contact.email} ({contact.type})")
        if digits(contact.phone) not in {"", *(digits(each.phone) for each in recorded)}:
            found.append(f"has a new telephone number, {contact.phone} ({contact.type})")
        if fold(contact.address) not in {"", *(fold(each.address) for each in recorded)}:
            found.append(f"has a new address ({contact.type})")
    for kind in dict.fromkeys(contact.type for contact in recorded):
        before, after = ([each for each in contacts if each.type == kind] for contacts in (recorded, stated))
        for said, name in (
            ("email", "e-mail address"),
            ("phone", "telephone number"),
            ("address", "address"),
        ):
            if any(getattr(each, said) for each in before) and not any(getattr(each, said) for each in after):
                found.append(f"has no {name} any more ({kind})")
    return found


def digits(phone: str) -> str:
    """A number without blanks, and without the 44 in place of its first 0."""
    return re.sub(r"\D", "", phone).removeprefix("44").removeprefix("0")


def changes_in_words(
    recorded: Sequence[ParliamentContact], stated: Sequence[ParliamentContact]
) -> list[list[str]]:
    """What is otherwise of each kind of way: the kind, the old and the new."""

    def by_kind(contacts: Iterable[ParliamentContact]) -> dict[str, str]:
        said: dict[str, str] = {}
        for contact in contacts:
            parts = (contact.email, contact.phone, contact.address.replace("\n", ", "), contact.website)
            words = "; ".join(filter(None, parts))
            said[contact.type] = f"{said[contact.type]} / {words}" if contact.type in said else words
        return said

    old, new = by_kind(recorded), by_kind(stated)
    return [
        [kind, old.get(kind) or "not given", new.get(kind) or "not given"]
        for kind in [*old, *(kind for kind in new if kind not in old)]
        if old.get(kind) != new.get(kind)
    ]
