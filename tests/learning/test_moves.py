"""The one table of learning actions: every move, who may make it and what it needs."""

import itertools

import pytest
import sqlalchemy as sa

from speakup import learning, organisations
from speakup.kernel.db import table_of
from speakup.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from speakup.learning import EFFECTS, Act, ActionState, LearningAction, Missing, find_move, may_do, ways_on
from speakup.learning.moves import TABLE
from tests import factories
from tests.trusts import Trust

S = ActionState

WAYS = """
proposed: agree agreed, decline not taken forward, revise proposed, improve proposed, measure proposed
agreed: start in progress, decline not taken forward, revise agreed, update agreed, ask agreed, answer agreed, hand on agreed, reschedule agreed, attach agreed, improve agreed, measure agreed
in progress: implement implemented, decline not taken forward, revise in progress, update in progress, ask in progress, answer in progress, hand on in progress, reschedule in progress, attach in progress, improve in progress, measure in progress, tell staff in progress
implemented: check checked, resume in progress, decline not taken forward, revise implemented, update implemented, ask implemented, answer implemented, hand on implemented, reschedule implemented, attach implemented, improve implemented, measure implemented, tell staff implemented
checked: close closed, resume in progress, revise checked, update checked, ask checked, answer checked, hand on checked, reschedule checked, attach checked, improve checked, measure checked, tell staff checked, check again checked
closed: resume in progress, revise closed, answer closed, tell staff closed, check again closed, measure closed
not taken forward: revise not taken forward, answer not taken forward
"""  # noqa: E501 -- one line of the table a state

EFFECT = """
propose       learning:action:propose
revise        learning:action:keep
agree         learning:action:keep
start         learning:action:keep      owner
update        learning:action:keep      owner
ask           learning:action:keep      owner
answer        learning:action:keep
hand on       learning:action:keep      owner
reschedule    learning:action:keep
attach        learning:action:keep      owner
implement     learning:action:keep      owner  needs evidence
check         learning:action:keep      needs effect
check again   learning:action:keep
improve       learning:action:keep      owner
measure       learning:action:keep      owner
tell staff    learning:action:keep
close         learning:action:keep      needs effect, people told, staff told
decline       learning:action:keep
resume        learning:action:keep
"""


def written_ways() -> dict[tuple[ActionState | None, Act], ActionState]:
    found: dict[tuple[ActionState | None, Act], ActionState] = {(None, Act.PROPOSE): S.PROPOSED}
    for line in WAYS.strip().splitlines():
        old, _, ways = line.partition(": ")
        for way in ways.split(", "):
            act = max((each for each in Act if way.startswith(f"{each} ")), key=len)
            found[S(old), act] = S(way.removeprefix(f"{act} "))
    return found


def test_the_table_of_moves_is_the_reviewed_one() -> None:
    assert written_ways() == {key: move.new for key, move in TABLE.items()}


def test_what_each_act_asks_for_is_the_reviewed_one() -> None:
    lines = [
        f"{act:<14}{effect.may:<26}{'owner  ' if effect.owner_may else ''}"
        f"{'needs ' + ', '.join(sorted(effect.needs)) if effect.needs else ''}".rstrip()
        for act, effect in EFFECTS.items()
    ]
    assert lines == EFFECT.strip().splitlines()
    assert set(EFFECTS) == set(Act)


@pytest.mark.parametrize(("old", "act"), list(itertools.product(S, Act)))
def test_nothing_else_is_done(old: ActionState, act: Act) -> None:
    found = find_move(old, act)
    assert may_do(old, act) is (found is not None)
    if found is not None:
        assert (found.old, found.act, found.effect) == (old, act, EFFECTS[act])


@pytest.mark.parametrize("state", sorted(set(S) - {S.NOT_TAKEN}))
def test_every_state_but_the_given_up_one_has_a_way_on(state: ActionState) -> None:
    assert list(ways_on(state))


def test_an_action_is_closed_from_nowhere_but_checked_and_checked_from_nowhere_but_implemented() -> None:
    assert {move.old for move in TABLE.values() if move.new is S.CLOSED and move.old is not S.CLOSED} == {S.CHECKED}
    assert {move.old for move in TABLE.values() if move.new is S.CHECKED and move.old is not S.CHECKED} == {
        S.IMPLEMENTED
    }


@pytest.mark.parametrize("state", S)
def test_an_action_can_be_brought_to_every_state(trust: Trust, state: ActionState) -> None:
    made = factories.action(trust, state)
    with trust.work(trust.lead) as uow:
        assert learning.find(uow, made.ref).state is state
        assert [each.ref for each in learning.list_actions(uow, states={state})] == [made.ref]


def test_whoever_sees_to_an_action_does_their_part_and_no_more(trust: Trust) -> None:
    made = factories.action(trust, S.AGREED)
    with trust.work(trust.executive_lead) as uow:
        mine = learning.find_owned(uow, made.ref)
        learning.add_update(uow, mine, "Begun.")
        learning.ask_guardian(uow, mine, "Is this meant for nights, too?")
        learning.start(uow, mine)
        learning.implement(uow, mine, "The rota shows it.")
        for refused in (
            lambda: learning.check(uow, mine, "why"),
            lambda: learning.decline(uow, mine, "why"),
            lambda: learning.revise_action(uow, mine, factories.wording(), 1),
            lambda: learning.answer_owner(uow, mine, "Yes"),
        ):
            with pytest.raises(Forbidden):
                refused()
        assert mine.state is S.IMPLEMENTED


def test_nobody_else_can_tell_that_an_action_exists(trust: Trust, other_trust: Trust) -> None:
    made = factories.action(trust, S.AGREED)
    for who in (trust.administrator, trust.non_executive_lead, trust.buddy, other_trust.guardian):
        with trust.work(who) as uow, pytest.raises(NotFound):
            learning.find(uow, made.ref)


def test_what_is_missing_is_named_and_nothing_has_changed(trust: Trust) -> None:
    made = factories.action(trust, S.IN_PROGRESS)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        with pytest.raises(learning.NotYet) as refused:
            learning.implement(uow, mine)
        assert refused.value.missing == {Missing.EVIDENCE}
        assert mine.state is S.IN_PROGRESS
    checked = factories.action(trust, S.CHECKED)
    with trust.work(trust.guardian) as uow:
        learning.ask_to_tell(uow, checked.id, trust.guardian.id)
        mine = learning.find(uow, checked.ref)
        with pytest.raises(learning.NotYet) as refused:
            learning.close(uow, mine)
        assert refused.value.missing == {Missing.STAFF_TOLD, Missing.PEOPLE_TOLD}
        learning.close(uow, mine, staff_untold_why="It was theirs.", untold_why="They cannot be reached.")
        assert mine.closed_on == uow.today


def test_why_somebody_was_not_told_is_not_for_whoever_sees_to_it(trust: Trust) -> None:
    made = factories.action(trust, S.CHECKED)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        learning.ask_to_tell(uow, made.id, trust.guardian.id)
        learning.close(uow, mine, staff_untold_why="It was theirs.", untold_why="They cannot be reached.")
        assert "They cannot be reached." in [each.text for each in learning.history(uow, mine)]
    with trust.work(trust.executive_lead) as uow:
        mine = learning.find_owned(uow, made.ref)
        assert "They cannot be reached." not in [each.text for each in learning.history(uow, mine)]
        row = uow.session.execute(sa.select(table_of(LearningAction)).where(LearningAction.id == made.id)).one()
        assert "They cannot be reached." not in repr(row)


def test_a_move_that_two_people_make_is_made_once(trust: Trust) -> None:
    made = factories.action(trust, S.AGREED)
    with trust.work(trust.guardian) as uow:
        learning.start(uow, learning.find(uow, made.ref))
    with trust.work(trust.executive_lead) as uow, pytest.raises(Conflict):
        learning.start(uow, learning.find(uow, made.ref))


@pytest.mark.parametrize("state", [S.CLOSED, S.NOT_TAKEN])
def test_a_name_in_the_words_of_an_action_that_has_ended_can_be_taken_out(trust: Trust, state: ActionState) -> None:
    made = factories.action(trust, state, title="What Joan said")
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        learning.revise_action(uow, mine, factories.wording(title="More people"), mine.revision)
        assert (mine.state, mine.title) == (state, "More people")


def test_words_that_are_refused_have_changed_nothing(trust: Trust) -> None:
    made = factories.action(trust)
    with trust.work() as uow:
        few = organisations.add_directorate(uow, "Mortuary", 4).id
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        for wrong in ({"directorate_id": few}, {"theme": "no such theme"}):
            with pytest.raises(Invalid):
                learning.revise_action(uow, mine, factories.wording(title="Other words", **wrong), 1)
        assert mine.title == made.title


def test_an_action_taken_up_again_needs_new_evidence_and_staff_told_anew(trust: Trust) -> None:
    made = factories.action(trust, S.CHECKED)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        said = learning.Statement("Late shifts are thin.", "Two more people.", "Team brief", uow.today)
        learning.tell_staff(uow, mine, said)
        learning.resume(uow, mine, "It was not done after all.", uow.today)
        with pytest.raises(learning.NotYet) as refused:
            learning.implement(uow, mine)
        assert refused.value.missing == {Missing.EVIDENCE}
        learning.implement(uow, mine, "The rota of July shows it.")
        learning.check(uow, mine, "Nothing was counted.")
        with pytest.raises(learning.NotYet) as refused:
            learning.close(uow, mine)
        assert refused.value.missing == {Missing.STAFF_TOLD}
        learning.tell_staff(uow, mine, said)
        learning.close(uow, mine)


def test_what_has_ended_without_ever_being_touched_comes_last_on_the_board(trust: Trust) -> None:
    made = [factories.action(trust, S.NOT_TAKEN) for _ in range(2)]
    with trust.work(trust.guardian) as uow:
        learning.find(uow, made[1].ref).last_update_on = uow.today
    with trust.work(trust.guardian) as uow:
        columns = {each.state: each.lines for each in learning.board(uow, learning.Filters())}
        assert [each.ref for each in columns[S.NOT_TAKEN]] == [made[1].ref, made[0].ref]


def test_on_what_day_an_action_was_proposed_stands_nowhere_about_it(trust: Trust) -> None:
    made = factories.action(trust)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        learning.revise_action(uow, mine, factories.wording(title="More people on late shifts"), 1)
        days = {mine.proposed_month, *(each.day for each in learning.history(uow, mine))}
        assert days == {uow.today.replace(day=1)}
        assert mine.last_update_on is None
