"""A publication as files, on the pages of those who prepare it and of those who read it."""

from typing import Any

from flask import Response
from flask_babel import lazy_gettext as _

from speakup.papers import Pack
from speakup.papers.formats import Document
from speakup.web.downloads import offered_for_keeping

OFFERED: dict[Document, tuple[Any, Any]] = {
    Document.PAPER_PDF: (_("Board paper (PDF)"), _("To table and to print")),
    Document.PAPER_WORD: (_("Board paper (Word)"), _("To put into a pack of papers")),
    Document.PUBLIC_PDF: (_("Report for everybody (PDF)"), _("To put on the intranet")),
    Document.PUBLIC_WORD: (_("Report for everybody (Word)"), _("The same, for newsletters and larger print")),
    Document.TABLES: (_("Tables (Excel)"), _("One table to a sheet")),
    Document.CELLS: (_("Tables (CSV)"), _("For other programs")),
    Document.EVIDENCE_PDF: (_("Evidence for inspectors (PDF)"), _("What the CQC may ask for")),
    Document.EVIDENCE_WORD: (_("Evidence for inspectors (Word)"), _("The same, to add your own words to")),
}
"""What each is called, and what it is for."""
ANY_OF_THEM = f"any({','.join(repr(each.value) for each in Document)})"
"""In an address, the end that names one."""


def handed_out(pack: Pack, document: str, *, is_published: bool = True) -> Response:
    """Offer a document of a publication for keeping."""
    from speakup.papers.documents import file_of  # noqa: PLC0415 -- only who asks for a paper loads what writes it

    file = file_of(pack, Document(document), is_published=is_published)
    return offered_for_keeping(file.name, file.body)
