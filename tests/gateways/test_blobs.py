import os
import random
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from speakup.gateways.blobs import BlobMissing, Blobs

LARGE = [bytes([number]) * 1_000_000 for number in range(12)]


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return Blobs.from_url("memory://" if request.param == "memory" else f"file://{tmp_path / 'blobs'}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


def read(blobs: Blobs, key: str) -> bytes:
    return b"".join(blobs.get(key))


def test_a_blob_comes_back_as_it_was_put(blobs: Blobs) -> None:
    blobs.put("one", iter([b"first", b"second"]))
    blobs.put("large/two", LARGE)
    blobs.put("none", [])
    assert read(blobs, "one") == b"firstsecond"
    assert read(blobs, "large/two") == b"".join(LARGE)
    assert read(blobs, "none") == b""
    assert sorted(blobs.keys()) == ["large/two", "none", "one"]


def test_putting_again_replaces(blobs: Blobs) -> None:
    blobs.put("one", [b"old"])
    blobs.put("one", [b"new"])
    assert read(blobs, "one") == b"new"


def test_a_deleted_blob_is_gone_and_may_be_deleted_again(blobs: Blobs) -> None:
    blobs.put("one", [b"first"])
    blobs.delete("one")
    blobs.delete("one")
    assert list(blobs.keys()) == []
    with pytest.raises(BlobMissing):
        blobs.get("one")


def test_a_blob_whose_parts_fail_never_appears(blobs: Blobs) -> None:
    def parts() -> Iterator[bytes]:
        yield b"a" * 6_000_000
        raise ConnectionError("the upload broke off")

    with pytest.raises(ConnectionError):
        blobs.put("one", parts())
    assert list(blobs.keys()) == []


@pytest.mark.parametrize("key", ["", "../one", "/one", "one/", "a//b", "one.txt", "a b", "é", "a\n"])
def test_a_key_cannot_lead_elsewhere(blobs: Blobs, key: str) -> None:
    for use in (blobs.get, blobs.delete, lambda wrong: blobs.put(wrong, [b""])):
        with pytest.raises(ValueError, match="key"):
            use(key)


def test_files_are_for_their_owner_only(folder: Path) -> None:
    blobs = Blobs.from_url(str(folder))
    blobs.put("a/b/one", [b"first"])
    blobs.put("large", LARGE)
    modes = {path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert modes == {"a": 0o700, "a/b": 0o700, "a/b/one": 0o600, "large": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_rewriting_keeps_every_byte_and_gives_all_one_time(folder: Path) -> None:
    blobs = Blobs.from_url(str(folder))
    keys = [f"day/{number:03d}" for number in range(40)]
    for key in keys:
        blobs.put(key, [key.encode() * 100])
    order = random.Random(7).sample(keys, len(keys))
    blobs.rewrite([*order, "day/gone"])
    assert {key: read(blobs, key) for key in keys} == {key: key.encode() * 100 for key in keys}
    assert sorted(blobs.keys()) == keys
    times = {path.stat().st_mtime for path in [folder, *folder.rglob("*")]}
    assert len(times) == 1
    assert times.pop() % 86_400 == 0


def test_after_rewriting_the_disk_tells_nothing_of_the_order_in_which_blobs_came(folder: Path) -> None:
    blobs = Blobs.from_url(str(folder))
    invented = random.Random(3)
    keys = [f"{invented.getrandbits(64):016x}" for _ in range(60)]
    for key in keys:
        blobs.put(key, [b"x"])
    blobs.rewrite(invented.sample(keys, len(keys)))
    assert 0.3 < _agreement(keys, sorted(keys, key=lambda key: (folder / key).stat().st_ino)) < 0.7
    changed = [(folder / key).stat().st_ctime_ns for key in sorted(keys)]
    assert changed == sorted(changed)


def _agreement(came: list[str], found: list[str]) -> float:
    """The share of pairs that stand in the same order in both: a half is chance."""
    places = {key: place for place, key in enumerate(found)}
    pairs = [(one, other) for at, one in enumerate(came) for other in came[at + 1 :]]
    return sum(places[one] < places[other] for one, other in pairs) / len(pairs)


def test_rewriting_removes_what_a_killed_process_left_half_written(folder: Path) -> None:
    blobs = Blobs.from_url(str(folder))
    blobs.put("whole", [b"x"])
    old, new = folder / "half#1", folder / "other#2"
    for leftover in (old, new):
        leftover.write_bytes(b"partly")
    yesterday = time.time() - 100_000
    os.utime(old, (yesterday, yesterday))
    blobs.rewrite([])
    assert sorted(path.name for path in folder.iterdir()) == ["other#2", "whole"]


def test_a_process_killed_while_it_writes_leaves_no_blob(folder: Path) -> None:
    program = (
        "import os, sys; from speakup.gateways.blobs import Blobs\n"
        "def parts():\n    yield b'a' * 11_000_000\n    os.kill(os.getpid(), 9)\n"
        "Blobs.from_url(sys.argv[1]).put('one', parts())"
    )
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", program, str(folder)], cwd=root, check=False, timeout=60)
    assert ended.returncode == -9
    assert list(Blobs.from_url(str(folder)).keys()) == []
