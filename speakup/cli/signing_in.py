"""Signing in on a terminal, for the few commands that open cases: passphrase and code are asked for, never given."""

import uuid
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from speakup.kernel.actor import Actor
    from speakup.kernel.uow import Database

_WRONG = "The address, the passphrase or the code is not right. Nothing was opened."


def signed_in(database: "Database", organisation_id: uuid.UUID, email: str) -> "Actor":
    """Ask for a passphrase and a code; return who may act from here on, in the roles that are in effect."""
    from speakup import accounts, audit, keyring
    from speakup.audit import Event
    from speakup.crypto.keypairs import staff_keys
    from speakup.kernel.actor import Actor, ActorKind, system

    with database.work(system(organisation_id), writes=False) as uow:
        person = accounts.by_email(uow, email)
        locked = keyring.locked_key(uow, person.id) if person else None
        written = accounts.member(uow, person.id).membership.drafted_roles if person else frozenset()
    passphrase = click.prompt("Passphrase", hide_input=True)
    code = click.prompt("Code of the authenticator")
    try:
        root = keyring.open_locked(person.id if person else None, locked, passphrase, "terminal")
    except keyring.WrongPassphrase:
        root = b""
    if person is None or not root:
        _failed(database, organisation_id, person.id if person else None)
        raise click.ClickException(_WRONG)
    with database.work(system(organisation_id), writes=False) as uow:
        roles = keyring.effective_roles(uow, written, person.id, staff_keys(root).fingerprint)
    actor = Actor(ActorKind.PERSON, organisation_id, person.id, roles, root)
    _check_code(database, actor, code)
    with database.work(actor) as uow:
        audit.record(uow, Event.SIGNED_IN, person.id)
    return actor


def _check_code(database: "Database", actor: "Actor", code: str) -> None:
    from speakup import accounts
    from speakup.kernel.errors import Invalid

    right = True
    with database.work(actor) as uow:
        # Caught inside, so that what was wrong is counted.
        try:
            accounts.check_second_factor(uow, accounts.member(uow, actor.person_id).person, code.strip())
        except Invalid:
            right = False
    if not right:
        _failed(database, actor.organisation_id, actor.person_id)
        raise click.ClickException(_WRONG)


def _failed(database: "Database", organisation_id: uuid.UUID, person_id: uuid.UUID | None) -> None:
    from speakup import audit
    from speakup.audit import Event
    from speakup.kernel.actor import system

    with database.work(system(organisation_id)) as uow:
        audit.record(uow, Event.SIGN_IN_FAILED, person_id)
