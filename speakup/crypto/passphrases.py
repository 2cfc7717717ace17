"""A root secret locked with a passphrase, so that neither the row nor the passphrase alone opens anything."""

import hashlib
import hmac
import os
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from speakup.crypto import envelope, keypairs
from speakup.crypto.binding import bind
from speakup.crypto.errors import Unreadable

SALT_LENGTH: Final = 16
MEMORY_KIB: Final = range(8, 1024 * 1024 + 1)
ITERATIONS: Final = range(1, 64 + 1)
LANES: Final = range(1, 16 + 1)


class WrongPassphrase(Exception):
    """The passphrase does not fit this lock."""


@dataclass(frozen=True)
class Parameters:
    """What one Argon2id costs (RFC 9106).

    Out of range raises Unreadable: whoever can write a row must not make the program spend a machine on it.
    """

    memory_kib: int
    iterations: int
    lanes: int

    def __post_init__(self) -> None:
        in_range = self.lanes in LANES and self.iterations in ITERATIONS and self.memory_kib in MEMORY_KIB
        if not in_range or self.memory_kib < 8 * self.lanes:
            raise Unreadable

    def stretch(self, secret: bytes, salt: bytes) -> bytes:
        """32 bytes, slowly."""
        kdf = Argon2id(salt=salt, length=32, iterations=self.iterations, lanes=self.lanes, memory_cost=self.memory_kib)
        return kdf.derive(secret)


CURRENT: Final = Parameters(memory_kib=64 * 1024, iterations=3, lanes=1)


@dataclass(frozen=True)
class Locked:
    """What is stored: nothing in it opens without the passphrase.

    `verifier` is the SHA-256 of one half of the stretched passphrase, `sealed_root` the root secret under the other.
    """

    parameters: Parameters
    salt: bytes = field(repr=False)
    verifier: bytes = field(repr=False)
    sealed_root: bytes = field(repr=False)


def lock(passphrase: str, root_secret: bytes, context: bytes, parameters: Parameters = CURRENT) -> Locked:
    """Lock a root secret; the context says whose it is, and only the same context unlocks it."""
    salt = os.urandom(SALT_LENGTH)
    verifier, key = _halves(passphrase, salt, parameters)
    sealed_root = envelope.seal(key, root_secret, _context(context, salt, parameters))
    return Locked(parameters, salt, verifier, sealed_root)


def unlock(passphrase: str, locked: Locked, context: bytes) -> bytes:
    """The root secret; WrongPassphrase before the key is ever used, Unreadable if what is stored was changed."""
    verifier, key = _halves(passphrase, locked.salt, locked.parameters)
    if not hmac.compare_digest(verifier, locked.verifier):
        raise WrongPassphrase
    return envelope.open_sealed(key, locked.sealed_root, _context(context, locked.salt, locked.parameters))


def waste(parameters: Parameters = CURRENT) -> None:
    """Cost what `unlock` costs, so that an unknown account answers no faster than a known one."""
    _halves("nobody", bytes(SALT_LENGTH), parameters)


def needs_renewal(locked: Locked) -> bool:
    """Whether it was locked at another cost than today's: sign-in then locks it anew."""
    return locked.parameters != CURRENT


def _halves(passphrase: str, salt: bytes, parameters: Parameters) -> tuple[bytes, bytes]:
    """The stored verifier and the key, from one slow derivation."""
    if len(salt) != SALT_LENGTH:
        raise Unreadable
    # The same letters reach us composed from one keyboard and decomposed from another.
    typed = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    stretched = parameters.stretch(typed, salt)
    verifier = keypairs.derive(stretched, "passphrase/verifier")
    return hashlib.sha256(verifier).digest(), keypairs.derive(stretched, "passphrase/key")


def _context(context: bytes, salt: bytes, parameters: Parameters) -> bytes:
    costs = (parameters.memory_kib, parameters.iterations, parameters.lanes)
    return bind("passphrase", context, salt, *costs)
