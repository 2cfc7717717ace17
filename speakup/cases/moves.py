"""Every move of a case, in one table: from where, by which act, to where; who may; what it needs; which clocks turn."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from speakup.cases.models import CaseState, ClockKind
from speakup.cases.rules import Missing
from speakup.policy import Permission

S, C, P = CaseState, ClockKind, Permission


class Act(StrEnum):
    """What somebody does that may move a case, or turn its clocks where it stays."""

    RAISE = "raise"
    ACKNOWLEDGE = "acknowledge"
    REPLY = "reply"
    SPEAK = "speak"
    START = "start"
    REFER = "refer"
    REVIEW = "review"
    TAKE_BACK = "take back"
    TELL = "tell"
    CLOSE = "close"
    ANSWER = "answer closed"
    """Answer somebody for whom things became worse after their case was closed, which it stays."""
    REOPEN = "reopen"
    HAND_OVER = "hand over"
    STEP_ASIDE = "step aside"
    TELL_LEARNING = "tell what changed"


@dataclass(frozen=True, slots=True)
class Effect:
    """What an act asks for and brings about, wherever it is done from."""

    may: Permission
    needs: frozenset[Missing] = frozenset()
    """What must not be missing."""
    starts: frozenset[ClockKind] = frozenset()
    """Clocks that run from now on; one that runs already begins anew."""
    stops: frozenset[ClockKind] = frozenset()


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. `old` is None for the first."""

    old: CaseState | None
    act: Act
    new: CaseState
    effect: Effect


ANSWERED = frozenset({C.ACKNOWLEDGE, C.WORSE})
"""What any word to the person stops."""
EVERY_CLOCK = frozenset(C) - {C.WORSE}
"""What closing stops. Whoever said that things became worse is owed an answer all the same."""

EFFECTS: dict[Act, Effect] = {
    Act.RAISE: Effect(P.CASE_RAISE, starts=frozenset({C.ACKNOWLEDGE, C.CONVERSATION, C.REVIEW})),
    Act.ACKNOWLEDGE: Effect(P.CASE_ACKNOWLEDGE, starts=frozenset({C.UPDATE}), stops=ANSWERED),
    Act.REPLY: Effect(P.CASE_MESSAGE, starts=frozenset({C.UPDATE}), stops=ANSWERED),
    Act.SPEAK: Effect(P.CASE_MESSAGE, starts=frozenset({C.UPDATE}), stops=ANSWERED | {C.CONVERSATION}),
    Act.START: Effect(P.CASE_NOTE),
    Act.REFER: Effect(P.CASE_REFER),
    Act.REVIEW: Effect(P.CASE_NOTE),
    Act.TAKE_BACK: Effect(P.CASE_NOTE),
    Act.TELL: Effect(P.CASE_MESSAGE, starts=frozenset({C.UPDATE}), stops=ANSWERED | {C.CONVERSATION}),
    Act.CLOSE: Effect(P.CASE_CLOSE, needs=frozenset(Missing), stops=EVERY_CLOCK),
    Act.ANSWER: Effect(P.CASE_MESSAGE, stops=ANSWERED),
    Act.REOPEN: Effect(P.CASE_REOPEN, starts=frozenset({C.ACKNOWLEDGE, C.REVIEW}), stops=frozenset({C.CHECK_IN})),
    # What is owed to the person is owed on the same day, whoever has it.
    Act.HAND_OVER: Effect(P.CASE_HAND_OVER),
    Act.STEP_ASIDE: Effect(P.CASE_STEP_ASIDE),
    # It answers nothing of what the person is owed about their own case.
    Act.TELL_LEARNING: Effect(P.CASE_LEARN),
}

ANYWHERE = (Act.HAND_OVER, Act.STEP_ASIDE, Act.TELL_LEARNING)
"""What is done wherever a case stands, the closed ones too: somebody must always be able to open it, and what changed
because of it often changes long after."""

_WAYS: dict[CaseState | None, dict[Act, CaseState]] = {
    None: {Act.RAISE: S.NEW},
    S.NEW: {Act.ACKNOWLEDGE: S.ACKNOWLEDGED, Act.REPLY: S.ACKNOWLEDGED, Act.SPEAK: S.ACKNOWLEDGED},
    S.ACKNOWLEDGED: {
        Act.REPLY: S.WITH_GUARDIAN, Act.SPEAK: S.WITH_GUARDIAN, Act.START: S.WITH_GUARDIAN,
        Act.REFER: S.PASSED_ON, Act.TELL: S.AWAITING_FEEDBACK, Act.CLOSE: S.CLOSED,
    },
    S.WITH_GUARDIAN: {
        Act.REPLY: S.WITH_GUARDIAN, Act.SPEAK: S.WITH_GUARDIAN,
        Act.REFER: S.PASSED_ON, Act.TELL: S.AWAITING_FEEDBACK, Act.CLOSE: S.CLOSED,
    },
    S.PASSED_ON: {
        Act.REPLY: S.PASSED_ON, Act.SPEAK: S.PASSED_ON, Act.REFER: S.PASSED_ON,
        Act.REVIEW: S.UNDER_REVIEW, Act.TAKE_BACK: S.WITH_GUARDIAN, Act.TELL: S.AWAITING_FEEDBACK,
    },
    S.UNDER_REVIEW: {
        Act.REPLY: S.UNDER_REVIEW, Act.SPEAK: S.UNDER_REVIEW,
        Act.REFER: S.PASSED_ON, Act.TAKE_BACK: S.WITH_GUARDIAN, Act.TELL: S.AWAITING_FEEDBACK,
    },
    S.AWAITING_FEEDBACK: {
        Act.REPLY: S.AWAITING_FEEDBACK, Act.SPEAK: S.AWAITING_FEEDBACK, Act.TELL: S.AWAITING_FEEDBACK,
        Act.REFER: S.PASSED_ON, Act.TAKE_BACK: S.WITH_GUARDIAN, Act.CLOSE: S.CLOSED,
    },
    S.CLOSED: {Act.ANSWER: S.CLOSED, Act.REOPEN: S.REOPENED},
    S.REOPENED: {
        Act.REPLY: S.WITH_GUARDIAN, Act.SPEAK: S.WITH_GUARDIAN, Act.START: S.WITH_GUARDIAN,
        Act.REFER: S.PASSED_ON, Act.TELL: S.AWAITING_FEEDBACK, Act.CLOSE: S.CLOSED,
    },
}  # fmt: skip

TABLE: dict[tuple[CaseState | None, Act], Move] = {
    (old, act): Move(old, act, new, EFFECTS[act]) for old, ways in _WAYS.items() for act, new in ways.items()
} | {(state, act): Move(state, act, state, EFFECTS[act]) for state in CaseState for act in ANYWHERE}
"""The one table. What is not in it is not done."""


def find_move(old: CaseState | None, act: Act) -> Move | None:
    """Return what this act does to a case that stands here; None where it cannot be done."""
    return TABLE.get((old, act))


def may_do(old: CaseState, act: Act) -> bool:
    """Say whether a case that stands here can be acted on so."""
    return (old, act) in TABLE


def may_move(old: CaseState, new: CaseState) -> bool:
    """Say whether any act leads from one state to another one."""
    return old is not new and new in _WAYS[old].values()


def ways_on(old: CaseState) -> Iterator[Move]:
    """Give every move out of a state."""
    return (move for (state, _), move in TABLE.items() if state is old and move.new is not old)
