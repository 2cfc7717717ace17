"""Files sealed into the blob store, each under a key of its own, which stands only with what names the file.

A key for each file, rather than that of the place it is named in, lets a draft become a case and a compartment get a
new key without a byte of the file being written again (docs/decisions/0003). Whoever holds only the store, or only
what names the file, reads nothing of it.
"""

import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from speakup.crypto import envelope, streams
from speakup.crypto.envelope import bind
from speakup.crypto.errors import Unreadable
from speakup.gateways.blobs import BlobMissing, Blobs
from speakup.gateways.documents import Cleaned
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A cleaned file in the blob store and the key that opens it. Everything about it is content."""

    blob_id: uuid.UUID
    key: bytes = field(repr=False)
    name: str = field(repr=False)
    media_type: str
    size: int
    """True size, bytes."""
    removed: tuple[str, ...]
    scanned: bool

    def plain(self) -> dict[str, Any]:
        """As a sealed record holds it."""
        said = asdict(self)
        return {**said, "blob_id": str(self.blob_id), "key": self.key.hex(), "removed": list(self.removed)}

    @classmethod
    def from_plain(cls, said: dict[str, Any]) -> "StoredFile":
        """Read it back."""
        return cls(
            uuid.UUID(said["blob_id"]),
            bytes.fromhex(said["key"]),
            said["name"],
            said["media_type"],
            said["size"],
            tuple(said["removed"]),
            said["scanned"],
        )


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


def blob_name(organisation_id: uuid.UUID, blob_id: uuid.UUID) -> str:
    """Where a blob lies in the store."""
    return f"{organisation_id}/{blob_id}"


def stored_bytes(
    organisation_id: uuid.UUID, stored: StoredFile, blobs: Blobs, about_id: uuid.UUID | None = None
) -> Iterator[bytes]:
    """Give a file, checked part by part as it is read; `IntegrityFault` for one that is not as it was sealed.

    `about_id` is what such a fault is recorded about: the file itself, where nothing else is known.
    """
    try:
        yield from streams.open_stream(
            blobs.get(blob_name(organisation_id, stored.blob_id)),
            stored.key,
            bind("file", organisation_id, stored.blob_id),
        )
    except (BlobMissing, Unreadable) as fault:
        raise IntegrityFault(about_id or stored.blob_id, "file") from fault
