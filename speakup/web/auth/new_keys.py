"""Somebody may know my passphrase: new keys, which a guardian vouches for, and then new locks on every case."""

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from speakup import accounts, keyring, organisations
from speakup.kernel.errors import Conflict
from speakup.kernel.uow import UnitOfWork
from speakup.web import places
from speakup.web.actors import work
from speakup.web.auth import account
from speakup.web.auth.credentials import locked_anew, proved
from speakup.web.auth.forms import NewKeysForm
from speakup.web.cookies import STAFF
from speakup.web.fields import ButtonForm

AT_ONCE = 20
"""Cases that get new locks with one press: each takes some 15 ms, and nobody waits for long."""


@account.route("/account/new-keys", methods=["GET", "POST"])
def new_keys() -> ResponseReturnValue:
    form = NewKeysForm()
    token = _replaced(form) if form.validate_on_submit() else ""
    if token:
        flash(_("You have new keys. Every other session has ended. Now read your five words to a guardian"))
        response = make_response(redirect(url_for("account.words")))
        STAFF.put(response, token)
        return response
    with work(writes=False) as uow:
        page = render_template(
            "account/new_keys.html",
            form=form,
            possible=keyring.may_replace_keys(uow),
            organisation=organisations.here(uow),
            **places.of(uow),
        )
    return page, form.status


@account.route("/account/locks", methods=["GET", "POST"])
def locks() -> ResponseReturnValue:
    form = ButtonForm()
    if form.validate_on_submit():
        _flash_left(_changed())
        return redirect(url_for("account.locks"))
    with work(writes=False) as uow:
        page = render_template(
            "account/locks.html",
            form=form,
            left=len(keyring.with_old_locks(uow)),
            organisation=organisations.here(uow),
            **places.of(uow),
        )
    return page, form.status


def _replaced(form: NewKeysForm) -> str:
    """Put new keys in place; return the token of the session that replaces this one, or what is wrong stays."""
    opened = proved(form)
    if opened is None:
        return ""
    root_secret = keyring.new_root()
    locked = locked_anew(form, opened.person_id, root_secret)
    if locked is None:
        return ""
    try:
        with work() as uow:
            return _put_in_place(uow, root_secret, locked)
    except Conflict:
        form.passphrase.errors = [
            _("Nobody else here could vouch for new keys. First have a second guardian vouched for")
        ]
    return ""


def _put_in_place(uow: UnitOfWork, root_secret: bytes, locked: keyring.Locked) -> str:
    person = accounts.member(uow, uow.actor.person_id).person
    accounts.seal_factor_anew(uow, person, root_secret)
    keyring.replace_keys(uow, root_secret, locked)
    keyring.end_others(uow, STAFF.read())
    keyring.end_staff(uow, STAFF.read())
    return keyring.start_staff(uow, person.id, root_secret, second_factor_done=True)


def _changed() -> int:
    """Change the locks of some cases; return how many wait still."""
    with work() as uow:
        waiting = keyring.with_old_locks(uow)
        keyring.change_locks(uow, waiting[:AT_ONCE])
    return len(waiting[AT_ONCE:])


def _flash_left(left: int) -> None:
    if left:
        flash(ngettext("Done. %(num)s case still has an old lock", "Done. %(num)s cases still have old locks", left))
    else:
        flash(_("Every case has new locks"))
