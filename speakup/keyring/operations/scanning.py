"""Reading everything in very many cases, one case after another.

What is checked is what `open_cases` and `read_many` check. What differs is what is kept: neither keys nor words of a
case outlive its turn, and its records come as the bytes that were sealed, since most are only looked through.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, String, bindparam, func, select, type_coerce

from speakup.crypto import envelope, padding
from speakup.crypto.envelope import bind
from speakup.crypto.errors import Unreadable
from speakup.kernel.errors import IntegrityFault, NoLongerHeld
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import Compartment, CompartmentKind, SealedRecord
from speakup.keyring.operations import compartments, key_log, seen
from speakup.keyring.operations.compartments import MANIFEST, WHOLE, Found, OpenCompartment, Record
from speakup.keyring.principals import principal

_LARGE_PART = 10
"""Where one in so many compartments is asked for, a table is read to its end sooner than by its index on SQLite."""

Row = Sequence[Any]
"""A sealed record as the driver gives it: its compartment's id and its own, revision, kind, key version, body."""
Written = tuple[bytes, Row]
"""What was sealed, and the row it lay in."""


@dataclass(frozen=True, slots=True)
class ScannedCase:
    """A case that checks out, and everything in it. For one request."""

    case_id: uuid.UUID
    written: dict[CompartmentKind, list[Written]] = field(repr=False)

    def texts(self) -> list[bytes]:
        """Return each record as it was sealed, UTF-8 in JSON, in no order."""
        return [written for records in self.written.values() for written, _ in records]

    def records(self) -> dict[CompartmentKind, list[Record]]:
        """Return the records of each compartment, in their order; a fault for what no program of ours wrote."""
        try:
            return {
                kind: sorted((_record(*each) for each in records), key=lambda record: record.position)
                for kind, records in self.written.items()
            }
        except (KeyError, TypeError, ValueError) as malformed:
            raise IntegrityFault(self.case_id, "record") from malformed


def _record(written: bytes, row: Row) -> Record:
    inside = json.loads(written)
    return Record(uuid.UUID(bytes=_raw(row[1])), row[3], row[2], int(inside["n"]), dict(inside["b"]))


def scan(uow: UnitOfWork, case_ids: Sequence[uuid.UUID], damaged: set[uuid.UUID]) -> Iterator[ScannedCase]:
    """Give each of these cases that the actor holds, with all its records; one that does not check out is put aside.

    The sealed rows of all of them are in memory at once, the keys and words of one at a time.
    """
    by_case: dict[uuid.UUID, list[Found]] = defaultdict(list)
    seen.memory(uow).list_all()
    for each in compartments._held(uow, case_ids, (), to_write=False):  # noqa: SLF001 -- of this package
        by_case[each[0].case_id].append(each)
    stored = _stored(uow, [each[0].id for found in by_case.values() for each in found])
    for case_id, found in by_case.items():
        try:
            scanned = _read_case(uow, case_id, found, stored)
        except IntegrityFault:
            damaged.add(case_id)
        except NoLongerHeld:
            continue
        else:
            yield scanned


def _read_case(
    uow: UnitOfWork, case_id: uuid.UUID, found: Sequence[Found], stored: Mapping[uuid.UUID, Sequence[Row]]
) -> ScannedCase:
    kinds = [row.kind for row, *_ in found]
    if missing := set(WHOLE).difference(kinds):
        raise compartments.not_whole(uow, case_id, missing)
    if any(kinds.count(kind) != 1 for kind in WHOLE):
        raise IntegrityFault(case_id, "compartments")
    me, log, opened = principal(uow), key_log.load(uow), list[OpenCompartment]()
    written: dict[CompartmentKind, list[Written]] = {kind: [] for kind in kinds}
    for row, grant, chain in found:
        each = compartments._open(me, log, row, grant, chain)  # noqa: SLF001 -- of this package
        written[row.kind] += _read(uow, each, stored[row.id])
        opened.append(each)
    scanned = ScannedCase(case_id, written)
    if not all(each.signed for each in opened):
        _require_made_together(scanned, {each.kind: each for each in opened})
    return scanned


def _require_made_together(scanned: ScannedCase, opened: Mapping[CompartmentKind, OpenCompartment]) -> None:
    """Check a case that no guardian has signed yet against the manifests in it, as its first opening will."""
    records = scanned.records()
    compartments.require_made_together(
        scanned.case_id,
        opened,
        {kind: [each for each in records[kind] if each.kind == MANIFEST] for kind in WHOLE},
    )


def _read(uow: UnitOfWork, compartment: OpenCompartment, rows: Sequence[Row]) -> list[Written]:
    """Open the records of one compartment, once its head says that these are all there are."""
    place, ids = compartment.place, [_ID + _raw(row[1]) for row in rows]
    items = [identifier + _bound(row[2], row[3]) for identifier, row in zip(ids, rows, strict=True)]
    compartments.check_head(compartment, items)
    seen.require_not_older(uow, compartments.sight(compartment))
    begins = {version: bind("record", place.version_context(version)) for version in compartment.keys}
    try:
        sealed = [
            (row[4], row[5], begins[row[4]] + identifier + _bound(row[3], row[2]))
            for identifier, row in zip(ids, rows, strict=True)
        ]
        return list(zip(map(padding.unpad, envelope.open_all(compartment.keys, sealed)), rows, strict=True))
    except (KeyError, Unreadable) as fault:
        raise IntegrityFault(place.case_id, "record") from fault


_ID = bind(uuid.UUID(int=0))[:-16]
"""What `bind` begins an id with."""


@lru_cache(maxsize=1024)
def _bound(*parts: int | str) -> bytes:
    """What many records share of what they are bound to: revision and kind."""
    return bind(*parts)


def _raw(identifier: Any) -> bytes:  # noqa: ANN401 -- SQLite keeps ids in digits, PostgreSQL's driver gives them whole
    return bytes.fromhex(identifier) if isinstance(identifier, str) else identifier.bytes


def _stored(uow: UnitOfWork, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Row]]:
    """Read the sealed records of these compartments, in no order."""
    found: dict[uuid.UUID, list[Row]] = {each: [] for each in ids}
    by_raw = {each if uow.on_postgresql else each.hex: rows for each, rows in found.items()}
    to_the_end = not uow.on_postgresql and len(ids) * _LARGE_PART >= _compartments(uow)
    asked = {"organisation": uow.organisation_id, "compartments": list(ids)}
    rows = uow.session.execute(_statement(to_the_end=to_the_end), asked, execution_options={"yield_per": 1000})
    for part in rows.partitions():
        for row in part:
            by_raw[row[0]].append(row)
    return found


def _compartments(uow: UnitOfWork) -> int:
    count = select(func.count()).select_from(Compartment).where(Compartment.organisation_id == uow.organisation_id)
    return uow.session.scalar(count) or 0


@lru_cache(maxsize=2)
def _statement(*, to_the_end: bool) -> Select[*tuple[Any, ...]]:
    """Records lie in the order of their random ids: by the index each costs a way of its own through the table.

    `likely` keeps SQLite from the index and changes nothing else.
    """
    columns = SealedRecord.__table__.c
    compartment = func.likely(columns.compartment_id, type_=columns.compartment_id.type)
    ids = (type_coerce(each, String) for each in (columns.compartment_id, columns.id))
    return select(*ids, columns.revision, columns.kind, columns.key_version, columns.body).where(
        columns.organisation_id == bindparam("organisation"),
        (compartment if to_the_end else columns.compartment_id).in_(bindparam("compartments", expanding=True)),
    )
