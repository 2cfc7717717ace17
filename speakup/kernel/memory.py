"""Giving memory back to the system."""

import ctypes


def give_back() -> None:
    """Give back what this process has freed: the allocator keeps much of it for the next time, words of people in it.

    It takes some ten milliseconds, where the C library can do it; elsewhere nothing happens.
    """
    if _trim is not None:
        _trim(0)


_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
if _trim is not None:
    _trim.argtypes, _trim.restype = [ctypes.c_size_t], ctypes.c_int
