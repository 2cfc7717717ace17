"""`/follow-up/about-you`: answering questions about oneself, or not. What is answered is kept apart from the case."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import cases, organisations
from speakup.cases import CaseState
from speakup.kernel.errors import Invalid, NotFound
from speakup.web.about_form import about_form, names_of
from speakup.web.actors import inbox_work
from speakup.web.inbox import surface


@surface.route("/follow-up/about-you", methods=["GET", "POST"])
def about_you() -> ResponseReturnValue:
    """Ask, and count what is answered. Once the case is closed nobody asks."""
    with inbox_work() as uow:
        organisation, case = organisations.here(uow), cases.mine(uow)
        if case.state is CaseState.CLOSED:
            raise NotFound("about you")
        answered = cases.answered_about(uow, case)
        form = about_form(uow, answered, to_the_person=True)
        names = names_of(uow, answered)
        if form.is_submitted() and form.validate():
            try:
                counted = cases.answer_about(uow, case, form.answers)
            except Invalid:
                form.form_errors.append(gettext("Choose from the answers shown."))
            else:
                flash(
                    gettext("Thank you. Your answers are counted.")
                    if counted
                    else gettext("You answered nothing. That is fine.")
                )
                return redirect(url_for("inbox.follow_up"), 303)
    page = render_template("inbox/about_you.html", organisation=organisation, form=form, answered=names)
    return make_response(page, form.status)
