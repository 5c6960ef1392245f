"""Who chairs a select committee, as Parliament tells of it committee by committee."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from contacts.imports.same_post import COMMITTEES_API
from contacts.imports.undoing import undo_import
from contacts.models import (
    ListSubject,
    MPListImport,
    ParliamentSync,
    Post,
    PostKind,
    PostWording,
    SeatHolding,
    SyncState,
)
from contacts.parliament.client import NoAnswer
from contacts.parliament.details import sync_details
from tests.contacts.lists import run as run_command
from tests.factories import NOW, TODAY
from tests.parliament.few import MINISTER, PAPER, ask, held, recorded_post, three_mps, told, with_post
from tests.parliament.server import Body, Parliament, Person
from tests.parliament.world import DAY, no_sleep, plain_facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def parliament() -> Parliament:
    return three_mps()


CHAIR = ("Chair", "2025-06-03", None)


def paper(*chairs: Person, **about) -> Body:
    return Body(17, "Paper Committee", {each.id: [CHAIR] for each in chairs}, **about)


def chairs():
    return [
        (p.mp.parliament_id, str(p), p.started_on, p.ended_on, p.source)
        for p in Post.objects.filter(is_chair=True).order_by("pk")
    ]


ONE_CHAIRS = (1000, "Chair, Paper Committee", date(2025, 6, 3), None, COMMITTEES_API)


def test_who_chairs_a_select_committee_is_a_post_beside_the_membership(mps, parliament, server):
    one, two, three = parliament.mps
    with_post(one, "committeeMemberships", PAPER)
    body = paper(one)
    body.roles |= {
        two.id: [("Member", "2024-10-21", None), ("Chair", "2024-10-21", "2026-03-01")],
        three.id: [("Chair", "2024-07-03", None)],  # of the last Parliament, whose end nobody wrote down
        9: [CHAIR],
    }
    scrutiny = Body(18, "Glue Bill Committee", {three.id: [CHAIR]}, category="General")
    parliament.committees = [body, scrutiny]

    ask()
    before = plain_facts()
    outcome = ask(1)

    assert chairs() == [ONE_CHAIRS]
    assert ("committee", "Member, Paper Committee", date(2024, 10, 21), None) in held()
    assert (outcome.counts()["changed"], plain_facts()) == (0, before)
    assert [address for address in server.addresses() if "Committees" in address][:2] == [
        "/api/Committees?CommitteeStatus=Current&House=Commons&Skip=0&Take=20",
        "/api/Committees/17/Members?MembershipStatus=Current&Skip=0&Take=20",
    ]


def test_another_chair_is_news_and_the_first_one_a_member_still(mps, parliament):
    one, two, _ = parliament.mps
    for each in (one, two):
        with_post(each, "committeeMemberships", PAPER)
    parliament.committees = [paper(one)]
    ask()
    parliament.committees = [Body(17, "Paper Committee", {two.id: [("Chair", "2026-03-04", None)]})]

    ask(2)

    assert chairs() == [
        (1000, "Chair, Paper Committee", date(2025, 6, 3), TODAY + DAY, COMMITTEES_API),
        (1001, "Chair, Paper Committee", date(2026, 3, 4), None, COMMITTEES_API),
    ]
    assert Post.objects.current(TODAY + 2 * DAY).filter(title="Member").count() == 2
    assert sorted(told()) == [
        (1000, "post-ended", "is no longer Chair, Paper Committee"),
        (1001, "post-begun", "became Chair, Paper Committee"),
    ]
    undo_import(applied=MPListImport.objects.about(ListSubject.POSTS).first(), now=NOW + 2 * DAY)
    assert chairs() == [ONE_CHAIRS]
    ask(3)
    parliament.committees = [paper(one)]
    ask(4)
    assert chairs()[0] == ONE_CHAIRS  # after all


@pytest.mark.parametrize("is_member_still", [True, False])
def test_who_chairs_a_committee_that_is_no_more_does_so_while_a_member(mps, parliament, is_member_still):
    one = parliament.mps[0]
    with_post(one, "committeeMemberships", PAPER)
    parliament.committees = [paper(one)]
    ask()
    parliament.committees = []
    if not is_member_still:
        one.posts.clear()

    ask(1)

    assert chairs() == [(*ONE_CHAIRS[:3], None if is_member_still else TODAY, COMMITTEES_API)]


@pytest.mark.parametrize(
    ("kind", "where", "about"),
    [
        ("html", "/Committees?", {}),
        ("mangled", "/Committees?", {"mangle": lambda answer: {**answer, "totalResults": 2}}),
        ("mangled", "/Committees?", {"mangle": lambda answer: {**answer, "items": None}}),
        ("status", "17/Members", {"status": 404}),
        ("cut text", "17/Members", {}),
        ("mangled", "17/Members", {"mangle": lambda answer: {**answer, "items": answer["items"][:1]}}),
        (
            "mangled",
            "17/Members",
            {"mangle": lambda answer: {"totalResults": 2, "items": [{"roles": None}] * 2}},
        ),
    ],
)
def test_odd_answers_of_committees_end_no_chair_and_stop_nothing(mps, parliament, server, kind, where, about):
    one, two, _ = parliament.mps
    with_post(one, "committeeMemberships", PAPER)
    parliament.committees = [paper(one)]
    ask()
    parliament.committees = [paper(two)]
    with_post(two, "governmentPosts", MINISTER)
    server.fault(kind, where=where, **about)

    outcome = ask(1)

    assert [each["name"] for each in outcome.odd] == [
        "The list of committees" if "?" in where else "Paper Committee"
    ]
    assert chairs() == [ONE_CHAIRS]
    assert Post.objects.filter(title=MINISTER[0]).count() == 1
    assert ParliamentSync.objects.first().state == SyncState.DONE


def test_a_committee_that_does_not_answer_leaves_the_run_to_be_gone_on_with(mps, parliament, server):
    parliament.committees = [Body(16, "Ink Committee"), paper(parliament.mps[0])]
    server.fault("html", where="16/Members")
    server.fault("status", status=520, where="17/Members", times=5)

    with pytest.raises(NoAnswer):
        ask()
    assert chairs() == []
    server.asked.clear()
    sync_details(now=NOW + timedelta(minutes=10), sleep=no_sleep)

    assert (len(server.asked), chairs()) == (1, [ONE_CHAIRS])


def test_a_chair_by_a_list_is_not_doubled_and_one_that_parliament_denies_is_none(mps, parliament):
    one, two, _ = parliament.mps
    recorded_post(
        mps[0], kind=PostKind.COMMITTEE, title="Chair", body="Paper", is_chair=True, is_in_government=False
    )
    with_post(two, "committeeMemberships", PAPER)
    ask()
    Post.objects.filter(mp=mps[1]).update(title="Chair", is_chair=True)  # as a list would have it
    parliament.committees = [paper(one)]

    ask(1)

    assert [number for number, *_ in chairs()] == [1000]
    assert Post.objects.get(mp=mps[1]).title == "Member"


@pytest.mark.parametrize("is_by_a_list", [False, True])
def test_a_committee_that_gets_another_name_keeps_its_chair(mps, parliament, tmp_path, is_by_a_list):
    """And a list that has its old name still means it."""
    one = parliament.mps[0]
    with_post(one, "committeeMemberships", PAPER)
    parliament.committees = [] if is_by_a_list else [paper(one)]
    ask()
    if is_by_a_list:
        Post.objects.update(title="Chair", is_chair=True)
    with_post(one, "committeeMemberships", ("Pulp Committee", *PAPER[1:]))
    parliament.committees = [Body(17, "Pulp Committee", {one.id: [CHAIR]})]

    outcome = ask(1)

    assert (outcome.odd, [name for _, name, *_ in chairs()]) == ([], ["Chair, Pulp Committee"])
    assert {each.body for each in PostWording.objects.all()} == {"Paper Committee"}
    assert outcome.counts()["changed"] == Post.objects.count() == PostWording.objects.count()
    path = tmp_path / "committees.csv"
    rows = [f"{one.id},Paper,{role},2024-10-21" for role in ("Member", "Chair")]
    path.write_text("\n".join(["parliament_member_id,committee,role,start_date", *rows]))
    with time_machine.travel(NOW + DAY, tick=False):
        _, report = run_command("import_posts", path, "--on", TODAY.isoformat())
    assert (report["new"], report["unchanged"]) == (0, 2)


def test_a_name_that_a_list_had_first_stands_in_the_way_of_nothing(mps, parliament):
    one = parliament.mps[0]
    with_post(one, "committeeMemberships", PAPER)
    parliament.committees = [paper(one)]
    ask()
    about = {"kind": PostKind.COMMITTEE, "body": "Pulp Committee", "is_in_government": False}
    for title in ("Member", "Chair"):
        recorded_post(mps[0], title=title, is_chair=title == "Chair", source_id=title, **about)
    with_post(one, "committeeMemberships", ("Pulp Committee", *PAPER[1:]))
    with_post(one, "governmentPosts", MINISTER)
    parliament.committees = [Body(17, "Pulp Committee", {one.id: [CHAIR]})]

    outcomes = [ask(day) for day in (1, 2)]

    assert [(each.odd, each.counts()["new"], each.counts()["changed"]) for each in outcomes] == [
        ([], 1, 0),
        ([], 0, 0),
    ]


def test_a_chair_that_ended_does_not_begin_again_beside_another(mps, parliament):
    one = parliament.mps[0]
    with_post(one, "committeeMemberships", PAPER)
    parliament.committees = [paper(one)]
    ask()
    parliament.committees = [paper(parliament.mps[1])]
    ask(1)
    Post.objects.filter(mp=mps[0], title="Member").update(title="Chair", is_chair=True)  # as a list has it
    parliament.committees = [paper(one)]

    assert ask(2).odd == []
    assert [ended for number, _, _, ended, _ in chairs() if number == one.id] == [None, TODAY]


def test_a_membership_told_after_the_chair_that_began_with_it_is_another_post(mps, parliament, tmp_path):
    one = parliament.mps[0]
    parliament.committees = [Body(17, "Paper Committee", {one.id: [("Chair", PAPER[2], None)]})]
    ask()
    with_post(one, "committeeMemberships", PAPER)
    ask(1)
    path = tmp_path / "members.csv"
    path.write_text(
        "parliament_member_id,committee,post_display_name,start_date,end_date\n"
        f"{one.id},Paper,Member,2024-10-21,2026-02-28\n"
    )

    with time_machine.travel(NOW + DAY, tick=False):
        run_command("import_posts", path, "--on", (TODAY + DAY).isoformat())

    assert held() == [
        ("committee", "Chair, Paper Committee", date(2024, 10, 21), None),
        ("committee", "Member, Paper Committee", date(2024, 10, 21), date(2026, 2, 28)),
    ]


def test_a_list_of_chairs_finds_the_one_that_parliament_told_of(mps, parliament, tmp_path):
    one = parliament.mps[0]
    with_post(one, "committeeMemberships", PAPER)
    parliament.committees = [paper(one)]
    ask()

    path = tmp_path / "chairs.csv"
    path.write_text(
        "parliament_member_id,committee,post_display_name,start_date,id\n"
        f"{one.id},Pulp & Paper Committee,Chair,2025-06-03,\n"
        f"{one.id},Paper Committee,Chair,2024-10-21,uk.parliament.data/Member/1000/Committee/83\n"
    )

    with time_machine.travel(NOW, tick=False):
        status, report = run_command("import_posts", path, "--on", TODAY.isoformat())

    assert (status, report["new"], report["unchanged"]) == (0, 1, 1)
    assert chairs()[0] == ONE_CHAIRS
    assert Post.objects.count() == 3


def test_who_has_left_begins_to_chair_nothing(mps, parliament):
    one = parliament.mps[0]
    with_post(one, "governmentPosts", MINISTER)
    ask()
    SeatHolding.objects.filter(mp=mps[0]).update(ended_on=TODAY)
    parliament.committees = [paper(one)]

    ask(7)

    assert chairs() == []


@pytest.mark.parametrize(
    ("since", "member_until"),
    [("2024-10-21", []), ("2024-10-25", [date(2024, 10, 24)]), ("", [TODAY])],
)
def test_a_list_says_since_when_somebody_chairs(mps, parliament, tmp_path, since, member_until):
    """Of a membership that Parliament told of; a list that does not say since when, from its day on."""
    one = parliament.mps[0]
    with_post(one, "committeeMemberships", PAPER)
    ask()
    path = tmp_path / "chairs.csv"
    path.write_text(
        f"parliament_member_id,name,committee,role,start_date\n{one.id},{one.name},Paper,Chair,{since}\n"
    )

    with time_machine.travel(NOW + DAY, tick=False):
        run_command("import_posts", path, "--on", (TODAY + DAY).isoformat())

    assert [title for _, title, *_ in held()] == ["Chair, Paper Committee"]
    was = PostWording.objects.values_list("title", "is_chair", "ended_on")
    assert list(was) == [("Member", False, day) for day in member_until]
