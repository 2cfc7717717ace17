"""`/learning-so-far`: what people said, and what was done. It sets no cookie and counts nobody."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from speakup import learning, organisations
from speakup.web.actors import public_work
from speakup.web.published import surface

AT_ONCE = 20
"""Statements of a page: with more it would be slow on an old telephone."""


@surface.get("/learning-so-far")
def learning_so_far() -> ResponseReturnValue:
    """Show what is published, the newest first."""
    with public_work() as uow:
        organisation = organisations.here(uow)
        pages = max(1, -(-learning.count_published(uow) // AT_ONCE))
        page = min(max(request.args.get("page", 1, type=int), 1), pages)
        shown = learning.published(uow, (page - 1) * AT_ONCE, AT_ONCE)
    return render_template("learning/so_far.html", organisation=organisation, shown=shown, page=page, pages=pages)
