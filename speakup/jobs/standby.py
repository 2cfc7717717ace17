"""One job process works at a time; others stand by and take over when it ends.

The lock is on the job database: a locked file beside a SQLite one, a session's advisory lock on PostgreSQL. Either is
let go by the system when its holder dies, however it dies.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

_KEY = int.from_bytes(b"speak up"[:7])
"""Any number, as long as every job process uses the same."""


class Turn(Protocol):
    """A place at the lock."""

    def take(self) -> bool:
        """Take the turn if it is free, or say that it is still held. False for somebody else's."""


@contextmanager
def turn(database_url: str) -> Iterator[Turn]:
    """Stand in line for a job database."""
    if database_url.startswith("sqlite:///"):
        path = Path(database_url.removeprefix("sqlite:///")).with_suffix(".lock")
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield _FileTurn(handle)
        finally:
            os.close(handle)
        return
    engine = create_engine(database_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with closing(_SessionTurn(engine.connect())) as waiting:
        yield waiting


class _FileTurn:
    def __init__(self, handle: int) -> None:
        self._handle = handle

    def take(self) -> bool:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class _SessionTurn:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._held = False

    def take(self) -> bool:
        """A connection that broke has lost its lock, and raises here: its process must end."""
        if self._held:
            self._connection.execute(text("SELECT 1"))
            return True
        self._held = bool(self._connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}))
        return self._held

    def close(self) -> None:
        if self._held:
            self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _KEY})
        self._connection.close()
