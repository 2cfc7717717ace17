"""Changing what signs somebody in: the passphrase, and the second factor."""

import base64
import binascii
import uuid

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import accounts, keyring, organisations
from speakup.accounts import DrawnFactor
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.web import places
from speakup.web.actors import signed_in, work
from speakup.web.auth import account
from speakup.web.auth.forms import ChangePassphraseForm, LeavingForm, ReplaceFactorForm
from speakup.web.auth.second_factor import otpauth, qr_code
from speakup.web.auth.steps import Opened, count_failure, open_person, wait_words, weak_words
from speakup.web.auth.welcome import about
from speakup.web.cookies import STAFF
from speakup.web.site import site


@account.route("/account/passphrase", methods=["GET", "POST"])
def change_passphrase() -> ResponseReturnValue:
    form = ChangePassphraseForm()
    token = _passphrase_changed(form) if form.validate_on_submit() else ""
    if token:
        flash(_("Your passphrase is changed. Every other session has ended"))
        response = make_response(redirect(url_for("account.overview")))
        STAFF.put(response, token)
        return response
    with work(writes=False) as uow:
        page = render_template(
            "account/passphrase.html", form=form, organisation=organisations.here(uow), **places.of(uow)
        )
    return page, form.status


@account.route("/account/authenticator", methods=["GET", "POST"])
def replace_second_factor() -> ResponseReturnValue:
    form = ReplaceFactorForm()
    if form.validate_on_submit():
        codes, token = _factor_replaced(form)
        if codes:
            response = make_response(_codes_page(codes))
            STAFF.put(response, token)
            return response
    with work(writes=False) as uow:
        person, organisation = accounts.member(uow, uow.actor.person_id).person, organisations.here(uow)
        drawn = _drawn(uow, form)
        form.drawn.data = base64.urlsafe_b64encode(drawn.sealed).decode()
        address = otpauth(person, drawn.secret, organisation.name)
        page = render_template(
            "account/authenticator.html",
            form=form,
            secret=drawn.secret,
            address=address,
            drawing=qr_code(address),
            replaces=accounts.has_second_factor(uow, person.id),
            organisation=organisation,
            **places.of(uow),
        )
    return page, form.status


def _passphrase_changed(form: ChangePassphraseForm) -> str:
    """Put the new passphrase in place; return the token of the session that replaces this one, or nothing."""
    opened = proved(form)
    if opened is None:
        return ""
    locked = locked_anew(form, opened.person_id, opened.root_secret)
    if locked is None:
        return ""
    with work() as uow:
        keyring.change_passphrase(uow, locked)
        keyring.end_others(uow, STAFF.read())
        return keyring.renew_staff(uow, STAFF.read())


def locked_anew(form: ChangePassphraseForm, person_id: uuid.UUID, root_secret: bytes) -> keyring.Locked | None:
    """Seal a root secret under the new passphrase; None for one that will not do, which stays said on the form."""
    with work(writes=False) as uow:
        words = about(accounts.member(uow, person_id), organisations.here(uow))
    try:
        return keyring.locked_new(person_id, root_secret, form.new_passphrase.data or "", client(), words)
    except Invalid as invalid:
        form.new_passphrase.errors = [weak_words(invalid)]
        return None


def _factor_replaced(form: ReplaceFactorForm) -> tuple[tuple[str, ...], str]:
    """Put the new authenticator in place; return recovery codes and the new session's token, or what is wrong stays."""
    if proved(form) is None:
        return (), ""
    with work() as uow:
        person = accounts.member(uow, uow.actor.person_id).person
        try:
            codes = accounts.replace_second_factor(uow, person, _drawn(uow, form), form.code.data or "")
        except Invalid:
            form.code.errors = [_("That is not what the new app should show. Wait for the next 6 digits")]
            return (), ""
        keyring.end_others(uow, STAFF.read())
        return codes, keyring.renew_staff(uow, STAFF.read())


def proved(form: ChangePassphraseForm | ReplaceFactorForm | LeavingForm) -> Opened | None:
    """Open the account anew with the passphrase: an unattended screen is no right to change what guards it."""
    seconds = site().throttle.wait(client())
    if seconds:
        form.passphrase.errors = [wait_words(seconds)]
        return None
    with work(writes=False) as uow:
        me = uow.actor.person_id
    opened = open_person(me, form.passphrase.data or "", client())
    if opened is None:
        count_failure(client(), me)
        form.passphrase.errors = [_("That is not your passphrase. Check it and write it again")]
        return None
    site().throttle.succeeded(client())
    return opened


def _drawn(uow: UnitOfWork, form: ReplaceFactorForm) -> DrawnFactor:
    """Return the secret this page was drawn with, or a new one for a page that had none."""
    person = accounts.member(uow, uow.actor.person_id).person
    try:
        return accounts.drawn_again(uow, person, base64.urlsafe_b64decode(form.drawn.data or ""))
    except (Invalid, binascii.Error, ValueError):
        return accounts.draw_second_factor(uow, person)


def _codes_page(codes: tuple[str, ...]) -> ResponseReturnValue:
    with work(writes=False) as uow:
        return render_template(
            "account/recovery_codes.html", codes=codes, organisation=organisations.here(uow), **places.of(uow)
        )


def client() -> str:
    """Name whose passphrase is tried, and not the browser: who holds a stolen session may drop the form's cookie."""
    user = signed_in()
    return site().throttle.client(f"passphrase {user.person.id if user else ''}")
