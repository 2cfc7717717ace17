"""Working days, and what closing needs: plain values in and out. Which moves there are stands in `moves`."""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

from speakup.cases.models import CaseState


class Answer(StrEnum):
    """What the person answered to a question they need not answer."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not sure"
    NOT_ANSWERED = "not answered"
    NOT_YES = "not yes"
    """Of content sealed before the others were told apart: no, not sure or not answered."""


class Satisfied(StrEnum):
    """Whether the person is content for the case to close."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not known"


class Missing(StrEnum):
    """What stands between a case and its closing."""

    ELEMENTS = "elements"
    WORKER_GROUP = "worker group"
    TOLD = "told"
    REASON = "reason"
    ESCALATION = "escalation"
    ACKNOWLEDGED = "acknowledged"
    PASSED_ON = "passed on"
    """Nobody outside goes on working on what was closed: what was passed on ends with it, or is answered first."""


def missing_to_close(
    state: CaseState,
    *,
    elements_settled: bool,
    worker_group: str | None,
    told_on: date | None,
    why_not_told: str,
    satisfied: Satisfied,
    why_not_satisfied: str,
    offered: bool,
) -> Collection[Missing]:
    """List what closing still needs: coded, told or why not; and for a *no* its reason and a further step offered."""
    missing = {
        Missing.ACKNOWLEDGED: state is CaseState.NEW,
        Missing.ELEMENTS: not elements_settled,
        Missing.WORKER_GROUP: not worker_group,
        Missing.TOLD: told_on is None and not why_not_told.strip(),
        Missing.REASON: satisfied is Satisfied.NO and not why_not_satisfied.strip(),
        Missing.ESCALATION: satisfied is Satisfied.NO and not offered,
    }
    return [what for what, is_missing in missing.items() if is_missing]


@lru_cache(maxsize=4096)
def working_day_after(start: date, days: int, country: str) -> date:
    """Return the day `days` working days after `start` in `ENG` or `WLS`: no weekends, no bank holidays.

    Counting begins with the first working day after `start`, as an answer is owed from the day after it was asked for.
    """
    day = start
    for _ in range(days):
        day = next_working_day(day + timedelta(days=1), country)
    return day


# Counted day by day, and asked again for every row of every list: the answers are few.
@lru_cache(maxsize=4096)
def working_days_late(due: date, today: date, country: str) -> int:
    """Return how many working days have begun since the day something was due; none over a weekend that follows it."""
    late, day = 0, due
    while (day := next_working_day(day + timedelta(days=1), country)) <= today:
        late += 1
    return late


def month_after(day: date) -> date:
    """Return the same day of the next month, or its last where it has none such: a calendar month as the law counts."""
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return min(first.replace(day=min(day.day, last.day)), last)


def working_days_left(due: date, today: date, country: str) -> int:
    """Return how many working days are left until something is due; below nothing, how many it is late.

    `due_with_left` turns it back into a day: what is left of a clock outlives a pause.
    """
    # The days after today up to the one it is due are counted as the days after that one up to today are.
    return working_days_late(today, due, country) if due >= today else -working_days_late(due, today, country)


def due_with_left(left: int, today: date, country: str) -> date:
    """Return the working day that has `left` working days left today; where that is negative, one as many days late."""
    if left > 0:
        return working_day_after(today, left, country)
    day = last_working_day(today, country)
    for _ in range(-left):
        day = last_working_day(day - timedelta(days=1), country)
    return day


def last_working_day(day: date, country: str) -> date:
    """Return `day` itself if it is a working day, or else the last one before it: due before then is late."""
    while next_working_day(day, country) != day:
        day -= timedelta(days=1)
    return day


def months_after(day: date, months: int) -> date:
    """Return the same day so many months on, or the last one of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def may_be_at_risk(answer: Answer, words: str) -> bool:
    """Say whether somebody may be at risk, for whom no guardian was told at once: doubt, or words without an answer."""
    return answer is Answer.NOT_SURE or (answer is Answer.NOT_ANSWERED and bool(words.strip()))


def next_working_day(day: date, country: str) -> date:
    """Return `day` itself if it is a working day, or else the first one after it."""
    closed = _bank_holidays(country)
    while day.weekday() >= 5 or day in closed:  # noqa: PLR2004 -- Saturday is 5
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=4)
def _bank_holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv=country)
