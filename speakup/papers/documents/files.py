"""The files that a publication is handed out as, each the same bytes however often it is made."""

from dataclasses import dataclass, field
from enum import StrEnum

from speakup.papers.documents.composing import board_paper, evidence_list
from speakup.papers.documents.sheets import as_csv, as_workbook
from speakup.papers.documents.typesetting import as_pdf
from speakup.papers.documents.word import as_word
from speakup.papers.pack import Pack


class Document(StrEnum):
    """What can be had, by the end of its address."""

    PAPER_PDF = "paper.pdf"
    PAPER_WORD = "paper.docx"
    TABLES = "paper.xlsx"
    CELLS = "paper.csv"
    EVIDENCE_PDF = "evidence.pdf"
    EVIDENCE_WORD = "evidence.docx"


@dataclass(frozen=True, slots=True)
class File:
    """A document on its way out."""

    name: str
    body: bytes = field(repr=False)


def file_of(pack: Pack, document: Document, language: str = "en") -> File:
    """Make a document of a publication. Its name says which publication, which version and nothing else."""
    return File(f"speaking-up-{pack.ref}-{pack.version}-{document}", _made(pack, document, language))


def _made(pack: Pack, document: Document, language: str) -> bytes:
    match document:
        case Document.PAPER_PDF:
            return as_pdf(board_paper(pack, language))
        case Document.PAPER_WORD:
            return as_word(board_paper(pack, language))
        case Document.TABLES:
            return as_workbook(board_paper(pack, language))
        case Document.CELLS:
            return as_csv(board_paper(pack, language))
        case Document.EVIDENCE_PDF:
            return as_pdf(evidence_list(pack, language))
        case Document.EVIDENCE_WORD:
            return as_word(evidence_list(pack, language))
