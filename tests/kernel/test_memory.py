"""What a search has freed is the system's again."""

import gc
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from speakup.kernel.memory import give_back, seldom_collected

MEGABYTE = 1024
PIECES = 100_000


def resident() -> int:
    """Kilobytes of this process in memory now."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1])


def test_what_was_freed_is_given_back() -> None:
    pieces = [bytes([number % 256]) * 1000 for number in range(PIECES)]
    # One in the way of all the others, as there always is.
    last = bytes(1000)
    held = resident()
    pieces.clear()
    give_back()
    assert len(last) == 1000
    given = held - resident()
    assert given > 50 * MEGABYTE or platform.libc_ver()[0] != "glibc"


def test_garbage_is_looked_for_as_before_once_the_last_block_ends() -> None:
    before = gc.get_threshold()
    with seldom_collected():
        with seldom_collected():
            assert gc.get_threshold() > (before[0] * 10, *before[1:])
        assert gc.get_threshold() > (before[0] * 10, *before[1:])
    assert gc.get_threshold() == before


def test_garbage_is_looked_for_as_before_after_a_fault() -> None:
    before = gc.get_threshold()
    with pytest.raises(LookupError), seldom_collected():
        raise LookupError
    assert gc.get_threshold() == before


def test_what_was_turned_off_before_stays_off() -> None:
    before = gc.get_threshold()
    gc.set_threshold(0)
    try:
        with seldom_collected():
            assert gc.get_threshold()[0] == 0
        assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*before)


def test_a_block_that_stands_open_lets_garbage_gather_only_so_far() -> None:
    looked = gc.get_stats()[0]["collections"]
    with seldom_collected():
        kept = [list[int]() for _ in range(300_000)]
        assert gc.get_stats()[0]["collections"] > looked
    assert len(kept) == 300_000


def test_a_settled_program_keeps_what_it_has_loaded_and_finds_new_garbage_still() -> None:
    # In a process of its own: there is no way back.
    told = """
import gc, weakref
from speakup.kernel.memory import settle

class Circle:
    pass

settle()
assert gc.get_freeze_count() > 1000
circle = Circle()
circle.itself = circle
gone = weakref.ref(circle)
del circle
kept = []
while gone() is not None and len(kept) < 1_000_000:
    kept.append([])
print(gone() is None and gc.isenabled())
"""
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "True", done.stderr
