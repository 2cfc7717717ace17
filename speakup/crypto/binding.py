"""One byte string from several values, such that no two lists of values ever give the same one."""

import uuid
from functools import lru_cache


def bind(*parts: bytes | str | int | uuid.UUID) -> bytes:
    """Join the parts injectively: each is a type tag, its length in four bytes, and its own bytes.

    What is bound in two calls and joined is what one call would have given.
    """
    joined = []
    # One function and no more: a page of a worklist binds two thousand parts.
    for part in parts:
        if isinstance(part, bytes):
            joined.append(_bytes_of(len(part)) + part)
        elif isinstance(part, str):
            value = part.encode("utf-8")
            joined.append(b"s" + len(value).to_bytes(4) + value)
        elif isinstance(part, uuid.UUID):
            joined.append(_ID + part.int.to_bytes(16))
        elif isinstance(part, int):
            joined.append(_number(part))
        else:
            raise TypeError(f"cannot bind a {type(part).__name__}")
    return b"".join(joined)


def bind_bytes(parts: list[bytes]) -> bytes:
    """Bind parts that are bytes, all of them."""
    return b"".join([_bytes_of(len(part)) + part for part in parts])


def bind_one(part: bytes) -> bytes:
    """Bind a single part that is bytes."""
    return _bytes_of(len(part)) + part


@lru_cache(maxsize=1024)
def _bytes_of(length: int) -> bytes:
    """What bytes of this length begin with."""
    return b"b" + length.to_bytes(4)


def bind_id(raw: bytes) -> bytes:
    """Bind an id that is given as its 16 bytes."""
    if len(raw) != _ID_LENGTH:
        raise ValueError("no id")
    return _ID + raw


@lru_cache(maxsize=1024)
def bind_known(*parts: str | int) -> bytes:
    """Bind words and small numbers that are bound over and over: kinds, revisions, versions."""
    return bind(*parts)


_ID_LENGTH = 16
_ID = b"u" + (16).to_bytes(4)


@lru_cache(maxsize=256)
def _number(part: int) -> bytes:
    value = part.to_bytes(part.bit_length() // 8 + 1, signed=True)
    return b"i" + len(value).to_bytes(4) + value
