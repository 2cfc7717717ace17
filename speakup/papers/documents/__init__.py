"""A publication as files: the board paper as PDF and Word, its tables as Excel and CSV, the list for inspectors."""

from speakup.papers.documents.composing import board_paper, evidence_list
from speakup.papers.documents.files import File, file_of
from speakup.papers.documents.paper import Paper
from speakup.papers.formats import Document

__all__ = ["Document", "File", "Paper", "board_paper", "evidence_list", "file_of"]
