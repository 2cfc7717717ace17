"""One publication gives the same bytes whenever and wherever it is written out, and no number it does not hold."""

import csv
import hashlib
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import openpyxl
import pytest

from speakup import papers
from speakup.papers import Pack
from speakup.papers.documents import Document, Paper, file_of
from speakup.papers.documents.composing import evidence_list
from speakup.papers.documents.drawings import bars_drawn, line_drawn
from speakup.papers.documents.paper import Drawing, Words
from tests.papers.documents.numbers import NUMBER, held, strange

ROOT = Path(__file__).parents[3]
WRITE_ALL = """
import hashlib, sys
from speakup import papers
from speakup.papers.documents import Document, file_of
pack = papers.read(sys.stdin.buffer.read())
for document in Document:
    print(document, hashlib.sha256(file_of(pack, document).body).hexdigest())
"""


def test_another_process_in_another_place_at_another_time_writes_the_same_bytes(
    pack: Pack, made: Callable[[Document], bytes]
) -> None:
    elsewhere = {
        **os.environ,
        "PYTHONHASHSEED": "4711",
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
        "PYTHONPATH": str(ROOT),
    }
    words = [sys.executable, "-c", WRITE_ALL]
    done = subprocess.run(words, input=papers.written(pack), env=elsewhere, cwd="/", check=True, capture_output=True)
    ours = [f"{document} {hashlib.sha256(made(document)).hexdigest()}" for document in Document]
    assert done.stdout.decode().splitlines() == ours


def test_a_file_is_called_by_its_publication_and_nothing_else(pack: Pack) -> None:
    assert file_of(pack, Document.CELLS).name == "speaking-up-P-2025-26-1-paper.csv"


def words_of_word(body: bytes) -> str:
    """Everything in the file that anybody reads or hears."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        written = [
            package.read(name).decode() for name in package.namelist() if re.match(r"word/(document|footer)", name)
        ]
        core = package.read("docProps/core.xml").decode()
    text = re.sub(r"<w:fldSimple.*?</w:fldSimple>", " ", " ".join(written), flags=re.DOTALL)
    heard = re.findall(r'(?:descr|title|w:tblCaption w:val|w:tblDescription w:val)="([^"]*)"', text)
    # Runs of one paragraph belong together; paragraphs do not.
    text = re.sub(r"<[^>]*>", "", re.sub(r"</w:p>", " ", re.sub(r"<(?:wp|a|pic|w:tblGrid).*?>", "", text)))
    title = re.search("<dc:title>(.*?)</dc:title>", core)
    assert title
    return unescape(" ".join([text, *heard, title[1]])).replace("Page  of ", "")


def words_of_workbook(body: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(body))
    return " ".join(
        f"{cell.value:.0%}" if cell.number_format == "0%" else str(cell.value)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )


def words_of_csv(body: bytes) -> str:
    return " ".join(cell for line in csv.reader(io.StringIO(body.decode("utf-8-sig"))) for cell in line)


@pytest.mark.parametrize("document", list(Document))
def test_every_number_of_a_document_stands_in_the_publication(
    document: Document, pack: Pack, paper: Paper, made: Callable[[Document], bytes], text_of: Callable[[bytes], str]
) -> None:
    read: dict[str, Callable[[bytes], str]] = {
        "pdf": text_of, "docx": words_of_word, "xlsx": words_of_workbook, "csv": words_of_csv,
    }  # fmt: skip
    text = read[document.rpartition(".")[2]](made(document))
    source = evidence_list(pack) if document.startswith("evidence") else paper
    assert len(NUMBER.findall(text)) > (20 if document.startswith("evidence") else 200), document
    assert strange(text, pack, replace(source, sections=(*source.sections, *paper.sections))) == []


def test_every_number_of_a_drawing_and_of_its_words_is_one_of_what_it_draws(pack: Pack) -> None:
    for line in pack.series:
        drawing = line_drawn(line, pack.title(line), str)
        labels = {number for label, _figure in line.points for number in NUMBER.findall(label)}
        limits = {str(each) for one in line.limits for each in (one.lower, one.centre, one.upper)}
        written = set(NUMBER.findall(words_of_drawing(drawing)))
        assert written <= labels | limits | {str(value) for value in line.values}
        assert written >= {str(line.values[0]), str(line.values[-1])}
    for table in pack.tables:
        drawn = bars_drawn(table, pack.title(table), str)
        if drawn:
            assert set(NUMBER.findall(words_of_drawing(drawn))) == {str(figure) for _labels, figure in table} - {"[c]"}


def words_of_drawing(drawing: Drawing) -> str:
    return unescape(" ".join([*re.findall(r">([^<]+)<", drawing.svg), drawing.said, drawing.message, drawing.caption]))


def test_a_number_that_is_not_published_is_found(pack: Pack, paper: Paper, text_of: Callable[[bytes], str]) -> None:
    from speakup.papers.documents.typesetting import as_pdf  # noqa: PLC0415 -- the one test that writes a paper by hand

    first = paper.sections[0]
    changed = replace(
        paper, sections=(replace(first, blocks=(*first.blocks, Words("373 people"))), *paper.sections[1:])
    )
    assert "373" not in held(pack)
    assert strange(text_of(as_pdf(changed)), pack, paper) == ["373"]
