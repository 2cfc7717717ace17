"""The national returns of the demonstration: every quarter that is over is signed off, but the newest still open."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from speakup import insight, returns
from speakup.cli.demo.trusts import DemoTrust
from speakup.kernel.uow import Database, UnitOfWork
from speakup.returns import Quarter, Window, Words

_MORNING: Final = time(10, 15, tzinfo=ZoneInfo("Europe/London"))
_OPENS, _SIGNED, _CLOSES = timedelta(days=10), timedelta(days=19), timedelta(days=31)
"""After the quarter's last day."""
_LEFT: Final = timedelta(days=9)
"""Of the newest quarter's window, on the day the demonstration is loaded."""
_YEARLY: Final = 4
_WORDS: Final = (
    Words(
        "Most people spoke about staffing at busy times and about how colleagues speak to each other.",
        "Staff ask to hear what came of it. Teams that work at night hear least, and are visited next.",
    ),
    Words(
        "How work is organised, and rest between shifts. Fewer concerns than before about how processes are handled.",
        "Managers who answer within a week make it easier to speak. Fear of blame holds people back.",
        "Groups of staff are as people gave them.",
    ),
    Words(
        "Behaviour within teams, and safety where equipment was waited for.",
        "Bank and agency workers seldom know where to turn. Inductions now say so.",
    ),
)
"""In turn. Nobody in them exists, and no case is behind them."""


def days(start: date, today: date) -> Iterator[tuple[date, Quarter]]:
    """List on which day each quarter that ended in between is seen to, oldest first."""
    ended = _ended(start, today)
    for quarter in ended[:-1]:
        yield quarter.last_day + _SIGNED, quarter
    for quarter in ended[-1:]:
        yield min(quarter.last_day + _OPENS, today), quarter


def count(start: date, today: date) -> int:
    """Say how many there will be."""
    return len(_ended(start, today))


def see_to(database: Database, trust: DemoTrust, day: date, quarter: Quarter, *, today: date) -> None:
    """Let the first guardian write what belongs to a quarter and, unless it is the newest, sign it off."""
    guardian = trust.content.people_with("guardian")[0].key
    is_newest = quarter == _newest(today)
    with database.work(trust.actor(guardian), at=datetime.combine(day, _MORNING)) as uow:
        closes = today + _LEFT if is_newest else quarter.last_day + _CLOSES
        row = returns.keep_window(uow, quarter, Window(quarter.last_day + _OPENS, closes), 0)
        if is_newest:
            return
        returns.keep_words(uow, quarter, _WORDS[(quarter.year + quarter.number) % len(_WORDS)], row.revision)
        _sign(uow, quarter)
        if quarter.number == _YEARLY:
            _put_right(uow, quarter)


def _put_right(uow: UnitOfWork, fourth: Quarter) -> None:
    """With the fourth quarter the year's others are signed off anew where they changed."""
    quarter = fourth
    for _ in range(_YEARLY - 1):
        quarter = quarter.before
        view = returns.open_return(uow, quarter)
        if view.changes:
            _sign(uow, quarter)


def _sign(uow: UnitOfWork, quarter: Quarter) -> None:
    mark = returns.open_return(uow, quarter).mark
    returns.check_return(uow, quarter, mark)
    returns.submit_return(uow, quarter, mark)


def _ended(start: date, today: date) -> list[Quarter]:
    found, quarter = list[Quarter](), Quarter.read(insight.quarter_of(start))
    while quarter.last_day + _SIGNED < today or quarter == _newest(today):
        found.append(quarter)
        quarter = quarter.next
    return found


def _newest(today: date) -> Quarter:
    return Quarter.read(insight.quarter_of(today)).before
