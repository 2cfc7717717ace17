"""Reading everything in very many cases, one case after another.

What is checked is what `open_cases` and `read_many` check. What differs is what is kept: neither keys nor words of a
case outlive its turn, and its records come as the bytes that were sealed, since most are only looked through. Rows come
as the driver gives them: making objects of them would take longer than opening what they hold.
"""

import itertools
import json
import re
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, bindparam, func, select, type_coerce

from speakup.crypto import envelope, padding
from speakup.crypto.binding import bind_id, bind_known
from speakup.crypto.errors import Unreadable
from speakup.kernel.db import Base, id_from_digits, mapped, table_of
from speakup.kernel.errors import IntegrityFault, NoLongerHeld
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import Compartment, CompartmentKind, Grant, KeyRecord, SealedRecord
from speakup.keyring.operations import compartments, kept_keys, key_log, seen
from speakup.keyring.operations.compartments import (
    MANIFEST,
    WHOLE,
    Found,
    OpenCompartment,
    Record,
    SealedKey,
    StoredCompartment,
    StoredRecord,
)
from speakup.keyring.operations.referrals import HELD
from speakup.keyring.principals import Principal, principal
from speakup.keyring.rules import canonical, key_records
from speakup.keyring.rules.key_log import KeyLog
from speakup.keyring.rules.key_records import within

_ROWS = 1000
_LARGE_PART = 0.1
"""Of all compartments: where so many are asked for, a table is read to its end sooner than by its index on SQLite."""
_NEARLY_ALL = 0.75
"""Of the organisation's: where so many are, reading a row takes less than having the database look whether to."""

Row = Sequence[Any]
"""A row as the driver gives it. A sealed record's has: compartment, id, revision, kind, key version, body."""
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

    def kinds(self) -> list[str]:
        """Return what kind of record each of `texts` is."""
        return [row[3] for records in self.written.values() for _, row in records]

    def beside(self, kind: CompartmentKind, written: list[Written]) -> "ScannedCase":
        """Return the case with what lies beside it, in a place of its own."""
        return ScannedCase(self.case_id, {**self.written, kind: [*self.written.get(kind, ()), *written]})

    def records(self, numbers: Collection[int] | None = None) -> dict[CompartmentKind, list[Record]]:
        """Return each compartment's records in their order: all, or those with these numbers among `texts`.

        A fault for what no program of ours wrote.
        """
        start, chosen = 0, dict[CompartmentKind, Iterable[Written]]()
        for kind, records in self.written.items():
            end = start + len(records)
            chosen[kind] = records if numbers is None else [records[at - start] for at in numbers if start <= at < end]
            start = end
        try:
            return {
                kind: sorted((_record(*each) for each in records), key=_position) for kind, records in chosen.items()
            }
        except (KeyError, TypeError, ValueError) as malformed:
            raise IntegrityFault(self.case_id, "record") from malformed

    def record(self, number: int) -> Record:
        """Return the one with this number among `texts`. A fault for what no program of ours wrote."""
        written, row = next(itertools.islice(itertools.chain.from_iterable(self.written.values()), number, None))
        try:
            return _record(written, row)
        except (KeyError, TypeError, ValueError) as malformed:
            raise IntegrityFault(self.case_id, "record") from malformed

    def records_of(self, kind: str) -> dict[CompartmentKind, list[Record]]:
        """Return those of one kind."""
        return self.records([number for number, each in enumerate(self.kinds()) if each == kind])


def _position(record: Record) -> int:
    return record.position


def _record(written: bytes, row: Row) -> Record:
    # Past what looks for another encoding, and for spaces around it: that takes as long as reading it.
    inside, end = _READER.raw_decode(text := written.decode())
    if end != len(text):
        raise ValueError("more than one thing")
    return Record(_id(row[1]), row[3], row[2], int(inside["n"]), dict(inside["b"]))


_READER = json.JSONDecoder()


def scan(uow: UnitOfWork, case_ids: Sequence[uuid.UUID], damaged: set[uuid.UUID]) -> Iterator[ScannedCase]:
    """Give each of these cases that the actor holds, in their order, with all its records.

    One that does not check out is put aside.

    The sealed rows of all of them are in memory at once, the keys and words of one at a time.
    """
    reader = _Reader.of(uow)
    with mapped(uow.session.connection()):
        held = _held(uow, case_ids)
        stored = _stored(uow, [each.compartment[0] for found in held.values() for each in found])
    for case_id in case_ids:
        if case_id not in held:
            continue
        try:
            scanned = reader.read(case_id, held[case_id], stored)
        except IntegrityFault:
            damaged.add(case_id)
        except NoLongerHeld:
            continue
        else:
            yield scanned


@dataclass(frozen=True, slots=True)
class ScannedReferrals:
    """The referrals the actor holds, to be read beside the cases that name them: for one request.

    The sealed rows of all of them are in memory, which is one statement where there are none.
    """

    _reader: "_Reader"
    _held: Mapping[uuid.UUID, Sequence["_Holding"]] = field(repr=False)
    _stored: Mapping[Any, list[Row]] = field(repr=False)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._held)

    def written(self, referral_id: uuid.UUID, origin: str | None) -> list[Written]:
        """Open everything in one of them, the place its case says was made for it; nothing where it is not held."""
        found = self._held.get(referral_id, ())
        if not found:
            return []
        if [each.compartment[_KIND] for each in found] != [CompartmentKind.REFERRAL]:
            raise IntegrityFault(referral_id, "compartments")
        return self._reader.read_referral(referral_id, found[0], self._stored[found[0].compartment[0]], origin)


def scan_referrals(uow: UnitOfWork) -> ScannedReferrals:
    """Find every referral the actor holds, whichever case it came from: nothing in clear says which."""
    me = principal(uow)
    ids = list(uow.session.scalars(HELD, {"organisation": uow.organisation_id, "me": me.id}))
    held = _held(uow, ids) if ids else {}
    stored = _stored(uow, [each.compartment[0] for found in held.values() for each in found]) if held else {}
    return ScannedReferrals(_Reader.of(uow), held, stored)


class _Holding(NamedTuple):
    """A compartment, what is sealed to the acting principal, and its key records in their order: each as stored."""

    compartment: Row
    grant: Row
    chain: list[Row]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Whoever reads, with what is the same for every case of theirs."""

    uow: UnitOfWork
    me: Principal = field(repr=False)
    log: KeyLog
    keeping: kept_keys.Keeping | None

    @classmethod
    def of(cls, uow: UnitOfWork) -> "_Reader":
        seen.memory(uow).list_all()
        return cls(uow, principal(uow), key_log.load(uow), kept_keys.mine(uow))

    def read(self, case_id: uuid.UUID, found: Sequence[_Holding], stored: dict[Any, list[Row]]) -> ScannedCase:
        """Open everything in one case."""
        kinds = [each.compartment[_KIND] for each in found]
        if missing := set(WHOLE).difference(kinds):
            raise compartments.not_whole(self.uow, case_id, missing)
        if len(kinds) != len(WHOLE):
            raise IntegrityFault(case_id, "compartments")
        # Taken out: what one case's rows leave free is where the next one's words are written.
        records = [stored.pop(each.compartment[0]) for each in found]
        opened = [self._opened(case_id, each) for each in found]
        scanned = self._everything(case_id, opened, records)
        # However each part was found good, alone: only this says that it is the one which was made with the others.
        committed = {each.kind: key_records.commitment_in(each.first_body) for each in opened}
        if not _as_made_together(committed, scanned.written):
            commitments = {kind: canonical.raw(each.decode()) for kind, each in committed.items()}
            compartments.require_made_together(case_id, commitments, scanned.records_of(MANIFEST))
        return scanned

    def read_referral(
        self, referral_id: uuid.UUID, found: _Holding, rows: Sequence[Row], origin: str | None
    ) -> list[Written]:
        """Open everything in one referral, which is the one that its case names."""
        opened = self._opened(referral_id, found)
        if origin is not None and opened.prints[0].hex() != origin:
            raise IntegrityFault(referral_id, "another place")
        return _read(self.uow, opened, referral_id, rows)

    def _everything(
        self, case_id: uuid.UUID, opened: Iterable["_Reading"], records: Iterable[Sequence[Row]]
    ) -> ScannedCase:
        pairs = zip(opened, records, strict=True)
        return ScannedCase(case_id, {each.kind: _read(self.uow, each, case_id, rows) for each, rows in pairs})

    def _opened(self, case_id: uuid.UUID, held: _Holding) -> "_Reading":
        return self._opened_before(held) or _Reading.of(self._opened_anew(case_id, held), held.chain)

    def _opened_before(self, held: _Holding) -> "_Reading | None":
        """Open what was found good before, as `compartments` does; None for anything that is not as it was then."""
        (identifier, case, kind, version, head, _), (_, granted, sealed_key, kept_key), chain = held
        if self.keeping is None or kept_key is None or not len(chain) == version == granted:
            return None
        try:
            bound = key_records.bound_to(self.log.organisation_id, _raw(case), _raw(identifier), kind)
            context = bound + bind_known(version)
            kept = self.keeping.open(kept_key, self.keeping.context(context, sealed_key, map(_with_raw_ids, chain)))
            prints = tuple([key_records.fingerprint_of(record[_BODY]) for record in chain])
            return _Reading(_KINDS[kind], version, head, kept, prints, bound, chain[0][_BODY])
        except (Unreadable, AttributeError, KeyError, TypeError, ValueError):
            return None

    def _opened_anew(self, case_id: uuid.UUID, held: _Holding) -> OpenCompartment:
        try:
            found = _found(held)
        except ValueError as malformed:
            raise IntegrityFault(case_id, "row") from malformed
        return compartments._open(self.uow, self.me, self.log, found)  # noqa: SLF001 -- of this package


class _Reading(NamedTuple):
    """A compartment with its keys, while its records are read."""

    kind: CompartmentKind
    version: int
    head: bytes
    kept: kept_keys.Kept
    prints: tuple[bytes, ...]
    bound: bytes
    """What the contexts of its key versions begin with."""
    first_body: bytes
    """Of its key records: they were found good, and what each commits to was held against its key."""

    @classmethod
    def of(cls, each: OpenCompartment, chain: Sequence[Row]) -> "_Reading":
        kept, place = kept_keys.Kept(each.keys, each.head_key), each.place
        bound = key_records.bound_to(place.organisation_id, place.case_id.bytes, each.id.bytes, each.kind.value)
        return cls(each.kind, each.version, each.row.head, kept, each.prints, bound, chain[0][_BODY])


def _as_made_together(
    committed: Mapping[CompartmentKind, bytes], written: Mapping[CompartmentKind, Sequence[Written]]
) -> bool:
    """Say whether each manifest is what we write, to the letter. One that is not may say the same even so."""
    ends = _MANIFEST % tuple([committed[kind] for kind in WHOLE])
    for kind in WHOLE:
        found = [said for said, row in written[kind] if row[3] == MANIFEST]
        if len(found) != 1 or not found[0].endswith(ends) or not _NUMBERED.fullmatch(found[0][: -len(ends)]):
            return False
    return True


_MANIFEST = b',"b":{' + b",".join(b'"' + kind.encode() + b'":"%s"' for kind in WHOLE) + b"}}"
_NUMBERED = re.compile(rb'\{"n":[1-9][0-9]{0,8}')


def _read(uow: UnitOfWork, compartment: _Reading, case_id: uuid.UUID, rows: Sequence[Row]) -> list[Written]:
    """Open the records of one compartment, once its head says that these are all there are."""
    openers = {version: envelope.Opener(key) for version, key in compartment.kept.keys.items()}
    begins = {version: within("record", compartment.bound + bind_known(version)) for version in openers}
    try:
        items, sealed = _bound(begins, rows)
        _check_head(uow, compartment, openers[compartment.version], case_id, items)
        return list(zip(padding.unpad_all(envelope.open_all(openers, sealed)), rows, strict=True))
    except (AttributeError, KeyError, TypeError, ValueError, Unreadable) as fault:
        raise IntegrityFault(case_id, "record") from fault


def _bound(begins: Mapping[int, bytes], rows: Sequence[Row]) -> tuple[list[bytes], list[tuple[int, bytes, bytes]]]:
    """Bind each record as the head's digest has it, and as it was sealed: in one pass over tens of thousands."""
    raw = bytes.fromhex if rows and isinstance(rows[0][1], str) else _raw
    items, sealed, lengths = [], [], set()
    for _, identifier, revision, kind, version, body in rows:
        named = _ID + raw(identifier)
        lengths.add(len(named))
        item, context = _named(revision, kind)
        items.append(named + item)
        sealed.append((version, body, begins[version] + named + context))
    if lengths - {len(_ID) + 16}:
        raise ValueError("no id")
    return items, sealed


_ID = bind_id(bytes(16))[:-16]


@lru_cache(maxsize=1024)
def _named(revision: int, kind: str) -> tuple[bytes, bytes]:
    """Bind what many records share, in both orders that are needed."""
    return bind_known(revision, kind), bind_known(kind, revision)


def _check_head(
    uow: UnitOfWork, compartment: _Reading, opener: envelope.Opener, case_id: uuid.UUID, items: list[bytes]
) -> None:
    context = compartment.bound + bind_known(compartment.version)
    try:
        counter, digest = compartments.read_head(opener.open(compartment.head, within("head", context)))
    except (Unreadable, TypeError, ValueError) as fault:
        raise IntegrityFault(case_id, "head") from fault
    if digest != envelope.digest_under(compartment.kept.head_key, items):
        raise IntegrityFault(case_id, "records")
    place = compartments.seen_place(case_id, compartment.kind)
    seen.require_not_older(uow, seen.Sight(case_id, place, counter, compartment.prints))


# Rows


def _raw(identifier: Any) -> bytes:  # noqa: ANN401 -- SQLite keeps ids in digits, PostgreSQL's driver gives them whole
    return bytes.fromhex(identifier) if isinstance(identifier, str) else identifier.bytes


def _id(identifier: Any) -> uuid.UUID:  # noqa: ANN401 -- see above
    return id_from_digits(identifier) if isinstance(identifier, str) else identifier


def _with_raw_ids(record: Row) -> list[Any]:
    """Give a key record's columns, ids as their bytes."""
    _, version, body, sealed_previous, signer, signature, countersigner, countersignature = record
    signed_by = None if signer is None else _raw(signer)
    countersigned_by = None if countersigner is None else _raw(countersigner)
    return [version, body, sealed_previous, signed_by, signature, countersigned_by, countersignature]


def _found(held: _Holding) -> Found:
    """Make of them what `compartments` opens."""
    identifier, case, kind, *rest = held.compartment
    compartment = StoredCompartment(_id(identifier), _id(case), CompartmentKind(kind), *rest)
    records = [StoredRecord._make(each[1:]) for each in held.chain]
    people = ((each.signer_id, each.countersigner_id) for each in records)
    named = [[None if each is None else _id(each) for each in both] for both in people]
    chain = [
        record._replace(signer_id=signer, countersigner_id=countersigner)
        for record, (signer, countersigner) in zip(records, named, strict=True)
    ]
    return compartment, SealedKey._make(held.grant[1:]), chain


def _held(uow: UnitOfWork, case_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[_Holding]]:
    """Find the compartments by case, each with its grant and key records."""
    me = principal(uow)
    way = _way(uow, len(case_ids) * len(WHOLE))
    found = {row[0]: row for row in _as_stored(uow, _OF_CASES, case_ids, way)}
    grants = _as_stored(uow, _GRANTS, list(found), way, principal_kind=me.kind, principal_id=me.id)
    held = {row[0]: _Holding(found[row[0]], row, []) for row in grants}
    for row in _as_stored(uow, _RECORDS, list(held), way):
        held[row[0]].chain.append(row)
    cases = {each if uow.on_postgresql else each.hex: each for each in case_ids}
    by_case: dict[uuid.UUID, list[_Holding]] = defaultdict(list)
    for each in held.values():
        each.chain.sort(key=_version)
        by_case[cases[each.compartment[_CASE]]].append(each)
    return by_case


def _version(record: Row) -> Any:  # noqa: ANN401 -- as the driver gives it
    return record[1]


def _stored(uow: UnitOfWork, ids: Sequence[Any]) -> dict[Any, list[Row]]:
    """Read the sealed records of these compartments, in no order."""
    found: dict[Any, list[Row]] = {each: [] for each in ids}
    place = found.get
    for fetched in _fetched(uow, _SEALED, ids, _way(uow, len(ids))):
        for row in fetched:
            if (there := place(row[0])) is not None:
                there.append(row)
    return found


class _Way(Enum):
    """How rows are found: each by the index, or in a table read to its end, or among everything an organisation has."""

    BY_INDEX = auto()
    TO_THE_END = auto()
    EVERYTHING = auto()


def _way(uow: UnitOfWork, compartments_asked: int) -> _Way:
    if uow.on_postgresql:
        return _Way.BY_INDEX
    every, own = uow.once(
        "how many compartments", lambda: uow.session.execute(_COUNTED, {"organisation": uow.organisation_id}).one()
    )
    if compartments_asked >= own * _NEARLY_ALL:
        return _Way.EVERYTHING
    return _Way.TO_THE_END if compartments_asked >= every * _LARGE_PART else _Way.BY_INDEX


class _Asked(NamedTuple):
    """Some columns of a table, of rows that one of its columns names."""

    model: type[Base]
    by: str
    columns: tuple[str, ...]
    mine: bool = False

    def statement(self, way: _Way, *, in_digits: bool) -> Select[*tuple[Any, ...]]:
        """Ask by ids as they are stored: on SQLite in digits, all of them in one value.

        Rows lie in the order of their random keys: by an index each costs a way of its own through the table. `likely`
        keeps SQLite from the index and changes nothing else.
        """
        column = table_of(self.model).c

        def named(name: str) -> Any:  # noqa: ANN401 -- of a column's own type
            return column[name] if way is _Way.BY_INDEX else func.likely(column[name], type_=column[name].type)

        among = [] if way is _Way.EVERYTHING else [self._among(named(self.by), in_digits=in_digits)]
        # Everything of an organisation lies together.
        owner = column["organisation_id"] if way is _Way.EVERYTHING else named("organisation_id")
        mine = [(named(name), column[name]) for name in (("principal_kind", "principal_id") if self.mine else ())]
        of = [(owner, column["organisation_id"]), *mine]
        return select(*(column[name] for name in self.columns)).where(
            *among, *(value == bindparam(stored.name, type_=stored.type) for value, stored in of)
        )

    def _among(self, named: ColumnElement[Any], *, in_digits: bool) -> ColumnElement[bool]:
        if not in_digits:
            return named.in_(bindparam("asked", expanding=True))
        listed = func.json_each(bindparam("asked", type_=String)).table_valued("value")
        return type_coerce(named, String).in_(select(listed.c.value))


_OF_CASES = _Asked(Compartment, "case_id", StoredCompartment._fields)
_GRANTS = _Asked(Grant, "compartment_id", ("compartment_id", *SealedKey._fields), mine=True)
_RECORDS = _Asked(KeyRecord, "compartment_id", ("compartment_id", *StoredRecord._fields))
_SEALED = _Asked(SealedRecord, "compartment_id", ("compartment_id", "id", "revision", "kind", "key_version", "body"))
_COUNTED = select(
    func.count(), func.count().filter(Compartment.organisation_id == bindparam("organisation"))
).select_from(Compartment)
_CASE, _KIND, _BODY = 1, 2, 2
"""Where a compartment's case and kind stand, and a key record's body."""
_KINDS = {each.value: each for each in CompartmentKind}


@lru_cache(maxsize=16)
def _statement(asked: _Asked, way: _Way, *, in_digits: bool) -> Select[*tuple[Any, ...]]:
    """Putting a statement together takes longer than asking it."""
    return asked.statement(way, in_digits=in_digits)


def _as_stored(uow: UnitOfWork, asked: _Asked, ids: Sequence[Any], way: _Way, **mine: object) -> Iterator[Row]:
    """Give rows as the driver gives them, those alone that were asked for."""
    by, wanted = asked.columns.index(asked.by), set(_named_as_stored(uow, ids))
    for fetched in _fetched(uow, asked, ids, way, **mine):
        yield from [row for row in fetched if row[by] in wanted]


def _named_as_stored(uow: UnitOfWork, ids: Sequence[Any]) -> list[Any]:
    return [each.hex if not uow.on_postgresql and isinstance(each, uuid.UUID) else each for each in ids]


def _fetched(uow: UnitOfWork, asked: _Asked, ids: Sequence[Any], way: _Way, **mine: object) -> Iterator[Sequence[Row]]:
    """Give rows as the driver gives them, a thousand at a time; where everything is read, others among them."""
    in_digits = not uow.on_postgresql
    statement = _statement(asked, way, in_digits=in_digits)
    values = {"organisation_id": uow.organisation_id, **mine}
    if way is not _Way.EVERYTHING:
        named = _named_as_stored(uow, ids)
        values["asked"] = json.dumps(named) if in_digits else named
    uow.session.flush()
    if uow.on_postgresql:
        yield from uow.session.execute(statement, values, execution_options={"yield_per": _ROWS}).partitions()
        return
    result = uow.session.connection().execute(statement, values)
    # Past the library, which would look at each value of each row again.
    cursor: Any = result.cursor
    while fetched := cursor.fetchmany(_ROWS):
        yield fetched
    result.close()
