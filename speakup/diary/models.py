"""The diary. It stands in clear, so it has no room for words: nothing in it could name anybody."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.db import Base, Choice, OwnedById, table_args


class Kind(StrEnum):
    """What somebody spent time on."""

    VISIT = "visit"
    TRAINING_GIVEN = "training given"
    TRAINING_HAD = "training had"
    SUPERVISION = "supervision"
    NETWORK = "network"
    OTHER = "other"


class DiaryEntry(OwnedById, Base):
    """One thing one guardian did on one day."""

    __tablename__ = "diary_entry"
    __table_args__ = table_args(
        ForeignKeyConstraint(["organisation_id", "directorate_id"], ["directorate.organisation_id", "directorate.id"]),
        ForeignKeyConstraint(["organisation_id", "site_id"], ["site.organisation_id", "site.id"]),
        Index(None, "organisation_id", "day"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
    kind: Mapped[Kind] = mapped_column(Choice(Kind))
    quarters: Mapped[int]
    """How long it took, in quarters of an hour."""
    directorate_id: Mapped[uuid.UUID | None]
    site_id: Mapped[uuid.UUID | None]
    groups: Mapped[list[str]]
    """Keys of the worker groups that were reached."""
    people: Mapped[int]
    """About how many people; none where nobody counted."""
    written_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
