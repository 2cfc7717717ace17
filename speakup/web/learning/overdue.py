"""`/actions/overdue`: what the executive lead is shown, first a number and after four weeks the titles."""

from flask import render_template
from flask.typing import ResponseReturnValue

from speakup import learning
from speakup.web.actors import keyless_work
from speakup.web.learning import surface
from speakup.web.learning.pages import common


@surface.get("/actions/overdue")
def overdue() -> ResponseReturnValue:
    """Show how many actions are overdue, and which are so for more than four weeks."""
    with keyless_work(writes=False) as uow:
        shown = learning.overdue(uow)
        return render_template("learning/overdue.html", shown=shown, today=uow.today, **common(uow))
