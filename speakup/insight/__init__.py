"""Facts that are counted and belong to nobody: there is no way back from here to a case."""

from speakup.insight.models import CharacteristicAnswer, Counted
from speakup.insight.operations import count_answers
from speakup.insight.rules import quarter_of, year_of

__all__ = ["CharacteristicAnswer", "Counted", "count_answers", "quarter_of", "year_of"]
