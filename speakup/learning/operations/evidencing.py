"""Showing that something was done: words, and files whose bytes lie sealed in the blob store."""

import uuid
from collections.abc import Collection

from speakup import organisations
from speakup.gateways.sealed_files import StoredFile
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import Act, EventKind, LearningAction, LearningEvent, LearningFile
from speakup.learning.operations.deciding import require_text
from speakup.learning.operations.moving import note, permit


def attach_evidence(
    uow: UnitOfWork, action: LearningAction, files: Collection[StoredFile], text: str = ""
) -> LearningEvent:
    """Add files, words or both to an action's history. The files were cleaned, scanned and sealed before."""
    permit(uow, action, Act.ATTACH)
    if text.strip() or not files:
        require_text("text", text)
    if len(files) > organisations.here(uow).file_count_limit:
        raise Invalid("files", "too many")
    event = note(uow, action, EventKind.EVIDENCE, text)
    uow.session.flush()
    for each in files:
        keep_file(uow, each, event.id)
    return event


def keep_file(uow: UnitOfWork, stored: StoredFile, event_id: uuid.UUID | None = None) -> LearningFile:
    """Name a stored file, so that it can be found and the night does not sweep it away."""
    kept = LearningFile(
        organisation_id=uow.organisation_id,
        id=stored.blob_id,
        event_id=event_id,
        key=stored.key,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        removed=list(stored.removed),
        scanned=stored.scanned,
    )
    uow.session.add(kept)
    uow.session.flush()
    return kept
