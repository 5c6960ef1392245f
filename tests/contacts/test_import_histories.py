"""What lists say of how and when holdings, names, parties and statuses began and ended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from contacts.imports import reasons, whips
from contacts.imports.applying import apply_preview, preview_list, read_list
from contacts.imports.parties import understand
from contacts.imports.undoing import undo_import
from contacts.models import (
    MP,
    Constituency,
    Dissolution,
    MPListImport,
    MPName,
    MPNews,
    MPStatus,
    NewsKind,
    Party,
    PartySpell,
    SeatHolding,
)
from notifications.models import ToDo
from tests.contacts.lists import (
    CODES,
    ELECTION,
    FIRST,
    NEWCOMER,
    SEATS,
    SECOND,
    THIRD,
    VACANT,
    as_csv,
    changed_rows,
    facts,
    holder,
    letters,
    next_house,
    whole,
)
from tests.factories import NOW, AuthorityFactory, CouncilFactory, SeatOverlapFactory, UserFactory

pytestmark = pytest.mark.django_db

ELECTED = date.fromisoformat(ELECTION)
LONGER = {"End date": "", "Start reason": "", "End reason": "", "Status": "", "Status notes": ""}


def holdings(code: str) -> list[tuple[int, date, date | None, str, str]]:
    rows = SeatHolding.objects.filter(constituency__ons_code=code).order_by("started_on")
    return list(rows.values_list("mp__parliament_id", "started_on", "ended_on", "begun_by", "ended_by"))


def parties(parliament_id: int) -> list[tuple[str, date, date | None, str]]:
    rows = PartySpell.objects.filter(mp__parliament_id=parliament_id).order_by("started_on")
    return list(rows.values_list("party__name", "started_on", "ended_on", "begun_by"))


def names(parliament_id: int) -> list[tuple[str, date, date | None]]:
    rows = MPName.objects.filter(mp__parliament_id=parliament_id).order_by("started_on")
    return list(rows.values_list("name", "started_on", "ended_on"))


def with_reasons(*more: dict[str, str], **by_code: dict[str, str]) -> list[dict[str, str]]:
    """The whole list with columns for reasons and statuses, some rows changed and others added."""
    rows = changed_rows(whole(), **by_code)
    return [{**LONGER, **row} for row in (*rows, *more)]


def told() -> list[date]:
    """The days of what was told."""
    return list(MPNews.objects.order_by("happened_on", "kind").values_list("happened_on", flat=True))


def in_step() -> bool:
    """Whether each MP is called what their one open name says."""
    called = set(MPName.objects.current().values_list("mp", "name", "sort_name"))
    return called == set(MP.objects.values_list("pk", "name", "sort_name"))


# --- Names --------------------------------------------------------------------------------------


def test_a_change_of_surname_makes_a_dated_name_and_undoing_takes_it_back(importer):
    importer(whole())
    before = facts()
    old = f"Ada {letters(0)}son"

    importer(changed_rows(whole(), **{FIRST: {"MP": f"Ada {letters(0)}son-Vale"}}), "2025-03-20")

    assert names(1000) == [
        (old, ELECTED, date(2025, 3, 19)),
        (f"{old}-Vale", date(2025, 3, 20), None),
    ]
    assert holder(FIRST).name == f"{old}-Vale"
    assert in_step()
    assert MPName.objects.get(name=f"{old}-Vale").source == "list.csv, as at 20 March 2025"

    undo_import(applied=MPListImport.objects.applied().first(), now=NOW)

    assert facts() == before
    assert in_step()


def test_a_name_corrected_by_a_list_of_the_same_day_leaves_no_name_of_no_days(importer):
    importer(whole())
    importer(changed_rows(whole(), **{FIRST: {"MP": f"Ada {letters(0)}son-Vael"}}), "2025-03-20")
    before = facts()
    importer(changed_rows(whole(), **{FIRST: {"MP": f"Ada {letters(0)}son-Vale"}}), "2025-03-20")

    assert [(name, begun) for name, begun, _ in names(1000)] == [
        (f"Ada {letters(0)}son", ELECTED),
        (f"Ada {letters(0)}son-Vale", date(2025, 3, 20)),
    ]
    undo_import(applied=MPListImport.objects.applied().first(), now=NOW)
    assert facts() == before


def without_parliaments_id(rows):
    """The same list by TheyWorkForYou's ids."""
    return [
        {k: v for k, v in row.items() if k != "Member ID"} | {"TheyWorkForYou ID": str(20001 + n)}
        for n, row in enumerate(rows)
    ]


def test_theyworkforyou_says_nothing_of_the_names_parliament_gives(importer):
    """Without Parliament's, its names are taken, and the first list with Parliament's ids corrects them."""
    theirs, old = without_parliaments_id(whole()), f"Ada {letters(0)}son"
    both = [{**row, "TheyWorkForYou ID": str(20001 + n)} for n, row in enumerate(whole())]
    theirs[0]["MP"] = f"{old} (Dr)"
    importer(theirs)

    importer(changed_rows(both, **{FIRST: {"MP": f"Dr {old}"}}), "2025-03-20")
    _, again = importer(theirs, "2025-03-21")

    assert names(1000) == [(f"Dr {old}", ELECTED, None)]
    assert (again["changed"], again["unchanged"]) == (0, len(theirs))
    assert in_step()
    assert not MPNews.objects.filter(kind=NewsKind.NAME).exists()


def test_of_a_name_put_together_from_parts_only_the_surname_counts(importer):
    importer(changed_rows(whole(), **{FIRST: {"MP": f"Dr Ada {letters(0)}son"}}))
    parts = [
        {k: v for k, v in row.items() if k != "MP"} | {"First name": "Adelina", "Surname": row["MP"][4:]}
        for row in whole()
    ]
    parts[1]["Surname"] += "-Vale"

    _, report = importer(parts, "2025-03-20")

    assert report["changed"] == 1
    assert [name for name, *_ in names(1000)] == [f"Dr Ada {letters(0)}son"]
    assert [name for name, *_ in names(1001)] == [f"Ada {letters(1)}son", f"Adelina {letters(1)}son-Vale"]


def test_a_surname_learnt_later_sorts_the_present_name_too(importer):
    importer(changed_rows(whole(), **{FIRST: {"MP": "Iain Duncan Smith"}}))
    more = [{**row, "Surname": row["MP"].partition(" ")[2]} for row in whole()]
    more[0] |= {"MP": "Iain Duncan Smith", "Surname": "Duncan Smith"}

    importer(more, "2025-03-20")

    assert MPName.objects.get(mp=holder(FIRST)).sort_name == "Duncan Smith, Iain"
    assert in_step()


# --- Holdings -----------------------------------------------------------------------------------


def test_a_holding_says_how_it_began_where_the_day_or_the_list_tells(importer):
    """At the first sight of a seat without a day nothing is known; later a change of hands is a by-election."""
    unknown = {row["PCON24CD"]: {"Start date": ""} for row in whole()[1:2]}
    importer(changed_rows(whole(), **unknown), "2025-01-01")

    importer(changed_rows(whole(), **unknown, **{FIRST: NEWCOMER}), "2026-03-01")

    assert holdings(FIRST) == [
        (1000, ELECTED, date(2026, 2, 25), "general-election", ""),
        (5447, date(2026, 2, 26), None, "by-election", ""),
    ]
    assert holdings(SECOND) == [(1001, date(2025, 1, 1), None, "", "")]


def test_rows_on_what_is_over_say_when_and_how_it_ended(importer):
    importer(whole())
    gone = {"End date": "2026-01-23", "Start reason": "general_election", "End reason": "resigned"}
    resigned = {**whole()[0], **gone}

    importer(with_reasons(resigned, **{FIRST: VACANT}), "2026-01-27")

    assert holdings(FIRST) == [(1000, ELECTED, date(2026, 1, 23), "general-election", "resignation")]
    spell = PartySpell.objects.get(mp__parliament_id=1000)
    assert spell.ended_on == date(2026, 1, 23)
    holding = SeatHolding.objects.get(mp__parliament_id=1000)
    assert (holding.source, holding.end_source) == (
        "list.csv, as at 4 July 2024",
        "list.csv, as at 27 January 2026",
    )


def test_how_a_holding_ended_is_learnt_later_and_forgotten_when_undone(importer):
    importer(whole())
    importer(changed_rows(whole(), **{FIRST: VACANT}), "2026-01-27")
    before = facts()
    died = {**whole()[0], "End date": "2026-01-20", "Start reason": "by_election", "End reason": "died"}

    importer(with_reasons(died, **{FIRST: VACANT}), "2026-02-01")

    assert holdings(FIRST) == [(1000, ELECTED, date(2026, 1, 20), "general-election", "death")]
    assert PartySpell.objects.get(mp__parliament_id=1000).ended_on == date(2026, 1, 20)
    assert told() == [date(2026, 1, 21)] * 2

    undo_import(applied=MPListImport.objects.applied().first(), now=NOW)

    assert facts() == before
    assert told() == [date(2026, 1, 27)] * 2


def test_rows_on_another_seat_person_or_time_tell_nothing(importer):
    importer(whole())
    end = {"End date": "2026-01-23", "End reason": "resigned"}
    rows = [
        {**whole()[0], **end, "PCON24CD": SECOND, "PCON24NM": whole()[1]["PCON24NM"]},
        {**whole()[1], **end, "PCON24CD": FIRST, "PCON24NM": whole()[0]["PCON24NM"]},
        {**whole()[0], **end, "End date": "2024-05-30", "Start date": "2019-12-12"},
    ]

    importer(with_reasons(*rows, **{FIRST: VACANT}), "2026-01-27")

    assert holdings(FIRST) == [(1000, ELECTED, date(2026, 1, 26), "general-election", "")]


def test_a_list_previewed_in_the_browser_keeps_what_it_says_of_the_past(importer):
    importer(whole())
    resigned = {**whole()[0], "End date": "2026-01-23", "End reason": "resigned"}
    content = as_csv(with_reasons(resigned, **{FIRST: VACANT}))
    listing, day = read_list(content, "list.csv", on=date(2026, 1, 27), today=NOW.date())

    preview = preview_list(listing, file_name="list.csv", list_date=day, is_partial=False, by=None, now=NOW)
    apply_preview(preview=preview, skip_refused=False, now=NOW)

    assert holdings(FIRST)[0][2:] == (date(2026, 1, 23), "general-election", "resignation")
    assert preview.report["ended_mps"] == [
        {
            "name": f"Ada {letters(0)}son",
            "seat": whole()[0]["PCON24NM"],
            "on": "23 January 2026",
            "how": "by resignation",
        }
    ]


def test_a_dissolution_that_was_entered_ends_holdings_and_the_next_begin_at_a_poll(importer):
    importer(whole())
    Dissolution.objects.create(started_on=date(2026, 1, 10), ended_on=date(2026, 2, 11), entered_at=NOW)

    elected = {code: {"Start date": "2026-02-12"} for code in CODES[1:]}
    importer(changed_rows(whole(), **elected, **{FIRST: {**NEWCOMER, "Start date": ""}}), "2026-02-14")

    first, second = date(2026, 1, 9), date(2026, 2, 12)
    assert holdings(SECOND) == [
        (1001, ELECTED, first, "general-election", "dissolution"),
        (1001, second, None, "general-election", ""),
    ]
    assert holdings(FIRST)[1] == (5447, date(2026, 2, 14), None, "general-election", "")


@pytest.mark.parametrize("start", ["2026-02-12", ""])
@pytest.mark.parametrize(("new", "how"), [(19, "by-election"), (20, "general-election")])
def test_so_many_that_begin_on_one_day_were_elected_at_a_general_election(importer, start, new, how):
    """Where nobody entered a dissolution; whether the list says the day or not."""
    importer(whole())
    same = {row["PCON24CD"]: {"Start date": ELECTION} for row in whole()[new:]}

    importer(changed_rows(next_house(start, new=new), **same), "2026-02-14")

    begun = SeatHolding.objects.filter(started_on__gt=ELECTED).values_list("begun_by", flat=True)
    assert list(begun) == [how] * new


def test_who_is_declared_after_the_others_was_elected_with_them(importer):
    importer(whole())
    same = {row["PCON24CD"]: {"Start date": ELECTION} for row in whole()[25:]}
    after = changed_rows(next_house("2026-02-12", new=25), **same)
    importer(changed_rows(after, **{FIRST: whole()[0]}), "2026-02-14")

    importer(changed_rows(after, **{FIRST: {"Start date": "2026-02-16"}}), "2026-02-17")

    assert holdings(FIRST)[1] == (6000, date(2026, 2, 16), None, "general-election", "")


def test_at_first_sight_the_days_on_which_many_began_tell_of_a_poll_and_the_lists_own_does_not(importer):
    """The first list may be of a later Parliament than the one the seats began with."""
    unknown = {row["PCON24CD"]: {"Start date": ""} for row in whole()[:30]}

    importer(changed_rows(next_house("2026-02-12", new=0), **unknown), "2026-03-14")

    assert holdings(FIRST)[0][3] == ""
    assert holdings(CODES[-1]) == [(1000 + SEATS - 1, date(2026, 2, 12), None, "general-election", "")]


def test_an_earlier_day_that_a_later_list_gives_is_the_beginning(importer):
    importer(whole())
    importer(changed_rows(whole(), **{FIRST: VACANT}), "2026-01-27")
    importer(changed_rows(whole(), **{FIRST: {**NEWCOMER, "Start date": ""}}), "2026-03-20")
    before = facts()

    importer(changed_rows(whole(), **{FIRST: NEWCOMER}), "2026-04-01")

    begun = date(2026, 2, 26)
    assert holdings(FIRST)[1] == (5447, begun, None, "by-election", "")
    assert PartySpell.objects.get(mp__parliament_id=5447).started_on == begun
    assert names(5447) == [("Bea Novak", begun, None)]
    assert told()[-1] == begun

    undo_import(applied=MPListImport.objects.applied().first(), now=NOW)
    assert facts() == before


def test_a_day_on_which_somebody_else_held_the_seat_is_no_beginning(importer):
    importer(whole())
    importer(changed_rows(whole(), **{FIRST: VACANT}), "2026-03-10")
    importer(changed_rows(whole(), **{FIRST: {**NEWCOMER, "Start date": ""}}), "2026-03-20")

    importer(changed_rows(whole(), **{FIRST: NEWCOMER}), "2026-04-01")

    assert holdings(FIRST)[1][1] == date(2026, 3, 20)


# --- Parties ------------------------------------------------------------------------------------


def test_reasons_date_a_whip_removed_and_restored(importer):
    importer(whole())
    removed = {"Party": "Independent", "Start date": "2025-02-05", "Start reason": "whip_removed"}
    restored = {"Party": "Labour", "Start date": "2025-11-08", "Start reason": "whip_restored"}
    over = {"End date": "2025-02-04", "Start reason": "general_election", "End reason": "whip_removed"}

    importer(with_reasons({**whole()[0], **over}, **{FIRST: removed}), "2025-03-01")
    importer(with_reasons(**{FIRST: restored}), "2025-12-01")

    spells = PartySpell.objects.filter(mp__parliament_id=1000).order_by("started_on")
    assert list(spells.values_list("party__name", "started_on", "ended_on", "begun_by")) == [
        ("Labour", ELECTED, date(2025, 2, 4), ""),
        ("Independent", date(2025, 2, 5), date(2025, 11, 7), "whip-removed"),
        ("Labour", date(2025, 11, 8), None, "whip-restored"),
    ]
    assert holdings(FIRST) == [(1000, ELECTED, None, "general-election", "")]


def test_the_first_list_takes_the_holdings_beginning_from_the_row_before(importer):
    removed = {"Party": "Independent", "Start date": "2025-02-05", "Start reason": "whip_removed"}
    over = {"End date": "2025-02-04", "Start reason": "by_election", "End reason": "whip_removed"}

    importer(
        with_reasons({**whole()[0], **over, "Start date": "2024-12-13"}, **{FIRST: removed}), "2025-03-01"
    )

    assert holdings(FIRST) == [(1000, date(2024, 12, 13), None, "by-election", "")]
    assert parties(1000) == [
        ("Labour", date(2024, 12, 13), date(2025, 2, 4), ""),
        ("Independent", date(2025, 2, 5), None, "whip-removed"),
    ]


def part(party: str, begun: str, why: str, ended: str = "", why_ended: str = "") -> dict[str, str]:
    """A row of the first seat's MP for a party's part of the holding."""
    days = {"Start date": begun, "Start reason": why, "End date": ended, "End reason": why_ended}
    return {**LONGER, **whole()[0], "Party": party, **days}


LOST_AND_RESTORED = [
    part("Labour", "2024-07-05", "general_election", "2024-07-24", "whip_removed"),
    part("Independent", "2024-07-25", "whip_removed", "2025-02-05", "whip_restored"),
    part("Labour", "2025-02-06", "whip_restored"),
]
AS_TOLD = [
    ("Labour", ELECTED, date(2024, 7, 24), ""),
    ("Independent", date(2024, 7, 25), date(2025, 2, 5), "whip-removed"),
    ("Labour", date(2025, 2, 6), None, "whip-restored"),
]


@pytest.mark.parametrize("was_seen", [True, False])
def test_a_later_list_dates_a_whip_lost_and_restored_and_undoing_takes_that_back(importer, client, was_seen):
    """Whether lists before it told of the change late or not at all."""
    importer(whole())
    if was_seen:
        importer(changed_rows(whole(), **{FIRST: {"Party": "Independent"}}), "2024-10-29")
        importer(whole(), "2025-11-10")
    before = facts()

    _, report = importer([*LOST_AND_RESTORED, *with_reasons()[1:]], "2026-06-28")

    assert parties(1000) == AS_TOLD
    assert (report["changed"], report["unchanged"]) == (0, SEATS)
    preview = MPListImport.objects.applied().first()
    assert preview.report["parties_dated"] == 1
    assert told() == [date(2024, 7, 25), date(2025, 2, 6)]
    client.force_login(UserFactory(is_instance_admin=True))
    page = client.get(reverse("instance:import_preview", args=[preview.pk])).content.decode()
    assert "MPs whose parties are dated better" in page
    source = "list.csv, as at 28 June 2026"
    assert PartySpell.objects.filter(source=source, end_source__in=("", source)).count() == 2
    assert PartySpell.objects.get(started_on=ELECTED, mp__parliament_id=1000).end_source == source
    after = facts()
    importer([*LOST_AND_RESTORED, *with_reasons()[1:]], "2026-06-28")
    importer(changed_rows(whole(), **{FIRST: {"Start date": "2024-07-05"}}), "2026-06-29")
    assert facts() == after
    for applied in MPListImport.objects.applied()[:3]:
        undo_import(applied=applied, now=NOW)
    assert facts() == before
    assert told() == ([date(2024, 10, 29), date(2025, 11, 10)] if was_seen else [])


@pytest.mark.parametrize(("looked_on", "is_told"), [("2025-02-05", True), ("2025-02-06", False)])
def test_a_whip_lost_and_restored_between_two_lists_is_told_once(importer, looked_on, is_told):
    """A list of the day on which it was restored, or later, says that there is nothing new."""
    importer(whole())
    importer(whole(), looked_on)
    seat = Constituency.objects.get(ons_code=FIRST)
    SeatOverlapFactory(council=CouncilFactory(ons_code=AuthorityFactory().ons_code), constituency=seat)

    for on in ("2026-06-28", "2026-06-29"):
        importer([*LOST_AND_RESTORED, *with_reasons()[1:]], on)

    news = MPNews.objects.order_by("happened_on").values_list("words", "happened_on", "source")
    assert list(news) == [
        (words, day, "list.csv, as at 28 June 2026")
        for words, day in (
            ("lost the Labour whip, sits as an Independent", date(2024, 7, 25)),
            ("has the Labour whip again", date(2025, 2, 6)),
        )
        if is_told
    ]
    assert [to_do.kind for to_do in ToDo.objects.all()] == ["news-whip-restored"] * is_told


def test_a_list_that_tells_of_fewer_parties_takes_none_away(importer):
    importer([*LOST_AND_RESTORED, *with_reasons()[1:]], "2025-06-01")
    known = parties(1000)
    fewer = [
        part("Green Party", "2024-07-05", "general_election", "2024-09-01", "changed_party"),
        part("Labour", "2024-09-02", "changed_party"),
    ]

    importer([*fewer, *with_reasons()[1:]], "2026-06-28")

    assert [spell[0] for spell in known] == ["Labour", "Independent", "Labour"]
    assert parties(1000) == known


def test_what_is_over_tells_of_a_whip_lost_before_it(importer):
    """The whip goes, then the seat, and no list comes in between."""
    importer(whole())
    left = [
        part("Labour", "2024-07-05", "general_election", "2025-02-09", "whip_removed"),
        part("Independent", "2025-02-10", "whip_removed", "2026-01-23", "resigned"),
    ]
    importer([*left, *with_reasons(**{FIRST: VACANT})], "2026-01-27")

    assert parties(1000) == [
        ("Labour", ELECTED, date(2025, 2, 9), ""),
        ("Independent", date(2025, 2, 10), date(2026, 1, 23), "whip-removed"),
    ]
    assert holdings(FIRST) == [(1000, ELECTED, date(2026, 1, 23), "general-election", "resignation")]


def test_days_that_cannot_be_and_a_party_that_outlasts_the_seat_change_nothing(importer):
    """The whip is told to be lost after the seat was; or the MP won the seat again and sits for it still."""
    importer(whole())
    removed = part("Independent", "2026-01-24", "whip_removed", "2026-01-23", "resigned")
    labour = part("Labour", "2024-07-05", "general_election", "2026-01-23", "whip_removed")
    importer([labour, removed, *with_reasons(**{FIRST: VACANT})], "2026-01-27")
    left = parties(1000)
    undo_import(applied=MPListImport.objects.applied().first(), now=NOW)

    won_again = {"Start date": "2026-02-27", "Start reason": "by_election"}
    rows = [
        part("Labour", "2024-07-05", "general_election", "2025-02-09", "whip_removed"),
        part("Independent", "2025-02-10", "whip_removed", "2026-01-23", "resigned"),
        *with_reasons(**{FIRST: won_again}),
    ]
    importer(rows, "2026-03-01")

    assert left == [("Labour", ELECTED, date(2026, 1, 23), "")]
    assert [each[1:3] for each in holdings(FIRST)] == [
        (ELECTED, date(2026, 1, 23)),
        (date(2026, 2, 27), None),
    ]
    assert parties(1000) == [("Labour", ELECTED, None, "")]


DAY = date(2025, 6, 15)


@pytest.mark.parametrize(
    ("known", "told", "fit"),
    [
        ([("Labour", 0)], [("Labour", 7)], True),
        ([("Labour", 0)], [("Labour", 8)], False),
        ([("Labour", 0)], [("Labour", -400), ("Independent", -30)], True),
        ([("Labour", 0)], [("Labour", -400), ("Independent", -31)], False),
        ([("Labour", -400), ("Independent", 0)], [("Labour", -400)], False),
        ([("Labour", -400), ("Independent", 0)], [("Independent", -400), ("Labour", -9)], False),
        ([("Labour (Co-op)", 0)], [("Lab", -400)], True),
        ([], [("Labour", 0)], True),
    ],
)
def test_parties_told_fit_those_known_in_their_order_and_about_their_days(known, told, fit):
    """In days from one day: a list may tell of some weeks before, and sources differ by a few days."""
    spells = [PartySpell(party=Party(name=name), started_on=DAY + timedelta(days)) for name, days in known]
    said = [whips.Told(understand(name), DAY + timedelta(days)) for name, days in told]

    assert (whips.matched(spells, said) is not None) == fit


# --- Statuses -----------------------------------------------------------------------------------


def test_who_is_suspended_is_an_mp_and_the_suspension_ends(importer):
    importer(whole())
    suspended = {
        "Status": "Suspended",
        "Status notes": "Recommendation of a panel",
        "Status start date": "2025-10-25",
    }
    blank = {"Status": "Current Member", "Status start date": ELECTION}
    as_current = [{**LONGER, **blank, **row} for row in whole()]
    as_suspended = [{**as_current[0], **suspended}, *as_current[1:]]

    importer(as_suspended, "2025-11-01")
    before = facts()
    _, again = importer(as_suspended, "2025-11-02")

    assert again["changed"] == 0
    status = MPStatus.objects.get()
    assert (status.mp, status.status, status.note, status.started_on, status.ended_on) == (
        holder(FIRST),
        "Suspended",
        "Recommendation of a panel",
        date(2025, 10, 25),
        None,
    )
    assert holdings(FIRST)[0][:3] == (1000, ELECTED, None)

    _, silent = importer(whole(), "2025-11-15")
    assert silent["changed"] == 0
    _, back = importer(as_current, "2025-12-01")

    assert back["changed"] == 1
    assert MPStatus.objects.get().ended_on == date(2025, 11, 30)
    undo_import(applied=MPListImport.objects.applied().first(), now=NOW)
    assert facts() == before


def test_a_status_ends_with_the_seat(importer):
    importer(with_reasons(**{THIRD: {"Status": "Suspended"}}), "2025-11-01")

    importer(changed_rows(whole(), **{THIRD: VACANT}), "2025-12-01")

    assert MPStatus.objects.get().ended_on == date(2025, 11, 30)


# --- Words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("resigned", "resignation"),
        ("Resignation", "resignation"),
        ("died", "death"),
        ("Death", "death"),
        ("recall_petition", "recall"),
        ("dissolution", "dissolution"),
        ("general_election_not_standing", "general-election"),
        ("declared_void", "disqualification"),
        ("changed_party", ""),
        ("", ""),
        ("Undead", ""),
    ],
)
def test_words_for_how_a_holding_ended(words, meaning):
    assert reasons.ending(words) == meaning


@pytest.mark.parametrize(
    ("words", "is_active", "means"),
    [
        ("Current Member", "true", "current"),
        ("Suspended", "false", "Suspended"),
        ("Suspended", "", "Suspended"),
        ("Elected", "", ""),
        ("", "", ""),
        ("", "false", "Not active"),
    ],
)
def test_words_for_a_status(words, is_active, means):
    assert reasons.status(words, is_active=is_active) == means
