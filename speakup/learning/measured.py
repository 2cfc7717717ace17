"""Reading how an action's improvement goes: cycles, who took part, and the measure with its values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, select

from speakup import policy
from speakup.charts import Better
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.learning.effect import Effect, effect_of, has_before_and_after
from speakup.learning.figures import Figure
from speakup.learning.models import (
    LearningAction,
    LearningCycle,
    LearningMeasure,
    LearningPartner,
    LearningValue,
    Partner,
)
from speakup.learning.queries import resumed_on
from speakup.policy import Permission

_VALUES = (
    select(LearningValue.on, LearningValue.value)
    .where(LearningValue.organisation_id == bindparam("organisation"), LearningValue.action_id == bindparam("action"))
    .order_by(LearningValue.on)
)
_CYCLES = (
    select(LearningCycle)
    .where(LearningCycle.organisation_id == bindparam("organisation"), LearningCycle.action_id == bindparam("action"))
    .order_by(LearningCycle.number)
)
_PARTNERS = select(LearningPartner).where(
    LearningPartner.organisation_id == bindparam("organisation"), LearningPartner.action_id == bindparam("action")
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure and its values, oldest first."""

    name: str
    unit: str
    better: Better
    target: Decimal | None
    changed_on: date | None
    revision: int
    figures: tuple[Figure, ...]

    @property
    def effect(self) -> Effect | None:
        """Say what the values show; None where there are none."""
        return effect_of(
            self.figures, self.changed_on, self.better, None if self.target is None else float(self.target)
        )


def measured(uow: UnitOfWork, action: LearningAction) -> Measured | None:
    """Return the measure of an action; None where it has none."""
    policy.require(uow.actor, Permission.LEARNING_OWN, action)
    row = measure_row(uow, action)
    if row is None:
        return None
    found = uow.session.execute(_VALUES, _asked(action))
    figures = tuple(Figure(on, value) for on, value in found)
    return Measured(row.name, row.unit, row.better, row.target, row.changed_on, row.revision, figures)


def shows_before_and_after(uow: UnitOfWork, action: LearningAction) -> bool:
    """Say whether an action's measure has values of before the change and since; newer ones where it was resumed."""
    found = measured(uow, action)
    return found is not None and has_before_and_after(found.figures, found.changed_on, resumed_on(uow, action))


def cycles(uow: UnitOfWork, action: LearningAction) -> list[LearningCycle]:
    """List what was tried out, oldest first."""
    policy.require(uow.actor, Permission.LEARNING_OWN, action)
    uow.session.flush()
    return list(uow.session.scalars(_CYCLES, _asked(action)))


def find_cycle(uow: UnitOfWork, action: LearningAction, number: int) -> LearningCycle:
    """Return one of an action's cycles."""
    found = next((each for each in cycles(uow, action) if each.number == number), None)
    if found is None:
        raise NotFound(number)
    return found


def partners(uow: UnitOfWork, action: LearningAction) -> dict[Partner, str]:
    """Say who worked out the change together with its owner, in the order of `Partner`."""
    policy.require(uow.actor, Permission.LEARNING_OWN, action)
    uow.session.flush()
    held = {each.kind: each.words for each in uow.session.scalars(_PARTNERS, _asked(action))}
    return {kind: held[kind] for kind in Partner if kind in held}


def measure_row(uow: UnitOfWork, action: LearningAction) -> LearningMeasure | None:
    """Return the row itself, for whatever changes it."""
    uow.session.flush()
    return uow.session.get(LearningMeasure, (action.organisation_id, action.id))


def _asked(action: LearningAction) -> dict[str, object]:
    return {"organisation": action.organisation_id, "action": action.id}
