"""What a guardian does that turns a clock: having spoken, pausing and going on, looking over, taking up and back."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from speakup import cases, organisations
from speakup.cases import Act, Case, CaseView, ClockKind, Pause, PauseReason
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.web import labels, notices
from speakup.web.actors import work
from speakup.web.fields import ButtonForm
from speakup.web.workspace import meanwhile, surface
from speakup.web.workspace.clock_forms import NoConversationForm, PauseForm, SpokenForm
from speakup.web.workspace.pages import common, found_case

CONFLICT = 409

MOVES: dict[Act, Callable[[UnitOfWork, Case], None]] = {
    Act.START: cases.start_work,
    Act.REVIEW: cases.begin_review,
    Act.TAKE_BACK: cases.take_back,
}
"""Moves that are one button."""


@surface.route("/cases/<ref>/spoken", methods=["GET", "POST"])
def spoken(ref: str) -> ResponseReturnValue:
    """Note on which day a guardian and the person spoke."""
    form = SpokenForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        if not cases.may_do(case.state, Act.SPEAK):
            return _turned_away(form, case)
        if not form.is_submitted():
            form.on.form.show(uow.today)
        if not form.validate_on_submit() or not _spoken(uow, case, form):
            page = render_template("workspace/spoken.html", form=form, case=case, **shared)
            return page, form.status
    flash(_("Saved. The next clock runs from that day"))
    return redirect(url_for(".case_page", ref=ref))


@surface.route("/cases/<ref>/no-conversation", methods=["GET", "POST"])
def no_conversation(ref: str) -> ResponseReturnValue:
    """Note why there will be no conversation."""
    form = NoConversationForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        if not any(line.kind is ClockKind.CONVERSATION for line in cases.clock_lines(uow, case)):
            return _turned_away(form, case)
        if not form.validate_on_submit():
            page = render_template("workspace/no_conversation.html", form=form, case=case, **shared)
            return page, form.status
        cases.waive_conversation(uow, case, form.text.data or "")
    flash(_("Saved among the notes. Nobody waits for a conversation now"))
    return redirect(url_for(".case_page", ref=ref))


@surface.route("/cases/<ref>/pause", methods=["GET", "POST"])
def pause(ref: str) -> ResponseReturnValue:
    """Let a case wait, for a reason and until a day. What a colleague settled meanwhile is shown first."""
    form = PauseForm()
    form.reason.choices = [SelectChoice(each.value, labels.PAUSES[each]) for each in PauseReason]
    with work() as uow:
        view = cases.open_view(uow, cases.find(uow, ref))
        case, mark = view.case, meanwhile.mark_of_pause(view)
        if not cases.may_pause(case):
            return _turned_away(form, case)
        if not form.is_submitted():
            # That somebody without an inbox was told is for their guardian to say: nothing tells them from here.
            form.read.data, form.tell.data = mark, view.has_inbox
        shown = {"case": case, "view": view, "last_day": cases.last_day_to_look(uow), **common(uow)}
        if form.is_submitted() and form.read.data != mark:
            form.read.data = mark
            return render_template("workspace/pause.html", form=form, meanwhile=True, **shown), CONFLICT
        if not form.validate_on_submit() or not _paused(uow, view, form):
            page = render_template("workspace/pause.html", form=form, meanwhile=False, **shown)
            return page, form.status
    flash(_("Paused. What was left of each clock is kept"))
    if form.tell.data:
        notices.send_and_say(ref)
    return redirect(url_for(".case_page", ref=ref))


@surface.post("/cases/<ref>/resume")
def resume(ref: str) -> ResponseReturnValue:
    """Go on with a paused case."""
    return _pressed(ref, cases.resume_case, _("The case goes on. Its clocks run again"))


@surface.post("/cases/<ref>/seen-to")
def seen_to(ref: str) -> ResponseReturnValue:
    """Note that what came after the end needs nothing more."""
    return _pressed(ref, cases.see_to_what_came, _("Saved. Your colleague is not asked to read it any more"))


@surface.post("/cases/<ref>/looked-over")
def looked_over(ref: str) -> ResponseReturnValue:
    """Note that the whole case was looked over today."""
    return _pressed(ref, cases.look_over, _("Saved. The next round begins today"))


@surface.post("/cases/<ref>/move")
def move(ref: str) -> ResponseReturnValue:
    """Take a case up, say that a review has begun, or take it back."""
    wanted = [act for act in MOVES if act.value == request.form.get("act")]
    if not wanted:
        abort(400)

    def moved(uow: UnitOfWork, case: Case) -> None:
        if request.form.get("stands") != case.state:
            raise Conflict(ref)
        MOVES[wanted[0]](uow, case)

    return _pressed(ref, moved, _("Saved"))


def _pressed(ref: str, do: Callable[[UnitOfWork, Case], None], done: str) -> ResponseReturnValue:
    """Do what one button says. Where somebody else was first, the page says so and shows how it stands."""
    form = ButtonForm()
    with work() as uow:
        case = cases.find(uow, ref)
        if form.pressed():
            try:
                do(uow, case)
            except Conflict:
                flash(_("The case has moved on since you opened the page. Nothing was changed"), "warning")
            else:
                flash(done)
    return redirect(url_for(".case_page", ref=ref))


def _turned_away(form: PauseForm | SpokenForm | NoConversationForm, case: Case) -> ResponseReturnValue:
    """Lead to the case where the step cannot be taken; whoever has typed already is told on a page of its own."""
    if form.is_submitted():
        raise Conflict(case.ref)
    flash(_("This cannot be done as the case stands now"), "warning")
    return redirect(url_for(".case_page", ref=case.ref))


def _spoken(uow: UnitOfWork, case: Case, form: SpokenForm) -> bool:
    on = form.on.form.written
    if on is None:
        form.on.form.day.errors = [_("Write the day on which you spoke")]
        return False
    try:
        cases.have_spoken(uow, case, on, form.text.data or "")
    except Invalid as invalid:
        form.on.form.day.errors = [
            _("That day has not come yet")
            if invalid.reason == "in the future"
            else _("That is before it was raised. Write a day from %(day)s on", day=labels.day(case.raised_on))
        ]
        return False
    return True


def _paused(uow: UnitOfWork, view: CaseView, form: PauseForm) -> bool:
    until = form.until.form.written
    if until is None:
        form.until.form.day.errors = [_("Write the day on which you look at it again")]
        return False
    looked_at = cases.next_working_day(until, organisations.here(uow).country)
    words = "\n\n".join(filter(None, (_what_waits(labels.long_day(looked_at), view), (form.words.data or "").strip())))
    told = words if form.tell.data else ""
    try:
        cases.pause_case(uow, view.case, Pause(PauseReason(form.reason.data), form.why.data or "", until, told))
    except Invalid as invalid:
        last_day = labels.long_day(cases.last_day_to_look(uow))
        form.until.form.day.errors = [
            _("That day has gone by. Write a day from tomorrow on")
            if invalid.reason == "past"
            else _("That is too far away. Write a day up to %(day)s; you can let it wait longer then", day=last_day)
        ]
        return False
    return True


def _what_waits(day: str, view: CaseView) -> str:
    if not view.has_inbox:
        words = _(
            "I told you that this has to wait for a while, that it is not closed and nothing is lost, and that I will "
            "look at it again on %(day)s at the latest.",
            day=day,
        )
        return str(words)
    return str(
        _(
            "What you told us has to wait for a while. It is not closed, and nothing is lost. "
            "I will look at it again on %(day)s at the latest. You can write to me here at any time.",
            day=day,
        )
    )
