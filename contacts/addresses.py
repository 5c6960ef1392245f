"""Whose office an e-mail address belongs to."""

from __future__ import annotations

from datetime import date
from email.utils import parseaddr

from django.db.models import Q

from accounts.models import Authority
from contacts.models import MP, MPOffice, OfficePerson, ParliamentContact


def mp_of_address(authority: Authority, address: str, *, on: date) -> MP | None:
    """The MP whose office, or somebody who works there on the day, has this address; None where that is
    nobody, or more than one.

    Known are what the authority recorded and what Parliament publishes. Case does not count, nor a name
    beside the address. Who has left speaks for the MP up to their last day, then for whoever employs them.
    """
    _, bare = parseaddr(address.strip())
    if not bare or "\0" in bare:  # which PostgreSQL refuses to look for
        return None
    here = Q(left_on=None) | Q(left_on__gte=on)
    found = {
        *MPOffice.objects.filter(authority=authority, email__iexact=bare).values_list("mp", flat=True),
        *OfficePerson.objects.filter(here, authority=authority, email__iexact=bare).values_list(
            "mp", flat=True
        ),
        *ParliamentContact.objects.current().filter(email__iexact=bare).values_list("mp", flat=True),
    }
    return MP.objects.get(pk=found.pop()) if len(found) == 1 else None
