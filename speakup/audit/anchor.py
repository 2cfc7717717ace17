"""How far the chain was followed and found whole, kept outside the database beside the trust root.

The chain's links are reckoned from what stands in it, so whoever writes the database could write a whole other one.
"""

import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from speakup.audit.models import AuditEntry
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.kernel.whole_files import write_whole


@dataclass(frozen=True, slots=True)
class Anchor:
    """An entry that the chain must go on passing through."""

    number: int
    hash: bytes


def read_anchor(folder: Path, organisation_id: uuid.UUID) -> Anchor | None:
    """Return what the file says; None before the first night. `ValueError` for anything else."""
    try:
        said = json.loads(_file(folder, organisation_id).read_text("utf-8"))
        return Anchor(int(said["number"]), bytes.fromhex(said["hash"]))
    except FileNotFoundError:
        return None
    except (KeyError, TypeError) as malformed:
        raise ValueError from malformed


def write_anchor(folder: Path, organisation_id: uuid.UUID, anchor: Anchor) -> bool:
    """Write the file whole or not at all, and never back; say whether this process may.

    Somebody else than the folder's owner would leave a file that the site cannot read.
    """
    if not os.access(folder, os.W_OK) or folder.stat().st_uid != os.geteuid():
        return False
    standing = read_anchor(folder, organisation_id)
    if standing is None or standing.number < anchor.number:
        write_whole(_file(folder, organisation_id), {"number": anchor.number, "hash": anchor.hash.hex()})
    return True


def lost_anchor(uow: UnitOfWork) -> int | None:
    """Return the number of the entry that was kept and no longer stands in the chain; None where all is well."""
    try:
        anchor = read_anchor(uow.trust_dir, uow.organisation_id)
    except ValueError:
        return 1
    if anchor is None:
        return None
    ours = (AuditEntry.organisation_id == uow.organisation_id, AuditEntry.number == anchor.number)
    return None if uow.session.scalar(select(AuditEntry.hash).where(*ours)) == anchor.hash else anchor.number


def require_anchored(uow: UnitOfWork) -> None:
    """Raise `IntegrityFault` for a chain that has lost what was kept of it."""
    if lost_anchor(uow) is not None:
        raise IntegrityFault(uow.organisation_id, "audit chain")


def _file(folder: Path, organisation_id: uuid.UUID) -> Path:
    return folder / f"{organisation_id}.audit.json"
