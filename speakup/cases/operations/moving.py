"""Making a move of the table: who may, where to, and the clocks it turns."""

from datetime import date

from speakup import keyring, policy
from speakup.cases import clocks
from speakup.cases.models import Case, CaseState, RecordKind
from speakup.cases.moves import Act, Move, find_move
from speakup.kernel.errors import Conflict
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
    if case.state is not found.new:
        case.state = found.new
        conversation = keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]
        keyring.add(uow, conversation, RecordKind.STANDING, {"state": found.new.value, **said})
    if found.new is CaseState.CLOSED:
        # What is closed waits for nothing.
        case.paused_on, case.pause_reason = None, None
    if found.effect.starts or found.effect.stops:
        clocks.turn(uow, case, starts=found.effect.starts, stops=found.effect.stops, on=on)
    return found
