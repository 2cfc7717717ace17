"""Counting what somebody answered: about themselves, and about speaking up."""

import uuid
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import delete, select

from speakup import policy, vocabulary
from speakup.insight.models import CharacteristicAnswer, Counted, Feedback, FeedbackCounted
from speakup.insight.quarters import hold_quarter
from speakup.insight.rules import next_quarter, quarter_of, year_of
from speakup.kernel.errors import Invalid
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.vocabulary import ANSWERS, NOT_ASKED, CodeSet


def count_answers(uow: UnitOfWork, answers: Mapping[str, str], *, detriment: bool) -> None:
    """Count each answer by itself; what was not asked is no answer.

    That somebody suffered detriment is never written beside what is counted by quarter: few people answer in one, and
    a mark on some of the rows would tell whose they are. Nothing is audited here, because an entry of its own would
    say when these rows were written: the act that brings the answers is recorded like any message of its case.
    """
    policy.require(uow.actor, Permission.CHARACTERISTICS_GIVE)
    for question, answer in answers.items():
        require_answer(uow, question, answer)
    for question, answer in answers.items():
        uow.session.add(_row(uow, quarter_of(uow.today), Counted.HEARD, question, answer))
        if detriment:
            uow.session.add(_row(uow, year_of(uow.today), Counted.DETRIMENT, question, answer))


def require_answer(uow: UnitOfWork, question: str, answer: str) -> None:
    """Refuse what is no question, or no answer to it today."""
    if question not in ANSWERS:
        raise Invalid("question", "not in the list")
    if answer == NOT_ASKED:
        raise Invalid(question, "not asked")
    vocabulary.require_code(uow, ANSWERS[question], answer)


def count_asked(uow: UnitOfWork) -> None:
    """Count that somebody was asked whether they would speak up again."""
    policy.require(uow.actor, Permission.FEEDBACK_GIVE)
    uow.session.add(_feedback(uow, FeedbackCounted.ASKED, ""))


def count_feedback(uow: UnitOfWork, again: str) -> uuid.UUID:
    """Count an answer in this quarter; return by what it can be changed."""
    policy.require(uow.actor, Permission.FEEDBACK_GIVE)
    vocabulary.require_code(uow, CodeSet.FEEDBACK, again)
    row = _feedback(uow, FeedbackCounted.RECEIVED, again)
    uow.session.add(row)
    return row.id


def count_earlier(uow: UnitOfWork, again: str, day: date) -> list[uuid.UUID]:
    """Count that somebody was asked in the quarter of an earlier day, and what they answered, if anything.

    Where something is published of that quarter, the next of which nothing is counts it.
    Return by what `uncount` takes it out again: for what a log of earlier years says, which may be a mistake.
    """
    policy.require(uow.actor, Permission.FEEDBACK_GIVE)
    if again and again not in vocabulary.names(uow, CodeSet.FEEDBACK):
        raise Invalid(CodeSet.FEEDBACK.value, "not in the list")
    counted = [(FeedbackCounted.ASKED, "")] + ([(FeedbackCounted.RECEIVED, again)] if again else [])
    period = _not_published(uow, quarter_of(day))
    rows = [_feedback(uow, kind, said, period) for kind, said in counted]
    uow.session.add_all(rows)
    return [row.id for row in rows]


def uncount(uow: UnitOfWork, ids: Collection[uuid.UUID]) -> None:
    """Take out what was counted by mistake; what is gone already, or published, is passed over."""
    policy.require(uow.actor, Permission.FEEDBACK_GIVE)
    these = (Feedback.organisation_id == uow.organisation_id, Feedback.id.in_(ids))
    periods = sorted(uow.session.scalars(select(Feedback.period).where(*these).distinct()))
    unpublished = [each for each in periods if not hold_quarter(uow, each).published]
    uow.session.execute(delete(Feedback).where(*these, Feedback.period.in_(unpublished)))


def _not_published(uow: UnitOfWork, quarter: str) -> str:
    while hold_quarter(uow, quarter).published:
        quarter = next_quarter(quarter)
    return quarter


def change_feedback(uow: UnitOfWork, counted_as: uuid.UUID, again: str) -> uuid.UUID:
    """Change an answer that was counted in this quarter; one of an earlier quarter stays, and counts once more now."""
    policy.require(uow.actor, Permission.FEEDBACK_GIVE)
    vocabulary.require_code(uow, CodeSet.FEEDBACK, again)
    row = uow.session.get(Feedback, (uow.organisation_id, counted_as))
    if row is None or row.period != quarter_of(uow.today):
        return count_feedback(uow, again)
    row.again = again
    return row.id


def _feedback(uow: UnitOfWork, counted: FeedbackCounted, again: str, period: str = "") -> Feedback:
    return Feedback(
        organisation_id=uow.organisation_id,
        id=new_id(),
        period=period or quarter_of(uow.today),
        counted=counted,
        again=again,
    )


def _row(uow: UnitOfWork, period: str, counted: Counted, question: str, answer: str) -> CharacteristicAnswer:
    return CharacteristicAnswer(
        organisation_id=uow.organisation_id,
        id=new_id(),
        period=period,
        counted=counted,
        question=question,
        answer=answer,
    )
