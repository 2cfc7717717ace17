"""What a measure says about an action: how it was before and after the change, and whether that is more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from speakup import charts
from speakup.charts import LEAST_TO_FIX, Assurance, Better, Chart, Limits, Variation
from speakup.learning.figures import Figure


class Verdict(StrEnum):
    """What can be said of the values after a change, held against what was expected before it."""

    TOO_FEW = "too few"
    """Not enough values before the change to say what chance would do, or none after it."""
    CHANCE = "chance"
    IMPROVED = "improved"
    WORSENED = "worsened"
    HIGHER = "higher"
    LOWER = "lower"
    FADED = "faded"
    """There was a change once, and the newest value no longer shows it."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A measure read as a chart, its limits begun anew at the change."""

    chart: Chart
    before: Limits
    after: Limits | None
    """None where no value is of a day since the change, or every one is."""
    verdict: Verdict
    variation: Variation | None
    assurance: Assurance | None


_VERDICTS = {
    Variation.IMPROVEMENT_HIGH: Verdict.IMPROVED,
    Variation.IMPROVEMENT_LOW: Verdict.IMPROVED,
    Variation.CONCERN_HIGH: Verdict.WORSENED,
    Variation.CONCERN_LOW: Verdict.WORSENED,
    Variation.NEUTRAL_HIGH: Verdict.HIGHER,
    Variation.NEUTRAL_LOW: Verdict.LOWER,
}


def has_before_and_after(figures: Sequence[Figure], changed_on: date | None, resumed_on: date | None = None) -> bool:
    """Say whether there are values of days before a change and since: what it takes to have looked at an effect.

    Of an action that was taken up again, one of them is of a later day: older ones were looked at then. Oldest first.
    """
    if changed_on is None or not 0 < _first_after(figures, changed_on) < len(figures):
        return False
    return resumed_on is None or figures[-1].on > resumed_on


def effect_of(
    figures: Sequence[Figure], changed_on: date | None, better: Better, target: float | None = None
) -> Effect | None:
    """Read at least one value, oldest first; None where there is none."""
    if not figures:
        return None
    values = [each.value for each in figures]
    first = _first_after(figures, changed_on)
    split = 0 < first < len(values)
    chart = charts.analyse(values, rebase_at={first} if split else ())
    return Effect(
        chart,
        chart.segments[0],
        chart.segments[1] if split else None,
        _verdict(figures, first, better) if split else Verdict.TOO_FEW,
        charts.variation_of(chart, better),
        charts.assurance_of(chart, better, target),
    )


def _first_after(figures: Sequence[Figure], changed_on: date | None) -> int:
    """Return the index of the first value since the change; as many as there are values, where none is."""
    if changed_on is None:
        return len(figures)
    return next((n for n, each in enumerate(figures) if each.on >= changed_on), len(figures))


def _verdict(figures: Sequence[Figure], first: int, better: Better) -> Verdict:
    """Hold what came after against the limits of what was before: begun anew, they would hide the step between."""
    if first < LEAST_TO_FIX:
        return Verdict.TOO_FEW
    held = charts.analyse([each.value for each in figures], fix_after=first)
    after = held.points[first:]
    newest = charts.judged(after[-1], better)
    if newest is not Variation.COMMON:
        return _VERDICTS[newest]
    return Verdict.FADED if any(each.signal for each in after) else Verdict.CHANCE
