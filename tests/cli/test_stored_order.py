"""The order of stored files is removed once for each, whatever nights were missed and wherever they lie."""

import json
import os
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from speakup.cli.stored_order import remove_from_files
from speakup.gateways.blobs import Blobs
from speakup.kernel.ids import new_id


@pytest.fixture
def remembered(tmp_path: Path) -> Path:
    return tmp_path / "files_in_no_order.json"


def stored(blobs: Blobs, count: int) -> list[str]:
    keys = [f"trust/{new_id()}" for _ in range(count)]
    for key in keys:
        blobs.put(key, [b"sealed"])
    return keys


def night(blobs: Blobs, remembered: Path, last: datetime | None = None) -> int:
    return remove_from_files(blobs, remembered, last, datetime.now(UTC))


def test_files_of_nights_that_were_missed_are_written_anew(tmp_path: Path, remembered: Path) -> None:
    folder = tmp_path / "blobs"
    blobs = Blobs.from_url(str(folder))
    keys = stored(blobs, 30)
    for at, key in enumerate(keys):
        days_ago = time.time() - 3 * 86_400 + at
        os.utime(folder / key, (days_ago, days_ago))
    before = {key: (folder / key).stat().st_ino for key in keys}
    assert night(blobs, remembered, datetime.now(UTC) - timedelta(days=1)) == 30
    assert {(folder / key).stat().st_mtime % 86_400 for key in keys} == {0}
    assert sum(before[key] != (folder / key).stat().st_ino for key in keys) > 20


def test_in_a_folder_nothing_is_written_twice(tmp_path: Path, remembered: Path) -> None:
    blobs = Blobs.from_url(str(tmp_path / "blobs"))
    stored(blobs, 5)
    assert night(blobs, remembered) == 5
    assert night(blobs, remembered) == 0
    stored(blobs, 2)
    assert night(blobs, remembered, datetime.now(UTC)) == 2
    assert night(blobs, remembered) == 0


def test_what_comes_while_others_are_written_anew_waits_for_the_next_night(tmp_path: Path) -> None:
    blobs = Blobs.from_url(str(tmp_path / "blobs"))
    first = stored(blobs, 3)
    later = stored(blobs, 1)
    blobs.rewrite(random.Random(1).sample(first, 3))
    assert blobs.keys_in_order(since=datetime.now(UTC)) == later


def test_in_a_storage_elsewhere_nothing_is_written_twice(remembered: Path) -> None:
    blobs = Blobs.from_url("memory://")
    stored(blobs, 5)
    assert night(blobs, remembered) == 5
    assert night(blobs, remembered, datetime.now(UTC)) == 0
    stored(blobs, 2)
    assert night(blobs, remembered, datetime.now(UTC)) == 2


def test_a_storage_elsewhere_is_looked_through_from_where_the_last_night_began(remembered: Path) -> None:
    blobs = Blobs.from_url("memory://")
    stored(blobs, 4)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert night(blobs, remembered, tomorrow) == 0
    remembered.write_text(json.dumps({"began": (tomorrow - timedelta(days=2)).isoformat(), "keys": []}))
    assert night(blobs, remembered, tomorrow) == 4


@pytest.mark.parametrize("written", ["", "{}", '{"began": "soon", "keys": []}', "[]"])
def test_a_machine_that_remembers_nothing_right_writes_anew_once_more(remembered: Path, written: str) -> None:
    blobs = Blobs.from_url("memory://")
    stored(blobs, 3)
    assert night(blobs, remembered) == 3
    remembered.write_text(written)
    assert night(blobs, remembered) == 3
    assert night(blobs, remembered) == 0
