"""Slowing a guesser down, without keeping an address and without ever locking anybody out.

Failures are counted in memory, by a key that is a keyed hash of the address and of the form's own cookie under a key
this process drew at its start and tells nobody. A count fades by itself. The answer to too many is a short wait, said
in words, and what was typed comes back.
"""

import hashlib
import hmac
import math
import secrets
import time
from threading import Lock

from flask import request

_FREE = 5
"""Failures before anything is slowed: a nervous hand at three in the morning gets this many."""
_LONGEST = 30.0
"""Seconds; the longest anybody is ever asked to wait."""
_FADES = 60.0
"""Seconds in which half the failures are forgotten."""
_KEPT = 10_000


class Throttle:
    """Counts of recent failures by client."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._failures: dict[str, tuple[float, float]] = {}
        self._lock = Lock()

    def client(self, cookie: str) -> str:
        """Name whoever is asking, in a way nobody else can reverse and that ends with this process."""
        seen = f"{request.remote_addr or ''}\n{cookie}".encode()
        return hmac.new(self._key, seen, hashlib.sha256).hexdigest()

    def wait(self, client: str) -> int:
        """Return how many seconds this client should wait before another try; 0 for most people."""
        with self._lock:
            count, at = self._failures.get(client, (0.0, 0.0))
        elapsed = time.monotonic() - at
        owed = min(_LONGEST, 2 ** max(0.0, self._faded(count, elapsed) - _FREE) - 1) - elapsed
        return max(0, math.ceil(owed))

    def failed(self, client: str) -> None:
        """Count a failure."""
        now = time.monotonic()
        with self._lock:
            if len(self._failures) >= _KEPT:
                self._failures = {key: value for key, value in self._failures.items() if now - value[1] < _FADES * 5}
            count, at = self._failures.get(client, (0.0, now))
            self._failures[client] = (self._faded(count, now - at) + 1, now)

    def succeeded(self, client: str) -> None:
        """Forget a client who got it right."""
        with self._lock:
            self._failures.pop(client, None)

    @staticmethod
    def _faded(count: float, elapsed: float) -> float:
        return float(count * 0.5 ** (elapsed / _FADES))
