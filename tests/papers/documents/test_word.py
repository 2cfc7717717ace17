"""The board paper as Word file: somebody else's program finds its headings, what heads its tables, and its pictures."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import docx
import pytest
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from lxml import etree

from speakup.papers.documents import Document, Paper
from speakup.papers.documents.paper import Drawing, Grid, KeyFigure, Section
from speakup.papers.documents.word import as_word

ODF = {
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
}


def blocks(paper: Paper, kind: type) -> list[object]:
    return [block for section in paper.sections for block in section.blocks if isinstance(block, kind)]


@pytest.fixture(scope="module")
def opened(made: Callable[[Document], bytes], opened_by_libreoffice: Callable[[bytes], bytes]) -> etree._Element:
    """The paper as LibreOffice understood it."""
    return etree.fromstring(opened_by_libreoffice(made(Document.PAPER_WORD)), etree.XMLParser(huge_tree=True))


def words(element: etree._Element) -> str:
    return "".join(element.itertext()).strip()


def test_libreoffice_finds_every_heading(opened: etree._Element, paper: Paper) -> None:
    found = [
        words(each) for each in opened.iterfind(".//text:h", ODF) if each.get(f"{{{ODF['text']}}}outline-level") == "1"
    ]
    front = ["What the board is asked to do", "What is new", "About this paper"]
    assert found == [*front, *(section.heading for section in paper.sections)]


def test_libreoffice_finds_what_heads_every_table(opened: etree._Element, paper: Paper) -> None:
    grids = [paper.cover, *blocks(paper, Grid)]
    tables = opened.findall(".//table:table", ODF)
    assert len(tables) == len(grids)
    for table, grid in zip(tables, grids, strict=True):
        assert isinstance(grid, Grid)
        (head,) = table.findall("table:table-header-rows", ODF)
        assert tuple(words(cell) for cell in head.iterfind(".//table:table-cell", ODF)) == grid.columns
        rows = table.findall("table:table-row", ODF)
        assert [tuple(words(cell) for cell in row.iterfind("table:table-cell", ODF)) for row in rows] == list(grid.rows)


def test_libreoffice_finds_the_words_of_every_picture(opened: etree._Element, paper: Paper) -> None:
    frames = [each for each in opened.iterfind(".//draw:frame", ODF) if each.find("draw:image", ODF) is not None]
    said = [words(each) for frame in frames for each in frame.iterfind("svg:desc", ODF)]
    assert said == [block.said for block in blocks(paper, Drawing) if isinstance(block, Drawing)]


def test_every_table_says_which_row_and_column_head_it(made: Callable[[Document], bytes]) -> None:
    document = docx.Document(io.BytesIO(made(Document.PAPER_WORD)))
    for table in document.tables:
        look = table._tbl.tblPr.find(qn("w:tblLook"))  # noqa: SLF001 -- python-docx does not read it
        assert (look.get(qn("w:firstRow")), look.get(qn("w:firstColumn"))) == ("1", "1")
        repeated = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]  # noqa: SLF001 -- as above
        assert repeated == [True, *[False] * (len(table.rows) - 1)]


def test_it_says_of_itself_only_what_is_published(made: Callable[[Document], bytes], paper: Paper) -> None:
    said = docx.Document(io.BytesIO(made(Document.PAPER_WORD))).core_properties
    assert (said.title, said.author) == (f"{paper.title}: {paper.period}", paper.organisation)
    assert (said.created, said.modified) == (said.created, said.created)
    assert str(said.created).startswith(str(paper.published_on))
    assert (said.last_modified_by, said.comments, said.language) == ("", "", "en-GB")
    with zipfile.ZipFile(io.BytesIO(made(Document.PAPER_WORD))) as package:
        written = b"".join(package.read(name) for name in package.namelist() if name.endswith(".xml"))
    assert set(re.findall(rb'w:lang [^>]*w:val="([^"]*)"', written)) == {b"en-GB"}
    assert b"w:rsid" not in written


@pytest.mark.parametrize(("rows", "figures", "note", "kept"), [
    (3, True, "", [True, True, True, False]),
    (3, True, "Rounded.", [True, True, True, True]),
    (9, True, "", [True, *[False] * 9]),
    (3, False, "", [True, False, False, False]),
])  # fmt: skip
def test_only_short_tables_of_figures_are_kept_on_one_page(
    paper: Paper, rows: int, note: str, kept: list[bool], *, figures: bool
) -> None:
    grid = Grid("Kept", ("Row", "More"), tuple((f"Row {at}", "5") for at in range(rows)), figures, note=note)
    made = as_word(replace(paper, cover=replace(grid, rows=()), sections=(Section("1. Tables", (grid,)),)))
    (table,) = docx.Document(io.BytesIO(made)).tables
    assert [bool(row.cells[0].paragraphs[0].paragraph_format.keep_with_next) for row in table.rows] == kept


def test_at_the_foot_of_a_page_its_number_stands_in_one_line_however_long_the_name(
    paper: Paper,
) -> None:
    name = "Otherham Community and Mental Health NHS Trust (the western part)"
    made = as_word(replace(paper, organisation=name, published="2026-27-Q2, version 1, published 11 November 2026"))
    foot = docx.Document(io.BytesIO(made)).sections[0].footer.paragraphs
    assert [each.text.partition("\t")[0] for each in foot] == [
        name,
        "2026-27-Q2, version 1, published 11 November 2026",
    ]
    assert "Page" in foot[1].text.partition("\t")[2]
    stops = [stop.alignment for each in (foot[1].style, foot[1]) for stop in each.paragraph_format.tab_stops]
    assert stops == [WD_TAB_ALIGNMENT.RIGHT]


def test_a_number_is_kept_with_what_is_drawn_of_it_and_parts_begin_after_the_cover(
    made: Callable[[Document], bytes], paper: Paper
) -> None:
    written = docx.Document(io.BytesIO(made(Document.PAPER_WORD)))
    numbers = [f"{each.number}  {each.words}" for each in blocks(paper, KeyFigure) if isinstance(each, KeyFigure)]
    lines = [each for each in written.paragraphs if each.text in numbers]
    assert len(lines) == len(numbers) > 0
    assert all(each.paragraph_format.keep_with_next for each in lines)
    (first,) = [each for each in written.paragraphs if each.text == paper.sections[0].heading]
    assert first.paragraph_format.page_break_before
