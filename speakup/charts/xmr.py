"""XmR charts: a value for each period, its limits, and the signals that a change is real.

The rules are those of *Making Data Count* as NHSRplotthedots 0.2.2 computes them. Tools differ in the lengths they ask
for, so those are settings, to be printed under the chart.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

NATURAL = 2.66
"""Limits lie so many mean moving ranges from the centre: 3 divided by 1.128, the bias of a range of two."""
SCREENED = 3.267
"""Where asked for, a moving range of so many mean ones or more is left out, once."""
LEAST_TO_FIX = 12
"""Limits are fixed after so many points at the earliest."""
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


def analyse(
    values: Sequence[float],
    *,
    rules: Rules | None = None,
    rebase_at: Collection[int] = (),
    fix_after: int | None = None,
) -> Chart:
    """Read a series of at least one value, oldest first.

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
    for first, end in pairwise([0, *sorted(set(rebase_at)), len(values)]):
        segment = values[first:end]
        limits = _limits(first, segment, fix_after, screening=rules.screening)
        segments.append(limits)
        points += _points(segment, limits, rules)
    return Chart(tuple(points), tuple(segments), rules)


def _limits(first: int, values: Sequence[float], fix_after: int | None, *, screening: bool) -> Limits:
    basis = values[:fix_after]
    ranges = [abs(after - before) for before, after in pairwise(basis)]
    mean_range = _mean(ranges)
    if screening:
        mean_range = _mean([each for each in ranges if each < SCREENED * mean_range])
    return Limits(first, len(values), _mean(basis), NATURAL * mean_range)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _points(values: Sequence[float], limits: Limits, rules: Rules) -> Iterator[Point]:
    found = {
        Signal.OUTSIDE: _outside(values, limits),
        Signal.TREND: _trend(values, rules.trend),
        Signal.TWO_IN_THREE: _two_in_three(values, limits),
        Signal.SHIFT: _shift(values, limits, rules.shift),
    }
    for index, value in enumerate(values):
        yield Point(value, limits, tuple((signal, sides[index]) for signal, sides in found.items() if index in sides))


def _outside(values: Sequence[float], limits: Limits) -> dict[int, Side]:
    """Points strictly outside a limit."""
    return {
        index: Side.HIGH if value > limits.upper else Side.LOW
        for index, value in enumerate(values)
        if value > limits.upper or value < limits.lower
    }


def _trend(values: Sequence[float], length: int) -> dict[int, Side]:
    """Every point of a run that only rises or only falls; two alike break it."""
    found: dict[int, Side] = {}
    for start in range(len(values) - length + 1):
        steps = {_side(after - before) for before, after in pairwise(values[start : start + length])}
        if len(steps) == 1 and (side := steps.pop()):
            found |= dict.fromkeys(range(start, start + length), side)
    return found


def _two_in_three(values: Sequence[float], limits: Limits) -> dict[int, Side]:
    """Of three on one side of the centre, those between the near and the outer limit, where there are two or three."""
    near = {
        index
        for index, value in enumerate(values)
        if limits.lower <= value < limits.near_lower or limits.near_upper < value <= limits.upper
    }
    found: dict[int, Side] = {}
    for start in range(len(values) - 2):
        window = range(start, start + 3)
        sides = {_side(values[index] - limits.centre) for index in window}
        if len(sides) == 1 and (side := sides.pop()) and len(near.intersection(window)) >= 2:  # noqa: PLR2004 -- two in three
            found |= dict.fromkeys(near.intersection(window), side)
    return found


def _shift(values: Sequence[float], limits: Limits, length: int) -> dict[int, Side]:
    """Every point of a run on one side of the centre; a point on it breaks it."""
    found: dict[int, Side] = {}
    for start in range(len(values) - length + 1):
        sides = {_side(value - limits.centre) for value in values[start : start + length]}
        if len(sides) == 1 and (side := sides.pop()):
            found |= dict.fromkeys(range(start, start + length), side)
    return found


def _side(difference: float) -> Side | None:
    if difference == 0:
        return None
    return Side.HIGH if difference > 0 else Side.LOW
