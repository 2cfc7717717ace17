"""Routing rules as an administrator drafts them. What is in effect stands in the key log, under a guardian's key."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, text
from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.db import Base, Choice, Owned, OwnedById, table_args
from speakup.routing.rules import Subject


class Draft(Owned, Base):
    """That there is a draft, who works on it, and whether it waits for a guardian. One for each organisation."""

    __tablename__ = "routing_proposal"
    __table_args__ = table_args()

    begun_by: Mapped[uuid.UUID | None]
    """None for the command line."""
    begun_at: Mapped[datetime]
    submitted_by: Mapped[uuid.UUID | None]
    submitted_at: Mapped[datetime | None]
    """Since when it waits for a guardian; None while it is written."""
    sent_back_by: Mapped[uuid.UUID | None]
    sent_back_at: Mapped[datetime | None]
    """When a guardian gave it back to be changed, until it is submitted again."""
    marked: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """The list of executives as it would be: see `accounts.Marked`."""


class DraftRule(OwnedById, Base):
    """One sentence of the draft: concerns from there go to this guardian, with that cover."""

    __tablename__ = "routing_draft"
    __table_args__ = table_args()

    position: Mapped[int] = mapped_column()
    directorate_id: Mapped[uuid.UUID | None]
    site_id: Mapped[uuid.UUID | None]
    primary_id: Mapped[uuid.UUID]
    cover_id: Mapped[uuid.UUID | None]
    others: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    """Ids of those who share the load with the primary."""
    worker_group: Mapped[str | None] = mapped_column(String(60))
    languages: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    subject: Mapped[Subject | None] = mapped_column(Choice(Subject))
