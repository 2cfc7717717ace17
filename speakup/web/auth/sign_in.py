"""`/sign-in`, `/sign-in/code`, `/sign-out`: a passphrase opens the keys, a code opens the pages."""

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import accounts, keyring
from speakup.kernel.errors import Busy, Invalid
from speakup.web.actors import SignedIn, half_signed_in, public_work, signed_in, work_as
from speakup.web.auth import auth, known
from speakup.web.auth.carried import Carried, carried, onward
from speakup.web.auth.forms import CodeForm, SignInForm
from speakup.web.auth.second_factor import set_up_page
from speakup.web.auth.steps import (
    BAD_REQUEST,
    UNAVAILABLE,
    UNPROCESSABLE,
    Opened,
    Started,
    arrive,
    count_failure,
    open_account,
    plain_page,
    put,
    start,
    then,
    wait_words,
)
from speakup.web.cookies import FORM, STAFF, end_pages
from speakup.web.fields import ButtonForm
from speakup.web.places import home_address
from speakup.web.site import site
from speakup.web.throttle import PASSPHRASES_BY_ACCOUNT, PASSPHRASES_BY_ADDRESS


@auth.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    form, waiting, user = SignInForm(), carried(), signed_in()
    if not form.is_submitted():
        if user is not None:
            return redirect(then() or home_address(user.actor))
        form.then.data = then()
        return _sign_in_page(form, waiting, 200)
    try:
        opened = _opened(form) if form.validate_on_submit() else None
    except Busy:
        form.form_errors.append(_("Many people try at this moment. Wait a few seconds, then try again"))
        return _sign_in_page(form, waiting, UNAVAILABLE)
    if opened is None:
        return _sign_in_page(form, waiting, UNPROCESSABLE)
    return known.remember(_begun(opened, waiting, onward(form.then.data or "")), form.email.data or "")


@auth.route("/sign-in/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    form, waiting, user = CodeForm(), carried(), half_signed_in()
    if user is None:
        return _begin_again(waiting)
    if not form.is_submitted():
        form.then.data = then()
    address = onward(form.then.data or "")
    if not user.second_factor_owed:
        return arrive(waiting, address or home_address(user.actor))
    if not _has_second_factor(user):
        return set_up_page(user.actor, waiting, address)
    token = _renewed_token(form, user) if form.validate_on_submit() else None
    if token is None:
        return _code_page(form, waiting, form.status)
    return put(arrive(waiting, address or home_address(user.actor)), token)


@auth.route("/sign-out", methods=["POST"])
def sign_out() -> ResponseReturnValue:
    if not ButtonForm().validate_on_submit():
        return plain_page("auth/sign_out.html"), BAD_REQUEST
    if STAFF.read():
        with public_work(writes=True) as uow:
            keyring.end_staff(uow, STAFF.read())
    response = make_response(redirect(url_for("auth.signed_out")))
    STAFF.drop(response)
    end_pages(response)
    return response


@auth.get("/signed-out")
def signed_out() -> ResponseReturnValue:
    return plain_page("auth/signed_out.html", left=request.args.get("left") == "yes")


def _opened(form: SignInForm) -> Opened | None:
    """Try what was typed; None leaves a sentence in the form. `Busy` where too many wait for the same account."""
    slowing, email = site().throttle, form.email.data or ""
    mark = known.mark(email)
    client = slowing.client(mark or FORM.read())
    seconds = slowing.wait(client)
    if seconds:
        form.form_errors.append(wait_words(seconds))
        return None
    lines = (
        {}
        if mark
        else {
            slowing.address(): PASSPHRASES_BY_ADDRESS,
            slowing.account(email): PASSPHRASES_BY_ACCOUNT,
        }
    )
    opened = open_account(email, form.passphrase.data or "", client, lines)
    if opened is None:
        form.form_errors.append(_("The address or the passphrase is not right. Check both and try again"))
    return opened


def _begun(opened: Opened, waiting: Carried, address: str) -> Response:
    """Open the session, and go on to the code or to where somebody wanted to go."""
    begun = start(opened)
    if begun.code_owed:
        return put(_next_step(opened, begun, waiting, address), begun.token)
    return put(arrive(waiting, address or begun.home), begun.token)


def _renewed_token(form: CodeForm, user: SignedIn) -> str | None:
    """Check the code and change the session with it; None leaves a sentence in the form."""
    # The form's cookie is left out of it: whoever knows the passphrase could draw a new one for each guess.
    client = site().throttle.client(f"code {user.person.id}")
    seconds = site().throttle.wait(client)
    if seconds:
        form.code.errors = [wait_words(seconds)]
        return None
    with work_as(user.actor) as uow:
        # Caught inside, so that what was wrong is counted.
        try:
            accounts.check_second_factor(uow, accounts.member(uow, user.person.id).person, form.code.data or "")
        except Invalid as refused:
            form.code.errors = [_why_not(refused)]
        else:
            token = keyring.renew_staff(uow, STAFF.read())
    if form.code.errors:
        count_failure(client, user.person.id)
        return None
    site().throttle.succeeded(client)
    return token


def _why_not(refused: Invalid) -> str:
    if refused.reason == "rests":
        return str(
            _(
                "Too many wrong codes were written for this account, so codes have to wait: an hour at most. "
                "You can use a recovery code now"
            )
        )
    return str(_("That code is not right, or was used before. Wait for the next one and write it here"))


def _has_second_factor(user: SignedIn) -> bool:
    with public_work() as uow:
        return accounts.has_second_factor(uow, user.person.id)


def _sign_in_page(form: SignInForm, waiting: Carried, status: int) -> ResponseReturnValue:
    return plain_page("auth/sign_in.html", form=form, carried=waiting), status


def _begin_again(waiting: Carried) -> ResponseReturnValue:
    if not waiting:
        return redirect(url_for("auth.sign_in", then=then()))
    form = SignInForm(formdata=None)
    form.form_errors.append(_("Too much time went by. Write your passphrase again"))
    return _sign_in_page(form, waiting, UNPROCESSABLE)


def _next_step(opened: Opened, begun: Started, waiting: Carried, address: str) -> ResponseReturnValue:
    if not begun.factor_set:
        return set_up_page(opened.actor, waiting, address)
    if not waiting:
        return redirect(url_for("auth.code", then=address or None))
    form = CodeForm(formdata=None)
    form.then.data = address
    return _code_page(form, waiting)


def _code_page(form: CodeForm, waiting: Carried, status: int = 200) -> ResponseReturnValue:
    return plain_page("auth/code.html", form=form, carried=waiting), status
