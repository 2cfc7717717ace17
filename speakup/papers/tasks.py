"""What the job process calls."""

import time
import uuid
from collections.abc import Callable

from speakup import jobs
from speakup.crypto.keypairs import ROOT_SECRET_LENGTH, derive
from speakup.disclosure import Progress
from speakup.kernel.actor import system
from speakup.kernel.uow import Database
from speakup.papers import making
from speakup.papers.models import Refusal
from speakup.papers.operations import checking

TELLS_EVERY = 1.0
"""Seconds between two notes of how far a check has come."""


def check_publication(database: Database, secret: bytes, organisation_id: uuid.UUID, row_id: uuid.UUID) -> None:
    """Check what an outbox row asks for. `secret` is the installation's: 32 bytes, which no page ever shows."""
    with database.work(system(organisation_id), writes=False) as uow:
        row = jobs.find_row(uow, row_id)
        found = None if row is None else checking.material(uow, row.subject_id)
    if row is None:
        return
    publication_id = row.subject_id
    if isinstance(found, making.Material):
        seed = derive(secret[:ROOT_SECRET_LENGTH], f"publication/{organisation_id}/{publication_id}")
        came_to = making.make(found, seed, _teller(database, organisation_id, publication_id))
        with database.work(system(organisation_id)) as uow:
            checking.keep(uow, publication_id, found.revision, found.mark, came_to)
    with database.work(system(organisation_id)) as uow:
        if isinstance(found, Refusal):
            checking.refuse(uow, publication_id, found)
        jobs.finish(uow, [row_id])


def _teller(database: Database, organisation_id: uuid.UUID, publication_id: uuid.UUID) -> Callable[[Progress], None]:
    told = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal told
        if time.monotonic() - told < TELLS_EVERY:
            return
        told = time.monotonic()
        with database.work(system(organisation_id)) as uow:
            checking.note_progress(uow, publication_id, progress)

    return tell
