"""Routing rules as an administrator drafts them. What is in effect stands in the key log, under a guardian's key."""

import uuid

from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.db import Base, OwnedById, table_args


class DraftRule(OwnedById, Base):
    """One sentence of the draft: concerns from there go to this guardian, with that cover."""

    __tablename__ = "routing_draft"
    __table_args__ = table_args()

    position: Mapped[int] = mapped_column()
    directorate_id: Mapped[uuid.UUID | None]
    site_id: Mapped[uuid.UUID | None]
    primary_id: Mapped[uuid.UUID]
    cover_id: Mapped[uuid.UUID | None]
