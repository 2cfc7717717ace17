"""`/returns/lines`: what the collection calls each line, since when, where it says so, and how sure that is."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import insight, returns
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.returns import NewWording, Wording
from speakup.vocabulary import Certainty
from speakup.web.actors import work
from speakup.web.returns import surface
from speakup.web.returns.forms import SURE, WordingForm
from speakup.web.returns.pages import common


@surface.get("/returns/lines")
def return_lines() -> ResponseReturnValue:
    """List what the lines are called in this quarter."""
    with work(writes=False) as uow:
        return render_template("returns/lines.html", wordings=_wordings(uow), **_shared(uow))


@surface.route("/returns/lines/<line>", methods=["GET", "POST"])
def word_line(line: str) -> ResponseReturnValue:
    """Write what a line is called from one day on."""
    form = WordingForm()
    with work() as uow:
        name, found = next((each for each in _wordings(uow) if each[1].line == line), (line, None))
        if found is None:
            raise NotFound(line)
        if not form.is_submitted():
            form.text.data, form.certainty.data = found.text, Certainty.CONFIRMED.value
            form.valid_from.form.show(returns.read_period(insight.quarter_of(uow.today)).first_day)
        elif form.validate() and _has_day(form):
            returns.word_line(uow, _new(form, line))
            flash(gettext("Saved"))
            return redirect(url_for(".return_lines"))
        return render_template(
            "returns/wording.html", form=form, called=name, wording=found, **_shared(uow)
        ), form.status


def _wordings(uow: UnitOfWork) -> list[tuple[str, Wording]]:
    return returns.wordings(uow, returns.read_period(insight.quarter_of(uow.today)))


def _new(form: WordingForm, line: str) -> NewWording:
    certainty = Certainty(form.certainty.data)
    return NewWording(line, form.valid_from.form.written, form.text.data or "", form.source.data or "", certainty)


def _has_day(form: WordingForm) -> bool:
    if form.valid_from.form.written is None:
        form.valid_from.form.day.errors = [gettext("Write a day")]
        return False
    return True


def _shared(uow: UnitOfWork) -> dict[str, Any]:
    return {"sure": SURE, "collector": returns.COLLECTOR, **common(uow)}
