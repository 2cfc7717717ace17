"""`/welcome/TOKEN`: a one-time link is taken up, and somebody gets their keys.

Looking at the page uses nothing up, since mail filters follow links too. The first post that succeeds exchanges the
token for a session and leaves it dead: what then stays in a browser's history opens nothing.

The page is the same for an address that has an account at another organisation and for one that has none, since an
administrator can look at a link they hand over, and is not to learn where else somebody belongs.
"""

import uuid

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import accounts, keyring, learning, organisations
from speakup.accounts import Member
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, Invalid, NotFound
from speakup.keyring import Locked
from speakup.organisations import Organisation
from speakup.policy import CAN_HOLD_GRANTS
from speakup.web.actors import public_work, work_as
from speakup.web.auth import auth
from speakup.web.auth.forms import WelcomeForm
from speakup.web.auth.steps import (
    Opened,
    Started,
    count_failure,
    open_person,
    put,
    started,
    wait_words,
    weak_words,
)
from speakup.web.cookies import FORM
from speakup.web.site import site
from speakup.web.throttle import PASSPHRASES_BY_ACCOUNT, PASSPHRASES_BY_ADDRESS

NOT_FOUND = 404


@auth.route("/welcome/<token>", methods=["GET", "POST"])
def welcome(token: str) -> ResponseReturnValue:
    with public_work() as uow:
        organisation = organisations.here(uow)
        try:
            invitation = accounts.invitation_for(uow, token)
        except NotFound:
            # Used, replaced, run out and never issued all look the same: a link that opens nothing gives nothing away.
            return render_template("auth/link_over.html", organisation=organisation), NOT_FOUND
        member, account = accounts.member(uow, invitation.person_id), accounts.account_of(uow, invitation)
        has_keys = keyring.locked_key(uow, account) is not None
    form = WelcomeForm()
    if not form.validate_on_submit():
        return _page(form, member, organisation)
    if not form.known.data and not _strong_enough(form, member, organisation):
        return _page(form, member, organisation)
    if form.known.data or has_keys:
        opened, locked = _with_known_keys(form, member, account if has_keys else None), None
    else:
        opened, locked = _with_new_keys(form, account)
    if opened is None:
        return _page(form, member, organisation)
    return _go_on(_taken_up(token, opened, locked))


def _strong_enough(form: WelcomeForm, member: Member, organisation: Organisation) -> bool:
    try:
        keyring.require_strong(form.passphrase.data or "", about(member, organisation))
    except Invalid as invalid:
        form.passphrase.errors = [weak_words(invalid)]
    return not form.errors


def _with_new_keys(form: WelcomeForm, account: uuid.UUID) -> tuple[Opened, Locked]:
    root_secret = keyring.new_root()
    client = site().throttle.client(FORM.read())
    locked = keyring.locked_new(account, root_secret, form.passphrase.data or "", client, [])
    return Opened(account, root_secret), locked


def _with_known_keys(form: WelcomeForm, member: Member, account: uuid.UUID | None) -> Opened | None:
    """Open the account with its passphrase; None, and words in the form, for a wrong one or where there is none."""
    slowing = site().throttle
    client = slowing.client(FORM.read())
    seconds = slowing.wait(client)
    if seconds:
        form.passphrase.errors = [wait_words(seconds)]
        return None
    lines = {
        slowing.address(): PASSPHRASES_BY_ADDRESS,
        slowing.account(member.email): PASSPHRASES_BY_ACCOUNT,
    }
    slowing.queue(lines)
    opened = open_person(account, form.passphrase.data or "", client)
    if opened is None:
        # Whose account it is elsewhere does not belong into the audit chain of this organisation.
        count_failure(client, member.id, *lines)
        form.passphrase.errors = [
            _("That is not the passphrase of your account. If you have none yet, choose one and write it twice")
            if form.known.data
            else _("This address has been used before. Tick “I have an account already” and write its passphrase")
        ]
        return None
    slowing.succeeded(client)
    return opened


def about(member: Member, organisation: Organisation) -> list[str]:
    """Return what a passphrase should not be made of."""
    person = member.person
    known = (person.name, member.email, person.job_title, person.workplace, organisation.name)
    return [word for words in known for word in (words, *words.split()) if word]


def _taken_up(token: str, opened: Opened, locked: Locked | None = None) -> Started:
    """Use the link up and open a session, all or nothing. `locked` holds the keys of a new account."""
    with work_as(opened.actor) as uow:
        invitation = accounts.invitation_for(uow, token)
        invited_id = invitation.person_id
        if accounts.take_up(uow, invitation).person_id != opened.person_id:
            raise Conflict(invitation.id)
        if invited_id != opened.person_id:
            learning.take_over(uow, invited_id)
        if locked is not None:
            keyring.create_key_pair(uow, opened.person_id, opened.root_secret, locked)
        keyring.begin_memory(uow, opened.person_id, opened.root_secret)
        return started(uow, opened)


def _go_on(begun: Started) -> ResponseReturnValue:
    if not begun.code_owed:
        return put(redirect(begun.home), begun.token)
    onwards = url_for("auth.code") if begun.factor_set else url_for("auth.set_second_factor")
    return put(redirect(onwards), begun.token)


def _page(form: WelcomeForm, member: Member, organisation: Organisation) -> ResponseReturnValue:
    page = render_template(
        "auth/welcome.html",
        form=form,
        organisation=organisation,
        member=member,
        roles=sorted(member.membership.drafted_roles, key=list(Role).index),
        holds_keys=bool(member.membership.drafted_roles & CAN_HOLD_GRANTS),
    )
    return page, form.status
