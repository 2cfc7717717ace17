"""The worklist: which cases are mine, what each is called and what is due, fifty at a time."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from speakup import audit, keyring, policy
from speakup.audit import Event
from speakup.cases.models import Case, CaseState, RecordKind
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, PrincipalKind
from speakup.policy import Permission

PAGE = 50


class Whose(StrEnum):
    """Whose cases."""

    MINE = "mine"
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
    damaged: bool = False
    """What is stored of it does not check out: it cannot be opened, and somebody has to be told."""


@dataclass(frozen=True, slots=True)
class Worklist:
    """One page of it."""

    lines: list[WorklistLine]
    total: int
    pages: int
    unacknowledged: int
    overdue: int


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
    """List a page: unacknowledged first, then by what is due soonest, then by date raised. It is recorded once."""
    policy.require(uow.actor, Permission.CASE_LIST)
    scope = _scope(uow, filters)
    counts = select(func.count(), _count(Case.state == CaseState.NEW), _count(Case.due_on < uow.today)).where(*scope)
    total, unacknowledged, overdue = uow.session.execute(counts).one()
    query = (
        select(Case)
        .where(*scope)
        .order_by(
            (Case.state != CaseState.NEW),
            (~Case.at_risk_now),
            Case.due_on.is_(None),
            Case.due_on,
            Case.raised_on,
            Case.ref,
        )
    )
    rows = list(uow.session.scalars(query.limit(PAGE).offset(PAGE * (max(1, filters.page) - 1))))
    titles, openable, damaged = _titles(uow, rows)
    if openable:
        audit.record(uow, Event.CASES_LISTED, quantity=len(openable))
    for case_id in sorted(damaged):
        audit.record(uow, Event.INTEGRITY_FAULT, case_id)
    lines = [
        WorklistLine(row, titles.get(row.id), row.id in openable, _days_left(row, uow.today), row.id in damaged)
        for row in rows
    ]
    return Worklist(lines, total, max(1, -(-total // PAGE)), unacknowledged or 0, overdue or 0)


def _scope(uow: UnitOfWork, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [Case.organisation_id == uow.organisation_id]
    conditions.append(Case.state == CaseState.CLOSED if filters.closed else Case.state != CaseState.CLOSED)
    if filters.state is not None:
        conditions.append(Case.state == filters.state)
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


def _days_left(row: Case, today: date) -> int | None:
    return None if row.due_on is None else (row.due_on - today).days
