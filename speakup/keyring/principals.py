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
    actor = uow.actor
    if actor.root_secret is None or actor.id is None:
        raise Forbidden(actor.kind)
    staff = actor.kind is ActorKind.PERSON
    keys = staff_keys(actor.root_secret) if staff else reporter_keys(actor.root_secret)
    kind = PrincipalKind.STAFF if staff else PrincipalKind.REPORTER
    made = Principal(kind, actor.id, keys, keys.public.fingerprint(), actor.root_secret)
    uow.opened["principal"] = made
    return made
