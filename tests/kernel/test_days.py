"""Days as guardians wrote them over the years."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.kernel.days import Period, period_of, read_day

THIRD = date(2021, 3, 3)


def ordinal(number: int) -> str:
    return f"{number}{'th' if 11 <= number <= 13 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


STYLES = (
    lambda day: f"{day:%d/%m/%Y}",
    lambda day: f"{day.day}/{day.month}/{day:%y}",
    lambda day: f"{day:%d.%m.%y}",
    lambda day: f"{day:%d-%m-%Y}",
    lambda day: f"{day:%d - %m - %Y}",
    lambda day: f"{day:%Y-%m-%d}",
    lambda day: f"{day:%Y-%m-%d} 00:00:00",
    lambda day: f"{day:%Y/%m/%d}",
    lambda day: f"{day:%d %m %Y}",
    lambda day: f"{day:%d%m%Y}",
    lambda day: f"{day:%d-%b-%y}",
    lambda day: f"{day:%d %B %Y}",
    lambda day: f"{day:%B} {day.day}, {day.year}",
    lambda day: f"{ordinal(day.day)} {day:%B %y}",
    lambda day: f"{ordinal(day.day)} of {day:%b}. ’{day:%y}",
    lambda day: f"w/c {ordinal(day.day)} {day:%B %y}",
    lambda day: f"W/C {day:%d/%m/%y}",
    lambda day: f"{day:%A} {day:%d/%m/%Y}",
    lambda day: f"{day:%a} {ordinal(day.day)} {day:%b %Y} at 14:30",
    lambda day: f"{day:%d/%m/%Y} 9am",
    lambda day: f"approx. {day:%d/%m/%Y}?",
    lambda day: f"  {day:%d/%m/%Y}\n(by phone)",
    lambda day: f"{day:%d/%m/%Y} - {day + timedelta(days=2):%d/%m/%Y}",
    lambda day: str((day - date(1899, 12, 30)).days),
)


@given(st.dates(date(2000, 1, 1), date(2068, 12, 31)), st.sampled_from(STYLES))
def test_a_day_is_read_back_in_every_style(day: date, style: object) -> None:
    written = style(day)  # type: ignore[operator]
    found = read_day(written)
    assert found is not None, written
    assert (found.day, found.exact) == (day, True), written


@given(st.dates(date(1990, 1, 1), date(2068, 12, 31)))
def test_a_spreadsheets_own_day_and_its_number_are_the_same_day(day: date) -> None:
    number = (day - date(1899, 12, 30)).days
    for cell in (["day", day.isoformat()], number, float(number) + 0.604):
        found = read_day(cell)
        assert found is not None
        assert found.day == day


@pytest.mark.parametrize("written", [
    "w/c 3rd March 21", "3-5 March 2021", "3 to 5 Mar 21", "Wed 3/3/21", "3 March 2021 and again 9 April 2021",
    "03.03.2021 10.15",
    "Raised on 3rd March, 2021", "03/03/2021; rang back 08/03/2021",
])  # fmt: skip
def test_the_first_day_of_several_counts(written: str) -> None:
    found = read_day(written)
    assert found is not None
    assert found.day == THIRD


def test_days_stand_before_months_unless_that_can_not_be() -> None:
    assert [found.day for each in ("04/05/2021", "25/12/2021", "12/25/2021") if (found := read_day(each))] == [
        date(2021, 5, 4), date(2021, 12, 25), date(2021, 12, 25),
    ]  # fmt: skip


@pytest.mark.parametrize("written", ["March 2021", "Mar-21", "March '21", "03/2021"])
def test_a_month_alone_is_its_first_day_and_is_said_to_be_no_exact_one(written: str) -> None:
    found = read_day(written)
    assert found is not None
    assert (found.day, found.exact) == (date(2021, 3, 1), False)


@pytest.mark.parametrize("cell", [
    None, "", "?", "TBC", "n/a", "not known", "31/02/2021", "99/99/2021", "Total", 17, 3.5, True, "0300 123 4567",
    "patient 4 of 12", "1/1/0001", "see 2021 log", "3/3",
])  # fmt: skip
def test_what_is_no_day_is_none(cell: object) -> None:
    assert read_day(cell) is None


@given(
    st.one_of(
        st.text(max_size=60), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none()
    )
)
def test_nothing_anybody_types_breaks_it(cell: object) -> None:
    found = read_day(cell, Period(date(2021, 4, 1), date(2022, 3, 31)))
    assert found is None or 1980 <= found.day.year <= 2069


@pytest.mark.parametrize(("name", "first", "last"), [
    ("2021-22", date(2021, 4, 1), date(2022, 3, 31)),
    ("FTSU Log 21/22", date(2021, 4, 1), date(2022, 3, 31)),
    ("FY2122", date(2021, 4, 1), date(2022, 3, 31)),
    ("Q1 2021-22", date(2021, 4, 1), date(2021, 6, 30)),
    ("2021-2022 Quarter 4", date(2022, 1, 1), date(2022, 3, 31)),
    ("2019", date(2019, 1, 1), date(2019, 12, 31)),
])  # fmt: skip
def test_a_sheets_name_says_which_days_it_is_about(name: str, first: date, last: date) -> None:
    assert period_of(name) == Period(first, last)
    assert period_of("Sheet1") is None


def test_a_day_without_a_year_is_the_one_in_its_sheet() -> None:
    year = period_of("2021-22")
    assert [found.day for each in ("3rd May", "14/2", "w/c Jan 10") if (found := read_day(each, year))] == [
        date(2021, 5, 3), date(2022, 2, 14), date(2022, 1, 10),
    ]  # fmt: skip
