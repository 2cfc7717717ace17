"""Making a move of the table: who may, what it needs, and the line it leaves in the history."""

from collections.abc import Collection

from sqlalchemy import func, select

from speakup import audit, policy
from speakup.audit import Event
from speakup.kernel.actor import Actor
from speakup.kernel.errors import Conflict, Forbidden
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import Act, ActionState, EventKind, LearningAction, LearningEvent
from speakup.learning.moves import EFFECTS, Move, find_move
from speakup.learning.needs import NotYet, missing
from speakup.learning.rules import Missing, month_of
from speakup.policy import Permission


def may_act(actor: Actor, action: LearningAction, act: Act) -> bool:
    """Say whether this person may do this to this action, whatever it still needs."""
    if find_move(action.state, act) is None:
        return False
    return _is_allowed(actor, action, act)


def permit(uow: UnitOfWork, action: LearningAction, act: Act) -> Move:
    """Raise `Forbidden` for whoever may not do this, and `Conflict` where the table says nothing of it.

    The action is held until the unit of work is over, so that two people cannot both do it.
    """
    uow.session.flush()
    uow.session.refresh(action, with_for_update=True)
    if not _is_allowed(uow.actor, action, act):
        raise Forbidden(act)
    found = find_move(action.state, act)
    if found is None:
        raise Conflict(action.ref)
    return found


def move(uow: UnitOfWork, action: LearningAction, act: Act, brings: Collection[Missing] = ()) -> Move:
    """Do to an action what the table says of this act; `NotYet` where it lacks something the caller does not bring.

    Nothing is changed before all is checked. The caller notes it.
    """
    found = permit(uow, action, act)
    lacking = missing(uow, action, act) - frozenset(brings)
    if lacking:
        raise NotYet(lacking)
    action.state = found.new
    return found


def note(
    uow: UnitOfWork,
    action: LearningAction,
    kind: EventKind,
    text: str = "",
    *,
    act: Act | None = None,
    guardians_only: bool = False,
) -> LearningEvent:
    """Add a line to the history, and an entry to the audit chain."""
    uow.session.flush()
    newest = uow.session.scalar(
        select(func.max(LearningEvent.number)).where(
            LearningEvent.organisation_id == action.organisation_id, LearningEvent.action_id == action.id
        )
    )
    event = LearningEvent(
        organisation_id=action.organisation_id,
        id=new_id(),
        action_id=action.id,
        number=(newest or 0) + 1,
        kind=kind,
        act=act,
        by_id=uow.actor.person_id,
        day=uow.today if action.agreed_on else month_of(uow.today),
        text=text.strip(),
        guardians_only=guardians_only,
    )
    uow.session.add(event)
    if action.agreed_on:
        action.last_update_on = uow.today
    audit.record(uow, _AUDITED.get(kind, Event.LEARNING_KEPT), action.id)
    return event


_AUDITED = {EventKind.MOVED: Event.LEARNING_MOVED}


def _is_allowed(actor: Actor, action: LearningAction, act: Act) -> bool:
    effect = EFFECTS[act]
    if policy.allows(actor, effect.may, action):
        return True
    return (
        effect.owner_may
        and policy.allows(actor, Permission.LEARNING_OWN, action)
        and action.owner_id is not None
        and action.owner_id == actor.id
    )


def is_open(action: LearningAction) -> bool:
    """Say whether anything is still to be done about it."""
    return action.state not in {ActionState.CLOSED, ActionState.NOT_TAKEN}
