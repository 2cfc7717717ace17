"""Reading figures that stand beside the published ones, and the board's questions."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, select

from speakup import policy
from speakup.assurance.models import BoardQuestion, ContextFigure, Indicator, Unit
from speakup.assurance.national import Reference, Subject, in_force
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission

LOOKS_BACK = timedelta(days=3 * 366)
"""How far back a publication shows what stands beside it."""
_MARCH, _LAST_OF_MARCH, _NOVEMBER, _LAST_OF_NOVEMBER = 3, 31, 11, 30


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure to stand in a publication beside the counted ones, with the words it was published in."""

    of: Subject | Indicator
    name: str
    """Its own; empty where what it is of says it all."""
    value: str
    unit: Unit
    source: str
    as_of: date
    national: bool


def figures(uow: UnitOfWork) -> list[ContextFigure]:
    """List every figure that is kept, the newest first."""
    policy.require(uow.actor, Permission.CONTEXT_KEEP)
    newest = ContextFigure.as_of.desc()
    return list(uow.session.scalars(_kept(uow).order_by(newest, ContextFigure.indicator, ContextFigure.name)))


def find_figure(uow: UnitOfWork, figure_id: uuid.UUID) -> ContextFigure:
    """Return one figure, to whoever keeps them."""
    policy.require(uow.actor, Permission.CONTEXT_KEEP)
    row = uow.session.get(ContextFigure, (uow.organisation_id, figure_id))
    if row is None:
        raise NotFound(figure_id)
    return row


def beside(uow: UnitOfWork, on: date) -> list[Beside]:
    """List what a publication of a day copies in: the trust's own figures of three years, and national ones then known.

    They are sorted by what they are of, and by day.
    """
    if not policy.allows(uow.actor, Permission.PUBLICATION_MAKE):
        policy.require(uow.actor, Permission.PUBLICATION_PREPARE)
    since = on - LOOKS_BACK
    rows = uow.session.scalars(_kept(uow).where(ContextFigure.as_of <= on, ContextFigure.as_of >= since))
    own = [
        Beside(row.indicator, row.name, f"{row.value:f}", row.unit, row.source, row.as_of, national=False)
        for row in rows
    ]
    known = [each for each in map(_national, in_force(on)) if each.as_of >= since - LOOKS_BACK]
    return sorted([*own, *known], key=lambda each: (each.of.value, each.name, each.national, each.as_of))


def _national(figure: Reference) -> Beside:
    return Beside(
        figure.of, "", f"{figure.value:f}", figure.unit, figure.publication, last_day_of(figure.period), national=True
    )


def last_day_of(period: str) -> date:
    """Return the last day of a financial year, as 2023-24; of a survey's year, when it closes: the end of November."""
    year = int(period[:4])
    return date(year + 1, _MARCH, _LAST_OF_MARCH) if "-" in period else date(year, _NOVEMBER, _LAST_OF_NOVEMBER)


def _kept(uow: UnitOfWork) -> Select[ContextFigure]:
    return select(ContextFigure).where(ContextFigure.organisation_id == uow.organisation_id)


def questions(uow: UnitOfWork, publication: str | None = None) -> list[BoardQuestion]:
    """List the board's questions, unanswered ones first and then the newest; of one publication where it is named."""
    policy.require(uow.actor, Permission.BOARD_READ)
    asked = select(BoardQuestion).where(BoardQuestion.organisation_id == uow.organisation_id)
    if publication is not None:
        asked = asked.where(BoardQuestion.publication == publication)
    rows = uow.session.scalars(asked.order_by(BoardQuestion.asked_on.desc(), BoardQuestion.id))
    return sorted(rows, key=lambda row: row.answered_on is not None)


def find_question(uow: UnitOfWork, question_id: uuid.UUID) -> BoardQuestion:
    """Return one question."""
    policy.require(uow.actor, Permission.BOARD_READ)
    row = uow.session.get(BoardQuestion, (uow.organisation_id, question_id))
    if row is None:
        raise NotFound(question_id)
    return row


def may_read_over(uow: UnitOfWork, row: BoardQuestion) -> bool:
    """Say whether whoever acts is a second person for an answer that waits for one."""
    waits = row.answered_on is not None and row.read_on is None
    return waits and policy.allows(uow.actor, Permission.PUBLICATION_APPROVE) and row.answered_by != uow.actor.person_id


def count_unread(uow: UnitOfWork) -> int:
    """Count the answers that wait for a second person."""
    policy.require(uow.actor, Permission.BOARD_READ)
    waiting = select(func.count()).where(
        BoardQuestion.organisation_id == uow.organisation_id,
        BoardQuestion.answered_on.is_not(None),
        BoardQuestion.read_on.is_(None),
    )
    return uow.session.scalar(waiting.select_from(BoardQuestion)) or 0


def count_unanswered(uow: UnitOfWork) -> int:
    """Count the questions that wait for a guardian."""
    policy.require(uow.actor, Permission.BOARD_READ)
    waiting = select(func.count()).where(
        BoardQuestion.organisation_id == uow.organisation_id, BoardQuestion.answered_on.is_(None)
    )
    return uow.session.scalar(waiting.select_from(BoardQuestion)) or 0
