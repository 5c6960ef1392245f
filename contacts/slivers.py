"""Hiding all seats of which too little lies in an authority's area, and what counts as too little."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.history import save_signed
from accounts.models import Authority, Membership
from contacts.directory import OurSeat, seats_of
from contacts.models import Constituency
from contacts.services import add_seat, hide_seat


def slivers_among(seats: Iterable[OurSeat], *, authority: Authority) -> list[OurSeat]:
    """Those that are shown and lie below the threshold of the authority."""
    return [seat for seat in seats if not seat.is_hidden and seat.is_sliver(authority)]


def set_sliver_threshold(*, by: Membership, percentage: Decimal, now: datetime) -> None:
    """Below which per cent of its people in the area a seat is a sliver. Nothing is hidden or shown by it."""
    with transaction.atomic():
        authority = Authority.objects.select_for_update().get(pk=by.authority_id)
        authority.sliver_below = percentage
        save_signed(authority, by=by, now=now)


def hide_slivers(*, by: Membership) -> list[Constituency]:
    """Hide every sliver at once; give those that were hidden now."""
    with transaction.atomic():
        authority = Authority.objects.select_for_update().get(pk=by.authority_id)
        slivers = [seat.constituency for seat in slivers_among(seats_of(authority), authority=authority)]
        for constituency in slivers:
            hide_seat(by=by, constituency=constituency)
    return slivers


def show_again(*, by: Membership, seats: Iterable[int]) -> list[Constituency]:
    """Undo hiding: show these seats (by key) again, but for those that somebody has shown since."""
    with transaction.atomic():
        hidden = list(Constituency.objects.hidden_by(by.authority).filter(pk__in=list(seats)))
        for constituency in hidden:
            add_seat(by=by, constituency=constituency)
    return hidden
