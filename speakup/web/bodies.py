"""How much somebody may post, and how a body becomes fields: every word of it, or a page that says what to do.

Words are read up to `WORDS_LIMIT`, far beyond what any answer may hold, so that an answer that is too long comes back
in its box with a sentence. Only beyond that is a post refused as a whole.
"""

from collections.abc import Callable
from typing import IO, Any, Final, Protocol, cast
from urllib.parse import parse_qsl

from flask import Flask, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

WORDS_LIMIT: Final = 2 * 1024 * 1024
"""Bytes of words in a post. Four times what the longest story takes in the script that takes most."""
MOST_FIELDS: Final = 1_000
LEFT_UNREAD: Final = 32 * 1024 * 1024
"""Bytes of a refused body from which it is left unread; up to here a browser gets to see the page that says so."""
_URLENCODED, _MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_PIECE = 64 * 1024


class _Spool(Protocol):
    @property
    def size(self) -> int: ...


class _Metered:
    """A body with files in it: its words are counted, which is whatever is read and goes into no file."""

    def __init__(self, stream: IO[bytes], factory: Callable[..., IO[bytes]]) -> None:
        self._stream, self._factory = stream, factory
        self._spools: list[_Spool] = []
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._read += len(piece)
        # What was read last may still be on its way into a file. Where a file stands is no measure: it is wound back
        # as soon as it is whole.
        if self._read - sum(each.size for each in self._spools) > WORDS_LIMIT + 2 * _PIECE:
            raise RequestEntityTooLarge
        return piece

    def spool(self, *given: Any, **named: Any) -> IO[bytes]:  # noqa: ANN401 -- handed on as they come
        made = self._factory(*given, **named)
        self._spools.append(cast("_Spool", made))
        return made


class Bodies(FormDataParser):
    """Reads a body into fields. One that is no form of ours raises BadRequest rather than looking like an empty one."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        """Return what is left of the stream, fields, and files."""
        if mimetype == _URLENCODED:
            return stream, self.cls(_pairs(stream.read())), self.cls()
        if mimetype != _MULTIPART:
            return super().parse(stream, mimetype, content_length, options)
        metered = _Metered(stream, self.stream_factory)
        self.stream_factory = metered.spool
        self.silent = False
        try:
            return super().parse(cast("IO[bytes]", metered), mimetype, content_length, options)
        except ValueError as unreadable:
            raise BadRequest from unreadable


def install(app: Flask) -> None:
    """Read words before anything else is done, so that nobody holds a row while a slow line sends them."""
    app.config.update(MAX_CONTENT_LENGTH=WORDS_LIMIT, MAX_FORM_MEMORY_SIZE=WORDS_LIMIT)
    app.before_request(read_words)


def read_words() -> None:
    """Read a post's words; what cannot be read at all is answered with a page that says what to do."""
    if request.method != "POST" or request.mimetype == _MULTIPART:
        return
    if request.content_length and not request.form:
        raise BadRequest


def read_to_the_end() -> None:
    """Read what is left of a refused body and forget it: a browser looks at the answer only when it has sent all."""
    left = request.content_length or 0
    if left > LEFT_UNREAD:
        return
    line = request.environ["wsgi.input"]
    while left > 0 and (piece := line.read(min(left, _PIECE))):
        left -= len(piece)


def _pairs(body: bytes) -> list[tuple[str, str]]:
    """Return the fields; bytes that are no letters count as one that nobody can read, and cost no other a word."""
    if body.count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
