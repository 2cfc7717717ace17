"""Sealed records, sealed data keys, and the keyed checks beside them.

Every blob starts with the format version, which is authenticated with everything else.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from speakup.crypto.binding import bind, bind_bytes
from speakup.crypto.errors import UnknownFormat, Unreadable
from speakup.crypto.keypairs import MLKEM_PUBLIC_LENGTH, SEALING_PUBLIC_LENGTH, KeyPairs

__all__ = [
    "DATA_KEY_LENGTH",
    "FORMAT",
    "SEAL_OVERHEAD",
    "WRAPPED_KEY_LENGTH",
    "Opener",
    "bind",
    "commit",
    "digest",
    "digest_key",
    "digest_under",
    "mac",
    "mac_matches",
    "new_data_key",
    "open_all",
    "open_sealed",
    "seal",
    "subkey",
    "unwrap_key",
    "wrap_key",
]

FORMAT: Final = 1
DATA_KEY_LENGTH: Final = 32
NONCE_LENGTH: Final = 12
TAG_LENGTH: Final = 16
SEAL_OVERHEAD: Final = 1 + NONCE_LENGTH + TAG_LENGTH
"""Bytes that sealing adds: version, nonce, tag."""
WRAPPED_KEY_LENGTH: Final = 1 + 1120 + DATA_KEY_LENGTH + TAG_LENGTH
"""Version, ML-KEM-768 ciphertext with the X25519 share, sealed key, tag."""

_VERSION: Final = bytes([FORMAT])
_BEGINS: Final = 1 + NONCE_LENGTH
_SUITE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def new_data_key() -> bytes:
    """32 fresh random bytes."""
    return os.urandom(DATA_KEY_LENGTH)


def seal(data_key: bytes, plaintext: bytes, context: bytes) -> bytes:
    """Encrypt with AES-256-GCM under a random nonce; only the same key and context open it again.

    Random nonces keep one key safe for 2^30 records; the caller counts them.
    """
    nonce = os.urandom(NONCE_LENGTH)
    return _VERSION + nonce + _cipher(data_key).encrypt(nonce, plaintext, _VERSION + context)


def open_sealed(data_key: bytes, blob: bytes, context: bytes) -> bytes:
    """Give back what `seal` was given, or raise Unreadable."""
    body = _without_version(blob)
    if len(body) < NONCE_LENGTH + TAG_LENGTH:
        raise Unreadable
    try:
        return _cipher(data_key).decrypt(body[:NONCE_LENGTH], body[NONCE_LENGTH:], _VERSION + context)
    except InvalidTag:
        raise Unreadable from None


class Opener:
    """One data key, made ready once for many blobs."""

    __slots__ = ("decrypt",)

    def __init__(self, data_key: bytes) -> None:
        self.decrypt = _cipher(data_key).decrypt

    def open(self, blob: bytes, context: bytes) -> bytes:
        """Do as `open_sealed`, in a third of the time."""
        if len(blob) < SEAL_OVERHEAD:
            raise Unreadable
        if blob[0] != FORMAT:
            raise UnknownFormat
        try:
            return self.decrypt(blob[1:_BEGINS], blob[_BEGINS:], _VERSION + context)
        except InvalidTag:
            raise Unreadable from None


def open_all(openers: Mapping[int, Opener], sealed: Iterable[tuple[int, bytes, bytes]]) -> list[bytes]:
    """Open many blobs, each given with its key's number and its context: as `open_sealed` would, in half the time.

    `KeyError` for a number that is none of the keys'.
    """
    ciphers = {number: opener.decrypt for number, opener in openers.items()}
    opened = []
    try:
        for number, blob, context in sealed:
            if len(blob) < SEAL_OVERHEAD:
                raise Unreadable
            if blob[0] != FORMAT:
                raise UnknownFormat
            opened.append(ciphers[number](blob[1:_BEGINS], blob[_BEGINS:], _VERSION + context))
    except InvalidTag:
        raise Unreadable from None
    return opened


def wrap_key(data_key: bytes, public_key: bytes, info: bytes) -> bytes:
    """Seal a data key to one principal's 1,216-byte sealing key; Unreadable if that is not a usable key.

    HPKE (RFC 9180) single shot, base mode: it does not say who sealed; the signed key record does.
    """
    _require_data_key(data_key)
    recipient = _recipient(public_key)
    try:
        return _VERSION + _SUITE.encrypt(data_key, recipient, info=_VERSION + info)
    except ValueError:
        # X25519 refuses the few public keys whose shared secret would be the same for everybody.
        raise Unreadable from None


def unwrap_key(blob: bytes, keys: KeyPairs, info: bytes) -> bytes:
    """Open a data key that was sealed to these key pairs under the same info, or raise Unreadable."""
    sealed = _without_version(blob)
    if len(blob) != WRAPPED_KEY_LENGTH:
        raise Unreadable
    try:
        return _SUITE.decrypt(sealed, keys.sealing_private_key, info=_VERSION + info)
    except (InvalidTag, ValueError):
        raise Unreadable from None


def subkey(data_key: bytes, purpose: str, context: bytes) -> bytes:
    """A 32-byte key for one purpose and context, from which neither the data key nor another subkey can be told."""
    _require_data_key(data_key)
    info = _purpose(purpose) + bind(context)
    return HKDF(algorithm=hashes.SHA256(), length=DATA_KEY_LENGTH, salt=None, info=info).derive(data_key)


def commit(data_key: bytes, context: bytes) -> bytes:
    """32 bytes that fix one data key for a context and tell nothing about it.

    AES-GCM alone does not commit to its key; a key record names this value so that every recipient holds the same key.
    """
    return subkey(data_key, "commitment", context)


def digest(data_key: bytes, items: Iterable[bytes], context: bytes) -> bytes:
    """A 32-byte keyed digest of a collection: the order does not matter, how often each item occurs does."""
    return digest_under(digest_key(data_key, context), items)


def digest_key(data_key: bytes, context: bytes) -> bytes:
    """Derive the key that `digest` uses, for whoever makes several."""
    return subkey(data_key, "digest", context)


def digest_under(key: bytes, items: Iterable[bytes]) -> bytes:
    """Make the digest of a collection under a key from `digest_key`."""
    return mac(key, bind_bytes(sorted(items)))


@lru_cache(maxsize=64)
def _purpose(purpose: str) -> bytes:
    return bind("speakup", FORMAT, purpose)


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.digest(key, message, hashlib.sha256)


def mac_matches(key: bytes, message: bytes, tag: bytes) -> bool:
    """Whether the tag is the message's, compared in constant time."""
    return hmac.compare_digest(mac(key, message), tag)


def _without_version(blob: bytes) -> bytes:
    if not blob:
        raise Unreadable
    if blob[0] != FORMAT:
        raise UnknownFormat
    return blob[1:]


def _cipher(data_key: bytes) -> AESGCM:
    _require_data_key(data_key)
    return AESGCM(data_key)


def _require_data_key(data_key: bytes) -> None:
    # Shorter keys would silently choose AES-128 or AES-192.
    if len(data_key) != DATA_KEY_LENGTH:
        raise ValueError("a data key is 32 bytes")


@lru_cache(maxsize=1024)
def _recipient(public_key: bytes) -> MLKEM768X25519PublicKey:
    """Parsing costs about as much as sealing; only public keys are ever kept like this."""
    if len(public_key) != SEALING_PUBLIC_LENGTH:
        raise Unreadable
    try:
        return MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(public_key[:MLKEM_PUBLIC_LENGTH]),
            x25519.X25519PublicKey.from_public_bytes(public_key[MLKEM_PUBLIC_LENGTH:]),
        )
    except ValueError:
        raise Unreadable from None
