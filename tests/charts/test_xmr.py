"""The rules of process charts, each with vectors made by hand, and properties that hold for any series."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.charts import Assurance, Better, Chart, Rules, Side, Signal, Variation, analyse, assurance_of, variation_of

ALTERNATING = [10.0, 12.0] * 6
"""Mean 11, every moving range 2: limits at 11 ± 5.32, near limits at 11 ± 3.546…"""


def flagged(chart: Chart, signal: Signal) -> dict[int, Side]:
    return {n: side for n, point in enumerate(chart.points) for each, side in point.signals if each is signal}


def test_centre_and_limits_are_those_worked_out_by_hand() -> None:
    # 4, 6, 5, 9: mean 6; moving ranges 2, 1, 4, their mean 7/3; 2.66 × 7/3 = 6.2066…
    limits = analyse([4, 6, 5, 9]).latest
    assert limits.centre == 6
    assert limits.upper == pytest.approx(12.20667, abs=1e-5)
    assert limits.lower == pytest.approx(-0.20667, abs=1e-5)
    assert limits.near_upper == pytest.approx(10.13778, abs=1e-5)


def test_a_constant_series_has_its_limits_on_the_centre_and_no_signal() -> None:
    chart = analyse([5.0] * 20)
    assert (chart.latest.upper, chart.latest.lower) == (5, 5)
    assert all(point.signals == () for point in chart.points)


def test_a_point_is_outside_only_beyond_the_limit_and_not_on_it() -> None:
    on_it = analyse([*ALTERNATING, 11 + 5.32], fix_after=12)
    assert flagged(on_it, Signal.OUTSIDE) == {}
    beyond = analyse([*ALTERNATING, 16.33, 5.67], fix_after=12)
    assert flagged(beyond, Signal.OUTSIDE) == {12: Side.HIGH, 13: Side.LOW}


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1, 2, 3, 4, 5, 6, 7], dict.fromkeys(range(7), Side.HIGH)),
        ([7, 6, 5, 4, 3, 2, 1], dict.fromkeys(range(7), Side.LOW)),
        ([1, 2, 3, 4, 5, 6], {}),
        ([1, 2, 3, 3, 4, 5, 6, 7, 8], {}),
        ([9, 1, 2, 3, 4, 5, 6, 7, 8, 0], dict.fromkeys(range(1, 9), Side.HIGH)),
    ],
)
def test_a_trend_is_seven_points_that_only_rise_or_fall_and_a_tie_breaks_it(
    values: list[float], found: dict[int, Side]
) -> None:
    assert flagged(analyse(values), Signal.TREND) == found


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ([15.0, 11.5, 15.0], {12: Side.HIGH, 14: Side.HIGH}),
        ([15.0, 15.0, 15.0], {12: Side.HIGH, 13: Side.HIGH, 14: Side.HIGH}),
        ([15.0, 10.9, 15.0], {}),
        ([15.0, 11.0, 15.0], {}),
        ([7.0, 10.0, 7.0], {12: Side.LOW, 14: Side.LOW}),
        ([20.0, 11.5, 15.0], {}),
        ([14.54, 11.5, 14.54], {}),
    ],
    ids=["two", "three", "one below", "one on the centre", "low", "beyond is not near", "short of near"],
)
def test_two_in_three_need_one_side_and_flag_only_the_near_points(after: list[float], found: dict[int, Side]) -> None:
    assert flagged(analyse([*ALTERNATING, *after], fix_after=12), Signal.TWO_IN_THREE) == found


def test_a_shift_is_seven_on_one_side_and_a_point_on_the_centre_breaks_it() -> None:
    seven = analyse([*ALTERNATING[:-1], 10.0, *[12.0] * 7], fix_after=12)
    assert flagged(seven, Signal.SHIFT) == dict.fromkeys(range(12, 19), Side.HIGH)
    broken = analyse([*ALTERNATING, *[10.0] * 3, 11.0, *[10.0] * 4], fix_after=12)
    assert flagged(broken, Signal.SHIFT) == {}


def test_the_strongest_signal_is_the_one_shown() -> None:
    chart = analyse([*ALTERNATING, 11.1, 12, 13, 14, 15, 16, 17], fix_after=12)
    assert [point.signal for point in chart.points[-2:]] == [Signal.TREND, Signal.OUTSIDE]
    assert {signal for signal, _ in chart.points[-1].signals} == {Signal.OUTSIDE, Signal.TREND, Signal.SHIFT}


def test_screening_leaves_a_moving_range_out_that_is_far_larger_than_the_rest() -> None:
    values = [*ALTERNATING, 60.0, 10.0, *ALTERNATING]
    as_it_is, screened = analyse(values), analyse(values, rules=Rules(screening=True))
    # Of 25 ranges 23 are 2; the other two are 48 and 50, and the mean is 5.76.
    assert as_it_is.latest.distance == pytest.approx(2.66 * (22 * 2 + 48 + 50 + 0) / 25)
    assert screened.latest.distance == pytest.approx(2.66 * (22 * 2 + 0) / 23)


def test_each_segment_has_limits_and_runs_of_its_own() -> None:
    rising = [1.0, 2, 3, 4, 5, 6, 7, 8]
    assert flagged(analyse(rising), Signal.TREND)
    rebased = analyse(rising, rebase_at={4})
    assert flagged(rebased, Signal.TREND) == {}
    assert [(each.first, each.count, each.centre) for each in rebased.segments] == [(0, 4, 2.5), (4, 4, 6.5)]


def test_lengths_are_settings() -> None:
    six = analyse([1, 2, 3, 4, 5, 6], rules=Rules(trend=6))
    assert flagged(six, Signal.TREND) == dict.fromkeys(range(6), Side.HIGH)
    with pytest.raises(ValueError, match="five points"):
        Rules(shift=4)


@pytest.mark.parametrize(
    "wrong", [{"values": []}, {"values": [1.0], "fix_after": 11}, {"values": [1.0], "rebase_at": {1}}]
)
def test_what_cannot_be_read_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"A chart needs|Limits are fixed|A segment begins"):
        analyse(**wrong)  # type: ignore[arg-type]


def test_a_short_series_is_provisional_and_a_very_short_one_has_no_sign() -> None:
    eleven, seven = analyse(ALTERNATING[:11]), analyse(ALTERNATING[:7])
    assert eleven.latest.provisional
    assert not analyse(ALTERNATING).latest.provisional
    assert variation_of(eleven, Better.HIGHER) is Variation.COMMON
    assert variation_of(seven, Better.HIGHER) is None
    assert assurance_of(seven, Better.HIGHER, 0) is None


@pytest.mark.parametrize(
    ("better", "last", "sign"),
    [
        (Better.HIGHER, 20, Variation.IMPROVEMENT_HIGH),
        (Better.HIGHER, 2, Variation.CONCERN_LOW),
        (Better.LOWER, 20, Variation.CONCERN_HIGH),
        (Better.LOWER, 2, Variation.IMPROVEMENT_LOW),
        (Better.NEITHER, 20, Variation.NEUTRAL_HIGH),
        (Better.NEITHER, 2, Variation.NEUTRAL_LOW),
        (Better.HIGHER, 11, Variation.COMMON),
    ],
)
def test_the_sign_of_variation_is_that_of_the_last_point(better: Better, last: float, sign: Variation) -> None:
    assert variation_of(analyse([*ALTERNATING, last], fix_after=12), better) is sign


@pytest.mark.parametrize(
    ("better", "target", "sign"),
    [
        (Better.HIGHER, 5, Assurance.MET),
        (Better.HIGHER, 11, Assurance.HIT_AND_MISS),
        (Better.HIGHER, 17, Assurance.NOT_MET),
        (Better.LOWER, 17, Assurance.MET),
        (Better.LOWER, 5, Assurance.NOT_MET),
        (Better.NEITHER, 5, None),
        (Better.HIGHER, None, None),
    ],
)
def test_the_sign_of_assurance_holds_the_target_against_the_limits(
    better: Better, target: float | None, sign: Assurance | None
) -> None:
    assert assurance_of(analyse(ALTERNATING), better, target) is sign


series = st.lists(st.integers(0, 60), min_size=1, max_size=40)


def signals(chart: Chart) -> list[tuple[tuple[Signal, Side], ...]]:
    return [point.signals for point in chart.points]


decimals = st.decimals(-1000, 1000, places=2)


@given(st.lists(decimals, min_size=1, max_size=40), decimals, st.decimals("0.01", 100, places=2))
def test_moving_and_stretching_a_series_moves_its_limits_and_keeps_its_signals(
    values: Sequence[Decimal], moved: Decimal, stretched: Decimal
) -> None:
    before = analyse(values)
    after = analyse([value * stretched + moved for value in values])
    assert after.latest.centre == pytest.approx(before.latest.centre * float(stretched) + float(moved), abs=1e-9)
    assert after.latest.distance == pytest.approx(before.latest.distance * float(stretched))
    assert signals(after) == signals(before)


@given(series)
def test_read_from_its_end_a_series_has_the_same_limits_and_the_same_points_stand_out(values: Sequence[int]) -> None:
    forwards, backwards = analyse(values), analyse(values[::-1])
    assert backwards.latest == forwards.latest
    for there, back in zip(forwards.points, reversed(backwards.points), strict=True):
        assert [signal for signal, _ in there.signals] == [signal for signal, _ in back.signals]
        sides = [[each for each in point.signals if each[0] is not Signal.TREND] for point in (there, back)]
        assert sides[0] == sides[1]


@pytest.mark.parametrize("value", [0.1, 0.7, 33.3, 1e-3])
def test_values_all_alike_are_no_signal_though_no_binary_fraction_is_a_tenth(value: float) -> None:
    assert all(point.signals == () for point in analyse([value] * 10).points)


def test_a_point_is_on_the_centre_where_it_is_so_by_hand() -> None:
    # The mean of these is 0.2, and 0.1 + 0.2 + 0.3 divided by three is more than that to a computer.
    chart = analyse([0.1, 0.2, 0.3, *[0.2] * 9, *[0.25] * 3, 0.2, *[0.25] * 3], fix_after=12)
    assert flagged(chart, Signal.SHIFT) == {}


@given(series, st.lists(st.integers(1, 39), max_size=3))
def test_segments_are_as_if_each_stood_alone(values: Sequence[int], cuts: Sequence[int]) -> None:
    cuts = [each for each in cuts if each < len(values)]
    edges = [0, *sorted(set(cuts)), len(values)]
    alone = [signals(analyse(values[first:end])) for first, end in pairwise(edges)]
    assert signals(analyse(values, rebase_at=cuts)) == [each for segment in alone for each in segment]


@given(series)
def test_turning_a_series_upside_down_swaps_high_and_low(values: Sequence[int]) -> None:
    other = {Side.HIGH: Side.LOW, Side.LOW: Side.HIGH}
    turned = analyse([-value for value in values])
    assert signals(turned) == [
        tuple((signal, other[side]) for signal, side in point) for point in signals(analyse(values))
    ]


@given(series, st.sampled_from(list(Better)))
def test_reversing_what_is_better_swaps_improvement_and_concern(values: Sequence[int], better: Better) -> None:
    swapped = {Better.HIGHER: Better.LOWER, Better.LOWER: Better.HIGHER, Better.NEITHER: Better.NEITHER}
    sign, other = (variation_of(analyse(values), each) for each in (better, swapped[better]))
    words = {"improvement": "concern", "concern": "improvement"}
    if sign is None or other is None:
        assert sign is other
    else:
        kind, _, side = sign.value.partition(", ")
        assert other.value == ", ".join(filter(None, [words.get(kind, kind), side]))
