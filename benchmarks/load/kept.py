"""An installation that costs minutes to fill: made once, kept between measurements, and given as a copy."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from benchmarks.load.places import ROOT, Place, found_place


@contextmanager
def kept_copy(folder: Path, made_by: Path, fill: Callable[[Place], None]) -> Iterator[Place]:
    """Give what `fill` makes, of the code in the file `made_by`; what is measured does not change what is kept."""
    kept, copy = folder / f"{made_by.stem}-{_version(made_by)}", folder / "copy"
    if not (kept / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        fill(found_place(kept, folder / "founded"))
        (kept / "whole").touch()
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(kept, copy)
    try:
        yield Place(copy, folder / "founded")
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _version(made_by: Path) -> str:
    """Name the tables and the way things are sealed: cases of another version would not be read."""
    digest = sha256((ROOT / "migrations" / ".current-head").read_bytes())
    digest.update(made_by.read_bytes())
    for sealing in ("crypto", "keyring/rules"):
        for path in sorted((ROOT / "speakup" / sealing).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
