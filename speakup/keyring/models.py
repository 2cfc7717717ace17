"""Key pairs, the key log, compartments with their key records, grants and sealed records, and sealed sessions."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.db import Base, Choice, Owned, OwnedById, table_args


class CompartmentKind(StrEnum):
    """One secret part of a case."""

    IDENTITY = "identity"
    CONVERSATION = "conversation"
    CASEWORK = "casework"
    REFERRAL = "referral"
    GROUP = "group"


class PrincipalKind(StrEnum):
    """Who can hold a grant."""

    STAFF = "staff"
    REPORTER = "reporter"
    RECOVERY = "recovery"


class LogKind(StrEnum):
    """What an entry of the key log does."""

    ROOT = "root"
    VOUCH = "vouch"
    REMOVE = "remove"
    ROUTING = "routing"


class KeyPair(Base):
    """A person's public keys and their root secret, sealed under their passphrase. Global, like the person."""

    __tablename__ = "key_pair"
    __table_args__ = table_args()

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    public: Mapped[bytes]
    """`PublicKeys.to_bytes`. Shown to whoever vouches; used for nothing until the key log says so."""
    memory_kib: Mapped[int]
    iterations: Mapped[int]
    lanes: Mapped[int]
    salt: Mapped[bytes]
    verifier: Mapped[bytes]
    sealed_root: Mapped[bytes]
    sealed_former: Mapped[bytes | None]
    """The root secrets this person had before, oldest first, under the present one; None for somebody with one only."""


class StaffSession(Base):
    """A signed-in person. The key that opens `sealed_root` lives only in the cookie."""

    __tablename__ = "staff_session"
    __table_args__ = table_args(Index(None, "person_id"))

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID]
    """What the list of sessions names it by; of no use for opening it."""
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    sealed_root: Mapped[bytes]
    second_factor_done: Mapped[bool]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class ReporterSession(Base):
    """An open private inbox. Names no case; `expires_at` is rounded up to ten minutes."""

    __tablename__ = "reporter_session"
    __table_args__ = table_args()

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime]


class ReceiptGeneration(Base):
    """A numbered salt and its costs. Never deleted: an old receipt needs the generation it was drawn under."""

    __tablename__ = "receipt_generation"
    __table_args__ = table_args()

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salt: Mapped[bytes]
    memory_kib: Mapped[int]
    iterations: Mapped[int]
    lanes: Mapped[int]


class Reporter(OwnedById, Base):
    """The principal behind a receipt: found by a hash, known by a public key."""

    __tablename__ = "reporter"
    __table_args__ = table_args(
        UniqueConstraint("organisation_id", "lookup_hash"), Index(None, "organisation_id", "case_id")
    )

    case_id: Mapped[uuid.UUID]
    lookup_hash: Mapped[bytes]
    generation: Mapped[int]
    public: Mapped[bytes]
    sealed_state: Mapped[bytes]
    """The counters last seen, and with them what this reporter need never be shown an older version of."""
    words_changed_on: Mapped[date | None]


class KeyLogEntry(Owned, Base):
    """One signed, numbered, chained entry. `body` is the exact bytes that were signed."""

    __tablename__ = "key_log_entry"
    __table_args__ = table_args()

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[bytes]
    signature: Mapped[bytes]


class Compartment(OwnedById, Base):
    """One secret part of one case. `head` is sealed under the newest data key."""

    __tablename__ = "compartment"
    __table_args__ = table_args(Index(None, "organisation_id", "case_id"))

    case_id: Mapped[uuid.UUID]
    kind: Mapped[CompartmentKind] = mapped_column(Choice(CompartmentKind))
    version: Mapped[int]
    head: Mapped[bytes]
    records_behind: Mapped[int] = mapped_column(default=0)
    """How many records still lie under an older key version and wait to be sealed again."""


class KeyRecord(Owned, Base):
    """The signed statement of one key version: who holds it. `body` is the exact bytes that were signed."""

    __tablename__ = "key_record"
    __table_args__ = table_args(
        ForeignKeyConstraint(["organisation_id", "compartment_id"], ["compartment.organisation_id", "compartment.id"])
    )

    compartment_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[bytes]
    sealed_previous: Mapped[bytes]
    """The version before's data key (nothing, for the first), sealed under this one's and bound to `body`: proof that
    whoever made this version held that one, and that these were their words."""
    signer_id: Mapped[uuid.UUID | None]
    """The guardian who signed; None where a reporter's code stands instead."""
    signature: Mapped[bytes]
    countersigner_id: Mapped[uuid.UUID | None]
    countersignature: Mapped[bytes | None]


class Grant(Owned, Base):
    """The newest data key of a compartment, sealed to one principal."""

    __tablename__ = "grant_to"
    __table_args__ = table_args(
        ForeignKeyConstraint(["organisation_id", "compartment_id"], ["compartment.organisation_id", "compartment.id"]),
        Index(None, "organisation_id", "principal_id", "kind", "case_id"),
    )

    compartment_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    principal_kind: Mapped[PrincipalKind] = mapped_column(Choice(PrincipalKind), primary_key=True)
    principal_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID]
    kind: Mapped[CompartmentKind] = mapped_column(Choice(CompartmentKind))
    """As the compartment has them: for finding somebody's cases with one index. What opens is decided by keys."""
    version: Mapped[int]
    sealed_key: Mapped[bytes]
    kept_key: Mapped[bytes | None]
    """Of a colleague's, once they have opened it and found it good: `operations/kept_keys.py`. None before."""


class SealedRecord(Owned, Base):
    """One piece of content, encrypted under a data key and bound to its place. Its order is inside.

    By its key what one compartment holds lies together, since that is what is read together.
    """

    __tablename__ = "sealed_record"
    __table_args__ = table_args(
        ForeignKeyConstraint(["organisation_id", "compartment_id"], ["compartment.organisation_id", "compartment.id"]),
        # Of very many records few lead to a learning action, and from an action one asks for them all.
        Index(
            "ix_sealed_record_learning",
            "organisation_id",
            "compartment_id",
            sqlite_where=text("kind = 'learning'"),
            postgresql_where=text("kind = 'learning'"),
        ),
    )

    compartment_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-15)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-10)
    kind: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int]
    key_version: Mapped[int]
    body: Mapped[bytes]


class SeenState(Owned, Base):
    """Per guardian: the counter last seen of every compartment they opened, as one sealed blob."""

    __tablename__ = "seen_state"
    __table_args__ = table_args()

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    body: Mapped[bytes]
