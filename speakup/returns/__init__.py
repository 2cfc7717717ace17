"""The national quarterly return: exact counts, with a permission and an audit event of their own.

Whoever collects it has changed and will again, so nothing here is named after them.
"""

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
from speakup.returns.rules import (
    STOPS,
    Check,
    CountedCase,
    Difference,
    Figures,
    Finding,
    Quarter,
    Window,
    check,
    differences,
    digest,
    figures,
    is_nil,
)

__all__ = [
    "COLLECTOR", "NIL_LINE", "SHIPPED", "STOPS", "WORDS", "Check", "CountedCase", "Counts", "Difference", "Figures",
    "Finding", "Line", "NationalCode", "Quarter", "Window", "Wording", "check", "differences", "digest", "figures",
    "in_force", "is_nil", "lines",
]  # fmt: skip
