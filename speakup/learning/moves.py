"""Every move of a learning action, in one table: from where, by which act, to where; who may, and what it needs."""

from collections.abc import Iterator
from dataclasses import dataclass

from speakup.learning.models import Act, ActionState
from speakup.learning.rules import Missing
from speakup.policy import Permission

S = ActionState


@dataclass(frozen=True, slots=True)
class Effect:
    """What an act asks for, wherever it is done from."""

    may: Permission = Permission.LEARNING_KEEP
    owner_may: bool = False
    """Whoever sees to the action may do it, too."""
    needs: frozenset[Missing] = frozenset()
    """What must not be missing."""


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. `old` is None for the first."""

    old: ActionState | None
    act: Act
    new: ActionState
    effect: Effect


EFFECTS: dict[Act, Effect] = {
    Act.PROPOSE: Effect(Permission.LEARNING_PROPOSE),
    Act.REVISE: Effect(),
    Act.AGREE: Effect(),
    Act.START: Effect(owner_may=True),
    Act.UPDATE: Effect(owner_may=True),
    Act.ASK: Effect(owner_may=True),
    Act.ANSWER: Effect(),
    Act.HAND_ON: Effect(owner_may=True),
    Act.RESCHEDULE: Effect(),
    Act.ATTACH: Effect(owner_may=True),
    Act.IMPLEMENT: Effect(owner_may=True, needs=frozenset({Missing.EVIDENCE})),
    Act.CHECK: Effect(needs=frozenset({Missing.EFFECT})),
    Act.CHECK_AGAIN: Effect(),
    Act.IMPROVE: Effect(owner_may=True),
    Act.MEASURE: Effect(owner_may=True),
    Act.TELL_STAFF: Effect(),
    Act.CLOSE: Effect(needs=frozenset({Missing.EFFECT, Missing.STAFF_TOLD, Missing.PEOPLE_TOLD})),
    Act.DECLINE: Effect(),
    Act.RESUME: Effect(),
}

_UNDER_WAY = (
    Act.REVISE, Act.UPDATE, Act.ASK, Act.ANSWER, Act.HAND_ON, Act.RESCHEDULE, Act.ATTACH, Act.IMPROVE, Act.MEASURE,
)  # fmt: skip
"""What is done while somebody sees to it, and leaves it where it stands."""

_WAYS: dict[ActionState | None, dict[Act, ActionState]] = {
    None: {Act.PROPOSE: S.PROPOSED},
    S.PROPOSED: {Act.AGREE: S.AGREED, Act.DECLINE: S.NOT_TAKEN},
    S.AGREED: {Act.START: S.IN_PROGRESS, Act.DECLINE: S.NOT_TAKEN},
    S.IN_PROGRESS: {Act.IMPLEMENT: S.IMPLEMENTED, Act.DECLINE: S.NOT_TAKEN},
    S.IMPLEMENTED: {Act.CHECK: S.CHECKED, Act.RESUME: S.IN_PROGRESS, Act.DECLINE: S.NOT_TAKEN},
    S.CHECKED: {Act.CLOSE: S.CLOSED, Act.RESUME: S.IN_PROGRESS},
    S.CLOSED: {Act.RESUME: S.IN_PROGRESS},
    S.NOT_TAKEN: {},
}

_STAYING: dict[ActionState, tuple[Act, ...]] = {
    S.PROPOSED: (Act.REVISE, Act.IMPROVE, Act.MEASURE),
    S.AGREED: _UNDER_WAY,
    S.IN_PROGRESS: (*_UNDER_WAY, Act.TELL_STAFF),
    S.IMPLEMENTED: (*_UNDER_WAY, Act.TELL_STAFF),
    S.CHECKED: (*_UNDER_WAY, Act.TELL_STAFF, Act.CHECK_AGAIN),
    S.CLOSED: (Act.REVISE, Act.ANSWER, Act.TELL_STAFF, Act.CHECK_AGAIN, Act.MEASURE),
    S.NOT_TAKEN: (Act.REVISE, Act.ANSWER),
}

TABLE: dict[tuple[ActionState | None, Act], Move] = {
    (old, act): Move(old, act, new, EFFECTS[act]) for old, ways in _WAYS.items() for act, new in ways.items()
} | {(state, act): Move(state, act, state, EFFECTS[act]) for state, acts in _STAYING.items() for act in acts}
"""The one table. What is not in it is not done."""


def find_move(old: ActionState | None, act: Act) -> Move | None:
    """Return what this act does to an action that stands here; None where it cannot be done."""
    return TABLE.get((old, act))


def may_do(old: ActionState, act: Act) -> bool:
    """Say whether an action that stands here can be acted on so."""
    return (old, act) in TABLE


def ways_on(old: ActionState) -> Iterator[Move]:
    """Give every move out of a state."""
    return (move for (state, _), move in TABLE.items() if state is old and move.new is not old)
