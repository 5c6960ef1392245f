"""Posts and contact details as Parliament tells of them: what changes, what never does, and whom is asked about."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection

from contacts.imports.same_post import PARLIAMENT
from contacts.imports.undoing import undo_import
from contacts.models import (
    MP,
    Dissolution,
    Ending,
    ListSubject,
    MPListImport,
    NewsKind,
    ParliamentContact,
    ParliamentSync,
    Post,
    PostKind,
    PostWording,
    SeatChoice,
    SeatHolding,
    SyncState,
)
from contacts.parliament import details
from contacts.parliament.client import NoAnswer
from contacts.parliament.details import sync_details, to_ask
from contacts.parliament.publishing import news_of
from contacts.parliament.syncing import NeedsAPerson
from notifications.models import ToDo
from tests.contacts.lists import ELECTION
from tests.factories import NOW, TODAY, AuthorityFactory, ConstituencyFactory, MPNewsFactory, PriorityFactory
from tests.parliament.few import MINISTER, PAPER, ask, held, recorded_post, three_mps, told, with_post
from tests.parliament.server import RECORDED, Parliament, Recordings
from tests.parliament.world import DAY, no_sleep, plain_facts, run

pytestmark = pytest.mark.django_db

OFFICE = ("e-mail address", "telephone number", "address")


@pytest.fixture
def parliament() -> Parliament:
    return three_mps()


# --- Posts -------------------------------------------------------------------------------------


def test_posts_of_all_sections_are_recorded(mps, parliament):
    one = parliament.mps[0]
    with_post(one, "governmentPosts", MINISTER, ("Assistant Whip", 9, "2025-09-07", None, None))
    with_post(
        one, "oppositionPosts", ("Shadow Minister (Ink)", 5, "2024-07-10", "2025-01-02", "Department for Ink")
    )
    with_post(one, "otherPosts", ("Deputy Speaker", 8, "2024-07-23", None, None))
    with_post(one, "committeeMemberships", PAPER, ("Glue Bill", 700, "2025-02-01", "2025-03-01", None))

    outcome = ask()

    assert (outcome.counts()["new"], outcome.asked) == (6, 3)
    assert set(held()) == {
        ("government", "Minister of State (Department for Paper)", date(2025, 9, 7), None),
        ("whip", "Assistant Whip", date(2025, 9, 7), None),
        ("opposition", "Shadow Minister (Ink), Department for Ink", date(2024, 7, 10), date(2025, 1, 2)),
        ("speaker", "Deputy Speaker", date(2024, 7, 23), None),
        ("committee", "Member, Paper Committee", date(2024, 10, 21), None),
        ("bill-committee", "Member, Glue Bill", date(2025, 2, 1), date(2025, 3, 1)),
    }
    assert set(Post.objects.filter(is_in_government=True).values_list("kind", flat=True)) == {
        "government",
        "whip",
    }
    assert set(Post.objects.values_list("source", flat=True)) == {PARLIAMENT}
    assert [mp.details_on for mp in MP.objects.all()] == [TODAY] * 3


def test_what_ended_before_this_parliament_is_left_out(mps, parliament):
    with_post(
        parliament.mps[0],
        "oppositionPosts",
        ("Shadow Minister (Ink)", 5, "2020-04-04", "2024-07-03", None),
        ("Shadow Minister (Glue)", 6, "2020-04-04", "2024-07-04", None),
    )
    with_post(
        parliament.mps[0],
        "committeeMemberships",
        ("Old Committee", 1, "2020-01-27", None, None),
        ("New Committee", 2, "2024-07-04", None, None),
    )

    ask()

    assert {str(post) for post in Post.objects.all()} == {"Shadow Minister (Glue)", "Member, New Committee"}


def test_again_changes_nothing_and_leaves_no_import(mps, parliament, server):
    with_post(parliament.mps[0], "governmentPosts", MINISTER)
    ask()
    before = plain_facts()
    server.asked.clear()

    outcome = ask(1)

    assert (outcome.counts()["new"], outcome.counts()["changed"], outcome.counts()["unchanged"]) == (0, 0, 1)
    assert plain_facts() == before
    assert MPListImport.objects.count() == 1
    assert [a for a, headers in server.asked if not headers.get("If-None-Match")] == [
        f"/api/Posts/SpeakerAndDeputies/{TODAY + DAY}"
    ]


def test_a_post_ends_on_the_day_parliament_says(mps, parliament):
    with_post(parliament.mps[0], "governmentPosts", MINISTER)
    ask()
    ended = (*MINISTER[:3], "2026-02-20", MINISTER[4])
    with_post(parliament.mps[0], "governmentPosts", ended, ("Minister for Ink", 78, "2026-02-20", None, ""))

    outcome = ask(1)

    assert (outcome.counts()["new"], outcome.counts()["ended"]) == (1, 1)
    assert Post.objects.get(title=MINISTER[0]).ended_on == date(2026, 2, 20)


def test_a_post_that_is_missing_from_a_whole_answer_ended_the_day_before(mps, parliament):
    with_post(parliament.mps[0], "committeeMemberships", PAPER)
    ask()
    parliament.mps[0].posts.clear()

    ask(1)

    assert Post.objects.get().ended_on == TODAY
    with_post(parliament.mps[0], "committeeMemberships", PAPER)
    ask(2)
    assert Post.objects.get().ended_on is None


def test_a_department_that_parliament_calls_otherwise_had_its_name_until_the_eve(mps, parliament):
    with_post(parliament.mps[0], "governmentPosts", MINISTER)
    ask()
    title = "Minister of State (Department for Pulp)"
    with_post(parliament.mps[0], "governmentPosts", (title, *MINISTER[1:4], "Department for Pulp"))

    counts = [ask(day).counts()["changed"] for day in (2, 3)]

    post, eve = Post.objects.get(), TODAY + DAY
    assert (counts, post.title, post.started_on) == ([1, 0], title, date(2025, 9, 7))
    was = PostWording.objects.get()
    assert (was.title, was.body) == (MINISTER[0], MINISTER[4])
    assert (was.ended_on, was.end_source) == (eve, PARLIAMENT)
    assert [Post.objects.as_called(day)[0].title for day in (eve, eve + DAY)] == [MINISTER[0], title]

    undo_import(applied=MPListImport.objects.about(ListSubject.POSTS).first(), now=NOW)
    assert (Post.objects.get().title, PostWording.objects.exists()) == (MINISTER[0], False)


def test_a_start_that_parliament_corrects_is_no_second_post(mps, parliament):
    with_post(parliament.mps[0], "committeeMemberships", PAPER)
    ask()
    with_post(parliament.mps[0], "committeeMemberships", ("Paper Committee", 83, "2024-11-30", None, None))

    outcome = ask(1)

    assert outcome.counts()["changed"] == 1
    assert Post.objects.get().started_on == date(2024, 11, 30)


def test_one_committee_under_two_ids_is_one(mps, parliament):
    with_post(parliament.mps[0], "committeeMemberships", PAPER, ("Paper Committee", 809, *PAPER[2:]))

    ask()

    assert Post.objects.count() == 1


def forget(*keys):
    def mangle(answer):
        for key in keys:
            answer["value"].pop(key, None)
        return answer

    return mangle


def emptied(answer):
    return {**answer, "value": {key: [] for key in answer["value"]}}


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("html", {}),
        ("cut text", {}),
        ("huge", {}),
        ("status", {"status": 404}),
        ("mangled", {"mangle": lambda answer: []}),
        (
            "mangled",
            {"mangle": lambda answer: {**answer, "value": {**answer["value"], "governmentPosts": {}}}},
        ),
        ("mangled", {"mangle": emptied}),
        ("mangled", {"mangle": forget("representations", "houseMemberships")}),
    ],
)
def test_an_odd_answer_ends_nothing_and_the_others_are_taken(mps, parliament, server, kind, about):
    with_post(parliament.mps[0], "governmentPosts", MINISTER)
    ask()
    parliament.mps[0].posts.clear()
    with_post(parliament.mps[1], "committeeMemberships", PAPER)
    server.fault(kind, where="1000/Biography", **about)

    outcome = ask(1)

    assert [each["name"] for each in outcome.odd] == [mps[0].name]
    assert Post.objects.get(mp=mps[0]).ended_on is None
    assert Post.objects.filter(mp=mps[1]).count() == 1
    assert MP.objects.get(pk=mps[0].pk).details_on == TODAY


def test_a_section_that_is_left_unsaid_ends_nothing(mps, parliament, server):
    with_post(parliament.mps[0], "governmentPosts", MINISTER)
    with_post(parliament.mps[0], "committeeMemberships", PAPER)
    ask()
    parliament.mps[0].posts.clear()
    server.fault("mangled", where="1000/Biography", mangle=forget("governmentPosts"))

    ask(1)

    assert Post.objects.get(kind="government").ended_on is None
    assert Post.objects.get(kind="committee").ended_on == TODAY


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        (("Minister for Ink", 1, "2025-01-01", "2024-12-01", None), "ends before it starts"),
        (("Minister for Ink", *MINISTER[1:]), "tells of one post twice at once"),
        (("Ink" * 101, 1, "2025-01-01", None, None), "too long a name"),
    ],
)
def test_a_biography_with_a_post_that_cannot_be_is_believed_in_nothing(mps, parliament, post, reason):
    with_post(parliament.mps[0], "governmentPosts", post, MINISTER)

    outcome = ask()

    assert reason in outcome.odd[0]["reason"]
    assert Post.objects.count() == 0


def test_many_odd_answers_stop_the_run_and_change_nothing(mps, parliament, server, monkeypatch):
    monkeypatch.setattr(details, "MOST_ODD", 1)
    with_post(parliament.mps[2], "governmentPosts", MINISTER)
    server.fault("html", where="1000/Biography")
    server.fault("html", where="1001/Biography")

    with pytest.raises(NeedsAPerson, match="more than 1 MPs is not what it should be"):
        ask()

    stopped = ParliamentSync.objects.get()
    assert (stopped.state, len(stopped.report["odd"])) == (SyncState.STOPPED, 2)
    assert Post.objects.count() == 0


def test_no_answer_leaves_the_run_to_be_gone_on_with(mps, parliament, server):
    with_post(parliament.mps[0], "governmentPosts", MINISTER)
    server.fault("status", status=503, where="1001/Contact", times=5)

    with pytest.raises(NoAnswer):
        ask()
    assert Post.objects.count() == ParliamentContact.objects.count() == 0
    server.asked.clear()
    sync_details(now=NOW + timedelta(minutes=10), sleep=no_sleep)

    assert len(server.asked) == 4  # and the list of committees
    assert ParliamentSync.objects.get().state == SyncState.DONE
    assert Post.objects.count() == 1


def test_no_transaction_is_open_while_parliament_is_asked(transactional_db, mps, settings):
    settings.PARLIAMENT_PACE = 60
    seen = []

    sync_details(now=NOW, sleep=lambda seconds: seen.append(connection.in_atomic_block))

    assert seen == [False] * 10


# --- Parliament and files ----------------------------------------------------------------------


def test_a_post_of_a_file_is_not_doubled_and_ended_when_parliament_says(mps, parliament):
    post = recorded_post(mps[0])
    other = recorded_post(mps[0], title="Minister for Pulp", source_id="a2")
    with_post(parliament.mps[0], "governmentPosts", MINISTER)

    ask()
    assert [each.ended_on for each in Post.objects.all()] == [None, None]
    with_post(parliament.mps[0], "governmentPosts", (*MINISTER[:3], "2026-02-20", MINISTER[4]))
    ask(1)

    for each in (post, other):
        each.refresh_from_db()
        assert (each.ended_on, each.source_id) == (date(2026, 2, 20), each.source_id)
        assert (each.source, each.end_source) == ("ministers.csv, as at 1 February 2026", PARLIAMENT)
    assert Post.objects.count() == 2


def test_a_post_of_a_file_never_ends_because_parliament_lacks_it(mps):
    recorded_post(mps[0])

    ask()

    assert Post.objects.get().ended_on is None


def test_who_chairs_stays_known(mps, parliament):
    with_post(parliament.mps[0], "committeeMemberships", PAPER)
    ask()
    Post.objects.update(title="Chair", is_chair=True)

    outcome = ask(1)

    assert outcome.counts()["changed"] == 0
    assert Post.objects.get().title == "Chair"


def test_a_membership_by_parliaments_number_is_the_same(mps, parliament):
    recorded_post(
        mps[0],
        kind=PostKind.COMMITTEE,
        is_in_government=False,
        title="Member",
        body="Pulp and Paper Committee",
        started_on=date(2024, 10, 23),
        source_id="uk.parliament.data/Member/1000/Committee/83",
    )
    with_post(parliament.mps[0], "committeeMemberships", PAPER)

    ask()

    assert Post.objects.count() == 1


def test_the_changes_of_a_run_can_be_undone_and_what_was_old_is_no_news_afterwards(mps, parliament):
    before = list(MP.objects.order_by("pk").values())
    with_post(parliament.mps[0], "governmentPosts", MINISTER)
    ask()
    made = MPListImport.objects.about(ListSubject.POSTS).first()
    assert ParliamentSync.objects.first().made == made

    undo_import(applied=made, now=NOW)

    assert (list(MP.objects.order_by("pk").values()), Post.objects.count()) == (before, 0)
    ask(1)
    assert (Post.objects.count(), told()) == (1, [])


# --- Contact details ---------------------------------------------------------------------------


def test_contact_details_are_recorded_without_blanks_and_with_the_web_address_in_its_place(mps):
    ask()

    office, page = ParliamentContact.objects.filter(mp=mps[0])
    assert (office.type, office.email, office.phone) == ("Parliamentary office", "mp1000@example.org", "")
    assert office.address == "House of Commons\nLondon\nSW1A 0AA"
    assert (page.website, page.address, page.is_web_address) == ("https://mp1000.example/", "", True)


def test_another_email_is_told_old_and_new(mps, parliament):
    ask()
    parliament.mps[1].email = "new@example.org"

    outcome = ask(1)

    [changed] = outcome.contacts
    assert (changed["mp"], changed["is_first"]) == (mps[1].pk, False)
    [[kind, old, new]] = changed["changes"]
    assert (kind, old.split(";")[0], new.split(";")[0]) == (
        "Parliamentary office",
        "mp1001@example.org",
        "new@example.org",
    )
    assert set(ParliamentContact.objects.filter(type_id=1).values_list("seen_on", flat=True)) == {
        TODAY,
        TODAY + DAY,
    }


@pytest.mark.parametrize(("ended_by", "minister_to"), [("", None), (Ending.DEATH, TODAY)])
def test_what_ended_with_the_seat_is_not_begun_again(mps, parliament, ended_by, minister_to):
    with_post(parliament.mps[0], "governmentPosts", MINISTER)
    with_post(parliament.mps[0], "committeeMemberships", ("Paper Committee", 83, "2026-02-09", None, None))
    with_post(parliament.mps[0], "otherPosts", ("Deputy Speaker", 8, "2026-02-09", None, None))
    ask()
    SeatHolding.objects.filter(mp=mps[0]).update(ended_on=TODAY, ended_by=ended_by)
    ends = {PostKind.GOVERNMENT: minister_to, PostKind.COMMITTEE: TODAY, PostKind.SPEAKER: TODAY}
    for kind, last_day in ends.items():
        Post.objects.filter(kind=kind).update(ended_on=last_day)

    ask(7)

    assert dict(Post.objects.filter(mp=mps[0]).values_list("kind", "ended_on")) == ends


@pytest.mark.parametrize("name", ["Paper Committee", "Paper Bill"])
def test_a_committee_of_the_last_parliament_did_not_outlive_it(mps, parliament, name):
    """Its biography says no end, and no list that the MP was elected again."""
    with_post(parliament.mps[0], "committeeMemberships", (name, *PAPER[1:]))
    ask()
    last_day = TODAY + 39 * DAY
    Dissolution.objects.create(started_on=TODAY + 3 * DAY, ended_on=last_day, entered_at=NOW)

    ask(60)

    assert Post.objects.get().ended_on == last_day


def contact_rows(mp):
    rows = ParliamentContact.objects.filter(mp=mp).order_by("position", "pk")
    return [(row.pk, row.email or row.website, row.seen_on, row.ended_on) for row in rows]


def test_what_parliament_says_no_more_is_kept_with_its_days_and_the_rest_stays(mps, parliament):
    ask()
    (old, *_), page = contact_rows(mps[1])
    parliament.mps[1].email = "new@example.org"

    ask(7)

    was, new, same = contact_rows(mps[1])
    assert was == (old, "mp1001@example.org", TODAY, TODAY + 6 * DAY)
    assert new[1:] == ("new@example.org", TODAY + 7 * DAY, None)
    assert same == page


def test_ways_that_change_places_are_the_same_ways(mps, server):
    ask()
    before = contact_rows(mps[0])
    server.fault(
        "mangled",
        where="1000/Contact",
        mangle=lambda answer: {**answer, "value": answer["value"][::-1]},
    )

    ask(1)

    assert contact_rows(mps[0]) == before[::-1]


def test_undoing_a_run_that_changed_only_contacts_restores_them_and_takes_its_news_back(mps, parliament):
    ask()
    before = list(ParliamentContact.objects.values())
    parliament.mps[1].email = "new@example.org"
    ask(7)
    made = MPListImport.objects.about(ListSubject.POSTS).first()
    assert [kind for _, kind, _ in told()] == ["office"]

    undo_import(applied=made, now=NOW + 7 * DAY)

    assert list(ParliamentContact.objects.values()) == before
    assert told() == []


def test_another_email_and_a_new_post_are_news_and_what_is_told_first_is_not(mps, parliament):
    with_post(parliament.mps[0], "governmentPosts", MINISTER)
    ask()
    assert told() == []

    parliament.mps[1].email = "new@example.org"
    late = ("Paper Committee", 83, "2026-02-09", None, None)
    with_post(parliament.mps[2], "committeeMemberships", late)
    for day in (7, 8):
        ask(day)

    assert sorted(told()) == [
        (1001, "office", "has a new e-mail address, new@example.org (Parliamentary office)"),
        (1002, "post-begun", "joined the Paper Committee"),
    ]


@pytest.mark.parametrize(("ended", "is_news"), [("2026-03-01", False), ("2026-03-02", True)])
def test_a_post_that_came_and_went_between_two_looks_is_told_once(mps, parliament, ended, is_news):
    """What was over before the first look was not held between the two."""
    ask()
    for day in (7, 8):
        with_post(
            parliament.mps[1], "committeeMemberships", ("Paper Committee", 83, "2026-02-09", ended, None)
        )
        ask(day)

    words = "was a member of the Paper Committee from 9 February 2026 to 2 March 2026"
    assert told() == ([(1001, "post-ended", words)] if is_news else [])


@pytest.mark.parametrize(("came", "is_news"), [(0, True), (1, False)])
def test_the_first_posts_of_somebody_we_saw_elected_are_news_and_matched(mps, parliament, came, is_news):
    """From the day they came; of others, what is told first has been so for long."""
    since = date(2025, 9, 7) + came * DAY  # the post is of that day
    authority, seat = AuthorityFactory(), mps[1].holdings.get().constituency
    SeatChoice.objects.create(authority=authority, constituency=seat, is_hidden=False)
    PriorityFactory(authority=authority, name="Paper mills", departments="Paper")
    MPNewsFactory(mp=mps[1], kind=NewsKind.NEW_MP, words="new MP after by-election", happened_on=since)
    for each in parliament.mps[:2]:
        with_post(each, "governmentPosts", MINISTER)

    ask()

    post = (1001, "post-begun", "became Minister of State (Department for Paper)")
    assert told()[1:] == ([post] if is_news else [])
    assert ToDo.objects.filter(kind="news-post-begun", authority=authority).exists() is is_news


def test_no_contact_details_at_all_are_no_news(mps, server):
    ask()
    before = plain_facts()
    server.fault("mangled", where="1000/Contact", mangle=lambda answer: {**answer, "value": []})

    ask(1)

    assert plain_facts() == before


def test_the_first_address_of_somebody_asked_about_before_is_news(mps, server):
    server.fault("mangled", where="1000/Contact", mangle=lambda answer: {**answer, "value": []})
    ask()

    ask(1)

    assert told() == [
        (1000, "office", "has a new address (Parliamentary office)"),
        (1000, "office", "has a new e-mail address, mp1000@example.org (Parliamentary office)"),
    ]


@pytest.mark.parametrize(
    ("of_office", "words"),
    [
        ({"phone": "+44 (0)20 7219 0001"}, []),
        ({"phone": "020 7219 0002"}, ["has a new telephone number, 020 7219 0002 (Parliamentary office)"]),
        ({"address": "house of commons, london sw1a 0aa"}, []),
        ({"address": "1 High Street"}, ["has a new address (Parliamentary office)"]),
        ({"email": ""}, ["has no e-mail address any more (Parliamentary office)"]),
        (
            {"type": "Constituency office", "phone": "", "email": "ADA@example.org"},
            [f"has no {what} any more (Parliamentary office)" for what in OFFICE],
        ),
    ],
)
def test_another_way_to_reach_an_office_is_told_and_another_spelling_is_not(of_office, words):
    was = {"type": "Parliamentary office", "email": "ada@example.org", "phone": "020 7219 0001"}
    was["address"] = "House of Commons\nLondon\nSW1A 0AA"

    assert news_of([ParliamentContact(**was)], [ParliamentContact(**was | of_office)]) == words


@pytest.mark.parametrize(
    "odd", [{"line1": "javascript:alert(1)", "isWebAddress": True}, {"email": "no address"}]
)
def test_what_is_no_link_and_no_address_is_none(mps, parliament, server, odd):
    server.fault(
        "mangled",
        where="1000/Contact",
        mangle=lambda answer: {**answer, "value": [answer["value"][0] | odd]},
    )

    ask()

    contact = ParliamentContact.objects.get(mp=mps[0])
    assert (contact.website, "no address" in contact.email) == ("", False)


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not here")
def test_recorded_answers_are_taken(db, serve):
    serve(Recordings())
    mp = MP.objects.create(parliament_id=4514, name="Keir Starmer", sort_name="Starmer, Keir")
    SeatHolding.objects.create(
        mp=mp, constituency=ConstituencyFactory(), started_on=date.fromisoformat(ELECTION)
    )

    outcome = ask(is_everybody=True)

    assert (outcome.asked, outcome.odd) == (1, [])
    assert {(p.kind, p.title, p.ended_on) for p in Post.objects.current(date(2024, 7, 5))} == {
        ("government", "Prime Minister and First Lord of the Treasury", None),
        ("opposition", "Leader of HM Official Opposition", date(2024, 7, 5)),
        ("other", "Leader of the Labour Party", None),
    }
    contacts = ParliamentContact.objects.filter(mp=mp)
    assert [each.type_id for each in contacts] == [1, 4, 1009, 6, 7]
    assert [each.email for each in contacts if each.email] == [
        "keir.starmer.mp@parliament.uk",
        "keir.starmer.constituency@parliament.uk",
    ]


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not here")
def test_the_recorded_empty_biography_ends_nothing(db, serve):
    serve(Recordings())
    mp = MP.objects.create(parliament_id=1, name="Ada Almond", sort_name="Almond, Ada")
    SeatHolding.objects.create(
        mp=mp, constituency=ConstituencyFactory(), started_on=date.fromisoformat(ELECTION)
    )
    recorded_post(mp, source=PARLIAMENT, source_id="Biography/GovernmentPost/77/2025-09-05")

    outcome = ask(is_everybody=True)

    assert "tells of no time in the House of Commons" in outcome.odd[0]["reason"]
    assert Post.objects.get().ended_on is None


# --- Whom is asked about -----------------------------------------------------------------------


def test_those_never_asked_about_come_first_then_our_own_then_the_oldest_answers(mps, parliament):
    authority = AuthorityFactory()
    SeatChoice.objects.create(
        authority=authority, constituency=mps[2].holdings.get().constituency, is_hidden=False
    )

    assert [mp.pk for mp in to_ask(on=TODAY, number=2)] == [mps[2].pk, mps[0].pk]

    def asked(*days_ago):
        for mp, days in zip(mps, days_ago, strict=True):
            MP.objects.filter(pk=mp.pk).update(details_on=TODAY - days * DAY)
        return [mp.pk for mp in to_ask(on=TODAY, number=None)]

    assert asked(6, 5, 1) == [mps[2].pk, mps[0].pk, mps[1].pk]
    assert asked(8, 5, 1) == [mps[0].pk, mps[2].pk, mps[1].pk]


def test_who_has_left_is_asked_about_until_their_posts_have_ended(mps):
    SeatHolding.objects.filter(mp=mps[0]).update(ended_on=TODAY)
    assert mps[0] not in to_ask(on=TODAY + DAY, number=None)

    recorded_post(mps[0], source=PARLIAMENT)

    assert mps[0] in to_ask(on=TODAY + DAY, number=None)


def test_a_run_asks_about_so_many(mps, server, settings):
    settings.PARLIAMENT_MPS_A_NIGHT = 2

    assert (ask().asked, len(server.asked)) == (2, 9)  # with those of posts and of committees
    assert (ask(1).asked, ask(2, is_everybody=True).asked) == (2, 3)


# --- The command -------------------------------------------------------------------------------


def test_the_command_counts_posts(mps, parliament):
    with_post(parliament.mps[0], "governmentPosts", MINISTER)

    with time_machine.travel(NOW, tick=False):
        dry, tried = run("--only", "details", "--dry-run")
        assert Post.objects.count() == 0
        status, report = run("--only", "details")

    assert (dry, status) == (0, 0)
    assert tried["posts"] == report["posts"]
    assert report["posts"]["in_words"] == (
        "3 MPs asked about: 1 posts new, 0 changed, 0 of them ended; contact details of 3 changed; "
        "0 left for another night"
    )
    assert (tried["applied"], report["applied"]) == (False, True)


def test_the_command_says_why_posts_were_not_taken(mps, server):
    server.fault("status", status=429, headers={"Retry-After": "9999"})

    with time_machine.travel(NOW, tick=False):
        status, report = run("--only", "details")

    assert status == 1
    assert "does not answer" in report["posts"]["refused"]
