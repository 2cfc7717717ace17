"""Which guardian receives a concern, and who must not."""

from speakup.routing.operations import draft_rules
from speakup.routing.queries import drafted
from speakup.routing.rules import (
    Choice,
    Concern,
    Receiver,
    Rule,
    Subject,
    Why,
    approved_place,
    barred_roles,
    choose,
    turns,
)

__all__ = [
    "Choice",
    "Concern",
    "Receiver",
    "Rule",
    "Subject",
    "Why",
    "approved_place",
    "barred_roles",
    "choose",
    "draft_rules",
    "drafted",
    "turns",
]
