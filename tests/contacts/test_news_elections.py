"""What is told after a general election, whether or not a list without MPs came in between, and whom it asks."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from contacts.imports.undoing import undo_import
from contacts.models import (
    MP,
    Constituency,
    Dissolution,
    MPListImport,
    MPNews,
    NewsKind,
    SeatHolding,
    SeatOverlap,
)
from notifications.models import ToDo
from tests.contacts.lists import (
    CODES,
    SEATS,
    VACANT,
    changed_rows,
    empty_house,
    letters,
    next_house,
    seat_name,
    whole,
)
from tests.factories import NOW, CouncilFactory

pytestmark = pytest.mark.django_db

DISSOLVED, POLL, LIST = date(2026, 1, 10), date(2026, 2, 12), date(2026, 2, 14)
NEW = 35
# Somebody new sits for the seats before the 35th; those of the last Parliament sit on for the others.
FORMER, SAME, MOVED, EMPTY, CHANGED, BACK = (CODES[number] for number in (0, 40, 41, 42, 43, 44))


def ada(code):
    return f"Ada {letters(CODES.index(code))}son"


@pytest.fixture
def council(officer):
    """All seats are ours."""
    council = CouncilFactory(ons_code=officer.authority.ons_code)
    SeatOverlap.objects.bulk_create(
        SeatOverlap(constituency=seat, council=council, share=100) for seat in Constituency.objects.all()
    )
    return council


@pytest.fixture
def sat(importer):
    """The old Parliament, dissolved on a day that was entered with the last."""
    importer(whole())
    Dissolution.objects.create(started_on=DISSOLVED, ended_on=date(2026, 2, 11), entered_at=NOW)
    return importer


def told(*kinds):
    return {
        (str(news.mp or news.constituency), news.words, news.happened_on)
        for news in MPNews.objects.filter(kind__in=kinds).for_list()
    }


@pytest.mark.slow
@pytest.mark.parametrize("is_empty_in_between", [True, False])
def test_of_many_new_mps_each_is_told_once_and_the_others_are_elected_again(
    sat, council, is_empty_in_between
):
    if is_empty_in_between:
        empty_house(DISSOLVED)
        assert not ToDo.objects.exists()

    sat(next_house(POLL.isoformat(), new=NEW), LIST.isoformat())

    elected = MPNews.objects.filter(kind__in=[NewsKind.NEW_MP, NewsKind.RE_ELECTED])
    assert Counter(elected.values_list("kind", "words", "happened_on")) == {
        (NewsKind.NEW_MP, "new MP at the general election", POLL): NEW,
        (NewsKind.RE_ELECTED, "elected again at the general election", POLL): SEATS - NEW,
    }
    assert Counter(ToDo.objects.values_list("kind", flat=True)) == {"news-new-mp": NEW}
    assert MPNews.objects.filter(kind=NewsKind.LEFT).count() == (SEATS if is_empty_in_between else NEW)


@pytest.mark.slow
@pytest.mark.parametrize("is_empty_in_between", [True, False])
def test_who_moved_seats_changed_party_or_was_not_replaced_is_told(sat, council, is_empty_in_between):
    sat(changed_rows(whole(), **{BACK: {"Party": "Independent"}}), "2025-06-01")
    if is_empty_in_between:
        empty_house(DISSOLVED)
    mover = next(row for row in whole() if row["PCON24CD"] == FORMER)
    after = next_house(
        POLL.isoformat(),
        new=2,
        **{
            MOVED: {key: mover[key] for key in ("Member ID", "MP", "Party")},
            EMPTY: VACANT,
            CHANGED: {"Party": "Green Party"},
        },
    )

    sat(after, LIST.isoformat())
    sat(after, "2026-02-16")

    moved = f"new MP at the general election, until then MP for {seat_name(FORMER)}"
    assert (ada(FORMER), moved, POLL) in told(NewsKind.NEW_MP)
    assert told(NewsKind.PARTY, NewsKind.WHIP_RESTORED) == {
        (ada(CHANGED), "now sits for Green Party, until then for Conservative", POLL),
        (ada(BACK), "has the Liberal Democrat whip again", POLL),
    }
    assert told(NewsKind.VACANT) == {(seat_name(EMPTY), "seat vacant", POLL)}
    assert Counter(ToDo.objects.values_list("kind", flat=True))["news-vacant"] == 1


@pytest.mark.slow
def test_who_sat_out_a_parliament_comes_back_as_a_new_mp_of_no_seat_before(sat):
    empty_house(DISSOLVED)
    sat(next_house(POLL.isoformat(), new=2), LIST.isoformat())
    Dissolution.objects.create(started_on=date(2026, 6, 1), ended_on=date(2026, 7, 1), entered_at=NOW)
    empty_house(date(2026, 6, 1))
    MPNews.objects.all().delete()
    former = next(row for row in whole() if row["PCON24CD"] == CODES[0])
    other = {"Member ID": former["Member ID"], "MP": former["MP"], "Party": "Green Party"}

    sat(next_house("2026-07-02", new=2, **{CODES[1]: other}), "2026-07-03")

    assert told(NewsKind.NEW_MP, NewsKind.PARTY) == {
        (ada(CODES[0]), "new MP at the general election, and an MP before", date(2026, 7, 2))
    }


@pytest.mark.slow
def test_undoing_the_new_house_takes_its_news_back(sat, council):
    empty_house(DISSOLVED)
    before = MPNews.objects.count()
    sat(next_house(POLL.isoformat(), new=NEW, **{EMPTY: VACANT}), LIST.isoformat())

    undo_import(applied=MPListImport.objects.applied().first(), now=NOW)

    assert (MPNews.objects.count(), ToDo.objects.count()) == (before, 0)
    assert not SeatHolding.objects.current().exists()
    assert MP.objects.count() == SEATS
