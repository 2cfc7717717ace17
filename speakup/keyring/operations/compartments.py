"""Compartments: making, opening, reading, writing, granting, rotating.

Nobody opens or seals under a key version whose record does not check out. A version counts when

* its statement is about this very compartment and follows the version before it, whose data key its maker held;
* it stands, word for word, under the data key it commits to, so that only a holder of that key can have written it;
* a guardian on the case whom the key log knew signed it, or the reporter's own code stands on it, or (version 1) a
  guardian on the case has countersigned what they found at first opening;
* every staff member it names held, by the key log, the key it was sealed to.

Nothing new is sealed under a version that names somebody the log no longer does, or that nobody it names today stands
by: whoever was on a case once knows old data keys, and could write such a version themselves. It gets a new key first.

A case has one compartment of each kind, and its reader remembers which. Whoever could write the database may still put
a whole concern of their own in the place of one that this reader has never opened: that is a concern raised by them,
and the person whose concern it was finds theirs gone.
"""

import binascii
import json
import re
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, literal, null, select

from speakup import accounts, audit, policy
from speakup.audit import Event
from speakup.crypto import envelope, keypairs, padding
from speakup.crypto.binding import bind, bind_id, bind_known
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import PublicKeys, verify_signature
from speakup.kernel.actor import ActorKind, Role
from speakup.kernel.errors import Conflict, Forbidden, IntegrityFault, NoLongerHeld, NotFound, SpeakUpError
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import Compartment, CompartmentKind, Grant, KeyRecord, PrincipalKind, Reporter, SealedRecord
from speakup.keyring.operations import kept_keys, key_log, seen
from speakup.keyring.operations.kept_keys import Keeping, Kept
from speakup.keyring.principals import Principal, principal
from speakup.keyring.rules import canonical, key_records
from speakup.keyring.rules.key_log import KeyLog
from speakup.keyring.rules.key_records import Holder, Place, Statement
from speakup.policy import CASE_ROLES, Permission

MANIFEST = "manifest"
"""In each compartment, written at intake: the commitments of all that were made together."""
WHOLE = (CompartmentKind.IDENTITY, CompartmentKind.CONVERSATION, CompartmentKind.CASEWORK)
"""What every case has one of, made together; a guardian on a case holds all three."""
_PARTS = frozenset(WHOLE)
EXCLUSIONS = "exclusions"
"""In `casework`, from the first moment: who must never be given a key of this case."""
RECORD_LIMIT = 2**29
"""Most writings in one compartment: each seals a record and a head, and 2^30 is the most that random nonces allow one
data key (NIST SP 800-38D)."""


@dataclass(frozen=True, slots=True)
class Record:
    """One opened piece of content. `position` is its place in its compartment's order; `body` lives for one request."""

    id: uuid.UUID
    kind: str
    revision: int
    position: int
    body: dict[str, Any] = field(repr=False)


class SealedKey(NamedTuple):
    """What a grant holds for one principal."""

    version: int
    sealed_key: bytes
    kept_key: bytes | None = None


class StoredRecord(NamedTuple):
    """A key record as it lies in its row."""

    version: int
    body: bytes
    sealed_previous: bytes
    signer_id: uuid.UUID | None
    signature: bytes
    countersigner_id: uuid.UUID | None = None
    countersignature: bytes | None = None


class StoredCompartment(NamedTuple):
    """A compartment as it lies in its row, for opening where nothing will be written."""

    id: uuid.UUID
    case_id: uuid.UUID
    kind: CompartmentKind
    version: int
    head: bytes
    records_behind: int


class StoredItem(NamedTuple):
    """A sealed record as it lies in its row; `body` is there where it was asked for."""

    compartment_id: uuid.UUID
    id: uuid.UUID
    revision: int
    kind: str
    key_version: int
    body: bytes | None


Row = Compartment | StoredCompartment
Found = tuple[Row, SealedKey, list[StoredRecord]]
"""A compartment, what is sealed to the acting principal, and its key records in their order."""


@dataclass(slots=True)
class OpenCompartment:
    """A compartment whose newest data key is open for this request."""

    row: Row
    place: Place
    statement: Statement | None
    """What the newest key record says; None until it is asked for, where it was read and found good before."""
    newest: StoredRecord | None
    keys: dict[int, bytes] = field(repr=False)
    signed: bool
    prints: tuple[bytes, ...] = ()
    """What each key record comes to, from the first, by which the compartment stays this one."""
    astray: bool = False
    """The grants that lie beside it are not those its key record names."""
    head_keys: dict[int, bytes] = field(default_factory=dict, repr=False)
    """By version, what the digest in the head is made with."""
    counter: int = 0
    items: dict[uuid.UUID, tuple[int, str]] = field(default_factory=dict)
    grant: SealedKey | None = field(default=None, repr=False)
    """What it was opened with, where that was a key sealed to a public one."""
    fetched: "Fetched | None" = field(default=None, repr=False)

    @property
    def id(self) -> uuid.UUID:
        """What its records and grants name it by."""
        return self.place.compartment_id

    @property
    def origin(self) -> str:
        """What its first key record comes to: no other place has it, whoever may have made that."""
        return self.prints[0].hex()

    @property
    def writable(self) -> Compartment:
        """The row itself, of a compartment that was opened to be written in."""
        if not isinstance(self.row, Compartment):
            raise TypeError("opened for reading")
        return self.row

    @property
    def version(self) -> int:
        """The newest key version."""
        return self.row.version

    @property
    def key(self) -> bytes:
        """The newest data key."""
        return self.keys[self.row.version]

    @property
    def head_key(self) -> bytes:
        """What the digest in its head is made with."""
        known = self.head_keys.get(self.version)
        if known is None:
            context = self.place.head_context(self.version)
            known = self.head_keys[self.version] = envelope.digest_key(self.key, context)
        return known

    @property
    def kind(self) -> CompartmentKind:
        """Which secret part of the case this is."""
        return self.row.kind

    @property
    def stated(self) -> Statement:
        """What the newest key record says."""
        if self.statement is None:
            self.statement = key_records.read(self.place, self.record.body)
        return self.statement

    @property
    def record(self) -> StoredRecord:
        """The newest key record."""
        if self.newest is None:
            raise TypeError("no key version yet")
        return self.newest


@dataclass(frozen=True, slots=True)
class Fetched:
    """Sealed records that came with their compartment, of these kinds (of every kind, for none named)."""

    kinds: frozenset[str]
    items: Sequence[StoredItem]

    def includes(self, kinds: Collection[str]) -> bool:
        """Say whether all records of these kinds (of every kind, for none named) are among them."""
        return not self.kinds or (bool(kinds) and self.kinds.issuperset(kinds))


@dataclass(frozen=True, slots=True)
class Recipient:
    """A principal to seal to, with the public key that the key log, or a checked statement, vouches for."""

    kind: PrincipalKind
    id: uuid.UUID
    keys: PublicKeys

    @property
    def holder(self) -> Holder:
        """How a key record names this recipient."""
        return Holder(self.kind, self.id, self.keys.fingerprint())


# Making


def make(
    uow: UnitOfWork,
    case_id: uuid.UUID,
    recipients: Mapping[CompartmentKind, Iterable[Recipient]],
    maker: Principal,
) -> dict[CompartmentKind, OpenCompartment]:
    """Make version 1 of compartments of one case, signed by a guardian or marked with the reporter's code."""
    made = {kind: _begun(uow, case_id, kind) for kind in recipients}
    uow.session.add_all(each.row for each in made.values())
    # Once for all of them: what follows points to them.
    uow.session.flush()
    for kind, each in made.items():
        _new_version(uow, each, recipients[kind], maker)
        _opened(uow)[each.row.id] = each
    return made


def _begun(uow: UnitOfWork, case_id: uuid.UUID, kind: CompartmentKind) -> OpenCompartment:
    row = Compartment(organisation_id=uow.organisation_id, id=new_id(), case_id=case_id, kind=kind, version=0, head=b"")
    return OpenCompartment(row, Place(uow.organisation_id, case_id, row.id, kind), None, None, {}, signed=True)


def staff_recipients(uow: UnitOfWork, person_ids: Iterable[uuid.UUID], kind: CompartmentKind) -> list[Recipient]:
    """Turn people into recipients, by the key log alone. Whoever may not receive is left out, and that is recorded."""
    log, found = key_log.load(uow), []
    for person_id in sorted(set(person_ids)):
        vouched = log.valid.get(person_id)
        if vouched is None or not vouched.may_receive(kind, uow.today):
            audit.record(uow, Event.INTEGRITY_FAULT, person_id)
            continue
        found.append(Recipient(PrincipalKind.STAFF, person_id, vouched.keys))
    return found


def reporter_recipient(uow: UnitOfWork, case_id: uuid.UUID, statement: Statement) -> list[Recipient]:
    """Return the reporter of this compartment, if it has one, by the key that the checked statement names.

    What a group shares has several, each drawn for that group alone.
    """
    holders = sorted((each for each in statement.holders if each.kind is PrincipalKind.REPORTER), key=lambda h: h.id)
    return [_reporter(uow, case_id, holder) for holder in holders]


def _reporter(uow: UnitOfWork, case_id: uuid.UUID, holder: Holder) -> Recipient:
    row = uow.session.get(Reporter, (uow.organisation_id, holder.id))
    if row is None or row.case_id != case_id:
        raise IntegrityFault(case_id, "reporter")
    try:
        recipient = Recipient(PrincipalKind.REPORTER, holder.id, PublicKeys.from_bytes(row.public))
    except Unreadable as fault:
        raise IntegrityFault(case_id, "reporter key") from fault
    if recipient.holder != holder:
        raise IntegrityFault(case_id, "reporter key")
    return recipient


# Opening


def open_case(
    uow: UnitOfWork, case_id: uuid.UUID, *kinds: CompartmentKind, fetch: Collection[str] | None = None
) -> dict[CompartmentKind, OpenCompartment]:
    """Open the compartments of a case that the actor holds (all kinds, or those named).

    `NotFound` when there is none, or one of those named is not held. Whoever holds a whole case must hold all of it,
    and where none is named its parts are those that were made together. `fetch` as for `open_cases`.
    """
    whole = _whole_cases(uow).get(case_id)
    if whole is not None and set(kinds) <= whole.keys():
        return {kind: whole[kind] for kind in kinds or whole}
    if not kinds and (fetch is None or fetch):
        # It is read right below, and so comes with the rows instead of by a query of its own.
        fetch = {*(fetch or ()), MANIFEST}
    opened = open_cases(uow, [case_id], *kinds, to_write=uow.writes, fetch=fetch).get(case_id) or _absent(case_id)
    wanted = kinds or _expected(uow, opened)
    if not set(wanted) <= opened.keys():
        raise NotFound(case_id) if kinds else not_whole(uow, case_id, set(wanted) - opened.keys())
    seen.remember(uow, [sight(each) for each in opened.values()])
    if not kinds:
        _note_astray(uow, opened.values())
        if opened.keys() == _PARTS:
            _agree_with_manifests(uow, case_id, opened)
        _whole_cases(uow)[case_id] = opened
    return opened


def open_for_person(uow: UnitOfWork, case_id: uuid.UUID) -> dict[CompartmentKind, OpenCompartment]:
    """Open what the person of a case reads, for a guardian who gives them words: as parts of this very case."""
    opened = open_case(uow, case_id)
    return {kind: opened[kind] for kind in (CompartmentKind.IDENTITY, CompartmentKind.CONVERSATION)}


def open_cases(
    uow: UnitOfWork,
    case_ids: Sequence[uuid.UUID],
    *kinds: CompartmentKind,
    to_write: bool = False,
    damaged: set[uuid.UUID] | None = None,
    fetch: Collection[str] | None = None,
) -> dict[uuid.UUID, dict[CompartmentKind, OpenCompartment]]:
    """Open many cases' compartments with a fixed number of queries; each data key is opened once a request.

    With `damaged`, a case that does not check out is left out and its id put there; without it, that is a fault.
    What will be read next may be named in `fetch` (kinds of records; none named for all), and then costs no query.
    """
    if uow.writes:
        _hold(uow, case_ids, kinds, to_write=to_write)
    held = _held(uow, case_ids, kinds, to_write=to_write)
    known = _opened(uow)
    fresh = [each for each in held if not _is_open(known.get(each[0].id), to_write=to_write)]
    faults = _open_fresh(uow, fresh, fetch)
    found: dict[uuid.UUID, dict[CompartmentKind, OpenCompartment]] = defaultdict(dict)
    for row, *_ in held:
        if row.kind in found[row.case_id]:
            faults.setdefault(row.case_id, IntegrityFault(row.case_id, "two of a kind"))
        if row.id in known:
            found[row.case_id][row.kind] = known[row.id]
    for case_id in (each for each, opened in found.items() if opened.keys() & _PARTS and opened.keys() - _PARTS):
        # A referral or a group has a place of its own: what lies in a case beside its parts was slipped in.
        faults.setdefault(case_id, IntegrityFault(case_id, "compartments"))
    for case_id, fault in faults.items():
        if damaged is None:
            raise fault
        damaged.add(case_id)
        found.pop(case_id)
    return dict(found)


def not_whole(uow: UnitOfWork, case_id: uuid.UUID, missing: Collection[CompartmentKind]) -> SpeakUpError:
    """Return what is wrong where somebody holds a part of a case: a fault, unless new keys left them out.

    That happens to whoever nobody vouched for at the moment at which the person took new words. Whether whoever made
    those keys could do so is checked by everybody who holds them; from here only what they say can be read.
    """
    rows = uow.session.execute(_KEY_RECORDS_OF, {"organisation": uow.organisation_id, "case": case_id}).all()
    chains: dict[CompartmentKind, list[Any]] = {kind: [each for each in rows if each.kind is kind] for kind in missing}
    me = principal(uow)
    if all(_names_no_longer(me, uow.organisation_id, chain) for chain in chains.values()):
        return NoLongerHeld(case_id)
    return IntegrityFault(case_id, "compartments")


def _names_no_longer(me: Principal, organisation_id: uuid.UUID, chain: Sequence[Any]) -> bool:
    """Say whether one compartment's key records, which follow each other, named this person once and do not now."""
    try:
        statements = [
            key_records.read(Place(organisation_id, each.case_id, each.id, each.kind), each.body) for each in chain
        ]
    except ValueError:
        return False
    whole = bool(chain) and len({each.id for each in chain}) == 1 and len(chain) == chain[-1].newest
    if not whole or not _follow_on(statements, [key_records.fingerprint_of(each.body) for each in chain]):
        return False
    named = [statement.holder(me.kind, me.id) is not None for statement in statements]
    return any(named) and not named[-1]


_KEY_RECORDS_OF = (
    select(Compartment.id, Compartment.case_id, Compartment.kind, Compartment.version.label("newest"), KeyRecord.body)
    .join(
        KeyRecord,
        and_(KeyRecord.organisation_id == Compartment.organisation_id, KeyRecord.compartment_id == Compartment.id),
    )
    .where(Compartment.organisation_id == bindparam("organisation"), Compartment.case_id == bindparam("case"))
    .order_by(Compartment.id, KeyRecord.version)
)


def _note_astray(uow: UnitOfWork, compartments: Collection[OpenCompartment]) -> None:
    """Find whose grants were taken away, or told to be of something else, so that a case vanished for its holders."""
    uow.session.flush()
    asked = {"organisation": uow.organisation_id, "compartments": [each.id for each in compartments]}
    granted: dict[uuid.UUID, set[tuple[Any, ...]]] = defaultdict(set)
    for identifier, *grant in uow.session.execute(_GRANTED, asked).all():
        granted[identifier].add(tuple(grant))
    known = key_log.load(uow).valid
    for each in compartments:
        place, named, gone = each.place, set[tuple[Any, ...]](), set[tuple[Any, ...]]()
        for holder in each.stated.holders:
            left = holder.kind is PrincipalKind.STAFF and holder.id not in known
            (gone if left else named).add((holder.kind, holder.id, place.case_id, place.kind, each.version))
        # Of somebody whom the log no longer names the grants went with them: that is no fault.
        each.astray = granted[each.id] - gone != named
    if uow.actor.kind is ActorKind.REPORTER:
        _require_some_guardian(uow, compartments)


def _require_some_guardian(uow: UnitOfWork, compartments: Collection[OpenCompartment]) -> None:
    """Find a case that stands on no guardian's list: what its person holds no key of, they can not grant anew."""
    case_id = next(each.place.case_id for each in compartments)
    listed = select(Grant.principal_id).where(Grant.organisation_id == uow.organisation_id, Grant.case_id == case_id)
    holding = set(uow.session.scalars(listed.where(Grant.kind == CompartmentKind.CASEWORK)))
    named = {person_id for each in compartments for person_id in each.stated.staff}
    if named and not holding & named:
        raise IntegrityFault(case_id, "grants")


_GRANT = Grant.__table__.c
# Built once: putting a statement together takes longer than asking it.
_GRANTED = select(
    _GRANT.compartment_id, _GRANT.principal_kind, _GRANT.principal_id, _GRANT.case_id, _GRANT.kind, _GRANT.version
).where(
    _GRANT.organisation_id == bindparam("organisation"),
    _GRANT.compartment_id.in_(bindparam("compartments", expanding=True)),
)


def _is_open(compartment: OpenCompartment | None, *, to_write: bool) -> bool:
    return compartment is not None and (isinstance(compartment.row, Compartment) or not to_write)


def _hold(uow: UnitOfWork, case_ids: Sequence[uuid.UUID], kinds: Sequence[CompartmentKind], *, to_write: bool) -> None:
    """Let nobody write between reading a head and its records; always in one order, so that nobody waits in a ring.

    A statement of its own: what is read after it is what stood when the wait was over.
    """
    if not uow.on_postgresql:
        return
    query = select(Compartment.id).where(
        Compartment.organisation_id == uow.organisation_id, Compartment.case_id.in_(case_ids)
    )
    if kinds:
        query = query.where(Compartment.kind.in_(kinds))
    uow.session.execute(query.order_by(Compartment.id).with_for_update(read=not to_write)).all()


def _held(
    uow: UnitOfWork, case_ids: Sequence[uuid.UUID], kinds: Collection[CompartmentKind], *, to_write: bool
) -> list[Found]:
    """Find the compartments, what is sealed to the acting principal, and their key records."""
    me = principal(uow)
    asked = {"organisation": uow.organisation_id, "me": me.id, "my_kind": me.kind, "cases": case_ids}
    uow.session.flush()
    rows = uow.session.execute(
        _holdings(to_write=to_write, some_kinds=bool(kinds)),
        {**asked, "kinds": list(kinds)} if kinds else asked,
        # A row this unit has not opened may have been read before it was held.
        execution_options={"populate_existing": to_write and not _opened(uow)},
    ).all()
    found: dict[uuid.UUID, Found] = {}
    for row in rows:
        compartment = row[0] if to_write else StoredCompartment._make(row[:-_BESIDE])
        *key, record = row[-_BESIDE:-_OF_RECORD], row[-_OF_RECORD:]
        held = found.setdefault(compartment.id, (compartment, SealedKey._make(*key), []))
        # One whose key records are gone is found all the same: it is damaged, and not somebody else's.
        if record[0] is not None:
            held[2].append(StoredRecord._make(record))
    for _, _, chain in found.values():
        chain.sort()
    return list(found.values())


_OF_RECORD = len(StoredRecord._fields)
_BESIDE = len(SealedKey._fields) + _OF_RECORD
"""How many columns of a holding stand beside the compartment's own."""


# Built once: putting a statement together takes longer than asking it.
@lru_cache(maxsize=4)
def _holdings(*, to_write: bool, some_kinds: bool) -> Select[*tuple[Any, ...]]:
    compartment, grant, record = (each.__table__.c for each in (Compartment, Grant, KeyRecord))
    mine = and_(
        grant.organisation_id == compartment.organisation_id,
        grant.compartment_id == compartment.id,
        grant.principal_kind == bindparam("my_kind", type_=grant.principal_kind.type),
        grant.principal_id == bindparam("me"),
    )
    recorded = and_(record.organisation_id == compartment.organisation_id, record.compartment_id == compartment.id)
    what = (Compartment,) if to_write else tuple(compartment[name] for name in StoredCompartment._fields)
    beside = (*(grant[name] for name in SealedKey._fields), *(record[name] for name in StoredRecord._fields))
    tables = Compartment.__table__.join(Grant.__table__, mine).outerjoin(KeyRecord.__table__, recorded)
    query = (
        select(*what, *beside)
        .select_from(tables)
        .where(
            compartment.organisation_id == bindparam("organisation"),
            compartment.case_id.in_(bindparam("cases", expanding=True)),
        )
    )
    return query.where(compartment.kind.in_(bindparam("kinds", expanding=True))) if some_kinds else query


def _open_fresh(
    uow: UnitOfWork, fresh: Sequence[Found], fetch: Collection[str] | None
) -> dict[uuid.UUID, IntegrityFault]:
    """Open what was not open yet; return the faults found, by case."""
    me, log, known = principal(uow), key_log.load(uow), _opened(uow)
    items, faults = _items(uow, [row.id for row, *_ in fresh], fetch), dict[uuid.UUID, IntegrityFault]()
    for row, grant, chain in fresh:
        try:
            opened = _open(uow, me, log, (row, grant, chain))
            opened.items = {each.id: (each.revision, each.kind) for each in items[row.id]}
            _check_head(opened)
            seen.require_not_older(uow, sight(opened))
        except IntegrityFault as fault:
            faults.setdefault(row.case_id, fault)
        else:
            opened.fetched = Fetched(frozenset(fetch), items[row.id]) if fetch is not None else None
            known[row.id] = opened
    return faults


def _expected(uow: UnitOfWork, opened: Mapping[CompartmentKind, OpenCompartment]) -> Sequence[CompartmentKind]:
    """A reporter holds what they wrote; a guardian with any whole-case compartment holds every one."""
    if uow.actor.kind is ActorKind.REPORTER:
        return (CompartmentKind.IDENTITY, CompartmentKind.CONVERSATION)
    return WHOLE if opened.keys() & _PARTS else ()


def held_cases(
    me_kind: PrincipalKind,
    person_id: uuid.UUID | BindParameter[uuid.UUID],
    organisation_id: uuid.UUID | BindParameter[uuid.UUID],
) -> Select[uuid.UUID]:
    """A subquery of the cases somebody holds a casework grant of: the scope of what is theirs."""
    # Of columns: a statement with nothing but columns in it is not looked through for objects.
    grant = Grant.__table__.c
    return select(grant.case_id).where(
        grant.organisation_id == organisation_id,
        grant.principal_id == person_id,
        grant.kind == CompartmentKind.CASEWORK,
        grant.principal_kind == me_kind,
    )


def cases_with(uow: UnitOfWork, case_ids: Collection[uuid.UUID], kind: str) -> set[uuid.UUID]:
    """Say in whose `casework`, of these cases, a record of this kind lies; nothing is opened."""
    uow.session.flush()
    found = (
        select(Compartment.case_id)
        .join(
            SealedRecord,
            (SealedRecord.organisation_id == Compartment.organisation_id)
            & (SealedRecord.compartment_id == Compartment.id),
        )
        .where(
            Compartment.organisation_id == uow.organisation_id,
            Compartment.kind == CompartmentKind.CASEWORK,
            Compartment.case_id.in_(case_ids),
            SealedRecord.kind == kind,
        )
    )
    return set(uow.session.scalars(found.distinct()))


def mine_with(uow: UnitOfWork, kind: str) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Map the cases of mine in whose `casework` lies a record of this kind, of which there are few, to those records.

    Rows in clear say so: whoever writes them can keep a case out of this, until it is opened. The kind stands in the
    statement itself, so that an index made for it is found.
    """
    uow.session.flush()
    mine = held_cases(PrincipalKind.STAFF, uow.actor.person_id, uow.organisation_id)
    query = (
        select(Compartment.case_id, SealedRecord.id)
        .join(
            SealedRecord,
            (SealedRecord.organisation_id == Compartment.organisation_id)
            & (SealedRecord.compartment_id == Compartment.id),
        )
        .where(
            SealedRecord.organisation_id == uow.organisation_id,
            SealedRecord.kind == literal(kind, literal_execute=True),
            Compartment.kind == CompartmentKind.CASEWORK,
            Compartment.case_id.in_(mine),
        )
        .order_by(Compartment.case_id)
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for case_id, record_id in uow.session.execute(query):
        found.setdefault(case_id, set()).add(record_id)
    return found


def mine(uow: UnitOfWork) -> list[uuid.UUID]:
    """Name every case of mine."""
    uow.session.flush()
    return sorted(uow.session.scalars(held_cases(PrincipalKind.STAFF, uow.actor.person_id, uow.organisation_id)))


def sealed_cases(uow: UnitOfWork, besides: Select[uuid.UUID]) -> set[uuid.UUID]:
    """Return the ids of every case that has a `casework`, whoever holds it, besides those of a subquery.

    It is one statement: what is written between two of them would be in one and not in the other.
    """
    rows = Compartment.__table__.c
    return set(
        uow.session.scalars(
            select(rows.case_id).where(
                rows.organisation_id == uow.organisation_id,
                rows.kind == CompartmentKind.CASEWORK,
                rows.case_id.not_in(besides),
            )
        )
    )


def countersign(uow: UnitOfWork, compartments: Iterable[OpenCompartment]) -> None:
    """Sign what a guardian finds at first opening, once its commitments agree with the manifests sealed at intake."""
    unsigned = [each for each in compartments if not each.signed]
    if not unsigned:
        return
    me = principal(uow)
    for case_id in {each.place.case_id for each in unsigned}:
        _require_whole(uow, case_id)
    for each in unsigned:
        row = uow.session.get_one(KeyRecord, (uow.organisation_id, each.id, each.version))
        signature = me.keys.sign_approving(each.record.body)
        row.countersigner_id, row.countersignature = me.id, signature
        each.newest = each.record._replace(countersigner_id=me.id, countersignature=signature)
        each.signed = True
        _have_kept_once_signed(uow, me, each)
        audit.record(uow, Event.KEY_COUNTERSIGNED, each.place.case_id)


def _have_kept_once_signed(uow: UnitOfWork, me: Principal, compartment: OpenCompartment) -> None:
    """Spare whoever signed a first version its opening from now on: what they would find good then, they have just."""
    mine = compartment.stated.holder(me.kind, me.id)
    if compartment.grant is not None and mine is not None and mine.fingerprint == me.fingerprint:
        # What may have been kept before it was signed is put in the place of.
        compartment.grant = compartment.grant._replace(kept_key=None)
        _have_kept(uow, compartment, [compartment.record])


def settle(uow: UnitOfWork, compartments: Iterable[OpenCompartment]) -> None:
    """Make these fit to be written in: countersigned, or else under a new key, by whoever acts.

    A new key is made where a colleague the log no longer names holds the newest, where nobody it names today stands by
    it, and where grants are missing. So whoever was taken off, and can write the database, reads nothing more; and
    whoever lost their grants to somebody like that has them again. Where nobody could receive, nothing is changed: a
    person's words are taken all the same.
    """
    here = list(compartments)
    for each in here:
        if each.version == 1:
            countersign(uow, [each])
        if not _is_settled(uow, each):
            _require_may_renew(uow, each)
            _require_of_its_case(uow, each)
            _renew(uow, each)
    _let_nobody_hold_a_part(uow, {each.kind: each for each in here if each.kind in WHOLE})


def _let_nobody_hold_a_part(uow: UnitOfWork, opened: Mapping[CompartmentKind, OpenCompartment]) -> None:
    """Give `casework` a new key without whoever lost the rest of the case when the person took new words.

    Only whoever holds all of it can: the person has no key to `casework`, and never is somebody given back what they
    were told somebody would lose.
    """
    if opened.keys() != _PARTS or uow.actor.kind is ActorKind.REPORTER:
        return
    casework, me = opened[CompartmentKind.CASEWORK], uow.actor.person_id
    whole = frozenset.intersection(*(opened[kind].stated.staff for kind in WHOLE))
    receiving = key_log.load(uow).receivers(casework.kind, uow.today) & whole
    if casework.stated.staff - whole and me in receiving:
        rotate_to(uow, casework, staff_recipients(uow, receiving, casework.kind), principal(uow))


def _require_may_renew(uow: UnitOfWork, compartment: OpenCompartment) -> None:
    """Let whoever is outside the team make no key: nobody would open what they signed. A guardian looks first."""
    if not _may_renew(uow, compartment):
        raise Conflict(compartment.place.case_id)


def _require_of_its_case(uow: UnitOfWork, compartment: OpenCompartment) -> None:
    """Let nobody stand by a part of a case that was put in the place of the one it was made with."""
    if compartment.kind in WHOLE and uow.actor.kind is not ActorKind.REPORTER:
        _require_whole(uow, compartment.place.case_id)


def _require_whole(uow: UnitOfWork, case_id: uuid.UUID) -> None:
    """Open all of a case, which checks that its parts were made together."""
    if open_case(uow, case_id).keys() != _PARTS:
        raise IntegrityFault(case_id, "manifest")


def _may_renew(uow: UnitOfWork, compartment: OpenCompartment) -> bool:
    if uow.actor.kind is not ActorKind.PERSON or compartment.kind is not CompartmentKind.REFERRAL:
        return True
    vouched = key_log.load(uow).valid.get(uow.actor.person_id)
    return vouched is not None and bool(vouched.roles & CASE_ROLES)


def _is_settled(uow: UnitOfWork, compartment: OpenCompartment) -> bool:
    """Say whether everybody whom the newest key record names, and whoever stands by it, are in the log as they were."""
    log, known = key_log.load(uow), (compartment.id, compartment.version)
    settled: set[tuple[uuid.UUID, int]] = uow.opened.setdefault("settled compartments", set())
    if known in settled:
        return True
    staff = [each for each in compartment.stated.holders if each.kind is PrincipalKind.STAFF]
    as_logged = all((each := log.valid.get(holder.id)) and each.fingerprint == holder.fingerprint for holder in staff)
    if compartment.astray or not as_logged or not _is_stood_by(uow, log, compartment):
        return False
    settled.add(known)
    return True


def _is_stood_by(uow: UnitOfWork, log: KeyLog, compartment: OpenCompartment) -> bool:
    """Say whether whoever made a version, or countersigned it, could do so today: on the case still, and in the log.

    Whoever gave a case away made its newest version as their last act in it, and may have made another in its place.
    Somebody outside the team, who can make none, goes on under it until a guardian has looked.
    """
    version, record = compartment.version, compartment.record
    if record.signer_id is not None:
        on_the_case = compartment.stated.holder(PrincipalKind.STAFF, record.signer_id) is not None
        return (on_the_case or not _may_renew(uow, compartment)) and _stands_by(
            log, record.signer_id, record.body, record.signature
        )
    # A reporter checked their own code when they opened it; and a first version was held against its manifests.
    if version == 1 or uow.actor.kind is ActorKind.REPORTER:
        return True
    countersigned = record.countersigner_id, record.countersignature
    return None not in countersigned and _stands_by(log, countersigned[0], record.body, countersigned[1])


def _stands_by(log: KeyLog, person_id: uuid.UUID | None, body: bytes, signature: bytes | None) -> bool:
    vouched = log.valid.get(person_id) if person_id else None
    return (
        vouched is not None
        and signature is not None
        and bool(vouched.roles & CASE_ROLES)
        and _verified_once(vouched.keys.approving, body, signature)
    )


def _renew(uow: UnitOfWork, compartment: OpenCompartment) -> None:
    log, place = key_log.load(uow), compartment.place
    if compartment.astray:
        audit.record(uow, Event.INTEGRITY_FAULT, place.case_id)
    receiving = log.receivers(compartment.kind, uow.today) & compartment.stated.staff
    if receiving:
        recipients = staff_recipients(uow, receiving, compartment.kind)
        reporter = reporter_recipient(uow, place.case_id, compartment.stated)
        rotate_to(uow, compartment, [*recipients, *reporter], principal(uow))


def holders(uow: UnitOfWork, case_id: uuid.UUID) -> dict[CompartmentKind, frozenset[Holder]]:
    """Say who can open each compartment of a case that the actor holds, by the checked key records."""
    return {kind: each.stated.holders for kind, each in open_case(uow, case_id).items()}


# Reading


def read(uow: UnitOfWork, compartment: OpenCompartment, *kinds: str) -> list[Record]:
    """Open the records of a compartment (of some kinds), in their order."""
    return read_many(uow, [compartment], *kinds)[compartment.id]


def read_many(
    uow: UnitOfWork, compartments: Sequence[OpenCompartment], *kinds: str, damaged: set[uuid.UUID] | None = None
) -> dict[uuid.UUID, list[Record]]:
    """Open the records of several compartments with one query; `damaged` as for `open_cases`."""
    found: dict[uuid.UUID, list[Record]] = {each.id: [] for each in compartments}
    by_id = {each.id: each for each in compartments}
    for row in _stored(uow, compartments, kinds):
        try:
            found[row.compartment_id].append(_opened_record(by_id[row.compartment_id], row))
        except IntegrityFault:
            if damaged is None:
                raise
            damaged.add(by_id[row.compartment_id].place.case_id)
    for records in found.values():
        records.sort(key=lambda record: record.position)
    return found


def _stored(uow: UnitOfWork, compartments: Sequence[OpenCompartment], kinds: Collection[str]) -> Iterator[StoredItem]:
    """Give the sealed records of some kinds, from the database where they did not come with their compartment."""
    missing = [each.id for each in compartments if each.fetched is None or not each.fetched.includes(kinds)]
    there = [each.fetched for each in compartments if each.fetched is not None and each.fetched.includes(kinds)]
    query = _OF_SOME_KINDS if kinds else _ITEMS["all bodies"]
    asked = {"organisation": uow.organisation_id, "compartments": missing, **({"kinds": list(kinds)} if kinds else {})}
    yield from (row for fetched in there for row in fetched.items if not kinds or row.kind in kinds)
    if missing:
        uow.session.flush()
        yield from (StoredItem._make(row) for row in uow.session.execute(query, asked).all())


def exclusions(uow: UnitOfWork, casework: OpenCompartment) -> Record:
    """Return who must never be given a key of this case. It was written at intake, so its absence is a fault."""
    records = read(uow, casework, EXCLUSIONS)
    if len(records) != 1:
        raise IntegrityFault(casework.row.case_id, "exclusions")
    return records[0]


# Writing


def add(uow: UnitOfWork, compartment: OpenCompartment, kind: str, body: Mapping[str, Any]) -> uuid.UUID:
    """Seal one new record; return its id."""
    settle(uow, [compartment])
    record_id = new_id()
    compartment.counter += 1
    row = SealedRecord(
        organisation_id=uow.organisation_id,
        id=record_id,
        compartment_id=compartment.id,
        kind=kind,
        revision=1,
        key_version=compartment.version,
        body=_sealed_body(compartment, record_id, kind, 1, compartment.counter, body),
    )
    uow.session.add(row)
    compartment.items[record_id] = (1, kind)
    _write_head(uow, compartment)
    return record_id


def replace(uow: UnitOfWork, compartment: OpenCompartment, record: Record, body: Mapping[str, Any]) -> None:
    """Seal a new revision of a record in its place; `Conflict` when somebody else has written one since."""
    settle(uow, [compartment])
    row = uow.session.get(SealedRecord, (uow.organisation_id, compartment.id, record.id))
    if row is None or row.revision != record.revision:
        raise Conflict(record.id)
    if row.key_version < compartment.version:
        compartment.writable.records_behind = max(0, compartment.writable.records_behind - 1)
    row.revision += 1
    row.key_version = compartment.version
    row.body = _sealed_body(compartment, row.id, row.kind, row.revision, record.position, body)
    compartment.counter += 1
    compartment.items[row.id] = (row.revision, row.kind)
    _write_head(uow, compartment)


# Granting, revoking, rotating


def grant(uow: UnitOfWork, case_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Give somebody the case: a new key version of each compartment I hold, sealed to them too. Exclusions bind."""
    policy.require(uow.actor, Permission.CASE_ROTATE)
    opened = open_case(uow, case_id)
    if CompartmentKind.CASEWORK not in opened:
        raise NotFound(case_id)
    require_not_excluded(uow, opened[CompartmentKind.CASEWORK], person_id)
    for compartment in _of_the_case(opened):
        _rotate(uow, compartment, add_person=person_id)
    audit.record(uow, Event.GRANT_GIVEN, case_id)


def revoke(uow: UnitOfWork, case_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Take a case away from somebody: their grants go at once and every compartment gets a new key."""
    policy.require(uow.actor, Permission.CASE_ROTATE)
    for compartment in open_case(uow, case_id).values():
        if compartment.stated.holder(PrincipalKind.STAFF, person_id) is not None:
            _rotate(uow, compartment, without_person=person_id)
    audit.record(uow, Event.GRANT_REVOKED, case_id)


def rotate_to(uow: UnitOfWork, compartment: OpenCompartment, recipients: Iterable[Recipient], maker: Principal) -> None:
    """Start a new key version sealed to exactly these."""
    _lock(uow, compartment)
    if compartment.version == 1:
        countersign(uow, [compartment])
    _new_version(uow, compartment, recipients, maker)
    audit.record(uow, Event.KEY_ROTATED, compartment.place.case_id)


def reseal(uow: UnitOfWork, compartment: OpenCompartment, limit: int = 50) -> int:
    """Seal up to `limit` records of older versions again under the newest key; return how many still wait."""
    settle(uow, [compartment])
    behind = (
        select(SealedRecord)
        .where(
            SealedRecord.organisation_id == uow.organisation_id,
            SealedRecord.compartment_id == compartment.id,
            SealedRecord.key_version < compartment.version,
        )
        .limit(limit)
    )
    rows = uow.session.scalars(behind).all()
    for row in rows:
        record = _opened_record(compartment, row)
        row.key_version = compartment.version
        row.body = _sealed_body(compartment, row.id, row.kind, row.revision, record.position, record.body)
    compartment.fetched = None
    waiting = compartment.writable.records_behind - len(rows)
    compartment.writable.records_behind = max(1, waiting) if len(rows) == limit else 0
    return compartment.writable.records_behind


def require_not_excluded(uow: UnitOfWork, casework: OpenCompartment, person_id: uuid.UUID) -> None:
    """Refuse whoever was excluded by name, or by being what nobody who receives this may be: then or since."""
    body, log = exclusions(uow, casework).body, key_log.load(uow)
    vouched, member = log.valid.get(person_id), accounts.member(uow, person_id)
    roles = member.membership.drafted_roles | (vouched.roles if vouched else frozenset())
    names = {member.person.name, log.name_of(person_id)} - {""}
    # What was sealed before there was such a list has none of it; the executives of today are meant all the same.
    parts = body.get("parts", ["executive"] if body["executives"] else [])
    listed = any(each.part in parts and each.means(person_id, names) for each in log.marked)
    once_listed = not {accounts.plain_name(each) for each in names}.isdisjoint(body.get("names", ()))
    if str(person_id) in body["people"] or roles & {Role(role) for role in body["roles"]} or listed or once_listed:
        raise Forbidden(person_id)


def _of_the_case(opened: Mapping[CompartmentKind, OpenCompartment]) -> list[OpenCompartment]:
    return [opened[kind] for kind in WHOLE if kind in opened]


def _rotate(
    uow: UnitOfWork,
    compartment: OpenCompartment,
    *,
    add_person: uuid.UUID | None = None,
    without_person: uuid.UUID | None = None,
) -> None:
    wanted = (compartment.stated.staff | ({add_person} if add_person else set())) - {without_person}
    recipients = staff_recipients(uow, wanted, compartment.kind)
    if add_person and add_person not in {each.id for each in recipients}:
        raise Forbidden(add_person)
    if not recipients:
        raise Conflict(compartment.place.case_id)
    rotate_to(
        uow,
        compartment,
        [*recipients, *reporter_recipient(uow, compartment.place.case_id, compartment.stated)],
        principal(uow),
    )


def _new_version(
    uow: UnitOfWork, compartment: OpenCompartment, recipients: Iterable[Recipient], maker: Principal
) -> None:
    place, row, before = compartment.place, compartment.writable, compartment.version
    version, key, sealed_to = before + 1, envelope.new_data_key(), list(recipients)
    previous = key_records.fingerprint_of(compartment.record.body) if before else key_records.GENESIS
    stated = Statement(
        version,
        envelope.commit(key, place.version_context(version)),
        previous,
        frozenset(each.holder for each in sealed_to),
    )
    body = key_records.write(place, stated)
    by_staff = maker.kind is PrincipalKind.STAFF
    sealed = envelope.seal(key, compartment.keys[before] if before else b"", _previous_context(place, version, body))
    signature = maker.keys.sign_approving(body) if by_staff else _reporter_code(maker.root_secret, body)
    record = StoredRecord(version, body, sealed, maker.id if by_staff else None, signature)
    uow.session.add(KeyRecord(organisation_id=uow.organisation_id, compartment_id=row.id, **record._asdict()))
    _replace_grants(uow, place, version, key, sealed_to)
    _whole_cases(uow).pop(row.case_id, None)
    row.version, row.records_behind = version, len(compartment.items)
    compartment.statement, compartment.newest, compartment.keys[version] = stated, record, key
    compartment.prints, compartment.astray = (*compartment.prints, key_records.fingerprint_of(body)), False
    compartment.counter += 1
    compartment.signed = True
    _write_head(uow, compartment)


def _replace_grants(uow: UnitOfWork, place: Place, version: int, key: bytes, recipients: Iterable[Recipient]) -> None:
    if version > 1:
        old = select(Grant).where(
            Grant.organisation_id == place.organisation_id, Grant.compartment_id == place.compartment_id
        )
        for row in uow.session.scalars(old).all():
            uow.session.delete(row)
        uow.session.flush()
    for each in recipients:
        sealed = envelope.wrap_key(key, each.keys.sealing, place.grant_info(version, each.holder))
        uow.session.add(
            Grant(
                organisation_id=place.organisation_id,
                compartment_id=place.compartment_id,
                principal_kind=each.kind,
                principal_id=each.id,
                case_id=place.case_id,
                kind=place.kind,
                version=version,
                sealed_key=sealed,
            )
        )


# What "checks out" means


def _open(uow: UnitOfWork, me: Principal, log: KeyLog, found: Found) -> OpenCompartment:
    return _opened_before(uow, log, found) or _open_anew(uow, me, log, found)


def _opened_before(uow: UnitOfWork, log: KeyLog, found: Found) -> OpenCompartment | None:
    """Open what this principal has found good before, and what is byte for byte as it was then; None for the rest."""
    (row, held, chain), keeping = found, kept_keys.mine(uow)
    if keeping is None or held.kept_key is None or not 0 < len(chain) == row.version == held.version:
        return None
    place = Place(log.organisation_id, row.case_id, row.id, row.kind)
    try:
        kept = keeping.open(held.kept_key, _kept_context(keeping, place, found))
    except Unreadable:
        return None
    prints = tuple([key_records.fingerprint_of(record.body) for record in chain])
    made = OpenCompartment(row, place, None, chain[-1], kept.keys, signed=True, prints=prints)
    made.head_keys[row.version] = kept.head_key
    return made


def _kept_context(keeping: Keeping, place: Place, found: Found) -> bytes:
    row, held, chain = found
    return keeping.context(place.version_context(row.version), held.sealed_key, kept_keys.columns(chain))


def _open_anew(uow: UnitOfWork, me: Principal, log: KeyLog, found: Found) -> OpenCompartment:
    row, held, chain = found
    place = Place(log.organisation_id, row.case_id, row.id, row.kind)
    try:
        statements = [key_records.read(place, record.body) for record in chain]
        prints = [key_records.fingerprint_of(record.body) for record in chain]
        _require(bool(chain) and len(chain) == row.version == held.version, row, "versions")
        _require(_follow_on(statements, prints), row, "versions")
        newest, record = statements[-1], chain[-1]
        _require(
            all(log.knew(h.id, h.fingerprint) for h in newest.holders if h.kind is PrincipalKind.STAFF), row, "holders"
        )
        mine = newest.holder(me.kind, me.id)
        # What was sealed to a key this person had before opens still, and is given a new one before it is written in.
        keys_then = me.keys_of(mine.fingerprint) if mine is not None else None
        if mine is None or keys_then is None:
            raise IntegrityFault(row.case_id, "holder")
        signed = _signed(me, log, record, statements)
        if row.kind not in WHOLE:
            _require_made_by_guardians(log, chain, statements)
        key = envelope.unwrap_key(held.sealed_key, keys_then, place.grant_info(row.version, mine))
        keys = _older_keys(place, statements, chain, key)
    except (Unreadable, ValueError) as fault:
        raise IntegrityFault(row.case_id, "key record") from fault
    made = OpenCompartment(row, place, newest, record, keys, signed, tuple(prints), grant=held)
    if signed and mine.fingerprint == me.fingerprint:
        _have_kept(uow, made, chain)
    return made


def _have_kept(uow: UnitOfWork, made: OpenCompartment, chain: list[StoredRecord]) -> None:
    """Spare its reader the same next time. Something kept that did not open, though all else is good, is a fault."""
    (row, held), keeping = (made.row, made.grant), kept_keys.mine(uow)
    if keeping is None or held is None:
        return
    _require(held.kept_key is None, row, "kept key")
    context = _kept_context(keeping, made.place, (row, held, chain))
    kept_keys.note(uow, row.id, held.sealed_key, keeping.seal(Kept(dict(made.keys), made.head_key), context))


def _follow_on(statements: Sequence[Statement], prints: Sequence[bytes]) -> bool:
    versions = [statement.version for statement in statements] == list(range(1, len(statements) + 1))
    return versions and [statement.previous for statement in statements] == [key_records.GENESIS, *prints[:-1]]


def _signed(me: Principal, log: KeyLog, record: StoredRecord, statements: Sequence[Statement]) -> bool:
    """Say whether the newest record bears a signature I can check; raise when it bears one that is wrong."""
    if record.signer_id is not None:
        before = statements[-2] if len(statements) > 1 else statements[-1]
        _require_approved(log, before, record.signer_id, record.body, record.signature)
        return True
    if me.kind is PrincipalKind.REPORTER:
        if not envelope.mac_matches(_code_key(me.root_secret), record.body, record.signature):
            raise Unreadable
        return True
    if record.countersigner_id is None and record.countersignature is None:
        return False
    if record.countersigner_id is None or record.countersignature is None:
        raise Unreadable
    _require_approved(log, statements[-1], record.countersigner_id, record.body, record.countersignature)
    return True


def _require_made_by_guardians(log: KeyLog, chain: Sequence[StoredRecord], statements: Sequence[Statement]) -> None:
    """What stands for itself has no manifest to be held against: a guardian made it, and every key of it since."""
    first = chain[0]
    if first.signer_id is None or chain[-1].signer_id is None:
        raise Unreadable
    _require_approved(log, statements[0], first.signer_id, first.body, first.signature)


def _require_approved(log: KeyLog, held: Statement, person_id: uuid.UUID, body: bytes, signature: bytes) -> None:
    """Only a guardian on the case signs, with a key that was theirs."""
    on_the_case = held.holder(PrincipalKind.STAFF, person_id) is not None
    if not on_the_case or not any(
        _verified_once(each.keys.approving, body, signature) for each in log.once_guardian(person_id)
    ):
        raise Unreadable


_good_signatures: dict[tuple[bytes, bytes, bytes], None] = {}
_GOOD_SIGNATURES_KEPT = 50_000


def _verified_once(public: bytes, body: bytes, signature: bytes) -> bool:
    """Verify an Ed25519 signature, remembering good ones: all three parts are public, and what was good stays good."""
    known = (public, key_records.fingerprint_of(body), signature)
    if known in _good_signatures:
        return True
    if not verify_signature(public, body, signature):
        return False
    if len(_good_signatures) >= _GOOD_SIGNATURES_KEPT:
        _good_signatures.clear()
    _good_signatures[known] = None
    return True


def _older_keys(
    place: Place, statements: Sequence[Statement], chain: Sequence[StoredRecord], newest: bytes
) -> dict[int, bytes]:
    """Follow the chain of data keys down to version 1: each version's maker must have held the one before.

    What is sealed beside a record opens only with that record's exact words: without the data key none can be changed.
    """
    keys = {len(chain): newest}
    for version in range(len(chain), 0, -1):
        record = chain[version - 1]
        if envelope.commit(keys[version], place.version_context(version)) != statements[version - 1].commitment:
            raise Unreadable
        context = _previous_context(place, version, record.body)
        keys[version - 1] = envelope.open_sealed(keys[version], record.sealed_previous, context)
    if keys.pop(0) != b"":
        raise Unreadable
    return keys


def _agree_with_manifests(
    uow: UnitOfWork, case_id: uuid.UUID, opened: Mapping[CompartmentKind, OpenCompartment]
) -> None:
    """Check a case's first versions against what was sealed in each of them at intake: none was slipped in later."""
    found = read_many(uow, list(opened.values()), MANIFEST)
    commitments = {kind: _first_commitment(each) for kind, each in opened.items()}
    require_made_together(case_id, commitments, {kind: found[each.id] for kind, each in opened.items()})


def require_made_together(
    case_id: uuid.UUID,
    commitments: Mapping[CompartmentKind, bytes],
    records: Mapping[CompartmentKind, Sequence[Record]],
) -> None:
    """Check what the first versions of a case's parts commit to against the manifest among the records of each."""
    made_together = {kind.value: canonical.text(commitments[kind]) for kind in WHOLE}
    for kind in WHOLE:
        if [record.body for record in records[kind]] != [made_together]:
            raise IntegrityFault(case_id, "manifest")


def require_origin(compartment: OpenCompartment, origin: str | None) -> OpenCompartment:
    """Return what was opened, once it is the very place that was made; None where nobody wrote down which that was."""
    if origin is not None and compartment.origin != origin:
        raise IntegrityFault(compartment.place.case_id, "another place")
    return compartment


def _first_commitment(compartment: OpenCompartment) -> bytes:
    if compartment.version == 1:
        return compartment.stated.commitment
    return envelope.commit(compartment.keys[1], compartment.place.version_context(1))


# Heads


def _items(
    uow: UnitOfWork, compartment_ids: Sequence[uuid.UUID], fetch: Collection[str] | None
) -> dict[uuid.UUID, list[StoredItem]]:
    """List what lies in each compartment, with the bodies of the kinds to `fetch`: `()` for all, None for none."""
    items: dict[uuid.UUID, list[StoredItem]] = {identifier: [] for identifier in compartment_ids}
    asked = {"organisation": uow.organisation_id, "compartments": compartment_ids}
    uow.session.flush()
    rows = uow.session.execute(_ITEMS[_how(fetch)], {**asked, "kinds": list(fetch)} if fetch else asked)
    for row in rows.all():
        items[row[0]].append(StoredItem._make(row))
    return items


def _how(fetch: Collection[str] | None) -> str:
    if fetch is None:
        return "no bodies"
    return "some bodies" if fetch else "all bodies"


_SEALED = SealedRecord.__table__.c


def _items_with(body: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    columns = (_SEALED[name] for name in StoredItem._fields if name != "body")
    return select(*columns, body).where(
        _SEALED.organisation_id == bindparam("organisation"),
        _SEALED.compartment_id.in_(bindparam("compartments", expanding=True)),
    )


# Built once: putting a statement together takes longer than asking it.
_SOME_KINDS = _SEALED.kind.in_(bindparam("kinds", expanding=True))
_ITEMS = {
    "no bodies": _items_with(null()),
    "some bodies": _items_with(case((_SOME_KINDS, _SEALED.body))),
    "all bodies": _items_with(_SEALED.body),
}
_OF_SOME_KINDS = _ITEMS["all bodies"].where(_SOME_KINDS)


def _check_head(compartment: OpenCompartment) -> None:
    """Check that nothing was taken away or put back: the head against the rows."""
    check_head(compartment, _digested(compartment))


def check_head(compartment: OpenCompartment, items: Sequence[bytes]) -> None:
    """Check the head against these: each record's id, revision and kind, bound together."""
    context = compartment.place.head_context(compartment.version)
    try:
        compartment.counter, digest = read_head(envelope.open_sealed(compartment.key, compartment.row.head, context))
    except (Unreadable, ValueError) as fault:
        raise IntegrityFault(compartment.place.case_id, "head") from fault
    if digest != envelope.digest_under(compartment.head_key, items):
        raise IntegrityFault(compartment.place.case_id, "records")


def read_head(opened: bytes) -> tuple[int, bytes]:
    """Return the counter and the digest that an opened head holds; `ValueError` for what is none."""
    written = _HEAD.fullmatch(opened)
    if written is None:
        raise ValueError("no head")
    return int(written[1]), binascii.a2b_base64(written[2])


_HEAD = re.compile(rb'\{"counter": (0|[1-9][0-9]*), "digest": "([A-Za-z0-9+/]{43}=)"\}')
"""As `sealed_head` writes it. Read by its form, since a search reads thousands."""


def sight(compartment: OpenCompartment) -> seen.Sight:
    """What a reader remembers of a compartment."""
    row = compartment.row
    place = seen_place(row.case_id, row.kind)
    return seen.Sight(row.case_id, place, compartment.counter, compartment.prints)


def seen_place(case_id: uuid.UUID, kind: CompartmentKind) -> bytes:
    """Name the place in a case whose compartment is remembered: there is one of each kind, and so it stays that one."""
    return bind_id(case_id.bytes) + bind_known(kind.value)


def _write_head(uow: UnitOfWork, compartment: OpenCompartment) -> None:
    if compartment.counter >= RECORD_LIMIT:
        raise Conflict(compartment.place.case_id)
    compartment.fetched = None
    compartment.writable.head = sealed_head(compartment)
    seen.remember(uow, [sight(compartment)])


def sealed_head(compartment: OpenCompartment) -> bytes:
    """Seal how far a compartment stands and what is in it."""
    digest = envelope.digest_under(compartment.head_key, _digested(compartment))
    head = json.dumps({"counter": compartment.counter, "digest": canonical.text(digest)}).encode()
    return envelope.seal(compartment.key, head, compartment.place.head_context(compartment.version))


def _digested(compartment: OpenCompartment) -> list[bytes]:
    return [bind(record_id) + _bound(what) for record_id, what in compartment.items.items()]


@lru_cache(maxsize=1024)
def _bound(what: tuple[int, str]) -> bytes:
    """The half of a digest's item that many records share: their revision and kind."""
    return bind(*what)


# Small things


def _opened_record(compartment: OpenCompartment, row: SealedRecord | StoredItem) -> Record:
    if (
        row.body is None
        or compartment.items.get(row.id) != (row.revision, row.kind)
        or row.key_version not in compartment.keys
    ):
        raise IntegrityFault(compartment.place.case_id, "record")
    context = compartment.place.record_context(row.key_version, row.id, row.kind, row.revision)
    try:
        inside = json.loads(padding.unpad(envelope.open_sealed(compartment.keys[row.key_version], row.body, context)))
        return Record(row.id, row.kind, row.revision, int(inside["n"]), dict(inside["b"]))
    except (Unreadable, KeyError, TypeError, ValueError) as fault:
        raise IntegrityFault(compartment.place.case_id, "record") from fault


def _sealed_body(
    compartment: OpenCompartment, record_id: uuid.UUID, kind: str, revision: int, position: int, body: Mapping[str, Any]
) -> bytes:
    inside = _WRITER.encode({"n": position, "b": body}).encode()
    return envelope.seal(
        compartment.key,
        padding.pad(inside),
        compartment.place.record_context(compartment.version, record_id, kind, revision),
    )


_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _lock(uow: UnitOfWork, compartment: OpenCompartment) -> None:
    if uow.on_postgresql:
        uow.session.refresh(compartment.writable, with_for_update=True)
        if compartment.row.version != compartment.stated.version:
            raise Conflict(compartment.place.case_id)


def _require(holds: bool, row: Row, check: str) -> None:  # noqa: FBT001 -- reads as "require that"
    if not holds:
        raise IntegrityFault(row.case_id, check)


def _absent(thing: object) -> NoReturn:
    raise NotFound(thing)


def _whole_cases(uow: UnitOfWork) -> dict[uuid.UUID, dict[CompartmentKind, OpenCompartment]]:
    """The cases opened whole in this unit, whose rows are held until it ends: they need not be asked for twice."""
    cases: dict[uuid.UUID, dict[CompartmentKind, OpenCompartment]] = uow.opened.setdefault("whole cases", {})
    return cases


def _opened(uow: UnitOfWork) -> dict[uuid.UUID, OpenCompartment]:
    opened: dict[uuid.UUID, OpenCompartment] = uow.opened.setdefault("compartments", {})
    return opened


def _previous_context(place: Place, version: int, body: bytes) -> bytes:
    return bind("previous key", place.version_context(version), key_records.fingerprint_of(body))


def _code_key(root_secret: bytes) -> bytes:
    return keypairs.derive(root_secret, "key records")


def _reporter_code(root_secret: bytes, body: bytes) -> bytes:
    return envelope.mac(_code_key(root_secret), body)
