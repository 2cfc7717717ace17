"""Made things for tests, each through the operations that make them in earnest, so that the encryption is real."""

from tests.factories.cases import (
    ConcernFactory,
    PersonDetailsFactory,
    RaisedCase,
    RaisedCaseFactory,
    message,
    note,
    raised_case,
    reply,
)

__all__ = [
    "ConcernFactory",
    "PersonDetailsFactory",
    "RaisedCase",
    "RaisedCaseFactory",
    "message",
    "note",
    "raised_case",
    "reply",
]
