"""What somebody's group shares, for whoever agreed to it; and leaving."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import accounts, cases, keyring, organisations
from speakup.kernel.errors import NotFound
from speakup.web.actors import inbox_work, organisation_id, work_as
from speakup.web.inbox import surface
from speakup.web.inbox.forms import OnlyButton


@surface.route("/follow-up/group", methods=["GET", "POST"])
def group() -> ResponseReturnValue:
    """Show the words that all who agreed may read: opened as the member, who can open nothing else."""
    form = OnlyButton()
    with inbox_work() as uow:
        organisation, case = organisations.here(uow), cases.mine(uow)
        membership = cases.open_inbox(uow, case).membership
        if form.is_submitted() and form.validate():
            cases.leave_group(uow, case)
            flash(gettext("You left the group. You cannot read what it shares any more."))
            return redirect(url_for("inbox.follow_up"), 303)
    if membership is None:
        raise NotFound("group")
    with work_as(membership.actor(organisation_id()), writes=False) as uow:
        shared = cases.read_shared(uow, membership)
        names = keyring.names_vouched_for(uow, accounts.names_of(uow, {each.by for each in shared}))
    page = render_template("inbox/group.html", organisation=organisation, form=form, shared=shared, names=names)
    return make_response(page, 400 if form.token_failed else 200)
