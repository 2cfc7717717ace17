"""What an action still lacks for what somebody wants to do with it."""

from collections.abc import Callable

from speakup.kernel.errors import Conflict
from speakup.kernel.uow import UnitOfWork
from speakup.learning.measured import shows_before_and_after
from speakup.learning.models import Act, EventKind, LearningAction
from speakup.learning.moves import EFFECTS
from speakup.learning.queries import asked_to_tell, has_event
from speakup.learning.rules import Missing


class NotYet(Conflict):
    """The act was refused; `missing` says what it needs."""

    def __init__(self, missing: frozenset[Missing]) -> None:
        super().__init__(missing)
        self.missing = missing


def missing(uow: UnitOfWork, action: LearningAction, act: Act) -> frozenset[Missing]:
    """Say what is missing for this act."""
    return frozenset(each for each in EFFECTS[act].needs if not _IS_THERE[each](uow, action))


def _has_evidence(uow: UnitOfWork, action: LearningAction) -> bool:
    return has_event(uow, action, EventKind.EVIDENCE)


def _has_effect(uow: UnitOfWork, action: LearningAction) -> bool:
    return bool(action.no_effect_why) or shows_before_and_after(uow, action)


def _staff_are_told(uow: UnitOfWork, action: LearningAction) -> bool:
    return bool(action.staff_untold_why) or has_event(uow, action, EventKind.STATEMENT)


def _people_are_told(uow: UnitOfWork, action: LearningAction) -> bool:
    return not asked_to_tell(uow, action.id)


_IS_THERE: dict[Missing, Callable[[UnitOfWork, LearningAction], bool]] = {
    Missing.EVIDENCE: _has_evidence,
    Missing.EFFECT: _has_effect,
    Missing.STAFF_TOLD: _staff_are_told,
    Missing.PEOPLE_TOLD: _people_are_told,
}
