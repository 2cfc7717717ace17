"""How one link of the chain follows from the one before."""

import hashlib
import uuid
from datetime import UTC, datetime

GENESIS = bytes(32)
"""What the first entry points back to."""


def link(
    previous: bytes,
    organisation_id: uuid.UUID,
    number: int,
    event: str,
    actor: tuple[str, uuid.UUID | None],
    subject_id: uuid.UUID | None,
    quantity: int | None,
    at: datetime,
) -> bytes:
    """Return the SHA-256 of an entry together with the hash of the one before it; each part length-prefixed."""
    kind, actor_id = actor
    parts = [
        previous,
        organisation_id.bytes,
        str(number).encode(),
        event.encode(),
        kind.encode(),
        actor_id.bytes if actor_id else b"",
        subject_id.bytes if subject_id else b"",
        b"" if quantity is None else str(quantity).encode(),
        at.astimezone(UTC).isoformat(timespec="microseconds").encode(),
    ]
    return hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()
