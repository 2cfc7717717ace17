"""After the end: check-ins, an answer to somebody for whom things became worse, and whether they would do it again."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import RadioField

from speakup import cases, keyring
from speakup.cases import Case, CaseState, CaseView, ClockKind, How, Stands, Things
from speakup.kernel.errors import Conflict
from speakup.kernel.uow import UnitOfWork
from speakup.web import notices, told_words
from speakup.web.actors import work
from speakup.web.after_forms import CheckInsForm, FeedbackForm, ThingsForm
from speakup.web.fields import ButtonForm, FromTheList, offer
from speakup.web.workspace import surface
from speakup.web.workspace.forms import MessageForm
from speakup.web.workspace.pages import common, found_case

CONFLICT = 409
IN_INBOX, BY_VOICE = "inbox", "voice"


class AnswerWorseForm(MessageForm):
    """What a guardian says to somebody for whom things became worse."""

    how = RadioField(
        choices=offer([(IN_INBOX, "")]), default=IN_INBOX, validate_choice=False, validators=[FromTheList()]
    )


@surface.route("/cases/<ref>/check-ins", methods=["GET", "POST"])
def check_ins(ref: str) -> ResponseReturnValue:
    """Show when the person is asked, and change it as they tell it."""
    form = CheckInsForm()
    with work() as uow:
        view = cases.open_view(uow, cases.find(uow, ref))
        form.how.choices = told_words.ways_to_ask(has_inbox=view.has_inbox)
        if not form.is_submitted():
            form.show(view.check_ins, has_inbox=view.has_inbox)
        if not (form.is_submitted() and form.validate()):
            return _page(uow, view, form), form.status
        if form.read_at != view.check_ins.said:
            form.form_errors.append(
                _("This was changed while you wrote. How it stands is shown. Save again if yours is right")
            )
            form.said.data = str(view.check_ins.said)
            return _page(uow, view, form, meanwhile=True), CONFLICT
        cases.choose_check_ins(uow, view.case, *form.chosen)
    flash(_("Saved. The person reads it in their inbox") if view.has_inbox else _("Saved. You ask them on the day"))
    return redirect(url_for(".check_ins", ref=ref))


@surface.post("/cases/<ref>/check-ins/ask")
def ask_how_things_are(ref: str) -> ResponseReturnValue:
    """Put the question, and send the ordinary notice: only a guardian's own request can read where it goes."""
    with work() as uow:
        case, asked = cases.find(uow, ref), False
        if ButtonForm().pressed():
            try:
                cases.ask_how_things_are(uow, case)
                asked = True
            except Conflict:
                flash(_("Nobody is to be asked just now. Nothing was changed"), "warning")
    if asked:
        flash(_("Asked. The question is in their inbox"))
        notices.send_and_say(ref)
    return redirect(url_for(".check_ins", ref=ref))


@surface.route("/cases/<ref>/check-ins/told", methods=["GET", "POST"])
def how_things_are(ref: str) -> ResponseReturnValue:
    """Write down what the person says, or that they did not answer."""
    form = ThingsForm()
    with work() as uow:
        view = cases.open_view(uow, cases.find(uow, ref))
        for_day = view.check_ins.open_on(uow.today)
        offered = [each for each in Things if for_day or each is not Things.NO_ANSWER]
        form.things.choices = offer((each.value, told_words.THINGS[each]) for each in offered)
        if not (form.is_submitted() and form.validate()):
            page = render_template("workspace/things.html", form=form, case=view.case, for_day=for_day, **common(uow))
            return page, form.status
        cases.say_how_things_are(uow, view.case, form.answer, form.text.data or "")
    flash(_("Saved"))
    return redirect(url_for(".check_ins", ref=ref))


@surface.route("/cases/<ref>/answer", methods=["GET", "POST"])
def answer_worse(ref: str) -> ResponseReturnValue:
    """Answer somebody for whom things became worse, without opening their closed case."""
    form = AnswerWorseForm()
    with work() as uow:
        view = cases.open_view(uow, cases.find(uow, ref))
        if refusal := _elsewhere(uow, view.case, form):
            return refusal
        has_inbox = keyring.has_receipt(uow, view.case.id)
        form.how.choices = offer([*([(IN_INBOX, _("I write to their inbox"))] if has_inbox else []),
                                  (BY_VOICE, _("We have spoken. This is my note of it"))])  # fmt: skip
        if not form.is_submitted() and not has_inbox:
            form.how.data = BY_VOICE
        if not form.validate_on_submit():
            page = render_template("workspace/answer_worse.html", form=form, case=view.case, view=view, **common(uow))
            return page, form.status
        cases.answer_worse(uow, view.case, form.text.data or "", by_voice=form.how.data == BY_VOICE)
    flash(_("Saved. Nobody waits for this answer now"))
    if form.how.data == IN_INBOX:
        notices.send_and_say(ref)
    return redirect(url_for(".case_page", ref=ref))


@surface.route("/cases/<ref>/feedback", methods=["GET", "POST"])
def feedback(ref: str) -> ResponseReturnValue:
    """Ask the person whether they would speak up again, and write down what they say."""
    form = FeedbackForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        form.prepare(uow, to_person=False)
        if case.state is not CaseState.CLOSED:
            if form.is_submitted():
                raise Conflict(ref)
            flash(_("This is asked when the case is closed"), "warning")
            return redirect(url_for(".case_page", ref=ref))
        if not (form.is_submitted() and form.validate()):
            return render_template("workspace/feedback.html", form=form, case=case, **shared), form.status
        cases.give_feedback(uow, case, form.answer, form.text.data or "")
    flash(_("Saved and counted"))
    return redirect(url_for(".case_page", ref=ref))


def _elsewhere(uow: UnitOfWork, case: Case, form: AnswerWorseForm) -> ResponseReturnValue | None:
    """Lead to where it is answered: an open case by a reply, and one that is answered already nowhere."""
    waits = any(line.kind is ClockKind.WORSE for line in cases.clock_lines(uow, case))
    if case.state is CaseState.CLOSED and waits:
        return None
    if form.is_submitted():
        raise Conflict(case.ref)
    if case.state is not CaseState.CLOSED:
        return redirect(url_for(".reply", ref=case.ref))
    flash(_("They have been answered already"), "warning")
    return redirect(url_for(".case_page", ref=case.ref))


def _page(uow: UnitOfWork, view: CaseView, form: CheckInsForm, *, meanwhile: bool = False) -> str:
    shown: dict[str, Any] = {
        "stands": told_words.STANDS,
        "things": told_words.THINGS,
        "to_ask": view.check_ins.to_ask(uow.today),
        "by_voice": view.check_ins.wish is not None and view.check_ins.wish.how is How.GUARDIAN,
        "gets_notices": view.person is not None and bool(view.person.notice_to),
        "no_answer": Stands.NO_ANSWER,
        "wanted": _wanted(view),
        "meanwhile": meanwhile,
    }
    return render_template("workspace/check_ins.html", form=form, case=view.case, view=view, **shown, **common(uow))


def _wanted(view: CaseView) -> str:
    wish = view.check_ins.wish
    return told_words.months_words(wish.months) if wish and wish.months else ""
