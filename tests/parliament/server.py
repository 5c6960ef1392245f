"""Parliament's APIs on this machine: recorded answers where there are any, built ones where not, and
whatever goes wrong with a service on the internet, when a test says so."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from tests.contacts.lists import CODES, whole

RECORDED = Path(settings.BASE_DIR).parent / "shared" / "data" / "api" / "recorded"
COMMONS, LORDS = 1, 2
LATELY = "2026-02-27"
Json = dict[str, Any]


def recorded(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text())


# --- Answers, in the shapes that were recorded --------------------------------------------------


def party(name: str) -> Json:
    """Labour and Labour (Co-op) share an id, as they do there."""
    number = 15 if name.startswith("Labour") else 100 + sum(name.encode()) % 900
    return {
        "id": number,
        "name": name,
        "abbreviation": name[:3],
        "backgroundColour": None if name == "Speaker" else "d50000",
        "foregroundColour": None if name == "Speaker" else "FFFFFF",
        "isLordsMainParty": True,
        "isLordsSpiritualParty": False,
        "governmentType": 0 if name == "Labour" else None,
        "isIndependentParty": name == "Independent",
    }


def membership(seat: str, *, first: str, since: str, house: int = COMMONS) -> Json:
    return {
        "membershipFrom": seat,
        "membershipFromId": 4000 + sum(seat.encode()) % 900,
        "house": house,
        "membershipStartDate": f"{first}T00:00:00",
        "membershipEndDate": None,
        "membershipEndReason": None,
        "membershipEndReasonNotes": None,
        "membershipEndReasonId": None,
        "membershipStatus": {
            "statusIsActive": True,
            "statusDescription": "Current Member",
            "statusNotes": None,
            "statusId": 0,
            "status": 0,
            "statusStartDate": f"{since}T00:00:00",
        },
    }


def links(address: str) -> list[Json]:
    return [{"rel": "self", "href": address, "method": "GET"}]


@dataclass
class Person:
    """An MP, as the tests say it; `first` is the day of first entry, `since` that of the present membership."""

    id: int
    name: str
    seat: str
    party: str
    first: str = "2024-07-04"
    since: str = "2024-07-04"
    is_suspended: bool = False
    # (party, from, to) from the beginning; empty: only the present one, since the membership began.
    parties: list[tuple[str, str, str | None]] = field(default_factory=list)
    # By section of the biography: (name, id, from, to, additional information).
    posts: dict[str, list[tuple[str, int, str, str | None, str | None]]] = field(default_factory=dict)
    email: str = ""
    # (display name, from, to) from the beginning; empty: only the present one, since the first entry.
    names: list[tuple[str, str, str | None]] = field(default_factory=list)
    # When and why the membership ended: (day, reason, Parliament's number for it).
    left: tuple[str, str | None, int | None] | None = None

    def value(self, *, has_left: bool = False) -> Json:
        given, _, surname = self.name.rpartition(" ")
        held = membership(self.seat, first=self.first, since=self.since)
        if self.is_suspended:
            held["membershipStatus"] |= {
                "statusIsActive": False,
                "statusDescription": "Suspended",
                "statusNotes": "Recommendation of a panel",
                "statusId": 1,
                "status": 1,
            }
        if has_left:
            held |= {"membershipEndDate": f"{(self.left or [LATELY])[0]}T00:00:00", "membershipStatus": None}
        return {
            "id": self.id,
            "nameListAs": f"{surname}, {given}",
            "nameDisplayAs": self.name,
            "nameFullTitle": f"{self.name} MP",
            "nameAddressAs": None,
            "latestParty": party(self.party) if self.party else None,
            "gender": "F",
            "latestHouseMembership": held,
            "thumbnailUrl": f"https://members-api.parliament.uk/api/Members/{self.id}/Thumbnail",
        }

    def history(self) -> Json:
        spells = self.parties or [(self.party, self.since, None)] * bool(self.party)
        names = self.names or [(self.name, self.first, None)]
        held = membership(self.seat, first=self.first, since=self.since)
        if self.left:
            day, reason, number = self.left
            held |= {
                "membershipEndDate": f"{day}T00:00:00",
                "membershipEndReason": reason,
                "membershipEndReasonId": number,
                "membershipStatus": None,
            }
        return {
            "id": self.id,
            "thumbnailUrl": None,
            "partyHistory": [
                {
                    "startDate": f"{begun}T00:00:00",
                    "endDate": f"{ended}T00:00:00" if ended else None,
                    "party": party(name),
                }
                for name, begun, ended in spells
            ],
            "houseMembershipHistory": [held],
            "nameHistory": [
                {
                    "startDate": f"{begun}T00:00:00",
                    "endDate": f"{ended}T00:00:00" if ended else None,
                    "nameListAs": ", ".join(reversed(name.rsplit(" ", 1))),
                    "nameDisplayAs": name,
                    "nameFullTitle": f"{name} MP",
                    "nameAddressAs": None,
                }
                for name, begun, ended in names
            ],
        }

    def is_speaker(self) -> bool:
        return any(
            "Speaker" in name and not ended for name, _, _, ended, _ in self.posts.get("otherPosts", [])
        )

    def biography(self) -> Json:
        def item(name: str, number: int, begun: str, ended: str | None, about: str | None) -> Json:
            return {
                "house": COMMONS,
                "name": name,
                "id": number,
                "startDate": f"{begun}T00:00:00",
                "endDate": f"{ended}T00:00:00" if ended else None,
                "additionalInfo": about,
                "additionalInfoLink": None,
            }

        sections = ("governmentPosts", "oppositionPosts", "otherPosts", "committeeMemberships")
        return {
            "representations": [item(self.seat, 4000, self.since, None, "Elected 1 time")],
            "electionsContested": [],
            "houseMemberships": [item("Commons", 1, self.first, None, self.name)],
            **{key: [item(*post) for post in self.posts.get(key, [])] for key in sections},
            "partyAffiliations": [item(self.party, 15, self.since, None, None)],
        }

    def contact(self) -> list[Json]:
        """Absent keys are left out, as they are there."""
        office = {
            "type": "Parliamentary office",
            "typeDescription": None,
            "typeId": 1,
            "isPreferred": False,
            "isWebAddress": False,
            "notes": None,
            "line1": "House of Commons",
            "line2": "London",
            "postcode": "SW1A 0AA",
            "email": f"{self.email or f'mp{self.id}@example.org'} ",
        }
        page = {
            "type": "Website",
            "typeDescription": None,
            "typeId": 6,
            "isPreferred": False,
            "isWebAddress": True,
            "notes": None,
            "line1": f"https://mp{self.id}.example/",
        }
        return [office, page]


POSTS_IN = {"GovernmentPosts": "governmentPosts", "OppositionPosts": "oppositionPosts", "Spokespersons": ""}


def post_held(kind: str, name: str, number: int, about: str | None) -> Json:
    departments = [{"id": 1, "name": about, "url": None, "imageUrl": None}] if about else []
    return {
        "type": list(POSTS_IN).index(kind),
        "name": name,
        "hansardName": None,
        "id": number,
        "postHolders": [],
        "governmentDepartments": departments,
        "createdWhen": "2020-01-01T00:00:00",
        "order": 1,
    }


@dataclass
class Body:
    """A committee; `roles` of its members by their ids: (name of the role, from, to)."""

    id: int
    name: str
    roles: dict[int, list[tuple[str, str, str | None]]] = field(default_factory=dict)
    category: str = "Select"

    def summary(self) -> Json:
        """As the recorded item, without what says nothing here."""
        return {
            "id": self.id,
            "name": self.name,
            "subCommittees": [],
            "house": "Commons",
            "category": {"id": 1, "name": self.category},
            "committeeTypes": [],
            "showOnWebsite": True,
            "startDate": "2010-07-13T00:00:00",
            "endDate": None,
        }

    def members(self) -> list[Json]:
        """One of them is a lay member, who has no page in either House."""
        lay = {
            "id": 1,
            "personId": None,
            "name": "Eve Lay",
            "isLayMember": True,
            "roles": [role("Lay member")],
        }
        return [lay] + [
            {
                "id": 90_000 + number,
                "personId": 40_000 + number,
                "name": f"Member {number}",
                "memberInfo": {"mnisId": number, "isChair": False, "house": "Commons", "isCurrent": True},
                "isLayMember": False,
                "roles": [role(*each) for each in roles],
            }
            for number, roles in self.roles.items()
        ]


def role(name: str, begun: str = "2024-10-21", ended: str | None = None) -> Json:
    return {
        "startDate": f"{begun}T00:00:00",
        "endDate": f"{ended}T00:00:00" if ended else None,
        "role": {"id": 2, "name": name, "roleType": {"id": 1, "name": name}, "isChair": name == "Chair"},
        "exOfficio": False,
        "alternate": False,
        "coOpted": False,
    }


class Parliament:
    """Who sits where. `mps` is the list the search gives, in its order; `seats` are all 650 names."""

    def __init__(self, mps: list[Person], seats: list[str] | None = None) -> None:
        self.mps = mps
        self.seats = sorted(seats or {mp.seat for mp in mps})
        # Ids that sit but are not in the search, as a list that was cut while it was read would have it.
        self.left_out: set[int] = set()
        # Who sat once: only the histories tell of them.
        self.former: list[Person] = []
        self.committees: list[Body] = []

    @classmethod
    def made_up(cls, codes: list[str] = CODES) -> Parliament:
        """The made-up MPs of `tests.contacts.lists`, on the real codes' seats."""
        return cls(
            [Person(int(row["Member ID"]), row["MP"], row["PCON24NM"], row["Party"]) for row in whole(codes)]
        )

    def mp(self, seat: str) -> Person:
        return next(mp for mp in self.mps if mp.seat == seat)

    def vacate(self, seat: str) -> Person:
        gone = self.mp(seat)
        self.mps.remove(gone)
        self.former.append(gone)
        return gone

    def answer(self, path: str, query: dict[str, list[str]]) -> Any:
        """The answer to an address below /api, or None."""
        skip, take = int(query.get("skip", ["0"])[0]), min(20, int(query.get("take", ["20"])[0]))
        match path.strip("/").split("/"):
            case ["Members", "Search"]:
                listed = [mp for mp in self.mps if mp.id not in self.left_out]
                return self.page(path, listed, skip, take, Person.value)
            case ["Members", "History"]:
                wanted = {int(number) for number in query["ids"]}
                known = {mp.id: mp for mp in (*self.former, *self.mps)}
                return [{"value": known[n].history(), "links": []} for n in sorted(wanted & known.keys())]
            case ["Members", number, what]:
                asked = {"Biography": Person.biography, "Contact": Person.contact}
                mp = next((mp for mp in self.mps if mp.id == int(number)), None)
                return mp and self.single(path, asked[what](mp))
            case ["Parties", "StateOfTheParties", "1", _]:
                return self.state_of_the_parties()
            case ["Location", "Constituency", "Search"]:
                text = query.get("searchText", [""])[0].casefold()
                named = [name for name in self.seats if text in name.casefold()]
                return self.page(path, named, skip, take, self.seat)
        is_of_committees = path.startswith("/Committees")
        return self.answer_of_committees(path, query) if is_of_committees else self.answer_of_one(path)

    def answer_of_one(self, path: str) -> Any:
        """About a person, or about those who hold posts."""
        match path.strip("/").split("/"):
            case ["Members", number]:
                sits = {mp.id: mp.value() for mp in self.mps}
                once = {mp.id: mp.value(has_left=True) for mp in self.former}
                return self.single(path, (once | sits).get(int(number)))
            case ["Posts", "SpeakerAndDeputies", _]:
                return [{"value": mp.value(), "links": []} for mp in self.mps if mp.is_speaker()]
            case ["Posts", kind]:
                return self.posts(kind)
        return None

    def answer_of_committees(self, path: str, query: dict[str, list[str]]) -> Any:
        match path.strip("/").split("/"):
            case ["Committees"]:
                return self.part([each.summary() for each in self.committees], query)
            case ["Committees", number, "Members"]:
                body = next((each for each in self.committees if each.id == int(number)), None)
                return body and self.part(body.members(), query)
        return None

    def posts(self, kind: str) -> list[Json]:
        """Each post, those of a kind that last still, with all who hold it."""
        found: dict[int, Json] = {}
        for mp in self.mps:
            for name, number, begun, ended, about in mp.posts.get(POSTS_IN[kind], []):
                post = found.setdefault(number, post_held(kind, name, number, about))
                post["postHolders"] += [
                    {
                        "member": {"value": mp.value(), "links": []},
                        "startDate": f"{begun}T00:00:00",
                        "endDate": f"{ended}T00:00:00" if ended else None,
                        "layingMinisterName": None,
                        "isPaid": True,
                    }
                ]
        return [{"value": post, "links": []} for post in found.values()]

    def state_of_the_parties(self) -> Json:
        """Its total is 0 in the record too."""
        names = ["Labour" if mp.party.startswith("Labour") else mp.party for mp in self.mps if mp.party]
        items = [
            {"value": {"male": 0, "female": n, "nonBinary": 0, "total": n, "party": party(name)}, "links": []}
            for name, n in Counter(names).most_common()
        ]
        return {"items": items, "totalResults": 0, "resultContext": None, "skip": 0, "take": 0, "links": []}

    def seat(self, name: str) -> Json:
        holder = next((mp for mp in self.mps if mp.seat == name), None)
        held = holder and {
            "member": {"value": holder.value(), "links": links(f"/Members/{holder.id}")},
            "representation": membership(name, first=holder.first, since=holder.since),
        }
        return {
            "id": 4000 + self.seats.index(name),
            "name": name,
            "startDate": "2024-05-31T00:00:00",
            "endDate": None,
            "currentRepresentation": held,
        }

    def page(self, path: str, found: list[Any], skip: int, take: int, value: Callable[[Any], Json]) -> Json:
        return {
            "items": [{"value": value(one), "links": []} for one in found[skip : skip + take]],
            "totalResults": len(found),
            "resultContext": "",
            "skip": skip,
            "take": take,
            "links": links(f"{path}?skip={skip}&take={take}"),
        }

    def part(self, found: list[Json], query: dict[str, list[str]]) -> Json:
        """Of a list of the Committees API."""
        skip, take = int(query["Skip"][0]), int(query["Take"][0])
        items = found[skip : skip + take]
        return {"items": items, "totalResults": len(found), "itemsPerPage": take, "links": []}

    def single(self, path: str, value: Any) -> Json | None:
        return value and {"value": value, "links": links(path)}


class Recordings:
    """Only what was recorded, each answer at the address it came from."""

    def __init__(self) -> None:
        self.answers = {
            "/Members/Search": recorded("members_search"),
            "/Members/1581": recorded("members_id_1581_suspended_independent"),
            "/Members/History": recorded("members_history_1581"),
            "/Members/4514/Biography": recorded("members_id_biography_4514"),
            "/Members/4514/Contact": recorded("members_id_contact_4514"),
            "/Members/1/Contact": recorded("members_empty_list"),
            "/Members/1/Biography": recorded("members_id_biography_empty"),
            "/Location/Constituency/Search": recorded("location_constituency_search"),
            "/Parties/StateOfTheParties/1/2024-11-28": recorded("parties_stateoftheparties_commons"),
            "/Posts/GovernmentPosts": [],
            "/Posts/OppositionPosts": [],
            "/Posts/Spokespersons": [],
            "/Posts/SpeakerAndDeputies/2026-03-02": [],
            "/Committees": {"items": [recorded("committees_committee_203")], "totalResults": 1},
            "/Committees/203/Members": {"items": [], "totalResults": 0},
        }

    def answer(self, path: str, query: dict[str, list[str]]) -> Any:
        return self.answers.get(path)


# --- What goes wrong ----------------------------------------------------------------------------


@dataclass
class Fault:
    """Something that goes wrong with the next `times` requests whose address holds `where`.

    `mangle` changes the answer's JSON; the other faults are named by `kind`.
    """

    kind: str
    where: str = ""
    times: int = 1
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    mangle: Callable[[Any], Any] | None = None


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, source: Parliament | Recordings) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.source = source
        self.faults: list[Fault] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        # Called with the address before each answer is made: for what changes while somebody reads.
        self.meanwhile: Callable[[str], None] = lambda address: None
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def fault(self, kind: str, **about: Any) -> None:
        self.faults.append(Fault(kind, **about))

    def addresses(self) -> list[str]:
        return [address for address, _ in self.asked]

    def next_fault(self, address: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.where in address and fault.times:
                    fault.times -= 1
                    return fault
        return None

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up on a faulty answer is what the tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        self.server.meanwhile(self.path)
        split = urlsplit(self.path)
        answer = self.server.source.answer(split.path.removeprefix("/api"), parse_qs(split.query))
        fault = self.server.next_fault(self.path)
        if fault and fault.mangle:
            answer = fault.mangle(answer)
        elif fault:
            self.go_wrong(fault, json.dumps(answer).encode())
            return
        if answer is None:
            self.send(b'{"title": "Not Found", "status": 404}', status=404)
            return
        body = json.dumps(answer).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        if self.headers.get("If-None-Match") == etag:
            self.send(b"", status=304)
            return
        self.send(body, ETag=etag)

    def send(self, body: bytes, *, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        if status != 304:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def go_wrong(self, fault: Fault, body: bytes) -> None:
        match fault.kind:
            case "status":
                headers = {name.replace("-", "_"): value for name, value in fault.headers.items()}
                self.send(b"{}", status=fault.status, **headers)
            case "html":
                self.send(b"<!DOCTYPE html><title>Down for maintenance</title>", kind="text/html")
            case "cut text":
                self.send(body[: len(body) // 2])
            case "cut off":
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            case "slow":
                time.sleep(fault.seconds)
                with suppress(OSError):
                    self.send(body)
            case "dribble":
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(OSError):
                    for position in range(0, len(body), 1000):
                        self.wfile.write(body[position : position + 1000])
                        time.sleep(fault.seconds)
            case "redirect":
                self.send(b"", status=302, Location="http://elsewhere.example/api/Members/Search")
            case "huge":
                with suppress(OSError):
                    self.send(b'{"items": "' + b"x" * 6 * 1024 * 1024 + b'"}')
            case "binary":
                self.send(b'{"items": "\xff\xfe"}')
            case _:
                raise ValueError(fault.kind)


@contextmanager
def serving(source: Parliament | Recordings) -> Iterator[Server]:
    server = Server(source)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
