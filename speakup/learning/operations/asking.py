"""That a guardian has somebody to tell. Called by whatever reads the sealed links, and says nothing of them."""

import uuid

from sqlalchemy import select

from speakup import policy
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import LearningAction, LearningAsked
from speakup.policy import Permission


def hold_asking(uow: UnitOfWork, action_id: uuid.UUID) -> None:
    """Let nobody else ask or be let off until this unit of work is over. Taken after keys of cases, never before.

    `IntegrityFault` for an action that is gone: actions are never deleted.
    """
    uow.session.flush()
    held = select(LearningAction.id).where(
        LearningAction.organisation_id == uow.organisation_id, LearningAction.id == action_id
    )
    if uow.session.scalar(held.with_for_update(key_share=True)) is None:
        raise IntegrityFault(action_id, "learning")


def ask_to_tell(uow: UnitOfWork, action_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Ask a guardian to tell whoever they heard it from; once is enough, however many there are."""
    policy.require(uow.actor, Permission.CASE_LEARN)
    hold_asking(uow, action_id)
    if uow.session.get(LearningAsked, (uow.organisation_id, action_id, person_id)) is None:
        row = LearningAsked(organisation_id=uow.organisation_id, action_id=action_id, person_id=person_id)
        uow.session.add(row)


def stop_asking(uow: UnitOfWork, action_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Ask them no more: everybody they could tell knows, or is theirs no longer."""
    policy.require(uow.actor, Permission.CASE_LEARN)
    hold_asking(uow, action_id)
    row = uow.session.get(LearningAsked, (uow.organisation_id, action_id, person_id))
    if row is not None:
        uow.session.delete(row)
