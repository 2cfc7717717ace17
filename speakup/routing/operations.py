"""Drafting routing rules. Only a guardian's key puts them into effect."""

from collections.abc import Sequence

from sqlalchemy import delete

from speakup import audit, policy
from speakup.audit import Event
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.routing.models import DraftRule
from speakup.routing.rules import Rule


def draft_rules(uow: UnitOfWork, rules: Sequence[Rule]) -> None:
    """Replace the whole draft, in this order."""
    policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
    uow.session.execute(delete(DraftRule).where(DraftRule.organisation_id == uow.organisation_id))
    for position, rule in enumerate(rules):
        uow.session.add(
            DraftRule(
                organisation_id=uow.organisation_id,
                id=new_id(),
                position=position,
                directorate_id=rule.directorate_id,
                site_id=rule.site_id,
                primary_id=rule.primary,
                cover_id=rule.cover,
            )
        )
    audit.record(uow, Event.ROUTING_DRAFTED)
