"""Which stored files still lie in the order in which they came, and writing them anew in another, each just once."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from speakup.gateways.blobs import Blobs
from speakup.kernel.whole_files import write_whole

SLACK = timedelta(hours=1)
"""How far the clock of a storage elsewhere may differ from ours."""
BEGINNING = datetime.min.replace(tzinfo=UTC)


def remove_from_files(blobs: Blobs, remembered: Path, last: datetime | None, now: datetime) -> int:
    """Write anew, in random order, every file stored since it was last done; return how many.

    A folder shows by itself which those are. A storage elsewhere gives what is written anew a new time, so that
    `remembered`, a file of this machine, says what was written anew last time and when that began. `last` is when it
    was last done by the audit chain, for a machine that remembers nothing; None for never.
    """
    began, done = _read(remembered)
    since = (began or last or BEGINNING + SLACK) - SLACK
    found = blobs.keys_in_order(since=since)
    waiting = [key for key in found if key not in done]
    secrets.SystemRandom().shuffle(waiting)
    blobs.rewrite(waiting)
    if not blobs.in_folder:
        _write(remembered, now, found)
    return len(waiting)


def _read(remembered: Path) -> tuple[datetime | None, frozenset[str]]:
    try:
        said = json.loads(remembered.read_text("utf-8"))
        return datetime.fromisoformat(said["began"]), frozenset(said["keys"])
    except (FileNotFoundError, KeyError, TypeError, ValueError):
        # What is remembered only saves work: without it files are written anew once more.
        return None, frozenset()


def _write(remembered: Path, began: datetime, keys: list[str]) -> None:
    """Write it in the order of the keys, which tells nothing."""
    write_whole(remembered, {"began": began.isoformat(), "keys": sorted(keys)})
