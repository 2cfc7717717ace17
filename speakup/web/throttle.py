"""Slowing a guesser down, without keeping an address and without ever locking anybody out.

Failures are counted in memory, by keyed hashes under a key this process drew at its start and tells nobody; a count
fades by itself, and a few minutes after its last failure it is gone. Nothing is shared with other processes, since
that would need a place outside their memory: a guesser who reaches several is slowed in each.

Two things follow from failures. A browser that failed many times is asked in words to wait (`wait`). And tries stand
in line (`queue`): behind others from the same address, or at the same account, with a pause after each that grows with
the failures there. Dropping a cookie leaves no line. A whole hospital is one address, and behind a proxy everybody is,
so a pause is short, the line is short, and whoever finds it full may try again at once: nobody is asked to wait long
for what others did.
"""

import hashlib
import hmac
import ipaddress
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final

from flask import request

from speakup.kernel import turns
from speakup.kernel.errors import Busy

_FREE = 5
"""Failures before a browser is asked to wait: a nervous hand at three in the morning gets this many."""
_LONGEST = 30.0
"""Seconds; the longest anybody is ever asked to wait."""
_COUNTED = 50.0
"""Failures beyond which more make no difference."""
_HALVED = 60.0
"""Seconds in which half the failures are forgotten."""
_GONE = 300.0
"""Seconds after its last failure when a count is let go of."""
KEPT = 10_000
"""Names that something is remembered of at the most; the oldest go first."""
_STANDS_AT_MOST = 1.6
"""Seconds that a line may be long."""
STANDING = 16
"""Requests that may stand in lines at once: each holds a thread, though none of them computes."""


@dataclass(frozen=True)
class Pace:
    """How long a line rests after each try: `step` seconds more for each failure beyond `free`, `longest` at most."""

    free: int
    step: float
    longest: float

    def pause(self, failures: float) -> float:
        """Return seconds."""
        return min(self.longest, max(0.0, failures - self.free) * self.step)


WORDS_BY_ADDRESS: Final = Pace(free=5, step=0.1, longest=0.5)
"""Seven words cannot be guessed at any speed; this keeps guessing from taking the machine."""
PASSPHRASES_BY_ADDRESS: Final = Pace(free=5, step=0.2, longest=1.0)
"""One derivation takes a third of a second."""
PASSPHRASES_BY_ACCOUNT: Final = Pace(free=5, step=0.2, longest=1.5)


class Throttle:
    """Counts of recent failures, and the lines that follow from them. `clock` and `stand` are in seconds."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, stand: Callable[[float], object] = time.sleep
    ) -> None:
        self._key = secrets.token_bytes(32)
        self._clock, self._stand = clock, stand
        self._failures: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._next: OrderedDict[str, float] = OrderedDict()
        self._standing = 0
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many names something is remembered of."""
        with self._lock:
            return len(self._failures.keys() | self._next.keys())

    def client(self, cookie: str) -> str:
        """Name a browser, in a way nobody else can reverse and that ends with this process."""
        return self._named("client", f"{_origin()}\n{cookie}")

    def address(self) -> str:
        """Name where a request comes from, whatever cookies it brings."""
        return self._named("address", _origin())

    def account(self, email: str) -> str:
        """Name the account an address of mail stands for, whether or not there is one."""
        return self._named("account", email.strip().lower())

    def wait(self, client: str) -> int:
        """Return how many seconds this client should wait before another try; 0 for most people."""
        now = self._clock()
        with self._lock:
            self._let_go(now)
            count, at = self._failures.get(client, (0.0, now))
        elapsed = now - at
        owed = min(_LONGEST, 2 ** max(0.0, _faded(count, elapsed) - _FREE) - 1) - elapsed
        return max(0, math.ceil(owed))

    def queue(self, lines: Mapping[str, Pace]) -> None:
        """Stand in these lines together until it is one's turn, while others compute. `Busy` where one is too long."""
        with self._lock:
            seconds = self._place(lines)
            if seconds > 0 and self._standing >= STANDING:
                raise Busy
            self._take(lines, seconds)
            self._standing += 1
        try:
            if seconds > 0:
                with turns.away():
                    self._stand(seconds)
        finally:
            with self._lock:
                self._standing -= 1

    def failed(self, *names: str) -> None:
        """Count a failure under each of these names."""
        now = self._clock()
        with self._lock:
            for name in names:
                count, at = self._failures.get(name, (0.0, now))
                self._failures[name] = (min(_COUNTED, _faded(count, now - at) + 1), now)
                self._failures.move_to_end(name)
            self._let_go(now)

    def succeeded(self, client: str) -> None:
        """Forget a client who got it right. An address or an account is not forgiven: a guesser may have words too."""
        with self._lock:
            self._failures.pop(client, None)

    def _named(self, kind: str, name: str) -> str:
        return hmac.new(self._key, f"{kind}\n{name}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def _place(self, lines: Mapping[str, Pace]) -> float:
        now = self._clock()
        self._let_go(now)
        seconds = max((self._next.get(line, now) - now for line in lines), default=0.0)
        if seconds > _STANDS_AT_MOST:
            raise Busy
        return max(0.0, seconds)

    def _take(self, lines: Mapping[str, Pace], seconds: float) -> None:
        """Move the end of each line behind this request."""
        now = self._clock()
        for line, pace in lines.items():
            count, at = self._failures.get(line, (0.0, now))
            pause = pace.pause(_faded(count, now - at))
            if pause:
                self._next[line] = now + seconds + pause
                self._next.move_to_end(line)

    def _let_go(self, now: float) -> None:
        """Forget what is old, and the oldest of what is too much. Both are kept in the order they were last touched."""
        while self._failures and (len(self._failures) > KEPT or now - next(iter(self._failures.values()))[1] > _GONE):
            self._failures.popitem(last=False)
        while self._next and (len(self._next) > KEPT or next(iter(self._next.values())) < now):
            self._next.popitem(last=False)


def _faded(count: float, elapsed: float) -> float:
    return float(count * 0.5 ** (elapsed / _HALVED))


def _origin() -> str:
    """Return the address; of an IPv6 one the half that a connection has to itself."""
    try:
        address = ipaddress.ip_address((request.remote_addr or "").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
