"""Papers as Word files: headings are headings, tables say which row and column head them, pictures have words."""

import io
from datetime import UTC, datetime, time
from functools import singledispatch
from typing import Final

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Emu, Length, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.parfmt import ParagraphFormat

from speakup.gateways.documents.office import fresh
from speakup.papers.documents.paper import Block, Drawing, Grid, KeyFigure, Paper, Points, Story, Words
from speakup.papers.documents.typesetting import picture

_FONT: Final = "Arial"
_BLUE, _DARK_BLUE, _INK, _GREY, _PALE, _LINE = "005EB8", "003087", "212B32", "4C6272", "F0F4F5", "AEB7BD"
_WIDTH: Final = Cm(16.6)
_BOX, _NOTE = "Set apart", "Note under a table"


def as_word(paper: Paper) -> bytes:
    """Write a paper; the same bytes for the same paper."""
    document = fresh.begun(f"{paper.title}: {paper.period}")
    _say_of_itself(document, paper)
    _set_up_page(document, paper)
    _set_up_styles(document)
    _front(document, paper)
    for section in paper.sections:
        heading = document.add_heading(fresh.plain(section.heading), 1)
        heading.paragraph_format.page_break_before = section.on_new_sheet
        for block in section.blocks:
            _add(block, document)
    return fresh.packed(document)


def _say_of_itself(document: Document, paper: Paper) -> None:
    said = document.core_properties
    said.author = fresh.plain(paper.organisation)
    said.created = said.modified = datetime.combine(paper.published_on, time(), UTC)
    said.language = "en-GB"


def _front(document: Document, paper: Paper) -> None:
    for words, size, bold in ((paper.organisation, 12, True), (paper.kind, 10.5, False)):
        run = document.add_paragraph().add_run(fresh.plain(words))
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, RGBColor.from_string(_GREY)
    document.add_paragraph(fresh.plain(paper.title), style="Title")
    document.add_paragraph(fresh.plain(paper.period), style="Subtitle")
    if paper.asked.items:
        document.add_heading(fresh.plain(paper.asked_heading), 1)
        _add(paper.asked, document)
    if paper.lead.items:
        document.add_heading(fresh.plain(paper.lead_heading), 1)
        _add_apart(document, paper.lead.items)
    if paper.cover.rows:
        document.add_heading(fresh.plain(paper.cover.caption), 1)
        _add_table(document, paper.cover)


# --- page and styles ------------------------------------------------------------------------------------------------


def _set_up_page(document: Document, paper: Paper) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    page.top_margin, page.bottom_margin = Cm(2.2), Cm(2.2)
    # A long name would push the page's number over the edge: it stands on the line below, beside what is short.
    page.footer.paragraphs[0].add_run(fresh.plain(paper.organisation))
    foot = page.footer.add_paragraph(style="Footer")
    # The template's own stop in the middle would be the first that a tab comes to.
    document.styles["Footer"].paragraph_format.tab_stops.clear_all()
    foot.paragraph_format.tab_stops.add_tab_stop(_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    before, rest = paper.page.split("{page}")
    between, after = rest.split("{pages}")
    foot.add_run(fresh.plain(f"{paper.published}\t{before}"))
    _add_field(foot, "PAGE")
    foot.add_run(between)
    _add_field(foot, "NUMPAGES")
    foot.add_run(after)


def _add_field(paragraph: Paragraph, name: str) -> None:
    """Let Word count."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001 -- python-docx has no fields


def _set_up_styles(document: Document) -> None:
    _style(document, "Normal", 10.5, _INK, after=7)
    _style(document, "Title", 24, _DARK_BLUE, bold=True, after=2)
    _style(document, "Subtitle", 15, _INK, after=14)
    _style(document, "Heading 1", 16, _DARK_BLUE, bold=True, before=20, after=7)
    _style(document, "Heading 2", 11.5, _INK, bold=True, before=12, after=4)
    _style(document, "Caption", 10.5, _INK, bold=True, before=12, after=5)
    _style(document, "Footer", 8.5, _GREY)
    document.styles["Caption"].paragraph_format.keep_with_next = True
    _edge(_style(document, "Title", 24, _DARK_BLUE, bold=True, after=2), "bottom", _BLUE, 0)
    _edge(_style(document, "Subtitle", 15, _INK, after=14), "bottom", _BLUE, 24)
    for name, size, colour in ((_BOX, 11, _INK), (_NOTE, 9, _GREY)):
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = document.styles["Normal"]
        _style(document, name, size, colour, before=4, after=6)
    apart = document.styles[_BOX]
    apart.paragraph_format.left_indent = Cm(0.4)
    _edge(apart, "left", _BLUE, 32)
    _shade(apart.element.get_or_add_pPr(), _PALE)


def _style(
    document: Document, name: str, size: float, colour: str, *, bold: bool = False, before: float = 0, after: float = 0
) -> ParagraphStyle:
    style: ParagraphStyle = document.styles[name]
    font, spacing = style.font, style.paragraph_format
    font.name, font.size, font.bold, font.italic = _FONT, Pt(size), bold, False
    font.color.rgb = RGBColor.from_string(colour)
    properties = style.element.get_or_add_rPr()
    for apart in properties.findall(qn("w:spacing")):  # Letters of a subtitle stand apart.
        properties.remove(apart)
    fonts = properties.get_or_add_rFonts()
    for theme in [each for each in fonts.attrib if each.endswith("Theme")]:
        del fonts.attrib[theme]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), _FONT)
    spacing.space_before, spacing.space_after, spacing.line_spacing = Pt(before), Pt(after), 1.15
    return style


def _edge(style: ParagraphStyle, side: str, colour: str, eighths: int) -> None:
    """Give a style's paragraphs a line at one side, so many eighths of a point wide; none takes those it has away."""
    properties = style.element.get_or_add_pPr()
    for former in properties.findall(qn("w:pBdr")):
        properties.remove(former)
    if not eighths:
        return
    edges = OxmlElement("w:pBdr")
    edges.append(_line(side, colour, eighths))
    properties.insert_element_before(edges, *_AFTER_EDGES)


_AFTER_SHADE: Final = ("w:tabs", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr")
_AFTER_EDGES: Final = ("w:shd", *_AFTER_SHADE)


def _line(side: str, colour: str, eighths: int) -> BaseOxmlElement:
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "6"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    return line


def _shade(properties: BaseOxmlElement, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    properties.insert_element_before(shade, *_AFTER_SHADE, "w:vAlign")


# --- blocks ---------------------------------------------------------------------------------------------------------


@singledispatch
def _add(block: Block, _document: Document) -> None:
    raise TypeError(block)


@_add.register
def _(block: Words, document: Document) -> None:
    document.add_paragraph(fresh.plain(block.text)).paragraph_format.keep_with_next = True


@_add.register
def _(block: KeyFigure, document: Document) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    number = paragraph.add_run(fresh.plain(block.number))
    number.font.size, number.font.bold, number.font.color.rgb = Pt(26), True, RGBColor.from_string(_BLUE)
    paragraph.add_run(f"  {fresh.plain(block.words)}").font.size = Pt(12)


@_add.register
def _(block: Points, document: Document) -> None:
    for item in block.items:
        document.add_paragraph(fresh.plain(item), style="List Number" if block.numbered else "List Bullet")


@_add.register
def _(block: Story, document: Document) -> None:
    document.add_heading(fresh.plain(block.heading), 2)
    _add_apart(document, block.paragraphs)


def _add_apart(document: Document, paragraphs: tuple[str, ...]) -> None:
    for words in paragraphs:
        document.add_paragraph(fresh.plain(words), style=_BOX)


@_add.register
def _(block: Drawing, document: Document) -> None:
    document.add_paragraph(fresh.plain(block.caption), style="Caption")
    if block.message:
        document.add_paragraph(fresh.plain(block.message)).paragraph_format.keep_with_next = True
    shape = document.add_picture(io.BytesIO(picture(block)), width=Cm(block.width))
    about = shape._inline.docPr  # noqa: SLF001 -- python-docx has no words for pictures
    about.set("title", fresh.plain(block.caption))
    about.set("descr", fresh.plain(block.said))


@_add.register
def _(block: Grid, document: Document) -> None:
    for grid in block.narrow():
        if grid.caption:
            document.add_paragraph(fresh.plain(grid.caption), style="Caption")
        _add_table(document, grid)
        note = document.add_paragraph(fresh.plain(grid.note), style=_NOTE)
        note.paragraph_format.space_after = Pt(10)


def _add_table(document: Document, grid: Grid) -> None:
    table = document.add_table(len(grid.rows) + 1, len(grid.columns))
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    _tell_what_heads_it(table, grid)
    for number, column in enumerate(table.columns):
        column.width = _width(grid, number)
    for at, (row, words) in enumerate(zip(table.rows, (grid.columns, *grid.rows), strict=True)):
        _keep_whole(row, repeated=at == 0)
        leads_on = at < len(grid.rows) or bool(grid.note)
        if grid.to_fill and at:
            row.height = Cm(2.4)
        for number, (cell, said) in enumerate(zip(row.cells, words, strict=True)):
            _fill(cell, said, grid, is_heading=at == 0 or number == 0, is_figure=grid.figures and number > 0)
            cell.paragraphs[0].paragraph_format.keep_with_next = at == 0 or (grid.whole and leads_on)
            cell.width = _width(grid, number)
            if at - 1 in grid.totals:
                _shade(cell._tc.get_or_add_tcPr(), _PALE)  # noqa: SLF001 -- python-docx shades nothing


_MANY: Final = 5


def _width(grid: Grid, column: int) -> Length:
    return Emu(_WIDTH * grid.shares[column] // sum(grid.shares))


def _fill(cell: _Cell, said: str, grid: Grid, *, is_heading: bool, is_figure: bool) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(fresh.plain(said))
    run.font.size, run.font.bold = Pt(8.5 if len(grid.columns) > _MANY else 9.5), is_heading
    _tighten(paragraph.paragraph_format)
    if is_figure:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _tighten(spacing: ParagraphFormat) -> None:
    spacing.space_before, spacing.space_after, spacing.line_spacing = Pt(3), Pt(3), 1.0


def _tell_what_heads_it(table: Table, grid: Grid) -> None:
    """Say that the first row and the first column head the table, what it is, and which lines it has."""
    properties = table._tbl.tblPr  # noqa: SLF001 -- python-docx has no words for tables
    for name, value in (("w:tblCaption", grid.caption), ("w:tblDescription", grid.note)):
        if value:
            said = OxmlElement(name)
            said.set(qn("w:val"), fresh.plain(value))
            properties.append(said)
    look = properties.find(qn("w:tblLook"))
    for name, value in (("firstRow", "1"), ("firstColumn", "1"), ("noHBand", "1"), ("noVBand", "1")):
        look.set(qn(f"w:{name}"), value)
    edges = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH", "insideV")[: 3 if grid.to_fill else 2]:
        edges.append(_line(side, _LINE, 4))
    look.addprevious(edges)


def _keep_whole(row: _Row, *, repeated: bool) -> None:
    """Keep a row on one page; the heading stands on each."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 -- python-docx knows nothing of pages
    properties.append(OxmlElement("w:cantSplit"))
    if repeated:
        properties.append(OxmlElement("w:tblHeader"))
