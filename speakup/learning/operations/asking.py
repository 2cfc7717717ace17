"""That a guardian has somebody to tell. Called by whatever reads the sealed links, and says nothing of them."""

import uuid

from speakup import policy
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import LearningAsked
from speakup.policy import Permission


def ask_to_tell(uow: UnitOfWork, action_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Ask a guardian to tell whoever they heard it from; once is enough, however many there are."""
    policy.require(uow.actor, Permission.CASE_LEARN)
    uow.session.flush()
    if uow.session.get(LearningAsked, (uow.organisation_id, action_id, person_id)) is None:
        row = LearningAsked(organisation_id=uow.organisation_id, action_id=action_id, person_id=person_id)
        uow.session.add(row)


def stop_asking(uow: UnitOfWork, action_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Ask them no more: everybody they could tell knows, or is theirs no longer."""
    policy.require(uow.actor, Permission.CASE_LEARN)
    uow.session.flush()
    row = uow.session.get(LearningAsked, (uow.organisation_id, action_id, person_id))
    if row is not None:
        uow.session.delete(row)
