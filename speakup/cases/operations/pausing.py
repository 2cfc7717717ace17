"""Letting a case wait, and going on with it. What is left of its clocks is kept; why it waits is sealed."""

from dataclasses import dataclass, field
from datetime import date

from speakup import audit, keyring, organisations, policy
from speakup.audit import Event
from speakup.cases import clocks
from speakup.cases.models import Case, CaseState, PauseReason, RecordKind
from speakup.cases.operations.casework import reply
from speakup.cases.operations.intake import require_words
from speakup.cases.operations.moving import require_as_sealed, seal_standing
from speakup.cases.rules import next_working_day, working_day_after
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind
from speakup.policy import Permission

LONGEST_PAUSE = 60
"""Working days until a pause is looked at again. It may be prolonged then, and not before: nothing waits unseen."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Why a case waits, and until when it is looked at again."""

    reason: PauseReason
    why: str = field(repr=False)
    until: date
    """Looked at again on the first working day from then on."""
    words: str = field(default="", repr=False)
    """What the person is told; nothing when they are not told."""


def pause_case(uow: UnitOfWork, case: Case, pause: Pause) -> None:
    """Hold up the clocks of a case that has been acknowledged, or let a paused one wait on with another reason or day.

    Whoever is told hears it as any message from their guardian.
    """
    policy.require(uow.actor, Permission.CASE_PAUSE, case)
    if not may_pause(case):
        raise Conflict(case.ref)
    require_words(why=pause.why)
    until = _looked_at(uow, pause.until)
    if pause.words.strip():
        reply(uow, case, pause.words)
    require_as_sealed(uow, case)
    if case.paused_on is None:
        case.paused_on = uow.today
        seal_standing(uow, case)
    case.pause_reason = pause.reason
    clocks.hold_up(uow, case, until)
    keyring.add(
        uow,
        keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK],
        RecordKind.PAUSE,
        {
            "reason": pause.reason.value,
            "why": pause.why.strip(),
            "until": until.isoformat(),
            "told": bool(pause.words.strip()),
            "by": str(uow.actor.id),
            "at": uow.now.isoformat(),
        },
    )
    audit.record(uow, Event.CASE_PAUSED, case.id)


def resume_case(uow: UnitOfWork, case: Case) -> None:
    """Let the clocks of a paused case run on with what was left of them."""
    policy.require(uow.actor, Permission.CASE_PAUSE, case)
    if case.paused_on is None:
        raise Conflict(case.ref)
    require_as_sealed(uow, case)
    case.paused_on, case.pause_reason = None, None
    seal_standing(uow, case)
    clocks.go_on(uow, case)
    audit.record(uow, Event.CASE_RESUMED, case.id)


def may_pause(case: Case) -> bool:
    """Say whether a case may wait as it stands: not before the person has heard, nor after its end."""
    return case.state not in {CaseState.NEW, CaseState.CLOSED}


def last_day_to_look(uow: UnitOfWork) -> date:
    """Return the last day a pause that is written today may go to."""
    return working_day_after(uow.today, LONGEST_PAUSE, organisations.here(uow).country)


def _looked_at(uow: UnitOfWork, until: date) -> date:
    if until <= uow.today:
        raise Invalid("until", "past")
    if until > last_day_to_look(uow):
        raise Invalid("until", "too far")
    return next_working_day(until, organisations.here(uow).country)
