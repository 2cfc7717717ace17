"""Reading the draft."""

from sqlalchemy import select

from speakup.kernel.uow import UnitOfWork
from speakup.routing.models import DraftRule
from speakup.routing.rules import Rule


def drafted(uow: UnitOfWork) -> list[Rule]:
    """List the drafted rules in their order."""
    rows = uow.session.scalars(
        select(DraftRule).where(DraftRule.organisation_id == uow.organisation_id).order_by(DraftRule.position)
    )
    return [Rule(row.directorate_id, row.site_id, row.primary_id, row.cover_id) for row in rows]
