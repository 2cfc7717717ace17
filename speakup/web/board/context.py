"""`/board/context`: figures from elsewhere beside the published ones, typed or pasted, with source and day."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from speakup import assurance, policy
from speakup.assurance import ContextFigure, FigureDetails, Indicator
from speakup.kernel.errors import Conflict
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.web.actors import keyless_work
from speakup.web.board import surface
from speakup.web.board.context_forms import FigureForm, PasteForm, trouble_words
from speakup.web.board.pages import common
from speakup.web.board.words import INDICATORS, with_unit
from speakup.web.fields import ButtonForm


@surface.route("/board/context", methods=["GET", "POST"])
def context() -> ResponseReturnValue:
    """List what is kept, with room for one more."""
    form = FigureForm()
    form.offer()
    with keyless_work() as uow:
        policy.require(uow.actor, Permission.CONTEXT_KEEP)
        if form.is_submitted() and form.fits(uow):
            assurance.keep_figure(uow, form.written)
            flash(_("Saved. It stands in what is published from now on"))
            return redirect(url_for(".context"))
        return _list_page(uow, form)


@surface.route("/board/context/<uuid:figure_id>", methods=["GET", "POST"])
def context_figure(figure_id: uuid.UUID) -> ResponseReturnValue:
    """Write one anew."""
    form = FigureForm()
    form.offer()
    with keyless_work() as uow:
        row = assurance.find_figure(uow, figure_id)
        if not form.is_submitted():
            form.show(row)
        elif form.fits(uow):
            try:
                assurance.change_figure(uow, row, form.written, form.revision_read)
            except Conflict:
                form.overtaken, form.revision.data = True, str(row.revision)
                return _figure_page(uow, row, form)
            flash(_("Saved. What is published already stays as it is"))
            return redirect(url_for(".context"))
        return _figure_page(uow, row, form)


@surface.post("/board/context/<uuid:figure_id>/delete")
def delete_context(figure_id: uuid.UUID) -> ResponseReturnValue:
    """Take one out."""
    pressed = ButtonForm().pressed()
    with keyless_work() as uow:
        row = assurance.find_figure(uow, figure_id)
        if pressed:
            assurance.delete_figure(uow, row)
            flash(_("Deleted. What is published already stays as it is"))
    return redirect(url_for(".context"))


@surface.route("/board/context/paste", methods=["GET", "POST"])
def paste_context() -> ResponseReturnValue:
    """Bring several in at once: all of them, or none while a line cannot be read."""
    form = PasteForm()
    with keyless_work() as uow:
        policy.require(uow.actor, Permission.CONTEXT_KEEP)
        if form.validate_on_submit():
            read = assurance.read_lines(form.lines.data or "", _names(), uow.today)
            form.lines.errors = [trouble_words(each) for each in read.troubles[:20]]
            if not read.troubles and not read.lines:
                form.lines.errors = [_("Paste at least one line with a figure")]
            if not form.lines.errors:
                assurance.keep_figures(uow, [
                    FigureDetails(each.indicator, each.value, each.unit, each.source, each.as_of, each.name)
                    for each in read.lines
                ])  # fmt: skip
                flash(ngettext("%(num)d figure saved", "%(num)d figures saved", len(read.lines)))
                return redirect(url_for(".context"))
        names = [words for each, words in INDICATORS.items() if each is not Indicator.OTHER]
        return render_template("board/context_paste.html", form=form, names=names, **common(uow)), form.status


def _names() -> dict[str, Indicator]:
    """Map what figures are called here to what they are of."""
    return {str(words).casefold(): each for each, words in INDICATORS.items() if each is not Indicator.OTHER}


def _list_page(uow: UnitOfWork, form: FigureForm) -> ResponseReturnValue:
    rows = [(row, name_of(row), with_unit(f"{row.value:f}", row.unit)) for row in assurance.figures(uow)]
    return render_template("board/context.html", form=form, rows=rows, **common(uow)), form.status


def _figure_page(uow: UnitOfWork, row: ContextFigure, form: FigureForm) -> ResponseReturnValue:
    stands = with_unit(f"{row.value:f}", row.unit)
    shown = {"form": form, "row": row, "name": name_of(row), "stands": stands, "button_form": ButtonForm(formdata=None)}
    return render_template("board/context_figure.html", **shown, **common(uow)), form.status


def name_of(row: ContextFigure) -> str:
    """Say what a figure is of."""
    return row.name or str(INDICATORS[row.indicator])
