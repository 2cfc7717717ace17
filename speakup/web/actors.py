"""Who is asking. The one place where a cookie becomes an actor; everything below is handed the actor."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from flask import Flask, g
from flask_login import LoginManager, current_user

from speakup import accounts, keyring
from speakup.accounts import Person
from speakup.crypto.keypairs import KeyPairs, staff_keys
from speakup.kernel.actor import Actor, ActorKind, Role, visitor
from speakup.kernel.errors import IntegrityFault, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.policy import CAN_HOLD_GRANTS
from speakup.web import faults
from speakup.web.cookies import INBOX, STAFF
from speakup.web.site import site


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody whose session is open, in the shape Flask-Login asks for.

    `second_factor_owed`: a code is still to be given, or an authenticator set; nothing else opens until then.
    """

    actor: Actor
    keys: KeyPairs = field(repr=False)
    person: Person
    session_id: uuid.UUID
    second_factor_owed: bool
    written: frozenset[Role]
    """What an administrator wrote down, whether or not it is in effect."""
    routing_read: int = 0
    """The entry of the key log with the newest routing rules they have read."""

    is_anonymous = False

    @property
    def is_authenticated(self) -> bool:
        """Whether everything asked for has been given."""
        return not self.second_factor_owed

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""
        return True

    def get_id(self) -> str:
        """Name the person, for Flask-Login."""
        return str(self.person.id)


def install(app: Flask) -> None:
    """Let Flask-Login read the staff cookie on each request; it keeps nothing of its own."""
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app, add_context_processor=False)
    manager.request_loader(lambda _request: _signed_in())


def organisation_id() -> uuid.UUID:
    """Return whose host name was asked for."""
    held: uuid.UUID = g.organisation_id
    return held


def signed_in() -> SignedIn | None:
    """Return who is signed in, both factors given; None otherwise."""
    user = current_user._get_current_object()  # noqa: SLF001 -- Flask-Login's documented way to the user itself
    return user if isinstance(user, SignedIn) and user.is_authenticated else None


def half_signed_in() -> SignedIn | None:
    """Return who has given a passphrase, whether or not the second factor is still owed."""
    user = current_user._get_current_object()  # noqa: SLF001 -- see above
    return user if isinstance(user, SignedIn) else None


def reporter() -> Actor | None:
    """Return whose private inbox is open in this browser; None for nobody's."""
    if "reporter" not in g:
        g.reporter = _reporter()
    found: Actor | None = g.reporter
    return found


@contextmanager
def work_as(actor: Actor, *, writes: bool = True) -> Iterator[UnitOfWork]:
    """Do one thing as somebody."""
    with site().database.work(actor, writes=writes) as uow:
        yield uow


@contextmanager
def public_work(*, writes: bool = False) -> Iterator[UnitOfWork]:
    """Do one thing as a visitor, of whom nothing is known."""
    with work_as(visitor(organisation_id()), writes=writes) as uow:
        yield uow


@contextmanager
def work(*, writes: bool = True) -> Iterator[UnitOfWork]:
    """Do one thing as whoever is signed in. Only pages of surfaces that admit nobody else may call it."""
    user = signed_in()
    if user is None:
        raise NotFound("nobody is signed in")
    with work_as(user.actor, writes=writes) as uow:
        keyring.hand_on_keys(uow, user.keys)
        yield uow


@contextmanager
def keyless_work(*, writes: bool = True) -> Iterator[UnitOfWork]:
    """Do one thing as whoever is signed in, without their keys: nothing sealed opens, whoever it is."""
    user = signed_in()
    if user is None:
        raise NotFound("nobody is signed in")
    with work_as(replace(user.actor, root_secret=None), writes=writes) as uow:
        yield uow


@contextmanager
def inbox_work(*, writes: bool = True) -> Iterator[UnitOfWork]:
    """Do one thing as the person whose private inbox is open."""
    actor = reporter()
    if actor is None:
        raise NotFound("no inbox is open")
    with work_as(actor, writes=writes) as uow:
        yield uow


def _signed_in() -> SignedIn | None:
    token = STAFF.read()
    if not token or "organisation_id" not in g:
        return None
    try:
        with public_work() as uow:
            user, stale = _resume(uow, token)
    except NotFound:
        return None
    if stale:
        with public_work(writes=True) as uow:
            keyring.resume_staff(uow, token)
    return user


def _resume(uow: UnitOfWork, token: str) -> tuple[SignedIn, bool]:
    """Return who it is, and whether the session should be marked as seen."""
    resumed = keyring.resume_staff(uow, token)
    member = accounts.member(uow, resumed.person_id)
    if member.membership.left_on is not None:
        raise NotFound(resumed.person_id)
    written = member.membership.drafted_roles
    keys = staff_keys(resumed.root_secret)
    roles = roles_in_effect(uow, written, resumed.person_id, keys.fingerprint)
    actor = Actor(ActorKind.PERSON, uow.organisation_id, resumed.person_id, roles, resumed.root_secret)
    # A role that can hold a grant may have come since this session began: then a second factor is owed from now on.
    unset = bool((written | roles) & CAN_HOLD_GRANTS) and not accounts.has_second_factor(uow, resumed.person_id)
    owed = unset or not resumed.second_factor_done
    read = member.membership.routing_read
    return SignedIn(actor, keys, member.person, resumed.id, owed, written, read), resumed.stale


def roles_in_effect(
    uow: UnitOfWork, written: frozenset[Role], person_id: uuid.UUID, fingerprint: bytes
) -> frozenset[Role]:
    """Return what somebody may be today. A key log that does not check out gives nobody a case, and a banner to all."""
    try:
        return keyring.effective_roles(uow, written, person_id, fingerprint)
    except IntegrityFault:
        faults.notice_key_log()
        return written - CAN_HOLD_GRANTS


def _reporter() -> Actor | None:
    token = INBOX.read()
    if not token:
        return None
    try:
        with public_work(writes=True) as uow:
            resumed = keyring.resume_reporter(uow, token)
    except NotFound:
        return None
    return Actor(ActorKind.REPORTER, organisation_id(), resumed.reporter_id, frozenset(), resumed.root_secret)
