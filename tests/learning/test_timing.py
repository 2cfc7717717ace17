"""When somebody is reminded, how an overdue action is raised, and when one is stuck: truth tables."""

from datetime import date, timedelta

import pytest

from speakup.learning.timing import Raised, is_reminded, is_stuck, newest_reminder, raised

DUE = date(2026, 6, 15)


def on(days: int) -> date:
    """So many days after the day on which it is due."""
    return DUE + timedelta(days=days)


@pytest.mark.parametrize(("today", "newest"), [
    (-100, None), (-15, None), (-14, -14), (-13, -14), (-4, -14), (-3, -3), (-1, -3), (0, 0), (1, 0), (6, 0), (7, 7),
    (13, 7), (14, 14), (27, 14), (28, 28), (41, 28), (42, 42), (400, 392),
])  # fmt: skip
def test_the_newest_reminder_is_the_last_that_has_come(today: int, newest: int | None) -> None:
    assert newest_reminder(DUE, on(today)) == (None if newest is None else on(newest))


@pytest.mark.parametrize(("today", "since", "reminded"), [
    (-15, -100, False),  # Nothing yet.
    (-14, -100, True),
    (-14, -14, False),  # Sent this morning.
    (-13, -100, True),  # The day itself was missed.
    (-10, -14, False),
    (-3, -14, True),
    (0, -3, True),
    (0, 0, False),  # Given on the day it is due.
    (5, -14, True),  # Two were missed: one is sent.
    (6, 0, False),
    (7, 0, True),
    (21, 14, False),
    (28, 14, True),
    (-10, -10, False),  # Given ten days before: the first one was before that.
    (-3, -10, True),
])  # fmt: skip
def test_a_reminder_is_sent_once_however_often_it_is_asked_for(today: int, since: int, reminded: bool) -> None:  # noqa: FBT001 -- a column of the table
    assert is_reminded(DUE, on(today), on(since)) is reminded


@pytest.mark.parametrize(("today", "how"), [
    (-30, Raised.NOT), (0, Raised.NOT), (1, Raised.COUNTED), (28, Raised.COUNTED), (29, Raised.NAMED),
    (400, Raised.NAMED),
])  # fmt: skip
def test_an_overdue_action_is_counted_and_after_four_weeks_named(today: int, how: Raised) -> None:
    assert raised(DUE, on(today)) is how


@pytest.mark.parametrize(("days", "waits", "stuck"), [
    (0, None, False), (60, None, False), (61, None, True), (200, None, True),
    (61, 0, False), (61, 30, False), (61, -1, True),
])  # fmt: skip
def test_an_action_is_stuck_after_sixty_days_of_silence_unless_it_waits_to_be_looked_at_again(
    days: int,
    waits: int | None,
    stuck: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    today = DUE + timedelta(days=days)
    assert is_stuck(DUE, today, None if waits is None else today + timedelta(days=waits)) is stuck
