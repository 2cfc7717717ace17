"""Thresholds: those of the method, unless somebody who may has decided otherwise and it is written down."""

from datetime import date

from speakup import audit, policy
from speakup.audit import Event
from speakup.disclosure import Rules
from speakup.kernel.errors import Invalid
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.papers import ledger
from speakup.papers.models import ThresholdDecision
from speakup.policy import Permission


def decide_thresholds(
    uow: UnitOfWork, groups: int, trust_wide: int, least_staff: int, decision: str, decided_on: date
) -> ThresholdDecision:
    """Record what the Caldicott guardian or the SIRO decided. `Invalid` for what the method does not allow."""
    policy.require(uow.actor, Permission.PUBLICATION_PREPARE)
    if decided_on > uow.today:
        raise Invalid("decided_on", "still to come")
    try:
        Rules(groups, trust_wide, least_staff, decision)
    except ValueError as refused:
        raise Invalid("groups", str(refused)) from refused
    row = ThresholdDecision(
        organisation_id=uow.organisation_id,
        id=new_id(),
        number=len(ledger.decisions(uow)) + 1,
        groups=groups,
        trust_wide=trust_wide,
        least_staff=least_staff,
        decision=decision,
        decided_on=decided_on,
        recorded_by=uow.actor.person_id,
    )
    uow.session.add(row)
    audit.record(uow, Event.THRESHOLDS_DECIDED, row.id)
    return row
