"""The end of a case, and its beginning again."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from speakup import cases, organisations, vocabulary
from speakup.cases import Case, Closing, NotReadyToClose, Satisfied
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary import CodeSet
from speakup.web import labels
from speakup.web.actors import work
from speakup.web.workspace import surface
from speakup.web.workspace.forms import CloseForm, ReopenForm
from speakup.web.workspace.pages import found_case
from speakup.web.workspace.steps import Step, turned_away

UNPROCESSABLE = 422
TO_ANSWER = 5
"""Working days in which a person may say what they think of the outcome, before a case closes over it unasked."""
RESOLVED = "resolved"
"""The outcome, in the national list, that says there is nothing left to do."""


@surface.route("/cases/<ref>/close", methods=["GET", "POST"])
def close(ref: str) -> ResponseReturnValue:
    form, missing = CloseForm(), []
    with work() as uow:
        case, shared = found_case(uow, ref)
        if not form.is_submitted() and (refusal := turned_away(Step.CLOSE, case)):
            return refusal
        form.outcome.choices = [SelectChoice(each.key, each.name) for each in vocabulary.codes(uow, CodeSet.OUTCOME)]
        form.satisfied.choices = [SelectChoice(each.value, labels.SATISFIED[each]) for each in Satisfied]
        form.asks_to_wait = _may_still_answer(uow, case)
        if form.validate_on_submit() and _said_on_purpose(form):
            missing = _closed(uow, case, form)
        if not form.is_submitted() or form.errors or missing:
            page = render_template("workspace/close.html", form=form, case=case, missing=missing, **shared)
            return page, UNPROCESSABLE if form.errors or missing else 200
    flash(_("Case closed"))
    return redirect(url_for(".case_page", ref=ref))


@surface.route("/cases/<ref>/reopen", methods=["GET", "POST"])
def reopen(ref: str) -> ResponseReturnValue:
    form = ReopenForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        if not form.is_submitted() and (refusal := turned_away(Step.REOPEN, case)):
            return refusal
        if not form.validate_on_submit():
            page = render_template("workspace/reopen.html", form=form, case=case, **shared)
            return page, UNPROCESSABLE if form.errors else 200
        cases.reopen_case(uow, case, form.why.data or "")
    flash(_("Case opened again"))
    return redirect(url_for(".case_page", ref=ref))


def _said_on_purpose(form: CloseForm) -> bool:
    """Let nothing be called resolved to which the person says no, unless that is meant."""
    form.asks_again = form.outcome.data == RESOLVED and form.satisfied.data == Satisfied.NO
    if form.asks_again and not form.resolved_all_the_same.data:
        form.outcome.errors = [
            _("The person is not satisfied. Choose what else came of it, or tick that it is resolved")
        ]
        return False
    if form.asks_to_wait and form.satisfied.data == Satisfied.NOT_KNOWN and not form.close_all_the_same.data:
        form.satisfied.errors = [
            _("They have had less than 5 working days to answer. Wait for their answer, or tick that you close it now")
        ]
        return False
    return True


def _may_still_answer(uow: UnitOfWork, case: Case) -> bool:
    """Say whether the outcome was told so lately that nobody can know yet what the person says to it."""
    country = organisations.here(uow).country
    return case.told_on is not None and cases.working_days_late(case.told_on, uow.today, country) < TO_ANSWER


def _closed(uow: UnitOfWork, case: Case, form: CloseForm) -> list[str]:
    """Close the case, or say in words what it still needs."""
    closing = Closing(
        outcome=form.outcome.data or "",
        summary=form.summary.data or "",
        satisfied=Satisfied(form.satisfied.data),
        why_not_satisfied=form.why_not_satisfied.data or "",
        escalation=form.escalation.data or "",
        why_not_told=form.why_not_told.data or "",
    )
    try:
        cases.close_case(uow, case, closing)
    except NotReadyToClose as refused:
        return [str(labels.MISSING[each]) for each in refused.missing]
    return []
