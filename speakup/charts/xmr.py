"""XmR charts: a value for each period, its limits, and the signals that a change is real.

The rules are those of *Making Data Count* as NHSRplotthedots 0.2.2 computes them. Tools differ in the lengths they ask
for, so those are settings, to be printed under the chart.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby, pairwise

NATURAL = Fraction("2.66")
"""Limits lie so many mean moving ranges from the centre: 3 divided by 1.128, the bias of a range of two."""
SCREENED = Fraction("3.267")
"""Where asked for, a moving range of so many mean ones or more is left out, once."""
LEAST_TO_FIX = 12
"""Limits are fixed after so many points at the earliest."""
LEAST_TO_SIGN = 8
"""With fewer points in its segment nothing is told from chance: neither average nor limits nor signals are shown."""
LEAST_TO_TRUST = 12
"""With fewer points in its segment a limit is provisional."""


class Signal(StrEnum):
    """Why a point is more than chance, the strongest first."""

    OUTSIDE = "outside the limits"
    TREND = "trend"
    TWO_IN_THREE = "two in three near a limit"
    SHIFT = "shift"


class Side(StrEnum):
    """Which way a signal points: above the centre or rising, below it or falling."""

    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Rules:
    """The lengths a chart was read with. `ValueError` for one that would signal by chance all the time."""

    trend: int = 7
    """Points, each higher than the one before, or each lower."""
    shift: int = 7
    """Points in a row on one side of the centre."""
    screening: bool = False
    """Leave moving ranges out of their mean that are far larger than it."""

    def __post_init__(self) -> None:
        if min(self.trend, self.shift) < 5:  # noqa: PLR2004 -- the shortest any published rule set asks for
            raise ValueError("A trend and a shift need five points at least")


@dataclass(frozen=True, slots=True)
class Limits:
    """What is expected of a stretch of points: the centre, and how far chance alone goes."""

    first: int
    """The index of its first point."""
    count: int
    """How many points it holds."""
    centre: float
    distance: float
    """From the centre to either limit."""

    @property
    def upper(self) -> float:
        """The limit above."""
        return self.centre + self.distance

    @property
    def lower(self) -> float:
        """The limit below; of counts it may be less than nothing."""
        return self.centre - self.distance

    @property
    def near_upper(self) -> float:
        """Two thirds of the way up."""
        return self.centre + self.distance * 2 / 3

    @property
    def near_lower(self) -> float:
        """Two thirds of the way down."""
        return self.centre - self.distance * 2 / 3

    @property
    def too_short(self) -> bool:
        """Whether there are too few points to tell a change from chance."""
        return self.count < LEAST_TO_SIGN

    @property
    def provisional(self) -> bool:
        """Whether there are too few points to trust the limits."""
        return self.count < LEAST_TO_TRUST


@dataclass(frozen=True, slots=True)
class Point:
    """One value, and every signal it is part of, the strongest first."""

    value: float
    limits: Limits
    signals: tuple[tuple[Signal, Side], ...]

    @property
    def signal(self) -> Signal | None:
        """The one it is shown with."""
        return self.signals[0][0] if self.signals else None

    @property
    def side(self) -> Side | None:
        """Which way that one points."""
        return self.signals[0][1] if self.signals else None


@dataclass(frozen=True, slots=True)
class Chart:
    """A series read by the rules."""

    points: tuple[Point, ...]
    segments: tuple[Limits, ...]
    rules: Rules

    @property
    def latest(self) -> Limits:
        """The limits in force at the end."""
        return self.segments[-1]


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Limits in a unit so small that they, and the values beside them, are whole numbers.

    Only so is a point on the centre known to be on it: in binary fractions a tenth ten times is not one.
    """

    centre: int
    distance: int
    near: int
    """Two thirds of the distance."""


def analyse(
    values: Sequence[float | Decimal],
    *,
    rules: Rules | None = None,
    rebase_at: Collection[int] = (),
    fix_after: int | None = None,
) -> Chart:
    """Read a series of at least one value, oldest first. It is reckoned with in decimals, as by hand.

    `rebase_at`: indices at which a new segment begins, with limits and runs of its own. `fix_after`: how many points of
    each segment its limits are computed from; all of them where it is None. `ValueError` for what cannot be read so.
    """
    if not values:
        raise ValueError("A chart needs a value")
    if fix_after is not None and fix_after < LEAST_TO_FIX:
        raise ValueError(f"Limits are fixed after {LEAST_TO_FIX} points at the earliest")
    if not set(rebase_at) <= set(range(1, len(values))):
        raise ValueError("A segment begins at a point after the first")
    rules = rules or Rules()
    points: list[Point] = []
    segments: list[Limits] = []
    whole, unit = _as_whole_numbers(values)
    for first, end in pairwise([0, *sorted(set(rebase_at)), len(values)]):
        bounds, finer = _bounds(whole[first:end], fix_after, screening=rules.screening)
        limits = Limits(first, end - first, bounds.centre / (unit * finer), bounds.distance / (unit * finer))
        segments.append(limits)
        signals = _signals([value * finer for value in whole[first:end]], bounds, rules)
        points += [Point(float(value), limits, found) for value, found in zip(values[first:end], signals, strict=True)]
    return Chart(tuple(points), tuple(segments), rules)


def _as_whole_numbers(values: Sequence[float | Decimal]) -> tuple[list[int], int]:
    """Count values, as they are written in decimals, in a unit that each is a multiple of; and say how many make 1."""
    exact = [Fraction(str(value)) for value in values]
    unit = math.lcm(*(each.denominator for each in exact))
    return [each.numerator * (unit // each.denominator) for each in exact], unit


def _bounds(values: Sequence[int], fix_after: int | None, *, screening: bool) -> tuple[_Bounds, int]:
    """Return the limits, and by how many times their unit is finer than that of the values."""
    basis = values[:fix_after]
    ranges = [abs(after - before) for before, after in pairwise(basis)]
    if screening:
        total, count = sum(ranges), len(ranges)
        ranges = [each for each in ranges if each * count < SCREENED * total]
    # Of a mean there are as many parts as values, and of a third of 2.66 of a mean of ranges 300 as many as ranges.
    parts = 300 * max(1, len(ranges))
    distance = int(NATURAL * 300) * sum(ranges) * len(basis)
    return _Bounds(sum(basis) * parts, distance, distance * 2 // 3), parts * len(basis)


def _signals(values: Sequence[int], bounds: _Bounds, rules: Rules) -> Iterator[tuple[tuple[Signal, Side], ...]]:
    """Give the signals of each value, the strongest first."""
    apart = [value - bounds.centre for value in values]
    found = {
        Signal.OUTSIDE: {n: _way(each) for n, each in enumerate(apart) if abs(each) > bounds.distance},
        Signal.TREND: _trend(values, rules.trend),
        Signal.TWO_IN_THREE: _two_in_three(apart, bounds),
        Signal.SHIFT: _runs([_side(each) for each in apart], rules.shift),
    }
    for index in range(len(values)):
        yield tuple((signal, sides[index]) for signal, sides in found.items() if index in sides)


def _trend(values: Sequence[int], length: int) -> dict[int, Side]:
    """Every point of a run that only rises or only falls; two alike break it."""
    steps = _runs([_side(after - before) for before, after in pairwise(values)], length - 1)
    # A step has a point at either end.
    return {point: side for step, side in steps.items() for point in (step, step + 1)}


def _two_in_three(apart: Sequence[int], bounds: _Bounds) -> dict[int, Side]:
    """Of three on one side of the centre, those between the near and the outer limit, where there are two or three."""
    near = {n for n, each in enumerate(apart) if bounds.near < abs(each) <= bounds.distance}
    found: dict[int, Side] = {}
    for start in range(len(apart) - 2):
        window = range(start, start + 3)
        sides = {_side(apart[index]) for index in window}
        if len(sides) == 1 and (side := sides.pop()) and len(near.intersection(window)) >= 2:  # noqa: PLR2004 -- two in three
            found |= dict.fromkeys(near.intersection(window), side)
    return found


def _runs(sides: Sequence[Side | None], length: int) -> dict[int, Side]:
    """Every place of a run of at least so many on one side, or one way; what is on neither breaks it."""
    found: dict[int, Side] = {}
    begun = 0
    for side, run in groupby(sides):
        end = begun + len(list(run))
        if side is not None and end - begun >= length:
            found |= dict.fromkeys(range(begun, end), side)
        begun = end
    return found


def _side(difference: int) -> Side | None:
    return _way(difference) if difference else None


def _way(difference: int) -> Side:
    return Side.HIGH if difference > 0 else Side.LOW
