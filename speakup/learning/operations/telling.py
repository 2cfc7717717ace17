"""Telling staff what they said and what was done, and letting anybody read it."""

from dataclasses import dataclass
from datetime import date

from speakup import audit, policy
from speakup.audit import Event
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import Act, EventKind, LearningAction, LearningStatement
from speakup.learning.operations.moving import note, permit
from speakup.learning.rules import fault
from speakup.learning.statements import statements
from speakup.policy import Permission

STATEMENT_LIMIT = 600
"""Characters of each half: it is read on a screen in a corridor."""
WHERE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Statement:
    """What staff were told, where and when."""

    you_said: str
    we_did: str
    told_where: str
    told_on: date


def tell_staff(uow: UnitOfWork, action: LearningAction, said: Statement) -> LearningStatement:
    """Write down what staff were told. Nobody else reads it until it is published.

    The history says that they were told, and not what: its lines stay as they are, and these words can be changed.
    """
    permit(uow, action, Act.TELL_STAFF)
    row = LearningStatement(
        organisation_id=uow.organisation_id, id=new_id(), action_id=action.id, revision=1, published_on=None
    )
    _write(uow, row, said)
    uow.session.add(row)
    note(uow, action, EventKind.STATEMENT)
    return row


def change_statement(
    uow: UnitOfWork, action: LearningAction, row: LearningStatement, said: Statement, revision: int
) -> LearningStatement:
    """Write it anew, if it is still the one that was read as `revision`. What was published is so no longer."""
    permit(uow, action, Act.TELL_STAFF)
    uow.session.refresh(row, with_for_update=True)
    if row.revision != revision:
        raise Conflict(action.ref)
    _write(uow, row, said)
    row.revision, row.published_on = row.revision + 1, None
    audit.record(uow, Event.LEARNING_KEPT, action.id)
    return row


def publish_statement(uow: UnitOfWork, action: LearningAction, row: LearningStatement, revision: int) -> None:
    """Let anybody read it, exactly as it was read as `revision`."""
    permit(uow, action, Act.TELL_STAFF)
    uow.session.refresh(row, with_for_update=True)
    if row.revision != revision:
        raise Conflict(action.ref)
    row.published_on = row.published_on or uow.today
    audit.record(uow, Event.LEARNING_PUBLISHED, action.id)


def withdraw_statement(uow: UnitOfWork, action: LearningAction, row: LearningStatement) -> None:
    """Let nobody else read it from now on, wherever its action stands."""
    policy.require(uow.actor, Permission.LEARNING_KEEP, action)
    uow.session.flush()
    uow.session.refresh(row, with_for_update=True)
    row.published_on = None
    audit.record(uow, Event.LEARNING_PUBLISHED, action.id)


def withdraw_every_statement(uow: UnitOfWork, action: LearningAction) -> None:
    """Let nobody else read anything of an action any more."""
    for row in statements(uow, action):
        if row.published_on is not None:
            withdraw_statement(uow, action, row)


def _write(uow: UnitOfWork, row: LearningStatement, said: Statement) -> None:
    faults = (
        fault("you_said", said.you_said, STATEMENT_LIMIT),
        fault("we_did", said.we_did, STATEMENT_LIMIT),
        fault("told_where", said.told_where, WHERE_LIMIT),
        ("told_on", "future") if said.told_on > uow.today else None,
    )
    wrong = next(filter(None, faults), None)
    if wrong:
        raise Invalid(*wrong)
    row.you_said, row.we_did, row.told_where = said.you_said.strip(), said.we_did.strip(), said.told_where.strip()
    row.told_on = said.told_on
