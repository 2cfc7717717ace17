"""Keeping figures that stand beside the published ones, and asking and answering about what is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from speakup import audit, policy
from speakup.assurance.models import BoardQuestion, ContextFigure, Indicator, Unit
from speakup.assurance.rules import fault
from speakup.audit import Event
from speakup.kernel.errors import Conflict, Forbidden, Invalid
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission


@dataclass(frozen=True, slots=True)
class FigureDetails:
    """What somebody writes about one figure. A `name` only where the indicator is another."""

    indicator: Indicator
    value: Decimal
    unit: Unit
    source: str
    as_of: date
    name: str = ""


def keep_figure(uow: UnitOfWork, details: FigureDetails) -> ContextFigure:
    """Keep one figure. What is published already has its own copy, and does not change."""
    return keep_figures(uow, [details])[0]


def keep_figures(uow: UnitOfWork, found: Sequence[FigureDetails]) -> list[ContextFigure]:
    """Keep several: all of them or, where one cannot be, none."""
    policy.require(uow.actor, Permission.CONTEXT_KEEP)
    kept = []
    for details in found:
        row = ContextFigure(organisation_id=uow.organisation_id, id=new_id(), revision=1)
        _write(uow, row, details)
        uow.session.add(row)
        audit.record(uow, Event.CONTEXT_KEPT, row.id)
        kept.append(row)
    return kept


def change_figure(uow: UnitOfWork, row: ContextFigure, details: FigureDetails, revision: int) -> ContextFigure:
    """Write a figure anew, if it is still the one that was read as `revision`."""
    policy.require(uow.actor, Permission.CONTEXT_KEEP, row)
    uow.session.refresh(row, with_for_update=True)
    if row.revision != revision:
        raise Conflict(row.id)
    _write(uow, row, details)
    row.revision += 1
    audit.record(uow, Event.CONTEXT_KEPT, row.id)
    return row


def delete_figure(uow: UnitOfWork, row: ContextFigure) -> None:
    """Take a figure out. What is published keeps its copy."""
    policy.require(uow.actor, Permission.CONTEXT_KEEP, row)
    uow.session.delete(row)
    audit.record(uow, Event.CONTEXT_KEPT, row.id)


def _write(uow: UnitOfWork, row: ContextFigure, details: FigureDetails) -> None:
    if details.as_of > uow.today:
        raise Invalid("as_of", "future")
    if not details.source.strip():
        raise Invalid("source", "missing")
    if (details.indicator is Indicator.OTHER) is not bool(details.name.strip()):
        raise Invalid("name", "missing" if details.indicator is Indicator.OTHER else "not asked")
    wrong = fault(details.value, details.unit)
    if wrong:
        raise Invalid("value", wrong)
    row.indicator, row.name, row.value, row.unit = details.indicator, details.name, details.value, details.unit
    row.source, row.as_of = details.source, details.as_of
    row.kept_by, row.kept_at = uow.actor.person_id, uow.now


def ask_question(uow: UnitOfWork, publication: str, question: str) -> BoardQuestion:
    """Leave a question for the guardians. Everybody who reads what is published reads it, and by whom it is."""
    policy.require(uow.actor, Permission.BOARD_ASK)
    if not question.strip():
        raise Invalid("question", "missing")
    row = BoardQuestion(
        organisation_id=uow.organisation_id,
        id=new_id(),
        publication=publication,
        asked_by=uow.actor.person_id,
        asked_on=uow.today,
        question=question,
        answer="",
        revision=1,
    )
    uow.session.add(row)
    audit.record(uow, Event.BOARD_ASKED, row.id)
    return row


def answer_question(uow: UnitOfWork, row: BoardQuestion, answer: str, revision: int) -> BoardQuestion:
    """Answer a question, or write its answer anew, if it is still the one that was read as `revision`.

    The board reads it once a second person has: `read_answer`.
    """
    policy.require(uow.actor, Permission.BOARD_ANSWER, row)
    if not answer.strip():
        raise Invalid("answer", "missing")
    uow.session.refresh(row, with_for_update=True)
    if row.revision != revision:
        raise Conflict(row.id)
    row.answer, row.answered_by, row.answered_on = answer, uow.actor.person_id, uow.today
    row.read_by = row.read_on = None
    row.revision += 1
    audit.record(uow, Event.BOARD_ANSWERED, row.id)
    return row


def read_answer(uow: UnitOfWork, row: BoardQuestion, revision: int) -> BoardQuestion:
    """Let the board read an answer that whoever acts did not write, if it is still the one read as `revision`."""
    policy.require(uow.actor, Permission.PUBLICATION_APPROVE, row)
    uow.session.refresh(row, with_for_update=True)
    if row.answered_by == uow.actor.person_id:
        raise Forbidden(Permission.PUBLICATION_APPROVE)
    if row.revision != revision or row.answered_on is None or row.read_on is not None:
        raise Conflict(row.id)
    row.read_by, row.read_on = uow.actor.person_id, uow.today
    audit.record(uow, Event.BOARD_ANSWER_READ, row.id)
    return row
