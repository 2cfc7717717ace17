"""What the job process calls: telling guardians at set hours, and clearing up at night."""

import uuid
from datetime import datetime

from sqlalchemy import select

from speakup import learning
from speakup.cases.models import StoredBlob
from speakup.cases.operations.casework import announce
from speakup.cases.operations.drafts import sweep_drafts
from speakup.cases.operations.importing import sweep_imports
from speakup.cases.operations.lost import report_lost
from speakup.cases.operations.reminding import remind
from speakup.gateways.blobs import Blobs
from speakup.gateways.sealed_files import blob_name
from speakup.kernel.actor import system
from speakup.kernel.uow import Database


def announce_cases(database: Database, organisation_id: uuid.UUID) -> int:
    """Tell the guardians of one organisation that there is something to read; return of how many cases."""
    with database.work(system(organisation_id)) as uow:
        return announce(uow)


def remind_guardians(database: Database, organisation_id: uuid.UUID) -> int:
    """Let those know by letter in whose cases something is due; return how many people."""
    with database.work(system(organisation_id)) as uow:
        return remind(uow)


def look_for_lost_cases(database: Database, organisation_id: uuid.UUID) -> int:
    """Tell the guardians of one organisation of cases that were taken off every list; return how many there are."""
    with database.work(system(organisation_id)) as uow:
        return report_lost(uow)


def clear_drafts(database: Database, blobs: Blobs, organisation_id: uuid.UUID) -> int:
    """Delete drafts that have run out, then their files, and logs that nobody accepted; return how many files."""
    with database.work(system(organisation_id)) as uow:
        lost = sweep_drafts(uow)
        sweep_imports(uow)
    for row in lost:
        blobs.delete(blob_name(organisation_id, row.id))
    return len(lost)


def clear_orphans(database: Database, blobs: Blobs, organisation_ids: list[uuid.UUID], before: datetime) -> int:
    """Delete files written before a moment that no row names: a process died between storing and naming them."""
    # What is stored is listed before what is named, so that a file named in between is not taken for an orphan.
    stored = set(blobs.keys_written(before=before))
    for organisation_id in organisation_ids:
        with database.work(system(organisation_id), writes=False) as uow:
            named = uow.session.scalars(select(StoredBlob.id).where(StoredBlob.organisation_id == organisation_id))
            kept = {*named, *learning.kept_blobs(uow)}
            stored -= {blob_name(organisation_id, each) for each in kept}
    for key in stored:
        blobs.delete(key)
    return len(stored)
