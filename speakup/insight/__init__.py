"""Facts that are counted and belong to nobody: there is no way back from here to a case."""

from speakup.insight.models import CharacteristicAnswer, Counted, Feedback, FeedbackCounted
from speakup.insight.operations import (
    change_feedback,
    count_answers,
    count_asked,
    count_earlier,
    count_feedback,
    uncount,
)
from speakup.insight.queries import FeedbackCounts, feedback_in
from speakup.insight.rules import quarter_of, year_of

__all__ = [
    "CharacteristicAnswer",
    "Counted",
    "Feedback",
    "FeedbackCounted",
    "FeedbackCounts",
    "change_feedback",
    "count_answers",
    "count_asked",
    "count_earlier",
    "count_feedback",
    "feedback_in",
    "quarter_of",
    "uncount",
    "year_of",
]
