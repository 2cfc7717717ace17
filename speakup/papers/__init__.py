"""What a board is shown, made from counts by `disclosure` and from words by two people. A paper cannot reach a case."""

from speakup.papers.comparing import compared, national_figures, superseded
from speakup.papers.ledger import decisions, releases, rules_in_force
from speakup.papers.models import (
    LedgerRelease,
    Publication,
    PublishedPack,
    Refusal,
    State,
    ThresholdDecision,
)
from speakup.papers.operations.approving import Overtaken, approve, check_anew, may_approve, publish
from speakup.papers.operations.deciding import decide_thresholds
from speakup.papers.operations.preparing import OPEN, discard, prepare, revise, send_to_check, stop_checking
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
from speakup.papers.periods import not_before, of_year, period, ref, whole_years
from speakup.papers.queries import (
    Issue,
    find_publication,
    find_published,
    latest,
    list_publications,
    preview,
    published_list,
)
from speakup.papers.sources import what_can_be_published
from speakup.papers.words import TABLES
from speakup.papers.writing import Words, months_in, read_words

__all__ = [
    "OPEN",
    "TABLES",
    "ActionLine",
    "Break",
    "ContextFigure",
    "Cover",
    "Issue",
    "Kind",
    "LedgerRelease",
    "Overtaken",
    "Pack",
    "Period",
    "Publication",
    "PublishedPack",
    "Recommendation",
    "Refusal",
    "Section",
    "State",
    "Text",
    "ThresholdDecision",
    "Title",
    "Words",
    "approve",
    "check_anew",
    "compared",
    "decide_thresholds",
    "decisions",
    "discard",
    "find_publication",
    "find_published",
    "latest",
    "list_publications",
    "may_approve",
    "months_in",
    "national_figures",
    "not_before",
    "of_year",
    "period",
    "prepare",
    "preview",
    "publish",
    "published_list",
    "read",
    "read_words",
    "ref",
    "releases",
    "revise",
    "rules_in_force",
    "send_to_check",
    "stop_checking",
    "superseded",
    "what_can_be_published",
    "whole_years",
    "written",
]
