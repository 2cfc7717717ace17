"""How long clocks run here, and what an administrator changed about it and when, for the guardians they measure."""

from dataclasses import dataclass
from datetime import datetime

from speakup import accounts, organisations
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import CLOCK_BOUNDS, ClockChange


@dataclass(frozen=True, slots=True)
class ClockLengths:
    """Working days as they were from a moment on, in the order of `CLOCK_BOUNDS`; by whom, if somebody is known."""

    days: tuple[int, ...]
    since: datetime
    by: str


def clock_lengths(uow: UnitOfWork) -> list[ClockLengths]:
    """List the last changes, newest first."""
    changes = organisations.clock_changes(uow)
    names = accounts.names_of(uow, {each.changed_by for each in changes if each.changed_by})
    return [
        ClockLengths(_days(each), each.changed_at, names.get(each.changed_by, "") if each.changed_by else "")
        for each in changes
    ]


def _days(change: ClockChange) -> tuple[int, ...]:
    return tuple(getattr(change, name) for name in CLOCK_BOUNDS)
