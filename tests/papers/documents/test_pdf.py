"""The board paper as PDF is read aloud as it looks: headings, tables with what heads them, pictures in words."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from speakup.papers import Pack
from speakup.papers.documents import Document, Paper, board_paper, evidence_list, file_of
from speakup.papers.documents.paper import Drawing, Grid, KeyFigure
from speakup.papers.documents.typesetting import as_pdf, settable
from tests.papers.documents.numbers import strange
from tests.papers.test_following import again, asked, pack_with, took


def elements(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Walk what a screen reader reads, in order."""
    if isinstance(element, pikepdf.Array):
        for each in element:
            yield from elements(each)
    elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
        yield element
        if "/K" in element:
            yield from elements(element.K)


def tagged(pdf: pikepdf.Pdf, *kinds: str) -> list[pikepdf.Object]:
    return [each for each in elements(pdf.Root.StructTreeRoot.K) if str(each.S) in kinds]


def drawings(paper: Paper) -> list[Drawing]:
    return [block for section in paper.sections for block in section.blocks if isinstance(block, Drawing)]


def test_it_says_that_it_is_accessible_in_which_language_and_what_it_is_called(pdf: pikepdf.Pdf, pack: Pack) -> None:
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "en-GB"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf.Root.Metadata.read_bytes()
    assert re.search(
        rb"<pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>A</pdfaid:conformance>", pdf.Root.Metadata.read_bytes()
    )
    assert str(pdf.docinfo.Title) == f"Freedom to Speak Up: {pack.period.name}"
    assert str(pdf.docinfo.CreationDate) == "D:20260512000000Z"


def test_every_part_has_a_heading_that_is_one(pdf: pikepdf.Pdf, paper: Paper) -> None:
    headings = [str(each.T) for each in tagged(pdf, "/H1")]
    front = ["What the board is asked to do", "What is new", "About this paper"]
    assert headings == [*front, *(section.heading for section in paper.sections)]


def test_every_drawing_says_in_words_what_it_shows(pdf: pikepdf.Pdf, paper: Paper) -> None:
    said = [str(each.Alt) for each in tagged(pdf, "/Figure")]
    assert said == [drawing.said for drawing in drawings(paper)]
    assert len(said) > 5


def test_every_table_has_headings_of_columns_and_of_rows(pdf: pikepdf.Pdf, paper: Paper) -> None:
    grids = [paper.cover, *(block for each in paper.sections for block in each.blocks if isinstance(block, Grid))]
    tables = tagged(pdf, "/Table")
    assert len(tables) == len(grids)
    for table, grid in zip(tables, grids, strict=True):
        head, *body = [each for each in elements(table) if each.S == "/TR"]
        assert [str(cell.S) for cell in head.K] == ["/TH"] * len(grid.columns)
        for row in body:
            assert [str(cell.S) for cell in row.K] == ["/TH", *["/TD"] * (len(grid.columns) - 1)]
            assert row.K[0].A.Scope == "/Row"
        assert len(body) == len(grid.rows)


def test_what_somebody_wrote_is_never_read_as_an_instruction(pack: Pack, text_of: Callable[[bytes], str]) -> None:
    words = '#panic("x") *not bold* $x^2$ <label> @someone \\ // gone'
    changed = replace(pack, headline=(words,))
    assert words in text_of(file_of(changed, Document.PAPER_PDF).body)


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("Zażółć, Ŵyn, naïve – ‘quoted’ … £5 ½", "Zażółć, Ŵyn, naïve – ‘quoted’ … £5 ½"),
        ("10\u201120 \u2265 5 \u2192 6", "10\u201120 \u2265 5 \u2192 6"),
        ("\ufb01ne", "fine"),
        ("e\u0301", "é"),
        ("a \U0001f600 日", "a □ □"),
        ("a\x00b\x0bc\x7f", "abc"),
    ],
)
def test_a_letter_that_no_font_has_keeps_no_paper_from_being_made(
    paper: Paper, written: str, set_as: str, text_of: Callable[[bytes], str]
) -> None:
    assert settable(written) == set_as
    made = as_pdf(replace(paper, lead=replace(paper.lead, items=(written,))))
    assert set_as.replace("\u2011", "") in text_of(made).replace("\u2011", "").replace("\n", " ")


def test_a_publication_of_nothing_but_its_figures_is_a_paper_too(pack: Pack, text_of: Callable[[bytes], str]) -> None:
    bare = replace(
        pack, headline=(), texts=(), stories=(), actions=(), recommendations=(), context=(), method=(), breaks=(),
        cover=replace(pack.cover, recommendation=""), series=(),
    )  # fmt: skip
    assert "1. How many people spoke up" in text_of(file_of(bare, Document.PAPER_PDF).body)


def test_a_table_longer_than_a_page_is_one_table(paper: Paper, text_of: Callable[[bytes], str]) -> None:
    long = Grid("Long", ("Row", "Number"), tuple((f"Row {number}", "5") for number in range(120)))
    made = as_pdf(replace(paper, sections=(replace(paper.sections[0], blocks=(long,)),)))
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(tagged(pdf, "/Table")) == 2
        assert len(pdf.pages) > 3
    assert text_of(made).count("Row Number") > 2


@pytest.mark.parametrize(("cell", "rows", "figures"), [("5", 17, True), ("words " * 90, 8, False)])
def test_no_page_ends_early_because_a_table_does_not_fit_on_its_rest(
    paper: Paper, text_of: Callable[[bytes], str], cell: str, rows: int, *, figures: bool
) -> None:
    high = Grid("High", ("Row", "Number"), tuple((f"Row {number}.", "5") for number in range(25)))
    other = Grid("Other", ("Row", "More"), tuple((f"Other {number}.", cell) for number in range(rows)), figures)
    text = text_of(as_pdf(replace(paper, sections=(replace(paper.sections[0], blocks=(high, other)),))))
    (page,) = [each for each in text.split("\f") if "Row 24." in each]
    assert "Other 0." in page
    assert f"Other {rows - 1}." not in page


def test_a_note_stands_on_the_page_of_its_table(paper: Paper, text_of: Callable[[bytes], str]) -> None:
    for before in range(30, 40):
        high = Grid("High", ("Row", "Number"), tuple((f"Row {number}", "5") for number in range(before)))
        low = Grid("Low", ("Row", "Number"), (("Lowest", "5"), ("All", "10")), note="Rounded.")
        made = as_pdf(replace(paper, sections=(replace(paper.sections[0], blocks=(high, low)),)))
        (page,) = [each for each in text_of(made).split("\f") if "Lowest" in each]
        assert "Rounded." in page


def test_no_row_of_words_that_are_kept_together_stands_alone(paper: Paper, text_of: Callable[[bytes], str]) -> None:
    for before in (22, 26, 30, 34):
        high = Grid("High", ("Row", "Number"), tuple((f"Row {number}", "5") for number in range(before)))
        rows = tuple((f"Why {number}.", "Nobody counted it. " * 4) for number in range(8))
        low = Grid("Low", ("What", "Why"), rows, figures=False, together=True)
        made = as_pdf(replace(paper, sections=(replace(paper.sections[0], blocks=(high, low)),)))
        (page,) = [each for each in text_of(made).split("\f") if "Why 7." in each]
        assert "Why 0." in page


def test_a_number_stands_on_the_page_of_what_is_drawn_of_it(paper: Paper, text_of: Callable[[bytes], str]) -> None:
    drawing = next(block for section in paper.sections for block in section.blocks if isinstance(block, Drawing))
    for before in range(16, 40, 3):
        high = Grid("High", ("Row", "Number"), tuple((f"Row {number}", "5") for number in range(before)))
        blocks = (high, KeyFigure("1,234", "people of whom this is"), replace(drawing, caption="Drawn of them"))
        made = as_pdf(replace(paper, sections=(replace(paper.sections[0], blocks=blocks),)))
        (page,) = [each for each in text_of(made).split("\f") if "people of whom this is" in each]
        assert "Drawn of them" in page, before


def test_what_follows_the_cover_begins_on_a_sheet_of_its_own(
    paper: Paper, text_of: Callable[[bytes], str], made: Callable[[Document], bytes]
) -> None:
    cover, first, *_ = text_of(made(Document.PAPER_PDF)).split("\f")
    assert paper.cover.caption in cover
    assert paper.sections[0].heading not in cover
    assert first.startswith(paper.sections[0].heading)


@pytest.mark.parametrize("longer", ["", " (west)", " (the western part)"])
def test_at_the_foot_of_a_page_no_day_is_parted_from_its_year(
    paper: Paper, longer: str, text_of: Callable[[bytes], str]
) -> None:
    name = f"Otherham Community and Mental Health NHS Trust{longer}"
    made = replace(paper, organisation=name, published="2026-27-Q2, version 1, published 11 November 2026")
    assert made.published in text_of(as_pdf(made))


def test_the_list_for_inspectors_says_also_what_is_not_there(pack: Pack, text_of: Callable[[bytes], str]) -> None:
    text = text_of(file_of(pack, Document.EVIDENCE_PDF).body).replace("\n", " ")
    assert "Nobody is treated worse for speaking up" in text
    assert "Not in this publication" in text
    assert [section.heading for section in evidence_list(pack).sections if section.heading not in text] == []


def test_what_is_for_the_meeting_is_left_out_for_the_public(pack: Pack, text_of: Callable[[bytes], str]) -> None:
    public, board = (text_of(file_of(pack, each).body) for each in (Document.PUBLIC_PDF, Document.PAPER_PDF))
    for words in (pack.cover.strategic_risk, pack.cover.previously_considered, "reflection and planning"):
        assert (words in board, words in public) == (True, False)
    assert "How this was made" in public


def test_verapdf_finds_nothing_where_it_is_installed(made: Callable[[Document], bytes], tmp_path: Path) -> None:
    if shutil.which("verapdf") is None:
        pytest.skip("needs veraPDF, which no package registry has; docs/documents.md says how to run it by hand")
    for document in (Document.PAPER_PDF, Document.EVIDENCE_PDF):
        path = tmp_path / document
        path.write_bytes(made(document))
        said = subprocess.run(
            ["verapdf", "--flavour", "ua1", "--format", "text", path], check=False, capture_output=True
        )
        assert said.stdout.startswith(b"PASS"), said.stdout


def test_what_follows_and_what_is_not_there_is_read_in_it(text_of: Callable[[bytes], str]) -> None:
    pack = pack_with(asked(60), again(45), took((40, 30, 25, 5), 100))
    text = " ".join(text_of(file_of(pack, Document.PAPER_PDF).body).split())
    assert "As many answers came as 75% of the people who were asked." in text
    assert "at least nine in ten took up to 60 working days" in text
    assert "What this paper does not hold, and why" in text
    assert "A publication holds no numbers of staff." in text
    assert strange(text, pack, board_paper(pack)) == []
