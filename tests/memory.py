"""A folder in memory for the databases of a test run, where no commit waits for a disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres

PREFIX = f"speakup-sqlite-{os.getuid()}-"


@contextmanager
def folder(otherwise: Path) -> Iterator[Path]:
    """Give a folder of this process, deleted at the end; `otherwise` where memory has no room for it."""
    clear_left_overs()
    if not postgres.has_room_in_memory():
        yield otherwise
        return
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-", dir=postgres.MEMORY) as made:
        yield Path(made)


def clear_left_overs() -> None:
    """Delete the folders of processes that are gone."""
    for left in postgres.MEMORY.glob(f"{PREFIX}*"):
        number = left.name.removeprefix(PREFIX).partition("-")[0]
        if not Path(f"/proc/{number}").exists():
            shutil.rmtree(left, ignore_errors=True)
