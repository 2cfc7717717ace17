"""Padding, so that a stored size tells little about what was written.

Padmé is from Nikitin, Barman, Lueks, Underwood, Hubaux and Ford, "Reducing Metadata Leakage from Encrypted Files and
Communication with PURBs", PoPETs 2019: it leaks O(log log length) bits and adds at most 12 %.
"""

from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from speakup.crypto.errors import Unreadable

STEPS: Final = (256, 1024, 4 * 1024, 16 * 1024, 64 * 1024)
"""Sizes in bytes up to which bodies are padded; longer ones follow Padmé."""

_PREFIX: Final = 4


def padme(length: int) -> int:
    """The length to pad to: its low bits are zero, the more of them the longer it is."""
    exponent = max(length.bit_length() - 1, 0)
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1
    return (length + mask) & ~mask


@lru_cache(maxsize=4096)
def padded_length(length: int) -> int:
    """The size of a padded body of this length, its length prefix counted."""
    needed = length + _PREFIX
    at = bisect_left(STEPS, needed)
    return STEPS[at] if at < len(STEPS) else padme(needed)


def pad(body: bytes) -> bytes:
    """The body's length in four bytes, the body, and zeros up to 256 B, 1, 4, 16, 64 KiB or Padmé's length."""
    prefixed = len(body).to_bytes(_PREFIX) + body
    return prefixed.ljust(padded_length(len(body)), b"\0")


def unpad(padded: bytes) -> bytes:
    """What `pad` was given; Unreadable for anything `pad` does not write."""
    return unpad_all([padded])[0]


def unpad_all(every: Iterable[bytes]) -> list[bytes]:
    """Do it for many."""
    unpadded = []
    for padded in every:
        length = _number(padded[:_PREFIX])
        end = _PREFIX + length
        # Compared with as many zeros: counting them takes three times as long.
        if len(padded) != padded_length(length) or padded[end:] != bytes(len(padded) - end):
            raise Unreadable
        unpadded.append(padded[_PREFIX:end])
    return unpadded


_number = int.from_bytes
