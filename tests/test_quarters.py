from datetime import date

import pytest

from mpcrm.quarters import quarter_of


@pytest.mark.parametrize(
    ("on", "start", "end", "number", "words"),
    [
        (date(2026, 3, 31), date(2026, 1, 1), date(2026, 3, 31), 4, "January to March 2026"),
        (date(2026, 4, 1), date(2026, 4, 1), date(2026, 6, 30), 1, "April to June 2026"),
        (date(2026, 9, 30), date(2026, 7, 1), date(2026, 9, 30), 2, "July to September 2026"),
        (date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31), 3, "October to December 2026"),
        (date(2028, 2, 29), date(2028, 1, 1), date(2028, 3, 31), 4, "January to March 2028"),
    ],
)
def test_quarter_of_a_day(on, start, end, number, words):
    quarter = quarter_of(on)

    assert (quarter.start, quarter.end, quarter.number, str(quarter)) == (start, end, number, words)


def test_the_quarter_before_the_first_of_a_year_is_in_the_year_before():
    assert quarter_of(date(2026, 2, 1)).previous == quarter_of(date(2025, 12, 1))
