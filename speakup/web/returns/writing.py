"""What is written beside the figures: lines R11 to R13, and the days on which the return is taken."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import cases, returns
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.returns import ReturnView
from speakup.web.actors import work
from speakup.web.fields import CONFLICT
from speakup.web.returns import surface
from speakup.web.returns.forms import WindowForm, WordsForm
from speakup.web.returns.pages import AT, opened, shared


@surface.route(f"{AT}/words", methods=["GET", "POST"])
def return_words(year: str, quarter: str) -> ResponseReturnValue:
    """Write lines R11 to R13; what could tell who somebody is, is pointed out before it is kept."""
    form = WordsForm()
    with work() as uow:
        view = opened(uow, year, quarter)
        now = None
        if not form.is_submitted():
            form.show(view.words, view.revision)
        elif form.validate():
            if read(form) != view.revision:
                now, form.revision.data = view.words, str(view.revision)
            elif form.passes(uow, lambda: cases.mine_raised(uow, view.quarter.first_day, view.quarter.last_day)):
                returns.keep_words(uow, view.quarter, form.said, view.revision)
                flash(gettext("Saved"))
                return redirect(url_for(".return_page", year=year, quarter=quarter))
        page = render_template("returns/words.html", form=form, now=now, **shared(uow, view))
        return page, CONFLICT if now else form.status


@surface.route(f"{AT}/window", methods=["GET", "POST"])
def return_window(year: str, quarter: str) -> ResponseReturnValue:
    """Write from when until when the return is taken."""
    form = WindowForm()
    with work() as uow:
        view = opened(uow, year, quarter)
        overtaken = False
        if not form.is_submitted():
            form.show(view.window, view.revision)
        elif form.validate():
            overtaken = read(form) != view.revision
            if overtaken:
                form.revision.data = str(view.revision)
            elif _keeps_window(uow, view, form):
                flash(gettext("Saved"))
                return redirect(url_for(".return_page", year=year, quarter=quarter))
        page = render_template("returns/window.html", form=form, overtaken=overtaken, **shared(uow, view))
        return page, CONFLICT if overtaken else form.status


def _keeps_window(uow: UnitOfWork, view: ReturnView, form: WindowForm) -> bool:
    try:
        returns.keep_window(uow, view.quarter, form.said, view.revision)
    except Invalid:
        form.closes_on.form.day.errors = [gettext("The last day comes before the first")]
        return False
    return True


def read(form: WordsForm | WindowForm) -> int:
    """Return the revision that a page was read at; none for what is no number."""
    return int(form.revision.number)
