"""Deferred work: an outbox row in the same transaction, carried out by the job process.

Web processes import this and never `speakup.jobs.runner`, which is the job process's own.
"""

from speakup.jobs.models import Job, OutboxRow
from speakup.jobs.operations import defer, finish, withdraw

__all__ = ["Job", "OutboxRow", "defer", "finish", "withdraw"]
