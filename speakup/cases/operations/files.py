"""Files of a case: each one's key stands only inside a sealed record, or in a draft."""

import uuid
from collections.abc import Collection, Iterator

from speakup import audit, organisations, policy
from speakup.audit import Event
from speakup.cases.models import Case, RecordKind, StoredBlob
from speakup.gateways.blobs import Blobs
from speakup.gateways.sealed_files import StoredFile, stored_bytes
from speakup.kernel.actor import ActorKind
from speakup.kernel.errors import Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment, Record, add, open_case, read
from speakup.policy import Permission


def attach(uow: UnitOfWork, conversation: OpenCompartment, files: Collection[StoredFile]) -> list[str]:
    """Seal each file's name and key into the conversation; return the record ids."""
    if len(files) > organisations.here(uow).file_count_limit:
        raise Invalid("files", "too many")
    ids = []
    for stored in files:
        blob = uow.session.get(StoredBlob, (uow.organisation_id, stored.blob_id))
        if blob is None:
            uow.session.add(StoredBlob(organisation_id=uow.organisation_id, id=stored.blob_id))
        else:
            blob.expires_at = blob.unsent_size = None
        ids.append(str(add(uow, conversation, RecordKind.FILE, stored.plain())))
    return ids


def open_file(uow: UnitOfWork, case: Case, record_id: uuid.UUID, blobs: Blobs) -> tuple[StoredFile, Iterator[bytes]]:
    """Open one file of the conversation; the bytes are checked part by part as they are read."""
    policy.require(
        uow.actor, Permission.INBOX_USE if uow.actor.kind is ActorKind.REPORTER else Permission.CASE_READ, case
    )
    # All of it that they hold: so the conversation is the one that was made with the rest of the case.
    conversation = open_case(uow, case.id)[CompartmentKind.CONVERSATION]
    opened = open_in(uow, conversation, record_id, blobs)
    audit.record(uow, Event.FILE_READ, case.id)
    return opened


def open_in(
    uow: UnitOfWork, compartment: OpenCompartment, record_id: uuid.UUID, blobs: Blobs
) -> tuple[StoredFile, Iterator[bytes]]:
    """Open a file that is named in this compartment; whoever opened that asked the policy and records it."""
    record = next((each for each in read(uow, compartment, RecordKind.FILE) if each.id == record_id), None)
    if record is None:
        raise NotFound(record_id)
    stored = StoredFile.from_plain(record.body)
    return stored, stored_bytes(uow.organisation_id, stored, blobs, compartment.place.case_id)


def file_of(record: Record) -> StoredFile:
    """Read what a file record holds."""
    return StoredFile.from_plain(record.body)
