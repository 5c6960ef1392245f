"""Undoing the latest import puts every fact back, or says what stands in the way."""

from __future__ import annotations

from datetime import date

import pytest

from contacts.imports.undoing import CannotUndo, undo_import, why_not_undo
from contacts.models import (
    MP,
    Constituency,
    ImportState,
    MPListImport,
    MPNews,
    Post,
    PostKind,
    SeatHolding,
)
from tests.contacts.lists import (
    CODES,
    FIRST,
    NEWCOMER,
    SEATS,
    SECOND,
    THIRD,
    VACANT,
    changed_rows,
    counts,
    facts,
    holder,
    letters,
    spells,
    whole,
)
from tests.factories import (
    NOW,
    TODAY,
    CouncilLeadFactory,
    EnquiryFactory,
    MembershipFactory,
    MPFactory,
    PostFactory,
    SeatOverlapFactory,
)

pytestmark = pytest.mark.django_db


def latest() -> MPListImport:
    return MPListImport.objects.applied().first()


def test_undoing_puts_every_fact_back(importer):
    importer(whole())
    before = facts()
    base = {row["PCON24CD"]: row for row in whole()}
    swap = {k: base[SECOND][k] for k in ("Member ID", "MP", "Party")}
    rows = changed_rows(
        whole(),
        **{
            FIRST: {**swap, "Start date": ""},
            SECOND: NEWCOMER,
            THIRD: {"Party": "Moorland Alliance", "MP": f"Ada Novak-{letters(2)}son"},
            CODES[3]: VACANT,
            CODES[4]: {"Start date": "2026-02-01"},
        },
    )
    more = [{**row, "TheyWorkForYou ID": str(20001 + n), "Region": "North"} for n, row in enumerate(rows)]
    more[3]["TheyWorkForYou ID"] = ""

    _, report = importer(more, "2026-03-01")

    assert counts(report) == (1, 3, 2, SEATS - 5, 0)
    assert facts() != before

    undo_import(applied=latest(), now=NOW)

    assert facts() == before
    assert MPListImport.objects.first().state == ImportState.UNDONE


def test_undoing_the_first_import_leaves_nothing(importer):
    importer(whole())

    undo_import(applied=latest(), now=NOW)

    assert facts() == [[]] * 7


def test_undoing_a_list_of_the_same_day_brings_back_what_it_replaced(importer):
    importer(whole())
    before = facts()
    importer(changed_rows(whole(), **{FIRST: {**NEWCOMER, "Start date": ""}, SECOND: {"Party": "Green"}}))

    undo_import(applied=latest(), now=NOW)

    assert facts() == before


def test_only_the_latest_import_can_be_undone(importer):
    importer(whole())
    first = latest()
    importer(whole(), "2025-01-01")

    with pytest.raises(CannotUndo, match="Only the latest import"):
        undo_import(applied=first, now=NOW)

    undo_import(applied=latest(), now=NOW)
    undo_import(applied=first, now=NOW)

    assert MP.objects.count() == 0


def test_an_undone_list_no_longer_makes_older_ones_out_of_date(importer):
    importer(whole(), "2025-06-01")
    undo_import(applied=latest(), now=NOW)

    assert importer(whole(), "2025-05-01")[0] == 0


def test_undo_names_what_refers_to_rows_the_import_made(importer, authority):
    importer(whole())
    CouncilLeadFactory(authority=authority, mp=holder(FIRST))
    SeatOverlapFactory(constituency=Constituency.objects.get(ons_code=SECOND))
    before = facts()

    with pytest.raises(CannotUndo) as refused:
        undo_import(applied=latest(), now=NOW)

    assert "1 council lead" in str(refused.value)
    assert "1 seat overlap" in str(refused.value)
    assert facts() == before


def test_undo_counts_a_row_and_its_history_once_and_says_whose_they_are(importer, authority, stranger):
    importer(whole())
    CouncilLeadFactory(authority=authority, mp=holder(FIRST))
    moved, *_ = EnquiryFactory.create_batch(3, authority=stranger.authority, mp=holder(FIRST))
    moved.mp = MPFactory()
    moved.save()
    Post.objects.create(
        mp=holder(SECOND), kind=PostKind.OTHER, title="Teller", seen_on=TODAY, source="list.csv"
    )

    for_nobody = why_not_undo(latest())
    for_stranger = why_not_undo(latest(), reader=stranger.user)
    MembershipFactory(user=stranger.user, authority=authority)
    for_both = why_not_undo(latest(), reader=stranger.user)

    said = (
        "Other records refer to rows this import made: 1 council lead of Northmoor Council; 1 post; "
        "2 enquiries of Southfen Council; 1 enquiry of Southfen Council, in its history."
    )
    assert for_nobody == for_both == said
    assert for_stranger == said.replace(" of Southfen Council", "")


def test_what_refers_to_rows_made_earlier_is_no_obstacle(importer, authority):
    importer(whole())
    CouncilLeadFactory(authority=authority, mp=holder(FIRST))
    importer(changed_rows(whole(), **{FIRST: {"Party": "Green"}}), "2025-01-01")

    undo_import(applied=latest(), now=NOW)

    assert spells(holder(FIRST)) == [("Labour", date(2024, 7, 4), None)]


def test_what_is_recorded_since_stops_undoing_with_nothing_half_written(importer):
    """News, posts and names are put back before the seat, which somebody else holds by then."""
    importer(whole())
    PostFactory(mp=holder(FIRST), kind=PostKind.COMMITTEE)
    importer(changed_rows(whole(), **{FIRST: VACANT, SECOND: {"MP": "Ada Novak-AabAabson"}}), "2025-01-01")
    seat = Constituency.objects.get(ons_code=FIRST)
    bea = MP.objects.create(name="Bea Novak", sort_name="Novak, Bea")
    SeatHolding.objects.create(mp=bea, constituency=seat, started_on=date(2025, 2, 1), source="a test")
    before = facts(), list(Post.objects.values()), list(MPNews.objects.values())

    with pytest.raises(CannotUndo, match="What is recorded has changed since: “Ada AaaAaason in"):
        undo_import(applied=latest(), now=NOW)

    assert (facts(), list(Post.objects.values()), list(MPNews.objects.values())) == before
    assert before[2]
    assert latest().list_date == date(2025, 1, 1)
