"""Where the figures of a publication come from: `insight`, which knows closed quarters and no case."""

from collections.abc import Sequence

from speakup import insight
from speakup.kernel.uow import UnitOfWork
from speakup.papers import periods
from speakup.papers.grid import Population
from speakup.papers.models import Refusal
from speakup.vocabulary import ANSWERS

YEAR = 4
"""What people said about themselves is counted for a whole year at least: those of one quarter are too few."""


def populations(uow: UnitOfWork, quarters: Sequence[str]) -> dict[str, Population] | Refusal:
    """Everything that is counted, by name; or why nothing can be published of these quarters yet."""
    if not set(quarters) <= set(insight.closed_quarters(uow)):
        return Refusal.OPEN
    cases = insight.cases_population(uow, quarters)
    if not cases.staff:
        return Refusal.NO_STAFF
    found: list[Population] = [
        cases,
        insight.themes_population(uow, quarters),
        insight.closings_population(uow, quarters),
        insight.feedback_population(uow, quarters),
    ]
    if len(quarters) >= YEAR:
        found += [insight.characteristics_population(uow, quarters, question) for question in ANSWERS]
    return {each.name: each for each in found}


def year_before_is_missing(uow: UnitOfWork, quarters: Sequence[str]) -> bool:
    """Say whether not all of the four quarters before were counted here: how fine tables are follows from those."""
    before = periods.year_before(quarters)
    return not set(before) <= set(insight.closed_quarters(uow))


def what_can_be_published(uow: UnitOfWork) -> list[str]:
    """The closed quarters whose day has come, the oldest first."""
    return [each for each in insight.closed_quarters(uow) if periods.not_before([each]) <= uow.today]
