"""Reading the chain, and checking it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from speakup import policy
from speakup.audit.models import AuditEntry, AuditHead, Event
from speakup.audit.rules import GENESIS, link
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking found: `broken_at` is the first number that does not follow, or None."""

    entries: int
    broken_at: int | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened to a case, for the people on it."""

    event: Event
    actor_id: uuid.UUID | None
    by_reporter: bool
    at: datetime


def verify(uow: UnitOfWork) -> ChainReport:
    """Walk the organisation's whole chain and say where, if anywhere, it was changed."""
    policy.require(uow.actor, Permission.AUDIT_VERIFY)
    previous, number = GENESIS, 0
    rows = select(AuditEntry).where(AuditEntry.organisation_id == uow.organisation_id).order_by(AuditEntry.number)
    for entry in uow.session.scalars(rows.execution_options(yield_per=1000)):
        number += 1
        expected = link(
            previous,
            entry.organisation_id,
            number,
            entry.event,
            (entry.actor_kind, entry.actor_id),
            entry.subject_id,
            entry.quantity,
            entry.at,
        )
        if (entry.number, entry.previous, entry.hash) != (number, previous, expected):
            return ChainReport(number, number)
        previous = entry.hash
    head = uow.session.get(AuditHead, uow.organisation_id)
    intact = head is None if number == 0 else head is not None and (head.number, head.hash) == (number, previous)
    return ChainReport(number, None if intact else number + 1)


def lines(uow: UnitOfWork) -> Iterator[dict[str, str | int | None]]:
    """Give the whole chain as plain values, first entry first, for somebody to keep elsewhere."""
    policy.require(uow.actor, Permission.AUDIT_VERIFY)
    rows = select(AuditEntry).where(AuditEntry.organisation_id == uow.organisation_id).order_by(AuditEntry.number)
    for entry in uow.session.scalars(rows.execution_options(yield_per=1000)):
        yield {
            "number": entry.number,
            "event": entry.event.value,
            "actor_kind": entry.actor_kind.value,
            "actor": str(entry.actor_id) if entry.actor_id else None,
            "subject": str(entry.subject_id) if entry.subject_id else None,
            "quantity": entry.quantity,
            "at": entry.at.isoformat(timespec="microseconds"),
            "previous": entry.previous.hex(),
            "hash": entry.hash.hex(),
        }


def history(uow: UnitOfWork, subject_id: uuid.UUID, limit: int = 200) -> list[HistoryLine]:
    """Return what happened to one case, newest first. The caller has already found the case, which is the check."""
    rows = uow.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.organisation_id == uow.organisation_id, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.number.desc())
        .limit(limit)
    )
    return [HistoryLine(row.event, row.actor_id, row.actor_kind == "reporter", row.at) for row in rows]
