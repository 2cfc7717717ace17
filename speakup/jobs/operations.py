"""Deferring work inside the transaction that causes it."""

import uuid
from collections.abc import Collection

from sqlalchemy import delete, update

from speakup.jobs.models import Job, OutboxRow
from speakup.kernel.actor import ActorKind
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork


def defer(uow: UnitOfWork, job: Job, subject_id: uuid.UUID) -> uuid.UUID:
    """Write the job beside its cause: both are committed, or neither. Returns the row's id, under which it runs once.

    A reporter's act defers nothing, since a row here would tell when they wrote; the one exception is
    `URGENT_MAIL`, which the risk page announces before anything is sent.
    """
    if uow.actor.kind in {ActorKind.REPORTER, ActorKind.VISITOR} and job is not Job.URGENT_MAIL:
        raise TypeError(job)
    row = OutboxRow(organisation_id=uow.organisation_id, id=new_id(), job=job, subject_id=subject_id)
    uow.session.add(row)
    return row.id


def withdraw(uow: UnitOfWork, job: Job, subject_id: uuid.UUID) -> None:
    """Take back what was deferred and is not done yet, because somebody has done it in another way."""
    uow.session.flush()
    uow.session.execute(
        delete(OutboxRow).where(
            OutboxRow.organisation_id == uow.organisation_id,
            OutboxRow.job == job,
            OutboxRow.subject_id == subject_id,
        )
    )


def mark_handed_over(uow: UnitOfWork, row_ids: Collection[uuid.UUID]) -> None:
    """Remember that the job process has these rows now. They stay until their work is done."""
    uow.session.execute(
        update(OutboxRow)
        .where(OutboxRow.organisation_id == uow.organisation_id, OutboxRow.id.in_(row_ids))
        .values(handed_over=True)
    )


def hand_over_again(uow: UnitOfWork) -> None:
    """Forget what the job process was given; a row it still knows is not done twice, as its id is the same."""
    uow.session.execute(
        update(OutboxRow).where(OutboxRow.organisation_id == uow.organisation_id).values(handed_over=False)
    )


def finish(uow: UnitOfWork, row_ids: Collection[uuid.UUID]) -> None:
    """Delete the rows of work that is done: what stands in the outbox is still to do."""
    uow.session.execute(
        delete(OutboxRow).where(OutboxRow.organisation_id == uow.organisation_id, OutboxRow.id.in_(row_ids))
    )
