"""What a document says, before anybody asks in which format: headings, words, tables and drawings in their order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

_CENTIMETRES = 0.0205
"""Of a pixel, in papers."""
_TERSEST, _WORDIEST = 11, 34
"""Letters that the narrowest and the widest column of words are made for."""
_BESIDE_A_WORD = 7
"""Letters that the edges of a cell take up beside a word, so that none is broken in two."""
_MANY_NUMBERS = 4
_SHORT = 8
"""Rows of figures that are kept on one page."""
_LETTERS, _MOST_OF_A_PAGE = 90, 36
"""Letters in a line across a page, at least; and lines of words that are kept on one."""
_WIDEST = 8
"""Columns that a page has room for."""


@dataclass(frozen=True, slots=True)
class Words:
    """One paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Points:
    """A list; `numbered` where somebody may speak of the third of them."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: the first cell of each row is the row's heading. Every row has as many cells as there are columns."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: bool = True
    """Whether all but the first column are numbers."""
    totals: frozenset[int] = frozenset()
    """Which rows are totals."""
    note: str = ""
    to_fill: bool = False
    """Whether it has empty cells, for whoever reads it to write in."""
    together: bool = False
    """Whether it is kept on one page although it is of words, unless it is too long for that."""

    @property
    def shares(self) -> tuple[int, ...]:
        """How wide each column is, beside the others: a heading of rows and words need more than a number."""
        if self.figures:
            others = len(self.columns) - 1
            return (24 if others < _MANY_NUMBERS else 19, *[10] * others)
        return tuple(self._share(number) for number in range(len(self.columns)))

    def _share(self, column: int) -> int:
        cells = [row[column] for row in self.rows]
        longest = max(map(len, cells), default=0)
        if self.to_fill and not longest:
            return _WORDIEST
        word = max((len(each) for cell in (*cells, self.columns[column]) for each in cell.split()), default=0)
        return min(max(longest, len(self.columns[column]), word + _BESIDE_A_WORD, _TERSEST), _WORDIEST)

    @property
    def whole(self) -> bool:
        """Whether it is kept on one page: for a longer one, or one of words, a page before it would end early."""
        if self.together:
            return self._lines <= _MOST_OF_A_PAGE
        return self.figures and len(self.rows) <= _SHORT

    @property
    def _lines(self) -> int:
        """About how many lines its rows take."""
        room = [max(1, _LETTERS * share // sum(self.shares)) for share in self.shares]
        return sum(max(-(-len(cell) // wide) for cell, wide in zip(row, room, strict=True)) for row in self.rows)

    def narrow(self) -> "tuple[Grid, ...]":
        """The same in tables that a page is wide enough for, each named after the columns that it has."""
        if len(self.columns) <= _WIDEST:
            return (self,)
        parts, others = [], len(self.columns) - 1
        count = -(-others // (_WIDEST - 1))
        for number in range(count):
            taken = slice(1 + number * others // count, 1 + (number + 1) * others // count)
            columns = self.columns[taken]
            parts.append(
                replace(
                    self,
                    caption=f"{self.caption}: {columns[0]} – {columns[-1]}",
                    columns=(self.columns[0], *columns),
                    rows=tuple((row[0], *row[taken]) for row in self.rows),
                )
            )
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart, and the words that say what it says to whoever cannot see it."""

    svg: str
    said: str
    caption: str
    message: str = ""
    """What is to be seen in it, for everybody."""

    @property
    def width(self) -> float:
        """In centimetres: letters are as large in every drawing."""
        found = re.search(r'viewBox="0 0 (\d+) ', self.svg)
        if found is None:
            raise ValueError("A drawing says how wide it is")
        return int(found[1]) * _CENTIMETRES


@dataclass(frozen=True, slots=True)
class Story:
    """A text that stands apart from the paper's own."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number that is to be seen first."""

    number: str
    words: str


Block = Words | KeyFigure | Points | Grid | Drawing | Story


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and what stands under it."""

    heading: str
    blocks: tuple[Block, ...]
    on_new_sheet: bool = False
    """Begins on a page of its own, as an appendix does, and whatever follows a cover."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole document."""

    organisation: str
    kind: str
    """What it is, in two or three words above the title."""
    title: str
    period: str
    published_on: date
    published: str
    """When and as what it was published, as a line for every page."""
    language: str
    cover: Grid
    lead: Points
    """What is new, in so many sentences."""
    lead_heading: str
    asked: Points
    """What the board is asked to do."""
    asked_heading: str
    sections: tuple[Section, ...]
    page: str
    """Said with its number at the foot of a page; `{page}` and `{pages}` stand for the numbers."""

    @property
    def grids(self) -> Iterator[Grid]:
        """Every table of its sections, in order."""
        return (block for section in self.sections for block in section.blocks if isinstance(block, Grid))
