"""The national quarterly return: exact counts, with a permission and an audit event of their own.

Whoever collects it has changed and will again, so nothing here is named after them.
"""

from speakup.returns.due import DueReturn, due_days, due_returns
from speakup.returns.lines import (
    COLLECTOR,
    NIL_LINE,
    SHIPPED,
    WORDS,
    Counts,
    Line,
    NationalCode,
    Wording,
    in_force,
    lines,
)
from speakup.returns.models import NationalReturn, ReturnState, ReturnSubmission
from speakup.returns.operations import (
    LABEL_LIMIT,
    SOURCE_LIMIT,
    WORDS_LIMIT,
    NewWording,
    check_return,
    keep_window,
    keep_words,
    submit_return,
    word_line,
)
from speakup.returns.queries import list_returns, open_return, read_period, wordings
from speakup.returns.rules import (
    STOPS,
    Check,
    CountedCase,
    Difference,
    Finding,
    Quarter,
    Window,
    check,
    differences,
    figures,
    is_nil,
    of_cases,
)
from speakup.returns.views import Called, Listed, ReturnView, Submission, Words

__all__ = [
    "COLLECTOR", "LABEL_LIMIT", "NIL_LINE", "SHIPPED", "SOURCE_LIMIT", "STOPS", "WORDS", "WORDS_LIMIT", "Called",
    "Check", "CountedCase", "Counts", "Difference", "DueReturn", "Finding", "Line", "Listed", "NationalCode",
    "NationalReturn", "NewWording", "Quarter", "ReturnState", "ReturnSubmission", "ReturnView", "Submission",
    "Window", "Wording", "Words", "check", "check_return", "differences", "due_days", "due_returns", "figures",
    "in_force", "is_nil", "keep_window", "keep_words", "lines", "list_returns", "of_cases", "open_return",
    "read_period", "submit_return", "word_line", "wordings",
]  # fmt: skip
