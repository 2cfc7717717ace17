"""Giving an action to somebody who may have no account here yet."""

import uuid

from sqlalchemy import select

from speakup import accounts, organisations, policy
from speakup.accounts import PersonDetails
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import Act, EventKind, LearningAction
from speakup.learning.operations.deciding import hand_on
from speakup.learning.operations.moving import note, permit
from speakup.notifications import is_work_address
from speakup.policy import Permission


def owner_by_address(uow: UnitOfWork, action: LearningAction, act: Act, details: PersonDetails) -> uuid.UUID:
    """Return whoever has this address here, invited now if nobody has, so that this action can be given to them.

    Guardians may invite anybody; whoever sees to an action only a colleague, by an address of the organisation.
    Nobody who left is given anything.
    """
    permit(uow, action, act)
    domains = organisations.here(uow).staff_mail_domains
    if not policy.allows(uow.actor, Permission.LEARNING_KEEP, action) and not is_work_address(details.email, domains):
        raise Invalid("email", "not of here")
    try:
        return accounts.invite_owner(uow, details)
    except Conflict as left:
        raise Invalid("email", "left") from left


def hand_on_to(uow: UnitOfWork, action: LearningAction, details: PersonDetails, text: str = "") -> None:
    """Give it to whoever has this address."""
    hand_on(uow, action, owner_by_address(uow, action, Act.HAND_ON, details), text)


def take_over(uow: UnitOfWork, invited_id: uuid.UUID) -> None:
    """Give whoever acts what was given to them while they were only invited, and their account not known."""
    policy.require(uow.actor, Permission.LEARNING_OWN)
    given = select(LearningAction).where(
        LearningAction.organisation_id == uow.organisation_id, LearningAction.owner_id == invited_id
    )
    for action in uow.session.scalars(given.order_by(LearningAction.ref).with_for_update()).all():
        action.owner_id = uow.actor.person_id
        note(uow, action, EventKind.HANDED_ON)
