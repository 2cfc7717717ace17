"""What runs in a case: from when, until when, what a pause keeps of it, and who may say so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from speakup import audit, cases
from speakup.audit import Event
from speakup.cases import Case, CaseState, ClockKind, ClockLine, Closing, Coding, Pause, PauseReason, Satisfied, clocks
from speakup.cases.models import CaseClock
from speakup.cases.moves import Act
from speakup.cases.operations.moving import move
from speakup.kernel.errors import Conflict, Forbidden, Invalid, SpeakUpError
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust

C = ClockKind
WHY = "They are on leave until the spring."
CODING = Coding(frozenset(), none_apply=True, worker_group="nursing_midwifery")


def after(raised: RaisedCase, days: int) -> date:
    """The day so many working days after it was raised."""
    with raised.as_(raised.reporter) as (_, case):
        return cases.working_day_after(case.raised_on, days, "ENG")


@contextmanager
def on(raised: RaisedCase, who: Colleague, day: date) -> Iterator[tuple[UnitOfWork, Case]]:
    """Do one thing on a day of our own."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    with raised.trust.database.work(who.actor, at=noon) as uow:
        yield uow, cases.find(uow, raised.ref)


def running(uow: UnitOfWork, case: Case) -> dict[ClockKind, ClockLine]:
    return {line.kind: line for line in cases.clock_lines(uow, case)}


def paused(raised: RaisedCase, guardian: Colleague, day: date, until: date, words: str = "") -> None:
    with on(raised, guardian, day) as (uow, case):
        if case.state is CaseState.NEW:
            cases.acknowledge(uow, case, "Thank you")
        cases.pause_case(uow, case, Pause(PauseReason.PERSON_AWAY, WHY, until, words))


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust)


@pytest.fixture
def guardian(raised: RaisedCase) -> Colleague:
    return readers_of(raised)[0]


def test_a_new_case_is_to_be_acknowledged_spoken_about_and_looked_over(raised: RaisedCase, guardian: Colleague) -> None:
    with raised.as_(guardian) as (uow, case):
        due = {kind: line.due_on for kind, line in running(uow, case).items()}
        assert due == {
            C.ACKNOWLEDGE: after_in(case, 2), C.CONVERSATION: after_in(case, 5), C.REVIEW: after_in(case, 60),
        }  # fmt: skip
        assert (case.due_on, case.due_for) == (due[C.ACKNOWLEDGE], C.ACKNOWLEDGE)


def after_in(case: Case, days: int) -> date:
    return cases.working_day_after(case.raised_on, days, "ENG")


def test_what_was_done_in_time_stays_written_and_what_is_due_next_comes_to_the_top(
    raised: RaisedCase, guardian: Colleague
) -> None:
    day = after(raised, 1)
    with on(raised, guardian, day) as (uow, case):
        cases.acknowledge(uow, case, "Thank you")
        assert set(running(uow, case)) == {C.CONVERSATION, C.UPDATE, C.REVIEW}
        assert case.due_for is C.CONVERSATION
        uow.session.flush()
        stopped = [row for row in uow.session.scalars(select(CaseClock)) if row.stopped_on]
        assert [(row.kind, row.stopped_on) for row in stopped] == [(C.ACKNOWLEDGE, day)]


def test_having_spoken_counts_from_the_day_it_was_and_acknowledges(raised: RaisedCase, guardian: Colleague) -> None:
    spoken, today = after(raised, 1), after(raised, 3)
    with on(raised, guardian, today) as (uow, case):
        cases.have_spoken(uow, case, spoken, "We met in the canteen.")
        assert (case.state, case.acknowledged_on) == (CaseState.ACKNOWLEDGED, spoken)
        assert set(running(uow, case)) == {C.UPDATE, C.REVIEW}
        assert running(uow, case)[C.UPDATE].due_on == cases.working_day_after(spoken, 20, "ENG")
    assert [each.text for each in raised.view(guardian).notes] == ["We met in the canteen."]


def test_an_earlier_conversation_shortens_no_clock_that_began_after_it(raised: RaisedCase, guardian: Colleague) -> None:
    written = after(raised, 3)
    with on(raised, guardian, written) as (uow, case):
        cases.reply(uow, case, "Hello")
    with on(raised, guardian, after(raised, 4)) as (uow, case):
        cases.have_spoken(uow, case, after_in(case, 1))
        assert running(uow, case)[C.UPDATE].started_on == written
        assert C.CONVERSATION not in running(uow, case)


@pytest.mark.parametrize(
    ("days", "reason"), [(1, "in the future"), (-400, "before it was raised")], ids=["tomorrow", "last year"]
)
def test_nobody_has_spoken_before_there_was_anything_to_speak_about_or_tomorrow(
    raised: RaisedCase, guardian: Colleague, days: int, reason: str
) -> None:
    with raised.as_(guardian) as (uow, case), pytest.raises(Invalid) as refused:
        cases.have_spoken(uow, case, uow.today + timedelta(days=days))
    assert refused.value.reason == reason


def test_an_answer_to_what_the_person_wrote_back_is_the_first_conversation(
    raised: RaisedCase, guardian: Colleague
) -> None:
    with raised.as_(guardian) as (uow, case):
        cases.acknowledge(uow, case, "Thank you")
        cases.reply(uow, case, "Is there more?")
        assert C.CONVERSATION in running(uow, case)
    factories.message(raised, "There is.")
    with raised.as_(guardian) as (uow, case):
        cases.reply(uow, case, "I see.")
        assert C.CONVERSATION not in running(uow, case)


def test_a_name_given_since_makes_an_answer_no_conversation(raised: RaisedCase, guardian: Colleague) -> None:
    factories.reply(raised, "Thank you.", by=guardian)
    with raised.as_(raised.reporter) as (uow, case):
        cases.say_who_i_am(uow, case, factories.PersonDetailsFactory.create(), cases.HowRaised.CONFIDENTIAL)
    factories.reply(raised, "Thank you for your name.", by=guardian)
    with raised.as_(guardian) as (uow, case):
        assert ClockKind.CONVERSATION in {line.kind for line in cases.clock_lines(uow, case)}


def test_why_there_is_no_conversation_is_kept_and_asked_for_once(raised: RaisedCase, guardian: Colleague) -> None:
    with raised.as_(guardian) as (uow, case):
        with pytest.raises(Invalid):
            cases.waive_conversation(uow, case, "  ")
        cases.waive_conversation(uow, case, "They want to write only.")
        assert C.CONVERSATION not in running(uow, case)
        with pytest.raises(Conflict):
            cases.waive_conversation(uow, case, "They want to write only.")
    assert [each.text for each in raised.view(guardian).notes] == ["They want to write only."]


def test_looking_over_a_case_begins_the_next_round(raised: RaisedCase, guardian: Colleague) -> None:
    day = after(raised, 30)
    with on(raised, guardian, day) as (uow, case):
        cases.look_over(uow, case)
        assert running(uow, case)[C.REVIEW].due_on == cases.working_day_after(day, 60, "ENG")


def test_a_pause_keeps_what_is_left_and_nothing_is_late_meanwhile(raised: RaisedCase, guardian: Colleague) -> None:
    began, back = after(raised, 1), after(raised, 40)
    paused(raised, guardian, began, after(raised, 50))
    with on(raised, guardian, back) as (uow, case):
        lines = running(uow, case)
        assert {kind: line.days_left for kind, line in lines.items() if line.held_up} == {
            C.CONVERSATION: 4, C.UPDATE: 20, C.REVIEW: 59,
        }  # fmt: skip
        assert all(line.days_late == 0 for line in lines.values())
        assert (case.due_for, case.due_on, case.paused_on) == (C.LOOK_AGAIN, after_in(case, 50), began)
        cases.resume_case(uow, case)
        assert (case.due_for, case.paused_on, case.pause_reason) == (C.CONVERSATION, None, None)
        due = {kind: line.due_on for kind, line in running(uow, case).items()}
        assert due == {
            kind: cases.working_day_after(back, days, "ENG")
            for kind, days in ((C.CONVERSATION, 4), (C.UPDATE, 20), (C.REVIEW, 59))
        }


def test_what_was_late_before_a_pause_is_as_late_after_it(raised: RaisedCase, guardian: Colleague) -> None:
    began, back = after(raised, 8), after(raised, 30)
    with on(raised, guardian, began) as (uow, case):
        cases.acknowledge(uow, case, "Thank you")
        late = running(uow, case)[C.CONVERSATION].days_late
    paused(raised, guardian, began, after(raised, 40))
    with on(raised, guardian, back) as (uow, case):
        assert running(uow, case)[C.CONVERSATION].days_left == -late == -3
        cases.resume_case(uow, case)
        assert running(uow, case)[C.CONVERSATION].days_late == late


def test_a_pause_is_not_forgotten(raised: RaisedCase, guardian: Colleague) -> None:
    paused(raised, guardian, after(raised, 1), after(raised, 10))
    with on(raised, guardian, after(raised, 12)) as (uow, case):
        assert running(uow, case)[C.LOOK_AGAIN].days_late == 2
        cases.pause_case(uow, case, Pause(PauseReason.ANSWER, "Still away.", after_in(case, 20)))
        assert running(uow, case)[C.LOOK_AGAIN].days_late == 0
        assert case.paused_on == after_in(case, 1)
        assert running(uow, case)[C.CONVERSATION].days_left == 4
    assert [(each.why, each.reason) for each in raised.view(guardian).pauses] == [
        (WHY, PauseReason.PERSON_AWAY), ("Still away.", PauseReason.ANSWER),
    ]  # fmt: skip


def test_what_begins_while_a_case_is_paused_waits_with_the_rest(raised: RaisedCase, guardian: Colleague) -> None:
    paused(raised, guardian, after(raised, 1), after(raised, 30))
    with on(raised, guardian, after(raised, 20)) as (uow, case):
        cases.reply(uow, case, "A word between.")
        update = running(uow, case)[C.UPDATE]
        assert (update.held_up, update.days_left) == (True, 20)
        assert case.due_for is C.LOOK_AGAIN


def test_nothing_holds_up_an_answer_to_somebody_for_whom_things_became_worse(
    raised: RaisedCase, guardian: Colleague
) -> None:
    paused(raised, guardian, after(raised, 1), after(raised, 30))
    with on(raised, guardian, after(raised, 3)) as (uow, case):
        clocks.start(uow, case, C.WORSE)
        assert (case.due_for, case.due_on) == (C.WORSE, after_in(case, 5))
        clocks.stop(uow, case, C.WORSE)
        assert case.due_for is C.LOOK_AGAIN


def test_clocks_about_several_things_of_one_kind_run_beside_each_other(raised: RaisedCase, guardian: Colleague) -> None:
    one, other = new_id(), new_id()
    with raised.as_(guardian) as (uow, case):
        cases.acknowledge(uow, case, "Thank you")
        for about in (one, other, one):
            clocks.start(uow, case, C.REFERRAL, after_in(case, 3), about)
        assert sorted(str(line.about_id) for line in cases.clock_lines(uow, case) if line.kind is C.REFERRAL) == sorted(
            map(str, (one, other))
        )
        clocks.stop(uow, case, C.REFERRAL, one)
        assert [line.about_id for line in cases.clock_lines(uow, case) if line.kind is C.REFERRAL] == [other]


Refused = Callable[[UnitOfWork, Case], object]


def a_pause(until: int, why: str = WHY) -> Refused:
    return lambda uow, case: cases.pause_case(
        uow, case, Pause(PauseReason.OTHER, why, uow.today + timedelta(days=until))
    )


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (a_pause(0), Invalid),
        (a_pause(-1), Invalid),
        (a_pause(200), Invalid),
        (a_pause(10, "  "), Invalid),
        (a_pause(10, "x" * (cases.NARRATIVE_LIMIT + 1)), Invalid),
        (cases.resume_case, Conflict),
    ],
)
def test_a_pause_needs_a_reason_and_a_day_that_can_be_kept_to(
    raised: RaisedCase, guardian: Colleague, act: Refused, error: type[SpeakUpError]
) -> None:
    with raised.as_(guardian) as (uow, case):
        cases.acknowledge(uow, case, "Thank you")
        before = (case.due_on, case.due_for, case.paused_on)
        with pytest.raises(error):
            act(uow, case)
        assert (case.due_on, case.due_for, case.paused_on) == before


def test_a_pause_that_ends_on_a_day_off_is_looked_at_on_the_next_working_day(
    raised: RaisedCase, guardian: Colleague
) -> None:
    began = after(raised, 1)
    saturday = began + timedelta(days=14 + (5 - began.weekday()) % 7)
    paused(raised, guardian, began, saturday)
    with on(raised, guardian, began) as (_, case):
        assert case.due_on == cases.next_working_day(saturday, "ENG") > saturday


def test_nothing_is_paused_before_it_is_acknowledged_or_after_its_end(raised: RaisedCase, guardian: Colleague) -> None:
    with raised.as_(guardian) as (uow, case), pytest.raises(Conflict):
        a_pause(10)(uow, case)
    closed(raised, guardian)
    with raised.as_(guardian) as (uow, case), pytest.raises(Conflict):
        a_pause(10)(uow, case)


def closed(raised: RaisedCase, guardian: Colleague) -> None:
    with raised.as_(guardian) as (uow, case):
        if case.state is CaseState.NEW:
            cases.acknowledge(uow, case, "Thank you")
        cases.code_case(uow, case, CODING)
        cases.tell_person(uow, case, "A lock was fitted.")
        cases.close_case(uow, case, Closing("resolved", "A lock was fitted.", Satisfied.YES))


def test_closing_ends_a_pause_and_every_clock_and_opening_again_begins_two(
    raised: RaisedCase, guardian: Colleague
) -> None:
    with raised.as_(guardian) as (uow, case):
        cases.acknowledge(uow, case, "Thank you")
        a_pause(10)(uow, case)
    closed(raised, guardian)
    with raised.as_(guardian) as (uow, case):
        assert (cases.clock_lines(uow, case), case.due_on, case.due_for, case.paused_on) == ([], None, None, None)
        cases.reopen_case(uow, case, "It is unlocked again.")
        assert set(running(uow, case)) == {C.ACKNOWLEDGE, C.REVIEW}


def test_the_person_is_told_of_a_pause_only_if_the_guardian_says_so(raised: RaisedCase, guardian: Colleague) -> None:
    paused(raised, guardian, after(raised, 1), after(raised, 10))
    assert [each.text for each in raised.inbox().messages] == ["Thank you"]
    paused(raised, guardian, after(raised, 1), after(raised, 10), "We wait until the spring.")
    assert [each.text for each in raised.inbox().messages] == ["Thank you", "We wait until the spring."]


def test_a_case_can_be_passed_on_reviewed_and_taken_back_and_each_step_is_recorded(
    raised: RaisedCase, guardian: Colleague
) -> None:
    with raised.as_(guardian) as (uow, case):
        cases.acknowledge(uow, case, "Thank you")
        cases.start_work(uow, case)
        move(uow, case, Act.REFER)
        cases.begin_review(uow, case)
        states = [case.state]
        cases.take_back(uow, case)
        assert [*states, case.state] == [CaseState.UNDER_REVIEW, CaseState.WITH_GUARDIAN]
        with pytest.raises(Conflict):
            cases.take_back(uow, case)
        a_pause(10)(uow, case)
        cases.resume_case(uow, case)
        cases.look_over(uow, case)
        cases.have_spoken(uow, case, uow.today)
        recorded = {line.event for line in audit.history(uow, case.id)}
    assert recorded >= {
        Event.CASE_ACKNOWLEDGED, Event.CASE_STARTED, Event.CASE_UNDER_REVIEW, Event.CASE_TAKEN_BACK,
        Event.CASE_PAUSED, Event.CASE_RESUMED, Event.CASE_LOOKED_OVER, Event.CASE_SPOKEN,
    }  # fmt: skip


@pytest.mark.parametrize(
    "act",
    [
        a_pause(10), cases.resume_case, cases.look_over, cases.start_work, cases.begin_review, cases.take_back,
        lambda uow, case: cases.have_spoken(uow, case, uow.today),
        lambda uow, case: cases.waive_conversation(uow, case, "No."),
        cases.clock_lines,
    ],
)  # fmt: skip
def test_nobody_without_the_permission_turns_a_clock_or_sees_one(
    raised: RaisedCase, trust: Trust, guardian: Colleague, act: Refused
) -> None:
    with raised.as_(guardian) as (uow, case):
        cases.acknowledge(uow, case, "Thank you")
    with trust.work(trust.people["administrator"]) as uow:
        row = uow.session.get(Case, (trust.id, raised.id))
        assert row is not None
        with pytest.raises((Forbidden, Conflict)):
            act(uow, row)
