"""`/cases/REF/detriment`: how things were, what was done to somebody for speaking up, and what was done about it."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import cases, keyring
from speakup.cases import Baseline, CaseView, DetrimentLine
from speakup.kernel.errors import Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.web import told_words
from speakup.web.actors import work
from speakup.web.after_forms import BaselineForm, StepForm, WrittenDownForm
from speakup.web.fields import ButtonForm
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common, found_case

UNPROCESSABLE = 422


@surface.get("/cases/<ref>/detriment")
def detriment(ref: str) -> ResponseReturnValue:
    """Show everything there is about how the person is treated."""
    with work() as uow:
        view = cases.open_view(uow, cases.find(uow, ref))
        shown = {"baselines": _baselines(uow, view), "pairs": _pairs(uow, view), "uncounted": _uncounted(view)}
        return render_template(
            "workspace/detriment.html", form=ButtonForm(), view=view, case=view.case, **shown, **common(uow)
        )


@surface.route("/cases/<ref>/detriment/new", methods=["GET", "POST"])
def write_detriment_down(ref: str) -> ResponseReturnValue:
    """Write down what the person told about being treated badly."""
    form = WrittenDownForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        form.prepare(uow, to_person=False)
        if not (form.is_submitted() and form.validate()):
            return render_template("workspace/detriment_new.html", form=form, case=case, **shared), form.status
        try:
            cases.report_detriment(uow, case, form.report(form.told_on.form.written))
        except Invalid as refused:
            _blame(form, refused)
            return render_template("workspace/detriment_new.html", form=form, case=case, **shared), UNPROCESSABLE
    flash(_("Saved. It cannot be changed, and more can be added"))
    return redirect(url_for(".detriment", ref=ref))


@surface.route("/cases/<ref>/detriment/<uuid:record_id>", methods=["GET", "POST"])
def act_on_detriment(ref: str, record_id: uuid.UUID) -> ResponseReturnValue:
    """Note what was done about one report."""
    form = StepForm()
    with work() as uow:
        view = cases.open_view(uow, cases.find(uow, ref))
        line = next((each for each in view.detriment if each.record_id == record_id), None)
        if line is None:
            raise NotFound(record_id)
        if not (form.is_submitted() and form.validate() and _done(uow, view, line, form)):
            shown = {"line": line, "pairs": _pairs(uow, view)[record_id], **common(uow)}
            page = render_template("workspace/detriment_step.html", form=form, case=view.case, view=view, **shown)
            return page, form.status
    flash(_("Saved"))
    return redirect(url_for(".detriment", ref=ref))


@surface.post("/cases/<ref>/detriment/count")
def count_detriment(ref: str) -> ResponseReturnValue:
    """Let a coded case count as one with detriment."""
    with work() as uow:
        case = cases.find(uow, ref)
        if ButtonForm().pressed() and cases.count_detriment(uow, case):
            flash(_("Counted among the elements"))
    return redirect(url_for(".detriment", ref=ref))


@surface.route("/cases/<ref>/baseline", methods=["GET", "POST"])
def baseline(ref: str) -> ResponseReturnValue:
    """Note with the person how things are at work now."""
    form = BaselineForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        shared["has_inbox"] = keyring.has_receipt(uow, case.id)
        if not (form.is_submitted() and form.validate()):
            return render_template("workspace/baseline.html", form=form, case=case, **shared), form.status
        cases.note_baseline(uow, case, form.areas)
    flash(_("Saved. The person reads it in their inbox") if shared["has_inbox"] else _("Saved"))
    return redirect(url_for(".detriment", ref=ref))


def _done(uow: UnitOfWork, view: CaseView, line: DetrimentLine, form: StepForm) -> bool:
    try:
        cases.act_on_detriment(uow, view.case, line.record_id, form.text.data or "", form.on.form.written or uow.today)
    except Invalid:
        form.on.form.day.errors = [_("That day is still to come")]
        return False
    return True


def _blame(form: WrittenDownForm, refused: Invalid) -> None:
    if refused.field == "told_on":
        form.told_on.form.day.errors = [
            _("That day is still to come")
            if refused.reason == "in the future"
            else _("That day is before the case was raised")
        ]
    else:
        form.form_errors.append(_("Choose from the answers shown."))


def _baselines(uow: UnitOfWork, view: CaseView) -> list[Any]:
    """Pair each noted baseline with its words, newest first."""
    noted = [each for each in reversed(view.messages) if isinstance(each.more, Baseline)]
    lines = told_words.lines(uow, noted, to_person=False)
    return [(each, lines[each.record_id].pairs) for each in noted]


def _pairs(uow: UnitOfWork, view: CaseView) -> dict[uuid.UUID, list[tuple[Any, str]]]:
    return {each.record_id: list(told_words.treated_pairs(uow, each.treated)) for each in view.detriment}


def _uncounted(view: CaseView) -> bool:
    """Say whether somebody told of detriment, and the case is coded without it."""
    return view.coded and bool(view.detriment) and cases.DETRIMENT_ELEMENT not in view.elements
