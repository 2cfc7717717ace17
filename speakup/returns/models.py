"""The return of one quarter, what was signed off of it and when, and what the collection calls its lines."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.db import Base, Choice, OwnedById, table_args
from speakup.vocabulary import Certainty


class ReturnState(StrEnum):
    """Where a quarter's return stands."""

    DRAFT = "draft"
    CHECKED = "checked"
    """Somebody went through the checks, and nothing that stops it was found."""
    SUBMITTED = "submitted"
    RESUBMITTED = "resubmitted"
    NIL = "nil"
    """Submitted, and there was no case."""


class NationalReturn(OwnedById, Base):
    """What is written for one quarter beside its figures. The figures are counted each time they are looked at.

    Its words stand in clear: they are written for whoever collects the return.
    """

    __tablename__ = "national_return"
    __table_args__ = table_args(UniqueConstraint("organisation_id", "period"))

    period: Mapped[str] = mapped_column(String(10))
    """The quarter, as 2026-27/Q2."""
    state: Mapped[ReturnState] = mapped_column(Choice(ReturnState))
    revision: Mapped[int]
    """Of what is written here, for two who write at once."""
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    """The last day on which it is taken, as the collection told this organisation."""
    themes: Mapped[str]
    learning: Mapped[str]
    comments: Mapped[str]
    checked: Mapped[str] = mapped_column(String(64))
    """A digest of the figures and words that the checks were gone through with; empty where they were not."""
    submissions: Mapped[int]
    """How often it was signed off."""
    submitted_at: Mapped[datetime | None]
    """When last."""


class ReturnSubmission(OwnedById, Base):
    """One signing off of one return: who, when, in which words. Its figures are rows of `insight.ReturnedLine`.

    Never changed: what was wrong is put right by the next one.
    """

    __tablename__ = "return_submission"
    __table_args__ = table_args(
        ForeignKeyConstraint(
            ["organisation_id", "return_id"], ["national_return.organisation_id", "national_return.id"]
        ),
        UniqueConstraint("organisation_id", "return_id", "number"),
    )

    return_id: Mapped[uuid.UUID]
    number: Mapped[int]
    """From 1, in the order in which they were signed off."""
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    collector: Mapped[str]
    """To whom it went."""
    nil: Mapped[bool]
    themes: Mapped[str]
    learning: Mapped[str]
    comments: Mapped[str]


class ReturnWording(OwnedById, Base):
    """What the collection calls a line from one day on, where this organisation knows better than what is shipped.

    Of two that begin on one day the one written later holds. None is ever changed.
    """

    __tablename__ = "return_wording"
    __table_args__ = table_args()

    line: Mapped[str] = mapped_column(String(60))
    """`Line.worded_as`, as R1 or R8.students; or `COLLECTOR`, for who collects the return."""
    valid_from: Mapped[date]
    text: Mapped[str]
    source: Mapped[str]
    certainty: Mapped[Certainty] = mapped_column(Choice(Certainty))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
