"""The principal who acts: somebody whose root secret is open for this request."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from speakup.crypto import envelope
from speakup.crypto.envelope import bind
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import KeyPairs, derive, reporter_keys, staff_keys
from speakup.kernel.actor import ActorKind
from speakup.kernel.errors import Forbidden, IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import KeyPair, PrincipalKind

ROOT_LENGTH = 32


def no_former_keys() -> Mapping[bytes, KeyPairs]:
    """Of whoever has only ever had one key."""
    return {}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who opens and seals, with their opened keys."""

    kind: PrincipalKind
    id: uuid.UUID
    keys: KeyPairs = field(repr=False)
    fingerprint: bytes
    root_secret: bytes = field(repr=False)
    former: Callable[[], Mapping[bytes, KeyPairs]] = field(default=no_former_keys, repr=False)
    """The keys they had before, by fingerprint: opened when something is still sealed to one of them."""

    def keys_of(self, fingerprint: bytes) -> KeyPairs | None:
        """Return the keys with this fingerprint, if they are or were this principal's."""
        return self.keys if fingerprint == self.fingerprint else self.former().get(fingerprint)


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
    staff = kind is PrincipalKind.STAFF
    former = (lambda: former_keys(uow)) if staff else no_former_keys
    made = Principal(kind, actor.id, keys, keys.fingerprint, actor.root_secret, former)
    uow.opened["principal"] = made
    return made


def former_keys(uow: UnitOfWork) -> Mapping[bytes, KeyPairs]:
    """Return the acting person's former keys by fingerprint, opened once a request."""
    opened: dict[bytes, KeyPairs] | None = uow.opened.get("former keys")
    if opened is None:
        opened = {keys.fingerprint: keys for keys in map(staff_keys, former_roots(uow))}
        uow.opened["former keys"] = opened
    return opened


def former_roots(uow: UnitOfWork) -> list[bytes]:
    """Open the root secrets the acting person had before, oldest first."""
    actor = uow.actor
    row = uow.session.get(KeyPair, actor.person_id)
    if row is None or row.sealed_former is None or actor.root_secret is None:
        return []
    try:
        packed = envelope.open_sealed(
            former_key(actor.root_secret), row.sealed_former, _former_context(actor.person_id)
        )
    except Unreadable as fault:
        raise IntegrityFault(actor.person_id, "former keys") from fault
    return [packed[at : at + ROOT_LENGTH] for at in range(0, len(packed), ROOT_LENGTH)]


def sealed_former(person_id: uuid.UUID, root_secret: bytes, former: list[bytes]) -> bytes:
    """Seal former root secrets under the one that follows them."""
    return envelope.seal(former_key(root_secret), b"".join(former), _former_context(person_id))


def former_key(root_secret: bytes) -> bytes:
    """Derive what former root secrets are sealed under."""
    return derive(root_secret, "former roots")


def _former_context(person_id: uuid.UUID) -> bytes:
    return bind("former roots", person_id)
