"""How many things are due on which day, for a calendar elsewhere: counts and days, and not a word about any case."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from speakup import keyring, policy
from speakup.cases.models import CaseClock
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import PrincipalKind
from speakup.policy import Permission


@dataclass(frozen=True, slots=True, order=True)
class DueDay:
    """How many clocks of somebody's cases run out on a day; on today those, too, that have run out already."""

    day: date
    count: int


def due_days(uow: UnitOfWork, person_id: uuid.UUID) -> list[DueDay]:
    """List the days on which something is due in the cases somebody holds a key of. Nothing is opened."""
    policy.require(uow.actor, Permission.CALENDAR_FOLLOW)
    query = (
        select(CaseClock.due_on, func.count())
        .where(
            CaseClock.organisation_id == uow.organisation_id,
            CaseClock.stopped_on.is_(None),
            CaseClock.days_left.is_(None),
            CaseClock.case_id.in_(keyring.held_cases(PrincipalKind.STAFF, person_id, uow.organisation_id)),
        )
        .group_by(CaseClock.due_on)
    )
    counts: Counter[date] = Counter()
    for day, count in uow.session.execute(query):
        counts[max(day, uow.today)] += count
    return sorted(DueDay(day, count) for day, count in counts.items())
