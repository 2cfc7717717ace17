"""`/learning/follow-up`: which actions need a word of a guardian. And what only whoever sees to one has given."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from speakup import accounts, learning
from speakup.accounts import PersonDetails
from speakup.kernel.errors import Invalid
from speakup.learning import Act
from speakup.web.actors import work
from speakup.web.downloads import offered_for_keeping
from speakup.web.fields import AtMost, Needed, PlainForm
from speakup.web.lines import Line
from speakup.web.site import site
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common


class InviteForm(PlainForm):
    """Somebody who has no account here yet."""

    name = Line(_("Their name"), validators=[Needed(_("Write their name")), AtMost()])
    email = Line(_("Their e-mail address"), validators=[Needed(_("Write their e-mail address")), AtMost()])
    job_title = Line(_("What they do (optional)"), validators=[AtMost()])


@surface.get("/learning/follow-up")
def follow_up() -> ResponseReturnValue:
    """List what waits for an answer, is overdue, stuck or without an owner, or is to be looked at again."""
    with work(writes=False) as uow:
        shown = learning.follow_up(uow)
        lines = (shown.asked, shown.overdue, shown.stuck, shown.ownerless, shown.again)
        owners = {line.owner_id for each in lines for line in each if line.owner_id}
        names = accounts.names_of(uow, owners)
        return render_template("workspace/follow_up.html", shown=shown, names=names, today=uow.today, **common(uow))


@surface.get("/learning/<ref>/files/<uuid:file_id>")
def evidence_file(ref: str, file_id: uuid.UUID) -> ResponseReturnValue:
    """Give a file that shows that something was done."""
    with work() as uow:
        name, parts = learning.open_evidence(uow, learning.find(uow, ref), file_id, site().blobs)
        body = b"".join(parts)
    return offered_for_keeping(name, body)


@surface.route("/learning/<ref>/invite", methods=["GET", "POST"])
def invite_owner(ref: str) -> ResponseReturnValue:
    """Invite somebody to see to an action; then they stand in the list to choose from."""
    form = InviteForm()
    with work() as uow:
        found = learning.find(uow, ref)
        act = next((each for each in (Act.AGREE, Act.HAND_ON) if learning.may_act(uow.actor, found, each)), None)
        if act is None:
            flash(gettext("This cannot be done as the action stands now"), "warning")
            return redirect(url_for(".action", ref=ref))
        invited = False
        if form.validate_on_submit():
            details = PersonDetails(form.email.data or "", form.name.data or "", form.job_title.data or "")
            try:
                learning.owner_by_address(uow, found, act, details)
                invited = True
            except Invalid as refused:
                left = refused.reason == "left"
                form.email.errors = [
                    gettext("They do not work here any more. An administrator can welcome them back")
                    if left
                    else gettext("Write an e-mail address, like name@nhs.net")
                ]
        if not invited:
            page = render_template("workspace/invite_owner.html", form=form, action=found, **common(uow))
            return page, form.status
    flash(gettext("They get a letter with a link. Choose them in the list now"))
    return redirect(f"/learning/{ref}/{'agree' if act is Act.AGREE else 'hand-on'}")
