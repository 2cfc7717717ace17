"""What is counted. A row has nothing that leads to a person or a case: no pointer, no day, no order."""

from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.db import Base, Choice, OwnedById, table_args


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
