"""Series, bars and rates for a board: from what was published and nothing else."""

from datetime import date
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from speakup.charts import (
    Bar,
    Begun,
    Better,
    Published,
    Words,
    analyse,
    draw,
    draw_bars,
    judged,
    per_thousand,
    percentage,
    read_published,
    widened,
)
from speakup.charts.series import beginnings

SVG = "{http://www.w3.org/2000/svg}"
FIVES = st.lists(st.integers(1, 40).map(lambda each: each * 5), min_size=2, max_size=24)
QUARTERS = tuple(f"{year}-{year % 100 + 1}/Q{quarter}" for year in range(2021, 2027) for quarter in range(1, 5))


def published(values: list[int | None]) -> Published:
    return Published(tuple(zip(QUARTERS, values, strict=False)))


def test_the_finest_width_is_taken_at_which_nothing_is_masked() -> None:
    quarters, years = published([10, None, 20]), Published((("2021-22", 45), ("2022-23", 60)))
    assert widened([published([10, 15]), years]) == published([10, 15])
    assert widened([quarters, years]) is years
    assert widened([quarters, Published((("2021-22", None),)), Published(())]) is None


def test_nothing_is_drawn_through_a_masked_point() -> None:
    with pytest.raises(ValueError, match="masked"):
        read_published(published([10, None, 20]))


@given(FIVES)
def test_limits_are_told_in_whole_numbers_and_signals_are_those_of_the_points(values: list[int]) -> None:
    chart, exact = read_published(published(list(values))), analyse(values)
    for told, limits in zip(chart.segments, exact.segments, strict=True):
        assert told.centre == int(told.centre)
        assert told.distance == int(told.distance)
        assert abs(told.centre - limits.centre) <= 0.5 + 1e-9
        assert abs(told.distance - limits.distance) <= 0.5 + 1e-9
    assert [each.signals for each in chart.points] == [each.signals for each in exact.points]
    assert all(each.limits in chart.segments for each in chart.points)


@given(FIVES, st.integers(1, 30), st.integers(2, 6))
def test_shifting_or_scaling_moves_the_limits_and_keeps_the_signals(values: list[int], by: int, times: int) -> None:
    at, moved, scaled = (
        analyse(each) for each in (values, [value + by for value in values], [value * times for value in values])
    )
    assert moved.latest.centre == pytest.approx(at.latest.centre + by)
    assert moved.latest.distance == pytest.approx(at.latest.distance)
    assert scaled.latest.upper == pytest.approx(at.latest.upper * times)
    assert [p.signals for p in at.points] == [p.signals for p in moved.points] == [p.signals for p in scaled.points]


@given(FIVES)
def test_reversing_what_is_better_swaps_improvement_and_concern(values: list[int]) -> None:
    swapped = {"improvement": "concern", "concern": "improvement", "common cause": "common cause"}
    for point in read_published(published(list(values))).points:
        higher, lower = (judged(point, better).value.split(",")[0] for better in (Better.HIGHER, Better.LOWER))
        assert swapped[higher] == lower


def test_a_change_of_the_lists_begins_a_segment_at_its_quarter() -> None:
    chart = read_published(published([10, 15, 10, 15, 40, 45, 40, 45]), [Begun(QUARTERS[4], "Another list")])
    assert [each.first for each in chart.segments] == [0, 4]
    assert [each.centre for each in chart.segments] == [13, 43]


def test_in_years_the_one_in_which_it_changed_is_the_first_of_its_segment() -> None:
    years = ("2021-22", "2022-23", "2023-24")
    assert beginnings(years, [Begun("2022-23/Q3", "A list")]) == {1}
    assert beginnings(years, [Begun("2022-23", "A decision")]) == {1}


def test_what_changed_before_or_after_changes_nothing_between() -> None:
    assert beginnings(QUARTERS[4:], [Begun(QUARTERS[1], "Before"), Begun("2030-31/Q1", "After")]) == frozenset()


@given(FIVES, st.integers(1, 22))
def test_segments_are_read_each_by_itself(values: list[int], cut: int) -> None:
    assume(cut < len(values))
    chart = read_published(published(list(values)), [Begun(QUARTERS[cut], "")])
    alone = read_published(published(list(values[cut:])))
    assert (chart.latest.centre, chart.latest.distance) == (alone.latest.centre, alone.latest.distance)
    assert [each.signals for each in chart.points[cut:]] == [each.signals for each in alone.points]


def test_a_drawing_for_a_board_holds_no_number_but_what_was_published() -> None:
    series = published([35, 40, 30, 45, 35, 40])
    chart = read_published(series)
    periods = [f"period {letter}" for letter in "abcdef"]
    limits = [f"{each:g}" for each in (chart.latest.lower, chart.latest.centre, chart.latest.upper)]
    markup = draw(
        chart, Words("s", "Cases", "In words.", periods, numbers=[str(each) for each in series.values], limits=limits)
    )
    texts = {each.text for each in ET.fromstring(markup).iter(f"{SVG}text")}  # noqa: S314 -- ours
    assert texts - set(periods) <= {str(each) for each in series.values} | set(limits)
    assert {str(each) for each in series.values} <= texts


def test_there_is_a_number_for_each_point_or_for_none() -> None:
    with pytest.raises(ValueError, match="number for each"):
        draw(analyse([1.0, 2.0]), Words("s", "t", "d", ["a", "b"], numbers=["1"]))


def test_a_masked_bar_is_a_sign_and_no_bar() -> None:
    bars = [Bar("Patient safety & quality", 40, "40"), Bar("Other", None, "[c]"), Bar("None of these", 0, "0")]
    root = ET.fromstring(draw_bars("bars", "Elements", "In words.", bars))  # noqa: S314 -- ours
    assert [each.findtext(f"{SVG}title") for each in root.iter(f"{SVG}rect")] == [
        "Patient safety & quality: 40",
        "None of these: 0",
    ]
    assert [each.text for each in root.iter(f"{SVG}text")] == [
        "Patient safety & quality", "40", "Other", "[c]", "None of these", "0",
    ]  # fmt: skip


def test_bars_are_as_long_as_their_values() -> None:
    root = ET.fromstring(draw_bars("b", "t", "d", [Bar("A", 40, "40"), Bar("B", 10, "10")]))  # noqa: S314 -- ours
    longer, shorter = (float(each.get("width") or 0) for each in root.iter(f"{SVG}rect"))
    assert longer == pytest.approx(4 * shorter)


def test_where_everything_is_masked_there_is_still_a_table_in_words() -> None:
    assert "[c]" in draw_bars("b", "t", "d", [Bar("A", None, "[c]")])
    with pytest.raises(ValueError, match="a bar"):
        draw_bars("b", "t", "d", [])


@pytest.mark.parametrize(
    ("part", "base", "result"), [(10, 20, 50), (5, 40, 13), (0, 20, 0), (19, 19, None), (5, 15, None)]
)
def test_a_percentage_of_fewer_than_twenty_is_refused(part: int, base: int, result: int | None) -> None:
    assert percentage(part, base) == result


def test_a_part_larger_than_the_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="whole"):
        percentage(25, 20)


def test_a_rate_needs_staff_counted_in_its_period() -> None:
    first, last = date(2026, 7, 1), date(2026, 9, 30)
    assert per_thousand(45, 6000, first, last, date(2026, 9, 30)) == Fraction(15, 2)
    for counted_on in (date(2026, 6, 30), date(2026, 10, 1)):
        with pytest.raises(ValueError, match="another date"):
            per_thousand(45, 6000, first, last, counted_on)
    with pytest.raises(ValueError, match="Nobody"):
        per_thousand(45, 0, first, last, first)
