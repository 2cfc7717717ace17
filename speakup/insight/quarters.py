"""Quarters: open while their cases come in, then closed, hashed, and never rewritten."""

import uuid
from collections.abc import Collection
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import null, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from speakup import audit, disclosure, organisations, policy
from speakup.audit import Event
from speakup.insight.models import ClosingFact, Edition, Fact, GroupFact, Quarter, ThemeFact
from speakup.insight.rules import closes_on, newest_to_close, next_quarter, quarters_between
from speakup.kernel.db import table_of
from speakup.kernel.errors import Conflict, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission

_AS_FIRST_COUNTED = (Edition.KEPT, Edition.BEFORE)
_AS_CODED_NOW = (Edition.KEPT, Edition.AFTER)
_NOT_HASHED = frozenset({"organisation_id", "id", "person", "edition", "moved"})


def close_quarters(uow: UnitOfWork) -> list[str]:
    """Close every quarter whose day has come, those without a case too; return which."""
    policy.require(uow.actor, Permission.QUARTER_CLOSE)
    newest = newest_to_close(uow.today, organisations.here(uow).quarter_closes_after)
    known = {row.name for row in _all(uow)}
    for name in quarters_between(min(known | {newest}), newest):
        _begin(uow, name)
    closed = []
    for row in _all(uow, locked=True):
        if row.name <= newest and row.closed_on is None:
            row.closed_on, row.snapshot = uow.today, snapshot_of(uow, row.name)
            closed.append(row.name)
            audit.record(uow, Event.QUARTER_CLOSED)
    return closed


def rewritten_quarters(uow: UnitOfWork) -> list[str]:
    """Name the closed quarters whose rows are not those that were hashed."""
    policy.require(uow.actor, Permission.QUARTER_CLOSE)
    return [row.name for row in _all(uow) if row.closed_on is not None and row.snapshot != snapshot_of(uow, row.name)]


def look_for_rewritten(uow: UnitOfWork) -> list[str]:
    """Write down that closed quarters were rewritten, and return which: nothing more is published of them."""
    found = rewritten_quarters(uow)
    for _ in found:
        audit.record(uow, Event.QUARTER_REWRITTEN)
    return found


def quarters(uow: UnitOfWork) -> list[Quarter]:
    """List every quarter that has facts or is closed, oldest first."""
    _require_reader(uow)
    return _all(uow)


def find_quarter(uow: UnitOfWork, name: str) -> Quarter:
    """Return one of them."""
    _require_reader(uow)
    row = uow.session.get(Quarter, (uow.organisation_id, name))
    if row is None:
        raise NotFound(name)
    return row


def closing_day(uow: UnitOfWork, name: str) -> date:
    """Return the day a quarter closes, or was to close."""
    return closes_on(name, organisations.here(uow).quarter_closes_after)


def mark_published(uow: UnitOfWork, names: Collection[str]) -> None:
    """Note that something is published of these: nothing is brought in to them any more. `Conflict` for an open one."""
    if not policy.allows(uow.actor, Permission.PUBLICATION_APPROVE):
        policy.require(uow.actor, Permission.PUBLICATION_MAKE)
    for name in names:
        row = hold_quarter(uow, name)
        if row.closed_on is None or row.snapshot != snapshot_of(uow, name):
            raise Conflict(name)
        row.published = True


def mark_restated(uow: UnitOfWork, names: Collection[str]) -> None:
    """Note that their restatement is published: what is coded anew from now on no longer changes their rows."""
    mark_published(uow, names)
    for name in names:
        hold_quarter(uow, name).restated = True


def editions_mark(uow: UnitOfWork, names: Collection[str]) -> str:
    """Hash what these quarters say as they would be restated now: another one once any case of them is coded anew."""
    now = [(name, snapshot_of(uow, name, _AS_CODED_NOW)) for name in sorted(names)]
    return sha256(repr(now).encode()).hexdigest()


def snapshot_of(uow: UnitOfWork, name: str, editions: Collection[Edition] = _AS_FIRST_COUNTED) -> str:
    """Hash what a quarter's rows say as first counted, whatever became of them since; or of other `editions`."""
    rows = []
    for kind in (Fact, GroupFact, ThemeFact, ClosingFact):
        columns = [column for column in table_of(kind).columns if column.name not in _NOT_HASHED]
        # Of a group every row that says the same is as good as another.
        person = null() if kind is GroupFact else table_of(kind).columns.get("person", table_of(kind).columns["id"])
        query = select(person, *columns).where(kind.organisation_id == uow.organisation_id, kind.counts_in == name)
        if kind is not ClosingFact:
            query = query.where(or_(*(table_of(kind).c.edition == each for each in editions)))
        for token, *values in uow.session.execute(query):
            rows.append(disclosure.Row(str(token), (kind.__tablename__, *map(_plain, values))))
    return disclosure.snapshot(tuple(rows))


def hold_quarter(uow: UnitOfWork, name: str) -> Quarter:
    """Return a quarter that cannot be closed until this unit is done."""
    held: dict[str, Quarter] = uow.opened.setdefault("quarters", {})
    if name not in held:
        held[name] = _held(uow, name) or _begin(uow, name)
    return held[name]


def hold_quarters(uow: UnitOfWork, names: Collection[str], *, exclusively: bool = False) -> None:
    """Hold these at once, in their order, for many cases that are counted in one unit; `exclusively` for whoever
    writes in their rows.
    """
    held: dict[str, Quarter] = uow.opened.setdefault("quarters", {})
    query = select(Quarter).where(Quarter.organisation_id == uow.organisation_id, Quarter.name.in_(names))
    locked = query.order_by(Quarter.name).with_for_update(read=not exclusively)
    held |= {row.name: row for row in uow.session.scalars(locked.execution_options(populate_existing=True))}
    for name in sorted(set(names) - held.keys()):
        held[name] = _begin(uow, name)


def counting_quarter(uow: UnitOfWork, raised: str, *, imported: bool = False) -> str:
    """Name the quarter that a case counts in which becomes known now: the one it was raised in, or the first open one.

    A log's rows count where they belong as long as nothing is published of it: the quarter is hashed anew.
    """
    name = raised
    while (row := hold_quarter(uow, name)).closed_on is not None:
        if imported and not row.published:
            row.closed_on, row.snapshot = None, ""
            return name
        name = next_quarter(name)
    return name


def _begin(uow: UnitOfWork, name: str) -> Quarter:
    insert = postgresql.insert if uow.on_postgresql else sqlite.insert
    row = {"organisation_id": uow.organisation_id, "name": name, "snapshot": "", "published": False, "restated": False}
    uow.session.execute(insert(table_of(Quarter)).values(**row).on_conflict_do_nothing())
    held = _held(uow, name)
    if held is None:
        raise NotFound(name)
    return held


def _held(uow: UnitOfWork, name: str) -> Quarter | None:
    query = select(Quarter).where(Quarter.organisation_id == uow.organisation_id, Quarter.name == name)
    return uow.session.scalar(query.with_for_update(read=True).execution_options(populate_existing=True))


def _all(uow: UnitOfWork, *, locked: bool = False) -> list[Quarter]:
    query = select(Quarter).where(Quarter.organisation_id == uow.organisation_id).order_by(Quarter.name)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(uow.session.scalars(query))


def _require_reader(uow: UnitOfWork) -> None:
    """Let those know of quarters who see to publications, returns or signals."""
    wanted = (Permission.PUBLICATION_PREPARE, Permission.PUBLICATION_MAKE, Permission.RETURN_KEEP)
    if not any(policy.allows(uow.actor, each) for each in wanted):
        policy.require(uow.actor, Permission.HEADCOUNT_KEEP)


def _plain(value: Any) -> str:  # noqa: ANN401 -- whatever a row holds
    return value.hex if isinstance(value, uuid.UUID) else str(value)
