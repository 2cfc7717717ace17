"""Deferred work: an outbox row in the same transaction, carried out by the job process."""

from speakup.jobs.models import Job, OutboxRow
from speakup.jobs.operations import defer

__all__ = ["Job", "OutboxRow", "defer"]
