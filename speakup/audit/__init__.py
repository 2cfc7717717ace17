"""What was done, by whom, when: append-only, chained, without a word of content."""

from speakup.audit.models import Event
from speakup.audit.operations import append_pending, record
from speakup.audit.queries import ChainReport, HistoryLine, history, lines, recorded_since, verify

__all__ = [
    "ChainReport",
    "Event",
    "HistoryLine",
    "append_pending",
    "history",
    "lines",
    "record",
    "recorded_since",
    "verify",
]
