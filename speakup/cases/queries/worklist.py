"""The worklist: which cases are mine, what each is called and what is due, fifty at a time."""

import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from speakup import audit, keyring, organisations, policy
from speakup.audit import Event
from speakup.cases.models import Case, CaseState, RecordKind
from speakup.cases.rules import last_working_day, working_days_late
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, PrincipalKind
from speakup.policy import Permission

PAGE = 50


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


@dataclass(frozen=True, slots=True)
class WorklistLine:
    """One case. `title` is None where it has none yet, or where this person may see the clock but not the case."""

    case: Case
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
class Worklist:
    """One page of it."""

    lines: list[WorklistLine]
    total: int
    pages: int
    open: int
    unacknowledged: int
    overdue: int
    unread: int
    """How many hold something new; closed ones too, which stand first among the open until they are read."""


def visible_to(actor: Actor) -> Select[Case]:
    """The one scope: cases whose `casework` this person holds a key of; for a reporter, their own case and no other."""
    query = select(Case).where(Case.organisation_id == actor.organisation_id)
    if actor.kind is ActorKind.REPORTER:
        own = select(keyring.Reporter.case_id).where(
            keyring.Reporter.organisation_id == actor.organisation_id, keyring.Reporter.id == actor.person_id
        )
        return query.where(Case.id.in_(own))
    held = keyring.held_cases(PrincipalKind.STAFF, actor.person_id, actor.organisation_id)
    # Asked of each case, so that finding one does not list all of somebody's.
    return query.where(held.where(keyring.Grant.case_id == Case.id).correlate(Case).exists())


def find(uow: UnitOfWork, ref: str) -> Case:
    """Absent and forbidden look the same, so a reference gives nothing away."""
    if not policy.allows(uow.actor, Permission.CASE_READ):
        raise NotFound(ref)
    found = uow.session.scalar(_held(uow, visible_to(uow.actor).where(Case.ref == ref)))
    if found is None or not policy.allows(uow.actor, Permission.CASE_READ, found):
        raise NotFound(ref)
    return found


def mine(uow: UnitOfWork) -> Case:
    """Return the acting reporter's case."""
    policy.require(uow.actor, Permission.INBOX_USE)
    found = uow.session.scalar(_held(uow, visible_to(uow.actor)))
    if found is None:
        raise NotFound("case")
    return found


def _held(uow: UnitOfWork, query: Select[Case]) -> Select[Case]:
    """Hold the case before its keys: everybody who may change both takes them in this order, and nobody in a ring."""
    return query.with_for_update(of=Case, key_share=True) if uow.writes else query


def worklist(uow: UnitOfWork, filters: Filters) -> Worklist:
    """List a page: closed ones with something new, unacknowledged, overdue, then by day. It is recorded once."""
    policy.require(uow.actor, Permission.CASE_LIST)
    unread, country = _unread(uow), organisations.here(uow).country
    scope = _scope(uow, filters, unread)
    late = Case.due_on < last_working_day(uow.today, country)
    is_open, is_unread = Case.state != CaseState.CLOSED, Case.id.in_(unread)
    counts = select(func.count(), *map(_count, (is_open, Case.state == CaseState.NEW, late, is_unread))).where(*scope)
    total, *counted = uow.session.execute(counts).one()
    query = select(Case).where(*scope)
    if filters.closed:
        query = query.order_by(~is_unread, Case.closed_on.desc(), Case.ref)
    else:
        query = query.order_by(
            is_open,
            (Case.state != CaseState.NEW),
            (~Case.at_risk_now),
            (~Case.may_be_at_risk),
            case((late, 0), else_=1),
            ~is_unread,
            Case.due_on.is_(None),
            Case.due_on,
            Case.raised_on,
            Case.ref,
        )
    rows = list(uow.session.scalars(query.limit(PAGE).offset(PAGE * (max(1, filters.page) - 1))))
    titles, openable, damaged = _titles(uow, rows)
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
            is_cover=row.cover_id == uow.actor.person_id,
            damaged=row.id in damaged,
        )
        for row in rows
    ]
    return Worklist(lines, total, max(1, -(-total // PAGE)), *(each or 0 for each in counted))


def _unread(uow: UnitOfWork) -> set[uuid.UUID]:
    """Find the cases in which the person has told something that whoever asks has not read: open ones and closed."""
    held = keyring.held_cases(PrincipalKind.STAFF, uow.actor.person_id, uow.organisation_id)
    told = select(Case.id, Case.told_times).where(
        Case.organisation_id == uow.organisation_id, Case.told_times > Case.told_when_closed, Case.id.in_(held)
    )
    return {case_id for case_id, times in uow.session.execute(told) if keyring.told_seen(uow, case_id) < times}


def _scope(uow: UnitOfWork, filters: Filters, unread: set[uuid.UUID]) -> list[ColumnElement[bool]]:
    conditions = [Case.organisation_id == uow.organisation_id]
    if filters.closed:
        conditions.append(Case.state == CaseState.CLOSED)
    else:
        # What was written after the end is waited for by somebody, and no list of closed cases is looked at every day.
        conditions.append(or_(Case.state != CaseState.CLOSED, Case.id.in_(unread)))
    if filters.state is not None:
        conditions.append(Case.state == filters.state)
    if filters.whose is Whose.FIRST:
        conditions.append(Case.primary_id == uow.actor.person_id)
    held = Case.id.in_(keyring.held_cases(PrincipalKind.STAFF, uow.actor.person_id, uow.organisation_id))
    if filters.whose is Whose.TEAM and policy.allows(uow.actor, Permission.CASE_TEAM_CLOCKS):
        # Whoever a person kept out must not learn even that there is a case.
        return [*conditions, or_(held, ~Case.narrow)]
    return [*conditions, held]


def _titles(uow: UnitOfWork, rows: list[Case]) -> tuple[dict[uuid.UUID, str], set[uuid.UUID], set[uuid.UUID]]:
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


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
