"""`/sign-in`, `/sign-in/code`, `/sign-out`: a passphrase opens the keys, a code of the second factor opens the pages."""

import uuid
from dataclasses import dataclass, field

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from speakup import accounts, audit, keyring, organisations, policy
from speakup.accounts import Member
from speakup.audit import Event
from speakup.crypto.errors import Unreadable
from speakup.kernel.actor import Actor, ActorKind, system
from speakup.kernel.errors import Busy, IntegrityFault, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import Locked, WrongPassphrase
from speakup.policy import CAN_HOLD_GRANTS, Permission
from speakup.web import actors
from speakup.web.actors import half_signed_in, organisation_id, public_work, signed_in, work_as
from speakup.web.auth import auth
from speakup.web.auth.carried import Carried, carried, local
from speakup.web.auth.forms import ButtonForm, CodeForm, SignInForm
from speakup.web.cookies import FORM, STAFF
from speakup.web.site import site

UNPROCESSABLE, TOO_MANY, BAD_REQUEST = 422, 429, 400


@dataclass(frozen=True, slots=True)
class Opened:
    """An account whose passphrase was right."""

    person_id: uuid.UUID
    root_secret: bytes = field(repr=False)
    renewed: Locked | None = field(default=None, repr=False)
    """The same secret locked at today's costs, where it was locked at others."""

    @property
    def actor(self) -> Actor:
        """The person, before anything is known of their roles."""
        return Actor(ActorKind.PERSON, organisation_id(), self.person_id, frozenset(), self.root_secret)


@dataclass(frozen=True, slots=True)
class Started:
    """A session just opened."""

    token: str = field(repr=False)
    next_address: str
    code_owed: bool


@auth.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    form, waiting = SignInForm(), carried()
    user = signed_in()
    if user is not None and not form.is_submitted():
        return redirect(local(then()) or home(user.actor))
    if not form.is_submitted():
        form.then.data = local(then())
        return _sign_in_page(form, waiting)
    if not form.validate_on_submit():
        return _sign_in_page(form, waiting, UNPROCESSABLE)
    client = site().throttle.client(FORM.read())
    seconds = site().throttle.wait(client)
    if seconds:
        form.form_errors.append(wait_words(seconds))
        return _sign_in_page(form, waiting, TOO_MANY)
    opened = open_account(form.email.data or "", form.passphrase.data or "", client)
    if opened is None:
        form.form_errors.append(_("The address or the passphrase is not right. Check both and try again"))
        return _sign_in_page(form, waiting, UNPROCESSABLE)
    started = start(opened)
    address = local(form.then.data or "")
    if started.code_owed:
        return put(_next_step(started, waiting, address), started.token)
    return put(arrive(waiting, address or started.next_address), started.token)


@auth.route("/sign-in/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    form, waiting, user = CodeForm(), carried(), half_signed_in()
    if user is None:
        return _begin_again(waiting)
    if not form.is_submitted():
        form.then.data = local(then())
    if not user.second_factor_owed:
        return arrive(waiting, local(form.then.data or "") or home(user.actor))
    with public_work() as uow:
        if not accounts.has_second_factor(uow, user.person.id):
            return redirect(url_for("auth.set_second_factor", then=local(form.then.data or "")))
    if not form.validate_on_submit():
        return code_page(form, waiting, UNPROCESSABLE if form.errors else 200)
    # The cookie of the form is left out of it: whoever knows the passphrase could draw a new one for each guess.
    client = site().throttle.client(f"code {user.person.id}")
    seconds = site().throttle.wait(client)
    if seconds:
        form.code.errors = [wait_words(seconds)]
        return code_page(form, waiting, TOO_MANY)
    try:
        with work_as(user.actor) as uow:
            accounts.check_second_factor(uow, accounts.member(uow, user.person.id).person, form.code.data or "")
            token = keyring.renew_staff(uow, STAFF.read())
    except Invalid:
        count_failure(client, user.person.id)
        form.code.errors = [_("That code is not right, or was used before. Wait for the next one and write it here")]
        return code_page(form, waiting, UNPROCESSABLE)
    site().throttle.succeeded(client)
    return put(arrive(waiting, local(form.then.data or "") or home(user.actor)), token)


@auth.route("/sign-out", methods=["POST"])
def sign_out() -> ResponseReturnValue:
    if not ButtonForm().validate_on_submit():
        return plain_page("auth/sign_out.html"), BAD_REQUEST
    if STAFF.read():
        with public_work(writes=True) as uow:
            keyring.end_staff(uow, STAFF.read())
    response = redirect(url_for("auth.signed_out"))
    STAFF.drop(make := make_response(response))
    return make


@auth.get("/signed-out")
def signed_out() -> ResponseReturnValue:
    return plain_page("auth/signed_out.html")


def open_account(email: str, passphrase: str, client: str) -> Opened | None:
    """Try a passphrase; None when it does not fit or nobody here has this address, which costs and answers the same."""
    with public_work() as uow:
        person = accounts.by_email(uow, email)
        joined = person is not None and accounts.member(uow, person.id).membership.joined_on is not None
        found = person.id if person is not None and joined else None
    opened = open_person(found, passphrase, client)
    if opened is None:
        count_failure(client, found)
    else:
        site().throttle.succeeded(client)
    return opened


def open_person(person_id: uuid.UUID | None, passphrase: str, client: str) -> Opened | None:
    """Open somebody's keys with nothing else open: Argon2id takes a third of a second. None for a wrong passphrase."""
    try:
        with public_work() as uow:
            locked = keyring.locked_key(uow, person_id) if person_id else None
        root_secret = keyring.open_locked(person_id, locked, passphrase, client)
    except WrongPassphrase:
        return None
    except Unreadable as changed:
        raise IntegrityFault(person_id, "key pair") from changed
    if person_id is None or locked is None:
        raise TypeError("nobody's account opened")
    return Opened(person_id, root_secret, _renewed(person_id, root_secret, locked, passphrase, client))


def start(opened: Opened) -> Started:
    """Open the session; with a code owed it opens nothing but the page that asks for the code."""
    with work_as(opened.actor) as uow:
        if opened.renewed is not None:
            keyring.renew(uow, opened.person_id, opened.renewed)
        if STAFF.read():
            keyring.end_staff(uow, STAFF.read())
        return started(uow, opened)


def started(uow: UnitOfWork, opened: Opened) -> Started:
    """Open the session inside a unit of work."""
    member = accounts.member(uow, opened.person_id)
    owed = owes_code(uow, member)
    if owed and not accounts.has_second_factor(uow, member.id):
        accounts.begin_second_factor(uow, member.person)
    token = keyring.start_staff(uow, opened.person_id, opened.root_secret, second_factor_done=not owed)
    if not owed:
        audit.record(uow, Event.SIGNED_IN, opened.person_id)
    roles = keyring.effective_roles(uow, member.membership.drafted_roles, member.id)
    actor = Actor(ActorKind.PERSON, uow.organisation_id, member.id, roles)
    return Started(token, home(actor), owed)


def owes_code(uow: UnitOfWork, member: Member) -> bool:
    """Say whether a second factor is asked for: of whoever is to hold a grant, and of whoever has set one."""
    return bool(member.membership.drafted_roles & CAN_HOLD_GRANTS) or accounts.has_second_factor(uow, member.id)


def home(actor: Actor) -> str:
    """Return where somebody begins their day."""
    if policy.allows(actor, Permission.CASE_LIST):
        return "/cases"
    return "/admin" if policy.allows(actor, Permission.ADMIN_MEMBERSHIPS) else "/account"


def count_failure(client: str, person_id: uuid.UUID | None) -> None:
    """Slow the guesser, and record that somebody failed: whose account, never from where nor with which words."""
    site().throttle.failed(client)
    with work_as(system(organisation_id())) as uow:
        audit.record(uow, Event.SIGN_IN_FAILED, person_id)


def wait_words(seconds: int) -> str:
    """Ask for patience."""
    return str(
        ngettext(
            "Too many tries in a row. Wait %(num)d second, then try again",
            "Too many tries in a row. Wait %(num)d seconds, then try again",
            seconds,
        )
    )


def then() -> str:
    """Return where the address says to go afterwards."""
    return actors.request_argument("then")


def code_page(form: CodeForm, waiting: Carried, status: int = 200) -> ResponseReturnValue:
    """Show the page that asks for a code."""
    return plain_page("auth/code.html", form=form, carried=waiting), status


def plain_page(template: str, **values: object) -> str:
    """Show a page of somebody who is not, or not quite, signed in."""
    with public_work() as uow:
        organisation = organisations.here(uow)
    return render_template(template, organisation=organisation, **values)


def arrive(waiting: Carried, address: str) -> ResponseReturnValue:
    """Go on: to the last page of what was being sent, where something was, and otherwise to an address of ours."""
    if waiting:
        return plain_page("auth/send_now.html", carried=waiting)
    return redirect(address)


def put(answer: ResponseReturnValue, token: str) -> Response:
    """Give an answer the cookie of a session."""
    response = make_response(answer)
    STAFF.put(response, token)
    return response


def _sign_in_page(form: SignInForm, waiting: Carried, status: int = 200) -> ResponseReturnValue:
    return plain_page("auth/sign_in.html", form=form, carried=waiting), status


def _begin_again(waiting: Carried) -> ResponseReturnValue:
    if not waiting:
        return redirect(url_for("auth.sign_in", then=local(then())))
    form = SignInForm(formdata=None)
    form.form_errors.append(_("Too much time went by. Write your passphrase again"))
    return _sign_in_page(form, waiting, UNPROCESSABLE)


def _next_step(begun: Started, waiting: Carried, address: str) -> ResponseReturnValue:
    if not waiting:
        return redirect(url_for("auth.code", then=address or None))
    form = CodeForm(formdata=None)
    form.then.data = address
    return code_page(form, waiting)


def _renewed(
    person_id: uuid.UUID, root_secret: bytes, locked: Locked, passphrase: str, client: str
) -> Locked | None:
    if not keyring.needs_renewal(locked):
        return None
    try:
        return keyring.locked_new(person_id, root_secret, passphrase, client, [])
    except (Invalid, Busy):
        # An old passphrase that would be refused today still opens what it locked; so it does until it is changed.
        return None
