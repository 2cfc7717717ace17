"""Series for a board: from published points alone, in periods wide enough that every point could be published.

Centre, limits and signals are computed from the rounded points, so they give away nothing that the points do not;
centre and limits are told in whole numbers, as points are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from speakup.charts.xmr import Chart, Limits, Rules, analyse


@dataclass(frozen=True, slots=True)
class Published:
    """Points of one width, oldest first; None for one that was masked."""

    points: tuple[tuple[str, int | None], ...]
    """Each with its period, as `2026-27/Q2` or `2026-27`."""

    @property
    def whole(self) -> bool:
        """Whether every point is shown."""
        return bool(self.points) and all(value is not None for _label, value in self.points)

    @property
    def labels(self) -> tuple[str, ...]:
        """The periods."""
        return tuple(label for label, _value in self.points)

    @property
    def values(self) -> tuple[int, ...]:
        """What is shown. `ValueError` where a point is masked: nothing is drawn through what is not there."""
        shown = tuple(value for _label, value in self.points if value is not None)
        if len(shown) < len(self.points):
            raise ValueError("A masked point has no value")
        return shown


@dataclass(frozen=True, slots=True)
class Begun:
    """Where a series begins anew, and why: another list of categories, or a decision that was recorded."""

    period: str
    """The first that is counted the new way."""
    why: str


def widened(widths: Iterable[Published]) -> Published | None:
    """Return the finest of some widths, finest first, of which every point is shown; None where there is none."""
    return next((each for each in widths if each.whole), None)


def read_published(series: Published, anew: Iterable[Begun] = (), rules: Rules | None = None) -> Chart:
    """Read the points that were published, with limits of their own from each new beginning on."""
    chart = analyse(series.values, rules=rules, rebase_at=beginnings(series.labels, anew))
    told = {segment: in_whole_numbers(segment) for segment in chart.segments}
    points = tuple(replace(point, limits=told[point.limits]) for point in chart.points)
    return replace(chart, points=points, segments=tuple(told.values()))


def beginnings(labels: Sequence[str], anew: Iterable[Begun]) -> frozenset[int]:
    """Find the points at which segments begin. A year in which something changed is the first of its segment.

    What changed before the first point, or after the last, changes nothing in between.
    """
    found = (next((n for n, label in enumerate(labels) if _reaches(label, each.period)), 0) for each in anew)
    return frozenset(each for each in found if each)


def _reaches(label: str, period: str) -> bool:
    """Say whether a period is the one named, holds it, or comes after it: they are named so that order is spelling."""
    return label >= period or period.startswith(label)


def in_whole_numbers(limits: Limits) -> Limits:
    """Tell centre and limits in whole numbers, halves up."""
    return replace(limits, centre=_nearest(limits.centre), distance=_nearest(limits.distance))


def _nearest(value: float) -> float:
    return float(int(Fraction(value) + Fraction(1, 2)))
