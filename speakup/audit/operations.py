"""Writing to the chain. There is no operation that changes or removes an entry."""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from speakup import policy
from speakup.audit.models import AuditEntry, AuditHead, Event, PendingAudit
from speakup.audit.rules import GENESIS, link
from speakup.kernel.actor import ActorKind
from speakup.kernel.clock import LONDON
from speakup.kernel.db import table_of
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission

BY_DAY = frozenset({Event.CASE_ANNOUNCED, Event.GUARDIAN_TOLD})
"""What the program does because somebody wrote. At which hour which guardian was told would order the day's cases for
good: whose case each is stands in its row."""

# Built once, and of columns: every page that opens something waits for these three, and needs no objects.
_HEADS = table_of(AuditHead)
_OURS = _HEADS.c.organisation_id == bindparam("organisation")
_HEAD = select(_HEADS.c.number, _HEADS.c.hash).where(_OURS).with_for_update()
_ADVANCE = (
    update(_HEADS)
    .where(_OURS, _HEADS.c.number == bindparam("from"))
    .values(number=bindparam("to"), hash=bindparam("newest"))
)
_FIRST = insert(_HEADS)
_APPEND = insert(table_of(AuditEntry))


@dataclass(slots=True)
class _End:
    """The chain's end, held by one unit of work until it is over."""

    stored: int | None
    """The number that stands in the row; None before the first entry."""
    number: int
    hash: bytes
    waiting: list[dict[str, Any]] = field(default_factory=list)
    """Entries made in this unit and not yet written: they are written together, before it commits."""


def record(uow: UnitOfWork, event: Event, subject_id: uuid.UUID | None = None, quantity: int | None = None) -> None:
    """Append what the actor did, in the actor's own transaction; a reporter's act waits for the nightly shuffle."""
    if uow.actor.kind in {ActorKind.REPORTER, ActorKind.VISITOR} or event in BY_DAY:
        uow.session.add(
            PendingAudit(
                organisation_id=uow.organisation_id, id=new_id(), event=event, subject_id=subject_id, day=uow.today
            )
        )
        return
    _append(uow, _end(uow), event, (uow.actor.kind, uow.actor.id), subject_id, quantity, uow.now)


def append_pending(uow: UnitOfWork, before: date) -> int:
    """Append reporters' entries, and what was done because of them, of days before `before`; return how many.

    Each day's stand in random order.
    """
    policy.require(uow.actor, Permission.ORDER_REMOVE)
    pending = list(
        uow.session.scalars(
            select(PendingAudit).where(PendingAudit.organisation_id == uow.organisation_id, PendingAudit.day < before)
        )
    )
    secrets.SystemRandom().shuffle(pending)
    end = _end(uow)
    for row in sorted(pending, key=lambda each: each.day):
        midnight = datetime.combine(row.day, time(), LONDON)
        acted = ActorKind.SYSTEM if row.event in BY_DAY else ActorKind.REPORTER
        _append(uow, end, row.event, (acted, None), row.subject_id, None, midnight)
        uow.session.delete(row)
    return len(pending)


def write_out(uow: UnitOfWork) -> None:
    """Write what this unit has recorded up to now; before it commits, and before it reads the chain itself."""
    end = uow.opened.get(_END)
    if not isinstance(end, _End) or not end.waiting:
        return
    uow.session.execute(_APPEND, end.waiting)
    if end.stored is None:
        row = {"organisation_id": uow.organisation_id, "number": end.number, "hash": end.hash}
        uow.session.execute(_FIRST, row)
    else:
        _advance(uow, end, end.stored)
    end.stored, end.waiting = end.number, []


def _advance(uow: UnitOfWork, end: _End, stored: int) -> None:
    moved = {"organisation": uow.organisation_id, "from": stored, "to": end.number, "newest": end.hash}
    if uow.session.connection().execute(_ADVANCE, moved).rowcount != 1:
        raise IntegrityFault(uow.organisation_id, "audit head")


_END = "audit end"


def _end(uow: UnitOfWork) -> _End:
    """Return the chain's end, held by this unit of work until it is over."""
    end = uow.opened.get(_END)
    if isinstance(end, _End):
        return end
    row = uow.session.execute(_HEAD, {"organisation": uow.organisation_id}).one_or_none()
    end = _End(None, 0, GENESIS) if row is None else _End(row.number, row.number, row.hash)
    uow.opened[_END] = end
    return end


def _append(
    uow: UnitOfWork,
    end: _End,
    event: Event,
    actor: tuple[ActorKind, uuid.UUID | None],
    subject_id: uuid.UUID | None,
    quantity: int | None,
    at: datetime,
) -> None:
    number = end.number + 1
    digest = link(end.hash, uow.organisation_id, number, event, actor, subject_id, quantity, at)
    if not end.waiting:
        uow.before_commit.append(write_out)
    end.waiting.append({
        "organisation_id": uow.organisation_id,
        "number": number,
        "event": event,
        "actor_kind": actor[0],
        "actor_id": actor[1],
        "subject_id": subject_id,
        "quantity": quantity,
        "at": at,
        "previous": end.hash,
        "hash": digest,
    })  # fmt: skip
    end.number, end.hash = number, digest
