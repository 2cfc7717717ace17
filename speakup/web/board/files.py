"""A publication as files: the paper for the meeting, the report for everybody, its tables, what inspectors ask for."""

from flask.typing import ResponseReturnValue

from speakup import papers
from speakup.web.actors import keyless_work
from speakup.web.board import surface
from speakup.web.paper_files import ANY_OF_THEM, handed_out


@surface.get(f"/board/<ref>/<{ANY_OF_THEM}:document>")
def publication_file(ref: str, document: str) -> ResponseReturnValue:
    """Hand one out. Made of the publication, which never changes, and so the same however often it is made."""
    with keyless_work(writes=False) as uow:
        pack = papers.find_published(uow, ref)
    return handed_out(pack, document)
