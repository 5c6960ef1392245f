"""The client of the Members API: what it reads, what it refuses, how it waits."""

from __future__ import annotations

import socket
from datetime import date

import pytest

from contacts.parliament import client as clients
from contacts.parliament.client import Kept, NoAnswer, ParliamentAPI, Patience
from contacts.parliament.shapes import OddAnswer
from tests.parliament.server import Parliament, Person, Recordings

SEARCH = "/api/Members/Search?House=1&IsCurrentMember=true&skip=0&take=20"


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


class Shelf:
    """A keeper that remembers, and says that nothing is fresh."""

    def __init__(self, *, is_fresh: bool = False) -> None:
        self.kept: dict[str, Kept] = {}
        self.is_fresh = is_fresh

    def find(self, address: str) -> Kept | None:
        found = self.kept.get(address)
        return found and Kept(found.body, found.etag, found.last_modified, is_fresh=self.is_fresh)

    def keep(self, address: str, kept: Kept) -> None:
        self.kept[address] = kept


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(clock):
    """Clients that do not really wait and have no luck in their jitter."""
    opened: list[ParliamentAPI] = []

    def make(**options) -> ParliamentAPI:
        opened.append(ParliamentAPI(sleep=clock.sleep, clock=clock, chance=lambda: 1.0, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.http.close()


@pytest.fixture
def small(serve):
    return serve(Parliament([Person(4001, "Ada Aldous", "Aaa Vale", "Labour")]))


# --- What was recorded is read ----------------------------------------------------------------


@pytest.mark.real_data
def test_recorded_search_is_read(serve, api):
    serve(Recordings())

    [page] = api().current_mps()

    assert (page.total, page.skip, [member.id for member in page.items]) == (2, 0, [4514, 3305, 4544])
    starmer, peer, _ = page.items
    assert (starmer.display_name, starmer.list_name, starmer.address_as) == (
        "Sir Keir Starmer",
        "Starmer, Sir Keir",
        None,
    )
    assert (starmer.party.id, starmer.party.name, starmer.party.colour) == (15, "Labour", "d50000")
    held = starmer.membership
    assert (held.house, held.seat_name, held.seat_id) == (1, "Holborn and St Pancras", 4105)
    assert (held.started_on, held.ended_on) == (date(2015, 5, 7), None)
    assert (held.status.is_active, held.status.started_on) == (True, date(2024, 7, 4))
    assert peer.membership.house == 2


@pytest.mark.real_data
def test_recorded_suspended_member_is_read(serve, api):
    serve(Recordings())

    member = api().member(1581)

    status = member.membership.status
    assert (member.display_name, member.party.name) == ("Mr Peter Bone", "Independent")
    assert (status.is_active, status.description, status.started_on) == (
        False,
        "Suspended",
        date(2023, 10, 25),
    )


@pytest.mark.real_data
def test_recorded_history_is_read(serve, api):
    server = serve(Recordings())

    [history] = api().histories([1581])

    assert server.addresses() == ["/api/Members/History?ids=1581"]
    assert [(row.party.name, row.started_on, row.ended_on) for row in history.parties[-2:]] == [
        ("Conservative", date(2019, 12, 12), date(2023, 10, 17)),
        ("Independent", date(2023, 10, 17), None),
    ]
    assert [row.display_name for row in history.names] == ["Mr Peter Bone"]
    assert {row.seat_name for row in history.memberships} == {"Wellingborough"}


@pytest.mark.real_data
def test_recorded_contact_is_read_with_its_absent_keys(serve, api):
    serve(Recordings())

    points = api().contact(4514)

    office, _, _, website, _ = points
    assert (office.type_id, office.lines, office.postcode) == (1, ("House of Commons", "London"), "SW1A 0AA")
    assert (office.email, office.phone) == ("keir.starmer.mp@parliament.uk", None)
    assert (website.is_web_address, website.lines) == (True, ("http://www.keirstarmer.com/",))
    assert api().contact(1) == ()


@pytest.mark.real_data
def test_recorded_biography_is_read(serve, api):
    serve(Recordings())

    biography = api().biography(4514)

    [post] = biography.government_posts
    assert (post.name, post.id, post.started_on, post.ended_on) == (
        "Prime Minister and First Lord of the Treasury",
        1267,
        date(2024, 7, 5),
        None,
    )
    assert post.additional_info == "Prime Minister"
    assert len(biography.representations) == 2
    assert api().biography(1).committee_memberships == ()


@pytest.mark.real_data
def test_recorded_constituency_is_read(serve, api):
    server = serve(Recordings())

    [page] = api().seats("inverness")

    assert "searchText=inverness&skip=0&take=20" in server.addresses()[0]
    [seat] = page.items
    assert (seat.id, seat.name, seat.ended_on) == (4483, "Inverness, Skye and West Ross-shire", None)
    assert (seat.holder.id, seat.holder.display_name) == (5362, "Mr Angus MacDonald")


@pytest.mark.real_data
def test_recorded_state_of_the_parties_is_read(serve, api):
    serve(Recordings())

    rows = api().parties(date(2024, 11, 28))

    assert [(row.party.name, row.total) for row in rows[:2]] == [("Labour", 402), ("Conservative", 121)]
    assert sum(row.total for row in rows) == 650


# --- Pages ------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.whole_house
def test_650_mps_are_33_pages_of_20(server, api, clock, settings):
    settings.PARLIAMENT_PACE = 1.5

    pages = list(api().current_mps())

    assert [len(page.items) for page in pages] == [20] * 32 + [10]
    assert len({member.id for page in pages for member in page.items}) == 650
    assert server.addresses()[0] == SEARCH
    assert "skip=640" in server.addresses()[-1]
    assert clock.slept == [1.5] * 32


def test_a_vacant_seat_has_no_holder(serve, api, parliament):
    serve(parliament)
    parliament.vacate("AaaAaa Vale")

    [page] = api().seats("AaaAaa Vale")

    assert [(seat.name, seat.holder) for seat in page.items] == [("AaaAaa Vale", None)]


def test_who_holds_a_post_now_is_read(small, api):
    """The post as a biography has it; whoever held it before, or nobody, is not told of."""
    [mp] = small.source.mps
    before, now = "2025-09-05", "2025-09-07"
    mp.posts["governmentPosts"] = [
        ("Minister (Ink)", 7, "2024-07-09", before, "Department for Ink"),
        ("Minister (Paper)", 8, now, None, "Department for Paper"),
        ("Assistant Whip", 9, now, None, None),
    ]
    mp.posts["otherPosts"] = [("Deputy Speaker", 3, now, None, None)]

    def vacate(answer):
        return [*answer, {"value": {"id": 10, "name": "Minister (Glue)", "postHolders": None}, "links": []}]

    small.fault("mangled", where="GovernmentPosts", mangle=vacate)
    holders = api().post_holders("GovernmentPosts")

    assert [
        (each.member_id, each.post.name, each.post.id, each.post.additional_info) for each in holders
    ] == [
        (4001, "Minister (Paper)", 8, "Department for Paper"),
        (4001, "Assistant Whip", 9, None),
    ]
    assert {each.post.started_on for each in holders} == {date(2025, 9, 7)}
    assert api().post_holders("OppositionPosts") == api().post_holders("Spokespersons") == ()
    assert api().speakers(date(2026, 3, 2)) == (4001,)
    assert small.addresses()[-1] == "/api/Posts/SpeakerAndDeputies/2026-03-02"


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [
        ("member", {}, "[0].value.postHolders[0].member.value"),
        ("startDate", None, "[0].value.postHolders[0].startDate"),
        ("member", [], "[0].value.postHolders[0].member"),
    ],
)
def test_a_post_holder_of_another_shape_is_odd(small, api, key, value, where):
    small.source.mps[0].posts["governmentPosts"] = [("Assistant Whip", 9, "2025-09-07", None, None)]

    def mangle(answer):
        answer[0]["value"]["postHolders"][0][key] = value
        return answer

    small.fault("mangled", where="GovernmentPosts", mangle=mangle)

    with pytest.raises(OddAnswer) as odd:
        api().post_holders("GovernmentPosts")
    assert odd.value.key == where


def test_a_page_that_is_not_the_one_asked_for_is_odd(small, api):
    small.fault("mangled", mangle=lambda answer: {**answer, "skip": 40})

    with pytest.raises(OddAnswer) as odd:
        list(api().current_mps())

    assert (odd.value.address, odd.value.key) == (small.address + SEARCH, "skip")


# --- Odd answers ------------------------------------------------------------------------------


def without(*path):
    """The answer without the value at this path."""

    def mangle(answer):
        inner = answer
        for key in path[:-1]:
            inner = inner[key]
        del inner[path[-1]]
        return answer

    return mangle


def put(value, *path):
    def mangle(answer):
        inner = answer
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value
        return answer

    return mangle


VALUE = ("items", 0, "value")


@pytest.mark.parametrize(
    ("mangle", "key", "what"),
    [
        (lambda answer: [], "", "is not an object"),
        (lambda answer: "text", "", "is not an object"),
        (without("items"), "items", "lacks a key"),
        (without("totalResults"), "totalResults", "lacks a key"),
        (put({}, "items"), "items", "is not a list"),
        (put(["text"], "items"), "items[0]", "is not an object"),
        (put("650", "totalResults"), "totalResults", "is not a number"),
        (put(True, "totalResults"), "totalResults", "is not a number"),
        (put(10**6, "totalResults"), "totalResults", "is more than there can be"),
        (without(*VALUE), "items[0].value", "lacks a key"),
        (without(*VALUE, "id"), "items[0].value.id", "lacks a key"),
        (put("4001", *VALUE, "id"), "items[0].value.id", "is not a number"),
        (put(None, *VALUE, "nameDisplayAs"), "items[0].value.nameDisplayAs", "is not a text"),
        (put(" ", *VALUE, "nameDisplayAs"), "items[0].value.nameDisplayAs", "is not a text"),
        (without(*VALUE, "latestParty"), "items[0].value.latestParty", "lacks a key"),
        (put([], *VALUE, "latestParty"), "items[0].value.latestParty", "is not an object"),
        (without(*VALUE, "latestHouseMembership"), "items[0].value.latestHouseMembership", "lacks a key"),
        (
            put("4 July", *VALUE, "latestHouseMembership", "membershipStartDate"),
            "items[0].value.latestHouseMembership.membershipStartDate",
            "is not a date",
        ),
        (
            put("2024-02-31T00:00:00", *VALUE, "latestHouseMembership", "membershipStartDate"),
            "items[0].value.latestHouseMembership.membershipStartDate",
            "is not a date",
        ),
    ],
)
def test_a_wrong_shape_is_odd_and_says_where(small, api, mangle, key, what):
    small.fault("mangled", mangle=mangle)

    with pytest.raises(OddAnswer) as odd:
        list(api().current_mps())

    assert odd.value.address == small.address + SEARCH
    assert odd.value.key == key
    assert odd.value.what.startswith(what)


@pytest.mark.parametrize(
    ("kind", "about", "what"),
    [
        ("html", {}, "is a web page, not JSON"),
        ("cut text", {}, "is not JSON, or cut short"),
        ("binary", {}, "is not UTF-8 text"),
        ("huge", {}, "is larger than 4 MB"),
        ("redirect", {}, "answered 302: go elsewhere, which we do not"),
        ("status", {"status": 404}, "answered 404"),
        ("status", {"status": 204}, "answered 204"),
        ("status", {"status": 304}, "answered 304"),
    ],
)
def test_an_answer_that_is_none_is_odd_and_not_asked_for_again(small, api, kind, about, what):
    small.fault(kind, **about)

    with pytest.raises(OddAnswer) as odd:
        list(api().current_mps())

    assert (odd.value.key, odd.value.what) == ("", what)
    assert len(small.asked) == 1


def test_another_host_is_never_asked(small, api, settings):
    client = api()
    settings.PARLIAMENT_APIS = {"members": "https://members-api.parliament.uk"}

    with pytest.raises(OddAnswer, match="is not at a host that may be asked"):
        client.contact(1)

    assert small.asked == []


def test_a_demo_asks_nobody(small, api, settings):
    settings.DEMO = True

    with pytest.raises(OddAnswer, match="is not asked, since this is a demo"):
        list(api().current_mps())

    assert small.asked == []


def test_characters_that_no_database_keeps_are_cleaned(small, api):
    small.fault("mangled", mangle=put("Ada\x00  Aldous\ud800", *VALUE, "nameDisplayAs"))

    [page] = api().current_mps()

    assert page.items[0].display_name == "Ada� Aldous�"


# --- Answers that do not come -----------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 503, 520, 599])
def test_a_passing_fault_is_tried_again_with_growing_pauses(small, api, clock, status):
    small.fault("status", status=status, times=3)

    [page] = api().current_mps()

    assert len(page.items) == 1
    assert len(small.asked) == 4
    assert clock.slept == [1.0, 2.0, 4.0]


def test_an_answer_cut_off_is_asked_for_again(small, api):
    small.fault("cut off")

    [page] = api().current_mps()

    assert len(page.items) == 1
    assert len(small.asked) == 2


def test_jitter_halves_a_pause_at_most(small, clock):
    small.fault("status", times=2)

    with ParliamentAPI(sleep=clock.sleep, clock=clock, chance=lambda: 0.0) as api:
        list(api.current_mps())

    assert clock.slept == [0.5, 1.0]


def test_trying_ends(small, api, clock):
    small.fault("status", status=503, times=9)

    with pytest.raises(NoAnswer) as none:
        list(api().current_mps())

    assert (none.value.address, none.value.what) == (small.address + SEARCH, "answered 503")
    assert len(small.asked) == 5
    assert clock.slept == [1.0, 2.0, 4.0, 8.0]


def test_parliaments_wish_to_wait_is_honoured(small, api, clock):
    small.fault("status", status=429, headers={"Retry-After": "30"})

    list(api().current_mps())

    assert clock.slept == [30.0]


def test_a_wish_to_wait_for_long_ends_the_trying(small, api, clock):
    small.fault("status", status=429, headers={"Retry-After": "3600"})

    with pytest.raises(NoAnswer) as none:
        list(api().current_mps())

    assert (none.value.wait, clock.slept, len(small.asked)) == (3600.0, [], 1)


def test_a_date_to_wait_for_is_counted_from_the_answers_own():
    response = clients.httpx.Response(
        503,
        headers={"Retry-After": "Mon, 02 Mar 2026 09:00:30 GMT", "Date": "Mon, 02 Mar 2026 09:00:00 GMT"},
    )

    assert clients.retry_after(response) == 30.0
    assert clients.retry_after(clients.httpx.Response(503, headers={"Retry-After": "soon"})) == 0.0


def test_nobody_listening_is_no_answer(api, settings, clock):
    settings.PARLIAMENT_APIS = {"members": "http://127.0.0.1:9"}

    with pytest.raises(NoAnswer, match=r"did not answer \(ConnectError\)"):
        api(patience=Patience(2, 60)).contact(1)

    assert clock.slept == [1.0]


def test_a_connection_that_is_not_taken_up_is_no_answer(api, settings, monkeypatch):
    """By its own limit, however long an answer may take."""
    monkeypatch.setattr(clients, "CONNECT_SECONDS", 0.1)
    with socket.socket() as deaf, socket.socket() as first:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        first.connect(deaf.getsockname())  # all that may wait
        settings.PARLIAMENT_APIS = {"members": f"http://127.0.0.1:{deaf.getsockname()[1]}"}

        with pytest.raises(NoAnswer, match=r"did not answer \(ConnectTimeout\)"):
            api(patience=Patience(1, 60)).contact(1)


def test_a_slow_answer_is_no_answer(small):
    small.fault("slow", seconds=0.6)

    with ParliamentAPI(patience=Patience(1, 0.2)) as api, pytest.raises(NoAnswer, match="ReadTimeout"):
        list(api.current_mps())


def test_an_answer_that_dribbles_is_no_answer(server):
    server.fault("dribble", seconds=0.1)

    with (
        ParliamentAPI(patience=Patience(1, 0.3)) as api,
        pytest.raises(NoAnswer, match="took longer than 0 seconds"),
    ):
        list(api.current_mps())


# --- Asking only whether it has changed -------------------------------------------------------


def test_a_kept_answer_is_asked_for_only_if_changed(small, api):
    shelf = Shelf()

    [first] = api(keeper=shelf).current_mps()
    [again] = api(keeper=shelf).current_mps()
    small.source.mps[0].party = "Green Party"
    [changed] = api(keeper=shelf).current_mps()

    assert first == again
    assert changed.items[0].party.name == "Green Party"
    etags = [headers.get("If-None-Match") for _, headers in small.asked]
    assert etags[0] is None
    assert etags[1] == etags[2] is not None


def test_a_fresh_answer_is_not_asked_for(small, api):
    shelf = Shelf(is_fresh=True)

    [first] = api(keeper=shelf).current_mps()
    [again] = api(keeper=shelf).current_mps()

    assert first == again
    assert len(small.asked) == 1


def test_an_odd_answer_is_not_kept(small, api):
    shelf = Shelf()
    small.fault("html")

    with pytest.raises(OddAnswer):
        list(api(keeper=shelf).current_mps())

    assert shelf.kept == {}


def test_the_day_of_change_will_do_where_there_is_no_tag(small, api):
    shelf = Shelf()
    shelf.keep(small.address + SEARCH, Kept("{}", last_modified="Mon, 02 Mar 2026 09:00:00 GMT"))

    list(api(keeper=shelf).current_mps())

    assert small.asked[0][1]["If-Modified-Since"] == "Mon, 02 Mar 2026 09:00:00 GMT"
