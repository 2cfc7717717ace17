"""Figures as people paste them from a spreadsheet: what, value, day and source on each line."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from speakup.assurance.models import Indicator, Unit
from speakup.assurance.rules import USUAL_UNITS, fault
from speakup.kernel.days import read_day

MOST: Final = 200
LONGEST: Final = 200
"""Characters of a name or a source."""
_COLUMNS: Final = 4
_SHOWN: Final = 40
_VALUE = re.compile(r"£?\s?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s?(%?)")


class Wrong(StrEnum):
    """Why a line cannot be read."""

    COLUMNS = "columns"
    NAME = "name"
    VALUE = "value"
    DAY = "day"
    AHEAD = "ahead"
    SOURCE = "source"
    LONG = "long"
    SIZE = "size"
    PLACES = "places"
    WHOLE = "whole"
    SMALL = "small"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says."""

    indicator: Indicator
    name: str
    value: Decimal
    unit: Unit
    as_of: date
    source: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A line that cannot be read, by its number from one on; 0 for what is wrong with all of them."""

    line: int
    what: Wrong
    words: str = ""


@dataclass(frozen=True, slots=True)
class ReadLines:
    """What was read and what was not; where anything was not, nothing is to be kept."""

    lines: tuple[Line, ...]
    troubles: tuple[Trouble, ...]


def read_lines(text: str, names: Mapping[str, Indicator], today: date) -> ReadLines:
    """Read lines pasted from a spreadsheet, or parted by commas or semicolons.

    `names` are what indicators are called, in small letters; another name is a figure of its own. A first line in which
    there is no digit is a heading.
    """
    lines: list[Line] = []
    troubles: list[Trouble] = []
    for number, words in enumerate(text.splitlines(), 1):
        cells = [" ".join(each.split()) for each in _cells(words)]
        if not any(cells) or (number == 1 and not any(each.isdigit() for each in words)):
            continue
        read = _read(cells, names, today)
        if isinstance(read, Wrong):
            troubles.append(Trouble(number, read, " ".join(words.split())[:_SHOWN]))
        else:
            lines.append(read)
    if len(lines) > MOST:
        troubles.insert(0, Trouble(0, Wrong.MANY))
    return ReadLines(tuple(lines), tuple(troubles))


def _cells(words: str) -> Sequence[str]:
    delimiter = next((each for each in ("\t", ";") if each in words), ",")
    return next(csv.reader([words], delimiter=delimiter, skipinitialspace=True), [])


def _read(cells: Sequence[str], names: Mapping[str, Indicator], today: date) -> Line | Wrong:
    if len(cells) != _COLUMNS:
        return Wrong.COLUMNS
    name, typed, when, source = cells
    found, day = _VALUE.fullmatch(typed), read_day(when)
    if not name or not source:
        return Wrong.NAME if not name else Wrong.SOURCE
    if found is None or day is None:
        return Wrong.VALUE if found is None else Wrong.DAY
    if max(len(name), len(source)) > LONGEST or day.day > today:
        return Wrong.AHEAD if day.day > today else Wrong.LONG
    indicator = names.get(name.casefold(), Indicator.OTHER)
    unit = Unit.PERCENT if found[3] else USUAL_UNITS.get(indicator, Unit.NUMBER)
    value = Decimal(found[1].replace(",", "") + (found[2] or ""))
    wrong = fault(value, unit)
    if wrong:
        return Wrong(wrong)
    return Line(indicator, "" if indicator is not Indicator.OTHER else name, value, unit, day.day, source)
