"""What the national return counts, exact; and what left with it, kept where whoever protects figures finds it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select

from speakup import policy
from speakup.insight.models import Edition, Fact, Feedback, FeedbackCounted, GroupFact, ReturnedLine
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission


@dataclass(frozen=True, slots=True)
class LineOfReturn:
    """A line as it is signed off."""

    line: str
    label: str
    counts: str
    key: str
    codes: frozenset[str]
    count: int


class RaisedFact(NamedTuple):
    """What the return counts of one case but its worker group, by the names of its fact."""

    raised: str
    elements: str
    detriment: bool
    how: str


_COLUMNS = tuple(getattr(Fact, name) for name in RaisedFact._fields)
_HOLDS = (Edition.KEPT, Edition.AFTER)
"""As a case is coded now: the return is put right where a closed quarter's figures for the board are restated."""


def facts_raised_in(uow: UnitOfWork, periods: Collection[str]) -> list[RaisedFact]:
    """Give what is counted of every case raised in these quarters, whenever it became known."""
    policy.require(uow.actor, Permission.RETURN_KEEP)
    query = select(*_COLUMNS).where(
        Fact.organisation_id == uow.organisation_id,
        Fact.raised.in_(periods),
        Fact.edition.in_(_HOLDS),
        ~Fact.continues,
    )
    return [RaisedFact(*row) for row in uow.session.execute(query)]


def groups_raised_in(uow: UnitOfWork, periods: Collection[str]) -> Mapping[str, Mapping[str, int]]:
    """Count the worker groups of the same cases: by quarter, then by the group's key."""
    policy.require(uow.actor, Permission.RETURN_KEEP)
    query = (
        select(GroupFact.raised, GroupFact.worker_group, func.count())
        .where(
            GroupFact.organisation_id == uow.organisation_id,
            GroupFact.raised.in_(periods),
            GroupFact.edition.in_(_HOLDS),
        )
        .group_by(GroupFact.raised, GroupFact.worker_group)
    )
    return _by_period((period, group, count) for period, group, count in uow.session.execute(query))


def answers_in(uow: UnitOfWork, periods: Collection[str]) -> Mapping[str, Mapping[str, int]]:
    """Count the answers that came in these quarters: by quarter, then by the answer's key."""
    policy.require(uow.actor, Permission.RETURN_KEEP)
    query = (
        select(Feedback.period, Feedback.again, func.count())
        .where(
            Feedback.organisation_id == uow.organisation_id,
            Feedback.period.in_(periods),
            Feedback.counted == FeedbackCounted.RECEIVED,
        )
        .group_by(Feedback.period, Feedback.again)
    )
    return _by_period((period, again, count) for period, again, count in uow.session.execute(query))


def _by_period(counted: Iterable[tuple[str, str, int]]) -> Mapping[str, Mapping[str, int]]:
    found = defaultdict[str, dict[str, int]](dict)
    for period, key, count in counted:
        found[period][key] = count
    return found


def periods_counted(uow: UnitOfWork) -> set[str]:
    """Name every quarter in which a case was raised, or feedback came."""
    policy.require(uow.actor, Permission.RETURN_KEEP)
    raised = select(Fact.raised).where(Fact.organisation_id == uow.organisation_id).distinct()
    answered = select(Feedback.period).where(Feedback.organisation_id == uow.organisation_id).distinct()
    return {*uow.session.scalars(raised), *uow.session.scalars(answered)}


def keep_returned(uow: UnitOfWork, period: str, number: int, lines: Iterable[LineOfReturn]) -> None:
    """Keep every line of a return that is signed off; whoever signs it records it."""
    policy.require(uow.actor, Permission.RETURN_SUBMIT)
    uow.session.add_all(
        ReturnedLine(
            organisation_id=uow.organisation_id,
            period=period,
            number=number,
            line=each.line,
            label=each.label,
            counts=each.counts,
            key=each.key,
            codes="+".join(sorted(each.codes)),
            count=each.count,
            signed_on=uow.today,
        )
        for each in lines
    )


def returned_lines(uow: UnitOfWork, period: str = "") -> Sequence[ReturnedLine]:
    """List what was ever returned, of one quarter or of all: by quarter, signing off and line.

    Whoever makes, prepares or approves a publication must know it all, also what was put right later.
    """
    wanted = {
        Permission.RETURN_KEEP,
        Permission.PUBLICATION_PREPARE,
        Permission.PUBLICATION_APPROVE,
        Permission.PUBLICATION_MAKE,
    }
    if not wanted & policy.permissions_of(uow.actor):
        policy.require(uow.actor, Permission.RETURN_KEEP)
    uow.session.flush()
    query = select(ReturnedLine).where(ReturnedLine.organisation_id == uow.organisation_id)
    if period:
        query = query.where(ReturnedLine.period == period)
    return uow.session.scalars(query.order_by(ReturnedLine.period, ReturnedLine.number, ReturnedLine.line)).all()
