"""The clocks of a case as its guardian and the lead guardian see them."""

import uuid
from dataclasses import dataclass
from datetime import date

from speakup import organisations, policy
from speakup.cases import clocks
from speakup.cases.models import Case, ClockKind
from speakup.cases.rules import working_days_late, working_days_left
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock that has not stopped. Days are working days."""

    kind: ClockKind
    about_id: uuid.UUID | None
    started_on: date
    due_on: date
    """For one that is held up, the day it would have run out."""
    days_left: int
    """Below nothing for one that was late when it was held up; never for one that runs."""
    days_late: int
    held_up: bool


def clock_lines(uow: UnitOfWork, case: Case) -> list[ClockLine]:
    """List the clocks of a case: those that run in the order they run out, then those that are held up."""
    policy.require(uow.actor, Permission.CASE_READ, case)
    country, today = organisations.here(uow).country, uow.today
    lines = [
        ClockLine(
            kind=row.kind,
            about_id=row.about_id,
            started_on=row.started_on,
            due_on=row.due_on,
            days_left=max(0, working_days_left(row.due_on, today, country)) if row.days_left is None else row.days_left,
            days_late=working_days_late(row.due_on, today, country) if row.days_left is None else 0,
            held_up=row.days_left is not None,
        )
        for row in clocks.standing(uow, case)
    ]
    return sorted(lines, key=lambda line: line.held_up)
