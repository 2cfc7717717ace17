"""The end of a case, and its beginning again."""

from collections.abc import Collection

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from speakup import cases, organisations, vocabulary
from speakup.cases import Case, CaseState, CaseView, ClockKind, Closing, How, Missing, Satisfied, may_move
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary import CodeSet
from speakup.web import labels, told_words
from speakup.web.actors import work
from speakup.web.after_forms import RATHER_NOT
from speakup.web.fields import ButtonForm, offer
from speakup.web.workspace import surface
from speakup.web.workspace.forms import CloseForm, NoteForm, ReopenForm
from speakup.web.workspace.pages import common, found_case
from speakup.web.workspace.steps import Step, turned_away

CONFLICT, UNPROCESSABLE = 409, 422
TO_ANSWER = 5
"""Working days in which a person may say what they think of the outcome, before a case closes over it unasked."""
RESOLVED = "resolved"
"""The outcome, in the national list, that says there is nothing left to do."""


@surface.route("/cases/<ref>/close", methods=["GET", "POST"])
def close(ref: str) -> ResponseReturnValue:
    """Close a case, with what the person says to it. After a colleague moved it on, that is shown and nothing lost."""
    form, missing = CloseForm(), []
    with work() as uow:
        view = cases.open_view(uow, cases.find(uow, ref))
        case = view.case
        if not form.is_submitted() and (refusal := turned_away(Step.CLOSE, case)):
            return refusal
        _prepare(uow, view, form)
        if form.is_submitted() and form.read.data != _as_it_stands(view):
            return _page(uow, view, form, meanwhile=True), CONFLICT
        if form.is_submitted():
            form.validate_on_submit()
            _require_on_purpose(form)
            missing = _missing(uow, case, form)
        if not form.is_submitted() or form.errors or missing:
            return _page(uow, view, form, missing), form.status if form.errors or not missing else UNPROCESSABLE
        cases.close_case(uow, case, _closing(form))
        _note_what_they_said(uow, view, form)
    flash(_("Case closed"))
    return redirect(url_for(".case_page", ref=ref))


@surface.route("/cases/<ref>/reopen", methods=["GET", "POST"])
def reopen(ref: str) -> ResponseReturnValue:
    """Open a case again. Where a colleague has done so already, what was typed is ready to go as a note."""
    form = ReopenForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        if not form.is_submitted() and (refusal := turned_away(Step.REOPEN, case)):
            return refusal
        if not form.validate_on_submit():
            page = render_template("workspace/reopen.html", form=form, case=case, **shared)
            return page, form.status
        if case.state is not CaseState.CLOSED:
            note = NoteForm(formdata=None, data={"text": form.why.data})
            return render_template("workspace/note.html", form=note, case=case, reopened=True, **shared), CONFLICT
        cases.reopen_case(uow, case, form.why.data or "")
    flash(_("Case opened again"))
    return redirect(url_for(".case_page", ref=ref))


def _prepare(uow: UnitOfWork, view: CaseView, form: CloseForm) -> None:
    """Offer the lists of today, and show what the person has said already."""
    form.outcome.choices = [SelectChoice(each.key, each.name) for each in vocabulary.codes(uow, CodeSet.OUTCOME)]
    form.satisfied.choices = [SelectChoice(each.value, labels.SATISFIED[each]) for each in Satisfied]
    form.offered.choices = offer((each.key, each.name) for each in vocabulary.codes(uow, CodeSet.ESCALATION))
    answers = [(each.key, each.name) for each in vocabulary.codes(uow, CodeSet.FEEDBACK)]
    form.would_again.choices = offer(
        [("", _("I have not asked")), *answers, (RATHER_NOT, _("They would rather not say"))]
    )
    form.how.choices = told_words.ways_to_ask(has_inbox=view.has_inbox)
    form.asks_to_wait = _may_still_answer(uow, view.case)
    if form.is_submitted():
        return
    form.read.data = _as_it_stands(view)
    form.how.data = (How.INBOX if view.has_inbox else How.GUARDIAN).value
    if view.check_ins.wish is not None:
        form.months.data = [str(each) for each in view.check_ins.wish.months]
        form.how.data = view.check_ins.wish.how.value


def _as_it_stands(view: CaseView) -> str:
    """Name what closing rests on: where the case stands, whether the person was told, what they want later."""
    return f"{view.case.state} {view.case.told_on or ''} {view.check_ins.said} {' '.join(view.elements)}"


def _page(
    uow: UnitOfWork, view: CaseView, form: CloseForm, missing: Collection[str] = (), *, meanwhile: bool = False
) -> str:
    if meanwhile:
        form.read.data = _as_it_stands(view)
    names = vocabulary.names(uow, CodeSet.OUTCOME)
    needed = _done_elsewhere(uow, view.case, form)
    shown = {"missing": missing, "needed": needed, "meanwhile": meanwhile, "view": view, "outcome_names": names}
    standing = cases.standing_referrals(uow, view)
    shown["unanswered"] = [each for each in standing if each.state in cases.UNANSWERED]
    inside = {each.line.id for each in standing}
    waited_for = {line.about_id for line in cases.clock_lines(uow, view.case) if line.kind is ClockKind.REFERRAL}
    shown |= {"blocked": _blocked(view.case), "outside": waited_for - inside, "pressing": ButtonForm(formdata=None)}
    return render_template("workspace/close.html", form=form, case=view.case, **shown, **common(uow))


def _note_what_they_said(uow: UnitOfWork, view: CaseView, form: CloseForm) -> None:
    """Keep when they want to be asked, if that is new, and what they answered when they were asked here."""
    months, how = sorted(int(each) for each in form.months.data or ()), How(form.how.data or How.INBOX)
    before = view.check_ins.wish
    if (months, how) != ((list(before.months), before.how) if before else ([], how)):
        cases.choose_check_ins(uow, view.case, months, how)
    if form.would_again.data:
        again = "" if form.would_again.data == RATHER_NOT else form.would_again.data
        cases.give_feedback(uow, view.case, again, form.again_words.data or "")


def _require_on_purpose(form: CloseForm) -> None:
    """Let nothing be called resolved to which the person says no, and close over no answer, unless that is meant."""
    form.asks_again = form.outcome.data == RESOLVED and form.satisfied.data == Satisfied.NO
    if form.asks_again and not form.resolved_all_the_same.data:
        form.outcome.errors = [
            _("The person is not satisfied. Choose what else came of it, or tick that it is resolved")
        ]
    if form.asks_to_wait and form.satisfied.data == Satisfied.NOT_KNOWN and not form.close_all_the_same.data:
        form.satisfied.errors = [
            _("They have had less than 5 working days to answer. Wait for their answer, or tick that you close it now")
        ]


def _may_still_answer(uow: UnitOfWork, case: Case) -> bool:
    """Say whether the outcome was told so lately that nobody can know yet what the person says to it."""
    country = organisations.here(uow).country
    return case.told_on is not None and cases.working_days_late(case.told_on, uow.today, country) < TO_ANSWER


def _blocked(case: Case) -> bool:
    """Say whether a case that was answered cannot close from where it stands: others still have it."""
    return case.state not in {CaseState.NEW, CaseState.CLOSED} and not may_move(case.state, CaseState.CLOSED)


def _missing(uow: UnitOfWork, case: Case, form: CloseForm) -> list[str]:
    """Say in words all that the case still needs, beside what the form lacks."""
    if _blocked(case):
        return [_("It cannot close as it stands now. What is in the way, and what to do, is said below")]
    return [str(labels.MISSING[each]) for each in cases.missing_to_close(uow, case, _closing(form))]


def _done_elsewhere(uow: UnitOfWork, case: Case, form: CloseForm) -> list[tuple[str, str]]:
    """List what closing needs and other pages of the case do: what, and the last part of the page's address."""
    if case.state is CaseState.CLOSED or _blocked(case):
        return []
    needed = cases.missing_to_close(uow, case, _closing(form))
    words = {**labels.MISSING, Missing.TOLD: _("Tell the person the outcome, or write below why that was not possible")}
    return [(str(words[each]), page) for each, page in _DONE_ON.items() if each in needed]


_DONE_ON = {
    Missing.ACKNOWLEDGED: "acknowledge",
    Missing.ELEMENTS: "triage",
    Missing.WORKER_GROUP: "triage",
    Missing.TOLD: "outcome",
}


def _closing(form: CloseForm) -> Closing:
    """Say how it is to be closed; whoever did not say what the person says to it, does not know."""
    return Closing(
        outcome=form.outcome.data or "",
        summary=form.summary.data or "",
        satisfied=Satisfied(form.satisfied.data) if form.satisfied.data in set(Satisfied) else Satisfied.NOT_KNOWN,
        why_not_satisfied=form.why_not_satisfied.data or "",
        offered=frozenset(form.offered.data or ()),
        escalation=form.escalation.data or "",
        why_not_told=form.why_not_told.data or "",
        ends_referrals=form.ends_referrals.data,
    )
