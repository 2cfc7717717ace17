"""Values of a measure as people type or paste them: a day and a number on each line, or numbers alone.

`Jan 2026<tab>1,234`, `03/01/2026, 12.5`, `2026-01-03; 7%` and `12` are read; what cannot be is said, line by line.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from speakup.kernel.days import read_day

MOST_FIGURES = 400
PLACES = 4
"""Digits after the point that are kept."""
LARGEST = Decimal(10) ** 12
_SHOWN = 40
"""Characters of a line that are said back."""
_PERIOD_MONTHS = {"month": 1, "quarter": 3}
_NUMBER = re.compile(r"([-+\u2212]?)\s?£?(\d{1,3}(?:[, ]\d{3})+|\d+|(?=\.\d))(\.\d+)?\s?%?")
_GAP = re.compile(r"[;,:]\s*|\s+")


class Every(StrEnum):
    """How far apart values are whose days were not written."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class Wrong(StrEnum):
    """Why a line cannot be read."""

    NO_NUMBER = "no number"
    NO_DAY = "no day"
    DAY_MISSING = "day missing"
    """Other lines have one."""
    COLUMNS = "columns"
    TWICE = "twice"
    AHEAD = "ahead"
    SIZE = "size"
    PLACES = "places"
    MANY = "many"
    FIRST_MISSING = "first missing"
    """No line has a day, and it was not said which the first one is."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One value and its day; for a month or a quarter, the first of it."""

    on: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class Trouble:
    """A line that cannot be read, by its number, from one on; 0 for what is wrong with all of them."""

    line: int
    what: Wrong
    words: str = ""


@dataclass(frozen=True, slots=True)
class ReadFigures:
    """What was read, oldest first, and what was not; where anything was not, nothing is to be kept."""

    figures: tuple[Figure, ...]
    troubles: tuple[Trouble, ...]
    heading: str = ""
    """The first line, where it is the name of a column."""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    words: str
    on: date | None
    value: Decimal


def read_figures(text: str, today: date, first: date | None = None, every: Every = Every.MONTH) -> ReadFigures:
    """Read values; `first` and `every` say which days they are for where no line has one."""
    lines: list[_Line] = []
    troubles: list[Trouble] = []
    heading = ""
    for number, words in enumerate(text.split("\n"), 1):
        read = _read_line(number, words)
        if isinstance(read, _Line):
            lines.append(read)
        elif read is not None and not (lines or troubles or heading) and _may_be_heading(words):
            heading = " ".join(words.split())
        elif read is not None:
            troubles.append(read)
    figures, wrong = _dated(lines, first, every)
    troubles += wrong or list(_troubles_of(lines, figures, today))
    figures.sort(key=lambda each: each.on)
    return ReadFigures(tuple(figures), tuple(sorted(troubles, key=lambda each: each.line)), heading)


def written(figures: Sequence[Figure]) -> str:
    """Write values as they can be read again."""
    return "\n".join(f"{each.on:%d/%m/%Y}, {each.value:f}" for each in figures)


def _read_line(number: int, words: str) -> _Line | Trouble | None:
    """Read one line; None for one that says nothing, such as a month that has no value yet."""
    cells = [" ".join(each.split()) for each in _cells(words)]
    shown = " ".join(words.split())[:_SHOWN]
    if not any(cells):
        return None
    if len(cells) == 1:
        pair = _apart(cells[0])
        if pair is None:
            return Trouble(number, Wrong.NO_NUMBER, shown)
        day, value = pair
        return _Line(number, shown, day, value)
    return _read_cells(number, shown, cells)


def _read_cells(number: int, shown: str, cells: Sequence[str]) -> _Line | Trouble | None:
    first, second = cells[0], cells[1]
    if any(cells[2:]):
        return Trouble(number, Wrong.COLUMNS, shown)
    found = read_day(first) if first else None
    if not second:
        return None if found else Trouble(number, Wrong.NO_NUMBER, shown)
    value = _number(second)
    if value is None:
        return Trouble(number, Wrong.NO_NUMBER, shown)
    if first and found is None:
        return Trouble(number, Wrong.NO_DAY, shown)
    return _Line(number, shown, found.day if found else None, value)


def _cells(words: str) -> Sequence[str]:
    """Split a line where a spreadsheet would; a line without its signs is one cell."""
    if "\t" in words:
        return words.split("\t")
    if '"' in words:
        return next(csv.reader([words.replace("\0", "")], skipinitialspace=True), [])
    return [words]


def _apart(words: str) -> tuple[date | None, Decimal] | None:
    """Read one cell: a number, or a day with a number after it."""
    value = _number(words)
    if value is not None:
        return None, value
    for gap in _GAP.finditer(words):
        value = _number(words[gap.end() :])
        found = read_day(words[: gap.start()]) if value is not None else None
        if found is not None and value is not None:
            return found.day, value
    return None


def _number(words: str) -> Decimal | None:
    found = _NUMBER.fullmatch(words.strip())
    if found is None:
        return None
    sign, whole, part = found[1].replace("\u2212", "-"), found[2].replace(",", "").replace(" ", ""), found[3] or ""
    return Decimal(f"{sign}{whole or 0}{part}") if (whole + part).isascii() else None


def _may_be_heading(words: str) -> bool:
    """Say whether a line that cannot be read names columns; one that begins with a day or a number does not."""
    plain = " ".join(words.split())
    begins = [plain[: gap.start()] for gap in _GAP.finditer(plain)]
    return bool(plain) and not plain[0].isdigit() and not any(read_day(each) for each in begins if each)


def _dated(lines: Sequence[_Line], first: date | None, every: Every) -> tuple[list[Figure], list[Trouble]]:
    """Give each value its day."""
    without = [each for each in lines if each.on is None]
    if without and len(without) < len(lines):
        return [], [Trouble(each.number, Wrong.DAY_MISSING, each.words) for each in without]
    if without and first is None:
        return [], [Trouble(0, Wrong.FIRST_MISSING)]
    if without and first is not None:
        days = _days(first, every, len(lines))
        return [Figure(day, each.value) for day, each in zip(days, lines, strict=True)], []
    return [Figure(each.on, each.value) for each in lines if each.on is not None], []


def _days(first: date, every: Every, count: int) -> Iterator[date]:
    months = _PERIOD_MONTHS.get(every.value)
    for number in range(count):
        if months is None:
            yield first + timedelta(weeks=number)
        else:
            passed = first.month - 1 + number * months
            yield date(first.year + passed // 12, passed % 12 + 1, 1)


def _troubles_of(lines: Sequence[_Line], figures: Sequence[Figure], today: date) -> Iterator[Trouble]:
    if len(figures) > MOST_FIGURES:
        yield Trouble(0, Wrong.MANY, str(len(figures)))
    seen: set[date] = set()
    for line, figure in zip(lines, figures, strict=True):
        what = _wrong_with(figure, seen, today)
        seen.add(figure.on)
        if what is not None:
            yield Trouble(line.number, what, line.words)


def _wrong_with(figure: Figure, seen: set[date], today: date) -> Wrong | None:
    if abs(figure.value) >= LARGEST:
        return Wrong.SIZE
    if -int(figure.value.as_tuple().exponent) > PLACES:
        return Wrong.PLACES
    if figure.on > today:
        return Wrong.AHEAD
    return Wrong.TWICE if figure.on in seen else None
