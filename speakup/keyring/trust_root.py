"""The file outside the database that says whose key log it is, and how far it has been seen."""

import fcntl
import json
import os
import uuid
from pathlib import Path

from speakup.kernel.whole_files import write_whole
from speakup.keyring.rules.canonical import raw, text
from speakup.keyring.rules.key_log import TrustRoot


def read(folder: Path, organisation_id: uuid.UUID) -> TrustRoot | None:
    """Return the trust root; None until `speakup trust-root set` has written it, `ValueError` for anything else."""
    try:
        said = json.loads((folder / f"{organisation_id}.json").read_text("utf-8"))
        return TrustRoot(uuid.UUID(said["person"]), raw(said["fingerprint"]), int(said["number"]), raw(said["hash"]))
    except FileNotFoundError:
        return None
    except (AttributeError, KeyError, TypeError) as malformed:
        raise ValueError from malformed


def write(folder: Path, organisation_id: uuid.UUID, root: TrustRoot) -> None:
    """Write the file whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    said = {
        "person": str(root.person_id),
        "fingerprint": text(root.fingerprint),
        "number": root.number,
        "hash": text(root.hash),
    }
    write_whole(folder / f"{organisation_id}.json", said)


def advance(folder: Path, organisation_id: uuid.UUID, root: TrustRoot) -> None:
    """Remember that the log has been seen this far, where this process may write the file; never go back."""
    if not os.access(folder, os.W_OK):
        return
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        standing = read(folder, organisation_id)
        if standing is not None and standing.number < root.number:
            write(folder, organisation_id, root)
