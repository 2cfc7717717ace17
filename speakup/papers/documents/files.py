"""The files that a publication is handed out as, each the same bytes however often it is made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from speakup.papers.documents.composing import as_draft, board_paper, evidence_list, public_paper
from speakup.papers.documents.paper import Paper
from speakup.papers.documents.sheets import as_csv, as_workbook
from speakup.papers.documents.typesetting import as_pdf
from speakup.papers.documents.word import as_word
from speakup.papers.formats import Document
from speakup.papers.pack import Pack


@dataclass(frozen=True, slots=True)
class File:
    """A document on its way out."""

    name: str
    body: bytes = field(repr=False)


_MADE: Final[dict[Document, tuple[Callable[[Pack, str], Paper], Callable[[Paper], bytes]]]] = {
    Document.PAPER_PDF: (board_paper, as_pdf),
    Document.PAPER_WORD: (board_paper, as_word),
    Document.PUBLIC_PDF: (public_paper, as_pdf),
    Document.PUBLIC_WORD: (public_paper, as_word),
    Document.TABLES: (board_paper, as_workbook),
    Document.CELLS: (board_paper, as_csv),
    Document.EVIDENCE_PDF: (evidence_list, as_pdf),
    Document.EVIDENCE_WORD: (evidence_list, as_word),
}


def file_of(pack: Pack, document: Document, language: str = "en", *, is_published: bool = True) -> File:
    """Make a document of a publication. Its name says which publication, which version and nothing else.

    One that is not published yet says so on every page, and in its name.
    """
    composed, written = _MADE[document]
    paper = composed(pack, language)
    name = f"speaking-up-{pack.ref}-{pack.version}-{document}"
    return File(name, written(paper)) if is_published else File(f"draft-{name}", written(as_draft(paper)))
