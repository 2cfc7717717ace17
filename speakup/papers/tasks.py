"""What the job process calls."""

import time
import uuid
from collections.abc import Callable

from speakup import jobs
from speakup.crypto.keypairs import ROOT_SECRET_LENGTH, derive
from speakup.disclosure import Altered, Progress
from speakup.kernel.actor import system
from speakup.kernel.errors import IntegrityFault
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
        subject_id = None if row is None else row.subject_id
    if subject_id is None:
        return
    check_now(database, secret, organisation_id, subject_id)
    with database.work(system(organisation_id)) as uow:
        jobs.finish(uow, [row_id])


def check_now(
    database: Database,
    secret: bytes,
    organisation_id: uuid.UUID,
    publication_id: uuid.UUID,
    tell: Callable[[Progress], None] = lambda _: None,
) -> None:
    """Check one that waits for it. `tell` hears how far it has come, as its page does."""
    found = _material(database, organisation_id, publication_id)
    if isinstance(found, making.Material):
        seed = derive(secret[:ROOT_SECRET_LENGTH], f"publication/{organisation_id}/{publication_id}")
        came_to = making.make(found, seed, _teller(database, organisation_id, publication_id, tell))
        with database.work(system(organisation_id)) as uow:
            checking.keep(uow, publication_id, found.revision, found.mark, came_to)
    elif isinstance(found, Refusal):
        with database.work(system(organisation_id)) as uow:
            checking.refuse(uow, publication_id, found)


def _material(
    database: Database, organisation_id: uuid.UUID, publication_id: uuid.UUID
) -> making.Material | Refusal | None:
    """Read what is needed. What does not check out is a refusal, which says so, and not a check that never ends."""
    try:
        with database.work(system(organisation_id), writes=False) as uow:
            return checking.material(uow, publication_id)
    except (IntegrityFault, Altered):
        return Refusal.FAULT


def _teller(
    database: Database, organisation_id: uuid.UUID, publication_id: uuid.UUID, hears: Callable[[Progress], None]
) -> Callable[[Progress], None]:
    told = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal told
        if time.monotonic() - told < TELLS_EVERY:
            return
        told = time.monotonic()
        hears(progress)
        with database.work(system(organisation_id)) as uow:
            checking.note_progress(uow, publication_id, progress)

    return tell
