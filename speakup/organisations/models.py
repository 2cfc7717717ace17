"""Organisations, the names they answer to, their sites and directorates, and what they have settled."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.db import Base, Choice, OwnedById, table_args
from speakup.organisations.rules import NEUTRAL


class Country(StrEnum):
    """Whose bank holidays count."""

    ENGLAND = "ENG"
    WALES = "WLS"


class Nature(StrEnum):
    """What sort of organisation one is, so that like can be held against like."""

    ACUTE = "acute"
    AMBULANCE = "ambulance"
    COMMUNITY = "community"
    MENTAL_HEALTH = "mental health"
    COMBINED = "combined"
    BOARD = "integrated care board"
    PRIMARY_CARE = "primary care"
    INDEPENDENT = "independent"
    OTHER = "other"


class Organisation(Base):
    """One trust. A named exception to organisation-first keys: it *is* the organisation."""

    __tablename__ = "organisation"
    __table_args__ = table_args()

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[Country] = mapped_column(Choice(Country), default=Country.ENGLAND)
    nature: Mapped[Nature | None] = mapped_column(Choice(Nature))
    """None until somebody says so."""
    guardian_phone: Mapped[str] = mapped_column(default="")
    guardian_hours: Mapped[str] = mapped_column(default="")
    next_look_hours: Mapped[str] = mapped_column(default="8 9 10 11 12 13 14 15 16 17 18")
    """Hours of a working day, London time, at which new concerns are announced to guardians."""
    first_look_hour: Mapped[int] = mapped_column(default=9)
    leave_address: Mapped[str] = mapped_column(default=NEUTRAL)
    """Where "leave this page" goes: ordinary, and saying nothing."""
    staff_mail_domains: Mapped[str] = mapped_column(default="")
    """Space-separated domains of work addresses, which a notice is never sent to."""
    acknowledge_days: Mapped[int] = mapped_column(default=2)
    """Working days, as the next three: within which a person gets a first answer."""
    conversation_days: Mapped[int] = mapped_column(default=5, server_default="5")
    """Within which a guardian speaks with them."""
    update_days: Mapped[int] = mapped_column(default=20, server_default="20")
    """Within which they hear again, every time."""
    review_days: Mapped[int] = mapped_column(default=60, server_default="60")
    """Within which a guardian looks over the whole case, every time."""
    file_count_limit: Mapped[int] = mapped_column(default=10)
    file_size_limit: Mapped[int] = mapped_column(default=25 * 1024 * 1024)
    """Bytes."""
    small_group: Mapped[int] = mapped_column(default=30)
    """A workplace or staff group with fewer people is kept sealed only."""
    quarter_closes_after: Mapped[int] = mapped_column(default=28, server_default="28")
    """Days after its end on which a quarter's figures are closed for good; never before four weeks."""
    intake_stopped: Mapped[bool] = mapped_column(default=False)
    logo_file: Mapped[str] = mapped_column(default="")
    privacy_contact: Mapped[str] = mapped_column(default="")


class ClockChange(OwnedById, Base):
    """A change of how long the clocks run, as they ran from then on. Never changed or deleted."""

    __tablename__ = "clock_change"
    __table_args__ = table_args(Index(None, "organisation_id", "changed_at"))

    changed_at: Mapped[datetime]
    changed_by: Mapped[uuid.UUID | None]
    """None for the command line."""
    acknowledge_days: Mapped[int]
    conversation_days: Mapped[int]
    update_days: Mapped[int]
    review_days: Mapped[int]


class HostName(Base):
    """A host name, with its port where it has one, and whose it is. Global: looked up before anything is known."""

    __tablename__ = "host_name"
    __table_args__ = table_args()

    host: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))


class Site(OwnedById, Base):
    """A place of work, with the numbers for danger now; dated, never deleted."""

    __tablename__ = "site"
    __table_args__ = table_args(Index(None, "organisation_id", "name"))

    name: Mapped[str]
    emergency_number: Mapped[str] = mapped_column(default="")
    manager_on_call: Mapped[str] = mapped_column(default="")
    headcount: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Directorate(OwnedById, Base):
    """A part of the organisation; dated, never deleted."""

    __tablename__ = "directorate"
    __table_args__ = table_args(Index(None, "organisation_id", "name"))

    name: Mapped[str]
    headcount: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
