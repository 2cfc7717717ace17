"""What stands in the outbox: work still to do."""

import uuid

from sqlalchemy import select

from speakup.jobs.models import OutboxRow
from speakup.kernel.uow import UnitOfWork


def to_hand_over(uow: UnitOfWork) -> list[OutboxRow]:
    """List the rows that the job process has not been given yet."""
    query = select(OutboxRow).where(OutboxRow.organisation_id == uow.organisation_id, OutboxRow.handed_over.is_(False))
    return list(uow.session.scalars(query.order_by(OutboxRow.id)))


def find_row(uow: UnitOfWork, row_id: uuid.UUID) -> OutboxRow | None:
    """Return a row by its id; None once its work is done or was taken back."""
    return uow.session.get(OutboxRow, (uow.organisation_id, row_id))


def same_work(uow: UnitOfWork, row: OutboxRow) -> list[OutboxRow]:
    """List every row that asks for the same thing about the same subject, this one included."""
    query = select(OutboxRow).where(
        OutboxRow.organisation_id == uow.organisation_id,
        OutboxRow.job == row.job,
        OutboxRow.subject_id == row.subject_id,
    )
    return list(uow.session.scalars(query))
