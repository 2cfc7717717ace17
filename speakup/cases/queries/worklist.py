"""The worklist: which cases are mine, what each is called and what is due, fifty at a time."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Label, Row, Select, func, or_, select, true

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
_STANDING = (
    Case.id, Case.ref, Case.state, Case.at_risk_now, Case.may_be_at_risk, Case.due_on, Case.raised_on, Case.told_times,
    Case.told_when_closed,
)  # fmt: skip


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
class Counts:
    """How many cases a list has, and of the open ones how many ask for something."""

    total: int
    open: int = 0
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
    country = organisations.here(uow).country
    counts, rows = _closed(uow, filters) if filters.closed else _open(uow, filters, country)
    titles, openable, damaged = _titles(uow, rows)
    unread = _unread(uow, rows) & openable
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
    return Worklist(lines, max(1, -(-counts.total // PAGE)), counts)


def _open(uow: UnitOfWork, filters: Filters, country: str) -> tuple[Counts, list[Case]]:
    """Count and order them all, since what is new to one reader stands in no row; then read those of the page whole."""
    standing = uow.session.execute(select(*_STANDING, _is_theirs(uow, filters)).where(*_scope(uow, filters))).all()
    unread = _unread(uow, [each for each in standing if each.is_theirs])
    standing = [each for each in standing if each.state is not CaseState.CLOSED or each.id in unread]
    due = last_working_day(uow.today, country)
    late = {each.id for each in standing if each.due_on is not None and each.due_on < due}
    counts = Counts(
        total=len(standing),
        open=sum(each.state is not CaseState.CLOSED for each in standing),
        unacknowledged=sum(each.state is CaseState.NEW for each in standing),
        overdue=len(late),
        unread=sum(each.id in unread for each in standing),
    )
    page = [each.id for each in sorted(standing, key=lambda each: _place(each, late, unread))[_of_page(filters)]]
    here = Case.organisation_id == uow.organisation_id
    rows = {row.id: row for row in uow.session.scalars(select(Case).where(here, Case.id.in_(page)))}
    return counts, [rows[case_id] for case_id in page if case_id in rows]


def _place(row: Row[*tuple[Any, ...]], late: set[uuid.UUID], unread: set[uuid.UUID]) -> tuple[bool | date | str, ...]:
    """Say where a case stands in the list; False comes first."""
    return (
        row.state is not CaseState.CLOSED,
        row.state is not CaseState.NEW,
        not row.at_risk_now,
        not row.may_be_at_risk,
        row.id not in late,
        row.id not in unread,
        row.due_on is None,
        row.due_on or row.raised_on,
        row.raised_on,
        row.ref,
    )


def _closed(uow: UnitOfWork, filters: Filters) -> tuple[Counts, list[Case]]:
    """Read a page of the closed ones, of which there are more every year, newest first."""
    scope = _scope(uow, filters)
    total = uow.session.scalar(select(func.count()).select_from(Case).where(*scope)) or 0
    query = select(Case).where(*scope).order_by(Case.closed_on.desc(), Case.ref)
    page = _of_page(filters)
    return Counts(total), list(uow.session.scalars(query.limit(PAGE).offset(page.start)))


def _of_page(filters: Filters) -> slice:
    start = PAGE * (max(1, filters.page) - 1)
    return slice(start, start + PAGE)


def _unread(uow: UnitOfWork, rows: Collection[Case] | Collection[Row[*tuple[Any, ...]]]) -> set[uuid.UUID]:
    """Say in which cases the person has told something that whoever asks has not read."""
    seen = keyring.told_seen_of(uow, [row.id for row in rows])
    return {row.id for row in rows if row.told_times > max(seen[row.id], row.told_when_closed)}


def _scope(uow: UnitOfWork, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [Case.organisation_id == uow.organisation_id]
    if filters.closed:
        conditions.append(Case.state == CaseState.CLOSED)
    else:
        # What was written after the end is waited for by somebody, and no list of closed cases is looked at every day.
        conditions.append(or_(Case.state != CaseState.CLOSED, Case.told_times > Case.told_when_closed))
    if filters.state is not None:
        conditions.append(Case.state == filters.state)
    if filters.whose is Whose.FIRST:
        conditions.append(Case.primary_id == uow.actor.person_id)
    if _of_the_team(uow, filters):
        # Whoever a person kept out must not learn even that there is a case.
        return [*conditions, or_(_theirs(uow), ~Case.narrow)]
    return [*conditions, _theirs(uow)]


def _theirs(uow: UnitOfWork) -> ColumnElement[bool]:
    return Case.id.in_(keyring.held_cases(PrincipalKind.STAFF, uow.actor.person_id, uow.organisation_id))


def _is_theirs(uow: UnitOfWork, filters: Filters) -> Label[bool]:
    return (_theirs(uow) if _of_the_team(uow, filters) else true()).label("is_theirs")


def _of_the_team(uow: UnitOfWork, filters: Filters) -> bool:
    return filters.whose is Whose.TEAM and policy.allows(uow.actor, Permission.CASE_TEAM_CLOCKS)


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
