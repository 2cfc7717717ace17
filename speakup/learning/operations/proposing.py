"""Proposing an action, and writing its words anew."""

import uuid
from dataclasses import dataclass

from speakup import organisations, policy, vocabulary
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.ids import new_id, new_reference
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import Act, ActionState, EventKind, LearningAction, Priority
from speakup.learning.moves import EFFECTS
from speakup.learning.operations.moving import note, permit
from speakup.learning.rules import TEXT_LIMIT, TITLE_LIMIT, fault, month_of
from speakup.vocabulary import CodeSet

PREFIX = "LA"
"""What references of actions begin with."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What an action says."""

    title: str
    issue: str
    change: str
    priority: Priority = Priority.MEDIUM
    theme: str | None = None
    directorate_id: uuid.UUID | None = None


def propose_action(uow: UnitOfWork, wording: Wording) -> LearningAction:
    """Write down what is to change. Nobody outside the guardians sees it until it is agreed."""
    policy.require(uow.actor, EFFECTS[Act.PROPOSE].may)
    action = LearningAction(
        organisation_id=uow.organisation_id,
        id=new_id(),
        ref=new_reference(PREFIX),
        revision=1,
        state=ActionState.PROPOSED,
        author_id=uow.actor.person_id,
        proposed_month=month_of(uow.today),
    )
    _write(uow, action, wording)
    uow.session.add(action)
    note(uow, action, EventKind.MOVED, act=Act.PROPOSE)
    return action


def revise_action(uow: UnitOfWork, action: LearningAction, wording: Wording, revision: int) -> LearningAction:
    """Write its words anew, if they are still those that were read as `revision`.

    What they were is kept nowhere: a name that should not have stood there is gone.
    """
    permit(uow, action, Act.REVISE)
    if action.revision != revision:
        raise Conflict(action.ref)
    _write(uow, action, wording)
    action.revision += 1
    note(uow, action, EventKind.REVISED)
    return action


def check_wording(wording: Wording) -> None:
    """Raise `Invalid` for a field that is not acceptable; nothing is written."""
    faults = (
        fault("title", wording.title, TITLE_LIMIT),
        fault("issue", wording.issue, TEXT_LIMIT),
        fault("change", wording.change, TEXT_LIMIT),
    )
    wrong = next(filter(None, faults), None)
    if wrong:
        raise Invalid(*wrong)


def _write(uow: UnitOfWork, action: LearningAction, wording: Wording) -> None:
    """Write it, or nothing: what is refused is refused before the first word is written."""
    check_wording(wording)
    theme, directorate_id = _theme(uow, action, wording.theme), _directorate(uow, wording.directorate_id)
    action.title, action.issue, action.change = wording.title.strip(), wording.issue.strip(), wording.change.strip()
    action.priority, action.theme, action.directorate_id = wording.priority, theme, directorate_id


def _theme(uow: UnitOfWork, action: LearningAction, key: str | None) -> str | None:
    """Take a theme that is offered today, or the one it has already."""
    if not key or key == action.theme:
        return key or None
    return vocabulary.require_code(uow, CodeSet.THEME, key)


def _directorate(uow: UnitOfWork, directorate_id: uuid.UUID | None) -> uuid.UUID | None:
    """Take a part of the organisation that has enough people for nobody to be told by it."""
    if directorate_id is None:
        return None
    found = organisations.find_directorate(uow, directorate_id)
    if found.headcount < organisations.here(uow).small_group:
        raise Invalid("directorate", "few people")
    return found.id
