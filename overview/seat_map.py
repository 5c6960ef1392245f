"""The map of the authority's seats, and the table that says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import EVERYONE, AuthorityRequest, for_roles
from accounts.models import Role
from contacts.forms import AsAtForm
from contacts.lifelines import in_names_of
from contacts.models import MP, Constituency, SeatBoundary, SeatHex, dissolved_since, holders
from contacts.sharing import Shared, councils_sharing
from overview.colouring import (
    DISSOLVED,
    PARTY,
    VACANT,
    WAS_DISSOLVED,
    Band,
    by_party,
    colourings_for,
    left_open,
)
from overview.drawing import (
    Drawn,
    Hex,
    Outline,
    Picture,
    around,
    draw_hexes,
    draw_outlines,
    lines_of,
    view_of,
)

KINDS = {"hex": "Hex map", "boundary": "Boundaries"}


@dataclass(frozen=True)
class Seat:
    """One of ours, numbered as in the table, with its MP (in a dissolution: until it); `drawn` is None where
    the map has no shape of it."""

    number: int
    constituency: Constituency
    mp: MP | None
    band: Band
    drawn: Drawn | None
    shared: Shared
    left_open: int = 0  # enquiries of a former MP, while the seat is vacant

    @property
    def label(self) -> str:
        return f"{self.band.label}, {self.left_open} open" if self.left_open else self.band.label

    @property
    def lines(self) -> list[str]:
        return lines_of(self.constituency.name)


@dataclass(frozen=True)
class Neighbour:
    name: str
    drawn: Drawn

    @property
    def lines(self) -> list[str]:
        return lines_of(self.name)


@require_safe
@for_roles(*EVERYONE)
def seat_map(request: AuthorityRequest) -> HttpResponse:
    """At most eleven queries besides the page frame's, however many seats there are; twelve on another day.

    `?on=` asks for the seats, their MPs and parties as at that day: what else colours them is of today.
    """
    membership, today = request.membership, timezone.localdate()
    form = AsAtForm(request.GET, today=today)
    on, as_at = form.day, form.as_at
    offered = [PARTY] if as_at else colourings_for(membership)
    colouring = next((each for each in offered if each.name == request.GET.get("colour")), offered[0])
    seats_of_the_day = Constituency.objects.current(as_at).of(request.authority)
    constituencies = list(seats_of_the_day.annotate(dissolved_since=dissolved_since(on)))
    is_dissolved = any(each.dissolved_since for each in constituencies)
    nobody = (WAS_DISSOLVED if as_at else DISSOLVED) if is_dissolved else VACANT
    kind, shapes = _chosen_map(request.GET.get("map"), [seat.pk for seat in constituencies])
    holdings = holders(as_at).filter(constituency__in=constituencies)
    mps = {holding.constituency_id: holding.mp for holding in holdings.select_related("mp")}
    if as_at:
        in_names_of(mps.values(), as_at)
    held_by = [mp.pk for mp in mps.values()]
    bands, band_of = (
        by_party(membership, held_by, today, as_at=as_at)
        if as_at
        else colouring.bands_of(membership, held_by, today)
    )
    vacant = [seat.pk for seat in constituencies if seat.pk not in mps]
    left = left_open(membership, vacant, held_by) if colouring.name == "enquiries" else {}
    drawn = {each.seat: each for each in shapes.picture.drawn} if shapes else {}
    councils = councils_sharing([seat.pk for seat in constituencies])
    seats = [
        Seat(
            number,
            seat,
            mp := mps.get(seat.pk),
            band_of[mp.pk] if mp else nobody,
            drawn.get(seat.pk),
            Shared.by(request.authority, councils.get(seat.pk, [])),
            left.get(seat.pk, 0),
        )
        for number, seat in enumerate(constituencies, start=1)
    ]
    counts = Counter(seat.band for seat in seats)
    context: dict[str, Any] = {
        "on": on,
        "as_at": as_at,
        "form": form,
        "keep": {"map": kind, "colour": colouring.name},
        "is_dissolved": is_dissolved,
        "kind": kind,
        "kinds": KINDS,
        "colouring": colouring,
        "colourings": offered,
        "seats": seats,
        "legend": [(band, counts[band]) for band in (*bands, nobody) if band != nobody or counts[nobody]],
        "picture": shapes.picture if shapes else None,
        "neighbours": shapes.neighbours if shapes else [],
        "not_drawn": [seat for seat in seats if shapes and seat.drawn is None],
        "is_admin": membership.role == Role.ADMIN,
        "sees_enquiries": colouring.name == "enquiries",
    }
    return render(request, "overview/seat_map.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Shapes:
    picture: Picture
    neighbours: list[Neighbour]


def _chosen_map(asked: str | None, ours: list[int]) -> tuple[str, Shapes | None]:
    """The map asked for, or else the first that has any of our seats."""
    makers = {"hex": hex_map, "boundary": boundary_map}
    if asked in makers:
        return asked, makers[asked](ours)
    for kind, make in makers.items():
        if shapes := make(ours):
            return kind, shapes
    return "hex", None


def hex_map(ours: list[int]) -> Shapes | None:
    """Our hexes and those beside them; None if none of ours has one."""
    mine = {
        each.constituency_id: Hex(each.q, each.r) for each in SeatHex.objects.filter(constituency__in=ours)
    }
    if not mine:
        return None
    near = around(mine.values())
    others = (
        SeatHex.objects.of_today()
        .exclude(constituency__in=ours)
        .filter(
            q__range=(min(each.q for each in near), max(each.q for each in near)),
            r__range=(min(each.r for each in near), max(each.r for each in near)),
        )
        .select_related("constituency")
    )
    beside = {each.constituency: Hex(each.q, each.r) for each in others if (each.q, each.r) in near}
    picture = draw_hexes(mine | {seat.pk: at for seat, at in beside.items()})
    return Shapes(picture, _neighbours(picture, beside))


def boundary_map(ours: list[int]) -> Shapes | None:
    """Our outlines and what is seen of those around; None if none of ours has one."""
    mine = {
        each.constituency_id: _outline(each) for each in SeatBoundary.objects.filter(constituency__in=ours)
    }
    if not mine:
        return None
    view = view_of(mine.values())
    others = (
        SeatBoundary.objects.of_today()
        .exclude(constituency__in=ours)
        .filter(west__lt=view.east, east__gt=view.west, south__lt=view.north, north__gt=view.south)
        .select_related("constituency")
    )
    around_us = {each.constituency: _outline(each) for each in others}
    picture = draw_outlines(mine | {seat.pk: outline for seat, outline in around_us.items()}, view)
    return Shapes(picture, _neighbours(picture, around_us))


def _outline(each: SeatBoundary) -> Outline:
    return Outline(each.west, each.south, each.east, each.north, each.rings)


def _neighbours(picture: Picture, seats: Iterable[Constituency]) -> list[Neighbour]:
    names = {seat.pk: seat.name for seat in seats}
    return sorted(
        (Neighbour(names[each.seat], each) for each in picture.of(names)), key=lambda each: each.name
    )
