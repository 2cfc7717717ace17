"""Publications while they are made, what came out, and the ledger of everything that ever went out.

All of it is written for a board, so it stands in clear. Nothing here leads to a case.
"""

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.db import Base, Choice, OwnedById, table_args
from speakup.papers.pack import Kind


class State(StrEnum):
    """Where a publication stands."""

    DRAFT = "draft"
    CHECKING = "checking"
    CHECKED = "checked"
    WITHHELD = "withheld"
    APPROVED = "approved"
    """By a second person. It stands in the ledger and in the audit chain, and nobody on the board can open it yet."""
    PUBLISHED = "published"


class Publication(OwnedById, Base):
    """One publication while it is made: what was asked for, what was written, and what the check came to."""

    __tablename__ = "publication"
    __table_args__ = table_args(UniqueConstraint("organisation_id", "ref"), Index(None, "organisation_id", "state"))

    ref: Mapped[str] = mapped_column(String(20))
    kind: Mapped[Kind] = mapped_column(Choice(Kind))
    state: Mapped[State] = mapped_column(Choice(State))
    revision: Mapped[int] = mapped_column(default=1)
    """One more each time anything of it changes."""
    quarters: Mapped[list[str]]
    dated: Mapped[date]
    """What stands on it as its day. It is not published before."""
    chosen: Mapped[list[str]]
    """For an answer: which tables. Otherwise empty, and all that the volume allows are shown."""
    rungs: Mapped[dict[str, Any]]
    """By dimension: the finest grouping that may be used, where it is not the finest there is."""
    year_before: Mapped[int | None]
    """How many cases there were in the year before, where those quarters were not counted here."""
    words: Mapped[dict[str, Any]]
    """Cover, texts, stories, recommendations, the references of learning actions: as they were written."""
    writers: Mapped[list[str]]
    """Ids of everybody who wrote something of it. None of them can be the second person."""
    skeleton: Mapped[bytes | None]
    """What it was when it was sent to be checked: the pack without a figure."""
    rounds: Mapped[int] = mapped_column(default=0)
    claims: Mapped[int] = mapped_column(default=0)
    """How far the check has come."""
    withheld: Mapped[str] = mapped_column(String(40), default="")
    """Why nothing can be published; a value of `disclosure.Reason`, or of `Refusal`."""
    pack: Mapped[bytes | None]
    digest: Mapped[str] = mapped_column(String(64), default="")
    releases: Mapped[dict[str, Any]]
    """By population: what the ledger is to keep."""
    workings: Mapped[dict[str, Any]]
    """For whoever prepares and approves: why cells are masked, and what the attack came to."""
    ledger_mark: Mapped[str] = mapped_column(String(64), default="")
    """What the ledger was when it was checked. Approved against another it would not have been checked."""
    checked_on: Mapped[date | None]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_on: Mapped[date | None]
    signature: Mapped[bytes | None]


class Refusal(StrEnum):
    """Why a check was not even begun; beside `disclosure.Reason`."""

    NO_STAFF = "no staff"
    """Nobody has entered how many people work here."""
    OPEN = "open"
    """A quarter of it is not closed."""
    FAULT = "fault"
    """The ledger, or a publication that charts are drawn from, is not as the audit chain knows it."""


class LedgerRelease(OwnedById, Base):
    """What one publication lets anybody know. Its id is made of its bytes, and stands in the audit chain.

    Never changed or deleted.
    """

    __tablename__ = "ledger_release"
    __table_args__ = table_args(
        ForeignKeyConstraint(["organisation_id", "publication_id"], ["publication.organisation_id", "publication.id"]),
        UniqueConstraint("organisation_id", "population", "number"),
    )

    population: Mapped[str] = mapped_column(String(80))
    """The name `insight` gives it. Each has rows, a ledger and an attack of its own; nothing ties one to another."""
    number: Mapped[int]
    publication_id: Mapped[uuid.UUID]
    entered_on: Mapped[date]
    entered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    body: Mapped[bytes]


class PublishedPack(OwnedById, Base):
    """What a board can open. Never changed or deleted. Whoever shows it needs no other table of a publication."""

    __tablename__ = "published_pack"
    __table_args__ = table_args(UniqueConstraint("organisation_id", "ref"))

    ref: Mapped[str] = mapped_column(String(20))
    kind: Mapped[Kind] = mapped_column(Choice(Kind))
    period: Mapped[str]
    ends: Mapped[date]
    published_on: Mapped[date]
    digest: Mapped[str] = mapped_column(String(64))
    pack: Mapped[bytes]
    approved_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    signature: Mapped[bytes]


class ChartDecision(OwnedById, Base):
    """A recorded decision that charts begin anew with a quarter. Never changed or deleted."""

    __tablename__ = "chart_decision"
    __table_args__ = table_args(UniqueConstraint("organisation_id", "quarter"))

    quarter: Mapped[str] = mapped_column(String(10))
    """As 2026-27/Q2."""
    why: Mapped[str]
    """What is different from then on: the board reads it."""
    decision: Mapped[str]
    """Who decided, and where it is written down."""
    decided_on: Mapped[date]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


class ThresholdDecision(OwnedById, Base):
    """A recorded decision about thresholds; the last one holds. Never changed or deleted."""

    __tablename__ = "threshold_decision"
    __table_args__ = table_args(UniqueConstraint("organisation_id", "number"))

    number: Mapped[int]
    groups: Mapped[int]
    trust_wide: Mapped[int]
    least_staff: Mapped[int]
    decision: Mapped[str]
    """Who decided and where it is written down; may be empty where the thresholds are those of the method."""
    decided_on: Mapped[date]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
