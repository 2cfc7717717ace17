"""Whether anybody is there to read: what pages may promise about when somebody looks."""

from datetime import date, timedelta

from speakup import accounts, keyring
from speakup.cases.operations.intake import receivers
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork


def read_from(uow: UnitOfWork) -> date | None:
    """Return the first day, from today on, on which anybody who receives concerns is here; None if nobody ever is."""
    try:
        log = keyring.load_key_log(uow)
    except (keyring.NoTrustRoot, IntegrityFault):
        return None
    able = {each.person_id for each in receivers(uow, log, counted=False) if not each.shut_out}
    away = [each.membership.away_until(uow.today) for each in accounts.members(uow) if each.id in able]
    return min((until + timedelta(days=1) if until else uow.today for until in away), default=None)
