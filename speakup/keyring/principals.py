"""The principal who acts: somebody whose root secret is open for this request."""

import uuid
from dataclasses import dataclass, field

from speakup.crypto.keypairs import KeyPairs, reporter_keys, staff_keys
from speakup.kernel.actor import ActorKind
from speakup.kernel.errors import Forbidden
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import PrincipalKind


@dataclass(frozen=True, slots=True)
class Principal:
    """Who opens and seals, with their opened keys."""

    kind: PrincipalKind
    id: uuid.UUID
    keys: KeyPairs = field(repr=False)
    fingerprint: bytes
    root_secret: bytes = field(repr=False)


def principal(uow: UnitOfWork) -> Principal:
    """Return the acting principal, opened once a request; `Forbidden` for anybody without an open key."""
    opened = uow.opened.get("principal")
    if isinstance(opened, Principal):
        return opened
    if uow.actor.root_secret is None:
        raise Forbidden(uow.actor.kind)
    staff = uow.actor.kind is ActorKind.PERSON
    return hand_on_keys(uow, staff_keys(uow.actor.root_secret) if staff else reporter_keys(uow.actor.root_secret))


def hand_on_keys(uow: UnitOfWork, keys: KeyPairs) -> Principal:
    """Let this unit use keys that the same request has derived before; `Forbidden` for any but the actor's own."""
    actor = uow.actor
    if actor.root_secret is None or actor.id is None or not keys.come_from(actor.root_secret):
        raise Forbidden(actor.kind)
    kind = PrincipalKind.STAFF if actor.kind is ActorKind.PERSON else PrincipalKind.REPORTER
    made = Principal(kind, actor.id, keys, keys.fingerprint, actor.root_secret)
    uow.opened["principal"] = made
    return made
