"""Making a move of the table: who may, where to, the days it is known by, and the clocks it turns."""

from datetime import date

from speakup import keyring, policy
from speakup.cases import clocks
from speakup.cases.models import Case, CaseState, RecordKind
from speakup.cases.moves import Act, Move, find_move
from speakup.cases.standing import standing_of, stands_as
from speakup.kernel.errors import Conflict, IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind


def move(uow: UnitOfWork, case: Case, act: Act, on: date | None = None, **said: object) -> Move:
    """Do to a case what the table says of this act; `Conflict` where it says nothing. The caller records it.

    `on` is the day it was done, where that was before today. What is `said` is sealed with where the case stands.
    """
    found = find_move(case.state, act)
    if found is None:
        raise Conflict(case.ref)
    policy.require(uow.actor, found.effect.may, case)
    require_as_sealed(uow, case)
    before = standing_of(case)
    case.state = found.new
    _date(case, found, on or uow.today)
    if standing_of(case) != before:
        seal_standing(uow, case, **said)
    if found.effect.starts or found.effect.stops:
        clocks.turn(uow, case, starts=found.effect.starts, stops=found.effect.stops, on=on)
    return found


def require_as_sealed(uow: UnitOfWork, case: Case) -> None:
    """Whoever writes the row must not have anything done for them, nor sealed: it says how a case stands as is sealed.

    What was raised before that was sealed can be held against nothing.
    """
    conversation = keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]
    # A concern is long, and says how a case stood only until its first move.
    stood = keyring.read(uow, conversation, RecordKind.STANDING) or keyring.read(uow, conversation, RecordKind.CONCERN)
    if not stands_as(case, stood[-1].body):
        raise IntegrityFault(case.id, "case row")


def seal_standing(uow: UnitOfWork, case: Case, **said: object) -> None:
    """Seal how a case stands from now on, for both sides."""
    conversation = keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]
    keyring.add(uow, conversation, RecordKind.STANDING, {**standing_of(case), **said})


def _date(case: Case, found: Move, day: date) -> None:
    if found.old is CaseState.NEW and found.new is not found.old:
        case.acknowledged_on = day
    if found.act is Act.TELL:
        case.told_on = day
    if found.act is Act.CLOSE:
        # What is closed waits for nothing.
        case.closed_on, case.paused_on, case.pause_reason = day, None, None
    if found.act is Act.REOPEN:
        case.closed_on = None
