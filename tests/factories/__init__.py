"""Made things for tests, each through the operations that make them in earnest, so that the encryption is real."""

from tests.factories.actions import action, followed_up, stored, wording
from tests.factories.assurance import beside
from tests.factories.cases import (
    ConcernFactory,
    PersonDetailsFactory,
    RaisedCase,
    RaisedCaseFactory,
    answered_case,
    message,
    note,
    raised_case,
    reply,
)
from tests.factories.figures import closed_figures, code_anew, come_late, facts_of
from tests.factories.packs import published_pack
from tests.factories.papers import sample_pack
from tests.factories.publications import approved, published, published_quarter, run_checks
from tests.factories.recipients import grounds, invited, recipient, referred, vouched_for, with_keys, words_of
from tests.factories.returns import returned
from tests.factories.years import agreed, another_organisation, carried, published_year, staff_counted

__all__ = [
    "ConcernFactory",
    "PersonDetailsFactory",
    "RaisedCase",
    "RaisedCaseFactory",
    "action",
    "agreed",
    "another_organisation",
    "answered_case",
    "approved",
    "beside",
    "carried",
    "closed_figures",
    "code_anew",
    "come_late",
    "facts_of",
    "followed_up",
    "grounds",
    "invited",
    "message",
    "note",
    "published",
    "published_pack",
    "published_quarter",
    "published_year",
    "raised_case",
    "recipient",
    "referred",
    "reply",
    "returned",
    "run_checks",
    "sample_pack",
    "staff_counted",
    "stored",
    "vouched_for",
    "with_keys",
    "wording",
    "words_of",
]
