"""What becomes of somebody who spoke up: how they are treated, how things are later, whether they would do it again."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from speakup import cases, organisations
from speakup.cases import Case, CaseState, How, InboxView, Things
from speakup.kernel.errors import Conflict, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.web import danger, told_words
from speakup.web.actors import inbox_work
from speakup.web.after_forms import BaselineForm, CheckInsForm, FeedbackForm, ThingsForm, TreatedForm
from speakup.web.fields import PlainForm, offer
from speakup.web.inbox import surface

MAY_BE_ASKED = frozenset({CaseState.AWAITING_FEEDBACK, CaseState.CLOSED})
"""Where the end is near or past, so that somebody can say whether they want to be asked later."""


@surface.route("/follow-up/how-it-is", methods=["GET", "POST"])
def how_it_is() -> ResponseReturnValue:
    """Note how things are at work now."""
    form = BaselineForm()
    with inbox_work() as uow:
        case = cases.mine(uow)
        if form.is_submitted() and form.validate():
            cases.note_baseline(uow, case, form.areas)
            return _thanks(gettext("Saved. You and the guardian can read it here."))
        return _page(uow, form, "how_it_is")


@surface.route("/follow-up/treated-badly", methods=["GET", "POST"])
def treated_badly() -> ResponseReturnValue:
    """Tell us that something bad has happened because of speaking up."""
    form = TreatedForm()
    with inbox_work() as uow:
        case = cases.mine(uow)
        form.prepare(uow, to_person=True)
        if form.is_submitted() and form.validate():
            cases.report_detriment(uow, case, form.report())
            return _thanks(_promise(uow, case))
        now = danger.read(uow, organisations.here(uow))
        return _page(uow, form, "treated_badly", sites=now.sites, next_look=now.next_look)


@surface.route("/follow-up/check-ins", methods=["GET", "POST"])
def check_ins() -> ResponseReturnValue:
    """Choose whether, when and how to be asked how things are; or stop being asked."""
    form = CheckInsForm()
    with inbox_work() as uow:
        view = cases.open_inbox(uow, cases.mine(uow))
        if view.case.state not in MAY_BE_ASKED and view.check_ins.wish is None:
            raise NotFound("check-ins")
        form.how.choices = offer([
            (How.INBOX.value, gettext("Here in my inbox")),
            (How.GUARDIAN.value, gettext("The guardian speaks with me")),
        ])  # fmt: skip
        if not form.is_submitted():
            form.show(view.check_ins)
        elif form.validate():
            if form.read_at != view.check_ins.said:
                return _changed_meanwhile(uow, form, view)
            cases.choose_check_ins(uow, view.case, *form.chosen)
            flash(_chosen(form))
            return redirect(url_for(".check_ins"), 303)
        return _page(uow, form, "check_ins", plan=view.check_ins, wanted=_wanted(view))


@surface.post("/follow-up/check-ins/stop")
def stop_check_ins() -> ResponseReturnValue:
    """Ask no more, whatever was chosen before."""
    form = PlainForm()
    with inbox_work() as uow:
        view = cases.open_inbox(uow, cases.mine(uow))
        if form.validate() and view.check_ins.wish is not None:
            cases.choose_check_ins(uow, view.case, (), view.check_ins.wish.how)
            flash(gettext("We will not ask. You can still write to the guardian at any time."))
    return redirect(url_for(".check_ins"), 303)


@surface.route("/follow-up/how-things-are", methods=["GET", "POST"])
def how_things_are() -> ResponseReturnValue:
    """Answer how things are."""
    form = ThingsForm()
    form.things.choices = offer((each.value, words) for each, words in _THINGS.items())
    with inbox_work() as uow:
        case = cases.mine(uow)
        if form.is_submitted() and form.validate():
            cases.say_how_things_are(uow, case, form.answer, form.text.data or "")
            return _thanks(
                _promise(uow, case) if form.answer is Things.WORSE else gettext("Thank you. The guardian can read it.")
            )
        return _page(uow, form, "how_things_are")


@surface.route("/follow-up/feedback", methods=["GET", "POST"])
def feedback() -> ResponseReturnValue:
    """Say whether one would speak up again: once it is closed, and again if it ends a second time."""
    form = FeedbackForm()
    with inbox_work() as uow:
        view = cases.open_inbox(uow, cases.mine(uow))
        _require_closed(view.case)
        form.prepare(uow, to_person=True)
        if form.is_submitted() and form.validate():
            cases.give_feedback(uow, view.case, form.answer, form.text.data or "")
            return _thanks(gettext("Thank you. Your answer is counted."))
        if not form.is_submitted():
            form.would_again.data = view.would_again
        return _page(uow, form, "feedback", answered=bool(view.would_again))


_THINGS = {
    Things.BETTER: told_words.THINGS[Things.BETTER],
    Things.SAME: told_words.THINGS[Things.SAME],
    Things.WORSE: told_words.THINGS[Things.WORSE],
    Things.RATHER_NOT_SAY: _("I would rather not say"),
}


def shown(uow: UnitOfWork, view: InboxView) -> dict[str, Any]:
    """Return what the inbox itself shows of all this."""
    closed = view.case.state is CaseState.CLOSED
    return {
        "told_lines": told_words.lines(uow, view.messages, to_person=True),
        "asks_now": view.check_ins.open_on(uow.today),
        "asks_again": closed and not view.would_again,
        "may_choose": view.case.state in MAY_BE_ASKED or view.check_ins.wish is not None,
    }


def _changed_meanwhile(uow: UnitOfWork, form: CheckInsForm, view: InboxView) -> ResponseReturnValue:
    form.form_errors.append(gettext("This was changed since you opened the page. Look once more, then save."))
    form.said.data = str(view.check_ins.said)
    return _page(uow, form, "check_ins", 409, plan=view.check_ins, wanted=_wanted(view))


def _wanted(view: InboxView) -> str:
    """Say what was chosen last; empty where nothing was, or nothing is wanted."""
    wish = view.check_ins.wish
    return told_words.months_words(wish.months) if wish and wish.months else ""


def _chosen(form: CheckInsForm) -> str:
    if not form.months.data:
        return str(gettext("We will not ask. You can still write to the guardian at any time."))
    return str(gettext("Saved. Write the days down: they are on this page."))


def _require_closed(case: Case) -> None:
    if case.state is not CaseState.CLOSED:
        raise Conflict(case.ref) if request.method == "POST" else NotFound("feedback")


def _promise(uow: UnitOfWork, case: Case) -> str:
    """Promise an answer where somebody is there to give it."""
    if not cases.is_received(uow, case):
        return str(gettext("Thank you for telling us. It is kept here."))
    return str(gettext("Thank you for telling us. The guardian answers you here within 2 working days."))


def _thanks(words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("inbox.follow_up"), 303)


def _page(uow: UnitOfWork, form: PlainForm, name: str, status: int = 0, **more: object) -> ResponseReturnValue:
    page = render_template(f"inbox/{name}.html", organisation=organisations.here(uow), form=form, **more)
    return make_response(page, status or form.status)
