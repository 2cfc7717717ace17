"""The two signs beside a chart: whether it changed, and whether a target is met. After *Making Data Count*."""

from enum import StrEnum

from speakup.charts.xmr import Chart, Point, Side


class Better(StrEnum):
    """Which way is better. Of most counts of speaking up neither is: more cases may mean more trust."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Variation(StrEnum):
    """What a point says about change, in the direction it points."""

    COMMON = "common cause"
    IMPROVEMENT_HIGH = "improvement, high"
    IMPROVEMENT_LOW = "improvement, low"
    CONCERN_HIGH = "concern, high"
    CONCERN_LOW = "concern, low"
    NEUTRAL_HIGH = "neutral, high"
    NEUTRAL_LOW = "neutral, low"


class Assurance(StrEnum):
    """Whether a target will be met while nothing changes."""

    MET = "consistently met"
    NOT_MET = "consistently not met"
    HIT_AND_MISS = "hit and miss"


_VARIATIONS = {
    (Better.HIGHER, Side.HIGH): Variation.IMPROVEMENT_HIGH,
    (Better.HIGHER, Side.LOW): Variation.CONCERN_LOW,
    (Better.LOWER, Side.HIGH): Variation.CONCERN_HIGH,
    (Better.LOWER, Side.LOW): Variation.IMPROVEMENT_LOW,
    (Better.NEITHER, Side.HIGH): Variation.NEUTRAL_HIGH,
    (Better.NEITHER, Side.LOW): Variation.NEUTRAL_LOW,
}


def judged(point: Point, better: Better) -> Variation:
    """Say what one point says: nothing, where its segment is too short."""
    return _VARIATIONS[better, point.side] if point.side and not point.limits.too_short else Variation.COMMON


def variation_of(chart: Chart, better: Better) -> Variation | None:
    """Return the sign of the last point; None for a series, or a segment at its end, that is too short for one."""
    return None if chart.latest.too_short else judged(chart.points[-1], better)


def assurance_of(chart: Chart, better: Better, target: float | None) -> Assurance | None:
    """Hold the target against the last limits; None without one, without a direction, or with too few points."""
    if target is None or better is Better.NEITHER or chart.latest.too_short:
        return None
    limits = chart.latest
    if target > limits.upper:
        return Assurance.NOT_MET if better is Better.HIGHER else Assurance.MET
    if target < limits.lower:
        return Assurance.MET if better is Better.HIGHER else Assurance.NOT_MET
    return Assurance.HIT_AND_MISS
