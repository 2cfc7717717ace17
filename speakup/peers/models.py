"""Whom an organisation publishes to, whom it receives from, and copies of what came: each on its own side."""

import uuid
from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.db import Base, Choice, Owned, OwnedById, table_args
from speakup.organisations import Nature


class PublishedTo(Owned, Base):
    """Another organisation to which this one publishes its years. Taken out when it stops."""

    __tablename__ = "published_to"
    __table_args__ = table_args()

    receiver_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    host: Mapped[str]
    """The address it was named by. Nothing is sent once the other no longer answers to it."""
    since: Mapped[date]
    agreed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


class ReceivedFrom(Owned, Base):
    """Another organisation whose years this one takes in. Taken out when it stops."""

    __tablename__ = "received_from"
    __table_args__ = table_args()

    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    host: Mapped[str]
    """The address it was named by. Nothing is taken in once the other no longer answers to it."""
    since: Mapped[date]
    agreed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


class ReceivedYear(OwnedById, Base):
    """A copy of what an organisation published of one year: another's, or its own, so that all come one way.

    Its id is made of its bytes, and stands in the audit chain. Never changed or deleted.
    """

    __tablename__ = "received_year"
    __table_args__ = table_args(UniqueConstraint("organisation_id", "provider_id", "number"))

    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[int]
    """Of the copies from one provider, from 1 on."""
    ref: Mapped[str] = mapped_column(String(20))
    """The publication's own, there."""
    year: Mapped[str] = mapped_column(String(10))
    nature: Mapped[Nature | None] = mapped_column(Choice(Nature))
    staff: Mapped[int | None]
    """How many people worked there on a day of that year; none where nobody entered it."""
    staff_on: Mapped[date | None]
    received_on: Mapped[date]
    pack: Mapped[bytes]
    """What crosses of the publication, as `papers.written` writes it."""
