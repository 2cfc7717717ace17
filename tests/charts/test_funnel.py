"""Organisations side by side, and the drawing of it."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.charts import FunnelWords, Place, Standing, compare, draw_funnel
from speakup.charts.funnel import standing_of
from speakup.charts.poisson import FAR, USUAL

SVG = "{http://www.w3.org/2000/svg}"
PLACES = st.lists(st.tuples(st.integers(0, 400), st.integers(200, 20_000)), min_size=3, max_size=8).filter(
    lambda found: any(cases for cases, _staff in found)
)


def places(found: list[tuple[int, int]]) -> list[Place]:
    return [Place(f"Trust {n}", cases, staff) for n, (cases, staff) in enumerate(found)]


@pytest.mark.parametrize(
    ("cases", "standing"),
    # Of 100 expected, 95 % of counts lie within 81 to 120 and 99.8 % within 71 to 132, by the quantiles of the
    # Poisson distribution.
    [
        (70, Standing.FAR_FEWER),
        (80, Standing.FEWER),
        (81, Standing.AS_EXPECTED),
        (120, Standing.AS_EXPECTED),
        (122, Standing.MORE),
        (133, Standing.FAR_MORE),
    ],
)
def test_a_count_stands_where_the_distribution_says(cases: int, standing: Standing) -> None:
    assert standing_of(cases, 100.0) is standing


@given(PLACES)
def test_the_rate_is_that_of_all_together_and_expectations_add_up(found: list[tuple[int, int]]) -> None:
    funnel = compare(places(found))
    assert sum(each.expected for each in funnel.stood) == pytest.approx(sum(cases for cases, _staff in found))
    assert funnel.rate == pytest.approx(sum(c for c, _ in found) / sum(s for _, s in found) * 1000)


@given(PLACES, st.integers(2, 5))
def test_counting_staff_by_other_units_moves_nobody(found: list[tuple[int, int]], times: int) -> None:
    stood = [each.standing for each in compare(places(found)).stood]
    assert [each.standing for each in compare(places([(c, s * times) for c, s in found])).stood] == stood


@given(PLACES, st.randoms(use_true_random=False))
def test_the_order_they_are_given_in_moves_nobody(found: list[tuple[int, int]], random: object) -> None:
    there = {each.place: each.standing for each in compare(places(found)).stood}
    assert {each.place: each.standing for each in compare(list(reversed(places(found)))).stood} == there


def test_an_organisation_stands_out_just_where_it_lies_beyond_the_line() -> None:
    funnel = compare([Place("A", 60, 6000), Place("B", 90, 6000), Place("C", 150, 12000)])
    for count in range(1, 30):
        staff, rate = next(
            each for each in funnel.edge(USUAL, 20_000, upper=True) if round(each[0] * each[1] / 1000) >= count
        )
        on_line = round(staff * rate / 1000)
        assert standing_of(on_line, funnel.rate * (staff * 0.999) / 1000) in {Standing.MORE, Standing.FAR_MORE}
        assert standing_of(on_line, funnel.rate * (staff * 1.001) / 1000) is Standing.AS_EXPECTED


def test_the_outer_line_lies_outside_the_inner_one() -> None:
    funnel = compare([Place("A", 60, 6000), Place("B", 90, 6000), Place("C", 150, 12000)])
    for upper in (True, False):
        inner, outer = (dict(_by_count(funnel.edge(chance, 9000, upper=upper))) for chance in (USUAL, FAR))
        assert all(
            outer[count] < inner[count] if upper else outer[count] > inner[count] for count in inner & outer.keys()
        )


def _by_count(edge: object) -> list[tuple[int, float]]:
    return [(round(staff * rate / 1000), staff) for staff, rate in edge]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "found", [[], [(1, 100), (2, 100)], [(0, 100)] * 3, [(1, 100), (1, 0), (1, 100)], [(1, 9), (-1, 9), (1, 9)]]
)
def test_what_cannot_be_compared_is_refused(found: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match=r"organisation|case"):
        compare(places(found))


@pytest.mark.parametrize(("staff", "anchor"), [(12_000, "end"), (6_000, "middle"), (300, "start")])
def test_a_long_name_never_runs_over_an_edge(staff: int, anchor: str) -> None:
    name = "Anytown and Marshland Hospitals NHS Trust"
    funnel = compare([Place(name, 60, staff), Place("B", 90, 6_000), Place("C", 300, 12_000)])
    root = ET.fromstring(draw_funnel(funnel, FunnelWords("f", "Cases", "Said.", "Staff", "Cases"), own=name))  # noqa: S314 -- ours
    (named,) = [each for each in root.iter(f"{SVG}text") if each.text == name]
    assert named.get("text-anchor") == anchor


def test_the_drawing_has_a_mark_for_each_points_out_its_own_and_knows_no_red_or_green() -> None:
    funnel = compare([Place("A & E", 60, 6000), Place("B", 90, 6000), Place("C", 300, 12000)])
    words = FunnelWords("funnel", "Cases", "A sentence.", "Staff", "Cases for each 1,000 staff")
    markup = draw_funnel(funnel, words, own="A & E")
    root = ET.fromstring(markup)  # noqa: S314 -- ours
    assert root.get("role") == "img"
    marks = [each for each in root if each.tag in {f"{SVG}circle", f"{SVG}rect"}]
    assert [each.findtext(f"{SVG}title") for each in marks] == ["A & E", "B", "C"]
    assert [each.get("fill") == "#005eb8" for each in marks] == [True, False, False]
    # Whoever stands out has another shape, and nobody another colour for it.
    assert {each.tag for each in marks} == {f"{SVG}circle", f"{SVG}rect"} or all(
        each.tag == f"{SVG}rect" for each in marks
    )
    colours = {each.get(key) for each in root.iter() for key in ("fill", "stroke")} - {None, "none"}
    assert colours == {"#005eb8", "#768692", "#4c6272", "#212b32", "#d8dde0", "#fff"}
    assert markup == draw_funnel(funnel, words, own="A & E")
    assert not any(each in markup for each in ("<style", " style=", "<script", "href", " class=", "url(", " on"))
