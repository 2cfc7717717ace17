"""Periods that are counted by: financial years and their quarters, from April."""

from collections.abc import Iterator
from datetime import date, timedelta

_APRIL, _MONTHS_OF_A_QUARTER = 4, 3
_QUARTERS = 4
BANDS = ("20", "40", "60", "90", "more")
"""How many working days a case took at most; the last has no end."""
LEAST_WAIT, MOST_WAIT = 28, 84
"""Days between a quarter's end and its closing: not before four weeks, and before the next one closes."""


def year_of(day: date) -> str:
    """Name the financial year: 2026-27."""
    begins = day.year - (day.month < _APRIL)
    return f"{begins}-{(begins + 1) % 100:02}"


def quarter_of(day: date) -> str:
    """Name the quarter of the financial year: 2026-27/Q2 for July to September 2026."""
    quarter = (day.month - _APRIL) % 12 // _MONTHS_OF_A_QUARTER + 1
    return f"{year_of(day)}/Q{quarter}"


def first_day(quarter: str) -> date:
    """Return the day a quarter begins."""
    year, number = int(quarter[:4]), int(quarter[-1])
    months = _APRIL - 1 + (number - 1) * _MONTHS_OF_A_QUARTER
    return date(year + months // 12, months % 12 + 1, 1)


def last_day(quarter: str) -> date:
    """Return the day a quarter ends."""
    return first_day(next_quarter(quarter)) - timedelta(days=1)


def next_quarter(quarter: str) -> str:
    """Name the quarter after."""
    number = int(quarter[-1])
    if number < _QUARTERS:
        return f"{quarter[:-1]}{number + 1}"
    return f"{year_of(date(int(quarter[:4]) + 1, _APRIL, 1))}/Q1"


def quarter_before(quarter: str) -> str:
    """Name the quarter before."""
    return quarter_of(first_day(quarter) - timedelta(days=1))


def quarters_between(first: str, last: str) -> Iterator[str]:
    """Name every quarter from the first to the last of them."""
    while first <= last:
        yield first
        first = next_quarter(first)


def year_in(quarter: str) -> str:
    """Name the financial year of a quarter."""
    return quarter.split("/", maxsplit=1)[0]


def quarters_in(year: str) -> tuple[str, ...]:
    """Name the four quarters of a financial year."""
    return tuple(f"{year}/Q{number + 1}" for number in range(_QUARTERS))


def band_of(days: int) -> str:
    """Return the band of so many working days."""
    return next((band for band in BANDS[:-1] if days <= int(band)), BANDS[-1])


def closes_on(quarter: str, wait: int) -> date:
    """Return the day a quarter closes, so many days after its end."""
    return last_day(quarter) + timedelta(days=wait)


def newest_to_close(today: date, wait: int) -> str:
    """Name the newest quarter whose closing day has come."""
    quarter = quarter_before(quarter_of(today))
    return quarter if closes_on(quarter, wait) <= today else quarter_before(quarter)
