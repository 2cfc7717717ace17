"""A publication in the making as files, for those who prepare, read and sign it: they say that it is not published."""

from flask import abort
from flask.typing import ResponseReturnValue

from speakup import papers
from speakup.papers import State
from speakup.web.actors import work
from speakup.web.paper_files import ANY_OF_THEM, handed_out
from speakup.web.workspace import surface


@surface.get(f"/publications/<ref>/<{ANY_OF_THEM}:document>")
def publication_file(ref: str, document: str) -> ResponseReturnValue:
    """Hand out what the board will be handed out."""
    with work(writes=False) as uow:
        row = papers.find_publication(uow, ref)
        pack = papers.preview(row)
        is_published = row.state is State.PUBLISHED
    if pack is None:
        abort(404)
    return handed_out(pack, document, is_published=is_published)
