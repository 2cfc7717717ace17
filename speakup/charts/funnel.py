"""Organisations side by side: how many cases for their size, and whether more or fewer than chance would bring.

No organisation is better for having more or fewer: a high count may mean trust, and a low one silence. So there are
words and no red or green. For whole organisations only, never for wards or directorates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from speakup.charts.poisson import FAR, USUAL, limits_of
from speakup.charts.rates import THOUSAND

FEWEST: Final = 3
"""With fewer organisations there is nothing to compare with."""


_STEPS: Final = 16


class Standing(StrEnum):
    """What an organisation's count says beside what its size leads to expect."""

    FAR_MORE = "far more than expected"
    MORE = "more than expected"
    AS_EXPECTED = "as expected"
    FEWER = "fewer than expected"
    FAR_FEWER = "far fewer than expected"


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation as it is published: cases in a period, and staff on a day of that period."""

    name: str
    cases: int
    staff: int

    @property
    def rate(self) -> float:
        """Cases per 1,000 staff."""
        return self.cases / self.staff * THOUSAND


@dataclass(frozen=True, slots=True)
class Stood:
    """An organisation, and where it stands."""

    place: Place
    expected: float
    standing: Standing


@dataclass(frozen=True, slots=True)
class Funnel:
    """Organisations beside the rate of all of them together."""

    rate: float
    """Cases per 1,000 staff, of all together."""
    stood: tuple[Stood, ...]

    def edge(self, chance: float, most_staff: int, *, upper: bool) -> Iterator[tuple[float, float]]:
        """Give the points of a limit, as staff and rate: at each whole count the size at which it begins to stand out.

        Exact at the counts it is reckoned at: each small one, and of large ones enough for a line.
        """
        per_head = self.rate / THOUSAND
        count = 1 if upper else 0
        while True:
            low, high = limits_of(count, chance)
            staff = (low if upper else high) / per_head
            yield staff, count / staff * THOUSAND
            if staff > most_staff:
                return
            count += 1 + count // _STEPS


def compare(places: Sequence[Place]) -> Funnel:
    """Hold organisations against their common rate. `ValueError` for too few, or where nobody had a case or staff."""
    if len(places) < FEWEST:
        raise ValueError("A funnel needs three organisations")
    if any(each.staff <= 0 or each.cases < 0 for each in places):
        raise ValueError("An organisation has staff, and no fewer cases than none")
    cases, staff = sum(each.cases for each in places), sum(each.staff for each in places)
    if not cases:
        raise ValueError("Without a case there is no rate")
    rate = cases / staff * THOUSAND
    return Funnel(rate, tuple(_stood(each, each.staff * cases / staff) for each in places))


def _stood(place: Place, expected: float) -> Stood:
    return Stood(place, expected, standing_of(place.cases, expected))


def standing_of(cases: int, expected: float) -> Standing:
    """Say where a count stands by its exact limits."""
    (far_low, far_high), (low, high) = limits_of(cases, FAR), limits_of(cases, USUAL)
    if expected < far_low:
        return Standing.FAR_MORE
    if expected > far_high:
        return Standing.FAR_FEWER
    if expected < low:
        return Standing.MORE
    return Standing.FEWER if expected > high else Standing.AS_EXPECTED
