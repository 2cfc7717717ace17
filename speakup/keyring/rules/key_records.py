"""Who holds one key version of one compartment: writing the statement, and deciding whether it checks out."""

import hashlib
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from speakup.crypto.binding import bind, bind_id, bind_known, bind_one
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
    _bound: bytes = field(init=False, repr=False, compare=False)
    """What every key version's context begins with."""
    _contexts: dict[int, bytes] = field(init=False, repr=False, compare=False, default_factory=dict)
    """By version: asked for a dozen times when one compartment is opened."""

    def __post_init__(self) -> None:
        bound = bound_to(self.organisation_id, self.case_id.bytes, self.compartment_id.bytes, self.kind.value)
        object.__setattr__(self, "_bound", bound)

    def version_context(self, version: int) -> bytes:
        """Bind one key version."""
        known = self._contexts.get(version)
        if known is None:
            known = self._contexts[version] = self._bound + bind_known(version)
        return known

    def grant_info(self, version: int, holder: "Holder") -> bytes:
        """Bind one data key sealed to one holder's one key."""
        return bind("grant", self.version_context(version), holder.kind.value, holder.id, holder.fingerprint)

    def record_context(self, version: int, record_id: uuid.UUID, kind: str, revision: int) -> bytes:
        """Bind one sealed record to its place, kind and revision."""
        return within("record", self.version_context(version)) + bind(record_id) + bind_known(kind, revision)

    def head_context(self, version: int) -> bytes:
        """Bind the head of the compartment."""
        return within("head", self.version_context(version))


def bound_to(organisation_id: uuid.UUID, case: bytes, compartment: bytes, kind: str) -> bytes:
    """What the contexts of all key versions of one compartment begin with; the bytes are those of the ids."""
    return _begin(organisation_id) + bind_id(case) + bind_id(compartment) + bind_known(kind)


@lru_cache(maxsize=64)
def _begin(organisation_id: uuid.UUID) -> bytes:
    return bind("key version", organisation_id)


def within(what: str, context: bytes) -> bytes:
    """Bind what something is, and the context of the key version it belongs to."""
    return bind_known(what) + bind_one(context)


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

    @property
    def staff(self) -> frozenset[uuid.UUID]:
        """The colleagues it names."""
        return frozenset(each.id for each in self.holders if each.kind is PrincipalKind.STAFF)

    def holder(self, kind: PrincipalKind, principal_id: uuid.UUID) -> Holder | None:
        """Return this principal as the statement names them."""
        return next((each for each in self.holders if (each.kind, each.id) == (kind, principal_id)), None)


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


def read(place: Place, body: bytes) -> Statement:
    """Read a statement that must be about this place; `ValueError` when it is not, or is not well formed."""
    where, statement = _read(body)
    if where != place:
        raise ValueError
    return statement


# What bytes say, and what they come to, is a matter of the bytes alone, all of them public: nothing is taken on trust
# by remembering it, and nobody who can write the database can make it other.
@lru_cache(maxsize=8192)
def _read(body: bytes) -> tuple[Place, Statement]:
    try:
        said = canonical.decode(body)
        if said["format"] != 1:
            raise ValueError
        organisation, case, compartment = (_id(said[name]) for name in ("organisation", "case", "compartment"))
        return Place(organisation, case, compartment, CompartmentKind(said["kind"])), Statement(
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


def commitment_in(body: bytes) -> bytes:
    """Return what a record that `read` has read commits to, in the base 64 in which it stands there.

    `ValueError` or `KeyError` for anything else.
    """
    # What is written has its keys in order, and nothing stands before these two; a search asks it of thousands.
    begins = _BEGINS.match(body)
    return begins[1] if begins else str(canonical.decode(body)["commitment"]).encode()


_BEGINS = re.compile(rb'\{"case":"[0-9a-f-]{36}","commitment":"([A-Za-z0-9+/]{43}=)",')


@lru_cache(maxsize=4096)
def _id(written: Any) -> uuid.UUID:  # noqa: ANN401 -- whatever stands there
    """Read an id that is written as we write one, in no other of its forms."""
    read = uuid.UUID(written)
    if str(read) != written:
        raise ValueError
    return read


def _holders(listed: Iterable[Any]) -> frozenset[Holder]:
    return frozenset(_holder(kind, identifier, fingerprint) for kind, identifier, fingerprint in listed)


# The same few people hold thousands of keys.
@lru_cache(maxsize=4096)
def _holder(kind: str, identifier: str, fingerprint: str) -> Holder:
    return Holder(PrincipalKind(kind), uuid.UUID(identifier), canonical.raw(fingerprint))
