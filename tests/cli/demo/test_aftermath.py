"""What becomes of people of the demonstration: one seed gives one course, and every kind of it is shown."""

from datetime import date, timedelta

import pytest

from speakup.cases import How, Things
from speakup.cli.demo import aftermath, recorded, texts
from speakup.cli.demo.texts import DemoCase

TODAY = date(2026, 11, 20)
START = TODAY - timedelta(days=1095)


def composed() -> list[DemoCase]:
    counts = {"anytown": 175, "otherham": 125}
    return [case for key, count in counts.items() for case in texts.cases(20261121, key, count, START, TODAY)]


@pytest.fixture(scope="module")
def every() -> list[DemoCase]:
    return composed()


def test_the_same_case_has_the_same_course(every: list[DemoCase]) -> None:
    again = [aftermath.afterwards(case, TODAY) for case in composed()]
    assert [aftermath.afterwards(case, TODAY) for case in every] == again


def test_every_answer_and_both_ways_of_asking_are_there_and_nothing_of_tomorrow(every: list[DemoCase]) -> None:
    wanted = [each for case in every if (each := aftermath.afterwards(case, TODAY))]
    assert {each.how for each in wanted} == set(How)
    checked = [one for each in wanted for one in each.checked]
    assert {one.things for one in checked} == {None, *Things} - {Things.NO_ANSWER}
    assert all(one.on <= one.answered_on < TODAY for one in checked)
    assert 60 < len(wanted) < len(every) / 2


def test_only_whoever_is_in_an_ended_case_is_asked_afterwards(every: list[DemoCase]) -> None:
    assert all(case.closure is not None for case in every if aftermath.afterwards(case, TODAY))
    assert any(aftermath.suffers(case) for case in every)


def test_some_ring_instead_of_writing_and_keep_nobody_out(every: list[DemoCase]) -> None:
    rang = [case for case in every if recorded.came_by_telephone(case)]
    assert 15 < len(rang) < 60
    assert all(case.reporter is not None and not case.excluded for case in rang)


def test_what_came_of_it_is_told_in_more_than_a_greeting(every: list[DemoCase]) -> None:
    told = [case.closure.told for case in every if case.closure is not None]
    assert all(len(words) > 50 for words in told), sorted(told, key=len)[:5]
