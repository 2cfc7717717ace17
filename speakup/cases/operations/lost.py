"""Finding cases that are sealed and stand in no row: somebody who writes the database took them off every list."""

from sqlalchemy import select

from speakup import keyring, policy
from speakup.cases.models import Case
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission


def report_lost(uow: UnitOfWork) -> int:
    """Record each case whose row is gone while its parts are there, and warn the guardians; return how many."""
    policy.require(uow.actor, Permission.STAFF_NOTIFY)
    rows = Case.__table__.c
    lost = keyring.sealed_cases(uow, besides=select(rows.id).where(rows.organisation_id == uow.organisation_id))
    for case_id in sorted(lost):
        keyring.record_fault(uow, case_id)
    return len(lost)
