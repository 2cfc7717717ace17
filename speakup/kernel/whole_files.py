"""Small files that stand outside the database: written whole or not at all."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_whole(file: Path, said: Mapping[str, Any]) -> None:
    """Put this, as JSON, in the place of what stood there, for the folder's owner alone to read.

    Whoever administers the machine may have started the command: the site must be able to read what they leave.
    """
    handle, draft = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        json.dump(said, written, indent=1, ensure_ascii=False)
        written.flush()
        os.fsync(written.fileno())
    if os.geteuid() == 0:
        folder = file.parent.stat()
        os.chown(draft, folder.st_uid, folder.st_gid)
    Path(draft).replace(file)
