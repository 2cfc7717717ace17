"""Telling every guardian that keys do not check out: by mail without content, once a day at most."""

import uuid
from collections.abc import Collection
from datetime import datetime, time, timedelta

from speakup import accounts, audit, jobs, policy
from speakup.audit import Event
from speakup.jobs import Job
from speakup.kernel.clock import LONDON
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.operations import key_log
from speakup.policy import CASE_ROLES, Permission

MARKED_FOR = timedelta(days=31)
"""How long a case of which something did not check out is marked for those on it."""


def fault_recorded_today(uow: UnitOfWork, subject_id: uuid.UUID) -> bool:
    """Say whether a fault of this case, or of the organisation's key log, is in the audit chain since midnight."""
    return audit.recorded_since(uow, Event.INTEGRITY_FAULT, _midnight(uow), subject_id)


def record_fault(uow: UnitOfWork, subject_id: uuid.UUID) -> None:
    """Record that something does not check out, once a day for each subject, and warn the guardians.

    Whoever makes faults so fills neither the chain nor anybody's letter box. The subject is a case, or the
    organisation for its key log.
    """
    policy.require(uow.actor, Permission.STAFF_NOTIFY)
    if not fault_recorded_today(uow, subject_id):
        audit.record(uow, Event.INTEGRITY_FAULT, subject_id)
        warn_guardians(uow)


def warn_of_faults(uow: UnitOfWork) -> bool:
    """Warn the guardians of what was recorded since they were last warned: by a list, a search, or a worker's visit.

    What only a worker's visit found stands in the chain from the night after, so that no letter says when somebody was
    here.
    """
    policy.require(uow.actor, Permission.STAFF_NOTIFY)
    last = audit.last_number(uow, Event.INTEGRITY_FAULT)
    return last > audit.last_number(uow, Event.GUARDIANS_WARNED) and warn_guardians(uow)


def lately_at_fault(uow: UnitOfWork, case_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Say of which of these cases something did not check out in the last month. The caller may read them all."""
    return audit.subjects_since(uow, Event.INTEGRITY_FAULT, uow.now - MARKED_FOR, case_ids)


def warn_guardians(uow: UnitOfWork) -> bool:
    """Defer a warning to everybody written down for cases, and everybody the key log names; say whether one was due.

    The log may be what does not check out, and what is written down may have been changed by the same hand, so neither
    alone decides who is warned. A warning tells nothing to somebody who should not have it.
    """
    policy.require(uow.actor, Permission.STAFF_NOTIFY)
    if audit.recorded_since(uow, Event.GUARDIANS_WARNED, _midnight(uow)):
        return False
    named = key_log.ever_named(uow)
    guardians = [
        each for each in accounts.members(uow) if each.id in named or each.membership.drafted_roles & CASE_ROLES
    ]
    for each in guardians:
        jobs.defer(uow, Job.KEY_WARNING_MAIL, each.id)
    audit.record(uow, Event.GUARDIANS_WARNED, quantity=len(guardians))
    return True


def _midnight(uow: UnitOfWork) -> datetime:
    return datetime.combine(uow.today, time(), LONDON)
