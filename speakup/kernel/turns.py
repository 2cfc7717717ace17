"""Who computes now. A process has many threads that wait and few that compute, because threads share one interpreter.

A request computes while it holds a turn. Waiting for somebody else takes none: a slow line, a child process, a
scanner, a derivation that runs outside the interpreter. Outside a served request there are no turns to hold.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_here = threading.local()


class Turns:
    """At most `count` threads of this process compute at once; the others wait, however long."""

    def __init__(self, count: int) -> None:
        self._free = threading.Semaphore(count)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Compute in this block."""
        self._free.acquire()
        _here.turn = self._free
        try:
            yield
        finally:
            _here.turn = None
            self._free.release()


@contextmanager
def away() -> Iterator[None]:
    """Let others compute while this thread waits in the block, and wait for a turn again at its end.

    Never around anything that holds a lock or a write to the database: whoever has the turn may be waiting for it.
    """
    turn: threading.Semaphore | None = getattr(_here, "turn", None)
    if turn is None:
        yield
        return
    _here.turn = None
    turn.release()
    try:
        yield
    finally:
        turn.acquire()
        _here.turn = turn
