"""The first conversation and the look over the whole case: what a guardian does that stops or restarts a clock."""

from datetime import date

from speakup import audit, keyring, policy
from speakup.audit import Event
from speakup.cases import clocks
from speakup.cases.models import Case, CaseState, ClockKind, RecordKind
from speakup.cases.moves import Act
from speakup.cases.operations.intake import require_lengths, require_words
from speakup.cases.operations.moving import move
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind
from speakup.policy import Permission


def have_spoken(uow: UnitOfWork, case: Case, on: date, text: str = "") -> None:
    """Note that a guardian and the person spoke on a day, with what was said if it is written down.

    It acknowledges, and counts as hearing from the guardian: the clock of the next update runs from that day.
    """
    policy.require(uow.actor, Permission.CASE_MESSAGE, case)
    if on > uow.today:
        raise Invalid("on", "in the future")
    if on < case.raised_on:
        raise Invalid("on", "before it was raised")
    require_lengths({"text": text})
    moved = move(uow, case, Act.SPEAK, on=on)
    if moved.old is CaseState.NEW:
        audit.record(uow, Event.CASE_ACKNOWLEDGED, case.id)
    if text.strip():
        _note(uow, case, text, {"spoken_on": on.isoformat()})
    audit.record(uow, Event.CASE_SPOKEN, case.id)


def waive_conversation(uow: UnitOfWork, case: Case, why: str) -> None:
    """Note why there will be no conversation: the person wants none, or answers no message."""
    policy.require(uow.actor, Permission.CASE_NOTE, case)
    require_words(text=why)
    if not any(row.kind is ClockKind.CONVERSATION for row in clocks.standing(uow, case)):
        raise Conflict(case.ref)
    clocks.stop(uow, case, ClockKind.CONVERSATION)
    _note(uow, case, why, {"no_conversation": True})
    audit.record(uow, Event.CONVERSATION_WAIVED, case.id)


def look_over(uow: UnitOfWork, case: Case) -> None:
    """Note that the whole case was looked over: what has been done, what is missing, whether it can end."""
    policy.require(uow.actor, Permission.CASE_NOTE, case)
    if case.state is CaseState.CLOSED:
        raise Conflict(case.ref)
    clocks.start(uow, case, ClockKind.REVIEW)
    audit.record(uow, Event.CASE_LOOKED_OVER, case.id)


def _note(uow: UnitOfWork, case: Case, text: str, about: dict[str, object]) -> None:
    written = {"text": text, "author": str(uow.actor.id), "at": uow.now.isoformat()}
    keyring.add(uow, keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK], RecordKind.NOTE, written | about)
