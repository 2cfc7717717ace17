"""Actions as a board, as a table and along time: what a page shows of them, and no more. Columns only, no rows."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select

from speakup import policy
from speakup.accounts import Person
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import ActionState, LearningAction
from speakup.learning.queries import DONE, ENDED, ActionLine, visible_to
from speakup.learning.timing import STUCK_AFTER
from speakup.policy import Permission

ON_A_PAGE = 30
IN_A_COLUMN = 10
IN_AN_ENDED_COLUMN = 5

_LINE = tuple(getattr(LearningAction, name) for name in ActionLine._fields)
_A = LearningAction


class Show(StrEnum):
    """Which actions, by what they need."""

    ALL = "all"
    OPEN = "open"
    OVERDUE = "overdue"
    STUCK = "stuck"
    ASKED = "asked"
    AGAIN = "again"


class By(StrEnum):
    """In which order, and under which headings."""

    DUE = "due"
    OWNER = "owner"
    THEME = "theme"


@dataclass(frozen=True, slots=True)
class Filters:
    """What keeps actions out; a filter that is empty keeps nothing out."""

    show: Show = Show.ALL
    state: ActionState | None = None
    owner_id: uuid.UUID | None = None
    theme: str = ""
    directorate_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One state of the board: how many stand there, and those that come first."""

    state: ActionState
    count: int
    lines: Sequence[ActionLine]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a table."""

    lines: Sequence[ActionLine]
    number: int
    pages: int
    count: int
    groups: dict[Any, tuple[int, int]] = field(default_factory=dict)
    """How many actions each heading of the whole table has, and how many of them are overdue; by owner or theme."""


def board(uow: UnitOfWork, filters: Filters) -> list[Column]:
    """List what stands where: of each state what is due first, and of what has ended the newest."""
    found = _found(uow, filters)
    grouped = found.with_only_columns(_A.state, func.count()).group_by(_A.state)
    counts = {state: count for state, count in uow.session.execute(grouped)}  # noqa: C416 -- rows are no pairs to `dict`
    return [
        Column(state, counts.get(state, 0), _first_of(uow, found, state) if state in counts else ())
        for state in ActionState
    ]


def _first_of(uow: UnitOfWork, found: Select[LearningAction], state: ActionState) -> list[ActionLine]:
    """Ask for one state at a time: to rank all of them at once takes three times as long."""
    ended = state in ENDED
    order = (_A.last_update_on.desc().nulls_last(), _A.title, _A.ref) if ended else _due_first()
    most = IN_AN_ENDED_COLUMN if ended else IN_A_COLUMN
    rows = found.where(_A.state == state).with_only_columns(*_LINE).order_by(*order).limit(most)
    return [ActionLine._make(row) for row in uow.session.execute(rows)]


def table(uow: UnitOfWork, filters: Filters, by: By, number: int) -> Page:
    """List a page of them; a number beyond the last is the last."""
    return _page(uow, _found(uow, filters), _ORDERS[by], number, _groups(uow, filters, by))


def timeline(uow: UnitOfWork, filters: Filters, first: date, last: date, number: int) -> Page:
    """List those that somebody saw to between two days, in the order in which they were agreed."""
    until = func.coalesce(_A.closed_on, case((_A.state.in_(ENDED), _A.last_update_on)), last)
    between = _found(uow, filters).where(_A.agreed_on <= last, until >= first)
    return _page(uow, between, (_A.agreed_on, _A.due_on, _A.title, _A.ref), number, {})


def every(uow: UnitOfWork, filters: Filters) -> list[LearningAction]:
    """List them whole, for taking them out."""
    return list(uow.session.scalars(_found(uow, filters).order_by(*_due_first())))


def list_needing(uow: UnitOfWork, gone: Collection[uuid.UUID]) -> list[ActionLine]:
    """List those that need a word of a guardian, whichever, what is due first; `gone` are people who left."""
    needs = [_needs(each, uow.today) for each in (Show.ASKED, Show.OVERDUE, Show.STUCK, Show.AGAIN)]
    ownerless = and_(_A.state.not_in(ENDED), _A.owner_id.in_(gone))
    wanted = or_(ownerless, *(each for each in needs if each is not None))
    rows = _found(uow, Filters()).where(wanted).with_only_columns(*_LINE).order_by(*_due_first())
    return [ActionLine._make(row) for row in uow.session.execute(rows)]


def owner_ids(uow: UnitOfWork) -> set[uuid.UUID]:
    """Name everybody who sees to an action that this person may see, or did to the end."""
    owners = _found(uow, Filters()).where(_A.owner_id.is_not(None)).with_only_columns(_A.owner_id).distinct()
    return {each for each in uow.session.scalars(owners) if each is not None}


def _found(uow: UnitOfWork, filters: Filters) -> Select[LearningAction]:
    policy.require(uow.actor, Permission.LEARNING_OWN)
    query = visible_to(uow.actor)
    needs = _needs(filters.show, uow.today)
    if needs is not None:
        query = query.where(needs)
    wanted: dict[Any, object] = {
        _A.state: filters.state,
        _A.owner_id: filters.owner_id,
        _A.theme: filters.theme,
        _A.directorate_id: filters.directorate_id,
    }
    return query.where(*(column == value for column, value in wanted.items() if value))


def _needs(show: Show, today: date) -> ColumnElement[bool] | None:
    """Say what the actions of a list have in common; None where nothing."""
    if show is Show.STUCK:
        return and_(
            _A.state.not_in(ENDED),
            func.coalesce(_A.last_update_on, _A.proposed_month) < today - STUCK_AFTER,
            or_(_A.check_again_on.is_(None), _A.check_again_on < today),
        )
    if show is Show.OVERDUE:
        return _overdue(today)
    return _A.check_again_on <= today if show is Show.AGAIN else _STANDING.get(show)


_STANDING: dict[Show, ColumnElement[bool]] = {
    Show.OPEN: _A.state.not_in(ENDED),
    Show.ASKED: _A.question_waiting.is_(True),
}


def _overdue(today: date) -> ColumnElement[bool]:
    return and_(_A.due_on < today, not_(_A.state.in_(DONE)))


def _due_first() -> tuple[Any, ...]:
    return _A.due_on.is_(None), _A.due_on, _A.title, _A.ref


_OWNER_NAME = select(Person.name).where(Person.id == _A.owner_id).scalar_subquery()
_ORDERS: dict[By, tuple[Any, ...]] = {
    By.DUE: _due_first(),
    By.OWNER: (_A.owner_id.is_(None), _OWNER_NAME, _A.owner_id, *_due_first()),
    By.THEME: (_A.theme.is_(None), _A.theme, *_due_first()),
}


def _groups(uow: UnitOfWork, filters: Filters, by: By) -> dict[Any, tuple[int, int]]:
    if by is By.DUE:
        return {}
    key = _A.owner_id if by is By.OWNER else _A.theme
    late = func.sum(case((_overdue(uow.today), 1), else_=0))
    counted = _found(uow, filters).with_only_columns(key, func.count(), late).group_by(key)
    return {each: (count, int(overdue)) for each, count, overdue in uow.session.execute(counted)}


def _page(
    uow: UnitOfWork, found: Select[LearningAction], order: Sequence[Any], number: int, groups: dict[Any, Any]
) -> Page:
    count = uow.session.scalar(found.with_only_columns(func.count())) or 0
    pages = max(1, -(-count // ON_A_PAGE))
    number = min(number, pages)
    rows = found.with_only_columns(*_LINE).order_by(*order).limit(ON_A_PAGE).offset((number - 1) * ON_A_PAGE)
    return Page([ActionLine._make(row) for row in uow.session.execute(rows)], number, pages, count, groups)
