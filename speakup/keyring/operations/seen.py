"""The last counter seen of each compartment, and which compartment it was, remembered by whoever saw it.

A guardian's memory is one sealed blob of fixed-length entries, sorted, so that a few are found without reading
thousands. A reporter's is the sealed state beside their public key. The memory exists from the moment the principal
does: its absence is a fault, not a fresh start.
"""

import hashlib
import struct
import uuid
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from speakup.crypto import envelope, keypairs
from speakup.crypto.errors import Unreadable
from speakup.kernel.db import table_of
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import PrincipalKind, Reporter, SeenState
from speakup.keyring.principals import Principal, former_roots, principal

# An entry: which place (16 bytes), the counter (4), and which compartment stood there (12).
_PLACE, _COUNTER, _ENTRY = 16, 20, 32
_FEW = 25
_PLACE_AND_COUNTER = struct.Struct(f">{_PLACE}sI{_ENTRY - _COUNTER}x")

# Built once, and of columns: every list and every case asks for a guardian's memory, most of them only to look at it.
_STATES = table_of(SeenState)
_MINE = (_STATES.c.organisation_id == bindparam("organisation"), _STATES.c.person_id == bindparam("me"))
_BODY = select(_STATES.c.body).where(*_MINE)
_HELD_BODY = _BODY.with_for_update()
_KEEP = update(_STATES).where(*_MINE).values(body=bindparam("sealed"))


class Sight(NamedTuple):
    """What stood in one place of a case when it was opened."""

    case_id: uuid.UUID
    place: bytes
    counter: int
    prints: tuple[bytes, ...]
    """What each key record comes to, from the first."""

    @property
    def entry(self) -> bytes:
        """How far it stood, and which compartment it was."""
        return _entry(self.place, self.counter, self.prints[0])

    @property
    def entries(self) -> list[bytes]:
        """The sight as it is remembered: how far it stood and which it was; after a change of key, that one as well."""
        return [self.entry, *([self.version_entry(len(self.prints))] if len(self.prints) > 1 else [])]

    def version_entry(self, version: int) -> bytes:
        """One key version of it, which as good as names all before: each points back to the one before it."""
        return _entry(b"version" + self.place, version, self.prints[version - 1])


def _entry(place: bytes, counter: int, what: bytes) -> bytes:
    return hashlib.sha256(place).digest()[:_PLACE] + counter.to_bytes(4, "big") + what[: _ENTRY - _COUNTER]


class Counters:
    """Sights by place, packed and sorted."""

    def __init__(self, packed: bytes = b"") -> None:
        self.packed = packed
        self._listed: dict[bytes, bytes] | None = None

    def list_all(self) -> None:
        """Make ready to be asked for thousands of places."""
        self._listed = {each[:_PLACE]: each for each in self.entries()}

    def entry_for(self, entry: bytes) -> bytes:
        """Return what is remembered of the place this entry is about; nothing for one never seen."""
        if self._listed is not None:
            return self._listed.get(entry[:_PLACE], b"")
        held = self.packed[(at := self._offset(entry)) : at + _ENTRY]
        return held if held[:_PLACE] == entry[:_PLACE] else b""

    def with_later(self, entries: Iterable[bytes]) -> "Counters":
        """Return a memory that has seen these too; never one that has seen less."""
        packed = self
        for entry in entries:
            held = packed.entry_for(entry)
            if held[_PLACE:_COUNTER] < entry[_PLACE:_COUNTER]:
                at = packed._offset(entry)
                packed = Counters(packed.packed[:at] + entry + packed.packed[at + len(held) :])
        return packed

    @cached_property
    def by_place(self) -> dict[bytes, int]:
        """Map every place to its counter; quicker than searching for hundreds of them."""
        return dict(_PLACE_AND_COUNTER.iter_unpack(self.packed))

    def entries(self) -> list[bytes]:
        """List every entry."""
        return [self.packed[at : at + _ENTRY] for at in range(0, len(self.packed), _ENTRY)]

    def _offset(self, entry: bytes) -> int:
        return _ENTRY * bisect_left(
            range(len(self.packed) // _ENTRY),
            entry[:_PLACE],
            key=lambda at: self.packed[_ENTRY * at : _ENTRY * at + _PLACE],
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


def require_not_older(uow: UnitOfWork, sight: Sight) -> None:
    """Raise `IntegrityFault` for a compartment that is another, or stands earlier, than its reader has seen."""
    entry, newest, remembered = sight.entry, sight.version_entry(len(sight.prints)), memory(uow)
    held, version = remembered.entry_for(entry), remembered.entry_for(newest)
    if held == entry and (not version or version == newest):
        return
    if held[_PLACE:_COUNTER] > entry[_PLACE:_COUNTER] or version[_PLACE:_COUNTER] > newest[_PLACE:_COUNTER]:
        raise IntegrityFault(sight.case_id, "older than seen")
    if held and held[_COUNTER:] != entry[_COUNTER:]:
        raise IntegrityFault(sight.case_id, "another than seen")
    if version and version != sight.version_entry(int.from_bytes(version[_PLACE:_COUNTER], "big")):
        raise IntegrityFault(sight.case_id, "another key than seen")


def readers_entry(case_id: uuid.UUID, readers: Iterable[uuid.UUID], counter: int = 1) -> bytes:
    """Say who can open a conversation, as a reporter's memory holds it beside the counters: nobody is named in it."""
    digest = hashlib.sha256(b"".join(sorted(each.bytes for each in readers))).digest()
    return _entry(b"readers" + case_id.bytes, counter, digest)


def readers_changed(uow: UnitOfWork, case_id: uuid.UUID, readers: Iterable[uuid.UUID]) -> bool:
    """Say whether other people can open it than when the reporter was last told; nobody was told: nothing changed."""
    entry = readers_entry(case_id, readers)
    held = memory(uow).entry_for(entry)
    return bool(held) and held[_COUNTER:] != entry[_COUNTER:]


def remember_readers(uow: UnitOfWork, case_id: uuid.UUID, readers: Collection[uuid.UUID]) -> None:
    """Note that the reporter was told who can open it. Where nobody new can, nothing is written."""
    held = memory(uow).entry_for(readers_entry(case_id, readers))
    if held and not readers_changed(uow, case_id, readers):
        return
    counter = int.from_bytes(held[_PLACE:_COUNTER], "big") + 1
    uow.opened["seen"] = memory(uow).with_later([readers_entry(case_id, readers, counter)])
    if keep not in uow.before_commit:
        uow.before_commit.append(keep)


def told_seen(uow: UnitOfWork, case_id: uuid.UUID) -> int:
    """Return up to which telling whoever acts has read a case; 0 for one they never opened."""
    return int.from_bytes(memory(uow).entry_for(_told_entry(case_id, 0))[_PLACE:_COUNTER], "big")


def told_seen_of(uow: UnitOfWork, case_ids: Sequence[uuid.UUID]) -> list[int]:
    """Return it for many cases, in their order: a few are looked for, for more everything is looked through once."""
    if len(case_ids) <= _FEW:
        return [told_seen(uow, each) for each in case_ids]
    held = memory(uow).by_place
    return [held.get(_told_place(each), 0) for each in case_ids]


def remember_told(uow: UnitOfWork, case_id: uuid.UUID, times: int) -> None:
    """Note that whoever acts has read everything told up to now; nobody else has read it by that."""
    uow.opened["seen"] = memory(uow).with_later([_told_entry(case_id, times)])
    if keep not in uow.before_commit:
        uow.before_commit.append(keep)


def _told_entry(case_id: uuid.UUID, times: int) -> bytes:
    return _entry(b"told" + case_id.bytes, times, bytes(_ENTRY - _COUNTER))


def _told_place(case_id: uuid.UUID) -> bytes:
    return hashlib.sha256(b"told" + case_id.bytes).digest()[:_PLACE]


def remember(uow: UnitOfWork, sights: Iterable[Sight]) -> None:
    """Note these as seen, for whoever acts; written out once, before the unit of work commits."""
    if not uow.writes:
        return
    uow.opened["seen"] = memory(uow).with_later(entry for each in sights for entry in each.entries)
    if keep not in uow.before_commit:
        uow.before_commit.append(keep)


def keep(uow: UnitOfWork) -> None:
    """Write the memory back where it has grown, together with what was seen elsewhere meanwhile."""
    me, held = principal(uow), memory(uow)
    if held.packed == uow.opened["seen as stored"].packed:
        return
    if uow.on_postgresql:
        held = _opened_memory(uow, me, _stored(uow, me, hold=True)).with_later(held.entries())
    sealed = envelope.seal(_key(me.root_secret), held.packed, _context(uow, me.id))
    if me.kind is PrincipalKind.STAFF:
        uow.session.execute(_KEEP, {"organisation": uow.organisation_id, "me": me.id, "sealed": sealed})
    else:
        _reporter(uow, me).sealed_state = sealed
    uow.opened["seen"] = uow.opened["seen as stored"] = held


def memory(uow: UnitOfWork) -> Counters:
    """Return what the acting principal remembers, opened once a request."""
    held = uow.opened.get("seen")
    if isinstance(held, Counters):
        return held
    me = principal(uow)
    stored = _opened_memory(uow, me, _stored(uow, me))
    uow.opened["seen"] = uow.opened["seen as stored"] = stored
    return stored


def _opened_memory(uow: UnitOfWork, me: Principal, stored: bytes) -> Counters:
    context = _context(uow, me.id)
    try:
        return Counters(envelope.open_sealed(_key(me.root_secret), stored, context))
    except Unreadable as fault:
        # In this organisation it may not have been sealed again since this person's keys were made anew.
        for root_secret in former_roots(uow) if me.kind is PrincipalKind.STAFF else []:
            with suppress(Unreadable):
                return Counters(envelope.open_sealed(_key(root_secret), stored, context))
        raise IntegrityFault(_whose(uow, me), "memory") from fault


def _stored(uow: UnitOfWork, me: Principal, *, hold: bool = False) -> bytes:
    """Return the memory as it lies in its row; with `hold`, nobody else writes it until this unit is over."""
    if me.kind is PrincipalKind.REPORTER:
        row = _reporter(uow, me)
        if hold:
            uow.session.refresh(row, with_for_update=True)
        return row.sealed_state
    asked = {"organisation": uow.organisation_id, "me": me.id}
    body: bytes | None = uow.session.execute(_HELD_BODY if hold else _BODY, asked).scalar()
    if body is None:
        raise IntegrityFault(me.id, "memory")
    return body


def _whose(uow: UnitOfWork, me: Principal) -> uuid.UUID:
    """Name the case for a reporter, whom nobody knows by their own id."""
    return _reporter(uow, me).case_id if me.kind is PrincipalKind.REPORTER else me.id


def _reporter(uow: UnitOfWork, me: Principal) -> Reporter:
    row = uow.session.get(Reporter, (uow.organisation_id, me.id))
    if row is None:
        raise IntegrityFault(me.id, "memory")
    # A session forgets a row that nobody holds, and would ask for it again to write it.
    uow.opened["reporter's row"] = row
    return row


def _key(root_secret: bytes) -> bytes:
    return keypairs.derive(root_secret, "seen counters")


def _context(uow: UnitOfWork, principal_id: uuid.UUID) -> bytes:
    return envelope.bind("seen counters", uow.organisation_id, principal_id)
