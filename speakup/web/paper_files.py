"""A publication as files, on the pages of those who prepare it and of those who read it."""

from typing import Any

from flask import Response
from flask_babel import lazy_gettext

from speakup.papers import Pack
from speakup.papers.formats import Document
from speakup.web.downloads import offered_for_keeping

OFFERED: dict[Document, tuple[Any, Any]] = {
    Document.PAPER_PDF: (lazy_gettext("Board paper (PDF)"), lazy_gettext("To table and to print")),
    Document.PAPER_WORD: (lazy_gettext("Board paper (Word)"), lazy_gettext("To put into a pack of papers")),
    Document.PUBLIC_PDF: (lazy_gettext("Report for everybody (PDF)"), lazy_gettext("To put on the intranet")),
    Document.TABLES: (lazy_gettext("Tables (Excel)"), lazy_gettext("One table to a sheet")),
    Document.CELLS: (lazy_gettext("Tables (CSV)"), lazy_gettext("For other programs")),
    Document.EVIDENCE_PDF: (lazy_gettext("Evidence for inspectors (PDF)"), lazy_gettext("What the CQC may ask for")),
    Document.EVIDENCE_WORD: (lazy_gettext("Evidence for inspectors (Word)"), lazy_gettext("To add to")),
}
"""What each is called, and what it is for."""
ANY_OF_THEM = f"any({','.join(repr(each.value) for each in Document)})"
"""In an address, the end that names one."""


def handed_out(pack: Pack, document: str, *, is_published: bool = True) -> Response:
    """Offer a document of a publication for keeping."""
    from speakup.papers.documents import file_of  # noqa: PLC0415 -- only who asks for a paper loads what writes it

    file = file_of(pack, Document(document), is_published=is_published)
    return offered_for_keeping(file.name, file.body)
