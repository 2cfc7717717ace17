"""Who holds one key version of one compartment: writing the statement, and deciding whether it checks out."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from speakup.crypto.envelope import bind
from speakup.keyring.models import CompartmentKind, PrincipalKind
from speakup.keyring.rules import canonical

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a compartment is. Everything sealed in it is bound to this."""

    organisation_id: uuid.UUID
    case_id: uuid.UUID
    compartment_id: uuid.UUID
    kind: CompartmentKind

    def version_context(self, version: int) -> bytes:
        """Bind one key version."""
        return _version_context(self, version)

    def grant_info(self, version: int, holder: "Holder") -> bytes:
        """Bind one data key sealed to one holder's one key."""
        return bind("grant", self.version_context(version), holder.kind.value, holder.id, holder.fingerprint)

    def record_context(self, version: int, record_id: uuid.UUID, kind: str, revision: int) -> bytes:
        """Bind one sealed record to its place, kind and revision."""
        return bind("record", self.version_context(version), record_id, kind, revision)

    def head_context(self, version: int) -> bytes:
        """Bind the head of the compartment."""
        return _head_context(self, version)


@dataclass(frozen=True, slots=True)
class Holder:
    """A principal and the fingerprint of the public key a data key was sealed to."""

    kind: PrincipalKind
    id: uuid.UUID
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Statement:
    """What a key record says."""

    version: int
    commitment: bytes
    previous: bytes
    holders: frozenset[Holder]

    def holder(self, kind: PrincipalKind, principal_id: uuid.UUID) -> Holder | None:
        """Return this principal as the statement names them."""
        return next((each for each in self.holders if (each.kind, each.id) == (kind, principal_id)), None)


@lru_cache(maxsize=4096)
def _version_context(place: Place, version: int) -> bytes:
    """Asked for a dozen times when one compartment is opened."""
    return bind("key version", place.organisation_id, place.case_id, place.compartment_id, place.kind.value, version)


@lru_cache(maxsize=4096)
def _head_context(place: Place, version: int) -> bytes:
    return bind("head", place.version_context(version))


def write(place: Place, statement: Statement) -> bytes:
    """Write the exact bytes to be signed."""
    return canonical.encode({
        "format": 1,
        "organisation": str(place.organisation_id),
        "case": str(place.case_id),
        "compartment": str(place.compartment_id),
        "kind": place.kind.value,
        "version": statement.version,
        "commitment": canonical.text(statement.commitment),
        "previous": canonical.text(statement.previous),
        "holders": sorted([holder.kind.value, str(holder.id), canonical.text(holder.fingerprint)]
                          for holder in statement.holders),
    })  # fmt: skip


@lru_cache(maxsize=8192)
def read(place: Place, body: bytes) -> Statement:
    """Read a statement that must be about this place; `ValueError` when it is not, or is not well formed."""
    try:
        said = canonical.decode(body)
        where = (said["format"], said["organisation"], said["case"], said["compartment"], said["kind"])
        if where != (1, str(place.organisation_id), str(place.case_id), str(place.compartment_id), place.kind.value):
            raise ValueError
        return Statement(
            int(said["version"]),
            canonical.raw(said["commitment"]),
            canonical.raw(said["previous"]),
            _holders(said["holders"]),
        )
    except (AttributeError, KeyError, TypeError) as malformed:
        raise ValueError from malformed


def fingerprint_of(body: bytes) -> bytes:
    """What the next key record points back to."""
    return hashlib.sha256(body).digest()


def _holders(listed: Iterable[Any]) -> frozenset[Holder]:
    return frozenset(
        Holder(PrincipalKind(kind), uuid.UUID(identifier), canonical.raw(fingerprint))
        for kind, identifier, fingerprint in listed
    )
