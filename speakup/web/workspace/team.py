"""`/cases/team`: the lead guardian sees how much each has, and asks for cases to be handed over."""

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from speakup import accounts, cases, keyring, policy
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.web.actors import work
from speakup.web.workspace import surface
from speakup.web.workspace.handing_forms import AskTeamForm
from speakup.web.workspace.pages import common


@surface.route("/cases/team", methods=["GET", "POST"])
def team() -> ResponseReturnValue:
    """Show the team by name, with counts and no word of any case; and ask somebody to hand one over."""
    form = AskTeamForm()
    with work() as uow:
        if not policy.allows(uow.actor, Permission.CASE_TEAM_CLOCKS):
            abort(404)
        _offer(uow, form)
        if not form.is_submitted():
            form.ref.data = request.args.get("ref", "")[:40]
        if not (form.is_submitted() and form.validate() and _asked(uow, form)):
            status = form.status
            return _page(uow, form), status
    flash(_("Asked. They are told that there is something to read, and answer on their own page"))
    return redirect(url_for(".team"))


def _offer(uow: UnitOfWork, form: AskTeamForm) -> None:
    nobody = SelectChoice("", _("Choose somebody"))
    form.asked.choices = [nobody, *(SelectChoice(str(each.person_id), each.name) for each in cases.team(uow))]
    form.to.choices = [nobody, *(SelectChoice(str(each.id), each.name) for each in cases.everybody_here(uow))]


def _asked(uow: UnitOfWork, form: AskTeamForm) -> bool:
    for each in (form.asked, form.to):
        if not each.data:
            each.errors = [_("Choose somebody")]
    if form.errors:
        return False
    try:
        cases.ask_for_hand_over(uow, uuid.UUID(form.asked.data), uuid.UUID(form.to.data), form.ref.data or "")
    except Invalid as refused:
        _blame(form, refused)
        return False
    return True


def _blame(form: AskTeamForm, refused: Invalid) -> None:
    sentences = {
        ("asked", "not here"): _("They have left. Their cover takes over what they had"),
        ("to", "not here"): _("Choose somebody else who is here and may be given cases"),
        ("ref", "not there"): _("The team’s list has no open case with this reference"),
        ("ref", "not theirs"): _("This case is not with them. Look at the team’s list"),
    }
    fields = {"asked": form.asked, "to": form.to, "ref": form.ref}
    fields[refused.field].errors = [sentences[refused.field, refused.reason]]


def _page(uow: UnitOfWork, form: AskTeamForm) -> str:
    requests = cases.requests_of_team(uow)
    people = {person for each in requests for person in (each.asked_id, each.to_id, each.by_id)}
    shown: dict[str, Any] = {"team": cases.team(uow), "requests": requests}
    shown["names"] = keyring.names_vouched_for(uow, accounts.names_of(uow, people))
    return render_template("workspace/team.html", form=form, **shown, **common(uow))
