"""The last counter seen of each compartment, remembered by whoever saw it.

A guardian's memory is one sealed blob of fixed-length entries (16 bytes of compartment id, 4 of counter), sorted, so
that a few are found without reading thousands. A reporter's is the sealed state beside their public key. The memory
exists from the moment the principal does: its absence is a fault, not a fresh start.
"""

import uuid
from bisect import bisect_left
from collections.abc import Mapping

from speakup.crypto import envelope, keypairs
from speakup.crypto.errors import Unreadable
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import PrincipalKind, Reporter, SeenState
from speakup.keyring.principals import Principal, principal

_ID, _ENTRY = 16, 20


class Counters:
    """Counters by compartment, packed and sorted."""

    def __init__(self, packed: bytes = b"") -> None:
        self.packed = packed

    def get(self, compartment_id: uuid.UUID) -> int:
        """Return the last counter seen; 0 for a compartment never opened."""
        entry = self.packed[_ENTRY * (at := self._place(compartment_id)) : _ENTRY * at + _ENTRY]
        return int.from_bytes(entry[_ID:], "big") if entry[:_ID] == compartment_id.bytes else 0

    def with_later(self, counters: Mapping[uuid.UUID, int]) -> "Counters":
        """Return a memory that has seen these too; never one that has seen less."""
        later = {key: value for key, value in counters.items() if value > self.get(key)}
        if not later:
            return self
        entries = {
            self.packed[at : at + _ID]: self.packed[at + _ID : at + _ENTRY] for at in range(0, len(self.packed), _ENTRY)
        }
        entries.update({key.bytes: value.to_bytes(4, "big") for key, value in later.items()})
        return Counters(b"".join(key + entries[key] for key in sorted(entries)))

    def _place(self, compartment_id: uuid.UUID) -> int:
        return bisect_left(
            range(len(self.packed) // _ENTRY),
            compartment_id.bytes,
            key=lambda at: self.packed[_ENTRY * at : _ENTRY * at + _ID],
        )


def begin(uow: UnitOfWork, person_id: uuid.UUID, root_secret: bytes) -> None:
    """Give a person an empty memory in this organisation."""
    if uow.session.get(SeenState, (uow.organisation_id, person_id)) is None:
        sealed = envelope.seal(_key(root_secret), b"", _context(uow, person_id))
        uow.session.add(SeenState(organisation_id=uow.organisation_id, person_id=person_id, body=sealed))
        uow.session.flush()


def sealed_memory(
    uow: UnitOfWork, reporter_id: uuid.UUID, root_secret: bytes, counters: Counters | None = None
) -> bytes:
    """Seal a reporter's memory."""
    return envelope.seal(_key(root_secret), (counters or Counters()).packed, _context(uow, reporter_id))


def require_not_older(uow: UnitOfWork, counters: Mapping[uuid.UUID, int]) -> None:
    """Raise `IntegrityFault` for a compartment that stands at an earlier counter than its reader has seen."""
    memory = _memory(uow)
    for compartment_id, counter in counters.items():
        if counter < memory.get(compartment_id):
            raise IntegrityFault(compartment_id, "older than seen")


def remember(uow: UnitOfWork, counters: Mapping[uuid.UUID, int]) -> None:
    """Note these as seen, for whoever acts; written out once, before the unit of work commits."""
    if not uow.writes:
        return
    uow.opened["seen"] = _memory(uow).with_later(counters)
    if keep not in uow.before_commit:
        uow.before_commit.append(keep)


def keep(uow: UnitOfWork) -> None:
    """Write the memory back where it has grown."""
    me, memory = principal(uow), _memory(uow)
    if memory is uow.opened["seen as stored"]:
        return
    row = _row(uow, me)
    sealed = envelope.seal(_key(me.root_secret), memory.packed, _context(uow, me.id))
    if isinstance(row, SeenState):
        row.body = sealed
    else:
        row.sealed_state = sealed
    uow.opened["seen as stored"] = memory


def _memory(uow: UnitOfWork) -> Counters:
    held = uow.opened.get("seen")
    if isinstance(held, Counters):
        return held
    me = principal(uow)
    try:
        row = _row(uow, me)
        stored = row.body if isinstance(row, SeenState) else row.sealed_state
        memory = Counters(envelope.open_sealed(_key(me.root_secret), stored, _context(uow, me.id)))
    except Unreadable as fault:
        raise IntegrityFault(me.id, "memory") from fault
    uow.opened["seen"] = uow.opened["seen as stored"] = memory
    return memory


def _row(uow: UnitOfWork, me: Principal) -> SeenState | Reporter:
    key = (uow.organisation_id, me.id)
    row = uow.session.get(SeenState, key) if me.kind is PrincipalKind.STAFF else uow.session.get(Reporter, key)
    if row is None:
        raise IntegrityFault(me.id, "memory")
    return row


def _key(root_secret: bytes) -> bytes:
    return keypairs.derive(root_secret, "seen counters")


def _context(uow: UnitOfWork, principal_id: uuid.UUID) -> bytes:
    return envelope.bind("seen counters", uow.organisation_id, principal_id)
