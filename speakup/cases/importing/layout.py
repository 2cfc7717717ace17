"""Where in a sheet the headings end, what its columns are called, and which of its rows say something."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from speakup.cases.importing.columns import UNDER, is_known_title, plain_title
from speakup.gateways.documents import Cell, Sheet
from speakup.kernel.days import read_day

_SEARCHED = 25
"""Rows in which headings are looked for."""
_LONGEST_TITLE = 80
_MOST_TITLE_ROWS = 3
_LONGEST_DAY = 30
_TOTALS = re.compile(
    r"(?:grand |sub|sub-| )?totals?\b|sum\b|averages?\b|mean\b|count\b|(?:number|no\.?) of (?:cases|concerns)|"
    r"(?:q[1-4]|year|annual|ytd|monthly|quarterly) total|cases? (?:in|for|to date)"
)
_BANNER = re.compile(
    r"(?:q(?:uarter|tr)?\s?[1-4]\b|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|20\d\d|fy\b|year\b|month\b|"
    r"closed\b|open\b|new\b|ongoing\b)"
)
_NUMBER = re.compile(r"[£(]?-?[\d,.]+%?\)?")


class Skipped(StrEnum):
    """Why a row of a sheet is none about a concern."""

    TOTALS = "totals"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the headings: its number as the spreadsheet shows it, and its cells by their column's title."""

    number: int
    cells: Mapping[str, Cell] = field(repr=False)
    skipped: Skipped | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet is laid out. `headings_end` is the number of the last row of headings, none for no headings."""

    headings_end: int
    titles: Mapping[int, str] = field(repr=False)
    """By the place of the column; no two are alike."""


def layout_of(sheet: Sheet, headings_end: int | None = None) -> Layout:
    """Find the headings, or take them to end in the row that somebody says."""
    rows = _with_merged_across(sheet)
    best = _likeliest(rows) if headings_end is None else headings_end - 1
    if headings_end is not None:
        return Layout(
            headings_end, _titles(rows, range(max(0, best - 1), best + 1) if _joined(sheet, best) else [best])
        )
    first, last = best, best
    while first > 0 and best - first < _MOST_TITLE_ROWS - 1 and _is_part_of_heading(sheet, rows, first - 1, first):
        first -= 1
    while last + 1 < len(rows) and last - best < _MOST_TITLE_ROWS - 1 and _is_sub_heading(sheet, last, last + 1):
        last += 1
    return Layout(last + 1, _titles(rows, range(first, last + 1)))


def rows_of(sheet: Sheet, layout: Layout) -> Iterator[Row]:
    """Give every row below the headings that holds anything."""
    filled = _with_merged_down(sheet, layout.headings_end)
    gap = False
    for number, cells in enumerate(filled[layout.headings_end :], layout.headings_end + 1):
        named = {title: cells[place] for place, title in layout.titles.items() if place < len(cells)}
        held = {title: cell for title, cell in named.items() if not is_empty(cell)}
        if held:
            yield Row(number, held, _why_none(held, layout, after_gap=gap))
        gap = not held


def is_empty(cell: Cell) -> bool:
    """Say whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def words_of(cell: Cell) -> str:
    """Return what a cell says, as words."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    return str(cell[-1]) if isinstance(cell, list) else str(cell).strip()


def _likeliest(rows: Sequence[Sequence[Cell]]) -> int:
    """Return the row with the most titles that are known; of several alike, and where none are, the fullest first."""
    looked_at = rows[:_SEARCHED]
    scores = [(_known(row), min(_texts(row), 6)) for row in looked_at]
    if not scores:
        return -1
    best = max(scores)
    row = scores.index(best)
    if best[0] >= 1:
        return row
    # No title is known: a row with a day in it is a row of the log like the others, which has no headings then.
    return row if best[1] > 1 and not any(_is_day(cell) for cell in looked_at[row]) else -1


def _is_day(cell: Cell) -> bool:
    found = read_day(cell) if len(words_of(cell)) <= _LONGEST_DAY else None
    return found is not None and found.exact


def _known(row: Sequence[Cell]) -> int:
    """Count the titles that are known, each once: one title merged over the whole table names no column of it."""
    return sum(map(is_known_title, {words_of(cell) for cell in row if _could_be_title(cell)}))


def _texts(row: Sequence[Cell]) -> int:
    return sum(_could_be_title(cell) for cell in row)


def _could_be_title(cell: Cell) -> bool:
    return isinstance(cell, str) and 0 < len(cell.strip()) <= _LONGEST_TITLE and not _NUMBER.fullmatch(cell.strip())


def _is_part_of_heading(sheet: Sheet, rows: Sequence[Sequence[Cell]], above: int, below: int) -> bool:
    """Say whether the row above groups the titles below it: words, of which one reaches over several columns."""
    filled = [cell for cell in rows[above] if not is_empty(cell)]
    if not filled or not all(_could_be_title(cell) for cell in filled):
        return False
    spans = [right - left + 1 for top, left, bottom, right in sheet.merged if top <= above <= bottom]
    # One title over the whole table is the table's, and no column's.
    whole = len({words_of(cell) for cell in filled}) == 1 and max(spans, default=0) >= _texts(rows[below])
    return not whole and (any(span > 1 for span in spans) or bool(_known(rows[above])))


def _is_sub_heading(sheet: Sheet, above: int, below: int) -> bool:
    reaching = any(
        top <= above <= bottom and (right > left or bottom >= below) for top, left, bottom, right in sheet.merged
    )
    filled = [cell for cell in sheet.rows[below] if not is_empty(cell)]
    return reaching and bool(filled) and all(_could_be_title(cell) for cell in filled)


def _joined(sheet: Sheet, row: int) -> bool:
    return any(top < row and right > left and bottom == row - 1 for top, left, bottom, right in sheet.merged)


def _titles(rows: Sequence[Sequence[Cell]], block: Sequence[int]) -> dict[int, str]:
    """Join what stands above each column; a column without a title has its letter, a second of one name too."""
    taken: set[str] = set()
    titles = {}
    for place in range(max((len(row) for row in rows), default=0)):
        parts = [words_of(rows[row][place]) for row in block if 0 <= row < len(rows) and place < len(rows[row])]
        title = UNDER.join(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))[
            : 2 * _LONGEST_TITLE
        ]
        if not title:
            title = f"({letter_of(place)})"
        if plain_title(title) in taken:
            title = f"{title} ({letter_of(place)})"
        taken.add(plain_title(title))
        titles[place] = title
    return titles


def letter_of(place: int) -> str:
    """Return what a spreadsheet calls a column: A to Z, then AA."""
    letters = ""
    place += 1
    while place:
        place, digit = divmod(place - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def _with_merged_across(sheet: Sheet) -> list[list[Cell]]:
    """Let every column of a merged area say what the area says; for headings."""
    rows = [list(row) for row in sheet.rows[: 2 * _SEARCHED]]
    for top, left, bottom, right in sheet.merged:
        if bottom < len(rows):
            _fill(rows, range(top, bottom + 1), range(left, right + 1))
    return rows if len(sheet.rows) <= 2 * _SEARCHED else [*rows, *(list(row) for row in sheet.rows[2 * _SEARCHED :])]


def _with_merged_down(sheet: Sheet, start: int) -> list[list[Cell]]:
    """Let every row of a merged area say what the area says: one day for five people who came together."""
    rows = [list(row) for row in sheet.rows]
    for top, left, bottom, _right in sheet.merged:
        if top >= start and bottom > top:
            _fill(rows, range(top, min(bottom, len(rows) - 1) + 1), [left])
    return rows


def _fill(rows: list[list[Cell]], down: Sequence[int], across: Sequence[int]) -> None:
    if not down or down[0] >= len(rows) or across[0] >= len(rows[down[0]]):
        return
    said = rows[down[0]][across[0]]
    for number in down:
        row = rows[number]
        row.extend([None] * (across[-1] + 1 - len(row)))
        for place in across:
            row[place] = said


def _why_none(held: Mapping[str, Cell], layout: Layout, *, after_gap: bool) -> Skipped | None:
    """Say why a row is about nobody: totals at the end, a line between two months, the headings once more."""
    said = [words_of(cell).casefold() for cell in held.values()]
    titles = [title for title, cell in held.items() if plain_title(words_of(cell)) == plain_title(title)]
    if len(titles) >= max(2, len(held) // 2):
        return Skipped.HEADING
    if _TOTALS.match(said[0]) or (len(said) > 1 and _TOTALS.fullmatch(said[1]) and len(said[0]) < len("Q1 2021-22 ")):
        return Skipped.TOTALS
    if len(set(said)) == 1 and len(layout.titles) > 2 and _BANNER.match(said[0]):  # noqa: PLR2004 -- of a real table
        return Skipped.HEADING
    numbers = [_NUMBER.fullmatch(each) for each in said]
    return Skipped.TOTALS if after_gap and len(said) > 1 and all(numbers) else None
