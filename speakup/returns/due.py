"""Which returns wait to be signed off, and until when: for a guardian's list, and as bare days for a calendar."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from speakup import accounts, policy
from speakup.kernel.uow import UnitOfWork
from speakup.policy import GRANTS, Permission
from speakup.returns.models import NationalReturn


@dataclass(frozen=True, slots=True, order=True)
class DueReturn:
    """A return that nobody has signed off yet, with the last day on which it is taken."""

    last_day: date
    period: str
    """The quarter, as 2026-27/Q2."""


def due_returns(uow: UnitOfWork) -> list[DueReturn]:
    """List the returns that wait and whose last day somebody wrote down, the most urgent first. None for others."""
    return _due(uow) if policy.allows(uow.actor, Permission.RETURN_KEEP) else []


def due_days(uow: UnitOfWork, person_id: uuid.UUID) -> Counter[date]:
    """Count the returns that somebody may sign off by their last day; today those, too, whose day has passed."""
    policy.require(uow.actor, Permission.CALENDAR_FOLLOW)
    roles = accounts.member(uow, person_id).membership.drafted_roles
    if not any(Permission.RETURN_SUBMIT in GRANTS[role] for role in roles):
        return Counter()
    return Counter(max(each.last_day, uow.today) for each in _due(uow))


def _due(uow: UnitOfWork) -> list[DueReturn]:
    query = select(NationalReturn.closes_on, NationalReturn.period).where(
        NationalReturn.organisation_id == uow.organisation_id,
        NationalReturn.submissions == 0,
        NationalReturn.closes_on.is_not(None),
    )
    return sorted(DueReturn(day, period) for day, period in uow.session.execute(query) if day is not None)
