"""Taking an action on: agreed, started, done, checked, closed; not taken forward, or taken up again."""

import uuid
from datetime import date

from speakup import accounts
from speakup.kernel.errors import Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import Act, EventKind, LearningAction
from speakup.learning.operations.following import write_to
from speakup.learning.operations.moving import move, note, permit
from speakup.learning.operations.telling import withdraw_every_statement
from speakup.learning.rules import TEXT_LIMIT, Missing, fault


def agree(uow: UnitOfWork, action: LearningAction, owner_id: uuid.UUID, due_on: date) -> None:
    """Give it to somebody to see to, until a day."""
    permit(uow, action, Act.AGREE)
    owner, due = require_owner(uow, owner_id), _ahead(uow, due_on)
    move(uow, action, Act.AGREE)
    action.owner_id, action.due_on, action.agreed_on = owner, due, uow.today
    note(uow, action, EventKind.MOVED, act=Act.AGREE)
    write_to(uow, owner)


def start(uow: UnitOfWork, action: LearningAction) -> None:
    """Note that work on it has begun."""
    move(uow, action, Act.START)
    action.started_on = uow.today
    note(uow, action, EventKind.MOVED, act=Act.START)


def implement(uow: UnitOfWork, action: LearningAction, evidence: str = "") -> None:
    """Note that what was to change has changed: the words say how that can be seen, unless a file shows it."""
    permit(uow, action, Act.IMPLEMENT)
    move(uow, action, Act.IMPLEMENT, _brought(evidence=evidence))
    if evidence.strip():
        note(uow, action, EventKind.EVIDENCE, evidence)
    action.implemented_on = uow.today
    note(uow, action, EventKind.MOVED, act=Act.IMPLEMENT)


def check(uow: UnitOfWork, action: LearningAction, no_effect_why: str = "") -> None:
    """Note that its effect was looked at: its measure shows before and after, or the words say why there is none."""
    permit(uow, action, Act.CHECK)
    move(uow, action, Act.CHECK, _brought(no_effect_why=no_effect_why))
    action.no_effect_why, action.checked_on = no_effect_why.strip(), uow.today
    note(uow, action, EventKind.MOVED, no_effect_why, act=Act.CHECK)


def close(uow: UnitOfWork, action: LearningAction, *, staff_untold_why: str = "", untold_why: str = "") -> None:
    """Bring it to its end. Staff and whoever spoke up have been told, or the words say why not.

    Why somebody was not told stands for guardians alone: whoever sees to it does not learn that there is somebody.
    """
    permit(uow, action, Act.CLOSE)
    move(uow, action, Act.CLOSE, _brought(staff_untold_why=staff_untold_why, untold_why=untold_why))
    if untold_why.strip():
        note(uow, action, EventKind.UNTOLD, untold_why, guardians_only=True)
    action.staff_untold_why, action.closed_on = staff_untold_why.strip(), uow.today
    note(uow, action, EventKind.MOVED, act=Act.CLOSE)


def decline(uow: UnitOfWork, action: LearningAction, why: str) -> None:
    """Do not take it forward: the reason stands with who decided. What was published of it is taken back."""
    permit(uow, action, Act.DECLINE)
    require_text("why", why)
    move(uow, action, Act.DECLINE)
    action.ended_by, action.ended_why = uow.actor.person_id, why.strip()
    withdraw_every_statement(uow, action)
    note(uow, action, EventKind.MOVED, why, act=Act.DECLINE)


def resume(uow: UnitOfWork, action: LearningAction, why: str, due_on: date) -> None:
    """Take it up again: it was not done, or its effect did not last. What it reached before stays in its history."""
    permit(uow, action, Act.RESUME)
    require_text("why", why)
    due = _ahead(uow, due_on)
    move(uow, action, Act.RESUME)
    action.due_on = due
    action.implemented_on = action.checked_on = action.closed_on = action.check_again_on = None
    action.no_effect_why = action.staff_untold_why = ""
    note(uow, action, EventKind.MOVED, why, act=Act.RESUME)


def reschedule(uow: UnitOfWork, action: LearningAction, due_on: date, why: str) -> None:
    """Give it another day, and say why: what is overdue is not made on time unseen."""
    permit(uow, action, Act.RESCHEDULE)
    require_text("why", why)
    action.due_on = _ahead(uow, due_on)
    note(uow, action, EventKind.RESCHEDULED, why)


def hand_on(uow: UnitOfWork, action: LearningAction, owner_id: uuid.UUID, text: str = "") -> None:
    """Give it to somebody else to see to."""
    permit(uow, action, Act.HAND_ON)
    if owner_id == action.owner_id:
        raise Invalid("owner", "has it")
    if text.strip():
        require_text("text", text)
    action.owner_id = require_owner(uow, owner_id)
    note(uow, action, EventKind.HANDED_ON, text)
    write_to(uow, action.owner_id)


def _brought(**texts: str) -> set[Missing]:
    """Say what words bring with them, having looked at their length."""
    given = {name: text for name, text in texts.items() if text.strip()}
    for name, text in given.items():
        require_text(name, text)
    return {_BROUGHT_BY[name] for name in given}


_BROUGHT_BY = {
    "evidence": Missing.EVIDENCE,
    "no_effect_why": Missing.EFFECT,
    "staff_untold_why": Missing.STAFF_TOLD,
    "untold_why": Missing.PEOPLE_TOLD,
}


def require_owner(uow: UnitOfWork, person_id: uuid.UUID) -> uuid.UUID:
    """Return whoever belongs here and has an account; anybody else is no owner."""
    try:
        member = accounts.member(uow, person_id)
    except NotFound as nobody:
        raise Invalid("owner", "not here") from nobody
    if member.membership.left_on is not None:
        raise Invalid("owner", "not here")
    return person_id


def require_text(name: str, text: str) -> None:
    """Raise `Invalid` for words that are none, or too many."""
    wrong = fault(name, text, TEXT_LIMIT)
    if wrong:
        raise Invalid(*wrong)


def _ahead(uow: UnitOfWork, due_on: date) -> date:
    if due_on < uow.today:
        raise Invalid("due_on", "past")
    return due_on
