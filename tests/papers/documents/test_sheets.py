"""Tables as a workbook and as CSV: one table to a sheet, numbers as numbers, and nothing that runs."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from speakup.disclosure import SIGN
from speakup.papers import Pack
from speakup.papers.documents import Document, Paper, file_of
from speakup.papers.documents.paper import Grid
from speakup.papers.documents.sheets import as_csv, as_workbook


@pytest.fixture(scope="module")
def book(made: Callable[[Document], bytes]) -> Any:  # noqa: ANN401 -- openpyxl publishes no types
    return openpyxl.load_workbook(io.BytesIO(made(Document.TABLES)))


def tables(paper: Paper) -> list[Grid]:
    return [
        block for section in paper.sections for block in section.blocks if isinstance(block, Grid) and not block.to_fill
    ]


def shown(cell: Any) -> str:  # noqa: ANN401 -- see above
    return f"{cell.value:.0%}" if cell.number_format == "0%" else str(cell.value or "")


def test_every_table_has_a_sheet_with_its_name_its_headings_and_its_rows(book: Any, paper: Paper) -> None:  # noqa: ANN401 -- see above
    assert book.sheetnames[0] == "Cover"
    for sheet, grid in zip(book.worksheets[1:], tables(paper), strict=True):
        assert sheet["A1"].value == grid.caption
        assert tuple(cell.value for cell in sheet[4]) == grid.columns
        rows = [tuple(shown(cell) for cell in row) for row in sheet.iter_rows(min_row=5)]
        assert rows == list(grid.rows)
        (table,) = sheet.tables.values()
        assert table.ref == f"A4:{sheet.cell(sheet.max_row, sheet.max_column).coordinate}"


def test_numbers_are_numbers_and_masked_ones_are_the_sign(book: Any) -> None:  # noqa: ANN401 -- see above
    figures = [
        cell.value
        for sheet in book.worksheets[1:]
        for row in sheet.iter_rows(min_row=5, min_col=2)
        for cell in row
        if cell.alignment.horizontal == "right"
    ]
    assert SIGN in figures
    assert all(isinstance(value, (int, float)) for value in figures if value not in {SIGN, None})


def test_the_cover_leads_to_every_sheet_and_every_sheet_back(book: Any) -> None:  # noqa: ANN401 -- see above
    cover, *sheets = book.worksheets
    leads = [cell.hyperlink.location for (cell,) in cover.iter_rows(max_col=1) if cell.hyperlink]
    assert leads == [f"'{sheet.title}'!A1" for sheet in sheets]
    assert {sheet["A3"].hyperlink.location for sheet in sheets} == {"'Cover'!A1"}


@pytest.mark.parametrize("words", ["=1+1", "+44", "-2", "@SUM(A1)", "\t=1", '=HYPERLINK("https://example.org")'])
def test_nothing_that_somebody_wrote_runs(pack: Pack, words: str) -> None:
    action = replace(pack.actions[0], title=words, what=words)
    changed = replace(pack, actions=(action,), headline=(words,), organisation=words)
    book = openpyxl.load_workbook(io.BytesIO(file_of(changed, Document.TABLES).body))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell.value for cell in cells if str(cell.value).startswith(tuple("=+-@\t"))]
    lines = csv.reader(io.StringIO(file_of(changed, Document.CELLS).body.decode("utf-8-sig")))
    assert not [cell for line in lines for cell in line if cell.startswith(tuple("=+-@\t\r"))]


def test_names_that_excel_would_refuse_are_changed(paper: Paper) -> None:
    same = Grid("History: [a]/b?*'" + "long " * 9, ("Row", "People", "people", "People"), (("x", "5", "10", "15"),))
    made = as_workbook(
        replace(paper, sections=(replace(paper.sections[0], blocks=(same, same, replace(same, caption="cover"))),))
    )
    book = openpyxl.load_workbook(io.BytesIO(made))
    names = book.sheetnames
    assert len({name.lower() for name in names}) == len(names) == 4
    assert all(len(name) <= 31 for name in names)
    assert [cell.value for cell in book.worksheets[1][4]] == ["Row", "People", "people (2)", "People (3)"]


def test_every_cell_of_every_table_has_a_line_of_its_own_in_the_csv(
    made: Callable[[Document], bytes], paper: Paper
) -> None:
    lines = list(csv.DictReader(io.StringIO(made(Document.CELLS).decode("utf-8-sig"))))
    expected = [
        (grid.caption, row[0], column, value)
        for grid in tables(paper)
        for row in grid.rows
        for column, value in zip(grid.columns[1:], row[1:], strict=True)
    ]
    assert [(line["Table"], line["Row"], line["Column"], line["Value"]) for line in lines] == expected
    assert {line["Publication"] for line in lines} == {paper.published}
    assert as_csv(paper) == made(Document.CELLS)
