"""Which files a publication is handed out as. What writes them is loaded only by whoever asks for one."""

from enum import StrEnum


class Document(StrEnum):
    """What can be had, by the end of its address."""

    PAPER_PDF = "paper.pdf"
    PAPER_WORD = "paper.docx"
    PUBLIC_PDF = "public.pdf"
    """For everybody: without the cover for the meeting, and without the board's own pages to fill in."""
    PUBLIC_WORD = "public.docx"
    TABLES = "paper.xlsx"
    CELLS = "paper.csv"
    EVIDENCE_PDF = "evidence.pdf"
    EVIDENCE_WORD = "evidence.docx"
