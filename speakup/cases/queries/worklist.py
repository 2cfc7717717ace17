"""The worklist: which cases are mine, what each is called and what is due, twenty at a time."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Date, Select, and_, bindparam, case, func, or_, select, true

from speakup import audit, keyring, organisations, policy
from speakup.audit import Event
from speakup.cases.models import Case, CaseState, ClockKind, PauseReason, RecordKind
from speakup.cases.rules import last_working_day, working_days_late
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, PrincipalKind
from speakup.policy import Permission

PAGE = 20
"""Cases of one page. It is for the titles that a page waits: each is opened and checked, half a millisecond apiece."""


class Whose(StrEnum):
    """Whose cases."""

    MINE = "mine"
    """Every case I can open."""
    FIRST = "first"
    """Of those, where I am the guardian and not the cover."""
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the worklist is narrowed to."""

    whose: Whose = Whose.MINE
    state: CaseState | None = None
    closed: bool = False
    page: int = 1


class ListedCase(NamedTuple):
    """What a list shows of a case's row, by the row's own names."""

    id: uuid.UUID
    ref: str
    state: CaseState
    primary_id: uuid.UUID
    cover_id: uuid.UUID
    raised_on: date
    due_on: date | None
    due_for: ClockKind | None
    paused_on: date | None
    pause_reason: PauseReason | None
    closed_on: date | None
    at_risk_now: bool
    may_be_at_risk: bool
    continues: bool
    stop_asked: bool
    answer_waiting: bool
    notice_waiting: bool
    told_times: int
    told_when_closed: int


@dataclass(frozen=True, slots=True)
class WorklistLine:
    """One case. `title` is None where it has none yet, or where this person may see the clock but not the case."""

    case: ListedCase
    title: str | None = field(repr=False)
    may_open: bool
    days_left: int | None
    """Until the day it is due, past which it is below nothing."""
    days_late: int
    """Working days."""
    unread: bool
    """The person has told something that whoever asks has not read."""
    is_cover: bool
    damaged: bool = False
    """What is stored of it does not check out: it cannot be opened, and somebody has to be told."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases a list has, and of the open ones how many ask for something."""

    total: int
    open: int = 0
    """Of two that are one, the earlier."""
    unacknowledged: int = 0
    overdue: int = 0
    unread: int = 0
    """How many hold something new; closed ones too, which stand first among the open until they are read."""


@dataclass(frozen=True, slots=True)
class Worklist:
    """One page of it."""

    lines: list[WorklistLine]
    pages: int
    counts: Counts


Page = tuple[Counts, list[ListedCase], set[uuid.UUID]]
"""How many there are of what, the cases of one page, and in which of these there is something new."""

# Built once: putting a statement together takes longer than asking it. They name columns, since nothing listed changes.
_ROW = Case.__table__.c
_COLUMNS = tuple(_ROW[name] for name in ListedCase._fields)
_WIDTH = len(_COLUMNS)
# Asked of each open case: there are fewer of them, after some years, than cases that somebody holds.
_HELD = (
    keyring.held_cases(PrincipalKind.STAFF, bindparam("me"), bindparam("organisation"))
    .where(keyring.Grant.__table__.c.case_id == _ROW.id)
    .correlate(Case.__table__)
    .exists()
)
_IS_OPEN = _ROW.state.in_([state for state in CaseState if state is not CaseState.CLOSED])
"""Said by the states it may be in, which an index finds, and not by the one that it is not."""
_MAY_BE_NEW = _ROW.told_times > _ROW.told_when_closed
_EVERY_ID = _ROW.id >= uuid.UUID(int=0)
"""Says nothing, but SQLite then walks through the rows themselves, and not through an index and from there to each."""
_DUE_AFTER_END = and_(
    _ROW.state == CaseState.CLOSED,
    or_(_ROW.due_on <= bindparam("today", type_=Date()), _ROW.due_for == ClockKind.WORSE),
)
"""A check-in on its day; an answer to somebody for whom things became worse, from the first day on."""
_TOLD = select(_ROW.id, _ROW.told_times, _MAY_BE_NEW, _ROW.state == CaseState.CLOSED, _DUE_AFTER_END).where(
    _ROW.organisation_id == bindparam("organisation"), _EVERY_ID, or_(_MAY_BE_NEW, _DUE_AFTER_END), _HELD
)


def visible_to(actor: Actor) -> Select[Case]:
    """The one scope: cases whose `casework` this person holds a key of; for a reporter, their own case and no other."""
    asked = {"organisation": actor.organisation_id, "me": actor.person_id}
    return _visible(actor.kind).params(asked)


@lru_cache(maxsize=4)
def _visible(kind: ActorKind) -> Select[Case]:
    query = select(Case).where(Case.organisation_id == bindparam("organisation"))
    if kind is ActorKind.REPORTER:
        own = select(keyring.Reporter.case_id).where(
            keyring.Reporter.organisation_id == bindparam("organisation"), keyring.Reporter.id == bindparam("me")
        )
        return query.where(Case.id.in_(own))
    # Asked of each case, so that finding one does not list all of somebody's.
    return query.where(_HELD)


def find(uow: UnitOfWork, ref: str) -> Case:
    """Absent and forbidden look the same, so a reference gives nothing away."""
    if not policy.allows(uow.actor, Permission.CASE_READ):
        raise NotFound(ref)
    # References are written in capitals; people type and read them out in any way.
    found = _found(uow, ref.upper())
    if found is None or not policy.allows(uow.actor, Permission.CASE_READ, found):
        raise NotFound(ref)
    return found


def mine(uow: UnitOfWork) -> Case:
    """Return the acting reporter's case."""
    policy.require(uow.actor, Permission.INBOX_USE)
    found = _found(uow)
    if found is None:
        raise NotFound("case")
    return found


def _found(uow: UnitOfWork, ref: str | None = None) -> Case | None:
    asked = {"organisation": uow.organisation_id, "me": uow.actor.person_id, "ref": ref}
    return uow.session.scalar(_finding(uow.actor.kind, by_ref=ref is not None, to_write=uow.writes), asked)


@lru_cache(maxsize=16)
def _finding(kind: ActorKind, *, by_ref: bool, to_write: bool) -> Select[Case]:
    query = _visible(kind).where(Case.ref == bindparam("ref")) if by_ref else _visible(kind)
    # The case is held before its keys: everybody who may change both takes them in this order, and nobody in a ring.
    return query.with_for_update(of=Case, key_share=True) if to_write else query


def worklist(uow: UnitOfWork, filters: Filters) -> Worklist:
    """List a page, and record it once: unacknowledged, then overdue, then by the day something is due.

    Closed ones to which the person has added something stand next to the unacknowledged: nobody has read it, and no
    clock reminds anybody. Among each, whoever is or may be at risk comes first, then the earlier day. Something new
    decides only between cases due on one day, so that it never hides a date that is nearer.
    """
    policy.require(uow.actor, Permission.CASE_LIST)
    country = organisations.here(uow).country
    counts, rows, unread = _closed(uow, filters) if filters.closed else _open(uow, filters, country)
    titles, openable, damaged = _titles(uow, rows)
    unread &= openable
    if openable:
        audit.record(uow, Event.CASES_LISTED, quantity=len(openable))
    for case_id in sorted(damaged):
        audit.record(uow, Event.INTEGRITY_FAULT, case_id)
    lines = [
        WorklistLine(
            case=row,
            title=titles.get(row.id),
            may_open=row.id in openable,
            days_left=None if row.due_on is None else (row.due_on - uow.today).days,
            days_late=working_days_late(row.due_on, uow.today, country) if row.due_on else 0,
            unread=row.id in unread,
            is_cover=row.cover_id == uow.actor.person_id != row.primary_id,
            damaged=row.id in damaged,
        )
        for row in rows
    ]
    return Worklist(lines, max(1, -(-counts.total // PAGE)), counts)


def _open(uow: UnitOfWork, filters: Filters, country: str) -> Page:
    """Read a page and how many there are of what. What is new to one reader stands in no row: it is said by ids."""
    news = _news(uow)
    shape = Shape(
        _of_the_team(uow, filters),
        filters.whose is Whose.FIRST,
        filters.state is not None,
        # The fewer are named: a thousand ids in a statement would take longer than all the rest of it.
        by_others=len(news.others) < len(news.unread),
        after_end=bool(news.after_end),
    )
    asked = {
        **_asked(uow, filters),
        "named": news.others if shape.by_others else news.unread,
        **({"after_end": news.after_end} if shape.after_end else {}),
        "today": uow.today,
        "late_before": last_working_day(uow.today, country),
        "state": filters.state,
    }
    page, counts = _statements(shape)
    found = uow.session.execute(page, asked).all()
    counted = found[0][_WIDTH:] if found else uow.session.execute(counts, asked).one()
    rows = [ListedCase._make(row[:_WIDTH]) for row in found]
    return Counts(*(each or 0 for each in counted)), rows, {row.id for row in rows}.intersection(news.unread)


def _asked(uow: UnitOfWork, filters: Filters) -> dict[str, Any]:
    return {
        "organisation": uow.organisation_id,
        "me": uow.actor.person_id,
        "offset": PAGE * (max(1, filters.page) - 1),
    }


class News(NamedTuple):
    """Where there may be something new."""

    unread: list[uuid.UUID]
    """Cases of which whoever asks has not read all."""
    others: list[uuid.UUID]
    after_end: list[uuid.UUID]
    """Closed ones that are unread, or in which something is due."""


def _news(uow: UnitOfWork) -> News:
    uow.session.flush()
    asked = {"organisation": uow.organisation_id, "me": uow.actor.person_id, "today": uow.today}
    told, news = uow.session.execute(_TOLD, asked).all(), News([], [], [])
    for (case_id, times, may_be_new, is_closed, is_due), seen in zip(
        told, keyring.told_seen_of(uow, [row[0] for row in told]), strict=True
    ):
        is_new = may_be_new and times > seen
        if may_be_new:
            (news.unread if is_new else news.others).append(case_id)
        if is_closed and (is_new or is_due):
            news.after_end.append(case_id)
    return news


class Shape(NamedTuple):
    """What the statement of one page is made of."""

    of_the_team: bool
    first: bool
    in_state: bool
    by_others: bool
    """Whether those that hold nothing new are named, and not those that do."""
    after_end: bool
    """Whether any closed case holds something new, or something due."""


@lru_cache(maxsize=16)
def _statements(shape: Shape) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    listed = _listed(shape).cte("listed")
    each = listed.c
    is_open, late = each.state != CaseState.CLOSED, each.due_on < bindparam("late_before", type_=Date())
    wanted = (and_(is_open, ~each.continues), each.state == CaseState.NEW, late, each.unread)
    counts: Select[*tuple[Any, ...]] = select(func.count().label("total"), *map(_count, wanted)).select_from(listed)
    counted = counts.cte("counted")
    page: Select[*tuple[Any, ...]] = (
        select(*(each[name] for name in ListedCase._fields), counted)
        .select_from(listed.join(counted, true()))
        .order_by(
            each.state != CaseState.NEW,
            # No clock runs for what was written after the end, so no date would ever bring it up.
            or_(is_open, ~each.unread),
            case((late, 0), else_=1),
            ~each.at_risk_now,
            ~each.may_be_at_risk,
            each.due_on.is_(None),
            each.due_on,
            ~each.unread,
            each.raised_on,
            each.ref,
        )
    )
    return page.limit(PAGE).offset(bindparam("offset")), counts


def _listed(shape: Shape) -> Select[*tuple[Any, ...]]:
    named: BindParameter[uuid.UUID] = bindparam("named", expanding=True)
    may_be_new = and_(_MAY_BE_NEW, _HELD) if shape.of_the_team else _MAY_BE_NEW
    unread = and_(may_be_new, _ROW.id.not_in(named)) if shape.by_others else _ROW.id.in_(named)
    # What was written after the end is waited for by somebody, and no list of closed cases is looked at every day.
    after_end = [_ROW.id.in_(bindparam("after_end", expanding=True))] if shape.after_end else []
    # Whoever sees the team's clocks sees those that run after the end of somebody else's case, too.
    of_others = [_DUE_AFTER_END] if shape.of_the_team else []
    return select(*_COLUMNS, unread.label("unread")).where(*_wanted(shape), or_(_IS_OPEN, *after_end, *of_others))


def _wanted(shape: Shape) -> list[ColumnElement[bool]]:
    return [
        _ROW.organisation_id == bindparam("organisation"),
        # Whoever a person kept out must not learn even that there is a case.
        or_(_HELD, ~_ROW.narrow) if shape.of_the_team else _HELD,
        *([_ROW.state == bindparam("state", type_=_ROW.state.type)] if shape.in_state else []),
        *([_ROW.primary_id == bindparam("me")] if shape.first else []),
    ]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _closed(uow: UnitOfWork, filters: Filters) -> Page:
    """Read a page of the closed ones, of which there are more every year, newest first."""
    uow.session.flush()
    total, page = _closed_statements(of_the_team=_of_the_team(uow, filters), first=filters.whose is Whose.FIRST)
    asked = _asked(uow, filters)
    rows = [ListedCase._make(row) for row in uow.session.execute(page, asked).all()]
    return Counts(uow.session.execute(total, asked).scalar_one()), rows, _unread(uow, rows)


@lru_cache(maxsize=4)
def _closed_statements(*, of_the_team: bool, first: bool) -> tuple[Select[int], Select[*tuple[Any, ...]]]:
    shape = Shape(of_the_team, first, in_state=False, by_others=False, after_end=False)
    scope = (*_wanted(shape), _ROW.state == CaseState.CLOSED)
    page: Select[*tuple[Any, ...]] = select(*_COLUMNS).where(*scope).order_by(_ROW.closed_on.desc(), _ROW.ref)
    total = select(func.count()).select_from(Case.__table__).where(*scope)
    return total, page.limit(PAGE).offset(bindparam("offset"))


def _unread(uow: UnitOfWork, rows: Sequence[ListedCase]) -> set[uuid.UUID]:
    """Say in which cases the person has told something that whoever asks has not read."""
    seen = keyring.told_seen_of(uow, [row.id for row in rows])
    return {row.id for row, read in zip(rows, seen, strict=True) if row.told_times > max(read, row.told_when_closed)}


def _of_the_team(uow: UnitOfWork, filters: Filters) -> bool:
    return filters.whose is Whose.TEAM and policy.allows(uow.actor, Permission.CASE_TEAM_CLOCKS)


def _titles(uow: UnitOfWork, rows: list[ListedCase]) -> tuple[dict[uuid.UUID, str], set[uuid.UUID], set[uuid.UUID]]:
    """Open the titles; return them, which cases opened, and which are damaged. One bad case hides no other."""
    damaged: set[uuid.UUID] = set()
    casework_only, title = CompartmentKind.CASEWORK, RecordKind.TITLE
    opened = keyring.open_cases(uow, [row.id for row in rows], casework_only, damaged=damaged, fetch={title})
    casework = {case_id: kinds[CompartmentKind.CASEWORK] for case_id, kinds in opened.items()}
    records = keyring.read_many(uow, list(casework.values()), RecordKind.TITLE, damaged=damaged)
    titles: dict[uuid.UUID, str] = {}
    for row in rows:
        record = next(reversed(records.get(casework[row.id].id, [])), None) if row.id in casework else None
        if record is not None and record.body.get("ref") != row.ref:
            damaged.add(row.id)
        elif record is not None:
            titles[row.id] = str(record.body["text"])
    return titles, casework.keys() - damaged, damaged
