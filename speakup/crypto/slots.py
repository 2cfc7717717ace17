"""How many slow derivations may run at once, and whose turn is next.

Argon2id needs memory and a core. Submitting, receipts and sign-in have slots of their own, so that guessing at one
never stands in the way of another, and waiting clients take turns: who sends many requests waits behind themselves.
"""

import os
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import Final


class Full(Exception):
    """No slot became free in time; nothing was done, and what was typed should be given back."""


class Slots:
    """At most `limit` at once in this process; the others wait up to `wait_seconds`, turn by turn among clients."""

    def __init__(self, limit: int, wait_seconds: float) -> None:
        self._free = limit
        self._wait_seconds = wait_seconds
        self._lock = Lock()
        self._waiting: OrderedDict[str, deque[Event]] = OrderedDict()

    @contextmanager
    def hold(self, client: str) -> Iterator[None]:
        """Hold a slot; `client` is any key that tells guessers apart, and is forgotten at the end. Raises Full."""
        turn = self._join(client)
        self._await(client, turn)
        try:
            yield
        finally:
            self._release()

    def _join(self, client: str) -> Event:
        """Take a slot, or a place in the client's own line; the event says that the slot is held."""
        turn = Event()
        with self._lock:
            if self._free:
                self._free -= 1
                turn.set()
            else:
                self._waiting.setdefault(client, deque()).append(turn)
        return turn

    def _await(self, client: str, turn: Event) -> None:
        if turn.wait(self._wait_seconds):
            return
        with self._lock:
            # The slot may have been handed over between the end of the wait and here.
            if not turn.is_set():
                self._leave_line(client, turn)
                raise Full

    def _release(self) -> None:
        """Hand the slot to the client whose turn it is, who then goes behind all others that wait."""
        with self._lock:
            if not self._waiting:
                self._free += 1
                return
            client, line = self._waiting.popitem(last=False)
            line.popleft().set()
            if line:
                self._waiting[client] = line

    def _leave_line(self, client: str, turn: Event) -> None:
        line = self._waiting[client]
        line.remove(turn)
        if not line:
            del self._waiting[client]


_CORES: Final = os.cpu_count() or 1

SUBMITTING: Final = Slots(limit=_CORES, wait_seconds=2.0)
RECEIPTS: Final = Slots(limit=_CORES, wait_seconds=2.0)
SIGN_IN: Final = Slots(limit=min(_CORES, 4), wait_seconds=2.0)
"""At 64 MiB each, sign-in is kept to 256 MiB a process."""
