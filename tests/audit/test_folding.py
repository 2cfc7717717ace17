"""A case's history: what somebody did over and over on one day is one line, and nothing else is lost or moved."""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from speakup.audit import Event, HistoryLine, folded
from speakup.kernel.clock import london_day

PEOPLE = [uuid.UUID(int=number) for number in range(2)]
NEWEST = datetime(2026, 11, 23, 15, tzinfo=UTC)
HISTORIES = st.lists(
    st.tuples(
        st.sampled_from([Event.CASE_READ, Event.NOTE_ADDED]), st.sampled_from([None, *PEOPLE]), st.integers(0, 20)
    ),
    max_size=30,
).map(
    lambda made: [
        HistoryLine(event, person, person is None, NEWEST - timedelta(hours=hours))
        for event, person, hours in sorted(made, key=lambda each: each[2])
    ]
)


def what(line: HistoryLine) -> tuple[object, ...]:
    return line.event, line.actor_id, line.by_reporter, london_day(line.at)


@given(HISTORIES)
def test_every_line_is_counted_once_in_its_place(history: list[HistoryLine]) -> None:
    lines = folded(history)
    assert [what(line) for line in lines for _ in range(line.times)] == [what(line) for line in history]
    assert all(what(one) != what(other) for one, other in pairwise(lines))


@given(HISTORIES)
def test_a_line_says_when_it_was_last(history: list[HistoryLine]) -> None:
    left = list(history)
    for line in folded(history):
        assert line.at == left[0].at
        del left[: line.times]
    assert left == []
