"""Steps that a case cannot take as it stands: whoever opens their form is led to the case, and told why."""

from enum import StrEnum

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup.cases import Case, CaseState, may_move


class Step(StrEnum):
    """A step with a form of its own."""

    ACKNOWLEDGE = "acknowledge"
    REPLY = "reply"
    OUTCOME = "outcome"
    NOTE = "note"
    CLOSE = "close"
    REOPEN = "reopen"


def turned_away(step: Step, case: Case) -> ResponseReturnValue | None:
    """Lead to the case if the step cannot be taken now; None when its form may be shown."""
    why = _why_not(step, case.state)
    if not why:
        return None
    flash(why, "warning")
    return redirect(url_for(".case_page", ref=case.ref))


def _why_not(step: Step, state: CaseState) -> str:
    if step is Step.REOPEN:
        return "" if state is CaseState.CLOSED else str(_("This case is open already"))
    if state is CaseState.CLOSED:
        return str(_("This case is closed. Open it again first"))
    if step is Step.ACKNOWLEDGE and state is not CaseState.NEW:
        return str(_("This case has been acknowledged already. You can reply"))
    if step is Step.OUTCOME and state is not CaseState.AWAITING_FEEDBACK:
        return "" if may_move(state, CaseState.AWAITING_FEEDBACK) else str(_("Answer the person first"))
    return ""
