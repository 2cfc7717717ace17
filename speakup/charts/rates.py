"""Percentages and rates, and when there is none."""

from datetime import date
from fractions import Fraction
from typing import Final

THOUSAND: Final = 1000
LEAST_BASE: Final = 20
"""A percentage of fewer says more than the numbers it comes from."""


def percentage(part: int, base: int) -> int | None:
    """Return a percentage to the nearest whole one, halves up; None where the base is under 20.

    `ValueError` where the part is more than the base: then they are not of the same things.
    """
    if not 0 <= part <= base:
        raise ValueError("A part is no more than the whole")
    if base < LEAST_BASE:
        return None
    return int(Fraction(part * 100, base) + Fraction(1, 2))


def per_thousand(count: int, staff: int, first: date, last: date, staff_on: date) -> Fraction:
    """Return a rate per 1,000 staff. The staff must have been counted within the period: `ValueError` otherwise."""
    if not first <= staff_on <= last:
        raise ValueError("The staff were counted on another date")
    if staff <= 0:
        raise ValueError("Nobody works there")
    return Fraction(count * THOUSAND, staff)
