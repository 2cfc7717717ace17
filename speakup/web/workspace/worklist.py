"""`/cases`: what is there to do, twenty at a time."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from speakup import cases, policy
from speakup.cases import CaseState, Filters, Whose
from speakup.policy import Permission
from speakup.web.actors import work
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common


@surface.get("/cases")
def worklist() -> ResponseReturnValue:
    filters = _filters()
    with work() as uow:
        listed = cases.worklist(uow, filters)
        may_see_team = policy.allows(uow.actor, Permission.CASE_TEAM_CLOCKS)
        shared = common(uow)
    return render_template(
        "workspace/worklist.html",
        listed=listed,
        filters=filters,
        may_see_team=may_see_team,
        states=[state for state in CaseState if state is not CaseState.CLOSED],
        **shared,
    )


def _filters() -> Filters:
    """Read the filters; whatever is not one of them is as if it had not been asked for."""
    asked = request.args
    state, whose = asked.get("state", ""), asked.get("whose", "")
    page = asked.get("page", "1")
    return Filters(
        whose=Whose(whose) if whose in Whose._value2member_map_ else Whose.MINE,
        state=CaseState(state) if state in CaseState._value2member_map_ else None,
        closed=asked.get("closed") == "yes",
        page=int(page) if page.isascii() and page.isdecimal() and 0 < int(page[:6]) < 10_000 else 1,  # noqa: PLR2004 -- two hundred thousand cases
    )
