"""Slow lines: a request is computed once it has come whole, and a line that keeps a thread waiting too long is ended.

gunicorn's threads read and write with no time limit, so that a few silent connections hold all of them. Here threads
that wait are plenty, those that compute are few (`speakup.kernel.turns`), and every wait has an end.
"""

import io
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from gunicorn.workers.gthread import ThreadWorker

from speakup.kernel.turns import Turns, away

HEAD_WITHIN = 20.0
"""Seconds for a handshake and the head of a request. Browsers connect early and ask nothing: they connect again."""
PIECE_WITHIN = 30.0
"""Seconds for the next piece of a body, or for an answer to leave."""
PIECE = 64 * 1024
"""Bytes read or sent in one go: 2 kB a second at the least, which the slowest telephone manages."""
ANSWER_WITHIN = 300.0
"""Seconds to compute an answer, ten files to clean included. Long: nobody's words are cut off by a busy hour."""
SMALL = 2 * 1024 * 1024
"""Bytes of a body that is read whole before anything is computed. Larger ones are files, read as they come."""
LARGE_AT_ONCE = 16
"""Bodies with files that one process reads at a time; each fills temporary space."""


class Patience:
    """How long each thread may go on waiting for the other end of its line."""

    def __init__(self) -> None:
        self._ends: dict[int, tuple[int, float]] = {}
        self._changing = threading.Lock()

    @contextmanager
    def over(self, line: socket.socket) -> Iterator[None]:
        """Watch this thread's line from here on. It is known by a copy, which no wrapping in TLS takes away."""
        copy, thread = os.dup(line.fileno()), threading.get_ident()
        self._set(thread, copy, HEAD_WITHIN)
        try:
            yield
        finally:
            with self._changing:
                del self._ends[thread]
            os.close(copy)

    def allow(self, seconds: float) -> None:
        """Give this thread's line so many more seconds, counted from now."""
        thread = threading.get_ident()
        if thread in self._ends:
            self._set(thread, self._ends[thread][0], seconds)

    def end_the_late(self) -> None:
        """Close both directions of each line that is late; the thread that waits for it wakes up with nothing."""
        now = time.monotonic()
        with self._changing:
            late = [copy for copy, end in self._ends.values() if end < now]
            for copy in late:
                with suppress(OSError), socket.socket(fileno=os.dup(copy)) as line:
                    line.shutdown(socket.SHUT_RDWR)

    def watch(self) -> None:
        """Look twice a second, for as long as the process lives."""
        while True:
            time.sleep(0.5)
            self.end_the_late()

    def _set(self, thread: int, copy: int, seconds: float) -> None:
        with self._changing:
            self._ends[thread] = (copy, time.monotonic() + seconds)


patience = Patience()
"""This process's. gunicorn makes the worker and the application apart from each other, and both need the same."""


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn publishes no types
    """gunicorn's threads, watched."""

    def init_process(self) -> None:
        threading.Thread(target=patience.watch, daemon=True, name="patience").start()
        super().init_process()

    def handle(self, conn: Any) -> Any:  # noqa: ANN401 -- gunicorn publishes no types
        with patience.over(conn.sock):
            return super().handle(conn)


class WholeRequests:
    """The application, called in turn and with bodies that have come whole."""

    def __init__(self, application: WSGIApplication, turns: Turns) -> None:
        self._application = application
        self._turns = turns
        self._large = threading.Semaphore(LARGE_AT_ONCE)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ:
            return _refused(start_response, "411 Length Required")
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > SMALL:
            patience.allow(ANSWER_WITHIN)
            with self._large:
                return self._answer(environ | {"wsgi.input": _Pieces(environ["wsgi.input"])}, start_response)
        body = b"".join(_pieces(environ["wsgi.input"].read, length))
        if len(body) < length:
            return _refused(start_response, "400 Bad Request")
        return self._answer(environ | {"wsgi.input": io.BytesIO(body)}, start_response)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        patience.allow(ANSWER_WITHIN)
        with self._turns.taken():
            answer = self._application(environ, start_response)
        return _Answer(answer, self._turns)


class _Pieces(io.RawIOBase):
    """A body that is read as it comes, away from the turn."""

    def __init__(self, line: Any) -> None:  # noqa: ANN401 -- gunicorn publishes no types
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 -- any writable buffer, as RawIOBase has it
        with away():
            patience.allow(PIECE_WITHIN)
            piece = self._line.read(min(len(buffer), PIECE))
            patience.allow(ANSWER_WITHIN)
        buffer[: len(piece)] = piece
        return len(piece)


class _Answer:
    """An answer whose pieces are computed in turn and sent outside it."""

    def __init__(self, pieces: Iterable[bytes], turns: Turns) -> None:
        self._pieces, self._iterator, self._turns = pieces, iter(pieces), turns

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with self._turns.taken():
            piece = next(self._iterator)
        patience.allow(PIECE_WITHIN * (1 + len(piece) // PIECE))
        return piece

    def close(self) -> None:
        close = cast("Callable[[], None] | None", getattr(self._pieces, "close", None))
        if close is not None:
            with self._turns.taken():
                close()


def _pieces(read: Callable[[int], bytes], length: int) -> Iterator[bytes]:
    while length > 0:
        patience.allow(PIECE_WITHIN)
        piece = read(min(length, PIECE))
        if not piece:
            return
        yield piece
        length -= len(piece)


def _refused(start_response: StartResponse, status: str) -> Iterable[bytes]:
    start_response(status, [("Content-Length", "0"), ("Connection", "close")])
    return [b""]
