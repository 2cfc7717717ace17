"""A file that only a passphrase opens, for taking cases out of the program. docs/archive.md describes it for others.

One line of JSON says how the passphrase is stretched, so that a copy kept for years opens without this program's
settings; a sealed stream follows, bound to that line.
"""

import base64
import json
import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from speakup.crypto import streams
from speakup.crypto.binding import bind
from speakup.crypto.errors import UnknownFormat, Unreadable
from speakup.crypto.passphrases import CURRENT, SALT_LENGTH, Parameters

MAGIC: Final = b"SPEAK-UP-ARCHIVE-1\n"
_LONGEST_LINE: Final = 1024


@dataclass(frozen=True, slots=True)
class ArchiveKey:
    """What a passphrase came to, and the line that says how."""

    line: bytes
    key: bytes = field(repr=False)


def new_key(passphrase: str, costs: Parameters = CURRENT) -> ArchiveKey:
    """Stretch a passphrase for a new archive, slowly."""
    salt = os.urandom(SALT_LENGTH)
    said = {
        "kdf": "argon2id",
        "memory_kib": costs.memory_kib,
        "iterations": costs.iterations,
        "lanes": costs.lanes,
        "salt": base64.b64encode(salt).decode(),
    }
    return ArchiveKey(json.dumps(said).encode() + b"\n", costs.stretch(_typed(passphrase), salt))


def seal_archive(chunks: Iterable[bytes], key: ArchiveKey) -> Iterator[bytes]:
    """Seal a file; the pieces that come out, joined, are the archive."""
    yield MAGIC + key.line
    yield from streams.seal_stream(chunks, key.key, _context(key.line))


def open_archive(chunks: Iterable[bytes], passphrase: str) -> Iterator[bytes]:
    """Open an archive. `Unreadable` for a wrong passphrase or a changed file: the two look the same."""
    rest = iter(chunks)
    head = b""
    while head.count(b"\n") < 2:  # noqa: PLR2004 -- the two lines it begins with
        piece = next(rest, b"")
        head += piece
        if not piece or (len(head) > _LONGEST_LINE and head[:_LONGEST_LINE].count(b"\n") < 2):  # noqa: PLR2004 -- see above
            raise Unreadable
    if not head.startswith(MAGIC):
        raise UnknownFormat
    end = head.index(b"\n", len(MAGIC)) + 1
    line = head[len(MAGIC) : end]
    yield from streams.open_stream(_from(head[end:], rest), _key(line, passphrase), _context(line))


def _from(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _key(line: bytes, passphrase: str) -> bytes:
    try:
        said = json.loads(line)
        costs = Parameters(int(said["memory_kib"]), int(said["iterations"]), int(said["lanes"]))
        salt = base64.b64decode(said["salt"], validate=True)
    except (KeyError, TypeError, ValueError) as malformed:
        raise Unreadable from malformed
    if said["kdf"] != "argon2id" or len(salt) != SALT_LENGTH:
        raise UnknownFormat
    return costs.stretch(_typed(passphrase), salt)


def _typed(passphrase: str) -> bytes:
    # The same letters reach us composed from one keyboard and decomposed from another.
    return unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")


def _context(line: bytes) -> bytes:
    return bind("archive of cases", MAGIC, line)
