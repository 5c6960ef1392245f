"""Lists of posts: what a row means, what is left out or refused, and that the same list twice changes nothing."""

from __future__ import annotations

import json
from datetime import date

import pytest

from contacts.imports.undoing import undo_import
from contacts.models import MP, MPListImport, Post, PostKind
from tests.contacts.lists import run
from tests.factories import NOW

pytestmark = pytest.mark.django_db

MINISTERS = "parliament_member_id,person_name,house,post_display_name,rank_equivalence,department,start_date,end_date,id"
ROW = "5001,Ada Almond,Commons,Minister for Paper,MoS,Department for Paper,2025-09-05,,a1"


@pytest.fixture
def ada():
    return MP.objects.create(parliament_id=5001, twfy_id=25001, name="Ada Almond", sort_name="Almond, Ada")


@pytest.fixture
def take(tmp_path):
    """Import lines below a heading; the report."""

    def take(*rows, heading=MINISTERS, flags=("--on", "2026-06-29"), name="posts.csv"):
        path = tmp_path / name
        path.write_text("\n".join([heading, *rows]) + "\n")
        return run("import_posts", path, *flags)

    return take


def only():
    return Post.objects.get()


def test_a_minister_is_recorded_with_department_and_source(take, ada):
    status, report = take(ROW)

    post = only()
    assert (status, report["new"], report["applied"]) == (0, 1, True)
    assert (post.mp, post.kind, post.is_in_government) == (ada, PostKind.GOVERNMENT, True)
    assert str(post) == "Minister for Paper, Department for Paper"
    assert (post.started_on, post.ended_on) == (date(2025, 9, 5), None)
    assert (post.source, post.seen_on) == ("posts.csv, as at 29 June 2026", date(2026, 6, 29))


def test_the_same_list_twice_changes_nothing(take, ada):
    take(ROW)
    before = list(Post.objects.values())

    _, report = take(ROW)

    assert (report["new"], report["changed"], report["unchanged"]) == (0, 0, 1)
    assert list(Post.objects.values()) == before


def test_a_later_list_ends_a_post_and_begins_another(take, ada):
    take(ROW)

    _, report = take(
        "5001,Ada Almond,Commons,Minister for Ink,MoS,Department for Paper,2026-05-01,,a2",
        ROW.replace(",,a1", ",2026-05-01,a1"),
    )

    assert (report["new"], report["changed"], report["ended"]) == (1, 1, 1)
    assert [str(p.title) for p in Post.objects.current(date(2026, 4, 30))] == ["Minister for Paper"]
    assert {p.title for p in Post.objects.current(date(2026, 5, 1))} == {
        "Minister for Paper",
        "Minister for Ink",
    }
    assert [p.title for p in Post.objects.current(date(2026, 5, 2))] == ["Minister for Ink"]


def test_where_an_end_was_read_is_said_and_forgotten_with_it(take, ada):
    ended = ROW.replace(",,a1", ",2026-05-01,a1")
    sources = []
    for row, name in ((ended, "first.csv"), (ROW, "open.csv"), (ended, "last.csv")):
        take(row, name=name)
        sources.append((only().source, only().end_source))
    undo_import(applied=MPListImport.objects.applied().first(), now=NOW)

    read = "as at 29 June 2026"
    assert sources == [
        (f"first.csv, {read}", f"first.csv, {read}"),
        (f"first.csv, {read}", ""),
        (f"first.csv, {read}", f"last.csv, {read}"),
    ]
    assert (only().ended_on, only().end_source) == (None, "")


def test_somebody_may_hold_a_post_again(take, ada):
    take(ROW)

    _, report = take(ROW.replace("2025-09-05,,a1", "2026-06-01,,a2"), ROW.replace(",,a1", ",2026-03-01,a1"))

    assert (report["new"], report["ended"]) == (1, 1)
    assert Post.objects.current(date(2026, 4, 1)).count() == 0
    assert Post.objects.current(date(2026, 6, 1)).count() == 1


def test_nobody_loses_a_post_because_a_list_lacks_it(take, ada):
    MP.objects.create(parliament_id=5002, name="Bea Birch", sort_name="Birch, Bea")
    take(ROW)

    take("5002,Bea Birch,Commons,Minister for Ink,MoS,Department for Paper,2025-09-05,,b1")

    assert Post.objects.filter(ended_on=None).count() == 2


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ("post,department,id", "Minister for Paper,Department for Paper,a1"),
        ("post,department,start date", "Minister for Paper,Department for Paper,2025-09-05"),
        ("post,start date,id", "Minister for Paper,2025-09-05,a1"),
        ("department,start date,id", "Department for Paper,,a1"),
    ],
)
def test_what_a_list_does_not_say_of_a_post_stays_as_it_was(take, ada, heading, row):
    take(f"{ROW},yes,yes", heading=f"{MINISTERS},is acting,is on leave")
    before = list(Post.objects.values())

    flags = ("--on", "2026-07-01", "--kind", "government")
    status, report = take(f"5001,Ada Almond,{row}", heading=f"mnis id,name,{heading}", flags=flags)

    assert (status, report["changed"], report["unchanged"]) == (0, 0, 1)
    assert list(Post.objects.values()) == before


def test_nobody_comes_to_hold_a_post_twice_at_once_or_to_a_day_before_its_first(take, ada):
    over, lasts = ROW.replace(",,a1", ",2026-03-01,a1"), ROW.replace("2025-09-05,,a1", "2026-03-05,,a2")
    renamed, third = over.replace("for Paper,MoS", "for Ink,MoS"), lasts.replace("2026-03-05,,a2", ",,a3")
    take(over, lasts)

    # A list older than the words of the one, and later than its end; and one after a change of the other.
    _, older = take(ROW.replace("for Paper,MoS", "for Ink,MoS"), flags=("--on", "2026-04-01"))
    _, newer = take(renamed, third, flags=("--on", "2026-07-01"))
    _, backwards = take(ROW.replace("2025-09-05,,a1", ",2025-09-01,a1"), flags=("--on", "2026-07-01"))

    assert [each["refused"][0]["reason"] for each in (older, backwards)] == [
        "Ada Almond holds “Minister for Paper” already",
        "the post ends on 1 September 2025, before it starts on 5 September 2025",
    ]
    assert (newer["new"], newer["changed"], newer["unchanged"]) == (0, 1, 1)


def test_peers_and_strangers_are_left_out_and_said_to_be(take, ada):
    _, report = take(
        ROW,
        "7001,Lord Quill,Lords,Minister for Quills,MoS,Department for Paper,2025-09-05,,q",
        "5009,Cleo Cedar,Commons,Minister for Ink,MoS,Department for Paper,2025-09-05,,c",
    )

    assert report["applied"]
    assert [(each["row"], each["reason"]) for each in report["left_out"]] == [
        (3, "is about a member of the House of Lords"),
        (4, "Cleo Cedar is no MP recorded here"),
    ]
    assert only().mp == ada


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ROW.replace("2025-09-05,", "soon,"), "“soon” is no start date"),
        (ROW.replace("2025-09-05,,", "2025-09-05,2025-05-14,"), "ends on 14 May 2025, before it starts"),
        (ROW.replace("Ada Almond", "Zoe Zebra"), "its id is Ada Almond here, but the row names Zoe Zebra"),
    ],
)
def test_a_row_that_cannot_be_stops_the_import(take, ada, row, reason):
    fine = "5001,Ada Almond,Commons,Minister for Ink,MoS,Department for Paper,2025-09-05,,a2"

    status, report = take(row, fine)

    assert (status, report["applied"]) == (1, False)
    assert [each["row"] for each in report["refused"]] == [2]
    assert reason in report["refused"][0]["reason"]
    assert not Post.objects.exists()

    status, report = take(row, fine, flags=("--on", "2026-06-29", "--skip-refused"))
    assert (status, only().title) == (0, "Minister for Ink")


def test_ids_of_two_people_are_refused(take, ada):
    MP.objects.create(parliament_id=5002, twfy_id=25002, name="Bea Almond", sort_name="Almond, Bea")
    heading = "name,officer_role,twfy_id,mnis_id,appg"

    for twfy_id, why in [("25002", "Ada Almond's and its"), ("13951", "somebody else's")]:
        status, report = take(
            f"Ada Almond,Chair,uk.org.publicwhip/person/{twfy_id},5001,paper", heading=heading
        )
        assert status == 1
        assert why in report["refused"][0]["reason"]


def test_officers_of_all_party_groups(take, ada):
    heading = "name,officer_role,twfy_id,mnis_id,canon_name,appg,source,last_updated,removed"
    rows = [
        f"Ada Almond,{role},uk.org.publicwhip/person/25001,5001,Ada Almond,paper-and-ink,parliament,2026-06-29,"
        for role in ("Chair & Registered Contact", "Vice Chair", "Deputy Convener", "Co-Convener")
    ]

    take(*rows, heading=heading)

    posts = {post.title: post for post in Post.objects.all()}
    assert {post.kind for post in posts.values()} == {PostKind.GROUP}
    assert {post.body for post in posts.values()} == {"Paper and Ink"}
    assert {title for title, post in posts.items() if post.is_chair} == {
        "Chair & Registered Contact",
        "Co-Convener",
    }
    assert Post.objects.current(date(2026, 6, 28)).count() == 0
    assert Post.objects.current(date(2026, 6, 29)).count() == 4


def test_memberships_as_theyworkforyou_has_them(tmp_path, ada):
    def membership(path, **more):
        return {"id": f"uk.parliament.data/Member/5001/{path}", "start_date": "2025-01-06", **more}

    path = tmp_path / "posts.json"
    memberships = [
        membership("Committee/158", organization_id="home-affairs-committee", source="datadotparl/committee"),
        membership("Committee/159", organization_id="home-affairs-committee", source="datadotparl/committee"),
        membership("Committee/788", organization_id="paper-bill-committee", source="datadotparl/committee"),
        membership(
            "OppositionPost/9",
            organization_id="house-of-commons",
            source="datadotparl/oppositionpost",
            role="Liberal Democrat Spokesperson (Care)",
        ),
        membership(
            "OppositionPost/10",
            organization_id="house-of-commons",
            source="datadotparl/oppositionpost",
            role="Opposition Whip (Commons)",
        ),
        membership(
            "GovernmentPost/11",
            organization_id="house-of-commons",
            source="datadotparl/governmentpost",
            role="Parliamentary Private Secretary",
        ),
        membership(
            "ParliamentaryPost/12",
            organization_id="house-of-commons",
            source="datadotparl/parliamentarypost",
            role="Deputy Speaker",
        ),
    ]
    path.write_text(json.dumps({"memberships": memberships, "organizations": [{"id": "x", "name": "X"}]}))

    status, report = run("import_posts", path, "--on", "2026-06-29")
    again = run("import_posts", path, "--on", "2026-06-29")[1]

    assert (status, report["new"], report["unchanged"]) == (0, 6, 1), (
        "one committee under two ids is one post"
    )
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 7)
    assert {(post.kind, post.title, post.is_in_government) for post in Post.objects.all()} == {
        (PostKind.COMMITTEE, "Member", False),
        (PostKind.BILL_COMMITTEE, "Member", False),
        (PostKind.SPOKESPERSON, "Liberal Democrat Spokesperson (Care)", False),
        (PostKind.WHIP, "Opposition Whip (Commons)", False),
        (PostKind.PPS, "Parliamentary Private Secretary", False),
        (PostKind.SPEAKER, "Deputy Speaker", False),
    }


def test_a_spreadsheet_that_does_not_say_what_it_lists_is_asked_to(take, ada):
    heading, row = "Name,Post,From", "Ada Almond,Shadow Minister for Ink,1 May 2026"

    status, report = take(row, heading=heading)
    assert status == 1
    assert "Say so when you import it" in report["refused"][0]["reason"]

    status, _ = take(row, heading=heading, flags=("--on", "2026-06-29", "--kind", "opposition"))
    assert (status, only().kind, only().started_on) == (0, PostKind.OPPOSITION, date(2026, 5, 1))


@pytest.mark.parametrize(
    ("heading", "row", "flags", "reason"),
    [
        ("fruit,colour", "apple,red", (), "does not seem to be a list of posts"),
        (MINISTERS, ROW, ("--on", "2020-10-21"), "was held in an earlier Parliament"),
    ],
)
def test_another_list_is_refused_as_a_whole(take, ada, heading, row, flags, reason):
    status, report = take(row, heading=heading, flags=flags)

    assert (status, report["applied"]) == (1, False)
    assert reason in report["refused"][0]["reason"]


def test_a_dry_run_says_what_would_change_and_changes_nothing(take, ada):
    status, report = take(ROW, flags=("--on", "2026-06-29", "--dry-run"))

    assert (status, report["new"], report["applied"]) == (0, 1, False)
    assert not Post.objects.exists()


def test_made_up_mps_are_outside_every_import(take):
    MP.objects.create(parliament_id=5001, name="Ada Almond", sort_name="Almond, Ada", is_fictional=True)

    _, report = take(ROW)

    assert [each["row"] for each in report["left_out"]] == [2]


TWFY = "id,parliament_member_id,twfy_person_id,name,type,organization_id,role,start_date,end_date"


def theirs(number, role, start="2025-09-05", end="", kind="GovernmentPost"):
    """A row as TheyWorkForYou has it, with Parliament's number and words."""
    source_id = f"uk.parliament.data/Member/5001/{kind}/{number}"
    return f"{source_id},5001,,Ada Almond,{kind},house-of-commons,{role},{start},{end}"


def titles_on(day):
    return sorted(post.title for post in Post.objects.current(date.fromisoformat(day)))


def test_another_list_that_calls_a_post_otherwise_only_ends_it(take, ada):
    """Parliament has one post where the other list has two of a department, and another from that day on."""
    take(ROW, "5001,Ada Almond,Commons,Minister for Ink,PUSS,Department for Paper,2025-09-05,,a2")
    rows = (
        theirs(1, "Parliamentary Under-Secretary of State (Department for Paper) (Ink)", end="2026-07-22"),
        theirs(2, "Parliamentary Under-Secretary of State (Department for Paper)", start="2026-07-22"),
    )
    later = ("--on", "2026-09-15")

    _, report = take(*rows, heading=TWFY, flags=later, name="theirs.csv")
    before = list(Post.objects.values())
    _, again = take(*rows, heading=TWFY, flags=later, name="theirs.csv")
    take(ROW, "5001,Ada Almond,Commons,Minister for Ink,PUSS,Department for Paper,2025-09-05,,a2")

    assert (report["new"], report["changed"], report["ended"]) == (1, 2, 2)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 2)
    read_in = Post.objects.exclude(ended_on=None).values_list("source", "end_source")
    assert set(read_in) == {("posts.csv, as at 29 June 2026", "theirs.csv, as at 15 September 2026")}
    assert titles_on("2026-07-21") == ["Minister for Ink", "Minister for Paper"]
    assert titles_on("2026-07-23") == ["Parliamentary Under-Secretary of State (Department for Paper)"]
    assert list(Post.objects.values()) == before


@pytest.mark.parametrize(
    ("row", "number"),
    [
        (theirs(62, "The Minister for Paper"), 1),
        (theirs(62, "The Minister for Paper", start="2025-09-12"), 1),
        (theirs(62, "The Minister for Paper", start="2025-09-13"), 2),
        (theirs(62, "Minister (Department for Ink)"), 2),
        (theirs(62, "Spokesperson (Paper)", kind="OppositionPost"), 2),
    ],
)
def test_what_another_list_means_is_told_by_words_and_days(take, ada, row, number):
    take(ROW)
    take(row, heading=TWFY, name="theirs.csv")

    assert Post.objects.count() == number


@pytest.mark.parametrize(("role", "number"), [("Member", 1), ("Chair", 2)])
def test_a_list_that_says_who_chairs_a_committee_is_heard(take, ada, role, number):
    take(theirs(17, "", kind="Committee").replace("house-of-commons", "paper-committee"), heading=TWFY)

    take(
        f"5001,Ada Almond,Paper,{role},2025-09-05",
        heading="parliament_member_id,person_name,committee,role,start_date",
    )

    assert Post.objects.count() == number
    assert Post.objects.filter(is_chair=True).exists() is (role == "Chair")


def test_lists_without_parliaments_numbers_mean_the_same_only_by_the_same_title(take, ada):
    take(ROW)
    no_ids = "parliament_member_id,person_name,post,department,start_date"
    flags = ("--on", "2026-06-29", "--kind", "government")

    take("5001,Ada Almond,minister for paper,Dept for Paper,2025-09-05", heading=no_ids, flags=flags)
    take("5001,Ada Almond,Minister for Ink,Department for Paper,2025-09-05", heading=no_ids, flags=flags)

    assert titles_on("2026-06-29") == ["Minister for Ink", "Minister for Paper"]
