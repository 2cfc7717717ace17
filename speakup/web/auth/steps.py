"""The steps that signing in, a first visit and a change of credentials share."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from speakup import accounts, audit, keyring, organisations
from speakup.audit import Event
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import staff_keys
from speakup.kernel.actor import Actor, ActorKind, system
from speakup.kernel.errors import Busy, IntegrityFault, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import Locked, WrongPassphrase
from speakup.policy import CAN_HOLD_GRANTS
from speakup.web.actors import organisation_id, public_work, roles_in_effect, work_as
from speakup.web.auth.carried import Carried, onward
from speakup.web.cookies import STAFF
from speakup.web.places import home_address
from speakup.web.site import site
from speakup.web.throttle import Pace

UNPROCESSABLE, BAD_REQUEST, UNAVAILABLE = 422, 400, 503


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
    home: str
    code_owed: bool
    factor_set: bool


def open_account(email: str, passphrase: str, client: str, lines: Mapping[str, Pace]) -> Opened | None:
    """Try a passphrase; None when it does not fit or nobody here has this address, which costs and answers the same.

    `lines`: where this browser stands in line first, and where a failure counts as well as at the browser itself.
    """
    site().throttle.queue(lines)
    with public_work() as uow:
        person = accounts.by_email(uow, email)
        joined = person is not None and accounts.member(uow, person.id).membership.joined_on is not None
        found = person.id if person is not None and joined else None
    opened = open_person(found, passphrase, client)
    if opened is None:
        count_failure(client, found, *lines)
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
    factor_set = accounts.has_second_factor(uow, member.id)
    written = member.membership.drafted_roles
    roles = roles_in_effect(uow, written, member.id, staff_keys(opened.root_secret).public.fingerprint())
    # Asked of what is in effect too: taking roles away in writing alone takes no step of signing in away.
    owed = factor_set or bool((written | roles) & CAN_HOLD_GRANTS)
    if owed and not factor_set and accounts.unconfirmed_secret(uow, member.person) is None:
        accounts.begin_second_factor(uow, member.person)
    token = keyring.start_staff(uow, opened.person_id, opened.root_secret, second_factor_done=not owed)
    if not owed:
        audit.record(uow, Event.SIGNED_IN, opened.person_id)
    actor = Actor(ActorKind.PERSON, uow.organisation_id, member.id, roles)
    return Started(token, home_address(actor), owed, factor_set)


def count_failure(client: str, person_id: uuid.UUID | None, *lines: str) -> None:
    """Slow the guesser, and record that somebody failed: whose account, never from where nor with which words."""
    site().throttle.failed(client, *lines)
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


def weak_words(invalid: Invalid) -> str:
    """Say what to do about a passphrase that was refused."""
    if invalid.reason == "short":
        return str(_("Make it longer: at least 14 characters. Add another word or two"))
    if invalid.reason == "long":
        return str(_("Make it shorter: at most 1,024 characters"))
    return str(
        _("This is too easy to guess. Add a word or two that nobody expects. Leave out names, dates and known sayings")
    )


def then() -> str:
    """Return where the address says to go afterwards; empty for no page that one signs in for."""
    return onward(request.args.get("then", ""))


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


def _renewed(person_id: uuid.UUID, root_secret: bytes, locked: Locked, passphrase: str, client: str) -> Locked | None:
    if not keyring.needs_renewal(locked):
        return None
    try:
        return keyring.locked_new(person_id, root_secret, passphrase, client, [])
    except (Invalid, Busy):
        # An old passphrase that would be refused today still opens what it locked; so it does until it is changed.
        return None
