"""The one way to Parliament's APIs, of members and of committees: bounded, patient, polite, and typed.

Only the addresses in `settings.PARLIAMENT_APIS` are asked, redirects are not followed, an answer may neither
be huge nor take long, and what is wrong with it is one of two exceptions: NoAnswer (try again later) and
OddAnswer (it is not what it should be).
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

import httpx
from django.conf import settings

from contacts.parliament import shapes
from contacts.parliament.shapes import OddAnswer, Page, Part

PAGE = 20  # as many as the API gives at once
MOST_ITEMS = 5_000
MOST_BYTES = 4 * 1024 * 1024  # a page of members is 40 KB
CONNECT_SECONDS, READ_SECONDS = 5.0, 20.0
LONGEST_VALIDATOR = 200
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0

Parsed = TypeVar("Parsed")
Item = TypeVar("Item")


class NoAnswer(Exception):
    """Parliament did not answer, or not now; `wait`: how many seconds it asks us to let pass."""

    def __init__(self, address: str, what: str, *, wait: float = 0) -> None:
        super().__init__(f"{address} {what}")
        self.address = address
        self.what = what
        self.wait = wait


@dataclass(frozen=True)
class Patience:
    """How often an address is tried, and how long one answer may take, however it dribbles."""

    tries: int
    seconds: float


PATIENT, BRISK = Patience(tries=5, seconds=60), Patience(tries=1, seconds=10)


@dataclass(frozen=True)
class Kept:
    """An answer from before. `is_fresh`: good as it is, there is no need to ask again."""

    body: str
    etag: str = ""
    last_modified: str = ""
    is_fresh: bool = False


class Keeper(Protocol):
    """Where answers are kept, for asking only whether they have changed and for going on after a crash."""

    def find(self, address: str) -> Kept | None: ...

    def keep(self, address: str, kept: Kept) -> None:
        """Called once the answer has been understood, so that no odd answer is ever kept."""


class Forgetful:
    """Keeps nothing."""

    def find(self, address: str) -> Kept | None:
        return None

    def keep(self, address: str, kept: Kept) -> None:
        pass


class ParliamentAPI(AbstractContextManager["ParliamentAPI"]):
    """Parliament's APIs. `before_asking` is called before each request that really goes out."""

    def __init__(
        self,
        *,
        keeper: Keeper | None = None,
        patience: Patience = PATIENT,
        before_asking: Callable[[], None] = lambda: None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.bases = settings.PARLIAMENT_APIS
        self.keeper = keeper or Forgetful()
        self.patience = patience
        self.before_asking = before_asking
        self.sleep, self.clock, self.chance = sleep, clock, chance
        self.asked_at: float | None = None
        self.http = httpx.Client(
            timeout=httpx.Timeout(CONNECT_SECONDS, read=min(READ_SECONDS, patience.seconds)),
            follow_redirects=False,
            headers={"Accept": "application/json", "User-Agent": f"mpcrm (+{settings.BASE_URL})"},
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    # --- What can be asked ------------------------------------------------------------------

    def current_mps(self) -> Iterator[Page[shapes.Member]]:
        """Every MP who sits now, in pages."""
        return self._pages("/api/Members/Search", shapes.member, House=1, IsCurrentMember="true")

    def member(self, member_id: int) -> shapes.Member:
        """One person, sitting or not."""
        return self._get(self._address(f"/api/Members/{member_id:d}"), shapes.single, shapes.member)

    def seats(self, name: str = "") -> Iterator[Page[shapes.Seat]]:
        """The constituencies there are now, in pages, with who holds them; those like `name`, if given."""
        return self._pages("/api/Location/Constituency/Search", shapes.seat, searchText=name)

    def histories(self, member_ids: Sequence[int]) -> tuple[shapes.History, ...]:
        """Names, parties and memberships of up to 20 members, each from the beginning."""
        address = self._address("/api/Members/History", ids=sorted(member_ids))
        return self._get(address, shapes.bare_list, shapes.history)

    def contact(self, member_id: int) -> tuple[shapes.ContactPoint, ...]:
        address = self._address(f"/api/Members/{member_id:d}/Contact")
        return self._get(address, shapes.value_list, shapes.contact_point)

    def biography(self, member_id: int) -> shapes.Biography:
        address = self._address(f"/api/Members/{member_id:d}/Biography")
        return self._get(address, shapes.single, shapes.biography)

    def parties(self, on: date) -> tuple[shapes.PartySeats, ...]:
        """The state of the parties in the Commons on a day."""
        address = self._address(f"/api/Parties/StateOfTheParties/{shapes.COMMONS}/{on:%Y-%m-%d}")
        return self._get(address, shapes.page, shapes.party_seats).items

    def post_holders(self, kind: str) -> tuple[shapes.PostHolder, ...]:
        """Who holds which post of a kind now: GovernmentPosts, OppositionPosts or Spokespersons."""
        posts = self._get(self._address(f"/api/Posts/{kind}"), shapes.bare_list, shapes.post_holders)
        return tuple(holder for post in posts for holder in post)

    def speakers(self, on: date) -> tuple[int, ...]:
        """The ids of the Speaker and the deputies on a day."""
        address = self._address(f"/api/Posts/SpeakerAndDeputies/{on:%Y-%m-%d}")
        return self._get(address, shapes.bare_list, lambda part: part.number("id"))

    def committees(self) -> tuple[shapes.Committee, ...]:
        """Every committee of the Commons that there is now."""
        address = self._address("/api/Committees", "committees", CommitteeStatus="Current", House="Commons")
        return self._every(address, shapes.committee)

    def committee_members(self, committee_id: int) -> tuple[shapes.CommitteeMember, ...]:
        path = f"/api/Committees/{committee_id:d}/Members"
        address = self._address(path, "committees", MembershipStatus="Current")
        return self._every(address, shapes.committee_member)

    # --- How it is asked --------------------------------------------------------------------

    def _address(self, path: str, api: str = "members", /, **query: Any) -> str:
        return f"{self.bases[api]}{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")

    def _pages(self, path: str, read: Callable[[Part], Item], **query: Any) -> Iterator[Page[Item]]:
        """Page after page, as many as the first one's total takes, whatever later ones say of it."""
        skip, total = 0, 1
        while skip < total:
            address = self._address(path, **query, skip=skip, take=PAGE)
            page: Page[Item] = self._get(address, shapes.page, read)
            if page.skip != skip:
                raise OddAnswer(address, "skip", f"is {page.skip}, not {skip} as asked")
            if page.total > MOST_ITEMS or len(page.items) > PAGE:
                raise OddAnswer(address, "totalResults", "is more than there can be")
            yield page
            total = page.total if skip == 0 else total
            skip += PAGE

    def _every(self, address: str, read: Callable[[Part], Item]) -> tuple[Item, ...]:
        """All of a list of the Committees API, which does not say which part of it an answer is."""
        items: list[Item] = []
        skip, total = 0, 1
        while skip < total:
            part = f"{address}&Skip={skip}&Take={PAGE}"
            found, total = self._get(part, shapes.collection, read)
            items += found
            skip += PAGE
            if total > MOST_ITEMS or len(items) != min(skip, total):
                raise OddAnswer(part, "totalResults", f"is {total}, and {len(items)} came until then")
        return tuple(items)

    def _get(
        self,
        address: str,
        wrapper: Callable[[Any, str, Callable[[Part], Item]], Parsed],
        read: Callable[[Part], Item],
    ) -> Parsed:
        """The answer of an address, understood: a fresh one from the keeper, else from Parliament."""
        kept = self.keeper.find(address)
        if kept and kept.is_fresh:
            return wrapper(as_json(kept.body, address), address, read)
        answer = self._ask(address, kept)
        parsed = wrapper(as_json(answer.body, address), address, read)
        self.keeper.keep(address, answer)
        return parsed

    def _ask(self, address: str, kept: Kept | None) -> Kept:
        wait = 0.0
        for attempt in range(1, self.patience.tries + 1):
            if attempt > 1:
                backoff = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 2))
                self.sleep(max(wait, backoff * (0.5 + self.chance() / 2)))
            self._keep_pace()
            try:
                return self._request(address, kept)
            except NoAnswer as none:
                if none.wait > LONGEST_PAUSE or attempt == self.patience.tries:
                    raise
                wait = none.wait
        raise AssertionError("unreachable")

    def _keep_pace(self) -> None:
        self.before_asking()
        if self.asked_at is not None:
            ahead = self.asked_at + settings.PARLIAMENT_PACE - self.clock()
            if ahead > 0:
                self.sleep(ahead)
        self.asked_at = self.clock()

    def _request(self, address: str, kept: Kept | None) -> Kept:
        headers = {}
        if kept and kept.etag:
            headers["If-None-Match"] = kept.etag
        elif kept and kept.last_modified:
            headers["If-Modified-Since"] = kept.last_modified
        refuse_other_hosts(address)
        try:
            with self.http.stream("GET", address, headers=headers) as response:
                if response.status_code == httpx.codes.NOT_MODIFIED and kept:
                    return kept
                refuse_status(response, address)
                body = self._body(response, address)
                etag, last_modified = (validator(response, name) for name in ("ETag", "Last-Modified"))
                return Kept(body=body, etag=etag, last_modified=last_modified)
        except httpx.RequestError as error:
            raise NoAnswer(address, f"did not answer ({type(error).__name__})") from error

    def _body(self, response: httpx.Response, address: str) -> str:
        started, body = self.clock(), bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MOST_BYTES:
                raise OddAnswer(address, "", f"is larger than {MOST_BYTES // 1024 // 1024} MB")
            if self.clock() - started > self.patience.seconds:
                raise NoAnswer(address, f"took longer than {self.patience.seconds:.0f} seconds")
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise OddAnswer(address, "", "is not UTF-8 text") from None


def as_json(body: str, address: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        what = "is a web page, not JSON" if body.lstrip()[:1] == "<" else "is not JSON, or cut short"
        raise OddAnswer(address, "", what) from None


def refuse_other_hosts(address: str) -> None:
    """The last look before a request leaves: it goes to an API we mean to ask, and nowhere else; from a demo
    none does."""
    if settings.DEMO:
        raise OddAnswer(address, "", "is not asked, since this is a demo")
    if not any(address.startswith(f"{base}/api/") for base in settings.PARLIAMENT_APIS.values()):
        raise OddAnswer(address, "", "is not at a host that may be asked")


def refuse_status(response: httpx.Response, address: str) -> None:
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise NoAnswer(address, f"answered {status}", wait=retry_after(response))
    if response.has_redirect_location:
        raise OddAnswer(address, "", f"answered {status}: go elsewhere, which we do not")
    if status != httpx.codes.OK:
        raise OddAnswer(address, "", f"answered {status}")


def retry_after(response: httpx.Response) -> float:
    """How many seconds an answer asks us to wait: a number, or a date, which its own date is taken from."""
    wait = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,6}", wait):
        return float(wait)
    try:
        until, now = (parsedate_to_datetime(text) for text in (wait, response.headers.get("Date", "")))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def validator(response: httpx.Response, name: str) -> str:
    """A header by which to ask whether an answer has changed; empty if it could not be sent back."""
    value = response.headers.get(name, "")
    return value if value.isascii() and value.isprintable() and len(value) <= LONGEST_VALIDATOR else ""
