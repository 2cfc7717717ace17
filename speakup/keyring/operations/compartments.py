"""Compartments: making, opening, reading, writing, granting, rotating.

Nobody opens or seals under a key version whose record does not check out. A version counts when

* its statement is about this very compartment and follows the version before it, whose data key its maker held;
* a guardian whom the key log knew signed it, or the reporter's own code stands on it, or (version 1, and a
  reporter's later ones) a guardian has countersigned what they found at first opening;
* every staff member it names held, by the key log, the key it was sealed to;
* the data key opened is the one it commits to.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from speakup import audit, policy
from speakup.audit import Event
from speakup.crypto import envelope, keypairs, padding
from speakup.crypto.envelope import bind
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import PublicKeys, verify_signature
from speakup.kernel.errors import Conflict, Forbidden, IntegrityFault, NotFound
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import Compartment, CompartmentKind, Grant, KeyRecord, PrincipalKind, Reporter, SealedRecord
from speakup.keyring.operations import key_log, seen
from speakup.keyring.principals import Principal, principal
from speakup.keyring.rules import canonical, key_records
from speakup.keyring.rules.key_log import KeyLog
from speakup.keyring.rules.key_records import Holder, Place, Statement
from speakup.policy import Permission

MANIFEST = "manifest"
"""In `conversation`, written at intake: the commitments of all the compartments that were made together."""
EXCLUSIONS = "exclusions"
"""In `casework`, from the first moment: who must never be given a key of this case."""
RECORD_LIMIT = 2**30
"""Most records under one data key (NIST SP 800-38D, random nonces)."""


@dataclass(frozen=True, slots=True)
class Record:
    """One opened piece of content. `position` is its place in the order of the compartment; `body` lives for one request."""

    id: uuid.UUID
    kind: str
    revision: int
    position: int
    body: dict[str, Any] = field(repr=False)


@dataclass(slots=True)
class OpenCompartment:
    """A compartment whose newest data key is open for this request."""

    row: Compartment
    place: Place
    statement: Statement | None
    newest: KeyRecord | None
    keys: dict[int, bytes] = field(repr=False)
    signed: bool
    counter: int = 0
    items: dict[uuid.UUID, tuple[int, str]] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """The newest key version."""
        return self.row.version

    @property
    def key(self) -> bytes:
        """The newest data key."""
        return self.keys[self.row.version]

    @property
    def kind(self) -> CompartmentKind:
        """Which secret part of the case this is."""
        return self.row.kind

    @property
    def stated(self) -> Statement:
        """What the newest key record says."""
        if self.statement is None:
            raise TypeError("no key version yet")
        return self.statement

    @property
    def record(self) -> KeyRecord:
        """The newest key record."""
        if self.newest is None:
            raise TypeError("no key version yet")
        return self.newest


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
    uow: UnitOfWork, case_id: uuid.UUID, kind: CompartmentKind, recipients: Iterable[Recipient], maker: Principal
) -> OpenCompartment:
    """Make version 1 of a compartment, signed by a guardian or marked with the reporter's code."""
    row = Compartment(organisation_id=uow.organisation_id, id=new_id(), case_id=case_id, kind=kind, version=0, head=b"")
    uow.session.add(row)
    uow.session.flush()
    place = Place(uow.organisation_id, case_id, row.id, kind)
    made = OpenCompartment(row, place, None, None, {}, signed=True)
    _new_version(uow, made, recipients, maker)
    _opened(uow)[row.id] = made
    return made


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
    """Return the reporter of this compartment, if it has one, by the key that the checked statement names."""
    holder = next((each for each in statement.holders if each.kind is PrincipalKind.REPORTER), None)
    if holder is None:
        return []
    row = uow.session.get(Reporter, (uow.organisation_id, holder.id))
    if row is None or row.case_id != case_id:
        raise IntegrityFault(case_id, "reporter")
    recipient = Recipient(PrincipalKind.REPORTER, holder.id, PublicKeys.from_bytes(row.public))
    if recipient.holder != holder:
        raise IntegrityFault(case_id, "reporter key")
    return [recipient]


# Opening


def open_case(uow: UnitOfWork, case_id: uuid.UUID, *kinds: CompartmentKind) -> dict[CompartmentKind, OpenCompartment]:
    """Open the compartments of a case that the actor holds (all kinds, or those named). `NotFound` when there is none."""
    opened = open_cases(uow, [case_id], *kinds, to_write=uow.writes).get(case_id) or _absent(case_id)
    seen.remember(uow, {each.row.id: each.counter for each in opened.values()})
    return opened


def open_cases(
    uow: UnitOfWork, case_ids: Sequence[uuid.UUID], *kinds: CompartmentKind, to_write: bool = False
) -> dict[uuid.UUID, dict[CompartmentKind, OpenCompartment]]:
    """Open many cases' compartments with three queries; each data key is opened once a request."""
    me = principal(uow)
    query = select(Compartment, Grant).join(
        Grant, (Grant.organisation_id == Compartment.organisation_id) & (Grant.compartment_id == Compartment.id)
    )
    query = query.where(
        Compartment.organisation_id == uow.organisation_id,
        Compartment.case_id.in_(case_ids),
        Grant.principal_kind == me.kind,
        Grant.principal_id == me.id,
    )
    if kinds:
        query = query.where(Compartment.kind.in_(kinds))
    # A head must match its records, so nobody may write between reading the two; always in one order, so nobody waits in a ring.
    locked = query.order_by(Compartment.id).with_for_update(read=not to_write, of=Compartment) if uow.writes else query
    held = [(row, grant) for row, grant in uow.session.execute(locked)]
    known = _opened(uow)
    fresh = [(row, grant) for row, grant in held if row.id not in known]
    chains, log = _chains(uow, [row.id for row, _ in fresh]), key_log.load(uow)
    for row, grant in fresh:
        known[row.id] = _open(uow, me, log, row, grant, chains[row.id])
    _load_heads(uow, [known[row.id] for row, _ in fresh])
    found: dict[uuid.UUID, dict[CompartmentKind, OpenCompartment]] = defaultdict(dict)
    for row, _ in held:
        found[row.case_id][row.kind] = known[row.id]
    return dict(found)


def held_cases(me_kind: PrincipalKind, person_id: uuid.UUID, organisation_id: uuid.UUID) -> Any:
    """A subquery of the cases somebody holds a conversation or casework grant of: the scope of what is theirs."""
    return (
        select(Compartment.case_id)
        .join(Grant, (Grant.organisation_id == Compartment.organisation_id) & (Grant.compartment_id == Compartment.id))
        .where(
            Compartment.organisation_id == organisation_id,
            Compartment.kind == CompartmentKind.CASEWORK,
            Grant.principal_kind == me_kind,
            Grant.principal_id == person_id,
        )
    )


def countersign(uow: UnitOfWork, compartments: Iterable[OpenCompartment]) -> None:
    """Sign what a guardian finds at first opening, once its commitments agree with the manifest sealed at intake."""
    unsigned = [each for each in compartments if not each.signed]
    if not unsigned:
        return
    me = principal(uow)
    if me.kind is not PrincipalKind.STAFF:
        return
    _agree_with_manifest(uow, unsigned)
    for each in unsigned:
        each.record.countersigner_id, each.record.countersignature = me.id, me.keys.sign_approving(each.record.body)
        each.signed = True
        audit.record(uow, Event.KEY_COUNTERSIGNED, each.row.case_id)


def holders(uow: UnitOfWork, case_id: uuid.UUID) -> dict[CompartmentKind, frozenset[Holder]]:
    """Say who can open each compartment of a case that the actor holds, by the checked key records."""
    return {kind: each.stated.holders for kind, each in open_case(uow, case_id).items()}


# Reading


def read(uow: UnitOfWork, compartment: OpenCompartment, *kinds: str) -> list[Record]:
    """Open the records of a compartment (of some kinds), in their order."""
    return read_many(uow, [compartment], *kinds)[compartment.row.id]


def read_many(uow: UnitOfWork, compartments: Sequence[OpenCompartment], *kinds: str) -> dict[uuid.UUID, list[Record]]:
    """Open the records of several compartments with one query."""
    by_id = {each.row.id: each for each in compartments}
    query = select(SealedRecord).where(
        SealedRecord.organisation_id == uow.organisation_id, SealedRecord.compartment_id.in_(by_id)
    )
    if kinds:
        query = query.where(SealedRecord.kind.in_(kinds))
    found: dict[uuid.UUID, list[Record]] = {identifier: [] for identifier in by_id}
    for row in uow.session.scalars(query):
        found[row.compartment_id].append(_opened_record(by_id[row.compartment_id], row))
    for records in found.values():
        records.sort(key=lambda record: record.position)
    return found


def exclusions(uow: UnitOfWork, casework: OpenCompartment) -> Record:
    """Return who must never be given a key of this case. It was written at intake, so its absence is a fault."""
    records = read(uow, casework, EXCLUSIONS)
    if len(records) != 1:
        raise IntegrityFault(casework.row.case_id, "exclusions")
    return records[0]


# Writing


def add(uow: UnitOfWork, compartment: OpenCompartment, kind: str, body: Mapping[str, Any]) -> uuid.UUID:
    """Seal one new record; return its id."""
    countersign(uow, [compartment])
    record_id = new_id()
    compartment.counter += 1
    row = SealedRecord(
        organisation_id=uow.organisation_id,
        id=record_id,
        compartment_id=compartment.row.id,
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
    countersign(uow, [compartment])
    row = uow.session.get(SealedRecord, (uow.organisation_id, record.id))
    if row is None or row.revision != record.revision:
        raise Conflict(record.id)
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
    excluded = exclusions(uow, opened[CompartmentKind.CASEWORK]).body["people"]
    if str(person_id) in excluded:
        raise Forbidden(person_id)
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
    countersign(uow, [compartment])
    _new_version(uow, compartment, recipients, maker)
    audit.record(uow, Event.KEY_ROTATED, compartment.row.case_id)


def reseal(uow: UnitOfWork, compartment: OpenCompartment, limit: int = 50) -> int:
    """Seal up to `limit` records of older versions again under the newest key; return how many still wait."""
    behind = (
        select(SealedRecord)
        .where(
            SealedRecord.organisation_id == uow.organisation_id,
            SealedRecord.compartment_id == compartment.row.id,
            SealedRecord.key_version < compartment.version,
        )
        .limit(limit)
    )
    for row in uow.session.scalars(behind).all():
        record = _opened_record(compartment, row)
        row.key_version = compartment.version
        row.body = _sealed_body(compartment, row.id, row.kind, row.revision, record.position, record.body)
        compartment.row.records_behind = max(0, compartment.row.records_behind - 1)
    return compartment.row.records_behind


def _of_the_case(opened: Mapping[CompartmentKind, OpenCompartment]) -> list[OpenCompartment]:
    whole = (CompartmentKind.IDENTITY, CompartmentKind.CONVERSATION, CompartmentKind.CASEWORK)
    return [opened[kind] for kind in whole if kind in opened]


def _rotate(
    uow: UnitOfWork,
    compartment: OpenCompartment,
    *,
    add_person: uuid.UUID | None = None,
    without_person: uuid.UUID | None = None,
) -> None:
    staff = {holder.id for holder in compartment.stated.holders if holder.kind is PrincipalKind.STAFF}
    wanted = (staff | ({add_person} if add_person else set())) - {without_person}
    recipients = staff_recipients(uow, wanted, compartment.kind)
    if add_person and add_person not in {each.id for each in recipients}:
        raise Forbidden(add_person)
    if not recipients:
        raise Conflict(compartment.row.case_id)
    rotate_to(
        uow,
        compartment,
        [*recipients, *reporter_recipient(uow, compartment.row.case_id, compartment.stated)],
        principal(uow),
    )


def _new_version(
    uow: UnitOfWork, compartment: OpenCompartment, recipients: Iterable[Recipient], maker: Principal
) -> None:
    place, row, before = compartment.place, compartment.row, compartment.version
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
    record = KeyRecord(
        organisation_id=uow.organisation_id,
        compartment_id=row.id,
        version=version,
        body=body,
        sealed_previous=envelope.seal(key, compartment.keys[before], _previous_context(place, version))
        if before
        else None,
        signer_id=maker.id if by_staff else None,
        signature=maker.keys.sign_approving(body) if by_staff else _reporter_code(maker.root_secret, body),
    )
    uow.session.add(record)
    _replace_grants(uow, place, version, key, sealed_to)
    row.version, row.records_behind = version, len(compartment.items)
    compartment.statement, compartment.newest, compartment.keys[version] = stated, record, key
    compartment.counter += 1
    compartment.signed = by_staff or maker.kind is PrincipalKind.REPORTER
    _write_head(uow, compartment)


def _replace_grants(uow: UnitOfWork, place: Place, version: int, key: bytes, recipients: Iterable[Recipient]) -> None:
    old = select(Grant).where(
        Grant.organisation_id == place.organisation_id, Grant.compartment_id == place.compartment_id
    )
    for row in uow.session.scalars(old).all() if version > 1 else ():
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
                version=version,
                sealed_key=sealed,
            )
        )


# What "checks out" means


def _open(
    uow: UnitOfWork, me: Principal, log: KeyLog, row: Compartment, held: Grant, chain: list[KeyRecord]
) -> OpenCompartment:
    place = Place(row.organisation_id, row.case_id, row.id, row.kind)
    try:
        statements = [key_records.read(place, record.body) for record in chain]
        _require(_follow_on(statements, chain) and len(chain) == row.version == held.version, row, "versions")
        newest, record = statements[-1], chain[-1]
        _require(
            all(log.knew(h.id, h.fingerprint) for h in newest.holders if h.kind is PrincipalKind.STAFF), row, "holders"
        )
        mine = newest.holder(me.kind, me.id)
        _require(mine is not None and mine.fingerprint == me.fingerprint, row, "holder")
        signed = _signed(me, log, record, statements)
        key = envelope.unwrap_key(held.sealed_key, me.keys, place.grant_info(row.version, mine or _absent(row.id)))
        keys = _older_keys(place, statements, chain, key)
    except (Unreadable, ValueError) as fault:
        raise IntegrityFault(row.case_id, "key record") from fault
    return OpenCompartment(row, place, newest, record, keys, signed)


def _follow_on(statements: list[Statement], chain: list[KeyRecord]) -> bool:
    versions = [statement.version for statement in statements] == list(range(1, len(statements) + 1))
    links = [key_records.GENESIS, *(key_records.fingerprint_of(record.body) for record in chain[:-1])]
    return versions and [statement.previous for statement in statements] == links


def _signed(me: Principal, log: KeyLog, record: KeyRecord, statements: list[Statement]) -> bool:
    """Say whether the newest record bears a signature I can check; raise when it bears one that is wrong."""
    if record.signer_id is not None:
        before = statements[-2] if len(statements) > 1 else statements[-1]
        on_the_case = before.holder(PrincipalKind.STAFF, record.signer_id) is not None
        if not on_the_case or not _approved(log, record.signer_id, record.body, record.signature):
            raise Unreadable
        return True
    if me.kind is PrincipalKind.REPORTER:
        if not envelope.mac_matches(_code_key(me.root_secret), record.body, record.signature):
            raise Unreadable
        return True
    if record.countersigner_id is None or record.countersignature is None:
        return False
    if not _approved(log, record.countersigner_id, record.body, record.countersignature):
        raise Unreadable
    return True


def _approved(log: KeyLog, person_id: uuid.UUID, body: bytes, signature: bytes) -> bool:
    return any(_verified_once(keys.approving, body, signature) for keys in log.once_valid.get(person_id, ()))


_good_signatures: dict[tuple[bytes, bytes, bytes], None] = {}
_GOOD_SIGNATURES_KEPT = 50_000


def _verified_once(public: bytes, body: bytes, signature: bytes) -> bool:
    """Verify an Ed25519 signature, remembering good ones: all three parts are public and none ever changes its meaning."""
    known = (public, key_records.fingerprint_of(body), signature)
    if known in _good_signatures:
        return True
    if not verify_signature(public, body, signature):
        return False
    if len(_good_signatures) >= _GOOD_SIGNATURES_KEPT:
        _good_signatures.clear()
    _good_signatures[known] = None
    return True


def _older_keys(place: Place, statements: list[Statement], chain: list[KeyRecord], newest: bytes) -> dict[int, bytes]:
    """Follow the chain of data keys down to version 1: each version's maker must have held the one before."""
    keys = {len(chain): newest}
    for version in range(len(chain), 0, -1):
        if envelope.commit(keys[version], place.version_context(version)) != statements[version - 1].commitment:
            raise Unreadable
        sealed = chain[version - 1].sealed_previous
        if version > 1:
            if sealed is None:
                raise Unreadable
            keys[version - 1] = envelope.open_sealed(keys[version], sealed, _previous_context(place, version))
    return keys


def _agree_with_manifest(uow: UnitOfWork, unsigned: list[OpenCompartment]) -> None:
    """Check first versions against what was sealed in the conversation at intake, so that none was slipped in later."""
    first = [each for each in unsigned if each.version == 1]
    if not first:
        return
    case_id = first[0].row.case_id
    conversation = open_case(uow, case_id).get(CompartmentKind.CONVERSATION)
    manifests = read(uow, conversation, MANIFEST) if conversation else []
    if len(manifests) != 1:
        raise IntegrityFault(case_id, "manifest")
    for each in first:
        if manifests[0].body.get(each.kind.value) != canonical.text(each.stated.commitment):
            raise IntegrityFault(case_id, "manifest")


# Heads


def _load_heads(uow: UnitOfWork, compartments: Sequence[OpenCompartment]) -> None:
    """Check that nothing was taken away or put back: the head against the rows, the counter against the last one seen."""
    by_id = {each.row.id: each for each in compartments}
    query = select(SealedRecord.compartment_id, SealedRecord.id, SealedRecord.revision, SealedRecord.kind)
    for compartment_id, record_id, revision, kind in uow.session.execute(
        query.where(SealedRecord.organisation_id == uow.organisation_id, SealedRecord.compartment_id.in_(by_id))
    ):
        by_id[compartment_id].items[record_id] = (revision, kind)
    for each in compartments:
        _check_head(each)
    seen.require_not_older(uow, {each.row.id: each.counter for each in compartments})


def _check_head(compartment: OpenCompartment) -> None:
    try:
        head = json.loads(
            envelope.open_sealed(
                compartment.key, compartment.row.head, compartment.place.head_context(compartment.version)
            )
        )
    except Unreadable as fault:
        raise IntegrityFault(compartment.row.case_id, "head") from fault
    if canonical.raw(head["digest"]) != _digest(compartment):
        raise IntegrityFault(compartment.row.case_id, "records")
    compartment.counter = int(head["counter"])


def _write_head(uow: UnitOfWork, compartment: OpenCompartment) -> None:
    if compartment.counter >= RECORD_LIMIT:
        raise Conflict(compartment.row.case_id)
    head = json.dumps({"counter": compartment.counter, "digest": canonical.text(_digest(compartment))}).encode()
    compartment.row.head = envelope.seal(compartment.key, head, compartment.place.head_context(compartment.version))
    seen.remember(uow, {compartment.row.id: compartment.counter})


def _digest(compartment: OpenCompartment) -> bytes:
    items = (bind(record_id, revision, kind) for record_id, (revision, kind) in compartment.items.items())
    return envelope.digest(compartment.key, items, compartment.place.head_context(compartment.version))


# Small things


def _opened_record(compartment: OpenCompartment, row: SealedRecord) -> Record:
    if compartment.items.get(row.id) != (row.revision, row.kind) or row.key_version not in compartment.keys:
        raise IntegrityFault(compartment.row.case_id, "record")
    context = compartment.place.record_context(row.key_version, row.id, row.kind, row.revision)
    try:
        inside = json.loads(padding.unpad(envelope.open_sealed(compartment.keys[row.key_version], row.body, context)))
    except Unreadable as fault:
        raise IntegrityFault(compartment.row.case_id, "record") from fault
    return Record(row.id, row.kind, row.revision, inside["n"], inside["b"])


def _sealed_body(
    compartment: OpenCompartment, record_id: uuid.UUID, kind: str, revision: int, position: int, body: Mapping[str, Any]
) -> bytes:
    inside = json.dumps({"n": position, "b": body}, ensure_ascii=False, separators=(",", ":")).encode()
    return envelope.seal(
        compartment.key,
        padding.pad(inside),
        compartment.place.record_context(compartment.version, record_id, kind, revision),
    )


def _chains(uow: UnitOfWork, compartment_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[KeyRecord]]:
    chains: dict[uuid.UUID, list[KeyRecord]] = {identifier: [] for identifier in compartment_ids}
    query = select(KeyRecord).where(
        KeyRecord.organisation_id == uow.organisation_id, KeyRecord.compartment_id.in_(compartment_ids)
    )
    for record in uow.session.scalars(query.order_by(KeyRecord.version)):
        chains[record.compartment_id].append(record)
    return chains


def _lock(uow: UnitOfWork, compartment: OpenCompartment) -> None:
    if uow.on_postgresql:
        uow.session.refresh(compartment.row, with_for_update=True)
        if compartment.row.version != compartment.stated.version:
            raise Conflict(compartment.row.case_id)


def _require(holds: bool, row: Compartment, check: str) -> None:  # noqa: FBT001 -- reads as "require that"
    if not holds:
        raise IntegrityFault(row.case_id, check)


def _absent(thing: object) -> Any:
    raise NotFound(thing)


def _opened(uow: UnitOfWork) -> dict[uuid.UUID, OpenCompartment]:
    opened: dict[uuid.UUID, OpenCompartment] = uow.opened.setdefault("compartments", {})
    return opened


def _previous_context(place: Place, version: int) -> bytes:
    return bind("previous key", place.version_context(version))


def _code_key(root_secret: bytes) -> bytes:
    return keypairs.derive(root_secret, "key records")


def _reporter_code(root_secret: bytes, body: bytes) -> bytes:
    return envelope.mac(_code_key(root_secret), body)
