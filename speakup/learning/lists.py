"""Actions as a board, as a table and along time: what a page shows of them, and no more. Columns only, no rows."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select

from speakup import policy
from speakup.accounts import Person
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import ActionState, LearningAction
from speakup.learning.queries import COLUMNS, DONE, ENDED, ActionLine, Scope, scope_of
from speakup.learning.timing import STUCK_AFTER
from speakup.policy import Permission

ON_A_PAGE = 30
IN_A_COLUMN = 10
IN_AN_ENDED_COLUMN = 5

_A = COLUMNS
_LINE = tuple(_A[name] for name in ActionLine._fields)


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


class _Asked(NamedTuple):
    """What a list is made of. Statements are kept by it: putting one together takes longer than asking it."""

    scope: Scope
    filters: Filters
    today: date

    @classmethod
    def by(cls, uow: UnitOfWork, filters: Filters) -> "_Asked":
        policy.require(uow.actor, Permission.LEARNING_OWN)
        # What is asked for by columns alone does not write first what waits to be written.
        uow.session.flush()
        return cls(scope_of(uow.actor), filters, uow.today)

    def conditions(self) -> list[ColumnElement[bool]]:
        """Say what holds of them."""
        wanted: dict[Any, object] = {
            _A.state: self.filters.state,
            _A.owner_id: self.filters.owner_id,
            _A.theme: self.filters.theme,
            _A.directorate_id: self.filters.directorate_id,
        }
        needs = _needs(self.filters.show, self.today)
        return [
            *self.scope.conditions,
            *([] if needs is None else [needs]),
            *(column == value for column, value in wanted.items() if value),
        ]

    def select(self, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
        """Select some columns of the actions, in no order."""
        return select(*columns).where(*self.conditions())


_KEPT = 64
"""Statements of one form that are kept: those without a filter are asked for by everybody all day long."""


def board(uow: UnitOfWork, filters: Filters) -> list[Column]:
    """List what stands where: of each state what is due first, and of what has ended the newest."""
    asked = _Asked.by(uow, filters)
    rows = uow.session.execute(_counted_by_state(asked))
    counts = {state: count for state, count in rows}  # noqa: C416 -- rows are no pairs to `dict`
    return [
        Column(state, counts.get(state, 0), _lines(uow, _first_of(asked, state)) if state in counts else ())
        for state in ActionState
    ]


def _lines(uow: UnitOfWork, rows: Select[*tuple[Any, ...]]) -> list[ActionLine]:
    return [ActionLine._make(row) for row in uow.session.execute(rows)]


@lru_cache(maxsize=_KEPT)
def _counted_by_state(asked: _Asked) -> Select[*tuple[Any, ...]]:
    return asked.select(_A.state, func.count()).group_by(_A.state)


@lru_cache(maxsize=_KEPT)
def _first_of(asked: _Asked, state: ActionState) -> Select[*tuple[Any, ...]]:
    """Ask for one state at a time: to rank all of them at once takes three times as long."""
    ended = state in ENDED
    order = (_A.last_update_on.desc().nulls_last(), _A.title, _A.ref) if ended else _due_first()
    most = IN_AN_ENDED_COLUMN if ended else IN_A_COLUMN
    return asked.select(*_LINE).where(_A.state == state).order_by(*order).limit(most)


def table(uow: UnitOfWork, filters: Filters, by: By, number: int) -> Page:
    """List a page of them; a number beyond the last is the last."""
    asked = _Asked.by(uow, filters)
    groups = {} if by is By.DUE else _groups(uow, asked, by)
    return _page(uow, _counted(asked), _ordered(asked, by), number, groups)


def timeline(uow: UnitOfWork, filters: Filters, first: date, last: date, number: int) -> Page:
    """List those that somebody saw to between two days, in the order in which they were agreed."""
    until = func.coalesce(_A.closed_on, case((_A.state.in_(ENDED), _A.last_update_on)), last)
    asked, between = _Asked.by(uow, filters), (_A.agreed_on <= last, until >= first)
    lines = asked.select(*_LINE).where(*between).order_by(_A.agreed_on, _A.due_on, _A.title, _A.ref)
    return _page(uow, asked.select(func.count()).where(*between), lines, number, {})


def every(uow: UnitOfWork, filters: Filters) -> list[LearningAction]:
    """List them whole, for taking them out."""
    found = select(LearningAction).where(*_Asked.by(uow, filters).conditions())
    return list(uow.session.scalars(found.order_by(*_due_first())))


def list_needing(uow: UnitOfWork, gone: Collection[uuid.UUID]) -> list[ActionLine]:
    """List those that need a word of a guardian, whichever, what is due first; `gone` are people who left."""
    needs = [_needs(each, uow.today) for each in (Show.ASKED, Show.OVERDUE, Show.STUCK, Show.AGAIN)]
    ownerless = and_(_A.state.not_in(ENDED), _A.owner_id.in_(gone))
    wanted = or_(ownerless, *(each for each in needs if each is not None))
    return _lines(uow, _Asked.by(uow, Filters()).select(*_LINE).where(wanted).order_by(*_due_first()))


def owner_ids(uow: UnitOfWork) -> set[uuid.UUID]:
    """Name everybody who sees to an action that this person may see, or did to the end."""
    owners = uow.session.scalars(_owners(_Asked.by(uow, Filters())))
    return {each for each in owners if each is not None}


@lru_cache(maxsize=_KEPT)
def _owners(asked: _Asked) -> Select[*tuple[Any, ...]]:
    return asked.select(_A.owner_id).where(_A.owner_id.is_not(None)).distinct()


@lru_cache(maxsize=_KEPT)
def _counted(asked: _Asked) -> Select[*tuple[Any, ...]]:
    return asked.select(func.count())


@lru_cache(maxsize=_KEPT)
def _ordered(asked: _Asked, by: By) -> Select[*tuple[Any, ...]]:
    return asked.select(*_LINE).order_by(*_ORDERS[by])


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


def _groups(uow: UnitOfWork, asked: _Asked, by: By) -> dict[Any, tuple[int, int]]:
    return {each: (count, int(overdue)) for each, count, overdue in uow.session.execute(_grouped(asked, by))}


@lru_cache(maxsize=_KEPT)
def _grouped(asked: _Asked, by: By) -> Select[*tuple[Any, ...]]:
    key = _A.owner_id if by is By.OWNER else _A.theme
    late = func.sum(case((_overdue(asked.today), 1), else_=0))
    return asked.select(key, func.count(), late).group_by(key)


def _page(
    uow: UnitOfWork,
    counted: Select[*tuple[Any, ...]],
    ordered: Select[*tuple[Any, ...]],
    number: int,
    groups: dict[Any, Any],
) -> Page:
    count = uow.session.scalar(counted) or 0
    pages = max(1, -(-count // ON_A_PAGE))
    number = min(number, pages)
    lines = _lines(uow, ordered.limit(ON_A_PAGE).offset((number - 1) * ON_A_PAGE))
    return Page(lines, number, pages, count, groups)
