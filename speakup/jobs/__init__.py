"""Deferred work: an outbox row in the same transaction, carried out by the job process.

Web processes import this and never `speakup.jobs.runner`, which is the job process's own.
"""

from speakup.jobs.models import Job, OutboxRow
from speakup.jobs.operations import defer, finish, hand_over_again, mark_handed_over, withdraw
from speakup.jobs.queries import find_row, same_work, to_hand_over

__all__ = [
    "Job",
    "OutboxRow",
    "defer",
    "find_row",
    "finish",
    "hand_over_again",
    "mark_handed_over",
    "same_work",
    "to_hand_over",
    "withdraw",
]
