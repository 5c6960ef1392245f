"""The contact card as a PDF of one A4 page, tagged and in a named language, so that it can be read aloud."""

from __future__ import annotations

import json
from pathlib import Path

import typst
from django.utils.text import slugify

from accounts.models import Authority
from contacts.models import CardContact, ContactCard

TEMPLATE = Path(__file__).with_name("card.typ").read_bytes()
CONTENT_TYPE = "application/pdf"


def card_pdf(card: ContactCard, contacts: list[CardContact]) -> bytes:
    """The same bytes for the same version of the card.

    Written to PDF/UA-1 with the type setter's own fonts. A character that they lack (they know the Latin,
    Greek and Cyrillic scripts) is taken from the fonts of the machine; the PDF is tagged, but not checked.
    """
    said = json.dumps(_said(card, contacts))
    made_at = int(card.made_at.timestamp())
    try:
        return bytes(
            typst.compile(
                TEMPLATE,
                format="pdf",
                ignore_system_fonts=True,
                sys_inputs={"card": said},
                pdf_standards=["ua-1"],
                timestamp=made_at,
            )
        )
    except typst.TypstError:
        return bytes(typst.compile(TEMPLATE, format="pdf", sys_inputs={"card": said}, timestamp=made_at))


def file_name(card: ContactCard) -> str:
    return f"contact-card-{slugify(card.authority.name)}-{card.number}.pdf"


def _said(card: ContactCard, contacts: list[CardContact]) -> dict[str, object]:
    authority: Authority = card.authority
    return {
        "authority": authority.name,
        "colour": authority.colour,
        "title": f"{authority.name}: contacts for MPs’ offices",
        "introduction": card.introduction,
        "hours": card.hours,
        "out_of_hours": card.out_of_hours,
        "foot": f"Version {card.number}, {card.made_at:%-d %B %Y}",
        "contacts": [
            {
                "about": contact.about,
                "name": contact.name,
                "job_title": contact.job_title,
                "email": contact.email,
                "phone": contact.phone,
            }
            for contact in contacts
        ],
    }
