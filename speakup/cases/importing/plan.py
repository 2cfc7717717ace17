"""What would come in of a log, and what would not, row by row: made from the file, and from what somebody chose."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from speakup.cases.importing import values
from speakup.cases.importing.columns import (
    BOTH,
    ONCE,
    TICK,
    VALUED,
    Column,
    Role,
    guessed,
    naming_elements_too,
    plain_title,
    read_as,
    role_of,
)
from speakup.cases.importing.layout import Layout, Row, Skipped, layout_of, rows_of, words_of
from speakup.cases.models import HowRaised
from speakup.gateways.documents import Sheet
from speakup.kernel.days import Period, ReadDay, period_of, read_day
from speakup.vocabulary import NOT_KNOWN, CodeSet

LONGEST = 50_000
"""Characters of one text, as everywhere in a case."""
_SHORT = 20
"""Characters up to which a cell is looked at as a day when two rows are compared."""
_TITLE = 60
_SAMPLES = 3
_LOOKED_AT = 300
"""Cells of a column by which it is told what stands in it."""
_DETRIMENT, _BEHAVIOURS = "detriment", "other_behaviours"
SETS: Mapping[Column, CodeSet] = {
    Column.ELEMENTS: CodeSet.ELEMENT,
    Column.GROUP: CodeSet.WORKER_GROUP,
    Column.HOW: CodeSet.HOW_RAISED,
    Column.ROUTE: CodeSet.ROUTE,
    Column.OUTCOME: CodeSet.OUTCOME,
    Column.THEMES: CodeSet.THEME,
    Column.AGAIN: CodeSet.FEEDBACK,
}
"""From which list the words of a column are coded."""


class LeftOut(StrEnum):
    """Why a row does not come in."""

    TOTALS = "totals"
    HEADING = "heading"
    NO_DAY = "no day"
    FUTURE = "in the future"
    TOO_LONG = "too long"
    COPY = "a copy"
    TWICE = "twice"
    """Word for word the same, under one reference: that is no second person."""
    KNOWN = "known"
    CHANGED = "known, and changed"
    HERE = "a case here"
    """It has the reference of a case of this program: the log was taken out of it."""


class Doubt(StrEnum):
    """What was taken to be so, where the log does not quite say."""

    MONTH_ONLY = "month only"
    CLOSED_FIRST = "closed first"
    NO_CLOSING_DAY = "no closing day"
    OPEN_WITH_CLOSING_DAY = "open with closing day"
    LATER_DAY = "later day"
    SAME_REFERENCE = "same reference"
    NOT_CODED = "not coded"
    OPEN_WITH_ANSWER = "open with answer"


class Lacks(StrEnum):
    """What has to be put right before anything can be made of a log."""

    SHEET = "a sheet"
    """None is chosen."""
    DAY = "a day"
    """No column, of any sheet or of the one that is named, holds the day it was raised."""
    ONE_COLUMN = "one column"
    """Two of a sheet are taken for the same."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """One thing to be put right, and where."""

    what: Lacks
    sheet: str = field(default="", repr=False)
    column: Column | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """A file as it was read. Its name and everything in it is content."""

    name: str = field(repr=False)
    sheets: Sequence[Sheet] = field(repr=False)
    formulas: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody corrected. What is not in here stands as it was guessed."""

    sheets: frozenset[int] | None = None
    """Which sheets are brought in, counted from nought; None for all that are not hidden."""
    headings: Mapping[int, int] = field(default_factory=dict)
    """By sheet: the number of the row in which its headings end."""
    columns: Mapping[str, Role] = field(default_factory=dict, repr=False)
    """By `plain_title`."""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    """By `Value.token`: the key that these words mean, or nothing for words that stay words."""
    copies: bool = False
    """Whether rows that are word for word the same are several people, and no copies."""

    def plain(self) -> dict[str, Any]:
        """As it is kept, sealed."""
        return {
            "sheets": None if self.sheets is None else sorted(self.sheets),
            "headings": {str(sheet): row for sheet, row in self.headings.items()},
            "columns": dict(self.columns),
            "values": dict(self.values),
            "copies": self.copies,
        }

    @classmethod
    def from_plain(cls, said: Mapping[str, Any]) -> "Choices":
        """Read what was kept."""
        sheets = None if said["sheets"] is None else frozenset(said["sheets"])
        headings = {int(sheet): int(row) for sheet, row in said["headings"].items()}
        return cls(sheets, headings, dict(said["columns"]), dict(said["values"]), bool(said["copies"]))


@dataclass(frozen=True, slots=True)
class Lists:
    """What words can be turned into. Each list of codes stands as it was between two changes of it, oldest first."""

    codes: Mapping[CodeSet, Sequence[tuple[date, Mapping[str, str]]]]
    directorates: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, str] = field(default_factory=dict)

    def era(self, column: Column, day: date) -> int:
        """Say which version of the column's list was in force; before there was any, the first one is gone by."""
        begun = [number for number, (first, _) in enumerate(self.eras(column)) if first <= day]
        return begun[-1] if begun else 0

    def offered(self, column: Column, era: int) -> Mapping[str, str]:
        """Return what may be chosen, by key."""
        return self.eras(column)[era][1]

    def begins(self, column: Column, era: int) -> date | None:
        """Return from when on a version is in force; None for the first."""
        return self.eras(column)[era][0] if era else None

    def ends(self, column: Column, era: int) -> date | None:
        """Return from when on another is; None for the newest."""
        versions = self.eras(column)
        return versions[era + 1][0] if era + 1 < len(versions) else None

    def known(self, column: Column) -> values.Known:
        """Return what says of words whether some version of the column's list has them."""
        return values.knows(column, [offered for _, offered in self.eras(column)])

    def eras(self, column: Column) -> Sequence[tuple[date, Mapping[str, str]]]:
        """Return each version of the column's list: from when on, and what may be chosen, by key."""
        if column is Column.DIRECTORATE:
            return ((date.min, self.directorates),)
        if column is Column.SITE:
            return ((date.min, self.sites),)
        if column is Column.STATE:
            return ((date.min, {values.OPEN: values.OPEN, values.CLOSED: values.CLOSED}),)
        return self.codes[SETS[column]]


@dataclass(frozen=True, slots=True)
class Known:
    """What came in before: the fingerprints of its rows, and the log's own references; and what is here anyway."""

    fingerprints: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()
    """The references of the cases themselves, however they came in."""


@dataclass(frozen=True, slots=True)
class TitledColumn:
    """A column as it is shown to be corrected."""

    title: str = field(repr=False)
    role: Role
    samples: Sequence[str] = field(repr=False)
    filled: int
    """Rows in which something stands in it."""
    sheets: Sequence[int] = ()
    """The places of the chosen sheets that have it."""

    @property
    def token(self) -> str:
        """What a page names it by."""
        return _token(plain_title(self.title))


@dataclass(frozen=True, slots=True)
class Value:
    """Words of one column, among the rows of the days of one version of a list."""

    column: Column
    era: int
    words: str = field(repr=False)
    """As they stand where they come first."""
    rows: int
    key: str
    """What they are turned into; empty where they stay words."""
    settled: bool
    """Somebody, or the program, could tell what they mean."""

    @property
    def token(self) -> str:
        """What a page, and the choice made, names it by."""
        return value_token(self.column, self.era, self.words)


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """One case that would come in."""

    sheet: str = field(repr=False)
    row: int
    raised_on: date
    fingerprint: str = field(repr=False)
    reference: str = field(repr=False)
    closed: bool
    closed_on: date | None
    acknowledged_on: date | None
    told_on: date | None
    how: HowRaised
    raised_anonymously: bool
    route: str
    elements: frozenset[str]
    coded: bool
    detriment: bool | None
    worker_group: str
    job: str = field(repr=False)
    directorate: str
    site: str
    themes: frozenset[str]
    outcome: str
    name: str = field(repr=False)
    contact: str = field(repr=False)
    story: str = field(repr=False)
    title: str = field(repr=False)
    summary: str = field(repr=False)
    notes: Sequence[tuple[str, str]] = field(repr=False)
    """Title of the column, and what stands in it."""
    asked_again: bool = False
    """Somebody asked whether they would speak up again."""
    again: str = ""
    """What they answered, by the key of its list."""
    doubts: frozenset[Doubt] = frozenset()


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """One row that does not come in."""

    sheet: str = field(repr=False)
    row: int
    why: LeftOut


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A sheet as it is shown to be corrected."""

    place: int
    name: str = field(repr=False)
    hidden: bool
    chosen: bool
    headings_end: int
    rows: int


@dataclass
class Reading:
    """A log with what was chosen so far. Each part is worked out when it is asked for."""

    log: Log
    choices: Choices
    lists: Lists
    today: date
    _guesses: dict[str, str | None] = field(default_factory=dict, repr=False)

    @property
    def sheets(self) -> list[SheetLine]:
        """List every sheet, chosen or not."""
        return [
            SheetLine(place, sheet.name, sheet.hidden, self._is_chosen(place), layout.headings_end, len(rows))
            for place, (sheet, layout, rows) in enumerate(self._all_sheets())
        ]

    @property
    def columns(self) -> list[TitledColumn]:
        """List the columns of the chosen sheets; one title is one column, in however many sheets."""
        by_sheet = self._by_sheet().items()
        return [
            TitledColumn(
                title,
                self.roles()[title],
                self._samples(title),
                len(cells),
                [place for place, titles in by_sheet if title in titles],
            )
            for title, cells in self._cells().items()
        ]

    def lacking(self) -> list[Lacking]:
        """Say what has to be put right before anything can be made of the log."""
        if not any(each.chosen for each in self.sheets):
            return [Lacking(Lacks.SHEET)]
        sheets, columns = [each for each in self.sheets if each.chosen and each.rows], self.columns
        found = {sheet.place: [each.role for each in columns if sheet.place in each.sheets] for sheet in sheets}
        without = [each.name for each in sheets if Column.RAISED not in found[each.place]]
        if len(without) == len(sheets):
            without = [""]
        twice = {role for roles in found.values() for role in roles if role in ONCE and roles.count(role) > 1}
        return [
            *(Lacking(Lacks.DAY, each) for each in without),
            *(Lacking(Lacks.ONE_COLUMN, column=Column(each)) for each in sorted(twice)),
        ]

    def roles(self) -> dict[str, Role]:
        """Say of each title, in every spelling, what it is about: as it was chosen, or as it is guessed."""
        if not self._roles:
            self._roles = self._found_roles()
        return self._roles

    @cached_property
    def numbering(self) -> frozenset[str]:
        """The titles of columns that only number the rows, or add them up."""
        return frozenset(title for title in self.roles() if role_of(title) is Column.IGNORED)

    _roles: dict[str, Role] = field(default_factory=dict, repr=False)

    def _found_roles(self) -> dict[str, Role]:
        cells = self._cells()
        days = {title: _share(each, _is_day) for title, each in cells.items()}
        ticks = {
            title: _share(each, lambda cell: values.says_yes(words_of(cell)) is not None)
            for title, each in cells.items()
        }
        again = {title: _share(each, lambda cell: values.says_again(words_of(cell))) for title, each in cells.items()}
        sheets = [list(each) for each in self._by_sheet().values()]
        found = {plain_title(title): role for title, role in guessed(sheets, days, ticks, again).items()}
        # What a page said is a word; what is asked for below is one of the kinds.
        chosen = self.choices.columns.items()
        found.update({title: role if role.startswith(TICK) else Column(role) for title, role in chosen})
        for title in naming_elements_too(found, self._naming_elements(cells)):
            if title not in self.choices.columns:
                found[title] = Column.THEMES_AND_ELEMENTS
        spelt = {title for _, layout, _rows in self._all_sheets() for title in layout.titles.values()}
        return {title: found.get(plain_title(title), Column.IGNORED) for title in spelt}

    def _naming_elements(self, cells: Mapping[str, Sequence[Any]]) -> dict[str, float]:
        """Say of each column of themes which share of its cells names an element."""
        known = self.lists.known(Column.ELEMENTS)
        return {
            plain_title(title): _share(each, lambda cell: any(map(known, values.split(words_of(cell), known))))
            for title, each in cells.items()
            if role_of(title) is Column.THEMES
        }

    def coded_words(self) -> list[Value]:
        """List the words of every column that is coded: what nobody could tell first, then by rows."""
        counted: Counter[tuple[Column, int, str]] = Counter()
        first: dict[tuple[Column, int, str], str] = {}
        for column, era, words in self._words():
            said = (column, era, values.plain(words))
            counted[said] += 1
            first.setdefault(said, words)
        found = [
            self._value(column, era, first[column, era, said], rows) for (column, era, said), rows in counted.items()
        ]
        return sorted(found, key=lambda each: (each.settled, VALUED.index(each.column), -each.rows, each.words))

    def days(self) -> list[date]:
        """Return every day on which what the log speaks of was raised."""
        roles = self.roles()
        found = (raised_in(row, roles, period_of(sheet.name)) for sheet, row in self.rows() if not row.skipped)
        return [each.day for each in found if each]

    def plan(self, known: Known = Known()) -> "Plan":
        """Say what would come in, and what would not."""
        return Plan(*_sorted_out(self, known), self.choices)

    # What the rows say

    def rows(self) -> Iterator[tuple[Sheet, Row]]:
        """Give the rows of every chosen sheet."""
        for place, (sheet, _, rows) in enumerate(self._all_sheets()):
            if self._is_chosen(place):
                yield from ((sheet, row) for row in rows)

    def key_of(self, column: Column, day: date, words: str) -> str | None:
        """Return what these words are turned into on that day; None where they stay words."""
        era = self.lists.era(column, day)
        chosen = self.choices.values.get(value_token(column, era, words))
        if chosen is not None:
            return chosen if chosen in self.lists.offered(column, era) else None
        return self._guess(column, era, words)

    def parts_of(self, column: Column, words: str) -> list[str]:
        """Part the words of a cell, where the column may name several things."""
        return values.split(words, self._knows(column)) if column in values.SEVERAL else [words]

    def is_told_otherwise(self, column: Column, words: str) -> bool:
        """Say whether words that are no element are a theme, or the other way, where one column names both."""
        roles = self.roles().values()
        if column not in BOTH or column in roles or Column.THEMES_AND_ELEMENTS not in roles:
            return False
        return any(self._knows(each)(words) for each in BOTH if each is not column)

    def _guess(self, column: Column, era: int, words: str) -> str | None:
        token = value_token(column, era, words)
        if token not in self._guesses:
            self._guesses[token] = values.guess(column, words, self.lists.offered(column, era))
        return self._guesses[token]

    def _knows(self, column: Column) -> values.Known:
        return lambda words: any(
            self._guess(column, era, words) is not None or value_token(column, era, words) in self.choices.values
            for era in range(len(self.lists.eras(column)))
        )

    def _value(self, column: Column, era: int, words: str, rows: int) -> Value:
        token = value_token(column, era, words)
        guess = self._guess(column, era, words)
        return Value(
            column,
            era,
            words,
            rows,
            self.choices.values.get(token, guess or ""),
            settled=token in self.choices.values or guess is not None or self.is_told_otherwise(column, words),
        )

    def _words(self) -> Iterator[tuple[Column, int, str]]:
        roles = self.roles()
        for sheet, row in self.rows():
            day = None if row.skipped else raised_in(row, roles, period_of(sheet.name))
            if day is None:
                continue
            named = ((column, title, cell) for title, cell in row.cells.items() for column in read_as(roles[title]))
            for column, title, cell in named:
                for part in self.parts_of(column, _asked_in_title(column, title, words_of(cell))):
                    if not _says_nothing(column, part):
                        yield column, self.lists.era(column, day.day), part

    # How the sheets lie

    def _all_sheets(self) -> Sequence[tuple[Sheet, Layout, list[Row]]]:
        key = repr(sorted(self.choices.headings.items()))
        if self._laid_out[0] != key:
            self._laid_out = (key, [self._laid(place, sheet) for place, sheet in enumerate(self.log.sheets)])
        return self._laid_out[1]

    _laid_out: tuple[str, list[tuple[Sheet, Layout, list[Row]]]] = field(default=("", []), repr=False)

    def _laid(self, place: int, sheet: Sheet) -> tuple[Sheet, Layout, list[Row]]:
        layout = layout_of(sheet, self.choices.headings.get(place))
        return sheet, layout, list(rows_of(sheet, layout))

    def _is_chosen(self, place: int) -> bool:
        if self.choices.sheets is not None:
            return place in self.choices.sheets
        sheet, layout, rows = self._all_sheets()[place]
        return not sheet.hidden and bool(rows) and (len(self.log.sheets) == 1 or _looks_like_a_log(layout))

    def _cells(self) -> dict[str, list[Any]]:
        """Return what stands in each column, under the first spelling of its title."""
        if not self._gathered:
            spelt: dict[str, str] = {}
            for place, (_, layout, _rows) in enumerate(self._all_sheets()):
                for title in layout.titles.values() if self._is_chosen(place) else ():
                    self._gathered.setdefault(spelt.setdefault(plain_title(title), title), [])
            for _, row in self.rows():
                for title, cell in row.cells.items() if not row.skipped else ():
                    self._gathered[spelt[plain_title(title)]].append(cell)
            self._gathered = {title: cells for title, cells in self._gathered.items() if cells}
        return self._gathered

    _gathered: dict[str, list[Any]] = field(default_factory=dict, repr=False)

    def _by_sheet(self) -> dict[int, list[str]]:
        """Return which of these columns each chosen sheet with rows has, by the place of the sheet."""
        spelt = {plain_title(title): title for title in self._cells()}
        placed = enumerate(self._all_sheets())
        return {
            place: [spelt[plain_title(title)] for title in layout.titles.values() if plain_title(title) in spelt]
            for place, (_, layout, rows) in placed
            if rows and self._is_chosen(place)
        }

    def _samples(self, title: str) -> list[str]:
        return list(dict.fromkeys(" ".join(words_of(cell).split())[:80] for cell in self._cells()[title]))[:_SAMPLES]


@dataclass(frozen=True)
class Plan:
    """What would come in, in the order of the log, and what would not."""

    cases: Sequence[PlannedCase] = field(repr=False)
    left_out: Sequence[LeftOutRow] = field(repr=False)
    choices: Choices = field(repr=False)

    @cached_property
    def open(self) -> int:
        """How many of them are open."""
        return sum(not each.closed for each in self.cases)

    @property
    def without_elements(self) -> bool:
        """Whether cases come in and not one has an element: then it is likelier that the log was misread."""
        return bool(self.cases) and not any(each.elements for each in self.cases)

    @cached_property
    def left_out_for(self) -> Mapping[LeftOut, list[LeftOutRow]]:
        """The rows that stay out, by why."""
        return {why: rows for why in LeftOut if (rows := [each for each in self.left_out if each.why is why])}

    @cached_property
    def doubted(self) -> Mapping[Doubt, list[PlannedCase]]:
        """The cases of which something was taken to be so, by what."""
        return {doubt: found for doubt in Doubt if (found := [each for each in self.cases if doubt in each.doubts])}

    @cached_property
    def by_year(self) -> Mapping[int, int]:
        """How many there are of each financial year, by the year it began in."""
        return dict(sorted(Counter(financial_year(each.raised_on) for each in self.cases).items()))


def financial_year(day: date) -> int:
    """Return the year in which the financial year of a day began."""
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


def value_token(column: Column, era: int, words: str) -> str:
    """Name the words of a column in a version of its list."""
    return _token(f"{column.value}|{era}|{values.plain(words)}")


def raised_in(row: Row, roles: Mapping[str, Role], period: Period | None) -> ReadDay | None:
    """Return the day on which what a row is about was raised."""
    cells = (cell for title, cell in row.cells.items() if roles.get(title) is Column.RAISED)
    return next((day for cell in cells if (day := read_day(cell, period))), None)


def fingerprint(row: Row, numbering: Collection[str] = ()) -> str:
    """Return what a row comes to, wherever in whatever file it stands, but for the titles of columns that number rows.

    It is kept inside what is sealed, and nowhere else: whoever guesses at a row can hold it against nothing.
    """
    return _digest(
        sorted((plain_title(title), _compared(cell)) for title, cell in row.cells.items() if title not in numbering)
    )


def _digest(said: Any) -> str:  # noqa: ANN401 -- whatever JSON holds
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _compared(cell: Any) -> str:  # noqa: ANN401 -- whatever a cell holds
    words = words_of(cell)
    day = read_day(cell) if len(words) <= _SHORT and any(each.isdigit() for each in words) else None
    return day.day.isoformat() if day and day.exact else values.plain(words)


def _sorted_out(reading: Reading, known: Known) -> tuple[list[PlannedCase], list[LeftOutRow]]:
    found, out = list[PlannedCase](), list[LeftOutRow]()
    met: Counter[str] = Counter()
    references: Counter[str] = Counter()
    roles = reading.roles()
    for sheet, row in reading.rows():
        planned = _planned(reading, roles, sheet, row, met, known)
        if isinstance(planned, LeftOut):
            out.append(LeftOutRow(sheet.name, row.number, planned))
        else:
            references[values.plain(planned.reference)] += 1
            found.append(planned)
    doubled = {each for each, times in references.items() if each and times > 1}
    return [
        _doubting(each, Doubt.SAME_REFERENCE) if values.plain(each.reference) in doubled else each for each in found
    ], out


def _doubting(planned: PlannedCase, doubt: Doubt) -> PlannedCase:
    return replace(planned, doubts=planned.doubts | {doubt})


def _planned(
    reading: Reading, roles: Mapping[str, Role], sheet: Sheet, row: Row, met: Counter[str], known: Known
) -> PlannedCase | LeftOut:
    period = period_of(sheet.name)
    raised = raised_in(row, roles, period)
    if row.skipped or raised is None:
        return _NONE_OF_A_CASE[row.skipped] if row.skipped else LeftOut.NO_DAY
    if raised.day > reading.today:
        return LeftOut.FUTURE
    base = fingerprint(row, reading.numbering)
    met[base] += 1
    cells = _ByRole(reading, roles, row, raised.day, period)
    mark = _digest([base, met[base]])
    why = _why_not(cells, mark, known, is_copy=met[base] > 1)
    return why or _case(cells, sheet, mark, raised)


_NONE_OF_A_CASE = {Skipped.TOTALS: LeftOut.TOTALS, Skipped.HEADING: LeftOut.HEADING}


def _why_not(cells: "_ByRole", mark: str, known: Known, *, is_copy: bool) -> LeftOut | None:
    """Say why a row with a day does not come in; None where it does."""
    if any(len(words_of(cell)) > LONGEST // 2 for cell in cells.row.cells.values()):
        return LeftOut.TOO_LONG
    reference = values.plain(cells.words(Column.REFERENCE))
    if mark in known.fingerprints:
        return LeftOut.KNOWN
    if reference in known.cases:
        return LeftOut.HERE
    if is_copy and (reference or not cells.reading.choices.copies):
        return LeftOut.TWICE if reference else LeftOut.COPY
    return LeftOut.CHANGED if reference and reference in known.references else None


@dataclass(frozen=True, slots=True)
class _ByRole:
    """A row's cells, asked by what they are about."""

    reading: Reading
    roles: Mapping[str, Role]
    row: Row
    day: date
    period: Period | None

    def of(self, role: Role) -> Iterator[tuple[str, Any]]:
        roles = (role, Column.THEMES_AND_ELEMENTS) if role in BOTH else (role,)
        return ((title, cell) for title, cell in self.row.cells.items() if self.roles[title] in roles)

    def words(self, column: Column) -> str:
        return next((words_of(cell) for _, cell in self.of(column)), "")

    def text(self, column: Column) -> str:
        """Return what stands in the columns of this kind; where there are several, each under its title."""
        held = [(title, words_of(cell)) for title, cell in self.of(column)]
        return held[0][1] if len(held) == 1 else "\n\n".join(f"{title}: {words}" for title, words in held)

    def key(self, column: Column) -> str:
        title, cell = next(self.of(column), ("", None))
        words = _asked_in_title(column, title, words_of(cell))
        return (self.reading.key_of(column, self.day, words) or "") if words else ""

    def keys(self, column: Column) -> tuple[frozenset[str], bool]:
        """Return the codes of what a cell names, and whether something in it stays words."""
        parts = [part for _, cell in self.of(column) for part in self.reading.parts_of(column, words_of(cell))]
        keys = {part: self.reading.key_of(column, self.day, part) for part in parts if not values.says_none(part)}
        words_only = (part for part, key in keys.items() if not key)
        return frozenset(key for key in keys.values() if key), any(
            not self.reading.is_told_otherwise(column, part) for part in words_only
        )

    def ticked(self) -> Iterator[str]:
        """Give the elements whose own columns are ticked, as the list of that day has them."""
        column = Column.ELEMENTS
        offered = self.reading.lists.offered(column, self.reading.lists.era(column, self.day))
        for title, cell in self.row.cells.items():
            role = self.roles[title]
            if role.startswith(TICK) and values.says_yes(words_of(cell)):
                key: str | None = role.removeprefix(TICK)
                if key not in offered:
                    key = values.guess(column, "behaviours" if key == _BEHAVIOURS else title, offered)
                if key:
                    yield key

    def later_day(self, column: Column) -> tuple[date | None, bool]:
        """Return a day that is not before it was raised nor still to come, and whether another was written."""
        found = next((day for _, cell in self.of(column) if (day := read_day(cell, self.period))), None)
        if found is None:
            return None, False
        fits = self.day <= found.day <= self.reading.today
        return (found.day if fits else None), not fits


def _case(cells: _ByRole, sheet: Sheet, mark: str, raised: ReadDay) -> PlannedCase:
    doubts = {Doubt.MONTH_ONLY} if not raised.exact else set[Doubt]()
    closed, closed_on = _closing(cells, doubts)
    acknowledged_on, told_on = (_day(cells, column, doubts) for column in (Column.ACKNOWLEDGED, Column.TOLD))
    elements, uncoded = cells.keys(Column.ELEMENTS)
    elements |= set(cells.ticked())
    detriment = _said(cells.words(Column.DETRIMENT))
    if detriment and _DETRIMENT in cells.reading.lists.offered(
        Column.ELEMENTS, cells.reading.lists.era(Column.ELEMENTS, cells.day)
    ):
        elements |= {_DETRIMENT}
    if uncoded:
        doubts.add(Doubt.NOT_CODED)
    asked_again, again = _speaking_up_again(cells, doubts, closed=closed)
    name, how, anonymously = _person(cells)
    story, title = cells.text(Column.STORY), cells.words(Column.TITLE)
    return PlannedCase(
        sheet=sheet.name, row=cells.row.number, raised_on=raised.day, fingerprint=mark,
        reference=cells.words(Column.REFERENCE), closed=closed, closed_on=closed_on, acknowledged_on=acknowledged_on,
        told_on=told_on, how=how, raised_anonymously=anonymously, route=cells.key(Column.ROUTE), elements=elements,
        coded=bool(elements) or _says_none(cells), detriment=detriment,
        worker_group=cells.key(Column.GROUP) or NOT_KNOWN, job=cells.words(Column.JOB),
        directorate=cells.key(Column.DIRECTORATE), site=cells.key(Column.SITE),
        themes=cells.keys(Column.THEMES)[0], outcome=cells.key(Column.OUTCOME) if closed else "", name=name,
        contact=cells.text(Column.CONTACT), story=story, title=_title(title or story, cells.words(Column.REFERENCE)),
        summary=cells.text(Column.SUMMARY), notes=list(_notes(cells, closed=closed)), asked_again=asked_again,
        again=again,
        doubts=frozenset(doubts),
    )  # fmt: skip


def _closing(cells: _ByRole, doubts: set[Doubt]) -> tuple[bool, date | None]:
    day, misfits = cells.later_day(Column.CLOSED)
    state = cells.key(Column.STATE)
    if state == values.OPEN:
        doubts |= {Doubt.OPEN_WITH_CLOSING_DAY} if day or misfits else set()
        return False, None
    ticked = any(values.says_yes(words_of(cell)) for _, cell in cells.of(Column.CLOSED))
    if state != values.CLOSED and day is None and not misfits and not ticked:
        return False, None
    if day is not None:
        return True, day
    # It is closed, and nobody knows since when: the last day that its row speaks of is the nearest.
    doubts.add(Doubt.CLOSED_FIRST if misfits else Doubt.NO_CLOSING_DAY)
    spoken_of = (cells.later_day(column)[0] for column in (Column.ACKNOWLEDGED, Column.TOLD))
    return True, max([cells.day, *(each for each in spoken_of if each)])


def _day(cells: _ByRole, column: Column, doubts: set[Doubt]) -> date | None:
    day, misfits = cells.later_day(column)
    if misfits:
        doubts.add(Doubt.LATER_DAY)
    return day


def _speaking_up_again(cells: _ByRole, doubts: set[Doubt], *, closed: bool) -> tuple[bool, str]:
    """Return whether somebody was asked if they would speak up again, and what they answered: known of ended cases."""
    words = cells.words(Column.AGAIN)
    if values.was_not_asked(words):
        return False, ""
    again = cells.key(Column.AGAIN)
    if not closed:
        doubts |= {Doubt.OPEN_WITH_ANSWER} if again else set()
        return False, ""
    return bool(again) or values.was_asked(words), again


def _says_nothing(column: Column, words: str) -> bool:
    """Say whether these words need no code; a plain “no” is an answer where that is asked for."""
    if column is Column.AGAIN:
        return values.was_not_asked(words) or values.was_asked(words)
    return values.says_none(words)


def _person(cells: _ByRole) -> tuple[str, HowRaised, bool]:
    """Return who it was and who may know; a name beside “anonymous” is of somebody who said who they are later."""
    name = cells.words(Column.NAME)
    nameless = not name or values.says_none(name) or values.plain(name).startswith(("anon", "not given", "withheld"))
    said = cells.key(Column.HOW)
    anonymously = said == HowRaised.ANONYMOUS or (not said and values.plain(name).startswith("anon"))
    if nameless:
        return "", HowRaised.ANONYMOUS if anonymously else HowRaised(said or HowRaised.CONFIDENTIAL), anonymously
    return name, HowRaised.CONFIDENTIAL if anonymously or not said else HowRaised(said), anonymously


def _notes(cells: _ByRole, *, closed: bool) -> Iterator[tuple[str, str]]:
    """Give what stands nowhere else in the case: notes, and the log's own words for all that was coded."""
    kept = {Column.NOTE, Column.REFERENCE, Column.DETRIMENT, Column.THEMES_AND_ELEMENTS, *VALUED}
    kept |= {Column.SUMMARY} if not closed else set()
    days = {Column.RAISED, Column.CLOSED, Column.TOLD, Column.ACKNOWLEDGED}
    for title, cell in cells.row.cells.items():
        role, words = cells.roles[title], words_of(cell)
        if role in kept or role.startswith(TICK) or (role in days and isinstance(cell, str)):
            yield title, words


def _says_none(cells: _ByRole) -> bool:
    ticks = any(role.startswith(TICK) for role in cells.roles.values())
    named = [words_of(cell) for _, cell in cells.of(Column.ELEMENTS)]
    return (ticks and not named) or any(values.says_none(words) for words in named)


def _said(words: str) -> bool | None:
    said = values.says_yes(words) if words else None
    if said is not None:
        return said
    first = re.match(r"(yes|no|y|n)\b", values.plain(words))
    return first[1].startswith("y") if first else None


def _asked_in_title(column: Column, title: str, words: str) -> str:
    """Turn a tick below `Anonymous?`, or `Closed?`, into what it says."""
    said = values.says_yes(words) if column in {Column.HOW, Column.STATE} else None
    if said is None:
        return words
    if column is Column.STATE:
        return _where_ticked(plain_title(title), words, said=said)
    asked = next((each for each in ("anon", "conf", "open") if each in plain_title(title)), "")
    yes = {"anon": "anonymous", "conf": "confidential", "open": "openly"}.get(asked, words)
    return yes if said else {"anon": "confidential", "conf": "openly", "open": "confidential"}.get(asked, words)


_OPEN_IF = re.compile(r"open|ongoing|active|live")
_CLOSED_IF = re.compile(r"clos|complet|resolv|conclud|finish|end")


def _where_ticked(title: str, words: str, *, said: bool) -> str:
    """Say where a case stands by a tick; the words themselves where the title asks for both, or for neither."""
    asks_open, asks_closed = (bool(each.search(title)) for each in (_OPEN_IF, _CLOSED_IF))
    if asks_open is asks_closed:
        return words
    return values.CLOSED if said is asks_closed else values.OPEN


def _title(words: str, reference: str) -> str:
    plain = " ".join(words.split())
    short = (
        plain
        if len(plain) <= _TITLE
        else plain[: plain.rfind(" ", 0, _TITLE)] + "…"
        if " " in plain[:_TITLE]
        else plain[:_TITLE]
    )
    return ": ".join(each for each in (reference[:40], short) if each)


def _looks_like_a_log(layout: Layout) -> bool:
    """Say whether a sheet of several is one of cases, and not a key to abbreviations or a page of charts."""
    known = {role for title in layout.titles.values() if (role := role_of(title)) not in {None, Column.IGNORED}}
    return len(known) >= 2  # noqa: PLR2004 -- a day and a word on what was said


def _is_day(cell: Any) -> bool:  # noqa: ANN401 -- whatever a cell holds
    return (
        len(words_of(cell)) <= 2 * _SHORT and read_day(cell, Period(date(2000, 1, 1), date(2000, 12, 31))) is not None
    )


def _share(cells: Sequence[Any], says: Callable[[Any], bool]) -> float:
    looked_at = cells[:_LOOKED_AT]
    return sum(map(says, looked_at)) / max(1, len(looked_at))


def _token(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]
