"""What may be shown: thresholds, volumes and rounding. `docs/disclosure.md` gives the reason for each."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil

from speakup.disclosure.audit import Interval

NEAREST = 5
"""Every shown number is a multiple of this."""
PROTECTED = 5
"""As far as this, at most, a small cell must remain possible, and so far either way one masked for its share."""
LARGE_SHARE = Fraction(1, 10)
"""Of a group's staff; where so many or more spoke up, a number would point at each of them."""
ONE_WAY_ONLY = 60
"""With fewer cases a year nothing but annual tables of one dimension."""
NO_QUARTERLY_CROSS = 150
"""With fewer cases a year no table of two dimensions by quarter."""
ENOUGH_SHOWN = Fraction(4, 5)
"""Of a table's cells must be likely to be shown, or its groups are made larger."""
LEAST_BASE = 20
"""A percentage of fewer says more than the numbers do."""
LEAST_THRESHOLD = 3
"""No decision may go below this: a cell of two tells each of them of the other."""
WAIT = timedelta(weeks=4)
"""Between the end of a quarter and any publication of it."""


class Why(StrEnum):
    """Why a cell is masked. For the guardian's eyes: a board sees one sign for all of them."""

    FEW = "few"
    """Fewer people than the threshold."""
    SHARE = "share"
    """A tenth of the group's staff or more."""
    SMALL_GROUP = "small group"
    """The group has too few staff to be shown at all."""
    EXTRA = "extra"
    """Masked so that another cell cannot be worked out."""
    EARLIER = "earlier"
    """Masked in an earlier release, which showing it now would undo."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What an organisation may set. `ValueError` for what is less safe than the method allows."""

    groups: int = 8
    """The threshold of a cell of one directorate, site or worker group, and of any cell of two dimensions."""
    trust_wide: int = 5
    """The threshold of a trust-wide cell of at most one dimension."""
    least_staff: int = 30
    """A group with fewer staff is never shown."""
    decision: str = ""
    """Where the Caldicott guardian's or SIRO's decision to go below 8 and 5 is recorded."""

    whole: int = 1
    """So many masks of parts are rather taken than one of everybody in a period, which is told first of all."""

    def __post_init__(self) -> None:
        if (self.groups < 8 or self.trust_wide < 5) and not self.decision:  # noqa: PLR2004 -- the method's own numbers
            raise ValueError("Thresholds below 8 and 5 need a recorded decision")
        if min(self.groups, self.trust_wide) < LEAST_THRESHOLD:
            raise ValueError(f"No threshold may be below {LEAST_THRESHOLD}")
        if self.least_staff < 30:  # noqa: PLR2004 -- the method's own number
            raise ValueError("A group that is shown has 30 staff at least")

    def threshold(self, dimensions: int, *, of_group: bool) -> int:
        """For a cell that so many dimensions restrict, time apart, one of them perhaps a group of staff."""
        return self.groups if of_group or dimensions > 1 else self.trust_wide

    def mask(self, people: int, threshold: int, staff: int | None) -> Why | None:
        """Why a cell of so many people may not be shown; `staff` counts its group, None if nobody has counted it."""
        if staff is None or staff < self.least_staff:
            return Why.SMALL_GROUP
        if people < threshold:
            return Why.FEW
        return Why.SHARE if people >= LARGE_SHARE * staff else None


def rounded(count: int) -> int:
    """To the nearest multiple of 5."""
    return (count + NEAREST // 2) // NEAREST * NEAREST


def implied(shown: int, threshold: int, staff: int | None) -> Interval:
    """What a reader who knows the rules learns from a shown number."""
    half = NEAREST // 2
    most = shown + half if staff is None else min(shown + half, ceil(LARGE_SHARE * staff) - 1)
    return Interval(max(shown - half, threshold), most)


def required(people: int, threshold: int) -> Interval:
    """What must remain possible: of a small cell, that nobody spoke up; of a large share, 5 either way."""
    if people < threshold:
        return Interval(0, min(threshold - 1, PROTECTED))
    return Interval(people - PROTECTED, people + PROTECTED)


def percentage(part: int, base: int) -> int | None:
    """Of two rounded numbers, to whole per cent; None where the base is too small to speak of any."""
    return None if base < LEAST_BASE else round(100 * part / base)


def earliest(quarter_end: date) -> date:
    """The first day on which anything about the quarter may be published."""
    return quarter_end + WAIT
