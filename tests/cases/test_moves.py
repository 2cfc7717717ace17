"""The one table: every move a case may make, by which act, who may, and which clocks it turns."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.cases import CaseState
from speakup.cases.clocks import days_of
from speakup.cases.models import ClockKind
from speakup.cases.moves import EFFECTS, TABLE, Act, find_move, may_do, may_move, ways_on
from speakup.cases.rules import Missing
from speakup.organisations import Organisation
from speakup.policy import Permission

S, C = CaseState, ClockKind

WAYS = """
new: acknowledge acknowledged, reply acknowledged, speak acknowledged, hand over new, step aside new, tell what changed new
acknowledged: reply with guardian, speak with guardian, start with guardian, refer passed on, tell awaiting feedback to person, close closed, hand over acknowledged, step aside acknowledged, tell what changed acknowledged
with guardian: reply with guardian, speak with guardian, refer passed on, tell awaiting feedback to person, close closed, hand over with guardian, step aside with guardian, tell what changed with guardian
passed on: reply passed on, speak passed on, refer passed on, review under review, take back with guardian, tell awaiting feedback to person, hand over passed on, step aside passed on, tell what changed passed on
under review: reply under review, speak under review, refer passed on, take back with guardian, tell awaiting feedback to person, hand over under review, step aside under review, tell what changed under review
awaiting feedback to person: reply awaiting feedback to person, speak awaiting feedback to person, tell awaiting feedback to person, refer passed on, take back with guardian, close closed, hand over awaiting feedback to person, step aside awaiting feedback to person, tell what changed awaiting feedback to person
closed: answer closed closed, reopen reopened, hand over closed, step aside closed, tell what changed closed
reopened: reply with guardian, speak with guardian, start with guardian, refer passed on, tell awaiting feedback to person, close closed, hand over reopened, step aside reopened, tell what changed reopened
"""  # noqa: E501 -- one line of the table a state

EFFECT = """
raise             case:raise          starts acknowledge, first conversation, review
acknowledge       case:acknowledge    starts update; stops acknowledge, things are worse
reply             case:message:send   starts update; stops acknowledge, things are worse
speak             case:message:send   starts update; stops acknowledge, first conversation, things are worse
start             case:note:add
refer             case:refer
review            case:note:add
take back         case:note:add
tell              case:message:send   starts update; stops acknowledge, first conversation, things are worse
close             case:close          stops acknowledge, answer to a referral, check-in, first conversation, look again, review, update
answer closed     case:message:send   stops acknowledge, things are worse
reopen            case:reopen         starts acknowledge, review; stops check-in
hand over         case:hand-over
step aside        case:step-aside
tell what changed case:learning
"""  # noqa: E501 -- one line of the table an act


def written_ways() -> dict[tuple[CaseState | None, Act], CaseState]:
    found: dict[tuple[CaseState | None, Act], CaseState] = {(None, Act.RAISE): S.NEW}
    for line in WAYS.strip().splitlines():
        old, _, ways = line.partition(": ")
        for way in ways.split(", "):
            act = max((each for each in Act if way.startswith(f"{each} ")), key=len)
            found[S(old), act] = S(way.removeprefix(f"{act} "))
    return found


def test_the_table_of_moves_is_the_reviewed_one() -> None:
    assert written_ways() == {key: move.new for key, move in TABLE.items()}


def test_what_each_act_asks_for_and_brings_about_is_the_reviewed_one() -> None:
    lines = []
    for act, effect in EFFECTS.items():
        turned = [
            f"{verb} {', '.join(sorted(kinds))}"
            for verb, kinds in (("starts", effect.starts), ("stops", effect.stops))
            if kinds
        ]
        lines.append(f"{act:<18}{effect.may:<20}{'; '.join(turned)}".rstrip())
    assert lines == EFFECT.strip().splitlines()
    assert set(EFFECTS) == set(Act)


@pytest.mark.parametrize(("old", "act"), list(itertools.product(S, Act)))
def test_nothing_else_is_done(old: CaseState, act: Act) -> None:
    found = find_move(old, act)
    assert may_do(old, act) is (found is not None)
    if found is not None:
        assert (found.old, found.act, found.effect) == (old, act, EFFECTS[act])


@pytest.mark.parametrize(("old", "new"), list(itertools.product(S, S)))
def test_a_case_moves_where_an_act_takes_it(old: CaseState, new: CaseState) -> None:
    assert may_move(old, new) is any(move.new is new for move in ways_on(old))
    assert not may_move(old, old)


@pytest.mark.parametrize("state", S)
def test_no_state_is_without_a_way_on_and_every_way_can_end(state: CaseState) -> None:
    assert list(ways_on(state))
    reached, waiting = {state}, [state]
    while waiting:
        for move in ways_on(waiting.pop()):
            if move.new not in reached:
                reached.add(move.new)
                waiting.append(move.new)
    assert S.CLOSED in reached


@pytest.mark.parametrize("act", [Act.REPLY, Act.SPEAK])
@pytest.mark.parametrize("state", sorted(set(S) - {S.CLOSED}))
def test_the_person_can_be_answered_in_every_state_but_the_closed_one(state: CaseState, act: Act) -> None:
    assert may_do(state, act)


def test_closing_asks_for_everything_that_can_be_missing_and_nothing_else_asks_for_any_of_it() -> None:
    assert EFFECTS[Act.CLOSE].needs == set(Missing)
    assert all(not effect.needs for act, effect in EFFECTS.items() if act is not Act.CLOSE)


def test_every_act_is_allowed_by_a_permission_of_cases_alone() -> None:
    assert all(effect.may.value.startswith("case:") for effect in EFFECTS.values())
    assert EFFECTS[Act.RAISE].may is Permission.CASE_RAISE


@given(st.lists(st.sampled_from(Act), max_size=30))
def test_an_open_case_is_never_without_a_clock_and_is_closed_only_after_it_was_acknowledged(acts: list[Act]) -> None:
    state, running = S.NEW, set(EFFECTS[Act.RAISE].starts)
    for act in acts:
        move = find_move(state, act)
        if move is None:
            continue
        assert move.new is not S.NEW or state is S.NEW
        assert move.new is not S.CLOSED or state is not S.NEW
        assert state is not S.CLOSED or move.new in {S.CLOSED, S.REOPENED}
        state = move.new
        running = (running - move.effect.stops) | move.effect.starts
        assert (running == set()) is (state is S.CLOSED)
        assert C.REVIEW in running or state is S.CLOSED
        assert running & {C.ACKNOWLEDGE, C.UPDATE} or state is S.CLOSED


def test_every_clock_has_its_days() -> None:
    settled = Organisation(acknowledge_days=2, conversation_days=5, update_days=20, review_days=60)
    days = {kind: days_of(settled, kind) for kind in C}
    assert days == {
        C.ACKNOWLEDGE: 2, C.CONVERSATION: 5, C.UPDATE: 20, C.REVIEW: 60, C.LOOK_AGAIN: 60, C.REFERRAL: 20, C.WORSE: 2,
        C.CHECK_IN: 0,
    }  # fmt: skip
