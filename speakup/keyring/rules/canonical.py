"""The exact bytes that are signed."""

import base64
import json
from typing import Any


def encode(body: dict[str, Any]) -> bytes:
    """Write `body` in the one way it can be written: sorted keys, no spaces, ASCII, bytes as base 64."""
    return _WRITER.encode(body).encode()


_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def decode(body: bytes) -> dict[str, Any]:
    """Read what `encode` wrote; `ValueError` when it is not exactly that."""
    try:
        read = json.loads(body)
        as_written = isinstance(read, dict) and encode(read) == body
    except RecursionError as deep:
        raise ValueError from deep
    if not as_written:
        raise ValueError
    return dict(read)


def text(value: bytes) -> str:
    """Bytes as they stand inside a body."""
    return base64.b64encode(value).decode()


def raw(value: str) -> bytes:
    """The bytes a body names; `ValueError` when it is no base 64."""
    return base64.b64decode(value, validate=True)
