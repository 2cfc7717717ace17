"""What a board looks at beside the published figures: other figures of the trust, national ones, and its questions.

Nothing here was ever joined to a case, and nothing here reaches one.
"""

from speakup.assurance.models import BoardQuestion, ContextFigure, Indicator, Unit
from speakup.assurance.national import FIRST_SHIPPED, NATIONAL, Reference, Subject, in_force, superseded
from speakup.assurance.operations import (
    FigureDetails,
    answer_question,
    ask_question,
    change_figure,
    delete_figure,
    keep_figure,
    keep_figures,
    read_answer,
)
from speakup.assurance.pasting import Line, ReadLines, Trouble, Wrong, read_lines
from speakup.assurance.printed import TITLES, UNITS, title_of
from speakup.assurance.queries import (
    Beside,
    beside,
    count_unanswered,
    count_unread,
    figures,
    find_figure,
    find_question,
    may_read_over,
    questions,
)
from speakup.assurance.rules import USUAL_UNITS, fault, numbers_of

__all__ = [
    "FIRST_SHIPPED",
    "NATIONAL",
    "TITLES",
    "UNITS",
    "USUAL_UNITS",
    "Beside",
    "BoardQuestion",
    "ContextFigure",
    "FigureDetails",
    "Indicator",
    "Line",
    "ReadLines",
    "Reference",
    "Subject",
    "Trouble",
    "Unit",
    "Wrong",
    "answer_question",
    "ask_question",
    "beside",
    "change_figure",
    "count_unanswered",
    "count_unread",
    "delete_figure",
    "fault",
    "figures",
    "find_figure",
    "find_question",
    "in_force",
    "keep_figure",
    "keep_figures",
    "may_read_over",
    "numbers_of",
    "questions",
    "read_answer",
    "read_lines",
    "superseded",
    "title_of",
]
