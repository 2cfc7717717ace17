"""What a worker has written so far. Lives sealed in a row whose key is only in their cookie."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from speakup.gateways.sealed_files import StoredFile


@dataclass(frozen=True, slots=True)
class Sent:
    """What the page after sending shows again until the words are saved."""

    answer_by: str
    """ISO date by which the guardian answers."""
    readers: tuple[str, ...] = field(repr=False)
    urgent: bool = False


@dataclass(slots=True)
class DraftContent:
    """The answers by step, each as its form gave it, the files, the words, and what became of it."""

    words: tuple[str, ...] = field(repr=False)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    files: list[StoredFile] = field(default_factory=list, repr=False)
    sent: Sent | None = None
    parked: bool = False
    """Only the words are here: everything else waits under them, to be come back to."""
    stopped_at: str = ""
    """The step at which it was put aside; empty for one that never was."""
    returning: bool = False
    """It was put aside in the middle of a change, after which somebody goes back to checking their answers."""

    @property
    def mark(self) -> str:
        """Tell one draft from another in a page of it: 16 bits, the same when it is come back to."""
        return hashlib.sha256(b"mark " + " ".join(self.words).encode()).hexdigest()[:4]

    @property
    def shows_words(self) -> bool:
        """Whether its seven words are shown to whoever holds it, since it was sent or put aside."""
        return self.parked or self.sent is not None

    @property
    def holds_anything(self) -> bool:
        """Whether somebody has answered anything, or added a file."""
        return bool(self.files) or any(any(values) for step in self.answers.values() for values in step.values())

    @property
    def lot(self) -> bytes:
        """What chance decides by for this draft, however often its pages are shown; the words alone lead to it."""
        return hashlib.sha256(b"lot " + " ".join(self.words).encode()).digest()

    def to_bytes(self) -> bytes:
        """Write it as the bytes that are sealed."""
        said = {
            "words": self.words,
            "answers": self.answers,
            "files": [each.plain() for each in self.files],
            "sent": asdict(self.sent) if self.sent else None,
            "parked": self.parked,
            "stopped_at": self.stopped_at,
            "returning": self.returning,
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, opened: bytes) -> "DraftContent":
        """Read it back."""
        said = json.loads(opened)
        sent = said["sent"]
        return cls(
            tuple(said["words"]),
            said["answers"],
            [StoredFile.from_plain(each) for each in said["files"]],
            Sent(sent["answer_by"], tuple(sent["readers"]), sent["urgent"]) if sent else None,
            said["parked"],
            # A draft that was put aside before this was written down says nothing.
            said.get("stopped_at", ""),
            said.get("returning", False),
        )
