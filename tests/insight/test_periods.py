"""Quarters and years are financial ones, from April."""

from datetime import date

import pytest

from speakup.insight import quarter_of, year_of


@pytest.mark.parametrize(("day", "quarter"), [
    (date(2026, 4, 1), "2026-27/Q1"),
    (date(2026, 6, 30), "2026-27/Q1"),
    (date(2026, 7, 1), "2026-27/Q2"),
    (date(2026, 12, 31), "2026-27/Q3"),
    (date(2027, 1, 1), "2026-27/Q4"),
    (date(2027, 3, 31), "2026-27/Q4"),
    (date(2099, 4, 1), "2099-00/Q1"),
])  # fmt: skip
def test_a_day_lies_in_the_quarter_of_the_financial_year(day: date, quarter: str) -> None:
    assert quarter_of(day) == quarter
    assert year_of(day) == quarter[:7]
