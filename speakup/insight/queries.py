"""Reading what was counted."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from speakup import policy
from speakup.insight.models import Feedback, FeedbackCounted
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission


@dataclass(frozen=True, slots=True)
class FeedbackCounts:
    """How many were asked in a quarter, and how many gave which answer in it: exact, for the national return."""

    asked: int
    answers: Mapping[str, int]
    """By the answer's key."""

    @property
    def received(self) -> int:
        """Return how many answered."""
        return sum(self.answers.values())


def feedback_in(uow: UnitOfWork, period: str) -> FeedbackCounts:
    """Count the feedback of one quarter, named as `quarter_of` names it."""
    policy.require(uow.actor, Permission.CASE_LIST)
    query = (
        select(Feedback.counted, Feedback.again, func.count())
        .where(Feedback.organisation_id == uow.organisation_id, Feedback.period == period)
        .group_by(Feedback.counted, Feedback.again)
    )
    found = uow.session.execute(query).all()
    answers = {again: count for counted, again, count in found if counted is FeedbackCounted.RECEIVED}
    return FeedbackCounts(sum(count for counted, _, count in found if counted is FeedbackCounted.ASKED), answers)
