"""A principal's key pairs, all derived from one root secret, and how people compare public keys by ear."""

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, mlkem, x25519
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from speakup.crypto import words
from speakup.crypto.binding import bind
from speakup.crypto.errors import UnknownFormat, Unreadable

ROOT_SECRET_LENGTH: Final = 32
MLKEM_PUBLIC_LENGTH: Final = 1184
SEALING_PUBLIC_LENGTH: Final = MLKEM_PUBLIC_LENGTH + 32
SIGNING_PUBLIC_LENGTH: Final = 32

_FORMAT: Final = 1
_LABELS: Final = "speakup/1"


def new_root_secret() -> bytes:
    """32 fresh random bytes."""
    return os.urandom(ROOT_SECRET_LENGTH)


def derive(root_secret: bytes, label: str, length: int = 32) -> bytes:
    """HKDF-SHA256 under a label; another label or another length gives unrelated bytes.

    Labels that begin with `keys/`, `passphrase/` or `receipt/` belong to this package.
    """
    if len(root_secret) != ROOT_SECRET_LENGTH:
        raise ValueError("a root secret is 32 bytes")
    info = bind(_LABELS, label, length)
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(root_secret)


@dataclass(frozen=True)
class PublicKeys:
    """What a principal shows to others; a reporter and a recovery key have no signing keys.

    `sealing` is an X-Wing public key (ML-KEM-768, then X25519); `vouching` and `approving` are Ed25519 or both empty.
    Other shapes raise Unreadable.
    """

    sealing: bytes
    vouching: bytes = b""
    approving: bytes = b""

    def __post_init__(self) -> None:
        if len(self.sealing) != SEALING_PUBLIC_LENGTH:
            raise Unreadable
        if (len(self.vouching), len(self.approving)) not in {(0, 0), (SIGNING_PUBLIC_LENGTH, SIGNING_PUBLIC_LENGTH)}:
            raise Unreadable

    def fingerprint(self) -> bytes:
        """32 bytes that stand for all the keys together."""
        return hashlib.sha256(bind(_LABELS, "fingerprint", self.sealing, self.vouching, self.approving)).digest()

    def to_bytes(self) -> bytes:
        return bytes([_FORMAT]) + self.sealing + self.vouching + self.approving

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        if stored and stored[0] != _FORMAT:
            raise UnknownFormat
        sealing, signing = stored[1 : 1 + SEALING_PUBLIC_LENGTH], stored[1 + SEALING_PUBLIC_LENGTH :]
        return cls(sealing, signing[:SIGNING_PUBLIC_LENGTH], signing[SIGNING_PUBLIC_LENGTH:])


class KeyPairs:
    """A principal's opened keys, for one request. Each private key is derived when it is first used."""

    def __init__(self, root_secret: bytes, *, signs: bool) -> None:
        if len(root_secret) != ROOT_SECRET_LENGTH:
            raise ValueError("a root secret is 32 bytes")
        self._root_secret = root_secret
        self._signs = signs

    def __repr__(self) -> str:
        return "<KeyPairs>"

    @cached_property
    def public(self) -> PublicKeys:
        if not self._signs:
            return PublicKeys(self._sealing_public())
        return PublicKeys(
            self._sealing_public(),
            self._vouching.public_key().public_bytes_raw(),
            self._approving.public_key().public_bytes_raw(),
        )

    @cached_property
    def fingerprint(self) -> bytes:
        """The public keys' fingerprint."""
        return self.public.fingerprint()

    def come_from(self, root_secret: bytes) -> bool:
        """Whether these are the keys of this root secret."""
        return hmac.compare_digest(self._root_secret, root_secret)

    @cached_property
    def sealing_private_key(self) -> MLKEM768X25519PrivateKey:
        """For `envelope.unwrap_key` only."""
        return MLKEM768X25519PrivateKey(*self._sealing_halves)

    def derived(self, label: str) -> bytes:
        """A secret key of this principal's own, for one purpose."""
        return derive(self._root_secret, label)

    def sign_vouching(self, message: bytes) -> bytes:
        return self._vouching.sign(message)

    def sign_approving(self, message: bytes) -> bytes:
        return self._approving.sign(message)

    @cached_property
    def _sealing_halves(self) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
        return xwing_halves(derive(self._root_secret, "keys/sealing"))

    def _sealing_public(self) -> bytes:
        lattice, curve = self._sealing_halves
        return lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()

    @cached_property
    def _vouching(self) -> ed25519.Ed25519PrivateKey:
        return self._signing_key("vouching")

    @cached_property
    def _approving(self) -> ed25519.Ed25519PrivateKey:
        return self._signing_key("approving")

    def _signing_key(self, label: str) -> ed25519.Ed25519PrivateKey:
        if not self._signs:
            raise ValueError("only staff sign")
        return ed25519.Ed25519PrivateKey.from_private_bytes(derive(self._root_secret, f"keys/{label}"))


def xwing_halves(seed: bytes) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
    """Expand a 32-byte X-Wing seed as draft-connolly-cfrg-xwing-kem section 5.2 does."""
    expanded = hashlib.shake_256(seed).digest(96)
    lattice = mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    return lattice, x25519.X25519PrivateKey.from_private_bytes(expanded[64:])


def staff_keys(root_secret: bytes) -> KeyPairs:
    """Keys that open, vouch and approve."""
    return KeyPairs(root_secret, signs=True)


def reporter_keys(root_secret: bytes) -> KeyPairs:
    """Keys that only open: for reporters and for the organisation's recovery key."""
    return KeyPairs(root_secret, signs=False)


def verify_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the Ed25519 signature is this key's over this message; a malformed key or signature is simply not."""
    try:
        _verifying(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _verifying(public: bytes) -> ed25519.Ed25519PublicKey:
    return ed25519.Ed25519PublicKey.from_public_bytes(public)


def five_words(fingerprint: bytes, organisation: bytes) -> tuple[str, ...]:
    """64 bits of the fingerprint as five words that one colleague reads to another.

    Argon2id (64 MiB, three passes) stands in front so that searching for a second key with the same words costs a third
    of a second a try; the organisation is in the salt so that no search serves two. These costs never change: the words
    of every key in use would change with them.
    """
    salt = hashlib.sha256(bind(_LABELS, "five words", organisation)).digest()[:16]
    slowed = Argon2id(salt=salt, length=8, iterations=3, lanes=1, memory_cost=65536).derive(fingerprint)
    number, chosen = int.from_bytes(slowed), []
    for _ in range(5):
        number, place = divmod(number, words.LENGTH)
        chosen.append(words.all_words()[place])
    return tuple(chosen)
