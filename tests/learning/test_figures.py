"""Values of a measure are read however they were typed or pasted, and a bad line is said by its number."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.learning.figures import MOST_FIGURES, Every, Figure, Wrong, read_figures, written

TODAY = date(2026, 11, 22)
JANUARY, FEBRUARY = Figure(date(2026, 1, 1), Decimal(12)), Figure(date(2026, 2, 1), Decimal("9.5"))

days = st.dates(date(1990, 1, 1), TODAY)
numbers = st.decimals(-999_999, 999_999, places=2)
figures = st.dictionaries(days, numbers, max_size=30).map(
    lambda found: [Figure(day, value) for day, value in sorted(found.items())]
)


@pytest.mark.parametrize(
    "text",
    [
        "Jan 2026\t12\nFeb 2026\t9.5",
        "January 2026, 12\nFebruary 2026, 9.5",
        "01/01/2026 12\n01/02/2026 9.5",
        "1.1.26; 12%\n1.2.26; 9.5%",
        "2026-02-01\t9.5\n2026-01-01\t12",
        "2026-01-01 00:00\t12\n2026-02-01 00:00\t9.5",
        "46023\t12\n46054\t9.5",
        '"1 January 2026","12"\n"1 February 2026","9.5"',
        "Month\tFalls per 1,000 bed days\nJan 2026\t12\n\nFeb 2026\t9.5\nMar 2026\t\n",
        "1st of Jan 2026: 12\n1st of Feb 2026: 9.5\r",
    ],
)
def test_days_and_numbers_are_read_as_people_write_them(text: str) -> None:
    read = read_figures(text, TODAY)
    assert (read.figures, read.troubles) == ((JANUARY, FEBRUARY), ())


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("12", "12"), ("1,234", "1234"), ("1 234.5", "1234.5"), ("£1,200", "1200"), ("-3", "-3"), ("\u22123", "-3"),
        (".5", "0.5"), ("7 %", "7"), ("+2", "2"),
    ],
)  # fmt: skip
def test_a_number_is_read_with_its_signs(words: str, value: str) -> None:
    read = read_figures(words, TODAY, first=date(2026, 1, 1))
    assert [each.value for each in read.figures] == [Decimal(value)]


@pytest.mark.parametrize(
    ("every", "last"),
    [(Every.WEEK, date(2024, 11, 22)), (Every.MONTH, date(2025, 1, 1)), (Every.QUARTER, date(2025, 7, 1))],
)
def test_numbers_alone_are_counted_on_from_the_first_day(every: Every, last: date) -> None:
    read = read_figures(
        "1\n2\n3\n4", TODAY, first=date(2024, 11, 1) if every is Every.WEEK else date(2024, 10, 1), every=every
    )
    assert read.troubles == ()
    assert read.figures[-1] == Figure(last, Decimal(4))


def test_a_heading_is_said_to_be_one_and_a_first_line_with_a_day_is_not() -> None:
    assert read_figures("Falls\n12", TODAY, first=TODAY).heading == "Falls"
    wrong = read_figures("Jan 2026 twelve\nFeb 2026 9.5", TODAY)
    assert (wrong.heading, [each.line for each in wrong.troubles]) == ("", [1])


@pytest.mark.parametrize(
    ("text", "troubles"),
    [
        ("Jan 2026\t12\nFeb 2026\ttwelve", [(2, Wrong.NO_NUMBER)]),
        ("Jan 2026\t12\nFebtober 2026\t9", [(2, Wrong.NO_DAY)]),
        ("Jan 2026\t12\n9", [(2, Wrong.DAY_MISSING)]),
        ("Jan 2026\t12\t13", [(1, Wrong.COLUMNS)]),
        ("Jan 2026\t12\n\n1/1/2026\t13", [(3, Wrong.TWICE)]),
        ("Dec 2026\t12", [(1, Wrong.AHEAD)]),
        ("Jan 2026\t1000000000000", [(1, Wrong.SIZE)]),
        ("Jan 2026\t0.00001", [(1, Wrong.PLACES)]),
        ("12\n13", [(0, Wrong.FIRST_MISSING)]),
        ("31/02/2026\t12", [(1, Wrong.NO_DAY)]),
        ("Jan 2026\tx\nFeb 2026\ty", [(1, Wrong.NO_NUMBER), (2, Wrong.NO_NUMBER)]),
    ],
)
def test_a_bad_line_is_said_by_its_number(text: str, troubles: list[tuple[int, Wrong]]) -> None:
    assert [(each.line, each.what) for each in read_figures(text, TODAY).troubles] == troubles


def test_there_is_a_most() -> None:
    text = "1\n" * (MOST_FIGURES + 1)
    read = read_figures(text, TODAY, first=date(1990, 1, 1), every=Every.MONTH)
    assert [(each.line, each.what) for each in read.troubles] == [(0, Wrong.MANY)]


@given(figures)
def test_what_was_kept_is_read_again_as_it_is_written(kept: list[Figure]) -> None:
    read = read_figures(written(kept), TODAY)
    assert (read.figures, read.troubles, read.heading) == (tuple(kept), (), "")


@given(
    figures,
    st.sampled_from(["{:%d/%m/%Y}", "{:%Y-%m-%d}", "{:%d %B %Y}", "{:%a %d %b %Y}", "{:%d-%b-%Y}"]),
    st.sampled_from(["{:f}", "{:,f}", " {:f} %"]),
    st.sampled_from(["\t", ", ", "; ", " "]),
    st.randoms(use_true_random=False),
)
def test_no_style_and_no_order_makes_a_difference(
    kept: list[Figure], day: str, number: str, between: str, chance: object
) -> None:
    lines = [day.format(each.on) + between + number.format(each.value) for each in kept]
    chance.shuffle(lines)  # type: ignore[attr-defined]  # Hypothesis gives a `random.Random`
    read = read_figures("\n".join(lines), TODAY)
    assert (read.figures, read.troubles) == (tuple(kept), ())


@given(st.text(alphabet=st.sampled_from('0123456789.,;:/-\t\n "%£JanFeb\0é²٣'), max_size=60), days)
def test_whatever_is_typed_each_line_is_read_or_said(text: str, first: date) -> None:
    read = read_figures(text, TODAY, first=first)
    numbers = [each.line for each in read.troubles]
    assert all(0 <= each <= text.count("\n") + 1 for each in numbers)
    if not read.troubles:
        assert len(read.figures) <= len([each for each in text.split("\n") if each.strip()])
        assert [each.on for each in read.figures] == sorted({each.on for each in read.figures})
