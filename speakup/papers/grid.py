"""Which tables a publication has: a fixed list, so that nobody can ask the figures a question of their own.

How many of them are shown, and how finely, is decided by `disclosure.Tables.layout` from staff and last year's cases.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from speakup.disclosure import Axis, Category, Definition, Dimension, Kind, Row, Staff, Tables
from speakup.papers import pack
from speakup.papers.pack import CASES, Section

ELEMENT, HOW, GROUP, DIRECTORATE, SITE, THEME, DETRIMENT, TOOK, ACKNOWLEDGED = (
    "element", "how", "worker_group", "directorate", "site", "theme", "detriment", "took", "acknowledged",
)  # fmt: skip
FEEDBACK, AGAIN, ASKED, CHARACTERISTICS = "feedback", "again", "asked", "characteristics"
QUARTER, EDITION = "quarter", "edition"
TWO_WAY = ((ELEMENT, DIRECTORATE),)
"""None by worker group: which group goes with what else about a case is sealed, and nobody who publishes is told."""
SECTIONS: Mapping[str, Section] = {
    ELEMENT: Section.ELEMENTS,
    HOW: Section.HOW,
    GROUP: Section.GROUPS,
    DIRECTORATE: Section.PLACES,
    SITE: Section.PLACES,
    THEME: Section.THEMES,
    DETRIMENT: Section.DETRIMENT,
    TOOK: Section.TIMELINESS,
    ACKNOWLEDGED: Section.TIMELINESS,
    AGAIN: Section.FEEDBACK,
    ASKED: Section.FEEDBACK,
}
YES_ONLY, YES = frozenset({DETRIMENT, ACKNOWLEDGED}), frozenset({"yes"})
WHOLE = 25
"""How many people spoke up is the first thing a board asks: so many other numbers are masked rather than that one."""
AS_CODED, RESTATED = frozenset({"kept", "before"}), frozenset({"kept", "after"})


class Population(Protocol):
    """What `insight` counts: all rows of closed quarters, and what decides how finely they can be shown."""

    @property
    def name(self) -> str: ...
    @property
    def dimensions(self) -> tuple[Dimension, ...]: ...
    @property
    def rows(self) -> tuple[Row, ...]: ...
    @property
    def staff(self) -> tuple[Staff, ...]: ...
    @property
    def last_year(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Told:
    """A population as it is told of."""

    name: str
    dimensions: tuple[Dimension, ...]
    rows: tuple[Row, ...]
    staff: tuple[Staff, ...]
    last_year: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a publication is to be of."""

    kind: pack.Kind
    quarters: tuple[str, ...]
    rungs: Mapping[str, int]
    chosen: tuple[str, ...] = ()
    year_before: int | None = None
    """How many cases the year before had, where its quarters were not counted here."""


def tables_of(population: Population, asked: Asked) -> Tables:
    """The tables of one population. Of quarters that are no whole year there are none of two dimensions."""
    population = _told(population)
    if population.name == FEEDBACK:
        return _tables(population, asked, _of_feedback(population, asked))
    names = [each.name for each in population.dimensions if _tells_apart(each)]
    found: list[tuple[str, ...]] = [(), *((name,) for name in names)]
    if population.name != CASES:
        found = found[1:]
    elif asked.kind is not pack.Kind.QUARTER:
        found += [pair for pair in TWO_WAY if set(names).issuperset(pair)]
    return _tables(population, asked, (_definition(population, asked, axes) for axes in found))


def _told(population: Population) -> Population:
    """The population, without the lines that would cost others their numbers and say little: see `_lines`."""
    dimensions = (
        replace(each, ladder=tuple(_lines(each, rung) for rung in each.ladder)) for each in population.dimensions
    )
    return Told(population.name, tuple(dimensions), population.rows, population.staff, population.last_year)


def _lines(dimension: Dimension, rung: tuple[Category, ...]) -> tuple[Category, ...]:
    """Where one line is all the others leave, only that one; and none of those who are no group, such as not known.

    They are nearly always few. A masked one needs a second mask beside it, and they stand in the total all the same.
    """
    if dimension.name in YES_ONLY:
        return tuple(line for line in rung if line.members == YES)
    return tuple(line for line in rung if not line.members <= dimension.nobodys)


def _tells_apart(dimension: Dimension) -> bool:
    """Whether a table of it says more than its total."""
    if dimension.kind is Kind.OTHER:
        return True
    return dimension.kind is Kind.GROUP and len(dimension.ladder[0]) > 1


def _definition(population: Population, asked: Asked, axes: tuple[str, ...]) -> Definition:
    name = " by ".join(axes) or population.name
    if population.name.startswith(CHARACTERISTICS):
        name = population.name
    # A ladder can have lost rungs since somebody chose one.
    most = {each.name: len(each.ladder) - 1 for each in population.dimensions}
    chosen = tuple(Axis(each, min(asked.rungs.get(each, 0), most[each])) for each in axes)
    return Definition(name, chosen, _within(population.dimensions, asked))


def _of_feedback(population: Population, asked: Asked) -> list[Definition]:
    """How many were asked, and what those said who answered: two things, and one row each."""
    within = _within(population.dimensions, asked)
    answers = next(each for each in population.dimensions if each.name == AGAIN)
    given = frozenset(answers.values) - {ASKED}
    return [
        Definition(ASKED, (), (*within, (AGAIN, frozenset({ASKED})))),
        Definition(AGAIN, (Axis(AGAIN),), (*within, (AGAIN, given))),
    ]


def _tables(population: Population, asked: Asked, definitions: Iterable[Definition]) -> Tables:
    wanted = tuple(each for each in definitions if not asked.chosen or each.name in asked.chosen)
    last_year = population.last_year if asked.year_before is None else asked.year_before
    return Tables(population.dimensions, population.rows, wanted, last_year, population.staff)


def _within(dimensions: Iterable[Dimension], asked: Asked) -> tuple[tuple[str, frozenset[str]], ...]:
    """The period, with what came in late for the quarter before; and which coding holds."""
    confined = []
    for dimension in dimensions:
        if dimension.kind is Kind.TIME:
            confined.append((dimension.name, _period(dimension, asked.quarters)))
        elif dimension.kind is Kind.EDITION:
            confined.append((dimension.name, RESTATED if asked.kind is pack.Kind.RESTATEMENT else AS_CODED))
    return tuple(confined)


def _period(dimension: Dimension, quarters: Sequence[str]) -> frozenset[str]:
    return frozenset().union(*(line.members for line in dimension.ladder[0] if line.label in quarters))
