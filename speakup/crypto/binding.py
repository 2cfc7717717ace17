"""One byte string from several values, such that no two lists of values ever give the same one."""

import uuid


def bind(*parts: bytes | str | int | uuid.UUID) -> bytes:
    """Join the parts injectively: each is a type tag, its length in four bytes, and its own bytes."""
    joined: list[bytes] = []
    for part in parts:
        tag, value = _tag_and_value(part)
        joined += (tag, len(value).to_bytes(4), value)
    return b"".join(joined)


def _tag_and_value(part: bytes | str | int | uuid.UUID) -> tuple[bytes, bytes]:
    if isinstance(part, bytes):
        return b"b", part
    if isinstance(part, str):
        return b"s", part.encode("utf-8")
    if isinstance(part, uuid.UUID):
        return b"u", part.bytes
    if isinstance(part, int):
        return b"i", part.to_bytes(part.bit_length() // 8 + 1, signed=True)
    raise TypeError(f"cannot bind a {type(part).__name__}")
