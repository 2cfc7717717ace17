"""Writing to the chain. There is no operation that changes or removes an entry."""

import secrets
import uuid
from datetime import date, datetime, time

from sqlalchemy import bindparam, select

from speakup import policy
from speakup.audit.models import AuditEntry, AuditHead, Event, PendingAudit
from speakup.audit.rules import GENESIS, link
from speakup.kernel.actor import ActorKind
from speakup.kernel.clock import LONDON
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission

BY_DAY = frozenset({Event.CASE_ANNOUNCED, Event.GUARDIAN_TOLD})
"""What the program does because somebody wrote. At which hour which guardian was told would order the day's cases for
good: whose case each is stands in its row."""

# Built once: putting a statement together takes longer than asking it.
_HEAD = select(AuditHead).where(AuditHead.organisation_id == bindparam("organisation")).with_for_update()


def record(uow: UnitOfWork, event: Event, subject_id: uuid.UUID | None = None, quantity: int | None = None) -> None:
    """Append what the actor did, in the actor's own transaction; a reporter's act waits for the nightly shuffle."""
    if uow.actor.kind in {ActorKind.REPORTER, ActorKind.VISITOR} or event in BY_DAY:
        uow.session.add(
            PendingAudit(
                organisation_id=uow.organisation_id, id=new_id(), event=event, subject_id=subject_id, day=uow.today
            )
        )
        return
    _append(uow, _head(uow), event, (uow.actor.kind, uow.actor.id), subject_id, quantity, uow.now)


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
    head = _head(uow)
    for row in sorted(pending, key=lambda each: each.day):
        midnight = datetime.combine(row.day, time(), LONDON)
        acted = ActorKind.SYSTEM if row.event in BY_DAY else ActorKind.REPORTER
        _append(uow, head, row.event, (acted, None), row.subject_id, None, midnight)
        uow.session.delete(row)
    return len(pending)


def _head(uow: UnitOfWork) -> AuditHead:
    """Return the chain's end, held by this unit of work until it is over."""
    held = uow.opened.get("audit head")
    if isinstance(held, AuditHead):
        return held
    head = uow.session.scalar(_HEAD, {"organisation": uow.organisation_id})
    if head is None:
        head = AuditHead(organisation_id=uow.organisation_id, number=0, hash=GENESIS)
        uow.session.add(head)
    uow.opened["audit head"] = head
    return head


def _append(
    uow: UnitOfWork,
    head: AuditHead,
    event: Event,
    actor: tuple[ActorKind, uuid.UUID | None],
    subject_id: uuid.UUID | None,
    quantity: int | None,
    at: datetime,
) -> None:
    number = head.number + 1
    digest = link(head.hash, uow.organisation_id, number, event, actor, subject_id, quantity, at)
    uow.session.add(
        AuditEntry(
            organisation_id=uow.organisation_id,
            number=number,
            event=event,
            actor_kind=actor[0],
            actor_id=actor[1],
            subject_id=subject_id,
            quantity=quantity,
            at=at,
            previous=head.hash,
            hash=digest,
        )
    )
    head.number, head.hash = number, digest
