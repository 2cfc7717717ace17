"""Working days where people really are off, what is left of them over a pause, and what closing needs."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speakup.cases import (
    Answer,
    CaseState,
    Missing,
    Satisfied,
    next_working_day,
    working_day_after,
    working_days_late,
)
from speakup.cases.rules import (
    due_with_left,
    last_working_day,
    may_be_at_risk,
    missing_to_close,
    working_days_left,
)

S = CaseState


@pytest.mark.parametrize(
    ("start", "days", "country", "due"),
    [
        (date(2026, 11, 20), 2, "ENG", date(2026, 11, 24)),  # a Friday: Monday, Tuesday
        (date(2026, 11, 21), 2, "ENG", date(2026, 11, 24)),  # a Saturday counts like the Friday before
        (date(2026, 4, 2), 1, "ENG", date(2026, 4, 7)),  # Maundy Thursday: over Good Friday and Easter Monday
        (date(2026, 4, 2), 1, "WLS", date(2026, 4, 7)),
        (date(2026, 12, 24), 1, "ENG", date(2026, 12, 29)),  # Boxing Day is a Saturday, so the Monday is off too
        (date(2026, 5, 1), 1, "WLS", date(2026, 5, 5)),  # over the early May bank holiday
        (date(2027, 12, 24), 1, "ENG", date(2027, 12, 29)),  # both days of Christmas fall on a weekend
        (date(2026, 8, 28), 20, "ENG", date(2026, 9, 28)),  # over the summer bank holiday
        (date(2022, 9, 16), 1, "ENG", date(2022, 9, 20)),  # a holiday proclaimed once
    ],
)
def test_the_table_of_working_days(start: date, days: int, country: str, due: date) -> None:
    assert working_day_after(start, days, country) == due


@pytest.mark.parametrize(
    ("due", "today", "late"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 20), date(2026, 11, 22), 0),  # a Friday: nobody works on the weekend after it
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        (date(2026, 11, 20), date(2026, 11, 24), 2),
        (date(2026, 4, 2), date(2026, 4, 7), 1),  # over Easter
        (date(2026, 11, 24), date(2026, 11, 20), 0),
    ],
)
def test_the_table_of_lateness(due: date, today: date, late: int) -> None:
    assert working_days_late(due, today, "ENG") == late
    assert (due < last_working_day(today, "ENG")) is (late > 0)


@pytest.mark.parametrize(
    ("answer", "words", "shown"),
    [
        (Answer.YES, "The ward.", False),  # they are told at once, and have a flag of their own
        (Answer.NO, "The ward.", False),
        (Answer.NOT_SURE, "", True),
        (Answer.NOT_ANSWERED, "The ward.", True),
        (Answer.NOT_ANSWERED, "  ", False),
    ],
)
def test_the_table_of_doubt_about_risk(answer: Answer, words: str, *, shown: bool) -> None:
    assert may_be_at_risk(answer, words) is shown


DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@settings(max_examples=200)
@given(DAYS, st.integers(1, 60), st.sampled_from(["ENG", "WLS"]))
def test_a_clock_never_runs_out_on_a_day_off_and_counts_one_at_a_time(start: date, days: int, country: str) -> None:
    due = working_day_after(start, days, country)
    assert due > start
    assert due.weekday() < 5
    assert next_working_day(due, country) == due
    assert working_day_after(start, days + 1, country) == working_day_after(due, 1, country)
    assert due - start >= timedelta(days=days)


@pytest.mark.parametrize(
    ("due", "today", "left"),
    [
        (date(2026, 11, 24), date(2026, 11, 20), 2),  # from Friday to Tuesday
        (date(2026, 11, 23), date(2026, 11, 22), 1),  # on a Sunday, due on Monday
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 20), date(2026, 11, 22), 0),  # a weekend is not late
        (date(2026, 11, 20), date(2026, 11, 24), -2),
        (date(2026, 4, 7), date(2026, 4, 2), 1),  # over Easter
    ],
)
def test_the_table_of_what_is_left(due: date, today: date, left: int) -> None:
    assert working_days_left(due, today, "ENG") == left


@settings(max_examples=200)
@given(DAYS, st.integers(-60, 60), st.sampled_from(["ENG", "WLS"]))
def test_what_is_left_makes_a_day_with_as_much_left(today: date, left: int, country: str) -> None:
    due = due_with_left(left, today, country)
    assert next_working_day(due, country) == due
    assert working_days_left(due, today, country) == left


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, []),
        ({"state": S.NEW}, [Missing.ACKNOWLEDGED]),
        ({"elements_settled": False}, [Missing.ELEMENTS]),
        ({"worker_group": None}, [Missing.WORKER_GROUP]),
        ({"told_on": None}, [Missing.TOLD]),
        ({"told_on": None, "why_not_told": "  "}, [Missing.TOLD]),
        ({"told_on": None, "why_not_told": "They asked us not to."}, []),
        ({"satisfied": Satisfied.NO}, [Missing.REASON, Missing.ESCALATION]),
        ({"satisfied": Satisfied.NO, "offered": True}, [Missing.REASON]),
        ({"satisfied": Satisfied.NO, "why_not_satisfied": "It was late."}, [Missing.ESCALATION]),
        ({"satisfied": Satisfied.NO, "why_not_satisfied": "It was late.", "offered": True}, []),
        ({"satisfied": Satisfied.NOT_KNOWN}, []),
    ],
    ids=str,
)
def test_the_table_of_what_closing_needs(change: dict[str, object], missing: list[Missing]) -> None:
    ready: dict[str, object] = {
        "state": S.AWAITING_FEEDBACK, "elements_settled": True, "worker_group": "nursing_midwifery",
        "told_on": date(2026, 11, 20), "why_not_told": "", "satisfied": Satisfied.YES,
        "why_not_satisfied": "", "offered": False,
    }  # fmt: skip
    assert missing_to_close(**{**ready, **change}) == missing  # type: ignore[arg-type]
