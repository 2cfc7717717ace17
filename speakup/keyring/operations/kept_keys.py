"""Data keys that somebody has opened and found good, kept for them under a secret key of their own.

To open a key that was sealed to a public one, and to check the key records that say who made it for whom, takes some
two hundred microseconds. Whoever has done it once is spared it from then on: what came of it lies in their grant, under
a key derived from their root secret, bound to every byte that was looked at. Where one of those is another today it
does not open, and everything is checked from the beginning.

It opens nothing that the grant beside it does not open to the same root secret, and goes when the grant goes. It is
kept for staff only: whatever a person who speaks up does leaves no trace of when they came.
"""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, update

from speakup.crypto import envelope
from speakup.crypto.binding import bind
from speakup.crypto.envelope import Opener
from speakup.kernel.db import table_of
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import Grant, PrincipalKind
from speakup.keyring.principals import principal
from speakup.keyring.rules.key_records import within

LABEL: Final = "kept keys"
Column = bytes | int | None
"""A value of a key record, ids as their bytes."""

_KEY: Final = envelope.DATA_KEY_LENGTH
_TABLE = table_of(Grant)
# Only beside the very key it was made of: a grant that was given anew meanwhile has another.
_KEEP = (
    update(_TABLE)
    .where(
        _TABLE.c.organisation_id == bindparam("organisation"),
        _TABLE.c.compartment_id == bindparam("compartment"),
        _TABLE.c.principal_kind == bindparam("my_kind", type_=_TABLE.c.principal_kind.type),
        _TABLE.c.principal_id == bindparam("me"),
        _TABLE.c.sealed_key == bindparam("sealed"),
    )
    .values(kept_key=bindparam("kept"))
)


class Kept(NamedTuple):
    """The data keys of a compartment by version, and the key that its head's digest is made with."""

    keys: dict[int, bytes]
    head_key: bytes


@dataclass(frozen=True, slots=True)
class Keeping:
    """What seals and opens everything kept for one colleague, for one request."""

    key: bytes = field(repr=False)
    opener: Opener = field(repr=False)
    whose: bytes
    """Them, and the key of theirs that the grants are sealed to."""

    def context(self, version_context: bytes, sealed_key: bytes, records: Iterable[Iterable[Column]]) -> bytes:
        """Bind all that was looked at: the sealed key, and every column of every key record in its order."""
        parts: list[bytes | int] = [sealed_key]
        for record in records:
            # No number stands where a value may be absent, so that nothing else reads like an absent one.
            parts += [0 if each is None else each for each in record]
        return within("kept key", version_context) + self.whose + hashlib.sha256(bind(*parts)).digest()

    def open(self, kept: bytes, context: bytes) -> Kept:
        """Open it; `Unreadable` where anything of what was looked at is another."""
        packed = self.opener.open(kept, context)
        keys = [packed[at : at + _KEY] for at in range(0, len(packed), _KEY)]
        return Kept(dict(enumerate(keys[1:], start=1)), keys[0])

    def seal(self, kept: Kept, context: bytes) -> bytes:
        """Seal it."""
        packed = kept.head_key + b"".join(kept.keys[version] for version in sorted(kept.keys))
        return envelope.seal(self.key, packed, context)


def mine(uow: UnitOfWork) -> Keeping | None:
    """Return it for whoever acts; None for somebody for whom nothing is kept."""
    me = principal(uow)
    if me.kind is not PrincipalKind.STAFF:
        return None
    made: Keeping | None = uow.opened.get("keeping")
    if made is None:
        key, whose = me.keys.derived(LABEL), bind(me.kind.value, me.id, me.fingerprint)
        made = uow.opened["keeping"] = Keeping(key, Opener(key), whose)
    return made


def columns(records: Iterable[Iterable[Column | uuid.UUID]]) -> list[list[Column]]:
    """Give ids as their bytes."""
    return [[each.bytes if isinstance(each, uuid.UUID) else each for each in record] for record in records]


def note(uow: UnitOfWork, compartment_id: uuid.UUID, sealed_key: bytes, kept: bytes) -> None:
    """Have this kept for whoever acts: by this unit if it writes, or else by `keep_noted`."""
    me = principal(uow)
    _noted(uow)[compartment_id] = {
        "organisation": uow.organisation_id,
        "compartment": compartment_id,
        "my_kind": me.kind,
        "me": me.id,
        "sealed": sealed_key,
        "kept": kept,
    }
    if uow.writes and _write not in uow.before_commit:
        uow.before_commit.append(_write)


def keep_noted(uow: UnitOfWork, read_by: UnitOfWork) -> None:
    """Keep what a unit that only reads has opened, for the same person."""
    if (uow.organisation_id, uow.actor.id) == (read_by.organisation_id, read_by.actor.id):
        _noted(uow).update(_noted(read_by))
        _write(uow)


def _write(uow: UnitOfWork) -> None:
    # Always in one order, so that nobody waits in a ring.
    noted = [_noted(uow)[each] for each in sorted(_noted(uow))]
    if noted:
        uow.session.flush()
        uow.session.execute(_KEEP, noted)
        _noted(uow).clear()


def _noted(uow: UnitOfWork) -> dict[uuid.UUID, dict[str, Any]]:
    noted: dict[uuid.UUID, dict[str, Any]] = uow.opened.setdefault("keys to keep", {})
    return noted
