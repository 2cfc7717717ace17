"""`/sign-in/authenticator`: the second factor, set for the first time by somebody whose passphrase was right."""

import pyotp
import segno
from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from speakup import accounts, keyring, organisations
from speakup.accounts import Person
from speakup.kernel.actor import Actor
from speakup.kernel.errors import Invalid, NotFound
from speakup.web.actors import half_signed_in, work_as
from speakup.web.auth import auth
from speakup.web.auth.carried import Carried, carried, onward
from speakup.web.auth.forms import FirstCodeForm
from speakup.web.auth.steps import UNPROCESSABLE, count_failure, plain_page, put, then, wait_words
from speakup.web.cookies import STAFF
from speakup.web.site import site


@auth.route("/sign-in/authenticator", methods=["GET", "POST"])
def set_second_factor() -> ResponseReturnValue:
    form, waiting, user = FirstCodeForm(), carried(), half_signed_in()
    if user is None:
        return redirect(url_for("auth.sign_in", then=then() or None))
    if not user.second_factor_owed:
        return redirect(then() or "/account")
    if not form.is_submitted():
        form.then.data = then()
    if not form.validate_on_submit():
        return _page(user.actor, form, waiting, form.status)
    client = site().throttle.client(f"code {user.person.id}")
    seconds = site().throttle.wait(client)
    if seconds:
        form.code.errors = [wait_words(seconds)]
        return _page(user.actor, form, waiting, UNPROCESSABLE)
    try:
        with work_as(user.actor) as uow:
            codes = accounts.confirm_second_factor(
                uow, accounts.member(uow, user.person.id).person, form.code.data or ""
            )
            token = keyring.renew_staff(uow, STAFF.read())
    except Invalid:
        count_failure(client, user.person.id)
        form.code.errors = [
            _("That is not what the app should show. Wait for the next 6 digits, and check the time on your phone")
        ]
        return _page(user.actor, form, waiting, UNPROCESSABLE)
    site().throttle.succeeded(client)
    address = onward(form.then.data or "") or url_for("account.words")
    return put(plain_page("auth/recovery_codes.html", codes=codes, carried=waiting, onwards=address), token)


def set_up_page(actor: Actor, waiting: Carried, address: str) -> ResponseReturnValue:
    """Show how to set the second factor up, in the middle of signing in."""
    form = FirstCodeForm(formdata=None)
    form.then.data = address
    return _page(actor, form, waiting, 200)


def qr_code(address: str) -> Markup:
    """Draw an address as a square of dots inside the page: it is a secret, so no address of ours may lead to it."""
    return Markup(segno.make(address, error="m").svg_inline(scale=4, border=4, light="#fff"))  # noqa: S704 -- squares, no words


def otpauth(person: Person, secret: str, issuer: str) -> str:
    """Return the address that an authenticator app understands."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=issuer)


def _page(actor: Actor, form: FirstCodeForm, waiting: Carried, status: int) -> ResponseReturnValue:
    with work_as(actor, writes=False) as uow:
        person, organisation = accounts.member(uow, actor.person_id).person, organisations.here(uow)
        secret = accounts.unconfirmed_secret(uow, person)
    if secret is None:
        raise NotFound("second factor")
    address = otpauth(person, secret, organisation.name)
    page = render_template(
        "auth/authenticator.html",
        form=form,
        carried=waiting,
        organisation=organisation,
        secret=secret,
        address=address,
        drawing=qr_code(address),
    )
    return page, status
