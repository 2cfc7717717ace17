"""When somebody is asked how things are after the end, what silence means, and which clock runs."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from speakup import cases
from speakup.cases import CaseState, ClockKind, How, Stands, Things
from speakup.cases.check_ins import SILENT_AFTER, plan_of
from speakup.cases.rules import months_after
from speakup.kernel.db import Moment
from speakup.kernel.errors import Conflict, Forbidden, Invalid
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust

CLOSED = date(2026, 11, 30)
FEBRUARY, MAY = date(2027, 2, 28), date(2027, 5, 30)


def wish(*months: int, on: date = CLOSED, how: How = How.INBOX) -> dict[str, Any]:
    return {"told": "check-ins", "months": list(months), "way": how.value, "day": on.isoformat()}


def asked(on: date) -> dict[str, Any]:
    return {"told": "asked how things are", "on": on.isoformat()}


def answered(on: date | None, things: Things) -> dict[str, Any]:
    return {"told": "how things are", "on": on.isoformat() if on else "", "things": things.value}


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [(date(2026, 11, 30), 3, FEBRUARY), (date(2027, 11, 30), 3, date(2028, 2, 29)), (CLOSED, 12, date(2027, 11, 30))],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


@pytest.mark.parametrize(
    ("messages", "today", "stands"),
    [
        ([], CLOSED, [Stands.TO_COME, Stands.TO_COME]),
        ([], FEBRUARY, [Stands.DUE, Stands.TO_COME]),
        ([asked(FEBRUARY)], FEBRUARY, [Stands.ASKED, Stands.TO_COME]),
        ([asked(FEBRUARY)], FEBRUARY + SILENT_AFTER, [Stands.ASKED, Stands.TO_COME]),
        ([asked(FEBRUARY)], FEBRUARY + SILENT_AFTER + timedelta(days=1), [Stands.NO_ANSWER, Stands.TO_COME]),
        ([], FEBRUARY + SILENT_AFTER + timedelta(days=1), [Stands.NO_ANSWER, Stands.TO_COME]),
        ([answered(FEBRUARY, Things.NO_ANSWER)], FEBRUARY, [Stands.NO_ANSWER, Stands.TO_COME]),
        ([answered(FEBRUARY, Things.SAME)], MAY, [Stands.ANSWERED, Stands.DUE]),
        ([answered(None, Things.SAME)], FEBRUARY, [Stands.DUE, Stands.TO_COME]),
        (
            [answered(FEBRUARY, Things.NO_ANSWER), answered(FEBRUARY, Things.BETTER)],
            MAY,
            [Stands.ANSWERED, Stands.DUE],
        ),
    ],
)
def test_silence_is_no_answer_and_never_all_is_well(
    messages: list[dict[str, Any]], today: date, stands: list[Stands]
) -> None:
    plan = plan_of([wish(3, 6), *messages], CLOSED, today)
    assert [each.stands for each in plan.check_ins] == stands
    assert Things.SAME not in {each.things for each in plan.check_ins if each.stands is Stands.NO_ANSWER}


def test_a_conversation_that_was_never_had_is_not_an_answer_withheld() -> None:
    late = FEBRUARY + SILENT_AFTER + timedelta(days=1)
    (first,) = plan_of([wish(3, how=How.GUARDIAN)], CLOSED, late).check_ins
    assert first.stands is Stands.NOT_ASKED


def test_the_last_wish_is_the_one_that_counts_and_days_that_have_passed_are_nobodys() -> None:
    assert plan_of([wish(3, 6), wish()], CLOSED, CLOSED).check_ins == ()
    later = plan_of([wish(3, 6, on=date(2027, 3, 1))], CLOSED, date(2027, 3, 1))
    assert [each.on for each in later.check_ins] == [MAY]
    assert plan_of([wish(3)], None, CLOSED).check_ins == ()
    assert plan_of([], CLOSED, CLOSED).wish is None


@pytest.mark.parametrize(
    ("messages", "today", "turn", "to_ask"),
    [
        ([], CLOSED, FEBRUARY, None),
        ([], FEBRUARY, FEBRUARY, FEBRUARY),
        ([], MAY, FEBRUARY, MAY),
        ([asked(FEBRUARY)], FEBRUARY, MAY, None),
        ([asked(MAY)], MAY, None, None),
        ([answered(FEBRUARY, Things.RATHER_NOT_SAY)], FEBRUARY, MAY, None),
    ],
)
def test_each_day_has_its_turn_once(
    messages: list[dict[str, Any]], today: date, turn: date | None, to_ask: date | None
) -> None:
    plan = plan_of([wish(3, 6), *messages], CLOSED, today)
    assert (plan.next_on, plan.to_ask(today)) == (turn, to_ask)


@pytest.fixture
def closed(trust: Trust) -> RaisedCase:
    raised = factories.raised_case(trust)
    end(raised)
    return raised


@pytest.fixture
def guardian(closed: RaisedCase) -> Colleague:
    return readers_of(closed)[0]


def end(raised: RaisedCase, at: datetime | None = None) -> None:
    with raised.trust.database.work(readers_of(raised)[0].actor, at=at) as uow:
        case = cases.find(uow, raised.ref)
        cases.reply(uow, case, "Thank you")
        cases.tell_person(uow, case, "A new bell")
        cases.code_case(uow, case, cases.Coding(frozenset(), none_apply=True, worker_group="not_known"))
        cases.close_case(uow, case, cases.Closing("resolved", "", cases.Satisfied.YES))


def due(raised: RaisedCase) -> tuple[ClockKind | None, date | None]:
    with raised.as_(readers_of(raised)[0]) as (_uow, case):
        return case.due_for, case.due_on


def in_months(raised: RaisedCase, months: int) -> date:
    with raised.as_(readers_of(raised)[0]) as (_uow, case):
        assert case.closed_on is not None
        return cases.next_working_day(months_after(case.closed_on, months), "ENG")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_what_was_chosen_before_the_end_begins_with_the_end(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    with raised.as_(raised.reporter) as (uow, case):
        cases.choose_check_ins(uow, case, [6, 3], How.INBOX)
        assert case.due_for is ClockKind.ACKNOWLEDGE
    end(raised)
    assert due(raised) == (ClockKind.CHECK_IN, in_months(raised, 3))


def test_asking_and_answering_turn_the_clock_and_stopping_ends_it(closed: RaisedCase, guardian: Colleague) -> None:
    with closed.as_(closed.reporter) as (uow, case):
        cases.choose_check_ins(uow, case, [3, 6, 9], How.INBOX)
    with closed.as_(guardian) as (uow, case), pytest.raises(Conflict):
        cases.ask_how_things_are(uow, case)
    with closed.trust.database.work(guardian.actor, at=noon(in_months(closed, 3))) as uow:
        cases.ask_how_things_are(uow, cases.find(uow, closed.ref))
    assert due(closed) == (ClockKind.CHECK_IN, in_months(closed, 6))
    with closed.trust.database.work(closed.reporter, at=noon(in_months(closed, 6))) as uow:
        cases.say_how_things_are(uow, cases.mine(uow), Things.SAME)
    assert due(closed) == (ClockKind.CHECK_IN, in_months(closed, 9))
    with closed.as_(closed.reporter) as (uow, case):
        cases.choose_check_ins(uow, case, [], How.INBOX)
    assert due(closed) == (None, None)


def test_an_open_case_has_no_check_ins_and_they_begin_anew_with_its_second_end(
    closed: RaisedCase, guardian: Colleague
) -> None:
    with closed.as_(closed.reporter) as (uow, case):
        cases.choose_check_ins(uow, case, [3], How.INBOX)
    with closed.as_(guardian) as (uow, case):
        ref = case.ref
        cases.reopen_case(uow, case, "There is more to do.")
        assert ClockKind.CHECK_IN not in {line.kind for line in cases.clock_lines(uow, case)}
    later = datetime.now(UTC) + timedelta(days=40)
    end(closed, later)
    with closed.as_(guardian) as (_uow, case):
        assert (case.ref, case.state) == (ref, CaseState.CLOSED)
    assert due(closed) == (ClockKind.CHECK_IN, in_months(closed, 3))


def test_worse_is_answered_in_an_open_case_by_any_word_and_in_a_closed_one_without_opening_it(
    closed: RaisedCase, guardian: Colleague
) -> None:
    with closed.as_(guardian) as (uow, case), pytest.raises(Conflict):
        cases.answer_worse(uow, case, "Nobody waits")
    for by_voice in (False, True):
        with closed.as_(closed.reporter) as (uow, case):
            cases.say_how_things_are(uow, case, Things.WORSE, "Nobody speaks to me")
        assert due(closed)[0] is ClockKind.WORSE
        with closed.as_(guardian) as (uow, case):
            cases.answer_worse(uow, case, "I am sorry. What shall I do?", by_voice=by_voice)
            assert (case.state, case.due_for) == (CaseState.CLOSED, None)
    view = closed.view(guardian)
    assert view.messages[-2].text == "I am sorry. What shall I do?"
    assert [note.text for note in view.notes] == ["I am sorry. What shall I do?"]


def test_nothing_the_person_does_defers_a_job_or_writes_a_time(closed: RaisedCase, trust: Trust) -> None:
    before = _rows(trust)
    with closed.as_(closed.reporter) as (uow, case):
        cases.choose_check_ins(uow, case, [3], How.INBOX)
        cases.say_how_things_are(uow, case, Things.WORSE)
        cases.give_feedback(uow, case, "yes", "They listened")
        cases.note_baseline(uow, case, {"rota": "Tuesdays off"})
        cases.report_detriment(uow, case, cases.DetrimentReport("They took them", frozenset({"rota_duties"})))
    after = _rows(trust)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"audit_pending", "case", "case_clock", "compartment", "feedback", "reporter", "sealed_record"}
    moments = [
        f"{name}.{column.name}"
        for name in changed
        for column in METADATA.tables[name].columns
        if isinstance(column.type, Moment)
    ]
    assert moments == []


def _rows(trust: Trust) -> dict[str, Any]:
    with trust.stored.unbound() as connection:
        return {table.name: connection.execute(sa.select(table)).all() for table in METADATA.sorted_tables}


@pytest.mark.parametrize(("months", "how", "field"), [([4], How.INBOX, "months")])
def test_what_is_not_offered_is_not_kept(closed: RaisedCase, months: list[int], how: How, field: str) -> None:
    with closed.as_(closed.reporter) as (uow, case), pytest.raises(Invalid, match=field):
        cases.choose_check_ins(uow, case, months, how)
    with closed.as_(closed.reporter) as (uow, case), pytest.raises(Invalid):
        cases.say_how_things_are(uow, case, Things.NO_ANSWER)


def test_nobody_without_the_permission_asks_or_writes_down(closed: RaisedCase, trust: Trust) -> None:
    with closed.as_(readers_of(closed)[0]) as (_uow, case):
        pass
    with trust.work(trust.administrator) as uow, pytest.raises(Forbidden):
        cases.ask_how_things_are(uow, case)
    with trust.work(trust.administrator) as uow, pytest.raises(Forbidden):
        cases.choose_check_ins(uow, case, [3], How.INBOX)
    with trust.work(trust.administrator) as uow, pytest.raises(Forbidden):
        cases.report_detriment(uow, case, cases.DetrimentReport("They took them"))
