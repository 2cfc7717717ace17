"""Quarters and years of publications: which there are, how they are called, and when they may come out."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from speakup.disclosure import earliest
from speakup.papers.pack import Kind, Period

QUARTERS = 4
_MONTHS = (("April", "June"), ("July", "September"), ("October", "December"), ("January", "March"))


def begins(quarter: str) -> date:
    """The first day of a quarter, named as in "2026-27/Q2"."""
    year, number = int(quarter[:4]), int(quarter[-1])
    return date(year, 3 * number + 1, 1) if number < QUARTERS else date(year + 1, 1, 1)


def ends(quarter: str) -> date:
    """Its last day."""
    first = begins(quarter)
    after = date(first.year + (first.month + 3 > 12), (first.month + 2) % 12 + 1, 1)  # noqa: PLR2004 -- months
    return after - timedelta(days=1)


def year_of(quarter: str) -> str:
    """The financial year a quarter lies in: "2026-27"."""
    return quarter.partition("/")[0]


def of_year(year: str) -> tuple[str, ...]:
    """Its four quarters."""
    return tuple(f"{year}/Q{number}" for number in range(1, QUARTERS + 1))


def whole_years(quarters: Iterable[str]) -> list[str]:
    """The years all of whose quarters are among these, the oldest first."""
    there = set(quarters)
    return [year for year in sorted({year_of(each) for each in there}) if there.issuperset(of_year(year))]


def not_before(quarters: Sequence[str]) -> date:
    """The first day on which anything about them may be published."""
    return max(earliest(ends(quarter)) for quarter in quarters)


def period(quarters: Sequence[str]) -> Period:
    """The period of some quarters in a row, as it is printed."""
    first, last = quarters[0], quarters[-1]
    return Period(_name(quarters), tuple(quarters), begins(first), ends(last))


def short(quarter: str) -> str:
    """A quarter as a chart labels it: "2026-27 Q2"."""
    return quarter.replace("/", " ")


def ref(kind: Kind, quarters: Sequence[str]) -> str:
    """What a publication of the fixed kinds is called in its address. There is one of each."""
    year = year_of(quarters[0])
    if kind is Kind.QUARTER:
        return quarters[0].replace("/", "-")
    return f"{year}-restated" if kind is Kind.RESTATEMENT else year


def _name(quarters: Sequence[str]) -> str:
    first, last = begins(quarters[0]), ends(quarters[-1])
    months = f"{_months(quarters[0])[0]} {first.year} to {_months(quarters[-1])[1]} {last.year}"
    if len(quarters) == 1:
        opens, closes = _months(quarters[0])
        return f"{opens} to {closes} {last.year} (quarter {quarters[0][-1]} of {year_of(quarters[0])})"
    whole = quarters[0].endswith("Q1") and len(quarters) == QUARTERS
    return f"{months} (financial year {year_of(quarters[0])})" if whole else months


def _months(quarter: str) -> tuple[str, str]:
    return _MONTHS[int(quarter[-1]) - 1]


def follows(later: Period, earlier: Period) -> bool:
    """Whether one begins the day after the other ends."""
    return later.begins - earlier.ends == timedelta(days=1)


def year_before(quarters: Sequence[str]) -> tuple[str, ...]:
    """The four quarters before the first of these, the newest first."""
    found, first = [], min(quarters)
    for _ in range(QUARTERS):
        year, number = int(first[:4]), int(first[-1])
        year, number = (year, number - 1) if number > 1 else (year - 1, QUARTERS)
        first = f"{year}-{(year + 1) % 100:02}/Q{number}"
        found.append(first)
    return tuple(found)
