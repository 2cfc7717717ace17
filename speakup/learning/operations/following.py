"""The morning's letters: to whoever sees to an action that is due, and to the executive lead about overdue ones."""

import uuid

from sqlalchemy import Select, select

from speakup import accounts, audit, jobs, policy
from speakup.accounts import Member
from speakup.audit import Event
from speakup.jobs import Job
from speakup.kernel.actor import Role
from speakup.kernel.uow import UnitOfWork
from speakup.learning.due import UNDER_WAY
from speakup.learning.models import LearningAction, LearningFollowUp
from speakup.learning.timing import is_reminded, raised
from speakup.policy import Permission


def remind_owners(uow: UnitOfWork) -> int:
    """Send what is to be sent this morning; return to how many people. Once a day is enough, and twice does no more.

    A letter says only that there is something to look at, and goes to nobody who has switched it off.
    """
    policy.require(uow.actor, Permission.LEARNING_FOLLOW_UP)
    people = {each.id: each for each in accounts.members(uow) if each.membership.joined_on is not None}
    asked: set[uuid.UUID] = set()
    worse = False
    for action in uow.session.scalars(_with_a_day(uow)):
        row = _row(uow, action)
        if action.owner_id in people and _is_reminded(uow, action, row):
            asked.add(action.owner_id)
            row.reminded_on = uow.today
        worse = _raise(uow, action, row) or worse
    told = {each for each in asked if people[each].membership.reminders}
    if worse:
        told |= {each.id for each in people.values() if _hears_of_overdue(each)}
    for person_id in sorted(told):
        jobs.defer(uow, Job.ACTION_MAIL, person_id)
    if told:
        audit.record(uow, Event.LEARNING_REMINDED, quantity=len(told))
    return len(told)


def write_to(uow: UnitOfWork, person_id: uuid.UUID | None) -> None:
    """Let somebody know by letter that there is something for them; not whoever does it, nor who has no account yet."""
    if person_id is None or person_id == uow.actor.id:
        return
    membership = accounts.member(uow, person_id).membership
    if membership.joined_on is not None and membership.left_on is None:
        jobs.defer(uow, Job.ACTION_MAIL, person_id)


def write_to_guardians(uow: UnitOfWork, action: LearningAction) -> None:
    """Let whoever proposed it know; every guardian, where that is none of them, or away."""
    team = {each.id for each in accounts.members_with(uow, {Role.GUARDIAN, Role.LEAD_GUARDIAN})}
    here = team - accounts.away(uow).keys()
    for person_id in sorted({action.author_id} & here or team):
        write_to(uow, person_id)


def _with_a_day(uow: UnitOfWork) -> Select[LearningAction]:
    return (
        select(LearningAction)
        .where(
            LearningAction.organisation_id == uow.organisation_id,
            LearningAction.state.in_(UNDER_WAY),
            LearningAction.due_on.is_not(None),
        )
        .order_by(LearningAction.id)
    )


def _row(uow: UnitOfWork, action: LearningAction) -> LearningFollowUp:
    row = uow.session.get(LearningFollowUp, (uow.organisation_id, action.id))
    if row is None:
        row = LearningFollowUp(organisation_id=uow.organisation_id, action_id=action.id, reminded_on=None, raised=0)
        uow.session.add(row)
    return row


def _is_reminded(uow: UnitOfWork, action: LearningAction, row: LearningFollowUp) -> bool:
    since = max(each for each in (row.reminded_on, action.agreed_on, action.proposed_month) if each is not None)
    return action.due_on is not None and is_reminded(action.due_on, uow.today, since)


def _raise(uow: UnitOfWork, action: LearningAction, row: LearningFollowUp) -> bool:
    """Note how it is raised today, and say whether that is more than the executive lead has heard of."""
    before, now = row.raised, raised(action.due_on, uow.today) if action.due_on is not None else 0
    row.raised = int(now)
    return now > before


def _hears_of_overdue(member: Member) -> bool:
    return Role.EXECUTIVE_LEAD in member.membership.drafted_roles and member.membership.reminders
