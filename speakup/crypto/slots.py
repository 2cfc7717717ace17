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


class Turns:
    """Who holds one of `limit` slots and who gets the next: one line for each client, served in rotation."""

    def __init__(self, limit: int) -> None:
        self._free = limit
        self._lock = Lock()
        self._lines: OrderedDict[str, deque[Event]] = OrderedDict()

    def join(self, client: str) -> Event:
        """Take a slot, or a place in the client's own line; the event says that the slot is held."""
        turn = Event()
        with self._lock:
            if self._free:
                self._free -= 1
                turn.set()
            else:
                self._lines.setdefault(client, deque()).append(turn)
        return turn

    def leave(self, client: str, turn: Event) -> None:
        """Give the slot to whoever is next, or give up waiting for one. Call it once for every `join`."""
        with self._lock:
            # A slot may have been handed over in the moment the wait ended: then it is passed on all the same.
            if turn.is_set():
                self._pass_on()
            else:
                self._lines[client].remove(turn)
                self._drop_if_empty(client)

    def _pass_on(self) -> None:
        if not self._lines:
            self._free += 1
            return
        client = next(iter(self._lines))
        self._lines[client].popleft().set()
        self._lines.move_to_end(client)
        self._drop_if_empty(client)

    def _drop_if_empty(self, client: str) -> None:
        if not self._lines[client]:
            del self._lines[client]


class Slots:
    """At most `limit` at once in this process; the others wait up to `wait_seconds`, turn by turn among clients."""

    def __init__(self, limit: int, wait_seconds: float) -> None:
        self.limit: Final = limit
        self.wait_seconds: Final = wait_seconds
        self._turns = Turns(limit)

    @contextmanager
    def hold(self, client: str) -> Iterator[None]:
        """Hold a slot; `client` is any key that tells guessers apart, and is forgotten at the end. Raises Full."""
        turn = self._turns.join(client)
        try:
            if not turn.wait(self.wait_seconds):
                raise Full
            yield
        finally:
            self._turns.leave(client, turn)


_CORES: Final = os.cpu_count() or 1

SUBMITTING: Final = Slots(limit=_CORES, wait_seconds=2.0)
RECEIPTS: Final = Slots(limit=1, wait_seconds=2.0)
"""One: words that are typed in may be guesses, and guessing must leave the machine to those who speak up."""
SIGN_IN: Final = Slots(limit=1, wait_seconds=2.0)
"""One for the same reason; at 64 MiB it also bounds the memory."""
