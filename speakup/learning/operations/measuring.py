"""Counting something to see whether an action made a difference, and looking again later whether it lasts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import delete

from speakup.charts import Better
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.learning.effect import has_before_and_after
from speakup.learning.figures import LARGEST, MOST_FIGURES, PLACES, Figure
from speakup.learning.measured import Measured, measure_row, measured
from speakup.learning.models import Act, ActionState, EventKind, LearningAction, LearningMeasure, LearningValue
from speakup.learning.operations.deciding import require_text
from speakup.learning.operations.moving import note, permit
from speakup.learning.queries import resumed_on
from speakup.learning.rules import TITLE_LIMIT, fault

_CHECKED = frozenset({ActionState.CHECKED, ActionState.CLOSED})
"""Where an effect was looked at."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted: in what, which way is better, and since when the change counts."""

    name: str
    unit: str
    better: Better
    target: Decimal | None = None
    changed_on: date | None = None


def set_measure(uow: UnitOfWork, action: LearningAction, measure: Measure, revision: int) -> None:
    """Say what is counted, if that is still what was read as `revision`; 0 where nothing was. Its values stay."""
    permit(uow, action, Act.MEASURE)
    _require(uow, measure)
    row = _held(uow, action, revision)
    _keep_effect(uow, action, "changed_on", lambda found: replace(found, changed_on=measure.changed_on))
    if row is None:
        row = LearningMeasure(organisation_id=action.organisation_id, action_id=action.id, revision=0)
        uow.session.add(row)
    row.name, row.unit, row.better = measure.name.strip(), measure.unit.strip(), measure.better
    row.target, row.changed_on = measure.target, measure.changed_on
    row.revision += 1
    note(uow, action, EventKind.MEASURE)


def write_figures(uow: UnitOfWork, action: LearningAction, figures: Sequence[Figure], revision: int) -> None:
    """Keep these values and no others, if the measure is still what was read as `revision`."""
    permit(uow, action, Act.MEASURE)
    if len(figures) > MOST_FIGURES or len({each.on for each in figures}) < len(figures):
        raise Invalid("figures", "many or twice")
    if any(each.on > uow.today for each in figures):
        raise Invalid("figures", "ahead")
    row = _held(uow, action, revision)
    if row is None:
        raise Conflict(action.ref)
    kept = tuple(sorted(figures, key=lambda each: each.on))
    _keep_effect(uow, action, "figures", lambda found: replace(found, figures=kept))
    uow.session.execute(
        delete(LearningValue).where(
            LearningValue.organisation_id == action.organisation_id, LearningValue.action_id == action.id
        )
    )
    uow.session.add_all(
        LearningValue(organisation_id=action.organisation_id, action_id=action.id, on=each.on, value=each.value)
        for each in figures
    )
    row.revision += 1
    note(uow, action, EventKind.VALUES)


def plan_check(uow: UnitOfWork, action: LearningAction, on: date | None) -> None:
    """Have its effect looked at again on a day, or on none."""
    permit(uow, action, Act.CHECK_AGAIN)
    if on is not None and on <= uow.today:
        raise Invalid("due_on", "past")
    action.check_again_on = on
    note(uow, action, EventKind.CHECK)


def note_check(uow: UnitOfWork, action: LearningAction, text: str, again_on: date | None = None) -> None:
    """Write down that the effect still holds; where it does not, the action is taken up again instead."""
    permit(uow, action, Act.CHECK_AGAIN)
    require_text("text", text)
    if again_on is not None and again_on <= uow.today:
        raise Invalid("due_on", "past")
    action.check_again_on = again_on
    note(uow, action, EventKind.CHECK, text)


def _keep_effect(uow: UnitOfWork, action: LearningAction, field: str, becomes: Callable[[Measured], Measured]) -> None:
    """Raise `Invalid` for what would leave an action that was checked by its values with none that show its effect."""
    found = measured(uow, action)
    if found is None or action.state not in _CHECKED or action.no_effect_why:
        return
    resumed, after = resumed_on(uow, action), becomes(found)
    shown, stays = (has_before_and_after(each.figures, each.changed_on, resumed) for each in (found, after))
    if shown and not stays:
        raise Invalid(field, "effect")


def _held(uow: UnitOfWork, action: LearningAction, revision: int) -> LearningMeasure | None:
    """Return the row, if it is what was read. `permit` holds the action, so that nobody else writes it meanwhile."""
    row = measure_row(uow, action)
    if row is not None:
        uow.session.refresh(row)
    if (row.revision if row is not None else 0) != revision:
        raise Conflict(action.ref)
    return row


def _require(uow: UnitOfWork, measure: Measure) -> None:
    wrong = fault("name", measure.name, TITLE_LIMIT) or fault("unit", measure.unit, TITLE_LIMIT)
    if wrong:
        raise Invalid(*wrong)
    if measure.changed_on is not None and measure.changed_on > uow.today:
        raise Invalid("changed_on", "ahead")
    if measure.target is not None and not fits(measure.target):
        raise Invalid("target", "size")


def fits(value: Decimal) -> bool:
    """Say whether a number is kept digit by digit."""
    return abs(value) < LARGEST and -int(value.as_tuple().exponent) <= PLACES
