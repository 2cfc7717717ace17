"""Telling every guardian that keys do not check out: by mail without content, once a day at most."""

from datetime import datetime, time

from speakup import accounts, audit, jobs, policy
from speakup.audit import Event
from speakup.jobs import Job
from speakup.kernel.clock import LONDON
from speakup.kernel.uow import UnitOfWork
from speakup.policy import CASE_ROLES, Permission


def warn_guardians(uow: UnitOfWork) -> bool:
    """Defer a warning to everybody written down for cases; say whether one was due.

    Whom the key log names is not asked, since the log itself may be what does not check out.
    """
    policy.require(uow.actor, Permission.STAFF_NOTIFY)
    if audit.recorded_since(uow, Event.GUARDIANS_WARNED, datetime.combine(uow.today, time(), LONDON)):
        return False
    guardians = accounts.members_with(uow, CASE_ROLES)
    for each in guardians:
        jobs.defer(uow, Job.KEY_WARNING_MAIL, each.id)
    audit.record(uow, Event.GUARDIANS_WARNED, quantity=len(guardians))
    return True
