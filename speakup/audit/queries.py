"""Reading the chain, and checking it."""

import uuid
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import String, bindparam, select, type_coerce

from speakup import policy
from speakup.audit.anchor import lost_anchor
from speakup.audit.models import AuditEntry, AuditHead, Event
from speakup.audit.operations import write_out
from speakup.audit.rules import GENESIS, link
from speakup.kernel import clock
from speakup.kernel.actor import ActorKind
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission

# Built once: putting a statement together takes longer than asking it.
_ENTRY = AuditEntry.__table__.c
_HISTORY = (
    select(_ENTRY.event, _ENTRY.actor_id, _ENTRY.actor_kind, _ENTRY.at)
    .where(_ENTRY.organisation_id == bindparam("organisation"), _ENTRY.subject_id == bindparam("subject"))
    .order_by(_ENTRY.number.desc())
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking found: `broken_at` is the first number that does not follow, or None.

    In a chain that follows from its beginning and is another than was kept outside, it is the number that was kept.
    """

    entries: int
    broken_at: int | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened to a case, for the people on it."""

    event: Event
    actor_id: uuid.UUID | None
    by_reporter: bool
    at: datetime
    times: int = 1
    """Of lines that were folded into one: how many. `at` is the newest of them."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing somebody did to the organisation's people, places or settings."""

    event: Event
    actor_id: uuid.UUID | None
    subject_id: uuid.UUID | None
    at: datetime


def verify(uow: UnitOfWork) -> ChainReport:
    """Walk the organisation's whole chain and say where, if anywhere, it was changed."""
    policy.require(uow.actor, Permission.AUDIT_VERIFY)
    write_out(uow)
    end = (0, GENESIS)
    try:
        with closing(_walk(uow)) as chain:
            for end, follows in chain:
                if not follows:
                    return ChainReport(end[0], end[0])
    except (IntegrityFault, ValueError):
        # One of the next entries holds what is no moment and no id.
        return ChainReport(end[0], end[0] + 1)
    head = uow.session.get(AuditHead, uow.organisation_id)
    intact = end == ((head.number, head.hash) if head else (0, GENESIS))
    return ChainReport(end[0], lost_anchor(uow) if intact else end[0] + 1)


def _walk(uow: UnitOfWork) -> Generator[tuple[tuple[int, bytes], bool]]:
    """Give each entry's number and hash, and whether it follows from the one before."""
    previous = GENESIS
    # The words as they stand: one that is no event is still an entry, and does not follow.
    event, kind = type_coerce(AuditEntry.event, String), type_coerce(AuditEntry.actor_kind, String)
    columns = [each for each in AuditEntry.__table__.columns if each.name not in {"event", "actor_kind"}]
    rows = select(*columns, event.label("event"), kind.label("actor_kind"))
    rows = rows.where(AuditEntry.organisation_id == uow.organisation_id).order_by(AuditEntry.number)
    with uow.session.execute(rows.execution_options(yield_per=1000)) as entries:
        for number, entry in enumerate(entries, start=1):
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
            yield (number, entry.hash), (entry.number, entry.previous, entry.hash) == (number, previous, expected)
            previous = entry.hash


def lines(uow: UnitOfWork) -> Iterator[dict[str, str | int | None]]:
    """Give the whole chain as plain values, first entry first, for somebody to keep elsewhere."""
    policy.require(uow.actor, Permission.AUDIT_VERIFY)
    write_out(uow)
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
    write_out(uow)
    asked = {"organisation": uow.organisation_id, "subject": subject_id, "limit": limit}
    rows = uow.session.execute(_HISTORY, asked)
    return [HistoryLine(event, actor_id, kind is ActorKind.REPORTER, at) for event, actor_id, kind, at in rows.all()]


def folded(lines: Iterable[HistoryLine]) -> list[HistoryLine]:
    """Make one line of those that follow each other and say the same of the same person and day.

    Whoever works on a case opens it a dozen times a day, and what happened meanwhile must not be lost among that.
    """
    same = groupby(lines, key=lambda each: (each.event, each.actor_id, each.by_reporter, clock.london_day(each.at)))
    return [replace(next(several), times=1 + sum(1 for _ in several)) for _, several in same]


def recent(uow: UnitOfWork, events: Collection[Event], limit: int = 20, among: int = 5000) -> list[Happening]:
    """List the newest entries of these kinds, newest first, looking no further back than `among` entries."""
    policy.require(uow.actor, Permission.KEYLOG_READ)
    write_out(uow)
    head = uow.session.get(AuditHead, uow.organisation_id)
    rows = uow.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.organisation_id == uow.organisation_id, AuditEntry.event.in_(list(events)))
        .where(AuditEntry.number > (head.number if head else 0) - among)
        .order_by(AuditEntry.number.desc())
        .limit(limit)
    )
    return [Happening(row.event, row.actor_id, row.subject_id, row.at) for row in rows]


def last_number(uow: UnitOfWork, event: Event) -> int:
    """Return where something was last recorded in the chain; 0 for never."""
    write_out(uow)
    newest = select(AuditEntry.number).where(
        AuditEntry.organisation_id == uow.organisation_id, AuditEntry.event == event
    )
    return uow.session.scalar(newest.order_by(AuditEntry.number.desc()).limit(1)) or 0


def subjects_since(
    uow: UnitOfWork, event: Event, moment: datetime, among: Collection[uuid.UUID]
) -> frozenset[uuid.UUID]:
    """Say of which of these few subjects something has been recorded since a moment."""
    write_out(uow)
    # By subject, which an index finds: the chain itself grows without end.
    found = select(AuditEntry.subject_id).where(
        AuditEntry.organisation_id == uow.organisation_id,
        AuditEntry.subject_id.in_(among),
        AuditEntry.event == event,
        AuditEntry.at >= moment,
    )
    return frozenset(among).intersection(uow.session.scalars(found))


def subjects(uow: UnitOfWork, event: Event) -> frozenset[uuid.UUID]:
    """Name everything of which something was ever recorded. The whole chain is walked: for no page's every view."""
    write_out(uow)
    found = select(AuditEntry.subject_id).where(
        AuditEntry.organisation_id == uow.organisation_id, AuditEntry.event == event
    )
    return frozenset(each for each in uow.session.scalars(found) if each is not None)


def last_recorded(uow: UnitOfWork, event: Event) -> datetime | None:
    """Return when something was last recorded; None for never."""
    write_out(uow)
    newest = select(AuditEntry.at).where(AuditEntry.organisation_id == uow.organisation_id, AuditEntry.event == event)
    return uow.session.scalar(newest.order_by(AuditEntry.number.desc()).limit(1))


def recorded_since(uow: UnitOfWork, event: Event, moment: datetime, subject_id: uuid.UUID | None = None) -> bool:
    """Say whether something has been recorded since a moment; about one subject, where one is named."""
    write_out(uow)
    query = select(AuditEntry.number).where(
        AuditEntry.organisation_id == uow.organisation_id, AuditEntry.event == event, AuditEntry.at >= moment
    )
    if subject_id is not None:
        query = query.where(AuditEntry.subject_id == subject_id)
    return uow.session.scalar(query.limit(1)) is not None
