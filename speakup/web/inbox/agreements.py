"""What somebody agreed to share, and taking it back."""

from contextlib import suppress
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import cases, organisations
from speakup.kernel.errors import Conflict, NotFound
from speakup.web.actors import inbox_work
from speakup.web.inbox import surface
from speakup.web.inbox.forms import OnlyButton


@surface.route("/follow-up/agreements", methods=["GET", "POST"])
def agreements() -> ResponseReturnValue:
    form = OnlyButton()
    with inbox_work() as uow:
        organisation, case = organisations.here(uow), cases.mine(uow)
        view = cases.open_inbox(uow, case)
        if form.is_submitted() and form.validate():
            # Taken back already, perhaps in another tab: then it is as they wish.
            with suppress(Conflict):
                cases.withdraw_agreement(uow, case, _chosen())
            flash(gettext("You took it back. The guardian sees it when they next look."))
            return redirect(url_for("private_inbox.agreements"), 303)
    page = render_template("inbox/agreements.html", organisation=organisation, form=form, agreements=view.agreements)
    return make_response(page, 400 if form.token_failed else 200)


def _chosen() -> UUID:
    try:
        return UUID(request.form.get("agreement", ""))
    except ValueError as nothing:
        raise NotFound("agreement") from nothing
