"""`/account/leaving`: a guardian leaves by their own word, once others can open everything they hold."""

from flask import abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import cases, keyring, organisations
from speakup.keyring import LastToVouch, OnlyReader
from speakup.policy import CASE_ROLES
from speakup.web import places
from speakup.web.actors import work
from speakup.web.auth import account
from speakup.web.auth.credentials import proved
from speakup.web.auth.forms import LeavingForm
from speakup.web.cookies import STAFF, end_pages


@account.route("/account/leaving", methods=["GET", "POST"])
def leaving() -> ResponseReturnValue:
    """Say what stands in the way, or leave: keys, grants and sessions end together."""
    form = LeavingForm()
    with work(writes=False) as uow:
        if not uow.actor.roles & CASE_ROLES:
            abort(404)
    if form.validate_on_submit() and _left(form):
        response = make_response(redirect(url_for("auth.signed_out", left="yes")))
        STAFF.drop(response)
        end_pages(response)
        return response
    with work(writes=False) as uow:
        page = render_template(
            "account/leaving.html",
            form=form,
            alone=cases.refs_only_mine(uow),
            held=cases.count_held(uow),
            last=not keyring.others_may_vouch(uow),
            closes=not cases.can_receive(uow, frozenset({uow.actor.person_id})),
            organisation=organisations.here(uow),
            **places.of(uow),
        )
    return page, form.status


def _left(form: LeavingForm) -> bool:
    if proved(form) is None:
        return False
    try:
        with work() as uow:
            keyring.leave(uow)
    except OnlyReader:
        form.sure.errors = [_("Nobody else can open some of your cases. Hand those over first")]
    except LastToVouch:
        form.sure.errors = [_("Nobody else here could vouch for colleagues. Have a second guardian vouched for first")]
    else:
        return True
    return False
