"""What the board can open. It is put there as approving and publishing leave it, without the job that counts."""

import hashlib

from speakup import audit
from speakup.audit import Event
from speakup.kernel.ids import new_id
from speakup.papers import Pack, PublishedPack, written
from speakup.papers.ledger import id_of_digest
from tests.factories.papers import sample_pack
from tests.trusts import Trust


def published_pack(trust: Trust, pack: Pack | None = None) -> Pack:
    """Publish a pack, the sample unless one is given: the row of it, and what the audit chain says of it."""
    pack = pack or sample_pack()
    data = written(pack)
    digest = hashlib.sha256(data).hexdigest()
    approver = trust.people.get("lead", trust.guardian)
    with trust.work(approver) as uow:
        uow.session.add(
            PublishedPack(
                organisation_id=trust.id,
                id=new_id(),
                ref=pack.ref,
                kind=pack.kind,
                period=pack.period.name,
                ends=pack.period.ends,
                published_on=pack.published_on,
                digest=digest,
                pack=data,
                approved_by=approver.id,
                signature=b"",
            )
        )
        for event in (Event.PUBLICATION_APPROVED, Event.PUBLICATION_PUBLISHED):
            audit.record(uow, event, id_of_digest(digest))
    return pack
