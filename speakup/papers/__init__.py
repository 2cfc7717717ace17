"""What a board is shown, made from counts by `disclosure` and from words by two people. A paper cannot reach a case."""

from speakup.papers.pack import (
    ActionLine,
    Break,
    ContextFigure,
    Cover,
    Kind,
    Pack,
    Period,
    Recommendation,
    Section,
    Text,
    Title,
    read,
    written,
)

__all__ = [
    "ActionLine",
    "Break",
    "ContextFigure",
    "Cover",
    "Kind",
    "Pack",
    "Period",
    "Recommendation",
    "Section",
    "Text",
    "Title",
    "read",
    "written",
]
