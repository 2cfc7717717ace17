"""`/cases/REF/triage`: what a guardian makes of a case, on one page."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import cases
from speakup.cases import CaseView, Triage, TriagedMeanwhile
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.web.actors import work
from speakup.web.workspace import surface, triage_words
from speakup.web.workspace.pages import common
from speakup.web.workspace.triage_form import TriageForm

BAD_REQUEST, CONFLICT, UNPROCESSABLE = 400, 409, 422


@surface.route("/cases/<ref>/triage", methods=["GET", "POST"])
def triage(ref: str) -> ResponseReturnValue:
    """Show it and keep it. After a colleague saved meanwhile, both are shown, and nothing typed is lost."""
    form = TriageForm()
    with work() as uow:
        view = cases.open_view(uow, cases.find(uow, ref))
        standing = cases.standing_triage(view)
        form.prepare(uow, view.case, standing)
        if not form.is_submitted():
            form.fill(standing, len(view.triages))
            return _page(uow, view, form), 200
        meanwhile: TriagedMeanwhile | None = None
        if form.validate():
            meanwhile = _kept(uow, view, standing, form)
        if meanwhile or form.errors:
            status = BAD_REQUEST if form.token_failed else CONFLICT if meanwhile else UNPROCESSABLE
            return _page(uow, view, form, meanwhile), status
    flash(_("Triage saved"))
    return redirect(url_for(".case_page", ref=ref))


@surface.get("/cases/<ref>/code")
def code(ref: str) -> ResponseReturnValue:
    """Lead whoever kept the address to where coding is now."""
    with work(writes=False) as uow:
        cases.find(uow, ref)
    return redirect(url_for(".triage", ref=ref))


def _kept(uow: UnitOfWork, view: CaseView, standing: Triage, form: TriageForm) -> TriagedMeanwhile | None:
    """Keep what was written; put beside its field what cannot be kept, and return what a colleague did meanwhile."""
    savings = len(view.triages)
    read = standing if form.read_at == savings else cases.read_then(view.triages, form.read_at, cases.as_told(view))
    try:
        cases.triage_case(uow, view.case, form.written(uow.today, read), read, form.read_at)
    except TriagedMeanwhile as meanwhile:
        form.fill(meanwhile.merged, savings)
        form.form_errors.append(_("A colleague saved this page while you wrote. Look at it once more, and save again"))
        return meanwhile
    except Invalid as refused:
        form.blame(refused)
    return None


def _page(uow: UnitOfWork, view: CaseView, form: TriageForm, meanwhile: TriagedMeanwhile | None = None) -> str:
    shown: dict[str, Any] = {"case": view.case, "names": view.names, "history": list(triage_words.history(uow, view))}
    shown |= {"theirs": None}
    if meanwhile:
        line = view.triages[-1]
        shown["theirs"] = line
        shown["changed"] = triage_words.changed(uow, view.case, line.triage, meanwhile.changed)
    return render_template("workspace/triage.html", form=form, **shown, **common(uow))
