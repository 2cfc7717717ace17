"""`/cases`: what is there to do, twenty at a time."""

import re
import uuid
from dataclasses import replace

from flask import render_template, request
from flask.typing import ResponseReturnValue

from speakup import accounts, cases, keyring, learning, policy, returns
from speakup.cases import CaseState, Filters, Whose, Worklist
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.web.actors import work
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common


@surface.get("/cases")
def worklist() -> ResponseReturnValue:
    filters = _filters()
    with work() as uow:
        listed = cases.worklist(uow, filters)
        if filters.page > listed.pages:
            filters = replace(filters, page=listed.pages)
            listed = cases.worklist(uow, filters)
        # What was found by somebody else, or by the person: the list itself finds what it opens.
        at_fault = keyring.lately_at_fault(uow, {each.case.id for each in listed.lines if each.may_open})
        to_tell = len(learning.asked_of_me(uow))
        to_return, today = returns.due_returns(uow), uow.today
        may_move = policy.allows(uow.actor, Permission.CASE_IMPORT)
        may_see_team = policy.allows(uow.actor, Permission.CASE_TEAM_CLOCKS)
        guardians = _guardians(uow, listed) if filters.whose is Whose.TEAM else {}
        shared = common(uow)
    return render_template(
        "workspace/worklist.html",
        listed=listed,
        filters=filters,
        at_fault=at_fault,
        guardians=guardians,
        to_tell=to_tell,
        to_return=to_return,
        today=today,
        may_move=may_move,
        may_see_team=may_see_team,
        states=[state for state in CaseState if state is not CaseState.CLOSED],
        **shared,
    )


def _guardians(uow: UnitOfWork, listed: Worklist) -> dict[uuid.UUID, str]:
    """Name whose clock each is: the team's list is for seeing where somebody needs help."""
    names = accounts.names_of(uow, {each.case.primary_id for each in listed.lines})
    return keyring.names_vouched_for(uow, names)


def _filters() -> Filters:
    """Read the filters; whatever is not one of them is as if it had not been asked for."""
    asked = request.args
    state, whose, closed = asked.get("state", ""), asked.get("whose", ""), asked.get("closed") == "yes"
    return Filters(
        whose=Whose(whose) if whose in Whose._value2member_map_ else Whose.MINE,
        # Of the closed ones there is one state.
        state=CaseState(state) if state in CaseState._value2member_map_ and not closed else None,
        closed=closed,
        page=page_number(asked.get("page", "")),
    )


def page_number(asked: str) -> int:
    """Read the number of a page; what is none, or of five digits, is the first."""
    return int(asked) if re.fullmatch("[1-9][0-9]{0,3}", asked, re.ASCII) else 1
