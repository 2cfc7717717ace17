"""Files: sealed into the blob store under a key of their own, which stands only inside a sealed record or draft.

A key for each file, rather than the compartment's, lets a draft become a case and a compartment get a new key
without a byte of the file being written again (docs/decisions/0003).
"""

import uuid
from collections.abc import Collection, Iterator

from speakup import audit, organisations, policy
from speakup.audit import Event
from speakup.cases.drafts import StoredFile
from speakup.cases.models import Case, RecordKind, StoredBlob
from speakup.crypto import envelope, streams
from speakup.crypto.envelope import bind
from speakup.crypto.errors import Unreadable
from speakup.gateways.blobs import BlobMissing, Blobs
from speakup.gateways.documents import Cleaned
from speakup.kernel.actor import ActorKind
from speakup.kernel.errors import IntegrityFault, Invalid, NotFound
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment, Record, add, open_case, read
from speakup.policy import Permission


def store(blobs: Blobs, organisation_id: uuid.UUID, cleaned: Cleaned, *, scanned: bool) -> StoredFile:
    """Seal a cleaned file into the blob store, before and outside the unit of work that will name it.

    A file whose unit of work then fails is named by nothing and is swept away at night.
    """
    blob_id, key = new_id(), envelope.new_data_key()
    blobs.put(
        blob_name(organisation_id, blob_id),
        streams.seal_stream([cleaned.body], key, bind("file", organisation_id, blob_id)),
    )
    removed = tuple(sorted(each.value for each in cleaned.removed))
    return StoredFile(blob_id, key, cleaned.name, cleaned.media_type, len(cleaned.body), removed, scanned)


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
    conversation = open_case(uow, case.id, CompartmentKind.CONVERSATION)[CompartmentKind.CONVERSATION]
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
    return stored, _checked(uow.organisation_id, compartment.place.case_id, stored, blobs)


def blob_name(organisation_id: uuid.UUID, blob_id: uuid.UUID) -> str:
    """Where a blob lies in the store."""
    return f"{organisation_id}/{blob_id}"


def file_of(record: Record) -> StoredFile:
    """Read what a file record holds."""
    return StoredFile.from_plain(record.body)


def stored_bytes(organisation_id: uuid.UUID, stored: StoredFile, blobs: Blobs) -> Iterator[bytes]:
    """Give a file whose record is open, checked part by part; `IntegrityFault` for one that is not as it was sealed."""
    return _checked(organisation_id, stored.blob_id, stored, blobs)


def _checked(organisation_id: uuid.UUID, case_id: uuid.UUID, stored: StoredFile, blobs: Blobs) -> Iterator[bytes]:
    try:
        yield from streams.open_stream(
            blobs.get(blob_name(organisation_id, stored.blob_id)),
            stored.key,
            bind("file", organisation_id, stored.blob_id),
        )
    except (BlobMissing, Unreadable) as fault:
        raise IntegrityFault(case_id, "file") from fault
