"""Following the whole chain, and keeping outside the database how far it was whole."""

from speakup.audit.anchor import Anchor, write_anchor
from speakup.audit.models import AuditHead
from speakup.audit.queries import ChainReport, verify
from speakup.kernel.uow import UnitOfWork


def keep_anchor(uow: UnitOfWork) -> ChainReport:
    """Keep the newest entry, if the chain is whole and still passes through the one kept before; say how it stands."""
    report = verify(uow)
    if report.broken_at is not None:
        return report
    head = uow.session.get(AuditHead, uow.organisation_id)
    if head is not None:
        write_anchor(uow.trust_dir, uow.organisation_id, Anchor(head.number, head.hash))
    return report
