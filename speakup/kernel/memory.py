"""Giving memory back to the system, and looking for it seldom where little is to be had."""

import ctypes
import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager


def give_back() -> None:
    """Give back what this process has freed: the allocator keeps much of it for the next time, words of people in it.

    It takes some ten milliseconds, where the C library can do it; elsewhere nothing happens.
    """
    if _trim is not None:
        _trim(0)


_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
if _trim is not None:
    _trim.argtypes, _trim.restype = [ctypes.c_size_t], ctypes.c_int


def settle(*, rounds: int = 10) -> None:
    """Once a program is loaded: look for no garbage among what it will keep, and for other garbage seldom.

    What is counted is freed as ever; this is about objects in circles alone, for which Python looks after every 700 new
    objects, and each tenth time further. A process that divides afterwards keeps what it has loaded in one place.
    `rounds` of looking at newer objects go before older ones are looked at: the fewer, the sooner what a request left
    in circles is gone, words of people in it. Only what ends soon and has no people's words takes many.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW, rounds, rounds)


_NEW = 10_000
"""Objects that came to be before the newest are looked at."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for garbage in circles seldom until the block ends: for work that makes many objects and no circle.

    What is counted is freed as ever. Python looks each time so many objects came to be, and then at all of them, which
    took a twentieth of a search. It is one number for the process: the last of several blocks turns it back. A block
    may stand open for as long as somebody takes to read, so there is an end to what it lets gather.
    """
    global _blocks, _before  # noqa: PLW0603 -- a number of the process has one place
    with _switch:
        if not _blocks:
            _before = gc.get_threshold()
            gc.set_threshold(_VERY_MANY if _before[0] else 0, *_before[1:])
        _blocks += 1
    try:
        yield
    finally:
        with _switch:
            _blocks -= 1
            if not _blocks:
                gc.set_threshold(*_before)


_VERY_MANY = 250_000
"""Objects: three times the rows that a search holds at once."""
_switch, _blocks, _before = threading.Lock(), 0, gc.get_threshold()
