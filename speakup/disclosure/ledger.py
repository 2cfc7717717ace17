"""What is known outside already: earlier releases, and the national return's exact lines. Nothing is ever taken out."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from speakup.disclosure.audit import Interval
from speakup.disclosure.tables import Where


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of the national return as submitted: so many cases, exactly, for everybody to know."""

    where: Where
    cases: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell of a release: what was displayed, and by which threshold."""

    where: Where
    shown: int | None
    """Rounded; None where it was masked."""
    threshold: int
    interval: Interval
    """What whoever knows the rules learns from it, in people."""


@dataclass(frozen=True, slots=True)
class Release:
    """Everything one publication lets anybody know: paper, charts and answers given alike."""

    entries: tuple[Entry, ...]
    snapshot: str
    """Hash of the rows it was made from."""
    commitment: str
    """Hash of the secret seed, which can be shown later to prove that no mask was chosen by hand."""

    @property
    def digest(self) -> str:
        """What the audit chain keeps of it."""
        return sha256(written(self)).hexdigest()


@dataclass(frozen=True, slots=True)
class Ledger:
    """Of one organisation and one population."""

    lines: tuple[Line, ...] = ()
    releases: tuple[Release, ...] = ()

    def with_release(self, release: Release) -> "Ledger":
        """One release more; nothing is ever taken away."""
        return Ledger(self.lines, (*self.releases, release))

    def with_lines(self, lines: Iterable[Line]) -> "Ledger":
        """What a submitted return makes public."""
        return Ledger((*self.lines, *lines), self.releases)

    @property
    def entries(self) -> dict[Where, Entry]:
        """By cell. Shown once is known, whatever a later release says."""
        known: dict[Where, Entry] = {}
        for release in self.releases:
            for entry in release.entries:
                if entry.where not in known or known[entry.where].shown is None:
                    known[entry.where] = entry
        return known


def written(release: Release) -> bytes:
    """The release as bytes, the same for equal releases."""
    return json.dumps(_plain(release), sort_keys=True, separators=(",", ":")).encode()


def read(data: bytes) -> Release:
    """What `written` wrote. `KeyError`, `TypeError` or `ValueError` for anything else."""
    plain = json.loads(data)
    return Release(tuple(_entry(each) for each in plain["entries"]), plain["snapshot"], plain["commitment"])


def canonical(where: Where) -> list[list[Any]]:
    """A cell in an order of its own."""
    return sorted([name, sorted(members)] for name, members in where)


def _plain(release: Release) -> dict[str, Any]:
    entries = [
        {
            "where": canonical(entry.where),
            "shown": entry.shown,
            "threshold": entry.threshold,
            "interval": [entry.interval.low, None if entry.shown is None else entry.interval.high],
        }
        for entry in release.entries
    ]
    return {"entries": entries, "snapshot": release.snapshot, "commitment": release.commitment}


def _entry(plain: dict[str, Any]) -> Entry:
    where = frozenset((name, frozenset(members)) for name, members in plain["where"])
    low, high = plain["interval"]
    interval = Interval(low) if high is None else Interval(low, high)
    return Entry(where, plain["shown"], plain["threshold"], interval)
