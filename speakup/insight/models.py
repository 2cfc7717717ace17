"""What is counted. A row has nothing that leads to a person or a case: no pointer, no day, no order."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.db import Base, Choice, Owned, OwnedById, table_args


class Counted(StrEnum):
    """What an answer is counted for."""

    HEARD = "heard"
    """Who is heard, by quarter."""
    DETRIMENT = "detriment"
    """Who says that they suffered for speaking up, by year: those of one quarter are too few to stand together."""


class CharacteristicAnswer(OwnedById, Base):
    """One answer that one person gave to one question about themselves, apart from all their others."""

    __tablename__ = "characteristic_answer"
    __table_args__ = table_args()

    period: Mapped[str] = mapped_column(String(10))
    """The financial quarter in which it was given, as 2026-27/Q2; of what is counted by year, as 2026-27."""
    counted: Mapped[Counted] = mapped_column(Choice(Counted))
    question: Mapped[str] = mapped_column(String(60))
    answer: Mapped[str] = mapped_column(String(60))


class FeedbackCounted(StrEnum):
    """What of feedback is counted."""

    ASKED = "asked"
    """Somebody could answer, or was asked by a guardian: an answer is one of so many."""
    RECEIVED = "received"


class Feedback(OwnedById, Base):
    """That somebody was asked whether they would speak up again, or what they answered, in one quarter.

    The answer's id lies sealed with the person's words, so that they can change it; from here nothing leads there.
    """

    __tablename__ = "feedback"
    __table_args__ = table_args()

    period: Mapped[str] = mapped_column(String(10))
    """The financial quarter in which it was received, whenever the case was raised or closed."""
    counted: Mapped[FeedbackCounted] = mapped_column(Choice(FeedbackCounted))
    again: Mapped[str] = mapped_column(String(60))
    """The answer's key in its list; empty where somebody was asked."""


class Edition(StrEnum):
    """Whether a row still holds. One of a closed quarter is never changed otherwise."""

    KEPT = "kept"
    BEFORE = "before"
    """The case was coded anew after its quarter had closed: this is how it was counted first."""
    AFTER = "after"
    """How it is to be counted in the yearly restatement."""


class Fact(OwnedById, Base):
    """One case as it is counted: no reference, no day, no order. Which case it is lies sealed in that case alone."""

    __tablename__ = "fact"
    __table_args__ = table_args(Index(None, "organisation_id", "counts_in"))

    raised: Mapped[str] = mapped_column(String(10))
    """The financial quarter it was raised in, as 2026-27/Q2: what the national return counts by."""
    counts_in: Mapped[str] = mapped_column(String(10))
    """The same, or the first quarter that was still open when it became known."""
    continues: Mapped[bool]
    """It goes on from another case of the same person and counts as one with it: nobody counts this row, and so every
    row that is counted is of a person of its own. From which case it goes on is sealed, and stands in no row.
    """
    elements: Mapped[str] = mapped_column(String(400))
    """Keys of elements but the one of detriment, in alphabetical order, joined with "+"; empty for none."""
    detriment: Mapped[bool]
    directorate_id: Mapped[uuid.UUID | None]
    """None where the person named none, or so small a one that it is sealed."""
    site_id: Mapped[uuid.UUID | None]
    how: Mapped[str] = mapped_column(String(40))
    """As it was raised, for good."""
    acknowledged_in_time: Mapped[bool | None]
    """None while it was not, and need not yet have been."""
    edition: Mapped[Edition] = mapped_column(Choice(Edition))


class GroupFact(OwnedById, Base):
    """From which worker group a case came, apart from all else about it.

    A fact is easily matched to its case. Beside it, or in a table that held only small groups, a group would be too.
    A case that goes on from another has none.
    """

    __tablename__ = "fact_group"
    __table_args__ = table_args(Index(None, "organisation_id", "counts_in"))

    raised: Mapped[str] = mapped_column(String(10))
    counts_in: Mapped[str] = mapped_column(String(10))
    worker_group: Mapped[str] = mapped_column(String(60))
    edition: Mapped[Edition] = mapped_column(Choice(Edition))
    """Of the group alone: of a case that was otherwise coded anew, it is kept."""
    moved: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It once stood in the fact, and no case knows yet that this row is its own."""


class ThemeFact(OwnedById, Base):
    """That a case had one of the local themes, apart from all else about it.

    Themes stand in clear nowhere beside a case. Beside its fact they would say more of it than anything else does.
    """

    __tablename__ = "fact_theme"
    __table_args__ = table_args(Index(None, "organisation_id", "counts_in"))

    counts_in: Mapped[str] = mapped_column(String(10))
    person: Mapped[uuid.UUID]
    """A random token for the case, and not the one of its fact."""
    theme: Mapped[str] = mapped_column(String(60))
    edition: Mapped[Edition] = mapped_column(Choice(Edition))


class ClosingFact(OwnedById, Base):
    """That a case was closed, in the quarter it was closed in, and about how long it had taken."""

    __tablename__ = "fact_closing"
    __table_args__ = table_args(Index(None, "organisation_id", "counts_in"))

    counts_in: Mapped[str] = mapped_column(String(10))
    took: Mapped[str] = mapped_column(String(10))
    """A band of working days: a key of `rules.BANDS`."""


class Quarter(Owned, Base):
    """A quarter that has facts, or is closed. Once closed, its rows are as they were hashed."""

    __tablename__ = "quarter"
    __table_args__ = table_args()

    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    closed_on: Mapped[date | None]
    snapshot: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """Hash of its rows as first counted; empty while it is open."""
    published: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Something was published of it: nothing is brought in to it any more."""
    restated: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its restatement was published: what is coded anew after that changes nothing here."""


class Measured(StrEnum):
    """By what staff are counted, and groups are made larger."""

    ALL = "all"
    WORKER_GROUP = "worker_group"
    DIRECTORATE = "directorate"
    SITE = "site"


class Headcount(OwnedById, Base):
    """How many people worked in a group on a day, and who says so. A correction takes its place."""

    __tablename__ = "headcount"
    __table_args__ = table_args(UniqueConstraint("organisation_id", "dimension", "key", "as_of"))

    dimension: Mapped[Measured] = mapped_column(Choice(Measured))
    key: Mapped[str] = mapped_column(String(110))
    """Of the group: a key of the list, or an id; empty for everybody."""
    as_of: Mapped[date]
    count: Mapped[int]
    source: Mapped[str] = mapped_column(String(200))


class Grouping(Owned, Base):
    """To which larger group a group belongs on one rung of its ladder; rung 0 is the group itself."""

    __tablename__ = "grouping"
    __table_args__ = table_args()

    dimension: Mapped[Measured] = mapped_column(Choice(Measured), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    rung: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(String(120))


class ReturnedLine(Owned, Base):
    """One number of one national return as it was signed off. Exact, known outside, and never changed.

    Whoever protects figures counts it as known to every reader: what is equal to it needs no protection, and what it
    tells of other figures does.
    """

    __tablename__ = "returned_line"
    __table_args__ = table_args()

    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    """The quarter in which the cases were raised, or the feedback came, as 2026-27/Q2."""
    number: Mapped[int] = mapped_column(primary_key=True)
    """Of the signing off, from 1 within the quarter."""
    line: Mapped[str] = mapped_column(String(20), primary_key=True)
    label: Mapped[str]
    counts: Mapped[str] = mapped_column(String(60))
    """What it counts, by the word `returns.Counts` has for it: cases, raised anonymously, element, worker group…"""
    key: Mapped[str] = mapped_column(String(60))
    """The national code it counts; empty where it counts all."""
    codes: Mapped[str]
    """The organisation's own keys that counted as it, sorted and joined by "+"."""
    count: Mapped[int]
    signed_on: Mapped[date]
