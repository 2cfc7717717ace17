"""Which actions exist for whom, in lists and one by one. Lists read columns and nothing else."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from speakup import policy
from speakup.kernel.actor import Actor
from speakup.kernel.db import table_of
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import Act, ActionState, EventKind, LearningAction, LearningAsked, LearningEvent, Priority
from speakup.policy import Permission

ENDED = frozenset({ActionState.CLOSED, ActionState.NOT_TAKEN})
"""Where nothing is due any more."""
DONE = ENDED | {ActionState.IMPLEMENTED, ActionState.CHECKED}
"""Where no due day counts: what was to change has changed, or will not."""

COLUMNS = table_of(LearningAction).c
"""For statements that read columns: asked of the table itself, they take a quarter less than of its class."""

# Built once: putting a statement together takes longer than asking it.
_HISTORY = (
    select(LearningEvent)
    .where(LearningEvent.organisation_id == bindparam("organisation"), LearningEvent.action_id == bindparam("action"))
    .order_by(LearningEvent.number)
)
_RESUMED = (
    _HISTORY.with_only_columns(LearningEvent.number, LearningEvent.day)
    .where(LearningEvent.act == Act.RESUME)
    .order_by(None)
    .order_by(LearningEvent.number.desc())
    .limit(1)
)
_ASKED = select(LearningAsked.person_id).where(
    LearningAsked.organisation_id == bindparam("organisation"), LearningAsked.action_id == bindparam("action")
)
_ASKED_OF = (
    select(LearningAsked.action_id)
    .join(
        LearningAction,
        and_(
            LearningAction.organisation_id == LearningAsked.organisation_id,
            LearningAction.id == LearningAsked.action_id,
        ),
    )
    .where(
        LearningAsked.organisation_id == bindparam("organisation"),
        LearningAsked.person_id == bindparam("person"),
        LearningAction.state.in_(DONE),
    )
)


class ActionLine(NamedTuple):
    """One action as a list shows it. A tuple, because two thousand of them are made in a third of the time."""

    id: uuid.UUID
    ref: str
    state: ActionState
    title: str
    owner_id: uuid.UUID | None
    due_on: date | None
    priority: Priority
    theme: str | None
    directorate_id: uuid.UUID | None
    proposed_month: date
    agreed_on: date | None
    started_on: date | None
    implemented_on: date | None
    checked_on: date | None
    closed_on: date | None
    check_again_on: date | None
    last_update_on: date | None
    question_waiting: bool

    def is_overdue(self, today: date) -> bool:
        """Say whether what was to change by a day has not."""
        return self.due_on is not None and self.due_on < today and self.state not in DONE


@dataclass(frozen=True, slots=True)
class ToldOf:
    """What whoever tells a person of an action has to know of it."""

    id: uuid.UUID
    ref: str
    state: ActionState
    title: str
    change: str

    @property
    def is_known(self) -> bool:
        """Say whether what came of it is known, one way or the other: nobody has been told of it before."""
        return self.state in DONE


_TOLD_OF = tuple(getattr(LearningAction, name) for name in ToldOf.__slots__)
_LINE = tuple(getattr(LearningAction, name) for name in ActionLine._fields)


class Scope(NamedTuple):
    """Which actions somebody may see: of an organisation all, or those of one owner or one author."""

    organisation_id: uuid.UUID
    everything: bool = False
    owner_id: uuid.UUID | None = None
    author_id: uuid.UUID | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """Say of the table's own columns what holds of them."""
        ours = COLUMNS.organisation_id == self.organisation_id
        if self.everything:
            return [ours]
        theirs = [COLUMNS.owner_id == self.owner_id]
        if self.author_id is not None:
            theirs.append(COLUMNS.author_id == self.author_id)
        return [ours, or_(*theirs)]


def scope_of(actor: Actor) -> Scope:
    """Scope: keepers see every action here; everybody else what they see to, and what they proposed themselves."""
    if policy.allows(actor, Permission.LEARNING_KEEP):
        return Scope(actor.organisation_id, everything=True)
    author = actor.person_id if policy.allows(actor, Permission.LEARNING_PROPOSE) else None
    return Scope(actor.organisation_id, owner_id=actor.person_id, author_id=author)


def visible_to(actor: Actor) -> Select[LearningAction]:
    """Select what `scope_of` says."""
    return select(LearningAction).where(*scope_of(actor).conditions)


def find(uow: UnitOfWork, ref: str) -> LearningAction:
    """Return one action; absent and not for this person are alike."""
    policy.require(uow.actor, Permission.LEARNING_OWN)
    action = uow.session.scalar(visible_to(uow.actor).where(LearningAction.ref == ref))
    if action is None:
        raise NotFound(ref)
    return action


def find_owned(uow: UnitOfWork, ref: str) -> LearningAction:
    """Return one action that whoever acts sees to."""
    action = find(uow, ref)
    if action.owner_id != uow.actor.id:
        raise NotFound(ref)
    return action


def find_by_id(uow: UnitOfWork, action_id: uuid.UUID) -> LearningAction:
    """Return one action by what a sealed link says; absent and not for this person are alike."""
    policy.require(uow.actor, Permission.LEARNING_OWN)
    action = uow.session.scalar(visible_to(uow.actor).where(LearningAction.id == action_id))
    if action is None:
        raise NotFound(action_id)
    return action


def list_actions(
    uow: UnitOfWork,
    *,
    states: Collection[ActionState] = (),
    owner_id: uuid.UUID | None = None,
    theme: str | None = None,
    directorate_id: uuid.UUID | None = None,
    ids: Collection[uuid.UUID] | None = None,
) -> list[ActionLine]:
    """List what this person may see, what is due first and then by title; a filter that is empty keeps nothing out.

    `ids` are these and no others.
    """
    policy.require(uow.actor, Permission.LEARNING_OWN)
    query = visible_to(uow.actor)
    if states:
        query = query.where(LearningAction.state.in_(states))
    if owner_id is not None:
        query = query.where(LearningAction.owner_id == owner_id)
    if theme is not None:
        query = query.where(LearningAction.theme == theme)
    if directorate_id is not None:
        query = query.where(LearningAction.directorate_id == directorate_id)
    if ids is not None:
        query = query.where(LearningAction.id.in_(ids))
    by_day = (LearningAction.due_on.is_(None), LearningAction.due_on, LearningAction.title, LearningAction.ref)
    return [ActionLine._make(row) for row in uow.session.execute(query.with_only_columns(*_LINE).order_by(*by_day))]


def told_of(uow: UnitOfWork, action_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, ToldOf]:
    """Map actions to what somebody may be told of them who is on a case that led there, whoever may keep actions."""
    policy.require(uow.actor, Permission.CASE_LEARN)
    query = select(*_TOLD_OF).where(
        LearningAction.organisation_id == uow.organisation_id, LearningAction.id.in_(action_ids)
    )
    return {row[0]: ToldOf(*row) for row in uow.session.execute(query)}


def list_owned(uow: UnitOfWork) -> list[ActionLine]:
    """List what whoever acts sees to, whatever else they may see."""
    return list_actions(uow, owner_id=uow.actor.person_id)


def history(uow: UnitOfWork, action: LearningAction) -> list[LearningEvent]:
    """List what was done about an action, oldest first; what is for guardians only, to them alone."""
    policy.require(uow.actor, Permission.LEARNING_OWN, action)
    asked = {"organisation": uow.organisation_id, "action": action.id}
    keeps = policy.allows(uow.actor, Permission.LEARNING_KEEP, action)
    return [each for each in uow.session.scalars(_HISTORY, asked) if keeps or not each.guardians_only]


def has_event(uow: UnitOfWork, action: LearningAction, kind: EventKind) -> bool:
    """Say whether an action's history has a line of this kind since it was begun, or last taken up again."""
    uow.session.flush()
    asked = {"organisation": uow.organisation_id, "action": action.id}
    resumed = uow.session.execute(_RESUMED, asked).first()
    found = _HISTORY.where(LearningEvent.kind == kind, LearningEvent.number > (resumed.number if resumed else 0))
    return bool(uow.session.scalars(found.limit(1), asked).all())


def resumed_on(uow: UnitOfWork, action: LearningAction) -> date | None:
    """Return the day on which an action was last taken up again; None where it never was."""
    uow.session.flush()
    resumed = uow.session.execute(_RESUMED, {"organisation": uow.organisation_id, "action": action.id}).first()
    return resumed.day if resumed else None


def asked_to_tell(uow: UnitOfWork, action_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Say which guardians still have somebody to tell. Never shown to anybody who sees to the action."""
    uow.session.flush()
    asked = {"organisation": uow.organisation_id, "action": action_id}
    return frozenset(uow.session.scalars(_ASKED, asked))


def asked_of_me(uow: UnitOfWork) -> frozenset[uuid.UUID]:
    """Name the actions about which whoever acts has somebody to tell, now that what came of them is known."""
    policy.require(uow.actor, Permission.CASE_LEARN)
    asked = {"organisation": uow.organisation_id, "person": uow.actor.person_id}
    return frozenset(uow.session.scalars(_ASKED_OF, asked))
