"""`/welcome/TOKEN`: a one-time link is taken up, and somebody gets their keys.

Looking at the page uses nothing up, since mail filters follow links too. The first post that succeeds exchanges the
token for a session and leaves it dead: what then stays in a browser's history opens nothing.
"""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import accounts, keyring, organisations
from speakup.accounts import Member
from speakup.kernel.actor import Role
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import Locked
from speakup.organisations import Organisation
from speakup.policy import CAN_HOLD_GRANTS
from speakup.web.actors import public_work, work_as
from speakup.web.auth import auth
from speakup.web.auth.forms import FirstPassphraseForm, KnownPassphraseForm
from speakup.web.auth.steps import (
    UNPROCESSABLE,
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


@auth.route("/welcome/<token>", methods=["GET", "POST"])
def welcome(token: str) -> ResponseReturnValue:
    with public_work() as uow:
        member, organisation = _invited(uow, token), organisations.here(uow)
        has_keys = keyring.locked_key(uow, member.id) is not None
    if has_keys:
        return _with_known_keys(token, member, organisation)
    return _with_new_keys(token, member, organisation)


def _with_new_keys(token: str, member: Member, organisation: Organisation) -> ResponseReturnValue:
    form = FirstPassphraseForm()
    if not form.validate_on_submit():
        return _page("auth/welcome.html", form, member, organisation, UNPROCESSABLE if form.errors else 200)
    root_secret = keyring.new_root()
    client = site().throttle.client(FORM.read())
    try:
        locked = keyring.locked_new(
            member.id, root_secret, form.passphrase.data or "", client, about(member, organisation)
        )
    except Invalid as invalid:
        form.passphrase.errors = [weak_words(invalid)]
        return _page("auth/welcome.html", form, member, organisation, UNPROCESSABLE)
    return _go_on(_taken_up(token, Opened(member.id, root_secret), locked))


def _with_known_keys(token: str, member: Member, organisation: Organisation) -> ResponseReturnValue:
    form = KnownPassphraseForm()
    if not form.validate_on_submit():
        return _page("auth/welcome_known.html", form, member, organisation, UNPROCESSABLE if form.errors else 200)
    # Whoever has the link may drop the form's cookie for each try; the account stays the same.
    client = site().throttle.client(f"welcome {member.id}")
    seconds = site().throttle.wait(client)
    if seconds:
        form.passphrase.errors = [wait_words(seconds)]
        return _page("auth/welcome_known.html", form, member, organisation, UNPROCESSABLE)
    opened = open_person(member.id, form.passphrase.data or "", client)
    if opened is None:
        count_failure(client, member.id)
        form.passphrase.errors = [_("That is not your passphrase. Check it and write it again")]
        return _page("auth/welcome_known.html", form, member, organisation, UNPROCESSABLE)
    site().throttle.succeeded(client)
    return _go_on(_taken_up(token, opened))


def about(member: Member, organisation: Organisation) -> list[str]:
    """Return what a passphrase should not be made of."""
    person = member.person
    known = (person.name, person.email, person.job_title, person.workplace, organisation.name)
    return [word for words in known for word in (words, *words.split()) if word]


def _taken_up(token: str, opened: Opened, locked: Locked | None = None) -> Started:
    """Use the link up and open a session, all or nothing. `locked` holds the keys of a new account."""
    with work_as(opened.actor) as uow:
        invitation = accounts.invitation_for(uow, token)
        accounts.take_up(uow, invitation)
        if locked is not None:
            keyring.create_key_pair(uow, opened.person_id, opened.root_secret, locked)
        keyring.begin_memory(uow, opened.person_id, opened.root_secret)
        return started(uow, opened)


def _go_on(begun: Started) -> ResponseReturnValue:
    if not begun.code_owed:
        return put(redirect(begun.home), begun.token)
    onwards = url_for("auth.code") if begun.factor_set else url_for("auth.set_second_factor")
    return put(redirect(onwards), begun.token)


def _invited(uow: UnitOfWork, token: str) -> Member:
    return accounts.member(uow, accounts.invitation_for(uow, token).person_id)


def _page(
    template: str,
    form: FirstPassphraseForm | KnownPassphraseForm,
    member: Member,
    organisation: Organisation,
    status: int,
) -> ResponseReturnValue:
    page = render_template(
        template,
        form=form,
        organisation=organisation,
        person=member.person,
        roles=sorted(member.membership.drafted_roles, key=list(Role).index),
        holds_keys=bool(member.membership.drafted_roles & CAN_HOLD_GRANTS),
    )
    return page, status
