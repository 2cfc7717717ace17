"""What is due, overdue, stuck or waiting for a word: for whoever sees to it, for guardians, for the executive lead."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from speakup import accounts, policy
from speakup.kernel.uow import UnitOfWork
from speakup.learning.lists import list_needing
from speakup.learning.models import ActionState, LearningAction
from speakup.learning.queries import ENDED, ActionLine
from speakup.learning.timing import Raised, is_stuck, raised
from speakup.policy import Permission

UNDER_WAY = (ActionState.AGREED, ActionState.IN_PROGRESS)
"""Where a due day counts."""


@dataclass(frozen=True, slots=True)
class NamedAction:
    """An action so long overdue that the executive lead is told which it is, and who sees to it."""

    title: str
    owner: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Overdue:
    """How many actions are overdue; those that are so for more than four weeks with their titles, longest first."""

    count: int
    named: list[NamedAction]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What guardians look after. An action can stand in several lists."""

    asked: list[ActionLine]
    """Their owner asked something that nobody has answered."""
    overdue: list[ActionLine]
    stuck: list[ActionLine]
    ownerless: list[ActionLine]
    """Whoever sees to them does not belong here any more."""
    again: list[ActionLine]
    """The day has come to look whether the effect lasts."""

    @property
    def count(self) -> int:
        """Count the actions, each once."""
        lists = (self.asked, self.overdue, self.stuck, self.ownerless, self.again)
        return len({each.id for lines in lists for each in lines})


def due_days(uow: UnitOfWork, person_id: uuid.UUID) -> Counter[date]:
    """Count what somebody sees to by the day on which it is due; today those, too, that were due before."""
    policy.require(uow.actor, Permission.CALENDAR_FOLLOW)
    query = (
        select(LearningAction.due_on, func.count())
        .where(
            LearningAction.organisation_id == uow.organisation_id,
            LearningAction.owner_id == person_id,
            LearningAction.state.in_(UNDER_WAY),
            LearningAction.due_on.is_not(None),
        )
        .group_by(LearningAction.due_on)
    )
    counts: Counter[date] = Counter()
    for day, count in uow.session.execute(query):
        if day is not None:
            counts[max(day, uow.today)] += count
    return counts


def owns_any(uow: UnitOfWork) -> bool:
    """Say whether whoever acts sees to any action, or has seen to one that ended."""
    if not policy.allows(uow.actor, Permission.LEARNING_OWN):
        return False
    mine = select(LearningAction.id).where(
        LearningAction.organisation_id == uow.organisation_id, LearningAction.owner_id == uow.actor.person_id
    )
    return uow.session.scalar(mine.limit(1)) is not None


def overdue(uow: UnitOfWork) -> Overdue:
    """Say for the executive lead what is overdue: by number, then by title."""
    policy.require(uow.actor, Permission.LEARNING_OVERDUE)
    late = (
        select(LearningAction)
        .where(
            LearningAction.organisation_id == uow.organisation_id,
            LearningAction.state.in_(UNDER_WAY),
            LearningAction.due_on < uow.today,
        )
        .order_by(LearningAction.due_on, LearningAction.title)
    )
    rows = list(uow.session.scalars(late))
    names = accounts.names_of(uow, {each.owner_id for each in rows if each.owner_id})
    named = [
        NamedAction(each.title, names[each.owner_id], each.due_on)
        for each in rows
        if each.owner_id is not None and each.due_on is not None and raised(each.due_on, uow.today) is Raised.NAMED
    ]
    return Overdue(len(rows), named)


def follow_up(uow: UnitOfWork) -> FollowUp:
    """Say for guardians which actions need a word."""
    policy.require(uow.actor, Permission.LEARNING_KEEP)
    today = uow.today
    gone = accounts.gone(uow, _owners(uow))
    lines = list_needing(uow, gone)
    going = [each for each in lines if each.state not in ENDED]
    return FollowUp(
        asked=[each for each in lines if each.question_waiting],
        overdue=[each for each in lines if each.is_overdue(today)],
        stuck=[each for each in going if is_stuck(_heard_on(each), today, each.check_again_on)],
        ownerless=[each for each in going if each.owner_id in gone],
        again=[each for each in lines if each.check_again_on is not None and each.check_again_on <= today],
    )


def _owners(uow: UnitOfWork) -> set[uuid.UUID]:
    """Name everybody who sees to an action that has not ended."""
    owners = select(LearningAction.owner_id).where(
        LearningAction.organisation_id == uow.organisation_id,
        LearningAction.state.not_in(ENDED),
        LearningAction.owner_id.is_not(None),
    )
    return {each for each in uow.session.scalars(owners.distinct()) if each is not None}


def _heard_on(line: ActionLine) -> date:
    """Return the last day on which anything was heard of it; of one that is only proposed, the end of its month."""
    return line.last_update_on or line.proposed_month
