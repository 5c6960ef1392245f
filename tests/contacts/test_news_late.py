"""What a list tells late, or says of a post in place: told as news, and answers of the checklist are looked at
again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contacts.imports.undoing import undo_import
from contacts.models import MP, ChecklistAnswer, MPListImport, MPNews, NewsKind, SeatHolding
from notifications.models import ToDo
from tests.contacts.lists import FIRST, VACANT, changed_rows, letters, run, whole
from tests.factories import (
    NOW,
    TODAY,
    ChecklistAnswerFactory,
    CouncilFactory,
    MembershipFactory,
    MPFactory,
    PriorityFactory,
    SeatOverlapFactory,
)

pytestmark = pytest.mark.django_db

# Before and after an answer given TODAY.
BEFORE, AFTER = "2025-09-01", "2026-03-10"
MINISTER = ("p1", "Government", "Minister of State", "Department for Transport", "2025-01-02", "")
MEMBER = ("p2", "Committee", "Member", "Transport Committee", "2025-01-02", "")


@pytest.fixture
def one(db):
    return MPFactory(name=f"Ada {letters(1)}son", parliament_id=1001, is_fictional=False)


@pytest.fixture
def told(one, tmp_path):
    """A list of one post of the MP, as at a day."""

    def tell(post, on):
        path = tmp_path / "posts.csv"
        heading = "mnis_id,name,id,kind,post,department,start_date,end_date,on_leave"
        path.write_text(f"{heading}\n{one.parliament_id},{one.name},{','.join(post)}")
        status, report = run("import_posts", path, "--on", on)
        assert (status, report["refused"]) == (0, [])

    return tell


def is_out_of_date(mp):
    """Whether an answer given at NOW is, three weeks later."""
    answer = ChecklistAnswer.objects.filter(mp=mp).first() or ChecklistAnswerFactory(mp=mp)
    [row] = ChecklistAnswer.objects.filter(pk=answer.pk).with_staleness(TODAY + timedelta(21), days=180)
    return row.is_stale


def news():
    return {(each.kind, each.words, each.happened_on) for each in MPNews.objects.all()}


def test_a_post_whose_end_is_told_late_makes_an_answer_out_of_date_until_that_is_undone(one, told):
    told(MINISTER, BEFORE)
    before = is_out_of_date(one)

    told((*MINISTER[:5], "2026-02-10"), AFTER)
    after = is_out_of_date(one)
    undo_import(applied=MPListImport.objects.applied().first(), now=NOW)

    assert (before, after, is_out_of_date(one)) == (False, True, False)


def test_a_seat_whose_end_is_told_late_makes_an_answer_out_of_date(importer):
    importer(whole())
    mp = MP.objects.get(holdings__constituency__ons_code=FIRST)
    before = is_out_of_date(mp)

    resigned = {**whole()[0], "End date": "2026-01-23", "End reason": "resigned"}
    others = [{**row, "End date": "", "End reason": ""} for row in changed_rows(whole(), **{FIRST: VACANT})]
    importer([resigned, *others], AFTER)

    assert SeatHolding.objects.get(mp=mp).ended_on == date(2026, 1, 23)
    assert (before, is_out_of_date(mp)) == (False, True)


def test_leaving_a_group_makes_no_answer_out_of_date(one, told):
    group = ("p3", "APPG", "Member", "APPG on Buses", "2025-01-02", "")
    told(group, BEFORE)
    told((*group[:5], "2026-02-10"), AFTER)

    assert MPNews.objects.get().kind == NewsKind.POST_ENDED
    assert not is_out_of_date(one)


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        (
            MINISTER,
            (*MINISTER[:2], "Secretary of State", *MINISTER[3:]),
            "is now Secretary of State, Department for Transport, "
            "before Minister of State, Department for Transport",
        ),
        (
            MINISTER,
            (*MINISTER[:3], "Home Office", *MINISTER[4:]),
            "is now Minister of State, Home Office, before Minister of State, Department for Transport",
        ),
        (MEMBER, (*MEMBER[:2], "Chair", *MEMBER[3:]), "now chairs the Transport Committee"),
        ((*MEMBER[:2], "Chair", *MEMBER[3:]), MEMBER, "no longer chairs the Transport Committee"),
        (
            MINISTER,
            (*MINISTER, "yes"),
            "is now Minister of State, Department for Transport (on leave), "
            "before Minister of State, Department for Transport",
        ),
    ],
)
def test_a_post_that_changes_in_place_is_told_and_makes_an_answer_out_of_date(one, told, was, now, words):
    """And is asked about where it matches a priority, but for leave, which passes."""
    member, seat = MembershipFactory(), one.holdings.get().constituency
    SeatOverlapFactory(council=CouncilFactory(ons_code=member.authority.ons_code), constituency=seat)
    PriorityFactory(authority=member.authority, key_words="Transport\nHome Office")
    told(was, BEFORE)
    before = is_out_of_date(one)

    for _ in range(2):
        told(now, AFTER)

    assert (before, is_out_of_date(one)) == (False, True)
    assert news() == {(NewsKind.POST_CHANGED, words, date(2026, 3, 10))}
    assert ToDo.objects.exists() is ("leave" not in words)


def test_another_way_to_write_a_title_is_no_change(one, told):
    told(MINISTER, BEFORE)
    told((*MINISTER[:2], "minister-of-state", *MINISTER[3:]), AFTER)

    assert news() == set()
    assert not is_out_of_date(one)


def test_who_comes_to_chair_is_a_to_do_where_it_matches_a_priority(one, told):
    ours, theirs = MembershipFactory(), MembershipFactory()
    seat = one.holdings.get().constituency
    for member in (ours, theirs):
        SeatOverlapFactory(council=CouncilFactory(ons_code=member.authority.ons_code), constituency=seat)
    PriorityFactory(authority=ours.authority, name="Buses", bodies="Transport Committee")
    PriorityFactory(authority=theirs.authority, name="Homes", bodies="Housing Committee")
    told(MEMBER, BEFORE)

    told((*MEMBER[:2], "Chair", *MEMBER[3:]), AFTER)

    to_do = ToDo.objects.get()
    assert (to_do.authority, to_do.kind) == (ours.authority, "news-post-changed")
    assert to_do.title == f"Say whether the changed post of {one.name} matters to us"
    assert "now chairs the Transport Committee, 10 March 2026." in to_do.detail
