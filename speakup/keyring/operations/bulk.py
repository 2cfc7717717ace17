"""Keys and first records of very many cases, made together; and taking such cases away again before anybody used them.

What stands afterwards is what making one case after another gives: the same statements, signatures, grants and heads.
What differs is the way there: each head is sealed once, when everything is in it, and rows are written by the hundred.
Whoever makes them has their keys kept, as after opening them: nobody begins by opening thousands.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, insert, select

from speakup import policy
from speakup.crypto import envelope
from speakup.kernel.db import table_of
from speakup.kernel.errors import IntegrityFault, NobodyToReceive
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import Compartment, CompartmentKind, Grant, KeyRecord, SealedRecord
from speakup.keyring.operations import compartments, kept_keys, seen
from speakup.keyring.operations.compartments import (
    EXCLUSIONS,
    MANIFEST,
    WHOLE,
    OpenCompartment,
    Recipient,
    StoredRecord,
)
from speakup.keyring.operations.reporters import LEAST_RECEIVING
from speakup.keyring.principals import Principal, principal
from speakup.keyring.rules import canonical, key_records
from speakup.keyring.rules.key_records import Holder, Place, Statement
from speakup.policy import Permission

Said = tuple[str, Mapping[str, Any]]
"""The kind of a record, and its body."""
_TABLES = (Compartment, KeyRecord, Grant, SealedRecord)
"""In the order in which rows of one point to rows of another."""


@dataclass(frozen=True, slots=True)
class WrittenCase:
    """A case whose row stands, with everything that is to be sealed in it."""

    case_id: uuid.UUID
    staff: frozenset[uuid.UUID]
    excluded: Mapping[str, Any] = field(repr=False)
    said: Mapping[CompartmentKind, Sequence[Said]] = field(repr=False)


@dataclass(slots=True)
class _Made:
    """One compartment on its way: its key is known here alone."""

    place: Place
    key: bytes = field(repr=False)
    statement: Statement
    body: bytes
    recipients: Sequence[tuple[Recipient, Holder]]


def create_many(uow: UnitOfWork, written: Sequence[WrittenCase]) -> dict[uuid.UUID, int]:
    """Make the compartments of cases that the acting guardian holds, and seal what is in them.

    Return how many records each case has. `NobodyToReceive` where not two people may hold one, the actor among them.
    """
    policy.require(uow.actor, Permission.CASE_RECORD)
    receiving = _Receiving(uow)
    rows: dict[type, list[dict[str, Any]]] = {table: [] for table in _TABLES}
    sights, counts = list[seen.Sight](), dict[uuid.UUID, int]()
    for each in written:
        made = _begun(uow, each, receiving)
        manifest = {kind.value: canonical.text(one.statement.commitment) for kind, one in made.items()}
        for kind, one in made.items():
            first: list[Said] = [(MANIFEST, manifest)]
            if kind is CompartmentKind.CASEWORK:
                first.append((EXCLUSIONS, each.excluded))
            said = [*first, *each.said.get(kind, ())]
            sights.append(_write(uow, one, said, rows))
            counts[each.case_id] = counts.get(each.case_id, 0) + len(said)
    for table, held in rows.items():
        uow.session.execute(insert(table_of(table)), held)
    seen.remember(uow, sights)
    return counts


class _Receiving:
    """Whom each kind of compartment is sealed to, asked once for the same people."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._me = principal(uow).id
        self._known: dict[tuple[frozenset[uuid.UUID], CompartmentKind], list[tuple[Recipient, Holder]]] = {}

    def of(self, staff: frozenset[uuid.UUID], kind: CompartmentKind) -> list[tuple[Recipient, Holder]]:
        """Return them, as key records name them too; `NobodyToReceive` unless they are two, the actor among them."""
        if (staff, kind) not in self._known:
            found = compartments.staff_recipients(self._uow, staff, kind)
            if self._me not in {each.id for each in found} or len(found) < LEAST_RECEIVING:
                raise NobodyToReceive(self._uow.organisation_id)
            self._known[staff, kind] = [(each, each.holder) for each in found]
        return self._known[staff, kind]


def _begun(uow: UnitOfWork, written: WrittenCase, receiving: _Receiving) -> dict[CompartmentKind, _Made]:
    if {str(person) for person in written.staff} & set(written.excluded["people"]):
        raise IntegrityFault(written.case_id, "exclusions")
    made = {}
    for kind in WHOLE:
        place, key = Place(uow.organisation_id, written.case_id, new_id(), kind), envelope.new_data_key()
        recipients = receiving.of(written.staff, kind)
        commitment = envelope.commit(key, place.version_context(1))
        statement = Statement(1, commitment, key_records.GENESIS, frozenset(holder for _, holder in recipients))
        made[kind] = _Made(place, key, statement, key_records.write(place, statement), recipients)
    return made


def _write(uow: UnitOfWork, made: _Made, said: Sequence[Said], rows: Mapping[type, list[dict[str, Any]]]) -> seen.Sight:
    """Add the rows of one compartment; its head says that they are all there are."""
    place, organisation = made.place, made.place.organisation_id
    row = Compartment(organisation_id=organisation, id=place.compartment_id, case_id=place.case_id, kind=place.kind)
    row.version, row.head = 1, b""
    prints = (key_records.fingerprint_of(made.body),)
    opened = OpenCompartment(row, place, made.statement, None, {1: made.key}, signed=True, prints=prints)
    opened.counter = 1
    for kind, body in said:
        opened.counter += 1
        record_id = new_id()
        opened.items[record_id] = (1, kind)
        sealed = compartments._sealed_body(opened, record_id, kind, 1, opened.counter, body)  # noqa: SLF001 -- of this package
        rows[SealedRecord].append({
            "organisation_id": organisation, "id": record_id, "compartment_id": place.compartment_id, "kind": kind,
            "revision": 1, "key_version": 1, "body": sealed,
        })  # fmt: skip
    rows[Compartment].append({
        "organisation_id": organisation, "id": place.compartment_id, "case_id": place.case_id, "kind": place.kind,
        "version": 1, "head": compartments.sealed_head(opened), "records_behind": 0,
    })  # fmt: skip
    record = _key_record(made, principal(uow))
    rows[KeyRecord].append({
        "organisation_id": organisation, "compartment_id": place.compartment_id, **record._asdict()
    })  # fmt: skip
    rows[Grant] += _grants(uow, made, opened, record)
    return compartments.sight(opened)


def _key_record(made: _Made, me: Principal) -> StoredRecord:
    context = compartments._previous_context(made.place, 1, made.body)  # noqa: SLF001 -- of this package
    return StoredRecord(
        version=1,
        body=made.body,
        sealed_previous=envelope.seal(made.key, b"", context),
        signer_id=me.id,
        signature=me.keys.sign_approving(made.body),
    )


def _grants(uow: UnitOfWork, made: _Made, opened: OpenCompartment, record: StoredRecord) -> Iterator[dict[str, Any]]:
    place, me, keeping = made.place, principal(uow), kept_keys.mine(uow)
    for each, holder in made.recipients:
        sealed, kept = envelope.wrap_key(made.key, each.keys.sealing, place.grant_info(1, holder)), None
        if keeping is not None and each.id == me.id and holder.fingerprint == me.fingerprint:
            context = keeping.context(place.version_context(1), sealed, kept_keys.columns([record]))
            kept = keeping.seal(kept_keys.Kept(dict(opened.keys), opened.head_key), context)
        yield {
            "organisation_id": place.organisation_id,
            "compartment_id": place.compartment_id,
            "principal_kind": each.kind,
            "principal_id": each.id,
            "case_id": place.case_id,
            "kind": place.kind,
            "version": 1,
            "sealed_key": sealed,
            "kept_key": kept,
        }


def worked_on(uow: UnitOfWork, counts: Mapping[uuid.UUID, int]) -> set[uuid.UUID]:
    """Say of which of these cases anything was written, changed or given to anybody since they had so many records."""
    here = Compartment.organisation_id == uow.organisation_id
    newest = func.max(Compartment.version)
    versions = uow.session.execute(
        select(Compartment.case_id, newest, func.count())
        .where(here, Compartment.case_id.in_(list(counts)))
        .group_by(Compartment.case_id)
    ).all()
    records = uow.session.execute(
        select(Compartment.case_id, func.count(), func.max(SealedRecord.revision))
        .join(
            SealedRecord,
            (SealedRecord.organisation_id == Compartment.organisation_id)
            & (SealedRecord.compartment_id == Compartment.id),
        )
        .where(here, Compartment.case_id.in_(list(counts)))
        .group_by(Compartment.case_id)
    ).all()
    as_made = {case_id for case_id, version, number in versions if (version, number) == (1, len(WHOLE))}
    unchanged = {case_id for case_id, number, revision in records if (number, revision) == (counts[case_id], 1)}
    return set(counts) - (as_made & unchanged)


def remove_many(uow: UnitOfWork, case_ids: Collection[uuid.UUID]) -> None:
    """Delete keys, grants and records of cases. The caller made sure that nobody has worked on them."""
    policy.require(uow.actor, Permission.CASE_RECORD)
    of_these = select(Compartment.id).where(
        Compartment.organisation_id == uow.organisation_id, Compartment.case_id.in_(case_ids)
    )
    ids = list(uow.session.scalars(of_these))
    for table in reversed(_TABLES[1:]):
        column = table_of(table).c
        uow.session.execute(
            delete(table_of(table)).where(column.organisation_id == uow.organisation_id, column.compartment_id.in_(ids))
        )
    rows = table_of(Compartment).c
    uow.session.execute(
        delete(table_of(Compartment)).where(rows.organisation_id == uow.organisation_id, rows.id.in_(ids))
    )
