"""Which posts bear on a council's priorities: found by whole words, decided once, offered anew on a change."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from contacts.answering import sweep
from contacts.deciding import DecidedMeanwhile, decide_match, undo_decision
from contacts.models import MP, MatchState, NewsKind, PortfolioMatch, Post, PostKind
from contacts.news import News, record_news
from contacts.portfolios import matches, matches_of_own_mps, priorities_matched, priorities_of
from notifications.models import ToDo
from tests.contacts.lists import run
from tests.factories import (
    NOW,
    TODAY,
    ChecklistAnswerFactory,
    CouncilLeadFactory,
    MembershipFactory,
    MPFactory,
    PostFactory,
    PriorityFactory,
)

pytestmark = pytest.mark.django_db

CONFIRMED, DISMISSED = MatchState.CONFIRMED, MatchState.DISMISSED


@pytest.fixture
def mp(authority):
    return MPFactory(authority=authority, name="Ms Rowan Vale")


@pytest.fixture
def roads(authority):
    return PriorityFactory(authority=authority, name="Roads", key_words="transport")


@pytest.fixture
def minister(mp):
    return PostFactory(mp=mp, title="Minister for Transport")


def url(name, authority, *args):
    return reverse(f"contacts:{name}", args=[authority.slug, *args])


def found(priority, post):
    return [match.word for match in matches(priorities=[priority], posts=[post])]


@pytest.mark.parametrize(
    ("lines", "title", "finds"),
    [
        ("transport", "Shadow Minister (Transport)", True),
        ("TRANSPORT", "minister for transport", True),
        ("bus", "Minister for Buses", False),
        ("bus", "Minister for Business", False),
        ("local government", "Minister for Local Government and Homes", True),
        ("local government", "Minister for Local Schools and Government", False),
        ("homes and towns", "Minister for Homes & Towns", True),
        ("Môn", "Minister for Ynys Mon", True),
        ("children’s", "Children's Minister", True),
        ("towns\nhomes", "Minister for Homes", True),
        ("", "Minister for Homes", False),
        ("—", "Minister — Homes", False),
    ],
)
def test_key_words_are_whole_words_however_they_are_written(mp, authority, lines, title, finds):
    priority = PriorityFactory(authority=authority, key_words=lines)

    assert bool(found(priority, PostFactory(mp=mp, title=title))) == finds


@pytest.mark.parametrize(
    ("kind", "title", "body", "finds"),
    [
        (PostKind.GOVERNMENT, "Minister of State", "Department for Transport", True),
        (PostKind.OPPOSITION, "Shadow Secretary of State for Transport", "", True),
        (PostKind.SPOKESPERSON, "Spokesperson (Transport)", "", True),
        (PostKind.PPS, "Parliamentary Private Secretary", "Department for Transport", True),
        (PostKind.COMMITTEE, "Member", "Transport Committee", False),
        (PostKind.GROUP, "Chair", "Group on Transport", False),
    ],
)
def test_a_department_is_found_on_the_front_benches(mp, authority, kind, title, body, finds):
    priority = PriorityFactory(authority=authority, departments="Department for Transport")

    word = found(priority, PostFactory(mp=mp, kind=kind, title=title, body=body))

    assert word == (["Department for Transport"] if finds else [])


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("HM Treasury", "Treasury"),
        ("Ministry of Justice", "Justice"),
        ("The Department of Health", "Department of Health"),
        ("Home Office", "Home Office"),
    ],
)
def test_a_department_is_found_without_the_words_before_its_subject(mp, authority, line, body):
    priority = PriorityFactory(authority=authority, departments=line)

    assert found(priority, PostFactory(mp=mp, title="Minister", body=body)) == [line]


@pytest.mark.parametrize(
    ("kind", "finds"),
    [
        (PostKind.COMMITTEE, True),
        (PostKind.BILL_COMMITTEE, True),
        (PostKind.GROUP, True),
        (PostKind.GOVERNMENT, False),
    ],
)
def test_a_committee_or_group_is_found_among_such(mp, authority, kind, finds):
    priority = PriorityFactory(authority=authority, bodies="Market Squares")

    post = PostFactory(mp=mp, kind=kind, title="Chair", body="All-Party Group on Market Squares")

    assert bool(found(priority, post)) == finds


def test_only_what_our_mps_hold_on_the_day_and_what_is_a_priority_then_counts(authority, mp, roads, minister):
    PostFactory(title="Minister for Transport")  # of an MP who holds none of our seats
    PostFactory(mp=mp, title="Transport envoy", ended_on=TODAY - timedelta(days=1))
    today = PostFactory(mp=mp, title="Transport champion", ended_on=TODAY)
    PostFactory(mp=mp, title="Transport tsar", started_on=TODAY + timedelta(days=1))
    PriorityFactory(
        authority=authority, name="Over", key_words="transport", ended_on=TODAY - timedelta(days=1)
    )
    PriorityFactory(
        authority=authority, name="To come", key_words="transport", started_on=TODAY + timedelta(days=1)
    )

    priorities = priorities_of(authority, on=TODAY)
    offered = matches_of_own_mps(authority, priorities=priorities, on=TODAY)

    assert priorities == [roads]
    assert {match.post for match in offered} == {minister, today}


def test_a_decision_stands_until_the_post_changes(officer, roads, minister):
    decide_match(by=officer, priority=roads, post=minister, state=DISMISSED, now=NOW)
    Post.objects.update(title="Minister for  TRANSPORT")
    [same] = matches(priorities=[roads], posts=Post.objects.all())
    Post.objects.update(title="Minister of State for Transport")
    [changed] = matches(priorities=[roads], posts=Post.objects.all())
    again = PostFactory(mp=minister.mp, title="Minister for Transport")
    [new] = matches(priorities=[roads], posts=[again])

    assert same.is_dismissed, "case and spaces are no change"
    assert not changed.is_decided
    assert changed.decision.post_title == "Minister for Transport"
    assert not new.is_decided
    minister.refresh_from_db()

    decide_match(by=officer, priority=roads, post=minister, state=CONFIRMED, now=NOW)
    [confirmed] = matches(priorities=[roads], posts=[minister])
    assert confirmed.is_confirmed
    assert PortfolioMatch.objects.count() == 1
    assert PortfolioMatch.history.count() == 2


def test_a_change_of_body_offers_it_again(officer, roads, minister):
    decide_match(by=officer, priority=roads, post=minister, state=DISMISSED, now=NOW)
    Post.objects.update(body="Department for Roads")
    minister.refresh_from_db()

    [match] = matches(priorities=[roads], posts=[minister])

    assert not match.is_decided


def test_a_decision_outlives_a_post_that_goes_and_comes_back(officer, roads, minister):
    """As when an import is undone and applied again."""
    decide_match(by=officer, priority=roads, post=minister, state=DISMISSED, now=NOW)
    minister.delete()
    back = PostFactory(mp=minister.mp, title="Minister for Transport")
    changed = PostFactory(mp=minister.mp, title="Minister of State for Transport")
    of_another = PostFactory(title="Minister for Transport")

    found = matches(priorities=[roads], posts=[back, changed, of_another])

    assert [match.is_dismissed for match in found] == [True, False, False]
    with pytest.raises(DecidedMeanwhile):
        decide_match(by=officer, priority=roads, post=back, state=CONFIRMED, now=NOW)
    undo_decision(by=officer, priority=roads, post=back, now=NOW)
    assert not matches(priorities=[roads], posts=[back])[0].is_decided
    decide_match(by=officer, priority=roads, post=back, state=CONFIRMED, now=NOW)
    assert matches(priorities=[roads], posts=[back])[0].is_confirmed


def test_what_was_asked_of_a_post_is_done_once_all_its_matches_are_decided(officer, authority, mp, roads):
    homes = PriorityFactory(authority=authority, name="Homes", key_words="homes", position=9999)
    post = PostFactory(mp=mp, title="Minister for Transport and Homes")
    whip = News(NewsKind.WHIP_LOST, "lost the whip", TODAY, mp=mp)
    begun = News(NewsKind.POST_BEGUN, "became Minister for Transport and Homes", TODAY, mp=mp, post=post)
    record_news([whip, begun], source="test", now=NOW)

    decide_match(by=officer, priority=roads, post=post, state=CONFIRMED, now=NOW)
    half = ToDo.objects.open().count()
    decide_match(by=officer, priority=homes, post=post, state=DISMISSED, now=NOW)

    assert half == 2
    assert "It may bear on: Roads, Homes." in ToDo.objects.get(kind="news-post-begun").detail
    assert [to_do.kind for to_do in ToDo.objects.open()] == ["news-whip-lost"]


def test_what_was_confirmed_stays_when_the_words_change(officer, authority, roads, minister):
    decide_match(by=officer, priority=roads, post=minister, state=CONFIRMED, now=NOW)
    roads.key_words = "roads"
    roads.save()

    [match] = matches_of_own_mps(authority, priorities=[roads], on=TODAY)

    assert (match.is_confirmed, match.word) == (True, "")


def test_the_same_decision_twice_is_one_and_another_is_refused(officer, roads, minister):
    first = decide_match(by=officer, priority=roads, post=minister, state=CONFIRMED, now=NOW)
    again = decide_match(by=officer, priority=roads, post=minister, state=CONFIRMED, now=NOW)

    with pytest.raises(DecidedMeanwhile) as meanwhile:
        decide_match(by=officer, priority=roads, post=minister, state=DISMISSED, now=NOW)

    assert first == again == meanwhile.value.decision
    undo_decision(by=officer, priority=roads, post=minister, now=NOW)
    undo_decision(by=officer, priority=roads, post=minister, now=NOW)
    assert not PortfolioMatch.objects.exists()
    assert [line.history_type for line in PortfolioMatch.history.all()] == ["-", "+"]


def test_new_posts_are_told_of_but_for_what_was_dismissed(officer, authority, roads, minister):
    homes = PriorityFactory(authority=authority, name="Homes", key_words="transport")
    other = PostFactory(mp=minister.mp, title="Minister for Fisheries")
    decide_match(by=officer, priority=homes, post=minister, state=DISMISSED, now=NOW)

    told = priorities_matched(authority, posts=[minister, other], on=TODAY)

    assert told == {minister.pk: [roads]}
    assert priorities_matched(authority, posts=[], on=TODAY) == {}


def test_an_officer_decides_with_one_click_and_undoes_it(sign_in, officer, authority, roads, minister):
    client, address = sign_in(officer), url("match_list", authority)
    before = client.get(address).content.decode()
    confirmed = client.post(url("match_confirm", authority, roads.pk, minister.pk), follow=True)
    colleague = sign_in(MembershipFactory(authority=authority, role=Role.POLITICAL_AFFAIRS))
    late = colleague.post(url("match_dismiss", authority, roads.pk, minister.pk), follow=True)
    undone = client.post(url("match_undo", authority, roads.pk, minister.pk), follow=True)
    dismissed = client.post(url("match_dismiss", authority, roads.pk, minister.pk), {"mp": ""}, follow=True)

    assert "1 to decide" in before
    assert "“transport”" in before
    assert confirmed.redirect_chain[-1][0] == address
    assert "1 to decide" not in confirmed.content.decode()
    assert f"{officer}, {timezone.localdate():%-d %B %Y}" in confirmed.content.decode()
    assert f"{officer} confirmed this before you." in late.content.decode()
    assert "is to decide again" in undone.content.decode()
    assert dismissed.redirect_chain[-1][0] == url("mp_matches", authority, minister.mp_id)
    assert "Dismissed: not offered again unless the post changes" in dismissed.content.decode()
    assert "Dismissed (1)" in client.get(address).content.decode()


def test_a_changed_post_says_what_was_decided_before(sign_in, officer, authority, roads, minister):
    decide_match(by=officer, priority=roads, post=minister, state=CONFIRMED, now=NOW)
    Post.objects.update(title="Secretary of State for Transport")

    page = sign_in(officer).get(url("match_list", authority)).content.decode()

    assert "The post has changed: “Minister for Transport” was confirmed by" in page
    assert "1 to decide" in page


def test_the_mps_page_says_what_bears_on_which_priority(sign_in, officer, authority, roads, minister):
    client, address = sign_in(officer), reverse("overview:mp_detail", args=[authority.slug, minister.mp_id])
    suggested = client.get(address).content.decode()
    decide_match(by=officer, priority=roads, post=minister, state=CONFIRMED, now=NOW)
    confirmed = client.get(address).content.decode()
    undo_decision(by=officer, priority=roads, post=minister, now=NOW)
    decide_match(by=officer, priority=roads, post=minister, state=DISMISSED, now=NOW)
    dismissed = client.get(address).content.decode()

    assert "Roads (to decide)" in suggested
    assert "Roads (to decide)" not in confirmed
    assert '<dd class="govuk-summary-list__value">Roads</dd>' in confirmed
    assert "Roads" not in dismissed


@pytest.mark.parametrize("role", list(Role))
def test_everyone_reads_and_officers_decide(sign_in, authority, roads, minister, role):
    client = sign_in(MembershipFactory(authority=authority, role=role))
    decides = role in (Role.OFFICER, Role.POLITICAL_AFFAIRS)

    page = client.get(url("match_list", authority)).content.decode()
    response = client.post(url("match_confirm", authority, roads.pk, minister.pk))

    assert "Minister for Transport" in page
    assert (">Confirm<" in page) == decides
    assert response.status_code == (302 if decides else 403)
    assert PortfolioMatch.objects.exists() == decides


def test_only_our_priorities_and_our_mps_posts_are_decided(
    sign_in, officer, authority, stranger, roads, minister
):
    theirs = PriorityFactory(authority=stranger.authority, key_words="transport")
    elsewhere = PostFactory(title="Minister for Transport")
    client = sign_in(officer)

    for name in ("match_confirm", "match_dismiss", "match_undo"):
        assert client.post(url(name, authority, theirs.pk, minister.pk)).status_code == 404
        assert client.post(url(name, authority, roads.pk, elsewhere.pk)).status_code == 404
    assert not PortfolioMatch.objects.exists()


def test_a_new_minister_is_offered_asked_about_once_and_makes_answers_old(
    sign_in, officer, authority, mp, roads, tmp_path
):
    """A list of posts comes in: an officer finds the match, whoever leads has to-dos, nothing comes twice."""
    owner = CouncilLeadFactory(authority=authority, mp=mp).membership
    ChecklistAnswerFactory(authority=authority, mp=mp)
    MP.objects.update(is_fictional=False)
    other = MPFactory(is_fictional=False)
    columns = "parliament_member_id,person_name,house,post_display_name,rank_equivalence,department,start_date,end_date,id"
    rows = {
        "before.csv": f"{other.parliament_id},{other.name},Commons,Minister,MoS,Treasury,2024-08-01,,a0",
        "now.csv": f"{mp.parliament_id},{mp.name},Commons,Minister,MoS,Department for Transport,2026-03-10,,a1",
    }
    for name, row in rows.items():
        (tmp_path / name).write_text(f"{columns}\n{row}\n")
    run("import_posts", tmp_path / "before.csv", "--on", "2026-03-01")
    client = sign_in(officer)

    def come_in():
        status, _ = run("import_posts", tmp_path / "now.csv", "--on", "2026-03-11")
        sweep(now=NOW + timedelta(days=9))
        return status

    statuses = [come_in(), come_in()]
    offered = client.get(url("match_list", authority)).content.decode()
    asked = ToDo.objects.open().get(kind="news-post-begun")
    client.post(url("match_confirm", authority, roads.pk, mp.posts.get().pk))
    statuses.append(come_in())

    assert statuses == [0, 0, 0]
    assert "1 to decide" in offered
    assert asked.path == url("mp_matches", authority, mp.pk)
    asked.refresh_from_db()
    assert asked.done_by == officer, "what was decided is no longer asked"
    assert "1 to decide" not in client.get(url("match_list", authority)).content.decode()
    assert sorted(ToDo.objects.values_list("kind", "assignee")) == [
        ("checklist", owner.pk),
        ("news-post-begun", owner.pk),
    ]


def test_an_mp_who_is_not_ours_is_matched_to_nothing(sign_in, officer, authority, roads):
    post = PostFactory(title="Minister for Transport")

    page = sign_in(officer).get(url("mp_matches", authority, post.mp_id)).content.decode()

    assert "holds none of your seats" in page
    assert "Minister for Transport" not in page


@pytest.mark.parametrize(("name", "queries"), [("match_list", 7), ("mp_matches", 9)])
def test_the_pages_cost_the_same_for_1_and_30(
    sign_in, officer, authority, mp, roads, minister, django_assert_num_queries, name, queries
):
    args = [mp.pk] if name == "mp_matches" else []
    client, address = sign_in(officer), url(name, authority, *args)
    decide_match(by=officer, priority=roads, post=minister, state=CONFIRMED, now=NOW)
    with django_assert_num_queries(queries):
        client.get(address)

    for number in range(29):
        each = mp if args else MPFactory(authority=authority)
        post = PostFactory(mp=each, title=f"Minister for Transport {number}")
        if number % 2:
            decide_match(by=officer, priority=roads, post=post, state=CONFIRMED, now=NOW)
    with django_assert_num_queries(queries):
        page = client.get(address).content.decode()
    assert page.count(">Undo<") == 15
    assert page.count(">Confirm<") == 15


def test_a_great_many_posts_cost_one_query(authority, mp, django_assert_num_queries):
    """As many as the House has: 650 MPs with 4 posts each. ADR 0014 says how long that takes."""
    posts = [Post(pk=n, mp=mp, kind=PostKind.GOVERNMENT, title=f"Minister {n}") for n in range(2600)]
    priorities = [PriorityFactory(authority=authority, key_words="minister 9") for _ in range(10)]

    with django_assert_num_queries(1):
        found = matches(priorities=priorities, posts=posts)

    assert [match.post.title for match in found] == ["Minister 9"] * 10


def test_a_post_of_which_the_start_is_not_known_counts_from_its_sources_day(authority, mp, roads):
    PostFactory(mp=mp, title="Transport lead", started_on=None, seen_on=date(2026, 3, 2))

    before = matches_of_own_mps(authority, priorities=[roads], on=date(2026, 3, 1))
    then = matches_of_own_mps(authority, priorities=[roads], on=date(2026, 3, 2))

    assert (len(before), len(then)) == (0, 1)
