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
    THEME = "theme"
    RELATIONSHIP = "worker relationship"
    SENIORITY = "seniority"
    SERVICE = "length of service"
    PRIOR_ROUTE = "prior route"
    SUPPORT = "support offered"
    WANT = "want"
    RISK = "risk"
    QUALIFYING = "qualifying disclosure"
    QUALIFYING_HEADING = "qualifying disclosure heading"
    DETRIMENT_FORM = "detriment form"
    DETRIMENT_SOURCE = "detriment source"
    SPOKEN_UP_TO = "spoken up to"
    ESCALATION = "escalation"
    DISCLOSURE_BASIS = "disclosure basis"
    FEEDBACK = "feedback"
    CHARACTERISTIC = "characteristic"
    """The questions; the answers to each are a set of their own, named in `rules.ANSWERS`."""
    AGE = "age band"
    SEX = "sex"
    GENDER_IDENTITY = "gender same as at birth"
    ETHNICITY = "ethnicity"
    DISABILITY = "disability"
    RELIGION = "religion or belief"
    ORIENTATION = "sexual orientation"
    PREGNANCY = "pregnancy or maternity"
    MARRIAGE = "marriage or civil partnership"
    OVERSEAS_TRAINED = "trained overseas"
    WORKING_PATTERN = "working pattern"


class Certainty(StrEnum):
    """How sure the source of a label is."""

    CONFIRMED = "confirmed"
    UNVERIFIED = "unverified"


class Code(Owned, Base):
    """One name of one entry of one list, valid between two dates. A case keeps the code it was given.

    A code that is renamed has one row for each name, one after the other, all with its key.
    """

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
    national_set: Mapped[str] = mapped_column(String(60), default="")
    """The version of the national list that `national_key` is from."""
    national_key: Mapped[str] = mapped_column(String(60), default="")
    """What this code counts as in the national return; its own key for a national code, empty for no such thing."""

    @property
    def is_national(self) -> bool:
        """Whether the national list itself has this code, so that nobody here may change it."""
        return bool(self.national_key) and self.national_key == self.key


class CodeSetVersion(Owned, Base):
    """From which day on a list was the one of this name; counts before and after are not to be compared unseen."""

    __tablename__ = "code_set_version"
    __table_args__ = table_args()

    set: Mapped[CodeSet] = mapped_column(Choice(CodeSet), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    source: Mapped[str]
    certainty: Mapped[Certainty] = mapped_column(Choice(Certainty))
