"""The tables of a paper as a workbook and as CSV: one table to a sheet, as the standard for public statistics asks."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from speakup.gateways.documents import packing
from speakup.papers.documents.paper import Grid, Paper, Points, Section
from speakup.papers.documents.words import Say, words_in

_NUMBER: Final = re.compile(r"(0|[1-9][0-9]*)(%?)")
_MODIFIED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_LONGEST_NAME: Final = 31
"""Letters that Excel gives the name of a sheet."""
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\']")
_WIDE, _NARROW = 42, 18
_HEADER: Final = 4
"""The row of a table's headings: its name, its note and the way back stand above."""

Named = tuple[str, Section, Grid]
"""A table, where it stands, and the name of its sheet."""


def as_workbook(paper: Paper) -> bytes:
    """Write a workbook: what it is, what it holds, then a sheet for each table. The same bytes for the same paper."""
    _ = words_in(paper.language)
    book = Workbook()
    sheets = list(_named(paper))
    cover = book.worksheets[0]
    _write_cover(cover, paper, sheets, _)
    for number, (name, section, grid) in enumerate(sheets, 1):
        _write_table(book.create_sheet(name), section, grid, number, cover.title, _)
    book.properties.title = packing.harmless(f"{paper.title}: {paper.period}")
    book.properties.creator = packing.harmless(paper.organisation)
    book.properties.language = "en-GB"
    written_at = datetime.combine(paper.published_on, time(), UTC)
    book.properties.created = written_at.replace(tzinfo=None)
    file = io.BytesIO()
    book.save(file)
    return _packed(file, written_at)


def _packed(file: io.BytesIO, written_at: datetime) -> bytes:
    """Pack it anew: as it is saved, it says when that was."""
    moment = written_at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(file) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    said = "docProps/core.xml"
    parts[said] = _MODIFIED.sub(rb"\g<1>" + moment, parts[said])
    return b"".join(packing.zipped((name, [content]) for name, content in parts.items()))


def _named(paper: Paper) -> Iterator[Named]:
    """Every table with something in it, each under a name that no other has."""
    taken: set[str] = {_("Cover").lower() for _ in (words_in(paper.language),)}
    for section in paper.sections:
        for block in section.blocks:
            if isinstance(block, Grid) and not block.to_fill:
                yield _name(block.caption or section.heading, taken), section, block


def _name(words: str, taken: set[str]) -> str:
    plain = _NOT_IN_NAMES.sub(" ", words).strip() or "-"
    number, name = 1, plain[:_LONGEST_NAME].strip()
    while name.lower() in taken:
        number += 1
        end = f" ({number})"
        name = plain[: _LONGEST_NAME - len(end)].strip() + end
    taken.add(name.lower())
    return name


# --- sheets ---------------------------------------------------------------------------------------------------------


def _write_cover(sheet: Worksheet, paper: Paper, sheets: Sequence[Named], _: Say) -> None:
    sheet.title = _("Cover")
    lines = [f"{paper.organisation}: {paper.title}", paper.kind, paper.period, paper.published, *paper.lead.items]
    lines += [item for section in paper.sections for block in section.blocks if isinstance(block, Points)
              for item in block.items]  # fmt: skip
    for row, line in enumerate(lines, 1):
        _put(sheet.cell(row, 1), line)
    sheet.cell(1, 1).font = Font(name="Arial", size=16, bold=True)
    sheet.column_dimensions["A"].width = 2 * _WIDE
    at = len(lines) + 2
    _put(sheet.cell(at, 1), _("Tables")).font = Font(name="Arial", size=12, bold=True)
    for row, (name, _section, grid) in enumerate(sheets, at + 1):
        _link(_put(sheet.cell(row, 1), grid.caption or name), name)


def _write_table(sheet: Worksheet, section: Section, grid: Grid, number: int, back: str, _: Say) -> None:
    _put(sheet.cell(1, 1), grid.caption or section.heading).font = Font(name="Arial", size=14, bold=True)
    _put(sheet.cell(2, 1), grid.note or section.heading)
    _link(_put(sheet.cell(3, 1), _("Back to the cover")), back)
    for at, words in enumerate(_told_apart(grid.columns), 1):
        heading = _put(sheet.cell(_HEADER, at), words)
        heading.font = Font(name="Arial", size=11, bold=True)
        heading.alignment = Alignment(
            wrap_text=True, vertical="bottom", horizontal="right" if _is_figure(grid, at) else None
        )
        sheet.column_dimensions[heading.column_letter].width = _WIDE if at == 1 or not grid.figures else _NARROW
    for down, row in enumerate(grid.rows, _HEADER + 1):
        for at, words in enumerate(row, 1):
            _put(sheet.cell(down, at), words, is_figure=_is_figure(grid, at))
    last = sheet.cell(_HEADER + len(grid.rows), len(grid.columns))
    table = Table(displayName=f"table_{number}", ref=f"A{_HEADER}:{last.coordinate}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showFirstColumn=True, showRowStripes=False)
    sheet.add_table(table)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", False
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.freeze_panes = sheet.cell(_HEADER + 1, 2)


def _is_figure(grid: Grid, column: int) -> bool:
    return grid.figures and column > 1


def _told_apart(columns: Sequence[str]) -> Iterator[str]:
    """Excel calls a workbook damaged if two columns of a table have one name."""
    taken: set[str] = set()
    return (_name_of_column(words, taken) for words in columns)


def _name_of_column(words: str, taken: set[str]) -> str:
    name, number = packing.harmless(words), 1
    while name.lower() in taken:
        number += 1
        name = f"{packing.harmless(words)} ({number})"
    taken.add(name.lower())
    return name


def _put(cell: Cell, words: str, *, is_figure: bool = False) -> Cell:
    """Write a number as a number, and anything else so that nothing runs."""
    cell.font = Font(name="Arial", size=11)
    if is_figure and (number := _NUMBER.fullmatch(words)):
        cell.value = int(number[1]) / 100 if number[2] else int(number[1])
        cell.number_format = "0%" if number[2] else "0"
        return cell
    cell.value = packing.harmless(_without_controls(words))
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=not is_figure, vertical="top", horizontal="right" if is_figure else None)
    return cell


def _without_controls(words: str) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f]", "", words)


def _link(cell: Cell, sheet: str) -> None:
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!A1")
    cell.font = Font(name="Arial", size=11, underline="single", color="005EB8")


# --- CSV ------------------------------------------------------------------------------------------------------------


def as_csv(paper: Paper) -> bytes:
    """Write every cell on a line of its own, with what heads its row and its column."""
    return b"".join(packing.comma_separated(_cells(paper)))


def _cells(paper: Paper) -> Iterator[Sequence[str]]:
    _ = words_in(paper.language)
    yield _("Organisation"), _("Publication"), _("Part"), _("Table"), _("Row"), _("Column"), _("Value")
    for _name, section, grid in _named(paper):
        for row in grid.rows:
            for column, value in zip(grid.columns[1:], row[1:], strict=True):
                yield paper.organisation, paper.published, section.heading, grid.caption, row[0], column, value
