"""Periods that are counted by: financial years and their quarters, from April."""

from datetime import date

_APRIL, _MONTHS_OF_A_QUARTER = 4, 3


def year_of(day: date) -> str:
    """Name the financial year: 2026-27."""
    begins = day.year - (day.month < _APRIL)
    return f"{begins}-{(begins + 1) % 100:02}"


def quarter_of(day: date) -> str:
    """Name the quarter of the financial year: 2026-27/Q2 for July to September 2026."""
    quarter = (day.month - _APRIL) % 12 // _MONTHS_OF_A_QUARTER + 1
    return f"{year_of(day)}/Q{quarter}"
