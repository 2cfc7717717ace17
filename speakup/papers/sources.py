"""Where the figures of a publication come from: `insight`, which knows closed quarters and no case."""

from collections.abc import Sequence
from dataclasses import replace

from speakup import insight
from speakup.kernel.uow import UnitOfWork
from speakup.papers import grid, periods
from speakup.papers.models import Refusal
from speakup.vocabulary import ANSWERS

YEAR = 4
"""What people said about themselves is counted for a whole year at least: those of one quarter are too few."""


def populations(uow: UnitOfWork, quarters: Sequence[str]) -> dict[str, insight.Population] | Refusal:
    """Everything that is counted, by name; or why nothing can be published of these quarters yet."""
    if not set(quarters) <= set(insight.closed_quarters(uow)):
        return Refusal.OPEN
    cases = insight.cases_population(uow, quarters)
    if not cases.staff:
        return Refusal.NO_STAFF
    found = [
        cases,
        insight.themes_population(uow, quarters),
        insight.closings_population(uow, quarters),
        insight.feedback_population(uow, quarters),
    ]
    if len(quarters) >= YEAR:
        found += [insight.characteristics_population(uow, quarters, question) for question in ANSWERS]
    people = _people_of_last_year(cases, quarters)
    return {each.name: _no_larger(each, people) for each in found}


def _no_larger(population: insight.Population, people: int) -> insight.Population:
    """Nothing is a larger volume than the people there were: somebody who raised three themes is no crowd."""
    return replace(population, last_year=min(population.last_year, people))


def _people_of_last_year(cases: insight.Population, quarters: Sequence[str]) -> int:
    names = [each.name for each in cases.dimensions]
    when, edition = names.index(grid.QUARTER), names.index(grid.EDITION)
    before = set(periods.year_before(quarters))
    there = (row for row in cases.rows if row.values[edition] in grid.AS_CODED)
    return len({row.person for row in there if row.values[when].rpartition(insight.LATE)[2] in before})


def year_before_is_missing(uow: UnitOfWork, quarters: Sequence[str]) -> bool:
    """Say whether not all of the four quarters before were counted here: how fine tables are follows from those."""
    before = periods.year_before(quarters)
    return not set(before) <= set(insight.closed_quarters(uow))


def what_can_be_published(uow: UnitOfWork) -> list[str]:
    """The closed quarters whose day has come, the oldest first."""
    return [each for each in insight.closed_quarters(uow) if periods.not_before([each]) <= uow.today]
