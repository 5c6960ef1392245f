"""What Parliament's APIs answer, as dataclasses. Pure: no network, no database, no clock.

Strict where it matters: a needed key that is missing, or of another type, raises OddAnswer, which names the
address and the key. Keys that may be absent or null come out as None, or as an empty tuple. Days are the
API's local times without their zone, cut to the day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from contacts.imports.reading import clean

COMMONS, LORDS = 1, 2
A_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d(\.\d+)?Z?)?")

Item = TypeVar("Item")


class OddAnswer(Exception):
    """Parliament answered what it cannot mean: `address`, `key` (empty: all of it), `what` is wrong."""

    def __init__(self, address: str, key: str, what: str) -> None:
        super().__init__(f"{address} {f'at “{key}” ' if key else ''}{what}")
        self.address = address
        self.key = key
        self.what = what


@dataclass(frozen=True)
class Party:
    """`id` 15 is both "Labour" and "Labour (Co-op)": only id and name together tell parties apart."""

    id: int
    name: str
    abbreviation: str | None
    colour: str | None


@dataclass(frozen=True)
class MembershipStatus:
    """Such as "Current Member" or "Suspended", who is an MP too."""

    is_active: bool
    description: str | None
    notes: str | None
    started_on: date | None


@dataclass(frozen=True)
class HouseMembership:
    """A spell in a House. In a member's latest one `started_on` may be the first entry, decades ago."""

    house: int
    seat_name: str
    seat_id: int | None
    started_on: date | None
    ended_on: date | None
    end_reason: str | None
    end_reason_id: int | None
    status: MembershipStatus | None


@dataclass(frozen=True)
class Member:
    id: int
    display_name: str
    list_name: str | None
    full_title: str | None
    address_as: str | None
    gender: str | None
    party: Party | None
    membership: HouseMembership | None


@dataclass(frozen=True)
class Seat:
    """A constituency under Parliament's own id, which is not the ONS's code; `holder` None: it is vacant."""

    id: int
    name: str
    started_on: date | None
    ended_on: date | None
    holder: Member | None


@dataclass(frozen=True)
class PartyPeriod:
    party: Party
    started_on: date
    ended_on: date | None


@dataclass(frozen=True)
class NamePeriod:
    display_name: str
    list_name: str | None
    full_title: str | None
    started_on: date
    ended_on: date | None


@dataclass(frozen=True)
class History:
    """One row per Parliament, so that there are gaps between a dissolution and the poll."""

    id: int
    parties: tuple[PartyPeriod, ...]
    names: tuple[NamePeriod, ...]
    memberships: tuple[HouseMembership, ...]


@dataclass(frozen=True)
class ContactPoint:
    """An office or an address on the web, whose URL is its first line."""

    type: str
    type_id: int
    is_preferred: bool
    is_web_address: bool
    notes: str | None
    lines: tuple[str, ...]
    postcode: str | None
    phone: str | None
    email: str | None
    website: str | None


@dataclass(frozen=True)
class BiographyItem:
    house: int | None
    name: str
    id: int
    started_on: date
    ended_on: date | None
    additional_info: str | None
    link: str | None


@dataclass(frozen=True)
class Biography:
    """Posts are None where the answer says nothing of such: that is not "none"."""

    representations: tuple[BiographyItem, ...]
    elections_contested: tuple[BiographyItem, ...]
    house_memberships: tuple[BiographyItem, ...]
    government_posts: tuple[BiographyItem, ...] | None
    opposition_posts: tuple[BiographyItem, ...] | None
    other_posts: tuple[BiographyItem, ...] | None
    party_affiliations: tuple[BiographyItem, ...]
    committee_memberships: tuple[BiographyItem, ...] | None


@dataclass(frozen=True)
class PartySeats:
    """How many of a House sit for a party; Labour (Co-op) is counted with Labour here."""

    party: Party
    total: int


@dataclass(frozen=True)
class PostHolder:
    """Who holds a post, a peer perhaps; the post as their biography would have it."""

    member_id: int
    post: BiographyItem


@dataclass(frozen=True)
class Committee:
    """Under an id of the Committees API's own, which is not that of the same committee in a biography."""

    id: int
    name: str
    category: str | None


@dataclass(frozen=True)
class CommitteeMember:
    """`id` is that of the Members API; None: a lay member, who sits in no House. `chairs`: from when to when,
    the last day included, in each role that chairs."""

    id: int | None
    chairs: tuple[tuple[date, date | None], ...]


@dataclass(frozen=True)
class Page(Generic[Item]):
    """A part of a longer list: `total` is how long the whole was when this page was made."""

    items: tuple[Item, ...]
    total: int
    skip: int


@dataclass(frozen=True)
class Part:
    """An object in an answer, and where it stands: what the reading below goes through."""

    data: dict[str, Any]
    address: str
    path: str = ""

    def odd(self, key: str, what: str) -> OddAnswer:
        return OddAnswer(self.address, f"{self.path}.{key}".strip("."), what)

    def needed(self, key: str) -> Any:
        if key not in self.data:
            raise self.odd(key, "lacks a key that is always there")
        return self.data[key]

    def text(self, key: str) -> str:
        value = self.needed(key)
        if not isinstance(value, str) or not clean(value):
            raise self.odd(key, "is not a text")
        return clean(value)

    def text_or_none(self, key: str) -> str | None:
        value = self.data.get(key)
        if value is not None and not isinstance(value, str):
            raise self.odd(key, "is not a text")
        return clean(value) or None if value else None

    def number(self, key: str) -> int:
        value = self.needed(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
            raise self.odd(key, "is not a number")
        return value

    def number_or_none(self, key: str) -> int | None:
        return None if self.data.get(key) is None else self.number(key)

    def flag(self, key: str) -> bool:
        value = self.needed(key)
        if not isinstance(value, bool):
            raise self.odd(key, "is not true or false")
        return value

    def day(self, key: str) -> date:
        value = self.needed(key)
        found = A_DAY.fullmatch(value) if isinstance(value, str) else None
        try:
            return date.fromisoformat(found[1] if found else "")
        except ValueError:
            raise self.odd(key, "is not a date") from None

    def day_or_none(self, key: str) -> date | None:
        return None if self.data.get(key) is None else self.day(key)

    def part(self, key: str) -> Part:
        value = self.needed(key)
        if not isinstance(value, dict):
            raise self.odd(key, "is not an object")
        return Part(value, self.address, f"{self.path}.{key}".strip("."))

    def part_or_none(self, key: str) -> Part | None:
        """None for null. The key itself must be there: an answer cut short must not read as "nothing"."""
        return None if self.needed(key) is None else self.part(key)

    def parts(self, key: str) -> list[Part]:
        return self.parts_in(self.needed(key), key)

    def parts_or_none(self, key: str) -> list[Part]:
        return [] if self.data.get(key) is None else self.parts(key)

    def parts_in(self, value: Any, key: str) -> list[Part]:
        if not isinstance(value, list):
            raise self.odd(key, "is not a list")
        found = []
        for position, item in enumerate(value):
            if not isinstance(item, dict):
                raise self.odd(f"{key}[{position}]", "is not an object")
            found.append(Part(item, self.address, f"{self.path}.{key}[{position}]".strip(".")))
        return found


# --- The wrappers: a page, a single value, a bare list ------------------------------------------


def page(data: Any, address: str, read: Callable[[Part], Item]) -> Page[Item]:
    whole = whole_of(data, address)
    return Page(
        items=tuple(read(item.part("value")) for item in whole.parts("items")),
        total=whole.number("totalResults"),
        skip=whole.number("skip"),
    )


def single(data: Any, address: str, read: Callable[[Part], Item]) -> Item:
    return read(whole_of(data, address).part("value"))


def collection(data: Any, address: str, read: Callable[[Part], Item]) -> tuple[tuple[Item, ...], int]:
    """Of the Committees API, whose items are not wrapped: those of a part, and how many there are in all."""
    whole = whole_of(data, address)
    return tuple(read(item) for item in whole.parts("items")), whole.number("totalResults")


def value_list(data: Any, address: str, read: Callable[[Part], Item]) -> tuple[Item, ...]:
    """One value that is itself a list, such as a member's contact points."""
    return tuple(read(part) for part in whole_of(data, address).parts("value"))


def bare_list(data: Any, address: str, read: Callable[[Part], Item]) -> tuple[Item, ...]:
    return tuple(read(part.part("value")) for part in Part({}, address).parts_in(data, ""))


def whole_of(data: Any, address: str) -> Part:
    if not isinstance(data, dict):
        raise OddAnswer(address, "", "is not an object")
    return Part(data, address)


# --- What is in them ------------------------------------------------------------------------------


def member(part: Part) -> Member:
    party_part, membership_part = part.part_or_none("latestParty"), part.part_or_none("latestHouseMembership")
    return Member(
        id=part.number("id"),
        display_name=part.text("nameDisplayAs"),
        list_name=part.text_or_none("nameListAs"),
        full_title=part.text_or_none("nameFullTitle"),
        address_as=part.text_or_none("nameAddressAs"),
        gender=part.text_or_none("gender"),
        party=party(party_part) if party_part else None,
        membership=house_membership(membership_part) if membership_part else None,
    )


def party(part: Part) -> Party:
    return Party(
        id=part.number("id"),
        name=part.text("name"),
        abbreviation=part.text_or_none("abbreviation"),
        colour=part.text_or_none("backgroundColour"),
    )


def house_membership(part: Part) -> HouseMembership:
    status = part.data.get("membershipStatus") and part.part("membershipStatus")
    return HouseMembership(
        house=part.number("house"),
        seat_name=part.text("membershipFrom"),
        seat_id=part.number_or_none("membershipFromId"),
        started_on=part.day_or_none("membershipStartDate"),
        ended_on=part.day_or_none("membershipEndDate"),
        end_reason=part.text_or_none("membershipEndReason"),
        end_reason_id=part.number_or_none("membershipEndReasonId"),
        status=membership_status(status) if status else None,
    )


def membership_status(part: Part) -> MembershipStatus:
    return MembershipStatus(
        is_active=part.flag("statusIsActive"),
        description=part.text_or_none("statusDescription"),
        notes=part.text_or_none("statusNotes"),
        started_on=part.day_or_none("statusStartDate"),
    )


def seat(part: Part) -> Seat:
    held = part.part_or_none("currentRepresentation")
    return Seat(
        id=part.number("id"),
        name=part.text("name"),
        started_on=part.day_or_none("startDate"),
        ended_on=part.day_or_none("endDate"),
        holder=member(held.part("member").part("value")) if held else None,
    )


def history(part: Part) -> History:
    return History(
        id=part.number("id"),
        parties=tuple(
            PartyPeriod(party(row.part("party")), row.day("startDate"), row.day_or_none("endDate"))
            for row in part.parts_or_none("partyHistory")
        ),
        names=tuple(name_period(row) for row in part.parts_or_none("nameHistory")),
        memberships=tuple(house_membership(row) for row in part.parts_or_none("houseMembershipHistory")),
    )


def name_period(part: Part) -> NamePeriod:
    return NamePeriod(
        display_name=part.text("nameDisplayAs"),
        list_name=part.text_or_none("nameListAs"),
        full_title=part.text_or_none("nameFullTitle"),
        started_on=part.day("startDate"),
        ended_on=part.day_or_none("endDate"),
    )


def contact_point(part: Part) -> ContactPoint:
    lines = (part.text_or_none(f"line{number}") for number in range(1, 6))
    return ContactPoint(
        type=part.text("type"),
        type_id=part.number("typeId"),
        is_preferred=part.flag("isPreferred"),
        is_web_address=part.flag("isWebAddress"),
        notes=part.text_or_none("notes"),
        lines=tuple(line for line in lines if line),
        postcode=part.text_or_none("postcode"),
        phone=part.text_or_none("phone"),
        email=part.text_or_none("email"),
        website=part.text_or_none("website"),
    )


def biography_item(part: Part) -> BiographyItem:
    return BiographyItem(
        house=part.number_or_none("house"),
        name=part.text("name"),
        id=part.number("id"),
        started_on=part.day("startDate"),
        ended_on=part.day_or_none("endDate"),
        additional_info=part.text_or_none("additionalInfo"),
        link=part.text_or_none("additionalInfoLink"),
    )


def biography(part: Part) -> Biography:
    def items(key: str) -> tuple[BiographyItem, ...]:
        return tuple(biography_item(row) for row in part.parts_or_none(key))

    def posts(key: str) -> tuple[BiographyItem, ...] | None:
        return None if part.data.get(key) is None else items(key)

    return Biography(
        representations=items("representations"),
        elections_contested=items("electionsContested"),
        house_memberships=items("houseMemberships"),
        government_posts=posts("governmentPosts"),
        opposition_posts=posts("oppositionPosts"),
        other_posts=posts("otherPosts"),
        party_affiliations=items("partyAffiliations"),
        committee_memberships=posts("committeeMemberships"),
    )


def party_seats(part: Part) -> PartySeats:
    return PartySeats(party=party(part.part("party")), total=part.number("total"))


def post_holders(part: Part) -> tuple[PostHolder, ...]:
    """Those who hold a post still; nobody, while it is vacant."""
    departments = [each.text("name") for each in part.parts_or_none("governmentDepartments")]
    return tuple(
        PostHolder(
            member_id=member.part("value").number("id"),
            post=BiographyItem(
                house=None,
                name=part.text("name"),
                id=part.number("id"),
                started_on=holder.day("startDate"),
                ended_on=None,
                additional_info=departments[0] if departments else None,
                link=None,
            ),
        )
        for holder in part.parts_or_none("postHolders")
        if holder.day_or_none("endDate") is None and (member := holder.part_or_none("member"))
    )


def committee(part: Part) -> Committee:
    category = part.part_or_none("category")
    return Committee(
        id=part.number("id"),
        name=part.text("name"),
        category=category.text_or_none("name") if category else None,
    )


def committee_member(part: Part) -> CommitteeMember:
    info = part.part_or_none("memberInfo") if "memberInfo" in part.data else None
    return CommitteeMember(
        id=info.number("mnisId") if info else None,
        chairs=tuple(
            (role.day("startDate"), role.day_or_none("endDate"))
            for role in part.parts("roles")
            if role.part("role").flag("isChair")
        ),
    )
