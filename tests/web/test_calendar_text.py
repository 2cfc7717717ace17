"""What a calendar program reads, judged by a parser that is not ours."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from speakup.web.calendar_text import WholeDay, write

TODAY = date(2026, 11, 23)
LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=200)


def parsed(events: list[WholeDay], seed: bytes = b"seed") -> Any:  # noqa: ANN401 -- each property has a type of its own
    return Calendar.from_ical(write(events, "Due", TODAY, seed))


@given(st.lists(st.tuples(st.dates(TODAY, date(2099, 1, 1)), LINES), max_size=4))
def test_whatever_the_words_a_parser_reads_the_same_words_and_days(lines: list[tuple[date, str]]) -> None:
    calendar = parsed([WholeDay(*each) for each in lines])
    events = calendar.walk("VEVENT")
    assert [(each["DTSTART"].dt, str(each["SUMMARY"])) for each in events] == lines
    assert all(each["DTEND"].dt == each["DTSTART"].dt + timedelta(days=1) for each in events)
    assert str(calendar["X-WR-CALNAME"]) == "Due"


@given(LINES)
def test_no_line_is_longer_than_it_may_be_and_none_is_broken_within_a_character(words: str) -> None:
    body = write([WholeDay(TODAY, words)], words, TODAY, b"seed")
    assert body.endswith(b"\r\n")
    for line in body.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75
        assert line.decode()


@pytest.mark.parametrize("words", ["one\ntwo", "one\r\ntwo", "one\rtwo"])
def test_a_line_break_in_words_begins_no_line_of_its_own(words: str) -> None:
    [event] = parsed([WholeDay(TODAY, words)]).walk("VEVENT")
    assert str(event["SUMMARY"]) == "one\ntwo"


def test_an_event_keeps_its_id_while_the_address_lasts_and_tells_nothing_about_it() -> None:
    first, again, other = (
        parsed([WholeDay(TODAY, "1 thing is due")], seed=seed).walk("VEVENT")[0] for seed in (b"one", b"one", b"two")
    )
    assert first["UID"] == again["UID"] != other["UID"]
    assert first["DTSTAMP"].dt == datetime(2026, 11, 23, tzinfo=UTC)
    assert str(first["CLASS"]) == "PRIVATE"


def test_nothing_in_it_names_the_program() -> None:
    body = write([WholeDay(TODAY, "2 things are due")], "What is due", TODAY, b"seed").decode().lower()
    assert not [word for word in ("speak", "guardian", "case", "concern", "trust") if word in body]
