"""What else can be done in the inbox: say who you are, ask us to stop, close it."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import cases, keyring, organisations
from speakup.cases import Case, HowRaised, PersonDetails
from speakup.web.actors import inbox_work, public_work
from speakup.web.cookies import INBOX, end_pages
from speakup.web.inbox import surface
from speakup.web.inbox.forms import OnlyButton, WhoIAmForm


@surface.route("/follow-up/who-i-am", methods=["GET", "POST"])
def who_i_am() -> ResponseReturnValue:
    with inbox_work() as uow:
        organisation, case = organisations.here(uow), cases.mine(uow)
        view = cases.open_inbox(uow, case)
        form = WhoIAmForm(data={**WhoIAmForm.known(view.person), "how": _how(case)})
        form.staff_domains = organisation.staff_mail_domains
        form.is_known = is_known(view.person)
        if form.is_submitted() and form.validate():
            cases.say_who_i_am(uow, case, form.details() or PersonDetails(), HowRaised(form.how.data))
            flash(_saved(view.person, form))
            return redirect(url_for("inbox.follow_up"), 303)
    readers = [each.name for each in view.readers if each.name and not each.has_left]
    page = render_template(
        "inbox/who_i_am.html", organisation=organisation, form=form, readers=readers, is_known=form.is_known
    )
    return make_response(page, form.status)


@surface.route("/follow-up/stop", methods=["GET", "POST"])
def stop() -> ResponseReturnValue:
    form = OnlyButton()
    with inbox_work() as uow:
        organisation, case = organisations.here(uow), cases.mine(uow)
        if form.is_submitted() and form.validate():
            cases.ask_to_stop(uow, case)
            flash(gettext("You asked us to stop. The guardian will tell you here."))
            return redirect(url_for("inbox.follow_up"), 303)
    return make_response(render_template("inbox/stop.html", organisation=organisation, form=form), form.status)


@surface.post("/follow-up/close")
def close() -> ResponseReturnValue:
    response = redirect(url_for("inbox.follow_up"), 303)
    if OnlyButton().validate():
        with public_work(writes=True) as uow:
            keyring.end_reporter(uow, INBOX.read())
        INBOX.drop(response)
        end_pages(response)
        flash(gettext("Your inbox is closed. Your seven words open it again."))
    return response


def is_known(person: PersonDetails | None) -> bool:
    """Say whether somebody gave a name, a way to be reached or a wish, and has not taken all of it back."""
    return person is not None and person != PersonDetails()


def _saved(before: PersonDetails | None, form: WhoIAmForm) -> str:
    """Thank only whoever now gives a name for the first time: the others change something, or take it back."""
    if form.name.data and not (before and before.name):
        return str(gettext("Thank you. The people who can open this now know who you are."))
    return str(gettext("Saved. We wrote down the day."))


def _how(case: Case) -> str:
    return HowRaised.OPEN.value if case.how_raised is HowRaised.OPEN else HowRaised.CONFIDENTIAL.value
