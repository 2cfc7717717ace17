"""What was done, by whom, when: append-only, chained, without a word of content."""

from speakup.audit.models import Event
from speakup.audit.operations import append_pending, record
from speakup.audit.queries import (
    ChainReport,
    Happening,
    HistoryLine,
    history,
    lines,
    recent,
    recorded_since,
    subjects_since,
    verify,
    waiting_since,
)

__all__ = [
    "ChainReport",
    "Event",
    "Happening",
    "HistoryLine",
    "append_pending",
    "history",
    "lines",
    "recent",
    "record",
    "recorded_since",
    "subjects_since",
    "verify",
    "waiting_since",
]
