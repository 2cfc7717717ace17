"""Dated code lists: elements, worker groups, how raised, routes, outcomes, themes and all that a case is coded with."""

from speakup.vocabulary.models import Certainty, Code, CodeSet, CodeSetVersion
from speakup.vocabulary.operations import adopt_defaults
from speakup.vocabulary.queries import breaks, changes_since, codes, counts_as, entries, names, require_code, versions
from speakup.vocabulary.rules import ANSWERS, NOT_ASKED, NOT_KNOWN, PREFER_NOT, Entry, Keeping, kept, may_add

__all__ = [
    "ANSWERS",
    "NOT_ASKED",
    "NOT_KNOWN",
    "PREFER_NOT",
    "Certainty",
    "Code",
    "CodeSet",
    "CodeSetVersion",
    "Entry",
    "Keeping",
    "adopt_defaults",
    "breaks",
    "changes_since",
    "codes",
    "counts_as",
    "entries",
    "kept",
    "may_add",
    "names",
    "require_code",
    "versions",
]
