"""Changes in words: told once, in the right words, to those whose seat it is, with the to-dos that follow."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import Role
from contacts.imports.same_post import PARLIAMENT
from contacts.imports.undoing import undo_import, why_not_undo
from contacts.models import (
    MP,
    Beginning,
    Constituency,
    Dissolution,
    Ending,
    LeadRole,
    MPListImport,
    MPNews,
    MPStatus,
    NewsKind,
    Post,
    PostKind,
    SeatHolding,
)
from contacts.news import (
    News,
    begun_in_words,
    holding_in_words,
    left_how,
    name_in_words,
    party_in_words,
    record_news,
    take_back,
)
from notifications.models import ToDo
from notifications.to_dos import finish
from tests.contacts.lists import (
    ALL_CODES,
    FIRST,
    NEWCOMER,
    SEATS,
    SECOND,
    THIRD,
    VACANT,
    changed_rows,
    letters,
    run,
    seat_name,
    whole,
)
from tests.factories import (
    NOW,
    TODAY,
    AuthorityFactory,
    CouncilFactory,
    CouncilLeadFactory,
    MembershipFactory,
    MPFactory,
    MPNewsFactory,
    PriorityFactory,
    SeatOverlapFactory,
)

pytestmark = pytest.mark.django_db

SPRING = "2026-02-27"
BY_ELECTION, GENERAL = Beginning.BY_ELECTION, Beginning.GENERAL_ELECTION


def told():
    """What is told: who, in what words, of which day."""
    return {
        (news.mp.name if news.mp else "", news.words, news.happened_on) for news in MPNews.objects.for_list()
    }


def lie_in(authority, *codes):
    """Let the seats of these codes lie in the authority's area."""
    council = CouncilFactory(ons_code=authority.ons_code)
    for code in codes:
        SeatOverlapFactory(council=council, constituency=Constituency.objects.get(ons_code=code))


def name_in(code):
    return next(row["MP"] for row in whole() if row["PCON24CD"] == code)


# --- In words -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "now", "before", "kind", "words"),
    [
        ("Labour", "Independent", [], "whip-lost", "lost or gave up the Labour whip, sits as an Independent"),
        (
            "Labour (Co-op)",
            "Independent",
            [],
            "whip-lost",
            "lost or gave up the Labour whip, sits as an Independent",
        ),
        ("Independent", "Labour", ["Labour"], "whip-restored", "has the Labour whip again"),
        ("Independent", "Labour (Co-op)", ["Labour"], "whip-restored", "has the Labour whip again"),
        (
            "Independent",
            "Green Party",
            ["Labour"],
            "party",
            "now sits for Green Party, until then as an Independent",
        ),
        ("Conservative", "Reform UK", [], "party", "now sits for Reform UK, until then for Conservative"),
        ("Labour", "Labour (Co-op)", [], "party-name", "now sits for Labour (Co-op), until then for Labour"),
        ("Labour", "Speaker", [], "party", "sits as Speaker"),
    ],
)
def test_a_change_of_party_in_words(was, now, before, kind, words):
    assert party_in_words(was, now, before=before) == (kind, words)


def test_a_whip_that_parliament_says_was_removed_is_lost():
    words = "lost the Labour whip, sits as an Independent"

    assert party_in_words("Labour", "Independent", was_removed=True) == ("whip-lost", words)


@pytest.mark.parametrize(
    ("ended_by", "is_dissolved", "words"),
    [
        ("", False, ""),
        (Ending.OTHER, False, ""),
        (Ending.RESIGNATION, False, ", by resignation"),
        (Ending.DEATH, False, ", by death"),
        ("", True, ": Parliament is dissolved"),
    ],
)
def test_how_somebody_left_is_said_as_far_as_it_is_known(ended_by, is_dissolved, words):
    assert left_how(SeatHolding(ended_by=ended_by), is_dissolved=is_dissolved) == words


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        (NewsKind.NEW_MP, {"begun_by": BY_ELECTION}, "new MP after by-election"),
        (NewsKind.NEW_MP, {"begun_by": GENERAL}, "new MP at the general election"),
        (NewsKind.NEW_MP, {"begun_by": ""}, "new MP"),
        (
            NewsKind.NEW_MP,
            {"begun_by": BY_ELECTION, "sat_before": True},
            "new MP after by-election, and an MP before",
        ),
        (
            NewsKind.NEW_MP,
            {"begun_by": GENERAL, "was": "Aaa Vale"},
            "new MP at the general election, until then MP for Aaa Vale",
        ),
        (NewsKind.RE_ELECTED, {"begun_by": GENERAL}, "elected again at the general election"),
    ],
)
def test_a_change_of_holder_in_words(kind, facts, words):
    assert holding_in_words(kind, **facts) == words


# --- What an import tells ---------------------------------------------------------------------


def test_the_first_list_is_no_news(importer):
    importer(whole())

    assert MPNews.objects.count() == ToDo.objects.count() == 0


def test_the_whole_list_after_a_partial_one_is_no_news(importer):
    importer(whole()[:10], "2024-07-10", "--partial")
    importer(whole(), "2024-07-11")

    assert told() == set()


@pytest.mark.parametrize("listed_on", ["2026-01-01", "2026-02-26"])
def test_who_was_refused_in_the_first_list_is_no_news_later_and_a_by_election_is(importer, listed_on):
    """Two of its rows named one person; a third seat was vacant, be it on polling day or after."""
    refused = {SECOND: {"Member ID": "1000"}, THIRD: VACANT}
    assert importer(changed_rows(whole(), **refused), listed_on, "--skip-refused")[1]["new"] == SEATS - 3

    importer(changed_rows(whole(), **{THIRD: NEWCOMER}), SPRING)

    assert told() == {("Bea Novak", "new MP after by-election", date(2026, 2, 26))}


def test_a_by_election_a_vacancy_a_name_and_a_whip(importer):
    importer(whole())

    importer(
        changed_rows(
            whole(),
            **{
                FIRST: NEWCOMER,
                SECOND: VACANT,
                THIRD: {"Party": "Independent", "MP": "Dame Ada Other"},
            },
        ),
        SPRING,
    )

    assert told() == {
        ("Bea Novak", "new MP after by-election", date(2026, 2, 26)),
        (name_in(FIRST), f"is no longer MP for {seat_name(FIRST)}", date(2026, 2, 26)),
        (name_in(SECOND), f"is no longer MP for {seat_name(SECOND)}", date(2026, 2, 27)),
        ("", "seat vacant", date(2026, 2, 27)),
        ("Dame Ada Other", f"is now named Dame Ada Other, before {name_in(THIRD)}", date(2026, 2, 27)),
        (
            "Dame Ada Other",
            "lost or gave up the Liberal Democrat whip, sits as an Independent",
            date(2026, 2, 27),
        ),
    }
    news = MPNews.objects.get(kind=NewsKind.NEW_MP)
    assert (news.constituency.ons_code, news.made_by) == (FIRST, MPListImport.objects.first())
    assert news.source == "list.csv, as at 27 February 2026"
    assert MPNews.objects.get(kind=NewsKind.VACANT).constituency.ons_code == SECOND


@pytest.mark.parametrize(
    ("name", "is_news"),
    [("Mr", False), ("Ms", False), ("Sir", True), ("Dr", True), ("Adele", True)],
)
def test_a_name_is_news_but_not_mr_or_ms(importer, name, is_news):
    importer(whole())

    importer(changed_rows(whole(), **{FIRST: {"MP": f"{name} {name_in(FIRST)}"}}), SPRING)

    assert MPNews.objects.filter(kind=NewsKind.NAME).exists() == is_news


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ("Mr Bo Oak", "Sir Bo Oak", "is now Sir Bo Oak"),
        ("Dr Bo Oak", "Bo Oak", "is now named Bo Oak, before Dr Bo Oak"),
        ("Bo Oak", "Dame Bo Elm", "is now named Dame Bo Elm, before Bo Oak"),
    ],
)
def test_a_title_is_told_as_one(was, now, words):
    assert name_in_words(was, now) == words


def test_a_whip_is_lost_and_restored(importer):
    importer(whole())
    importer(changed_rows(whole(), **{FIRST: {"Party": "Independent"}}), "2025-01-01")
    importer(whole(), "2025-06-01")

    assert [(news.kind, news.words) for news in MPNews.objects.order_by("pk")] == [
        ("whip-lost", "lost or gave up the Labour whip, sits as an Independent"),
        ("whip-restored", "has the Labour whip again"),
    ]


def test_a_suspension_another_and_its_end_are_told(importer):
    importer(whole())
    status = {row["PCON24CD"]: {"Status": "Current Member"} for row in whole()}
    columns = {"Status": "", "Status notes": "", "Status start date": ""}
    first = {"Status": "Suspended", "Status notes": "One motion", "Status start date": "2026-01-08"}
    another = first | {"Status notes": "Another motion"}
    second = another | {"Status start date": "2026-02-18"}
    lists = [
        ("2026-01-10", status | {FIRST: first}),
        ("2026-01-20", status | {FIRST: another}),
        ("2026-02-20", status | {FIRST: second}),
        ("2026-03-01", status),
    ]
    for on, statuses in lists:
        importer(changed_rows([row | columns for row in whole()], **statuses), on)

    rows = MPStatus.objects.order_by("started_on").values_list("note", "started_on", "ended_on")
    assert [(note, str(begun), str(ended)) for note, begun, ended in rows] == [
        ("One motion", "2026-01-08", "2026-01-19"),
        ("Another motion", "2026-01-20", "2026-02-17"),
        ("Another motion", "2026-02-18", "2026-02-28"),
    ]
    assert {(words, str(day)) for _, words, day in told()} == {
        ("is suspended", "2026-01-08"),
        ("is still suspended: Another motion", "2026-01-20"),
        ("is still suspended: Another motion", "2026-02-18"),
        ("is no longer suspended", "2026-03-01"),
    }


def test_the_same_list_again_tells_nothing_more(importer):
    importer(whole())
    changed = changed_rows(whole(), **{FIRST: NEWCOMER, SECOND: VACANT})
    importer(changed, SPRING)
    before = told()

    importer(changed, SPRING)
    importer(changed, "2026-03-01")

    assert told() == before


def test_undoing_takes_news_and_open_to_dos_back_and_telling_again_asks_once(importer, officer):
    importer(whole())
    lie_in(officer.authority, FIRST, SECOND)
    changed = changed_rows(whole(), **{FIRST: NEWCOMER, SECOND: VACANT})
    importer(changed, SPRING)
    first_news, first_to_dos = told(), ToDo.objects.count()
    finish(by=officer, to_do=ToDo.objects.get(kind="news-new-mp"), now=NOW)

    applied = MPListImport.objects.applied().first()
    reason = why_not_undo(applied)
    undo_import(applied=applied, now=NOW)
    between = (MPNews.objects.count(), [to_do.kind for to_do in ToDo.objects.all()])
    importer(changed, SPRING)

    assert (len(first_news), first_to_dos, reason) == (4, 2, "")
    assert between == (0, ["news-new-mp"])  # done is done
    assert told() == first_news
    assert [to_do.kind for to_do in ToDo.objects.open()] == ["news-vacant"]
    assert ToDo.objects.count() == 2


def test_in_a_dissolution_nobody_is_asked_to_see_to_all_vacancies(importer):
    importer(whole())
    Dissolution.objects.create(started_on=date(2026, 2, 1), entered_at=NOW)

    importer(changed_rows(whole(), **{FIRST: VACANT}), "2026-02-01")

    assert told() == {
        (name_in(FIRST), f"is no longer MP for {seat_name(FIRST)}: Parliament is dissolved", date(2026, 2, 1))
    }


@pytest.mark.whole_house
def test_a_new_parliament_of_335_new_mps_is_told_in_few_queries(importer, django_assert_max_num_queries):
    importer(whole(ALL_CODES))
    rows = whole(ALL_CODES)
    for number, row in enumerate(rows[:335]):
        row |= {
            "Member ID": str(9000 + number),
            "MP": f"Bea {letters(number)}ova",
            "Start date": "2026-06-04",
        }

    with django_assert_max_num_queries(90):
        importer(rows, "2026-06-05")

    assert MPNews.objects.filter(kind=NewsKind.NEW_MP).count() == 335
    assert set(MPNews.objects.filter(kind=NewsKind.NEW_MP).values_list("words", flat=True)) == {
        "new MP at the general election"
    }
    assert MPNews.objects.filter(kind=NewsKind.LEFT).count() == 335


# --- Posts ------------------------------------------------------------------------------------


def post_list(tmp_path, rows, on):
    """Import a list of posts: (MP, post, department, from, to)."""
    path = tmp_path / "posts.csv"
    lines = ["mnis_id,name,kind,post,department,start_date,end_date"]
    lines += [
        f"{mp.parliament_id},{mp.name},{kind},{post},{body},{begun},{ended}"
        for mp, kind, post, body, begun, ended in rows
    ]
    path.write_text("\n".join(lines))
    status, report = run("import_posts", path, "--on", on)
    assert status == 0, report


@pytest.fixture
def known(db):
    """Two MPs whom lists may name, each with a seat."""
    return [
        MPFactory(name=f"Ada {letters(number)}son", parliament_id=1000 + number, is_fictional=False)
        for number in (1, 2)
    ]


def test_posts_that_begin_and_end_are_told_and_the_first_list_is_not(known, tmp_path):
    one, other = known
    first = (one, "Government", "Minister of State", "Department for Transport", "2025-01-02", "")
    post_list(tmp_path, [first], "2025-09-01")
    before = told()

    ended = (*first[:5], "2026-02-10")
    second = (other, "Government", "Parliamentary Under-Secretary", "Home Office", "2026-02-11", "")
    older = (other, "Government", "Trade Envoy", "Treasury", "2025-03-01", "")
    for _ in range(2):
        post_list(tmp_path, [ended, second, older], "2026-02-20")

    assert before == set()
    assert told() == {
        (one.name, "is no longer Minister of State, Department for Transport", date(2026, 2, 11)),
        (other.name, "became Parliamentary Under-Secretary, Home Office", date(2026, 2, 11)),
    }


@pytest.mark.parametrize(
    ("listed_on", "asked_on", "is_news"),
    [
        (None, None, False),
        ("2026-02-10", None, True),
        (None, "2026-02-10", True),
        (None, "2026-02-11", False),
    ],
)
def test_what_parliament_told_of_one_mp_hides_no_news_of_another(
    known, tmp_path, listed_on, asked_on, is_news
):
    """The first list of a kind tells what is old, but for what has begun since Parliament was asked."""
    one, other = known
    if listed_on:
        post_list(tmp_path, [(one, "Government", "Trade Envoy", "Treasury", "2025-01-02", "")], listed_on)
    Post.objects.create(
        mp=one,
        kind=PostKind.GOVERNMENT,
        title="Minister (Home Office)",
        source=PARLIAMENT,
        started_on=date(2026, 2, 12),
        seen_on=date(2026, 2, 13),
    )
    MP.objects.filter(pk=other.pk).update(details_on=asked_on)
    begun = (other, "Government", "Parliamentary Under-Secretary", "Home Office", "2026-02-11", "")
    post_list(tmp_path, [begun], "2026-02-20")

    later = (other, "Government", "Minister of State", "Treasury", "2026-02-21", "")
    post_list(tmp_path, [begun, later], "2026-02-27")

    became = (other.name, "became Parliamentary Under-Secretary, Home Office", date(2026, 2, 11))
    assert told() == {
        *([became] if is_news else []),
        (other.name, "became Minister of State, Treasury", date(2026, 2, 21)),
    }


@pytest.mark.parametrize(("begun", "is_news"), [("2025-09-01", False), ("2025-09-02", True)])
def test_a_post_begun_and_ended_between_two_lists_is_told_once_with_both_days(
    known, tmp_path, begun, is_news
):
    one, other = known
    first = (one, "Government", "Minister of State", "Department for Transport", "2025-01-02", "")
    post_list(tmp_path, [first], "2025-09-01")
    over = (other, "Government", "Trade Envoy", "Treasury", begun, "2026-02-10")

    for _ in range(2):
        post_list(tmp_path, [first, over], "2026-02-20")

    day = date.fromisoformat(begun)
    words = f"was Trade Envoy, Treasury from {day:%-d %B %Y} to 10 February 2026"
    assert told() == ({(other.name, words, date(2026, 2, 11))} if is_news else set())
    assert not MPNews.objects.exclude(kind=NewsKind.POST_ENDED).exists()


@pytest.mark.parametrize(
    ("kind", "title", "body", "words"),
    [
        (PostKind.COMMITTEE, "Member", "Transport Committee", "joined the Transport Committee"),
        (PostKind.COMMITTEE, "Chair", "Transport Committee", "became Chair, Transport Committee"),
        (PostKind.PPS, "Parliamentary Private Secretary", "", "became Parliamentary Private Secretary"),
    ],
)
def test_a_post_begun_in_words(kind, title, body, words):
    assert begun_in_words(Post(kind=kind, title=title, body=body)) == words


def test_a_new_post_asks_where_it_matches_a_priority(known, tmp_path):
    one, other = known
    ours, theirs = MembershipFactory(), MembershipFactory()
    for member in (ours, theirs):
        SeatOverlapFactory(
            council=CouncilFactory(ons_code=member.authority.ons_code),
            constituency=one.holdings.get().constituency,
        )
    PriorityFactory(authority=ours.authority, name="Buses", departments="Transport")
    PriorityFactory(authority=theirs.authority, name="Homes", departments="Housing")
    post_list(tmp_path, [(other, "Government", "Whip", "Treasury", "2024-08-01", "")], "2024-09-01")
    post_list(tmp_path, [(other, "Government", "Minister", "Treasury", "2024-08-01", "")], "2024-09-01")

    new = (one, "Government", "Minister of State", "Department for Transport", "2025-01-02", "")
    for _ in range(2):
        post_list(tmp_path, [new], "2025-09-01")

    to_do = ToDo.objects.get()
    assert (to_do.authority, to_do.kind) == (ours.authority, "news-post-begun")
    assert to_do.title == f"Say whether the new post of {one.name} matters to us"
    assert "became Minister of State, Department for Transport, 2 January 2025." in to_do.detail
    assert "It may bear on: Buses. Confirm or dismiss it." in to_do.detail
    assert to_do.path == reverse("contacts:mp_matches", args=[ours.authority.slug, one.pk])


# --- Told once, and whom it asks ------------------------------------------------------------


def applied():
    """An import that tells news and is undone."""
    return MPListImport.objects.create(list_date=TODAY, created_at=NOW)


def whip_lost(mp, on=TODAY):
    return News(NewsKind.WHIP_LOST, "lost or gave up the Labour whip", on, mp=mp)


def test_telling_again_tells_and_asks_nothing(officer):
    mp = MPFactory(authority=officer.authority)

    first = record_news([whip_lost(mp)], source="test", now=NOW)
    again = record_news([whip_lost(mp), whip_lost(mp)], source="another", now=NOW + timedelta(days=1))

    assert (len(first), again) == (1, [])
    assert (MPNews.objects.count(), ToDo.objects.count()) == (1, 1)
    assert MPNews.objects.get().constituency == mp.holdings.get().constituency


def test_telling_nothing_asks_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert record_news([], source="test", now=NOW) == []


@pytest.mark.parametrize(
    ("leads", "asked"),
    [
        (["lead", "deputy"], "lead"),
        (["deputy"], "deputy"),
        (["lead who left", "deputy"], "deputy"),
        (["lead without an account"], None),
        (["lead who only reads", "deputy"], "deputy"),
        (["lead who only reads", "deputy who only reads"], None),
        (["lead until yesterday"], None),
        ([], None),
    ],
)
def test_the_relationship_owner_is_asked_or_the_deputy_or_nobody_yet(authority, leads, asked):
    mp = MPFactory(authority=authority)
    people = {}
    for lead in leads:
        role = Role.EXECUTIVE if "reads" in lead else Role.OFFICER
        member = MembershipFactory(authority=authority, role=role, is_active="left" not in lead)
        who = {"membership": member}
        if "without" in lead:
            who = {"membership": None, "name": "The Leader"}
        CouncilLeadFactory(
            authority=authority,
            mp=mp,
            role=LeadRole(lead.split()[0]),
            ended_on=TODAY - timedelta(days=1) if "until" in lead else None,
            **who,
        )
        people[lead] = member
    CouncilLeadFactory(mp=mp)  # another authority's

    record_news([whip_lost(mp)], source="test", now=NOW)

    to_do = ToDo.objects.get()
    assert to_do.assignee == (people[asked] if asked else None)
    assert to_do.due_on == TODAY + timedelta(days=7)
    assert to_do.path == reverse("overview:mp_detail", args=[authority.slug, mp.pk])


@pytest.mark.parametrize(
    ("kind", "is_asked"),
    [(kind, kind in ("new-mp", "vacant", "party", "whip-lost", "whip-restored")) for kind in NewsKind.values],
)
def test_only_what_matters_asks(authority, kind, is_asked):
    mp = MPFactory(authority=authority)

    record_news([News(kind, "words", TODAY, mp=mp)], source="test", now=NOW)

    assert ToDo.objects.exists() == is_asked


def test_whoever_led_on_the_former_mp_is_asked_about_the_vacancy_and_then_the_new_one(importer, officer):
    importer(whole())
    lie_in(officer.authority, FIRST)
    holding = SeatHolding.objects.get(constituency__ons_code=FIRST)
    CouncilLeadFactory(authority=officer.authority, mp=holding.mp, membership=officer)

    def asked():
        return [(to_do.title, to_do.assignee, to_do.path) for to_do in ToDo.objects.all()]

    importer(changed_rows(whole(), **{FIRST: VACANT}), "2026-02-01")
    vacancy = (
        f"{seat_name(FIRST)} has no MP: see to what is open",
        officer,
        reverse("overview:handover_seat", args=[officer.authority.slug, holding.pk]),
    )
    assert asked() == [vacancy]

    importer(changed_rows(whole(), **{FIRST: NEWCOMER}), SPRING)
    [(title, who, _)] = asked()
    assert (title, who) == (f"Make contact with Bea Novak, new MP for {seat_name(FIRST)}", officer)

    undo_import(applied=MPListImport.objects.applied().first(), now=NOW)
    assert asked() == [vacancy]


def test_what_a_vacancy_asked_for_ends_when_the_same_mp_is_elected_again(officer):
    mp = MPFactory(authority=officer.authority)
    seat = mp.holdings.get().constituency
    told = [News(NewsKind.VACANT, "seat vacant", TODAY, None, seat)]
    told.append(News(NewsKind.RE_ELECTED, "elected again", TODAY + timedelta(days=40), mp, seat))

    for each in told:
        record_news([each], source="test", now=NOW)

    assert not ToDo.objects.exists()


def test_every_authority_whose_seat_it_is_is_asked_and_no_other(officer, stranger):
    mp = MPFactory(authority=officer.authority)
    SeatOverlapFactory(
        council=CouncilFactory(ons_code=stranger.authority.ons_code),
        constituency=mp.holdings.get().constituency,
    )
    AuthorityFactory()

    record_news([whip_lost(mp)], source="test", now=NOW)

    asked = ToDo.objects.order_by("authority").values_list("authority", flat=True)
    assert set(asked) == {officer.authority_id, stranger.authority_id}


@pytest.mark.parametrize(
    ("days", "kind", "words", "is_asked"),
    [
        (-380, NewsKind.WHIP_LOST, "lost the Labour whip", False),
        (-381, NewsKind.WHIP_LOST, "lost the Labour whip", True),
        (31, NewsKind.WHIP_LOST, "lost the Labour whip", False),
        (32, NewsKind.WHIP_LOST, "lost the Labour whip", True),
        (-1, NewsKind.WHIP_RESTORED, "has the Labour whip again", True),
        (-1, NewsKind.PARTY, "now sits for Reform UK", False),
        (-1, NewsKind.PARTY, "now sits for Your Party", True),
    ],
)
def test_what_was_done_and_taken_back_is_not_asked_again_for_another_day(
    officer, days, kind, words, is_asked
):
    """A list is undone, and told again with the real day; other words are another change, but of a whip."""
    mp, made_by = MPFactory(authority=officer.authority), applied()
    first = "now sits for Reform UK" if kind == NewsKind.PARTY else "lost or gave up the Labour whip"
    sort = NewsKind.PARTY if kind == NewsKind.PARTY else NewsKind.WHIP_LOST
    record_news([News(sort, first, TODAY, mp=mp)], source="test", now=NOW, made_by=made_by)
    finish(by=officer, to_do=ToDo.objects.get(), now=NOW)
    take_back(made_by, now=NOW)

    record_news([News(kind, words, TODAY + timedelta(days), mp=mp)], source="another", now=NOW)

    assert ToDo.objects.count() == (2 if is_asked else 1)


@pytest.mark.parametrize("what", ["not taken back", "another authority", "not done"])
def test_another_day_is_asked_about_where_nobody_did_it_or_the_first_stands(officer, stranger, what):
    mp, made_by = MPFactory(authority=officer.authority), applied()
    record_news([whip_lost(mp)], source="test", now=NOW, made_by=made_by)
    to_do = ToDo.objects.get()
    if what != "not done":
        finish(by=officer, to_do=to_do, now=NOW)
    if what == "another authority":
        ToDo.objects.filter(pk=to_do.pk).update(authority=stranger.authority)
    if what != "not taken back":
        take_back(made_by, now=NOW)

    record_news([whip_lost(mp, TODAY - timedelta(days=9))], source="another", now=NOW)

    assert ToDo.objects.open().filter(authority=officer.authority).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_that_tell_the_same_at_once_tell_it_once(officer):
    mps = [MPFactory(authority=officer.authority) for _ in range(2)]
    start = threading.Barrier(2)

    def work(order):
        try:
            start.wait()
            with transaction.atomic():
                record_news([whip_lost(mp) for mp in order], source="test", now=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[each]) for each in (mps, mps[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert MPNews.objects.count() == ToDo.objects.count() == 2


# --- The pages --------------------------------------------------------------------------------


def feed(client, authority, query=""):
    return client.get(reverse("contacts:news_list", args=[authority.slug]) + query)


def test_an_authority_reads_of_its_own_seats_only(officer, stranger, sign_in):
    ours = MPNewsFactory(mp=MPFactory(authority=officer.authority), words="did ours")
    theirs = MPNewsFactory(mp=MPFactory(authority=stranger.authority), words="did theirs")

    def shown(member):
        return list(feed(sign_in(member), member.authority).context["page_obj"])

    assert (shown(officer), shown(stranger)) == ([ours], [theirs])


def test_former_mps_of_our_seats_and_vacancies_are_read_too(officer, sign_in):
    former = MPFactory(authority=officer.authority)
    seat = former.holdings.get().constituency
    former.holdings.update(ended_on=TODAY)
    left = MPNewsFactory(mp=former, kind=NewsKind.LEFT)
    vacant = MPNewsFactory(mp=None, constituency=seat, kind=NewsKind.VACANT, words="seat vacant")
    [later] = record_news([News(NewsKind.NAME, "is now Dame", TODAY, mp=former)], source="x", now=NOW)

    page = feed(sign_in(officer), officer.authority)

    assert set(page.context["page_obj"]) == {left, vacant, later}
    assert "Seat vacant" in page.content.decode()


def test_news_is_filtered_by_what_by_mp_and_by_day(officer, stranger, sign_in):
    authority, client = officer.authority, sign_in(officer)
    one, other = MPFactory(authority=authority), MPFactory(authority=authority)
    name = MPNewsFactory(mp=one, kind=NewsKind.NAME, happened_on=TODAY - timedelta(days=1))
    whip = MPNewsFactory(mp=other)
    far = MPNewsFactory(mp=MPFactory(authority=stranger.authority))

    def shown(query):
        return list(feed(client, authority, query).context["page_obj"])

    assert shown("") == [whip, name]
    assert shown("?kind=name") == [name]
    assert shown(f"?mp={other.pk}") == [whip]
    assert shown(f"?since={TODAY.isoformat()}") == [whip]
    assert shown("?kind=office") == []
    for nonsense in ("?kind=nonsense", f"?mp={far.mp_id}", "?since=soon"):
        page = feed(client, authority, nonsense)
        assert list(page.context["page_obj"]) == [whip, name]
        assert "There is a problem" in page.content.decode()


@pytest.mark.parametrize("is_feed", [True, False])
def test_the_pages_cost_the_same_for_30_rows_as_for_one(officer, sign_in, is_feed, django_assert_num_queries):
    mp, client = MPFactory(authority=officer.authority), sign_in(officer)
    name, args = ("news_list", []) if is_feed else ("mp_news", [mp.pk])
    address = reverse(f"contacts:{name}", args=[officer.authority.slug, *args])
    MPNewsFactory(mp=mp)
    with django_assert_num_queries(7):
        client.get(address)
    for _ in range(29):
        MPNewsFactory(mp=mp)
    with django_assert_num_queries(7):
        client.get(address)


def test_an_mps_page_says_what_changed_last_and_leads_to_the_rest(officer, sign_in):
    mp, client = MPFactory(), sign_in(officer)
    for number in range(4):
        MPNewsFactory(mp=mp, words=f"did thing {number}", happened_on=TODAY + timedelta(days=number))

    summary = client.get(reverse("overview:mp_detail", args=["northmoor", mp.pk])).content.decode()
    page = client.get(reverse("contacts:mp_news", args=["northmoor", mp.pk])).content.decode()

    source = f'<span class="mpcrm-quiet">({MPNews.objects.first().source})</span>'
    assert f"5 March 2026: did thing 3 {source}" in summary
    assert "did thing 0" not in summary
    assert page.index("Did thing 3") < page.index("Did thing 0")


def test_pages_without_news_say_when_there_will_be_some(officer, sign_in):
    client = sign_in(officer)

    assert "Nothing has changed yet" in feed(client, officer.authority).content.decode()
    page = client.get(reverse("contacts:mp_news", args=["northmoor", MPFactory().pk]))
    assert "Nothing has changed yet" in page.content.decode()
