"""Files, sealed in parts as they pass, so that no more than a part is ever in memory.

A stored stream is a version byte, a random 32-byte salt, and sealed parts. Each part carries at most 64 KiB: how much
of it is content (four bytes), the content, zeros. Every part but the last is full, and together they have a length that
Padmé allows, so the stored size tells the true one only roughly and the true size needs no place of its own. A part is
bound to its number and to being the last or not, under a key that the salt makes this stream's own: no part fits
elsewhere, not even in another version of the same file.
"""

from collections.abc import Iterable, Iterator
from os import urandom
from typing import Final

from speakup.crypto import envelope, padding
from speakup.crypto.binding import bind
from speakup.crypto.errors import UnknownFormat, Unreadable

PART_LENGTH: Final = 64 * 1024

_PREFIX: Final = 4
_CONTENT_LENGTH: Final = PART_LENGTH - _PREFIX
_SEALED_LENGTH: Final = PART_LENGTH + envelope.SEAL_OVERHEAD
_VERSION: Final = bytes([envelope.FORMAT])
_SALT_LENGTH: Final = 32


def seal_stream(chunks: Iterable[bytes], key: bytes, context: bytes) -> Iterator[bytes]:
    """Seal chunks of any size; the pieces that come out, joined, are the stored stream."""
    salt = urandom(_SALT_LENGTH)
    yield _VERSION + salt
    own_key = _stream_key(key, salt, context)
    for number, (part, is_last) in enumerate(_with_last(_parts(chunks))):
        yield envelope.seal(own_key, part, _part_context(number, is_last=is_last))


def open_stream(chunks: Iterable[bytes], key: bytes, context: bytes) -> Iterator[bytes]:
    """Open a stored stream that arrives in chunks of any size.

    Nothing is given out before its part is authenticated. Parts out of order, missing, doubled, from elsewhere, or
    missing at the end raise Unreadable: the caller must not use what came before as if it were whole.
    """
    pieces = _pieces(chunks, first=len(_VERSION) + _SALT_LENGTH, others=_SEALED_LENGTH)
    own_key = _stream_key(key, _salt(next(pieces, b"")), context)
    ended = False
    for number, (sealed, ended) in enumerate(_with_last(pieces)):
        content = _content(envelope.open_sealed(own_key, sealed, _part_context(number, is_last=ended)))
        if content:
            yield content
    if not ended:
        raise Unreadable


def stored_length(true_length: int) -> int:
    """The size in bytes of the stored stream for content of this size."""
    framed, parts = _framed_length(true_length)
    return len(_VERSION) + _SALT_LENGTH + framed + parts * envelope.SEAL_OVERHEAD


def _framed_length(true_length: int) -> tuple[int, int]:
    """How long all parts are together before sealing, and how many they are."""
    content_parts = max(1, -(-true_length // _CONTENT_LENGTH))
    framed = padding.padme(true_length + content_parts * _PREFIX)
    return framed, -(-framed // PART_LENGTH)


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut into framed parts, then pad: first the last part, then with parts that hold nothing.

    Those are always full: Padmé lengths that reach past the last part's end are multiples of a part.
    """
    true_length = position = end = 0
    for content in _contents(chunks):
        true_length += len(content)
        end, _ = _framed_length(true_length)
        yield _framed(content, min(end - position, PART_LENGTH))
        position += PART_LENGTH
    for _ in range(position, end, PART_LENGTH):
        yield _framed(b"", PART_LENGTH)


def _contents(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces that fill a part each; an empty file still has one."""
    pieces = _pieces(chunks, first=_CONTENT_LENGTH, others=_CONTENT_LENGTH)
    yield next(pieces, b"")
    yield from pieces


def _framed(content: bytes, length: int) -> bytes:
    return (len(content).to_bytes(_PREFIX) + content).ljust(length, b"\0")


def _content(part: bytes) -> bytes:
    end = _PREFIX + int.from_bytes(part[:_PREFIX])
    if end > len(part) or part[end:] != bytes(len(part) - end):
        raise Unreadable
    return part[_PREFIX:end]


def _pieces(chunks: Iterable[bytes], first: int, others: int) -> Iterator[bytes]:
    """Cut anew: one piece of the first length, then pieces of the other; the last may be shorter."""
    waiting, wanted = bytearray(), first
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= wanted:
            yield bytes(waiting[:wanted])
            del waiting[:wanted]
            wanted = others
    if waiting:
        yield bytes(waiting)


def _with_last(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each piece, and whether none follows it."""
    remaining = iter(pieces)
    try:
        held = next(remaining)
    except StopIteration:
        return
    for following in remaining:
        yield held, False
        held = following
    yield held, True


def _salt(header: bytes) -> bytes:
    if header and header[:1] != _VERSION:
        raise UnknownFormat
    if len(header) != len(_VERSION) + _SALT_LENGTH:
        raise Unreadable
    return header[1:]


def _stream_key(key: bytes, salt: bytes, context: bytes) -> bytes:
    return envelope.subkey(key, "stream", bind(salt, context))


def _part_context(number: int, *, is_last: bool) -> bytes:
    return bind("part", number, int(is_last))
