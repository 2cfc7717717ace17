"""Whether anybody is there to read: what pages may promise about when somebody looks."""

from collections.abc import Iterable
from datetime import date, timedelta

from speakup import accounts, keyring, routing
from speakup.cases.operations.intake import receivers
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.routing import Concern


def read_from(uow: UnitOfWork) -> date | None:
    """Return the first day, from today on, on which anybody who receives concerns is here; None if nobody ever is."""
    try:
        log = keyring.load_key_log(uow)
    except (keyring.NoTrustRoot, IntegrityFault):
        return None
    able = {each.person_id for each in receivers(uow, log, counted=False) if not each.shut_out}
    away = [accounts.away_until(uow, each.id) for each in accounts.members(uow) if each.id in able]
    return min((until + timedelta(days=1) if until else uow.today for until in away), default=None)


def too_few_on(uow: UnitOfWork, days: Iterable[date]) -> list[date]:
    """List those of these days on which, as things are planned, fewer than two people could receive a concern."""
    try:
        log = keyring.load_key_log(uow)
    except (keyring.NoTrustRoot, IntegrityFault):
        return []
    return [day for day in days if routing.choose(Concern(), [], receivers(uow, log, counted=False, on=day)) is None]
