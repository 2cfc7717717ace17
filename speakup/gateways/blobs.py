"""Where sealed files lie: a folder by default, S3-compatible storage by its address, memory in tests.

obstore (the Rust crate object_store) does the work behind five methods, so that it can be replaced. Only sealed bytes
are ever given to it. In a folder every file is for its owner alone, is on the disk before `put` returns, and appears
whole or not at all.
"""

import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Self

import obstore
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

_KEY = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
_READ_AT_LEAST = 64 * 1024
_WRITE_PART = 5 * 1024 * 1024  # the smallest part that S3 takes
_LEFTOVER = re.compile(r".*#\d+")  # what object_store names a file that is not whole yet
_DAY = 86_400  # seconds


class BlobMissing(Exception):
    """There is nothing under that key."""


class Blobs:
    """Sealed files by key. A key is letters, digits, `-` and `_`, with `/` between its parts."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def from_url(cls, url: str) -> Self:
        """For `memory://`, `file:///folder`, a bare path, or `s3://bucket/prefix` (keys from the environment)."""
        if url.startswith("memory:"):
            return cls(MemoryStore())
        if "://" in url and not url.startswith("file://"):
            return cls(from_url(url))
        folder = Path(url.removeprefix("file://"))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        return cls(LocalStore(folder), folder)

    def put(self, key: str, parts: Iterable[bytes]) -> None:
        """Store the parts one after another. Nobody sees the blob before its last part; a failure leaves nothing."""
        _check(key)
        if self._folder is not None:
            _make_private(self._folder, key)
        # Not obstore.put: it asks for the next part inside its own event loop, where reading another blob panics.
        # Leaving the writer through an error abandons what was written.
        with obstore.open_writer(self._store, key, buffer_size=_WRITE_PART, max_concurrency=2) as writer:
            for part in parts:
                writer.write(part)
        if self._folder is not None:
            _make_safe(self._folder / key)

    def get(self, key: str) -> Iterator[bytes]:
        """The blob in pieces of any size. `BlobMissing` is raised here, not at the first piece."""
        _check(key)
        try:
            found = obstore.get(self._store, key)
        except FileNotFoundError:
            raise BlobMissing from None
        return (bytes(piece) for piece in found.stream(min_chunk_size=_READ_AT_LEAST))

    def delete(self, key: str) -> None:
        """Afterwards there is nothing under the key, also when there was nothing before."""
        _check(key)
        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            return

    def keys(self) -> Iterator[str]:
        """Every key, in no order that means anything."""
        return self.keys_written()

    def keys_written(self, *, since: datetime | None = None, before: datetime | None = None) -> Iterator[str]:
        """Every key last written from `since` on and before `before`."""
        return (
            found["path"]
            for found_together in obstore.list(self._store)
            for found in found_together
            if (since is None or found["last_modified"] >= since)
            and (before is None or found["last_modified"] < before)
        )

    @property
    def in_folder(self) -> bool:
        """Whether this is a folder of this machine."""
        return self._folder is not None

    def free(self) -> int | None:
        """Return how many bytes still fit; None where that is not ours to know."""
        return None if self._folder is None else shutil.disk_usage(self._folder).free

    def keys_in_order(self, *, since: datetime) -> list[str]:
        """Every key that may lie in the order in which it came: in a folder, whose file was never put out of it.

        Elsewhere these are the keys written from `since` on.
        """
        if self._folder is None:
            return list(self.keys_written(since=since))
        return [key for key in self.keys() if not _is_timeless(self._folder / key)]

    def rewrite(self, keys: Iterable[str]) -> None:
        """Store these blobs anew in the order given, so that a random order hides in which they came.

        In a folder, these files and all folders then get one time, the midnight before, by which they are known; what a
        killed process left half written more than a day ago is removed. A key that is gone is passed over.
        """
        written = []
        for key in keys:
            try:
                self.put(key, self.get(key))
            except BlobMissing:
                continue
            written.append(key)
        if self._folder is not None:
            _make_timeless(self._folder, written)


def _check(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise ValueError("A blob's key may hold only letters, digits, hyphens, underscores and slashes")


def _make_private(folder: Path, key: str) -> None:
    """Make the folders above a key, each for the owner only."""
    for part in key.split("/")[:-1]:
        folder /= part
        folder.mkdir(mode=0o700, exist_ok=True)


def _make_safe(file: Path) -> None:
    """For the owner only, and on the disk: the file, then the folder's entry for it."""
    for path in (file, file.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            if path is file:
                os.fchmod(descriptor, 0o600)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _is_timeless(file: Path) -> bool:
    try:
        return file.stat().st_mtime_ns % (_DAY * 1_000_000_000) == 0
    except FileNotFoundError:
        return True


def _make_timeless(folder: Path, keys: Iterable[str]) -> None:
    now = time.time()
    midnight = now - now % _DAY
    for file in sorted(folder.rglob("*#*")):
        if _LEFTOVER.fullmatch(file.name) and file.stat().st_mtime < now - _DAY:
            file.unlink()
    # Setting a time is itself a change, and the time of that nobody can set: in the order of names it tells nothing.
    folders = sorted(path for path in folder.rglob("*") if path.is_dir())
    for path in (*(folder / key for key in sorted(keys)), *folders, folder):
        with suppress(FileNotFoundError):
            os.utime(path, (midnight, midnight))
