"""The files of evidence and of the library: which there are, and their bytes."""

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, select

from speakup import audit, policy
from speakup.audit import Event
from speakup.gateways.blobs import Blobs
from speakup.gateways.sealed_files import StoredFile, stored_bytes
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import LearningAction, LearningEvent, LearningFile, LearningResource
from speakup.policy import Permission


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file as a page lists it."""

    id: uuid.UUID
    name: str
    size: int
    """Bytes."""
    removed: tuple[str, ...]
    scanned: bool


def evidence(uow: UnitOfWork, action: LearningAction) -> dict[uuid.UUID, list[FileLine]]:
    """Map the lines of an action's history to the files that were added with them."""
    policy.require(uow.actor, Permission.LEARNING_OWN, action)
    found: defaultdict[uuid.UUID, list[FileLine]] = defaultdict(list)
    for row in uow.session.scalars(_of(action).order_by(LearningFile.name, LearningFile.id)):
        if row.event_id is not None:
            found[row.event_id].append(FileLine(row.id, row.name, row.size, tuple(row.removed), row.scanned))
    return dict(found)


def open_evidence(
    uow: UnitOfWork, action: LearningAction, file_id: uuid.UUID, blobs: Blobs
) -> tuple[str, Iterator[bytes]]:
    """Open one file of an action that was found; return its name, and its bytes as they are checked."""
    policy.require(uow.actor, Permission.LEARNING_OWN, action)
    row = uow.session.scalar(_of(action).where(LearningFile.id == file_id))
    if row is None:
        raise NotFound(file_id)
    audit.record(uow, Event.FILE_READ, action.id)
    return _opened(uow, row, blobs)


def open_resource(uow: UnitOfWork, resource: LearningResource, blobs: Blobs) -> tuple[str, Iterator[bytes]]:
    """Open the file of the library's entry; return its name, and its bytes as they are checked."""
    policy.require(uow.actor, Permission.LEARNING_OWN, resource)
    row = uow.session.get(LearningFile, (uow.organisation_id, resource.file_id)) if resource.file_id else None
    if row is None:
        raise NotFound(resource.id)
    return _opened(uow, row, blobs)


def kept_blobs(uow: UnitOfWork) -> frozenset[uuid.UUID]:
    """Name every blob that is a file here: the night deletes those that nothing names."""
    policy.require(uow.actor, Permission.LEARNING_FOLLOW_UP)
    ids = select(LearningFile.id).where(LearningFile.organisation_id == uow.organisation_id)
    return frozenset(uow.session.scalars(ids))


def _of(action: LearningAction) -> Select[LearningFile]:
    of_action = (LearningEvent.organisation_id == LearningFile.organisation_id) & (
        LearningEvent.id == LearningFile.event_id
    )
    return (
        select(LearningFile)
        .join(LearningEvent, of_action)
        .where(LearningFile.organisation_id == action.organisation_id, LearningEvent.action_id == action.id)
    )


def _opened(uow: UnitOfWork, row: LearningFile, blobs: Blobs) -> tuple[str, Iterator[bytes]]:
    stored = StoredFile(row.id, row.key, row.name, row.media_type, row.size, tuple(row.removed), row.scanned)
    return row.name, stored_bytes(uow.organisation_id, stored, blobs)
