"""`/follow-up/hand-over`: the guardian asks whether others may have this, and the person answers."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import accounts, cases, keyring, organisations
from speakup.kernel.errors import Conflict
from speakup.web.actors import inbox_work
from speakup.web.inbox import surface
from speakup.web.inbox.forms import HandOverForm


@surface.route("/follow-up/hand-over", methods=["GET", "POST"])
def hand_over() -> ResponseReturnValue:
    """Show who asks, about whom, and take the answer; until it was done it can be changed."""
    form = HandOverForm()
    with inbox_work() as uow:
        organisation, case = organisations.here(uow), cases.mine(uow)
        view = cases.open_inbox(uow, case)
        if view.asked is None:
            return _nothing_asked(form)
        valid = form.is_submitted() and form.validate()
        if form.is_submitted() and form.question.data != str(view.asked.record_id):
            valid = _asked_another(form)
        if valid:
            cases.answer_hand_over(
                uow, case, view.asked.record_id, agrees=form.answer.data == "yes", words=form.text.data or ""
            )
            flash(gettext("Thank you. The guardian reads your answer."))
            return redirect(url_for("inbox.follow_up"), 303)
        if not form.is_submitted() and view.asked.answer is not None:
            form.answer.data = "yes" if view.asked.answer else "no"
        form.question.data = str(view.asked.record_id)
        staying = [each.name for each in view.readers if each.name and not each.has_left]
        asked_about = dict.fromkeys([view.asked.places.first, view.asked.places.cover])
        both = keyring.as_vouched(keyring.load_key_log(uow), [accounts.member(uow, each) for each in asked_about])
    shown = {"asked": view.asked, "names": view.names, "staying": staying, "both": both}
    page = render_template("inbox/hand_over.html", organisation=organisation, form=form, **shown)
    return make_response(page, form.status)


def _asked_another(form: HandOverForm) -> bool:
    """Take no answer to a question that stands no more: whoever was asked another meanwhile reads it first."""
    form.answer.data, form.answer.errors, form.overtaken = None, [], True
    form.form_errors.append(gettext("The guardian asks about other people now. Read who, then answer."))
    return False


def _nothing_asked(form: HandOverForm) -> ResponseReturnValue:
    """Lead back to the inbox; whoever has answered already meanwhile is told on a page that keeps their words."""
    if form.is_submitted():
        raise Conflict("hand-over")
    flash(gettext("There is nothing to answer just now."))
    return redirect(url_for("inbox.follow_up"), 303)
