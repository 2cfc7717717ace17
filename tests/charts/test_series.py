"""Series, bars and rates for a board: from what was published and nothing else."""

from datetime import date
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.charts import (
    Bar,
    Better,
    Words,
    analyse,
    draw,
    draw_bars,
    judged,
    per_thousand,
    percentage,
)

SVG = "{http://www.w3.org/2000/svg}"
FIVES = st.lists(st.integers(1, 40).map(lambda each: each * 5), min_size=2, max_size=24)


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
    for point in analyse(values).points:
        higher, lower = (judged(point, better).value.split(",")[0] for better in (Better.HIGHER, Better.LOWER))
        assert swapped[higher] == lower


def test_a_drawing_for_a_board_holds_no_number_but_what_was_published() -> None:
    values = [35, 40, 30, 45, 35, 40]
    chart = analyse(values)
    periods = [f"period {letter}" for letter in "abcdef"]
    limits = [f"{each:g}" for each in (chart.latest.lower, chart.latest.centre, chart.latest.upper)]
    markup = draw(
        chart, Words("s", "Cases", "In words.", periods, numbers=[str(each) for each in values], limits=limits)
    )
    texts = {each.text for each in ET.fromstring(markup).iter(f"{SVG}text")}  # noqa: S314 -- ours
    assert texts - set(periods) <= {str(each) for each in values} | set(limits)
    assert {str(each) for each in values} <= texts


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
