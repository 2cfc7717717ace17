"""The lead guardian shares the team's work out again, holding no extra keys: sees clocks and counts, and asks.

Which case fits whom, and whether its person agrees, only the guardian who holds it can know.
"""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from speakup import accounts, audit, jobs, keyring, organisations, policy
from speakup.audit import Event
from speakup.cases.models import Case, CaseState, HandOverRequest
from speakup.cases.operations import handing
from speakup.cases.queries.worklist import visible_to
from speakup.cases.rules import last_working_day
from speakup.jobs import Job
from speakup.kernel.errors import Conflict, Invalid, NotFound
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission

KEPT = 50
"""Requests that are shown, the newest first."""


@dataclass(frozen=True, slots=True)
class TeamLine:
    """How much one guardian has. By name and never by number: it is for helping, and no league table."""

    person_id: uuid.UUID
    name: str
    away_until: date | None
    open: int
    unanswered: int
    late: int


@dataclass(frozen=True, slots=True)
class Request:
    """That the lead asks somebody to hand a case, or some of theirs, to somebody else."""

    id: uuid.UUID
    asked_id: uuid.UUID
    to_id: uuid.UUID
    by_id: uuid.UUID
    asked_on: date
    ref: str | None
    """None where it is left to whoever is asked, which."""
    answered_on: date | None
    done: bool


def team(uow: UnitOfWork) -> list[TeamLine]:
    """Count what each guardian looks after. Cases that keep somebody out count only for whoever holds them."""
    policy.require(uow.actor, Permission.CASE_TEAM_CLOCKS)
    counts = {row[0]: row[1:] for row in uow.session.execute(_counted(uow)).all()}
    members = {each.id: each for each in accounts.members(uow)}
    people = (handing.not_gone(uow) | counts.keys()) & members.keys()
    names = keyring.names_vouched_for(uow, {each: members[each].name for each in people})
    lines = [
        TeamLine(each, names[each], accounts.away_until(uow, each), *counts.get(each, (0, 0, 0))) for each in people
    ]
    return sorted(lines, key=lambda each: (each.name, each.person_id))


def ask_for_hand_over(uow: UnitOfWork, asked_id: uuid.UUID, to_id: uuid.UUID, ref: str = "") -> None:
    """Ask a guardian to hand a case, or some of theirs, to another. Nothing changes hands by it.

    `Invalid` names what cannot be asked. They are told by mail that there is something to read.
    """
    policy.require(uow.actor, Permission.CASE_TEAM_CLOCKS)
    if asked_id not in handing.not_gone(uow):
        raise Invalid("asked", "not here")
    if to_id == asked_id or to_id not in handing.present(uow):
        raise Invalid("to", "not here")
    found = _of_the_team(uow, ref) if ref else None
    if found is not None and asked_id not in {found.primary_id, found.cover_id}:
        raise Invalid("ref", "not theirs")
    uow.session.add(
        HandOverRequest(
            organisation_id=uow.organisation_id,
            id=new_id(),
            asked_id=asked_id,
            to_id=to_id,
            by_id=uow.actor.person_id,
            case_id=found.id if found else None,
            asked_on=uow.today,
            answered_on=None,
            done=False,
        )
    )
    audit.record(uow, Event.HAND_OVER_WANTED, found.id if found else asked_id)
    jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, asked_id)


def my_requests(uow: UnitOfWork) -> list[Request]:
    """List what the acting guardian is asked to hand over and has not answered."""
    policy.require(uow.actor, Permission.CASE_HAND_OVER)
    mine = HandOverRequest.asked_id == uow.actor.person_id
    return _requests(uow, mine & HandOverRequest.answered_on.is_(None))


def requests_of_team(uow: UnitOfWork) -> list[Request]:
    """List what was asked for in the team, the newest first."""
    policy.require(uow.actor, Permission.CASE_TEAM_CLOCKS)
    return _requests(uow, HandOverRequest.by_id.is_not(None))


def answer_request(uow: UnitOfWork, request_id: uuid.UUID, *, done: bool) -> None:
    """Say that it was done, or that it will not be; by whoever was asked."""
    policy.require(uow.actor, Permission.CASE_HAND_OVER)
    row = uow.session.get(HandOverRequest, (uow.organisation_id, request_id))
    if row is None or row.asked_id != uow.actor.person_id:
        raise NotFound(request_id)
    if row.answered_on is not None:
        raise Conflict(request_id)
    row.answered_on, row.done = uow.today, done
    jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, row.by_id)


def _requests(uow: UnitOfWork, wanted: ColumnElement[bool]) -> list[Request]:
    query = (
        select(HandOverRequest, Case.ref)
        .outerjoin(
            Case, (Case.organisation_id == HandOverRequest.organisation_id) & (Case.id == HandOverRequest.case_id)
        )
        .where(HandOverRequest.organisation_id == uow.organisation_id, wanted)
        .order_by(HandOverRequest.asked_on.desc(), HandOverRequest.id)
        .limit(KEPT)
    )
    return [
        Request(row.id, row.asked_id, row.to_id, row.by_id, row.asked_on, ref, row.answered_on, row.done)
        for row, ref in uow.session.execute(query)
    ]


def _of_the_team(uow: UnitOfWork, ref: str) -> Case:
    """Find an open case whose clock the lead sees; one that keeps somebody out is absent unless they hold it."""
    found = uow.session.scalar(_seen(uow).where(Case.ref == ref.strip().upper()))
    if found is None:
        raise Invalid("ref", "not there")
    return found


def _seen(uow: UnitOfWork) -> Select[Case]:
    held = visible_to(uow.actor).with_only_columns(Case.id)
    return select(Case).where(
        Case.organisation_id == uow.organisation_id,
        Case.state != CaseState.CLOSED,
        or_(~Case.narrow, Case.id.in_(held)),
    )


def _counted(uow: UnitOfWork) -> Select[uuid.UUID, int, int, int]:
    late = Case.due_on < last_working_day(uow.today, organisations.here(uow).country)
    return (
        _seen(uow)
        .with_only_columns(Case.primary_id, func.count(), _sum(Case.state == CaseState.NEW), _sum(late))
        .group_by(Case.primary_id)
    )


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
