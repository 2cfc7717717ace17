"""What was done, by whom, when: append-only, chained, without a word of content."""

from speakup.audit.anchor import Anchor, lost_anchor, read_anchor, require_anchored
from speakup.audit.anchoring import keep_anchor
from speakup.audit.models import Event
from speakup.audit.operations import append_pending, record
from speakup.audit.queries import (
    ChainReport,
    Happening,
    HistoryLine,
    folded,
    history,
    last_number,
    last_recorded,
    lines,
    recent,
    recorded_since,
    subjects,
    subjects_since,
    verify,
)

__all__ = [
    "Anchor",
    "ChainReport",
    "Event",
    "Happening",
    "HistoryLine",
    "append_pending",
    "folded",
    "history",
    "keep_anchor",
    "last_number",
    "last_recorded",
    "lines",
    "lost_anchor",
    "read_anchor",
    "recent",
    "record",
    "recorded_since",
    "require_anchored",
    "subjects",
    "subjects_since",
    "verify",
]
