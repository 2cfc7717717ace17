"""Keeping what somebody has under way with many cases, sealed to them alone between one page and the next."""

import json
import uuid
import zlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from speakup import keyring
from speakup.cases.models import Undertaking, UndertakingKind
from speakup.kernel.errors import Conflict, IntegrityFault, NotFound
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork

_PURPOSE = "undertaking"
_STATE, _BULK, _REVISION = "state", "bulk", "revision"


def begin(uow: UnitOfWork, kind: UndertakingKind, state: Mapping[str, Any], bulk: object) -> Undertaking:
    """Begin something, for whoever acts. The caller has asked the policy."""
    row = Undertaking(
        organisation_id=uow.organisation_id,
        id=new_id(),
        person_id=uow.actor.person_id,
        kind=kind,
        begun_on=uow.today,
        quantity=0,
        revision=0,
        sealed=b"",
        sealed_bulk=None,
    )
    keep_bulk(uow, row, bulk)
    keep(uow, row, state)
    uow.session.add(row)
    return row


def find(uow: UnitOfWork, kind: UndertakingKind, id: uuid.UUID) -> Undertaking:
    """Return one of the actor's own; everybody else's is absent."""
    row = uow.session.get(Undertaking, (uow.organisation_id, id), with_for_update=uow.writes)
    if row is None or row.kind is not kind or row.person_id != uow.actor.person_id:
        raise NotFound(id)
    return row


def mine(uow: UnitOfWork, kind: UndertakingKind) -> list[Undertaking]:
    """List the actor's own of one kind, the newest first."""
    own = select(Undertaking).where(
        Undertaking.organisation_id == uow.organisation_id,
        Undertaking.person_id == uow.actor.person_id,
        Undertaking.kind == kind,
    )
    return list(uow.session.scalars(own.order_by(Undertaking.begun_on.desc(), Undertaking.id)))


def state_of(uow: UnitOfWork, row: Undertaking) -> dict[str, Any]:
    """Open how far it is; `IntegrityFault` where its row says another revision than was sealed."""
    state = dict(_opened(uow, row, _STATE, row.sealed))
    # What was sealed before it said its revision can be held against nothing.
    if state.pop(_REVISION, row.revision) != row.revision:
        raise IntegrityFault(row.id, _PURPOSE)
    return state


def bulk_of(uow: UnitOfWork, row: Undertaking) -> Any:  # noqa: ANN401 -- whatever was kept
    """Open what it is about; `NotFound` once that was forgotten."""
    if row.sealed_bulk is None:
        raise NotFound(row.id)
    return _opened(uow, row, _BULK, row.sealed_bulk)


def keep(uow: UnitOfWork, row: Undertaking, state: Mapping[str, Any]) -> None:
    """Seal how far it is."""
    row.revision += 1
    row.sealed = _sealed(uow, row, _STATE, {**state, _REVISION: row.revision})


def keep_bulk(uow: UnitOfWork, row: Undertaking, bulk: object) -> None:
    """Seal what it is about; nothing, to forget it."""
    row.sealed_bulk = None if bulk is None else _sealed(uow, row, _BULK, bulk)


def require_as_read(row: Undertaking, revision: int) -> None:
    """Raise `Conflict` where it has moved on since a page was read."""
    if row.revision != revision:
        raise Conflict(row.id)


def forget(uow: UnitOfWork, row: Undertaking) -> None:
    """Delete it whole."""
    uow.session.execute(
        delete(Undertaking).where(Undertaking.organisation_id == uow.organisation_id, Undertaking.id == row.id)
    )


def _sealed(uow: UnitOfWork, row: Undertaking, part: str, said: object) -> bytes:
    packed = zlib.compress(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode())
    return keyring.seal_for_me(uow, _PURPOSE, packed, row.id, row.kind.value, part)


def _opened(uow: UnitOfWork, row: Undertaking, part: str, sealed: bytes) -> Any:  # noqa: ANN401 -- whatever was kept
    packed = keyring.open_mine(uow, _PURPOSE, sealed, row.id, row.kind.value, part)
    try:
        return json.loads(zlib.decompress(packed))
    except (ValueError, zlib.error) as malformed:
        raise IntegrityFault(row.id, _PURPOSE) from malformed
