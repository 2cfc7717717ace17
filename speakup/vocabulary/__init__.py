"""Dated code lists: elements, worker groups, how raised, routes, outcomes, themes and all that a case is coded with."""

from speakup.vocabulary.defaults import shipped_names
from speakup.vocabulary.models import Certainty, Code, CodeSet, CodeSetVersion
from speakup.vocabulary.operations import (
    CodeDetails,
    ListChanged,
    add_code,
    adopt_defaults,
    change_code,
    end_code,
    hold_list,
    move_code_up,
)
from speakup.vocabulary.queries import breaks, changes_since, codes, counts_as, entries, names, require_code, versions
from speakup.vocabulary.rules import (
    ANSWERS,
    NOT_ASKED,
    NOT_KNOWN,
    PREFER_NOT,
    Entry,
    Keeping,
    fingerprint,
    kept,
    may_add,
)

__all__ = [
    "ANSWERS",
    "NOT_ASKED",
    "NOT_KNOWN",
    "PREFER_NOT",
    "Certainty",
    "Code",
    "CodeDetails",
    "CodeSet",
    "CodeSetVersion",
    "Entry",
    "Keeping",
    "ListChanged",
    "add_code",
    "adopt_defaults",
    "breaks",
    "change_code",
    "changes_since",
    "codes",
    "counts_as",
    "end_code",
    "entries",
    "fingerprint",
    "hold_list",
    "kept",
    "may_add",
    "move_code_up",
    "names",
    "require_code",
    "shipped_names",
    "versions",
]
