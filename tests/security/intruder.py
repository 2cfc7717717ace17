"""Somebody who can write the database and has keys of their own, but nobody's passphrase and no receipt."""

import json
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from speakup.crypto import envelope, padding
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import KeyPairs, new_root_secret, staff_keys
from speakup.kernel.actor import Actor, ActorKind, Role
from speakup.kernel.ids import new_id
from speakup.keyring.models import CompartmentKind, LogKind, PrincipalKind
from speakup.keyring.operations.compartments import MANIFEST, WHOLE
from speakup.keyring.rules import canonical, key_log, key_records
from speakup.keyring.rules.key_log import KeyLog, Signing, Whose
from speakup.keyring.rules.key_records import Holder, Place, Statement
from speakup.tables import METADATA
from tests.factories import RaisedCase
from tests.trusts import Colleague, Trust

T = METADATA.tables


@dataclass(slots=True)
class Intruder:
    """Their keys, and the data keys they have made or come to know."""

    trust: Trust
    id: uuid.UUID = field(default_factory=new_id)
    root: bytes = field(default_factory=new_root_secret)
    data_keys: set[bytes] = field(default_factory=set)

    @property
    def keys(self) -> KeyPairs:
        return staff_keys(self.root)

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.PERSON, self.trust.id, self.id, frozenset({Role.GUARDIAN}), self.root)

    def holder(self, kind: PrincipalKind = PrincipalKind.STAFF) -> Holder:
        return Holder(kind, self.id, self.keys.public.fingerprint())

    def join(self, connection: sa.Connection, roles: Iterable[str] = ("guardian",)) -> None:
        """Add a person, their membership and their keys."""
        connection.execute(sa.insert(T["person"]).values(
            id=self.id, email="i@example.org", name="Ian", job_title="", workplace="", phone="", hours="", about="",
        ))  # fmt: skip
        connection.execute(sa.insert(T["membership"]).values(
            organisation_id=self.trust.id, person_id=self.id, roles=list(roles), joined_on=date(2026, 1, 1),
        ))  # fmt: skip
        connection.execute(sa.insert(T["key_pair"]).values(
            person_id=self.id, public=self.keys.public.to_bytes(), memory_kib=65536, iterations=3, lanes=1,
            salt=bytes(16), verifier=bytes(32), sealed_root=bytes(61),
        ))  # fmt: skip

    def forge_vouching(
        self, connection: sa.Connection, log: KeyLog, signer: uuid.UUID, signed_with: KeyPairs | None = None
    ) -> None:
        """Append an entry that vouches for themselves."""
        body = key_log.vouching_body(
            log, LogKind.VOUCH, Signing(signer, date(2026, 1, 2)), Whose(self.id, "Ian"), self.keys.public,
            frozenset(CompartmentKind), [Role.GUARDIAN], date(2026, 1, 2) + timedelta(days=9999),
        )  # fmt: skip
        self.append(connection, log.number + 1, body, (signed_with or self.keys).sign_vouching(body))

    def append(self, connection: sa.Connection, number: int, body: bytes, signature: bytes) -> None:
        connection.execute(sa.delete(T["key_log_entry"]).where(
            T["key_log_entry"].c.organisation_id == self.trust.id, T["key_log_entry"].c.number == number,
        ))  # fmt: skip
        connection.execute(sa.insert(T["key_log_entry"]).values(
            organisation_id=self.trust.id, number=number, body=body, signature=signature,
        ))  # fmt: skip

    def mint(
        self,
        connection: sa.Connection,
        raised: RaisedCase,
        kinds: Collection[CompartmentKind],
        colleagues: Collection[Colleague],
    ) -> None:
        """Make whole compartments of their own in somebody's case, with a manifest that agrees with itself."""
        places = {kind: Place(self.trust.id, raised.id, new_id(), kind) for kind in kinds}
        keys = {kind: envelope.new_data_key() for kind in kinds}
        self.data_keys.update(keys.values())
        manifest = {
            kind.value: canonical.text(envelope.commit(keys[kind], places[kind].version_context(1))) for kind in kinds
        }
        manifest |= _real_commitments(connection, raised, set(WHOLE) - set(kinds))
        for kind, place in places.items():
            self._write_compartment(connection, place, keys[kind], colleagues, manifest)

    def _write_compartment(
        self,
        connection: sa.Connection,
        place: Place,
        key: bytes,
        colleagues: Collection[Colleague],
        manifest: dict[str, str],
    ) -> None:
        holders = [self.holder(PrincipalKind.REPORTER), *(staff_holder(each) for each in colleagues)]
        public = {self.id: self.keys.public, **{each.id: staff_keys(each.root_secret).public for each in colleagues}}
        where = {"organisation_id": place.organisation_id, "compartment_id": place.compartment_id}
        record_id = new_id()
        items = [envelope.bind(record_id, 1, MANIFEST)]
        digest = envelope.digest(key, items, place.head_context(1))
        head = json.dumps({"counter": 4_000, "digest": canonical.text(digest)}).encode()
        connection.execute(sa.insert(T["compartment"]).values(
            organisation_id=place.organisation_id, id=place.compartment_id, case_id=place.case_id, kind=place.kind,
            version=1, head=envelope.seal(key, head, place.head_context(1)), records_behind=0,
        ))  # fmt: skip
        stated = Statement(1, envelope.commit(key, place.version_context(1)), key_records.GENESIS, frozenset(holders))
        body = key_records.write(place, stated)
        context = envelope.bind("previous key", place.version_context(1), key_records.fingerprint_of(body))
        connection.execute(sa.insert(T["key_record"]).values(
            **where, version=1, body=body, sealed_previous=envelope.seal(key, b"", context), signature=bytes(32),
        ))  # fmt: skip
        for each in holders:
            sealed = envelope.wrap_key(key, public[each.id].sealing, place.grant_info(1, each))
            connection.execute(sa.insert(T["grant_to"]).values(
                **where, principal_kind=each.kind, principal_id=each.id,
                case_id=place.case_id, kind=place.kind, version=1, sealed_key=sealed,
            ))  # fmt: skip
        inside = json.dumps({"n": 1, "b": manifest}).encode()
        sealed_body = envelope.seal(key, padding.pad(inside), place.record_context(1, record_id, MANIFEST, 1))
        connection.execute(sa.insert(T["sealed_record"]).values(
            organisation_id=place.organisation_id, id=record_id, compartment_id=place.compartment_id, kind=MANIFEST,
            revision=1, key_version=1, body=sealed_body,
        ))  # fmt: skip

    def mint_version(self, connection: sa.Connection, place_id: uuid.UUID, colleagues: Collection[Colleague]) -> None:
        """Make a next key version of every compartment of a case, a referral or a group, sealed to themselves too."""
        for row in _compartments(connection, place_id):
            place = Place(self.trust.id, place_id, row["id"], row["kind"])
            key, version = envelope.new_data_key(), row["version"] + 1
            self.data_keys.add(key)
            before = (
                connection.execute(
                    sa.select(T["key_record"]).where(
                        T["key_record"].c.compartment_id == row["id"], T["key_record"].c.version == version - 1
                    )
                )
                .mappings()
                .one()
            )
            holders = [self.holder(PrincipalKind.REPORTER), *(staff_holder(each) for each in colleagues)]
            stated = Statement(
                version,
                envelope.commit(key, place.version_context(version)),
                key_records.fingerprint_of(before["body"]),
                frozenset(holders),
            )
            body = key_records.write(place, stated)
            context = envelope.bind("previous key", place.version_context(version), key_records.fingerprint_of(body))
            connection.execute(sa.insert(T["key_record"]).values(
                organisation_id=self.trust.id, compartment_id=row["id"], version=version, body=body,
                sealed_previous=envelope.seal(key, envelope.new_data_key(), context), signature=bytes(32),
            ))  # fmt: skip
            connection.execute(sa.delete(T["grant_to"]).where(T["grant_to"].c.compartment_id == row["id"]))
            for each in colleagues:
                sealed = envelope.wrap_key(
                    key, staff_keys(each.root_secret).public.sealing, place.grant_info(version, staff_holder(each))
                )
                connection.execute(sa.insert(T["grant_to"]).values(
                    organisation_id=self.trust.id, compartment_id=row["id"], principal_kind=PrincipalKind.STAFF,
                    principal_id=each.id, case_id=place.case_id, kind=place.kind,
                    version=version, sealed_key=sealed,
                ))  # fmt: skip
            digest = envelope.digest(key, items(connection, row["id"]), place.head_context(version))
            head = json.dumps({"counter": 4_000, "digest": canonical.text(digest)}).encode()
            connection.execute(sa.update(T["compartment"]).where(T["compartment"].c.id == row["id"]).values(
                version=version, head=envelope.seal(key, head, place.head_context(version)),
            ))  # fmt: skip

    def mint_data_key(self, connection: sa.Connection, place_id: uuid.UUID, colleagues: Collection[Colleague]) -> None:
        """Put a data key of their own in the place of the real one, leaving the key record as it is."""
        for row in _compartments(connection, place_id):
            place, key = Place(self.trust.id, place_id, row["id"], row["kind"]), envelope.new_data_key()
            self.data_keys.add(key)
            for each in colleagues:
                sealed = envelope.wrap_key(
                    key,
                    staff_keys(each.root_secret).public.sealing,
                    place.grant_info(row["version"], staff_holder(each)),
                )
                connection.execute(sa.update(T["grant_to"]).where(
                    T["grant_to"].c.compartment_id == row["id"], T["grant_to"].c.principal_id == each.id,
                ).values(sealed_key=sealed))  # fmt: skip
            digest = envelope.digest(key, items(connection, row["id"]), place.head_context(row["version"]))
            head = json.dumps({"counter": 4_000, "digest": canonical.text(digest)}).encode()
            connection.execute(sa.update(T["compartment"]).where(T["compartment"].c.id == row["id"]).values(
                head=envelope.seal(key, head, place.head_context(row["version"])),
            ))  # fmt: skip

    def write_into_records(self, connection: sa.Connection, raised: RaisedCase) -> None:
        """Add themselves to the holders named by key records that no guardian has signed yet."""
        connection.execute(sa.insert(T["reporter"]).values(
            organisation_id=self.trust.id, id=self.id, case_id=raised.id, lookup_hash=bytes(32), generation=1,
            public=self.keys.public.to_bytes(), sealed_state=b"",
        ))  # fmt: skip
        for row in _compartments(connection, raised.id):
            record = (
                connection.execute(sa.select(T["key_record"]).where(T["key_record"].c.compartment_id == row["id"]))
                .mappings()
                .one()
            )
            said = canonical.decode(record["body"])
            said["holders"] = sorted(
                [["reporter", str(self.id), canonical.text(self.holder().fingerprint)], *said["holders"]]
            )
            connection.execute(sa.update(T["key_record"]).where(T["key_record"].c.compartment_id == row["id"]).values(
                body=canonical.encode(said), signer_id=None, countersigner_id=None, countersignature=None,
            ))  # fmt: skip

    def remove_real(self, connection: sa.Connection, raised: RaisedCase, kinds: Collection[CompartmentKind]) -> None:
        """Delete the real compartments of a case."""
        gone = [row["id"] for row in _compartments(connection, raised.id) if row["kind"] in kinds]
        for name, column in (
            ("sealed_record", "compartment_id"),
            ("grant_to", "compartment_id"),
            ("key_record", "compartment_id"),
            ("compartment", "id"),
        ):
            connection.execute(sa.delete(T[name]).where(T[name].c[column].in_(gone)))

    def reads(self) -> str:
        """Return everything in the database they can open: with keys sealed to them, and with keys they made."""
        with self.trust.stored.unbound() as connection:
            rows = connection.execute(sa.select(T["compartment"])).mappings().all()
            places = {row["id"]: Place(row["organisation_id"], row["case_id"], row["id"], row["kind"]) for row in rows}
            keys = self.data_keys | self._sealed_to_them(connection, places)
            records = connection.execute(sa.select(T["sealed_record"])).mappings().all()
        opened = [
            _try(places[row["compartment_id"]], key, row)
            for row in records
            for key in keys
            if row["compartment_id"] in places
        ]
        return b" ".join(opened).decode(errors="replace")

    def _sealed_to_them(self, connection: sa.Connection, places: dict[uuid.UUID, Place]) -> set[bytes]:
        found = set()
        for row in connection.execute(sa.select(T["grant_to"])).mappings():
            for kind in PrincipalKind:
                for identifier in (self.id, row["principal_id"]):
                    holder = Holder(kind, identifier, self.keys.public.fingerprint())
                    try:
                        info = places[row["compartment_id"]].grant_info(row["version"], holder)
                        found.add(envelope.unwrap_key(row["sealed_key"], self.keys, info))
                    except Unreadable:
                        continue
        return found


def staff_holder(each: Colleague) -> Holder:
    """How a key record names a colleague."""
    return Holder(PrincipalKind.STAFF, each.id, staff_keys(each.root_secret).public.fingerprint())


def _compartments(connection: sa.Connection, place_id: uuid.UUID) -> list[Any]:
    return list(
        connection.execute(sa.select(T["compartment"]).where(T["compartment"].c.case_id == place_id)).mappings()
    )


def items(connection: sa.Connection, compartment_id: uuid.UUID) -> list[bytes]:
    records = T["sealed_record"]
    rows = connection.execute(
        sa.select(records.c.id, records.c.revision, records.c.kind).where(records.c.compartment_id == compartment_id)
    )
    return [envelope.bind(identifier, revision, kind) for identifier, revision, kind in rows]


def _real_commitments(
    connection: sa.Connection, raised: RaisedCase, kinds: Collection[CompartmentKind]
) -> dict[str, str]:
    query = sa.select(T["key_record"].c.body).join(
        T["compartment"], T["compartment"].c.id == T["key_record"].c.compartment_id
    )
    bodies = connection.scalars(query.where(T["compartment"].c.case_id == raised.id, T["key_record"].c.version == 1))
    said = [canonical.decode(body) for body in bodies]
    return {each["kind"]: each["commitment"] for each in said if each["kind"] in {kind.value for kind in kinds}}


def _try(place: Place, key: bytes, row: sa.RowMapping) -> bytes:
    try:
        context = place.record_context(row["key_version"], row["id"], row["kind"], row["revision"])
        return envelope.open_sealed(key, row["body"], context)
    except Unreadable:
        return b""
