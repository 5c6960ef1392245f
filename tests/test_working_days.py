"""Working days against the published examples, the official feed, and an oracle with a method of its own."""

from __future__ import annotations

import json
import random
from datetime import date, time, timedelta

import pytest

from mpcrm.working_days import Calendar, bank_holidays

NATIONS = ["england", "wales", "scotland", "northern-ireland"]
ENGLAND = Calendar("england")


# --- The examples of the Cabinet Office rule: England and Wales, 2026 ---------------


@pytest.mark.parametrize(
    ("received_on", "day_one", "day_ten"),
    [
        (date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 19)),  # a Monday
        (date(2026, 1, 9), date(2026, 1, 12), date(2026, 1, 23)),  # a Friday
        (date(2026, 1, 10), date(2026, 1, 12), date(2026, 1, 23)),  # a Saturday
        (date(2026, 4, 2), date(2026, 4, 7), date(2026, 4, 20)),  # the eve of Good Friday
        (date(2026, 4, 3), date(2026, 4, 7), date(2026, 4, 20)),  # Good Friday
    ],
)
def test_day_one_is_the_first_working_day_after_receipt(received_on, day_one, day_ten):
    assert ENGLAND.due(received_on, 1).result == day_one
    assert ENGLAND.due(received_on, 10).result == day_ten
    assert ENGLAND.due(received_on, 10).day_one == day_one


# --- The cut-off --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received_time", "counted_from", "due_on"),
    [
        (None, date(2026, 1, 5), date(2026, 1, 7)),
        (time(16, 59), date(2026, 1, 5), date(2026, 1, 7)),
        (time(17, 0), date(2026, 1, 5), date(2026, 1, 7)),
        (time(17, 1), date(2026, 1, 6), date(2026, 1, 8)),
    ],
)
def test_what_arrives_after_the_cut_off_arrives_the_next_day(received_time, counted_from, due_on):
    count = ENGLAND.due(date(2026, 1, 5), 2, received_time=received_time, cut_off=time(17, 0))

    assert (count.counted_from, count.result) == (counted_from, due_on)


def test_without_a_cut_off_the_time_does_not_matter():
    assert ENGLAND.due(date(2026, 1, 5), 2, received_time=time(23, 59)).result == date(2026, 1, 7)


# --- Closure days and openings ------------------------------------------------------


def test_a_closure_day_does_not_count_and_an_opening_does():
    closed = Calendar("england", {date(2026, 12, 29): "Christmas closure"}, [date(2026, 12, 28)])

    assert not closed.is_working_day(date(2026, 12, 29))
    assert closed.is_working_day(date(2026, 12, 28))
    assert closed.add(date(2026, 12, 24), 2) == date(2026, 12, 30)
    assert ENGLAND.add(date(2026, 12, 24), 2) == date(2026, 12, 30)
    assert closed.due(date(2026, 12, 24), 2).skipped == (
        (date(2026, 12, 25), "Christmas Day"),
        (date(2026, 12, 29), "Christmas closure"),
    )


def test_a_day_both_closed_and_open_is_open():
    both = Calendar("england", [date(2026, 3, 3)], [date(2026, 3, 3)])

    assert both.is_working_day(date(2026, 3, 3))


def test_a_closure_on_a_weekend_changes_nothing():
    assert Calendar("england", [date(2026, 3, 7)]).add(date(2026, 3, 6), 1) == date(2026, 3, 9)


def test_the_explanation_names_what_was_skipped():
    count = ENGLAND.due(date(2026, 4, 1), 3)

    assert count.day_one == date(2026, 4, 2)
    assert count.skipped == ((date(2026, 4, 3), "Good Friday"), (date(2026, 4, 6), "Easter Monday"))
    assert count.result == date(2026, 4, 8)


# --- Adding and counting ------------------------------------------------------------


def test_adding_none_is_the_day_itself_or_the_next_working_day():
    assert ENGLAND.add(date(2026, 3, 2), 0) == date(2026, 3, 2)
    assert ENGLAND.add(date(2026, 3, 7), 0) == date(2026, 3, 9)


def test_working_days_before_a_date():
    assert ENGLAND.add(date(2026, 4, 8), -1) == date(2026, 4, 7)
    assert ENGLAND.add(date(2026, 4, 8), -2) == date(2026, 4, 2)
    assert ENGLAND.add(date(2026, 4, 4), -1) == date(2026, 4, 2)


def test_between_counts_after_the_start_through_the_end():
    monday = date(2026, 3, 2)

    assert ENGLAND.between(monday, monday) == 0
    assert ENGLAND.between(monday, date(2026, 3, 3)) == 1
    assert ENGLAND.between(monday, date(2026, 3, 9)) == 5
    assert ENGLAND.between(date(2026, 3, 6), date(2026, 3, 8)) == 0
    assert ENGLAND.between(date(2026, 3, 9), monday) == -5


@pytest.mark.parametrize("beyond", [date(1999, 12, 31), date(2101, 1, 1)])
def test_a_date_beyond_the_calendar_is_refused(beyond):
    with pytest.raises(ValueError, match="beyond 2000 to 2100"):
        ENGLAND.add(beyond, 1)
    with pytest.raises(ValueError, match="beyond 2000 to 2100"):
        ENGLAND.is_working_day(beyond)


def test_an_unknown_nation_is_refused():
    with pytest.raises(KeyError):
        Calendar("france")


# --- Calendar months ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        (date(2026, 2, 10), date(2026, 3, 10)),
        (date(2026, 1, 31), date(2026, 3, 2)),  # February is short: 28, a Saturday, so Monday
        (date(2028, 1, 31), date(2028, 2, 29)),  # a leap year
        (date(2026, 3, 3), date(2026, 4, 7)),  # 3 April is Good Friday, and Easter follows
        (date(2026, 12, 1), date(2027, 1, 4)),  # 1 January
        (date(2026, 8, 31), date(2026, 9, 30)),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_next_working_day(received_on, due_on):
    assert ENGLAND.due_in_months(received_on, 1).result == due_on


def test_the_cut_off_and_weekends_do_not_move_the_start_of_a_month():
    count = ENGLAND.due_in_months(date(2026, 2, 14), 1)  # a Saturday

    assert (count.counted_from, count.months, count.days) == (date(2026, 2, 14), 1, 0)
    assert count.result == date(2026, 3, 16)  # 14 March is a Saturday


# --- Nations ------------------------------------------------------------------------


def test_nations_differ():
    easter_monday, second_january, twelfth_july = date(2026, 4, 6), date(2026, 1, 2), date(2027, 7, 12)

    open_on = {
        nation: [Calendar(nation).is_working_day(on) for on in (easter_monday, second_january, twelfth_july)]
        for nation in NATIONS
    }

    assert open_on == {
        "england": [False, True, True],
        "wales": [False, True, True],
        "scotland": [True, False, True],
        "northern-ireland": [False, True, False],
    }


@pytest.mark.parametrize(
    ("nation", "on", "name"),
    [
        ("scotland", date(2028, 1, 3), "New Year's Day (substitute day)"),
        ("scotland", date(2028, 1, 4), "New Year Holiday (substitute day)"),
        ("scotland", date(2027, 1, 4), "New Year Holiday (substitute day)"),
        ("northern-ireland", date(2025, 7, 14), "Battle of the Boyne (substitute day)"),
        ("northern-ireland", date(2026, 7, 13), "Battle of the Boyne (substitute day)"),
        ("england", date(2026, 12, 28), "Boxing Day (substitute day)"),
        ("england", date(2027, 12, 28), "Boxing Day (substitute day)"),
    ],
)
def test_substitute_days(nation, on, name):
    assert bank_holidays(nation)[on] == name


# --- The official feed --------------------------------------------------------------

# Proclaimed after the stored copy of the feed was taken.
PROCLAIMED_LATER = {"scotland": {date(2026, 6, 15)}}


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("division", "nation"),
    [
        ("england-and-wales", "england"),
        ("england-and-wales", "wales"),
        ("scotland", "scotland"),
        ("northern-ireland", "northern-ireland"),
    ],
)
def test_bank_holidays_are_those_of_the_official_feed(real_data, division, nation):
    feed = json.loads((real_data / "other" / "bank-holidays.json").read_text())
    official = {date.fromisoformat(event["date"]) for event in feed[division]["events"]}
    years = {on.year for on in official}

    ours = {on for on in bank_holidays(nation) if on.year in years}

    assert {2024, 2025, 2026, 2027, 2028} <= years
    assert ours - PROCLAIMED_LATER.get(nation, set()) == official


# --- The oracle: its own holidays by rule, and days counted one by one --------------


def easter_sunday(year):
    """The Gregorian computus of Meeus, Jones and Butcher."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + m - 7 * ((a + 11 * h + 22 * m) // 451) + 114, 31)
    return date(year, month, day + 1)


def first_monday(year, month):
    return min(d for d in (date(year, month, n) for n in range(1, 8)) if d.weekday() == 0)


def last_monday(year, month):
    return max(d for d in (date(year, month, n) for n in range(25, 32)) if d.weekday() == 0)


def holidays_by_rule(nation, year):
    easter = easter_sunday(year)
    found = {easter - timedelta(days=2), first_monday(year, 5), last_monday(year, 5)}
    fixed = [date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)]
    if nation == "scotland":
        found.add(first_monday(year, 8))
        fixed += [date(year, 1, 2), date(year, 11, 30)]
        if year == 2026:
            found.add(date(2026, 6, 15))
    else:
        found |= {easter + timedelta(days=1), last_monday(year, 8)}
    if nation == "northern-ireland":
        fixed += [date(year, 3, 17), date(year, 7, 12)]
    found |= {on for on in fixed if on.weekday() < 5}
    for on in sorted(on for on in fixed if on.weekday() >= 5):
        substitute = on
        while substitute.weekday() >= 5 or substitute in found:
            substitute += timedelta(days=1)
        found.add(substitute)
    return found


class Oracle:
    """Knows a set of days off and walks the calendar a day at a time."""

    def __init__(self, nation, closures, openings):
        self.off = set().union(*(holidays_by_rule(nation, year) for year in range(2022, 2036)))
        self.off = (self.off | closures) - openings
        self.openings = openings

    def counts(self, on):
        return on in self.openings or (on.isoweekday() not in (6, 7) and on not in self.off)

    def walk(self, start, days):
        step, left, on = (1 if days > 0 else -1), abs(days), start
        while left:
            on += timedelta(days=step)
            left -= self.counts(on)
        return on

    def month_later(self, on):
        year, month = (on.year + 1, 1) if on.month == 12 else (on.year, on.month + 1)
        for day in (on.day, 30, 29, 28):
            try:
                same_day = date(year, month, min(day, on.day))
                break
            except ValueError:
                continue
        while not self.counts(same_day):
            same_day += timedelta(days=1)
        return same_day


@pytest.mark.slow
def test_due_dates_equal_an_independent_oracle():
    chance = random.Random(20240704)
    first, days = date(2024, 1, 1), (date(2032, 12, 31) - date(2024, 1, 1)).days + 1
    cases = 0

    for round_ in range(160):
        nation = NATIONS[round_ % 4]
        some_days = [first + timedelta(days=chance.randrange(days)) for _ in range(chance.randrange(120))]
        closures, openings = set(some_days[::2]), set(some_days[1::4])
        openings |= set(chance.sample(sorted(bank_holidays(nation)), k=chance.randrange(4)))
        oracle = Oracle(nation, closures, openings)
        ours = Calendar(nation, frozenset(closures), frozenset(openings))

        for _ in range(700):
            received_on = first + timedelta(days=chance.randrange(days))
            promised = chance.choice([1, 2, 3, 5, 10, 10, 20])
            is_late = chance.random() < 0.2
            arrived_on = received_on + timedelta(days=is_late)
            due_on = ours.due(
                received_on, promised, received_time=time(17, 30 if is_late else 0), cut_off=time(17)
            ).result
            case = (round_, nation, received_on, promised, is_late)

            assert due_on == oracle.walk(arrived_on, promised), case
            assert ours.add(due_on, -promised) == oracle.walk(due_on, -promised), case
            cases += 1
            if cases % 7 == 0:
                assert ours.between(arrived_on, due_on) == promised, case
                assert ours.due_in_months(received_on, 1).result == oracle.month_later(received_on), case

    assert cases == 112_000
