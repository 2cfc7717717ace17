"""Dated code lists: elements, worker groups, how raised, routes, outcomes."""

from speakup.vocabulary.models import Certainty, Code, CodeSet
from speakup.vocabulary.operations import adopt_defaults
from speakup.vocabulary.queries import codes, names, require_code

__all__ = ["Certainty", "Code", "CodeSet", "adopt_defaults", "codes", "names", "require_code"]
