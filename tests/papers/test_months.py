"""A month is found where a text names one, and not where a word only looks like it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup import insight, papers
from speakup.papers import Month

NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
PLAIN = ("in {}", "since {}", "by the end of {}", "early {}", "mid-{}", "between {} and now", "of last year, in {}")
DATED = ("{} 2026", "3 {}", "the 3rd of {}", "{} 21st", "{}, 2026", "{} ’26", "{}\n2026")


@given(st.integers(1, 12), st.sampled_from(PLAIN + DATED))
def test_a_month_is_found_with_its_quarter(number: int, written: str) -> None:
    name = NAMES[number - 1]
    quarter = int(insight.quarter_of(date(2026, number, 1))[-1])
    assert papers.months_in(f"It began {written.format(name)}.") == [Month(name, quarter)]


@given(st.integers(1, 12), st.sampled_from(DATED))
def test_a_month_in_short_is_found_where_it_is_of_a_date(number: int, written: str) -> None:
    short = NAMES[number - 1][:3]
    assert [each.word for each in papers.months_in(f"It began {written.format(short)}.")] == [short]


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_in_digits_is_of_a_month(day: date) -> None:
    quarter = int(insight.quarter_of(day)[-1])
    for written in (f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day:%y}", f"{day:%d.%m.%Y}", f"{day:%Y-%m-%d}"):
        assert papers.months_in(f"From {written} on.") == [Month(written, quarter)]
    if f"{day:%m}" != f"{day:%y}":
        assert papers.months_in(f"of {day:%m/%Y}") == [Month(f"{day:%m/%Y}", quarter)]


@pytest.mark.parametrize(
    "words",
    [
        "It may be that more people speak up, and we may 2 or 3 times ask.",
        "May the board decide so.",
        "Staff march for safe nights; a march is no theme.",
        "They will march in protest.",
        "An august body, and in august company.",
        "Decide in 2026-27/Q2, quarter 2 of 2026-27, 2009-10 or 2011-12.",
        "Ask Jan, and mark what was marred.",
        "The decision, the decimal and the octave; novel separate juniors.",
        "The 3rd may be left out; 20 may stay; in 2 may be none.",
        "Version 2.10 of 12 wards, 24/7, 3.5 of 10.",
        "Four in ten, one in three and 11/12 of them.",
    ],
)
def test_what_only_looks_like_a_month_is_none(words: str) -> None:
    assert papers.months_in(words) == []


@given(st.text())
def test_any_text_can_be_looked_through(text: str) -> None:
    assert all(1 <= each.quarter <= 4 and each.word in text for each in papers.months_in(text))


def test_months_come_in_the_order_in_which_they_stand() -> None:
    found = papers.months_in("Between March and May, then in JUNE and on 3 Nov.")
    assert [each.word for each in found] == ["March", "May", "JUNE", "Nov"]
