"""When whoever sees to an action is reminded, when an overdue one is named, and when one is stuck. Pure."""

from datetime import date, timedelta
from enum import IntEnum

REMINDED = (-14, -3, 0, 7, 14)
"""Days from the day on which it is due: twice before it, on it, and after it."""
REMINDED_EVERY = 14
"""Days between two reminders from then on."""
NAMED_AFTER = timedelta(days=28)
"""For so long after its day an overdue action is one of a number; then it is named."""
STUCK_AFTER = timedelta(days=60)


class Raised(IntEnum):
    """How the executive lead hears of an overdue action."""

    NOT = 0
    COUNTED = 1
    NAMED = 2


def newest_reminder(due_on: date, today: date) -> date | None:
    """Return the last day up to today on which there was a reminder to send; None while the first is still to come."""
    late = (today - due_on).days
    if late < REMINDED[0]:
        return None
    if late >= REMINDED[-1]:
        days = late - (late - REMINDED[-1]) % REMINDED_EVERY
    else:
        days = max(each for each in REMINDED if each <= late)
    return due_on + timedelta(days=days)


def is_reminded(due_on: date, today: date, since: date) -> bool:
    """Say whether a reminder is to be sent that was not sent by `since`: the last one, or the day it was given.

    However many days were missed, it is one reminder.
    """
    newest = newest_reminder(due_on, today)
    return newest is not None and newest > since


def raised(due_on: date, today: date) -> Raised:
    """Say how an action that is not done is raised today: overdue ones by number, and after four weeks by name."""
    if today <= due_on:
        return Raised.NOT
    return Raised.NAMED if today - due_on > NAMED_AFTER else Raised.COUNTED


def is_stuck(heard_on: date, today: date, waits_until: date | None = None) -> bool:
    """Say whether nothing was heard of an action for 60 days; one that is to be looked at again waits for that."""
    if waits_until is not None and waits_until >= today:
        return False
    return today - heard_on > STUCK_AFTER


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later; the last of its month where there is no such day."""
    passed = day.month - 1 + months
    first = date(day.year + passed // 12, passed % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)
