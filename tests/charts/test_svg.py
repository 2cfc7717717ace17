"""The drawing of a process chart: readable without eyes, without colour, and without anything a strict page forbids."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.charts import Better, analyse, svg
from speakup.charts.svg import Words

SVG = "{http://www.w3.org/2000/svg}"
VALUES = [10.0, 12.0] * 6


def words(count: int, title: str = "Cases") -> Words:
    return Words("cases", title, "The last quarter is higher than chance.", [f"Q{n}" for n in range(count)])


def drawn(values: list[float], better: Better = Better.NEITHER, target: float | None = None) -> ET.Element:
    chart = analyse(values, fix_after=12 if len(values) >= 12 else None)
    return ET.fromstring(svg.draw(chart, words(len(values)), better=better, target=target))  # noqa: S314 -- ours


def test_it_says_what_it_shows_to_whoever_cannot_see_it() -> None:
    root = drawn(VALUES)
    assert root.get("role") == "img"
    named = (root.get("aria-labelledby") or "").split()
    texts = {each.get("id"): each.text for each in root if each.get("id")}
    assert [texts[each] for each in named] == ["Cases", "The last quarter is higher than chance."]


def test_nothing_in_it_is_forbidden_on_a_strict_page() -> None:
    markup = svg.draw(analyse(VALUES), words(12))
    assert not any(each in markup for each in ("<style", " style=", "<script", "href", " class=", "url(", " on"))


@pytest.mark.parametrize(
    ("better", "last", "shape", "colour"),
    [
        (Better.NEITHER, 11.0, "circle", svg.COMMON),
        (Better.NEITHER, 30.0, "rect", svg.NEUTRAL),
        (Better.HIGHER, 30.0, "polygon", svg.IMPROVEMENT),
        (Better.LOWER, 30.0, "polygon", svg.CONCERN),
    ],
)
def test_shape_and_colour_say_the_same(better: Better, last: float, shape: str, colour: str) -> None:
    marked = drawn([*VALUES, last], better)[-1]
    assert (marked.tag, marked.get("fill")) == (SVG + shape, colour)


def test_improvement_and_concern_have_different_shapes() -> None:
    corners = [
        len((drawn([*VALUES, 30.0], better)[-1].get("points") or "").split())
        for better in (Better.HIGHER, Better.LOWER)
    ]
    assert corners == [4, 3]


def test_a_target_is_a_line_of_its_own_and_the_newest_period_is_always_named() -> None:
    root = drawn(VALUES * 3, target=20)
    assert any(line.get("stroke") == svg.TARGET for line in root.iter(f"{SVG}line"))
    assert [each.text for each in root.iter(f"{SVG}text")][-1] == "Q35"


def test_where_limits_begin_anew_a_line_says_why() -> None:
    chart = analyse([*VALUES, *[5.0, 6.0] * 6], rebase_at={12})
    root = ET.fromstring(svg.draw(chart, replace(words(24), rebased="New rota")))  # noqa: S314 -- ours
    upright = [each for each in root.iter(f"{SVG}line") if each.get("x1") == each.get("x2")]
    points = (next(root.iter(f"{SVG}polyline")).get("points") or "").split()
    before, after = (float(points[n].split(",")[0]) for n in (11, 12))
    assert [before < float(each.get("x1") or 0) < after for each in upright] == [True]
    assert "New rota" in [each.text for each in root.iter(f"{SVG}text")]
    plain = ET.fromstring(svg.draw(analyse(VALUES), replace(words(12), rebased="New rota")))  # noqa: S314 -- ours
    assert "New rota" not in [each.text for each in plain.iter(f"{SVG}text")]


@pytest.mark.parametrize(("before", "after", "drawn"), [(3, 8, 1), (3, 4, 0), (12, 7, 1), (8, 8, 2)])
def test_neither_average_nor_limits_nor_signs_are_drawn_of_a_stretch_that_is_too_short(
    before: int, after: int, drawn: int
) -> None:
    values = [10.0, 14.0, 11.0, 13.0] * 5
    chart = analyse([*values[:before], *values[:after]], rebase_at={before})
    written = replace(words(before + after), numbers=["1"] * (before + after), limits=["low", "middle", "high"])
    root = ET.fromstring(svg.draw(chart, written))  # noqa: S314 -- ours
    strokes = [each.get("stroke") for each in root.iter(f"{SVG}line")]
    # One more in the colour of the averages is the foot, and one where limits begin anew.
    assert (strokes.count(svg.LINE) - 2, strokes.count(svg.COMMON)) == (drawn, 2 * drawn)
    assert ("middle" in [each.text for each in root.iter(f"{SVG}text")]) is (after >= 8)


def test_a_point_of_a_stretch_that_is_too_short_looks_like_chance() -> None:
    chart = analyse([10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0])
    assert chart.points[-1].signal
    assert ET.fromstring(svg.draw(chart, words(7)))[-1].tag == f"{SVG}circle"  # noqa: S314 -- ours


@pytest.mark.parametrize("count", [1, 3, 7, 8, 10, 11, 12, 40])
@pytest.mark.parametrize("size", [svg.HALF, svg.WHOLE])
def test_no_name_of_a_period_is_cut_off_at_an_edge(count: int, size: svg.Size) -> None:
    named = replace(words(count), periods=["2024-25 Q1"] * count, numbers=["1"] * count)
    root = ET.fromstring(svg.draw(analyse([5.0] * count), named, size=size))  # noqa: S314 -- ours
    middles = [float(each.get("x") or 0) for each in root.iter(f"{SVG}text") if each.text == "2024-25 Q1"]
    assert middles
    assert all(36 <= x <= size.width - 36 for x in middles)


def test_words_are_escaped() -> None:
    root = ET.fromstring(svg.draw(analyse([1.0]), words(1, "Theatres & <wards>")))  # noqa: S314 -- ours
    assert root[0].text == "Theatres & <wards>"


def test_the_same_chart_gives_the_same_bytes() -> None:
    assert svg.draw(analyse(VALUES), words(12)) == svg.draw(analyse(list(VALUES)), words(12))


def test_periods_and_points_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="a period for each point"):
        svg.draw(analyse(VALUES), words(3))


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=40), st.none() | st.floats(-1e6, 1e6))
def test_whatever_the_values_everything_stands_inside(values: list[float], target: float | None) -> None:
    chart = analyse(values)
    root = ET.fromstring(svg.draw(chart, words(len(values)), target=target))  # noqa: S314 -- ours
    for line in root.iter(f"{SVG}line"):
        assert -1 <= float(line.get("y1") or "nan") <= svg.HEIGHT + 1
    for point in (pair for each in root.iter(f"{SVG}polyline") for pair in (each.get("points") or "").split()):
        x, y = map(float, point.split(","))
        assert 0 <= x <= svg.WIDTH
        assert 0 <= y <= svg.HEIGHT
