"""Figures that stand beside what is published, and what board members asked. All of it in clear: none is of a case."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Dialect, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from speakup.kernel.db import Base, Choice, OwnedById, table_args


class Indicator(StrEnum):
    """What a figure beside the published ones is of. The survey's items are named by what they ask: numbers move."""

    SUB_SCORE = "survey: raising concerns"
    CLINICAL_SECURE = "survey: secure about clinical practice"
    CLINICAL_ADDRESSED = "survey: clinical concern addressed"
    SAFE = "survey: safe to speak up"
    ADDRESSED = "survey: concern addressed"
    SICKNESS = "sickness"
    TURNOVER = "turnover"
    GRIEVANCES = "grievances"
    INCIDENTS = "incidents"
    OTHER = "other"


class Unit(StrEnum):
    """What a figure counts in."""

    PERCENT = "percent"
    OUT_OF_TEN = "out of ten"
    NUMBER = "number"
    PER_STAFF = "per 1,000 staff"
    PER_BED_DAYS = "per 1,000 bed days"


class _Figured(TypeDecorator[Decimal]):
    """A number as it was written: 6.40 is not 6.4 to whoever published it."""

    impl = String(30)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class ContextFigure(OwnedById, Base):
    """One figure of the whole organisation from another source: a survey, the staff record, the incident system."""

    __tablename__ = "context_figure"
    __table_args__ = table_args(Index(None, "organisation_id", "as_of"))

    revision: Mapped[int] = mapped_column(default=1)
    indicator: Mapped[Indicator] = mapped_column(Choice(Indicator))
    name: Mapped[str]
    """Its own, where the indicator is another; else empty."""
    value: Mapped[Decimal] = mapped_column(_Figured())
    unit: Mapped[Unit] = mapped_column(Choice(Unit))
    source: Mapped[str]
    as_of: Mapped[date]
    kept_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    kept_at: Mapped[datetime]


class BoardQuestion(OwnedById, Base):
    """What a member of the board asked the guardians about what is published, and what they answered."""

    __tablename__ = "board_question"
    __table_args__ = table_args(Index(None, "organisation_id", "asked_on"))

    publication: Mapped[str] = mapped_column(String(30))
    """The reference of what it is about; empty where it is about none."""
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    asked_on: Mapped[date]
    question: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    """Of the answer."""
    answer: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_on: Mapped[date | None]
    read_by: Mapped[uuid.UUID | None]
    """The second person who read the answer as it stands."""
    read_on: Mapped[date | None]
    """From then on the board can read the answer."""

    @property
    def is_open(self) -> bool:
        """Whether the board can read the answer."""
        return self.read_on is not None
