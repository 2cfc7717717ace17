"""Dated codes: what a case may be coded with, in words that change over the years."""

from datetime import date
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.db import Base, Choice, Owned, table_args


class CodeSet(StrEnum):
    """Which list a code belongs to."""

    ELEMENT = "element"
    WORKER_GROUP = "worker group"
    HOW_RAISED = "how raised"
    ROUTE = "route"
    OUTCOME = "outcome"


class Certainty(StrEnum):
    """How sure the source of a label is."""

    CONFIRMED = "confirmed"
    UNVERIFIED = "unverified"


class Code(Owned, Base):
    """One entry of one list, valid between two dates. A case keeps the code it was given."""

    __tablename__ = "code"
    __table_args__ = table_args()

    set: Mapped[CodeSet] = mapped_column(Choice(CodeSet), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    name: Mapped[str]
    position: Mapped[int]
    source: Mapped[str]
    certainty: Mapped[Certainty] = mapped_column(Choice(Certainty))
