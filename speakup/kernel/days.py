"""Days as people write them in a table: in the order of this country, in words, as a spreadsheet's number, or half.

`w/c 3rd March 21`, `03.03.21`, `3-Mar-2021`, `2021-03-03 00:00`, `44258` and `Wed 3/3/2021 2pm` are all one day.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_SERIAL_BEGINS = date(1899, 12, 30)
_SERIALS = range(29_221, 62_092)
"""What a spreadsheet counts for days from 1980 to 2069; other numbers are no days."""
_CENTURY = 69
"""Two digits below it are of this century."""
_EARLIEST, _LATEST = 1980, 2069
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_MONTH = (
    r"(?P<month_name>jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>[0-3]?\d)(?:\s?(?:st|nd|rd|th)\b)?"
_YEAR = r"(?:'|’)?(?P<year>\d{4}|\d{2})"
_SEPARATED = r"\s*[/.\-–]\s*"
_GAP = r"[\s,./\-–]*(?:of\s+)?"
_NOISE = re.compile(
    r"\b(?:week commencing|week beginning|week ending|wk commencing|w/c|wc|w/b|w/e|approx(?:imately)?|circa|c\.|about|"
    r"early|mid|late|from|on|raised|received|since|mon|tues?|wed|weds|wednes|thu|thurs?|fri|sat|satur|sun)(?:day)?\b"
    r"[.,:]?|[~?()\[\]]"
)
_TIME = re.compile(
    r"\b(?:at\s+)?(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?\s?(?:am|pm|hrs?|z)?\b|"
    r"\b1?\d(?:\.[0-5]\d)?\s?[ap]m\b|(?<=\s)[0-2]?\d\.[0-5]\d$"
)
_ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?=$|[t\s,;])")
_WHOLE: tuple[re.Pattern[str], ...] = (
    re.compile(rf"{_DAY}{_SEPARATED}(?P<month>[0-3]?\d){_SEPARATED}{_YEAR}(?!\d)"),
    re.compile(rf"{_DAY}\s+(?P<month>[0-3]?\d)\s+{_YEAR}(?!\d)"),
    re.compile(rf"{_DAY}{_GAP}{_MONTH}{_GAP}{_YEAR}(?!\d)"),
    re.compile(rf"{_MONTH}{_GAP}{_DAY}(?:\s*,\s*|\s+){_YEAR}(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>[0-3]\d)(?P<month>[01]\d)(?P<year>20\d\d)(?!\d)"),
)
_SPAN = re.compile(rf"{_DAY}\s*(?:-|–|to|and|&|/)\s*(?=[0-3]?\d(?:\s?(?:st|nd|rd|th))?[\s./\-–]*(?:of\s+)?{_MONTH})")
"""The first of two days of one month: 3-5 March 2021."""
_MONTH_AND_YEAR = (
    re.compile(rf"{_MONTH}{_GAP}(?:'|’)?(?P<year>\d{{4}}|\d{{2}})(?!\d)"),
    re.compile(r"(?<!\d)(?P<month>[01]?\d)\s?[/.\-]\s?(?P<year>20\d\d)(?!\d)"),
)
_WITHOUT_YEAR = (
    re.compile(rf"{_DAY}{_SEPARATED}(?P<month>[01]?\d)(?!\d)"),
    re.compile(rf"{_DAY}{_GAP}{_MONTH}"),
    re.compile(rf"{_MONTH}{_GAP}{_DAY}"),
)


@dataclass(frozen=True, slots=True)
class ReadDay:
    """A day that was read; `exact` is false where only its month was written, which is taken to be its first."""

    day: date
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Period:
    """What a sheet is about, by its name: from the first day to the last. It tells of which year a day is."""

    first: date
    last: date

    def holding(self, month: int, day: int) -> date | None:
        """Return this day of the period; None where it has none such."""
        found = (_made(year, month, day) for year in range(self.first.year, self.last.year + 1))
        return next((each for each in found if each and self.first <= each <= self.last), None)


def read_day(cell: object, period: Period | None = None) -> ReadDay | None:
    """Return the day a cell holds; None where nobody could tell which."""
    if isinstance(cell, list):
        return _from_text(str(cell[-1]), period)
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return _from_serial(float(cell))
    return _from_text(str(cell), period)


def period_of(name: str) -> Period | None:
    """Return what a sheet of this name is about: `2021-22`, `Q3 21/22`, `FY2122`, `2021`; None for others."""
    words = name.casefold()
    year = _financial_year(words)
    if year is None:
        plain = re.search(r"(?<!\d)(20[12]\d)(?!\d)", words)
        return Period(date(int(plain[1]), 1, 1), date(int(plain[1]), 12, 31)) if plain else None
    quarter = re.search(r"\bq(?:uarter|tr)?\s?([1-4])\b", words)
    if quarter is None:
        return Period(date(year, 4, 1), date(year + 1, 3, 31))
    first = date(year, 4, 1)
    for _ in range(int(quarter[1]) - 1):
        first = (first + timedelta(days=93)).replace(day=1)
    return Period(first, (first + timedelta(days=93)).replace(day=1) - timedelta(days=1))


def _financial_year(words: str) -> int | None:
    for pattern in (r"(?<!\d)(?:20)?(\d\d)\s?[-/–_ ]\s?(?:20)?(\d\d)(?!\d)", r"\bfy\s?(\d\d)(\d\d)\b"):
        for first, second in re.findall(pattern, words):
            if int(second) == int(first) + 1:
                return 2000 + int(first)
    return None


def _from_serial(number: float) -> ReadDay | None:
    whole = int(number)
    return ReadDay(_SERIAL_BEGINS + timedelta(days=whole)) if whole in _SERIALS else None


def _from_text(text: str, period: Period | None) -> ReadDay | None:
    plain = " ".join(text.casefold().split())
    if re.fullmatch(r"\d{5}(?:\.\d+)?", plain):
        return _from_serial(float(plain))
    iso = _ISO.search(plain)
    if iso is not None:
        return _exactly(_of(iso, period))
    plain = " ".join(_NOISE.sub(" ", _TIME.sub(" ", plain)).split())
    ways: tuple[Callable[[str, Period | None], ReadDay | None], ...] = (
        _spanning,
        _whole,
        _month_of,
        _yearless,
        _month_alone,
    )
    return next((found for way in ways if (found := way(plain, period))), None)


def _spanning(plain: str, period: Period | None) -> ReadDay | None:
    """Read the first of two days that share a month: what follows the first is the rest of its date."""
    found = _SPAN.match(plain)
    rest = _whole(plain[found.end() :], period) if found else None
    first = _made(rest.day.year, rest.day.month, int(found["day"])) if found and rest else None
    return ReadDay(first) if first else None


def _whole(plain: str, period: Period | None) -> ReadDay | None:
    found = [match for pattern in _WHOLE for match in pattern.finditer(plain)]
    days = (_of(match, period) for match in sorted(found, key=lambda match: match.start()))
    return _exactly(next((day for day in days if day), None))


def _month_of(plain: str, period: Period | None) -> ReadDay | None:
    """Read a month of the period: `Mar 21` is a day of another year's sheet, and a month of this one's."""
    found = _month_alone(plain, period)
    return found if found and period and period.first <= found.day <= period.last else None


def _month_alone(plain: str, _period: Period | None) -> ReadDay | None:
    for pattern in _MONTH_AND_YEAR:
        found = pattern.fullmatch(plain)
        if found and (day := _made(_year(found["year"]), _month(found), 1)):
            return ReadDay(day, exact=False)
    return None


def _yearless(plain: str, period: Period | None) -> ReadDay | None:
    if period is None:
        return None
    found = (pattern.fullmatch(plain) for pattern in _WITHOUT_YEAR)
    days = (period.holding(_month(match), int(match["day"])) for match in found if match)
    return _exactly(next((day for day in days if day), None))


def _of(match: re.Match[str], _period: Period | None) -> date | None:
    year, month, day = _year(match["year"]), _month(match), int(match["day"])
    # A month above twelve is none: then somebody's computer wrote it in the American order.
    return _made(year, month, day) or (_made(year, day, month) if "month_name" not in match.re.groupindex else None)


def _exactly(day: date | None) -> ReadDay | None:
    return ReadDay(day) if day else None


def _year(written: str) -> int:
    number = int(written)
    if len(written) > 2:  # noqa: PLR2004 -- four digits are the year itself
        return number
    return 2000 + number if number < _CENTURY else 1900 + number


def _month(match: re.Match[str]) -> int:
    groups = match.groupdict()
    return _MONTHS[groups["month_name"][:3]] if groups.get("month_name") else int(groups["month"])


def _made(year: int, month: int, day: int) -> date | None:
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
