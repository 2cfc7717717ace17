"""`/cases/REF/about-the-person`: asking somebody the questions about themselves, as they would answer them alone."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import cases, keyring
from speakup.cases import Case, CaseState
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.web.about_form import AboutForm, about_form, names_of
from speakup.web.actors import work
from speakup.web.workspace import surface
from speakup.web.workspace.pages import found_case


@surface.route("/cases/<ref>/about-the-person", methods=["GET", "POST"])
def about_the_person(ref: str) -> ResponseReturnValue:
    with work() as uow:
        case, shared = found_case(uow, ref)
        if case.state is CaseState.CLOSED:
            if request.method == "POST":
                raise Conflict(ref)
            flash(_("This case is closed. Open it again first"), "warning")
            return redirect(url_for(".case_page", ref=ref))
        answered = cases.answered_about(uow, case)
        form = about_form(uow, answered, to_the_person=False)
        names = names_of(uow, answered)
        twice = names_of(uow, [each for each in answered if request.form.get(each)])
        form.overtaken = bool(twice)
        if twice or not (form.is_submitted() and form.validate() and _counted(uow, case, form)):
            shown = {"answered": names, "twice": twice, "has_inbox": keyring.has_receipt(uow, case.id), **shared}
            return render_template("workspace/about_person.html", form=form, case=case, **shown), form.status
    return redirect(url_for(".case_page", ref=ref))


def _counted(uow: UnitOfWork, case: Case, form: AboutForm) -> bool:
    try:
        counted = cases.answer_about(uow, case, form.answers)
    except Invalid:
        form.form_errors.append(_("Choose from the answers shown."))
        return False
    flash(_("Counted. What was answered is kept nowhere in the case") if counted else _("Nothing was answered"))
    return True
