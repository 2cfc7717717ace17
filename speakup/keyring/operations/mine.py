"""What one person keeps for themselves alone: sealed under a key of theirs, and opened by nobody else."""

from contextlib import suppress

from speakup.crypto import envelope, keypairs, padding
from speakup.crypto.errors import Unreadable
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.principals import former_roots, principal


def seal_for_me(uow: UnitOfWork, purpose: str, body: bytes, *place: object) -> bytes:
    """Seal this for whoever acts. `place` says what it is, and only there it opens."""
    return envelope.seal(_key(principal(uow).root_secret, purpose), padding.pad(body), _context(uow, purpose, place))


def open_mine(uow: UnitOfWork, purpose: str, sealed: bytes, *place: object) -> bytes:
    """Open what `seal_for_me` gave this person, under these keys or those they had before; else `IntegrityFault`."""
    me, context = principal(uow), _context(uow, purpose, place)
    try:
        return padding.unpad(envelope.open_sealed(_key(me.root_secret, purpose), sealed, context))
    except Unreadable as fault:
        for root_secret in former_roots(uow):
            with suppress(Unreadable):
                return padding.unpad(envelope.open_sealed(_key(root_secret, purpose), sealed, context))
        raise IntegrityFault(me.id, purpose) from fault


def _key(root_secret: bytes, purpose: str) -> bytes:
    return keypairs.derive(root_secret, purpose)


def _context(uow: UnitOfWork, purpose: str, place: tuple[object, ...]) -> bytes:
    return envelope.bind(purpose, uow.organisation_id, principal(uow).id, *map(str, place))
