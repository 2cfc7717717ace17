"""What staff were told about an action, and what of it anybody may read."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select

from speakup import policy
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import LearningAction, LearningStatement
from speakup.policy import Permission


@dataclass(frozen=True, slots=True)
class Published:
    """One statement as anybody reads it. The day is not said, only its month."""

    you_said: str
    we_did: str
    month: date
    """The first of the month in which staff were told."""


def statements(uow: UnitOfWork, action: LearningAction) -> list[LearningStatement]:
    """List what staff were told about an action, the first first."""
    policy.require(uow.actor, Permission.LEARNING_OWN, action)
    return list(uow.session.scalars(_of(action).order_by(LearningStatement.told_on, LearningStatement.id)))


def find_statement(uow: UnitOfWork, action: LearningAction, statement_id: uuid.UUID) -> LearningStatement:
    """Return one statement of an action that was found."""
    policy.require(uow.actor, Permission.LEARNING_KEEP, action)
    row = uow.session.scalar(_of(action).where(LearningStatement.id == statement_id))
    if row is None:
        raise NotFound(statement_id)
    return row


def published(uow: UnitOfWork, first: int, most: int) -> list[Published]:
    """List what anybody may read, the newest first: at most so many, from the one at `first`, counted from 0."""
    told = (
        select(LearningStatement.you_said, LearningStatement.we_did, LearningStatement.told_on)
        .where(*_published(uow))
        .order_by(LearningStatement.told_on.desc(), LearningStatement.id)
        .offset(first)
        .limit(most)
    )
    return [Published(said, did, on.replace(day=1)) for said, did, on in uow.session.execute(told)]


def count_published(uow: UnitOfWork) -> int:
    """Count what anybody may read."""
    return uow.session.scalar(select(func.count()).select_from(LearningStatement).where(*_published(uow))) or 0


def _published(uow: UnitOfWork) -> tuple[ColumnElement[bool], ...]:
    return LearningStatement.organisation_id == uow.organisation_id, LearningStatement.published_on.is_not(None)


def _of(action: LearningAction) -> Select[LearningStatement]:
    return select(LearningStatement).where(
        LearningStatement.organisation_id == action.organisation_id, LearningStatement.action_id == action.id
    )
