"""The outbox: work that was decided in a transaction and is done after it."""

import uuid
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.db import Base, Choice, OwnedById


class Job(StrEnum):
    """Every kind of deferred work. A job knows ids only; what it may read it reads when it runs."""

    ACTION_MAIL = "action mail"
    INVITATION_MAIL = "invitation mail"
    SOMETHING_TO_READ_MAIL = "something to read mail"
    URGENT_MAIL = "urgent mail"
    KEY_WARNING_MAIL = "key warning mail"
    PUBLICATION_CHECK = "publication check"
    WRONG_CODES_MAIL = "wrong codes mail"
    YEARS_CARRIED = "published years carried"


class OutboxRow(OwnedById, Base):
    """One piece of work: what, and about which row or person. Never when, and never content."""

    __tablename__ = "outbox"

    job: Mapped[Job] = mapped_column(Choice(Job))
    subject_id: Mapped[uuid.UUID]
    handed_over: Mapped[bool] = mapped_column(default=False)
