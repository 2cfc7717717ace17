"""Malware scanning by ClamAV over its socket. It fails closed: no clear answer is `ScannerUnavailable`, never clean.

The protocol is clamd's INSTREAM (clamd(8)): `zINSTREAM`, then frames of a four-byte length and bytes, then a length of
zero. The client is our own because the kept library sets a time limit for each step and none for the whole, sends
frames of 1 KiB, and lets a connection that clamd breaks off surface as a plain OSError.
"""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from speakup.kernel.turns import away

_FRAME = 64 * 1024
_LONGEST_ANSWER = 4096


class Verdict(StrEnum):
    CLEAN = "clean"
    INFECTED = "infected"


class ScannerUnavailable(Exception):
    """The scanner could not be reached, or gave no clear answer. Nothing may be kept."""


class Scanner(Protocol):
    """`configured` is false where no scanner is: pages then say that files were not scanned."""

    @property
    def configured(self) -> bool: ...

    def scan(self, body: bytes) -> Verdict: ...


@dataclass(frozen=True)
class ClamdScanner:
    """A clamd at `host:port`, or at the path of a Unix socket. `seconds` bounds the whole conversation."""

    address: str
    seconds: float = 60.0

    @property
    def configured(self) -> bool:
        return True

    def scan(self, body: bytes) -> Verdict:
        try:
            with away():
                answer = self._answer_to(_in_frames(body))
        except (OSError, ValueError):
            raise ScannerUnavailable from None
        if answer == b"stream: OK":
            return Verdict.CLEAN
        if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
            return Verdict.INFECTED
        raise ScannerUnavailable  # An error, a limit exceeded, or an answer we do not know.

    def _answer_to(self, frames: Iterator[bytes]) -> bytes:
        remaining = _countdown(self.seconds)
        with self._connected(remaining()) as clamd:
            for frame in frames:
                clamd.settimeout(remaining())
                clamd.sendall(frame)
            answer = b""
            while not answer.endswith(b"\0"):
                clamd.settimeout(remaining())
                received = clamd.recv(_LONGEST_ANSWER)
                if not received or len(answer) > _LONGEST_ANSWER:
                    raise ConnectionError
                answer += received
        return answer.rstrip(b"\0")

    def _connected(self, seconds: float) -> socket.socket:
        if "/" not in self.address:
            host, _, port = self.address.rpartition(":")
            return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)
        clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            clamd.settimeout(seconds)
            clamd.connect(self.address)
        except BaseException:
            clamd.close()
            raise
        return clamd


@dataclass(frozen=True)
class NoScanner:
    """Where no scanner is configured: everything passes, and `configured` makes the pages say so."""

    @property
    def configured(self) -> bool:
        return False

    def scan(self, body: bytes) -> Verdict:
        return Verdict.CLEAN


@dataclass
class FakeScanner:
    """For tests: finds every one of `infected`; raises while `down`; keeps the sizes of what it was given."""

    infected: tuple[bytes, ...] = ()
    down: bool = False
    sizes: list[int] = field(default_factory=list)

    @property
    def configured(self) -> bool:
        return True

    def scan(self, body: bytes) -> Verdict:
        if self.down:
            raise ScannerUnavailable
        self.sizes.append(len(body))
        return Verdict.INFECTED if any(marker in body for marker in self.infected) else Verdict.CLEAN


def scanner_at(address: str | None) -> Scanner:
    """The scanner for a setting: `host:port`, a socket's path, or nothing."""
    return ClamdScanner(address) if address else NoScanner()


def _in_frames(body: bytes) -> Iterator[bytes]:
    yield b"zINSTREAM\0"
    for start in range(0, len(body), _FRAME):
        part = body[start : start + _FRAME]
        yield len(part).to_bytes(4, "big") + part
    yield b"\0\0\0\0"


def _countdown(seconds: float) -> Callable[[], float]:
    """A function that gives the time left, and raises once there is none."""
    end = time.monotonic() + seconds

    def remaining() -> float:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    return remaining
