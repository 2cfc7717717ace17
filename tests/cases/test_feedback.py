"""Whether people would speak up again is counted when it is received, once for each end, and leads to nobody."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from speakup import cases, insight
from speakup.insight import FeedbackCounts
from speakup.kernel.errors import Conflict, Forbidden, Invalid
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Trust

MARCH, APRIL, MAY, JULY = (datetime(2031, month, 15, 12, tzinfo=UTC) for month in (3, 4, 5, 7))
Q4, Q1, Q2 = "2030-31/Q4", "2031-32/Q1", "2031-32/Q2"


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust)


def end(case: RaisedCase, at: datetime) -> None:
    with case.trust.database.work(readers_of(case)[0].actor, at=at) as uow:
        row = cases.find(uow, case.ref)
        cases.reply(uow, row, "Thank you")
        cases.tell_person(uow, row, "A new bell")
        cases.code_case(uow, row, cases.Coding(frozenset(), none_apply=True, worker_group="not_known"))
        cases.close_case(uow, row, cases.Closing("resolved", "", cases.Satisfied.YES))


def answer(case: RaisedCase, at: datetime, again: str, words: str = "") -> bool:
    with case.trust.database.work(case.reporter, at=at) as uow:
        return cases.give_feedback(uow, cases.mine(uow), again, words)


def counts(case: RaisedCase, *periods: str) -> list[FeedbackCounts]:
    with case.trust.work(readers_of(case)[0]) as uow:
        return [insight.feedback_in(uow, period) for period in periods]


def test_edge_row_5_feedback_in_one_quarter_for_a_case_of_another_counts_where_it_was_received(
    case: RaisedCase,
) -> None:
    end(case, MARCH)
    assert answer(case, APRIL, "yes")
    assert counts(case, Q4, Q1) == [FeedbackCounts(1, {}), FeedbackCounts(0, {"yes": 1})]


def test_a_changed_answer_takes_the_place_of_the_first_in_its_quarter_and_counts_anew_in_a_later_one(
    case: RaisedCase,
) -> None:
    end(case, MARCH)
    assert answer(case, APRIL, "yes")
    assert answer(case, MAY, "no", "It came back")
    assert counts(case, Q1) == [FeedbackCounts(0, {"no": 1})]
    assert not answer(case, MAY, "no", "Another word about it")
    assert not answer(case, JULY, "no")
    assert counts(case, Q1, Q2) == [FeedbackCounts(0, {"no": 1}), FeedbackCounts(0, {})]
    assert answer(case, JULY, "maybe")
    assert counts(case, Q1, Q2) == [FeedbackCounts(0, {"no": 1}), FeedbackCounts(0, {"maybe": 1})]


def test_after_a_second_end_the_person_is_asked_again_and_counts_again(case: RaisedCase) -> None:
    end(case, MARCH)
    answer(case, MARCH, "yes")
    with case.trust.database.work(readers_of(case)[0].actor, at=APRIL) as uow:
        cases.reopen_case(uow, cases.find(uow, case.ref), "There is more to do.")
    with pytest.raises(Conflict):
        answer(case, APRIL, "no")
    end(case, MAY)
    assert answer(case, MAY, "yes")
    assert counts(case, Q4, Q1) == [FeedbackCounts(1, {"yes": 1}), FeedbackCounts(1, {"yes": 1})]


def test_a_row_says_the_quarter_and_the_answer_and_nothing_else(case: RaisedCase) -> None:
    end(case, MARCH)
    answer(case, APRIL, "dont_know", "I was heard, and nothing changed")
    with case.trust.stored.unbound() as connection:
        rows = connection.execute(sa.select(METADATA.tables["feedback"])).mappings().all()
    assert {frozenset(row) for row in rows} == {frozenset({"organisation_id", "id", "period", "counted", "again"})}
    assert {row["again"] for row in rows} == {"", "dont_know"}


def test_what_no_list_holds_and_what_no_person_left_out_is_not_counted(case: RaisedCase, trust: Trust) -> None:
    end(case, MARCH)
    for again in ("", "perhaps"):
        with pytest.raises(Invalid):
            answer(case, APRIL, again)
    assert counts(case, Q1) == [FeedbackCounts(0, {})]
    with case.as_(readers_of(case)[0]) as (_uow, row):
        pass
    with trust.work(trust.administrator) as uow, pytest.raises(Forbidden):
        cases.give_feedback(uow, row, "yes")
    with trust.work(trust.administrator) as uow, pytest.raises(Forbidden):
        insight.feedback_in(uow, Q1)


@pytest.mark.parametrize(("day", "period"), [(date(2031, 3, 31), Q4), (date(2031, 4, 1), Q1)])
def test_quarters_are_those_of_the_financial_year(day: date, period: str) -> None:
    assert insight.quarter_of(day) == period
