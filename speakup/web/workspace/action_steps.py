"""The steps of a learning action, one page each: what is asked, and the operation that does it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from speakup import accounts, cases, learning
from speakup.cases import Case
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.learning import Act, LearningAction, Missing, NotYet
from speakup.web import action_words
from speakup.web.actors import work
from speakup.web.checked_form import CheckedForm
from speakup.web.workspace import surface
from speakup.web.workspace.action_forms import (
    AgreeForm,
    ButtonStepForm,
    ClosingForm,
    EffectForm,
    EvidenceForm,
    HandOnForm,
    LookAgainForm,
    LookedForm,
    OwnerForm,
    TextForm,
    WhyAndDueForm,
    WhyForm,
)
from speakup.web.workspace.meanwhile import led_back
from speakup.web.workspace.pages import common

CONFLICT, UNPROCESSABLE = 409, 422


@dataclass(frozen=True, slots=True)
class Step:
    """One step: by which act, what its page says and asks, and what does it."""

    act: Act
    form: type[CheckedForm]
    heading: Any
    button: Any
    done: Any
    do: Callable[[UnitOfWork, LearningAction, Any], object]
    intro: Any = ""
    labels: dict[str, Any] = field(default_factory=dict)
    """Other words for a field."""


def _due(form: Any) -> date:  # noqa: ANN401 -- a form with a day
    written: date | None = form.due.form.written
    if written is None:
        raise Invalid("due_on", "empty")
    return written


def _close(uow: UnitOfWork, action: LearningAction, form: ClosingForm) -> None:
    """Close it, unless a case cannot be read that may have led to it: then that, too, needs a reason."""
    untold_why = form.untold_why.data or ""
    if form.damaged and not untold_why.strip():
        raise NotYet(frozenset({Missing.PEOPLE_TOLD}))
    learning.close(uow, action, staff_untold_why=form.staff_untold_why.data or "", untold_why=untold_why)


STEPS: dict[str, Step] = {
    "agree": Step(
        Act.AGREE, AgreeForm, _("Agree who sees to it"), _("Agree"), _("Agreed"),
        lambda uow, action, form: learning.agree(uow, action, form.owner_id, _due(form)),
        _("From then on whoever sees to it reads what it says. Which case led to it, or if one did, they never learn."),
    ),
    "start": Step(
        Act.START, ButtonStepForm, _("Start it"), _("Start"), _("It is in progress now"),
        lambda uow, action, _form: learning.start(uow, action),
    ),
    "implement": Step(
        Act.IMPLEMENT, EvidenceForm, _("Say it is done"), _("It is done"), _("Saved: it is done"),
        lambda uow, action, form: learning.implement(uow, action, form.evidence.data or ""),
    ),
    "check": Step(
        Act.CHECK, EffectForm, _("Check its effect"), _("It was checked"), _("Saved: its effect was checked"),
        lambda uow, action, form: learning.check(uow, action, form.no_effect_why.data or ""),
        _("Did it make the difference that was meant? Its measure shows that, with values before and after."),
    ),
    "close": Step(
        Act.CLOSE, ClosingForm, _("Close it"), _("Close"), _("Closed"),
        _close,
        _("Its effect was shown, staff know what changed, and so does everybody who spoke up about it."),
    ),
    "decline": Step(
        Act.DECLINE, WhyForm, _("Do not take it forward"), _("Do not take it forward"), _("It is not taken forward"),
        lambda uow, action, form: learning.decline(uow, action, form.why.data or ""),
        _("The reason stands here with your name, and whoever sees to it reads it."),
    ),
    "resume": Step(
        Act.RESUME, WhyAndDueForm, _("Take it up again"), _("Take it up again"), _("It is in progress again"),
        lambda uow, action, form: learning.resume(uow, action, form.why.data or "", _due(form)),
        _(
            "It was not done after all, or its effect did not last. What it reached before stays in its history:"
            " what shows that it is done, newer values and what staff are told are asked for anew."
        ),
    ),
    "reschedule": Step(
        Act.RESCHEDULE, WhyAndDueForm, _("Give it another day"), _("Save"), _("Saved"),
        lambda uow, action, form: learning.reschedule(uow, action, _due(form), form.why.data or ""),
    ),
    "look-again": Step(
        Act.CHECK_AGAIN, LookAgainForm, _("Look again later"), _("Save"), _("Saved"),
        lambda uow, action, form: learning.plan_check(uow, action, form.day(uow.today)),
        _("An effect that was there once may be gone half a year later. On that day it stands on your list."),
    ),
    "looked": Step(
        Act.CHECK_AGAIN, LookedForm, _("Say whether it still holds"), _("It still holds"), _("Saved: it still holds"),
        lambda uow, action, form: learning.note_check(uow, action, form.text.data or "", form.day(uow.today)),
        _("Look at its measure, with the newest values."),
    ),
    "hand-on": Step(
        Act.HAND_ON, HandOnForm, _("Hand it on"), _("Hand it on"), _("Handed on"),
        lambda uow, action, form: learning.hand_on(uow, action, form.owner_id, form.text.data or ""),
        labels={"owner": _("Who sees to it from now on?")},
    ),
    "update": Step(
        Act.UPDATE, TextForm, _("Add an update"), _("Save"), _("Saved"),
        lambda uow, action, form: learning.add_update(uow, action, form.text.data or ""),
        labels={"text": _("How far is it?")},
    ),
    "answer": Step(
        Act.ANSWER, TextForm, _("Answer whoever sees to it"), _("Send the answer"), _("Answered"),
        lambda uow, action, form: learning.answer_owner(uow, action, form.text.data or ""),
        labels={"text": _("Your answer")},
    ),
}  # fmt: skip
"""By their addresses."""


def take_step(ref: str, step: Step) -> ResponseReturnValue:
    """Show the page of a step, and take it."""
    form = step.form()
    with work() as uow:
        found = learning.find(uow, ref)
        if not form.is_submitted() and not learning.may_act(uow.actor, found, step.act):
            return led_back(ref)
        if isinstance(form, OwnerForm):
            form.prepare(each for each in accounts.members(uow) if each.id != found.owner_id)
        became = _done(uow, found, step, form) if form.validate_on_submit() else form.status
        if became != DONE:
            return _page(uow, found, step, form), became
    flash(str(step.done))
    return redirect(url_for(".action", ref=ref))


for _name, _step in STEPS.items():
    surface.add_url_rule(
        f"/learning/<ref>/{_name}",
        f"step_{_name}",
        partial(take_step, step=_step),
        methods=["GET", "POST"],
    )

DONE = 303
"""What leads on to the next page."""


def _done(uow: UnitOfWork, found: LearningAction, step: Step, form: CheckedForm) -> int:
    """Do it; return the status of the page that follows, `DONE` where it was done."""
    damaged: list[Case] | None = None
    if isinstance(form, ClosingForm):
        form.damaged = damaged = []
        cases.settle_before_closing(uow, found, damaged)
    kept_out = _is_kept_out(uow, found, form)
    if not form.passes(uow, lambda: cases.linked_case_ids(uow, found, damaged), kept_out=kept_out):
        return 200
    try:
        step.do(uow, found, form)
    except NotYet as refused:
        _ask_for(form, sorted(refused.missing))
        return UNPROCESSABLE
    except Conflict:
        state = action_words.ACTION_STATES[found.state]
        form.form_errors = [gettext("Somebody was quicker. It stands at “%(state)s” now", state=state)]
        return CONFLICT
    except Invalid as refused:
        _blame(form, refused)
        return UNPROCESSABLE
    return DONE


_ASKED_IN = {
    Missing.EVIDENCE: "evidence",
    Missing.EFFECT: "no_effect_why",
    Missing.STAFF_TOLD: "staff_untold_why",
    Missing.PEOPLE_TOLD: "untold_why",
}
"""The field in which a form may be told what is missing, or why it is."""


def _ask_for(form: CheckedForm, missing: list[Missing]) -> None:
    """Say what is missing beside the field that can say it; above the form where there is none."""
    for each in missing:
        said, name = _said(each, form), _ASKED_IN.get(each, "")
        if name in form:
            form[name].errors = [said]
        else:
            form.form_errors = [*form.form_errors, said]


def _said(missing: Missing, form: CheckedForm) -> str:
    """Say what is missing; where that is a case which cannot be read, so."""
    if missing is Missing.PEOPLE_TOLD and isinstance(form, ClosingForm) and form.damaged:
        return str(_("A case that cannot be read may have led to this. Say why it does not wait for that"))
    return str(action_words.MISSING[missing])


def _is_kept_out(uow: UnitOfWork, found: LearningAction, form: CheckedForm) -> bool:
    return isinstance(form, OwnerForm) and cases.is_kept_out(uow, found, form.owner_id)


def _blame(form: Any, refused: Invalid) -> None:  # noqa: ANN401 -- a form with the field that is named
    if refused.field == "due_on":
        form.due.form.day.errors = [
            gettext("Write a day") if refused.reason == "empty" else gettext("That day is past")
        ]  # fmt: skip
    elif refused.field == "owner":
        form.owner.errors = [gettext("They do not belong here any more, or have no account")]
    else:
        form.form_errors = [gettext("This is empty or too long")]


def _page(uow: UnitOfWork, found: LearningAction, step: Step, form: CheckedForm) -> str:
    missing = [action_words.MISSING[each] for each in sorted(learning.missing(uow, found, step.act))]
    helpful = learning.for_guardian(uow) if step.act is Act.ANSWER else []
    shown = {"action": found, "step": step, "missing": missing, "helpful": helpful, **common(uow)}
    return render_template("workspace/action_step.html", form=form, **shown)
